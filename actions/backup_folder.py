"""The folder that back-ups lie in: names, turns, and what is too old."""

import datetime
import fcntl
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.conf import settings

from actions.errors import BackupError

logger = logging.getLogger(__name__)

_STAMP: Final = "%Y%m%dT%H%M%SZ"
_NAME: Final = re.compile(r"postbag-(\d{8}T\d{6}Z)\.tar\.gz")
_LOCK: Final = ".postbag-backup.lock"
_UNFINISHED: Final = ".postbag-backup-"
# A back-up is made every day, and the worker comes by every hour.
_DAY: Final = datetime.timedelta(days=1)
_SWEEPS_LIE_APART: Final = datetime.timedelta(hours=1)


def name_for(made_at: datetime.datetime) -> str:
    """Name a back-up by its time."""
    return f"postbag-{made_at.astimezone(datetime.UTC):{_STAMP}}.tar.gz"


@contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """Give a place in the folder for what is unfinished, to one at a time.

    What one that was killed has left there is taken away.

    Raises:
        BackupError: somebody else is at it.
        OSError: the folder can't be written.

    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / _LOCK).open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = (
                f"Another back-up is being made or restored with {folder}. Wait until "
                "it has ended."
            )
            raise BackupError(message) from error
        for left in folder.glob(f"{_UNFINISHED}*/"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=_UNFINISHED, dir=folder) as place:
            yield Path(place)


def put_in_place(finished: Path, folder: Path, name: str) -> Path:
    """Let a finished back-up appear, whole, and stay there after a power cut.

    Raises:
        BackupError: one of that name is there.

    """
    place = folder / name
    try:
        place.hardlink_to(finished)
    except FileExistsError as error:
        message = f"{place} is there already. Try again in a second."
        raise BackupError(message) from error
    except OSError:
        # A disk of another kind, such as a stick, knows no second names.
        finished.rename(place)
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
    return place


def erase_old(
    folder: Path,
    days: int,
    now: datetime.datetime,
    until_next_time: datetime.timedelta = _DAY,
) -> list[Path]:
    """Erase the back-ups that would be older than ``days`` the next time; name them.

    The newest stays whatever its age: while none can be made it is all that there is.

    Raises:
        OSError: one can't be erased.

    """
    kept_for = datetime.timedelta(days=days)
    all_but_the_newest = sorted(_dated(folder))[:-1]
    old = [
        path for at, path in all_but_the_newest if at + kept_for < now + until_next_time
    ]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def forget(now: datetime.datetime) -> int:
    """Erase the back-ups whose time is over, also where no new ones are made any more.

    What can't be erased keeps nothing else from it, and the log says so every hour.

    Returns:
        How many there were.

    """
    folder, days = settings.BACKUPS_DIR, settings.BACKUPS_KEPT_DAYS
    try:
        return len(erase_old(folder, days, now, _SWEEPS_LIE_APART))
    except OSError as error:
        logger.error(  # noqa: TRY400 - a traceback would tell no more
            "Back-ups in %s whose time is over could not be erased (%s). Erase those "
            "that are older than %d days, and let Postbag's user write there.",
            folder,
            error.strerror,
            days,
        )
        return 0


def newest(folder: Path) -> datetime.datetime | None:
    """Say of when the newest back-up is; None if there is none."""
    return max((at for at, _ in _dated(folder)), default=None)


def _dated(folder: Path) -> Iterator[tuple[datetime.datetime, Path]]:
    for path in folder.glob("postbag-*.tar.gz"):
        if found := _NAME.fullmatch(path.name):
            try:
                at = datetime.datetime.strptime(f"{found[1]}+0000", f"{_STAMP}%z")
            except ValueError:  # made up by somebody
                continue
            yield at, path
