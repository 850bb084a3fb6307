"""A letter's own pages, opened by the signed link that its writer was mailed.

Mail scanners open every link: a GET shows, and only a POST does anything.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_safe,
)

from actions import (
    composing,
    exporting,
    history,
    limiting,
    privacy,
    replies,
    submitting,
    tokens,
    wording,
)
from actions.errors import (
    CampaignClosedError,
    ForgedTokenError,
    NoParliamentError,
    NoRecipientError,
    SubmissionError,
    TooManyError,
)
from actions.models import Letter
from representatives.clients import address_of


def of_letter(
    page: Callable[[HttpRequest, Letter], HttpResponse],
) -> Callable[[HttpRequest, str], HttpResponse]:
    """Give a page the letter that its token opens; limit how often one may press."""

    @wraps(page)
    @never_cache
    def wrapped(request: HttpRequest, token: str) -> HttpResponse:
        try:
            letter = Letter.objects.select_related("campaign", "representative").get(
                pk=tokens.letter_of(token)
            )
            if request.method == "POST":
                _limit(request)
        except (ForgedTokenError, Letter.DoesNotExist):
            return render(request, "letters/unknown.html", status=HTTPStatus.NOT_FOUND)
        except TooManyError as error:
            response = render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
            response["Retry-After"] = str(error.retry_after)
            return response
        return page(request, letter)

    return wrapped


@require_safe
@of_letter
def letter(request: HttpRequest, shown: Letter) -> HttpResponse:
    """Show where the letter is."""
    return _status(request, shown)


@require_http_methods(["GET", "HEAD", "POST"])
@of_letter
def confirm(request: HttpRequest, shown: Letter) -> HttpResponse:
    """Show the whole letter; queue it once its writer presses the button."""
    now = timezone.now()
    if not shown.can_be_confirmed:
        return redirect("letter", token=tokens.for_letter(shown.pk))
    is_late = shown.confirm_by <= now
    if is_late or request.method != "POST":
        if is_late:
            return _page(request, "letters/expired.html", shown, HTTPStatus.GONE)
        expected = history.expectation_of(shown, now)
        return _page(request, "letters/confirm.html", shown, expected=expected)
    try:
        submitting.confirm(shown, now=now)
    except SubmissionError as error:
        return _not_queued(request, shown, error)
    return redirect("letter", token=tokens.for_letter(shown.pk))


@require_http_methods(["GET", "HEAD", "POST"])
@of_letter
def disown(request: HttpRequest, shown: Letter) -> HttpResponse:
    """Let whoever did not write the letter stop it and have it erased at once."""
    if request.method != "POST":
        return _page(request, "letters/disown.html", shown)
    now = timezone.now()
    submitting.disown(shown, now=now)
    if shown.can_be_cancelled:
        return _status(request, shown, HTTPStatus.CONFLICT, is_too_late=True)
    privacy.forget(shown, now=now)
    return redirect("letter", token=tokens.for_letter(shown.pk))


@require_http_methods(["GET", "HEAD", "POST"])
@of_letter
def cancel(request: HttpRequest, shown: Letter) -> HttpResponse:
    """Stop a letter that has not gone; lead whoever only opens this to the button."""
    if request.method != "POST":
        return redirect("letter", token=tokens.for_letter(shown.pk))
    submitting.cancel(shown, now=timezone.now())
    if shown.can_be_cancelled:
        return _status(request, shown, HTTPStatus.CONFLICT, is_too_late=True)
    return redirect("letter", token=tokens.for_letter(shown.pk))


@require_http_methods(["GET", "HEAD", "POST"])
@of_letter
def erase(request: HttpRequest, shown: Letter) -> HttpResponse:
    """Erase everything of the person now, once they press the button."""
    if request.method != "POST":
        return _page(request, "letters/erase.html", shown)
    if not privacy.erase_on_request(shown, now=timezone.now()):
        return _status(request, shown, HTTPStatus.CONFLICT, is_too_late=True)
    return redirect("letter", token=tokens.for_letter(shown.pk))


@require_http_methods(["GET", "HEAD", "POST"])
@of_letter
def answered(request: HttpRequest, shown: Letter) -> HttpResponse:
    """Note that the MP has answered, once the writer presses the button."""
    if request.method == "POST":
        replies.report(shown, now=timezone.now())
    return redirect("letter", token=tokens.for_letter(shown.pk))


@require_http_methods(["GET", "HEAD", "POST"])
@of_letter
def export(request: HttpRequest, shown: Letter) -> HttpResponse:
    """Give the writer a file with everything that is held, once they ask for it."""
    if request.method != "POST":
        return redirect("letter", token=tokens.for_letter(shown.pk))
    return JsonResponse(
        exporting.everything_of(shown, now=timezone.now()),
        json_dumps_params={"ensure_ascii": False, "indent": 2},
        headers={"Content-Disposition": 'attachment; filename="my-letter.json"'},
    )


def _status(
    request: HttpRequest,
    shown: Letter,
    status: int = HTTPStatus.OK,
    *,
    is_too_late: bool = False,
) -> HttpResponse:
    now = timezone.now()
    events = history.of(shown)
    return _page(
        request,
        "letters/status.html",
        shown,
        status,
        events=events,
        outcome=history.outcome(shown, events, now),
        plan=history.plan_for(shown, now),
        has_member_left=any(
            event.stored_cause == wording.MEMBER_LEFT for event in events
        ),
        is_still_their_mp=replies.is_still_their_mp(shown),
        suggestion=replies.suggestion_for(shown),
        is_too_late=is_too_late,
        erased_at=privacy.erased_by_itself_at(shown),
        now=now,
        erase_after_days=settings.ERASE_AFTER_DAYS,
    )


def _not_queued(
    request: HttpRequest, shown: Letter, error: SubmissionError
) -> HttpResponse:
    """Say why the letter cannot go, and give back its text.

    Raises:
        SubmissionError: there is no page for this one.

    """
    match error:
        case CampaignClosedError():
            template, status = "letters/campaign_closed.html", HTTPStatus.GONE
        case NoParliamentError():
            template, status = "letters/no_parliament.html", HTTPStatus.CONFLICT
        case NoRecipientError():
            template, status = "letters/member_left.html", HTTPStatus.CONFLICT
        case _:
            raise error
    return _page(request, template, shown, status, closure=str(error))


def _page(
    request: HttpRequest,
    template: str,
    shown: Letter,
    status: int = HTTPStatus.OK,
    **more: Any,
) -> HttpResponse:
    sheet = None if shown.is_forgotten else composing.lay_out(shown)
    return render(
        request,
        template,
        {
            "campaign": shown.campaign,
            "letter": shown,
            "sheet": sheet,
            "token": tokens.for_letter(shown.pk),
            **more,
        },
        status=status,
    )


def _limit(request: HttpRequest) -> None:
    limiting.take(
        "deeds",
        address_of(request),
        limit=settings.DEEDS_PER_ADDRESS_PER_HOUR,
        window=limiting.HOUR,
        now=timezone.now(),
    )
