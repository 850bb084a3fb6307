"""Whether PostgreSQL's own log may hold what people wrote.

A statement that fails stands there with its values, out of reach of whatever Postbag
erases (docs/decisions/0030-what-is-kept.md).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.conf import settings
from django.core import checks
from django.db import connection

# What each setting must be, as the server shows it, and why.
_WANTED: Final = {
    "log_min_error_statement": ("panic", "statements that fail"),
    "log_error_verbosity": ("terse", "rows that are refused"),
    "log_statement": ("none", "statements"),
    "log_min_duration_statement": ("-1", "statements that take long"),
    "log_parameter_max_length_on_error": ("0", "values of statements that fail"),
}


def server_logs_no_words(
    databases: Sequence[str] | None = None, **_: Any
) -> list[checks.CheckMessage]:
    """Say it in ``manage.py check --database default``."""
    return warnings() if databases else []


def warnings() -> list[checks.CheckMessage]:
    """Warn of the settings of this connection, where letters are real.

    Raises:
        DatabaseError: the database can't be asked.

    """
    if connection.vendor != "postgresql" or not settings.DELIVERY_IS_LIVE:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)",
            [list(_WANTED)],
        )
        return of(dict(cursor.fetchall()))


def of(found: Mapping[str, str]) -> list[checks.CheckMessage]:
    """Warn once of all that is not as it must be; of what is unknown there, too."""
    wrong = {name: want for name, want in _WANTED.items() if found.get(name) != want[0]}
    if not wrong:
        return []
    logged = ", ".join(why for _, why in wrong.values())
    deeds = "; ".join(f"{name} = {value}" for name, (value, _) in wrong.items())
    return [
        checks.Warning(
            f"PostgreSQL's log may hold people's letters and addresses: {logged}.",
            hint=f"Have its superuser set for Postbag's role (see README): {deeds}.",
            id="actions.W005",
        )
    ]
