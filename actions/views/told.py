"""What a provider's webhook tells of mails of ours, in Anymail's terms and in ours.

Of what it may tell only this is read: that a mail came back, and that somebody marked
it as spam. What else comes, such as who opened what, is dropped unread.
"""

from collections.abc import Callable
from typing import Final

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.webhooks.amazon_ses import AmazonSESTrackingWebhookView
from anymail.webhooks.base import AnymailBaseWebhookView
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailersend import MailerSendTrackingWebhookView
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.mailjet import MailjetTrackingWebhookView
from anymail.webhooks.mailtrap import MailtrapTrackingWebhookView
from anymail.webhooks.mandrill import MandrillCombinedWebhookView
from anymail.webhooks.postal import PostalTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from anymail.webhooks.resend import ResendTrackingWebhookView
from anymail.webhooks.sendgrid import SendGridTrackingWebhookView
from anymail.webhooks.sparkpost import SparkPostTrackingWebhookView
from anymail.webhooks.unisender_go import UnisenderGoTrackingWebhookView
from django.http import HttpRequest

from actions import providers, refusals
from actions.incoming.verdicts import Kind
from actions.receiving.events import Event

VIEWS: Final[dict[str, Callable[[], AnymailBaseWebhookView]]] = {
    "amazon_ses": AmazonSESTrackingWebhookView,
    "brevo": BrevoTrackingWebhookView,
    "mailersend": MailerSendTrackingWebhookView,
    "mailgun": MailgunTrackingWebhookView,
    "mailjet": MailjetTrackingWebhookView,
    "mailtrap": MailtrapTrackingWebhookView,
    "mandrill": MandrillCombinedWebhookView,
    "postal": PostalTrackingWebhookView,
    "postmark": PostmarkTrackingWebhookView,
    "resend": ResendTrackingWebhookView,
    "sendgrid": SendGridTrackingWebhookView,
    "sparkpost": SparkPostTrackingWebhookView,
    "unisender_go": UnisenderGoTrackingWebhookView,
}
_KINDS: Final = {
    EventType.BOUNCED: Kind.BOUNCE,
    EventType.REJECTED: Kind.BOUNCE,
    EventType.FAILED: Kind.BOUNCE,
    EventType.COMPLAINED: Kind.COMPLAINT,
}
# Where a provider says, in its own words, that it gave up on what may get better.
_SOFT: Final[dict[str, tuple[tuple[str, ...], frozenset[object]]]] = {
    "amazon_ses": (("bounce", "bounceType"), frozenset({"Transient"})),
    "brevo": (("event",), frozenset({"soft_bounce"})),
    "mailersend": (("data", "type"), frozenset({"soft_bounced"})),
    "mailjet": (("hard_bounce",), frozenset({False})),
    "mandrill": (("event",), frozenset({"soft_bounce"})),
    "postmark": (("Type",), frozenset({"SoftBounce"})),
    "sendgrid": (("type",), frozenset({"blocked"})),
}
_LONGEST_WORDS: Final = 2_000
# That it sends nothing to an address, whatever it is.
_OF_THE_ADDRESS: Final = frozenset(
    {
        RejectReason.BLOCKED,
        RejectReason.BOUNCED,
        RejectReason.INVALID,
        RejectReason.SPAM,
        RejectReason.TIMED_OUT,
        RejectReason.UNSUBSCRIBED,
    }
)
# Which of them say "blocked" of our mail, too.
_BLOCK_US_TOO: Final = frozenset({"amazon_ses", "postmark"})


def read(
    request: HttpRequest, view: AnymailBaseWebhookView, provider: str
) -> tuple[list[Event], bool]:
    """Read what a request tells that something follows from, and if it tells anything.

    Raises:
        ValueError: it brings mail that came in, which belongs to another address.
        Exception: of many kinds, by Anymail, where it is not what a provider sends.

    """
    told = view.parse_events(request)
    if any(one.event_type == EventType.INBOUND for one in told):
        message = "Mail was brought where events are told."
        raise ValueError(message)
    understood = [
        _understood(one, provider) for one in told if one.event_type in _KINDS
    ]
    return understood, bool(told)


def _understood(told: AnymailTrackingEvent, provider: str) -> Event:
    kept, tags, name = told.metadata, told.tags, told.message_id
    kind = _KINDS[told.event_type]
    if kind == Kind.BOUNCE and _may_be_an_absence(told, provider):
        kind = Kind.DOUBT
    name = name if isinstance(name, str) else ""
    return Event(
        kind=kind,
        provider=provider,
        mail=providers.mail_named(
            kept if isinstance(kept, dict) else {},
            tags if isinstance(tags, list) else [],
            name,
        ),
        name=name or str(told.event_id or ""),
        recipient=told.recipient if isinstance(told.recipient, str) else "",
        reason=_reason(told, provider) if kind == Kind.BOUNCE else "",
        words=_words(told),
    )


def _reason(told: AnymailTrackingEvent, provider: str) -> str:
    """Say why it came back: the mail server's answer, or what the provider decided."""
    words = _words(told)
    is_of_a_server = refusals.holds_an_answer(words)
    is_by_a_provider = (
        told.event_type != EventType.BOUNCED
        or told.reject_reason == RejectReason.BLOCKED
    )
    if is_by_a_provider and not is_of_a_server:
        is_of_us = told.reject_reason not in _OF_THE_ADDRESS or (
            told.reject_reason == RejectReason.BLOCKED and provider in _BLOCK_US_TOO
        )
        return (
            refusals.PROVIDER_REFUSED if is_of_us else refusals.PROVIDER_SENDS_NOTHING
        )
    path, soft = _SOFT.get(provider, ((), frozenset()))
    status = "4.0.0" if _at(told.esp_event, *path) in soft else ""
    return refusals.told_in_a_bounce(status, words)


def _may_be_an_absence(told: AnymailTrackingEvent, provider: str) -> bool:
    """Whether it is the kind of bounce that Amazon takes absence notices for."""
    return provider == "amazon_ses" and (
        _at(told.esp_event, "bounce", "bounceType"),
        _at(told.esp_event, "bounce", "bounceSubType"),
    ) == ("Transient", "General")


def _words(told: AnymailTrackingEvent) -> str:
    return str(told.mta_response or told.description or "")[:_LONGEST_WORDS]


def _at(told: object, *path: str) -> object:
    for key in path:
        told = told.get(key) if isinstance(told, dict) else None
    return told if isinstance(told, str | bool) else None
