"""What Parliament is on a day, and whom look-ups then name."""

import datetime
from collections.abc import Iterable

import pytest
from django.db import IntegrityError, transaction

from representatives import lookup, parliament
from representatives.models import (
    ByElection,
    ParliamentPeriod,
    Register,
    RegisterVersion,
    Representative,
)
from representatives.parliament import State
from representatives.postcodes import Postcode
from tests.actions.factories import NOW, make_representative, place_postcodes

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


@pytest.fixture
def today() -> datetime.date:
    return parliament.today()


@pytest.fixture
def member() -> Representative:
    member = make_representative()
    place_postcodes(member.constituency, "ZE9 9", "AA")
    return member


def say(state: str, begins_on: datetime.date) -> None:
    ParliamentPeriod.objects.create(state=state, begins_on=begins_on)


def draw_up_register(day: datetime.date) -> None:
    RegisterVersion.objects.filter(register=Register.MEMBERS).delete()
    RegisterVersion.objects.create(
        register=Register.MEMBERS,
        as_of=day.isoformat(),
        entries=650,
        loaded_at=NOW,
        is_current=True,
    )


def test_parliament_sits_as_long_as_nobody_says_otherwise(today: datetime.date) -> None:
    now = parliament.on(today)

    assert (now.state, now.since, now.opens_on) == (State.SITTING, None, None)
    assert now.has_members


@pytest.mark.parametrize("state", [State.SITTING, State.RECESS, State.PROROGUED])
def test_members_remain_in_recess_and_between_sessions(
    state: State, today: datetime.date
) -> None:
    say(state, today - DAY)

    now = parliament.on(today)

    assert (now.state, now.since) == (state, today - DAY)
    assert now.has_members


def test_what_is_said_ahead_of_time_counts_from_its_day(today: datetime.date) -> None:
    say(State.DISSOLVED, today + DAY)

    assert parliament.on(today).has_members
    assert not parliament.on(today + DAY).has_members


def test_a_dissolution_says_since_when_and_until_when(today: datetime.date) -> None:
    say(State.DISSOLVED, today - 3 * DAY)
    say(State.DISSOLVED, today)
    say(State.COUNTING, today + 30 * DAY)
    say(State.SITTING, today + 40 * DAY)

    now = parliament.on(today)

    assert (now.since, now.opens_on) == (today - 3 * DAY, today + 30 * DAY)


def test_seats_fill_for_two_weeks_however_often_that_is_said(
    today: datetime.date,
) -> None:
    for days in range(0, 30, 3):
        say(State.COUNTING, today + days * DAY)
    due = today + parliament.RESULTS_TAKE
    for days in (0, 3, 14):
        now = parliament.on(today + days * DAY)
        assert (now.since, now.is_filling, now.results_due) == (today, True, due)
    now = parliament.on(today + 15 * DAY)
    assert (now.since, now.is_filling, now.results_due) == (today, False, None)


def test_a_register_from_before_the_election_names_nobody(
    today: datetime.date,
) -> None:
    say(State.DISSOLVED, today - 30 * DAY)
    say(State.COUNTING, today - 2 * DAY)
    draw_up_register(today - 3 * DAY)
    assert parliament.on(today).is_awaiting_the_register

    draw_up_register(today - 2 * DAY)

    assert parliament.on(today).has_members


# What may be said of Parliament, in days from today; and how old the register is.
HISTORIES: tuple[tuple[tuple[tuple[str, int], ...], int], ...] = (
    ((), 0),
    ((("recess", -5),), -100),
    ((("dissolved", 1),), -100),
    ((("dissolved", 0),), 0),
    ((("dissolved", -5), ("dissolved", -2)), 0),
    ((("dissolved", -30), ("counting", 1)), 0),
    ((("dissolved", -30), ("counting", 0)), -1),
    ((("dissolved", -30), ("counting", 0)), 0),
    ((("dissolved", -30), ("counting", -5), ("sitting", -2)), -4),
    ((("dissolved", -30), ("counting", -5), ("sitting", -2)), -6),
    ((("dissolved", -90), ("sitting", -60), ("dissolved", -1)), 0),
    ((("sitting", -90), ("dissolved", -60), ("sitting", -30), ("recess", -1)), -29),
    ((("sitting", -90), ("dissolved", -60), ("sitting", -30), ("recess", -1)), -31),
)


@pytest.mark.parametrize(("said", "register"), HISTORIES)
def test_look_ups_name_an_mp_exactly_while_there_are_members(
    said: Iterable[tuple[str, int]],
    register: int,
    today: datetime.date,
    member: Representative,
) -> None:
    for state, begins in said:
        say(state, today + begins * DAY)
    draw_up_register(today + register * DAY)
    has_members = parliament.on(today).has_members

    seat = lookup.seat(member.constituency.code)
    [found] = lookup.find(Postcode.parse("ZE9 9AA")).candidates

    assert seat
    assert (seat.representative is not None) == has_members
    assert (found.representative is not None) == has_members


def test_a_day_has_one_state(today: datetime.date) -> None:
    say(State.SITTING, today)

    with pytest.raises(IntegrityError), transaction.atomic():
        say(State.RECESS, today)


def test_a_state_is_one_of_the_five(today: datetime.date) -> None:
    with pytest.raises(IntegrityError, match="state_of_parliament_is_one_of_the_five"):
        say("on holiday", today)


def test_the_next_by_election_of_a_seat_is_known_once_staff_say_it(
    today: datetime.date, member: Representative
) -> None:
    seat = member.constituency
    assert lookup.by_election(seat.code) is None

    for days in (-300, 20, 400):
        ByElection.objects.create(constituency=seat, polling_on=today + days * DAY)

    assert lookup.by_election(seat.code) == today + 20 * DAY
