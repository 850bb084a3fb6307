"""Several deeds of which none depends on another."""

import logging
from collections.abc import Callable

logger = logging.getLogger(__name__)


def do(*deeds: Callable[[], object]) -> None:
    """Do each, whatever becomes of those before it.

    Raises:
        Exception: what the first that failed raised; others are in the log.

    """
    first: Exception | None = None
    for deed in deeds:
        try:
            deed()
        except Exception as error:
            if first is None:
                first = error
            else:
                logger.exception("Another fault, after the one that is told next.")
    if first is not None:
        raise first
