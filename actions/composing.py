"""From a campaign's words and a supporter's to a letter, and how it will look."""

import datetime
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from django.utils import formats, translation
from django.utils.translation import gettext_lazy

from actions import frames, own_words, rendering, situations
from actions.models import (
    Campaign,
    Demand,
    Letter,
    LetterTemplate,
    LetterTemplateVersion,
)
from representatives import offices
from representatives.lookup import Candidate, Member, name_in

LONGEST_BODY = 20_000
HOUSE_OF_COMMONS = ("House of Commons", "London SW1A 0AA")

# What would help next, by the least percentage of own words it is said from.
_ENCOURAGEMENTS = (
    (
        0,
        gettext_lazy(
            "So far the words are the campaign’s. One sentence of your own makes it"
            " yours."
        ),
    ),
    (
        1,
        gettext_lazy(
            "A good beginning: MPs’ offices set identical letters aside. One more"
            " sentence makes yours stand out."
        ),
    ),
    (
        25,
        gettext_lazy(
            "Your MP will hear you in this. One more sentence of yours would help."
        ),
    ),
    (
        50,
        gettext_lazy("Most of this letter is yours. That is the kind that gets read."),
    ),
)

# From here on nothing more is suggested.
OWN_ENOUGH = 50
# Translators: {step} is a suggestion, such as "a sentence about your town".
_NEXT = gettext_lazy("Next, perhaps: {step}.")

