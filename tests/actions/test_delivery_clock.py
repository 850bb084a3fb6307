"""A clock that jumps, forwards, backwards and at the change to summer time."""

import datetime
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from actions import claiming, delivering, outbox, pacing, recording, steadiness
from actions.management.commands import deliver_letters
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


# --- A worker whose machine is set ---------------------------------------------------


class Machine:
    """One that runs a worker, and whose clock is set meanwhile."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.began = timezone.now()
        self.ran = self.set_by = datetime.timedelta()
        monkeypatch.setattr(timezone, "now", self.now)
        self.worker = deliver_letters.Command()
        self.worker.steadiness = steadiness.Steadiness(self.seconds)

    def seconds(self) -> float:
        return self.ran.total_seconds()

    def now(self) -> datetime.datetime:
        return self.began + self.ran + self.set_by

    def work(self, after: datetime.timedelta = MINUTE) -> delivering.Tidings:
        self.ran += after
        # An hour or a minute may have gone by that no clock told of.
        self.worker.sweep_at = self.worker.look_at = 0
        return self.worker.work()


@pytest.fixture
def machine(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> Machine:
    settings.OUTBOX_DIR = tmp_path / "outbox"
    settings.MEMBERS_OLD_AFTER_DAYS = 100_000
    return Machine(monkeypatch)


@pytest.mark.parametrize("ahead", [HOUR, YEARS])
def test_what_a_living_worker_holds_is_not_sent_by_another_whose_clock_was_set(
    machine: Machine, ahead: datetime.timedelta, caplog: pytest.LogCaptureFixture
) -> None:
    letter = queue(machine.now())
    machine.worker.work()
    outbox_before = outbox.owners()
    held = make_letter(state=Letter.State.QUEUED, now=machine.now())
    (in_hand,) = claiming.claim(machine.now(), live=False, at_most=1)
    assert not machine.work(SECOND).any_moved
    machine.set_by = ahead
    tidings = machine.work(SECOND)
    assert not tidings.any_moved
    assert f"The clock was set ahead by {ahead}" in caplog.text
    assert not machine.work(claiming.lease_time() - 2 * SECOND).any_moved
    # The other one is told that its mail server took it, as late as that may be.
    assert recording.sent(in_hand, machine.now())
    machine.work(claiming.lease_time())
    held.refresh_from_db()
    assert held.state == Letter.State.ACCEPTED
    assert outbox.owners() == outbox_before == {letter.pk}


def test_what_a_dead_worker_held_goes_all_the_same(machine: Machine) -> None:
    machine.worker.work()
    letter = queue(machine.now())
    claiming.claim(machine.now(), live=False, at_most=1)
    machine.set_by = HOUR
    assert not machine.work().any_moved
    tidings = machine.work(claiming.lease_time())
    assert (tidings.sent, tidings.perhaps_twice) == (1, 1)
    assert outbox.owners() == {letter.pk}


def test_a_clock_that_is_set_while_letters_go_stops_them(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.worker.work()
    campaign = make_campaign()
    for _ in range(3):
        make_letter(state=Letter.State.QUEUED, campaign=campaign, now=machine.now())
    mark = recording.sent

    def sent(delivery: Delivery, now: datetime.datetime) -> bool:
        machine.set_by = HOUR
        return mark(delivery, now)

    monkeypatch.setattr(recording, "sent", sent)
    assert machine.work().sent == 1
    assert len(outbox.owners()) == 1
    assert not Delivery.objects.waiting().exclude(lease=None).exists()
    assert machine.work(claiming.lease_time()).sent == 2


def test_nothing_is_ended_or_erased_by_a_clock_that_was_set_years_ahead(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    began = machine.now()
    letters = [
        make_letter(now=began),
        make_letter(
            state=Letter.State.HELD, held_for=Letter.Hold.FLOOD, now=began + SECOND
        ),
        make_letter(state=Letter.State.ACCEPTED, now=began + 2 * SECOND),
    ]
    Delivery.objects.update(state="sent", done_at=began)

    def as_they_are() -> list[tuple[object, ...]]:
        rows = Letter.objects.order_by("created_at", "pk")
        told = ("state", "forgotten_at", "reminded_at", "asked_at")
        return list(rows.values_list(*told))

    machine.work()
    before = as_they_are()
    assert [row[0] for row in before] == [letter.state for letter in letters]
    machine.set_by = YEARS
    machine.work()
    assert as_they_are() == before
    assert f"set ahead by {YEARS}: nothing is ended, erased or asked" in caplog.text
    machine.work(DAY - 2 * MINUTE)
    assert as_they_are() == before
    # Set right, as if nothing had been; or it stays so, and is believed.
    machine.set_by = datetime.timedelta()
    machine.work()
    assert as_they_are() == before
    machine.set_by = YEARS
    machine.work()
    machine.work(DAY)
    assert all(now != then for now, then in zip(as_they_are(), before, strict=True))
