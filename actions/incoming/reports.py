"""What machines report on a mail: delivery (RFC 3464), reading, complaints."""

import re
from typing import Final

from actions.incoming.addressed import tags_in
from actions.incoming.charsets import decoded, without_control
from actions.incoming.fields import Fields, addresses_in, message_ids_in
from actions.incoming.parts import Part, divided
from actions.incoming.values import Fate, Original, Report, ReportKind

_MOST_FATES: Final = 50
_LONGEST_STATUS: Final = 64_000
# Of a mail that is carried or repeated: what is looked at for our Message-IDs.
_LONGEST_ORIGINAL: Final = 256_000
_LONGEST_WORDS: Final = 20_000
_BLANK_LINES: Final = re.compile(rb"(?:\r?\n[ \t]*){2,}")
_KINDS: Final = {
    "message/delivery-status": ReportKind.DELIVERY,
    "message/global-delivery-status": ReportKind.DELIVERY,
    "message/disposition-notification": ReportKind.DISPOSITION,
    "message/global-disposition-notification": ReportKind.DISPOSITION,
    "message/feedback-report": ReportKind.FEEDBACK,
}
ORIGINALS: Final = frozenset(
    {
        "message/rfc822",
        "message/global",
        "text/rfc822-headers",
        "message/rfc822-headers",
    }
)
OF_REPORTS: Final = frozenset(_KINDS) | ORIGINALS
_UUID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_STATUS: Final = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_FIELD_STATUS: Final = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")
_CODE: Final = re.compile(r"(?:^|[\s:;'\"(#>])([45]\d\d)[ -][^\n]{0,300}", re.MULTILINE)
# Where the words of a bounce end and the mail begins that it carries.
_COPY_BEGINS: Final = re.compile(
    r"^[ \t>*-]{0,80}(?:below this line is a copy|this is a copy of|original message|"
    r"returned message|"
    r"the header of the original|original message headers)",
    re.IGNORECASE | re.MULTILINE,
)


def report_in(whole: Part) -> Report | None:
    """Find the report that a mail is.

    Only right inside the mail itself: one further in was passed on by somebody.
    """
    if not whole.parts:
        return None
    for part in whole.parts:
        if kind := _KINDS.get(part.content_type):
            is_delivery = kind is ReportKind.DELIVERY
            return Report(kind, _fates(part.content) if is_delivery else ())
    return None


def original_in(whole: Part, text: str, domain: str) -> Original:
    """Find what tells which mail of ours a report, or a bounce in words, is about."""
    ids, tags = list[str](), list[str]()
    for part in whole.leaves:
        if part.content_type in ORIGINALS:
            content = part.content
            header, _ = divided(content, (0, len(content)))
            fields = Fields(content[slice(*header)][:_LONGEST_ORIGINAL])
            ids += fields.message_ids("message-id")
            tags += tags_in(fields.addresses("from"), domain)
    if not ids:
        ids += message_ids_in(text[:_LONGEST_ORIGINAL])
    ours = (found.lower() for found in ids if is_our_id(found, domain))
    return Original(tuple(dict.fromkeys(ours)), tuple(dict.fromkeys(tags)))


def is_our_id(message_id: str, domain: str) -> bool:
    """Whether a Message-ID has the shape of those that we give."""
    return bool(
        re.fullmatch(f"<{_UUID}@{re.escape(domain)}>", message_id, re.IGNORECASE)
    )


def fate_in_words(text: str, recipient: str) -> Fate:
    """Find what a bounce without structure says of a recipient, "" if of nobody."""
    words = before_copy(text)
    status = _STATUS.search(words)
    line = _CODE.search(words)
    return Fate(
        recipient=recipient.lower() if recipient.lower() in words.lower() else "",
        action="",
        status=status[0] if status else "",
        diagnostic=line[0].strip() if line else "",
    )


def before_copy(text: str) -> str:
    """Give the words of a bounce, without the mail that it carries."""
    found = _COPY_BEGINS.search(text)
    return text[: found.start() if found else _LONGEST_WORDS][:_LONGEST_WORDS]


def _fates(content: bytes) -> tuple[Fate, ...]:
    blocks = [Fields(block) for block in _BLANK_LINES.split(content[:_LONGEST_STATUS])]
    return tuple(
        _fate(block)
        for block in blocks
        if "final-recipient" in block or "action" in block or "status" in block
    )[:_MOST_FATES]


def _fate(block: Fields) -> Fate:
    # The address that we wrote to, before any forwarding, tells more.
    named = block.raw("original-recipient") or block.raw("final-recipient")
    address = next(iter(addresses_in(_xtext(named.rpartition(";")[2]))), "")
    status = _FIELD_STATUS.match(block.raw("status"))
    diagnostic = block.raw("diagnostic-code").partition(";")
    return Fate(
        recipient=address.lower(),
        action=block.word("action").split(" ")[0],
        status=status[1] if status else "",
        diagnostic=_plain(diagnostic[2] or diagnostic[0]),
    )


def _xtext(value: str) -> str:
    """Decode "+40" and the like (RFC 3461)."""
    return re.sub(r"\+([2-7][0-9A-F])", lambda found: chr(int(found[1], 16)), value)


def _plain(value: str) -> str:
    raw = value.encode("utf-8", "surrogateescape")
    return " ".join(without_control(decoded(raw, "utf-8")).split())