# Space before a paragraph, which a tidy text may still have.
_INDENTS = re.compile(r"\n\n\s+")
_BRACKETED = re.compile(r"\[[^\[\]\n]*\]")
_LETTER = re.compile(r"[^\W\d_]")
_INSTRUCTION = re.compile(
    r"\[\s*(?:add|describe|explain|insert|say|tell|write|your|name|town"
    r"|dywedwch|disgrifiwch|eglurwch|eich|enw|rhowch|tref|ychwanegwch|ysgrifennwch)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Composition:
    """A letter as Postbag proposes it, and its text without the supporter's words."""

    subject: str
    body: str
    base_text: str
    # Of ``LetterTemplate.Language``.
    language: str = LetterTemplate.Language.ENGLISH.value


@dataclass(frozen=True)
class Sender:
    """Who writes, and from where."""

    name: str
    email: str
    address_line_1: str
    address_line_2: str
    town: str
    postcode: str
    # What stands under the address, such as where somebody lives now.
    address_note: str = ""
    # Who wrote it for them, if somebody did.
    helper: str = ""

    @property
    def address_lines(self) -> tuple[str, ...]:
        """The address as it stands on the letter, without empty lines."""
        last = f"{self.town} {self.postcode}".strip()
        lines = (self.address_line_1, self.address_line_2, last, self.address_note)
        return tuple(filter(None, lines))


@dataclass(frozen=True)
class Sheet:
    """A letter as the MP will read it, from the first line to the last."""

    subject: str
    sender_lines: tuple[str, ...]
    dated: datetime.date
    recipient_lines: tuple[str, ...]
    salutation: str
    paragraphs: tuple[own_words.Paragraph, ...]
    closing: str
    signature: str
    footer: str
    # Stands under the signature where somebody wrote for another person.
    signature_note: str = ""
    language: str = LetterTemplate.Language.ENGLISH.value
    # For the office of the MP; stands under the footer.
    office_note: str = ""

    @property
    def frame(self) -> frames.Frame:
        """The fixed words of letters in its language."""
        return frames.of(self.language)

    @property
    def date_line(self) -> str:
        """The date as the letter writes it."""
        return _date_line(self.dated, self.frame.dates)

    def as_text(self) -> str:
        """The letter as the plain text of a mail."""
        paragraphs = ("".join(piece.text for piece in part) for part in self.paragraphs)
        blocks = [
            "\n".join(self.sender_lines),
            self.date_line,
            "\n".join(self.recipient_lines),
            self.salutation,
            *(part.strip() for part in paragraphs),
            "\n".join(
                filter(None, (self.closing, self.signature, self.signature_note))
            ),
        ]
        if self.footer:
            notes = filter(None, (self.footer, self.office_note))
            blocks.append("\n".join(("-- ", *notes)))
        return "\n\n".join(filter(None, blocks)) + "\n"


def compose(
    version: LetterTemplateVersion,
    seat: Candidate,
    demands: Iterable[Demand],
    reason: str,
) -> Composition:
    """Make a letter from a template version for a seat that has a member.

    Raises:
        TemplateRefusedError: the version is not one that can be run.
        ValueError: the seat is vacant.

    """
    if seat.representative is None:
        raise ValueError(seat.code)
    language = version.template.language
    fields = _fields(
        version.template.campaign, seat, seat.representative, demands, language
    )
    text = rendering.render(version.body, fields, rendering.tidy(reason))
    return Composition(
        subject=version.subject,
        body=text.body,
        base_text=text.base,
        language=language,
    )


def lay_out(letter: Letter) -> Sheet:
    """Lay a letter out as the MP will read it; ``text_of`` is what is mailed."""
    return _framed(letter, _marked(letter.base_text, letter.body))


def text_of(letter: Letter, *, office_link: str = "") -> str:
    """Write a letter as plain text: the same as ``lay_out(letter).as_text()``.

    With ``office_link`` it is the copy that the MP's office gets, which tells there
    what is wrong with it. It leaves out whose words are whose, which takes a worker
    longer than all the rest of a mail.
    """
    body = _INDENTS.sub("\n\n", rendering.tidy(letter.body))
    unmarked = ((own_words.Segment(body, is_own=False),),)
    return _framed(letter, _Inside(unmarked, office_link)).as_text()


def sheet(
    sender: Sender,
    recipient_name: str,
    address_as: str,
    text: Composition,
    dated: datetime.date,
) -> Sheet:
    """Lay out a letter that Postbag sends, and that may be unfinished."""
    inside = _marked(text.base_text, text.body)
    return _laid_out(sender, (recipient_name, address_as), text, dated, inside)


def encouragement(percent: int, next_step: str = "") -> str:
    """Say what would help next, such as "a sentence about your town"; no reproach."""
    words = [str(words) for least, words in _ENCOURAGEMENTS if percent >= least][-1]
    if next_step and percent < OWN_ENOUGH:
        return f"{words} {str(_NEXT).format(step=next_step)}"
    return words


@dataclass(frozen=True)
class Meter:
    """What the own-words meter shows, and what it says as the letter grows."""

    percent: int
    words: int
    # Such as "a sentence about your town"; "" where nothing is wanting.
    next_step: str = ""
    enough: int = OWN_ENOUGH

    @property
    def stages(self) -> tuple[tuple[int, str], ...]:
        """What it says, by the least percentage that it is said from."""
        return tuple((least, str(words)) for least, words in _ENCOURAGEMENTS)

    @property
    def next_words(self) -> str:
        """How it puts a suggestion, with ``{step}`` in it."""
        return str(_NEXT)

    @property
    def hint(self) -> str:
        """What would help next."""
        return encouragement(self.percent, self.next_step)


def placeholder_left(body: str, base_text: str) -> str:
    """Find a bracketed note that was meant to be replaced; "" where there is none.

    A supporter's own brackets are theirs: only notes of the template and phrases that
    read like an instruction count.
    """
    notes = set(_BRACKETED.findall(base_text))
    found = (note for note in _BRACKETED.findall(body) if _is_note(note, notes))
    return next(found, "")


def without_placeholders(body: str, base_text: str) -> str:
    """Take such notes out, and the paragraphs that were nothing else."""
    notes = set(_BRACKETED.findall(base_text))
    return rendering.tidy(
        _BRACKETED.sub(
            lambda found: "" if _is_note(found[0], notes) else found[0], body
        )
    )


def _is_note(bracketed: str, notes: Collection[str]) -> bool:
    is_to_be_replaced = bracketed in notes or _INSTRUCTION.match(bracketed)
    return bool(is_to_be_replaced and _LETTER.search(bracketed))


def _office_note(frame: frames.Frame, name: str, link: str) -> str:
    return frame.office_note.format(name=name or frame.nobody, link=link)


class _Inside(NamedTuple):
    """What differs between the sheet that a writer sees and the mail to the MP."""

    paragraphs: tuple[own_words.Paragraph, ...]
    # "" where the office has none yet.
    office_link: str = ""


def sender_of(letter: Letter) -> Sender:
    """Give who wrote a letter, and from where."""
    return Sender(
        name=letter.sender_name,
        email=letter.sender_email,
        address_line_1=letter.address_line_1,
        address_line_2=letter.address_line_2,
        town=letter.town,
        postcode=letter.postcode,
        address_note=letter.address_note,
        helper=letter.helper,
    )


def _framed(letter: Letter, inside: _Inside) -> Sheet:
    return _laid_out(
        sender_of(letter),
        (letter.recipient_name, letter.recipient_salutation),
        letter,
        letter.dated,
        inside,
    )


def _laid_out(
    sender: Sender,
    recipient: tuple[str, str],
    text: Composition | Letter,
    dated: datetime.date,
    inside: _Inside,
) -> Sheet:
    recipient_name, address_as = recipient
    frame = frames.of(text.language)
    return Sheet(
        subject=text.subject,
        sender_lines=tuple(filter(None, (sender.name, *sender.address_lines))),
        dated=dated,
        recipient_lines=(recipient_name, *HOUSE_OF_COMMONS),
        salutation=frame.salutation.format(name=address_as),
        paragraphs=inside.paragraphs,
        closing=frame.closing,
        signature=sender.name,
        footer=frame.footer.format(name=sender.name or frame.nobody),
        signature_note=situations.signature_note(
            sender.name, sender.helper, text.language
        ),
        language=text.language,
        office_note=_office_note(
            frame, sender.name, inside.office_link or frame.office_link
        ),
    )


def _marked(base_text: str, body: str) -> _Inside:
    return _Inside(own_words.mark(base_text, rendering.tidy(body)))


@lru_cache(maxsize=64)
def _date_line(dated: datetime.date, language: str) -> str:
    with translation.override(language):
        return formats.date_format(dated, "j F Y")


def _fields(
    campaign: Campaign,
    seat: Candidate,
    member: Member,
    demands: Iterable[Demand],
    language: str,
) -> rendering.LetterFields:
    said = [demand.in_language(language) for demand in demands]
    return rendering.LetterFields(
        campaign=rendering.CampaignFields(title=campaign.in_language(language).title),
        # Templates compare the country, so it stays as the register has it.
        constituency=rendering.ConstituencyFields(
            name=name_in(seat, language), country=seat.country, region=seat.region
        ),
        representative=rendering.RepresentativeFields(
            display_name=member.display_name,
            full_title=member.full_title,
            address_as=member.address_as,
            party=member.party,
            office=offices.weightiest_of(member.parliament_id),
        ),
        demands=tuple(
            rendering.DemandFields(title=demand.title, paragraph=demand.paragraph)
            for demand in said
        ),
    )
