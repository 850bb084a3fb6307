"""Restoring a back-up: all of it or nothing, and nothing in it is sent again."""

import datetime
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection

from actions import backup_folder, erasures
from actions.backups import archive, database, making, settling
from actions.backups.archive import Manifest, Opened
from actions.backups.settling import Settled
from actions.erasures import Erased
from actions.errors import BackupError


@dataclass(frozen=True)
class Wish:
    """What an operator asks for, and agrees to."""

    place: Path
    # To lose what is in the database now.
    replace: bool = False
    # To restore what another place made: with another key, or in the other mode.
    elsewhere: bool = False
    # To mail those whose confirmed letter is withheld.
    tell_writers: bool = False


@dataclass(frozen=True)
class Restored:
    """A back-up that was restored, and what was done with it."""

    manifest: Manifest
    settled: Settled
    is_older_than_kept: bool


def restore(wish: Wish, *, now: datetime.datetime) -> Restored:
    """Put a back-up in the place of the database.

    Raises:
        BackupError: it can't be restored, and why; all is as it was.

    """
    try:
        opened = archive.read(wish.place)
        _insist_on_fitting(opened, wish)
        settled = _put_in_place(wish, opened.manifest, now)
    except OSError as error:
        raise BackupError(
            f"It can't be unpacked in {settings.BACKUPS_DIR} ({error.strerror}). Make "
            "room there, or set BACKUPS_DIR, and try again. All is as it was."
        ) from error
    finally:
        connection.close()
    age = now - opened.manifest.made_at
    return Restored(opened.manifest, settled, age.days > settings.BACKUPS_KEPT_DAYS)


def _put_in_place(wish: Wish, said: Manifest, now: datetime.datetime) -> Settled:
    there = making.connected()
    there.insist_on_being_alone()
    _insist_on_leave_to_replace(wish)
    with backup_folder.workshop(settings.BACKUPS_DIR) as workshop:
        copy = workshop / "database"
        archive.unpack(wish.place, copy)
        there.check(copy, said.version)
        erased = _erased_since(wish)
        there.insist_on_being_alone()
        with there.replaced_by(copy):
            if database.applied_migrations() != said.migrations:
                raise BackupError(f"{wish.place} holds not what its manifest says.")
            call_command("migrate", interactive=False, verbosity=0)
            return settling.settle(erased, tell=wish.tell_writers, now=now)


def _insist_on_fitting(opened: Opened, wish: Wish) -> None:
    made = opened.manifest
    if made.database != connection.vendor:
        raise BackupError(
            f"{wish.place} is a back-up of {made.database}, and this database is "
            f"{connection.vendor}: set DATABASE_URL to one of the same kind."
        )
    if newer := set(made.migrations) - database.known_migrations():
        raise BackupError(
            f"{wish.place} was made by a newer Postbag, which this one does not know "
            f"({min(newer)}): check out that version, or a later one, and try again."
        )
    if wish.elsewhere:
        return
    if not opened.is_signed_by_us:
        raise BackupError(
            f"{wish.place} was made with another SECRET_KEY, or was changed since. Set "
            "the key that was in use then: without it the links in people's mails open "
            "nothing, and nobody who wrote before is recognised. If you mean to do "
            "without it and know where the file comes from, add --elsewhere."
        )
    if made.is_live != settings.DELIVERY_IS_LIVE:
        raise BackupError(
            f"{wish.place} was made with DELIVERY={_mode(is_live=made.is_live)}, and "
            f"here it is {_mode(is_live=settings.DELIVERY_IS_LIVE)}. If you mean that, "
            "such as to practise, add --elsewhere."
        )


def _mode(*, is_live: bool) -> str:
    return "live" if is_live else "demo"


def _insist_on_leave_to_replace(wish: Wish) -> None:
    if wish.replace:
        return
    try:
        is_empty = database.is_empty()
    except DatabaseError as error:
        raise BackupError(
            f"The database that is there can't be read ({str(error).strip()}). To put "
            "the back-up in its place, add --replace."
        ) from error
    if not is_empty:
        raise BackupError(
            "The database is not empty: it holds accounts, campaigns or letters. To "
            "lose what came into it since the back-up was made, add --replace; make a "
            "back-up of it first, if it can be read."
        )


def _erased_since(wish: Wish) -> Erased:
    """Read it where it is noted, and ask the database that is replaced."""
    erased = erasures.noted(settings.BACKUPS_DIR, wish.place.absolute().parent)
    with database.left_as_it_is():
        erased |= settling.erased_here()
    return erased
