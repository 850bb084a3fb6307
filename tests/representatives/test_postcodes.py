import itertools
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from representatives import postcodes
from representatives.errors import (
    InvalidPostcodeError,
    NoMpThereError,
    NotAPlaceError,
    PostcodeError,
)
from representatives.postcodes import Postcode
from representatives.snapshot import Snapshot
from tests import patience

WESTMINSTER = Postcode("SW1A", "1AA")


def refusal(text: str) -> PostcodeError:
    with pytest.raises(PostcodeError) as raised:
        Postcode.parse(text)
    return raised.value


def test_a_postcode_knows_its_sector_and_unit() -> None:
    assert str(WESTMINSTER) == "SW1A 1AA"
    assert WESTMINSTER.sector == "SW1A 1"
    assert WESTMINSTER.unit == "AA"


@pytest.mark.parametrize(
    "text",
    [
        "SW1A 1AA",
        "sw1a1aa",
        "  Sw1A\t1aA \n",
        "S W 1 A 1 A A",
        "SW1A\N{NO-BREAK SPACE}1AA",
        "SW1A\N{NARROW NO-BREAK SPACE}1AA",
        "SW1A\N{IDEOGRAPHIC SPACE}1AA",
        "\N{ZERO WIDTH NO-BREAK SPACE}SW1A\N{ZERO WIDTH SPACE}1AA",
        "\N{LEFT-TO-RIGHT MARK}SW1A 1AA",
        "(SW1A 1AA).",
        "“SW1A 1AA”,",
        "SW1A-1AA",
        "SW1A - 1AA",
        "SW1A\N{EN DASH}1AA",
        "SW1A\N{EM DASH}1AA",
        "SW1A\N{NON-BREAKING HYPHEN}1AA",
        "SW1A\N{MINUS SIGN}1AA",
        "SW1A\N{SOFT HYPHEN}1AA",
        "SWIA IAA",
        "swia 1aa",
        "\N{FULLWIDTH LATIN CAPITAL LETTER S}W1A 1AA",
        "SW\N{FULLWIDTH DIGIT ONE}A 1AA",
    ],
)
def test_spelling_does_not_matter(text: str) -> None:
    assert Postcode.parse(text) == WESTMINSTER


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0X1 1AA", "OX1 1AA"),
        ("OX1 OAA", "OX1 0AA"),
        ("0L1O 1AB", "OL10 1AB"),
        ("P01 1AA", "PO1 1AA"),
        ("S015 1AA", "SO15 1AA"),
        ("S10 1AA", "S10 1AA"),
        ("SIO 1AA", "S10 1AA"),
        ("BI1 1AA", "B11 1AA"),
        ("1P1 1AA", "IP1 1AA"),
        ("CRO 2YR", "CR0 2YR"),
        ("C01 1AA", "CO1 1AA"),
        ("WIA IAA", "W1A 1AA"),
        ("EI 6AN", "E1 6AN"),
        ("N1C 4AG", "N1C 4AG"),
        ("NIC 4AG", "N1C 4AG"),
        ("G1 OAA", "G1 0AA"),
    ],
)
def test_o_and_0_and_i_and_1_stand_for_each_other_by_their_place(
    text: str, meant: str
) -> None:
    assert str(Postcode.parse(text)) == meant


def test_no_district_of_great_britain_is_mistaken_for_another() -> None:
    outwards = {row.sector.split()[0] for row in Snapshot.open().sectors()}
    alike = {"O": "O0", "0": "O0", "I": "I1", "1": "I1"}
    for outward in outwards:
        for letters in itertools.product(*(alike.get(c, c) for c in outward)):
            assert Postcode.parse("".join(letters) + "1AA").outward == outward


def test_the_areas_are_those_of_great_britain_and_northern_ireland() -> None:
    listed = {re.split("[0-9]", row.sector)[0] for row in Snapshot.open().sectors()}
    assert listed | {"BT"} == postcodes.AREAS
    assert len(postcodes.AREAS) == 121


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "?!",
        "hello",
        "12345",
        "QQ1 1AA",
        "BO1 1AA",
        "SW1A 1A",
        "SW1A 1AAA",
        "SW1A 1CA",
        "SW1A 1OA",
        "SW1A AAA",
        "SW01 1AA",
        "B0 1AA",
        "SW1I 1AA I",
        "1234 1AA",
        "SW1A 1AA, London",
        "ŚW1A 1AA",
        "SW1A \N{ARABIC-INDIC DIGIT ONE}AA",
        "SW1A 1AA\x00x",
    ],
)
def test_what_is_no_postcode_is_told_so(text: str) -> None:
    error = refusal(text)
    assert isinstance(error, InvalidPostcodeError)
    assert error.code == "invalid_postcode"
    assert "SW1A 1AA" in str(error)


def test_an_empty_box_asks_for_a_postcode() -> None:
    assert str(refusal(" ")).startswith("Please enter a postcode.")


