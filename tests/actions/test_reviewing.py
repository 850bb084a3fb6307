"""No letter goes to nobody, or to somebody else, and each goes on when it can."""

import datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from actions import claiming, delivering, failing, holding, reviewing, submitting
from actions.models import Delivery, Letter, LetterEvent
from representatives import parliament
from representatives.models import (
    ByElection,
    Constituency,
    ParliamentPeriod,
    Register,
    RegisterVersion,
    Representative,
    RepresentativeOverride,
)
from tests.actions.factories import make_letter, make_representative
from tests.registers import make_member

pytestmark = pytest.mark.django_db

Hold = Letter.Hold
State = Letter.State
House = ParliamentPeriod.State
DAY = datetime.timedelta(days=1)


def queued(**fields: object) -> Letter:
    return make_letter(state=State.QUEUED, now=timezone.now(), **fields)  # type: ignore[arg-type]


def say(state: str, days: int = 0) -> None:
    begins_on = parliament.today() + days * DAY
    ParliamentPeriod.objects.update_or_create(
        begins_on=begins_on, defaults={"state": state}
    )


def elected(days: int = 0) -> None:
    """Let Parliament be counted after a dissolution, with a register that knows."""
    say(House.DISSOLVED, -30)
    say(House.COUNTING, days)
    RegisterVersion.objects.filter(register=Register.MEMBERS).delete()
    RegisterVersion.objects.create(
        register=Register.MEMBERS,
        as_of=parliament.today().isoformat(),
        entries=650,
        loaded_at=timezone.now(),
        is_current=True,
    )


def leave(letter: Letter) -> None:
    term = Representative.objects.filter(pk=letter.representative_id)
    term.update(is_current=False)


def look(now: datetime.datetime | None = None) -> int:
    return reviewing.look(now or timezone.now(), live=False)


def held_for(letter: Letter) -> str:
    letter.refresh_from_db()
    assert (letter.state == State.HELD) == bool(letter.held_for)
    return letter.held_for


def owed(letter: Letter) -> set[str]:
    return set(letter.deliveries.waiting().values_list("kind", flat=True))


def awaiting_its_result() -> Letter:
    """Queue a letter to a seat for which nobody sits as results come in."""
    letter = queued()
    elected()
    leave(letter)
    return letter


# --- What is queued -----------------------------------------------------------------


