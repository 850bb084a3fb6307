"""The next review of the boundaries: loaded ahead, put in force on its day.

Each review has rows of its own in the table of constituencies, so that letters and
counts stay with the seat that they were for. Seats, postcodes and terms change over in
one transaction (docs/decisions/0019-boundaries.md).
"""

import datetime
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from representatives import names, parliament
from representatives.errors import ImportRefusedError, SourceError
from representatives.models import (
    REGIONS,
    Constituency,
    Country,
    ImportLease,
    KeptAnswer,
    ParliamentPeriod,
    PostcodeSector,
    Register,
    RegisterVersion,
    Representative,
)
from representatives.parliament import State
from representatives.snapshot import ConstituencyRow
from representatives.sources import constituencies

if TYPE_CHECKING:
    from django.db.models import QuerySet

_CODE = re.compile(r"[ENSW][0-9]{8}")
# By law; an Act may say otherwise, and then the operator does.
SEATS = 650


@dataclass(frozen=True, slots=True)
class Review:
    """Seats as a file has them, and the day of the first election in them."""

    rows: tuple[ConstituencyRow, ...]
    day: datetime.date

    @property
    def digest(self) -> str:
        """SHA-256 of the seats, without their day, which may be moved."""
        digest = hashlib.sha256()
        for row in self.rows:
            digest.update("\t".join(map(str, astuple(row))).encode())
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Waiting:
    """The next boundaries: their day, and whether postcodes for them wait, too."""

    day: datetime.date
    seats: int
    has_postcodes: bool


def read(path: Path, day: datetime.date, *, seats: int = SEATS) -> Review:
    """Read a review and judge it; change nothing.

    Args:
        path: a table with the columns code, name, name_cy, country, region, hex_q and
            hex_r, which are the seat's cell on the map.
        day: that of the first general election in these seats.
        seats: how many there must be.

    Raises:
        SourceError: it is no such table, or contradicts itself.
        ImportRefusedError: its day is not after that of the boundaries in force.

    """
    in_force = Constituency.objects.current().aggregate(since=Max("in_force_from"))
    since = in_force["since"]
    if since is None:
        raise ImportRefusedError(
            "No constituencies are loaded. Run manage.py load_registers first."
        )
    if day <= since:
        raise ImportRefusedError(
            f"The boundaries in force are those of {since}: the next ones cannot apply"
            f" from {day}. Say the day of the first general election on them."
        )
    rows = constituencies.read(path)
    if len(rows) != seats:
        raise SourceError(
            f"{path} lists {len(rows)} seats, not {seats}: it seems to be cut short. If"
            f" the next House has so many, say --seats {len(rows)}."
        )
    for fault in _faults(rows):
        raise SourceError(f"{path} {fault}")
    return Review(rows, day)


@transaction.atomic
def load(review: Review, now: datetime.datetime) -> bool:
    """Have a review wait for its day, instead of another one that does.

    Of one that waits already only the day is changed, and its postcodes go on waiting.
    Those of another one are dropped, as their seats are. Says whether they were.

    Raises:
        ImportRefusedError: postcodes are being imported, perhaps for those seats.

    """
    day, versions = review.day, RegisterVersion.objects.waiting()
    same = versions.filter(register=Register.CONSTITUENCIES, digest=review.digest)
    if same.update(waits_for=day, as_of=day.isoformat()):
        versions.update(waits_for=day)
        Constituency.objects.coming().update(in_force_from=day)
        return False
    had_postcodes = _drop(now)
    Constituency.objects.bulk_create(
        Constituency(
            **{**asdict(row), "former_codes": list(row.former_codes)},
            in_force_from=day,
            is_current=False,
        )
        for row in review.rows
    )
    RegisterVersion.objects.create(
        register=Register.CONSTITUENCIES,
        as_of=day.isoformat(),
        digest=review.digest,
        entries=len(review.rows),
        **asdict(constituencies.provenance_of_the_next(day.year)),
        loaded_at=now,
        waits_for=day,
    )
    return had_postcodes


def version_in_force() -> "QuerySet[RegisterVersion]":
    """The list of seats that apply, for whoever must know that they still do."""
    current = RegisterVersion.objects.current()
    return current.filter(register=Register.CONSTITUENCIES)


def waiting() -> Waiting | None:
    """Say what waits; None if no review does."""
    versions = {each.register: each for each in RegisterVersion.objects.waiting()}
    seats = versions.get(Register.CONSTITUENCIES)
    if seats is None or seats.waits_for is None:
        return None
    return Waiting(seats.waits_for, seats.entries, Register.POSTCODES in versions)


