"""What a register of members changes about the terms we know: a plan, then the deed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from representatives.models import Representative
from representatives.snapshot import MemberRow

# What a register says of a member, besides what it may not know: the start of the
# term, and who it is for TheyWorkForYou.
REGISTER_FIELDS = ("full_title", "display_name", "address_as", "party", "email")


@dataclass(frozen=True, slots=True)
class Change:
    """A term, and what differs: as it will be, by field."""

    term: Representative
    now: Mapping[str, Any]


@dataclass(slots=True)
class Plan:
    """Terms to begin, to resume, to bring up to date, and (by primary key) to end.

    ``as_of`` is the day or month of the register that says so.
    """

    as_of: str
    begun: list[MemberRow] = field(default_factory=list)
    resumed: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    ended: dict[int, Representative] = field(default_factory=dict)


@dataclass(slots=True)
class _Known:
    """The terms in the database, by everything they are asked for."""

    by_person_and_seat: dict[tuple[int, str], Representative]
    at_seat: dict[str, Representative]
    of_person: dict[int, Representative]
    theyworkforyou_ids: dict[int, int]

    @classmethod
    def of(cls, terms: Iterable[Representative]) -> "_Known":
        known = cls({}, {}, {}, {})
        # Of several terms of one person in one seat the last one counts.
        for term in sorted(terms, key=lambda term: (term.is_current, term.pk)):
            code = term.constituency.code
            known.by_person_and_seat[term.parliament_id, code] = term
            if term.theyworkforyou_id:
                known.theyworkforyou_ids[term.parliament_id] = term.theyworkforyou_id
            if term.is_current:
                known.at_seat[code] = term
                known.of_person[term.parliament_id] = term
        return known

    def completed(self, row: MemberRow) -> MemberRow:
        """Add what other sources say of the person wherever they sit."""
        number = self.theyworkforyou_ids.get(row.parliament_id)
        return replace(row, theyworkforyou_id=row.theyworkforyou_id or number)


def plan(
    rows: Iterable[MemberRow],
    terms: Iterable[Representative],
    *,
    as_of: str,
    is_new: bool,
    theyworkforyou_ids: Mapping[int, int] | None = None,
) -> Plan:
    """Compare a register of the day or month ``as_of`` with the terms in the database.

    A term that somebody ended stays ended, unless the register knows of a later start.
    One that a register no longer listed goes on if a later one lists it again: after a
    dissolution, or a slip. Only a register that ``is_new`` ends terms, and none that
    started after it was drawn up. When a term ended is not in the register: it stays
    unknown. ``theyworkforyou_ids`` are those by Parliament id that other terms say,
    such as those in former seats.
    """
    known = _Known.of(terms)
    known.theyworkforyou_ids.update(theyworkforyou_ids or {})
    made = Plan(as_of)
    vacant = set(known.at_seat)
    for row in rows:
        vacant.discard(row.constituency)
        term = known.by_person_and_seat.get((row.parliament_id, row.constituency))
        if term and term.is_current:
            if now := _differences(term, row):
                made.changed.append(Change(term, now))
            continue
        is_back = term is not None and is_new and _was_missed(term, as_of)
        if term is None or is_back or _began_again(term, row):
            in_the_way = {
                other.pk: other
                for other in (
                    known.at_seat.get(row.constituency),
                    known.of_person.get(row.parliament_id),
                )
                if other
            }
            if all(is_new and not _is_later(o, as_of) for o in in_the_way.values()):
                if term is not None and is_back:
                    made.resumed.append(Change(term, _differences(term, row)))
                else:
                    made.begun.append(known.completed(row))
                made.ended.update(in_the_way)
    if is_new:
        made.ended.update(
            (known.at_seat[code].pk, known.at_seat[code])
            for code in vacant
            if not _is_later(known.at_seat[code], as_of)
        )
    return made


def carry_out(plan: Plan, key_of: Callable[[str], int]) -> None:
    """Write a plan down; ``key_of`` gives the primary key of a seat's code.

    Within a transaction of whoever calls it.
    """
    # Ended first: a seat has one holder and a member has one seat at any moment.
    Representative.objects.filter(pk__in=plan.ended).update(
        is_current=False, missing_since=plan.as_of
    )
    for change in plan.resumed:
        # Unless somebody was quicker.
        Representative.objects.filter(pk=change.term.pk, is_current=False).update(
            is_current=True, missing_since="", **change.now
        )
    for change in plan.changed:
        for name, value in change.now.items():
            setattr(change.term, name, value)
    Representative.objects.bulk_update(
        [change.term for change in plan.changed],
        [*REGISTER_FIELDS, "started", "theyworkforyou_id"],
        batch_size=100,
    )
    Representative.objects.bulk_create(
        Representative(
            constituency_id=key_of(row.constituency),
            parliament_id=row.parliament_id,
            started=row.started,
            theyworkforyou_id=row.theyworkforyou_id,
            **{name: getattr(row, name) for name in REGISTER_FIELDS},
        )
        for row in plan.begun
    )


def _differences(term: Representative, row: MemberRow) -> dict[str, Any]:
    """Give what the register owns and has otherwise than we do."""
    wanted = {name: getattr(row, name) for name in REGISTER_FIELDS}
    # What is unknown never replaces what is known.
    wanted["started"] = row.started or term.started
    wanted["theyworkforyou_id"] = row.theyworkforyou_id or term.theyworkforyou_id
    return {
        name: value for name, value in wanted.items() if getattr(term, name) != value
    }


def _began_again(term: Representative, row: MemberRow) -> bool:
    """Whether somebody came back to a seat after the term that we know ended."""
    return bool(term.ended and row.started and row.started > term.ended)


def _was_missed(term: Representative, as_of: str) -> bool:
    """Whether only an earlier register ended it, by not listing it."""
    return not term.ended and "" < term.missing_since < as_of


def _is_later(term: Representative, as_of: str) -> bool:
    """Whether a term began after the register's day or month."""
    return bool(term.started and term.started.isoformat()[: len(as_of)] > as_of)
