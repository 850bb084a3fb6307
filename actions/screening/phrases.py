"""Finding words in a letter whatever their case, accents and punctuation."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

_NOT_WORDS: Final = re.compile(r"[^\w*]+")
_APOSTROPHES: Final = re.compile("['’ʼ`]")


def folded(text: str, *, keep_asterisks: bool = False) -> str:
    """Write words in one form, with one space around each of them."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(letter)
    )
    words = _NOT_WORDS.sub(" ", _APOSTROPHES.sub("", plain))
    if not keep_asterisks:
        words = words.replace("*", " ")
    return f" {' '.join(words.split())} "


def found(phrases: Iterable[str], text: str) -> Counter[str]:
    """Count the words that are any of the phrases, each as it stands in the text."""
    pattern = _pattern(tuple(sorted(phrases)))
    return Counter(pattern.findall(folded(text)) if pattern else ())


def count(phrases: Iterable[str], text: str) -> int:
    """Count how often any of the phrases stands in the text."""
    return found(phrases, text).total()


@lru_cache(maxsize=8)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str] | None:
    """Make one pattern of all of them; it takes time by the length of the text alone.

    Words become literals, and each asterisk the rest of its word: nothing that staff
    write is a pattern, so that none can take for ever.
    """
    wanted = [
        " ".join(
            re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else "")
            for word in folded(phrase, keep_asterisks=True).split()
            if word.strip("*")
        )
        for phrase in phrases
    ]
    alternatives = "|".join(filter(None, wanted))
    return re.compile(f"(?<= )(?:{alternatives})(?= )") if alternatives else None
