"""What follows from what a provider tells of a mail of ours, and what never does."""

from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client
from pytest_django import Settings

from actions import privacy, providers
from actions.models import (
    Delivery,
    FailingAddress,
    IncomingMail,
    Letter,
    LetterEvent,
    OfficeReport,
)
from tests.actions import quiet, told_by_providers
from tests.actions.factories import NOW, make_letter
from tests.actions.receiving.arriving import events, gone, owed, sent
from tests.actions.told_by_providers import (
    BY,
    KEY,
    Posted,
    listen,
    mail_of,
    state_of,
    tell,
    told_of,
)

pytestmark = [
    pytest.mark.django_db,
    # Anymail says at each request that it could not try SendGrid out.
    pytest.mark.filterwarnings("ignore:django-anymail has dropped official support"),
]


@pytest.fixture(autouse=True)
def _mailgun(settings: Settings) -> None:
    listen(settings, "mailgun")


@pytest.mark.parametrize("kind", [Delivery.Kind.CONFIRMATION, Delivery.Kind.REMINDER])
def test_a_supporters_address_that_fails_gets_no_more_mail(
    client: Client, kind: Delivery.Kind
) -> None:
    letter = make_letter()
    letter.deliveries.all().delete()
    mail = sent(letter, kind)
    Delivery.objects.create(
        letter=letter, kind=Delivery.Kind.LINKS, is_demo=letter.is_demo
    )
    posted = BY["mailgun"](mail, letter.sender_email)
    for _ in range(2):
        assert tell(client, posted).status_code == 200
    assert events(letter) == [LetterEvent.Kind.NOTICE_BOUNCED]
    assert owed(letter) == []
    assert not FailingAddress.objects.exists()


def test_a_supporter_who_marks_our_mail_as_spam_is_left_to_a_person(
    client: Client, admin_client: Client
) -> None:
    letter = gone()
    mail = sent(letter, Delivery.Kind.QUESTION)
    posted = BY["mailgun"](mail, letter.sender_email, "spam")
    assert tell(client, posted).status_code == 200
    row = IncomingMail.objects.for_a_person().get()
    assert row.kind == IncomingMail.Kind.COMPLAINT
    assert not OfficeReport.objects.exists()
    page = admin_client.get(f"/admin/actions/incomingmail/{row.pk}/")
    words = "What mailgun tells: complaint of a mail of ours to its writer"
    assert words in page.content.decode()
    assert "pass it on" not in page.content.decode()


@pytest.mark.parametrize(
    ("event", "cause", "for_a_person"),
    [
        (
            {"event": "rejected", "reject": {"reason": "Sandbox"}, "reason": "x"},
            "The mail provider refused it.",
            True,
        ),
        (
            {"event": "rejected", "reason": "suppress-bounce"},
            (
                "The mail provider sends nothing to this address, most often because "
                "mail to it came back before."
            ),
            False,
        ),
    ],
)
def test_what_the_provider_refused_says_so(
    client: Client, event: dict[str, Any], cause: str, *, for_a_person: bool
) -> None:
    letter = gone()
    posted = told_of(letter, **{"delivery-status": None, "severity": "", **event})
    assert tell(client, posted).status_code == 200
    assert state_of(letter) == Letter.State.BOUNCED
    assert letter.events.get().cause == cause
    assert IncomingMail.objects.for_a_person().exists() is for_a_person
    assert not FailingAddress.objects.exists()


def test_a_rule_against_our_mail_is_seen_by_a_person(client: Client) -> None:
    letter = gone()
    answer = {"message": "550 5.7.1 blocked by policy", "code": 550}
    assert (
        tell(
            client, told_of(letter, "bounce", **{"delivery-status": answer})
        ).status_code
        == 200
    )
    assert state_of(letter) == Letter.State.BOUNCED
    assert IncomingMail.objects.for_a_person().exists()
    assert not FailingAddress.objects.exists()


@pytest.mark.parametrize(
    ("provider", "event"),
    [
        ("brevo", {"event": "soft_bounce", "reason": ""}),
        ("mandrill", {"event": "soft_bounce", "msg": None}),
        ("mailersend", {"type": "soft_bounced", "morph": None}),
        ("mailjet", {"hard_bounce": False, "error": "", "smtp_reply": ""}),
        ("postmark", {"Type": "SoftBounce", "Details": "", "Description": ""}),
        ("sendgrid", {"type": "blocked", "reason": ""}),
    ],
)
def test_what_may_get_better_does_not_mark_the_address(
    client: Client, settings: Settings, provider: str, event: dict[str, Any]
) -> None:
    listen(settings, provider)
    letter = gone()
    mail = mail_of(letter)
    if provider == "mandrill":
        event["msg"] = {
            "email": letter.recipient_email,
            "metadata": {providers.OURS: str(mail.pk)},
        }
    posted = BY[provider](mail, letter.recipient_email, **event)
    assert tell(client, posted, provider=provider).status_code == 200
    assert state_of(letter) == Letter.State.BOUNCED
    assert letter.events.get().cause.startswith("450")
    assert not FailingAddress.objects.exists()


@pytest.mark.parametrize(
    "event",
    [
        {"event": "delivered"},
        {"event": "opened"},
        {"event": "clicked", "url": "https://mp.example/"},
        {"event": "unsubscribed"},
        {"event": "failed", "severity": "temporary"},
        {"event": "what?"},
    ],
)
def test_nothing_else_is_kept_or_looked_at(
    client: Client, event: dict[str, str]
) -> None:
    letter = gone()
    assert tell(client, told_of(letter, **event)).status_code == 200
    assert not IncomingMail.objects.exists()
    assert events(letter) == []


