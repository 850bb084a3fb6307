"""Querysets that are compiled once and then run with other values."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from django.db import connection

if TYPE_CHECKING:
    from django.db.models import QuerySet

# Stands in a queryset where the value comes later; no register holds such a text.
LATER: Final = "<later>"


class Prepared:
    """A ``values_list`` queryset with at most one value left open, as ``LATER``.

    Compiling the look-ups of this app takes Django some thirty times as long as SQLite
    takes to answer them. Only for columns that need no conversion: texts and numbers.
    """

    def __init__(self, build: Callable[[], "QuerySet[Any, tuple[Any, ...]]"]) -> None:
        self._build = build
        self._compiled: tuple[str, tuple[Any, ...]] | None = None

    def rows(self, value: str = LATER) -> list[tuple[Any, ...]]:
        """Run it with ``value`` in the open place: one query."""
        if self._compiled is None:
            # Only now, as the database's own dialect must be known.
            self._compiled = self._build().query.sql_with_params()
        sql, params = self._compiled
        with connection.cursor() as cursor:
            cursor.execute(sql, [value if p == LATER else p for p in params])
            return list(cursor.fetchall())
