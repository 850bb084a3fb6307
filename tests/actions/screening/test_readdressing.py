"""Letters that waited for an address go on once there is one, and if they may."""

import datetime

import pytest

from actions import failing
from actions.models import Letter
from actions.screening import readdressing
from representatives.models import Representative
from tests.actions.factories import NOW, make_letter, make_representative

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def member() -> Representative:
    return make_representative(email="old@parliament.example")


def waiting_to(member: Representative) -> Letter:
    letter = make_letter(state=Letter.State.QUEUED, representative=member)
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
    assert readdressing.let_go(NOW + DAY, live=False) == 0
    assert list(readdressing.without_a_mark(live=False)) == [letter]

    correct(member, "new@parliament.example")

    assert readdressing.let_go(NOW + 2 * DAY, live=False) == 1
    letter.refresh_from_db()
    assert letter.state == Letter.State.QUEUED
    assert letter.recipient_email == "new@parliament.example"
    assert not readdressing.without_a_mark(live=False).exists()


def test_what_waits_for_a_marked_address_is_not_told_of_twice(
    member: Representative,
) -> None:
    waiting_to(member)
    assert not readdressing.without_a_mark(live=False).exists()
    correct(member, "new@parliament.example")
    assert readdressing.let_go(NOW, live=True) == 0
