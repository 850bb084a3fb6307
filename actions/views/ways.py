"""Other ways for a letter to go: from the writer's own mail, and on paper.

Nothing of it is stored. What was typed is carried on in the pages' own forms, and the
writer says afterwards whether it has gone.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from actions import limiting, own_mail, paper, reporting_sent
from actions.composing import Sheet
from actions.errors import ExpiredTokenError, ForgedTokenError, TooManyError
from actions.models import Campaign, Tally
from actions.views.answering import WritingPage
from actions.views.carrying import Kept
from actions.views.editing import LetterPage
from actions.views.writing import (
    Page,
    begun_with_a_form,
    keeping_language,
    of_open_campaign,
    too_many,
)
from representatives.clients import address_of

Way = Callable[[LetterPage], HttpResponse]


def of_finished_letter(way: Way) -> Page:
    """Give a way its letter; one that is not finished comes back to be mended."""

    @wraps(way)
    def wrapped(request: HttpRequest, campaign: Campaign) -> HttpResponse:
        page = WritingPage.continued(request, campaign)
        if not page.is_valid():
            return page.shown(HTTPStatus.UNPROCESSABLE_ENTITY)
        letter = LetterPage.continued(page, is_held=False)
        if not letter.form.is_valid():
            return letter.shown(HTTPStatus.UNPROCESSABLE_ENTITY)
        return way(letter)

    return wrapped


@require_http_methods(["GET", "HEAD", "POST"])
@keeping_language
@of_open_campaign
@begun_with_a_form
@of_finished_letter
def from_own_mail(letter: LetterPage) -> HttpResponse:
    """Open the letter in the writer's own mail, or give it to be copied there."""
    email = letter.page.member.email
    if not email:
        return letter.refused_for_want_of_an_address()
    sheet = _sheet(letter)
    text = sheet.as_text()
    return _shown(
        letter,
        "ways/own_mail.html",
        Tally.Way.OWN_MAIL,
        text=text,
        mailto=own_mail.mailto(email, sheet.subject, text),
        services=own_mail.services(email, sheet.subject, text),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@keeping_language
@of_open_campaign
@begun_with_a_form
@of_finished_letter
def on_paper(letter: LetterPage) -> HttpResponse:
    """Give the letter to be printed, and say how it gets there."""
    return _shown(letter, "ways/paper.html", Tally.Way.PAPER)


@require_http_methods(["GET", "HEAD", "POST"])
@of_open_campaign
@begun_with_a_form
@of_finished_letter
def pdf(letter: LetterPage) -> HttpResponse:
    """Give the letter as a file. Making one takes a while, so there is a limit."""
    limiting.take(
        "letters as files",
        address_of(letter.page.request),
        limit=settings.LETTERS_PER_ADDRESS_PER_HOUR,
        window=limiting.HOUR,
        now=timezone.now(),
    )
    return HttpResponse(
        paper.pdf_of(_sheet(letter)),
        content_type="application/pdf",
        headers={"Content-Disposition": 'attachment; filename="letter.pdf"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@keeping_language
@of_open_campaign
@begun_with_a_form
@of_finished_letter
def not_yet(letter: LetterPage) -> HttpResponse:
    """Say that nothing was counted or kept, and how to come back."""
    is_paper = letter.page.request.POST.get("way") == Tally.Way.PAPER
    way = Tally.Way.PAPER if is_paper else Tally.Way.OWN_MAIL
    return _shown(letter, "ways/not_yet.html", way)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def reported(request: HttpRequest, slug: str) -> HttpResponse:
    """Count the letter on its writer's word, and say thank you."""
    campaign = get_object_or_404(Campaign.objects.public(), slug=slug)
    if request.method != "POST":
        return redirect("campaign", slug=slug)
    try:
        reporting_sent.reported(
            request.POST.get("report", ""),
            campaign,
            address=address_of(request),
            now=timezone.now(),
        )
    except TooManyError as error:
        return too_many(request, campaign, error)
    except ExpiredTokenError:
        return _not_counted(request, campaign, HTTPStatus.GONE)
    except ForgedTokenError:
        return _not_counted(request, campaign, HTTPStatus.BAD_REQUEST)
    return redirect("thanks", slug=slug)


def _sheet(letter: LetterPage) -> Sheet:
    """Lay the letter out without the line that says that Postbag sent it."""
    return replace(letter.page.laid_out(letter.draft().text), footer="")


def _shown(
    letter: LetterPage, template: str, way: Tally.Way, **more: Any
) -> HttpResponse:
    page = letter.page
    return render(
        page.request,
        template,
        {
            "campaign": page.campaign,
            "seat": page.seat,
            "member": page.member,
            "sheet": _sheet(letter),
            "way": way.value,
            "kept": [*_kept(letter), ("way", way.value)],
            "here": page.request.path,
            "report": reporting_sent.token_for(
                page.campaign,
                letter.ticket,
                letter.draft().text,
                way,
            ),
            **more,
        },
    )


def _kept(letter: LetterPage) -> Kept:
    """Carry on the letter as it was typed, with all that it was made from."""
    post = letter.page.request.POST
    typed = ((name, post.get(name, "")) for name in ("subject", "body"))
    return [*letter.kept(), *typed]


def _not_counted(
    request: HttpRequest, campaign: Campaign, status: HTTPStatus
) -> HttpResponse:
    """Say that the letter could not be counted, which harms nobody's letter."""
    values = {"campaign": campaign, "is_late": status == HTTPStatus.GONE}
    return render(request, "ways/not_counted.html", values, status=status)
