"""Where somebody writes from when it is not simply home, and for whom.

MPs answer their own constituents. Whoever lives abroad is one where they lived last,
whoever serves in the forces where their home is, whoever has no fixed address where
they have a connection; and one may write for a person who cannot.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from actions import frames

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class Situation(StrEnum):
    """Why the usual questions would not fit."""

    HOME = "home"
    ABROAD = "abroad"
    FORCES = "forces"
    NO_FIXED_ADDRESS = "no_fixed_address"
    FOR_SOMEBODY = "for_somebody"


_TOWN = gettext_lazy("Town or city")
_NAME = gettext_lazy("Your name")


@dataclass(frozen=True)
class Wording:
    """What the pages say in a situation, in the language in which it is drawn."""

    # How somebody says it of themselves, on the button.
    choice: "StrPromise"
    heading: "StrPromise"
    advice: "StrPromise"
    postcode: "StrPromise"
    address: "StrPromise"
    address_help: "StrPromise"
    town: "StrPromise" = _TOWN
    name: "StrPromise" = _NAME


WORDINGS: dict[Situation, Wording] = {
    Situation.HOME: Wording(
        choice=gettext_lazy("I live in the United Kingdom"),
        heading=gettext_lazy("Find your MP"),
        advice=gettext_lazy(
            "MPs answer the people who live in their own constituency, so the letter "
            "goes to yours."
        ),
        postcode=gettext_lazy("Your postcode"),
        address=gettext_lazy("Where do you live?"),
        address_help=gettext_lazy(
            "MPs’ offices answer only their own constituents, so the letter carries "
            "your full address."
        ),
    ),
    Situation.ABROAD: Wording(
        choice=gettext_lazy("I live abroad"),
        heading=gettext_lazy("Writing from abroad"),
        advice=gettext_lazy(
            "Your MP is that of your last address in the United Kingdom. The letter "
            "carries that address, and says where you live now."
        ),
        postcode=gettext_lazy("Postcode of your last address in the United Kingdom"),
        address=gettext_lazy("Your last address in the United Kingdom"),
        address_help=gettext_lazy(
            "MPs’ offices answer only their own constituents, so the letter carries "
            "this address; below it you say where you live now."
        ),
    ),
    Situation.FORCES: Wording(
        # Translators: the armed forces.
        choice=gettext_lazy("I serve in the forces"),
        heading=gettext_lazy("Writing from the forces"),
        advice=gettext_lazy(
            "Your MP is that of your home in the United Kingdom, wherever you are "
            "posted. A BFPO number is no place in a constituency: give your home "
            "address. Nothing in the letter says where you serve."
        ),
        postcode=gettext_lazy("Postcode of your home"),
        address=gettext_lazy("Your home in the United Kingdom"),
        address_help=gettext_lazy(
            "MPs’ offices answer only their own constituents, so the letter carries "
            "your home address."
        ),
    ),
    Situation.NO_FIXED_ADDRESS: Wording(
        choice=gettext_lazy("I have no fixed address"),
        heading=gettext_lazy("Writing without a fixed address"),
        advice=gettext_lazy(
            "You have an MP all the same: that of the place that you have a "
            "connection with, such as where you stay most, or lived last, or a day "
            "centre or hostel that you use. Its postcode finds your MP."
        ),
        postcode=gettext_lazy("Postcode of that place"),
        address=gettext_lazy("The place that you have a connection with"),
        address_help=gettext_lazy(
            "MPs’ offices answer only their own constituents, so the letter carries "
            "the name of this place. A street is needed only where post reaches you."
        ),
        town=gettext_lazy("Town, or part of a city"),
    ),
    Situation.FOR_SOMEBODY: Wording(
        choice=gettext_lazy("I write for somebody else"),
        heading=gettext_lazy("Writing for somebody else"),
        advice=gettext_lazy(
            "It is their letter: to their MP, with their name and address, and only "
            "if they want it. At the end it says that you wrote it for them."
        ),
        # Translators: of one person, for whom somebody else writes; so are the others.
        postcode=gettext_lazy("Their postcode"),
        address=gettext_lazy("Where do they live?"),
        address_help=gettext_lazy(
            "MPs’ offices answer only their own constituents, so the letter carries "
            "their full address."
        ),
        name=gettext_lazy("Their name"),
    ),
}

# Those offered to whoever finds that the postcode box does not fit.
OFFERED = tuple(situation for situation in Situation if situation != Situation.HOME)


def named(value: str) -> Situation:
    """Read a situation that a page carried; what is none is home."""
    return Situation(value) if value in set(Situation) else Situation.HOME


def address_note(situation: Situation, country: str, language: str = "en") -> str:
    """Say under the address on the letter what the office must know; mostly ""."""
    frame = frames.of(language)
    match situation:
        case Situation.ABROAD:
            return frame.abroad.format(country=country)
        case Situation.NO_FIXED_ADDRESS:
            return frame.no_fixed_address
    return ""


def signature_note(name: str, helper: str, language: str = "en") -> str:
    """Say under the signature who wrote for whom; "" where nobody did."""
    if not helper:
        return ""
    return frames.of(language).written_for.format(name=name, helper=helper)
