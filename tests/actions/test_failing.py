"""Addresses of MPs that mail comes back from."""

import datetime

import pytest

from actions import failing, holding
from actions.models import FailingAddress, Letter, LetterEvent
from actions.screening import mending
from representatives.models import (
    ParliamentPeriod,
    Representative,
    RepresentativeOverride,
)
from tests.actions.factories import NOW, make_letter, make_representative

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
State = Letter.State


def mark(address: str, now: datetime.datetime = NOW) -> bool:
    return failing.mark(address, "550 5.1.1 user unknown", now, live=False)


def state_of(letter: Letter) -> str:
    letter.refresh_from_db()
    return letter.state


def correct(member: Representative, address: str) -> None:
    Representative.objects.filter(pk=member.pk).update(email=address)


def test_queued_letters_to_a_failing_address_wait_and_others_go_on() -> None:
    member = make_representative(email="old@parliament.example")
    waiting, other = (
        make_letter(state=State.QUEUED, representative=member),
        make_letter(state=State.QUEUED),
    )
    assert mark("Old@Parliament.example")
    assert (state_of(waiting), waiting.held_for) == ("held", "address_failing")
    assert waiting.decide_by == holding.end_of_day(NOW + failing.CORRECTIONS_TAKE)
    assert state_of(other) == State.QUEUED
    assert failing.is_failing("old@parliament.example", live=False)
    assert not failing.is_failing("old@parliament.example", live=True)


def test_an_address_is_marked_once_at_a_time() -> None:
    assert mark("old@parliament.example")
    assert not mark("old@parliament.example", NOW + DAY)
    assert failing.mend(FailingAddress.objects.get(), NOW + DAY)
    assert mark("old@parliament.example", NOW + 2 * DAY)


def test_once_the_address_is_corrected_letters_go_to_the_new_one() -> None:
    member = make_representative(email="old@parliament.example")
    letter = make_letter(state=State.QUEUED, representative=member)
    mark("old@parliament.example")
    assert failing.mend_corrected(NOW + DAY, live=False) == 0

    correct(member, "new@parliament.example")

    assert failing.mend_corrected(NOW + DAY, live=False) == 1
    assert mending.let_go(NOW + DAY, live=False) == 1
    assert state_of(letter) == State.QUEUED
    assert letter.recipient_email == "new@parliament.example"
    kinds = letter.events.values_list("kind", flat=True)
    assert list(kinds) == ["held", "released", LetterEvent.Kind.READDRESSED]


@pytest.mark.parametrize("state", ["dissolved", "counting"])
def test_a_mark_outlives_an_election(state: str) -> None:
    member = make_representative(email="old@parliament.example")
    mark("old@parliament.example")
    Representative.objects.filter(pk=member.pk).update(is_current=False)
    period = ParliamentPeriod.objects.create(state=state, begins_on=NOW.date())
    assert failing.mend_corrected(NOW + DAY, live=False) == 0
    period.delete()
    assert failing.mend_corrected(NOW + DAY, live=False) == 1


def test_what_staff_know_better_counts_and_not_the_register() -> None:
    member = make_representative(email="old@parliament.example")
    letter = make_letter(state=State.QUEUED, representative=member)
    mark("old@parliament.example")

    RepresentativeOverride.objects.create(
        parliament_id=member.parliament_id, email="known@parliament.example"
    )

    assert failing.mend_corrected(NOW + DAY, live=False) == 1
    assert mending.let_go(NOW + DAY, live=False) == 1
    assert state_of(letter) == State.QUEUED
    assert letter.recipient_email == "known@parliament.example"


def test_an_address_that_works_again_is_used_again() -> None:
    letter = make_letter(state=State.QUEUED)
    mark(letter.recipient_email)
    assert failing.mend(FailingAddress.objects.get(), NOW + DAY)
    assert not failing.mend(FailingAddress.objects.get(), NOW + DAY)
    mending.let_go(NOW + DAY, live=False)
    assert state_of(letter) == State.QUEUED
    assert not letter.events.filter(kind=LetterEvent.Kind.READDRESSED).exists()


@pytest.mark.parametrize("now_at", ["", "also.failing@parliament.example"])
def test_without_an_address_that_works_letters_go_on_waiting(now_at: str) -> None:
    member = make_representative(email="old@parliament.example")
    letter = make_letter(state=State.QUEUED, representative=member)
    mark("old@parliament.example")
    mark("also.failing@parliament.example")
    correct(member, now_at)
    failing.mend_corrected(NOW + DAY, live=False)
    assert mending.let_go(NOW + DAY, live=False) == 0
    assert state_of(letter) == State.HELD


def test_letters_held_for_something_else_stay_held() -> None:
    letter = make_letter(state=State.QUEUED)
    holding.hold(letter, Letter.Hold.ABUSE, NOW, decide_by=NOW + DAY)
    mark(letter.recipient_email)
    failing.mend(FailingAddress.objects.get(), NOW)
    assert mending.let_go(NOW, live=False) == 0
    assert state_of(letter) == State.HELD
