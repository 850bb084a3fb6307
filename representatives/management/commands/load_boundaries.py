"""Load the boundaries of the next review, before they apply."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from representatives import boundaries, parliament
from representatives.errors import RegisterError
from representatives.management import arguments


class Command(BaseCommand):
    """Until the day of the review nothing changes for anybody."""

    help = (
        "Load the constituencies of the next review of the boundaries: a table (CSV)"
        " with the columns code, name, name_cy, country, region, hex_q and hex_r. They"
        " wait for the day of the first general election on them, and their postcodes"
        " with them (import_postcodes --for-the-next-boundaries); on that day the"
        " worker puts both in force at once. If the day is moved, load them again."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the file and its day, or the wish to drop what waits."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("file", type=Path, nargs="?")
        what.add_argument(
            "--forget",
            action="store_true",
            help="drop the boundaries that wait, and their postcodes",
        )
        parser.add_argument(
            "--in-force-from",
            type=arguments.day,
            metavar="YYYY-MM-DD",
            help=(
                "the day of the first general election on them; while nobody knows it,"
                " the last day on which it can be"
            ),
        )
        parser.add_argument(
            "--seats",
            type=int,
            default=boundaries.SEATS,
            metavar="NUMBER",
            help=f"how many seats there must be, if not {boundaries.SEATS}",
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="read and judge the file, and change nothing",
        )

    def handle(self, *, file: Path | None, **options: Any) -> None:
        """Load them or drop them, and say what comes next."""
        try:
            if file is None:
                self._forget()
            else:
                self._load(file, options)
        except RegisterError as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            message = (
                f"The database refused the boundaries ({error}). Nothing has changed."
                " Run manage.py migrate, make sure that no import is under way, and try"
                " again."
            )
            raise CommandError(message) from error

    def _forget(self) -> None:
        day = boundaries.forget(timezone.now())
        if day is None:
            message = "No boundaries wait for their day."
            raise CommandError(message)
        self.stdout.write(f"The boundaries that waited for {day} are dropped.")

    def _load(self, file: Path, options: dict[str, Any]) -> None:
        day = options["in_force_from"]
        if day is None:
            message = "Say with --in-force-from from which day they apply."
            raise CommandError(message)
        review = boundaries.read(file, day, seats=options["seats"])
        if options["dry_run"]:
            self.stdout.write(f"{len(review.rows)} seats: could wait for {day}.")
            return
        lost_postcodes = boundaries.load(review, timezone.now())
        today = parliament.today()
        if boundaries.put_in_force(today):
            self.stdout.write(f"{len(review.rows)} seats: in force.")
            return
        self.stdout.write(f"{len(review.rows)} seats: they wait for {day}.")
        if lost_postcodes:
            self.stdout.write("The postcodes of those that waited before are dropped.")
        waiting = boundaries.waiting()
        if waiting and not waiting.has_postcodes:
            self.stdout.write(
                "Load their postcodes, too: manage.py import_postcodes FILE"
                " --for-the-next-boundaries"
            )
