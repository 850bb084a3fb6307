"""Which mails a process passes over, and when a fault turns out to be a mail's own."""

import uuid

from actions.passing_over import SECONDS, TIMES, PassedOver

ONE, OTHER = uuid.uuid4(), uuid.uuid4()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_mail_is_passed_over_for_a_while() -> None:
    clock = Clock()
    mails = PassedOver(clock)
    assert not mails.add(ONE)
    clock.now = SECONDS - 1
    mails.add(OTHER)
    assert mails.now() == [ONE, OTHER]
    clock.now = SECONDS
    assert mails.now() == [OTHER]
    mails.clear()
    assert mails.now() == []


def test_it_is_at_fault_once_others_went_each_time_between() -> None:
    clock = Clock()
    mails = PassedOver(clock)
    for _ in range(TIMES):
        assert not mails.add(ONE)
        clock.now += 1
        mails.went()
        clock.now += 1
    assert mails.add(ONE)
    # What becomes of it then is another matter.
    assert mails.now() == []
    assert not mails.add(ONE)


def test_it_is_not_while_no_other_goes() -> None:
    clock = Clock()
    mails = PassedOver(clock)
    mails.went()
    for _ in range(10 * TIMES):
        clock.now += 1
        assert not mails.add(ONE)


def test_what_was_long_ago_is_forgotten() -> None:
    clock = Clock()
    mails = PassedOver(clock)
    for _ in range(10 * TIMES):
        assert not mails.add(ONE)
        clock.now += 1
        mails.went()
        clock.now += 24 * 3600
        assert mails.now() == []
