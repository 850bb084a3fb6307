"""Letters that waited for an address go on once there is one, and if they may."""

import datetime
from typing import Any

import pytest

from actions import failing, submitting
from actions.models import Delivery, Letter, LetterEvent, OfficeReport
from actions.screening import deciding, mending
from representatives.models import Representative
from tests.actions.factories import (
    NOW,
    make_letter,
    make_organiser,
    make_representative,
)

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def member() -> Representative:
    return make_representative(email="old@parliament.example")


def waiting_to(member: Representative, **fields: Any) -> Letter:
    letter = make_letter(state=Letter.State.QUEUED, representative=member, **fields)
    failing.mark(member.email, "550 5.1.1 user unknown", NOW, live=False)
    assert hold_of(letter) == Letter.Hold.ADDRESS_FAILING
    return letter


def correct(member: Representative, address: str) -> None:
    Representative.objects.filter(pk=member.pk).update(email=address)


def hold_of(letter: Letter) -> str:
    letter.refresh_from_db()
    return letter.held_for


def test_a_letter_goes_as_its_mp_gets_an_address_after_the_mark_is_gone(
    member: Representative,
) -> None:
    letter = waiting_to(member)
    correct(member, "")
    assert failing.mend_corrected(NOW + DAY, live=False) == 1
    assert mending.let_go(NOW + DAY, live=False) == 0
    assert list(mending.without_a_mark(live=False)) == [letter]

    correct(member, "new@parliament.example")

    assert mending.let_go(NOW + 2 * DAY, live=False) == 1
    letter.refresh_from_db()
    assert letter.state == Letter.State.QUEUED
    assert letter.recipient_email == "new@parliament.example"
    assert not mending.without_a_mark(live=False).exists()


def test_a_worker_that_must_end_leaves_the_rest_for_the_next_time(
    member: Representative,
) -> None:
    for _ in range(3):
        make_letter(state=Letter.State.QUEUED, representative=member)
    waiting_to(member)
    correct(member, "new@parliament.example")
    asked = iter([False, False, True])
    assert mending.let_go(NOW, live=False, should_stop=lambda: next(asked)) == 2
    assert mending.let_go(NOW, live=False) == 2


def test_what_waits_for_a_marked_address_is_not_told_of_twice(
    member: Representative,
) -> None:
    waiting_to(member)
    assert not mending.without_a_mark(live=False).exists()
    correct(member, "new@parliament.example")
    assert mending.let_go(NOW, live=True) == 0


def accept(letter: Letter, kind: OfficeReport.Kind, now: datetime.datetime) -> None:
    deciding.tell(letter, kind, "", now)
    report = OfficeReport.objects.get(letter=letter, kind=kind)
    assert deciding.accept(report, now, by=make_organiser())


def test_a_letter_whose_writer_is_watched_meanwhile_is_read_before_it_goes(
    member: Representative,
) -> None:
    other = make_letter(state=Letter.State.ACCEPTED, sender_email="jo@mail.example")
    deciding.tell(other, OfficeReport.Kind.ABUSIVE, "", NOW)
    letter = waiting_to(member, sender_email="jo+mp@mail.example")
    accept(other, OfficeReport.Kind.ABUSIVE, NOW + DAY)

    correct(member, "new@parliament.example")
    mending.let_go(NOW + 2 * DAY, live=False)

    assert hold_of(letter) == Letter.Hold.WATCHED
    assert letter.recipient_email == "new@parliament.example"
    owed = letter.deliveries.waiting().values_list("kind", flat=True)
    assert list(owed) == [Delivery.Kind.HELD_NOTICE]


def test_a_letter_whose_office_asked_meanwhile_waits_for_a_person(
    member: Representative,
) -> None:
    letter = waiting_to(member)
    # As a decision that was made while the mark was taken away.
    sent = make_letter(
        state=Letter.State.ACCEPTED, campaign=letter.campaign, representative=member
    )
    OfficeReport.objects.create(
        letter=sent,
        kind=OfficeReport.Kind.STOP,
        told_at=NOW,
        decision=OfficeReport.Decision.ACCEPTED,
        decided_at=NOW + DAY,
    )
    correct(member, "new@parliament.example")
    mending.let_go(NOW + 2 * DAY, live=False)
    assert hold_of(letter) == Letter.Hold.OFFICE_ASKED


def test_a_letter_that_a_person_let_go_is_not_held_for_the_same_again(
    member: Representative,
) -> None:
    sent = make_letter(state=Letter.State.ACCEPTED, representative=member)
    accept(sent, OfficeReport.Kind.STOP, NOW)
    accept(sent, OfficeReport.Kind.ABUSIVE, NOW)
    letter = make_letter(
        campaign=sent.campaign, representative=member, sender_email=sent.sender_email
    )
    letter.sender_key = "another"
    letter.save()
    submitting.confirm(letter, now=NOW)
    failing.mark(member.email, "550 5.1.1 user unknown", NOW, live=False)
    holds = [hold_of(letter)]
    for _ in range(2):
        assert deciding.let_go(letter, NOW + DAY)
        holds.append(hold_of(letter))
    assert holds == ["watched", "office_asked", "address_failing"]

    correct(member, "new@parliament.example")
    assert mending.let_go(NOW + 2 * DAY, live=False) == 1
    assert hold_of(letter) == ""
    released = letter.events.filter(kind=LetterEvent.Kind.RELEASED).last()
    assert released is not None
    assert released.cause == mending.MENDED
