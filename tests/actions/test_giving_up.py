"""A letter that has no way out for two weeks has an end, and its writer the text."""

import datetime
from typing import Final

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from actions import delivering, giving_up, tokens
from actions.management.commands import deliver_letters
from actions.models import Delivery, Letter, LetterEvent
from tests.actions.factories import NOW, make_campaign, make_letter
from tests.actions.pages import text
from tests.smtp import Fault, MailServer, mail_server, text_of

__all__ = ["mail_server"]

MINUTE: Final = datetime.timedelta(minutes=1)
DAY: Final = datetime.timedelta(days=1)
WORDS: Final = "My aunt was taken in 2018, and nobody says where she is."
NO_SERVER: Final = 1
TROUBLE: Final = delivering.Tidings(trouble="The mail server is away.")
QUIET: Final = delivering.Tidings()


class _Seconds:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def give_up(now: datetime.datetime) -> int:
    return giving_up.long_due(now, live=True, should_stop=lambda: False)


def deliver(now: datetime.datetime) -> delivering.Tidings:
    return delivering.deliver_due(clock=lambda: now)


@pytest.fixture
def seconds() -> _Seconds:
    return _Seconds()


@pytest.fixture
def outage(seconds: _Seconds) -> giving_up.Outage:
    return giving_up.Outage(seconds)


