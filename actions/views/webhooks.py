"""What mail providers hand over by requests of their own (webhooks): mail, and news.

Anymail checks that a request is the provider's, by a secret in the address and by its
signature, and reads what it tells. Its signals are not used: the function is called.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Final, NamedTuple

from anymail.exceptions import AnymailError
from anymail.webhooks.base import AnymailBaseWebhookView, AnymailBasicAuthMixin
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from actions import limiting
from actions.errors import TemporaryDeliveryError, TooEarlyError, TooManyError
from actions.providers import PROVIDERS, argument_of
from actions.receiving import daily, events, taking
from actions.views import handed, told
from representatives.clients import address_of

logger = logging.getLogger(__name__)

_AGAIN_IN_SECONDS: Final = 60
_DATABASE_IS_AWAY: Final = (OperationalError, InterfaceError)
_TOLD_AGAIN: Final = (TooEarlyError, TemporaryDeliveryError, *_DATABASE_IS_AWAY)
# What Anymail raises at requests that are not what a provider sends: it takes their
# shape for granted.
_NOT_THEIRS: Final = (
    AnymailError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    SuspiciousOperation,
    TypeError,
    ValueError,
)


class _Hook(NamedTuple):
    """How a provider proves itself, and how its requests are read."""

    view_of: Callable[[], AnymailBaseWebhookView]
    # Gives what to do for each thing in it, once all of it was read.
    read: Callable[[HttpRequest, AnymailBaseWebhookView], list[Callable[[], object]]]


# Some providers try an address out by GET or HEAD.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def incoming_mail(request: HttpRequest, provider: str) -> HttpResponse:
    """Take mail in, if it is the provider's that the settings name who brings it."""
    known = handed.PROVIDERS.get(provider)
    if known is None or provider != settings.INCOMING_WEBHOOK:
        raise Http404
    setting, key = PROVIDERS[provider].key_of_mail, settings.INCOMING_WEBHOOK_KEY
    arguments = {argument_of(provider, setting): key} if setting and key else {}
    hook = _Hook(
        partial(known.view, **arguments),
        lambda request, _: [partial(_take_mail, one) for one in known.read(request)],
    )
    return _answer(request, hook)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def mail_events(request: HttpRequest, provider: str) -> HttpResponse:
    """Take in what became of mails, if it is told by the provider that took them."""
    view = told.VIEWS.get(provider)
    if view is None or provider != settings.EVENTS_WEBHOOK:
        raise Http404
    if provider == "amazon_ses" and not request.headers.get("Authorization"):
        # Only then does it send the secret that its address holds.
        answer = _said("Who is it?", HTTPStatus.UNAUTHORIZED)
        answer["WWW-Authenticate"] = 'Basic realm="Postbag"'
        return answer
    return _answer(request, _Hook(view, partial(_read_events, provider)))


def _read_events(
    provider: str, request: HttpRequest, view: AnymailBaseWebhookView
) -> list[Callable[[], object]]:
    found, tells_anything = told.read(request, view, provider)
    deeds: list[Callable[[], object]] = [partial(_take_event, one) for one in found]
    if tells_anything and settings.DELIVERY_IS_LIVE:
        deeds.insert(0, partial(daily.note_told, provider, timezone.now()))
    return deeds


def _take_mail(mail: handed.Handed) -> object:
    return taking.take_in(*mail, timezone.now(), live=settings.DELIVERY_IS_LIVE)


def _take_event(event: events.Event) -> object:
    return events.take_in(event, timezone.now(), live=settings.DELIVERY_IS_LIVE)


def _answer(request: HttpRequest, hook: _Hook) -> HttpResponse:
    """Do what a request brings, each once however often it comes."""
    if request.method != "POST":
        return _said("Webhooks come here.", HTTPStatus.OK)
    try:
        return _answer_to_post(request, hook)
    except ImproperlyConfigured:
        logger.warning("A webhook is not set up: run manage.py check --deploy.")
    except _TOLD_AGAIN as error:
        logger.warning("A webhook is not taken in now: %s", type(error).__name__)
    answer = _said("Not now.", HTTPStatus.SERVICE_UNAVAILABLE)
    answer["Retry-After"] = str(_AGAIN_IN_SECONDS)
    return answer


def _answer_to_post(request: HttpRequest, hook: _Hook) -> HttpResponse:
    view = hook.view_of()
    if not _is_theirs(request, view):
        return _refused(request)
    try:
        deeds = hook.read(request, view)
    except (*_NOT_THEIRS, ImproperlyConfigured):
        logger.warning("A webhook brought nothing whole: see its set-up in README.")
        return _said("It is not what belongs here.", HTTPStatus.BAD_REQUEST)
    for deed in deeds:
        deed()
    return _said("Taken.", HTTPStatus.OK)


def _is_theirs(request: HttpRequest, view: AnymailBaseWebhookView) -> bool:
    view.setup(request)
    try:
        # The secret first: without it nothing of the request is read.
        AnymailBasicAuthMixin.validate_request(view, request)
        handed.read_form(request)
        view.run_validators(request)
    except _NOT_THEIRS:
        return False
    return True


def _refused(request: HttpRequest) -> HttpResponse:
    """Refuse what is forged, and soon whatever comes from there."""
    try:
        _count("forged webhooks", request)
    except TooManyError as error:
        answer = _said("Too many.", HTTPStatus.TOO_MANY_REQUESTS)
        answer["Retry-After"] = str(error.retry_after)
        return answer
    _note_refused("A webhook was refused: neither secret nor signature proves it.")
    return _said("Not the provider's.", HTTPStatus.FORBIDDEN)


def note_too_large(request: HttpRequest) -> None:
    """Note that one was refused unread for its length; as often as forged ones are."""
    with suppress(TooManyError):
        # If the database is away it is refused all the same; only nobody counts.
        with suppress(*_DATABASE_IS_AWAY):
            _count("oversized webhooks", request)
        _note_refused("A webhook was refused unread: it is larger than may come.")


def _note_refused(why: str) -> None:
    """Tell it in the log, and once a day to staff, among what came in."""
    logger.warning(why)
    # Without the row it is refused all the same.
    with suppress(*_DATABASE_IS_AWAY):
        daily.note_refused(why, timezone.now(), live=settings.DELIVERY_IS_LIVE)


def _count(scope: str, request: HttpRequest) -> None:
    """Count what is refused from an address.

    Raises:
        TooManyError: so much came from there that it is not logged any more.

    """
    limiting.take(
        scope,
        address_of(request),
        limit=settings.SIGN_INS_PER_ADDRESS_PER_HOUR,
        window=limiting.HOUR,
        now=timezone.now(),
    )


def _said(words: str, status: HTTPStatus) -> HttpResponse:
    return HttpResponse(f"{words}\n", status=status, content_type="text/plain")
