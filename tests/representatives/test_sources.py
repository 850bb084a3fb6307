import datetime
import re
from pathlib import Path

import pytest

from representatives.errors import SourceError
from representatives.snapshot import ConstituencyRow, MemberRow, SectorRow
from representatives.sources import folder, tables
from tests.representatives import sources
from tests.representatives.sources import make_folder


def refusal(place: Path) -> str:
    with pytest.raises(SourceError) as raised:
        folder.read(place)
    return str(raised.value)


def test_seats_are_read_with_codes_in_force_and_mended_names(tmp_path: Path) -> None:
    seats = folder.read(make_folder(tmp_path)).constituencies
    assert [seat.code for seat in seats] == [
        "E14000001",
        "N05000001",
        "S14000107",
        "W07000001",
    ]
    assert seats[2] == ConstituencyRow(
        code="S14000107",
        former_codes=("S14000006",),
        name="Ayr, Carrick and Cumnock",
        name_cy="",
        country="Scotland",
        region="Scotland",
        hex_q=3,
        hex_r=4,
    )
    assert (seats[0].former_codes, seats[3].name_cy) == ((), "Gŵyr")


def test_members_are_read_with_what_the_register_lacks(tmp_path: Path) -> None:
    ann, bob, cai = folder.read(make_folder(tmp_path)).members
    assert ann == MemberRow(
        constituency="E14000001",
        parliament_id=11,
        full_title="Rt Hon Ann Lee MP",
        display_name="Ms Ann Lee",
        address_as="Ms Lee",
        party="Labour",
        email="ann@parliament.example",
        started=datetime.date(2024, 7, 4),
    )
    assert (bob.constituency, bob.full_title) == ("S14000107", "Sir Bob Orr MP")
    assert (bob.address_as, bob.email) == ("Sir Bob", "")
    assert cai.address_as == "Cai Rhys"


def test_who_a_member_is_for_theyworkforyou_may_be_told_and_may_be_unknown(
    tmp_path: Path,
) -> None:
    rows = "E14000001,11,A MP,A,Labour,,,910001\nW07000001,12,B MP,B,Labour,,,\n"
    members = folder.read(make_folder(tmp_path, members=THEIR_HEAD + rows)).members
    assert [row.theyworkforyou_id for row in members] == [910_001, None]


def test_a_start_in_the_house_before_the_seats_existed_is_an_unknown_start(
    tmp_path: Path,
) -> None:
    _, bob, cai = folder.read(make_folder(tmp_path)).members
    assert bob.started is None
    assert cai.started is None


def test_live_postcodes_of_great_britain_are_gathered_by_sector_and_seat(
    tmp_path: Path,
) -> None:
    assert folder.read(make_folder(tmp_path)).sectors == (
        SectorRow("AB1 1", "E14000001", "AAAB"),
        SectorRow("AB1 1", "S14000107", "BA"),
        SectorRow("AB1 2", "W07000001", "AA"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "PCD,DOTERM,PCON24CD\nAB1 1AB,,E14000001\nAB101AB,,E14000001\n",
        "x,pcd7,y,pcon24cd,DoTerm\n,AB1 1AB,,E14000001,\n,AB101AB,,E14000001,\n",
        "\ufeffpcd8,doterm,pcon\r\nAB1  1AB,,E14000001\r\nAB10 1AB,,E14000001\r\n",
    ],
)
def test_the_offices_other_column_names_and_paddings_are_read(
    tmp_path: Path, text: str
) -> None:
    assert folder.read(make_folder(tmp_path, postcodes=text)).sectors == (
        SectorRow("AB1 1", "E14000001", "AB"),
        SectorRow("AB10 1", "E14000001", "AB"),
    )


def test_the_dates_come_from_the_editions_or_from_their_names(tmp_path: Path) -> None:
    make_folder(tmp_path)
    assert folder.read(tmp_path).as_of == {
        "constituencies": "2024-07",
        "members": "2026-06-27",
        "postcodes": "2023-08",
    }
    (tmp_path / sources.MEMBERS_FILE).rename(tmp_path / "members_2026-09.csv")
    assert folder.read(tmp_path).as_of["members"] == "2026-09"


def test_the_newest_edition_is_read(tmp_path: Path) -> None:
    make_folder(tmp_path)
    newer = sources.MEMBERS.replace("Ms Ann Lee", "Dr Ann Lee")
    (tmp_path / "members_2026-10-01.csv").write_text(newer)
    read = folder.read(tmp_path)
    assert read.as_of["members"] == "2026-10-01"
    assert read.members[0].address_as == "Dr Lee"


