"""Where a provider's webhook holds the mail that it brings, as it came.

What Anymail would make of the mail is not used, as the standard library's parser stands
behind it, which strangers' mail can keep busy. Providers that bring parts of a mail, or
only say where it can be fetched, are not listened to: a bounce's structure is lost in
these parts (docs/decisions/0031-what-providers-tell.md).
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple, cast

from anymail.webhooks.base import AnymailBaseWebhookView
from anymail.webhooks.mailersend import MailerSendInboundWebhookView
from anymail.webhooks.mailgun import MailgunInboundWebhookView
from anymail.webhooks.mandrill import MandrillCombinedWebhookView
from anymail.webhooks.postal import PostalInboundWebhookView
from anymail.webhooks.postmark import PostmarkInboundWebhookView
from anymail.webhooks.sendgrid import SendGridInboundWebhookView
from anymail.webhooks.sparkpost import SparkPostInboundWebhookView
from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, QueryDict

from actions.incoming.values import Envelope


class Handed(NamedTuple):
    """A mail as a provider hands it over."""

    raw: bytes
    envelope: Envelope


class Bringer(NamedTuple):
    """How a provider proves itself, and where its request holds the mails."""

    view: Callable[..., AnymailBaseWebhookView]
    # Raises KeyError, TypeError or ValueError where a mail is not there whole.
    read: Callable[[HttpRequest], Iterable[Handed]]


def read_form(request: HttpRequest) -> None:
    """Read a form that was sent as one line, for whoever asks for its fields.

    The standard library makes an object of every byte that is written as three: a mail
    of 34 MB took eight gigabytes and 50 seconds.

    Raises:
        TooManyFieldsSent, RequestDataTooBig: more came than may.

    """
    if request.content_type != "application/x-www-form-urlencoded":
        return
    fields = QueryDict(mutable=True)
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS or 0
    pairs = request.body.split(b"&", most)
    if len(pairs) > most:
        raise TooManyFieldsSent
    for pair in pairs:
        name, _, value = pair.partition(b"=")
        fields.appendlist(_unquoted(name), _unquoted(value))
    request.POST = cast("Any", fields)


def _unquoted(written: bytes) -> str:
    """Read what stands in a form, as quoted-printable: that differs in its signs."""
    lines = written.replace(b"+", b" ").replace(b"=", b"=3D").replace(b"%", b"=")
    return binascii.a2b_qp(lines).decode(errors="replace")


def _handed(
    written: Any, sender: Any, recipient: Any, *, is_base64: bool = False
) -> Handed:
    """Check what a request says of a mail.

    Raises:
        TypeError, ValueError: it says something else.

    """
    if not isinstance(written, str) or not isinstance(recipient, str):
        raise TypeError
    raw = (
        base64.b64decode(written, validate=False)
        if is_base64
        else written.encode(errors="replace")
    )
    return Handed(raw, Envelope(sender if isinstance(sender, str) else None, recipient))


def _of_mailersend(request: HttpRequest) -> Iterable[Handed]:
    """Read what its inbound routes post."""
    told = json.loads(request.body)["data"]
    sender = told["sender"]["email"]
    for recipient in told["recipients"]["rcptTo"]:
        yield _handed(told["raw"], sender, recipient["email"])


def _of_mailgun(request: HttpRequest) -> Iterable[Handed]:
    """Read what its routes forward to an address that ends with "mime/"."""
    fields = request.POST
    yield _handed(fields["body-mime"], fields.get("sender"), fields["recipient"])


def _of_mandrill(request: HttpRequest) -> Iterable[Handed]:
    """Read what its inbound routes post, several at a time."""
    for event in json.loads(request.POST["mandrill_events"]):
        message = event["msg"]
        yield _handed(message["raw_msg"], None, message["email"])


def _of_postal(request: HttpRequest) -> Iterable[Handed]:
    """Read what an HTTP endpoint is sent as "raw message"."""
    told = json.loads(request.body)
    yield _handed(
        told["message"],
        told.get("mail_from"),
        told["rcpt_to"],
        is_base64=told.get("base64") is True,
    )


def _of_postmark(request: HttpRequest) -> Iterable[Handed]:
    """Read what it sends if it is told to include the raw mail."""
    told = json.loads(request.body)
    yield _handed(told["RawEmail"], None, told["OriginalRecipient"])


def _of_sendgrid(request: HttpRequest) -> Iterable[Handed]:
    """Read what it posts if it is told to post the raw, full message."""
    envelope = json.loads(request.POST["envelope"])
    for recipient in envelope["to"]:
        yield _handed(request.POST["email"], envelope.get("from"), recipient)


def _of_sparkpost(request: HttpRequest) -> Iterable[Handed]:
    """Read what a relay webhook posts, several at a time."""
    for event in json.loads(request.body):
        # It sends an empty one to try the address out.
        if not event["msys"]:
            continue
        told = event["msys"]["relay_message"]
        content = told["content"]
        yield _handed(
            content["email_rfc822"],
            told.get("msg_from"),
            told["rcpt_to"],
            is_base64=content.get("email_rfc822_is_base64") is True,
        )


PROVIDERS: Final = {
    "mailersend": Bringer(MailerSendInboundWebhookView, _of_mailersend),
    "mailgun": Bringer(MailgunInboundWebhookView, _of_mailgun),
    "mandrill": Bringer(MandrillCombinedWebhookView, _of_mandrill),
    "postal": Bringer(PostalInboundWebhookView, _of_postal),
    "postmark": Bringer(PostmarkInboundWebhookView, _of_postmark),
    "sendgrid": Bringer(SendGridInboundWebhookView, _of_sendgrid),
    "sparkpost": Bringer(SparkPostInboundWebhookView, _of_sparkpost),
}
