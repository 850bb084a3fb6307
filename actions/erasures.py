"""A journal of what people had erased, for the day on which a back-up is restored.

A back-up brings back whoever had their data erased since it was made. What is erased
because its time is over can be told from the back-up itself; what a person asked for is
noted here, outside the database: the number of the letter or wish, which names nobody,
and the day by the name of the file. The files lie beside the back-ups, and are copied
with them (docs/decisions/0021-backups.md).
"""

import datetime
import enum
import logging
import os
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

logger = logging.getLogger(__name__)


class Deed(enum.StrEnum):
    """What somebody did, and with what kind of row."""

    ASKED = "asked"  # to erase a letter
    DISOWNED = "disowned"  # a letter, which is erased with that
    LEFT = "left"  # a wish for updates, or to be told


# Found wherever it stands: a power cut may leave half an entry before a whole one.
_ENTRY: Final = re.compile(
    r"(asked|disowned|left) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)
_NAMES: Final = "erased-????-??-??.txt"
# The newest back-up is kept, however old, while no new one can be made.
TIMES_AS_LONG: Final = 2


@dataclass(frozen=True)
class Erased:
    """What was erased because a person wanted it, by primary keys."""

    asked: frozenset[uuid.UUID] = frozenset()
    disowned: frozenset[uuid.UUID] = frozenset()
    left: frozenset[uuid.UUID] = frozenset()

    def __or__(self, other: "Erased") -> "Erased":
        """Put two together."""
        return Erased(
            self.asked | other.asked,
            self.disowned | other.disowned,
            self.left | other.left,
        )


def note(deed: Deed, rows: Iterable[uuid.UUID]) -> None:
    """Write down what is about to be erased, on the disk before this returns.

    Call it before the deed: of one that a kill prevents, the person wanted it all the
    same. That it can't be written keeps nobody's data from being erased; the log says
    so, as a back-up would bring it back.
    """
    entries = "".join(f"{deed} {row}\n" for row in rows)
    if not entries:
        return
    day = timezone.now().astimezone(datetime.UTC).date()
    try:
        _append(settings.BACKUPS_DIR / f"erased-{day}.txt", entries)
    except OSError as error:
        logger.error(  # noqa: TRY400 - a traceback would tell no more
            "What somebody had erased could not be noted in %s (%s): restoring a "
            "back-up that was made before now would bring it back.",
            settings.BACKUPS_DIR,
            error.strerror,
        )


def noted(*folders: Path) -> Erased:
    """Read the journals in these folders; one that is not there holds nothing.

    Raises:
        OSError: a journal is there and can't be read.

    """
    found: dict[str, set[uuid.UUID]] = {deed: set() for deed in Deed}
    for path in {path for folder in folders for path in folder.glob(_NAMES)}:
        for deed, row in _ENTRY.findall(path.read_text("utf-8", errors="replace")):
            found[deed].add(uuid.UUID(row))
    return Erased(
        asked=frozenset(found[Deed.ASKED]),
        disowned=frozenset(found[Deed.DISOWNED]),
        left=frozenset(found[Deed.LEFT]),
    )


def forget(now: datetime.datetime) -> int:
    """Take away the journals of days from before any back-up; say how many."""
    days = TIMES_AS_LONG * settings.BACKUPS_KEPT_DAYS
    first = now.astimezone(datetime.UTC).date() - datetime.timedelta(days=days)
    over = [
        path
        for path in settings.BACKUPS_DIR.glob(_NAMES)
        if path.name < f"erased-{first}.txt"
    ]
    try:
        for path in over:
            path.unlink(missing_ok=True)
    except OSError as error:
        logger.error(  # noqa: TRY400 - a traceback would tell no more
            "Journals of what was erased, %s in %s, could not be taken away (%s), and "
            "no back-up needs them any more. Let Postbag's user write there.",
            _NAMES,
            settings.BACKUPS_DIR,
            error.strerror,
        )
        return 0
    return len(over)


def _append(path: Path, entries: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    opened = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        # In one piece, so that of two processes neither writes into the other's.
        os.write(opened, entries.encode())
        os.fsync(opened)
    finally:
        os.close(opened)
