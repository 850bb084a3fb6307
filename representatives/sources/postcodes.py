"""The directory of postcodes: 1.7 million units and the seat that each lies in."""

import re
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path

from django.utils.translation import gettext_noop

from representatives.snapshot import Provenance, SectorRow
from representatives.sources.constituencies import CODES_IN_FORCE
from representatives.sources.constituencies import PROVENANCE as SEATS
from representatives.sources.tables import Table

PROVENANCE = Provenance(
    source=gettext_noop(
        "The live postcodes of Great Britain, each with the seat in which its middle"
        " point lies, from the Office for National Statistics' Postcode Directory. Its"
        " open licence does not cover Northern Ireland, so those are left out."
    ),
    licence=SEATS.licence,
    licence_url=SEATS.licence_url,
    attribution=SEATS.attribution,
)

# The office renames its columns between releases.
_COLUMNS = {
    "the postcode": ("pcds", "pcd", "pcd2", "pcd7", "pcd8"),
    "the day it was ended": ("doterm",),
    "the seat": ("pcon", "pcon24cd"),
}
# With or without its space, padded or not: the last three are the inward part.
_UNIT = re.compile(r"([A-Z]{1,2}[0-9][0-9A-Z]?) *([0-9])([ABD-HJLNP-UW-Z]{2})")
# The Channel Islands and the Isle of Man are listed under codes that are no seats.
_NOT_SEATS = ("", "L99999999", "M99999999")


def read(path: Path, known_codes: Collection[str]) -> tuple[SectorRow, ...]:
    """Every sector of Great Britain by seat; raises ``SourceError``."""
    table = Table(path, _COLUMNS)
    code_of = {code: code for code in known_codes} | CODES_IN_FORCE
    seats_of: dict[str, dict[str, str]] = defaultdict(dict)
    for line, (postcode, ended, seat) in table.rows():
        if ended or seat in _NOT_SEATS or postcode.startswith("BT"):
            continue
        if seat not in code_of:
            raise table.fault(line, f"names an unknown seat: {seat!r}")
        shape = _UNIT.fullmatch(postcode)
        if shape is None:
            raise table.fault(line, f"holds no postcode: {postcode!r}")
        outward, digit, unit = shape.groups()
        seat_of_unit = seats_of[f"{outward} {digit}"]
        if unit in seat_of_unit:
            raise table.fault(line, f"gives {postcode} a second time")
        seat_of_unit[unit] = code_of[seat]
    if not seats_of:
        raise table.fault(1, "is the only one: no postcode is listed")
    return tuple(
        row for sector in sorted(seats_of) for row in _rows(sector, seats_of[sector])
    )


def _rows(sector: str, seat_of_unit: dict[str, str]) -> list[SectorRow]:
    units: dict[str, list[str]] = defaultdict(list)
    for unit in sorted(seat_of_unit):
        units[seat_of_unit[unit]].append(unit)
    return [SectorRow(sector, seat, "".join(units[seat])) for seat in sorted(units)]
