"""Holding letters back, and that nothing is held in silence or for ever."""

import datetime
import uuid

import pytest
from django.utils import timezone

from actions import delivering, holding, lifecycle, recording
from actions.held import told_of
from actions.lifecycle import Move
from actions.models import Delivery, Letter
from tests.actions.factories import NOW, make_letter

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
State = Letter.State


def held(reason: Letter.Hold = Letter.Hold.FLOOD) -> Letter:
    letter = make_letter(state=State.QUEUED)
    assert holding.hold(letter, reason, NOW, decide_by=NOW + 3 * DAY)
    return letter


def owed(letter: Letter) -> set[str]:
    return set(letter.deliveries.waiting().values_list("kind", flat=True))


def test_a_held_letter_is_not_owed_and_its_writer_is_told() -> None:
    letter = held()
    assert (letter.state, letter.held_for) == (State.HELD, Letter.Hold.FLOOD)
    assert owed(letter) == {Delivery.Kind.HELD_NOTICE}
    assert [event.kind for event in letter.events.all()] == ["held"]


def test_a_letter_in_a_workers_hands_is_not_held() -> None:
    letter = make_letter(state=State.QUEUED)
    letter.deliveries.update(lease=uuid.uuid4(), leased_until=NOW + DAY)
    assert not holding.hold(letter, Letter.Hold.FLOOD, NOW, decide_by=NOW + DAY)
    assert letter.state == State.QUEUED
    assert owed(letter) == {Delivery.Kind.LETTER}


def test_the_worker_that_has_a_letter_in_hand_may_hold_it() -> None:
    letter = make_letter(state=State.QUEUED)
    lease = uuid.uuid4()
    letter.deliveries.update(lease=lease, leased_until=NOW + DAY)
    by = NOW + DAY
    other = uuid.uuid4()
    assert not holding.hold(letter, Letter.Hold.VACANT, NOW, decide_by=by, lease=other)
    assert holding.hold(letter, Letter.Hold.VACANT, NOW, decide_by=by, lease=lease)
    assert owed(letter) == {Delivery.Kind.HELD_NOTICE}
    assert letter.deliveries.get(kind=Delivery.Kind.LETTER).lease is None


def test_the_mail_of_another_reason_goes_though_that_of_the_first_is_going() -> None:
    letter = held(Letter.Hold.VACANT)
    notices = Delivery.objects.filter(kind=Delivery.Kind.HELD_NOTICE)
    notices.update(lease=uuid.uuid4(), leased_until=NOW + DAY)
    going = notices.get()
    by = NOW + 3 * DAY
    assert holding.hold_on(letter, Letter.Hold.MEMBER_CHANGED, NOW, decide_by=by)
    assert not recording.sent(going, NOW)
    assert notices.waiting().filter(lease=None).count() == 1


def test_a_letter_held_on_for_another_reason_has_a_time_and_a_mail_of_its_own() -> None:
    letter = held(Letter.Hold.VACANT)
    first = letter.deliveries.get(kind=Delivery.Kind.HELD_NOTICE)
    Delivery.objects.filter(pk=first.pk).update(
        state=Delivery.State.SENT, done_at=NOW + DAY
    )
    later = NOW + 2 * DAY
    reason = Letter.Hold.MEMBER_CHANGED
    stale = Letter.objects.get(pk=letter.pk)

    assert holding.hold_on(letter, reason, later, decide_by=later + 9 * DAY)

    assert (letter.held_for, letter.held_at) == (reason, later)
    assert letter.decide_by == later + 9 * DAY
    second = letter.deliveries.get(kind=Delivery.Kind.HELD_NOTICE)
    assert second.state == Delivery.State.WAITING
    assert second.pk != first.pk, "the Message-ID would be one that was seen before"
    assert [event.cause for event in letter.events.all()] == ["vacant", reason]
    assert not holding.hold_on(stale, Letter.Hold.DISSOLVED, later, decide_by=later)


def test_a_letter_that_waits_in_the_queue_keeps_its_message_id() -> None:
    letter = held()
    first = letter.deliveries.get(kind=Delivery.Kind.LETTER).pk
    assert holding.release(letter, NOW + DAY)
    assert letter.deliveries.get(kind=Delivery.Kind.LETTER).pk == first


def test_a_held_letter_from_trying_out_is_withdrawn_once_letters_go_for_real() -> None:
    letter = held()
    letter.deliveries.update(state=Delivery.State.SENT, done_at=NOW)
    assert delivering.withdraw_demo_letters(NOW) == 1
    letter.refresh_from_db()
    assert letter.state == State.CANCELLED


def test_a_released_letter_is_owed_again_and_can_be_held_again() -> None:
    letter = held()
    assert holding.release(letter, NOW + DAY)
    assert not holding.release(letter, NOW + DAY)
    assert letter.state == State.QUEUED
    assert owed(letter) == {Delivery.Kind.LETTER}
    assert letter.deliveries.get(kind=Delivery.Kind.LETTER).due_at == NOW + DAY

    later = NOW + 2 * DAY
    assert holding.hold(letter, Letter.Hold.ABUSE, later, decide_by=later + DAY)
    assert owed(letter) == {Delivery.Kind.HELD_NOTICE}


def test_a_letter_given_back_ends_with_its_text_owed_to_its_writer() -> None:
    letter = held()
    assert holding.give_back(letter, "A reason.", NOW + DAY)
    assert not holding.give_back(letter, "A reason.", NOW + DAY)
    assert (letter.state, letter.ended_at) == (State.FAILED, NOW + DAY)
    assert owed(letter) == {Delivery.Kind.FAILURE_NOTICE}


def test_a_letter_that_is_not_held_is_not_given_back() -> None:
    letter = make_letter(state=State.QUEUED)
    assert not holding.give_back(letter, "A reason.", NOW)
    assert owed(letter) == {Delivery.Kind.LETTER}


def test_what_nobody_decides_on_ends_when_its_time_is_over() -> None:
    letter, other = held(), held()
    assert holding.release(other, NOW)
    assert holding.end_overdue(NOW + 3 * DAY - datetime.timedelta(seconds=1)) == 0
    assert holding.end_overdue(NOW + 3 * DAY) == 1
    letter.refresh_from_db()
    assert letter.state == State.FAILED
    assert letter.events.filter(cause=holding.HELD_TOO_LONG).exists()
    assert owed(other) == {Delivery.Kind.LETTER}


@pytest.mark.parametrize(
    ("moment", "midnight"),
    [
        # In winter, in summer, and late on a summer's evening, London's next day.
        ("2026-11-22T12:00", "2026-11-23T00:00"),
        ("2026-07-01T12:00", "2026-07-01T23:00"),
        ("2026-07-01T23:30", "2026-07-02T23:00"),
    ],
)
def test_who_may_decide_by_a_day_has_all_of_it(moment: str, midnight: str) -> None:
    at, end = (
        datetime.datetime.fromisoformat(one).replace(tzinfo=datetime.UTC)
        for one in (moment, midnight)
    )
    assert holding.end_of_day(at) == end
    letter = make_letter(state=State.HELD, held_for=Letter.Hold.VACANT)
    Letter.objects.update(held_at=at, decide_by=end)
    letter.refresh_from_db()
    told = told_of(letter, at)
    day = timezone.localdate(at)
    assert told
    assert f"by {day.day} {day:%B} 2026" in told.ends


def test_a_held_letter_can_be_cancelled() -> None:
    letter = held()
    assert lifecycle.make(Move.CANCEL, letter, NOW + DAY)
    letter.refresh_from_db()
    assert letter.held_for == ""
