"""A draft on its way to another device: mailed at once, stored nowhere."""

import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from actions import carrying_on, outbox, privacy
from actions.draft_forms import LONGEST_PACKED
from actions.errors import DeliveryError, TemporaryDeliveryError, TooManyError
from actions.models import Campaign, Delivery, RateCount
from tests import traces
from tests.actions.factories import NOW, make_campaign, make_letter
from tests.actions.pages import text
from tests.smtp import SENDER, Fault, MailServer, mail_server, text_of

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db

JO = "jo@mail.example"
PACKED = "1Marker_of-the-draft1"
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.OUTBOX_DIR = tmp_path / "outbox"
    return tmp_path / "outbox"


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


def mail_link(
    campaign: Campaign,
    email: str = JO,
    *,
    address: str = "::1",
    now: datetime.datetime = NOW,
) -> None:
    carrying_on.mail_link(campaign, email, PACKED, address=address, now=now)


def ask(client: Client, campaign: Campaign, **fields: Any) -> HttpResponse:
    address = reverse("elsewhere", kwargs={"slug": campaign.slug})
    answer = client.post(address, {"email": JO, "packed": PACKED, **fields})
    assert isinstance(answer, HttpResponse)
    return answer


# --- The mail ---------------------------------------------------------------------


def test_the_mail_holds_the_link_and_says_what_the_link_is(
    campaign: Campaign, settings: Settings
) -> None:
    settings.SITE_URL = "https://letters.example.org"
    mail_link(campaign)
    [message] = outbox.newest()
    assert message.to == JO
    assert message.subject == "The link to go on with your letter"
    assert campaign.title not in message.subject
    link = f"https://letters.example.org/{campaign.slug}/write/#draft={PACKED}"
    assert f"\n{link}\n" in message.text
    assert link in message.pieces
    words = " ".join(message.text.split())
    assert "Whoever has the link can read the draft" in words
    assert "mails stay on this machine" in message.text


def test_it_really_goes_and_says_that_a_machine_wrote_it(
    campaign: Campaign, mail_server: MailServer
) -> None:
    long = "1" + "a-_Z" * ((LONGEST_PACKED - 2) // 4) + "1"
    carrying_on.mail_link(campaign, JO, long, address="::1", now=NOW)
    [mail] = mail_server.mails
    assert mail_server.recipients == [JO]
    assert SENDER in mail["From"]
    assert mail["Auto-Submitted"] == "auto-generated"
    (line,) = (line for line in text_of(mail).splitlines() if "#draft=" in line)
    assert line.endswith(f"/write/#draft={long}")
    assert "stay on this machine" not in text_of(mail)
    # Longer lines than servers must take would be cut.
    assert max(map(len, mail_server.raw[0].splitlines())) < 999


def test_nothing_of_it_is_stored_in_any_table(campaign: Campaign) -> None:
    mail_link(campaign)
    assert not Delivery.objects.exists()
    assert traces.in_database("Marker_of") == []
    assert traces.in_database(JO) == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault.BUSY,
        Fault.NOBODY_THERE,
        Fault.REFUSED,
        Fault.HANGS_UP_BEFORE_THE_END,
        Fault.STALLS,
    ],
    ids=lambda fault: fault.name,
)
def test_a_mail_server_that_fails_is_said_and_the_mail_is_not_tried_again(
    campaign: Campaign, mail_server: MailServer, fault: Fault
) -> None:
    mail_server.faults = [fault]
    with pytest.raises(DeliveryError):
        mail_link(campaign)
    assert not Delivery.objects.exists()


def test_a_mail_server_that_was_too_slow_is_left_alone_for_a_minute(
    campaign: Campaign, mail_server: MailServer
) -> None:
    mail_server.faults = [Fault.STALLS]
    with pytest.raises(TemporaryDeliveryError):
        mail_link(campaign)
    before = mail_server.connections
    with pytest.raises(TemporaryDeliveryError):
        mail_link(campaign, now=NOW + datetime.timedelta(seconds=59))
    assert mail_server.connections == before
    mail_link(campaign, now=NOW + datetime.timedelta(seconds=60))
    assert mail_server.connections == before + 1


def test_one_that_refuses_at_once_keeps_nobody_waiting(
    campaign: Campaign, mail_server: MailServer
) -> None:
    mail_server.faults = [Fault.NOBODY_THERE]
    with pytest.raises(DeliveryError):
        mail_link(campaign)
    mail_link(campaign)
    assert mail_server.recipients == [JO]


# --- How often --------------------------------------------------------------------


def test_a_mailbox_gets_its_mails_of_the_day_and_nobody_is_told(
    campaign: Campaign, settings: Settings
) -> None:
    settings.LETTERS_PER_MAILBOX_PER_DAY = 2
    for email in (JO, "Jo@mail.example", "jo+tag@mail.example"):
        mail_link(campaign, email)
    assert len(outbox.newest()) == 2
    mail_link(campaign, now=NOW + DAY)
    assert len(outbox.newest()) == 3


def test_a_network_address_may_ask_only_so_often_an_hour(
    campaign: Campaign, settings: Settings
) -> None:
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 1
    mail_link(campaign)
    with pytest.raises(TooManyError):
        mail_link(campaign, "ayse@mail.example")
    mail_link(campaign, "ayse@mail.example", address="::2")
    mail_link(campaign, "ayse@mail.example", now=NOW + HOUR)
    assert len(outbox.newest()) == 3


