"""Postbag's own form of the registers: the files of ``data/``, written and read.

Three tables and a manifest that says of each how old it is, whose it is, and the
SHA-256 of its text, so that a damaged or half-replaced folder is noticed.
"""

import csv
import gzip
import hashlib
import io
import json
import tempfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, astuple, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, Self

from representatives.errors import SnapshotError

SHIPPED = Path(__file__).parent / "data"

MANIFEST = "manifest.json"
CONSTITUENCIES = "constituencies.csv"
MEMBERS = "members.csv"
POSTCODES = "postcode_sectors.csv.gz"

_REBUILD = "Build the snapshot again with: manage.py build_snapshot SOURCE_FOLDER"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Whose register it is and on what terms; ``attribution`` is verbatim."""

    source: str
    licence: str
    licence_url: str
    attribution: str


@dataclass(frozen=True, slots=True)
class Edition:
    """One register as the snapshot holds it.

    ``entries`` counts what it lists (seats, members, postcodes), not rows of its file.
    """

    as_of: str
    entries: int
    digest: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class ConstituencyRow:
    """One seat."""

    code: str
    former_codes: tuple[str, ...]
    name: str
    name_cy: str
    country: str
    region: str
    hex_q: int
    hex_r: int


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One person in one seat; ``started`` is None where the day is not known.

    ``theyworkforyou_id`` is None where the source does not tell it.
    """

    constituency: str
    parliament_id: int
    full_title: str
    display_name: str
    address_as: str
    party: str
    email: str
    started: date | None
    theyworkforyou_id: int | None = None


@dataclass(frozen=True, slots=True)
class SectorRow:
    """The units of one sector in one seat, two letters each, run together."""

    sector: str
    constituency: str
    units: str


@dataclass(frozen=True, slots=True)
class Registers:
    """Everything a snapshot is written from."""

    constituencies: tuple[ConstituencyRow, ...]
    members: tuple[MemberRow, ...]
    sectors: tuple[SectorRow, ...]
    as_of: Mapping[str, str]
    provenance: Mapping[str, Provenance]

    @property
    def entries(self) -> dict[str, int]:
        """How many seats, members and postcodes there are, by register."""
        return {
            "constituencies": len(self.constituencies),
            "members": len(self.members),
            "postcodes": sum(len(row.units) // 2 for row in self.sectors),
        }


def write(registers: Registers, folder: Path) -> None:
    """Write a snapshot, byte for byte the same for the same registers.

    Everything is written beside the folder first and moved into it when it is whole.
    """
    texts = {
        "constituencies": _csv(ConstituencyRow, registers.constituencies),
        "members": _csv(MemberRow, registers.members),
        "postcodes": _csv(SectorRow, registers.sectors),
    }
    manifest = {
        register: {
            "as_of": registers.as_of[register],
            "entries": registers.entries[register],
            "sha256": _digest(text),
            **asdict(registers.provenance[register]),
        }
        for register, text in texts.items()
    }
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="snapshot-", dir=folder.parent) as name:
        draft = Path(name)
        (draft / CONSTITUENCIES).write_bytes(texts["constituencies"])
        (draft / MEMBERS).write_bytes(texts["members"])
        # Without the time of day in its header, so that it can be reproduced.
        (draft / POSTCODES).write_bytes(gzip.compress(texts["postcodes"], 9, mtime=0))
        (draft / MANIFEST).write_text(
            json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
        )
        for file in (CONSTITUENCIES, MEMBERS, POSTCODES, MANIFEST):
            (draft / file).replace(folder / file)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot that is there to be read; its tables are read when they are asked for.

    Every method raises ``SnapshotError`` when a file is missing or damaged.
    """

    folder: Path
    editions: Mapping[str, Edition]

    @classmethod
    def open(cls, folder: Path = SHIPPED) -> Self:
        """Read the manifest."""
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            editions = {
                register: _edition(manifest[register])
                for register in ("constituencies", "members", "postcodes")
            }
        except OSError as error:
            raise SnapshotError(
                f"There is no {folder / MANIFEST}. {_REBUILD}"
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise SnapshotError(
                f"{folder / MANIFEST} is damaged. {_REBUILD}"
            ) from error
        return cls(folder, editions)

    def constituencies(self) -> list[ConstituencyRow]:
        """Every seat."""
        return [
            ConstituencyRow(
                code=row["code"],
                former_codes=tuple(row["former_codes"].split()),
                name=row["name"],
                name_cy=row["name_cy"],
                country=row["country"],
                region=row["region"],
                hex_q=int(row["hex_q"]),
                hex_r=int(row["hex_r"]),
            )
            for row in self._table("constituencies", CONSTITUENCIES)
        ]

    def members(self) -> list[MemberRow]:
        """Every member; a vacant seat has none."""
        return [
            MemberRow(
                constituency=row["constituency"],
                parliament_id=int(row["parliament_id"]),
                full_title=row["full_title"],
                display_name=row["display_name"],
                address_as=row["address_as"],
                party=row["party"],
                email=row["email"],
                started=date.fromisoformat(row["started"]) if row["started"] else None,
                theyworkforyou_id=int(row["theyworkforyou_id"] or 0) or None,
            )
            for row in self._table("members", MEMBERS)
        ]

    def sectors(self) -> list[SectorRow]:
        """Every sector of Great Britain by seat."""
        return [SectorRow(**row) for row in self._table("postcodes", POSTCODES)]

    def _table(self, register: str, file: str) -> Iterable[dict[str, str]]:
        """The rows of a file whose text is the one that the manifest speaks of."""
        place = self.folder / file
        try:
            text = place.read_bytes()
            if place.suffix == ".gz":
                text = gzip.decompress(text)
        except FileNotFoundError as error:
            raise SnapshotError(f"There is no {place}. {_REBUILD}") from error
        except (OSError, EOFError, zlib.error) as error:
            raise SnapshotError(f"{place} is damaged. {_REBUILD}") from error
        if _digest(text) != self.editions[register].digest:
            raise SnapshotError(
                f"{place} is not the file that {MANIFEST} speaks of. {_REBUILD}"
            )
        return csv.DictReader(io.StringIO(text.decode(), newline=""))


def _edition(said: Mapping[str, Any]) -> Edition:
    return Edition(
        as_of=said["as_of"],
        entries=said["entries"],
        digest=said["sha256"],
        provenance=Provenance(
            **{field.name: said[field.name] for field in fields(Provenance)}
        ),
    )


def _csv(
    row_type: type[ConstituencyRow | MemberRow | SectorRow],
    rows: Iterable[ConstituencyRow | MemberRow | SectorRow],
) -> bytes:
    """A table in UTF-8 with its header line, its columns named as the fields are."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(field.name for field in fields(row_type))
    writer.writerows(
        # Codes never hold a space; None is written as nothing.
        [" ".join(cell) if isinstance(cell, tuple) else cell for cell in astuple(row)]
        for row in rows
    )
    return text.getvalue().encode()


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
