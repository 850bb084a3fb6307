"""Seats and letters out, for tests of what is told about them."""

import datetime
from typing import Any

from actions.models import Campaign, Tally
from representatives.models import Constituency
from tests.registers import make_constituency, make_member

TODAY = datetime.date(2026, 11, 22)
YESTERDAY = datetime.date(2026, 11, 21)


def make_seat(
    name: str = "Newtown",
    *,
    party: str = "Labour",
    country: str = "England",
    region: str = "London",
) -> Constituency:
    """Make a seat, beside the 650, with a member of a party."""
    seat = make_constituency(name=name, country=country, region=region)
    make_member(constituency=seat, party=party)
    return seat


def count_letters(
    campaign: Campaign, seat: Constituency, number: int = 1, **fields: Any
) -> None:
    """Have this many letters to a seat's MP out on one day; none leave no row."""
    if number:
        Tally.objects.create(
            **{
                "campaign": campaign,
                "constituency": seat,
                "day": YESTERDAY,
                "way": Tally.Way.EMAIL,
                "step": Tally.Step.ACCEPTED,
                "own_words": Tally.OwnWords.SOME,
                "is_demo": True,
                "count": number,
                **fields,
            }
        )
