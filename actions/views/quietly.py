"""For whoever could be harmed if it became known: a letter that leaves no trace here.

Nothing of the person is stored, mailed, logged or put into an address, and no cookie is
set (docs/decisions/0012-writing-unseen.md).
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial, wraps
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
)

from actions import choosing, finding, languages, paper, reporting_sent
from actions.errors import ForgedTokenError, NoRecipientError, TokenError, TooManyError
from actions.finding import Finding
from actions.models import Campaign, LetterTemplate, LetterTemplateVersion
from actions.quiet_forms import QuietFindForm
from actions.views.carrying import is_searched, search_in, typed_text
from actions.views.quiet_pages import TOO_MANY_REPORTS, QuietLetter, QuietPage
from actions.views.writing import Page, of_open_campaign
from representatives.clients import address_of
from representatives.throttling import WINDOW_SECONDS, ReadCounter

View = Callable[[HttpRequest, str], HttpResponse]

# In memory and gone within two minutes: what the database keeps is kept for days.
REPORTS = ReadCounter()
FILES = ReadCounter()


def discreet(view: View) -> View:
    """Keep what is answered out of caches, and its address from the next page.

    It takes forms without a token against forged requests: that takes a cookie, and
    there is nothing to be done here in somebody's name.
    """

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, slug: str) -> HttpResponse:
        response = view(request, slug)
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = "no-store"
        return response

    return wrapped


def unseen(page: Page) -> View:
    """Give a discreet page its campaign, and lead nobody whom it refuses elsewhere."""

    @discreet
    @partial(of_open_campaign, is_unseen=True)
    @wraps(page)
    def excused(request: HttpRequest, campaign: Campaign) -> HttpResponse:
        try:
            return page(request, campaign)
        except ForgedTokenError:
            return _start_again(request, campaign)
        except NoRecipientError as error:
            return _ask(request, campaign, Finding(postcode="", error=str(error)))

    return excused


@require_http_methods(["GET", "HEAD", "POST"])
@unseen
def quietly(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Say first what is kept and what is not, then ask for the seat.

    A form brings the language that its page was in, or is to be in: no cookie does.
    """
    return _ask(request, campaign, Finding(postcode=""))


