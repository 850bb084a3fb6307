"""Bring the members of the House of Commons up to date."""

import argparse
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone
from tqdm import tqdm

from representatives import parliament, reading, syncing
from representatives.errors import RegisterError
from representatives.management import arguments
from representatives.models import SyncRun
from representatives.sources.http import Client
from representatives.syncing import Proposal, Source

_PARLIAMENT: Final = "parliament"
_THEYWORKFORYOU: Final = "theyworkforyou"


class Command(BaseCommand):
    """May be run at any time, by one at a time."""

    help = (
        "Read who sits in the House of Commons from Parliament's Members API (or,"
        " while that is away for long, seats and parties from TheyWorkForYou), and"
        " apply what has changed. It asks Parliament some 700 questions, four a second"
        " at most, so it takes about three minutes; interrupted, it goes on within"
        " the hour where it stopped. What looks wrong (more than 5 % of the terms would"
        " end, members are missing, a party that nobody had) is refused until you"
        " confirm it."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add what to read, and what to do with it."""
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="say what would change, and change nothing",
        )
        parser.add_argument(
            "--from",
            dest="origin",
            choices=(_PARLIAMENT, _THEYWORKFORYOU),
            default=_PARLIAMENT,
            help=(
                "whom to ask; TheyWorkForYou needs THEYWORKFORYOU_KEY, and knows of no"
                " titles, addresses, offices and portraits: those stay as they are"
            ),
        )
        parser.add_argument(
            "--from-file",
            type=Path,
            metavar="PATH",
            help=(
                "read a folder with answers of the API, or a zip of one, as --save-to"
                " makes it on a machine with a network; or a table (CSV) with the"
                " columns of the members' file"
            ),
        )
        parser.add_argument(
            "--as-of",
            type=arguments.day,
            metavar="YYYY-MM-DD",
            help="the day of a table whose name does not say it",
        )
        parser.add_argument(
            "--save-to",
            type=Path,
            metavar="FOLDER",
            help="read the API and save its answers there; change nothing here",
        )
        parser.add_argument(
            "--confirm",
            type=int,
            metavar="RUN",
            help=(
                "apply what a refused run would have changed, if it is still the same:"
                " you have looked at it, and it is so"
            ),
        )
        parser.add_argument(
            "--without-portraits",
            action="store_true",
            help="leave the members' pictures as they are",
        )

    def handle(self, **options: Any) -> None:
        """Read, judge, apply, and say what came of it."""
        _insist_on_one_source(options)
        confirmed = _refused(options["confirm"])
        client = Client(settings.MEMBERS_API_URL)
        try:
            with tqdm(desc="Members", unit=" answers", disable=None) as bar:
                source = _source(options, client, bar.update)
                if options["save_to"]:
                    self._save(source, options["save_to"])
                    return
                if options["dry_run"]:
                    self._say_what_would_change(syncing.propose(_read(source)))
                    return
                run = syncing.run(source, confirmed=confirmed)
        except RegisterError as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            message = (
                f"The database refused the members ({error}). What is loaded answers as"
                " before. Run manage.py migrate, and try again."
            )
            raise CommandError(message) from error
        self._say_what_came_of_it(run, options["origin"])
        if options["origin"] == _PARLIAMENT and not options["from_file"]:
            reading.forget_kept()
            if not options["without_portraits"]:
                self._renew_portraits(client)

    def _save(self, source: Source, folder: Path) -> None:
        if folder.exists() and any(folder.iterdir()):
            message = f"{folder} is not empty. Name a new folder."
            raise CommandError(message)
        house = _read(source)
        shutil.copytree(reading.kept_folder(), folder, dirs_exist_ok=True)
        self.stdout.write(f"{len(house.members)} members as of {house.as_of}: saved")

    def _say_what_would_change(self, proposal: Proposal) -> None:
        self.stdout.write(proposal.summary or "Nothing has changed.")
        for reason in proposal.reasons:
            self.stdout.write(f"It would be refused until confirmed: {reason}")

    def _say_what_came_of_it(self, run: SyncRun, origin: str) -> None:
        if run.state == SyncRun.State.REFUSED:
            words = "" if origin == _PARLIAMENT else f" --from {origin}"
            message = (
                f"{run.summary}\nRefused: {run.reason} Nothing was changed. If it is"
                f" so, say: manage.py sync_members{words} --confirm {run.pk}"
            )
            raise CommandError(message)
        self.stdout.write(run.summary or "Nothing has changed.")
        self.stdout.write(f"The members are as of {run.as_of}.")

    def _renew_portraits(self, client: Client) -> None:
        fetched, faults = reading.renew_portraits(client)
        self.stdout.write(f"{fetched} portraits are new.")
        for fault in faults:
            self.stderr.write(fault)


def _insist_on_one_source(options: Mapping[str, Any]) -> None:
    if options["origin"] == _PARLIAMENT:
        return
    for name, word in (("from_file", "--from-file"), ("save_to", "--save-to")):
        if options[name]:
            message = (
                f"{word} is about the answers of Parliament's API: leave it out, or"
                f" leave out --from {_THEYWORKFORYOU}."
            )
            raise CommandError(message)
    if not settings.THEYWORKFORYOU_KEY:
        message = (
            "TheyWorkForYou answers only with a key: get one at"
            " https://www.theyworkforyou.com/api/key and set THEYWORKFORYOU_KEY to it."
        )
        raise CommandError(message)


def _source(
    options: Mapping[str, Any], client: Client, tell: Callable[[], object]
) -> Source:
    if options["from_file"]:
        return reading.from_files(options["from_file"], options["as_of"])
    day = parliament.today()
    if options["origin"] == _THEYWORKFORYOU:
        theirs = Client(settings.THEYWORKFORYOU_URL)
        return reading.from_theyworkforyou(theirs, settings.THEYWORKFORYOU_KEY, day)
    return reading.from_api(client, now=timezone.now(), day=day, tell=tell)


def _read(source: Source) -> Any:
    return source.read(lambda: None)


def _refused(number: int | None) -> SyncRun | None:
    if number is None:
        return None
    run = SyncRun.objects.waiting().filter(pk=number).first()
    if run is None:
        message = f"There is no run {number} that waits to be confirmed."
        raise CommandError(message)
    return run
