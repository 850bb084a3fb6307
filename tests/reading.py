"""Reading pages and mails as people do, and finding what in them is English."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings

from actions import composing, frames
from actions.models import LetterTemplate
from config.jinja import Site
from tests.made_up import understood

# --- What is seen or heard ----------------------------------------------------------


class Answer(Protocol):
    """What the test client gives back."""

    @property
    def content(self) -> bytes: ...

    @property
    def headers(self) -> Any: ...


@dataclass(frozen=True)
class Text:
    """Some words, and where on the page they stand."""

    where: str
    words: str
    # Whether that is a letter's own part: letters do not speak the reader's language.
    is_of_the_letter: bool = False


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


# Attributes that say nothing to anybody; whatever is not among them is read.
_MUTE: Final = _words(
    """
    action aria-controls aria-current aria-describedby aria-expanded aria-hidden
    aria-invalid aria-labelledby aria-live as autocapitalize autocomplete charset
    checked class colspan crossorigin d datetime dir disabled enctype enterkeyhint
    focusable for form formaction formmethod height hidden href hreflang http-equiv id
    inputmode lang maxlength media method name novalidate open preserveaspectratio
    property readonly rel required role rows scope selected spellcheck src tabindex
    target transform type viewbox width writingsuggestions x y

    data-answer data-answer-seconds data-away data-copies data-draft data-draft-end
    data-draft-offer data-draft-offers data-draft-said data-draft-seat data-enough
    data-gramm data-hint-from data-idle-seconds data-least data-page data-preview-url
    """
)
# <meta> that is read by programs alone.
_MUTE_META: Final = _words(
    """
    color-scheme og:image og:image:height og:image:type og:image:width og:type og:url
    robots twitter:card viewport
    """
)
_VOID: Final = _words("area base br col embed hr img input link meta source track wbr")
_BUTTONS: Final = frozenset({"button", "reset", "submit"})
# Codes, in the file that one may take away.
_MUTE_KEYS: Final = frozenset({"part", "reader_language"})
# The words of a link that writes to somebody.
_CARRIED: Final = ("text", "subject", "body", "su")


class _Page(HTMLParser):
    """Reads a page as somebody does who sees it, or has it read out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[Text] = []
        self._around: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self._read_attributes(tag, said)
        if tag not in _VOID:
            self._around.append((tag, said))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._read_attributes(tag, {name: value or "" for name, value in attrs})

    def handle_endtag(self, tag: str) -> None:
        while self._around and self._around.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tag, attributes = self._around[-1] if self._around else ("", {})
        if tag == "script" and attributes.get("id") == "words":
            self.texts.extend(
                Text(f"#words {name}", said)
                for name, said in _strings(json.loads(data))
                if name != "language"
            )
        elif tag not in {"script", "style"} and data.strip() and not self._is_english:
            is_of_the_letter = "sheet-dated" in self._classes
            self.texts.append(Text(f"<{tag}>", data.strip(), is_of_the_letter))

    @property
    def _classes(self) -> set[str]:
        return {
            name
            for _, attributes in self._around
            for name in attributes.get("class", "").split()
        }

    @property
    def _is_english(self) -> bool:
        """Whether it says of itself that it is; of letters each word is looked at."""
        return any(
            attributes.get("lang") == "en-GB"
            for tag, attributes in self._around
            if tag != "article"
        )

    def _read_attributes(self, tag: str, said: dict[str, str]) -> None:
        for name, value in said.items():
            is_mute = name in _MUTE
            if name == "value":
                # What somebody has typed is theirs.
                is_shown = "readonly" in said or said.get("type") in _BUTTONS
                is_mute = tag != "input" or not is_shown
            elif name == "content":
                is_mute = said.get("name", said.get("property")) in _MUTE_META
            if not is_mute:
                self.texts.append(Text(f"<{tag} {name}>", value))
        for name, value in parse_qsl(urlsplit(said.get("href", "")).query):
            if name in _CARRIED:
                self.texts.append(Text(f"<{tag} href> {name}", value))


def texts_in(html: str) -> list[Text]:
    """Give all that somebody sees or hears of a page."""
    page = _Page()
    page.feed(html)
    page.close()
    return page.texts


