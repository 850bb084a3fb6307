"""Mail by a provider's webhook: what is theirs is taken in, what is forged is not."""

import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from actions import limiting
from actions.models import IncomingMail, Letter
from actions.receiving import daily, taking
from tests.actions import quiet, refused
from tests.actions.factories import make_letter
from tests.actions.quiet import no_error_in_the_log
from tests.actions.receiving.arriving import events, gone, owed, raw, written
from tests.actions.told_by_providers import KEY, SECRET, basic, mail_signed

__all__ = ["no_error_in_the_log"]

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Page

pytestmark = pytest.mark.django_db

AGAIN = "Service Unavailable: /webhooks/incoming/mailgun/mime/"


@pytest.fixture
def mailgun(settings: Settings) -> None:
    settings.INCOMING_WEBHOOK = "mailgun"
    settings.INCOMING_WEBHOOK_KEY = KEY
    settings.ANYMAIL = {"WEBHOOK_SECRET": [SECRET]}
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * settings.LARGEST_INCOMING_BYTES


@pytest.fixture
def postmark(settings: Settings) -> None:
    settings.INCOMING_WEBHOOK = "postmark"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}


def bring(
    client: Client,
    fields: Mapping[str, str],
    *,
    provider: str = "mailgun",
    headers: dict[str, str] | None = None,
) -> "Page":
    at = f"/webhooks/incoming/{provider}/mime/"
    return client.post(at, fields, headers=basic() if headers is None else headers)


@pytest.mark.usefixtures("mailgun")
def test_a_signed_mail_is_taken_in_once() -> None:
    client, letter = Client(enforce_csrf_checks=True), gone()
    fields = mail_signed(
        raw("bounce-postfix", letter), f"bounce.{letter.tag}@postbag.invalid"
    )
    for _ in range(2):
        assert bring(client, fields).status_code == 200
    letter.refresh_from_db()
    assert letter.state == Letter.State.BOUNCED
    assert IncomingMail.objects.count() == 1


@pytest.mark.usefixtures("postmark")
def test_a_provider_without_signatures_has_a_secret(client: Client) -> None:
    letter = gone()
    mail = {
        "RawEmail": raw("reply-plain", letter).decode(),
        "OriginalRecipient": f"jo.{letter.tag}@postbag.invalid",
    }
    for headers, status in (({}, 403), (basic("a:b"), 403), (basic(), 200)):
        answer = client.post(
            "/webhooks/incoming/postmark/mime/",
            json.dumps(mail),
            content_type="application/json",
            headers=headers,
        )
        assert answer.status_code == status
    assert owed(letter) == ["forward"]


@pytest.mark.usefixtures("mailgun")
@pytest.mark.parametrize(
    "changed",
    [
        {"signature": "0" * 64},
        {"timestamp": "1795348801"},
        {"token": "☃"},
        {"signature": "☃"},
    ],
)
def test_a_forged_signature_changes_nothing(
    client: Client, caplog: pytest.LogCaptureFixture, changed: dict[str, str]
) -> None:
    letter = gone()
    fields = mail_signed(raw("bounce-postfix", letter), "a@b.example", **changed)
    assert bring(client, fields).status_code == 403
    assert refused.noted() == [refused.PROVES_NOTHING]
    assert events(letter) == []
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


@pytest.mark.usefixtures("mailgun")
@pytest.mark.parametrize(
    "headers", [{}, basic("postbag:wrong"), {"Authorization": "Basic ☃"}]
)
def test_without_the_secret_nothing_is_taken_in(
    client: Client, headers: dict[str, str]
) -> None:
    fields = mail_signed(raw("reply-plain", gone()), "a@b.example")
    assert bring(client, fields, headers=headers).status_code == 403
    assert refused.noted() == [refused.PROVES_NOTHING]


@pytest.mark.usefixtures("mailgun")
def test_whoever_forges_again_and_again_is_told_to_wait(
    client: Client, settings: Settings
) -> None:
    settings.SIGN_INS_PER_ADDRESS_PER_HOUR = 1
    assert bring(client, {}).status_code == 403
    answer = bring(client, {})
    assert (answer.status_code, answer.has_header("Retry-After")) == (429, True)
    letter = gone()
    fields = mail_signed(raw("reply-plain", letter), f"jo.{letter.tag}@postbag.invalid")
    assert bring(client, fields).status_code == 200


@pytest.mark.usefixtures("mailgun")
def test_a_signed_request_without_a_whole_mail_is_refused(client: Client) -> None:
    fields = mail_signed(b"", "a@b.example")
    del fields["body-mime"]
    assert bring(client, fields).status_code == 400
    assert not IncomingMail.objects.exists()


