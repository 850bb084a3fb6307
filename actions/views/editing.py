"""The page with the letter itself, subject and body free to change."""

import datetime
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Self

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, ngettext

from actions import composing, own_words, tokens
from actions.composing import Composition
from actions.errors import ExpiredTokenError, TooManyError
from actions.letter_forms import LetterForm
from actions.models import Demand
from actions.rendering import tidy
from actions.submitting import Draft
from actions.tokens import Ticket
from actions.views.answering import LETTER_LANGUAGE, WritingPage
from actions.views.carrying import Kept, present, typed_in

TOO_OLD = gettext_lazy(
    "This page had been open for more than a day. Read your letter through once more, "
    "then send it."
)
# The button that takes out the note which asks for own words.
LEAVE_OUT = "leave_out"
TOO_QUICK = gettext_lazy("That was very quick. Read the letter through, then send it.")


@dataclass
class LetterPage:
    """The letter, subject and body free to change."""

    page: WritingPage
    form: LetterForm
    ticket: Ticket
    text: Composition
    keeps_edits: bool = False

    @classmethod
    def opened(cls, page: WritingPage) -> Self:
        """Show what the answers make, or the letter as it was edited before."""
        post = page.request.POST
        chosen = list(page.form.cleaned_data["demands"])
        edited = tidy(post.get("body", ""))
        if LEAVE_OUT in post:
            edited = composing.without_placeholders(edited, page.ticket.base_text)
        keeps_edits = (
            bool(edited)
            and edited != tidy(post.get("composed", ""))
            and "afresh" not in post
        )
        proposed = _compose(page, chosen)
        text = replace(proposed, subject=_subject(post, proposed))
        if keeps_edits:
            base_text = _together(proposed.base_text, _earlier(page))
            text = replace(text, body=edited, base_text=base_text)
        ticket = replace(
            page.ticket, base_text=text.base_text, issued_at=timezone.now()
        )
        form = LetterForm(
            base_text=text.base_text,
            initial={
                "subject": text.subject,
                "body": text.body,
                "composed": proposed.body,
                "composed_subject": proposed.subject,
            },
        )
        return cls(page, form, ticket, text, keeps_edits)

    @classmethod
    def continued(cls, page: WritingPage, *, is_held: bool = True) -> Self:
        """Go on from the page that was sent in, to be sent by us or another way."""
        post = page.request.POST
        text = Composition(
            subject=post.get("subject", ""),
            body=tidy(post.get("body", "")),
            base_text=page.ticket.base_text,
            language=page.language,
        )
        campaign = page.campaign
        form = LetterForm(
            post,
            base_text=text.base_text,
            least_own_words=(
                0 if campaign.accepts_signatures else campaign.least_own_words
            ),
            is_held=is_held,
        )
        return cls(page, form, page.ticket, text)

    def check_time(self, now: datetime.datetime) -> None:
        """Ask for another look at a page that is a day old, or a moment."""
        try:
            tokens.check_age(self.ticket, now)
        except ExpiredTokenError:
            self.form.add_error(None, TOO_OLD)
            self.ticket = replace(self.ticket, issued_at=now)
            return
        seconds = (now - self.ticket.issued_at).total_seconds()
        if self.form.is_valid() and seconds < settings.LEAST_SECONDS_TO_READ:
            self.form.add_error(None, TOO_QUICK)

    def draft(self) -> Draft:
        """Give the letter, once the form is valid."""
        kept = self.form.cleaned_data
        return Draft(
            campaign=self.page.campaign,
            version=self.page.version,
            seat=self.page.seat,
            text=replace(self.text, subject=kept["subject"], body=kept["body"]),
            # What the box says when it is ticked: the language of its page.
            asked_in=self.page.request.POST.get("consent", ""),
        )

    def refused(self, error: TooManyError) -> HttpResponse:
        """Draw the page again with the letter on it, and say when to come back."""
        minutes = -(-error.retry_after // 60)
        self.form.add_error(
            None,
            ngettext(
                "Very many letters have come from here in a short time, so Postbag "
                "takes no more for now. Your letter is still on this page: try again "
                "in a minute.",
                "Very many letters have come from here in a short time, so Postbag "
                "takes no more for now. Your letter is still on this page: try again "
                "in {minutes} minutes.",
                minutes,
            ).format(minutes=minutes),
        )
        response = self.shown(HTTPStatus.TOO_MANY_REQUESTS)
        response["Retry-After"] = str(error.retry_after)
        return response

    def refused_for_want_of_an_address(self) -> HttpResponse:
        """Draw the page again and offer the post."""
        words = gettext(
            "{name} publishes no e-mail address, so Postbag cannot send this letter. "
            "Print it and post it: the address is on it."
        )
        name = self.page.member.display_name
        self.form.add_error(None, words.format(name=name))
        return self.shown(HTTPStatus.UNPROCESSABLE_ENTITY)

    def kept(self) -> Kept:
        """Carry on all but subject and body, which stand on the page."""
        post = self.page.request.POST
        return [
            ("token", tokens.for_ticket(self.ticket)),
            ("sureness", self.page.sureness),
            ("situation", self.page.form.situation),
            (LETTER_LANGUAGE, self.page.language),
            *(
                (name, str(self.form.initial.get(name, post.get(name, ""))))
                for name in ("composed", "composed_subject")
            ),
            *present(post, typed_in(post)),
            *(("demands", value) for value in post.getlist("demands")),
        ]

    def shown(self, status: int = HTTPStatus.OK) -> HttpResponse:
        """Draw the page."""
        # What is far too long is asked to be shortened, not measured and drawn.
        is_drawn = len(self.text.body) <= composing.LONGEST_BODY
        text = self.text if is_drawn else replace(self.text, body="")
        measure = own_words.measure(text.base_text, text.body)
        return render(
            self.page.request,
            "letter.html",
            {
                "campaign": self.page.campaign,
                "seat": self.page.seat,
                "member": self.page.member,
                "sureness": self.page.sureness.value,
                "form": self.form,
                "sheet": self.page.laid_out(text),
                "base_text": self.text.base_text,
                "meter": composing.Meter(
                    measure.percent, measure.words, self.page.form.next_step()
                ),
                "is_signature": measure.own_words < self.page.campaign.least_own_words,
                "keeps_edits": self.keeps_edits,
                "note_left": composing.placeholder_left(text.body, text.base_text),
                "kept": self.kept(),
                "post_instead": not self.page.member.has_email,
            },
            status=status,
        )


def _together(base_text: str, earlier: str) -> str:
    """Join what a letter is made from now with what it was made from before.

    An edited letter may hold paragraphs of demands that were ticked before, or of
    a text that the campaign has changed since: they are the campaign's words still.
    """
    if base_text in earlier:
        return earlier
    return base_text if earlier in base_text else f"{base_text}\n\n{earlier}"


def _earlier(page: WritingPage) -> str:
    """Give what an edited letter was made from before.

    One that comes from a draft has no ticket that tells: it may hold any demand.
    """
    every = list(page.campaign.demands.in_order().said_in(page.language))
    return page.ticket.base_text or _compose(page, every).base_text


def _subject(post: QueryDict, proposed: Composition) -> str:
    """Keep a subject that somebody has changed."""
    typed = post.get("subject", "")
    is_changed = typed and typed != post.get("composed_subject")
    return typed if is_changed and "afresh" not in post else proposed.subject


def _compose(page: WritingPage, demands: list[Demand]) -> Composition:
    reason = page.form.reason_so_far()
    return composing.compose(page.version, page.seat, demands, reason)
