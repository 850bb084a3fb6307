"""A worker killed at any step of what it does besides sending: the next finishes it."""

import datetime
import uuid
from collections import Counter
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from actions.models import (
    Campaign,
    Delivery,
    IncomingMail,
    Letter,
    LetterEvent,
    Subscription,
    Tally,
)
from tests import promise, workers
from tests.actions.factories import (
    make_campaign,
    make_letter,
    make_representative,
    make_subscription,
)
from tests.doomed import AT_NOON, FROM_THE_START, doomed
from tests.smtp import MailServer, mail_server

__all__ = ["mail_server"]

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# Far more than there are; a worker that never ends would be killed for ever.
MANY = 600
DAY = datetime.timedelta(days=1)
YEARS = 1_000 * DAY
# Some that must be among them: an end, a hold, what is emptied, what is owed.
KINDS_OF_STEPS = {
    'before UPDATE "actions_letter" SET "state"',
    'after UPDATE "actions_letter" SET "state"',
    'after INSERT INTO "actions_letterevent" ("letter_id",',
    'after INSERT INTO "actions_delivery" ("id",',
    "after INSERT INTO actions_tally AS",
    'after UPDATE "actions_letter" SET "forgotten_at"',
    'after UPDATE "actions_letter" SET "reminded_at"',
    'after UPDATE "actions_letter" SET "asked_at"',
    'after UPDATE "actions_letter" SET "asked_again_at"',
    'after UPDATE "actions_subscription" SET "ended_at"',
    'after UPDATE "actions_incomingmail" SET "content"',
    "before deleting from the outbox",
}
State = Letter.State
Event = LetterEvent.Kind
Kind = Delivery.Kind


@transaction.atomic
def make_what_is_due(campaign: Campaign, outbox: Path) -> None:
    """Make one of each that a worker does something about without being asked."""
    now = timezone.now()
    make_what_ends(campaign, now, outbox)
    make_what_is_asked(campaign, now)
    make_wishes(campaign, now)
    make_what_came_in(campaign, now)


def make_what_ends(campaign: Campaign, now: datetime.datetime, outbox: Path) -> None:
    """Make a letter to expire, one to give back, one without MP, one to forget."""
    gone = make_representative(is_current=False)
    expiring = make_letter(campaign=campaign, now=now - DAY, confirm_by=now)
    expiring.deliveries.all().delete()
    # As it was written when this place was tried out.
    stamp = "20260101T120000.000000Z"
    (outbox / f"{stamp}-{expiring.pk}-confirmation.eml").write_text("Subject: You\n\n")
    make_letter(
        campaign=campaign,
        state=State.HELD,
        now=now - 2 * DAY,
        held_at=now - DAY,
        decide_by=now,
    )
    make_letter(campaign=campaign, state=State.QUEUED, now=now, representative=gone)
    make_letter(campaign=campaign, state=State.ACCEPTED, now=now - YEARS)


def make_what_is_asked(campaign: Campaign, now: datetime.datetime) -> None:
    """Make a letter to be reminded of, one to ask about, and one to ask again."""
    unconfirmed = make_letter(campaign=campaign, now=now - 2 * DAY)
    unconfirmed.deliveries.update(
        state=Delivery.State.SENT, done_at=unconfirmed.created_at
    )
    make_letter(campaign=campaign, state=State.ACCEPTED, now=now - 15 * DAY)
    asked_at = now - 8 * DAY
    asked = make_letter(
        campaign=campaign, state=State.ACCEPTED, now=now - 22 * DAY, asked_at=asked_at
    )
    Delivery.objects.create(
        letter=asked,
        kind=Kind.QUESTION,
        is_demo=False,
        state=Delivery.State.SENT,
        done_at=asked_at,
    )


def make_wishes(campaign: Campaign, now: datetime.datetime) -> None:
    """Make a wish that nobody confirmed in time, and one to be told of."""
    make_subscription(campaign=campaign, now=now - 8 * DAY, confirm_by=now)
    make_subscription(
        campaign=campaign, purpose=Subscription.Purpose.REOPENING, confirmed_at=now
    )


