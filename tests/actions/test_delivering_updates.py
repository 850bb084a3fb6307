"""The mail that asks whether updates are wanted: what it says and how it travels."""

import datetime
import email
import email.policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from actions import claiming, delivering, mail, outbox, recording, subscribing, tokens
from actions.errors import WrongModeError
from actions.models import Delivery, Letter, LetterEvent, Subscription, Tally
from tests.actions.factories import (
    NOW,
    make_campaign,
    make_letter,
    make_subscription,
)
from tests.smtp import Fault, MailServer, mail_server, text_of

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.OUTBOX_DIR = tmp_path / "outbox"


def deliver(now: datetime.datetime = NOW) -> delivering.Tidings:
    return delivering.deliver_due(clock=lambda: now)


def read(subscription: Subscription) -> EmailMessage:
    """Parse what goes over the wire, as a reader's program would."""
    wire = mail.message_for(subscription.deliveries.get(), now=NOW).as_wire()
    message: Any = email.message_from_bytes(wire, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def state_of(subscription: Subscription) -> tuple[str, int]:
    delivery = subscription.deliveries.get()
    return delivery.state, delivery.attempts


# --- What it says -------------------------------------------------------------------


def test_it_asks_and_brings_both_links(settings: Settings) -> None:
    settings.SITE_URL = "https://postbag.example"
    campaign = make_campaign(title="Uyghurs", headline="Act!", lede="Please do.")
    wish = make_subscription(campaign=campaign)
    text = text_of(read(wish))
    base = f"https://postbag.example/updates/{tokens.for_subscription(wish.pk)}/"
    assert f"\n{base}\n" in text
    assert f"\n{base}leave/\n" in text
    assert 'updates about "Uyghurs"' in text
    assert "29 November 2026, 12:00" in " ".join(text.split())
    assert "Opening the page confirms nothing; only the button does." in text
    assert "\n\n\n" not in text


def test_an_address_that_gets_updates_is_brought_the_link_to_leave(
    settings: Settings,
) -> None:
    settings.SITE_URL = "https://postbag.example"
    campaign = make_campaign(title="Uyghurs")
    wish = make_subscription(campaign=campaign, confirmed_at=NOW)
    subscribing.subscribe(campaign, wish.email, address="192.0.2.7", now=NOW)
    message = read(wish)
    text = text_of(message)
    page = f"https://postbag.example/updates/{tokens.for_subscription(wish.pk)}/"
    assert f"\n{page}leave/\n" in text
    assert f"\n{page}\n" not in text
    assert "You already get them" in text
    assert message["Subject"] == "Your e-mail updates, and how to leave them"
    assert message["List-Unsubscribe"] == f"<{page}leave/>"
    assert "\n\n\n" not in text


def test_it_holds_nothing_of_the_campaigns_own_words() -> None:
    campaign = make_campaign(title="Uyghurs", headline="Act!", lede="Please do.")
    message = read(make_subscription(campaign=campaign))
    for words in ("Act!", "Please do.", campaign.story):
        assert words not in text_of(message)
    assert "Uyghurs" not in message["Subject"]


def test_it_is_from_postbag_to_the_address_and_says_that_a_machine_wrote_it(
    settings: Settings,
) -> None:
    settings.SENDER_ADDRESS = "letters@postbag.example"
    settings.CONTROLLER_CONTACT = "privacy@postbag.example"
    wish = make_subscription(email="jo@mail.example")
    message = read(wish)
    assert message["From"] == "Postbag <letters@postbag.example>"
    assert message["To"] == "jo@mail.example"
    assert message["Reply-To"] == "privacy@postbag.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == f"<{wish.deliveries.get().pk}@postbag.example>"
    assert message.get_content_type() == "text/plain"


def test_a_mail_programs_own_button_knows_where_to_press(settings: Settings) -> None:
    settings.SITE_URL = "https://postbag.example"
    wish = make_subscription()
    message = read(wish)
    token = tokens.for_subscription(wish.pk)
    leave = f"https://postbag.example/updates/{token}/leave/"
    assert message["List-Unsubscribe"] == f"<{leave}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_while_trying_out_it_says_that_nobody_is_really_written_to(
    settings: Settings,
) -> None:
    words = "nobody is really written to"
    assert words in text_of(read(make_subscription()))
    settings.DELIVERY_IS_LIVE = True
    assert words not in text_of(read(make_subscription()))


# --- How it travels -----------------------------------------------------------------


def test_it_is_sent_and_its_lease_ended(mail_server: MailServer) -> None:
    wish = make_subscription()
    assert deliver().sent == 1
    assert mail_server.recipients == [wish.email]
    delivery = wish.deliveries.get()
    assert (delivery.state, delivery.attempts) == (Delivery.State.SENT, 1)
    assert (delivery.done_at, delivery.lease) == (NOW, None)
    wish.refresh_from_db()
    assert not wish.is_confirmed


