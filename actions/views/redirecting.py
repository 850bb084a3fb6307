"""The page on which a held letter's writer sends it to whoever is their MP now."""

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Self

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from actions import closure, composing, held, redirecting, tokens
from actions.composing import Composition, Sheet
from actions.errors import RepeatedLetterError
from actions.finding import Finding
from actions.letter_forms import LetterForm
from actions.models import Letter
from actions.rendering import tidy
from actions.views.carrying import SeatGroups, seat_groups, typed_text
from actions.views.letters import of_letter
from representatives.lookup import Candidate, Member

# Buttons that send nothing: another seat, or the changes on the sheet.
_CHOOSE = "choose"
_SHOW = "show"
# Whom the page was drawn for.
_ADDRESSEE = "addressee"


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@of_letter
def redirect_letter(request: HttpRequest, shown: Letter) -> HttpResponse:
    """Show the letter as the present MP would get it; send it there when asked to."""
    if not redirecting.is_open(shown):
        return _to_its_page(shown)
    page = RedirectPage.of(request, shown)
    if request.method != "POST" or page.only_shows:
        return page.shown()
    return page.sent()


@dataclass
class RedirectPage:
    """A held letter before its writer, with the MP that it would go to now."""

    request: HttpRequest
    letter: Letter
    found: Finding
    form: LetterForm
    only_shows: bool

    @classmethod
    def of(cls, request: HttpRequest, letter: Letter) -> Self:
        """Read what was sent in, or begin with the letter as it is."""
        post = request.POST
        drawn_for = post.get(_ADDRESSEE, "").partition(" ")[0]
        # A button with a likely seat stands beside the list of all.
        chosen = post.get("near") or post.get("seat", "")
        found = redirecting.find(letter, chosen or drawn_for)
        only_shows = _SHOW in post or _CHOOSE in post or chosen not in {"", drawn_for}
        text: dict[str, Any] = {"subject": letter.subject, "body": letter.body}
        if only_shows:
            text |= {name: post[name] for name in text if name in post}
        campaign = letter.campaign
        least = 0 if campaign.accepts_signatures else campaign.least_own_words
        form = LetterForm(
            None if only_shows or request.method != "POST" else post,
            base_text=letter.base_text,
            least_own_words=least,
            is_held=False,
            initial=text,
        )
        return cls(request, letter, found, form, only_shows)

    @property
    def seat(self) -> Candidate | None:
        """Where it would go; None while that is not known, or nobody is there."""
        return self.found.seat

    @property
    def member(self) -> Member | None:
        """To whom it would go."""
        return self.seat.representative if self.seat else None

    def sent(self) -> HttpResponse:
        """Send it on, or say what is to be done first; nothing typed is lost."""
        seat, form = self.seat, self.form
        if seat is None or self.member is None or not self.member.email:
            return self.shown(HTTPStatus.CONFLICT)
        if self.request.POST.get(_ADDRESSEE) != _named(seat):
            form.add_error(
                None,
                gettext(
                    "Your MP has changed since this page was made. Look at the letter "
                    "once more, then decide."
                ),
            )
            return self.shown(HTTPStatus.CONFLICT)
        if not form.is_valid():
            return self.shown(HTTPStatus.UNPROCESSABLE_ENTITY)
        subject, body = form.cleaned_data["subject"], form.cleaned_data["body"]
        try:
            redirecting.redirect(self.letter, seat, subject, body, now=timezone.now())
        except RepeatedLetterError as error:
            form.add_error(
                None,
                gettext(
                    "You have already written to {name} in this campaign, and one "
                    "letter from each person counts most. So this one cannot go there, "
                    "too: you can cancel it."
                ).format(name=error),
            )
            return self.shown(HTTPStatus.CONFLICT)
        return _to_its_page(self.letter)

    def shown(self, status: int = HTTPStatus.OK) -> HttpResponse:
        """Draw the page."""
        told = held.told_of(self.letter, timezone.now())
        return render(
            self.request,
            "letters/redirect.html",
            {
                "campaign": self.letter.campaign,
                "letter": self.letter,
                "token": tokens.for_letter(self.letter.pk),
                "told": told,
                "found": self.found,
                "seat": self.seat,
                "member": self.member,
                "addressee": _named(self.seat) if self.seat else "",
                "form": self.form,
                "sheet": self._sheet(),
                "doubts": self._doubts(),
                "seat_groups": self._seat_groups(),
                "typed": typed_text(self.request.POST),
            },
            status=status,
        )

    def _text(self) -> Composition:
        """Give what stands in the fields; what is far too long is not drawn."""
        body = tidy(str(self.form["body"].value() or ""))
        return Composition(
            subject=str(self.form["subject"].value() or ""),
            body=body if len(body) <= composing.LONGEST_BODY else "",
            base_text=self.letter.base_text,
            language=self.letter.language,
        )

    def _sheet(self) -> Sheet | None:
        if self.member is None:
            return None
        sheet = composing.sheet(
            composing.sender_of(self.letter),
            self.member.full_title,
            self.member.address_as,
            self._text(),
            timezone.localdate(),
        )
        # What goes by post is not sent by Postbag and does not say so.
        return sheet if self.member.has_email else replace(sheet, footer="")

    def _doubts(self) -> redirecting.Doubts:
        if self.seat is None:
            return redirecting.Doubts()
        text = self._text()
        return redirecting.doubts(self.letter, self.seat, text.subject, text.body)

    def _seat_groups(self) -> SeatGroups:
        """Give the seats to choose from, if it may be another than the letter's."""
        if self.letter.constituency.is_current or closure.of_writing():
            return ()
        return seat_groups()


def _named(seat: Candidate) -> str:
    """Tell a seat and its member from others."""
    member = seat.representative
    return f"{seat.code} {member.parliament_id if member else 0}"


def _to_its_page(letter: Letter) -> HttpResponse:
    return redirect("letter", token=tokens.for_letter(letter.pk))