def make_what_came_in(campaign: Campaign, now: datetime.datetime) -> None:
    """Make an answer that nobody looked at in time, and a letter that is kept."""
    answered = make_letter(
        campaign=campaign, state=State.NO_ANSWER, now=now - 30 * DAY, ended_at=now - DAY
    )
    IncomingMail.objects.create(
        digest=uuid.uuid4().hex,
        letter=answered,
        is_demo=False,
        kind=IncomingMail.Kind.REPLY,
        state=IncomingMail.State.FOR_A_PERSON,
        size=4,
        content=b"Yes.",
        received_at=now - 29 * DAY,
    )


def test_a_kill_at_any_step_leaves_nothing_undone_and_does_nothing_twice(
    mail_server: MailServer, tmp_path: Path
) -> None:
    environment = workers.live(tmp_path, mail_server.port, timeout=300)
    outbox = tmp_path / "outbox"
    outbox.mkdir()
    campaign, steps = make_campaign(), []
    with doomed(environment, FROM_THE_START, AT_NOON) as die_at:
        for number in range(1, MANY):
            make_what_is_due(campaign, outbox)
            if not (step := die_at(number)):
                break
            steps.append(step)
            promise.let_leases_pass()
            assert not die_at(0)
    assert set(steps) >= KINDS_OF_STEPS
    sets = len(steps) + 1
    assert_ended_once(sets)
    assert_mailed_once(sets, mail_server)
    # Nobody holds any longer what is not needed.
    held = Subscription.objects.exclude(ended_at__isnull=False, email="")
    assert not held.exists()
    kept = IncomingMail.objects.exclude(emptied_at__isnull=False, content=b"")
    assert not kept.exists()
    assert Subscription.objects.count() == 2 * IncomingMail.objects.count() == 2 * sets
    assert list(outbox.iterdir()) == []


def assert_ended_once(sets: int) -> None:
    """See that of each set one letter expired, was given back, held and so on."""
    assert Counter(Letter.objects.values_list("state", flat=True)) == {
        State.EXPIRED: sets,
        State.FAILED: sets,
        State.HELD: sets,
        State.ACCEPTED: 3 * sets,
        State.AWAITING_CONFIRMATION: sets,
        State.NO_ANSWER: sets,
    }
    # What expired is erased at once, too.
    erased = Letter.objects.filter(forgotten_at__isnull=False, sender_email="")
    assert Counter(erased.values_list("state", flat=True)) == {
        State.ACCEPTED: sets,
        State.EXPIRED: sets,
    }
    events = Counter(LetterEvent.objects.values_list("kind", flat=True))
    once = (Event.EXPIRED, Event.FAILED, Event.HELD, Event.REMINDED)
    assert {events[kind] for kind in once} == {sets}
    for step in (Tally.Step.EXPIRED, Tally.Step.FAILED):
        tallies = Tally.objects.filter(step=step).values_list("count", flat=True)
        assert sum(tallies) == sets


def assert_mailed_once(sets: int, server: MailServer) -> None:
    """See that of each set each mail that was owed went, and no other."""
    mails = Delivery.objects.filter(state=Delivery.State.SENT)
    assert Counter(mails.values_list("kind", flat=True)) == {
        Kind.FAILURE_NOTICE: sets,
        Kind.HELD_NOTICE: sets,
        Kind.REMINDER: sets,
        Kind.QUESTION: 2 * sets,
        Kind.QUESTION_REMINDER: sets,
        Kind.REOPENING: sets,
        # The mail that asked to confirm, which went before.
        Kind.CONFIRMATION: sets,
    }
    # Two of them went before.
    ours = set(mails.values_list("pk", flat=True))
    assert len(set(server.ids)) == len(ours) - 2 * sets
    assert not Delivery.objects.waiting().exists()