def test_a_letter_whose_mp_sits_is_left_alone(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    letters = [queued() for _ in range(3)]
    now = timezone.now()
    with django_assert_max_num_queries(6):
        assert look(now) == 0
    assert {held_for(letter) for letter in letters} == {""}


def test_while_parliament_is_dissolved_letters_are_held_and_their_writers_told() -> (
    None
):
    letter, unconfirmed = queued(), make_letter(now=timezone.now())
    say(House.DISSOLVED)
    now = timezone.now()

    assert look(now) == 1

    assert held_for(letter) == Hold.DISSOLVED
    assert letter.decide_by == holding.end_of_day(now + holding.HOUSES_TAKE)
    assert owed(letter) == {Delivery.Kind.HELD_NOTICE}
    assert held_for(unconfirmed) == ""
    assert look(now) == 0, "once is enough"


def test_a_seat_that_fell_vacant_waits_for_its_by_election() -> None:
    letter, far = queued(), queued()
    ByElection.objects.create(
        constituency=far.constituency, polling_on=parliament.today() + 100 * DAY
    )
    for one in (letter, far):
        leave(one)
    now = timezone.now()

    assert look(now) == 2

    assert held_for(letter) == held_for(far) == Hold.VACANT
    assert letter.decide_by == holding.end_of_day(now + holding.HOUSES_TAKE)
    assert far.decide_by
    assert far.decide_by > now + 113 * DAY


def test_a_letter_is_held_when_somebody_else_holds_the_seat() -> None:
    letter = queued()
    leave(letter)
    make_member(constituency=letter.constituency)
    now = timezone.now()

    assert look(now) == 1

    assert held_for(letter) == Hold.MEMBER_CHANGED
    assert letter.decide_by == holding.end_of_day(now + holding.WRITERS_HAVE)


def test_a_letter_follows_its_mp_into_the_next_term() -> None:
    letter = queued()
    leave(letter)
    number = letter.representative.parliament_id
    term = make_member(constituency=letter.constituency, parliament_id=number)
    RepresentativeOverride.objects.create(
        parliament_id=number, email="new@parliament.example"
    )

    assert look() == 1

    assert held_for(letter) == ""
    assert letter.representative == term
    assert letter.recipient_email == "new@parliament.example"
    assert delivering.deliver_due().sent == 1


def test_a_letter_follows_its_mp_at_the_moment_of_sending_too() -> None:
    letter = queued()
    leave(letter)
    make_member(
        constituency=letter.constituency,
        parliament_id=letter.representative.parliament_id,
    )
    assert delivering.deliver_due().sent == 1
    letter.refresh_from_db()
    assert letter.state == State.ACCEPTED


def test_a_letter_waits_in_the_queue_for_its_result_even_in_a_workers_hands() -> None:
    letter = queued()
    [delivery] = claiming.claim(timezone.now(), live=False, at_most=1)
    elected()
    leave(letter)
    delivery.refresh_from_db()

    assert not reviewing.may_go(delivery, timezone.now())

    assert held_for(letter) == ""
    assert Delivery.objects.get(pk=delivery.pk).lease is None
    assert not delivering.deliver_due().any_moved


def test_a_letter_is_held_once_the_result_of_its_seat_should_be_known() -> None:
    letter = awaiting_its_result()
    due = timezone.now() + parliament.RESULTS_TAKE

    assert look(due - DAY) == 0
    assert held_for(letter) == "", "an election night floods nobody with mails"
    assert look(due) == 1

    assert held_for(letter) == Hold.NO_RESULT
    assert letter.decide_by == holding.end_of_day(due + holding.REGISTERS_TAKE)
    assert owed(letter) == {Delivery.Kind.HELD_NOTICE}
    assert look(due) == 0, "once is enough"


def test_a_letter_in_a_workers_hands_is_held_for_its_result_too() -> None:
    letter = queued()
    [delivery] = claiming.claim(timezone.now(), live=False, at_most=1)
    elected()
    leave(letter)
    delivery.refresh_from_db()

    assert not reviewing.may_go(delivery, timezone.now() + parliament.RESULTS_TAKE)

    assert held_for(letter) == Hold.NO_RESULT
    assert owed(letter) == {Delivery.Kind.HELD_NOTICE}


def test_a_letter_of_another_seat_goes_while_one_waits_for_its_result() -> None:
    other = queued()
    letter = awaiting_its_result()
    look(timezone.now() + parliament.RESULTS_TAKE)
    assert delivering.deliver_due().sent == 2, "the notice and the other letter"
    assert held_for(other) == ""
    assert held_for(letter) == Hold.NO_RESULT


def test_saying_again_that_seats_fill_gives_no_letter_more_time() -> None:
    letter = awaiting_its_result()
    say(House.COUNTING, 2)
    say(House.COUNTING, 3)
    look(timezone.now() + parliament.RESULTS_TAKE)
    assert held_for(letter) == Hold.NO_RESULT


def test_a_letter_on_former_boundaries_is_held_although_its_mp_is_one_again() -> None:
    letter = queued()
    leave(letter)
    Constituency.objects.filter(pk=letter.constituency_id).update(
        is_current=False, in_force_until=parliament.today()
    )
    seat = make_representative().constituency
    Representative.objects.filter(constituency=seat).delete()
    make_member(constituency=seat, parliament_id=letter.representative.parliament_id)

    assert look() == 1

    assert held_for(letter) == Hold.BOUNDARIES_CHANGED


def test_real_letters_and_those_of_a_trial_are_not_mixed() -> None:
    letter = queued(is_demo=False)
    leave(letter)
    assert look() == 0
    assert reviewing.look(timezone.now(), live=True) == 1


def test_whoever_must_end_stops_between_two_letters() -> None:
    for _ in range(3):
        leave(queued())
    answers = iter((False, True))
    now = timezone.now()
    count = reviewing.look(now, live=False, should_stop=lambda: next(answers))
    assert count == 1


# --- What is held -------------------------------------------------------------------


def dissolved() -> Letter:
    letter = queued()
    say(House.DISSOLVED)
    look()
    assert held_for(letter) == Hold.DISSOLVED
    ParliamentPeriod.objects.all().delete()
    return letter


def test_whoever_is_elected_again_at_an_address_that_fails_waits_for_it() -> None:
    letter = dissolved()
    failing.mark(
        letter.recipient_email, "550 5.1.1 unknown", timezone.now(), live=False
    )
    elected()
    assert look() == 1
    assert held_for(letter) == Hold.ADDRESS_FAILING


def test_whoever_is_elected_again_gets_the_letter_by_itself() -> None:
    letter = dissolved()
    leave(letter)
    elected()
    assert look() == 0, "its result is not known yet"
    term = make_member(
        constituency=letter.constituency,
        parliament_id=letter.representative.parliament_id,
    )

    assert look() == 1

    assert held_for(letter) == ""
    assert letter.representative == term
    released = letter.events.get(kind=LetterEvent.Kind.RELEASED)
    assert released.cause == reviewing.SAME_AGAIN
    assert owed(letter) == {Delivery.Kind.LETTER}


def test_whoever_is_elected_again_gets_none_where_their_address_fails() -> None:
    letter = dissolved()
    now = timezone.now()
    failing.mark(letter.recipient_email, "unknown", now, live=not letter.is_demo)
    elected()
    look()
    assert held_for(letter) == Hold.ADDRESS_FAILING
    assert owed(letter) == {Delivery.Kind.HELD_NOTICE}


def test_the_writer_is_asked_when_somebody_else_is_elected() -> None:
    letter = dissolved()
    leave(letter)
    elected()
    make_member(constituency=letter.constituency)
    now = timezone.now() + 40 * DAY

    assert look(now) == 1

    assert held_for(letter) == Hold.MEMBER_CHANGED
    assert letter.decide_by == holding.end_of_day(now + holding.WRITERS_HAVE)
    assert owed(letter) == {Delivery.Kind.HELD_NOTICE}
    assert look(now) == 0


@pytest.mark.parametrize("days", [-14, -15])
def test_what_a_dissolution_held_waits_for_its_result_and_no_vacancy_is_guessed(
    days: int,
) -> None:
    letter = dissolved()
    leave(letter)
    elected(days=days)
    now = timezone.now()
    assert look(now) == 1
    assert held_for(letter) == Hold.NO_RESULT
    assert letter.decide_by == holding.end_of_day(now + holding.REGISTERS_TAKE)
    assert look(now) == 0, "once is enough"
    polling_on = timezone.localdate(now) + 30 * DAY
    ByElection.objects.create(constituency=letter.constituency, polling_on=polling_on)
    assert look(now) == 1
    assert held_for(letter) == Hold.VACANT


def test_what_a_dissolution_held_is_told_of_no_result_before_it_is_due() -> None:
    letter = dissolved()
    leave(letter)
    elected()
    due = timezone.now() + parliament.RESULTS_TAKE
    assert look(due - DAY) == 0
    assert held_for(letter) == Hold.DISSOLVED
    assert look(due) == 1
    assert held_for(letter) == Hold.NO_RESULT


def test_a_dissolution_stops_what_its_writer_was_asked() -> None:
    letter = queued()
    leave(letter)
    look()
    make_member(constituency=letter.constituency)
    look()
    assert held_for(letter) == Hold.MEMBER_CHANGED
    say(House.DISSOLVED)
    assert look() == 1
    assert held_for(letter) == Hold.DISSOLVED


def test_new_boundaries_are_asked_about_once_the_results_are_in() -> None:
    letter = dissolved()
    leave(letter)
    Constituency.objects.filter(pk=letter.constituency_id).update(
        is_current=False, in_force_until=parliament.today()
    )
    elected()
    assert look() == 0
    say(House.SITTING)
    assert look() == 1
    assert held_for(letter) == Hold.BOUNDARIES_CHANGED


def without_a_result() -> Letter:
    """Hold a letter as its result should be known and is not."""
    letter = awaiting_its_result()
    look(timezone.now() + parliament.RESULTS_TAKE)
    assert held_for(letter) == Hold.NO_RESULT
    return letter


def test_a_late_result_lets_the_letter_go_to_whoever_was_elected_again() -> None:
    letter = without_a_result()
    term = make_member(
        constituency=letter.constituency,
        parliament_id=letter.representative.parliament_id,
    )

    assert look(timezone.now() + 5 * DAY) == 1

    assert held_for(letter) == ""
    assert letter.representative == term
    assert owed(letter) == {Delivery.Kind.LETTER}
    released = letter.events.get(kind=LetterEvent.Kind.RELEASED)
    assert released.cause == reviewing.SAME_AGAIN


def test_a_late_result_that_names_somebody_else_is_asked_about() -> None:
    letter = without_a_result()
    make_member(constituency=letter.constituency)
    now = timezone.now() + 5 * DAY

    assert look(now) == 1

    assert held_for(letter) == Hold.MEMBER_CHANGED
    assert letter.decide_by == holding.end_of_day(now + holding.WRITERS_HAVE)
    assert owed(letter) == {Delivery.Kind.HELD_NOTICE}


@pytest.mark.parametrize("days", [5, parliament.FILLING_TAKES.days + 1])
def test_a_missing_result_is_called_a_vacancy_only_where_a_poll_is_announced(
    days: int,
) -> None:
    letter = without_a_result()
    later = timezone.now() + days * DAY
    assert look(later) == 0, "no register says that the seat is vacant"
    polling_on = timezone.localdate(later) + 30 * DAY
    ByElection.objects.create(constituency=letter.constituency, polling_on=polling_on)
    assert look(later) == 1
    assert held_for(letter) == Hold.VACANT
    assert look(later) == 0


@pytest.mark.parametrize("is_filling_for_ever", [False, True])
def test_no_letter_waits_for_a_result_without_end(*, is_filling_for_ever: bool) -> None:
    """Nobody reads the register again, nor says that Parliament sits."""
    letter = awaiting_its_result()
    mails_of, day = set(), 0
    while letter.state != State.FAILED:
        day += 1
        now = timezone.now() + day * DAY
        if is_filling_for_ever:
            say(House.COUNTING, day)
        look(now)
        holding.end_overdue(now)
        letter.refresh_from_db()
        mails_of |= owed(letter)
        assert day < 20, "two weeks after the result should have been known"
    assert mails_of == {
        Delivery.Kind.LETTER,
        Delivery.Kind.HELD_NOTICE,
        Delivery.Kind.FAILURE_NOTICE,
    }
    failed = letter.events.get(kind=LetterEvent.Kind.FAILED)
    assert failed.cause == holding.HELD_TOO_LONG
    assert owed(letter) == {Delivery.Kind.FAILURE_NOTICE}


def test_a_new_dissolution_holds_what_waited_for_a_result_on() -> None:
    letter = without_a_result()
    say(House.DISSOLVED, 4)
    assert look(timezone.now() + 4 * DAY) == 1
    assert held_for(letter) == Hold.DISSOLVED


def test_what_a_person_looks_at_is_none_of_this() -> None:
    letter = make_letter(state=State.HELD, now=timezone.now())
    leave(letter)
    assert look() == 0
    assert held_for(letter) == Hold.FLOOD


# --- The worker ---------------------------------------------------------------------


def test_the_worker_looks_and_ends_what_nobody_decides() -> None:
    letter = queued()
    leave(letter)
    call_command("deliver_letters", once=True, stdout=StringIO())
    assert held_for(letter) == Hold.VACANT
    long_ago = timezone.now() - 100 * DAY
    Letter.objects.update(held_at=long_ago, decide_by=long_ago + DAY)

    call_command("deliver_letters", once=True, stdout=StringIO())

    letter.refresh_from_db()
    assert letter.state == State.FAILED
    notice = letter.deliveries.get(kind=Delivery.Kind.FAILURE_NOTICE)
    assert notice.state == Delivery.State.SENT


def test_a_letter_can_be_confirmed_whose_mp_holds_the_seat_by_another_term() -> None:
    letter = make_letter(now=timezone.now())
    leave(letter)
    make_member(
        constituency=letter.constituency,
        parliament_id=letter.representative.parliament_id,
    )
    assert submitting.confirm(letter, now=timezone.now())
    assert delivering.deliver_due().sent == 1