@transaction.atomic
def forget(now: datetime.datetime) -> datetime.date | None:
    """Drop what waits; give the day that it waited for, None if nothing did.

    Raises:
        ImportRefusedError: postcodes are being imported, perhaps for these seats.

    """
    dropped = waiting()
    _drop(now)
    return dropped.day if dropped else None


@transaction.atomic
def put_in_force(today: datetime.date) -> datetime.date | None:
    """Let the boundaries whose day has come apply; give that day, None if none has.

    To be called at any time, by any number of processes: one of them does it.
    """
    waiting = RegisterVersion.objects.waiting()
    seats = waiting.filter(
        register=Register.CONSTITUENCIES, waits_for__lte=today
    ).first()
    if seats is None or seats.waits_for is None:
        return None
    day = seats.waits_for
    # Whoever writes members down has this one locked: first of all, as they do.
    version_in_force().select_for_update().first()
    # Whoever is second waits here for the first one, and then finds nothing to do.
    if not waiting.filter(pk=seats.pk, waits_for=day).update(waits_for=None):
        return None
    begun = [seats.pk, *waiting.values_list("pk", flat=True)]
    # Also where no postcodes wait: the old ones lead to seats that are no more. And the
    # members, of whatever day, are none of these seats.
    RegisterVersion.objects.current().update(is_current=False)
    RegisterVersion.objects.filter(pk__in=begun).update(is_current=True, waits_for=None)
    coming = list(Constituency.objects.coming().values_list("pk", flat=True))
    Constituency.objects.current().update(is_current=False, in_force_until=day)
    Constituency.objects.filter(pk__in=coming).update(is_current=True)
    # Who sat in the old seats; the register says who was elected in the new ones.
    Representative.objects.current().filter(constituency__is_current=False).update(
        is_current=False
    )
    KeptAnswer.objects.all().delete()
    _insist_on_an_election(day)
    return day


def _insist_on_an_election(day: datetime.date) -> None:
    """Tell the clock, if nobody has, that nobody sits before the votes are counted.

    Boundaries begin with a general election. Without this all seats would seem vacant
    "until a by-election".
    """
    if not parliament.on(day).has_members:
        return
    one_day = datetime.timedelta(days=1)
    note = f"Written as the boundaries of {day} were put in force."
    # Whatever was said to begin on the eve: as if Parliament went on, it was wrong.
    ParliamentPeriod.objects.update_or_create(
        begins_on=day - one_day, defaults={"state": State.DISSOLVED, "note": note}
    )
    ParliamentPeriod.objects.get_or_create(
        begins_on=day + one_day, defaults={"state": State.COUNTING, "note": note}
    )


def _drop(now: datetime.datetime) -> bool:
    """Drop what waits; say whether there were postcodes.

    Raises:
        ImportRefusedError: postcodes are being imported, perhaps for these seats.

    """
    leases = ImportLease.objects.filter(register=Register.POSTCODES)
    if leases.filter(until__gt=now).exists():
        raise ImportRefusedError(
            "Postcodes are being imported. Wait until that has ended, and try again."
        )
    versions = RegisterVersion.objects.waiting()
    had_postcodes = versions.filter(register=Register.POSTCODES).exists()
    versions.delete()
    # What an import that was killed left behind.
    PostcodeSector.objects.filter(
        constituency__in=Constituency.objects.coming()
    ).delete()
    Constituency.objects.coming().delete()
    return had_postcodes


def _faults(rows: Iterable[ConstituencyRow]) -> Iterator[str]:
    """Say what contradicts itself, or would be shown untranslated or on one cell."""
    seats = list(rows)
    regions = {*REGIONS, *Country.values}
    for row in seats:
        if not _CODE.fullmatch(row.code):
            yield f"has a code that is none: {row.code!r}"
        if row.region not in regions:
            yield f"names a region that is none of the twelve: {row.region!r}"
    # As the register of members is read: by the plain name.
    plainly = {names.plain(row.name): row.name for row in reversed(seats)}
    for what, told in (
        ("the name", Counter(plainly[names.plain(row.name)] for row in seats)),
        ("the cell on the map", Counter((row.hex_q, row.hex_r) for row in seats)),
    ):
        twice = [str(each) for each, times in told.items() if times > 1]
        if twice:
            yield f"gives {what} {twice[0]} to several seats"
