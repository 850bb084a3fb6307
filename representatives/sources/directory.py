"""A whole ONS Postcode Directory or NSPL, gathered by sector and seat in one pass."""

import re
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from representatives.postcodes import AREAS
from representatives.sources import months
from representatives.sources.constituencies import CODES_IN_FORCE
from representatives.sources.tables import Table

YEARS_AFTER_THE_END: Final = 5
"""So long a postcode that has ended still answers. Later it may mean another place."""

NORTHERN_IRELAND: Final = "BT"

# The office renames its columns between releases.
_BEGUN: Final = "the month it began"
_COLUMNS: Final = {
    "the postcode": ("pcds", "pcd", "pcd2", "pcd7", "pcd8"),
    "the month it was ended": ("doterm",),
    "the seat": ("pcon", "pcon24cd", "pcon24"),
    _BEGUN: ("dointr",),
}
# Without its space, and without the two letters of the unit.
_SECTOR: Final = re.compile(r"([A-Z]{1,2})[0-9][0-9A-Z]?[0-9]")
_LETTERS: Final = "ABDEFGHJLNPQRSTUWXYZ"
_UNITS: Final = tuple(a + b for a in _LETTERS for b in _LETTERS)
_UNIT_AT: Final = {unit: at for at, unit in enumerate(_UNITS)}
# Girobank and the oldest codes of Newport have a shape of their own and no use.
_NO_SECTOR: Final = ("GIR", "NPT")
_CODE: Final = re.compile(r"[A-Z][0-9]{8}")
# No place at all: seats of the Channel Islands and the Isle of Man, or none is given.
_NOT_SEATS: Final = (
    "",
    "L93000001",
    "M83000003",
    "L99999999",
    "M99999999",
)
# On the boundaries before July 2024: the first letters of a code, and the number below
# which it was in force then and is not now.
_FORMER_SEATS: Final = {"E14": 1063, "W07": 81, "S14": 60, "N06": 1_000_000}
# A unit's seat, and above it the month of its end, are kept as one number.
_SEATS_AT_MOST: Final = 1024
_MONTHS_AFTER_THE_END: Final = 12 * YEARS_AFTER_THE_END


@dataclass(frozen=True, slots=True)
class DirectoryRow:
    """The units of one sector in one seat, two letters each, run together."""

    sector: str
    constituency: str
    units: str
    ended_units: str


@dataclass(frozen=True, slots=True)
class Directory:
    """All of it. ``as_of`` reads "2026-05", or "" where nothing tells its month.

    It is the later of the month in the file's name and that of the newest postcode: an
    edition of May may list none of May yet.
    """

    as_of: str
    rows: tuple[DirectoryRow, ...]

    @property
    def entries(self) -> int:
        """How many live postcodes it lists."""
        return sum(len(row.units) for row in self.rows) // 2

    @property
    def areas(self) -> frozenset[str]:
        """The postcode areas that have live postcodes: SW, BT."""
        return areas_of(row.sector for row in self.rows if row.units)


@dataclass(frozen=True, slots=True)
class Request:
    """What is wanted of a file, and what is known beforehand.

    ``codes`` are those of the seats that it must be of; ``other_codes`` go on after
    "which": why a seat of other boundaries is none. ``as_of`` goes before what the file
    says of its month. No month lies after ``latest``. ``tell`` hears of the bytes read.
    """

    codes: Collection[str]
    other_codes: Mapping[str, str] = field(default_factory=dict)
    northern_ireland: bool = False
    as_of: str = ""
    latest: str = "2099-12"
    tell: Callable[[int], object] = field(default=lambda _bytes: None)


def areas_of(sectors: Iterable[str]) -> frozenset[str]:
    """Reduce sectors to their areas: SW1A 1 to SW."""
    return frozenset(
        sector[:2] if sector[1].isalpha() else sector[0] for sector in sectors
    )


def read(path: Path, request: Request) -> Directory:
    """Read a directory; raises ``SourceError``, mostly with the line and the reason."""
    table = Table(path, _COLUMNS, optional=(_BEGUN,), tell=request.tell)
    gathering = _Gathering(table, request)
    for line, (postcode, ended, seat, begun) in table.rows():
        gathering.add(line, postcode, ended, seat, begun)
    return gathering.directory()