def test_it_travels_with_letters_and_moves_no_count_of_theirs(
    mail_server: MailServer,
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    wish = make_subscription(campaign=letter.campaign)
    assert deliver().sent == 2
    assert sorted(mail_server.recipients) == sorted(
        [letter.recipient_email, wish.email]
    )
    assert Tally.objects.get().step == Tally.Step.ACCEPTED
    assert LetterEvent.objects.count() == 1
    assert not Delivery.objects.exclude(lease=None).exists()


def test_a_busy_server_is_tried_again(mail_server: MailServer) -> None:
    wish = make_subscription()
    mail_server.faults = [Fault.BUSY]
    assert deliver().postponed == 1
    assert state_of(wish) == (Delivery.State.WAITING, 1)
    assert deliver(NOW + MINUTE).sent == 1
    assert len(mail_server.raw) == 1


def test_an_address_that_is_none_is_given_up_and_nobody_written_to(
    mail_server: MailServer,
) -> None:
    wish = make_subscription()
    mail_server.faults = [Fault.NOBODY_THERE]
    assert deliver().failed == 1
    assert state_of(wish) == (Delivery.State.FAILED, 1)
    assert wish.deliveries.get().last_error == "550 5.1.1 user unknown"
    assert not deliver(NOW + MINUTE).any_moved
    assert Delivery.objects.count() == 1


def test_it_is_dropped_once_it_is_no_longer_owed(mail_server: MailServer) -> None:
    late = make_subscription(confirm_by=NOW)
    confirmed, left = make_subscription(), make_subscription()
    subscribing.confirm(confirmed, now=NOW)
    Subscription.objects.filter(pk=left.pk).update(email="", ended_at=NOW)
    assert deliver().dropped == 2
    for wish in (late, confirmed, left):
        assert state_of(wish)[0] == Delivery.State.DROPPED
    assert mail_server.raw == []


def test_a_mark_that_a_killed_worker_left_is_settled_when_its_lease_is_over(
    mail_server: MailServer,
) -> None:
    wish = make_subscription()
    (delivery,) = claiming.claim(NOW, live=True, at_most=1)
    recording.sent(delivery, NOW)
    deliver(NOW + MINUTE / 60)
    assert wish.deliveries.get().lease is not None
    deliver(NOW + claiming.lease_time())
    assert wish.deliveries.get().lease is None
    assert state_of(wish) == (Delivery.State.SENT, 1)
    assert mail_server.raw == []


def test_whoever_leaves_while_a_worker_has_the_mail_in_hand_is_not_marked_as_sent(
    mail_server: MailServer,
) -> None:
    wish = make_subscription()

    def clock() -> datetime.datetime:
        if mail_server.begun.is_set():
            subscribing.leave(wish, now=NOW)
        return NOW

    assert delivering.deliver_due(clock=clock).sent == 0
    assert state_of(wish)[0] == Delivery.State.DROPPED


def test_after_a_switch_to_live_it_is_withdrawn_and_never_sent(
    mail_server: MailServer,
) -> None:
    trial, real = make_subscription(is_demo=True), make_subscription()
    tidings = deliver()
    assert (tidings.sent, tidings.dropped) == (1, 1)
    assert mail_server.recipients == [real.email]
    assert state_of(trial)[0] == Delivery.State.DROPPED


@pytest.mark.parametrize("is_live", [True, False])
def test_the_door_itself_refuses_one_of_the_other_mode(
    mail_server: MailServer, settings: Settings, *, is_live: bool
) -> None:
    settings.DELIVERY_IS_LIVE = is_live
    wish = make_subscription(is_demo=is_live)
    wrong = mail.message_for(wish.deliveries.get(), now=NOW)
    with mail.open_connection() as way_out, pytest.raises(WrongModeError):
        way_out.send(wrong)
    assert mail_server.raw == []


def test_in_the_outbox_its_file_bears_its_id_and_no_address() -> None:
    wish = make_subscription(email="zqxmarker@mail.example")
    assert deliver().sent == 1
    (file,) = project.OUTBOX_DIR.iterdir()
    assert file.name.endswith(f"-{wish.pk}-subscription.eml")
    assert "zqxmarker" not in file.name
    assert outbox.owners() == {wish.pk}


def test_letters_alone_never_ask_for_subscriptions(mail_server: MailServer) -> None:
    campaign = make_campaign()
    for _ in range(3):
        make_letter(state=Letter.State.QUEUED, campaign=campaign)
    with CaptureQueriesContext(connection) as asked:
        assert deliver().sent == 3
    table = f'"{Subscription._meta.db_table}"'
    assert not [query for query in asked if table in query["sql"]]


def test_any_number_of_them_costs_two_queries_more_not_two_each(
    mail_server: MailServer,
) -> None:
    campaign = make_campaign()
    for _ in range(4):
        make_subscription(campaign=campaign)
    with CaptureQueriesContext(connection) as asked:
        assert deliver().sent == 4
    table = f'"{Subscription._meta.db_table}"'
    assert sum(table in query["sql"] for query in asked) == 1
