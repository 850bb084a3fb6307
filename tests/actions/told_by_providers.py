"""What providers post to tell of a mail, shaped and signed as each documents it."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.test import Client
from pytest_django import Settings

from actions import providers
from actions.models import Delivery, Letter

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Page

SECRET = "postbag:a-long-random-password-of-theirs"
KEY = "key-of-their-signature"
GONE = "550 5.1.1 <somebody@mp.example> user unknown"
# What each needs in Anymail's settings.
KEYS = {
    "mailersend": {"MAILERSEND_SIGNING_SECRET": KEY},
    "mailgun": {"MAILGUN_WEBHOOK_SIGNING_KEY": KEY},
    "mailtrap": {"MAILTRAP_TRACKING_SECRET": KEY},
    "mandrill": {"MANDRILL_WEBHOOK_KEY": KEY},
    "unisender_go": {"UNISENDER_GO_API_KEY": KEY},
}


@dataclass(frozen=True)
class Posted:
    """One request."""

    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


def basic(secret: str = SECRET) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}


def mail_signed(content: bytes, recipient: str, **fields: str) -> dict[str, str]:
    """Bring a mail and sign that as Mailgun does."""
    timestamp, token = "1795348800", "t" * 50
    signature = hmac.new(KEY.encode(), f"{timestamp}{token}".encode(), hashlib.sha256)
    return {
        "recipient": recipient,
        "sender": "",
        "timestamp": timestamp,
        "token": token,
        "signature": signature.hexdigest(),
        "body-mime": content.decode(),
        **fields,
    }


def at(provider: str) -> str:
    return f"/webhooks/events/{provider}/"


def _json(told: Any, **headers: str) -> Posted:
    return Posted(json.dumps(told).encode(), headers=headers)


def _signed_body(told: Any, header: str) -> Posted:
    body = json.dumps(told).encode()
    signature = hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()
    return Posted(body, headers={header: signature})


def _ours(mail: Delivery) -> dict[str, str]:
    return {providers.OURS: str(mail.pk)}


# --- Each provider ------------------------------------------------------------------


def mailgun(mail: Delivery, to: str, what: str = "bounce", **event: Any) -> Posted:
    """Write Mailgun's event; ``event`` changes fields of it."""
    timestamp, token = "1795348800", "t" * 50
    signature = hmac.new(KEY.encode(), f"{timestamp}{token}".encode(), hashlib.sha256)
    kinds: dict[str, dict[str, Any]] = {
        "bounce": {
            "event": "failed",
            "severity": "permanent",
            "reason": "bounce",
            "delivery-status": {"code": 550, "message": GONE, "description": ""},
        },
        "spam": {"event": "complained"},
    }
    told = {
        "signature": {
            "timestamp": timestamp,
            "token": token,
            "signature": signature.hexdigest(),
        },
        "event-data": {
            "id": "e1",
            "timestamp": 1795348800.123,
            "recipient": to,
            "message": {"headers": {"message-id": "1@provider.example", "to": to}},
            "user-variables": _ours(mail),
            **kinds[what],
            **event,
        },
    }
    return _json(told)


def postmark(mail: Delivery, to: str, what: str = "bounce", **event: Any) -> Posted:
    kinds = {
        "bounce": {"RecordType": "Bounce", "Type": "HardBounce"},
        "spam": {"RecordType": "SpamComplaint", "Type": "SpamComplaint"},
    }
    told = {
        "ID": 42,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Email": to,
        "Metadata": _ours(mail),
        "Description": "The server was unable to deliver your message.",
        "Details": f"smtp;{GONE}",
        "BouncedAt": "2026-11-26T10:00:00Z",
        **kinds[what],
        **event,
    }
    return _json(told)


def brevo(mail: Delivery, to: str, what: str = "bounce", **event: Any) -> Posted:
    told = {
        "event": {"bounce": "hard_bounce", "spam": "spam"}[what],
        "email": to,
        "id": 1,
        "ts_epoch": 1795348800000,
        "message-id": "<201798300811.5787683@smtp-relay.example>",
        "X-Mailin-custom": json.dumps(_ours(mail)),
        "reason": GONE,
        **event,
    }
    return _json(told)


def mailjet(mail: Delivery, to: str, what: str = "bounce", **event: Any) -> Posted:
    told = {
        "event": what,
        "time": 1795348800,
        "MessageID": 19421777396190490,
        "email": to,
        "Payload": json.dumps(_ours(mail)),
        **({"hard_bounce": True, "error": "user unknown"} if what == "bounce" else {}),
        "comment": "",
        "smtp_reply": GONE,
        **event,
    }
    return _json([told])


def sparkpost(mail: Delivery, to: str, what: str = "bounce", **event: Any) -> Posted:
    told = {
        "type": {"bounce": "bounce", "spam": "spam_complaint"}[what],
        "bounce_class": "10",
        "raw_reason": GONE,
        "raw_rcpt_to": to,
        "rcpt_meta": _ours(mail),
        "transmission_id": "65832150921904138",
        "event_id": "92356927693813856",
        "timestamp": "1795348800",
        **event,
    }
    if what == "spam":
        del told["bounce_class"]
    return _json([{"msys": {}}, {"msys": {"message_event": told}}])


