"""The page that asks who writes to whom, for which demands and why."""

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, ClassVar, Self

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from actions import composing, languages, questions, situations, tokens
from actions.composing import LONGEST_BODY, Composition, Sheet
from actions.errors import CampaignClosedError, ForgedTokenError, NoRecipientError
from actions.finding import Finding, Sureness, vacancy
from actions.forms import ComposeForm
from actions.models import Campaign, Demand, LetterTemplate, LetterTemplateVersion
from actions.questions import Question
from actions.situations import WORDINGS, Situation
from actions.tokens import Ticket
from actions.views.carrying import (
    EDITED,
    Kept,
    answers_in,
    present,
    seat_groups,
    situation_in,
    sureness_in,
    ticket_in,
    typed_in,
)
from representatives import live, lookup
from representatives.errors import PostcodeError
from representatives.lookup import Candidate, Member
from representatives.models import Country
from representatives.postcodes import Postcode

# Stands in the preview where the supporter's own words will.
PROMPT = gettext_lazy("Your own words will stand here: why this matters to you.")
# The field that says in which language the letter is, and the button that changes it.
LETTER_LANGUAGE = "letter_language"
WRITE_IN = "write_in"


@dataclass
class WritingPage:
    """Who writes to whom, for which demands and why."""

    request: HttpRequest
    campaign: Campaign
    version: LetterTemplateVersion
    seat: Candidate
    ticket: Ticket
    sureness: Sureness
    form: ComposeForm
    # What the page asks.
    asks: ClassVar[type[ComposeForm]] = ComposeForm

    @classmethod
    def opened(cls, request: HttpRequest, campaign: Campaign, found: Finding) -> Self:
        """Begin for a seat, with whatever was typed before.

        Raises:
            CampaignClosedError: the campaign has no letter yet.

        """
        seat = found.seat
        before = ticket_in(request.POST, campaign)
        version = _version_for(request.POST, campaign, seat)
        if seat is None or version is None:
            raise CampaignClosedError(campaign.title)
        demands = _demands_for(version)
        asked = questions.of(campaign)
        now = timezone.now()
        ticket = Ticket(
            campaign=campaign.pk,
            version=version.pk,
            seat=seat.code,
            base_text=before.base_text if before else "",
            issued_at=now,
            letter=before.letter if before else tokens.new_letter(),
            begun_at=before.begun_at if before else now,
        )
        return cls(
            request=request,
            campaign=campaign,
            version=version,
            seat=seat,
            ticket=ticket,
            sureness=(
                sureness_in(request.POST)
                if _is_gone_on_with(request.POST, before, seat)
                else found.sureness or Sureness.CHOSEN
            ),
            form=cls.asks(
                demands=demands,
                questions=asked,
                situation=situation_in(request.POST),
                by_post_only=_is_by_post_only(seat),
                letter_language=version.template.language,
                initial=_initial(request.POST, demands, asked, found),
            ),
        )

    @classmethod
    def continued(cls, request: HttpRequest, campaign: Campaign) -> Self:
        """Go on from a page that was sent in.

        Raises:
            ForgedTokenError: the page was not one of ours.
            NoRecipientError: the seat has fallen vacant meanwhile.

        """
        ticket = ticket_in(request.POST, campaign)
        seat = lookup.seat(ticket.seat) if ticket else None
        if ticket is None or seat is None:
            raise ForgedTokenError
        if seat.representative is None:
            raise NoRecipientError(vacancy(seat))
        version = LetterTemplateVersion.objects.select_related(
            "template__campaign"
        ).get(pk=ticket.version)
        asked = questions.of(campaign)
        typed = request.POST.copy()
        for name, answer in questions.gathered(asked, answers_in(request.POST)).items():
            typed[name] = answer
        return cls(
            request=request,
            campaign=campaign,
            version=version,
            seat=seat,
            ticket=ticket,
            sureness=sureness_in(request.POST),
            form=cls.asks(
                typed,
                demands=_demands_for(version),
                questions=asked,
                situation=situation_in(request.POST),
                by_post_only=_is_by_post_only(seat),
                letter_language=version.template.language,
            ),
        )

    @property
    def member(self) -> Member:
        """Who is written to."""
        if self.seat.representative is None:
            raise NoRecipientError(vacancy(self.seat))
        return self.seat.representative

    @property
    def language(self) -> str:
        """What the letter is written in, of ``LetterTemplate.Language``."""
        return self.version.template.language

    def other_language(self) -> str:
        """In what else it could be written, where that may be wanted; mostly "".

        Welsh is offered to readers of Welsh, and of letters to MPs in Wales.
        """
        if self.language == LetterTemplate.Language.WELSH:
            return LetterTemplate.Language.ENGLISH.value
        welsh = LetterTemplate.Language.WELSH.value
        is_near = _reads_welsh() or self.seat.country == Country.WALES
        has_letter = is_near and LetterTemplateVersion.objects.newest_of(
            self.campaign, welsh
        )
        return welsh if has_letter else ""

    def is_valid(self) -> bool:
        """Check the answers, and that the address is one in the seat.

        Whoever has chosen the seat knows better than the register of postcodes.
        """
        if self.form.is_valid() and self.sureness != Sureness.CHOSEN:
            elsewhere = self._elsewhere()
            if elsewhere:
                self.form.add_error(
                    "postcode",
                    gettext(
                        "This postcode lies in {there}, but the letter is to the MP "
                        "for {here}. Correct the postcode, or open “Not your MP?” "
                        "above and choose."
                    ).format(there=_named(elsewhere), here=_named(self.seat)),
                )
        return self.form.is_valid()

    def chose_another_seat(self) -> bool:
        """Whether a seat is chosen in the list but the button beside it not pressed."""
        chosen = self.request.POST.get("seat", "")
        return bool(chosen) and chosen != self.seat.code

    def sheet(self) -> Sheet:
        """Show the letter so far."""
        text = self.composed(self.form.ticked())
        return self.laid_out(text)

    def composed(self, demands: list[Demand]) -> Composition:
        """Make the letter; without a reason a prompt stands in its place."""
        # What is far too long is asked to be shortened, not drawn.
        reason = self.form.reason_so_far()[:LONGEST_BODY] or str(PROMPT)
        return composing.compose(self.version, self.seat, demands, reason)

    def laid_out(self, text: Composition) -> Sheet:
        """Put a text on the sheet with the addresses typed so far."""
        sheet = composing.sheet(
            self.form.sender_so_far(),
            self.member.full_title,
            self.member.address_as,
            text,
            timezone.localdate(),
        )
        # What goes by post is not sent by Postbag and does not say so.
        return sheet if self.member.has_email else replace(sheet, footer="")

    def notes(self) -> dict[str, str]:
        """Give the notes on the letter with places for what is typed."""
        situation = self.form.situation
        helper = "{helper}" if situation == Situation.FOR_SOMEBODY else ""
        return {
            "address": situations.address_note(situation, "{country}", self.language),
            "signature": situations.signature_note("{name}", helper, self.language),
        }

    def kept(self) -> Kept:
        """Carry on the letter's text, if it was edited before."""
        return [
            ("token", tokens.for_ticket(self.ticket)),
            ("sureness", self.sureness),
            ("situation", self.form.situation),
            (LETTER_LANGUAGE, self.language),
            *present(self.request.POST, EDITED),
        ]

    def shown(self, status: int = HTTPStatus.OK) -> HttpResponse:
        """Draw the page."""
        return render(
            self.request,
            "compose.html",
            {
                "campaign": self.campaign,
                "seat": self.seat,
                "member": self.member,
                "sureness": self.sureness.value,
                "neighbours": self._neighbours(),
                "seat_groups": seat_groups(),
                "form": self.form,
                "situation": WORDINGS[self.form.situation],
                "notes": self.notes(),
                "sheet": self.sheet(),
                "prompt": PROMPT,
                "other_language": self.other_language(),
                "meter": composing.Meter(0, 0, self.form.next_step()),
                "kept": [*self.kept(), *self._unasked()],
                "post_instead": not self.member.has_email,
            },
            status=status,
        )

    def _unasked(self) -> Kept:
        """Carry on the address for mail where the page has no field for it."""
        is_asked = "email" in self.form.fields
        return [] if is_asked else present(self.request.POST, ("email",))

    def _postcode(self) -> Postcode | None:
        try:
            return Postcode.parse(str(self.form["postcode"].value() or ""))
        except PostcodeError:
            return None

    def _neighbours(self) -> tuple[Candidate, ...]:
        """Find whom else the postcode may belong to."""
        postcode = self._postcode()
        return lookup.neighbours(postcode, self.seat.code) if postcode else ()

    def _elsewhere(self) -> Candidate | None:
        """Find the seat that the postcode lies in, if that is surely another.

        Nobody else is asked for it again: it is most often the one typed first.
        """
        postcode = self._postcode()
        found = live.recalled(postcode) if postcode else None
        if found is None or not found.candidates:
            return None
        codes = {candidate.code for candidate in found.candidates}
        return None if self.seat.code in codes else found.candidates[0]


