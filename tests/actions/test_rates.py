"""How many letters may go when, whatever the clocks do."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from actions import rates
from actions.models.pace import UNIT
from actions.rates import Rates

LONDON = ZoneInfo("Europe/London")
USUAL = Rates(30, 6)
BY_DAY_ALONE = Rates(30, 0)
HOUR = datetime.timedelta(hours=1)
MINUTE = datetime.timedelta(minutes=1)


def at(text: str) -> datetime.datetime:
    """Read a time as London's clocks show it."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=LONDON)


def nth(pace: Rates, number: int, now: datetime.datetime) -> datetime.datetime:
    """Say when the letter goes that has so many before it."""
    due = pace.due(pace.position(now) + number * UNIT, now)
    return due.astimezone(LONDON).replace(microsecond=0)


@pytest.mark.parametrize(
    ("moment", "rate"),
    [
        ("2026-11-23 07:59:59", 6),
        ("2026-11-23 08:00", 30),
        ("2026-11-23 17:59:59", 30),
        ("2026-11-23 18:00", 6),
        ("2026-11-22 12:00", 6),  # a Sunday
        ("2026-07-06 08:00", 30),  # 7 in Greenwich
    ],
)
def test_more_may_go_in_office_hours(moment: str, rate: int) -> None:
    assert USUAL.at(at(moment)) == rate


def test_the_first_goes_at_once_and_the_others_spread_out() -> None:
    now = at("2026-11-23 10:00")
    times = [nth(USUAL, number, now) for number in range(31)]
    assert times[0] == now
    assert times[1] == now + 2 * MINUTE
    assert times[30] == now + HOUR


def test_in_the_evening_they_go_more_slowly_and_in_the_morning_faster() -> None:
    now = at("2026-11-23 17:58")
    assert nth(USUAL, 1, now) == at("2026-11-23 18:00")
    assert nth(USUAL, 2, now) == at("2026-11-23 18:10")
    # Fourteen hours of six an hour, then the day's.
    assert nth(USUAL, 1 + 14 * 6, now) == at("2026-11-24 08:00")
    assert nth(USUAL, 2 + 14 * 6, now) == at("2026-11-24 08:02")


def test_where_none_go_at_night_they_wait_for_the_next_workday() -> None:
    friday = at("2026-11-27 17:58")
    assert nth(BY_DAY_ALONE, 0, friday) == friday
    assert nth(BY_DAY_ALONE, 1, friday) == at("2026-11-30 08:00")
    night = at("2026-11-28 03:00")
    assert nth(BY_DAY_ALONE, 0, night) == at("2026-11-30 08:00")


@pytest.mark.parametrize("monday", ["2026-03-30", "2026-10-26"])
def test_after_the_clocks_change_offices_open_at_eight_all_the_same(
    monday: str,
) -> None:
    friday = at(monday) - datetime.timedelta(days=3) + 18 * HOUR
    opening = at(f"{monday} 08:00")
    hours = (opening - friday.astimezone(datetime.UTC)) / HOUR
    assert hours in {61, 63}
    assert nth(BY_DAY_ALONE, 0, friday) == opening
    assert nth(USUAL, int(hours) * 6, friday) == opening


@given(
    st.integers(0, 40 * 365 * 24 * 60),
    st.integers(0, 5000),
    st.sampled_from([USUAL, BY_DAY_ALONE, Rates(1, 0), Rates(3000, 3000)]),
)
def test_each_goes_when_its_place_is_reached_and_not_before(
    passed: int, number: int, pace: Rates
) -> None:
    now = at("2001-01-01 00:00").astimezone(datetime.UTC) + passed * MINUTE
    place = pace.position(now) + number * UNIT
    due = pace.due(place, now)
    assert due >= now
    assert pace.at(due) > 0
    credit = max(0, pace.at(now) * 60_000 - UNIT)
    assert pace.position(due) >= place - credit
    before = due - datetime.timedelta(milliseconds=1)
    assert due == now or pace.position(before) <= place - credit


def test_no_limit_for_all_is_no_rate(settings: Settings) -> None:
    settings.LETTERS_PER_HOUR = 0
    assert rates.for_all() is None


def test_all_together_go_by_the_hour_of_day_too(settings: Settings) -> None:
    settings.LETTERS_PER_HOUR, settings.LETTERS_PER_HOUR_OTHERWISE = 3000, 600
    assert rates.for_all() == Rates(3000, 600)


@pytest.mark.parametrize(
    ("now", "is_held"),
    [
        ("2026-12-02 23:59", True),
        ("2026-12-03 07:59", True),
        ("2026-12-03 08:00", False),
    ],
)
def test_letters_are_held_until_offices_open_on_the_day(
    now: str, *, is_held: bool
) -> None:
    day = datetime.date(2026, 12, 3)
    assert rates.held_until(day, at(now)) == (day if is_held else None)
