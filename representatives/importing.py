"""A new edition of the directory of postcodes, put in the place of the old at once.

It is read as a whole and judged before anything is written. Then it is written in short
batches, beside the edition that answers, and one small transaction swaps the two.
"""

import datetime
import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils import timezone

from representatives import boundaries, turns
from representatives.errors import ImportRefusedError, SourceError
from representatives.models import (
    Constituency,
    PostcodeSector,
    Register,
    RegisterVersion,
)
from representatives.sources import directory, months, postcodes
from representatives.sources.directory import Directory, Request
from representatives.turns import Clock, Turn, Wait

# So few that whoever else wants to write to SQLite waits for some milliseconds.
_BATCH: Final = 500
# Postcodes end and begin, but no quarter ends a tenth of them.
_LEAST_SHARE: Final = 0.9


@dataclass(frozen=True, slots=True)
class Wish:
    """Which file to import, and what its operator agrees to.

    ``northern_ireland``: the licence of those postcodes. ``older``: an edition older
    than the one that is loaded. ``fewer``: one that lacks much of it.
    ``next_boundaries``: it is of the seats that wait for their day, as it then does.
    """

    path: Path
    as_of: str = ""
    northern_ireland: bool = False
    older: bool = False
    fewer: bool = False
    next_boundaries: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of it; ``is_new`` is False where the same was loaded before.

    ``waits_for`` is the day of the boundaries that it is of, None if they apply.
    """

    as_of: str
    entries: int
    ended: int
    is_new: bool
    waits_for: datetime.date | None = None


def run(
    wish: Wish,
    *,
    tell: Callable[[int], object],
    clock: Clock = timezone.now,
    wait: Wait = time.sleep,
) -> Imported:
    """Import a directory; ``tell`` hears of the bytes that were read.

    Raises ``RegisterError``, and then what is loaded answers as before.
    """
    seats = _seats(wish)
    day: datetime.date | None = None
    with turns.taken(Register.POSTCODES, clock, wait) as turn, _cleared(turn):
        before = _current()
        read = _read(wish, turn, seats, tell)
        _judge(read, before, wish)
        digest = _digest(read)
        same = _waiting() if wish.next_boundaries else before
        is_new = same is None or (same.digest, same.as_of) != (digest, read.as_of)
        if is_new:
            version = _write(read, digest, seats, turn)
            if wish.next_boundaries:
                day = _have_wait(version, seats, turn)
            else:
                _swap(version, before, seats, turn)
        elif same:
            day = same.waits_for
    ended = sum(len(row.ended_units) for row in read.rows) // 2
    return Imported(read.as_of, read.entries, ended, is_new, day)


def _seats(wish: Wish) -> dict[str, int]:
    """Give the keys of the seats that the file must be of, by their codes."""
    if wish.next_boundaries:
        coming = dict(Constituency.objects.coming().values_list("code", "pk"))
        if not coming:
            raise ImportRefusedError(
                "No boundaries wait for their day. Load them with manage.py"
                " load_boundaries, or leave out --for-the-next-boundaries."
            )
        return coming
    in_force = dict(Constituency.objects.current().values_list("code", "pk"))
    if not in_force:
        raise ImportRefusedError(
            "No constituencies are loaded. Run manage.py load_registers first."
        )
    return in_force


def _of_others(wish: Wish) -> dict[str, str]:
    """Say of the codes of other boundaries than the file must be of what to do."""
    if wish.next_boundaries:
        others = Constituency.objects.current()
        what = (
            "is of the boundaries in force: take a directory of the next ones, or leave"
            " out --for-the-next-boundaries"
        )
    else:
        others = Constituency.objects.coming()
        what = (
            "is of boundaries that wait for their day: say --for-the-next-boundaries,"
            " so that the directory waits with them"
        )
    return dict.fromkeys(others.values_list("code", flat=True), what)


@contextmanager
def _cleared(turn: Turn) -> Iterator[None]:
    """Delete what nobody asks any more, before and after, however the block ends."""
    _clear_away(turn)
    try:
        yield
    finally:
        _clear_away(turn)


def _clear_away(turn: Turn) -> None:
    """Delete, in short batches, what a killed import left and what was replaced."""
    turn.secure(turn.clock())
    rows = PostcodeSector.objects.former().values_list("pk", flat=True)
    while keys := list(rows[:_BATCH]):
        PostcodeSector.objects.filter(pk__in=keys).delete()
        turn.prolong()
    if unfinished := turn.unfinished():
        unfinished.delete()


def _current() -> RegisterVersion | None:
    versions = RegisterVersion.objects.current()
    return versions.filter(register=Register.POSTCODES).first()


def _waiting() -> RegisterVersion | None:
    versions = RegisterVersion.objects.waiting()
    return versions.filter(register=Register.POSTCODES).first()


def _read(
    wish: Wish, turn: Turn, seats: dict[str, int], tell: Callable[[int], object]
) -> Directory:
    this_month = months.written(months.number_at(turn.clock()))

    def tell_and_prolong(taken: int) -> None:
        turn.prolong()
        tell(taken)

    read = directory.read(
        wish.path,
        Request(
            seats.keys(),
            other_codes=_of_others(wish),
            northern_ireland=wish.northern_ireland,
            as_of=wish.as_of,
            latest=this_month,
            tell=tell_and_prolong,
        ),
    )
    if not read.as_of:
        raise SourceError(
            f"{wish.path} does not say of which month it is. Say it with --as-of, as in"
            " --as-of 2026-05."
        )
    if read.as_of > this_month:
        raise SourceError(
            f"{wish.path} would be of {read.as_of}, which is to come. Say with --as-of"
            " of which month it is."
        )
    return read


def _judge(read: Directory, before: RegisterVersion | None, wish: Wish) -> None:
    """Refuse what would answer worse than what is loaded, unless it was agreed to."""
    if before is None:
        return
    if read.as_of < before.as_of and not wish.older:
        raise ImportRefusedError(
            f"{wish.path} is of {read.as_of}, and the directory of {before.as_of} is"
            " loaded. Take a newer one, or say --allow-older to go back."
        )
    if not wish.fewer:
        _refuse_missing_areas(read, before, wish)
        _refuse_far_fewer(read, before, wish)


def _refuse_missing_areas(read: Directory, before: RegisterVersion, wish: Wish) -> None:
    sectors = before.sectors.exclude(units="").values_list("sector", flat=True)
    missing = directory.areas_of(sectors) - read.areas
    if missing == {directory.NORTHERN_IRELAND} and not wish.northern_ireland:
        raise ImportRefusedError(
            "Postcodes of Northern Ireland (BT) are loaded, and would go. Say"
            " --accept-ni-licence to have them again, or --allow-fewer to let them go."
        )
    if missing:
        raise ImportRefusedError(
            f"{wish.path} lists no live postcode of {', '.join(sorted(missing))}: it"
            " seems to be cut short. Get it again, or say --allow-fewer if that is"
            " right."
        )


def _refuse_far_fewer(read: Directory, before: RegisterVersion, wish: Wish) -> None:
    if read.entries < _LEAST_SHARE * before.entries:
        raise ImportRefusedError(
            f"{wish.path} lists {read.entries:,} live postcodes, and {before.entries:,}"
            " are loaded: it seems to be cut short. Get it again, or say --allow-fewer"
            " if that is right."
        )


def _digest(read: Directory) -> str:
    digest = hashlib.sha256()
    for row in read.rows:
        digest.update(",".join(astuple(row)).encode())
    return digest.hexdigest()


def _write(
    read: Directory, digest: str, seats: dict[str, int], turn: Turn
) -> RegisterVersion:
    """Write an edition beside the one that answers."""
    version = _begin(read, digest, turn)
    rows = iter(read.rows)
    while batch := list(islice(rows, _BATCH)):
        turn.prolong()
        PostcodeSector.objects.bulk_create(
            PostcodeSector(
                version=version,
                sector=row.sector,
                constituency_id=seats[row.constituency],
                units=row.units,
                ended_units=row.ended_units,
            )
            for row in batch
        )
    return version


@transaction.atomic
def _begin(read: Directory, digest: str, turn: Turn) -> RegisterVersion:
    has_northern_ireland = directory.NORTHERN_IRELAND in read.areas
    version = RegisterVersion.objects.create(
        register=Register.POSTCODES,
        as_of=read.as_of,
        digest=digest,
        entries=read.entries,
        loaded_at=turn.clock(),
        **asdict(
            postcodes.provenance(read.as_of, northern_ireland=has_northern_ireland)
        ),
    )
    turn.begin(version)
    return version


@transaction.atomic
def _swap(
    version: RegisterVersion,
    before: RegisterVersion | None,
    seats: dict[str, int],
    turn: Turn,
) -> None:
    """Let the new edition answer instead of the one that it was judged against."""
    now = turn.clock()
    turn.secure(now)
    # Locked, so that the boundaries do not change before this is written.
    boundaries.version_in_force().select_for_update().first()
    still = Constituency.objects.current().filter(pk__in=seats.values()).count()
    if still != len(seats):
        raise ImportRefusedError(
            "The boundaries changed while the directory was read. Try again with one of"
            " the boundaries that are in force now."
        )
    former = RegisterVersion.objects.current().filter(register=Register.POSTCODES)
    ended = former.filter(pk=before.pk).update(is_current=False) if before else 0
    if former.exists() or bool(ended) != bool(before):
        raise ImportRefusedError(
            "Another directory was loaded in the meantime. It was left as it is; try"
            " again if this one is to take its place."
        )
    RegisterVersion.objects.filter(pk=version.pk).update(is_current=True, loaded_at=now)


@transaction.atomic
def _have_wait(
    version: RegisterVersion, seats: dict[str, int], turn: Turn
) -> datetime.date:
    """Let the new edition wait for the day of its boundaries; give the day."""
    turn.secure(turn.clock())
    # Locked: nobody drops them or puts them in force before this is written.
    seats_wait = RegisterVersion.objects.waiting().select_for_update()
    seats_wait.filter(register=Register.CONSTITUENCIES).first()
    next_ones = boundaries.waiting()
    still = Constituency.objects.coming().filter(pk__in=seats.values()).count()
    if next_ones is None or still != len(seats):
        raise ImportRefusedError(
            "The boundaries that this directory is of no longer wait: others were"
            " loaded, or they were dropped or put in force. Try again if it still"
            " fits."
        )
    former = RegisterVersion.objects.waiting().filter(register=Register.POSTCODES)
    former.update(waits_for=None)
    RegisterVersion.objects.filter(pk=version.pk).update(waits_for=next_ones.day)
    return next_ones.day
