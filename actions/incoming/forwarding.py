"""The mail that carries an MP's answer on to the supporter.

From our address, as DMARC refuses theirs from here; as plain text, so that nothing that
a page can hold goes out under our name; and without ``Auto-Submitted``: a person wrote
it, and whoever relays a person's words, such as a mailing list, is no automatic sender
(RFC 3834, section 5.1: never on what was "manually generated"). That no notice of
absence answers it is asked by another header.
"""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import PurePosixPath
from typing import Final

from django.conf import settings
from django.utils.translation import gettext

from actions import headers
from actions.headers import Party
from actions.incoming.classifying import LOOP_HEADER
from actions.incoming.values import Attachment, IncomingMail

# A line of a header may have 998 bytes with its name.
_LONGEST_SUBJECT: Final = 900
_MOST_FILES: Final = 20
# What may go on, by the end of its name, and as what: the type that its sender claims
# counts for nothing. Pages, programs, archives and whatever holds macros stay here.
_PASSED_ON: Final = {
    "pdf": "application/pdf",
    "txt": "application/octet-stream",
    "rtf": "application/rtf",
    "csv": "application/octet-stream",
    "ics": "application/octet-stream",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
}


@dataclass(frozen=True)
class PassedOn:
    """An answer on its way to the supporter, before it is a mail."""

    sender: Party
    reply_to: Party
    to: Party
    subject: str
    body: str
    attachments: tuple[Attachment, ...]

    def as_wire(self, message_id: uuid.UUID, *, at: datetime.datetime) -> bytes:
        """Write the whole message as it goes over the wire."""
        lines = [
            f"From: {headers.written(self.sender)}",
            f"To: {headers.written(self.to)}",
            f"Reply-To: {headers.written(self.reply_to)}",
            f"Subject: {headers.free_text(self.subject)}",
            *(
                f"{name}: {value}"
                for name, value in self.headers(message_id, at=at).items()
            ),
            "",
        ]
        return "\r\n".join(lines).encode("ascii") + self._content()

    def headers(
        self, message_id: uuid.UUID, *, at: datetime.datetime
    ) -> dict[str, str]:
        """Give the fields besides those that say between whom it is, and of what."""
        domain = self.sender.address.rpartition("@")[2]
        return {
            "Date": format_datetime(at),
            "Message-ID": f"<{message_id}@{domain}>",
            LOOP_HEADER: domain,
            "X-Auto-Response-Suppress": "OOF, AutoReply",
        }

    def _content(self) -> bytes:
        """Write the text and the files, with the header fields that say what they are.

        Text goes as quoted-printable: no server on the way has a reason to change it.
        """
        content = EmailMessage(policy=policy.SMTP)
        content.set_content(self.body, cte="quoted-printable")
        for one in self.attachments:
            maintype, _, subtype = one.content_type.partition("/")
            content.add_attachment(
                one.content, maintype=maintype, subtype=subtype, filename=one.name
            )
        return content.as_bytes()


def pass_on(
    mail: IncomingMail, *, sender_address: str, office: Party, to: Party
) -> PassedOn:
    """Write an answer on to the supporter, in the language that is active.

    Args:
        mail: the answer.
        sender_address: the address of ours that it goes out from.
        office: whom the letter went to. Its name stands in From, as the one in the
            answer may be anybody's.
        to: the supporter.

    Raises:
        ValueError: an address of ours, the office's or the supporter's can't stand in a
            header.

    """
    sender_name = gettext("{name} via Postbag").format(name=office.name)
    sender = Party(sender_name, sender_address).checked()
    answering = _whom_to_answer(mail, sender, office)
    attachments = tuple(_fit_to_go(mail.attachments))
    subject = mail.subject[:_LONGEST_SUBJECT].strip()
    return PassedOn(
        sender=sender,
        reply_to=Party(office.name, answering).checked(),
        to=to.checked(),
        subject=headers.without_control(subject or gettext("An answer to your letter")),
        body=_body(mail, office.name, attachments, answering),
        attachments=attachments,
    )


def _whom_to_answer(mail: IncomingMail, sender: Party, office: Party) -> str:
    """Give the address that the answer asks to be answered at, if it can be one."""
    ours = sender.address.rpartition("@")[2].lower()
    for address in (mail.reply_to, mail.sender.address):
        try:
            checked = Party("", address).checked().address
        except ValueError:
            continue
        if checked.rpartition("@")[2].lower() != ours:
            return checked
    return office.address


def _fit_to_go(found: Iterable[Attachment]) -> Iterable[Attachment]:
    """Choose the files that go on, each as what its name says that it is."""
    left, count = settings.LARGEST_PASSED_ON_BYTES, 0
    for one in found:
        ending = PurePosixPath(one.name).suffix.removeprefix(".").lower()
        kind = _PASSED_ON.get(ending)
        if kind and one.size <= left and count < _MOST_FILES:
            left, count = left - one.size, count + 1
            yield Attachment(one.name, kind, one.content)


def _body(
    mail: IncomingMail, name: str, going: tuple[Attachment, ...], answering: str
) -> str:
    around = [
        gettext(
            "This is an answer to your letter to {name}. It came from {sender}, and "
            "Postbag passes on its text."
        ).format(name=name, sender=mail.sender.address or gettext("an unnamed sender")),
        gettext("If you reply, your mail goes straight to {address}.").format(
            address=answering
        ),
    ]
    gone = {one.name for one in going}
    left_out = [one.name for one in mail.attachments if one.name not in gone]
    if left_out:
        words = gettext(
            "Not passed on, as too large or of a kind that can do harm: {files}. Ask "
            "the office for what you need of it."
        )
        around.append(words.format(files=", ".join(left_out[:_MOST_FILES])))
    if mail.is_cut:
        around.append(gettext("The text was too long: its end is missing."))
    head = "\n\n".join(around)
    return f"{head}\n\n{'-' * 40}\n\n{mail.text}\n"
