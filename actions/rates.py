"""How many letters may go in an hour, and how far one has got by some moment.

Positions are numbers that only grow with time: milliseconds times the rate of the hour,
in which a letter takes ``UNIT``. So "the next place" is an addition, whatever hours lie
between, and the day on which the clocks change is a day like others.
"""

import datetime
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings

from actions.models.pace import UNIT

LONDON: Final = ZoneInfo("Europe/London")
OPENS: Final = datetime.time(8)
CLOSES: Final = datetime.time(18)
_HOURS_OPEN: Final = CLOSES.hour - OPENS.hour
_WORKDAYS: Final = 5
# A Monday before any clock's time.
_BEGINNING: Final = datetime.date(1970, 1, 5)
_SECOND: Final = 1_000
_MINUTE: Final = 60 * _SECOND
_HOUR: Final = 60 * _MINUTE
_MILLISECOND: Final = datetime.timedelta(milliseconds=1)
_EPOCH: Final = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Rates:
    """Letters an hour: in office hours, and otherwise, when it may be none."""

    in_office_hours: int
    otherwise: int

    def __str__(self) -> str:
        return f"{self.in_office_hours}/{self.otherwise}"

    def at(self, moment: datetime.datetime) -> int:
        """How many letters an hour may go then."""
        day = moment.astimezone(LONDON)
        is_open = day.weekday() < _WORKDAYS and OPENS <= day.time() < CLOSES
        return self.in_office_hours if is_open else self.otherwise

    def patience(self, moment: datetime.datetime) -> int:
        """How far ahead of its place a letter may go then.

        Half a letter, since no worker looks at every moment; or all but one of those
        that may go in a minute.
        """
        rate = self.at(moment)
        return max(UNIT // 2, rate * _MINUTE - UNIT) if rate else -UNIT

    def position(self, moment: datetime.datetime) -> int:
        """How far one has got by a moment."""
        return self._position((moment - _EPOCH) // _MILLISECOND)

    def due(self, position: int, now: datetime.datetime) -> datetime.datetime:
        """When a letter at a position is to go, now at the earliest."""
        # Where a minute's letters may go at once nobody waits for parts of a second.
        position -= max(0, self.at(now) * _MINUTE - UNIT)
        if position <= self.position(now) and self.at(now):
            return now
        before = (now - _EPOCH) // _MILLISECOND
        step = _HOUR
        while self._position(before + step) <= position:
            before += step
            step *= 2
        after = before + step
        while after - before > 1:
            middle = (before + after) // 2
            if self._position(middle) <= position:
                before = middle
            else:
                after = middle
        is_there = self._position(before) == position
        return _EPOCH + (before if is_there else after) * _MILLISECOND

    def _position(self, elapsed: int) -> int:
        more = self.in_office_hours - self.otherwise
        return self.otherwise * elapsed + more * _open_until(elapsed)


def for_one_mp() -> Rates:
    """Give the rates of the letters to one MP."""
    return Rates(
        settings.LETTERS_PER_MP_PER_HOUR, settings.LETTERS_PER_MP_PER_HOUR_OTHERWISE
    )


def for_all() -> Rates | None:
    """Give the rates of all letters together; None for any number."""
    rate = settings.LETTERS_PER_HOUR
    return Rates(rate, settings.LETTERS_PER_HOUR_OTHERWISE) if rate else None


def opening(day: datetime.date) -> datetime.datetime:
    """When offices open on a day."""
    return datetime.datetime.combine(day, OPENS, LONDON)


def held_until(
    day: datetime.date | None, now: datetime.datetime
) -> datetime.date | None:
    """Give the day that letters are held until, while it has not begun."""
    return day if day and opening(day) > now else None


def _open_until(elapsed: int) -> int:
    """How many milliseconds of office hours there have been."""
    moment = _EPOCH + elapsed * _MILLISECOND
    day = moment.astimezone(LONDON).date()
    weeks, weekday = divmod((day - _BEGINNING).days, 7)
    whole_days = weeks * _WORKDAYS + min(weekday, _WORKDAYS)
    today = 0
    if weekday < _WORKDAYS:
        today = (moment - opening(day).astimezone(datetime.UTC)) // _MILLISECOND
    return whole_days * _HOURS_OPEN * _HOUR + min(max(today, 0), _HOURS_OPEN * _HOUR)
