"""A letter as PDF, read back."""

import datetime
import io
import logging
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from pypdf import PageObject, PdfReader

from actions import composing, paper
from actions.composing import Composition, Sender, Sheet

DATED = datetime.date(2026, 11, 24)
PARAGRAPH = (
    "I am writing as your constituent about the persecution of Uyghurs in China, "
    "which the Foreign Office itself has called systematic and which has not ended. "
    "Whoever comes back from the region tells of people who are missed every day. "
)
# As long as the first campaign's with three demands and a paragraph of one's own.
USUAL = "\n\n".join([PARAGRAPH, PARAGRAPH, PARAGRAPH * 2, PARAGRAPH, "Will you ask?"])
MILLIMETRE = 72 / 25.4


def make_sheet(
    body: str = USUAL,
    *,
    subject: str = "Please act for the Uyghurs",
    name: str = "Jo Marsden",
) -> Sheet:
    sender = Sender(
        name=name,
        email="jo@example.org",
        address_line_1="12 Orchard Street",
        address_line_2="Flat 3",
        town="London",
        postcode="SW1A 1AA",
    )
    text = Composition(subject=subject, body=body, base_text="")
    return composing.sheet(sender, "Rt Hon Ann Example MP", "Ms Example", text, DATED)


def read(sheet: Sheet) -> PdfReader:
    return PdfReader(io.BytesIO(paper.pdf_of(sheet)))


def words_of(pdf: PdfReader) -> str:
    """All its text, whose lines end where the paper does."""
    pages = " ".join(page.extract_text() for page in pdf.pages)
    return unicodedata.normalize("NFC", " ".join(pages.split()))


def places(page: PageObject) -> dict[str, tuple[float, float]]:
    """Where each line begins: millimetres from the left and from the top."""
    found: dict[str, tuple[float, float]] = {}

    def visit(text: str, _cm: object, matrix: list[float], *_font: object) -> None:
        if text.strip():
            left, base = matrix[4] / MILLIMETRE, 297 - matrix[5] / MILLIMETRE
            found.setdefault(text.strip(), (left, base))

    page.extract_text(visitor_text=visit)
    return found


def test_the_whole_letter_is_on_it_in_its_order() -> None:
    told = words_of(read(make_sheet()))
    parts = [
        "Jo Marsden 12 Orchard Street Flat 3 London SW1A 1AA",
        "24 November 2026",
        "Rt Hon Ann Example MP House of Commons London SW1A 0AA",
        "Dear Ms Example,",
        "Please act for the Uyghurs",
        " ".join(USUAL.split()),
        "Yours sincerely,",
        "Jo Marsden",
    ]
    assert told == " ".join(parts)


@pytest.mark.parametrize(
    "words",
    [
        "Rwy’n byw yn Nhŷ’r Dŵr, ger yr afon, a gweld eich gŵyl: â ê î ô û ŵ ŷ Ŵ Ŷ.",
        "İstanbul’dan yazıyorum; ağabeyim şimdi nerede, kimse bilmiyor: ğ ı ş İ ç Ğ Ş.",
        "Ürümchide ëytilghan söz: xelq’ara, ö ü ë é, ⱪiziⱪ, ⱨazir, ⱬurnal, ɵy, ƣ ŋ.",
        "“Finding five officers, we fled”: £5 – a first, an affair… naïve coöperation.",
        "Гульнар и Ғұлжа; Γκουλνάρ; Łódź, Győr, Đà Nẵng.",
    ],
)
def test_letters_of_many_languages_are_on_it(words: str) -> None:
    assert words in words_of(read(make_sheet(words)))


def test_letters_written_in_two_signs_are_on_it_as_one() -> None:
    in_two = unicodedata.normalize("NFD", "Dŵr a thŷ, é ü ş İ")
    assert in_two != "Dŵr a thŷ, é ü ş İ"
    assert "Dŵr a thŷ, é ü ş İ" in words_of(read(make_sheet(in_two)))


