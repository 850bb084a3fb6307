"""What ``manage.py check --database default`` says of the registers."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.core import checks
from django.db import DatabaseError

from representatives import boundaries, freshness, parliament
from representatives.freshness import Age
from representatives.models import Register

_REMEDIES = {
    Register.MEMBERS: "Run manage.py sync_members.",
    Register.POSTCODES: "Load a newer directory with manage.py import_postcodes.",
}

# Before the day of the next boundaries their postcodes should be here.
_POSTCODES_NEEDED: Final = datetime.timedelta(days=30)


def registers_are_loaded_and_young(
    databases: Sequence[str] | None = None, **_: Any
) -> list[checks.CheckMessage]:
    """Warn of registers that are missing or old; a database must have been named."""
    if not databases:
        return []
    try:
        ages = freshness.ages(parliament.today())
    except DatabaseError:
        # Before the first migration there are no tables, which other checks say.
        return []
    if not ages:
        return [
            checks.Warning(
                "No registers are loaded, so nobody can find their MP.",
                hint="Run manage.py load_registers.",
                id="representatives.W001",
            )
        ]
    today = parliament.today()
    return [*_of_boundaries(today), *_of_counting(today), *_of_ages(ages)]


def _of_counting(today: datetime.date) -> Iterator[checks.CheckMessage]:
    now = parliament.on(today)
    if now.state == parliament.State.COUNTING and not now.is_filling:
        yield checks.Warning(
            f"Parliament has been counting since {now.since}, and surely sits by now.",
            hint="Add “sitting”, with its first day, under “States of Parliament”.",
            id="representatives.W005",
        )


def _of_boundaries(today: datetime.date) -> Iterator[checks.CheckMessage]:
    waiting = boundaries.waiting()
    if waiting is None:
        return
    if waiting.day <= today:
        yield checks.Warning(
            f"The boundaries of {waiting.day} are due, and not in force.",
            hint="A worker puts them in force: run manage.py deliver_letters.",
            id="representatives.W003",
        )
    if waiting.day - today <= _POSTCODES_NEEDED and not waiting.has_postcodes:
        yield checks.Warning(
            f"The boundaries of {waiting.day} have no postcodes, so that everybody will"
            " have to choose their seat from a list.",
            hint="Load them with manage.py import_postcodes --for-the-next-boundaries.",
            id="representatives.W004",
        )


def _of_ages(ages: Sequence[Age]) -> list[checks.CheckMessage]:
    without = freshness.missing(ages)
    missing = [
        checks.Warning(
            f"No register of {register.label} counts at the moment.",
            hint=_REMEDIES[register],
            id="representatives.W006",
        )
        for register in _REMEDIES
        if register in without and Register.CONSTITUENCIES not in without
    ]
    old = [
        checks.Warning(
            f"The register of {age.register.label} is {age.days} days old.",
            hint=_REMEDIES[age.register],
            id="representatives.W002",
        )
        for age in ages
        if age.is_old
    ]
    return [*missing, *old]
