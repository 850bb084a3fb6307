"""Marks that are made while the next mail is written: none is late, lost or doubled."""

import contextlib
import datetime
import itertools
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import (
    DatabaseError,
    DataError,
    OperationalError,
    connection,
    transaction,
)

from actions import claiming, delivering
from actions.errors import NotMarkedError
from actions.marking import Marks
from actions.models import Delivery, Letter, LetterEvent
from tests import workers
from tests.actions.factories import (
    NOW,
    make_campaign,
    make_letter,
    make_representative,
)
from tests.smtp import MailServer, mail_server

__all__ = ["mail_server"]

# Within a test's own transaction a mark is made at once.
pytestmark = pytest.mark.django_db(transaction=True)

SECOND = datetime.timedelta(seconds=1)
MANY = 5

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="SQLite marks at once, in the worker's own process",
)


@pytest.fixture
def gone() -> Delivery:
    """A letter in a worker's hands, which the mail server has just taken."""
    make_letter(state=Letter.State.QUEUED)
    (delivery,) = claiming.claim(NOW, live=False, at_most=1)
    return delivery


@pytest.fixture
def marks() -> Iterator[Marks]:
    marks = Marks(patience=SECOND)
    with marks.listening():
        yield marks


def as_stored() -> tuple[str, int]:
    delivery = Delivery.objects.get()
    return delivery.state, delivery.attempts


def queue(count: int, **fields: Any) -> None:
    campaign = make_campaign()
    for number in range(count):
        make_letter(campaign=campaign, now=NOW - number * SECOND, **fields)


def test_no_text_of_a_letter_goes_before_the_one_before_it_is_marked(
    mail_server: MailServer,
) -> None:
    queue(2, state=Letter.State.QUEUED)
    is_locked = threading.Event()
    gone: list[int] = []
    is_agreed: list[bool] = []

    def lock() -> None:
        with contextlib.closing(connection), transaction.atomic():
            assert len(Delivery.objects.select_for_update()) == 2
            mail_server.begun.clear()
            is_locked.set()
            time.sleep(0.5)
            gone.append(len(mail_server.raw))
            is_agreed.append(mail_server.begun.is_set())

    def lock_at_the_first() -> None:
        if len(mail_server.raw) == 1:
            beside.submit(lock)
            assert is_locked.wait(10)

    with ThreadPoolExecutor() as beside:
        mail_server.at_taking = lock_at_the_first
        assert delivering.deliver_due(clock=lambda: NOW).sent == 2
    assert gone == [1]
    # PostgreSQL marks while the mail server is asked to take the next one.
    assert is_agreed == [connection.vendor == "postgresql"]


def test_a_letter_whose_lease_a_mark_used_up_is_given_back_unbegun(
    mail_server: MailServer,
) -> None:
    queue(3, state=Letter.State.QUEUED)
    time_is = [NOW]
    left: list[datetime.timedelta] = []

    def wait_long(execute: Any, sql: str, *rest: Any) -> Any:
        if "SET state = 'sent'" in sql:
            time_is.append(time_is[-1] + claiming.lease_time() - SECOND)
        return execute(sql, *rest)

    def look() -> None:
        with contextlib.closing(connection):
            held = Delivery.objects.waiting().exclude(lease=None)
            ends = held.values_list("leased_until", flat=True)
            left.append(min(end for end in ends if end) - time_is[-1])

    with ThreadPoolExecutor() as beside, connection.execute_wrapper(wait_long):
        mail_server.at_taking = lambda: beside.submit(look).result()
        tidings = delivering.deliver_due(clock=lambda: time_is[-1])
    assert (tidings.sent, tidings.perhaps_twice, len(mail_server.raw)) == (3, 0, 3)
    # That we took a mail back is no trouble with the mail server.
    assert not tidings.trouble
    assert min(left) >= claiming.lease_time() - delivering.HELD_FOR


class Failing:
    """A database that fails at what is asked of it when a mail was taken."""

    def __init__(self, error: type[DatabaseError], times: int) -> None:
        self.error = error
        self.times = times
        self.has_begun = False

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        self.has_begun = self.has_begun or "SET state = 'sent'" in sql
        if self.has_begun and self.times:
            self.times -= 1
            raise self.error("the database fails")
        return execute(sql, *rest)


