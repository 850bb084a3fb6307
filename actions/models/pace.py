"""How far the letters to one MP, or to all, have got: one budget for every worker.

The numbers count what may go since a fixed day, at the rates of its hours
(``actions/rates.py``); each letter takes ``UNIT`` of that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from django.db import connection, models
from django.db.models import Q

# What one letter takes: the milliseconds of an hour, at one letter an hour.
UNIT: Final = 3_600_000

_GREATEST: Final = {"postgresql": "GREATEST", "sqlite": "MAX"}
_LEAST: Final = {"postgresql": "LEAST", "sqlite": "MIN"}

# For some keys at once, each asking for a number of letters ("taken"), from now or from
# a later day on ("gone" or "planned", less what they take).
_UPSERT: Final = (
    "INSERT INTO actions_pace AS old (key, rates, planned, gone, taken)"
    " VALUES {rows} ON CONFLICT (key) DO UPDATE SET"
    " rates = excluded.rates, {changes} RETURNING key, planned, taken"
)
# What was counted at other rates counts nothing.
_PLANNED: Final = "CASE WHEN old.rates = excluded.rates THEN old.planned ELSE 0 END"
_GONE: Final = "CASE WHEN old.rates = excluded.rates THEN old.gone ELSE 0 END"

# What is planned comes behind all that was planned before.
_PLAN: Final = (
    f"planned = {{greatest}}({_PLANNED}, excluded.planned - excluded.taken * {UNIT})"
    f" + excluded.taken * {UNIT}, gone = {_GONE}"
)
_NOW: Final = f"(excluded.gone - excluded.taken * {UNIT})"
# Never is more let go than the patience allows: what lies beyond it was written by a
# clock that has been put back since.
_NEXT: Final = (
    f"{{greatest}}({_NOW}, {{least}}({_GONE}, {_NOW} + {{patience}} + {UNIT}))"
)
_FITTING: Final = (
    "{greatest}(0, {least}(excluded.taken,"
    f" ({_NOW} + {{patience}} + {UNIT} - {_NEXT}) / {UNIT}))"
)
_TAKE: Final = (
    f"taken = {_FITTING}, gone = {_NEXT} + {_FITTING} * {UNIT}, planned = {_PLANNED}"
)
# One by one and in order: two workers, each holding a row that the other one wants,
# would wait for each other.
_GIVE_BACK: Final = "UPDATE actions_pace SET gone = gone - %s WHERE key = %s"


@dataclass(frozen=True)
class Asking:
    """For how many letters room is asked, by key, and from where on."""

    letters: Mapping[str, int]
    rates: str
    at: int


class Pace(models.Model):
    """The budget of the letters to one MP, or to all; it names nobody who wrote."""

    key = models.CharField(max_length=60, primary_key=True)
    # The rates at which the numbers are meant.
    rates = models.CharField(max_length=30)
    # Up to where letters are planned.
    planned = models.BigIntegerField()
    # From where on the next letter may go.
    gone = models.BigIntegerField()
    # How many letters the last asking was for, or was granted.
    taken = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "paces"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(key="") & ~Q(rates=""), name="paces_say_of_what"
            ),
        ]

    def __str__(self) -> str:
        return f"pace of {self.key} at {self.rates}"

    @classmethod
    def plan(cls, asking: Asking) -> dict[str, int]:
        """Plan letters behind those that are planned; say where the first of each is.

        One statement, so that of many at once each gets a place of its own.
        """
        rows = [
            (key, asking.rates, asking.at + count * UNIT, 0, count)
            for key, count in sorted(asking.letters.items())
        ]
        return {
            key: planned - asking.letters[key] * UNIT
            for key, planned, _ in _upserted(_PLAN, rows)
        }

    @classmethod
    def take(cls, asking: Asking, patience: int) -> dict[str, int]:
        """Let letters go; say how many of each may, by what went before.

        One statement for a batch, so that all workers together obey one budget.

        Args:
            asking: for how many, and where we are now.
            patience: how far a letter may go ahead of its place.

        """
        most = patience // UNIT + 1
        rows = [
            (key, asking.rates, asking.at, asking.at + granted * UNIT, granted)
            for key, count in sorted(asking.letters.items())
            for granted in (min(count, most),)
        ]
        return {key: taken for key, _, taken in _upserted(_TAKE, rows, patience)}

    @classmethod
    def give_back(cls, letters: Mapping[str, int]) -> None:
        """Take back that letters went that did not go after all."""
        rows = [(count * UNIT, key) for key, count in sorted(letters.items())]
        if rows:
            with connection.cursor() as cursor:
                cursor.executemany(_GIVE_BACK, rows)


def _upserted(
    changes: str, rows: list[tuple[str, str, int, int, int]], patience: int = 0
) -> list[tuple[str, int, int]]:
    """Carry out one of the statements above, in the words of this database."""
    if not rows:
        return []
    words = {
        "greatest": _GREATEST[connection.vendor],
        "least": _LEAST[connection.vendor],
        "patience": patience,
    }
    statement = _UPSERT.format(
        rows=", ".join(["(%s, %s, %s, %s, %s)"] * len(rows)),
        changes=changes.format(**words),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for row in rows for value in row])
        return [(str(key), int(to), int(of)) for key, to, of in cursor.fetchall()]
