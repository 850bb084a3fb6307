import datetime

from actions.batching import BatchSize

SECOND = datetime.timedelta(seconds=1)


def test_a_worker_begins_with_few_and_takes_more_while_they_go_fast() -> None:
    pace = BatchSize(SECOND, at_most=100)
    taken = []
    for _ in range(6):
        taken.append(pace.mails)
        pace.learn(pace.mails, pace.mails, SECOND / 10)
    assert taken == [10, 20, 40, 80, 100, 100]


def test_a_worker_that_had_to_give_some_back_takes_what_it_could_begin() -> None:
    pace = BatchSize(SECOND, at_most=100)
    pace.learn(10, 3, SECOND)
    assert pace.mails == 3


def test_a_worker_that_needs_most_of_its_time_takes_no_more() -> None:
    pace = BatchSize(SECOND, at_most=100)
    pace.learn(10, 10, SECOND / 2)
    assert pace.mails == 10


def test_a_worker_takes_one_at_least_and_never_more_than_it_may() -> None:
    pace = BatchSize(SECOND, at_most=3)
    assert pace.mails == 3
    pace.learn(3, 0, SECOND)
    assert pace.mails == 1
