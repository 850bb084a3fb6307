"""A letter as a PDF, to be printed, signed and put into an envelope with a window."""

import datetime
import unicodedata
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, cast

from actions.composing import Sheet

if TYPE_CHECKING:
    from fpdf import FPDF

# The first that has a letter draws it: the text face lacks some of Uyghur's Latin
# letters, which the second has; the third writes Arabic.
_FACES = {
    "serif": files("font_source_serif_pro") / "files/SourceSerifPro-Regular.ttf",
    "latin": files("fontpkg_noto_serif") / "files/NotoSerif[wdth,wght].ttf",
    "arabic": files("fontpkg_amiri") / "files/Amiri-Regular.ttf",
}
_BOLD = files("font_source_serif_pro") / "files/SourceSerifPro-Bold.ttf"
# The empty box (U+2610) that stands for what no font has: U+25A1 is in none of them.
_UNKNOWN = "☐"
# Control, format and surrogate characters, and those that choose between emoji.
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
_VARIANTS = frozenset(map(chr, range(0xFE00, 0xFE10)))

# In millimetres. Folded in three, the sheet shows the recipient alone in the window of
# a DL envelope, which lies from 20 to 110 across and from about 46 to 81 down.
_WIDTH, _HEIGHT = 210, 297
_MARGIN = 25
_INNER_WIDTH = _WIDTH - 2 * _MARGIN
_TOP, _FOOT = 20, _HEIGHT - 22
_RECIPIENT_TOP = 50
_RECIPIENT_WIDTH, _SENDER_WIDTH = 80, 72
_BELOW_ADDRESSES, _BODY_TOP = 10, 84
_LEADING = 5.2
_GAP = 2.8
_ROOM_TO_SIGN = 22
# For five lines by hand, where the address is not to stand in a computer.
_ROOM_FOR_ADDRESS = 26
_POINTS, _SMALL_POINTS = 11, 9


@dataclass(frozen=True)
class _Line:
    """A line of the letter; one that is kept stays on the page of the one before."""

    text: str
    above: float = 0
    is_bold: bool = False
    is_kept: bool = False
    is_rtl: bool = False


def pdf_of(sheet: Sheet) -> bytes:
    """Put a finished letter on as many pages of A4 as it needs.

    The file names nobody but on the paper itself, and no time but the letter's date.
    """
    paper = _Paper(sheet)
    start = max(_BODY_TOP, paper.draw_addresses(sheet) + _BELOW_ADDRESSES)
    pages = _paginate(list(paper.lines(sheet)), _FOOT - start)
    for number, lines in enumerate(pages, start=1):
        if number > 1:
            paper.pdf.add_page()
        paper.draw(lines, top=start if number == 1 else _TOP)
        if len(pages) > 1:
            paper.draw_number(number, len(pages))
    return bytes(paper.pdf.output())


# The only doors to fpdf2 and HarfBuzz. They are imported inside functions because most
# web processes never make a PDF: with fontTools they take 20 MB and 0.4 s, which the
# first PDF of a process pays for.


def _no_pages() -> "FPDF":
    from fpdf import FPDF, ViewerPreferences  # noqa: PLC0415

    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(auto=False)
    pdf.c_margin = 0
    pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
    return pdf


@cache
def _codes_of(family: str) -> Container[int]:
    """Every character that a face has; read at once, where fpdf2 would parse it all."""
    from uharfbuzz import Blob, Face  # type: ignore[import-untyped]  # noqa: PLC0415

    codes: Container[int] = Face(Blob.from_file_path(str(_FACES[family]))).unicodes
    return codes


