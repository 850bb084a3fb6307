"""TheyWorkForYou's list of MPs: who sits for which seat and party, by its own ids.

The shape is that of https://www.theyworkforyou.com/api/docs/getMPs, as far as it is
needed here. The list has neither Parliament's ids nor titles nor addresses: these are
of the terms that we know already.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_noop

from representatives import addressing, names, parties
from representatives.errors import SourceError
from representatives.house import House
from representatives.models import Representative
from representatives.snapshot import MemberRow, Provenance
from representatives.sources.shapes import Value, changed

PATH: Final = "/api/getMPs"
KINDS: Final = ("application/json", "text/javascript")
_LONGEST_REASON: Final = 200
_LONGEST_ANSWER: Final = 10_000

# Their lists of members are their own work, under a licence of its own; what a term had
# before stays Parliament's.
PROVENANCE = Provenance(
    source=gettext_noop(
        "The current members of the House of Commons, their seats and parties, from"
        " TheyWorkForYou; their titles and e-mail addresses from UK Parliament."
    ),
    licence="Creative Commons Attribution-ShareAlike 2.5",
    licence_url="https://creativecommons.org/licenses/by-sa/2.5/",
    attribution=(
        "Data service provided by TheyWorkForYou (mySociety). Contains Parliamentary"
        " information licensed under the Open Parliament Licence v3.0."
    ),
)


@dataclass(frozen=True, slots=True)
class Sitting:
    """One entry: ``person`` is their id, ``seat`` the code of ``seat_name``."""

    person: int
    name: str
    party: str
    seat: str
    seat_name: str


def read(answer: Any, codes: Mapping[str, str]) -> tuple[Sitting, ...]:
    """Read everybody who is listed, at most one for a seat.

    Args:
        answer: what ``PATH`` answers.
        codes: each seat's code by its name as ``names.plain`` writes it.

    Raises:
        SourceError: they say why there is no list; in their words, cut short.
        UnexpectedAnswerError: it has not the shape that is documented.

    """
    if isinstance(answer, Mapping) and "error" in answer:
        reason = Value("getMPs", answer)["error"].text(_LONGEST_ANSWER)[
            :_LONGEST_REASON
        ]
        raise SourceError(
            f"TheyWorkForYou gives no list: {reason!r}. What is loaded stays as it was."
            " If it is the key, set THEYWORKFORYOU_KEY to one that is valid."
        )
    sittings: dict[str, Sitting] = {}
    listed: set[int] = set()
    for value in Value("getMPs", answer).items():
        sitting = _sitting(value, codes)
        if sitting.seat in sittings:
            raise changed(value.what, "sits where another member does")
        if sitting.person in listed:
            raise changed(value.what, "is listed a second time")
        sittings[sitting.seat] = sitting
        listed.add(sitting.person)
    return tuple(sittings[code] for code in sorted(sittings))


def _sitting(value: Value, codes: Mapping[str, str]) -> Sitting:
    seat = value["constituency"]
    code = codes.get(names.plain(seat.needed()))
    if code is None:
        raise changed(seat.what, f"names no seat of ours: {seat.text()!r}")
    return Sitting(
        person=value["person_id"].written_number(),
        name=value["name"].needed(),
        party=parties.ours(value["party"].needed()),
        seat=code,
        seat_name=seat.text(),
    )


def house(
    sittings: Iterable[Sitting], known: Iterable[Representative], as_of: date
) -> House:
    """Make a House of what they say and of what we know of the same people.

    Whoever is unknown has no title and no address, so the seat is left without a member
    and a doubt says so. Their lists of offices mix ministers with members of
    committees: of offices this House tells nothing.
    """
    people = _People(known)
    rows: list[MemberRow] = []
    doubts: list[str] = []
    listed_again: list[Sitting] = []
    for sitting in sittings:
        term = people.of(sitting)
        if term is None:
            doubts.append(_unknown(sitting))
            continue
        if not _is_of(term, sitting) and not term.is_current:
            doubts.append(_came_back(sitting, term))
        elif term.missing_since:
            listed_again.append(sitting)
        rows.append(_row(sitting, term))
    doubts.extend(_listed_again(listed_again))
    return House(
        as_of=as_of, provenance=PROVENANCE, members=tuple(rows), doubts=tuple(doubts)
    )


class _People:
    """Whom we know, by their ids and by the seats that they hold."""

    def __init__(self, terms: Iterable[Representative]) -> None:
        self._parliament_ids: dict[int, int] = {}
        self._of_person: dict[int, Representative] = {}
        self._at_seat: dict[str, Representative] = {}
        # Of several terms of one person the current one counts, else the last.
        for term in sorted(terms, key=lambda term: (term.is_current, term.pk)):
            self._of_person[term.parliament_id] = term
            if term.theyworkforyou_id:
                self._parliament_ids[term.theyworkforyou_id] = term.parliament_id
            if term.is_current:
                self._at_seat[term.constituency.code] = term

    def of(self, sitting: Sitting) -> Representative | None:
        """Find a term of whoever is meant.

        By name only where the holder of the seat has no id yet: somebody of the same
        name with another id is somebody else.
        """
        if number := self._parliament_ids.get(sitting.person):
            return self._of_person[number]
        holder = self._at_seat.get(sitting.seat)
        if holder is None or holder.parliament_id in self._parliament_ids.values():
            return None
        return holder if _is_named(sitting, holder) else None


def _is_named(sitting: Sitting, term: Representative) -> bool:
    return _plain(sitting.name) == _plain(term.display_name)


def _plain(name: str) -> str:
    return names.plain(addressing.bare_name(name))


def _is_of(term: Representative, sitting: Sitting) -> bool:
    """Whether it is a term in that seat, on the boundaries in force."""
    seat = term.constituency
    return seat.is_current and seat.code == sitting.seat


def _row(sitting: Sitting, term: Representative) -> MemberRow:
    return MemberRow(
        constituency=sitting.seat,
        parliament_id=term.parliament_id,
        full_title=term.full_title,
        display_name=term.display_name,
        address_as=term.address_as,
        party=sitting.party,
        email=term.email,
        started=term.started if _is_of(term, sitting) else None,
        theyworkforyou_id=sitting.person,
    )


def _unknown(sitting: Sitting) -> str:
    return (
        f"{sitting.name}, whom TheyWorkForYou lists for {sitting.seat_name}, is not"
        " known here, and it gives neither title nor address: the seat is left without"
        " a member until Parliament's own register names one, or staff add the term in"
        f" the admin. If it is the present member, write the id {sitting.person} into"
        " that term there, and read again."
    )


def _listed_again(sittings: Sequence[Sitting]) -> Iterator[str]:
    """Doubt a list that may lag behind whoever ended these terms."""
    if sittings:
        first = sittings[0]
        yield (
            f"TheyWorkForYou lists {len(sittings)} whose terms have ended, the first is"
            f" {first.name} for {first.seat_name}: as after an election, or because it"
            " does not know yet that they left."
        )


def _came_back(sitting: Sitting, term: Representative) -> str:
    return (
        f"{sitting.name}, whom TheyWorkForYou lists for {sitting.seat_name}, is known"
        f" from an earlier term for {term.constituency.name}: see whether the title"
        " and the e-mail address of then are right."
    )