def test_an_edition_without_a_date_is_refused(tmp_path: Path) -> None:
    make_folder(tmp_path)
    (tmp_path / sources.MEMBERS_FILE).rename(tmp_path / "members_new.csv")
    assert "does not say how old it is" in refusal(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert f"There is no folder {tmp_path / 'none'}." in refusal(tmp_path / "none")


@pytest.mark.parametrize(
    ("file", "pattern"),
    [
        (sources.SEATS_FILE, "constituencies_*.csv"),
        (sources.MEMBERS_FILE, "members_*.csv"),
        (sources.POSTCODES_FILE, "gb_postcodes_*.csv.gz"),
    ],
)
def test_a_missing_file_is_named(tmp_path: Path, file: str, pattern: str) -> None:
    make_folder(tmp_path)
    (tmp_path / file).unlink()
    assert f"There is no {pattern} in {tmp_path}." in refusal(tmp_path)


SEATS_HEAD, SEAT, *_ = sources.SEATS.splitlines(keepends=True)
MEMBERS_HEAD, MEMBER, *_ = sources.MEMBERS.splitlines(keepends=True)
THEIR_HEAD = MEMBERS_HEAD.replace("\n", ",twfy_id\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1 has no column for code (named code)"),
        ("code,name\nE1,A\n", "line 1 has no column for name_cy"),
        (SEATS_HEAD, "no seat is listed"),
        (SEATS_HEAD + SEAT + SEAT, "line 3 gives the seat E14000001 a second time"),
        (
            SEATS_HEAD + "E14000001,,,,England,London,1,2\n",
            "line 2 has no code, no name",
        ),
        (SEATS_HEAD + "E1,A,,,Jersey,London,1,2\n", "names no country of the four"),
        (SEATS_HEAD + "E1,A,,,England,London,x,2\n", "has no cartogram cell"),
        (SEATS_HEAD + "E1,A,,,England\n", "has 5 cells where the header has 8"),
        (SEATS_HEAD + 'E1,"A"x,,,England,London,1,2\n', "is not a CSV file"),
    ],
)
def test_a_fault_in_the_seats_is_named_by_line_and_reason(
    tmp_path: Path, text: str, words: str
) -> None:
    told = refusal(make_folder(tmp_path, seats=text))
    assert words in told
    assert sources.SEATS_FILE in told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n", "line 1 has no column for the seat's code (named constituency_code)"),
        (MEMBERS_HEAD, "no member is listed"),
        (MEMBERS_HEAD + MEMBER + MEMBER, "line 3 gives E14000001 a second member"),
        (
            MEMBERS_HEAD + MEMBER + MEMBER.replace("E14000001", "W07000001"),
            "line 3 gives member 11 a second seat",
        ),
        (
            MEMBERS_HEAD + MEMBER.replace("E14000001", "E14999999"),
            "line 2 names an unknown seat: 'E14999999'",
        ),
        (
            MEMBERS_HEAD + MEMBER.replace(",11,", ",eleven,"),
            "a Parliament id that is none",
        ),
        (
            MEMBERS_HEAD + MEMBER.replace("2024-07-04", "4 July"),
            "has a day that is none",
        ),
        (
            MEMBERS_HEAD + MEMBER.replace("Labour", ""),
            "has no title, no name or no party",
        ),
        (THEIR_HEAD + "E14000001,11,A MP,A,Labour,,,one\n", "id that is none: 'one'"),
        (
            THEIR_HEAD
            + "E14000001,11,A MP,A,Labour,,,910001\n"
            + "W07000001,12,B MP,B,Labour,,,910001\n",
            "line 3 gives TheyWorkForYou id 910001 a second member",
        ),
    ],
)
def test_a_fault_in_the_members_is_named_by_line_and_reason(
    tmp_path: Path, text: str, words: str
) -> None:
    told = refusal(make_folder(tmp_path, members=text))
    assert words in told
    assert sources.MEMBERS_FILE in told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("postcode,doterm,pcon\n", "no column for the postcode (named pcds or pcd"),
        ("pcds,doterm,pcon\n", "no postcode is listed"),
        ("pcds,doterm,pcon\nAB1 1AA,,E14999999\n", "line 2 names an unknown seat"),
        ("pcds,doterm,pcon\nhello,,E14000001\n", "line 2 holds no postcode: 'hello'"),
        (
            "pcds,doterm,pcon\nAB1 1AA,,E14000001\nAB1 1AA,,W07000001\n",
            "line 3 gives AB1 1AA a second time",
        ),
    ],
)
def test_a_fault_in_the_postcodes_is_named_by_line_and_reason(
    tmp_path: Path, text: str, words: str
) -> None:
    told = refusal(make_folder(tmp_path, postcodes=text))
    assert words in told
    assert sources.POSTCODES_FILE in told


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    file = make_folder(tmp_path) / sources.POSTCODES_FILE
    file.write_bytes(file.read_bytes()[:-12])
    assert "cannot be read to its end" in refusal(tmp_path)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    file = make_folder(tmp_path) / sources.POSTCODES_FILE
    whole = bytearray(file.read_bytes())
    whole[20:30] = b"\xff" * 10
    file.write_bytes(whole)
    assert re.search(
        "cannot be read to its end|not written in UTF-8", refusal(tmp_path)
    )


def test_a_file_is_read_as_what_it_is_whatever_its_name_says(tmp_path: Path) -> None:
    packed = folder.read(make_folder(tmp_path)).sectors
    (tmp_path / sources.POSTCODES_FILE).write_text(sources.POSTCODES)
    assert folder.read(tmp_path).sectors == packed


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    text = sources.MEMBERS.replace("Ann Lee", "Zöe Lee")
    (make_folder(tmp_path) / sources.MEMBERS_FILE).write_bytes(text.encode("latin-1"))
    assert "is not written in UTF-8" in refusal(tmp_path)


def test_a_table_tells_when_its_file_has_gone(tmp_path: Path) -> None:
    table = tables.Table(tmp_path / "gone.csv", {"code": ("code",)})
    with pytest.raises(SourceError, match=r"There is no .*gone\.csv"):
        list(table.rows())
