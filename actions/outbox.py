"""The local outbox: mail that stays on this machine while trying Postbag out."""

import datetime
import email
import email.message
import os
import re
import uuid
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.header import decode_header, make_header
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from actions import flowing

# A file's name begins with it, so that names sort by time; then comes the id of the
# letter or subscription, by which erasing finds it.
_STAMP = "%Y%m%dT%H%M%S.%fZ"
_ENDING = ".eml"
_NAME = re.compile(
    r"(?P<stamp>\d{8}T\d{6}\.\d{6}Z)-(?:(?P<owner>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}"
    r"-[0-9a-f]{12})-(?P<kind>[a-z_]+)|other-[0-9a-f]{32})\.(?:eml|part)"
)
_LINK = re.compile(r"(https?://\S*[^\s.,;:!?)\]'\"])")
# A file that is still being written, or was when the worker was killed.
_UNFINISHED = ".part"


@dataclass(frozen=True)
class Message:
    """One mail as the page ``/outbox/`` shows it."""

    file_name: str
    at: datetime.datetime
    sender: str
    reply_to: str
    to: str
    subject: str
    text: str

    @property
    def pieces(self) -> list[str]:
        """The text, cut so that every second piece is an address to follow."""
        return _LINK.split(self.text)


class OutboxBackend(BaseEmailBackend):
    """Django's mail, written to files that only their owner may read."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write each, on the disk before this returns; say how many.

        Raises:
            OSError: the disk is full or the folder can't be written.

        """
        for message in email_messages:
            _write(message)
        return len(email_messages)


def newest(at_most: int = 25) -> list[Message]:
    """Read the newest messages, newest first."""
    names = sorted(
        (
            entry.name
            for entry in _entries()
            if entry.name.endswith(_ENDING) and _NAME.fullmatch(entry.name)
        ),
        reverse=True,
    )
    found = []
    for name in names[:at_most]:
        # One that is erased at this moment is simply not there any more.
        with suppress(FileNotFoundError):
            found.append(_read(settings.OUTBOX_DIR / name))
    return found


def owners(kind: str = "") -> set[uuid.UUID]:
    """Name the letters and subscriptions that have mail here, or mail of a kind."""
    return {
        owner
        for entry in _entries()
        if (owner := _owner_of(entry.name)) and kind in {"", _kind_of(entry.name)}
    }


def forget(owners: Iterable[uuid.UUID], kind: str = "") -> int:
    """Erase every mail of these, or those of a kind, unfinished ones too.

    Returns:
        How many there were.

    """
    wanted = set(owners)
    return _erase(
        entry
        for entry in _entries()
        if _owner_of(entry.name) in wanted and kind in {"", _kind_of(entry.name)}
    )


def forget_unowned(before: datetime.datetime, *, kinds: Collection[str] = ()) -> int:
    """Erase mail written before then that belongs to nothing stored; say how many.

    Args:
        before: when.
        kinds: mail that goes likewise, although it has an owner.

    """
    return _erase(
        entry
        for entry in _entries()
        if (named := _NAME.fullmatch(entry.name))
        and (not named["owner"] or named["kind"] in kinds)
        and _time_in(entry.name) < before
    )


def _erase(entries: Iterable[os.DirEntry[str]]) -> int:
    gone = 0
    for entry in entries:
        with suppress(FileNotFoundError):
            Path(entry.path).unlink()
            gone += 1
    if gone:
        _keep_on_disk(settings.OUTBOX_DIR)
    return gone


def _entries() -> list[os.DirEntry[str]]:
    try:
        with os.scandir(settings.OUTBOX_DIR) as entries:
            return list(entries)
    except FileNotFoundError:
        return []


def _owner_of(name: str) -> uuid.UUID | None:
    found = _NAME.fullmatch(name)
    return uuid.UUID(found["owner"]) if found and found["owner"] else None


def _kind_of(name: str) -> str:
    found = _NAME.fullmatch(name)
    return (found["kind"] or "") if found else ""


def _time_in(name: str) -> datetime.datetime:
    stamp = name.split("-", 1)[0]
    return datetime.datetime.strptime(stamp, _STAMP).replace(tzinfo=datetime.UTC)


def _write(message: EmailMessage) -> None:
    folder = settings.OUTBOX_DIR
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = getattr(message, "owner", None)
    # Mail that belongs to nobody here, such as Django's own, is told apart by chance.
    whose = (
        f"{owner}-{getattr(message, 'kind', 'mail')}"
        if owner
        else f"other-{uuid.uuid4().hex}"
    )
    name = f"{timezone.now().astimezone(datetime.UTC):{_STAMP}}-{whose}"
    finished = folder / (name + _ENDING)
    unfinished = folder / (name + _UNFINISHED)
    content = _as_bytes(message)
    opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(opened, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(finished)
    except OSError:
        # It would take the room that the next try needs.
        unfinished.unlink(missing_ok=True)
        raise
    _keep_on_disk(folder)


def _as_bytes(message: EmailMessage) -> bytes:
    as_wire = getattr(message, "as_wire", None)
    return as_wire() if as_wire else bytes(message.message())


def _keep_on_disk(folder: Path) -> None:
    """Have the folder's list of names survive a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _read(path: Path) -> Message:
    # Not by the modern policy, which takes ten times as long.
    message = email.message_from_bytes(path.read_bytes())
    # With files beside it, its text is the first part.
    told = next(part for part in message.walk() if not part.is_multipart())
    payload = told.get_payload(decode=True)
    text = payload.decode() if isinstance(payload, bytes) else ""
    text = text.replace("\r\n", "\n")
    if message.get_param("format") == "flowed":
        text = flowing.joined(text)
    return Message(
        file_name=path.name,
        at=_time_in(path.name),
        sender=_header(message, "From"),
        reply_to=_header(message, "Reply-To"),
        to=_header(message, "To"),
        subject=_header(message, "Subject"),
        text=text,
    )


def _header(message: email.message.Message, name: str) -> str:
    unfolded = re.sub(r"\r?\n(?=[ \t])", "", message[name] or "")
    return str(make_header(decode_header(unfolded)))
