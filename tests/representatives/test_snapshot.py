import gzip
import json
from pathlib import Path

import pytest

from representatives import snapshot
from representatives.errors import SnapshotError
from representatives.snapshot import Snapshot
from representatives.sources import folder
from tests.representatives.sources import make_folder

FILES = (
    "constituencies.csv",
    "manifest.json",
    "members.csv",
    "postcode_sectors.csv.gz",
)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    registers = folder.read(make_folder(tmp_path / "sources"))
    snapshot.write(registers, tmp_path / "built")
    return tmp_path / "built"


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    registers = folder.read(make_folder(tmp_path / "sources"))
    snapshot.write(registers, tmp_path / "built")
    read = Snapshot.open(tmp_path / "built")
    assert tuple(read.constituencies()) == registers.constituencies
    assert tuple(read.members()) == registers.members
    assert tuple(read.sectors()) == registers.sectors
    assert {name: edition.as_of for name, edition in read.editions.items()} == dict(
        registers.as_of
    )
    assert {
        name: edition.provenance for name, edition in read.editions.items()
    } == dict(registers.provenance)


def test_an_edition_counts_what_it_lists(built: Path) -> None:
    editions = Snapshot.open(built).editions
    assert {name: edition.entries for name, edition in editions.items()} == {
        "constituencies": 4,
        "members": 3,
        "postcodes": 4,
    }


def test_a_snapshot_is_the_same_bytes_each_time(built: Path, tmp_path: Path) -> None:
    snapshot.write(folder.read(tmp_path / "sources"), tmp_path / "again")
    for file in FILES:
        assert (built / file).read_bytes() == (tmp_path / "again" / file).read_bytes()


def test_the_gzipped_file_says_nothing_of_the_time(built: Path) -> None:
    header = (built / "postcode_sectors.csv.gz").read_bytes()[:10]
    assert header[4:8] == bytes(4)


def test_nothing_is_left_beside_the_snapshot(built: Path) -> None:
    assert sorted(path.name for path in built.iterdir()) == list(FILES)
    assert sorted(path.name for path in built.parent.iterdir()) == ["built", "sources"]


def test_a_missing_snapshot_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="build_snapshot SOURCE_FOLDER"):
        Snapshot.open(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"constituencies": 1}', "\xff"])
def test_a_damaged_manifest_is_noticed(built: Path, text: str) -> None:
    (built / "manifest.json").write_text(text, encoding="latin-1")
    with pytest.raises(SnapshotError, match=r"manifest\.json is damaged"):
        Snapshot.open(built)


def test_a_missing_table_is_noticed(built: Path) -> None:
    (built / "members.csv").unlink()
    with pytest.raises(SnapshotError, match=r"There is no .*members\.csv"):
        Snapshot.open(built).members()


def test_a_changed_table_is_noticed(built: Path) -> None:
    with (built / "members.csv").open("a") as file:
        file.write("\n")
    with pytest.raises(SnapshotError, match=r"not the file that manifest\.json speaks"):
        Snapshot.open(built).members()


def test_a_truncated_table_is_noticed(built: Path) -> None:
    file = built / "postcode_sectors.csv.gz"
    file.write_bytes(file.read_bytes()[:-12])
    with pytest.raises(SnapshotError, match="is damaged"):
        Snapshot.open(built).sectors()


def test_the_shipped_snapshot_is_whole() -> None:
    shipped = Snapshot.open()
    assert len(shipped.constituencies()) == 650
    assert len(shipped.members()) == 650
    assert len(shipped.sectors()) == 15_992
    assert {name: edition.as_of for name, edition in shipped.editions.items()} == {
        "constituencies": "2024-07",
        "members": "2026-06-27",
        "postcodes": "2023-08",
    }


def test_the_shipped_snapshot_stays_under_a_megabyte() -> None:
    assert sum(file.stat().st_size for file in snapshot.SHIPPED.iterdir()) < 1_000_000


def test_the_shipped_tables_have_our_own_columns_only() -> None:
    def header(file: Path) -> str:
        text = file.read_bytes()
        whole = gzip.decompress(text) if file.suffix == ".gz" else text
        return whole.decode().partition("\n")[0]

    assert header(snapshot.SHIPPED / snapshot.CONSTITUENCIES) == (
        "code,former_codes,name,name_cy,country,region,hex_q,hex_r"
    )
    assert header(snapshot.SHIPPED / snapshot.MEMBERS) == (
        "constituency,parliament_id,full_title,display_name,address_as,party,email,started,"
        "theyworkforyou_id"
    )
    assert header(snapshot.SHIPPED / snapshot.POSTCODES) == "sector,constituency,units"


def test_the_five_scottish_seats_keep_their_former_codes() -> None:
    renamed = {
        row.code: row.former_codes
        for row in Snapshot.open().constituencies()
        if row.former_codes
    }
    assert renamed == {
        "S14000107": ("S14000006",),
        "S14000108": ("S14000008",),
        "S14000109": ("S14000010",),
        "S14000110": ("S14000040",),
        "S14000111": ("S14000058",),
    }


def test_every_attribution_stands_verbatim_beside_the_shipped_files() -> None:
    text = (snapshot.SHIPPED / "SOURCES.md").read_text(encoding="utf-8")
    manifest = json.loads((snapshot.SHIPPED / "manifest.json").read_text())
    for said in manifest.values():
        assert f"> {said['attribution']}\n" in text
        assert f"[{said['licence']}]({said['licence_url']})" in text
        assert f"{said['entries']:,}" in text
