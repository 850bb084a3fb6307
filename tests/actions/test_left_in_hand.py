"""A letter that a worker held as it died: whatever is told, nobody knows if it went."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from actions import claiming, delivering, holding, reasons, recording, submitting
from actions.models import Delivery, IncomingMail, Letter, LetterEvent
from tests.actions.factories import make_campaign, make_letter
from tests.actions.receiving.arriving import raw, take
from tests.actions.test_lost_answers import assert_in_doubt, mail_to_its_writer
from tests.actions.test_status_page import shown
from tests.smtp import Fault, MailServer, mail_server

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
SECOND = datetime.timedelta(seconds=1)


def left(number: int = 1, *, live: bool = False) -> list[Letter]:
    """Leave letters under the lease of a dead worker, which has just ended."""
    campaign = make_campaign()
    then = timezone.now() - claiming.lease_time() - SECOND
    letters = [
        make_letter(state=Letter.State.QUEUED, campaign=campaign, now=then + place)
        for place in (SECOND * number / 1000 for number in range(number))
    ]
    batch = claiming.claim(then + SECOND / 2, live=live, at_most=number)
    assert [one.letter_id for one in batch] == [letter.pk for letter in letters]
    return letters


def free() -> int:
    """Free what dead workers left; say of how many."""
    now = timezone.now()
    return sum(recording.free(lease, now) for lease in recording.abandoned(now))


def freed(**fields: bool) -> Letter:
    (letter,) = left(**fields)
    assert free() == 1
    return letter


def doubts(letter: Letter) -> list[str]:
    told = letter.events.filter(kind=LetterEvent.Kind.RETRIED)
    return list(told.values_list("cause", flat=True))


def test_of_a_batch_it_is_the_one_in_hand() -> None:
    letters = left(3)
    # The first one went, and is marked; the worker died with the second.
    recording.sent(letters[0].deliveries.get(), timezone.now())
    assert free() == 1
    assert [doubts(letter) for letter in letters] == [[], [reasons.LEFT_IN_HAND], []]
    assert free() == 0
    assert doubts(letters[1]) == [reasons.LEFT_IN_HAND]


def test_its_history_says_so_and_it_goes(client: Client) -> None:
    letter = freed()
    assert "We were interrupted while we handed it over" in shown(client, letter)
    assert delivering.deliver_due().sent == 1
    letter.refresh_from_db()
    assert letter.state == Letter.State.ACCEPTED


def test_if_it_is_refused_then_its_writer_learns_that_it_may_have_arrived(
    client: Client, mail_server: MailServer
) -> None:
    letter = freed(live=True)
    mail_server.faults = [Fault.NOBODY_THERE]
    assert delivering.deliver_due().failed == 1
    assert_in_doubt(shown(client, letter))
    _, text = mail_to_its_writer(letter, "failure_notice")
    assert_in_doubt(text)


def test_if_it_is_held_then_its_writer_learns_that_it_may_have_arrived() -> None:
    letter = freed()
    now = timezone.now()
    assert holding.hold(letter, Letter.Hold.FLOOD, now, decide_by=now + DAY)
    _, text = mail_to_its_writer(letter, "held_notice")
    assert_in_doubt(text)


@pytest.mark.parametrize("is_freed", [True, False])
def test_if_it_is_cancelled_then_an_answer_waits_for_a_person(
    client: Client, *, is_freed: bool
) -> None:
    """Also where it is before any worker has looked at the lease that ended."""
    letter = freed() if is_freed else left()[0]
    assert submitting.cancel(letter, now=timezone.now())
    letter.refresh_from_db()
    assert letter.state == Letter.State.CANCELLED
    assert doubts(letter) == [reasons.LEFT_IN_HAND]
    assert_in_doubt(shown(client, letter))
    answer = take(raw("reply-plain", letter), now=timezone.now())
    assert answer.state == IncomingMail.State.FOR_A_PERSON


def test_if_it_is_held_before_any_worker_looked_nobody_knows_either() -> None:
    (letter,) = left()
    now = timezone.now()
    assert holding.hold(letter, Letter.Hold.FLOOD, now, decide_by=now + DAY)
    assert doubts(letter) == [reasons.LEFT_IN_HAND]


def test_one_behind_it_in_the_batch_was_not_begun() -> None:
    _, second = left(2)
    assert submitting.cancel(second, now=timezone.now())
    assert doubts(second) == []
    assert Delivery.objects.waiting().count() == 1
