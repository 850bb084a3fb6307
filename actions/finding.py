"""From what is typed in the postcode box to the seat that is written to."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy, pgettext

from actions import languages
from representatives import live, lookup, parliament, places
from representatives.errors import PostcodeError
from representatives.kept_answers import Service
from representatives.lookup import Candidate, Found, Match, Reason
from representatives.postcodes import Postcode

UNKNOWN_POSTCODE = gettext_lazy(
    "We do not know this postcode. Check it against a letter addressed to you; if it "
    "is new, choose your constituency below."
)
UNKNOWN_SEAT = gettext_lazy("Choose one of the constituencies in the list.")
NOTHING_TYPED = gettext_lazy("Type your postcode, or choose your constituency below.")


class Sureness(StrEnum):
    """How a seat was found; the last two: another service told it, for sure."""

    EXACT = "exact"
    LIKELY = "likely"
    CHOSEN = "chosen"
    PARLIAMENT = Service.PARLIAMENT.value
    POSTCODES_IO = Service.POSTCODES_IO.value


@dataclass(frozen=True)
class Choice:
    """A seat that somebody may have to choose, with what tells it from the others.

    ``percent`` is its share of the postcodes around, from 1 to 99, and ``near`` are
    some of these; None and empty where there is nothing to compare.
    """

    seat: Candidate
    percent: int | None = None
    near: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What a postcode or a choice led to.

    ``seat`` is set only when there is an MP to write to; ``error`` is a sentence for
    the person, set when what was typed leads nowhere. With neither, the person chooses
    among the ``choices``; ``why`` says why there are several.
    """

    postcode: str
    seat: Candidate | None = None
    sureness: Sureness | None = None
    choices: tuple[Choice, ...] = ()
    why: str = ""
    error: str = ""


def find(typed: str, seat_code: str, *, asks_others: bool) -> Finding:
    """Find the seat for a postcode, or for a choice, which goes before it.

    Only if it ``asks_others`` may another service learn the postcode.
    """
    if not typed.strip() and not seat_code:
        return Finding(postcode="", error=str(NOTHING_TYPED))
    try:
        postcode = Postcode.parse(typed)
    except PostcodeError as error:
        if seat_code:
            return _chosen(typed.strip(), seat_code)
        return Finding(postcode=typed, error=str(error))
    if seat_code:
        return _chosen(str(postcode), seat_code)
    return _found(live.find(postcode) if asks_others else lookup.find(postcode))


def _found(found: Found) -> Finding:
    postcode = str(found.postcode)
    if found.match in {Match.EXACT, Match.LIKELY}:
        is_ours = found.source == lookup.DIRECTORY
        sureness = Sureness(found.match.value if is_ours else found.source)
        return _occupied(postcode, found.candidates[0], sureness)
    if not found.candidates:
        return Finding(postcode=postcode, error=str(UNKNOWN_POSTCODE))
    if found.reason == Reason.NORTHERN_IRELAND:
        return Finding(
            postcode=postcode,
            choices=tuple(map(Choice, found.candidates)),
            why="northern_ireland",
        )
    return Finding(postcode=postcode, choices=_told_apart(found), why="split")


def _told_apart(found: Found) -> tuple[Choice, ...]:
    near = places.near(found.postcode)
    return tuple(
        Choice(
            seat=seat,
            percent=min(max(round(100 * seat.share), 1), 99),
            near=near.get(seat.code, ()),
        )
        for seat in found.candidates
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
    if parliament.on().is_filling:
        return gettext(
            "We do not know yet who was elected in {seat}: its result is not in our "
            "list of MPs. There is nobody to write to yet. Please come back tomorrow."
        ).format(seat=name)
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
