"""The picture that other sites show beside a link to a campaign (Open Graph)."""

import io
import threading
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from typing import Final

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from actions.models import Campaign

SIZE: Final = (1200, 630)
CALL: Final = "Write to your MP"
CLOSED: Final = "This campaign is closed"

# The light theme's, as in tokens.css.
_PAPER, _SHEET, _LINE = "#fbfaf6", "#ffffff", "#d9d6cc"
_INK, _INK_SOFT, _SHADOW = "#14202e", "#4b5866", "#14202e"

# Pixels. Some sites cut the edges off, so nothing that is said stands near them.
_MARGIN, _PADDING, _STRIP = 48, 64, 12
_LEFT, _RIGHT = _MARGIN + _PADDING, SIZE[0] - _MARGIN - _PADDING
_WIDTH = _RIGHT - _LEFT
_TITLE_TOP, _TITLE_GAP = 108, 20
_FOOT, _FOOT_HEIGHT = SIZE[1] - _MARGIN - 52, 96
_LARGEST, _SMALLEST, _STEP = 84, 28, 4
_LEADING = 1.14

# The first that has a letter draws it.
_FACES = ("text", "further")
# Letters, marks and numbers: a sentence without them would be another one. Other signs
# that no face has, such as pictures of flags, are left out.
_WRITING = frozenset("LMN")
# They choose between emoji.
_VARIANTS = frozenset(map(chr, range(0xFE00, 0xFE10)))
_DRAWING = threading.Lock()


@dataclass(frozen=True)
class Poster:
    """What a picture says; equal to another one that looks the same."""

    title: str
    headline: str
    letters_out: int
    is_open: bool
    colour: str


def poster(campaign: Campaign, letters_out: int) -> Poster:
    """Say what the picture of a campaign shows at this count."""
    return Poster(
        title=campaign.title,
        headline=campaign.headline,
        letters_out=letters_out,
        is_open=campaign.is_open,
        colour=campaign.colour,
    )


def drawn(shown: Poster) -> bytes:
    """Draw a PNG, once for each process and count, however many ask at a time."""
    with _DRAWING:
        return _drawn(shown)


@lru_cache(maxsize=32)
def _drawn(shown: Poster) -> bytes:
    picture = _desk(shown.colour)
    draw = ImageDraw.Draw(picture)
    top = _TITLE_TOP
    title = fitted(drawable(shown.title), "Regular", largest=34, height=90)
    top = title.write(draw, top, _INK_SOFT) + _TITLE_GAP
    room = _FOOT - _FOOT_HEIGHT - top
    headline = drawable(shown.headline) or (CALL if shown.is_open else CLOSED)
    fitted(headline, "Bold", largest=_LARGEST, height=room).write(draw, top, _INK)
    _draw_foot(draw, shown)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


@dataclass(frozen=True)
class Face:
    """A weight and size of the picture's face, with another one for what it lacks."""

    weight: str
    size: int

    def getlength(self, text: str) -> float:
        """Say how many pixels a text takes."""
        return sum(font.getlength(part) for font, part in self._runs(text))

    def write(
        self, draw: ImageDraw.ImageDraw, left: float, baseline: int, line: str, ink: str
    ) -> None:
        """Write a line from the left."""
        for font, part in self._runs(line):
            draw.text((left, baseline), part, font=font, fill=ink, anchor="ls")
            left += font.getlength(part)

    def _runs(self, text: str) -> list[tuple[ImageFont.FreeTypeFont, str]]:
        return [
            (_font(self.weight, self.size, name or _FACES[0]), "".join(letters))
            for name, letters in groupby(text, key=_face_with)
        ]


