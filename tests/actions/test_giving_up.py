"""A letter that has no way out for two weeks has an end, and its writer the text."""

import datetime
from typing import Final

import pytest
from django.test import Client
from pytest_django import Settings

from actions import delivering, giving_up, tokens
from actions.models import Delivery, Letter, LetterEvent
from tests.actions.factories import NOW, make_campaign, make_letter
from tests.actions.pages import text
from tests.smtp import Fault, MailServer, mail_server, text_of

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db

MINUTE: Final = datetime.timedelta(minutes=1)
WORDS: Final = "My aunt was taken in 2018, and nobody says where she is."


def deliver(now: datetime.datetime) -> delivering.Tidings:
    return delivering.deliver_due(clock=lambda: now)


def test_it_is_given_up_after_two_weeks_and_not_before(
    mail_server: MailServer, settings: Settings, client: Client
) -> None:
    letter = make_letter(state=Letter.State.QUEUED, body=WORDS)
    there, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert not deliver(NOW + giving_up.AFTER - MINUTE).any_moved
    tidings = deliver(NOW + giving_up.AFTER)
    assert (tidings.failed, tidings.trouble != "") == (1, True)
    letter.refresh_from_db()
    assert letter.state == Letter.State.FAILED
    event = letter.events.get(kind=LetterEvent.Kind.FAILED)
    assert (event.at, event.cause) == (NOW + giving_up.AFTER, giving_up.NO_WAY_OUT)
    page = text(client.get(f"/letters/{tokens.for_letter(letter.pk)}/"))
    assert "could not be reached" in page
    assert "later than planned" not in page
    # The news goes as soon as anything does, and the letter does not.
    assert not deliver(NOW + 2 * giving_up.AFTER).any_moved
    settings.EMAIL_PORT = there
    assert deliver(NOW + 2 * giving_up.AFTER).sent == 1
    assert mail_server.recipients == [letter.sender_email]
    told = " ".join(text_of(mail_server.mails[0]).split())
    assert "was not sent, and we do not try again" in told
    assert "The mail server could not be reached." in told
    assert WORDS in told
    assert not Delivery.objects.waiting().exists()


def test_a_worker_that_was_away_for_weeks_tries_first(mail_server: MailServer) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    tidings = deliver(NOW + 2 * giving_up.AFTER)
    assert (tidings.sent, tidings.failed) == (1, 0)
    assert mail_server.recipients == [letter.recipient_email]


def test_what_is_planned_or_held_or_in_other_hands_is_left_alone(
    mail_server: MailServer, settings: Settings
) -> None:
    settings.EMAIL_PORT = 1
    now = NOW + giving_up.AFTER
    campaign = make_campaign()
    later, in_hand = (
        make_letter(state=Letter.State.QUEUED, campaign=campaign) for _ in range(2)
    )
    later.deliveries.update(due_at=NOW + MINUTE)
    in_hand.deliveries.update(
        lease="00000000-0000-0000-0000-000000000001", leased_until=now + MINUTE
    )
    make_letter(state=Letter.State.HELD, held_for=Letter.Hold.FLOOD, campaign=campaign)
    make_letter(campaign=campaign)
    owed = Delivery.objects.waiting().count()
    assert owed
    assert not deliver(now).any_moved
    assert Delivery.objects.waiting().count() == owed


def test_a_refused_mail_among_others_gives_nothing_up(mail_server: MailServer) -> None:
    campaign = make_campaign()
    for _ in range(2):
        make_letter(state=Letter.State.QUEUED, campaign=campaign)
    mail_server.faults = [Fault.BUSY]
    tidings = deliver(NOW + 2 * giving_up.AFTER)
    assert (tidings.sent, tidings.postponed, tidings.failed) == (1, 1, 0)
