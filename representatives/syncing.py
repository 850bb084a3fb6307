"""Bringing the register of members up to date: read, judged, then written at once.

What looks wrong is not believed until a person has confirmed it, and every attempt
leaves a record (docs/decisions/0016-reading-the-members.md).
"""

import datetime
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Final

from django.db import DatabaseError, transaction
from django.utils import timezone

from representatives import boundaries, doubts, terms, turns
from representatives.errors import ImportRefusedError, RegisterError
from representatives.house import House, OfficeRow
from representatives.models import (
    Constituency,
    Office,
    Register,
    RegisterVersion,
    Representative,
    SyncRun,
)
from representatives.terms import Change, Plan
from representatives.turns import Clock, Turn, Wait

# Longer than a single try may take, with the pause before it.
_LEASE: Final = datetime.timedelta(minutes=3)
_FIELDS: Final = {
    "full_title": "title",
    "display_name": "name",
    "address_as": "form of address",
    "party": "party",
    "email": "e-mail",
    "started": "start of the term",
    "theyworkforyou_id": "TheyWorkForYou id",
}

# Reads a House, and calls what it is given before each question.
Read = Callable[[Callable[[], object]], House]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a House is read from; ``name`` is for the record."""

    name: str
    read: Read


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a House would change, and why a person should confirm it, if at all."""

    house: House
    plan: Plan
    offices_begun: tuple[OfficeRow, ...]
    offices_ended: tuple[Office, ...]
    summary: str
    reasons: tuple[str, ...]
    # The key of the list of seats that it was compared in.
    boundaries: int | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of what it changes."""
        return hashlib.sha256(self.summary.encode()).hexdigest()

    @property
    def changes_nothing(self) -> bool:
        """Whether all is as it was."""
        return not self.summary


def propose(house: House) -> Proposal:
    """Compare a House with what is known; write nothing.

    Raises:
        ImportRefusedError: the House is older than what is loaded.

    """
    _insist_on_newer(house)
    terms_known = Representative.objects.on_boundaries_in_force()
    known = list(terms_known.select_related("constituency"))
    plan = terms.plan(
        house.members,
        known,
        as_of=house.as_of.isoformat(),
        is_new=True,
        theyworkforyou_ids=_theyworkforyou_ids(),
    )
    begun, ended = _offices(house)
    lines = [*_told(plan), *_offices_told(house, begun, ended)]
    return Proposal(
        house=house,
        plan=plan,
        offices_begun=begun,
        offices_ended=ended,
        summary="\n".join(lines),
        reasons=tuple(doubts.of(house, plan, known, ended)),
        boundaries=_boundaries(),
    )


def _theyworkforyou_ids() -> dict[int, int]:
    said = Representative.objects.values_list("parliament_id", "theyworkforyou_id")
    return {
        parliament_id: number for parliament_id, number in said if number is not None
    }


def _boundaries() -> int | None:
    return boundaries.version_in_force().values_list("pk", flat=True).first()


def run(
    source: Source,
    *,
    confirmed: SyncRun | None = None,
    clock: Clock = timezone.now,
    wait: Wait = time.sleep,
) -> SyncRun:
    """Read a House and apply what it changes, if that is beyond doubt or confirmed.

    Args:
        source: where to read.
        confirmed: a refused run; what it would have changed is applied if it is still
            the same.
        clock: tells the time.
        wait: waits so many seconds.

    Raises:
        ImportUnderWayError: somebody else is at it.
        RegisterError: it could not be read. The run's record says so, too.

    """
    with turns.taken(Register.MEMBERS, clock, wait, _LEASE) as turn:
        _close_what_was_killed(clock())
        record = SyncRun.objects.create(source=source.name, started_at=clock())
        try:
            proposal = propose(source.read(turn.prolong))
            _fill(record, proposal)
            if reason := _why_not(proposal, confirmed):
                _end(record, SyncRun.State.REFUSED, clock(), reason=reason)
            else:
                _apply(proposal, record, confirmed, turn)
        except (RegisterError, DatabaseError) as error:
            if isinstance(error, DatabaseError) and _is_applied(record):
                # The database went away as it was about to say so.
                return record
            _end(record, SyncRun.State.FAILED, clock(), reason=_in_words(error))
            raise
    return record


def _is_applied(record: SyncRun) -> bool:
    record.refresh_from_db(fields=["state", "reason", "ended_at"])
    return record.state in {SyncRun.State.APPLIED, SyncRun.State.UNCHANGED}


def _why_not(proposal: Proposal, confirmed: SyncRun | None) -> str:
    """Say why it is not applied; "" if it is."""
    if not proposal.reasons:
        return ""
    if confirmed is None:
        return " ".join(proposal.reasons)
    if confirmed.digest != proposal.digest:
        return (
            f"It is no longer what was confirmed (run {confirmed.pk}): look at this"
            f" one. {' '.join(proposal.reasons)}"
        )
    return ""


@transaction.atomic
def _apply(
    proposal: Proposal, record: SyncRun, confirmed: SyncRun | None, turn: Turn
) -> None:
    """Write it down as a whole.

    Raises:
        ImportUnderWayError: the turn is lost.
        ImportRefusedError: other boundaries are in force than those it was read for.

    """
    now = turn.clock()
    turn.secure(now)
    # Locked, so that they do not change before all of this is written.
    in_force = boundaries.version_in_force().select_for_update().first()
    if (in_force.pk if in_force else None) != proposal.boundaries:
        raise ImportRefusedError(
            "The boundaries changed while the members were read. Read them again."
        )
    seats = dict(Constituency.objects.current().values_list("code", "pk"))
    terms.carry_out(proposal.plan, seats.__getitem__)
    as_of = proposal.house.as_of
    for office in proposal.offices_ended:
        office.is_current = False
        # The first day on which it was seen that it had ended.
        office.ended = max(as_of, office.started or as_of)
    Office.objects.bulk_update(proposal.offices_ended, ["is_current", "ended"])
    Office.objects.bulk_create(
        Office(**office._asdict()) for office in proposal.offices_begun
    )
    _renew_version(proposal.house, now)
    if confirmed:
        SyncRun.objects.waiting().filter(pk=confirmed.pk).update(
            state=SyncRun.State.CONFIRMED
        )
    state = (
        SyncRun.State.UNCHANGED if proposal.changes_nothing else SyncRun.State.APPLIED
    )
    _end(record, state, now)


def _renew_version(house: House, now: datetime.datetime) -> None:
    """Say how old the register is now, also if nothing but that has changed."""
    versions = RegisterVersion.objects.filter(register=Register.MEMBERS)
    if (
        versions.current()
        .filter(digest=house.digest)
        .update(
            as_of=house.as_of.isoformat(), loaded_at=now, **asdict(house.provenance)
        )
    ):
        return
    versions.current().update(is_current=False)
    versions.create(
        register=Register.MEMBERS,
        as_of=house.as_of.isoformat(),
        digest=house.digest,
        entries=len(house.members),
        **asdict(house.provenance),
        loaded_at=now,
        is_current=True,
    )


def _insist_on_newer(house: House) -> None:
    current = RegisterVersion.objects.current().filter(register=Register.MEMBERS)
    loaded = current.values_list("as_of", flat=True).first()
    if loaded and loaded > house.as_of.isoformat():
        raise ImportRefusedError(
            f"This is the House as of {house.as_of}, and the one that is loaded is as"
            f" of {loaded}: an older register never replaces a newer one."
        )


def _offices(house: House) -> tuple[tuple[OfficeRow, ...], tuple[Office, ...]]:
    """Compare the offices: those that begin, those that have ended."""
    if house.offices is None:
        return (), ()
    # Of two times in one office the later one counts.
    told = {office[:3]: office for office in sorted(house.offices, key=_by_start)}
    held = {
        (office.parliament_id, office.kind, office.name): office
        for office in Office.objects.current()
    }
    begun = tuple(sorted(told[key] for key in told.keys() - held.keys()))
    ended = tuple(held[key] for key in sorted(held.keys() - told.keys()))
    return begun, ended


def _by_start(office: OfficeRow) -> datetime.date:
    return office.started or datetime.date.min


# --- In words -----------------------------------------------------------------------


def _told(plan: Plan) -> Iterator[str]:
    """Say what changes, a line each, for whoever has to judge it."""
    names = dict(Constituency.objects.current().values_list("code", "name"))
    back = [change.term for change in plan.resumed]
    filled = {
        *(row.constituency for row in plan.begun),
        *(term.constituency.code for term in back),
    }
    still = {
        *(row.parliament_id for row in plan.begun),
        *(term.parliament_id for term in back),
    }
    for row in plan.begun:
        seat = names.get(row.constituency, row.constituency)
        yield f"New: {row.full_title} ({row.party}), {seat}{_without_email(row.email)}"
    for term in back:
        yield f"Back: {term.full_title}, {term.constituency.name}"
    for term in sorted(plan.ended.values(), key=lambda term: term.constituency.name):
        verb = "Moved" if term.parliament_id in still else "Left"
        yield f"{verb}: {term.full_title}, {term.constituency.name}"
        if term.constituency.code not in filled:
            yield f"Vacant: {term.constituency.name}"
    for change in (*plan.changed, *plan.resumed):
        yield from _changed(change)


def _changed(change: Change) -> Iterator[str]:
    term = change.term
    who = f"{term.full_title}, {term.constituency.name}"
    for name, now in change.now.items():
        was = getattr(term, name)
        if name == "email" and not now:
            yield f"Address gone: {who}: {was}"
        else:
            yield f"Changed: {who}: {_FIELDS[name]}: {was or '-'} -> {now or '-'}"


def _offices_told(
    house: House, begun: Iterable[OfficeRow], ended: Iterable[Office]
) -> Iterator[str]:
    names = {row.parliament_id: row.display_name for row in house.members}
    for row in begun:
        yield f"Office begun: {names[row.parliament_id]}: {row.name}"
    for office in ended:
        name = names.get(office.parliament_id, f"member {office.parliament_id}")
        yield f"Office ended: {name}: {office.name}"


def _without_email(email: str) -> str:
    return "" if email else ", who publishes no e-mail address"


# --- The record ---------------------------------------------------------------------


def _close_what_was_killed(now: datetime.datetime) -> None:
    """End the records of runs that did not: whoever has the turn is the only one."""
    SyncRun.objects.filter(state=SyncRun.State.RUNNING).update(
        state=SyncRun.State.FAILED, reason="It was interrupted.", ended_at=now
    )


def _in_words(error: RegisterError | DatabaseError) -> str:
    if isinstance(error, RegisterError):
        return str(error)
    return f"The database refused it ({error}). What is loaded stays as it was."


def _fill(record: SyncRun, proposal: Proposal) -> None:
    record.as_of = proposal.house.as_of.isoformat()
    record.summary = proposal.summary
    record.digest = proposal.digest


def _end(
    record: SyncRun, state: SyncRun.State, now: datetime.datetime, reason: str = ""
) -> None:
    record.state, record.reason, record.ended_at = state, reason, now
    record.save()
