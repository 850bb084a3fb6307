"""Mail that a provider hands over by a request of its own (a webhook).

Anymail checks that the request is the provider's: by a secret in the address, and by
its signature. What it would make of the mail is not used, as the standard library's
parser stands behind it, which strangers' mail can keep busy; nor are its signals.
"""

import json
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Final, NamedTuple

from anymail.webhooks.base import AnymailBaseWebhookView
from anymail.webhooks.mailgun import MailgunInboundWebhookView
from anymail.webhooks.postmark import PostmarkInboundWebhookView
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from actions import limiting
from actions.errors import TemporaryDeliveryError, TooEarlyError, TooManyError
from actions.incoming.values import Envelope
from actions.receiving import taking
from representatives.clients import address_of

logger = logging.getLogger(__name__)

_AGAIN_IN_SECONDS: Final = 60
_TOLD_AGAIN: Final = (
    TooEarlyError,
    TemporaryDeliveryError,
    OperationalError,
    InterfaceError,
)


class _Handed(NamedTuple):
    """A mail as a provider hands it over."""

    raw: bytes
    envelope: Envelope


class _Provider(NamedTuple):
    """How a provider proves itself, and where its request holds the mail."""

    view: type[AnymailBaseWebhookView]
    # Raises KeyError, TypeError or ValueError where the mail is not there whole.
    read: Callable[[HttpRequest], _Handed]


def _of_mailgun(request: HttpRequest) -> _Handed:
    """Read what its routes forward to an address that ends with "mime/"."""
    written, fields = request.POST["body-mime"], request.POST
    envelope = Envelope(fields.get("sender"), fields["recipient"])
    return _Handed(written.encode(errors="replace"), envelope)


def _of_postmark(request: HttpRequest) -> _Handed:
    """Read what it sends if it is told to include the raw mail."""
    told = json.loads(request.body)
    written, recipient = told["RawEmail"], told["OriginalRecipient"]
    if not isinstance(written, str) or not isinstance(recipient, str):
        raise TypeError
    return _Handed(written.encode(errors="replace"), Envelope(None, recipient))


PROVIDERS: Final = {
    "mailgun": _Provider(MailgunInboundWebhookView, _of_mailgun),
    "postmark": _Provider(PostmarkInboundWebhookView, _of_postmark),
}


@csrf_exempt
@require_POST
@never_cache
def incoming_mail(request: HttpRequest, provider: str) -> HttpResponse:
    """Take a mail in, if it is the provider's that the settings name who brings it."""
    known = PROVIDERS.get(provider)
    if known is None or provider != settings.INCOMING_WEBHOOK:
        raise Http404
    if not _is_theirs(request, known):
        return _refused(request)
    try:
        handed = known.read(request)
    except (KeyError, TypeError, ValueError, RecursionError, SuspiciousOperation):
        logger.warning("A webhook brought no whole mail: see its set-up in README.md.")
        return _said("There is no whole mail in it.", HTTPStatus.BAD_REQUEST)
    try:
        taking.take_in(*handed, timezone.now(), live=settings.DELIVERY_IS_LIVE)
    except _TOLD_AGAIN as error:
        logger.warning("Mail is not taken in now: %s", type(error).__name__)
        answer = _said("Not now.", HTTPStatus.SERVICE_UNAVAILABLE)
        answer["Retry-After"] = str(_AGAIN_IN_SECONDS)
        return answer
    return _said("Taken.", HTTPStatus.OK)


def _is_theirs(request: HttpRequest, provider: _Provider) -> bool:
    view = provider.view()
    view.setup(request)
    try:
        # The secret first: without it nothing of the request is read.
        view.run_validators(request)
    except (SuspiciousOperation, ValueError, TypeError, RecursionError):
        return False
    return True


def _refused(request: HttpRequest) -> HttpResponse:
    """Refuse what is forged, and soon whatever comes from there."""
    try:
        limiting.take(
            "forged webhooks",
            address_of(request),
            limit=settings.SIGN_INS_PER_ADDRESS_PER_HOUR,
            window=limiting.HOUR,
            now=timezone.now(),
        )
    except TooManyError as error:
        answer = _said("Too many.", HTTPStatus.TOO_MANY_REQUESTS)
        answer["Retry-After"] = str(error.retry_after)
        return answer
    return _said("Not the provider's.", HTTPStatus.FORBIDDEN)


def _said(words: str, status: HTTPStatus) -> HttpResponse:
    return HttpResponse(f"{words}\n", status=status, content_type="text/plain")
