"""A folder that a mail server puts mail into (Maildir), a file for each."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from actions.incoming import parsing

# What stands in "tmp" is still being written.
_FOLDERS: Final = ("new", "cur")


def waiting(folder: Path) -> Iterator[Path]:
    """Give the files of the mails in it, in the order of their names: by time.

    Raises:
        OSError: the folder can't be read.

    """
    for one in _FOLDERS:
        with suppress(FileNotFoundError):
            names = sorted(os.listdir(folder / one))  # noqa: PTH208 - only the names
            yield from (folder / one / name for name in names if name[0] != ".")


def read(path: Path) -> bytes:
    """Read a mail, no more of it than may come.

    Raises:
        OSError: it is gone, not readable, or no file of its own, such as a link.

    """
    opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(opened, "rb") as file:
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            message = "It is no file."
            raise OSError(message)
        return parsing.read(file)
