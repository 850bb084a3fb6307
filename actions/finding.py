"""From what is typed in the postcode box to the seat that is written to."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy, pgettext

from actions import languages
from representatives import lookup
from representatives.errors import PostcodeError
from representatives.lookup import Candidate, Match
from representatives.postcodes import Postcode

UNKNOWN_POSTCODE = gettext_lazy(
    "We do not know this postcode. Check it against a letter addressed to you; if it "
    "is new, choose your constituency below."
)
UNKNOWN_SEAT = gettext_lazy("Choose one of the constituencies in the list.")
NOTHING_TYPED = gettext_lazy("Type your postcode, or choose your constituency below.")


class Sureness(StrEnum):
    """How a seat was found."""

    EXACT = "exact"
    LIKELY = "likely"
    CHOSEN = "chosen"


@dataclass(frozen=True)
class Finding:
    """What a postcode or a choice led to.

    ``seat`` is set only when there is an MP to write to; ``error`` is a sentence for
    the person, set when what was typed leads nowhere. With neither, the person chooses
    among the ``candidates``; ``why`` says why there are several.
    """

    postcode: str
    seat: Candidate | None = None
    sureness: Sureness | None = None
    candidates: tuple[Candidate, ...] = ()
    why: str = ""
    error: str = ""


def find(typed: str, seat_code: str) -> Finding:
    """Find the seat for a postcode, or for a choice, which goes before it."""
    if not typed.strip() and not seat_code:
        return Finding(postcode="", error=str(NOTHING_TYPED))
    try:
        postcode = Postcode.parse(typed)
    except PostcodeError as error:
        if seat_code:
            return _chosen(typed.strip(), seat_code)
        return Finding(postcode=typed, error=str(error))
    return _chosen(str(postcode), seat_code) if seat_code else _looked_up(postcode)


def _looked_up(postcode: Postcode) -> Finding:
    found = lookup.find(postcode)
    if found.match in {Match.EXACT, Match.LIKELY}:
        sureness = Sureness(found.match.value)
        return _occupied(str(postcode), found.candidates[0], sureness)
    if not found.candidates:
        return Finding(postcode=str(postcode), error=str(UNKNOWN_POSTCODE))
    return Finding(
        postcode=str(postcode),
        candidates=found.candidates,
        why="northern_ireland" if found.reason == "northern_ireland" else "split",
    )


def _chosen(postcode: str, code: str) -> Finding:
    seat = lookup.seat(code)
    if seat is None:
        return Finding(postcode=postcode, error=str(UNKNOWN_SEAT))
    return _occupied(postcode, seat, Sureness.CHOSEN)


def _occupied(postcode: str, seat: Candidate, sureness: Sureness) -> Finding:
    if seat.representative is None:
        return Finding(postcode=postcode, error=vacancy(seat))
    return Finding(postcode=postcode, seat=seat, sureness=sureness)


def vacancy(seat: Candidate) -> str:
    """Say that nobody can be written to in a seat, and until when if it is known."""
    name = lookup.name_in(seat, languages.spoken().code)
    if polling_on := lookup.by_election(seat.code):
        # Translators: a date as 22 November 2026, in Django's letters for it.
        day = date_format(polling_on, pgettext("date", "j F Y"))
        return gettext(
            "{seat} has no MP at the moment: the seat is vacant until the by-election "
            "on {day}. There is nobody to write to yet. Please come back after it."
        ).format(seat=name, day=day)
    return gettext(
        "{seat} has no MP at the moment: the seat is vacant until a by-election. There "
        "is nobody to write to yet. Please come back then."
    ).format(seat=name)