@require_http_methods(["GET", "HEAD", "POST"])
@unseen
def letter(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Open the page for a seat; without a script, make the letter of what is on it."""
    if request.method != "POST":
        return redirect("quietly", slug=campaign.slug)
    # A button says one thing only, and this one says that.
    action = "finish" if "afresh" in request.POST else request.POST.get("action")
    match action:
        case "finish":
            return _finished(QuietPage.continued(request, campaign))
        case "change":
            changed = QuietLetter.changed(QuietPage.continued(request, campaign))
            return changed.shown(_status(is_valid=changed.form.is_valid()))
    found = _found(request.POST)
    if found.seat is None:
        return _ask(request, campaign, found)
    # The postcode has served; the one of the address stays, if one was typed there.
    of_address = request.POST.get("postcode", "")
    return QuietPage.opened(
        request, campaign, replace(found, postcode=of_address)
    ).shown()


def _found(post: QueryDict) -> Finding:
    """Find the seat by what is known here: nobody else is asked."""
    if is_searched(post):
        return Finding(postcode="")
    typed, seat = post.get("looked_up", "")[:100], post.get("seat", "")[:20]
    return finding.find(typed, seat, asks_others=False)


@require_POST
@unseen
def preview(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Give the letter that the ticked demands make: all that the page is sent."""
    return JsonResponse(QuietPage.continued(request, campaign).proposed()._asdict())


@require_http_methods(["GET", "HEAD", "POST"])
@unseen
def pdf(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Give the letter as a file."""
    if request.method != "POST":
        return redirect("quietly", slug=campaign.slug)
    changed = QuietLetter.changed(QuietPage.continued(request, campaign))
    if not changed.form.is_valid():
        return changed.shown(HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        _limit(FILES, request)
    except TooManyError as error:
        return changed.refused(error)
    return HttpResponse(
        paper.pdf_of(changed.sheet()),
        content_type="application/pdf",
        headers={"Content-Disposition": 'attachment; filename="letter.pdf"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@discreet
def reported(request: HttpRequest, slug: str) -> HttpResponse:
    """Count one letter of somebody's in this seat today, and nothing else."""
    campaign = get_object_or_404(Campaign.objects.public(), slug=slug)
    if request.method != "POST":
        return redirect("quietly", slug=slug)
    if chosen := languages.chosen_in(request.POST):
        languages.speak_on(chosen)
    try:
        _limit(REPORTS, request)
        reporting_sent.reported(
            request.POST.get("report", ""), campaign, address=None, now=timezone.now()
        )
    except TooManyError as error:
        return _too_many(request, campaign, error)
    except TokenError:
        return render(
            request,
            "quietly/not_counted.html",
            {"campaign": campaign},
            status=HTTPStatus.BAD_REQUEST,
        )
    # Another address would not know the language, which stands in no address.
    return _done(request, campaign) if chosen else redirect("quiet_done", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
@discreet
def done(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what may still be left on the device; take away what the browser lets us."""
    if chosen := languages.chosen_in(request.POST):
        languages.speak_on(chosen)
    return _done(request, get_object_or_404(Campaign.objects.public(), slug=slug))


def _done(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    response = render(
        request,
        "quietly/done.html",
        {
            "campaign": campaign,
            "languages_at": reverse("quiet_done", kwargs={"slug": campaign.slug}),
        },
    )
    # A page of another site that draws this one in must not clear anything.
    if request.headers.get("Sec-Fetch-Site", "none") in {"none", "same-origin"}:
        # Cookies only by name: a browser would take those of sites beside us, too.
        response["Clear-Site-Data"] = '"cache", "storage"'
        response.delete_cookie(settings.CSRF_COOKIE_NAME)
        # What somebody reads tells where they may come from. A script that fetches this
        # page first is still to show it in that language.
        if request.headers.get("Sec-Fetch-Dest", "document") == "document":
            response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    return response


def _finished(page: QuietPage) -> HttpResponse:
    if not page.is_valid():
        return page.shown(HTTPStatus.UNPROCESSABLE_ENTITY)
    return QuietLetter.opened(page).shown()


def _status(*, is_valid: bool) -> HTTPStatus:
    return HTTPStatus.OK if is_valid else HTTPStatus.UNPROCESSABLE_ENTITY


def _ask(request: HttpRequest, campaign: Campaign, found: Finding) -> HttpResponse:
    return render(
        request,
        "quietly/start.html",
        {
            "campaign": campaign,
            "form": QuietFindForm(initial={"looked_up": found.postcode}),
            "finding": found,
            "seats": choosing.seats(search_in(request.POST)),
            "host": request.get_host(),
            "letter_languages": _letter_languages(campaign),
            "languages_at": reverse("quietly", kwargs={"slug": campaign.slug}),
        },
        status=_status(is_valid=not found.error),
    )


def _letter_languages(campaign: Campaign) -> list[tuple[str, str]]:
    """Give the languages that a letter may be in, where the reader may want another.

    Nothing more is asked once somebody writes: it would send what is typed.
    """
    welsh = LetterTemplate.Language.WELSH.value
    may_want = languages.spoken().code == welsh
    if not (may_want and LetterTemplateVersion.objects.newest_of(campaign, welsh)):
        return []
    return [(welsh, gettext("In Welsh")), ("en", gettext("In English"))]


def _start_again(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    return render(
        request,
        "quietly/start_again.html",
        {"campaign": campaign, "typed": typed_text(request.POST)},
        status=HTTPStatus.BAD_REQUEST,
    )


def _limit(counter: ReadCounter, request: HttpRequest) -> None:
    """Allow a tenth of what others may send in an hour from one network address.

    A hall of people shares one, and whoever is asked to wait here may not dare again.

    Raises:
        TooManyError: that much was asked within this one.

    """
    a_minute = max(1, settings.LETTERS_PER_ADDRESS_PER_HOUR // 10)
    if not counter.allows(address_of(request), a_minute):
        raise TooManyError("letters unseen", int(WINDOW_SECONDS))


def _too_many(
    request: HttpRequest, campaign: Campaign, error: TooManyError
) -> HttpResponse:
    response = render(
        request,
        "quietly/too_many.html",
        {
            "campaign": campaign,
            "too_many": TOO_MANY_REPORTS,
            "report": request.POST.get("report", ""),
        },
        status=HTTPStatus.TOO_MANY_REQUESTS,
    )
    response["Retry-After"] = str(error.retry_after)
    return response