def test_letters_and_links_are_counted_apart(
    campaign: Campaign, settings: Settings
) -> None:
    settings.LETTERS_PER_MAILBOX_PER_DAY = 1
    mail_link(campaign)
    scopes = RateCount.objects.count()
    mail_link(campaign)
    assert RateCount.objects.count() == scopes == 2


# --- The answer -------------------------------------------------------------------


def test_the_answer_is_the_same_whoever_the_address_belongs_to(
    client: Client, campaign: Campaign, settings: Settings
) -> None:
    settings.LETTERS_PER_MAILBOX_PER_DAY = 1
    make_letter(campaign=campaign, sender_email=JO)
    answers = [
        ask(client, campaign),
        ask(client, campaign),
        ask(client, campaign, email="nobody@mail.example"),
    ]
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    assert answers[0].status_code == HTTPStatus.OK
    assert "One address gets 1 of these a day" in text(answers[0])
    assert answers[0]["Content-Type"] == "text/plain; charset=utf-8"
    assert "no-store" in answers[0]["Cache-Control"]


@pytest.mark.parametrize(
    "packed",
    [
        "",
        " ",
        "a" * (LONGEST_PACKED + 1),
        "a b",
        "a\nBcc: eve@mail.example",
        "abc\n",
        "\nabc",
        "abc#draft",
        "abc%41",
        "a.b",
        "ağ",
        "https://elsewhere.example",
    ],
)
def test_what_no_browser_of_ours_packs_is_refused(
    client: Client, campaign: Campaign, packed: str
) -> None:
    answer = ask(client, campaign, packed=packed)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "The draft did not come along" in text(answer)
    assert outbox.newest() == []
    assert not RateCount.objects.exists()


@pytest.mark.parametrize(
    "email",
    [
        "",
        "jo",
        "jo@mail.example\nBcc: eve@mail.example",
        "jo@mail.example\r\nSubject: x",
        "jo@mail.example, eve@mail.example",
        "Jo <jo@mail.example>",
        f"{'j' * 250}@mail.example",
    ],
)
def test_what_is_not_one_address_is_refused(
    client: Client, campaign: Campaign, email: str
) -> None:
    answer = ask(client, campaign, email=email)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert text(answer)
    assert outbox.newest() == []


def test_too_many_from_one_connection_are_told_when_to_come_back(
    client: Client, campaign: Campaign, settings: Settings
) -> None:
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 1
    ask(client, campaign)
    answer = ask(client, campaign)
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert 0 < int(answer["Retry-After"]) <= HOUR.total_seconds()
    assert "Copy the link" in text(answer)


def test_a_mail_that_cannot_go_is_said_and_nothing_of_it_is_logged(
    client: Client,
    campaign: Campaign,
    mail_server: MailServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    traces.log_everything(caplog)
    mail_server.faults = [Fault.NOBODY_THERE]
    answer = ask(client, campaign)
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "Copy the link instead" in text(answer)
    told = traces.in_logs("Marker_of", caplog) + traces.in_logs(JO, caplog)
    # The fake mail server's own log is no log of ours.
    assert [line for line in told if not line.startswith("mail.log")] == []


def test_whoever_only_opens_the_address_is_led_to_the_beginning(
    client: Client, campaign: Campaign
) -> None:
    answer = client.get(reverse("elsewhere", kwargs={"slug": campaign.slug}))
    assert answer.status_code == HTTPStatus.FOUND
    assert answer["Location"] == f"/{campaign.slug}/write/"


def test_it_needs_the_pages_own_cookie(campaign: Campaign) -> None:
    answer = ask(Client(enforce_csrf_checks=True), campaign)
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert outbox.newest() == []


def test_a_campaign_that_is_closed_or_not_open_yet_mails_nothing(
    client: Client, campaign: Campaign
) -> None:
    Campaign.objects.update(state=Campaign.State.CLOSED)
    assert ask(client, campaign).status_code == HTTPStatus.GONE
    Campaign.objects.update(state=Campaign.State.DRAFT)
    assert ask(client, campaign).status_code == HTTPStatus.NOT_FOUND
    assert outbox.newest() == []


# --- While trying Postbag out -----------------------------------------------------


def test_its_mail_leaves_the_outbox_after_a_day_and_no_other_does(
    campaign: Campaign, folder: Path
) -> None:
    mail_link(campaign)
    owned = folder / (
        f"20261101T120000.000000Z-{make_letter(campaign=campaign).pk}-letter.eml"
    )
    owned.write_bytes(b"To: jo@mail.example\n\n")
    strange = folder / "20261101T120000.000000Z-note.txt"
    strange.write_bytes(b"")
    [mail] = [path for path in folder.iterdir() if "-other-" in path.name]
    unfinished = folder / f"20261101T120000.000000Z-other-{'a' * 32}.part"
    unfinished.write_bytes(b"half of")
    written = outbox.newest(1)[0].at
    privacy.sweep(written + DAY)
    assert mail.exists()
    assert not unfinished.exists()
    privacy.sweep(written + DAY + datetime.timedelta(seconds=1))
    assert not mail.exists()
    assert strange.exists()
