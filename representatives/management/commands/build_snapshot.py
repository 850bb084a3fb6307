"""Derive the shipped snapshot from other people's registers."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from representatives import snapshot
from representatives.errors import RegisterError
from representatives.sources import folder


class Command(BaseCommand):
    """The old snapshot stays as it is unless every source can be read."""

    help = (
        "Build the snapshot of the registers that Postbag ships from a folder of source"
        " files: constituencies_*.csv, members_*.csv and gb_postcodes_*.csv.gz. The old"
        " snapshot stays as it is unless all of them can be read."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the folders to read from and to write to."""
        parser.add_argument("source_folder", type=Path)
        parser.add_argument(
            "--into",
            type=Path,
            default=snapshot.SHIPPED,
            help="another folder than the shipped one to write to",
        )

    def handle(self, *, source_folder: Path, into: Path, **_options: Any) -> None:
        """Read everything, then write everything."""
        try:
            registers = folder.read(source_folder)
            snapshot.write(registers, into)
        except RegisterError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            message = f"{into} cannot be written to ({error.strerror})."
            raise CommandError(message) from error
        for register, entries in registers.entries.items():
            self.stdout.write(
                f"{entries:,} {register} as of {registers.as_of[register]}"
            )
