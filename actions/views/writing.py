"""From the postcode box to a letter that waits for its writer's confirmation.

Each page carries on in its own form what was typed: nothing of the person is put into
an address, a session or a log, and nothing is stored before the letter is sent.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from actions import choosing, closure, finding, languages, situations, submitting
from actions.errors import (
    ActionsError,
    CampaignClosedError,
    ForgedTokenError,
    NoParliamentError,
    NoRecipientError,
    TooManyError,
)
from actions.finding import Finding
from actions.forms import FindForm
from actions.models import Campaign
from actions.situations import OFFERED, WORDINGS
from actions.subscription_forms import ReopeningForm
from actions.views.answering import LETTER_LANGUAGE, WritingPage
from actions.views.asking import QuestionPage
from actions.views.carrying import (
    EDITED,
    is_searched,
    present,
    search_in,
    situation_in,
    ticket_in,
    typed_in,
    typed_text,
)
from actions.views.editing import LetterPage
from representatives.clients import address_of
from representatives.throttling import READS, WINDOW_SECONDS

Page = Callable[[HttpRequest, Campaign], HttpResponse]
View = Callable[[HttpRequest, str], HttpResponse]


def of_open_campaign(page: Page, *, is_unseen: bool = False) -> View:
    """Give a page its campaign; once that is closed, say so and lose no text.

    An unseen one asks for nothing, so it does not offer to tell when writing opens.
    """

    @wraps(page)
    @never_cache
    @sensitive_post_parameters()
    def wrapped(request: HttpRequest, slug: str) -> HttpResponse:
        if chosen := languages.chosen_in(request.POST):
            languages.speak_on(chosen)
        campaign = get_object_or_404(Campaign.objects.public(), slug=slug)
        if not campaign.is_open:
            return _closed(request, campaign)
        if closed := closure.of_writing():
            offered = None if is_unseen else ReopeningForm(campaign)
            return _without_parliament(request, campaign, str(closed), offered)
        try:
            if request.method == "POST":
                _limit(request)
            return page(request, campaign)
        except ActionsError as error:
            return _excuse(request, campaign, error)

    return wrapped


def begun_with_a_form(page: Page) -> Page:
    """Lead whoever follows a kept address to the beginning."""

    @wraps(page)
    def wrapped(request: HttpRequest, campaign: Campaign) -> HttpResponse:
        if request.method != "POST":
            return redirect("write", slug=campaign.slug)
        return page(request, campaign)

    return wrapped


def keeping_language(view: View) -> View:
    """Remember the language that is chosen on a page which no address brings back.

    Its form is sent again instead, to be drawn in that language with all that is typed.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, slug: str) -> HttpResponse:
        response = view(request, slug)
        if chosen := languages.chosen_in(request.POST):
            languages.keep(response, chosen)
        return response

    return wrapped


