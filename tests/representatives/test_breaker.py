import pytest

from representatives.breaker import (
    FAILURES_IN_A_ROW,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    LONGEST_WISH,
    Allowance,
    Breaker,
)


@pytest.fixture
def broken() -> Breaker:
    """Has failed just often enough, at 100 s."""
    breaker = Breaker()
    for _ in range(FAILURES_IN_A_ROW):
        assert breaker.allows(100)
        breaker.failed(100)
    return breaker


def test_a_service_that_keeps_failing_is_left_alone(broken: Breaker) -> None:
    assert not broken.allows(100)
    assert not broken.allows(100 + FIRST_PAUSE - 1)


def test_a_success_between_failures_begins_the_count_anew() -> None:
    breaker = Breaker()
    for _ in range(2 * FAILURES_IN_A_ROW):
        breaker.failed(100)
        breaker.succeeded()
    assert breaker.allows(100)


def test_after_the_pause_one_may_try_and_the_others_wait(broken: Breaker) -> None:
    then = 100 + FIRST_PAUSE
    assert [broken.allows(then) for _ in range(3)] == [True, False, False]


def test_each_pause_is_twice_as_long_up_to_the_longest(broken: Breaker) -> None:
    now, pause = 100.0, FIRST_PAUSE
    for _ in range(8):
        now += pause
        assert broken.allows(now)
        broken.failed(now)
        pause = min(2 * pause, LONGEST_PAUSE)
        assert not broken.allows(now + pause - 1)
    assert pause == LONGEST_PAUSE


def test_a_success_after_the_pause_puts_all_right(broken: Breaker) -> None:
    then = 100 + FIRST_PAUSE
    assert broken.allows(then)
    broken.succeeded()
    broken.failed(then)
    assert broken.allows(then)


def test_whoever_never_says_how_it_went_stops_nobody_for_ever(broken: Breaker) -> None:
    then = 100 + FIRST_PAUSE
    assert broken.allows(then)
    assert broken.allows(then + FIRST_PAUSE)


def test_a_wish_to_be_left_alone_is_granted_at_once() -> None:
    breaker = Breaker()
    breaker.failed(100, wish=120)
    assert not breaker.allows(219)
    assert breaker.allows(220)


@pytest.mark.parametrize(("wish", "granted"), [(-5, 1), (0, 1), (10**9, LONGEST_WISH)])
def test_a_wish_has_bounds(wish: float, granted: float) -> None:
    breaker = Breaker()
    breaker.failed(100, wish=wish)
    assert not breaker.allows(100 + granted - 0.5)
    assert breaker.allows(100 + granted)


def test_no_more_than_a_tenth_of_the_time_is_waited() -> None:
    allowance, waited = Allowance(), 0.0
    for tenths in range(10 * 600):
        now = 1_000 + tenths / 10
        if allowance.covers(0.7, now):
            allowance.spend(0.7, now)
            waited += 0.7
    assert waited <= Allowance.MOST + 600 * Allowance.SHARE
    assert waited > 600 * Allowance.SHARE


def test_at_first_several_may_wait_in_a_row() -> None:
    allowance = Allowance()
    for _ in range(4):
        assert allowance.covers(1.4, 1_000)
        allowance.spend(1.4, 1_000)
    assert not allowance.covers(1.4, 1_000)
