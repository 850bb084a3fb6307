import datetime
import threading

import pytest
from django.db import connection

from actions import limiting
from actions.errors import TooManyError
from actions.models import RateCount

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


def take(now: datetime.datetime = NOON, subject: str = "203.0.113.7") -> None:
    limiting.take("letters", subject, limit=3, window=limiting.HOUR, now=now)


@pytest.mark.django_db
def test_as_many_pass_as_may_and_the_next_is_told_when_to_come_back() -> None:
    for _ in range(3):
        take()
    with pytest.raises(TooManyError) as refused:
        take(NOON + datetime.timedelta(minutes=10))
    assert refused.value.retry_after == 50 * 60


@pytest.mark.django_db
def test_the_next_window_opens_again() -> None:
    for _ in range(3):
        take()
    take(NOON + limiting.HOUR)


@pytest.mark.django_db
def test_subjects_and_scopes_do_not_share_a_limit() -> None:
    for _ in range(3):
        take()
    take(subject="203.0.113.8")
    limiting.take("other", "203.0.113.7", limit=1, window=limiting.HOUR, now=NOON)


@pytest.mark.django_db
def test_what_is_stored_does_not_name_the_subject() -> None:
    take()
    row = RateCount.objects.values().get()
    assert "203.0.113.7" not in str(row)


@pytest.mark.django_db
def test_what_is_done_once_is_known_whatever_the_time_that_is_said_of_it() -> None:
    until = [NOON, NOON + limiting.DAY]
    first = [
        limiting.is_first("a letter", "X", until=until[number % 2])
        for number in range(5)
    ]
    assert first == [True, False, False, False, False]
    assert RateCount.objects.get().window_began_at == NOON


@pytest.mark.django_db
def test_counts_are_forgotten_once_their_window_is_surely_over() -> None:
    take()
    assert limiting.forget(NOON + limiting.DAY) == 0
    assert limiting.forget(NOON + limiting.DAY + limiting.HOUR) == 1
    assert not RateCount.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_exactly_as_many_pass_as_may() -> None:
    passed: list[bool] = []

    def ask() -> None:
        try:
            for _ in range(10):
                limiting.take(
                    "letters", "hall", limit=25, window=limiting.HOUR, now=NOON
                )
                passed.append(True)
        except TooManyError:
            passed.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert passed.count(True) == 25