class _Paper:
    """The pages in the making, and what their fonts can show."""

    def __init__(self, sheet: Sheet) -> None:
        self.pdf = _no_pages()
        self.pdf.add_font("serif", "", str(_FACES["serif"]))
        self.pdf.add_font("serif", "B", str(_BOLD))
        self._frame = sheet.frame
        self.pdf.set_lang(self._frame.tag)
        self.pdf.set_title(self._printable(sheet.subject))
        self.pdf.set_creation_date(
            datetime.datetime.combine(sheet.dated, datetime.time(), datetime.UTC)
        )
        self.pdf.set_font("serif", size=_POINTS)
        self.pdf.add_page()

    def draw_addresses(self, sheet: Sheet) -> float:
        """Draw sender and date on the right, the recipient on the left.

        Returns where they end. Each keeps to its side, clear of the window's rest.
        """
        named = self._block(sheet.sender_lines, _SENDER_WIDTH)
        has_address = bool(set(sheet.sender_lines) - {sheet.signature})
        room = _GAP if has_address else _ROOM_FOR_ADDRESS
        date = _Line(sheet.date_line, above=room)
        top = _TOP if named else _TOP + room
        recipient = self._block(sheet.recipient_lines, _RECIPIENT_WIDTH)
        return max(
            self.draw([*named, date], top=top, align="R"),
            self.draw(recipient, top=_RECIPIENT_TOP),
        )

    def lines(self, sheet: Sheet) -> Iterator[_Line]:
        """Cut everything below the addresses into lines."""
        yield from self._wrapped(sheet.salutation)
        yield from _kept(self._wrapped(sheet.subject, above=_GAP, is_bold=True))
        for number, paragraph in enumerate(sheet.paragraphs):
            text = "".join(segment.text for segment in paragraph)
            lines = self._wrapped(text, above=_GAP)
            # The subject never stands at the foot of a page.
            yield from (*_kept(lines[:1]), *lines[1:]) if number == 0 else lines
        yield from _kept(self._wrapped(sheet.closing, above=_GAP))
        yield from _kept(self._wrapped(sheet.signature, above=_ROOM_TO_SIGN))
        yield from _kept(self._wrapped(sheet.signature_note))

    def draw(self, lines: Iterable[_Line], *, top: float, align: str = "L") -> float:
        """Draw lines one below the other; say where the last one ends."""
        bottom = top
        for number, line in enumerate(lines):
            self.pdf.set_xy(_MARGIN, bottom + (line.above if number else 0))
            self.pdf.set_font(style="B" if line.is_bold else "")
            self.pdf.set_text_shaping(direction="rtl" if line.is_rtl else "ltr")
            # fpdf2 thinks that the font of a line still holds for the next one, also
            # where it went with the line because another font began it.
            self.pdf.current_font_is_set_on_page = False
            self.pdf.cell(
                w=_INNER_WIDTH,
                h=_LEADING,
                text=line.text,
                align="R" if line.is_rtl else align,
            )
            bottom = self.pdf.get_y() + _LEADING
        return bottom

    def draw_number(self, number: int, pages: int) -> None:
        """Say at the foot which page this is."""
        self.pdf.set_font(size=_SMALL_POINTS)
        line = _Line(self._frame.page_of.format(number=number, pages=pages))
        self.draw([line], top=_FOOT + _LEADING, align="C")
        self.pdf.set_font(size=_POINTS)

    def _block(self, lines: Iterable[str], width: float) -> list[_Line]:
        return [
            _Line(part)
            for line in lines
            for part in self._broken(self._printable(line), width)
        ]

    def _wrapped(
        self, text: str, *, above: float = 0, is_bold: bool = False
    ) -> list[_Line]:
        """Break a paragraph into lines, of which two stay together at each end."""
        printable = self._printable(text)
        self.pdf.set_font(style="B" if is_bold else "")
        broken = self._broken(printable, _INNER_WIDTH)
        return [
            _Line(
                line,
                above=0 if number else above,
                is_bold=is_bold,
                is_kept=number == 1 or 0 < number == len(broken) - 1,
                is_rtl=_is_rtl(printable),
            )
            for number, line in enumerate(broken)
        ]

    def _broken(self, text: str, width: float) -> list[str]:
        """Break text where a line is full or ends by itself.

        Unshaped: fpdf2 would bring words that run from right to left into the order
        in which they are seen, and only then break the lines.
        """
        self.pdf.set_text_shaping(use_shaping_engine=False)
        broken: list[str] = []
        for line in text.splitlines():
            parts = self.pdf.multi_cell(
                w=width, text=line, dry_run=True, output="LINES"
            )
            broken += cast("list[str]", parts)
        return broken

    def _printable(self, text: str) -> str:
        """Give the text in characters that the fonts have, with single spaces.

        Signs that nobody sees are left out, such as those that turn the direction of
        what follows; what no font has becomes an empty box.
        """
        lines = unicodedata.normalize("NFC", text).splitlines()
        tidy = "\n".join(" ".join(line.split()) for line in lines).strip()
        return tidy.translate(
            {ord(sign): self._shown(sign) for sign in sorted({*tidy} - {"\n"})}
        )

    def _shown(self, sign: str) -> str:
        if unicodedata.category(sign) in _UNSEEN or sign in _VARIANTS:
            return ""
        has_it = (family for family in _FACES if ord(sign) in _codes_of(family))
        family = next(has_it, None)
        if not family:
            return _UNKNOWN
        if family not in self.pdf.fonts:
            self._load(family)
        return sign

    def _load(self, family: str) -> None:
        """Have a further face draw what those before it lack.

        Each takes a tenth of a second and some megabytes, so they come as needed.
        """
        self.pdf.add_font(family, "", str(_FACES[family]))
        further = [name for name in [*_FACES][1:] if name in self.pdf.fonts]
        self.pdf.set_fallback_fonts(further, exact_match=False)


def _kept(lines: Iterable[_Line]) -> Iterator[_Line]:
    return (replace(line, is_kept=True) for line in lines)


def _paginate(lines: list[_Line], room_on_first: float) -> list[list[_Line]]:
    """Put lines on pages, breaking only before a line that need not be kept."""
    pages: list[list[_Line]] = [[]]
    room = room_on_first
    for group in _groups(lines):
        needed = sum(line.above + _LEADING for line in group)
        if pages[-1] and needed > room:
            pages.append([])
            # Nothing stands above the first line of a page.
            room = _FOOT - _TOP + group[0].above
        pages[-1] += group
        room -= needed
    return pages


def _groups(lines: list[_Line]) -> Iterator[list[_Line]]:
    starts = [at for at, line in enumerate(lines) if not line.is_kept]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield lines[start:end]


def _is_rtl(text: str) -> bool:
    """Whether a text runs from right to left, by its first letter."""
    sides = (unicodedata.bidirectional(sign) for sign in text)
    return next((side for side in sides if side in {"L", "R", "AL"}), "L") != "L"
