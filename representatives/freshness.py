"""How old the registers are, and whether what they say of a seat can be relied on."""

import calendar
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from representatives.models import Register, RegisterVersion

# New postcodes appear every month; a directory older than this lacks some 1 % of them.
POSTCODES_OLD_AFTER: Final = datetime.timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Age:
    """A loaded register, the day that it describes, and how many days ago that was.

    ``is_old`` is True where it should be brought up to date.
    """

    register: Register
    as_of: str
    days: int
    is_old: bool


def ages(today: datetime.date) -> tuple[Age, ...]:
    """Give the age of each register that is loaded."""
    loaded = RegisterVersion.objects.current().values_list("register", "as_of")
    known = dict(loaded)
    return tuple(
        _age(register, known[register], today)
        for register in Register
        if register in known
    )


def missing(ages: Sequence[Age]) -> tuple[Register, ...]:
    """Give the registers of which no version counts, beside those that have an age."""
    loaded = {age.register for age in ages}
    return tuple(register for register in Register if register not in loaded)


def members_are_old(today: datetime.date) -> bool:
    """Whether the members are so old that nobody can be sure who sits."""
    loaded = RegisterVersion.objects.current().filter(register=Register.MEMBERS)
    as_of = loaded.values_list("as_of", flat=True).first()
    return as_of is not None and _age(Register.MEMBERS, as_of, today).is_old


def _age(register: Register, as_of: str, today: datetime.date) -> Age:
    days = (today - _last_day(as_of)).days
    old_after = {
        Register.MEMBERS: settings.MEMBERS_OLD_AFTER_DAYS,
        Register.POSTCODES: POSTCODES_OLD_AFTER.days,
    }.get(register)
    return Age(register, as_of, days, old_after is not None and days > old_after)


def _last_day(as_of: str) -> datetime.date:
    """Give the day of "2026-06-27", or the last one of "2023-08"."""
    if len(as_of) > len("2023-08"):
        return datetime.date.fromisoformat(as_of)
    year, month = map(int, as_of.split("-"))
    return datetime.date(year, month, calendar.monthrange(year, month)[1])
