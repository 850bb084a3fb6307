"""A clock that jumps, forwards, backwards and at the change to summer time."""

import datetime

import pytest

from actions import claiming, delivering, pacing, recording
from actions.models import Delivery, Letter
from tests import promise
from tests.actions.factories import NOW, make_campaign, make_letter
from tests.smtp import Fault, MailServer, mail_server

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db

SECOND = datetime.timedelta(seconds=1)
MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
YEARS = datetime.timedelta(days=3 * 365)
# Where so many may go in an hour as in tests, a minute's letters are one place.
A_PLACE = datetime.timedelta(minutes=1)
# One hour of the night is there twice in October, and none in March.
CHANGES = (
    datetime.datetime(2026, 10, 25, 1, 0, tzinfo=datetime.UTC),
    datetime.datetime(2027, 3, 28, 1, 0, tzinfo=datetime.UTC),
)


def queue(now: datetime.datetime = NOW) -> Letter:
    return make_letter(state=Letter.State.QUEUED, now=now)


def deliver(now: datetime.datetime) -> delivering.Tidings:
    return delivering.deliver_due(clock=lambda: now)


@pytest.mark.parametrize("change", CHANGES)
def test_a_pause_and_a_lease_are_as_long_as_ever_when_the_clocks_change(
    mail_server: MailServer, change: datetime.datetime
) -> None:
    begun = change - MINUTE / 4
    campaign = make_campaign()
    for _ in range(2):
        make_letter(state=Letter.State.QUEUED, campaign=campaign, now=begun)
    mail_server.faults = [Fault.BUSY]
    (dead,) = claiming.claim(begun, live=True, at_most=1)
    assert deliver(begun).postponed == 1
    # The lease is the shorter one: 22 seconds, for a mail server that has two.
    for length in (claiming.lease_time(), MINUTE):
        end = begun + length
        assert not deliver(end - SECOND).any_moved
        assert deliver(end).sent == 1
    dead.refresh_from_db()
    assert dead.state == Delivery.State.SENT
    promise.assert_kept(mail_server, in_hand=1)


@pytest.mark.parametrize("jump", [-YEARS, -HOUR, HOUR, YEARS])
def test_a_jump_while_a_batch_is_in_hand_gives_back_what_was_not_begun(
    mail_server: MailServer, jump: datetime.timedelta
) -> None:
    campaign = make_campaign()
    for _ in range(3):
        make_letter(state=Letter.State.QUEUED, campaign=campaign)
    held_after_each = []

    def clock() -> datetime.datetime:
        return NOW + jump if mail_server.raw else NOW

    def should_stop() -> bool:
        held_after_each.append(Delivery.objects.exclude(lease=None).count())
        # Asked between two batches: whoever looks at another clock may have them.
        return bool(mail_server.raw) and not held_after_each[-1]

    tidings = delivering.deliver_due(clock=clock, should_stop=should_stop)
    assert (tidings.sent, tidings.perhaps_twice) == (1, 0)
    assert len(mail_server.raw) == 1
    assert set(Delivery.objects.waiting().values_list("lease", "leased_until")) == {
        (None, None)
    }


@pytest.mark.parametrize("ahead", [HOUR, DAY, YEARS])
def test_what_was_put_off_by_a_wrong_clock_goes_soon_after_it_was_set_right(
    mail_server: MailServer, ahead: datetime.timedelta
) -> None:
    queue()
    mail_server.faults = [Fault.BUSY]
    assert deliver(NOW + ahead).postponed == 1
    later = NOW + 2 * DAY
    pacing.tidy(later, live=True)
    # At once, or where its place was taken years ahead, within two.
    assert sum(deliver(at).sent for at in (later, later + 2 * A_PLACE)) == 1
    promise.assert_kept(mail_server)


@pytest.mark.parametrize("ahead", [HOUR, DAY, YEARS])
def test_the_lease_of_a_worker_that_died_under_a_wrong_clock_ends(
    mail_server: MailServer, ahead: datetime.timedelta
) -> None:
    queue()
    claiming.claim(NOW + ahead, live=True, at_most=1)
    later = NOW + 2 * DAY
    freed = later + claiming.lease_time()
    tidings = [deliver(at) for at in (later, freed, freed + A_PLACE)]
    assert sum(one.sent for one in tidings) == 1
    assert sum(one.perhaps_twice for one in tidings) == 1
    promise.assert_kept(mail_server, in_hand=1)


@pytest.mark.parametrize("ahead", [HOUR, DAY, YEARS])
def test_a_mark_that_was_left_under_a_wrong_clock_is_settled(
    mail_server: MailServer, ahead: datetime.timedelta
) -> None:
    letter = queue()
    (delivery,) = claiming.claim(NOW + ahead, live=True, at_most=1)
    recording.sent(delivery, NOW + ahead)
    deliver(NOW + 2 * DAY)
    deliver(NOW + 2 * DAY + claiming.lease_time())
    letter.refresh_from_db()
    assert letter.state == Letter.State.ACCEPTED
    assert promise.is_settled()


def test_the_lease_of_a_living_worker_outlives_a_clock_that_is_set_right(
    mail_server: MailServer,
) -> None:
    queue()
    (held,) = claiming.claim(NOW + YEARS, live=True, at_most=1)
    assert not deliver(NOW).any_moved
    assert recording.sent(held, NOW)
