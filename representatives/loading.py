"""Bringing the database up to a snapshot: repeatable, never against staff's word."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from representatives import terms
from representatives.errors import SnapshotError
from representatives.models import (
    Constituency,
    PostcodeSector,
    Register,
    RegisterVersion,
    Representative,
)
from representatives.snapshot import Edition, Snapshot

_BATCH = 2_000


class Outcome(StrEnum):
    """What became of one register."""

    LOADED = "loaded"
    SAME = "loaded before"
    OLDER = "left alone, a newer one is loaded"
    FORMER = "left alone, it is of former boundaries"


@dataclass(frozen=True, slots=True)
class Loaded:
    """One register of a snapshot and what became of it."""

    register: Register
    edition: Edition
    outcome: Outcome


def is_loaded(snapshot: Snapshot | None = None) -> bool:
    """Whether the database has each register of the snapshot, or a newer one.

    Without a snapshot the shipped one is meant. Raises ``SnapshotError``.
    """
    current = {
        version.register: version for version in RegisterVersion.objects.current()
    }
    editions = (snapshot or Snapshot.open()).editions
    if _is_of_former_boundaries(editions, current):
        return True
    return all(
        register in current
        and (
            current[register].digest == edition.digest
            or current[register].as_of > edition.as_of
        )
        for register, edition in editions.items()
    )


@transaction.atomic
def load(
    snapshot: Snapshot | None = None, *, now: datetime | None = None
) -> list[Loaded]:
    """Load each register unless a newer one is loaded already.

    Without a snapshot the shipped one is meant. Seats are told by their code, terms by
    person and seat, so rows keep their keys. Overrides are not touched. Raises
    ``SnapshotError``, and then nothing has changed.
    """
    snapshot = snapshot or Snapshot.open()
    now = now or timezone.now()
    current = {
        version.register: version
        for version in RegisterVersion.objects.current().select_for_update()
    }
    if _is_of_former_boundaries(snapshot.editions, current):
        return [
            Loaded(register, snapshot.editions[register], Outcome.FORMER)
            for register in Register
        ]
    return [
        _load_one(register, snapshot, current.get(register), now)
        for register in (Register.CONSTITUENCIES, Register.MEMBERS, Register.POSTCODES)
    ]


def _is_of_former_boundaries(
    editions: Mapping[str, Edition], current: Mapping[str, RegisterVersion]
) -> bool:
    """Whether other seats are in force now, so that nothing of the snapshot fits."""
    seats = current.get(Register.CONSTITUENCIES)
    return seats is not None and seats.as_of > editions["constituencies"].as_of


def _load_one(
    register: Register,
    snapshot: Snapshot,
    before: RegisterVersion | None,
    now: datetime,
) -> Loaded:
    edition = snapshot.editions[register]
    if before and before.as_of > edition.as_of:
        return Loaded(register, edition, Outcome.OLDER)
    is_new = before is None or before.digest != edition.digest
    # Seats and members are compared even if they were loaded before: somebody may have
    # changed them by hand. Nobody edits sectors, and there are too many to compare.
    if register == Register.CONSTITUENCIES:
        _load_constituencies(snapshot)
    elif register == Register.MEMBERS:
        _load_members(snapshot, is_new=is_new)
    if is_new:
        version = _begin_version(register, edition, now)
        if register == Register.POSTCODES:
            _load_postcodes(snapshot, version, before)
    else:
        # The words of a licence may have been put right without a change to the rows.
        RegisterVersion.objects.current().filter(register=register).update(
            **asdict(edition.provenance)
        )
    return Loaded(register, edition, Outcome.LOADED if is_new else Outcome.SAME)


def _begin_version(
    register: Register, edition: Edition, now: datetime
) -> RegisterVersion:
    RegisterVersion.objects.current().filter(register=register).update(is_current=False)
    return RegisterVersion.objects.create(
        register=register,
        as_of=edition.as_of,
        digest=edition.digest,
        entries=edition.entries,
        **asdict(edition.provenance),
        loaded_at=now,
        is_current=True,
    )


def _load_constituencies(snapshot: Snapshot) -> None:
    rows = [
        Constituency(**{**asdict(row), "former_codes": list(row.former_codes)})
        for row in snapshot.constituencies()
    ]
    Constituency.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["code", "in_force_from"],
        update_fields=[
            "former_codes", "name", "name_cy", "country", "region", "hex_q", "hex_r"
        ],
    )  # fmt: skip


def _load_members(snapshot: Snapshot, *, is_new: bool) -> None:
    seats = _Seats()
    plan = terms.plan(
        snapshot.members(),
        Representative.objects.on_boundaries_in_force().select_related("constituency"),
        as_of=snapshot.editions["members"].as_of,
        is_new=is_new,
    )
    terms.carry_out(plan, seats.key_of)


def _load_postcodes(
    snapshot: Snapshot, version: RegisterVersion, before: RegisterVersion | None
) -> None:
    seats = _Seats()
    PostcodeSector.objects.bulk_create(
        (
            PostcodeSector(
                version=version,
                sector=row.sector,
                constituency_id=seats.key_of(row.constituency),
                units=row.units,
            )
            for row in snapshot.sectors()
        ),
        batch_size=_BATCH,
    )
    # Only those: an import may just be writing rows of its own.
    PostcodeSector.objects.filter(version=before).delete()


class _Seats:
    """The primary keys of the seats that are loaded."""

    def __init__(self) -> None:
        self._keys = dict(Constituency.objects.current().values_list("code", "pk"))

    def key_of(self, code: str) -> int:
        try:
            return self._keys[code]
        except KeyError as error:
            raise SnapshotError(
                f"The snapshot names {code}, which is not among the constituencies."
                " Build it again from registers of one time."
            ) from error
