"""Answers of other people's services, read by the shape that they document.

Whatever differs is an ``UnexpectedAnswerError`` that names the answer and the field.
"""

import datetime
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from representatives.errors import UnexpectedAnswerError

# Amply, for names; what is cut short by whoever reads it may be longer.
_LONGEST_NAME: Final = 150
_LARGEST_KEY: Final = 2**31 - 1
_WHOLE_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Value:
    """Part of an answer, and where it stands, for whoever must be told."""

    what: str
    raw: Any

    def __getitem__(self, name: str) -> "Value":
        what = f"{self.what}.{name}"
        if not isinstance(self.raw, Mapping) or name not in self.raw:
            raise changed(what, "is not there")
        return Value(what, self.raw[name])

    def items(self) -> "Iterator[Value]":
        """Each of a list."""
        if not isinstance(self.raw, list):
            raise changed(self.what, "is no list")
        return (Value(f"{self.what}[{at}]", raw) for at, raw in enumerate(self.raw))

    def text(self, longest: int = _LONGEST_NAME) -> str:
        """A text that can be kept, without space around it; null is ""."""
        if self.raw is None:
            return ""
        if not isinstance(self.raw, str):
            raise changed(self.what, "is no text")
        text = " ".join(self.raw.split())
        if len(text) > longest:
            raise changed(self.what, "is far too long")
        # No database keeps these: controls such as NUL, and halves of characters.
        if any(unicodedata.category(each) in {"Cc", "Cs"} for each in text):
            raise changed(self.what, "holds what is no character")
        return text

    def needed(self, longest: int = _LONGEST_NAME) -> str:
        """A text that is not empty."""
        if not (text := self.text(longest)):
            raise changed(self.what, "is empty")
        return text

    def number(self) -> int:
        """A whole number, as how many there are of something."""
        if not isinstance(self.raw, int) or isinstance(self.raw, bool):
            raise changed(self.what, "is no number")
        return self.raw

    def key(self) -> int:
        """The number by which somebody or something is known."""
        if not 0 < (number := self.number()) <= _LARGEST_KEY:
            raise changed(self.what, "is no number of anybody or anything")
        return number

    def written_number(self) -> int:
        """The number of "25320", from services that write theirs as texts."""
        if not _WHOLE_NUMBER.fullmatch(text := self.text()):
            raise changed(self.what, "is no number")
        return int(text)

    def day(self) -> datetime.date | None:
        """The day of "2024-07-05T00:00:00"; None where there is none."""
        if not (text := self.text()):
            return None
        try:
            return datetime.datetime.fromisoformat(text).date()
        except ValueError as error:
            raise changed(self.what, "is no date") from error


def changed(what: str, how: str) -> UnexpectedAnswerError:
    """Make the error that names a field and what is wrong with it."""
    return UnexpectedAnswerError(
        f"The answer has not the shape that is documented: {what} {how}. What is loaded"
        " stays as it was."
    )