def test_an_event_of_another_recipient_is_left_to_a_person(client: Client) -> None:
    letter = gone()
    posted = BY["mailgun"](mail_of(letter), "other@mp.example")
    assert tell(client, posted).status_code == 200
    assert state_of(letter) == Letter.State.ACCEPTED
    assert IncomingMail.objects.for_a_person().get().kind == IncomingMail.Kind.DOUBT


def test_a_mail_that_nobody_here_knows_is_noted_and_nothing_more(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = Delivery()
    posted = BY["mailgun"](stranger, "somebody@mp.example")
    nameless = BY["mailgun"](stranger, "a@mp.example", **{"user-variables": {}})
    for one in (posted, posted, nameless):
        assert tell(client, one).status_code == 200
    rows = IncomingMail.objects.all()
    assert {(row.letter_id, row.kind, row.state) for row in rows} == {
        (None, "bounce", "done")
    }
    assert len(rows) == 2
    assert "somebody" not in caplog.text


def test_our_message_id_tells_which_mail_it_was(client: Client) -> None:
    letter = gone()
    domain = project.SENDER_ADDRESS.partition("@")[2]
    headers = {"headers": {"message-id": f"{mail_of(letter).pk}@{domain}"}}
    posted = told_of(letter, "bounce", **{"user-variables": {}, "message": headers})
    assert tell(client, posted).status_code == 200
    assert state_of(letter) == Letter.State.BOUNCED


def test_a_late_event_of_an_answered_letter_is_left_to_a_person(
    client: Client, admin_client: Client
) -> None:
    letter = gone(Letter.State.ANSWERED)
    assert tell(client, told_of(letter)).status_code == 200
    assert state_of(letter) == Letter.State.ANSWERED
    row = IncomingMail.objects.for_a_person().get()
    page = admin_client.get(f"/admin/actions/incomingmail/{row.pk}/")
    assert "user unknown" in page.content.decode()


def test_a_late_event_of_an_erased_letter_changes_nothing(client: Client) -> None:
    letter = gone()
    posted = told_of(letter)
    privacy.forget(letter, now=NOW)
    told = events(letter)
    assert tell(client, posted).status_code == 200
    assert state_of(letter) == Letter.State.ACCEPTED
    assert events(letter) == told
    assert IncomingMail.objects.get().letter is None


def test_it_is_told_again_while_the_letter_is_being_sent(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    letter.deliveries.update(state="sent", done_at=letter.created_at)
    answer = tell(client, told_of(letter))
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert not IncomingMail.objects.exists()
    assert quiet.errors(caplog) == ["Service Unavailable: /webhooks/events/mailgun/"]


def test_what_is_too_large_is_refused_unread(
    client: Client, settings: Settings
) -> None:
    settings.LARGEST_EVENTS_BYTES = 1_000
    letter = gone()
    large = told_of(letter, padding="x" * 1_000)
    assert tell(client, large).status_code == 413
    assert state_of(letter) == Letter.State.ACCEPTED


def test_whoever_forges_again_and_again_is_told_to_wait(
    client: Client, settings: Settings
) -> None:
    settings.SIGN_INS_PER_ADDRESS_PER_HOUR = 1
    forged = Posted(b"{}")
    assert tell(client, forged, headers={}).status_code == 403
    answer = tell(client, forged, headers={})
    assert (answer.status_code, answer.has_header("Retry-After")) == (429, True)
    assert tell(client, told_of(gone())).status_code == 200


def test_mail_that_is_brought_where_events_are_told_is_not_lost_in_silence(
    client: Client, settings: Settings
) -> None:
    listen(settings, "mandrill")
    brought = {"event": "inbound", "msg": {"raw_msg": "Subject: Re\r\n\r\nYes"}}
    posted = told_by_providers.mandrill_signed([brought])
    assert tell(client, posted, provider="mandrill").status_code == 400


def test_a_provider_whose_package_is_missing_is_told_to_come_again(
    client: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    listen(settings, "resend")
    # Anymail checks that with a package that is not installed here.
    settings.ANYMAIL = {**settings.ANYMAIL, "RESEND_SIGNING_SECRET": KEY}
    assert tell(client, Posted(b"{}"), provider="resend").status_code == 503
    assert quiet.errors(caplog) == ["Service Unavailable: /webhooks/events/resend/"]


@pytest.mark.parametrize("odd", ["\ud800", "\x00", "x" * 100_000, "a@b\r\nBcc: c@d"])
@pytest.mark.parametrize("what", ["bounce", "spam"])
def test_whatever_a_provider_repeats_is_taken_in(
    client: Client, odd: str, what: str
) -> None:
    letter = gone(Letter.State.ANSWERED)
    answer = {"message": f"550 {odd}", "description": odd}
    of_whom = {"recipient": odd, "user-variables": {"odd": odd}, "tags": [odd]}
    headers = {"headers": {"message-id": odd}}
    for changed in (
        {"delivery-status": answer},
        {"delivery-status": answer, "recipient": odd},
        {"delivery-status": answer, "message": headers, **of_whom},
    ):
        posted = told_of(letter, what, **changed)
        assert tell(client, posted).status_code == 200
    assert state_of(letter) == Letter.State.ANSWERED


def test_a_provider_brings_no_cookie_and_needs_none() -> None:
    letter = gone()
    assert tell(Client(enforce_csrf_checks=True), told_of(letter)).status_code == 200
    assert state_of(letter) == Letter.State.BOUNCED
