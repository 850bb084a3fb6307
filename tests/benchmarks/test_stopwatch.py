import threading
import time

import pytest

from benchmarks.stopwatch import Stopwatch


class Sleeper:
    def nap(self) -> str:
        time.sleep(0.02)
        return "rested"

    def sleep(self) -> str:
        return self.nap()

    def fail(self) -> None:
        raise LookupError


def test_the_time_of_watched_methods_is_added_up() -> None:
    watch = Stopwatch()
    with watch.watching(Sleeper, "nap"):
        assert [Sleeper().nap(), Sleeper().nap()] == ["rested"] * 2
    assert watch.seconds >= 0.04


def test_a_watched_method_within_a_watched_one_counts_once() -> None:
    watch = Stopwatch()
    began = time.perf_counter()
    with watch.watching(Sleeper, "sleep", "nap"):
        Sleeper().sleep()
    assert 0.02 <= watch.seconds <= time.perf_counter() - began


def test_what_another_thread_does_meanwhile_is_told_by_itself() -> None:
    watch = Stopwatch()
    is_asleep = threading.Event()

    class Heavy(Sleeper):
        def nap(self) -> str:
            is_asleep.set()
            time.sleep(0.2)
            return "rested"

    with watch.watching(Sleeper, "nap"), watch.watching(Heavy, "nap"):
        beside = threading.Thread(target=Heavy().nap)
        beside.start()
        is_asleep.wait()
        Sleeper().nap()
        beside.join()
    assert 0.02 <= watch.seconds < 0.2
    assert watch.seconds_beside >= 0.2


def test_a_method_that_fails_is_watched_and_the_next_one_too() -> None:
    watch = Stopwatch()
    sleeper = Sleeper()
    with watch.watching(sleeper, "fail", "nap"):
        with pytest.raises(LookupError):
            sleeper.fail()
        sleeper.nap()
    assert watch.seconds >= 0.02


def test_afterwards_nothing_is_watched() -> None:
    watch = Stopwatch()
    with watch.watching(Sleeper, "nap"):
        pass
    Sleeper().nap()
    assert watch.seconds == 0
