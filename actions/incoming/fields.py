"""The header fields of a mail or a part, read so that no bytes can break it.

The standard library's parser of addresses and parameters raises, recurses or takes
quadratic time for some fields; each pattern here looks at each character a fixed number
of times, in values of a bounded length.
"""

import binascii
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote_to_bytes

from actions.headers import Party
from actions.incoming.charsets import decoded, without_control

# Characters of one value that are looked at; RFC 5322 allows lines of 998.
_LONGEST_VALUE: Final = 8_000
# A value is shown and mailed on no longer than this.
_LONGEST_TEXT: Final = 998
_FIELD: Final = re.compile(r"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_ADDRESS: Final = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,128}@[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?",
    re.IGNORECASE,
)
_IN_ANGLES: Final = re.compile(r"<([^<>]*)>")
_MESSAGE_ID: Final = re.compile(r"<[^<>\s@]{1,250}@[^<>\s@]{1,250}>")
_PARAMETER: Final = re.compile(r';\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;"]*)')
_ESCAPED: Final = re.compile(r"\\(.)")
_ENCODED_WORD: Final = re.compile(
    r"=\?([^?*\s]{1,40})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?\s]*)\?="
)
_NO_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/]")
_SECTION: Final = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")


class Fields:
    """Header fields by name, in their order; names are in lower case."""

    def __init__(self, block: bytes = b"") -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in _fields_in(block):
            self._values.setdefault(name, []).append(value[:_LONGEST_VALUE])

    def __bool__(self) -> bool:
        return bool(self._values)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def raw(self, name: str) -> str:
        """The first such field, as it came but unfolded; "" if there is none."""
        return next(iter(self._values.get(name, ())), "")

    def all_raw(self, name: str) -> tuple[str, ...]:
        """Every such field."""
        return tuple(self._values.get(name, ()))

    def text(self, name: str) -> str:
        """The first such field, decoded for a person."""
        return text_of(self.raw(name))

    def word(self, name: str) -> str:
        """The first such field's value without parameters, in lower case."""
        return text_of(self.raw(name).partition(";")[0]).lower()

    def parameters(self, name: str) -> dict[str, str]:
        """The parameters of the first such field (RFC 2045, RFC 2231)."""
        return _parameters(self.raw(name))

    def addresses(self, name: str) -> tuple[str, ...]:
        """Every address in every such field, as written."""
        return tuple(
            address for value in self.all_raw(name) for address in addresses_in(value)
        )

    def party(self, name: str) -> Party:
        """Whom the first such field names first; both halves "" if nobody."""
        raw = self.raw(name)
        address = next(iter(addresses_in(raw)), "")
        written = raw.partition(f"<{address}>")[0] if "<" in raw else ""
        return Party(text_of(_unquoted(written.strip())), address)

    def message_ids(self, name: str) -> tuple[str, ...]:
        """Every Message-ID in every such field, with its angle brackets."""
        return tuple(
            found for value in self.all_raw(name) for found in message_ids_in(value)
        )


def text_of(raw: str) -> str:
    """Decode a value for a person: one line, without control characters."""
    words, at = "", 0
    # Bytes of neighbours are put together first: a character may lie across words.
    charset, waiting = "", b""
    for found in _ENCODED_WORD.finditer(raw):
        between = raw[at : found.start()]
        at = found.end()
        if between.strip() or found[1].lower() != charset:
            words += decoded(waiting, charset)
            charset, waiting = found[1].lower(), b""
        if between.strip() or not words:
            words += _as_it_came(between)
        waiting += _word(found[2], found[3])
    words += decoded(waiting, charset) + _as_it_came(raw[at:])
    return " ".join(without_control(words).split())[:_LONGEST_TEXT]


def addresses_in(value: str) -> tuple[str, ...]:
    """Give every e-mail address in a field; those in angle brackets alone, if any.

    A name that looks like an address is not taken for one.
    """
    outside = _QUOTED.sub(" ", value[:_LONGEST_VALUE])
    inside = [
        found[0].strip()
        for found in _IN_ANGLES.finditer(outside)
        if _ADDRESS.fullmatch(found[1].strip())
    ]
    found = inside or [one[0] for one in _ADDRESS.finditer(outside)]
    return tuple(dict.fromkeys(one.strip("<> \t").rstrip(".") for one in found))


def message_ids_in(text: str) -> tuple[str, ...]:
    """Give every Message-ID in a text."""
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(text)))


def _fields_in(block: bytes) -> Iterator[tuple[str, str]]:
    """Take a block apart; lines that are no fields are passed over."""
    name, lines = "", list[str]()
    for line in block.decode("ascii", "surrogateescape").replace("\r", "").split("\n"):
        if line[:1] in {" ", "\t"}:
            lines.append(line)
            continue
        if name:
            yield name, "".join(lines).strip()
        found = _FIELD.match(line)
        name, lines = (found[1].lower(), [found[2]]) if found else ("", [])
    if name:
        yield name, "".join(lines).strip()


def _word(encoding: str, written: str) -> bytes:
    """Decode the inside of an encoded word (RFC 2047)."""
    raw = _escaped_bytes(written)
    if encoding in "qQ":
        return binascii.a2b_qp(raw, header=True)
    clean = _NO_BASE64.sub(b"", raw)
    return binascii.a2b_base64(clean[: len(clean) - (len(clean) % 4 == 1)] + b"==")


def _as_it_came(raw: str) -> str:
    return decoded(_escaped_bytes(raw), "utf-8")


def _escaped_bytes(raw: str) -> bytes:
    """Give back the bytes of a value that were no ASCII."""
    return raw.encode("utf-8", "surrogateescape")


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == '"':
        return _ESCAPED.sub(r"\1", value[1:-1])
    return value


def _parameters(raw: str) -> dict[str, str]:
    found: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[bool, str]]] = {}
    for name, written in _PARAMETER.findall(raw):
        value = _unquoted(written.strip())
        split = _SECTION.fullmatch(name.lower())
        if split and (split[2] or split[3]):
            section = sections.setdefault(split[1], {})
            section.setdefault(int(split[2] or 0), (bool(split[3]), value))
        else:
            found.setdefault(name.lower(), text_of(value))
    return found | {name: _joined(section) for name, section in sections.items()}


def _joined(section: dict[int, tuple[bool, str]]) -> str:
    """Put the sections of one parameter together (RFC 2231)."""
    charset, whole = "utf-8", b""
    for number, (is_encoded, value) in sorted(section.items()):
        text = value
        if number == 0 and is_encoded and value.count("'") > 1:
            charset, _, text = value.split("'", 2)
        raw = _escaped_bytes(text)
        whole += unquote_to_bytes(raw) if is_encoded else raw
    return without_control(decoded(whole, charset))