def test_arabic_is_on_it_with_its_lines_in_their_order() -> None:
    first, last = "بىرىنچى", "ئاخىرقى"
    pdf = read(make_sheet(f"{first} " + "ئۇيغۇر تىلى " * 40 + last))
    lines = pdf.pages[0].extract_text().splitlines()
    assert "☐" not in "".join(lines)
    where = [at for at, line in enumerate(lines) if "ئۇيغۇر" in line]
    assert len(where) > 3
    assert first in lines[where[0]]
    assert last in lines[where[-1]]


def test_lines_that_begin_in_another_font_leave_the_next_ones_readable() -> None:
    mixed = "ⱪiziⱪ söz.\n\nPlain words.\n\nⱨazir ⱪiziⱪ.\n\nMore words."
    told = words_of(read(make_sheet(mixed, subject="ⱪiziⱪ subject")))
    assert "ⱪiziⱪ subject ⱪiziⱪ söz. Plain words. ⱨazir ⱪiziⱪ. More words." in told
    second = read(make_sheet("ⱪ\n" * 60 + "Last words.")).pages[1].extract_text()
    assert "Last words." in second
    assert "Page 2 of 2" in second


def test_what_no_font_has_becomes_a_box_and_nothing_else_is_lost() -> None:
    told = words_of(read(make_sheet("Peace 🙂 to 中国 and you.")))
    assert "Peace ☐ to ☐☐ and you." in told


def test_signs_that_nobody_sees_are_left_out() -> None:
    hidden = "a\u200bb\u202ec\u2066d\ufe0fe\x07f\u00adg"
    assert "abcdefg" in words_of(read(make_sheet(hidden)))


def test_it_is_a4_in_english_and_brings_its_fonts() -> None:
    pdf = read(make_sheet("Dŵr, ⱪiziⱪ, ئۇيغۇر."))
    page = pdf.pages[0]
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    assert (round(width / MILLIMETRE), round(height / MILLIMETRE)) == (210, 297)
    root: Any = pdf.trailer["/Root"]
    assert root["/Lang"] == "en-GB"
    resources: Any = page["/Resources"]
    fonts = resources["/Font"]
    assert len(fonts) >= 3
    for font in fonts.values():
        inner = font["/DescendantFonts"][0]["/FontDescriptor"]
        assert inner.get("/FontFile2") or inner.get("/FontFile3")


def test_it_names_nobody_and_no_time_but_the_letters() -> None:
    made = paper.pdf_of(make_sheet())
    told = PdfReader(io.BytesIO(made)).metadata
    assert told is not None
    assert {name: str(value) for name, value in told.items()} == {
        "/Title": "Please act for the Uyghurs",
        "/CreationDate": "D:20261124000000Z",
    }
    assert b"Marsden" not in made
    assert paper.pdf_of(make_sheet()) == made


def test_the_recipient_alone_stands_in_the_window_of_the_envelope() -> None:
    pdf = read(make_sheet())
    left, top, right, bottom = 20, 46, 110, 81
    inside = {
        text
        for text, (across, down) in places(pdf.pages[0]).items()
        if left <= across <= right and top <= down <= bottom
    }
    assert inside == {"Rt Hon Ann Example MP", "House of Commons", "London SW1A 0AA"}


def test_who_wrote_for_somebody_else_stands_under_the_name() -> None:
    note = "Written down for Jo Marsden by Ann Helper."
    told = words_of(read(replace(make_sheet(), signature_note=note)))
    assert told.endswith(f"Yours sincerely, Jo Marsden {note}")


