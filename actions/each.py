"""Several deeds of which none depends on another."""

import logging
from collections.abc import Callable

from django.db import connections

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
            # One that broke is not opened anew by itself.
            _close_broken_connections()
            if first is None:
                first = error
            else:
                logger.exception("Another fault, after the one that is told next.")
    if first is not None:
        raise first


def _close_broken_connections() -> None:
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
