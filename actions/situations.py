"""Where somebody writes from when it is not simply home, and for whom.

MPs answer their own constituents. Whoever lives abroad is one where they lived last,
whoever serves in the forces where their home is, whoever has no fixed address where
they have a connection; and one may write for a person who cannot.
"""

from dataclasses import dataclass
from enum import StrEnum


class Situation(StrEnum):
    """Why the usual questions would not fit."""

    HOME = "home"
    ABROAD = "abroad"
    FORCES = "forces"
    NO_FIXED_ADDRESS = "no_fixed_address"
    FOR_SOMEBODY = "for_somebody"


@dataclass(frozen=True)
class Wording:
    """What the pages say in a situation."""

    # How somebody says it of themselves, on the button.
    choice: str
    heading: str
    advice: str
    postcode: str
    address: str
    address_help: str
    town: str = "Town or city"
    name: str = "Your name"


_HELP = "MPs’ offices answer only their own constituents, so the letter carries "

WORDINGS: dict[Situation, Wording] = {
    Situation.HOME: Wording(
        choice="I live in the United Kingdom",
        heading="Find your MP",
        advice=(
            "MPs answer the people who live in their own constituency, so the letter "
            "goes to yours."
        ),
        postcode="Your postcode",
        address="Where do you live?",
        address_help=f"{_HELP}your full address.",
    ),
    Situation.ABROAD: Wording(
        choice="I live abroad",
        heading="Writing from abroad",
        advice=(
            "Your MP is that of your last address in the United Kingdom. The letter "
            "carries that address, and says where you live now."
        ),
        postcode="Postcode of your last address in the United Kingdom",
        address="Your last address in the United Kingdom",
        address_help=f"{_HELP}this address; below it you say where you live now.",
    ),
    Situation.FORCES: Wording(
        choice="I serve in the forces",
        heading="Writing from the forces",
        advice=(
            "Your MP is that of your home in the United Kingdom, wherever you are "
            "posted. A BFPO number is no place in a constituency: give your home "
            "address. Nothing in the letter says where you serve."
        ),
        postcode="Postcode of your home",
        address="Your home in the United Kingdom",
        address_help=f"{_HELP}your home address.",
    ),
    Situation.NO_FIXED_ADDRESS: Wording(
        choice="I have no fixed address",
        heading="Writing without a fixed address",
        advice=(
            "You have an MP all the same: that of the place that you have a "
            "connection with, such as where you stay most, or lived last, or a day "
            "centre or hostel that you use. Its postcode finds your MP."
        ),
        postcode="Postcode of that place",
        address="The place that you have a connection with",
        address_help=(
            f"{_HELP}the name of this place. A street is needed only where post "
            "reaches you."
        ),
        town="Town, or part of a city",
    ),
    Situation.FOR_SOMEBODY: Wording(
        choice="I write for somebody else",
        heading="Writing for somebody else",
        advice=(
            "It is their letter: to their MP, with their name and address, and only "
            "if they want it. At the end it says that you wrote it for them."
        ),
        postcode="Their postcode",
        address="Where do they live?",
        address_help=f"{_HELP}their full address.",
        name="Their name",
    ),
}

# Those offered to whoever finds that the postcode box does not fit.
OFFERED = tuple(situation for situation in Situation if situation != Situation.HOME)


def named(value: str) -> Situation:
    """Read a situation that a page carried; what is none is home."""
    return Situation(value) if value in set(Situation) else Situation.HOME


def address_note(situation: Situation, country: str) -> str:
    """Say under the address on the letter what the office must know; mostly ""."""
    match situation:
        case Situation.ABROAD:
            return f"Last address in the United Kingdom; now living in {country}"
        case Situation.NO_FIXED_ADDRESS:
            return "No fixed address; this is the place I have a connection with"
    return ""


def signature_note(name: str, helper: str) -> str:
    """Say under the signature who wrote for whom; "" where nobody did."""
    if not helper:
        return ""
    return f"Written for {name}, who wishes it, by {helper}"
