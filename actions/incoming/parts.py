"""The parts of a mail (MIME), found without recursion that a sender can drive.

The standard library's parser goes as deep as a mail says, compares every line with
every boundary around it, and takes seconds over megabytes of empty lines. Here each
level is one search in the bytes as they came, and there are only so many levels.
"""

import binascii
import re
from dataclasses import dataclass, field
from typing import Final

from actions.errors import UnreadableMailError
from actions.incoming.fields import Fields

MOST_PARTS: Final = 500
DEEPEST: Final = 12
# A mail's own header; large ones have some ten thousand bytes.
LONGEST_HEADER: Final = 256_000
_LONGEST_PART_HEADER: Final = 16_000
_LONGEST_BOUNDARY: Final = 200
_HEADER_END: Final = re.compile(rb"\r?\n[ \t]*\r?\n")
_LINE_END: Final = re.compile(rb"[ \t]*\r?\n")
_TYPE: Final = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}")
_NO_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/]")


@dataclass(frozen=True)
class Part:
    """One part: either it has parts of its own or a body, as it came."""

    fields: Fields
    content_type: str
    body: bytes = b""
    parts: tuple["Part", ...] = ()

    @property
    def content(self) -> bytes:
        """The body, decoded; what is broken in it is passed over."""
        match self.fields.word("content-transfer-encoding"):
            case "base64":
                return _from_base64(self.body)
            case "quoted-printable":
                return binascii.a2b_qp(self.body)
        return self.body

    @property
    def leaves(self) -> list["Part"]:
        """It, or the parts in it that have no parts, in their order."""
        if not self.content_type.startswith("multipart/"):
            return [self]
        return [leaf for part in self.parts for leaf in part.leaves]


@dataclass
class _Reading:
    """One mail being taken apart."""

    raw: bytes
    count: int = field(default=0)

    def part(self, span: tuple[int, int], usual: str, depth: int) -> Part:
        self.count += 1
        if self.count > MOST_PARTS or depth > DEEPEST:
            fault = "too many parts" if self.count > MOST_PARTS else "too deep"
            message = "The mail has too many parts, or parts inside each other."
            raise UnreadableMailError(fault, message)
        header, body = divided(self.raw, span)
        longest = _LONGEST_PART_HEADER if depth else LONGEST_HEADER
        fields = Fields(self.raw[header[0] : min(header[1], header[0] + longest)])
        kind = fields.word("content-type")
        kind = kind if _TYPE.fullmatch(kind) else usual
        if kind.startswith("multipart/"):
            inside = self._inside(body, fields, kind, depth)
            if inside:
                return Part(fields, kind, parts=tuple(inside))
            kind = "text/plain"
        return Part(fields, kind, self.raw[slice(*body)])

    def _inside(
        self, span: tuple[int, int], fields: Fields, kind: str, depth: int
    ) -> list[Part]:
        boundary = fields.parameters("content-type").get("boundary", "")
        if not 0 < len(boundary) <= _LONGEST_BOUNDARY:
            return []
        delimiter = re.compile(
            rb"\n--" + re.escape(boundary.encode()) + rb"(--)?[ \t]*(?=\r?\n|\Z)"
        )
        usual = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        begin, found = None, []
        # From the line end before the body, as a delimiter may come first in it.
        for match in delimiter.finditer(self.raw, max(span[0] - 1, 0), span[1]):
            if begin is not None:
                found.append(self.part((begin, match.start()), usual, depth + 1))
            begin = None if match[1] else _after_line_end(self.raw, match.end())
            if begin is None:
                return found
        if begin is not None:
            # Cut short: what is there of the last part counts.
            found.append(self.part((min(begin, span[1]), span[1]), usual, depth + 1))
        return found


def parted(raw: bytes) -> Part:
    """Take a mail apart.

    Raises:
        UnreadableMailError: it has no header, a header beyond measure, or too many
            parts, or parts too deep in each other.

    """
    if b"\n" not in raw:
        # Files from old Macintoshes.
        raw = raw.replace(b"\r", b"\n")
    header, _ = divided(raw, (0, len(raw)))
    if header[1] - header[0] > LONGEST_HEADER:
        message = "The mail's header is longer than any mail needs."
        raise UnreadableMailError("long header", message)
    whole = _Reading(raw).part((0, len(raw)), "text/plain", 0)
    if not whole.fields:
        message = "This is no mail: it has no header."
        raise UnreadableMailError("no header", message)
    return whole


def divided(
    raw: bytes, span: tuple[int, int]
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Say where the header and the body are."""
    begin, end = span
    if first := _LINE_END.match(raw, begin, end):
        return (begin, begin), (first.end(), end)
    found = _HEADER_END.search(raw, begin, end)
    if not found:
        return (begin, end), (end, end)
    return (begin, found.start()), (found.end(), end)


def _after_line_end(raw: bytes, at: int) -> int:
    found = _LINE_END.match(raw, at)
    return found.end() if found else at


def _from_base64(body: bytes) -> bytes:
    """Decode what there is, up to the last whole group of characters."""
    clean = _NO_BASE64.sub(b"", body)
    rest = len(clean) % 4
    if rest == 1:
        clean, rest = clean[:-1], 0
    return binascii.a2b_base64(clean + b"=" * (-rest % 4))
