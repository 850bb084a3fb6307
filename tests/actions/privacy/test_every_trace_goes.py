"""A letter lives through all there is; then the clock moves, and its traces go.

Every column of every table is searched, every file where Postbag keeps its own (with
SQLite those of the database, byte by byte), what the worker wrote and what every logger
of the pages said.
"""

import datetime
import logging
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from actions import delivering, lifecycle, outbox, privacy
from actions.lifecycle import Move
from actions.models import Campaign, Letter, RateCount, Tally, WatchedMailbox
from actions.situations import Situation
from tests import traces, workers
from tests.actions.factories import (
    make_campaign,
    make_representative,
    place_postcodes,
)
from tests.actions.privacy.lives import (
    BESIDE,
    OF_THE_LETTER,
    OTHER,
    POSTCODE,
    WORD,
    Life,
    receive,
)
from tests.smtp import MailServer, mail_server

__all__ = ["mail_server"]

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

DAY = datetime.timedelta(days=1)
YEAR = 365 * DAY
KEPT = project.ERASE_AFTER_DAYS * DAY
VAR = Path(project.VAR_DIR)


@pytest.fixture
def campaign(settings: Settings) -> Campaign:
    settings.LEAST_SECONDS_TO_READ = 0
    # In an order in which the register's own bytes don't read like the postcode.
    place_postcodes(make_representative().constituency, "ZE9 9", "ABAA")
    return make_campaign()


@pytest.fixture(autouse=True)
def _listening(caplog: pytest.LogCaptureFixture) -> None:
    # As talkative as where Postbag runs: Django's templates, below that, tell of all
    # that they are given. The fake mail server's own log is not ours.
    assert logging.getLogger("django").level == logging.WARNING
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.CRITICAL, logger="mail.log")


@dataclass(frozen=True)
class Lived:
    """What is left of a life: one letter, with a word in a column of its own."""

    life: Life
    letter: Letter
    column: str
    since: datetime.datetime
    counted: list[Any]