@dataclass(frozen=True)
class Block:
    """Lines of one size that fit where they stand."""

    lines: list[str]
    font: Face

    @property
    def leading(self) -> int:
        """Pixels from line to line."""
        return round(self.font.size * _LEADING)

    @property
    def height(self) -> int:
        """Pixels of all lines together."""
        return self.leading * len(self.lines)

    def write(self, draw: ImageDraw.ImageDraw, top: int, colour: str) -> int:
        """Write it and say where it ends."""
        for line in self.lines:
            top += self.leading
            self.font.write(draw, _LEFT, top - self.leading // 4, line, colour)
        return top


def _desk(colour: str) -> Image.Image:
    """Lay a sheet with the campaign's strip on warm paper."""
    picture = Image.new("RGB", SIZE, _PAPER)
    sheet = (_MARGIN, _MARGIN, SIZE[0] - _MARGIN, SIZE[1] - _MARGIN)
    shade = Image.new("L", SIZE, 0)
    lower = (_MARGIN + 16, _MARGIN + 24, SIZE[0] - _MARGIN - 16, SIZE[1] - 24)
    ImageDraw.Draw(shade).rectangle(lower, fill=40)
    picture.paste(_SHADOW, mask=shade.filter(ImageFilter.GaussianBlur(18)))
    draw = ImageDraw.Draw(picture)
    draw.rectangle(sheet, fill=_SHEET, outline=_LINE)
    draw.rectangle((*sheet[:2], sheet[2], sheet[1] + _STRIP), fill=colour)
    return picture


def _draw_foot(draw: ImageDraw.ImageDraw, shown: Poster) -> None:
    """Count the letters, if there are any, and ask for more while they are taken."""
    large, small = _font("Bold", 84), _font("Regular", 40)
    if shown.letters_out:
        number = f"{shown.letters_out:,}"
        words = "letter out" if shown.letters_out == 1 else "letters out"
        draw.text((_LEFT, _FOOT), number, font=large, fill=shown.colour, anchor="ls")
        after = _LEFT + large.getlength(number) + 20
        draw.text((after, _FOOT), words, font=small, fill=_INK_SOFT, anchor="ls")
    if shown.is_open:
        _draw_call(draw, shown)
    elif not shown.letters_out:
        draw.text((_LEFT, _FOOT), CLOSED, font=small, fill=_INK_SOFT, anchor="ls")


def _draw_call(draw: ImageDraw.ImageDraw, shown: Poster) -> None:
    """Draw the page's button: at the end, or where the count would begin."""
    font = _font("Bold", 36)
    width = round(font.getlength(CALL)) + 64
    left = _RIGHT - width if shown.letters_out else _LEFT
    box = (left, _FOOT - 58, left + width, _FOOT + 22)
    draw.rounded_rectangle(box, radius=12, fill=shown.colour)
    middle = (left + width / 2, _FOOT - 18)
    draw.text(middle, CALL, font=font, fill=_SHEET, anchor="mm")


def fitted(text: str, weight: str, *, largest: int, height: int) -> Block:
    """Set a text as large as fits, whole."""
    for size in range(largest, _SMALLEST, -_STEP):
        block = _set(text, Face(weight, size))
        if block.height <= height:
            return _balanced(text, block)
    return _balanced(text, _set(text, Face(weight, _SMALLEST)))


def drawable(text: str) -> str:
    """Give a text in letters that the faces have; empty if they can't write it.

    Arabic and its like need more than letters beside each other: shaping, and lines
    that run the other way.
    """
    tidy = unicodedata.normalize("NFC", text)
    unknown = {sign for sign in tidy if not (sign.isspace() or _face_with(sign))}
    if any(unicodedata.category(sign)[0] in _WRITING for sign in unknown - _VARIANTS):
        return ""
    return " ".join(tidy.translate(dict.fromkeys(map(ord, unknown), "")).split())


def _set(text: str, font: Face) -> Block:
    """Break a text where a line is full."""
    return Block(_wrapped(text, font, _WIDTH), font)


def _balanced(text: str, block: Block) -> Block:
    """Break it into as many lines, but of about one length: as narrow as can be."""
    widths = range(_WIDTH, _WIDTH // 3, -20)
    enough = bisect_right(
        widths,
        len(block.lines),
        key=lambda width: len(_wrapped(text, block.font, width)),
    )
    return Block(_wrapped(text, block.font, widths[enough - 1]), block.font)


def _wrapped(text: str, font: Face, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines += _pieces(word, font, width)
    return [line for line in lines if line]


def _pieces(word: str, font: Face, width: int) -> list[str]:
    """Cut a word that is longer than a line."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and font.getlength(pieces[-1] + letter) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


@lru_cache(maxsize=4096)
def _face_with(sign: str) -> str | None:
    """Name the first face that has a sign which can be seen."""
    if unicodedata.category(sign)[0] == "C" or sign in _VARIANTS:
        return None
    for name in _FACES:
        font = _font("Regular", _SMALLEST, name)
        # What stands for U+FFFF, which is no character, stands for all it lacks.
        if bytes(font.getmask(sign)) != bytes(font.getmask("\uffff")):
            return name
    return None


# Few: one of the further face takes half a megabyte, and is opened in no time.
@lru_cache(maxsize=16)
def _font(weight: str, size: int, face: str = _FACES[0]) -> ImageFont.FreeTypeFont:
    if face == _FACES[0]:
        name = f"SourceSerifPro-{weight}.ttf"
        return ImageFont.truetype(
            str(files("font_source_serif_pro") / "files" / name), size
        )
    file = files("fontpkg_noto_serif") / "files" / "NotoSerif[wdth,wght].ttf"
    font = ImageFont.truetype(str(file), size)
    font.set_variation_by_axes([700 if weight == "Bold" else 400, 100])
    return font
