"""Providers whose webhooks Anymail checks with packages that Postbag does without."""

import base64
import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from actions.models import Delivery, IncomingMail, Letter
from tests.actions import refused
from tests.actions.receiving.arriving import gone, owed, raw
from tests.actions.told_by_providers import (
    GONE,
    SECRET,
    Posted,
    basic,
    mail_of,
    state_of,
    tell,
)

pytestmark = pytest.mark.django_db


class Postal:
    """Signs with a key of its own, as Postal does."""

    def __init__(self) -> None:
        wanted = "cryptography, of django-anymail[postal], is not installed"
        self.padding = pytest.importorskip(
            "cryptography.hazmat.primitives.asymmetric.padding", reason=wanted
        )
        self.hashes = pytest.importorskip("cryptography.hazmat.primitives.hashes")
        rsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.rsa")
        self.serialization = pytest.importorskip(
            "cryptography.hazmat.primitives.serialization"
        )
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def public(self) -> str:
        """Give the key as it stands in the settings."""
        der = self.key.public_key().public_bytes(
            self.serialization.Encoding.DER,
            self.serialization.PublicFormat.SubjectPublicKeyInfo,
        )
        return base64.b64encode(der).decode()

    def posted(self, told: Any) -> Posted:
        """Sign a request."""
        body = json.dumps(told).encode()
        signature = self.key.sign(body, self.padding.PKCS1v15(), self.hashes.SHA1())
        return Posted(
            body, headers={"X-Postal-Signature": base64.b64encode(signature).decode()}
        )


@pytest.fixture
def postal(settings: Settings) -> Postal:
    server = Postal()
    settings.EVENTS_WEBHOOK = settings.INCOMING_WEBHOOK = "postal"
    settings.ANYMAIL = {"POSTAL_WEBHOOK_KEY": server.public}
    return server


def _failed(mail: Delivery, to: str) -> dict[str, Any]:
    return {
        "event": "MessageDeliveryFailed",
        "timestamp": 1795348800.0,
        "uuid": "0d2b9f",
        "payload": {
            "status": "HardFail",
            "details": "Permanent SMTP delivery error",
            "output": GONE,
            "message": {
                "id": 12345,
                "direction": "outgoing",
                "to": to,
                "tag": str(mail.pk),
            },
        },
    }


def test_postal_tells_that_a_letter_came_back(client: Client, postal: Postal) -> None:
    letter = gone()
    told = _failed(mail_of(letter), letter.recipient_email)
    posted = postal.posted(told)
    assert tell(client, posted, provider="postal", headers={}).status_code == 200
    assert state_of(letter) == Letter.State.BOUNCED
    assert letter.events.get().cause.startswith("550 5.1.1")


def test_another_server_of_postal_is_not_believed(
    client: Client, postal: Postal
) -> None:
    letter = gone()
    told = _failed(mail_of(letter), letter.recipient_email)
    for forged in (Postal().posted(told), Posted(b"{}", headers={})):
        assert tell(client, forged, provider="postal").status_code == 403
    assert refused.noted() == [refused.PROVES_NOTHING]


def test_postal_brings_mail_whole(client: Client, postal: Postal) -> None:
    letter = gone()
    content = raw("reply-plain", letter)
    posted = postal.posted(
        {
            "message": base64.b64encode(content).decode(),
            "base64": True,
            "mail_from": "jane@mp.example",
            "rcpt_to": f"jo.{letter.tag}@postbag.invalid",
        }
    )
    answer = client.post(
        "/webhooks/incoming/postal/mime/",
        posted.body,
        content_type=posted.content_type,
        headers=dict(posted.headers),
    )
    assert answer.status_code == 200
    assert owed(letter) == ["forward"]


# --- Amazon SES ---------------------------------------------------------------------


@pytest.fixture
def amazon(settings: Settings) -> None:
    wanted = "boto3, of django-anymail[amazon-ses], is not installed"
    pytest.importorskip("boto3", reason=wanted)
    settings.EVENTS_WEBHOOK = "amazon_ses"
    settings.ANYMAIL = {"WEBHOOK_SECRET": [SECRET]}


def _notified(mail: Delivery, to: str, **bounce: str) -> Posted:
    kept = {"name": "X-Metadata", "value": json.dumps({"postbag_mail": str(mail.pk)})}
    event = {
        "eventType": "Bounce",
        "mail": {"messageId": "0100", "destination": [to], "headers": [kept]},
        "bounce": {
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [{"emailAddress": to, "diagnosticCode": GONE}],
            **bounce,
        },
    }
    told = {
        "Type": "Notification",
        "MessageId": "19ba9823",
        "TopicArn": "arn:aws:sns:eu-west-2:1234:postbag",
        "Timestamp": "2026-11-26T10:00:00.000Z",
        "Message": json.dumps(event),
    }
    return Posted(
        json.dumps(told).encode(),
        "text/plain; charset=UTF-8",
        {
            "x-amz-sns-message-type": "Notification",
            "x-amz-sns-message-id": "19ba9823",
        },
    )


@pytest.mark.usefixtures("amazon")
def test_amazon_tells_that_a_letter_came_back(client: Client) -> None:
    letter = gone()
    posted = _notified(mail_of(letter), letter.recipient_email)
    for headers, status in (({}, 401), (basic("a:b"), 403), (basic(), 200)):
        answer = tell(client, posted, provider="amazon_ses", headers=headers)
        assert answer.status_code == status
        assert answer.has_header("WWW-Authenticate") is (status == 401)
    assert state_of(letter) == Letter.State.BOUNCED


@pytest.mark.usefixtures("amazon")
def test_what_amazon_may_take_an_absence_for_is_left_to_a_person(
    client: Client,
) -> None:
    letter = gone()
    posted = _notified(mail_of(letter), letter.recipient_email, bounceType="Transient")
    assert tell(client, posted, provider="amazon_ses").status_code == 200
    assert state_of(letter) == Letter.State.ACCEPTED
    assert IncomingMail.objects.for_a_person().exists()
