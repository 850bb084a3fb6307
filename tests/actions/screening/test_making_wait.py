"""Letters that a worker had in hand as a person decided wait once they are back."""

import datetime
import uuid

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries

from actions.models import Delivery, Letter, OfficeReport
from actions.screening import deciding, making_wait
from tests.actions.factories import NOW, make_letter, make_organiser

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
MINUTE = datetime.timedelta(minutes=1)
Hold = Letter.Hold
Kind = OfficeReport.Kind
State = Letter.State


@pytest.fixture
def organiser() -> User:
    return make_organiser()


@pytest.fixture
def sent() -> Letter:
    return make_letter(state=State.ACCEPTED, sender_email="jo@mail.example")


def another_to_the_same_mp(sent: Letter) -> Letter:
    return make_letter(
        state=State.QUEUED, campaign=sent.campaign, representative=sent.representative
    )


def another_of_the_same_mailbox(sent: Letter) -> Letter:
    return make_letter(state=State.QUEUED, sender_email=sent.sender_email)


def lease(letter: Letter) -> None:
    letter.deliveries.waiting().update(lease=uuid.uuid4(), leased_until=NOW + DAY)


def give_back(letter: Letter) -> None:
    letter.deliveries.update(lease=None, leased_until=None)


def told(letter: Letter, kind: Kind) -> OfficeReport:
    assert deciding.tell(letter, kind, "", NOW)
    return OfficeReport.objects.get(letter=letter, kind=kind)


def where(letter: Letter) -> tuple[str, str]:
    letter.refresh_from_db()
    return letter.state, letter.held_for


def look(now: datetime.datetime = NOW + MINUTE) -> None:
    making_wait.again(now, live=False)


def test_a_stop_holds_a_letter_that_was_in_hand_once_it_is_given_back(
    sent: Letter, organiser: User
) -> None:
    letter = another_to_the_same_mp(sent)
    lease(letter)
    deciding.accept(told(sent, Kind.STOP), NOW, by=organiser)
    look()
    assert where(letter) == (State.QUEUED, "")
    give_back(letter)
    look()
    assert where(letter) == (State.HELD, Hold.OFFICE_ASKED)
    owed = letter.deliveries.waiting().values_list("kind", flat=True)
    assert list(owed) == [Delivery.Kind.HELD_NOTICE]


def test_the_worker_looks_for_it_before_it_sends(sent: Letter, organiser: User) -> None:
    letter = another_to_the_same_mp(sent)
    lease(letter)
    deciding.accept(told(sent, Kind.STOP), NOW, by=organiser)
    give_back(letter)
    call_command("deliver_letters", "--once")
    assert where(letter) == (State.HELD, Hold.OFFICE_ASKED)


@pytest.mark.parametrize("is_accepted", [False, True])
def test_a_complaint_of_abuse_holds_a_letter_that_was_in_hand(
    sent: Letter, organiser: User, *, is_accepted: bool
) -> None:
    letter = another_of_the_same_mailbox(sent)
    lease(letter)
    report = told(sent, Kind.ABUSIVE)
    if is_accepted:
        deciding.accept(report, NOW, by=organiser)
    look()
    assert where(letter) == (State.QUEUED, "")
    give_back(letter)
    look()
    assert where(letter) == (State.HELD, Hold.WATCHED)


def test_what_is_in_hand_while_its_address_begins_to_fail_waits_for_the_person(
    sent: Letter, organiser: User
) -> None:
    letter = another_to_the_same_mp(sent)
    lease(letter)
    deciding.accept(told(sent, Kind.STOP), NOW, by=organiser)
    give_back(letter)
    failing = make_letter(state=State.HELD, held_for=Hold.ADDRESS_FAILING)
    Letter.objects.filter(pk=letter.pk).update(
        state=State.HELD,
        held_for=Hold.ADDRESS_FAILING,
        held_at=failing.held_at,
        decide_by=failing.decide_by,
    )
    look()
    assert where(letter) == (State.HELD, Hold.OFFICE_ASKED)
    assert where(failing)[1] != Hold.OFFICE_ASKED


