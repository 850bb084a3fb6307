"""A folder of source files, found by their names and read together."""

import re
from pathlib import Path

from representatives.errors import SourceError
from representatives.models.seats import BOUNDARIES_OF_2024
from representatives.snapshot import Registers
from representatives.sources import constituencies, members, postcodes

# What the names of these editions do not say.
_AS_OF = {
    "constituencies_2024.csv": "2024-07",
    "gb_postcodes_2024.csv.gz": "2023-08",
}
_DATE = re.compile(r"\d{4}-\d{2}(?:-\d{2})?")


def read(folder: Path) -> Registers:
    """Read the newest edition of each register; raises ``SourceError``."""
    if not folder.is_dir():
        raise SourceError(
            f"There is no folder {folder}. Name the one that holds the source files."
        )
    seats_file = _newest(folder, "constituencies_*.csv")
    members_file = _newest(folder, "members_*.csv")
    postcodes_file = _newest(folder, "gb_postcodes_*.csv.gz")
    as_of = {
        "constituencies": _as_of(seats_file),
        "members": _as_of(members_file),
        "postcodes": _as_of(postcodes_file),
    }
    seats = constituencies.read(seats_file)
    codes = {seat.code for seat in seats}
    return Registers(
        constituencies=seats,
        members=members.read(members_file, dict.fromkeys(codes, BOUNDARIES_OF_2024)),
        sectors=postcodes.read(postcodes_file, codes),
        as_of=as_of,
        provenance={
            "constituencies": constituencies.PROVENANCE,
            "members": members.PROVENANCE,
            "postcodes": postcodes.PROVENANCE,
        },
    )


def _newest(folder: Path, pattern: str) -> Path:
    """The last by name, which begins with what it is and goes on with its date."""
    found = sorted(folder.glob(pattern))
    if not found:
        raise SourceError(f"There is no {pattern} in {folder}. Put the register there.")
    return found[-1]


def _as_of(file: Path) -> str:
    """The day or month that an edition describes: "2023-08", "2026-06-27"."""
    if file.name in _AS_OF:
        return _AS_OF[file.name]
    if dated := _DATE.search(file.name):
        return dated[0]
    raise SourceError(
        f"{file} does not say how old it is. Give it a name with the month or day that"
        " it describes, such as members_2026-06-27.csv."
    )
