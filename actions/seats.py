"""Constituencies as they may be told of: in buckets, alone or together.

Why so roughly, and why groups are made of buckets, is in
docs/decisions/0006-counting.md.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import FilteredRelation, Q
from django.utils.formats import number_format
from django.utils.translation import gettext, pgettext

from actions import languages
from actions.counting import LettersOut
from representatives import lookup, parliament, parties
from representatives.lookup import SeatName
from representatives.models import Constituency
from representatives.prepared import Prepared


@dataclass(frozen=True)
class Span:
    """A number of letters, told only roughly; without ``most`` it has no upper end."""

    least: int
    most: int | None

    def __str__(self) -> str:
        if self.most is None:
            return f"{self.least}+"
        return f"{self.least}-{self.most}" if self.most else "0"

    @property
    def words(self) -> str:
        """The same to be read: "1 to 4"."""
        if self.most is None:
            # Translators: a number of letters, such as 1,010 or more.
            return gettext("{least} or more").format(least=_written(self.least))
        if self.most:
            # Translators: a number of letters, such as 1 to 4.
            return gettext("{least} to {most}").format(
                least=_written(self.least), most=_written(self.most)
            )
        return pgettext("a number of letters", "none")


def _written(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)


# What may be told about one seat.
BUCKETS = (Span(0, 0), Span(1, 4), Span(5, 9), Span(10, None))
_LEAST = [bucket.least for bucket in BUCKETS]


class Seat(NamedTuple):
    """A constituency, how it was doing at last midnight, and its cell on the map.

    Named, as its country, its region and its member's party, in the reader's language.
    A tuple, because a page makes 650 of them.
    """

    code: str
    name: str
    country: str
    region: str
    member: str
    party: str
    # Which of BUCKETS: of letters out, and of those that their writers sent.
    bucket: int
    reported: int
    # The middle of its cell; neighbours in a row are 20 apart.
    x: float
    y: float


@dataclass(frozen=True)
class Group:
    """Some seats together, told by nothing but the buckets of each."""

    name: str
    seats: int
    seats_reached: int
    letters: Span
    reported: Span


def rough(letters: int) -> Span:
    """Tell a number roughly: in the steps of a seat, and from ten on in tens."""
    if letters < BUCKETS[-1].least:
        return BUCKETS[_bucket(letters)]
    least = letters - letters % 10
    return Span(least, least + 9)


def _bucket(letters: int) -> int:
    """Say which of BUCKETS holds this number."""
    return bisect_right(_LEAST, letters) - 1


_SEATS = Prepared(
    lambda: (
        Constituency.objects.current()
        .alias(
            holder=FilteredRelation(
                "representatives", condition=Q(representatives__is_current=True)
            )
        )
        .values_list(
            "pk",
            "code",
            "name",
            "country",
            "region",
            "hex_q",
            "hex_r",
            "holder__display_name",
            "holder__party",
            "name_cy",
        )
    )
)


_IN_FORCE = Prepared(lambda: Constituency.objects.current().values_list("pk"))


def in_force() -> frozenset[int]:
    """Give the keys of the seats on the boundaries that are in force: one query."""
    return frozenset(key for (key,) in _IN_FORCE.rows())


@dataclass(frozen=True, eq=False)
class Told:
    """All seats as they may be told of, alone and together.

    In one language, and the same object for as long as nothing changes, so that what
    is drawn of it can be remembered by it.
    """

    seats: tuple[Seat, ...]

    @cached_property
    def countries(self) -> tuple[Group, ...]:
        """Together by country."""
        return _grouped(self.seats, attrgetter("country"))

    @cached_property
    def regions(self) -> tuple[Group, ...]:
        """Together by region."""
        return _grouped(self.seats, attrgetter("region"))

    @cached_property
    def parties(self) -> tuple[Group, ...]:
        """Together by the party of the present member."""
        return _grouped(self.seats, attrgetter("party"))


def told(letters: LettersOut) -> Told:
    """Read every seat with its present member, and put its letters into a bucket."""
    rows = tuple(_SEATS.rows())
    if not parliament.on().has_members:
        rows = tuple((*row[:7], None, None, *row[9:]) for row in rows)
    buckets = (_bucket(letters.by_seat.before_today(row[0])) for row in rows)
    reported = (_bucket(letters.reported.before_today(row[0])) for row in rows)
    return _told(rows, bytes(buckets), bytes(reported), languages.spoken().code)


@lru_cache(maxsize=16)
def _told(
    rows: tuple[tuple[Any, ...], ...], buckets: bytes, reported: bytes, language: str
) -> Told:
    """Make the values once for the same rows and buckets: it takes a page's time."""
    left = min((row[5] for row in rows), default=0)
    top = max((row[6] for row in rows), default=0)
    # Sorted here, as databases differ in how they order hyphens and accents.
    in_order = sorted(
        zip(map(_seat_name, rows), rows, buckets, reported, strict=True),
        key=lambda each: (lookup.sort_name(each[0], language), each[0].code),
    )
    seats = (
        Seat(
            code=seat.code,
            name=lookup.name_in(seat, language),
            country=gettext(seat.country),
            region=gettext(seat.region),
            member=member or "",
            # Translators: stands among the parties of MPs, for seats without an MP.
            party=parties.named(party) if party else pgettext("a seat", "Vacant"),
            bucket=bucket,
            reported=own_way,
            # Odd rows lie half a cell to the right; rows overlap by a quarter.
            x=20 * (column - left) + 10 * (row % 2),
            y=round(17.32 * (top - row), 1),
        )
        for seat, (*_, column, row, member, party, _), bucket, own_way in in_order
    )
    return Told(tuple(seats))


def _seat_name(row: tuple[Any, ...]) -> SeatName:
    _, code, name, country, region, *_, name_cy = row
    return SeatName(code, name, name_cy, country, region)


def _grouped(
    seats: Iterable[Seat], name_of: Callable[[Seat], str]
) -> tuple[Group, ...]:
    """Put seats together, the largest group first.

    Made of the seats' buckets and of nothing else, so that no arithmetic on groups,
    however they overlap, tells more about a seat than its own bucket does.
    """
    together: dict[str, list[Seat]] = defaultdict(list)
    for seat in seats:
        together[name_of(seat)].append(seat)
    groups = (
        Group(
            name=name,
            seats=len(some),
            seats_reached=sum(1 for seat in some if seat.bucket),
            letters=_sum(BUCKETS[seat.bucket] for seat in some),
            reported=_sum(BUCKETS[seat.reported] for seat in some),
        )
        for name, some in together.items()
    )
    return tuple(sorted(groups, key=lambda group: (-group.seats, group.name)))


def _sum(spans: Iterable[Span]) -> Span:
    """Add up what is known roughly."""
    least, most = 0, 0
    is_open = False
    for span in spans:
        least += span.least
        most += span.most or 0
        is_open = is_open or span.most is None
    return Span(least, None if is_open else most)