def test_what_a_person_let_go_is_not_held_for_the_same_again(
    sent: Letter, organiser: User
) -> None:
    to_the_mp = another_to_the_same_mp(sent)
    of_the_mailbox = another_of_the_same_mailbox(sent)
    deciding.accept(told(sent, Kind.STOP), NOW, by=organiser)
    complaint = told(sent, Kind.ABUSIVE)
    for letter in (to_the_mp, of_the_mailbox):
        assert deciding.let_go(letter, NOW + MINUTE)
    # Read while the complaint was open, it is read as well once that is found right.
    deciding.accept(complaint, NOW + 2 * MINUTE, by=organiser)
    look(NOW + 3 * MINUTE)
    assert where(to_the_mp) == where(of_the_mailbox) == (State.QUEUED, "")


def test_another_wish_holds_what_was_let_go_before(
    sent: Letter, organiser: User
) -> None:
    letter = another_to_the_same_mp(sent)
    deciding.accept(told(sent, Kind.STOP), NOW, by=organiser)
    deciding.let_go(letter, NOW + MINUTE)
    lease(letter)
    second = told(another_to_the_same_mp(sent), Kind.STOP)
    deciding.accept(second, NOW + 2 * MINUTE, by=organiser)
    give_back(letter)
    assert making_wait.again(NOW + 3 * MINUTE, live=False) == 1
    assert where(letter) == (State.HELD, Hold.OFFICE_ASKED)


def test_what_was_set_aside_or_lifted_holds_nothing(
    sent: Letter, organiser: User
) -> None:
    letters = (another_to_the_same_mp(sent), another_of_the_same_mailbox(sent))
    for letter in letters:
        lease(letter)
    stop, complaint = told(sent, Kind.STOP), told(sent, Kind.ABUSIVE)
    deciding.accept(stop, NOW, by=organiser)
    assert deciding.lift(stop, NOW)
    deciding.decline(complaint, NOW, by=organiser)
    for letter in letters:
        give_back(letter)
    assert making_wait.again(NOW + MINUTE, live=False) == 0


def test_a_complaint_that_is_open_holds_what_was_in_the_queue_and_a_right_one_all(
    sent: Letter, organiser: User
) -> None:
    letter = another_of_the_same_mailbox(sent)
    Letter.objects.filter(pk=letter.pk).update(confirmed_at=NOW + MINUTE)
    complaint = OfficeReport.objects.create(letter=sent, kind=Kind.ABUSIVE, told_at=NOW)
    assert making_wait.again(NOW + 2 * MINUTE, live=False) == 0
    deciding.accept(complaint, NOW + 2 * MINUTE, by=organiser)
    assert making_wait.again(NOW + 3 * MINUTE, live=False) == 1
    assert where(letter) == (State.HELD, Hold.WATCHED)


def test_a_mailbox_that_is_watched_no_more_has_nothing_held(
    sent: Letter, organiser: User
) -> None:
    deciding.accept(told(sent, Kind.ABUSIVE), NOW, by=organiser)
    another_of_the_same_mailbox(sent)
    assert making_wait.again(NOW + deciding.WATCHED_FOR, live=False) == 0


def test_a_wish_about_letters_of_a_trial_holds_no_real_one(
    sent: Letter, organiser: User
) -> None:
    another_to_the_same_mp(sent)
    Letter.objects.filter(pk=sent.pk).update(is_demo=not sent.is_demo)
    sent.refresh_from_db()
    deciding.accept(told(sent, Kind.STOP), NOW, by=organiser)
    for live in (False, True):
        assert making_wait.again(NOW, live=live) == 0


def test_offices_without_letters_to_come_cost_the_look_nothing(
    organiser: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        report = told(make_letter(state=State.ACCEPTED), Kind.STOP)
        assert deciding.accept(report, NOW, by=organiser)
    with django_assert_num_queries(1):
        assert making_wait.again(NOW + MINUTE, live=False) == 0