@pytest.mark.parametrize("half", ["SW1A", "ox1", "0X1", "B1", "CR0"])
def test_half_a_postcode_is_recognised(half: str) -> None:
    assert "first half" in str(refusal(half))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("JE2 3AB", "Jersey"),
        ("je23ab", "Jersey"),
        ("GY1 1AA", "Guernsey"),
        ("GY10 1SF", "Guernsey"),
        ("IM1 1AA", "the Isle of Man"),
        ("1M1 1AA", "the Isle of Man"),
        ("IM99 1AA", "the Isle of Man"),
        ("GX11 1AA", "overseas territory"),
        ("GXII IAA", "overseas territory"),
        ("FIQQ 1ZZ", "overseas territory"),
        ("ASCN 1ZZ", "overseas territory"),
        ("BBND 1ZZ", "overseas territory"),
        ("BIQQ 1ZZ", "overseas territory"),
        ("PCRN 1ZZ", "overseas territory"),
        ("SIQQ 1ZZ", "overseas territory"),
        ("STHL 1ZZ", "overseas territory"),
        ("TDCU 1ZZ", "overseas territory"),
        ("TKCA 1ZZ", "overseas territory"),
        ("fiqq", "overseas territory"),
        ("AI-2640", "overseas territory"),
        ("AI 2640", "overseas territory"),
        ("MSR-1110", "overseas territory"),
        ("MSR 1350", "overseas territory"),
        ("VG1110", "overseas territory"),
        ("VG-1110", "overseas territory"),
        ("KY1-1001", "overseas territory"),
        ("HM 12", "overseas territory"),
        ("HM FX", "overseas territory"),
    ],
)
def test_places_without_an_mp_are_named(text: str, place: str) -> None:
    error = refusal(text)
    assert isinstance(error, NoMpThereError)
    assert error.code == "no_mp"
    assert place in str(error)
    assert "last home" in str(error)


@pytest.mark.parametrize(
    "text",
    [
        "BF1 3AA",
        "BF1 0AX",
        "BFPO 57",
        "bfpo57",
        "BFPO",
        "BX1 1LT",
        "BX9 1AS",
        "GIR 0AA",
        "gir0aa",
        "GIR OAA",
        "G1R 0AA",
    ],
)
def test_postcodes_that_are_no_place_are_told_apart(text: str) -> None:
    error = refusal(text)
    assert isinstance(error, NotAPlaceError)
    assert error.code == "not_a_place"
    assert "Choose your constituency" in str(error)


@pytest.mark.parametrize(
    "text", ["KY1 1XX", "KY11 2AA", "GL1 1AA", "SN12 6AA", "G11 1AA"]
)
def test_areas_here_that_look_like_places_elsewhere_are_read(text: str) -> None:
    assert str(Postcode.parse(text)) == text


def test_a_northern_irish_postcode_knows_that_it_is_one() -> None:
    assert Postcode.parse("bt1 5gs").is_northern_irish
    assert not WESTMINSTER.is_northern_irish


def test_no_message_repeats_what_was_typed() -> None:
    for text in ("QZ9 9QZ", "JE2 3QB", "BF1 3QX", "FIQQ 9ZX"):
        assert text not in str(refusal(text))


@pytest.mark.parametrize("text", ["SW1A 1AA", "A", "\u0301", " "])
def test_a_very_long_text_is_refused(text: str) -> None:
    with patience.ends():
        assert isinstance(refusal(text * 1_000_000), InvalidPostcodeError)


DASHES = [chr(c) for c in range(0x3000) if unicodedata.category(chr(c)) == "Pd"]
SPACES = [chr(c) for c in range(0x3001) if unicodedata.category(chr(c)) in {"Zs", "Cf"}]
MARKS = "\t\n.,;:'\"()[]<>!?*“”‘’…_/\N{MINUS SIGN}"
GAPS = st.text(st.sampled_from([*SPACES, *DASHES, *MARKS]), max_size=4)
LETTERS = st.sampled_from("ABDEFGHJLNPQRSTUWXYZ")


@st.composite
def true_postcodes(draw: st.DrawFn) -> str:
    area = draw(st.sampled_from(sorted(postcodes.AREAS)))
    number = draw(st.integers(min_value=1 if len(area) == 1 else 0, max_value=99))
    letter = draw(st.sampled_from(["", "A", "P", "W"])) if 0 < number < 10 else ""
    inward = f"{draw(st.integers(0, 9))}{draw(LETTERS)}{draw(LETTERS)}"
    return f"{area}{number}{letter} {inward}"


@given(written=true_postcodes(), chooser=st.data())
def test_every_spelling_of_a_postcode_is_the_same_value(
    written: str, chooser: st.DataObject
) -> None:
    spelt = []
    for character in written.replace(" ", ""):
        choices = {character, character.lower()} | {
            other
            for pair in ("O0", "I1")
            if character in pair
            for other in pair + pair.lower()
        }
        spelt += [
            chooser.draw(GAPS),
            chooser.draw(st.sampled_from(sorted(choices))),
        ]
    text = "".join(spelt) + chooser.draw(GAPS)
    assert str(Postcode.parse(text)) == written


@given(text=st.text() | st.text("ABFGIJOPQRSTW01259 -", max_size=9))
def test_any_text_is_a_postcode_or_a_postcode_error(text: str) -> None:
    try:
        postcode = Postcode.parse(text)
    except PostcodeError:
        return
    assert Postcode.parse(str(postcode)) == postcode
