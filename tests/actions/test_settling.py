"""What went is settled while the next mails go: beside them, once, and all of it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from actions import delivering
from actions.models import Delivery, Letter
from tests import promise, workers
from tests.doomed import BESIDE, doomed
from tests.smtp import MailServer, mail_server

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db(transaction=True)

# A worker takes ten, then twenty, which are settled while the others go.
SETTLED_BESIDE = 10 + 20
MANY = SETTLED_BESIDE + 5
# Far more steps than there are.
MANY_STEPS = 100

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="SQLite has one writer at a time: a worker settles between two batches",
)


@pytest.fixture(autouse=True)
def _patience(settings: Settings) -> None:
    """Take no slow machine for a mail server that gives no answer."""
    settings.EMAIL_TIMEOUT = 60


def deliver() -> delivering.Tidings:
    """Deliver by a clock that stands: batches grow, however busy this machine is."""
    now = timezone.now()
    return delivering.deliver_due(clock=lambda: now)


@contextmanager
def another() -> Iterator["psycopg.Connection[Any]"]:
    with psycopg.connect(workers.database_url(), autocommit=True) as beside:
        yield beside


class Lock:
    """Keeps letters that have gone from being settled, until it is told or in vain."""

    def __init__(self, server: MailServer) -> None:
        self.is_held = Event()
        self.is_over = Event()
        self.was_passed = False
        self._server = server
        self._beside = ThreadPoolExecutor()
        server.at_taking = self._at_taking

    def _at_taking(self) -> None:
        if len(self._server.raw) == SETTLED_BESIDE:
            self._beside.submit(self._hold)
            assert self.is_held.wait(10)
        elif len(self._server.raw) == MANY - 1:
            self.is_over.set()

    def _hold(self) -> None:
        with another() as one, one.transaction():
            one.execute("SELECT * FROM actions_letter FOR UPDATE")
            self.is_held.set()
            self.was_passed = self.is_over.wait(10)


@on_postgresql
def test_the_next_letters_do_not_wait_until_the_last_are_settled(
    mail_server: MailServer,
) -> None:
    promise.queue(MANY)
    lock = Lock(mail_server)
    assert deliver().sent == MANY
    assert lock.was_passed
    promise.assert_kept(mail_server)


@on_postgresql
def test_a_connection_that_breaks_while_it_settles_leaves_nothing_unsettled(
    mail_server: MailServer,
) -> None:
    promise.queue(MANY)
    lock = Lock(mail_server)
    ended: list[tuple[Any, ...]] = []

    def break_it() -> None:
        lock._at_taking()  # noqa: SLF001 - it goes on as it does
        if len(mail_server.raw) == SETTLED_BESIDE + 1:
            with another() as one:
                workers.wait_until(partial(end_what_waits, one))

    def end_what_waits(one: "psycopg.Connection[Any]") -> bool:
        ended.extend(
            one.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = %s"
                " AND query LIKE %s",
                ["Lock", 'UPDATE "actions_letter"%'],
            ).fetchall()
        )
        return bool(ended)

    mail_server.at_taking = break_it
    assert deliver().sent == MANY
    assert ended == [(True,)]
    promise.assert_kept(mail_server)


@on_postgresql
def test_no_connection_is_left_behind(mail_server: MailServer) -> None:
    meanwhile = []
    promise.queue(MANY)
    with another() as observer:

        def count() -> int:
            counted = observer.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database()"
                " AND backend_type = 'client backend'"
            ).fetchone()
            return int(counted[0]) if counted else 0

        before = count()
        mail_server.at_taking = lambda: meanwhile.append(count())
        deliver()
        assert max(meanwhile) == before + 1
        # The server takes a moment to see that one has gone.
        workers.wait_until(lambda: count() == before)


def queue_to_one_mp(first: Letter | None) -> Letter:
    """Queue letters that are counted as one place: few steps, each of which matters."""
    letters = promise.queue(MANY)
    first = first or letters[0]
    Letter.objects.update(
        constituency=first.constituency,
        representative=first.representative,
        recipient_email=first.recipient_email,
    )
    return first


@pytest.mark.slow
@on_postgresql
def test_a_kill_at_any_step_of_settling_beside_loses_and_repeats_nothing_marked(
    mail_server: MailServer, tmp_path: Path, settings: Settings
) -> None:
    settings.SITE_URL = workers.SITE_URL
    steps = []
    environment = workers.live(tmp_path, mail_server.port, timeout=300)
    with doomed(environment, BESIDE) as die_at:
        first = None
        for number in range(1, MANY_STEPS):
            first = queue_to_one_mp(first)
            if not (step := die_at(number)):
                break
            steps.append(step)
    assert len(steps) < MANY_STEPS - 1, "the last one did it all"
    assert {
        'before UPDATE "actions_letter" SET "state"',
        "after INSERT INTO actions_letterevent (letter_id,",
        "after INSERT INTO actions_tally AS",
        'after UPDATE "actions_delivery" SET "lease"',
    } <= set(steps)
    promise.let_leases_pass()
    assert deliver().perhaps_twice <= len(steps)
    promise.assert_kept(mail_server, in_hand=len(steps))
    assert set(Delivery.objects.values_list("attempts")) <= {(1,)}
    assert not Letter.objects.exclude(state=Letter.State.ACCEPTED).exists()
