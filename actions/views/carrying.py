"""What the writing pages carry on from one to the next, in their own forms."""

from functools import lru_cache
from itertools import groupby

from django.http import QueryDict

from actions import languages, questions, situations, tokens
from actions.errors import ForgedTokenError
from actions.finding import Sureness
from actions.models import Campaign
from actions.situations import Situation
from actions.tokens import Ticket
from representatives import lookup
from representatives.lookup import SeatName
from representatives.models import Country

PERSON = (
    "name",
    "email",
    "address_line_1",
    "address_line_2",
    "town",
    "postcode",
    "country",
    "helper",
)
EDITED = ("subject", "body", "composed", "composed_subject")

Kept = list[tuple[str, str]]
# Nations with their seats: code and name.
SeatGroups = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def seat_groups() -> SeatGroups:
    """All seats by nation, for a list to choose from; the same until they change.

    Named in the reader's language.
    """
    return _grouped(lookup.seats(), languages.spoken().code)


@lru_cache(maxsize=len(languages.ALL))
def _grouped(seats: tuple[SeatName, ...], language: str) -> SeatGroups:
    by_nation = sorted(
        seats, key=lambda seat: (seat.country, lookup.sort_name(seat, language))
    )
    return tuple(
        (
            str(Country(country).label),
            tuple((seat.code, lookup.name_in(seat, language)) for seat in group),
        )
        for country, group in groupby(by_nation, key=lambda seat: seat.country)
    )


def is_searched(post: QueryDict) -> bool:
    """Whether the list of seats is to be searched rather than one of it used."""
    return "narrow" in post or bool(search_in(post) and not post.get("seat"))


def search_in(post: QueryDict) -> str:
    """Read what the list of seats is searched for."""
    return post.get("seat_search", "").strip()[:100]


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


def situation_in(post: QueryDict) -> Situation:
    """Read where somebody writes from."""
    return situations.named(post.get("situation", ""))


def present(post: QueryDict, names: tuple[str, ...]) -> Kept:
    """Give those fields that something was typed in."""
    present = ((name, post.get(name)) for name in names)
    return [(name, value) for name, value in present if value]


def typed_in(post: QueryDict) -> tuple[str, ...]:
    """Name the fields of the questions' page that somebody fills in by hand."""
    return (*questions.answers_among(post), *PERSON)


def answers_in(post: QueryDict) -> dict[str, str]:
    """Give the answers, also to questions that are no longer asked."""
    return {name: post.get(name, "") for name in questions.answers_among(post)}


def typed_text(post: QueryDict) -> str:
    """Everything that somebody had typed, to be given back where they can't go on."""
    body = post.get("body", "")
    address = "\n".join(value for _, value in present(post, PERSON))
    parts = (
        post.get("subject", ""),
        *(answer for answer in answers_in(post).values() if answer not in body),
        body,
        address,
    )
    return "\n\n".join(filter(None, parts))