@pytest.mark.parametrize("times", [1, 2])
def test_a_letter_that_went_is_never_put_off_whatever_becomes_of_its_mark(
    mail_server: MailServer, times: int
) -> None:
    queue(2, state=Letter.State.QUEUED)
    with (
        connection.execute_wrapper(Failing(DataError, times)),
        pytest.raises((DataError, NotMarkedError)),
    ):
        delivering.deliver_due(clock=lambda: NOW)
    assert len(mail_server.raw) == 1
    went = Delivery.objects.order_by("due_at")[0]
    if times == 1:
        assert (went.state, went.attempts) == (Delivery.State.SENT, 1)
    else:
        # Nobody sends it before the end of its lease.
        assert (went.state, went.attempts) == (Delivery.State.WAITING, 0)
        assert went.leased_until == NOW + claiming.lease_time()
    # The other one was given back, and goes at once.
    assert delivering.deliver_due(clock=lambda: NOW).sent == 1
    assert len(set(mail_server.ids)) == len(mail_server.ids) == 2


def test_a_database_that_is_away_costs_the_next_mail_no_try(
    mail_server: MailServer,
) -> None:
    queue(3)
    with connection.execute_wrapper(Failing(OperationalError, 1)):
        assert delivering.deliver_due(clock=lambda: NOW).sent == 3
    assert set(Delivery.objects.values_list("state", "attempts")) == {
        (Delivery.State.SENT, 1)
    }


def test_marks_that_a_crash_of_the_database_undid_are_made_again(
    mail_server: MailServer,
) -> None:
    queue(MANY, state=Letter.State.QUEUED)

    def undo() -> None:
        with contextlib.closing(connection):
            Delivery.objects.filter(state=Delivery.State.SENT).update(
                state=Delivery.State.WAITING, done_at=None, attempts=0
            )

    def crash_at_the_last() -> None:
        if len(mail_server.raw) == MANY:
            beside.submit(undo).result()

    with ThreadPoolExecutor() as beside:
        mail_server.at_taking = crash_at_the_last
        assert delivering.deliver_due(clock=lambda: NOW).sent == MANY
    assert set(Delivery.objects.values_list("state", "attempts", "done_at")) == {
        (Delivery.State.SENT, 1, NOW)
    }
    assert set(Letter.objects.values_list("state")) == {(Letter.State.ACCEPTED,)}
    later = NOW + claiming.lease_time()
    assert not delivering.deliver_due(clock=lambda: later).any_moved
    assert len(mail_server.raw) == MANY


def test_whatever_comes_after_a_letter_that_went_finds_it_marked(
    mail_server: MailServer,
) -> None:
    campaign = make_campaign()
    order = itertools.count()

    def due_next(**fields: Any) -> Letter:
        due_at = NOW - MANY * SECOND + next(order) * SECOND / 10
        return make_letter(campaign=campaign, now=due_at, **fields)

    nobody = make_representative(is_current=False)
    nowhere = make_representative(email="@")
    for odd_one in (
        {"confirm_by": NOW},
        {"state": Letter.State.QUEUED, "representative": nobody},
        {"state": Letter.State.QUEUED, "representative": nowhere},
        {"reminded_at": NOW - SECOND},
    ):
        due_next(state=Letter.State.QUEUED)
        due_next(**odd_one)
    Delivery.objects.filter(letter__reminded_at__isnull=False).update(
        kind=Delivery.Kind.REMINDER
    )
    delivering.deliver_due(clock=lambda: NOW)
    assert Counter(Letter.objects.values_list("state", flat=True)) == {
        Letter.State.ACCEPTED: 4,
        Letter.State.HELD: 1,
        Letter.State.FAILED: 1,
        Letter.State.AWAITING_CONFIRMATION: 2,
    }
    mails = Delivery.objects.values_list("kind", "state", "attempts")
    sent, dropped = Delivery.State.SENT, Delivery.State.DROPPED
    assert Counter(mails) == {
        (Delivery.Kind.LETTER, sent, 1): 4,
        (Delivery.Kind.CONFIRMATION, dropped, 0): 1,
        (Delivery.Kind.LETTER, dropped, 0): 1,
        (Delivery.Kind.HELD_NOTICE, sent, 1): 1,
        (Delivery.Kind.LETTER, Delivery.State.FAILED, 1): 1,
        (Delivery.Kind.FAILURE_NOTICE, sent, 1): 1,
        (Delivery.Kind.REMINDER, sent, 1): 1,
    }
    assert len(set(mail_server.ids)) == len(mail_server.ids)