def sendgrid(mail: Delivery, to: str, what: str = "bounce", **event: Any) -> Posted:
    told = {
        "event": {"bounce": "bounce", "spam": "spamreport"}[what],
        "type": "bounce",
        "email": to,
        "timestamp": 1795348800,
        "smtp-id": "<1@provider.example>",
        "sg_event_id": "s1",
        "reason": GONE,
        **_ours(mail),
        **event,
    }
    return _json([told])


def mailersend(mail: Delivery, to: str, what: str = "bounce", **event: Any) -> Posted:
    told = {
        "type": "activity.hard_bounced",
        "data": {
            "id": "62f114f8165fe0d8db0288e3",
            "type": {"bounce": "hard_bounced", "spam": "spam_complaint"}[what],
            "created_at": "2026-11-26T10:00:00.000000Z",
            "email": {
                "message": {"id": "62f114f7165fe0d8db0288e2"},
                "recipient": {"email": to},
                "tags": [str(mail.pk)],
            },
            "morph": {"object": "recipient_bounce", "reason": GONE},
            **event,
        },
    }
    return _signed_body(told, "Signature")


def mailtrap(mail: Delivery, to: str, what: str = "bounce", **event: Any) -> Posted:
    told = {
        "event": what,
        "message_id": "1df37d17-0286-4d8b-8edf-bc4ec5be86e6",
        "email": to,
        "timestamp": 1795348800,
        "event_id": "bede7236-2284-43d6-a953-1fdcafd0fdbc",
        "custom_variables": _ours(mail),
        "response": GONE,
        **event,
    }
    return _signed_body({"events": [told]}, "Mailtrap-Signature")


def mandrill(mail: Delivery, to: str, what: str = "bounce", **event: Any) -> Posted:
    told = {
        "event": {"bounce": "hard_bounce", "spam": "spam"}[what],
        "_id": "abc",
        "ts": 1795348800,
        "msg": {"email": to, "metadata": _ours(mail), "diag": f"smtp;{GONE}"},
        **event,
    }
    return mandrill_signed([told])


def mandrill_signed(told: Any, path: str = at("mandrill")) -> Posted:
    """Sign as Mandrill does: the whole address, and what is posted."""
    fields = {"mandrill_events": json.dumps(told)}
    signed = (
        f"http://{SECRET}@testserver{path}mandrill_events" + (fields["mandrill_events"])
    )
    signature = hmac.new(KEY.encode(), signed.encode(), hashlib.sha1).digest()
    return Posted(
        urlencode(fields).encode(),
        "application/x-www-form-urlencoded",
        {"X-Mandrill-Signature": base64.b64encode(signature).decode()},
    )


def resend(mail: Delivery, to: str, what: str = "bounce", **event: Any) -> Posted:
    kept = {"name": "X-Metadata", "value": json.dumps(_ours(mail))}
    told = {
        "type": {"bounce": "email.bounced", "spam": "email.complained"}[what],
        "created_at": "2026-11-26T10:00:00.000Z",
        "data": {
            "email_id": "56761188-7520-42d8-8898-ff6fc54ce618",
            "to": [to],
            "headers": [kept],
            "bounce": {
                "message": "The recipient's server sent a bounce message: "
                "the user is unknown."
            },
            **event,
        },
    }
    return _json(told, **{"svix-id": "msg_1"})


def unisender_go(mail: Delivery, to: str, what: str = "bounce", **event: Any) -> Posted:
    told = {
        "event_name": "transactional_email_status",
        "event_data": {
            "job_id": "1a3Q2V-0000OZ-S0",
            "metadata": _ours(mail),
            "email": to,
            "status": {"bounce": "hard_bounced", "spam": "spam"}[what],
            "event_time": "2026-11-26 10:00:00",
            "delivery_info": {
                "delivery_status": "err_user_unknown",
                "destination_response": GONE,
            },
            **event,
        },
    }
    unsigned = {
        "auth": KEY,
        "events_by_user": [{"user_id": 1, "events": [told]}],
    }
    signature = hashlib.md5(
        json.dumps(unsigned).encode(), usedforsecurity=False
    ).hexdigest()
    return _json({**unsigned, "auth": signature})


BY: dict[str, Callable[..., Posted]] = {
    "brevo": brevo,
    "mailersend": mailersend,
    "mailgun": mailgun,
    "mailjet": mailjet,
    "mailtrap": mailtrap,
    "mandrill": mandrill,
    "postmark": postmark,
    "resend": resend,
    "sendgrid": sendgrid,
    "sparkpost": sparkpost,
    "unisender_go": unisender_go,
}


# --- Posting it -----------------------------------------------------------------------


def listen(settings: Settings, provider: str) -> None:
    settings.EVENTS_WEBHOOK = provider
    settings.ANYMAIL = {"WEBHOOK_SECRET": [SECRET], **KEYS.get(provider, {})}


def tell(
    client: Client,
    posted: Posted,
    *,
    provider: str = "mailgun",
    headers: Mapping[str, str] | None = None,
) -> "Page":
    return client.post(
        at(provider),
        posted.body,
        content_type=posted.content_type,
        headers={**(basic() if headers is None else headers), **posted.headers},
    )


def mail_of(letter: Letter) -> Delivery:
    return letter.deliveries.get(kind=Delivery.Kind.LETTER)


def told_of(letter: Letter, what: str = "bounce", **event: Any) -> Posted:
    """What Mailgun tells of a letter."""
    return mailgun(mail_of(letter), letter.recipient_email, what, **event)


def state_of(letter: Letter) -> str:
    letter.refresh_from_db()
    return letter.state
