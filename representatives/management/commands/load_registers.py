"""Load the shipped registers."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from representatives import loading, snapshot
from representatives.errors import RegisterError
from representatives.snapshot import Snapshot


class Command(BaseCommand):
    """May be run again at any time."""

    help = (
        "Load the shipped constituencies, members and postcodes. May be run again at"
        " any time: it brings up to date what is older, and neither changes what staff"
        " have overridden nor brings back a member whose term has ended."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the folder to load from."""
        parser.add_argument(
            "--from",
            dest="folder",
            type=Path,
            default=snapshot.SHIPPED,
            help="another folder with a snapshot than the shipped one",
        )

    def handle(self, *, folder: Path, **_options: Any) -> None:
        """Load everything or nothing."""
        try:
            loaded = loading.load(Snapshot.open(folder))
        except RegisterError as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            message = (
                f"The database refused the registers ({error}). Run manage.py migrate, "
                "make sure that no other load is under way, and try again."
            )
            raise CommandError(message) from error
        for one in loaded:
            self.stdout.write(
                f"{one.edition.entries:,} {one.register} as of {one.edition.as_of}: "
                f"{one.outcome}"
            )