class _Gathering:
    """Rows on their way into sectors: a number for each unit that a sector can have.

    2.7 million postcodes as Python's own texts and numbers would take ten times the
    memory.
    """

    def __init__(self, table: Table, request: Request) -> None:
        self._table = table
        self._request = request
        self._codes = ("", *sorted(request.codes))
        number_of = {code: at for at, code in enumerate(self._codes) if code}
        former = {
            old: number_of[new]
            for old, new in CODES_IN_FORCE.items()
            if new in number_of
        }
        self._seat_numbers = number_of | former
        self._sectors: dict[str, array[int] | None] = {}
        self._months: dict[str, int] = {}
        self._latest = months.number_of(request.latest) or 0
        said = request.as_of or months.in_name(table.path.name)
        self._newest = months.number_of(said) or 0
        self._newest_begun = ""

    def add(self, line: int, postcode: str, ended: str, seat: str, begun: str) -> None:
        """Take in a row; raises ``SourceError``."""
        kept = self._seat_numbers.get(seat)
        if kept is None:
            if seat not in _NOT_SEATS:
                other = self._request.other_codes.get(seat)
                why = f"has the seat {seat}, which {other}" if other else ""
                raise self._table.fault(line, why or _why_no_seat(seat))
            return
        if begun > self._newest_begun:
            self._begin_month(line, begun)
        if ended:
            month = self._months.get(ended) or self._month(line, ended, "ended")
            if month < self._newest - _MONTHS_AFTER_THE_END:
                return
            kept += month * _SEATS_AT_MOST
        self._put(line, postcode, kept)

    def directory(self) -> Directory:
        """All that was taken in; raises ``SourceError`` if that is nothing."""
        rows = tuple(self._rows())
        if not any(row.units for row in rows):
            raise self._table.fault(1, "is the only one: no postcode is listed")
        return Directory(months.written(self._newest) if self._newest else "", rows)

    def _put(self, line: int, postcode: str, kept: int) -> None:
        written = postcode.replace(" ", "")
        name = written[:-2]
        if name not in self._sectors:
            self._sectors[name] = self._sector(line, postcode, name)
        sector = self._sectors[name]
        if sector is None:
            return
        place = _UNIT_AT.get(written[-2:])
        if place is None:
            raise self._table.fault(line, f"holds no postcode: {postcode!r}")
        before = sector[place]
        if before and max(before, kept) < _SEATS_AT_MOST:
            raise self._table.fault(line, f"gives {postcode} a second time")
        # A live postcode goes before one that has ended, a later end before an earlier.
        is_better = kept < _SEATS_AT_MOST or kept > before >= _SEATS_AT_MOST
        if is_better or not before:
            sector[place] = kept

    def _sector(self, line: int, postcode: str, name: str) -> "array[int] | None":
        """Begin a sector; None if its postcodes are to be passed over."""
        if name.startswith(_NO_SECTOR):
            return None
        shape = _SECTOR.fullmatch(name)
        if shape is None:
            raise self._table.fault(line, f"holds no postcode: {postcode!r}")
        is_kept = self._request.northern_ireland or shape[1] != NORTHERN_IRELAND
        is_place = shape[1] in AREAS
        return array("I", bytes(4 * len(_UNITS))) if is_kept and is_place else None

    def _begin_month(self, line: int, begun: str) -> None:
        month = self._month(line, begun, "begun")
        if month > self._latest:
            raise self._table.fault(line, f"begins in a month to come: {begun!r}")
        self._newest_begun = begun
        if not self._request.as_of:
            self._newest = max(self._newest, month)

    def _month(self, line: int, written: str, what: str) -> int:
        month = months.number(written)
        if month is None:
            raise self._table.fault(
                line, f"has {what} in a month that is none: {written!r}"
            )
        self._months[written] = month
        return month

    def _rows(self) -> Iterator[DirectoryRow]:
        named = {
            f"{name[:-1]} {name[-1]}": sector
            for name, sector in self._sectors.items()
            if sector is not None
        }
        for name in sorted(named):
            yield from self._rows_of(name, named[name])

    def _rows_of(self, name: str, sector: "array[int]") -> Iterator[DirectoryRow]:
        oldest = (self._newest - _MONTHS_AFTER_THE_END) * _SEATS_AT_MOST
        live: dict[int, str] = {}
        ended: dict[int, str] = {}
        for unit, kept in zip(_UNITS, sector, strict=True):
            if kept:
                ended_at, seat = divmod(kept, _SEATS_AT_MOST)
                if not ended_at:
                    live[seat] = live.get(seat, "") + unit
                elif kept >= oldest:
                    ended[seat] = ended.get(seat, "") + unit
        for seat in sorted(live.keys() | ended.keys()):
            yield DirectoryRow(
                name, self._codes[seat], live.get(seat, ""), ended.get(seat, "")
            )


def _why_no_seat(code: str) -> str:
    """Continue "line 7 …"."""
    first = _FORMER_SEATS.get(code[:3], 0)
    if _CODE.fullmatch(code) and int(code[3:]) < first:
        return (
            f"has the seat {code}, which is of the boundaries before July 2024: the"
            " directory must be of May 2024 or later, with its column of the"
            " constituencies that are in force"
        )
    return f"names an unknown seat: {code!r}"
