"""The database breaks off at any statement of a delivery: as if nothing had happened.

The worker lives, and so knows what it holds; what it does not hold it lets go. Nothing
is tried or told once more than without the break, and nothing said to be in doubt.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, NamedTuple

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from actions import delivering, passing_over, recording
from actions.claiming import LOST
from actions.models import Delivery, FailingAddress, Letter, LetterEvent
from actions.passing_over import MAILS
from representatives.models import Representative
from tests import promise
from tests.actions.factories import make_letter
from tests.actions.receiving.arriving import gone, raw, take
from tests.doomed import READS
from tests.smtp import Fault, MailServer, mail_server

__all__ = ["mail_server"]

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SECOND = datetime.timedelta(seconds=1)
# Far more than there are, and than are needed.
MANY = 500
ROUNDS = 10
# Some that it must break off at, from the claim to what a refusal leaves.
KINDS_OF_STEPS = {
    'UPDATE "actions_delivery" SET "lease"',
    "INSERT INTO actions_pace AS",
    "UPDATE actions_delivery SET state",
    'UPDATE "actions_delivery" SET "due_at"',
    'UPDATE "actions_letter" SET "state"',
    'INSERT INTO "actions_letterevent" ("letter_id",',
    'INSERT INTO "actions_failingaddress" ("address",',
    "COMMIT",
}
NO_LINE = pytest.mark.skipif(
    connection.vendor == "sqlite",
    reason="a file has no line on which an answer could get lost",
)


class Break:
    """Counts what the database is asked, and breaks off at one thing."""

    def __init__(self, at: int, *, is_carried_out: bool) -> None:
        self.left = at
        self.is_carried_out = is_carried_out
        # What it broke off at, if it came to that.
        self.step = ""

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Count what is asked in this block, which ends at the break."""
        commit = partial(self._come_to, "COMMIT", connection.commit)
        with (
            suppress(OperationalError),
            pytest.MonkeyPatch.context() as patch,
            connection.execute_wrapper(self._statement),
        ):
            patch.setattr(connection, "commit", commit)
            yield
        # As the worker's command does, which goes on then.
        connection.close()

    def _statement(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        words = " ".join(sql.split()[:4])
        carry_out = partial(execute, sql, *rest)
        # One that reads changes nothing, whether or not it is answered: SQLite's turn
        # breaks off at these, too, and that is enough.
        if connection.vendor == "postgresql" and words.startswith(READS):
            return carry_out()
        return self._come_to(words, carry_out)

    def _come_to(self, step: str, carry_out: Callable[[], Any]) -> Any:
        self.left -= 1
        if self.left:
            return carry_out()
        self.step = step
        if self.is_carried_out:
            carry_out()
        if connection.vendor == "postgresql":
            connection.connection.close()
        raise OperationalError("the database went away")


class Outcome(NamedTuple):
    """What became of all that was owed."""

    mails: Counter[tuple[Any, ...]]
    letters: Counter[tuple[str, ...]]
    failing_addresses: int
    came: int


@pytest.mark.parametrize("is_carried_out", [False, pytest.param(True, marks=NO_LINE)])
def test_a_break_at_any_statement_changes_nothing_of_what_becomes_of_mails(
    mail_server: MailServer,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_carried_out: bool,
) -> None:
    monkeypatch.setattr(recording, "SECONDS_BETWEEN_TRIES", 0)
    monkeypatch.setattr(passing_over, "SECONDS", 0.0)
    never = Break(0, is_carried_out=is_carried_out)
    undisturbed = delivered(owed(mail_server), mail_server, never)
    assert undisturbed.letters == {
        ("accepted", "accepted"): 2,
        ("accepted", "accepted", "retried"): 2,
        ("accepted", "reply_forwarded"): 1,
        ("awaiting_confirmation", "confirmation_sent", "reminded"): 1,
        ("failed", "failed"): 2,
        ("held", "held"): 1,
    }
    assert undisturbed.failing_addresses == 1
    steps = set()
    for number in range(1, MANY):
        caplog.clear()
        # A worker lets go of these once more, which would be other statements.
        LOST.clear()
        MAILS.clear()
        letters = owed(mail_server)
        fault = Break(number, is_carried_out=is_carried_out)
        outcome = delivered(letters, mail_server, fault)
        if not fault.step:
            break
        steps.add(fault.step)
        assert outcome == undisturbed, (number, fault.step)
        # Of the answer of the mail server that got lost, and of nothing else.
        assert promise.told_twice(caplog.text) == 1
    assert steps >= KINDS_OF_STEPS


def owed(mail_server: MailServer) -> list[Letter]:
    """Make letters that are owed mails of many kinds, and meet with many things."""
    now = timezone.now()
    busy, lost, refused, unknown, left, *others = promise.queue(7)
    mail_server.faults_of = {
        busy.recipient_email: [Fault.BUSY],
        lost.recipient_email: [Fault.HANGS_UP_AFTER_THE_END],
        refused.recipient_email: [Fault.REFUSED],
        unknown.recipient_email: [Fault.NOBODY_THERE],
    }
    # Nobody holds its seat any more.
    Representative.objects.filter(pk=left.representative_id).update(is_current=False)
    answered = gone(now=now)
    take(raw("reply-plain", answered), now=now)
    unconfirmed = make_letter(now=now)
    Delivery.objects.create(
        letter=unconfirmed, kind=Delivery.Kind.REMINDER, is_demo=False, due_at=now
    )
    letters = [busy, left, refused, unknown, answered, unconfirmed, *others, lost]
    # In the same order each time, so that a number names the same statement.
    for place, letter in enumerate(letters, -len(letters)):
        waiting = letter.deliveries.waiting()
        waiting.update(due_at=now + place * SECOND)
        reminder = waiting.filter(kind=Delivery.Kind.REMINDER)
        reminder.update(due_at=now + place * SECOND + SECOND / 2)
    return letters


def delivered(letters: list[Letter], mail_server: MailServer, fault: Break) -> Outcome:
    """Have it all go, at first by a worker that is told to stop; say what came."""
    before = len(mail_server.raw)
    for stops_at in [before + 2, *[None] * ROUNDS]:
        with fault.watching():
            is_time = partial(_has_come, mail_server, stops_at)
            delivering.deliver_due(should_stop=is_time)
        if promise.nothing_is_owed():
            break
        promise.let_pauses_pass()
    mails = Delivery.objects.filter(letter__in=letters)
    addresses = [letter.recipient_email for letter in letters]
    history = defaultdict(list)
    told = LetterEvent.objects.filter(letter__in=letters).order_by("kind")
    for letter, kind in told.values_list("letter", "kind"):
        history[letter].append(kind)
    states = Letter.objects.filter(pk__in=[letter.pk for letter in letters])
    return Outcome(
        Counter(mails.values_list("kind", "state", "lease", "attempts", "last_error")),
        Counter(
            (state, *history[pk]) for pk, state in states.values_list("pk", "state")
        ),
        FailingAddress.objects.filter(address__in=addresses).count(),
        len(mail_server.raw) - before,
    )


def _has_come(mail_server: MailServer, at: int | None) -> bool:
    return len(mail_server.raw) == at
