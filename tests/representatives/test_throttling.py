import threading

from representatives import throttling
from representatives.throttling import ReadCounter


def reads(
    counter: ReadCounter, client: str, *, times: int, now: float, limit: int = 10
) -> int:
    counter.clock = lambda: now
    return sum(counter.allows(client, limit) for _ in range(times))


def test_as_many_reads_as_the_limit_go_through() -> None:
    assert reads(ReadCounter(), "a", times=15, now=0) == 10


def test_each_client_is_counted_alone() -> None:
    counter = ReadCounter()
    assert reads(counter, "a", times=15, now=0) == 10
    assert reads(counter, "b", times=15, now=0) == 10


def test_the_minute_before_weighs_less_from_second_to_second() -> None:
    counter = ReadCounter()
    reads(counter, "a", times=10, now=59)
    assert reads(counter, "a", times=10, now=60) == 0
    assert reads(counter, "a", times=10, now=90) == 5
    assert reads(counter, "a", times=10, now=119.9) == 5


def test_after_two_minutes_everything_is_forgotten() -> None:
    counter = ReadCounter()
    reads(counter, "a", times=10, now=59)
    assert reads(counter, "a", times=15, now=180) == 10


def test_refused_reads_do_not_count() -> None:
    counter = ReadCounter()
    reads(counter, "a", times=1_000, now=0)
    assert reads(counter, "a", times=10, now=90) == 5


def test_memory_stays_bounded() -> None:
    counter = ReadCounter(lambda: 0)
    for number in range(throttling.MOST_CLIENTS * 2 + 5):
        assert counter.allows(f"client {number}", 10)
    assert counter.clients <= throttling.MOST_CLIENTS


def test_threads_together_get_no_more_than_the_limit() -> None:
    counter = ReadCounter()
    allowed: list[int] = []
    threads = [
        threading.Thread(
            target=lambda: allowed.append(
                reads(counter, "a", times=200, now=0, limit=500)
            )
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(allowed) == 500
