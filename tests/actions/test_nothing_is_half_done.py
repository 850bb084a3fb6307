"""Where the database breaks off, or errs at one row, the rest is done all the same.

And nothing is left half done that nobody would come back to.
"""

import datetime
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from actions import (
    claiming,
    delivering,
    erasures,
    failing,
    limiting,
    passing_over,
    privacy,
    recording,
    reminding,
    telling,
    tokens,
)
from actions.management.commands import deliver_letters
from actions.models import Delivery, Letter, LetterEvent, RateCount
from representatives.models import Representative
from tests import promise
from tests.actions.factories import make_letter, make_organiser
from tests.actions.receiving.arriving import gone, raw, take
from tests.smtp import Fault, MailServer, mail_server

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
State = Letter.State
ALWAYS = 10**6
SHORT = datetime.timedelta(seconds=4)
FORGETS = 'UPDATE "actions_letter" SET "forgotten_at"'


@pytest.fixture(autouse=True)
def _at_once(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    monkeypatch.setattr(recording, "SECONDS_BETWEEN_TRIES", 0)
    settings.OUTBOX_DIR = tmp_path / "outbox"
    settings.BACKUPS_DIR = tmp_path / "backups"


@contextmanager
def broken(
    is_it: str | Callable[[str, Any], bool], times: int = 1
) -> Iterator[list[Any]]:
    """Have the database err at statements that hold these words; give their values."""
    asked: list[Any] = []

    def err(execute: Any, sql: str, values: Any, *rest: Any) -> Any:
        is_meant = is_it in sql if isinstance(is_it, str) else is_it(sql, values)
        if is_meant and len(asked) < times:
            asked.append(values)
            raise OperationalError("the database went away")
        return execute(sql, values, *rest)

    with connection.execute_wrapper(err):
        yield asked


def deliver_as_the_worker(rounds: int = 12) -> None:
    """Deliver again and again, as the command does after a fault."""
    is_careful = False
    for _ in range(rounds):
        try:
            delivering.deliver_due(is_careful=is_careful)
        except OperationalError:
            is_careful = True
        else:
            is_careful = False


def test_a_mail_that_the_database_cannot_read_keeps_no_other_waiting(
    mail_server: MailServer,
) -> None:
    answered = gone()
    take(raw("reply-plain", answered))
    letters = promise.queue(3)
    with broken('FROM "actions_incomingmail"', ALWAYS):
        deliver_as_the_worker()
    assert len(mail_server.raw) == len(letters)
    left = Delivery.objects.waiting().get()
    assert (left.kind, left.attempts, left.lease) == (Delivery.Kind.FORWARD, 0, None)
    # Nor does it go as long as others are tried before it.
    assert not delivering.deliver_due().sent
    passing_over.MAILS.clear()
    assert delivering.deliver_due().sent == 1


def test_a_mail_that_the_database_can_never_read_ends_some_day(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passing_over, "SECONDS", 0.0)
    answered = gone()
    take(raw("reply-plain", answered))
    forward = answered.deliveries.get(kind=Delivery.Kind.FORWARD)
    with broken('FROM "actions_incomingmail"', ALWAYS):
        for _ in range(passing_over.TIMES + 1):
            promise.queue(1)
            # It is the longest due, then passed over, so that the other goes.
            deliver_as_the_worker(rounds=1)
            monkeypatch.setattr(passing_over, "SECONDS", 60.0)
            deliver_as_the_worker(rounds=1)
            monkeypatch.setattr(passing_over, "SECONDS", 0.0)
    forward.refresh_from_db()
    assert (forward.attempts, forward.last_error) == (1, "A fault in Postbag.")


@pytest.mark.parametrize("is_marked", [True, False])
def test_what_a_dead_worker_left_keeps_no_mail_waiting_though_the_database_errs_at_it(
    mail_server: MailServer,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_marked: bool,
) -> None:
    monkeypatch.setattr(claiming, "lease_time", lambda: SHORT)
    promise.queue(1)
    then = timezone.now() - DAY
    Delivery.objects.update(due_at=then)
    [left] = claiming.claim(then, live=True, at_most=1)
    if is_marked:
        assert recording.sent(left, then)
    letters = promise.queue(3)
    settles_or_frees = 'UPDATE "actions_delivery" SET "lease" = NULL'

    def is_of_it(sql: str, _: Any) -> bool:
        held = Delivery.objects.filter(pk=left.pk).exclude(lease=None)
        return settles_or_frees in sql and len(mail_server.raw) < 3 and held.exists()

    with broken(is_of_it, ALWAYS) as asked, suppress(OperationalError):
        delivering.deliver_due()
    assert asked
    gone_to = {letter.recipient_email for letter in letters}
    assert set(mail_server.recipients) == gone_to
    assert promise.told_twice(caplog.text) == (not is_marked)


def test_what_can_be_settled_is_settled_whatever_cannot(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claiming, "lease_time", lambda: SHORT)
    letters, then = promise.queue(3), timezone.now() - HOUR
    Delivery.objects.update(due_at=then)
    left = [claiming.claim(then, live=True, at_most=1)[0] for _ in letters]
    for went in left:
        assert recording.sent(went, then)
    [first, *others] = recording.unsettled(timezone.now())

    def settles_the_first(sql: str, values: Any) -> bool:
        frees = 'UPDATE "actions_delivery" SET "lease" = NULL' in sql
        return frees and first.hex in str(values).replace("-", "")

    with (
        broken(settles_the_first, ALWAYS) as asked,
        pytest.raises(OperationalError),
    ):
        delivering.deliver_due()
    assert asked
    settled = Letter.objects.filter(state=State.ACCEPTED)
    assert settled.count() == len(others)


def test_a_mail_that_cannot_be_claimed_keeps_no_other_waiting(
    mail_server: MailServer,
) -> None:
    letters = promise.queue(25)
    bad = Delivery.objects.get(letter=letters[7])

    def reads_it(sql: str, _: Any) -> bool:
        if 'ORDER BY "actions_delivery"."due_at" ASC, "actions_del' not in sql:
            return False
        return Delivery.objects.filter(pk=bad.pk).exclude(lease=None).exists()

    with broken(reads_it, ALWAYS):
        deliver_as_the_worker()
    assert len(mail_server.raw) == len(letters) - 1
    left = Delivery.objects.waiting().get()
    assert (left, left.attempts, left.lease) == (bad, 0, None)


def test_a_claim_that_is_carried_out_late_is_let_go(mail_server: MailServer) -> None:
    promise.queue(1)
    claims = 'UPDATE "actions_delivery" SET "lease" = %s'
    with broken(claims) as asked, pytest.raises(OperationalError):
        delivering.deliver_due()
    # As the server that had lost us does it after all.
    now, (values,) = timezone.now(), asked
    Delivery.objects.update(lease=values[0], leased_until=now + claiming.lease_time())
    assert delivering.deliver_due().sent == 1


def test_a_step_of_the_sweep_that_fails_stops_neither_the_others_nor_the_mail(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whatever the time is where this test runs.
    monkeypatch.setattr(reminding, "AWAKE", range(24))
    now = timezone.now()
    asked = gone(now=now - 15 * DAY)
    forgotten = make_letter(now=now - 30 * DAY)
    promise.queue(1)
    worker = deliver_letters.Command()
    with broken('DELETE FROM "actions_pace"', ALWAYS):
        with pytest.raises(OperationalError):
            worker.work()
        assert asked.deliveries.filter(kind=Delivery.Kind.QUESTION).exists()
        forgotten.refresh_from_db()
        assert forgotten.is_forgotten
        assert len(mail_server.raw) == 2


@pytest.mark.parametrize(
    "fault", ['FROM "actions_failingaddress"', 'DELETE FROM "actions_pace"']
)
def test_what_always_fails_keeps_no_mail_waiting_however_often_it_is_done(
    mail_server: MailServer, fault: str
) -> None:
    worker = deliver_letters.Command()
    with broken(fault, ALWAYS) as asked:
        for count in range(1, 4):
            promise.queue(1)
            # As after a long rest, or a look that took long.
            worker.look_at = worker.sweep_at = -math.inf
            with pytest.raises(OperationalError):
                worker.work()
            assert len(mail_server.raw) == count
    assert asked


def test_what_one_eraser_cannot_do_keeps_nothing_else_beyond_its_time() -> None:
    """Not what comes after it in the schedule, either."""
    limiting.take("a", "b", limit=1, window=DAY, now=timezone.now() - 9 * DAY)
    assert RateCount.objects.exists()
    with broken('UPDATE "actions_letter"', ALWAYS) as asked:
        make_letter(now=timezone.now() - 30 * DAY)
        with pytest.raises(OperationalError):
            privacy.sweep(timezone.now())
    assert asked
    assert not RateCount.objects.exists()


def test_every_mail_that_may_arrive_twice_is_told_though_the_database_breaks_off(
    mail_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    letters = promise.queue(2)
    then = timezone.now()
    for _ in letters:
        assert claiming.claim(then, live=True, at_most=1)
    later = then + claiming.lease_time()
    is_second = iter([False, True])

    def frees_the_second(sql: str, _: Any) -> bool:
        frees = sql.startswith('UPDATE "actions_delivery" SET "lease" = NULL')
        return frees and next(is_second, False)

    with broken(frees_the_second) as asked, pytest.raises(OperationalError):
        delivering.deliver_due(clock=lambda: later)
    assert asked
    assert len(mail_server.raw) == 1
    passing_over.MAILS.clear()
    delivering.deliver_due(clock=lambda: later)
    assert len(mail_server.raw) == 2
    doubted = LetterEvent.objects.filter(kind=LetterEvent.Kind.RETRIED)
    assert doubted.count() == len(letters)
    # Never too few.
    assert promise.told_twice(caplog.text) >= len(letters)


def test_a_letter_whose_new_address_fails_is_held_though_the_database_breaks_off(
    mail_server: MailServer,
) -> None:
    [letter] = promise.queue(1)
    member = Representative.objects.filter(pk=letter.representative_id)
    member.update(email="new@parliament.example")
    failing.note("new@parliament.example", "550", timezone.now(), live=True)
    with broken('UPDATE "actions_letter" SET "state"') as asked:
        with pytest.raises(OperationalError):
            delivering.deliver_due()
        assert asked
        delivering.deliver_due()
    letter.refresh_from_db()
    assert (letter.state, letter.held_for) == (State.HELD, Letter.Hold.ADDRESS_FAILING)
    assert letter.recipient_email == "new@parliament.example"


@pytest.mark.parametrize(
    ("button", "state"), [("not-me/", State.DISOWNED), ("erase/", State.CANCELLED)]
)
def test_a_letter_is_not_stopped_without_being_erased(
    client: Client, settings: Settings, button: str, state: str
) -> None:
    letter = make_letter(now=timezone.now())
    address = f"/letters/{tokens.for_letter(letter.pk)}/{button}"
    with broken(FORGETS) as asked, pytest.raises(OperationalError):
        client.post(address)
    assert asked
    letter.refresh_from_db()
    assert letter.state == State.AWAITING_CONFIRMATION
    assert letter.sender_email
    # What was wanted is known, should a back-up be restored before the button is
    # pressed once more.
    noted = erasures.noted(settings.BACKUPS_DIR)
    assert noted.asked | noted.disowned == {letter.pk}
    client.post(address)
    letter.refresh_from_db()
    assert (letter.state, letter.sender_email) == (state, "")


def test_organisers_are_told_an_hour_later_if_no_mail_went(
    mail_server: MailServer, settings: Settings
) -> None:
    User.objects.filter(pk=make_organiser().pk).update(email="ann@campaign.example")
    make_letter(state=State.HELD, held_for=Letter.Hold.ABUSE)
    noon = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
    there, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert telling.about_the_queue(noon, live=True) == 0
    settings.EMAIL_PORT = there
    # Nor do two workers tell them at once.
    assert telling.about_the_queue(noon, live=True) == 0
    assert telling.about_the_queue(noon + HOUR, live=True) == 1
    assert telling.about_the_queue(noon + 2 * HOUR, live=True) == 0
    # Who may have been told has been told.
    mail_server.faults = [Fault.HANGS_UP_AFTER_THE_END]
    assert telling.about_the_queue(noon + DAY, live=True) == 1
    assert telling.about_the_queue(noon + DAY + HOUR, live=True) == 0
    assert mail_server.recipients == ["ann@campaign.example"] * 2


def test_nothing_is_decided_without_a_note_of_who_did_it(client: Client) -> None:
    client.force_login(make_organiser())
    letter = make_letter(state=State.HELD, held_for=Letter.Hold.ABUSE)
    address = f"/admin/actions/heldletter/{letter.pk}/let_go/"
    with broken('INSERT INTO "django_admin_log"'), pytest.raises(OperationalError):
        client.post(address)
    letter.refresh_from_db()
    assert letter.state == State.HELD
    client.post(address)
    letter.refresh_from_db()
    assert letter.state == State.QUEUED
    assert LogEntry.objects.filter(action_flag=CHANGE).count() == 1
