"""What providers tell of our mails by webhook, each in its own words, to one end."""

import logging

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from actions import hearing
from actions.models import (
    Delivery,
    FailingAddress,
    IncomingMail,
    Letter,
    LetterEvent,
    OfficeReport,
)
from tests.actions import refused, told_by_providers
from tests.actions.quiet import no_error_in_the_log
from tests.actions.receiving.arriving import events, gone, owed
from tests.actions.told_by_providers import (
    BY,
    KEYS,
    Posted,
    at,
    basic,
    listen,
    mail_of,
    state_of,
    tell,
    told_of,
)

__all__ = ["no_error_in_the_log"]

pytestmark = [
    pytest.mark.django_db,
    # Anymail says at each request that it could not try SendGrid out.
    pytest.mark.filterwarnings("ignore:django-anymail has dropped official support"),
]


@pytest.fixture(autouse=True)
def _mailgun(settings: Settings) -> None:
    listen(settings, "mailgun")


# --- Every provider -----------------------------------------------------------------


@pytest.mark.parametrize("provider", BY)
def test_a_letter_that_a_provider_could_not_hand_on_came_back(
    client: Client, settings: Settings, provider: str
) -> None:
    listen(settings, provider)
    letter = gone()
    posted = BY[provider](mail_of(letter), letter.recipient_email)
    for _ in range(2):
        assert tell(client, posted, provider=provider).status_code == 200
    assert state_of(letter) == Letter.State.BOUNCED
    assert events(letter) == [LetterEvent.Kind.BOUNCED]
    assert owed(letter) == [Delivery.Kind.BOUNCE_NOTICE]
    assert FailingAddress.objects.get().address == letter.recipient_email
    row = IncomingMail.objects.get()
    assert (row.kind, row.state, bytes(row.content)) == ("bounce", "done", b"")


@pytest.mark.parametrize("provider", BY)
def test_an_office_that_marks_a_letter_as_spam_is_heard_by_a_person(
    client: Client, settings: Settings, provider: str
) -> None:
    listen(settings, provider)
    letter = gone()
    posted = BY[provider](mail_of(letter), letter.recipient_email, "spam")
    for _ in range(2):
        assert tell(client, posted, provider=provider).status_code == 200
    report = OfficeReport.objects.get()
    assert (report.letter, report.kind) == (letter, OfficeReport.Kind.STOP)
    assert "marked the letter as spam" in report.note
    assert state_of(letter) == Letter.State.ACCEPTED
    assert events(letter) == []


@pytest.mark.parametrize("provider", BY)
def test_whoever_has_no_secret_tells_nothing(
    client: Client, settings: Settings, provider: str
) -> None:
    listen(settings, provider)
    letter = gone()
    posted = BY[provider](mail_of(letter), letter.recipient_email)
    for headers in ({}, basic("postbag:wrong"), {"Authorization": "Basic ☃"}):
        answer = tell(client, posted, provider=provider, headers=headers)
        assert answer.status_code == 403
    assert state_of(letter) == Letter.State.ACCEPTED
    assert refused.noted() == [refused.PROVES_NOTHING]


@pytest.mark.parametrize("provider", KEYS)
def test_a_forged_signature_changes_nothing(
    client: Client,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    provider: str,
) -> None:
    listen(settings, provider)
    letter = gone()
    monkeypatch.setattr(told_by_providers, "KEY", "another-key")
    posted = BY[provider](mail_of(letter), letter.recipient_email)
    assert tell(client, posted, provider=provider).status_code == 403
    unsigned = Posted(posted.body, posted.content_type)
    assert tell(client, unsigned, provider=provider).status_code == 403
    assert state_of(letter) == Letter.State.ACCEPTED
    assert refused.noted() == [refused.PROVES_NOTHING]
    assert "refused" in caplog.text
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert not [one for one in caplog.records if one.exc_info]


@pytest.mark.parametrize("provider", BY)
@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "{}",
        "1",
        "null",
        '{"event-data": 1}',
        "[" * 100_000,
        "\xff",
        "[1]",
    ],
)
def test_what_is_no_event_has_a_defined_end(
    client: Client,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    provider: str,
    body: str,
) -> None:
    listen(settings, provider)
    posted = Posted(body.encode("latin-1"))
    status = tell(client, posted, provider=provider).status_code
    # A list or an object without anything in it tells nothing, which is no fault.
    assert status in {200, 400, 403}
    assert refused.noted() == [refused.PROVES_NOTHING] * (status == 403)
    assert not [one for one in caplog.records if one.exc_info]


def test_a_signature_is_enough_where_there_is_one(
    client: Client, settings: Settings
) -> None:
    listen(settings, "mailersend")
    settings.ANYMAIL = KEYS["mailersend"]
    letter = gone()
    posted = BY["mailersend"](mail_of(letter), letter.recipient_email)
    answer = tell(client, posted, provider="mailersend", headers={})
    assert answer.status_code == 200
    assert state_of(letter) == Letter.State.BOUNCED


@pytest.mark.parametrize("provider", [*BY, "none", "scaleway"])
def test_only_the_provider_that_takes_our_mail_is_listened_to(
    client: Client, settings: Settings, provider: str
) -> None:
    settings.EVENTS_WEBHOOK = ""
    answer = client.post(at(provider), b"{}", content_type="application/json")
    assert answer.status_code == 404


def test_an_address_can_be_tried_out(client: Client) -> None:
    for method in (client.get, client.head):
        assert method(at("mailgun")).status_code == 200
    assert client.put(at("mailgun")).status_code == 405


# --- That it tells anything -----------------------------------------------------------


@pytest.mark.parametrize("provider", BY)
def test_whatever_a_provider_tells_shows_that_it_is_heard(
    client: Client, settings: Settings, provider: str
) -> None:
    settings.DELIVERY_IS_LIVE = True
    listen(settings, provider)
    letter = gone()
    posted = BY[provider](mail_of(letter), letter.recipient_email, "spam")
    assert tell(client, posted, provider=provider, headers={}).status_code == 403
    assert not hearing.is_shown(provider, timezone.now())
    assert tell(client, posted, provider=provider).status_code == 200
    assert hearing.is_shown(provider, timezone.now())


def test_that_mails_were_delivered_is_noted_once_a_day_and_of_none_of_them(
    client: Client, settings: Settings
) -> None:
    settings.DELIVERY_IS_LIVE = True
    letter = gone()
    delivered = told_of(letter, event="delivered")
    assert tell(client, delivered).status_code == 200
    row = IncomingMail.objects.get()
    assert (row.kind, row.letter, bytes(row.content)) == ("delivered", None, b"")
    with CaptureQueriesContext(connection) as again:
        assert tell(client, delivered).status_code == 200
    assert all(one["sql"].startswith("SELECT") for one in again.captured_queries)
    assert IncomingMail.objects.get() == row
    assert events(letter) == []


def test_a_trial_notes_nothing_of_it(client: Client) -> None:
    assert tell(client, told_of(gone(), event="delivered")).status_code == 200
    assert not IncomingMail.objects.exists()
