"""Make a back-up."""

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from actions.backups import making
from actions.errors import BackupError


class Command(BaseCommand):
    """May be run while people write and workers send."""

    help = (
        "Back up the database into one file that only its owner may read, and erase "
        "back-ups that are too old. People and workers go on meanwhile."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the folder, and for how long back-ups are kept there."""
        parser.add_argument(
            "folder",
            type=Path,
            nargs="?",
            help="where to put it (default: BACKUPS_DIR)",
        )
        parser.add_argument(
            "--keep-days",
            type=_days,
            metavar="DAYS",
            help=(
                "erase back-ups of Postbag's in that folder that would be older than "
                "that before the next day's is made (default: BACKUPS_KEPT_DAYS, and "
                "no more, as the privacy page promises it)"
            ),
        )

    def handle(
        self, *, folder: Path | None, keep_days: int | None, **_options: Any
    ) -> None:
        """Make it, and say where it is."""
        try:
            made = making.make(
                (folder or settings.BACKUPS_DIR).absolute(),
                keep_days=keep_days or settings.BACKUPS_KEPT_DAYS,
                now=timezone.now(),
            )
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made.place}: {made.size:,} bytes")
        for path in made.erased:
            self.stdout.write(f"{path}: erased, as its time was over")


def _days(text: str) -> int:
    """Read a number of days; raises what argparse expects."""
    most = settings.BACKUPS_KEPT_DAYS
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= most:
        message = (
            f"a number of days from 1 to {most}, not {text!r}: the privacy page "
            "promises that back-ups are kept no longer (BACKUPS_KEPT_DAYS)"
        )
        raise argparse.ArgumentTypeError(message)
    return int(text)
