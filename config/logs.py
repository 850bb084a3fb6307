"""What may stand in a log line: no token that opens a page, nothing of anybody."""

import logging
import re
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import TypeAlias

_TOKEN = re.compile(r"(/(?:letters/office|letters|updates)/)[^/\s]+")
_Raised: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None]
    | tuple[None, None, None]
)


class DiscreetFormatter(logging.Formatter):
    """Writes every line without tokens, and every fault without its text.

    A fault's text holds what the code had in hand: PostgreSQL writes the whole row into
    it, with the name and the address of whoever wrote the letter.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Write a line and, below it, where its fault came from."""
        # Another handler may have left its own writing of the fault in the record, and
        # is not to find ours there.
        kept, record.exc_text = record.exc_text, None
        try:
            return _TOKEN.sub(r"\1…", super().format(record))
        finally:
            record.exc_text = kept

    def formatException(self, ei: _Raised) -> str:  # noqa: N802 - logging's own name
        """Name each fault of the chain, the first one first, and its every place."""
        told = ["\n".join(_told(error)) for error in reversed(list(_chain(ei[1])))]
        return "\nwhich led to:\n".join(told)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Go from a fault back to the one that began it, as Python's own reports do."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        yield error
        seen.add(id(error))
        is_hidden = error.__suppress_context__
        error = error.__cause__ or (None if is_hidden else error.__context__)


def _told(error: BaseException) -> Iterator[str]:
    for frame, line in traceback.walk_tb(error.__traceback__):
        code = frame.f_code
        yield f'  File "{code.co_filename}", line {line}, in {code.co_qualname}'
    kind = type(error)
    yield f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