@contextmanager
def another() -> Iterator["psycopg.Connection[Any]"]:
    """Connect to the same database beside the worker."""
    with psycopg.connect(workers.database_url(), autocommit=True) as beside:
        yield beside


@pytest.mark.parametrize("times", [1, 2])
def test_a_mark_is_made_once_however_often_one_asks(
    gone: Delivery, marks: Marks, times: int
) -> None:
    assert marks.finish() == 0
    marks.begin(gone, NOW)
    assert [marks.finish() for _ in range(times)] == [1, 0][:times]
    assert as_stored() == (Delivery.State.SENT, 1)


def test_a_statement_made_meanwhile_is_answered_and_costs_no_mark(
    gone: Delivery, marks: Marks
) -> None:
    marks.begin(gone, NOW)
    assert as_stored() == (Delivery.State.SENT, 1)
    assert not LetterEvent.objects.exists()
    assert marks.finish() == 1


def test_what_is_in_other_hands_is_not_marked_and_said_once(
    gone: Delivery, marks: Marks, caplog: pytest.LogCaptureFixture
) -> None:
    Delivery.objects.update(lease=None, leased_until=None)
    marks.begin(gone, NOW)
    assert marks.finish() == 0
    assert as_stored() == (Delivery.State.WAITING, 0)
    assert caplog.text.count("was no longer in this worker's hands") == 1


@on_postgresql
def test_the_statement_is_watched_as_any_other(gone: Delivery, marks: Marks) -> None:
    seen: list[str] = []

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        seen.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        marks.begin(gone, NOW)
    assert marks.finish() == 1
    assert len(seen) == 1
    assert seen[0].startswith("UPDATE actions_delivery SET state = 'sent'")


@on_postgresql
def test_a_mark_whose_connection_breaks_is_made_by_another(
    gone: Delivery, marks: Marks
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (worker,) = cursor.fetchone()
    with another() as beside:
        # It can't be done until this transaction ends.
        with beside.transaction():
            beside.execute("SELECT * FROM actions_delivery FOR UPDATE")
            marks.begin(gone, NOW)
            beside.execute("SELECT pg_terminate_backend(%s)", [worker])
        assert marks.finish() == 1
    assert as_stored() == (Delivery.State.SENT, 1)


def test_a_mark_is_made_although_the_connection_was_closed_meanwhile(
    gone: Delivery, marks: Marks
) -> None:
    marks.begin(gone, NOW)
    connection.close()
    assert marks.finish() == 1
    assert as_stored() == (Delivery.State.SENT, 1)


@on_postgresql
@pytest.mark.parametrize("forgetting", ["DISCARD ALL", "DEALLOCATE ALL"])
def test_a_mark_is_made_although_a_pooler_forgot_the_name_of_the_statement(
    gone: Delivery, marks: Marks, forgetting: str
) -> None:
    for number in range(3):
        marks.begin(gone, NOW)
        assert marks.finish() == 1
        Delivery.objects.update(state=Delivery.State.WAITING, done_at=None, attempts=0)
        with connection.cursor() as cursor:
            if number == 0:
                cursor.execute(forgetting)
    # And then it is known again.
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements")
        assert [name for (name,) in cursor if name.startswith("mark_")]


@on_postgresql
def test_what_else_the_worker_does_goes_on_while_a_mark_is_waited_for(
    gone: Delivery, marks: Marks
) -> None:
    is_over = threading.Event()

    def count() -> int:
        steps = 0
        while not is_over.wait(0.01):
            steps += 1
        return steps

    with another() as beside, ThreadPoolExecutor() as others:
        beside.execute("BEGIN")
        beside.execute("SELECT * FROM actions_delivery FOR UPDATE")
        marks.begin(gone, NOW)
        threading.Timer(1, beside.execute, ["COMMIT"]).start()
        steps = others.submit(count)
        assert marks.finish() == 1
        is_over.set()
    assert steps.result() > 10