def texts_of(answer: Answer) -> list[Text]:
    """Give all that somebody sees or hears of an answer."""
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    match kind:
        case "text/html":
            return texts_in(answer.content.decode())
        case "text/plain":
            return [Text("text", answer.content.decode())]
        case "application/json":
            strings = _strings(json.loads(answer.content))
            return [
                Text(f"json {name}", said)
                for name, said in strings
                if name not in _MUTE_KEYS
            ]
    return []


def _strings(data: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(data, str):
        yield name, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _strings(value, key)
    elif isinstance(data, list):
        for value in data:
            yield from _strings(value, name)


# --- What is English ----------------------------------------------------------------

# What stays as it is in every language, and why.
_ALLOWED: Final = tuple(
    re.compile(pattern)
    for pattern in (
        # As the post office knows it.
        *map(re.escape, composing.HOUSE_OF_COMMONS),
        r"https?://\S+",
        r"[\w.+-]+@[\w.-]+\w",
        # A time and a keyed code, in the file that one may take away.
        r"\b\d{4}-\d\d-\d\dT[\d:.]+Z",
        r"\b[0-9a-f]{64}\b",
        # What tells a letter's mails from others, in the same file.
        r"\b[a-z2-7]{13}\b",
        # What a script fills in.
        r"\{\w+\}",
        # A postcode, as somebody has typed it.
        r"\b(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|BFPO \d+)\b",
        rf"\b{Site.name}\b",
    )
)
# The same, where nothing else stands beside it.
_ALLOWED_ALONE: Final = frozenset(
    (
        # Each language by its own name; English says of itself that it is.
        *(name for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE),
        # Names of services.
        "WhatsApp",
        "X",
        "Bluesky",
        "Facebook",
        "Gmail",
        "Outlook.com",
        "Yahoo Mail",
        # An address to be read.
        "ico.org.uk/make-a-complaint",
    )
)


_ENGLISH: Final = re.compile(r"[A-Za-z]+")


def left_in_english(texts: Iterable[Text]) -> list[str]:
    """Find what is English in these texts and may not be, in its sentence."""
    return [
        f"{text.where}: {understood(' '.join(text.words.split()))[:200]!r}"
        f" ({', '.join(left)})"
        for text in texts
        if (left := _ENGLISH.findall(_without_what_may_be(text)))
    ]


def _without_what_may_be(text: Text) -> str:
    if text.words.strip() in _ALLOWED_ALONE or text.is_of_the_letter:
        return ""
    return _without(_ALLOWED, _without_letter(text.words))


def _without_letter(words: str) -> str:
    """Take out what stands around a letter's text, in the letter's own language."""
    around = _without(_of_letters(), words)
    return around if around == words else _LETTERS_DATE.sub("", around)


def _without(patterns: Iterable[re.Pattern[str]], words: str) -> str:
    for pattern in patterns:
        words = pattern.sub("", words)
    return words


_LETTERS_DATE: Final = re.compile(r"(?m)^\d{1,2} [A-Z][a-z]+ \d{4}\r?$")
_PLACE: Final = re.compile(r"\\\{\w+\\\}")


@cache
def _of_letters() -> tuple[re.Pattern[str], ...]:
    """What letters say in whatever language the pages speak."""
    words = [
        said
        for frame in map(frames.of, LetterTemplate.Language.values)
        for said in (
            frame.footer,
            # Its link stands apart on the page of the outbox.
            frame.office_note.removesuffix(" {link}"),
            frame.office_link,
            frame.salutation,
            frame.closing,
            frame.abroad,
            frame.no_fixed_address,
            frame.written_for,
            frame.your_name,
        )
    ]
    return tuple(re.compile(_PLACE.sub(".*?", re.escape(said))) for said in words)


@dataclass
class Listener:
    """Reads whatever a test draws, and finds what was left in English."""

    heard: set[str] = field(default_factory=set)

    def read(self, what: str, texts: Iterable[Text]) -> None:
        """Take in some texts.

        Raises:
            AssertionError: some of it stayed English.

        """
        read = list(texts)
        self.heard |= {text.words for text in read}
        left = left_in_english(read)
        assert not left, f"{what} has English in it:\n" + "\n".join(left)
