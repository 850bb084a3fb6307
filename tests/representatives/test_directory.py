"""Reading a whole directory of postcodes, as the office or anybody may hand it over."""

import gzip
import io
import itertools
import zipfile
from pathlib import Path

import pytest

from representatives.errors import SourceError
from representatives.sources import directory, files, months
from representatives.sources.directory import Directory, DirectoryRow, Request
from tests import patience

ASHFORD, AYR, GOWER, BELFAST = "E14001072", "S14000107", "W07000091", "N05000001"
SEATS = (ASHFORD, AYR, GOWER, BELFAST)
HEAD = "pcds,dointr,doterm,pcon\n"
ROW = f"AB1 1AA,199001,,{ASHFORD}\n"
TEXT = f"{HEAD}{ROW}AB1 1AB,202604,,{GOWER}\nAB1 1AD,199001,202001,{GOWER}\n"


def read(place: Path, text: str | bytes = TEXT, **wish: object) -> Directory:
    """Write the file and read it."""
    if isinstance(text, str):
        text = text.encode()
    place.write_bytes(text)
    return directory.read(place, Request(SEATS, **wish))  # type: ignore[arg-type]


def refusal(place: Path, text: str | bytes, **wish: object) -> str:
    with pytest.raises(SourceError) as raised:
        read(place, text, **wish)
    assert str(place) in str(raised.value)
    return str(raised.value)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file whose name says nothing."""
    return tmp_path / "postcodes.csv"


def zipped(*tables: tuple[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as release:
        for name, text in tables:
            release.writestr(name, text)
    return packed.getvalue()


def test_postcodes_are_gathered_by_sector_and_seat(file: Path) -> None:
    text = (
        f"{HEAD}AB1 1AB,199001,,{ASHFORD}\nAB1 2AA,199001,,{GOWER}\n"
        f"AB1 1AA,202604,,{ASHFORD}\nAB1 1BA,199001,,S14000006\n"
    )
    assert read(file, text) == Directory(
        as_of="2026-04",
        rows=(
            DirectoryRow("AB1 1", ASHFORD, "AAAB", ""),
            DirectoryRow("AB1 1", AYR, "BA", ""),
            DirectoryRow("AB1 2", GOWER, "AA", ""),
        ),
    )


def test_live_postcodes_alone_are_counted(file: Path) -> None:
    text = f"{HEAD}{ROW}AB1 1AB,202604,,{GOWER}\nAB1 1AD,199001,202501,{GOWER}\n"
    assert read(file, text).entries == 2


@pytest.mark.parametrize(
    "head",
    [
        "pcds,dointr,doterm,pcon",
        "PCD,DOINTR,DOTERM,PCON24CD",
        "pcd2,dointr,doterm,pcon24cd",
        "pcd7,dointr,doterm,pcon",
        "\ufeffpcd8,dointr,doterm,pcon24",
    ],
)
@pytest.mark.parametrize("written", ["SW1A1AA", "SW1A 1AA", "SW1A 1AA "])
def test_every_name_of_a_column_and_padding_of_a_postcode_is_read(
    file: Path, head: str, written: str
) -> None:
    [row] = read(file, f"{head}\r\n{written},199001,,{ASHFORD}\r\n").rows
    assert row == DirectoryRow("SW1A 1", ASHFORD, "AA", "")


def test_a_postcode_padded_in_its_middle_is_read(file: Path) -> None:
    [row] = read(file, f"{HEAD}B1  1AA,199001,,{ASHFORD}\n").rows
    assert row.sector == "B1 1"


def test_columns_beyond_the_needed_are_nobodys_business(file: Path) -> None:
    text = f"x,doterm,pcon,pcds,y\n1,,{ASHFORD},AB1 1AA,2\n"
    [row] = read(file, text).rows
    assert (row.sector, row.constituency) == ("AB1 1", ASHFORD)


def test_what_ended_within_five_years_of_the_edition_is_kept_apart(file: Path) -> None:
    text = (
        f"{HEAD}AB1 1AD,199001,202104,{GOWER}\nAB1 1AE,199001,202103,{GOWER}\n"
        f"AB1 1AF,202604,,{ASHFORD}\nAB1 1AG,199001,202603,{ASHFORD}\n"
    )
    assert read(file, text).rows == (
        DirectoryRow("AB1 1", ASHFORD, "AF", "AG"),
        DirectoryRow("AB1 1", GOWER, "", "AD"),
    )


def test_a_live_postcode_goes_before_the_same_one_that_ended(file: Path) -> None:
    ended, live = f"AB1 1AA,199001,202501,{GOWER}\n", f"AB1 1AA,202604,,{ASHFORD}\n"
    for text in (ended + live, live + ended):
        assert read(file, HEAD + text).rows == (
            DirectoryRow("AB1 1", ASHFORD, "AA", ""),
        )


def test_of_two_ends_the_later_counts(file: Path) -> None:
    first, last = f"AB1 1AA,,202401,{GOWER}\n", f"AB1 1AA,,202501,{ASHFORD}\n"
    for text in (first + last, last + first):
        ended = read(file, HEAD + text + f"AB1 1AB,202604,,{AYR}\n").rows[0]
        assert (ended.constituency, ended.ended_units) == (ASHFORD, "AA")


@pytest.mark.parametrize(
    "row",
    [
        "JE1 1AA,199001,,L93000001",
        "IM1 1AA,199001,,M83000003",
        "GY1 1AA,199001,,L99999999",
        "IM1 1AB,199001,,M99999999",
        "BX1 1AA,199001,,",
        f"BX1 1AA,199001,,{ASHFORD}",
        f"GIR 0AA,199001,,{ASHFORD}",
        f"NPT 0AA,199001,202501,{GOWER}",
        f"BT1 1AA,199001,,{BELFAST}",
    ],
)
def test_what_elects_nobody_or_may_not_be_loaded_is_passed_over(
    file: Path, row: str
) -> None:
    assert read(file, f"{HEAD}{ROW}{row}\n") == read(file, HEAD + ROW)


def test_northern_ireland_is_read_where_its_licence_is_accepted(file: Path) -> None:
    text = f"{HEAD}{ROW}BT1 1AA,199001,,{BELFAST}\n"
    assert read(file, text, northern_ireland=True).areas == {"AB", "BT"}
    assert read(file, text).areas == {"AB"}


@pytest.mark.parametrize(
    "name",
    ["ONSPD_MAY_2026_UK.csv", "NSPL21_MAY_2026_UK.csv", "onspd may 2026.csv"],
)
def test_the_month_may_stand_in_the_name(tmp_path: Path, name: str) -> None:
    text = f"pcds,doterm,pcon\nAB1 1AA,,{ASHFORD}\n"
    assert read(tmp_path / name, text).as_of == "2026-05"


def test_an_edition_of_may_may_list_none_of_may_yet(tmp_path: Path) -> None:
    assert read(tmp_path / "ONSPD_MAY_2026_UK.csv").as_of == "2026-05"


def test_what_the_operator_says_of_the_month_goes_first(tmp_path: Path) -> None:
    place = tmp_path / "ONSPD_MAY_2026_UK.csv"
    assert read(place, as_of="2026-02").as_of == "2026-02"


def test_a_file_that_says_nothing_of_its_month_has_none(file: Path) -> None:
    assert read(file, f"pcds,doterm,pcon\nAB1 1AA,,{ASHFORD}\n").as_of == ""


@pytest.mark.parametrize("text", ["2026-13", "202605", "soon", "1899-01", ""])
def test_what_is_no_month_is_no_month(text: str) -> None:
    assert months.number_of(text) is None


def test_a_month_is_written_as_it_is_read() -> None:
    assert months.number_of("2026-12") == months.number("202612")
    assert months.written(months.number("202612") or 0) == "2026-12"


def test_empty_lines_are_nothing(file: Path) -> None:
    assert read(file, f"{TEXT}\r\n\n") == read(file, TEXT)


def test_a_gzipped_file_is_read(file: Path) -> None:
    assert read(file, gzip.compress(TEXT.encode())) == read(file)


def test_of_a_release_the_one_large_table_is_read(file: Path) -> None:
    release = zipped(
        ("Data/multi_csv/ONSPD_MAY_2026_UK_AB.csv", TEXT + ROW * 50),
        ("Data/ONSPD_MAY_2026_UK.csv", TEXT),
        ("Documents/Names and codes.csv", "code,name\n"),
        ("User Guide.pdf", "x" * 10_000),
    )
    assert read(file, release) == read(file)


def test_reading_tells_how_far_it_is(file: Path) -> None:
    taken: list[int] = []
    read(file, TEXT, tell=taken.append)
    assert taken[-1] == file.stat().st_size


@pytest.mark.parametrize(
    "code",
    ["E14000530", "E14001062", "W07000041", "W07000080", "S14000001", "N06000001"],
)
def test_a_seat_of_the_former_boundaries_is_refused_by_its_line(
    file: Path, code: str
) -> None:
    told = refusal(file, f"{HEAD}{ROW}AB1 1AB,199001,,{code}\n")
    assert f"line 3 has the seat {code}" in told
    assert "boundaries before July 2024" in told


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("AB1 1AB,199001,,E14009999\n", "line 3 names an unknown seat: 'E14009999'"),
        (f"AB1 1AI,199001,,{ASHFORD}\n", "line 3 holds no postcode: 'AB1 1AI'"),
        (f"1AB,199001,,{ASHFORD}\n", "line 3 holds no postcode: '1AB'"),
        (f"ab1 1ab,199001,,{ASHFORD}\n", "line 3 holds no postcode: 'ab1 1ab'"),
        (ROW, "line 3 gives AB1 1AA a second time"),
        (
            f"AB1 1AB,199001,soon,{ASHFORD}\n",
            "line 3 has ended in a month that is none",
        ),
        (f"AB1 1AB,209913,,{ASHFORD}\n", "line 3 has begun in a month that is none"),
        (f"AB1 1AB,209912,,{ASHFORD}\n", "line 3 begins in a month to come: '209912'"),
        (f"AB1 1AB,199001,{ASHFORD}\n", "line 3 has 3 cells where the header has 4"),
        ("AB1 1AB,19", "line 3 has 2 cells"),
        (f"AB1 1AB,199001,,{ASHFORD}", "line 3 has no end: the file was cut short"),
        (f'AB1 1AB,199001,,"{ASHFORD}', "is not a CSV file"),
        ('"' + "x" * 200_000, "is not a CSV file"),
        ("\0" * 100_000, "line 3 has 1 cells"),
    ],
)
def test_a_fault_is_named_by_line_and_reason(file: Path, rows: str, words: str) -> None:
    assert words in refusal(file, HEAD + ROW + rows, latest="2026-06")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "line 1 has no column for the postcode"),
        (b"<!DOCTYPE html>\n<html><body>Moved</body></html>\n", "line 1 has no column"),
        (HEAD.encode(), "no postcode is listed"),
        (HEAD.encode() + b"AB1 1AA,199001,202501,E14001072\n", "no postcode is listed"),
        (HEAD.encode() + b"AB1\xff1AA,,,E14001072\n", "is not written in UTF-8"),
        (gzip.compress(TEXT.encode())[:-9], "cannot be read to its end"),
        (gzip.compress(b"\0" * 50_000_000), "line 1 has no column"),
        (zipped(("a.csv", TEXT))[:-9], "cannot be read to its end"),
        (zipped(("a.csv", TEXT)).replace(b"PK\1\2", b"PK\1\3"), "cannot be read to"),
        (zipped(("readme.txt", TEXT)), "holds no CSV file"),
        (zipped(("multi_csv/a.csv", TEXT)), "holds no CSV file"),
        (zipped(("codes.csv", "code,name\n")), "line 1 has no column for the postcode"),
    ],
    # Packed bytes hold the time: named by number, each test is called alike every time.
    ids=itertools.count(),
)
def test_what_is_no_directory_is_refused(
    file: Path, content: bytes, words: str
) -> None:
    with patience.ends():
        assert words in refusal(file, content)


def test_a_release_that_is_damaged_within_is_refused(file: Path) -> None:
    release = bytearray(zipped(("a.csv", TEXT * 20)))
    release[60] ^= 0xFF
    assert refusal(file, bytes(release))


@pytest.mark.parametrize(
    ("offset", "value", "words"),
    [(8, b"\x01", "is encrypted"), (10, b"\x0e", "packed in an unusual way")],
)
def test_an_unusual_zip_is_refused(
    file: Path, offset: int, value: bytes, words: str
) -> None:
    release = bytearray(zipped(("a.csv", TEXT)))
    entry = release.index(b"PK\1\2")
    release[entry + offset : entry + offset + 1] = value
    assert words in refusal(file, bytes(release))


def test_a_zip_that_unpacks_to_more_than_any_directory_is_refused(file: Path) -> None:
    release = bytearray(zipped(("a.csv", TEXT)))
    size = release.index(b"PK\1\2") + 24
    release[size : size + 4] = b"\xfe\xff\xff\xff"
    assert "unpacks to 4,294,967,294 bytes" in refusal(file, bytes(release))


@pytest.mark.parametrize("row", [f"AB1 1AA,199001,200001,{ASHFORD}\n", "\n" * 30])
def test_a_gzipped_file_that_never_ends_is_given_up(
    file: Path, row: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 100_000)
    told = refusal(file, gzip.compress((HEAD + row * 50_000).encode()))
    assert "unpacks to more than any directory has" in told


def test_a_missing_file_is_named(file: Path) -> None:
    with pytest.raises(SourceError, match=r"There is no .*postcodes\.csv"):
        directory.read(file, Request(SEATS))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read to its end"):
        directory.read(tmp_path, Request(SEATS))
