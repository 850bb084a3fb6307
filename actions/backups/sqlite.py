"""SQLite: a copy of one moment, and putting one into the file that is there."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from django.db import connection

from actions.errors import BackupError

# A server that is stopping lets go within that.
_SECONDS_TO_WAIT: Final = 5
_FULL: Final = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})
_CLOSED: Final = frozenset(
    {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
)


class Sqlite:
    """The file that Django is connected to."""

    @property
    def _file(self) -> Path:
        return Path(connection.settings_dict["NAME"])

    def version(self) -> int:
        """All versions read each other's files."""
        return sqlite3.sqlite_version_info[0]

    def copy_to(self, place: Path) -> None:
        """Write a copy without what was erased from it.

        The back-up API would copy the free pages as well, in which erased letters can
        be read until they are used again. Nobody's sign-in is copied.
        """
        if not self._file.is_file():
            raise BackupError(f"There is no database at {self._file}.")
        os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with _explained(), closing(_connected(self._file)) as there:
            there.execute("VACUUM INTO ?", [str(place)])
        with _explained(), closing(_connected(place)) as copy:
            copy.execute("PRAGMA secure_delete = ON")
            if _has_sessions(copy):
                copy.execute("DELETE FROM django_session")
            _insist_on_integrity(copy, self._file)
        connection.close()

    def insist_on_being_alone(self) -> None:
        """Refuse while a web server or worker has it open, as both keep it open."""
        connection.close()
        if not self._file.exists():
            return
        with closing(_connected(self._file)) as there:
            try:
                _take_for_oneself(there)
            except sqlite3.DatabaseError as error:
                if _is_busy(error):
                    raise BackupError(
                        f"{self._file} is in use: stop the web server, the workers and "
                        "whatever else has it open, then try again. Nothing is changed."
                    ) from error
                # It is broken, which is why it is replaced.

    def check(self, copy: Path, version: int) -> None:
        """Refuse a file that SQLite finds faults in."""
        if version > self.version():
            raise BackupError(f"It was made with SQLite {version}: install that first.")
        try:
            with closing(_connected(copy)) as opened:
                _insist_on_integrity(opened, copy)
        except sqlite3.DatabaseError as error:
            message = f"The database in it is damaged ({error}). Use another back-up."
            raise BackupError(message) from error

    @contextmanager
    def replaced_by(self, copy: Path) -> Iterator[None]:
        """Work on the copy, then write it over what is there in one transaction."""
        place = self._file
        with _connected_to(copy):
            yield
        with _explained():
            _settle_journal(copy)
            _put_over(copy, place)


def _connected(path: Path) -> sqlite3.Connection:
    # In autocommit: nothing here needs a transaction of Python's making.
    return sqlite3.connect(path, timeout=_SECONDS_TO_WAIT, isolation_level=None)


@contextmanager
def _connected_to(path: Path) -> Iterator[None]:
    """Have Django's connection lead to another file until the block ends."""
    settings: dict[str, Any] = connection.settings_dict
    before = settings["NAME"]
    connection.close()
    settings["NAME"] = str(path)
    try:
        yield
    finally:
        connection.close()
        settings["NAME"] = before


def _settle_journal(copy: Path) -> None:
    """Have everything in the one file, and nothing beside it."""
    with closing(_connected(copy)) as opened:
        opened.execute("PRAGMA journal_mode = DELETE")


def _put_over(copy: Path, place: Path) -> None:
    """Write one file's content into another, whole or not at all.

    Into the file that is there, not in its place: whoever opens it meanwhile waits, and
    never goes on with a file that has lost its name.
    """
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not place.exists():
        os.close(os.open(place, os.O_WRONLY | os.O_CREAT, 0o600))
    with closing(_connected(copy)) as new, closing(_connected(place)) as there:
        try:
            _take_for_oneself(there)
            there.execute("PRAGMA synchronous = FULL")
            new.backup(there)
        except sqlite3.DatabaseError as error:
            if not _is_broken(error):
                raise
        else:
            return
    _take_the_place(copy, place)


def _take_the_place(copy: Path, place: Path) -> None:
    """Put a file where one is that is no database any more, and goes with its kind."""
    beside = place.with_name(f"{place.name}-restored")
    beside.unlink(missing_ok=True)
    os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(_connected(copy)) as new, closing(_connected(beside)) as there:
        new.backup(there)
    for ending in ("-wal", "-shm", "-journal"):
        place.with_name(f"{place.name}{ending}").unlink(missing_ok=True)
    beside.replace(place)


def _take_for_oneself(opened: sqlite3.Connection) -> None:
    """Lock it until it is closed; refused while anybody else has it open.

    That is seen by leaving the mode in which several can have it open (WAL).
    """
    opened.execute("PRAGMA locking_mode = EXCLUSIVE")
    opened.execute("PRAGMA journal_mode = DELETE")
    opened.execute("BEGIN EXCLUSIVE")
    opened.execute("COMMIT")


def _has_sessions(opened: sqlite3.Connection) -> bool:
    named = "SELECT 1 FROM sqlite_master WHERE name = 'django_session'"
    return opened.execute(named).fetchone() is not None


def _insist_on_integrity(opened: sqlite3.Connection, path: Path) -> None:
    [told] = opened.execute("PRAGMA integrity_check(1)").fetchone()
    if told != "ok":
        raise BackupError(f"SQLite finds a fault in {path}: {told}")


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        if _is_busy(error):
            hint = "Stop whatever has it open, and try again."
        elif _code(error) in _FULL:
            hint = "Make room on the disk, and try again."
        elif _code(error) in _CLOSED:
            hint = "Run this as the user of Postbag, who may write there."
        else:
            hint = "Look at the disk, and restore the last good back-up."
        raise BackupError(f"SQLite says: {error}. {hint}") from error


def _is_busy(error: sqlite3.DatabaseError) -> bool:
    return _code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def _is_broken(error: sqlite3.DatabaseError) -> bool:
    return _code(error) in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}


def _code(error: sqlite3.DatabaseError) -> int:
    """Give the primary code: the last byte of the extended one; 0 for Python's own."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
