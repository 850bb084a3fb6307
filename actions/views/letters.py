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
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_safe,
)

from actions import (
    closure,
    composing,
    exporting,
    held,
    history,
    limiting,
    privacy,
    reasons,
    replies,
    submitting,
    tokens,
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
    if shown.confirm_by <= now:
        return _closed(request, "letters/expired.html", shown, HTTPStatus.GONE)
    if request.method != "POST":
        return _to_confirm(request, shown)
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
        in_doubt = reasons.may_have_gone(shown)
        return _page(request, "letters/disown.html", shown, may_have_gone=in_doubt)
    if not privacy.disown(shown, now=timezone.now()):
        return _status(request, shown, HTTPStatus.CONFLICT, is_too_late=True)
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
        in_doubt = reasons.may_have_gone(shown)
        return _page(request, "letters/erase.html", shown, may_have_gone=in_doubt)
    if not privacy.erase_on_request(shown, now=timezone.now()):
        return _status(request, shown, HTTPStatus.CONFLICT, is_too_late=True)
    return redirect("letter", token=tokens.for_letter(shown.pk))


@require_http_methods(["GET", "HEAD", "POST"])
@of_letter
def answer(request: HttpRequest, shown: Letter) -> HttpResponse:
    """Ask whether the MP has answered; note what the writer presses the button for."""
    events = history.of(shown, timezone.now())
    telling = replies.telling_of(shown, events)
    if telling is None:
        return redirect("letter", token=tokens.for_letter(shown.pk))
    told = request.POST.get("told", "")
    if request.method != "POST" or told not in replies.MOVES:
        is_mistaken = request.method == "POST"
        status = HTTPStatus.UNPROCESSABLE_ENTITY if is_mistaken else HTTPStatus.OK
        more = {"telling": telling, "is_mistaken": is_mistaken}
        return _page(request, "letters/answer.html", shown, status, **more)
    replies.report(shown, Letter.State(told), now=timezone.now())
    return redirect(f"{reverse('letter', args=[tokens.for_letter(shown.pk)])}#answer")


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
    events = history.of(shown, now)
    # A letter in the queue says by itself why it waits, and a held one, too.
    waits = shown.state in {Letter.State.QUEUED, Letter.State.HELD}
    outcome = history.outcome(shown, events, now)
    has_failed = outcome == Letter.State.FAILED
    return _page(
        request,
        "letters/status.html",
        shown,
        status,
        events=events,
        outcome=outcome,
        plan=history.plan_for(shown, now),
        is_on_its_way=history.is_on_its_way(shown, now),
        is_here_so_far=any(event.is_here_so_far for event in events),
        telling=replies.telling_of(shown, events),
        told=held.told_of(shown, now),
        failure=reasons.of_failure(shown) if has_failed else None,
        may_have_gone=reasons.may_have_gone(shown),
        is_still_their_mp=replies.is_still_their_mp(shown),
        suggestion=replies.suggestion_for(shown),
        is_too_late=is_too_late,
        closure=None if waits else closure.of_writing(),
        erased_at=privacy.erased_by_itself_at(shown),
        now=now,
        erase_after_days=settings.ERASE_AFTER_DAYS,
    )


def _to_confirm(request: HttpRequest, shown: Letter) -> HttpResponse:
    """Show the button, or at once why it would do nothing."""
    if closure.of_campaign(shown.campaign):
        template = "letters/no_parliament.html"
        return _closed(request, template, shown, HTTPStatus.CONFLICT)
    expected = history.expectation_of(shown, timezone.now())
    return _page(request, "letters/confirm.html", shown, expected=expected)


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
    return _closed(request, template, shown, status)


def _closed(
    request: HttpRequest, template: str, shown: Letter, status: int
) -> HttpResponse:
    """Draw a page on which it matters whether there are MPs at all."""
    return _page(request, template, shown, status, closure=closure.of_writing())


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
