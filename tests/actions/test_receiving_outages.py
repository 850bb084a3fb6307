"""Mail comes in while the database is away: it waits, and is taken in once."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection, transaction

from actions.models import IncomingMail, Letter
from tests import workers
from tests.actions.receiving.arriving import gone, owed, raw
from tests.actions.test_delivery_outages import database_that_goes
from tests.actions.test_receive_mail import LATER, folder, live, pipe, watching

__all__ = ["folder", "live"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("live"),
    pytest.mark.django_db(transaction=True),
]
of_a_network = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="of a database behind a network"
)

SECONDS_AWAY = 10
# Amply what a busy machine needs, and SQLite, which waits 20 s for a lock by itself.
SECONDS_TO_END = 60


@pytest.fixture
def letter() -> Letter:
    return gone()


# --- A pipe -------------------------------------------------------------------------


def test_a_pipe_says_that_it_should_be_tried_again_and_then_takes_it_once(
    letter: Letter, tmp_path: Path
) -> None:
    mail = raw("reply-plain", letter)
    with database_that_goes() as (url, goes_away):
        with goes_away():
            refused = pipe(mail, tmp_path, DATABASE_URL=url)
        again = [pipe(mail, tmp_path, DATABASE_URL=url) for _ in range(2)]
    assert refused.returncode == LATER
    assert_quiet((refused.stdout + refused.stderr).decode(), letter)
    assert [ended.returncode for ended in again] == [0, 0]
    assert_taken_once(letter)


@of_a_network
def test_a_pipe_that_loses_the_database_in_the_middle_has_taken_nothing(
    letter: Letter, tmp_path: Path
) -> None:
    mail = raw("reply-plain", letter)
    with database_that_goes() as (url, goes_away):
        with waited_for(letter) as is_waited_for:
            ends: list[subprocess.CompletedProcess[bytes]] = []
            server = threading.Thread(
                target=lambda: ends.append(pipe(mail, tmp_path, DATABASE_URL=url))
            )
            server.start()
            workers.wait_until(is_waited_for)
            with goes_away():
                server.join(SECONDS_TO_END)
        (cut,) = ends
        assert cut.returncode == LATER
        assert_quiet((cut.stdout + cut.stderr).decode(), letter)
        assert pipe(mail, tmp_path, DATABASE_URL=url).returncode == 0
    assert_taken_once(letter)


# --- A folder -----------------------------------------------------------------------


def test_what_lies_in_a_folder_stays_there_and_is_taken_once(
    letter: Letter, folder: Path, tmp_path: Path
) -> None:
    mail = folder / "new" / "1.mail"
    mail.write_bytes(raw("reply-plain", letter))
    with database_that_goes() as (url, goes_away):
        with goes_away():
            refused = look(folder, tmp_path, url)
            assert mail.exists()
        again = [look(folder, tmp_path, url) for _ in range(2)]
    assert refused.returncode == LATER
    assert_quiet((refused.stdout + refused.stderr).decode(), letter)
    assert [ended.returncode for ended in again] == [0, 0]
    assert not mail.exists()
    assert_taken_once(letter)


def test_whoever_watches_a_folder_goes_on_by_itself(
    letter: Letter, folder: Path, tmp_path: Path
) -> None:
    other, new = gone(), folder / "new"
    with (
        database_that_goes() as (url, goes_away),
        watching(folder, tmp_path, DATABASE_URL=url) as (process, log),
    ):
        see_it_begin(other, folder, log)
        with goes_away():
            (new / "2").write_bytes(raw("reply-plain", letter))
            time.sleep(SECONDS_AWAY)
            assert (new / "2").exists()
            assert process.poll() is None
        workers.wait_until(lambda: not list(new.iterdir()), log)
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS_TO_END) == 0
    assert_quiet(log.read_text(), letter)
    assert_taken_once(letter)


@of_a_network
def test_whoever_watches_and_loses_the_database_in_the_middle_goes_on_by_itself(
    letter: Letter, folder: Path, tmp_path: Path
) -> None:
    mail = folder / "new" / "1"
    with (
        database_that_goes() as (url, goes_away),
        watching(folder, tmp_path, DATABASE_URL=url) as (_, log),
    ):
        with waited_for(letter) as is_waited_for:
            mail.write_bytes(raw("reply-plain", letter))
            workers.wait_until(is_waited_for, log)
            with goes_away():
                workers.wait_until(lambda: "not taken in now" in log.read_text(), log)
                assert mail.exists()
        workers.wait_until(lambda: not mail.exists(), log)
    assert_quiet(log.read_text(), letter)
    assert_taken_once(letter)


def test_whoever_watches_ends_when_told_although_the_database_is_away(
    letter: Letter, folder: Path, tmp_path: Path
) -> None:
    other, mail = gone(), folder / "new" / "2"
    with (
        database_that_goes() as (url, goes_away),
        watching(folder, tmp_path, DATABASE_URL=url) as (process, log),
    ):
        see_it_begin(other, folder, log)
        with goes_away():
            mail.write_bytes(raw("reply-plain", letter))
            time.sleep(1)
            process.send_signal(signal.SIGTERM)
            assert process.wait(SECONDS_TO_END) == 0
        assert mail.exists()
    assert_quiet(log.read_text(), letter)


# --- What they share ----------------------------------------------------------------


def look(
    folder: Path, var: Path, database_url: str
) -> subprocess.CompletedProcess[bytes]:
    """Take in once what lies there, as a timer does."""
    return pipe(b"", var, f"--maildir={folder}", DATABASE_URL=database_url)


def see_it_begin(letter: Letter, folder: Path, log: Path) -> None:
    """Have it take a mail in: it is ready, and has a connection that can break."""
    mail = folder / "new" / "1"
    mail.write_bytes(raw("delay-postfix", letter))
    workers.wait_until(lambda: not mail.exists(), log)


@contextmanager
def waited_for(letter: Letter) -> Iterator[Callable[[], bool]]:
    """Hold a letter so that who takes in its mail waits; tell whether somebody does."""
    with transaction.atomic():
        Letter.objects.select_for_update().get(pk=letter.pk)
        yield _somebody_waits_for_us


def _somebody_waits_for_us() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks"
            " WHERE NOT granted AND transactionid = pg_current_xact_id()::xid)"
        )
        return bool(cursor.fetchone()[0])


def assert_quiet(said: str, letter: Letter) -> None:
    assert "Traceback" not in said
    assert letter.tag not in said
    assert letter.sender_email not in said


def assert_taken_once(letter: Letter) -> None:
    """See that the answer is here, and goes on to its letter's writer, once each."""
    assert IncomingMail.objects.get(letter=letter).kind == IncomingMail.Kind.REPLY
    assert owed(letter) == ["forward"]
