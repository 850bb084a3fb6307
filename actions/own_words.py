r"""How much of a letter is its writer's own (docs/decisions/0003-own-words.md).

A word is a run of letters, digits, marks, format characters and apostrophes; it is
compared in lower case as NFC with all but letters and digits taken out. A word of the
letter is shared when it lies in five consecutive words that also stand as five
consecutive words in the base text; every other word is own. The browser measures the
same in ``static/actions/own_words.js``; both pass the examples of the decision record.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import regex

RUN = 5
# A word ends after a hundred characters: bringing one letter with 20,000 accents into
# NFC takes a third of a second, and ten times as many a hundred times as long.
_WORD = regex.compile(r"[\p{L}\p{N}\p{M}\p{Cf}'’ʼ]{1,100}")
_BETWEEN = regex.compile(r"[^\p{L}\p{N}\p{M}\p{Cf}\p{White_Space}'’ʼ]*")
_DROPPED = regex.compile(r"[^\p{L}\p{N}]|ʼ")
_EMPTY_LINES = regex.compile(r"\n[^\S\n]*\n\s*")
_NOT_SPACE = regex.compile(r"\P{White_Space}")
_SAME = re.compile(rb"\x00+|\x01+")


@dataclass(frozen=True)
class Measure:
    """How many words there are and how many are the writer's own."""

    words: int
    own_words: int

    @property
    def percent(self) -> int:
        """Own words in a hundred, rounded down; 0 where there are no words."""
        return 100 * self.own_words // self.words if self.words else 0


@dataclass(frozen=True)
class Segment:
    """A piece of a paragraph that is all the writer's own, or all shared."""

    text: str
    is_own: bool


Paragraph = tuple[Segment, ...]


def measure(base: str, text: str) -> Measure:
    """Measure a letter against the text that it was made from."""
    own = _own(_folded_words(base), _folded_words(text))
    return Measure(words=len(own), own_words=sum(own))


def mark(base: str, text: str) -> tuple[Paragraph, ...]:
    """Cut a letter into paragraphs, and those into own and shared pieces.

    Pieces put together give back each paragraph, character by character. Space and
    punctuation between two own words belongs to them, and so does punctuation right
    behind an own word.
    """
    found = [
        (folded, match.span())
        for match in _WORD.finditer(text)
        if (folded := _fold(match[0]))
    ]
    own = _own(_folded_words(base), [folded for folded, _ in found])
    is_own = bytearray(len(text))
    previous_end: int | None = None
    for (_, (word_start, word_end)), word_is_own in zip(found, own, strict=True):
        if not word_is_own:
            previous_end = None
            continue
        start = word_start if previous_end is None else previous_end
        between = _BETWEEN.match(text, word_end)
        end = between.end() if between else word_end
        is_own[start:end] = b"\1" * (end - start)
        previous_end = word_end
    return tuple(_paragraphs(text, bytes(is_own)))


def _fold(word: str) -> str:
    """Bring a word into the form that it is compared in; "" where it says nothing."""
    if word.isascii():
        return word.lower().replace("'", "")
    return str(_DROPPED.sub("", unicodedata.normalize("NFC", word).lower()))


def _folded_words(text: str) -> list[str]:
    return list(filter(None, map(_fold, _WORD.findall(text))))


def _own(base: list[str], words: list[str]) -> bytearray:
    """Say of each word whether it lies outside every run shared with the base."""
    base_runs = set(_runs(base))
    own = bytearray(b"\1" * len(words))
    for at, run in enumerate(_runs(words)):
        if run in base_runs:
            own[at : at + RUN] = bytes(RUN)
    return own


def _runs(words: list[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[at:] for at in range(RUN)), strict=False)


def _paragraphs(text: str, is_own: bytes) -> Iterator[Paragraph]:
    start = 0
    ends = [gap.span() for gap in _EMPTY_LINES.finditer(text)]
    for end, next_start in [*ends, (len(text), len(text))]:
        if _NOT_SPACE.search(text, start, end):
            yield tuple(
                Segment(text[piece.start() : piece.end()], is_own[piece.start()] == 1)
                for piece in _SAME.finditer(is_own, start, end)
            )
        start = next_start
