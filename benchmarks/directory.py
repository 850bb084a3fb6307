"""A directory of postcodes as large as the office's, with all its oddities."""

import io
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from representatives.snapshot import Snapshot
from representatives.sources.constituencies import CODES_IN_FORCE

ROWS: Final = 2_700_000
AS_OF: Final = "202605"
NORTHERN_IRISH: Final = 49_000
ISLANDS: Final = 20_000
_LETTERS: Final = "ABDEFGHJLNPQRSTUWXYZ"
_UNITS: Final = [a + b for a in _LETTERS for b in _LETTERS]
_FORMER: Final = {new: old for old, new in CODES_IN_FORCE.items()}
# What else the office says of a postcode, in 45 columns more.
_REST: Final = ",E99999999" * 45
_HEADER: Final = "pcd7,pcd8,dointr,doterm,pcon" + "".join(
    f",column{number}" for number in range(45)
)

Row = tuple[str, str, str, str]


def write(release: Path) -> None:
    """Write a release: a zip of the one large table beside a part and a document."""
    with zipfile.ZipFile(release, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr("Documents/Names and codes.csv", "code,name\r\n")
        packed.writestr("Data/multi_csv/ONSPD_MAY_2026_UK_AB.csv", f"{_HEADER}\r\n")
        with (
            packed.open("Data/ONSPD_MAY_2026_UK.csv", "w", force_zip64=True) as table,
            io.TextIOWrapper(table, encoding="utf-8", newline="\r\n") as text,
        ):
            text.write(f"{_HEADER}\n")
            for sector, unit, months, seat in _rows():
                outward, inward = sector.split()
                inward += unit
                text.write(
                    f"{outward:<4}{inward},{outward:<5}{inward},{months},{seat}{_REST}\n"
                )


def _rows() -> Iterator[Row]:
    """Sector, unit, the months of beginning and end, seat."""
    chosen = random.Random(3)  # noqa: S311 - the same ones in every run
    left = ROWS - NORTHERN_IRISH - ISLANDS
    free: list[tuple[str, str, str]] = []
    for row in Snapshot.open().sectors():
        units = {row.units[at : at + 2] for at in range(0, len(row.units), 2)}
        left -= len(units)
        # The five seats by either code.
        former = _FORMER.get(row.constituency, row.constituency)
        for number, unit in enumerate(sorted(units)):
            yield row.sector, unit, "198001,", (row.constituency, former)[number % 2]
        free += ((row.sector, unit, former) for unit in _UNITS if unit not in units)
    yield from _northern_ireland()
    yield from _islands()
    # A unit that is free here may be live in the sector's other seat: then that counts.
    for sector, unit, seat in chosen.sample(free, left):
        year, month = chosen.randrange(1980, 2026), chosen.randrange(1, 13)
        yield sector, unit, f"197401,{year}{month:02}", seat


def _northern_ireland() -> Iterator[Row]:
    for number in range(NORTHERN_IRISH):
        sector, unit = divmod(number, len(_UNITS))
        area, digit = divmod(sector, 10)
        seat = f"N05{number % 18 + 1:06}"
        yield f"BT{area + 1} {digit}", _UNITS[unit], f"{AS_OF},", seat


def _islands() -> Iterator[Row]:
    for number in range(ISLANDS):
        sector, unit = divmod(number, len(_UNITS))
        area, digit = divmod(sector, 10)
        yield f"JE{area + 1} {digit}", _UNITS[unit], "200001,", "L93000001"
