"""The shipped snapshot against the files it was derived from, where they are there."""

import csv
import gzip
import heapq
from pathlib import Path
from zlib import crc32

import pytest

from representatives import lookup, snapshot
from representatives.lookup import Match
from representatives.postcodes import Postcode
from representatives.sources import folder
from tests.registers import source_folder

PICKED = 2_000


@pytest.mark.slow
def test_postcodes_picked_at_random_are_exact_in_the_right_seat(
    registers: None,
) -> None:
    file = source_folder() / "gb_postcodes_2024.csv.gz"
    with gzip.open(file, "rt", newline="") as lines:
        listed = [(row["pcds"], row["pcon"]) for row in csv.DictReader(lines)]
    # As good as at random, and the same ones each time.
    picked = heapq.nsmallest(PICKED, listed, key=lambda row: crc32(row[0].encode()))
    for text, code in picked:
        found = lookup.find(Postcode.parse(text))
        assert found.match == Match.EXACT, text
        assert [seat.code for seat in found.candidates] == [code], text


@pytest.mark.slow
def test_the_snapshot_built_again_is_the_one_that_is_shipped(tmp_path: Path) -> None:
    snapshot.write(folder.read(source_folder()), tmp_path / "built")
    for name in (snapshot.CONSTITUENCIES, snapshot.MEMBERS, snapshot.MANIFEST):
        shipped = (snapshot.SHIPPED / name).read_bytes()
        assert (tmp_path / "built" / name).read_bytes() == shipped, name
    # Compressed alike on the machine that built it; another zlib may pack differently.
    built, shipped = (
        gzip.decompress((place / snapshot.POSTCODES).read_bytes())
        for place in (tmp_path / "built", snapshot.SHIPPED)
    )
    assert built == shipped