def _version_for(
    post: QueryDict, campaign: Campaign, seat: Candidate | None
) -> LetterTemplateVersion | None:
    """Choose the letter: in the language asked for, or that of the page before.

    At first it is Welsh for who reads Welsh and writes to an MP in Wales. A campaign
    without a Welsh letter has an English one.
    """
    newest_of = LetterTemplateVersion.objects.newest_of
    welsh = LetterTemplate.Language.WELSH.value
    asked = post.get(WRITE_IN) or post.get(LETTER_LANGUAGE)
    in_wales = seat is not None and seat.country == Country.WALES
    is_welsh = asked == welsh if asked else in_wales and _reads_welsh()
    return (newest_of(campaign, welsh) if is_welsh else None) or newest_of(campaign)


def _demands_for(version: LetterTemplateVersion) -> list[Demand]:
    """Give what the campaign asks for, with what the letter will say of it."""
    letter = version.template
    return list(letter.campaign.demands.in_order().said_in(letter.language))


def _reads_welsh() -> bool:
    return languages.spoken().code == LetterTemplate.Language.WELSH


def _named(seat: Candidate) -> str:
    return lookup.name_in(seat, languages.spoken().code)


def _is_by_post_only(seat: Candidate) -> bool:
    member = seat.representative
    return member is not None and not member.has_email


def _is_gone_on_with(post: QueryDict, before: Ticket | None, seat: Candidate) -> bool:
    """Whether the seat was found before: a draft says how, and has no ticket."""
    return before.seat == seat.code if before else "sureness" in post


def _initial(
    post: QueryDict,
    demands: list[Demand],
    asked: tuple[Question, ...],
    found: Finding,
) -> dict[str, Any]:
    ticked: list[Any] = post.getlist("demands") or [
        demand.pk for demand in demands if demand.is_ticked_at_first
    ]
    return {
        **dict(present(post, typed_in(post))),
        **questions.gathered(asked, answers_in(post)),
        "postcode": found.postcode,
        "demands": ticked,
    }
