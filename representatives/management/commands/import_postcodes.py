"""Import a new edition of the directory of postcodes."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from tqdm import tqdm

from representatives import importing
from representatives.errors import RegisterError
from representatives.importing import Imported, Wish
from representatives.sources import months


class Command(BaseCommand):
    """May be run while people use the site."""

    help = (
        "Import a whole ONS Postcode Directory (ONSPD) or National Statistics Postcode"
        " Lookup (NSPL): the release's zip, or its one large CSV file, gzipped or not."
        " People are answered from the old edition until the new one is whole; a file"
        " that is broken, cut short, older or of the boundaries before July 2024"
        " changes nothing."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the file, and what its operator agrees to."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--as-of",
            type=_month,
            metavar="YYYY-MM",
            help="the edition's month, where neither the file nor its name says it",
        )
        parser.add_argument(
            "--accept-ni-licence",
            action="store_true",
            help=(
                "also load the postcodes of Northern Ireland (BT), and accept for them"
                " the Northern Ireland End User Licence of Land & Property Services"
                " that comes with the release: for internal business use only. Any"
                " other use, such as a commercial one, needs a licence from Land &"
                " Property Services. Without this they are passed over, and people"
                " there choose among the 18 constituencies"
            ),
        )
        parser.add_argument(
            "--allow-older",
            action="store_true",
            help="replace what is loaded even by an older edition",
        )
        parser.add_argument(
            "--allow-fewer",
            action="store_true",
            help=(
                "import it even if more than a tenth of the postcodes that are loaded,"
                " or all of an area, is not in it"
            ),
        )

        parser.add_argument(
            "--for-the-next-boundaries",
            action="store_true",
            help=(
                "the file is of the seats that were loaded with load_boundaries; it"
                " waits for their day with them, and people are answered from the"
                " directory that is loaded until then"
            ),
        )

    def handle(self, *, file: Path, **options: Any) -> None:
        """Import it, and say what was imported."""
        wish = Wish(
            path=file,
            as_of=options["as_of"] or "",
            northern_ireland=options["accept_ni_licence"],
            older=options["allow_older"],
            fewer=options["allow_fewer"],
            next_boundaries=options["for_the_next_boundaries"],
        )
        try:
            imported = _with_a_bar(wish)
        except RegisterError as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            message = (
                f"The database refused the directory ({error}). What is loaded answers"
                " as before. Run manage.py migrate, and try again."
            )
            raise CommandError(message) from error
        self.stdout.write(_said(imported))


def _with_a_bar(wish: Wish) -> Imported:
    """Show how much of the file is read, where somebody watches a terminal."""
    size = wish.path.stat().st_size if wish.path.is_file() else None
    with tqdm(
        desc=wish.path.name, total=size, unit="B", unit_scale=True, disable=None
    ) as bar:
        return importing.run(wish, tell=lambda taken: bar.update(taken - bar.n))


def _said(imported: Imported) -> str:
    edition = f"{imported.entries:,} postcodes as of {imported.as_of}"
    if imported.waits_for:
        return f"{edition}: to be answered from as of {imported.waits_for}"
    if not imported.is_new:
        return f"{edition}: loaded before, nothing to do"
    return f"{edition}, and {imported.ended:,} that ended not long before: loaded"


def _month(text: str) -> str:
    """Read a month of the command line; raises what argparse expects."""
    if months.number_of(text) is None:
        message = f"{text!r} is no month; write it as in 2026-05"
        raise argparse.ArgumentTypeError(message)
    return text
