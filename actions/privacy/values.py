"""One line of the schedule, and what carries it out."""

import datetime
import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from django.utils.functional import Promise

# Erases what is due by then, and says how much that was. Stopped anywhere, it goes on
# from there the next time.
Eraser: TypeAlias = Callable[[datetime.datetime], int]


class Otherwise(enum.Enum):
    """What ends something that no sweep looks for."""

    BROWSER = "the browser that it is in"
    DEED = "at once, the deed itself"
    OPERATOR = "whoever runs the place"
    NOTHING = "nothing: it holds nothing of anybody"


@dataclass(frozen=True)
class Row:
    """One row of the privacy page, in the reader's language."""

    what: str
    why: str
    how_long: str


def always() -> bool:
    """Say that something is kept wherever Postbag runs."""
    return True


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One thing that is kept: said to people and carried out from this one place."""

    what: str | Promise
    why: str | Promise
    # From the same figure that ``ends`` goes by.
    how_long: Callable[[], str]
    ends: Eraser | Otherwise
    # The fields that hold it, such as "Letter.body"; none if it is in no table, or in
    # fields that another line names.
    holds: frozenset[str] = frozenset()
    # Whether there is any of it, by the settings.
    is_there: Callable[[], bool] = always

    def row(self) -> Row:
        """Say it to whoever reads the page."""
        return Row(str(self.what), str(self.why), self.how_long())


def fields(model: str, names: str) -> frozenset[str]:
    """Name fields of one model, with spaces between them."""
    return frozenset(f"{model}.{name}" for name in names.split())