@pytest.mark.parametrize("named", [(), ("Jo Marsden",)])
def test_there_is_room_to_write_the_address_above_the_date(
    named: tuple[str, ...],
) -> None:
    usual = places(read(make_sheet()).pages[0])["24 November 2026"]
    by_hand = replace(make_sheet(), sender_lines=named, signature="".join(named))
    pdf = read(by_hand)
    across, down = places(pdf.pages[0])["24 November 2026"]
    above = 20 + 5.2 * len(named)
    assert 26 <= down - above <= 26 + 5.2
    # Right of the window.
    assert across == pytest.approx(usual[0], abs=0.1)
    assert across > 110
    assert len(pdf.pages) == 1


def test_there_is_room_to_sign() -> None:
    where = places(read(make_sheet("Short.", name="Jo")).pages[0])
    names = [down for text, (_, down) in where.items() if text == "Yours sincerely,"]
    page = read(make_sheet("Short.", name="Jo Marsden")).pages[0].extract_text()
    assert page.rstrip().endswith("Jo Marsden")
    signed = make_sheet("Short.", name="Jo Marsden")
    last = places(read(replace(signed, sender_lines=())).pages[0])["Jo Marsden"][1]
    assert last - names[0] >= 20 + 5


def test_a_usual_letter_is_one_page_without_a_number() -> None:
    assert 200 <= len(USUAL.split()) <= 400
    pdf = read(make_sheet())
    assert len(pdf.pages) == 1
    assert "Page" not in words_of(pdf)


def test_a_long_letter_is_two_numbered_pages() -> None:
    pdf = read(make_sheet(f"{USUAL}\n\n{USUAL}"))
    assert len(pdf.pages) == 2
    for number, page in enumerate(pdf.pages, start=1):
        assert page.extract_text().rstrip().endswith(f"Page {number} of 2")


def test_the_closing_never_stands_alone_on_a_page() -> None:
    seen = set()
    for paragraphs in range(11, 20):
        body = "\n\n".join([*["Line."] * paragraphs, PARAGRAPH])
        pdf = read(make_sheet(body))
        last = [line for line in pdf.pages[-1].extract_text().splitlines() if line]
        at = last.index("Yours sincerely,")
        before = 0 if len(pdf.pages) > 1 else 9
        assert at >= before + 2, body
        seen.add(len(pdf.pages))
    assert seen == {1, 2}


def test_no_page_begins_or_ends_with_a_single_line_of_a_paragraph() -> None:
    body = "\n\n".join(PARAGRAPH.strip() for _ in range(16))
    lines = PARAGRAPH.split()
    pdf = read(make_sheet(body))
    assert len(pdf.pages) == 2
    second = pdf.pages[1].extract_text().splitlines()
    begun = second[: second.index(next(x for x in second if x.startswith(lines[0])))]
    assert len(begun) != 1


@pytest.mark.parametrize(
    "length", [1_000, pytest.param(composing.LONGEST_BODY, marks=pytest.mark.slow)]
)
@pytest.mark.parametrize(
    "repeated",
    [
        "x",
        "word ",
        "ⱪ",
        "x\n",
        "中🙂",
        "ئۇيغۇر",
        "\u202e",
        "\x00\x01\x1b\x7f\u2028\u2029\ufeff",
        "**bold** __underlined__ {nb} [link](https://example.org) \\",
        "e" + "\u0301" * 998,
        "(((((\\)",
    ],
)
def test_whatever_is_typed_becomes_a_pdf(repeated: str, length: int) -> None:
    body = (repeated * length)[: length - 1] + "a"
    assert "Yours sincerely," in words_of(read(make_sheet(body)))


def test_a_name_of_a_hundred_wide_letters_leaves_the_recipient_readable() -> None:
    told = words_of(read(make_sheet("Hello.", name="W" * 100, subject="W" * 150)))
    assert told.count("W") == 100 + 150 + 100 + len(["SW1A 1AA", "SW1A 0AA"])
    assert "Rt Hon Ann Example MP House of Commons" in told


def test_making_one_tells_the_log_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        paper.pdf_of(make_sheet("Dŵr 🙂"))
    assert caplog.records == []
