"""How a worker notices that the clock was set, and what it believes then."""

import datetime

import pytest

from actions.steadiness import Steadiness

NOW = datetime.datetime(2026, 11, 22, 12, 0, tzinfo=datetime.UTC)
SECOND = datetime.timedelta(seconds=1)
MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
YEAR = 365 * DAY
NOTHING = datetime.timedelta()


class Machine:
    """A machine whose clock can be set while it runs."""

    def __init__(self) -> None:
        self.ran, self.set_by = NOTHING, NOTHING
        self.steadiness = Steadiness(self.seconds)

    def seconds(self) -> float:
        return self.ran.total_seconds()

    def look(self, after: datetime.timedelta = MINUTE) -> datetime.timedelta:
        self.ran += after
        return self.steadiness.look(NOW + self.ran + self.set_by)


@pytest.fixture
def machine() -> Machine:
    made = Machine()
    assert made.look() == NOTHING
    return made


@pytest.mark.parametrize("after", [SECOND, HOUR, YEAR])
def test_time_that_goes_by_is_no_step(
    machine: Machine, after: datetime.timedelta
) -> None:
    assert machine.look(after) == NOTHING
    assert machine.steadiness.is_believed
    assert not machine.steadiness.was_set_ahead_within(YEAR)


@pytest.mark.parametrize("step", [2 * SECOND, MINUTE, YEAR])
def test_a_step_ahead_is_told_once_and_remembered(
    machine: Machine, step: datetime.timedelta
) -> None:
    machine.set_by = step
    assert machine.look() == step
    assert machine.look() == NOTHING
    assert machine.steadiness.was_set_ahead_within(MINUTE + SECOND)
    assert not machine.steadiness.was_set_ahead_within(MINUTE)


@pytest.mark.parametrize("step", [SECOND, -SECOND, -MINUTE, -YEAR])
def test_a_second_is_no_step_and_a_step_back_ends_no_lease(
    machine: Machine, step: datetime.timedelta
) -> None:
    machine.set_by = step
    assert machine.look() == NOTHING
    assert not machine.steadiness.was_set_ahead_within(YEAR)
    assert machine.steadiness.is_believed


def test_minutes_ahead_are_believed_and_an_hour_only_after_a_day(
    machine: Machine,
) -> None:
    beliefs = []
    for set_by, after in (
        (59 * MINUTE, MINUTE),
        (HOUR, MINUTE),
        (HOUR, DAY - SECOND),
        (HOUR, SECOND),
    ):
        machine.set_by = set_by
        machine.look(after)
        beliefs.append((machine.steadiness.is_believed, machine.steadiness.ahead))
    assert beliefs == [
        (True, 59 * MINUTE),
        (False, HOUR),
        (False, HOUR),
        (True, NOTHING),
    ]


def test_one_that_is_set_right_is_believed_at_once(machine: Machine) -> None:
    machine.set_by = YEAR
    machine.look()
    machine.set_by = NOTHING
    machine.look()
    assert machine.steadiness.is_believed


def test_one_that_was_behind_and_is_set_right_is_believed_at_once(
    machine: Machine,
) -> None:
    machine.set_by = -YEAR
    machine.look()
    machine.set_by = NOTHING
    assert machine.look() == YEAR
    assert machine.steadiness.is_believed
    # But a lease of that year ends by the clock although its worker lives.
    assert machine.steadiness.was_set_ahead_within(MINUTE)


def test_a_day_counts_from_the_last_step(machine: Machine) -> None:
    for _ in range(3):
        machine.set_by += YEAR
        machine.look(DAY - MINUTE)
        assert not machine.steadiness.is_believed
    machine.look(DAY)
    assert machine.steadiness.is_believed


def test_the_machines_own_clocks_agree() -> None:
    steadiness = Steadiness()
    for _ in range(3):
        assert steadiness.look(datetime.datetime.now(tz=datetime.UTC)) == NOTHING
    assert steadiness.is_believed