def go_on(
    outage: giving_up.Outage,
    seconds: _Seconds,
    time: datetime.timedelta,
    tidings: delivering.Tidings = TROUBLE,
) -> None:
    """Look every minute for so long."""
    for _ in range(time // MINUTE):
        seconds.now += MINUTE.total_seconds()
        outage.hear(tidings)


def test_an_outage_is_long_after_a_day_of_nothing_else(
    outage: giving_up.Outage, seconds: _Seconds
) -> None:
    assert not outage.is_long()
    outage.hear(TROUBLE)
    go_on(outage, seconds, DAY - MINUTE)
    assert not outage.is_long()
    go_on(outage, seconds, MINUTE)
    assert outage.is_long()


@pytest.mark.parametrize("moved", ["sent", "postponed", "failed"])
def test_a_mail_that_a_server_took_or_refused_ends_it(
    outage: giving_up.Outage, seconds: _Seconds, moved: str
) -> None:
    outage.hear(TROUBLE)
    go_on(outage, seconds, DAY)
    # And then it hung up.
    outage.hear(delivering.Tidings(trouble="The mail server hung up.", **{moved: 1}))
    assert not outage.is_long()
    go_on(outage, seconds, DAY)
    assert not outage.is_long()
    go_on(outage, seconds, MINUTE)
    assert outage.is_long()


def test_it_goes_on_while_others_hold_what_is_due(
    outage: giving_up.Outage, seconds: _Seconds
) -> None:
    for _ in range(24):
        outage.hear(TROUBLE)
        go_on(outage, seconds, 60 * MINUTE, QUIET)
    outage.hear(TROUBLE)
    assert outage.is_long()


def test_trouble_after_hours_without_a_letter_is_another_one(
    outage: giving_up.Outage, seconds: _Seconds
) -> None:
    outage.hear(TROUBLE)
    go_on(outage, seconds, DAY)
    assert outage.is_long()
    go_on(outage, seconds, 61 * MINUTE, QUIET)
    assert not outage.is_long()
    outage.hear(TROUBLE)
    assert not outage.is_long()


@pytest.mark.django_db
def test_it_is_given_up_after_two_weeks_and_not_before(
    mail_server: MailServer, settings: Settings, client: Client
) -> None:
    letter = make_letter(state=Letter.State.QUEUED, body=WORDS)
    there, settings.EMAIL_PORT = settings.EMAIL_PORT, NO_SERVER
    assert give_up(NOW + giving_up.AFTER - MINUTE) == 0
    assert give_up(NOW + giving_up.AFTER) == 1
    letter.refresh_from_db()
    assert letter.state == Letter.State.FAILED
    event = letter.events.get(kind=LetterEvent.Kind.FAILED)
    assert (event.at, event.cause) == (NOW + giving_up.AFTER, giving_up.NO_WAY_OUT)
    page = text(client.get(f"/letters/{tokens.for_letter(letter.pk)}/"))
    assert "No mail could go out from here" in page
    assert "later than planned" not in page
    # The news goes as soon as anything does, and the letter does not.
    assert not deliver(NOW + 2 * giving_up.AFTER).any_moved
    settings.EMAIL_PORT = there
    assert deliver(NOW + 2 * giving_up.AFTER).sent == 1
    assert mail_server.recipients == [letter.sender_email]
    told = " ".join(text_of(mail_server.mails[0]).split())
    assert "was not sent, and we do not try again" in told
    assert "No mail could go out from here." in told
    assert WORDS in told
    assert not Delivery.objects.waiting().exists()


@pytest.mark.django_db
def test_what_is_planned_or_held_or_in_other_hands_is_left_alone() -> None:
    now = NOW + giving_up.AFTER
    campaign = make_campaign()
    later, in_hand, left, shown = (
        make_letter(state=Letter.State.QUEUED, campaign=campaign, is_demo=is_demo)
        for is_demo in (False, False, False, True)
    )
    later.deliveries.update(due_at=NOW + MINUTE)
    for letter, until in ((in_hand, now + MINUTE), (left, now - MINUTE)):
        letter.deliveries.update(lease=letter.pk, leased_until=until)
    make_letter(
        state=Letter.State.HELD,
        held_for=Letter.Hold.FLOOD,
        campaign=campaign,
        is_demo=False,
    )
    make_letter(campaign=campaign, is_demo=False)
    owed = set(Delivery.objects.waiting())
    assert give_up(now) == 0
    assert set(Delivery.objects.waiting()) == owed
    assert {one.deliveries.get() for one in (later, in_hand, left, shown)} < owed


@pytest.mark.django_db
def test_it_stops_when_told_to_and_the_others_follow() -> None:
    campaign = make_campaign()
    for _ in range(3):
        make_letter(state=Letter.State.QUEUED, campaign=campaign, is_demo=False)
    answers = iter([False, True])
    now = NOW + giving_up.AFTER
    assert giving_up.long_due(now, live=True, should_stop=lambda: next(answers)) == 1
    assert give_up(now) == 2


@pytest.mark.django_db
def test_nothing_is_given_up_by_a_look_at_what_is_due(
    mail_server: MailServer, settings: Settings
) -> None:
    """A worker that was away for weeks tries first, and tries again."""
    campaign = make_campaign()
    for _ in range(3):
        make_letter(state=Letter.State.QUEUED, campaign=campaign)
    there, settings.EMAIL_PORT = settings.EMAIL_PORT, NO_SERVER
    away = deliver(NOW + 2 * giving_up.AFTER)
    assert (away.any_moved, away.trouble != "") == (False, True)
    settings.EMAIL_PORT = there
    mail_server.faults = [None, Fault.CLOSES]
    hung_up = deliver(NOW + 2 * giving_up.AFTER)
    assert (hung_up.sent, hung_up.failed, hung_up.trouble != "") == (1, 0, True)


@pytest.mark.django_db(transaction=True)
def test_the_worker_gives_up_after_a_day_in_vain_and_says_so(
    mail_server: MailServer,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    seconds: _Seconds,
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = timezone.now()
    due = make_letter(state=Letter.State.QUEUED, now=now - giving_up.AFTER)
    lately = make_letter(state=Letter.State.QUEUED, now=now - giving_up.AFTER + DAY)
    settings.EMAIL_PORT = NO_SERVER
    monkeypatch.setattr(deliver_letters, "LONGEST_PAUSE", 0.001)
    worker = deliver_letters.Command()
    states: list[str] = []

    class Outage(giving_up.Outage):
        """An hour passes between two looks, and the worker is not needed for more."""

        def hear(self, tidings: delivering.Tidings) -> None:
            super().hear(tidings)
            seconds.now += 3600
            worker.sweep_at = 0
            due.refresh_from_db()
            states.append(due.state)
            worker.must_end = due.state == Letter.State.FAILED or len(states) > 100

    worker.outage = Outage(seconds)
    call_command(worker, poll=0.001)
    assert states == [*[Letter.State.QUEUED] * 24, Letter.State.FAILED]
    lately.refresh_from_db()
    assert lately.state == Letter.State.QUEUED
    assert "as there is no way out: 1." in caplog.text
