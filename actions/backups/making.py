"""Making a back-up: one file, whole or not there."""

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection

from actions import backup_folder
from actions.backups import archive
from actions.backups.archive import Manifest
from actions.backups.database import Database, applied_migrations
from actions.backups.postgresql import Postgresql
from actions.backups.sqlite import Sqlite
from actions.errors import BackupError

KINDS: Final[dict[str, type[Sqlite | Postgresql]]] = {
    "sqlite": Sqlite,
    "postgresql": Postgresql,
}


@dataclass(frozen=True)
class Made:
    """A back-up that was made, and those that were erased as too old."""

    place: Path
    size: int
    erased: tuple[Path, ...]


def connected() -> Database:
    """Give the database that Django is connected to."""
    return KINDS[connection.vendor]()


def make(into: Path, *, keep_days: int, now: datetime.datetime) -> Made:
    """Back up the database while it is used, then erase back-ups that are too old.

    Too old ones go even where no new one can be made; but never the newest.

    Raises:
        BackupError: it can't be made; no file is left.

    """
    erased: list[Path] = []
    try:
        with backup_folder.workshop(into) as workshop:
            try:
                place = _make(into, workshop, now)
            finally:
                erased = backup_folder.erase_old(into, keep_days, now)
            return Made(place, place.stat().st_size, tuple(erased))
    except OSError as error:
        raise BackupError(
            f"The back-up can't be written to {into} ({error.strerror}). Make room "
            "there or name another folder."
        ) from error
    except DatabaseError as error:
        raise BackupError(
            f"The database can't be read: {str(error).strip()}"
        ) from error


def _make(into: Path, workshop: Path, now: datetime.datetime) -> Path:
    database = connected()
    copy, finished = workshop / "database", workshop / "finished"
    version, migrations = database.version(), applied_migrations()
    database.copy_to(copy)
    manifest = Manifest(
        made_at=now,
        database=connection.vendor,
        version=version,
        is_live=settings.DELIVERY_IS_LIVE,
        migrations=migrations,
        size=copy.stat().st_size,
        sha256=archive.digest(copy),
    )
    archive.write(finished, manifest, copy)
    copy.unlink()
    # Nobody should learn on the day of need that it can't be read.
    archive.verify(finished)
    return backup_folder.put_in_place(finished, into, backup_folder.name_for(now))
