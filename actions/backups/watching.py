"""What ``manage.py check --database default`` says of back-ups."""

import datetime
import os
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.conf import settings
from django.core import checks
from django.utils import timezone

from actions import backup_folder

# One is made a day, at any hour of it.
_LATE_AFTER: Final = datetime.timedelta(days=2)


def back_ups_are_made(
    databases: Sequence[str] | None = None, **_: Any
) -> list[checks.CheckMessage]:
    """Warn of those that are missing, where letters are real; see ``backup_folder``."""
    if not databases or not settings.DELIVERY_IS_LIVE:
        return []
    return [*_of_age(timezone.now()), *_of_place()]


def _of_age(now: datetime.datetime) -> Iterator[checks.CheckMessage]:
    newest = backup_folder.newest(settings.BACKUPS_DIR)
    if newest is None or now - newest > _LATE_AFTER:
        since = f"since {newest:%Y-%m-%d}" if newest else "yet"
        yield checks.Warning(
            f"No back-up has been made in {settings.BACKUPS_DIR} {since}.",
            hint="Have manage.py backup run every day (deploy/postbag-backup.timer).",
            id="actions.W001",
        )


def _of_place() -> Iterator[checks.CheckMessage]:
    place = settings.BACKUPS_DIR
    while not place.exists():
        place = place.parent
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        yield checks.Warning(
            f"{settings.BACKUPS_DIR} can't be written: neither back-ups nor the "
            "journal of what people had erased can be kept there.",
            hint="Let Postbag's user write to it, or set BACKUPS_DIR to another.",
            id="actions.W002",
        )