@require_http_methods(["GET", "HEAD", "POST"])
@keeping_language
@of_open_campaign
def write(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Find the seat, then ask who writes and why."""
    if request.method != "POST":
        return _ask_postcode(request, campaign, finding.Finding(postcode=""))
    if "choose" in request.POST or _is_asked_again(request.POST):
        # Only the situation was said: its own words for the postcode box come next.
        return _ask_postcode(request, campaign, finding.Finding(postcode=""))
    typed = request.POST.get("postcode", "")[:100]
    if is_searched(request.POST):
        return _ask_postcode(request, campaign, Finding(postcode=typed))
    # A button with a neighbouring seat stands beside the list of all seats.
    seat = request.POST.get("near") or request.POST.get("seat", "")
    if not seat and _is_drawn_again(request.POST):
        ticket = ticket_in(request.POST, campaign)
        seat = ticket.seat if ticket else ""
    found = finding.find(typed, seat[:20], asks_others=True)
    if found.seat is None:
        return _ask_postcode(request, campaign, found)
    return WritingPage.opened(request, campaign, found).shown()


@require_POST
@of_open_campaign
def preview(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Show the letter that the ticked demands make; nothing of the person is sent."""
    page = WritingPage.continued(request, campaign)
    return render(request, "components/letter_text.html", {"sheet": page.sheet()})


@require_http_methods(["GET", "HEAD", "POST"])
@keeping_language
@of_open_campaign
@begun_with_a_form
def questions(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Ask one question at a time."""
    return QuestionPage.continued(request, campaign).shown()


@require_http_methods(["GET", "HEAD", "POST"])
@keeping_language
@of_open_campaign
@begun_with_a_form
def letter_text(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Show the letter to be read through and changed."""
    page = WritingPage.continued(request, campaign)
    if page.chose_another_seat():
        return write(request, campaign.slug)
    if not page.is_valid():
        return page.shown(HTTPStatus.UNPROCESSABLE_ENTITY)
    return LetterPage.opened(page).shown()


@require_http_methods(["GET", "HEAD", "POST"])
@of_open_campaign
@begun_with_a_form
def send(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Take the letter, or say beside the field what is missing."""
    now = timezone.now()
    page = WritingPage.continued(request, campaign)
    if not page.is_valid() or page.form.lacks_email():
        return page.shown(HTTPStatus.UNPROCESSABLE_ENTITY)
    letter = LetterPage.continued(page)
    letter.check_time(now)
    if not letter.form.is_valid():
        return letter.shown(HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        submitting.submit(
            letter.draft(), page.form.sender(), address=address_of(request), now=now
        )
    except TooManyError as error:
        return letter.refused(error)
    except NoRecipientError:
        return letter.refused_for_want_of_an_address()
    return redirect("sent", slug=campaign.slug)


@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    """Say where to look next: the same words for everybody."""
    campaign = get_object_or_404(Campaign.objects.public(), slug=slug)
    values = {
        "campaign": campaign,
        "mails_a_day": settings.LETTERS_PER_MAILBOX_PER_DAY,
    }
    return render(request, "sent.html", values)


def _ask_postcode(
    request: HttpRequest, campaign: Campaign, found: Finding
) -> HttpResponse:
    """Draw the postcode box, with what went wrong or what there is to choose."""
    typed = [name for name in typed_in(request.POST) if name != "postcode"]
    situation = situation_in(request.POST)
    if "choose" in request.POST:
        situation = situations.named(request.POST["choose"])
    form = FindForm(initial={"postcode": found.postcode})
    form.fields["postcode"].label = WORDINGS[situation].postcode
    return render(
        request,
        "find.html",
        {
            "campaign": campaign,
            "form": form,
            "finding": found,
            "seats": choosing.seats(search_in(request.POST)),
            "is_answer": request.method == "POST",
            "situation": situation,
            "words": WORDINGS[situation],
            "others": [(each, WORDINGS[each].choice) for each in OFFERED],
            "kept": [
                ("situation", situation),
                *present(request.POST, ("token", LETTER_LANGUAGE, *typed, *EDITED)),
                *(("demands", value) for value in request.POST.getlist("demands")),
            ],
        },
        status=HTTPStatus.UNPROCESSABLE_ENTITY if found.error else HTTPStatus.OK,
    )


def _is_asked_again(post: QueryDict) -> bool:
    """Whether the page with the postcode box only changes its language."""
    return languages.FIELD in post and not {"postcode", "seat", "here"} & post.keys()


def _is_drawn_again(post: QueryDict) -> bool:
    """Whether the page with the questions only changes a language."""
    return post.get("here") == "reasons"


def _closed(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Say that the campaign takes no letters, and give back what was typed."""
    return render(
        request,
        "closed.html",
        {
            "campaign": campaign,
            "closure": closure.of_writing(),
            "typed": typed_text(request.POST),
        },
        status=HTTPStatus.GONE,
    )


def _without_parliament(
    request: HttpRequest,
    campaign: Campaign,
    closed: str,
    offered: ReopeningForm | None = None,
) -> HttpResponse:
    """Say that there are no MPs and until when, and give back what was typed."""
    typed = typed_text(request.POST)
    return render(
        request,
        "no_parliament.html",
        {
            "campaign": campaign,
            "closure": closed,
            "typed": typed,
            "reopening_form": offered,
        },
        status=HTTPStatus.CONFLICT,
    )


def _limit(request: HttpRequest) -> None:
    """Take one of the pages that an address may ask for: making one takes time.

    Raises:
        TooManyError: so much was asked from there within a minute.

    """
    if not READS.allows(address_of(request), settings.READS_PER_MINUTE):
        raise TooManyError("pages", int(WINDOW_SECONDS))


def _excuse(
    request: HttpRequest, campaign: Campaign, error: ActionsError
) -> HttpResponse:
    """Say why there is no page, and give back what was typed.

    Raises:
        ActionsError: there is no page for this one.

    """
    match error:
        case CampaignClosedError():
            return _closed(request, campaign)
        case NoParliamentError():
            return _without_parliament(request, campaign, str(error))
        case ForgedTokenError():
            return _start_again(request, campaign)
        case TooManyError():
            return too_many(request, campaign, error)
        case NoRecipientError():
            typed = request.POST.get("postcode", "")[:100]
            return _ask_postcode(
                request, campaign, Finding(postcode=typed, error=str(error))
            )
    raise error


def too_many(
    request: HttpRequest, campaign: Campaign, error: TooManyError
) -> HttpResponse:
    """Say when to come back, and give back what was typed."""
    response = render(
        request,
        "429.html",
        {"campaign": campaign, "typed": typed_text(request.POST)},
        status=HTTPStatus.TOO_MANY_REQUESTS,
    )
    response["Retry-After"] = str(error.retry_after)
    return response


def _start_again(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Say that the page cannot be gone on with, and give back what was typed."""
    return render(
        request,
        "start_again.html",
        {"campaign": campaign, "typed": typed_text(request.POST)},
        status=HTTPStatus.BAD_REQUEST,
    )