@pytest.mark.usefixtures("postmark")
@pytest.mark.parametrize("told", ["", "[]", "{}", '{"RawEmail": 1}', "[" * 100_000])
def test_what_is_no_mail_is_refused(client: Client, told: str) -> None:
    answer = client.post(
        "/webhooks/incoming/postmark/mime/",
        told,
        content_type="application/json",
        headers=basic(),
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("provider", ["mailgun", "postmark", "none", "sendgrid"])
def test_only_the_provider_of_the_settings_is_listened_to(
    client: Client, provider: str
) -> None:
    assert bring(client, {}, provider=provider).status_code == 404


@pytest.mark.usefixtures("mailgun")
def test_large_mails_may_come_and_nothing_else_that_is_large(
    client: Client, settings: Settings
) -> None:
    letter = gone()
    large = written(letter, "x" * 3_000_000)
    fields = mail_signed(
        large, f"jo.{letter.tag}@postbag.invalid", sender="a@b.example"
    )
    assert bring(client, fields).status_code == 200
    assert owed(letter) == ["forward"]
    assert client.post("/letters/lost/", {"email": "x" * 2_000_000}).status_code == 413
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
    assert bring(client, fields).status_code == 413


@pytest.mark.usefixtures("mailgun")
@pytest.mark.parametrize("kind", ["incoming", "events"])
def test_one_that_is_too_large_leaves_a_line_in_the_log_and_soon_none(
    client: Client, settings: Settings, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    settings.SIGN_INS_PER_ADDRESS_PER_HOUR = 2
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = settings.LARGEST_EVENTS_BYTES = 1000
    for _ in range(3):
        answer = client.post(
            f"/webhooks/{kind}/mailgun/", {"from": "jo@mail.example", "x": "x" * 2000}
        )
        assert answer.status_code == 413
    lines = [one for one in caplog.records if "larger than may come" in one.message]
    assert len(lines) == 2
    assert "jo@" not in caplog.text
    assert client.post("/letters/lost/", {"email": "x" * 2_000_000}).status_code == 413
    assert sum("larger than" in one.message for one in caplog.records) == 2
    assert refused.noted() == [refused.TOO_LARGE]


@pytest.mark.usefixtures("mailgun")
def test_a_forged_one_leaves_a_line_in_the_log_and_soon_none(
    client: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SIGN_INS_PER_ADDRESS_PER_HOUR = 2
    statuses = [bring(client, {}, headers={}).status_code for _ in range(3)]
    assert statuses == [403, 403, 429]
    lines = [one for one in caplog.records if "A webhook was refused" in one.message]
    assert len(lines) == 2
    # Strangers fill no table: staff are told once a day, and have nothing to decide.
    assert refused.noted() == [refused.PROVES_NOTHING]
    assert IncomingMail.objects.get().state == IncomingMail.State.DONE


@pytest.mark.usefixtures("mailgun")
def test_it_comes_again_while_the_letter_is_being_sent(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    letter.deliveries.update(state="sent", done_at=letter.created_at)
    fields = mail_signed(
        raw("bounce-postfix", letter), f"bounce.{letter.tag}@postbag.invalid"
    )
    answer = bring(client, fields)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert quiet.errors(caplog) == [AGAIN]


@pytest.mark.usefixtures("mailgun")
def test_it_comes_again_without_a_database(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("of jo@mail.example")

    monkeypatch.setattr(taking, "take_in", away)
    assert bring(client, mail_signed(b"", "a@b.example")).status_code == 503
    assert "jo@" not in caplog.text
    assert quiet.errors(caplog) == [AGAIN]


@pytest.mark.usefixtures("mailgun")
@pytest.mark.parametrize("away", ["the row", "all of it"])
def test_what_is_refused_is_refused_without_a_database_and_logged_once(
    client: Client,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    away: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OperationalError("of jo@mail.example")

    monkeypatch.setattr(daily, "note_refused", fail)
    if away == "all of it":
        monkeypatch.setattr(limiting, "take", fail)
    else:
        assert bring(client, {}, headers={}).status_code == 403
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    large = client.post("/webhooks/incoming/mailgun/", {"x": "x" * 2000})
    assert large.status_code == 413
    lines = [one.message for one in caplog.records if "refused" in one.message]
    proves_nothing = [refused.PROVES_NOTHING] if away == "the row" else []
    assert lines == [*proves_nothing, refused.TOO_LARGE]
    assert "jo@" not in caplog.text
