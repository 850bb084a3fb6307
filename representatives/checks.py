"""What ``manage.py check --database default`` says of the registers."""

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.db import DatabaseError

from representatives import freshness, parliament
from representatives.models import Register

_REMEDIES = {
    Register.MEMBERS: "Run manage.py sync_members.",
    Register.POSTCODES: "Load a newer directory with manage.py import_postcodes.",
}


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
    return [
        checks.Warning(
            f"The register of {age.register.label} is {age.days} days old.",
            hint=_REMEDIES[age.register],
            id="representatives.W002",
        )
        for age in ages
        if age.is_old
    ]