@pytest.fixture(
    params=[
        (Situation.ABROAD, "address_note", Move.ANSWER),
        (Situation.FOR_SOMEBODY, "helper", Move.BOUNCE),
    ],
    ids=("from abroad and answered", "for somebody and bounced"),
)
def lived(
    campaign: Campaign,
    mail_server: MailServer,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> Lived:
    situation, column, end = request.param
    folder = VAR / tmp_path.name
    folder.mkdir()
    environment = workers.live(folder, mail_server.port)
    life = Life(campaign, partial(_send, environment, folder / "worker.log"))
    letter = live_through_all(life, situation)
    assert lifecycle.make(end, letter, timezone.now())
    assert len(mail_server.raw) == 4
    assert all(WORD in str(mail) for mail in mail_server.mails[:2])
    return Lived(life, letter, f"actions_letter.{column}", timezone.now(), counts())


def live_through_all(life: Life, situation: Situation) -> Letter:
    letter = life.write(situation)
    life.confirm(letter)
    life.complain(letter)
    life.ask_for_more()
    receive(letter)
    return letter


def _send(environment: dict[str, str], log: Path, *, days: int = 0) -> None:
    """Have a real worker send, which writes its log where every file is searched."""
    _run(environment, log, days, "deliver_letters", "--once")


def _run(environment: dict[str, str], log: Path, days: int, *command: str) -> None:
    """Run a command on a later day."""
    with log.open("a") as file:
        subprocess.run(
            [sys.executable, "-m", "tests.later", str(days), *command],
            cwd=project.BASE_DIR,
            env=environment,
            stdout=file,
            stderr=file,
            timeout=workers.SECONDS_TO_WAIT,
            check=True,
        )


def columns(*words: str) -> set[str]:
    return {column for word in words for column in traces.in_database(word)}


def counts() -> list[Any]:
    return list(Tally.objects.order_by("pk").values())


def assert_in_no_file_or_log(caplog: pytest.LogCaptureFixture, *words: str) -> None:
    for word in words:
        assert traces.in_files(word, VAR) == []
        assert traces.in_logs(word, caplog) == []


def assert_the_letter_is_there_and_then_nowhere(
    lived: Lived, caplog: pytest.LogCaptureFixture
) -> None:
    privacy.sweep(lived.since + KEPT - DAY)
    assert columns(WORD) == {*OF_THE_LETTER, *BESIDE, lived.column}
    assert columns(POSTCODE) == {"actions_letter.postcode"}
    # Of limits and sign-ins nothing is left by then.
    assert not RateCount.objects.exists()
    assert not Session.objects.exists()
    privacy.sweep(lived.since + KEPT)
    assert columns(WORD, POSTCODE) == set()
    assert_in_no_file_or_log(caplog, WORD, POSTCODE)


def assert_the_wish_is_there_until_it_is_left(
    lived: Lived, caplog: pytest.LogCaptureFixture
) -> None:
    assert columns(OTHER) == {"actions_subscription.email"}
    lived.life.leave()
    assert columns(OTHER) == set()
    privacy.sweep(lived.since + KEPT)
    assert_in_no_file_or_log(caplog, OTHER)


def assert_who_looked_is_known_for_a_year(lived: Lived) -> None:
    privacy.sweep(lived.since + YEAR - DAY)
    # Both read and decided: a letter and a report.
    assert LogEntry.objects.count() == 4
    assert WatchedMailbox.objects.exists()
    privacy.sweep(lived.since + YEAR)
    assert not LogEntry.objects.exists()
    assert not WatchedMailbox.objects.exists()
    assert not lived.letter.incoming.exists()


def test_what_is_kept_is_there_as_long_as_promised_and_then_nowhere(
    lived: Lived, caplog: pytest.LogCaptureFixture
) -> None:
    assert_the_letter_is_there_and_then_nowhere(lived, caplog)
    assert_the_wish_is_there_until_it_is_left(lived, caplog)
    assert_who_looked_is_known_for_a_year(lived)
    assert counts() == lived.counted


def test_who_asks_is_erased_at_once_by_the_same_code(
    campaign: Campaign, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.OUTBOX_DIR = VAR / "outbox"
    life = Life(campaign, _send_here)
    letter = live_through_all(life, Situation.HOME)
    counted = counts()
    assert columns(WORD) == {*OF_THE_LETTER, *BESIDE}
    assert traces.in_files(WORD, settings.OUTBOX_DIR)

    life.erase(letter)
    life.leave()
    assert columns(WORD, OTHER, POSTCODE) == set()
    assert not outbox.newest()
    letter.refresh_from_db()
    assert letter.sender_key == ""
    # In the database's own files, too, as soon as the worker comes by.
    privacy.sweep(timezone.now())
    assert_in_no_file_or_log(caplog, WORD, OTHER, POSTCODE)
    assert counts() == counted


def test_the_worker_itself_erases_it_and_back_ups_of_it_go(
    campaign: Campaign,
    mail_server: MailServer,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    folder = VAR / tmp_path.name
    folder.mkdir()
    environment, log = workers.live(folder, mail_server.port), folder / "worker.log"
    letter = live_through_all(
        Life(campaign, partial(_send, environment, log)), Situation.HOME
    )
    for day in (0, 1):
        _run(environment, log, day, "backup")
    oldest, newest = back_ups(folder)
    assert WORD in unpacked(oldest)
    _send(environment, log, days=project.ERASE_AFTER_DAYS - 1)
    assert WORD in traces_of(letter)
    after = project.ERASE_AFTER_DAYS + 1
    _send(environment, log, days=after)
    assert columns(WORD, POSTCODE) == set()
    # As the page says, until there is a newer one.
    assert back_ups(folder) == [newest]
    assert WORD in unpacked(newest)
    _run(environment, log, after, "backup")
    [whole] = back_ups(folder)
    assert whole != newest
    assert letter.recipient_name in unpacked(whole)
    assert not {word for word in (WORD, POSTCODE) if word in unpacked(whole)}
    assert_in_no_file_or_log(caplog, WORD, POSTCODE)


def traces_of(letter: Letter) -> str:
    letter.refresh_from_db()
    return letter.body


def back_ups(folder: Path) -> list[Path]:
    return sorted((folder / "backups").glob("postbag-*.tar.gz"))


def unpacked(place: Path) -> str:
    """Read a back-up's database, whatever packing hides what it says."""
    with tarfile.open(place) as tar:
        content = tar.extractfile("database")
        assert content is not None
        copied = content.read()
    if connection.vendor == "sqlite":
        return copied.decode("utf-8", errors="replace")
    plain = subprocess.run(
        ["pg_restore", "--file=-"], input=copied, capture_output=True, check=True
    )
    return plain.stdout.decode()


def _send_here() -> None:
    delivering.deliver_due()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite's file alone")
def test_sqlite_overwrites_what_is_erased() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete")
        assert cursor.fetchone() == (1,)
