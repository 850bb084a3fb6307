"""The list of all seats, to be searched by their names or their MPs'."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import FilteredRelation, Q

from actions import languages
from representatives import lookup, names
from representatives.lookup import SeatName
from representatives.models import Constituency, Country
from representatives.prepared import Prepared


class ListedSeat(NamedTuple):
    """A seat as the list has it; a tuple, because a page makes 650 of them."""

    code: str
    # In the reader's language; ``also`` in the other one that it has a name in, or "".
    name: str
    also: str
    # Who holds it, "" while it is vacant.
    member: str


# Nations with their seats.
Groups = tuple[tuple[str, tuple[ListedSeat, ...]], ...]


@dataclass(frozen=True)
class SeatList:
    """All seats by nation, or those that were found."""

    groups: Groups
    # What was looked for, and how many fit; None where nothing was.
    search: str = ""
    found: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it holds all seats, also because none fitted."""
        return not self.found


_SEATS = Prepared(
    lambda: (
        Constituency.objects.current()
        .alias(
            holder=FilteredRelation(
                "representatives", condition=Q(representatives__is_current=True)
            )
        )
        .values_list(
            "code", "name", "name_cy", "country", "region", "holder__display_name"
        )
    )
)


def seats(search: str = "") -> SeatList:
    """List the seats that fit all words of a search; all without one, or if none fits.

    One query. Case and accents don't matter; a word may be the part of one.
    """
    groups = _by_nation(tuple(_SEATS.rows()), languages.spoken().code)
    words = names.plain(search).split()
    if not words:
        return SeatList(groups, search)
    fitting = (
        (nation, tuple(seat for seat in listed if _fits(seat, nation, words)))
        for nation, listed in groups
    )
    narrowed = tuple((nation, listed) for nation, listed in fitting if listed)
    found = sum(len(listed) for _, listed in narrowed)
    return SeatList(narrowed or groups, search, found)


def _fits(seat: ListedSeat, nation: str, words: list[str]) -> bool:
    written = names.plain(f"{seat.name} {seat.also} {seat.member} {nation}")
    return all(word in written for word in words)


@lru_cache(maxsize=2 * len(languages.ALL))
def _by_nation(rows: tuple[tuple[Any, ...], ...], language: str) -> Groups:
    """Make the values once for the same rows: the same until one of them changes."""
    in_order = sorted(
        ((SeatName(*seat), member or "") for *seat, member in rows),
        key=lambda each: (each[0].country, lookup.sort_name(each[0], language)),
    )
    listed = (
        (seat.country, _listed(seat, member, language)) for seat, member in in_order
    )
    return tuple(
        (str(Country(country).label), tuple(seat for _, seat in group))
        for country, group in groupby(listed, key=itemgetter(0))
    )


def _listed(seat: SeatName, member: str, language: str) -> ListedSeat:
    name = lookup.name_in(seat, language)
    other = seat.name_cy if name == seat.name else seat.name
    return ListedSeat(seat.code, name, other, member)
