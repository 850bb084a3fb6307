"""Restore a back-up."""

import argparse
import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from actions.backups import restoring
from actions.backups.restoring import Restored, Wish
from actions.errors import BackupError


class Command(BaseCommand):
    """Stop the web server and the workers first."""

    help = (
        "Put a back-up in the place of the database, all of it or nothing. No letter "
        "or mail that was owed when it was made is sent: it may have gone since. "
        "Letters that waited end as withheld, which their pages say, and who was "
        "erased since is erased again. Stop the web server and the workers first."
    )
    # The database may be broken, or not be there at all.
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the file, and what its operator agrees to."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace",
            action="store_true",
            help="lose what is in the database now",
        )
        parser.add_argument(
            "--elsewhere",
            action="store_true",
            help=(
                "restore a back-up that was made with another SECRET_KEY or DELIVERY, "
                "such as to practise; only one of whose origin you are sure, as it "
                "can't be checked"
            ),
        )
        parser.add_argument(
            "--tell-writers",
            action="store_true",
            help=(
                "mail those whose confirmed letter is withheld, with its text and how "
                "to post it; the workers send these mails when they are started"
            ),
        )

    def handle(self, *, file: Path, **options: Any) -> None:
        """Restore it, and say what became of what waited."""
        wish = Wish(
            place=file,
            replace=options["replace"],
            elsewhere=options["elsewhere"],
            tell_writers=options["tell_writers"],
        )
        try:
            restored = restoring.restore(wish, now=timezone.now())
        except BackupError as error:
            raise CommandError(str(error)) from error
        for line in _said(restored):
            self.stdout.write(line)


def _said(restored: Restored) -> list[str]:
    settled = restored.settled
    made_at = restored.manifest.made_at.astimezone(datetime.UTC)
    lines = [
        f"Restored the back-up of {made_at:%Y-%m-%d %H:%M} UTC.",
        f"Letters that waited and are withheld: {settled.withheld}",
        f"Among them, confirmed by their writers: {settled.confirmed}",
        f"Mails that were owed and are dropped: {settled.dropped}",
        f"Erased again, as people had asked: {settled.erased_again}",
        f"Erased, as their time was over: {settled.erased_in_time}",
    ]
    if settled.undecided:
        lines.append(
            "Incoming mail and what offices told, which waits for a person, who may "
            f"have decided since: {settled.undecided}."
        )
    if settled.untold:
        lines.append(
            "Wishes to be told that people can write again, ended as they may have "
            f"been told since: {settled.untold}."
        )
    if settled.told:
        lines.append(f"Writers who are mailed once a worker runs: {settled.told}.")
    if restored.is_older_than_kept:
        lines.append(
            "This back-up is older than back-ups are kept. What people had erased "
            "since may not be noted any more: look into your mail for who asked."
        )
    lines.append("Start the web server and the workers, which read the members again.")
    return lines
