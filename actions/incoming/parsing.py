"""A mail that came in, from bytes to a value; nothing in it is executed."""

import re
from pathlib import PurePosixPath
from typing import BinaryIO, Final

from django.conf import settings

from actions.errors import UnreadableMailError
from actions.incoming import addressed, plain, reports
from actions.incoming.charsets import decoded, without_control
from actions.incoming.fields import Fields, addresses_in
from actions.incoming.parts import Part, parted
from actions.incoming.values import Attachment, Envelope, IncomingMail

# Characters of a mail's text that are kept, and of all pages that they are made of.
LONGEST_TEXT: Final = 200_000
_LONGEST_PAGE: Final = 2_000_000
_LONGEST_NAME: Final = 100
_NO_NAME: Final = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*;=%]+')
_TEXTS: Final = frozenset({"text/plain", "text/html"})
# A signature holds no longer once the text is passed on.
_SIGNATURES: Final = frozenset(
    {
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-signature",
    }
)
_LOCKED: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_ENDINGS: Final = {
    "text/calendar": "ics",
    "message/rfc822": "eml",
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "text/plain": "txt",
    "text/html": "html",
}


def read(stream: BinaryIO) -> bytes:
    """Read a mail from a pipe or a file, at most to where ``parse`` refuses it."""
    return stream.read(settings.LARGEST_INCOMING_BYTES + 1)


def parse(raw: bytes, *, domain: str, envelope: Envelope | None = None) -> IncomingMail:
    """Make a value of a mail.

    Args:
        raw: the mail as it came, with any line ends.
        domain: ours, in which answers and bounces have their addresses.
        envelope: what the mail server says beside it, if it does; otherwise what is
            written down of that in the header counts.

    Raises:
        UnreadableMailError: it is too large, is none, or breaks a limit of ``parts``.

    """
    whole = parted(_of_bearable_size(raw))
    fields = whole.fields
    envelope = _known(envelope or Envelope(), fields)
    recipients = addressed.recipients_of(fields, envelope)
    came_to = addressed.envelope_address_in(recipients, domain)
    text, is_cut = _text_of(whole)
    return IncomingMail(
        fields=fields,
        envelope=envelope,
        recipients=recipients,
        tags=addressed.tags_for(recipients, envelope, domain),
        is_for_bounces=bool(came_to),
        is_for_notices=came_to == addressed.NOTICES,
        sender=fields.party("from"),
        reply_to=next(iter(fields.addresses("reply-to")), ""),
        subject=fields.text("subject"),
        message_id=next(iter(fields.message_ids("message-id")), ""),
        in_reply_to=fields.message_ids("in-reply-to"),
        references=fields.message_ids("references"),
        text=text,
        attachments=tuple(_attachments(whole)),
        report=reports.report_in(whole),
        original=reports.original_in(whole, text, domain),
        size=len(raw),
        hops=len(fields.all_raw("received")),
        is_cut=is_cut,
        is_locked=_is_locked(whole),
    )


def _of_bearable_size(raw: bytes) -> bytes:
    if len(raw) > settings.LARGEST_INCOMING_BYTES:
        message = (
            f"The mail has more than {settings.LARGEST_INCOMING_BYTES} bytes "
            "(LARGEST_INCOMING_BYTES)."
        )
        raise UnreadableMailError("too large", message)
    return raw


def _known(envelope: Envelope, fields: Fields) -> Envelope:
    """Add what a mail server wrote down of the envelope's sender."""
    if envelope.sender is not None:
        written = envelope.sender
    elif "return-path" in fields:
        written = fields.raw("return-path")
    else:
        return envelope
    return Envelope(next(iter(addresses_in(written)), ""), envelope.recipient)


# --- Text -------------------------------------------------------------------------


def _text_of(whole: Part) -> tuple[str, bool]:
    """Give the text for a person, and whether it was cut."""
    texts = _Texts()
    text = "\n\n".join(filter(None, map(texts.of, _chosen(whole, texts))))
    return text[:LONGEST_TEXT].strip(), texts.are_cut or len(text) > LONGEST_TEXT


class _Texts:
    """The texts of a mail's parts, each made once, of so many characters together."""

    def __init__(self) -> None:
        self.are_cut = False
        self._left = _LONGEST_PAGE
        self._made: dict[int, str] = {}

    def of(self, part: Part) -> str:
        if id(part) not in self._made:
            page = _decoded(part)
            self.are_cut |= len(page) > self._left
            page = page[: self._left]
            self._left -= len(page)
            self._made[id(part)] = _written(part, page)
        return self._made[id(part)]


def _chosen(part: Part, texts: _Texts) -> list[Part]:
    """Choose the parts that make up the text: of alternatives the plain one."""
    if part.content_type == "multipart/alternative":
        found = [_chosen(one, texts) for one in part.parts]
        # An empty plain part stands there for form's sake.
        told = [chosen for chosen in found if any(map(texts.of, chosen))]
        plainly = (one for one in told if one[0].content_type == "text/plain")
        return next(plainly, next(iter(told), []))
    if part.parts:
        return [chosen for one in part.parts for chosen in _chosen(one, texts)]
    return [part] if _is_text(part) else []


def _is_text(part: Part) -> bool:
    if part.content_type not in _TEXTS:
        return False
    return part.fields.word("content-disposition") != "attachment"


def _decoded(part: Part) -> str:
    said = part.fields.parameters("content-type")
    return decoded(part.content, said.get("charset", ""))


def _written(part: Part, page: str) -> str:
    said = part.fields.parameters("content-type")
    text = without_control(page)
    if part.content_type == "text/html":
        return plain.from_html(text)
    if said.get("format", "").lower() == "flowed":
        without_space = said.get("delsp", "").lower() == "yes"
        text = plain.unflowed(text, without_space=without_space)
    return text.strip()


# --- Attachments ------------------------------------------------------------------


def _attachments(whole: Part) -> list[Attachment]:
    leaves = [
        part
        for part in whole.leaves
        if not _is_text(part)
        and part.content_type not in _SIGNATURES
        and not _is_of_a_report(part, whole)
    ]
    return [
        Attachment(_name(part, number), part.content_type, part.content)
        for number, part in enumerate(leaves, start=1)
    ]


def _is_of_a_report(part: Part, whole: Part) -> bool:
    return (
        whole.content_type == "multipart/report"
        and part.content_type in reports.OF_REPORTS
    )


def _name(part: Part, number: int) -> str:
    """Name an attachment as its sender did, so far as that is a name and no path."""
    said = part.fields.parameters("content-disposition").get("filename", "")
    said = said or part.fields.parameters("content-type").get("name", "")
    last = said.replace("\\", "/").rpartition("/")[2]
    name = " ".join(_NO_NAME.sub(" ", without_control(last)).split()).strip(". ")
    if not name:
        return f"attachment-{number}.{_ENDINGS.get(part.content_type, 'bin')}"
    ending = PurePosixPath(name).suffix[:_LONGEST_NAME]
    return name if len(name) <= _LONGEST_NAME else _shortened(name, ending)


def _shortened(name: str, ending: str) -> str:
    return name[: _LONGEST_NAME - len(ending)].rstrip(". ") + ending


def _is_locked(whole: Part) -> bool:
    """Whether all that it says is encrypted, or inside an opaque signature."""
    if whole.content_type == "multipart/encrypted":
        return True
    return any(part.content_type in _LOCKED for part in whole.leaves)
