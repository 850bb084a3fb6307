"""What the writing pages carry on from one to the next, in their own forms."""

from functools import lru_cache
from itertools import groupby

from django.http import QueryDict

from actions import tokens
from actions.errors import ForgedTokenError
from actions.finding import Sureness
from actions.models import Campaign
from actions.tokens import Ticket
from representatives import lookup
from representatives.lookup import SeatName

TYPED = (
    "reason",
    "name",
    "email",
    "address_line_1",
    "address_line_2",
    "town",
    "postcode",
)
EDITED = ("subject", "body", "composed", "composed_subject")

Kept = list[tuple[str, str]]
# Nations with their seats: code and name.
SeatGroups = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def seat_groups() -> SeatGroups:
    """All seats by nation, for a list to choose from; the same until they change."""
    return _grouped(lookup.seats())


@lru_cache(maxsize=1)
def _grouped(seats: tuple[SeatName, ...]) -> SeatGroups:
    by_nation = sorted(seats, key=lambda seat: (seat.country, seat.name))
    return tuple(
        (country, tuple((seat.code, seat.name) for seat in group))
        for country, group in groupby(by_nation, key=lambda seat: seat.country)
    )


def ticket_in(post: QueryDict, campaign: Campaign) -> Ticket | None:
    """Read the page's ticket; None if it is not ours or another campaign's."""
    try:
        ticket = tokens.ticket_of(post.get("token", ""))
    except ForgedTokenError:
        return None
    return ticket if ticket.campaign == campaign.pk else None


def sureness_in(post: QueryDict) -> Sureness:
    """Read how the seat was found."""
    carried = post.get("sureness", "")
    return Sureness(carried) if carried in set(Sureness) else Sureness.CHOSEN


def present(post: QueryDict, names: tuple[str, ...]) -> Kept:
    """Give those fields that something was typed in."""
    present = ((name, post.get(name)) for name in names)
    return [(name, value) for name, value in present if value]


def typed_text(post: QueryDict) -> str:
    """Everything that somebody had typed, to be given back where they can't go on."""
    body, reason = post.get("body", ""), post.get("reason", "")
    address = "\n".join(value for _, value in present(post, TYPED[1:]))
    parts = (post.get("subject", ""), "" if reason in body else reason, body, address)
    return "\n\n".join(filter(None, parts))
