"""A worker killed at any step of what it does besides sending: the next finishes it."""

import datetime
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from actions.models import Delivery, Letter, LetterEvent, Tally
from tests import promise, workers
from tests.actions.factories import make_campaign, make_letter, make_representative
from tests.doomed import doomed
from tests.smtp import MailServer, mail_server

__all__ = ["mail_server"]

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# Far more than there are; a worker that never ends would be killed for ever.
MANY = 300
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
}
State = Letter.State
Event = LetterEvent.Kind


@pytest.fixture(autouse=True)
def _as_the_workers(settings: Settings) -> None:
    """Write the links in letters as the dead workers did: we finish for them."""
    settings.SITE_URL = workers.SITE_URL


def make_what_is_due() -> None:
    """Make a letter to expire, one to give back, one without MP, one to forget."""
    now, campaign = timezone.now(), make_campaign()
    gone = make_representative(is_current=False)
    make_letter(
        campaign=campaign, now=now - DAY, confirm_by=now
    ).deliveries.all().delete()
    make_letter(
        campaign=campaign,
        state=State.HELD,
        now=now - 2 * DAY,
        held_at=now - DAY,
        decide_by=now,
    )
    make_letter(campaign=campaign, state=State.QUEUED, now=now, representative=gone)
    make_letter(campaign=campaign, state=State.ACCEPTED, now=now - YEARS)


def test_a_kill_at_any_step_leaves_nothing_undone_and_does_nothing_twice(
    mail_server: MailServer, tmp_path: Path
) -> None:
    environment = workers.live(tmp_path, mail_server.port, timeout=300)
    steps = []
    with doomed(environment, "--from-the-start") as die_at:
        for number in range(1, MANY):
            make_what_is_due()
            if not (step := die_at(number)):
                break
            steps.append(step)
            promise.let_leases_pass()
            call_command("deliver_letters", once=True, verbosity=0)
    assert set(steps) >= KINDS_OF_STEPS
    sets = len(steps) + 1
    assert Counter(Letter.objects.values_list("state", flat=True)) == {
        State.EXPIRED: sets,
        State.FAILED: sets,
        State.HELD: sets,
        State.ACCEPTED: sets,
    }
    # What expired is erased at once, too.
    erased = Letter.objects.filter(forgotten_at__isnull=False, sender_email="")
    assert set(erased.values_list("state", flat=True)) == {
        State.ACCEPTED,
        State.EXPIRED,
    }
    assert erased.count() == 2 * sets
    events = Counter(LetterEvent.objects.values_list("kind", flat=True))
    assert {events[kind] for kind in (Event.EXPIRED, Event.FAILED, Event.HELD)} == {
        sets
    }
    for step in (Tally.Step.EXPIRED, Tally.Step.FAILED):
        tallies = Tally.objects.filter(step=step).values_list("count", flat=True)
        assert sum(tallies) == sets
    mails = Delivery.objects.filter(state=Delivery.State.SENT)
    assert Counter(mails.values_list("kind", flat=True)) == {
        Delivery.Kind.FAILURE_NOTICE: sets,
        Delivery.Kind.HELD_NOTICE: sets,
    }
    assert len(set(mail_server.ids)) == 2 * sets
