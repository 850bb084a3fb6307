"""What about a House a person should look at before it is believed.

A service that changes what a field means still answers in the documented shape, and the
register would follow it: everybody without an address, nobody in government.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from representatives import parties
from representatives.house import House
from representatives.models import Office, OfficeKind, Representative
from representatives.terms import Plan

# No ordinary day ends more of the terms; a dissolution does, and a person confirms it.
_MOST_ENDED: Final = 0.05
# Nor do so many members take back the address that they publish.
_MOST_ADDRESSES: Final = 0.05
_IN_GOVERNMENT: Final = (OfficeKind.MINISTER, OfficeKind.WHIP)


def of(
    house: House,
    plan: Plan,
    known: Sequence[Representative],
    offices_ended: Iterable[Office],
) -> Iterator[str]:
    """Say what is doubtful, a sentence each.

    Args:
        house: as it was read.
        plan: what it would change of the terms.
        known: the terms in the database.
        offices_ended: what it would end of the offices.

    """
    yield from _too_many_ends(plan, known)
    yield from _too_many_addresses(plan, known)
    yield from _no_government(house, offices_ended)
    yield from _new_parties(house, known)
    yield from house.doubts


def _too_many_ends(plan: Plan, known: Sequence[Representative]) -> Iterator[str]:
    ended, current = len(plan.ended), sum(term.is_current for term in known)
    if ended > current * _MOST_ENDED:
        yield (
            f"It would end {ended} of {current} terms, more than {_MOST_ENDED:.0%}: as"
            " at a dissolution, or after an election."
        )


def _too_many_addresses(plan: Plan, known: Sequence[Representative]) -> Iterator[str]:
    gone = sum(change.now.get("email") == "" for change in plan.changed)
    had = sum(term.is_current and bool(term.email) for term in known)
    if gone > had * _MOST_ADDRESSES:
        yield (
            f"It would take {gone} of {had} e-mail addresses from members who stay:"
            " perhaps they are told in another way now."
        )


def _no_government(house: House, offices_ended: Iterable[Office]) -> Iterator[str]:
    """Doubt a House in which all who governed stay and nobody governs."""
    if house.offices is None or any(
        office.kind in _IN_GOVERNMENT for office in house.offices
    ):
        return
    sitting = {row.parliament_id for row in house.members}
    left = {
        office.parliament_id
        for office in offices_ended
        if office.kind in _IN_GOVERNMENT and office.parliament_id in sitting
    }
    if len(left) > 1:
        yield f"It would leave nobody in government: {len(left)} members were."


def _new_parties(house: House, known: Iterable[Representative]) -> Iterator[str]:
    """Name parties that nobody had: a slip, or one that was just founded."""
    had = parties.KNOWN | {term.party for term in known}
    for party in sorted({row.party for row in house.members} - had):
        yield f"No member had the party {party!r} before."
