"""A made-up language: English in letters that English does not have.

Cyrillic ones for our own sentences, Armenian ones for Django's. Whatever a test types
or stores is best made of Georgian ones (tests/actions/georgian.py): then every Latin
letter that anybody sees was left out.
"""

import re
import string
from collections.abc import Iterable, Iterator
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any, Final

import django
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tests.catalogues import Key, in_the_code

_LATIN: Final = string.ascii_uppercase + string.ascii_lowercase
_CYRILLIC: Final = "".join(
    chr(first + n) for first in (0x410, 0x430) for n in range(26)
)
_ARMENIAN: Final = "".join(
    chr(first + n) for first in (0x531, 0x561) for n in range(26)
)
_OURS: Final = str.maketrans(_LATIN, _CYRILLIC)
_DJANGOS: Final = str.maketrans(_LATIN, _ARMENIAN)
_UNDERSTOOD: Final = str.maketrans(_CYRILLIC + _ARMENIAN, _LATIN * 2)
# What is filled in, and markup.
_KEPT: Final = re.compile(r"(%%|%\(\w+\)[sd]|%[sd]|\{\w*\}|</?[a-z]+[^>]*>|&#?\w+;)")
_IS_DJANGOS: Final = re.compile(f"[{_ARMENIAN}]")
_ENGLISH: Final = re.compile(r"[A-Za-z]+")
# Whose message is no sentence but a date in Django's letters for it.
_PATTERNS: Final = "date"


def install(folder: Path, languages: Iterable[str]) -> None:
    """Write the catalogue of the made-up language below a folder, as that of others."""
    catalogue = Catalog(locale="en", fuzzy=False)
    # Where both say the same, ours counts, as in real life.
    for keys, letters in ((in_the_code(), _OURS), (in_django(), _DJANGOS)):
        for context, words in keys:
            made = made_up(words, letters) if context != _PATTERNS else words
            catalogue.add(words, made, context=context)
    for language in languages:
        place = folder / language / "LC_MESSAGES"
        place.mkdir(parents=True)
        with (place / "django.mo").open("wb") as file:
            write_mo(file, catalogue)


def made_up(
    words: str | tuple[str, ...], letters: dict[int, int] = _OURS
) -> str | tuple[str, ...]:
    """Say a sentence, or its forms for one and for many, in the made-up language."""
    if not isinstance(words, str):
        return tuple(str(made_up(form, letters)) for form in words)
    pieces = _KEPT.split(words)
    return "".join(
        piece if at % 2 else piece.translate(letters) for at, piece in enumerate(pieces)
    )


def understood(text: str) -> str:
    """Put what is said in the made-up language back into English."""
    return text.translate(_UNDERSTOOD)


def unsaid(texts: Iterable[str]) -> set[str]:
    """Find which of our own sentences stand in none of these texts, in no form."""
    heard = "\n".join({_on_one_line(text) for text in texts})
    return {
        _forms(words)[0]
        for context, words in in_the_code()
        if context != _PATTERNS
        and not any(_stands_in(form, heard) for form in _forms(made_up(words)))
    }


def _stands_in(form: str, heard: str) -> bool:
    pieces = map(_on_one_line, map(unescape, _KEPT.split(form)[::2]))
    return all(piece in heard for piece in pieces)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


@cache
def in_django() -> set[Key]:
    """Django's own sentences, as far as visitors could be shown them."""
    return set(_messages_of("en"))


def djangos_own(texts: Iterable[str]) -> set[str]:
    """Find which of Django's sentences stand in these texts."""
    heard = "\n".join({text for text in texts if _IS_DJANGOS.search(text)})
    return {
        _forms(words)[0]
        for _, words in in_django()
        if any(_pattern_of(form).search(heard) for form in _forms(words))
    }


def djangos_in(language: str) -> set[str]:
    """Django's sentences that its own catalogue of a language has."""
    return {_forms(words)[0] for _, words in _messages_of(language)}


def _messages_of(language: str) -> Iterator[Key]:
    place = Path(django.__file__).parent / "conf" / "locale" / language / "LC_MESSAGES"
    with (place / "django.po").open("rb") as file:
        for message in read_po(file, locale=language):
            words = _forms(message.id)
            is_there = all(_forms(message.string)) and not message.fuzzy
            if _ENGLISH.search("".join(words)) and (is_there or language == "en"):
                yield message.context, words if len(words) > 1 else words[0]


def _forms(words: Any) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


@cache
def _pattern_of(words: str) -> re.Pattern[str]:
    pieces = _KEPT.split(str(made_up(words, _DJANGOS)))
    return re.compile(
        r"(?<!\w)"
        + ".*?".join(re.escape(piece) for piece in pieces[::2])
        + r"(?![^\W\d_])"
    )
