"""The one door that mail goes out by: what each mail says, and handing it over."""

import binascii
import datetime
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import format_datetime

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone

from actions import composing, headers, refusals, tokens
from actions.errors import (
    TemporaryDeliveryError,
    WrongModeError,
)
from actions.models import Delivery, Letter, LetterEvent

# Why a letter failed that no mail server ever saw; its failure notice says so.
MEMBER_LEFT = "The MP is no longer the member for this seat."

# Beyond ASCII, or longer than the 998 bytes of a line that every server must take.
_NOT_PLAIN = re.compile(r"[^\n\x20-\x7e]|[^\n]{999}")
_SUBJECTS = {
    Delivery.Kind.CONFIRMATION: "Please confirm your letter to {}",
    Delivery.Kind.REPEAT_NOTICE: "You have already written to {}",
    Delivery.Kind.FAILURE_NOTICE: "Your letter to {} could not be delivered",
}


@dataclass(frozen=True)
class Wording:
    """What one mail says, and between whom."""

    sender_name: str
    reply_to: headers.Party | None
    to: headers.Party
    subject: str
    body: str


class Mail(EmailMessage):
    """One owed mail: plain text, one recipient, and the same id each time it goes.

    Any of Django's mail backends can send it; those used here ask for ``as_wire``,
    which takes a tenth of the time.
    """

    def __init__(
        self, delivery: Delivery, wording: Wording, now: datetime.datetime
    ) -> None:
        """Check what goes into the headers.

        Raises:
            ValueError: something can't stand in a header.
            TemporaryDeliveryError: our own address can't.

        """
        self.letter = delivery.letter_id
        self.kind = delivery.kind
        self.is_demo = delivery.is_demo
        self.parties = {
            "From": _ours("SENDER_ADDRESS", wording.sender_name),
            "To": wording.to.checked(),
        }
        if wording.reply_to:
            self.parties["Reply-To"] = wording.reply_to.checked()
        self.written = {
            header: headers.written(party) for header, party in self.parties.items()
        }
        unfolded = {
            header: written.replace("\r\n", "")
            for header, written in self.written.items()
        }
        self.title = headers.without_control(wording.subject)
        self.text = wording.body.replace("\r\n", "\n").replace("\r", "\n")
        domain = self.parties["From"].address.rpartition("@")[2]
        others = {
            "Date": format_datetime(now),
            # Stable, so that a mail that had to go twice is shown once.
            "Message-ID": f"<{delivery.pk}@{domain}>",
        }
        if delivery.kind != Delivery.Kind.LETTER:
            others["Auto-Submitted"] = "auto-generated"
        super().__init__(
            subject=self.title,
            body=self.text,
            from_email=unfolded["From"],
            to=[unfolded["To"]],
            reply_to=[unfolded["Reply-To"]] if wording.reply_to else [],
            headers=others,
        )

    def as_wire(self) -> bytes:
        """Write the whole message as it goes over the wire.

        Text beyond ASCII, or with very long lines, goes as quoted-printable: no server
        on the way has a reason to change that, so that signatures (DKIM) hold.

        Raises:
            UnicodeError: it holds half a character, which no encoding can carry.

        """
        is_plain = _NOT_PLAIN.search(self.text) is None
        lines = [f"{header}: {party}" for header, party in self.written.items()]
        lines += [
            f"Subject: {headers.free_text(self.title)}",
            *(f"{name}: {value}" for name, value in self.extra_headers.items()),
            "MIME-Version: 1.0",
            'Content-Type: text/plain; charset="utf-8"',
            f"Content-Transfer-Encoding: {'7bit' if is_plain else 'quoted-printable'}",
            "",
            "",
        ]
        body = self.text.replace("\n", "\r\n").encode()
        if not is_plain:
            body = binascii.b2a_qp(body, istext=True)
        return "\r\n".join(lines).encode("ascii") + body


class Connection:
    """An opened way out, over which mails go one by one."""

    def __init__(self, backend: BaseEmailBackend) -> None:
        self._backend = backend
        # None where mail goes out by something other than SMTP.
        self._server = backend.connection if isinstance(backend, SmtpBackend) else None

    @property
    def is_open(self) -> bool:
        """Whether another mail can go; a server that hung up takes no more."""
        return self._server is None or self._server.sock is not None

    def send(self, mail: Mail) -> None:
        """Hand one mail over; when this returns the server has taken it.

        Raises:
            TemporaryDeliveryError: trying again later helps.
            PermanentDeliveryError: it will never be taken.
            WrongModeError: it does not belong to this mode.

        """
        if mail.is_demo == settings.DELIVERY_IS_LIVE:
            raise WrongModeError(str(mail.letter))
        try:
            if self._server is None:
                self._backend.send_messages([mail])
            else:
                # Django's own way from here parses every address once more.
                self._server.sendmail(
                    mail.parties["From"].address,
                    [mail.parties["To"].address],
                    mail.as_wire(),
                )
        except (OSError, ValueError) as error:
            raise refusals.meaning_of(error) from error


@contextmanager
def open_connection() -> Iterator[Connection]:
    """Open the way out of this mode, and close it afterwards.

    In demo mode that is the outbox whatever else is set, so that no setting lets a
    demo letter out.

    Raises:
        TemporaryDeliveryError: the mail server is not there or does not let us in, or
            every mail would fail for an address of ours.

    """
    _ours("SENDER_ADDRESS")
    if settings.CONTROLLER_CONTACT:
        _ours("CONTROLLER_CONTACT")
    backend: BaseEmailBackend = get_connection(
        settings.EMAIL_BACKEND
        if settings.DELIVERY_IS_LIVE
        else "actions.outbox.OutboxBackend"
    )
    try:
        try:
            backend.open()
        except (OSError, ValueError) as error:
            raise TemporaryDeliveryError(refusals.reason(error)) from error
        yield Connection(backend)
    finally:
        # What was taken is taken, however the goodbye goes.
        with suppress(OSError):
            backend.close()


def message_for(delivery: Delivery, *, now: datetime.datetime | None = None) -> Mail:
    """Write the mail that a delivery owes; its letter must not be forgotten.

    Raises:
        PermanentDeliveryError: a name, address or subject can't stand in a mail.
        TemporaryDeliveryError: an address of ours, in the settings, can't.

    """
    kind, letter = Delivery.Kind(delivery.kind), delivery.letter
    is_letter = kind == Delivery.Kind.LETTER
    try:
        wording = _letter(letter) if is_letter else _notice(letter, kind)
        return Mail(delivery, wording, now or timezone.now())
    except ValueError as error:
        raise refusals.meaning_of(error) from error


def _letter(letter: Letter) -> Wording:
    """Word the supporter's own mail to the MP: our address, their name (DMARC)."""
    return Wording(
        sender_name=letter.sender_name,
        reply_to=headers.Party(letter.sender_name, letter.sender_email),
        to=headers.Party(letter.recipient_name, letter.recipient_email),
        subject=letter.subject,
        body=composing.text_of(letter),
    )


def _notice(letter: Letter, kind: Delivery.Kind) -> Wording:
    """Word one of our own mails to the supporter."""
    body = get_template(f"mail/{kind}.txt").render(
        {
            "letter": letter,
            "text": composing.text_of(letter).strip(),
            "address": "\n".join((letter.recipient_name, *composing.HOUSE_OF_COMMONS)),
            "links": _links(letter),
            "again": _again(letter) if _has_member_left(letter, kind) else "",
        }
    )
    contact = settings.CONTROLLER_CONTACT
    return Wording(
        sender_name="Postbag",
        reply_to=_ours("CONTROLLER_CONTACT") if contact else None,
        to=headers.Party(letter.sender_name, letter.sender_email),
        subject=_SUBJECTS[kind].format(letter.recipient_name),
        body=body,
    )


def _has_member_left(letter: Letter, kind: Delivery.Kind) -> bool:
    """Whether that is why the letter failed; asks only for the few that did."""
    return (
        kind == Delivery.Kind.FAILURE_NOTICE
        and letter.events.filter(
            kind=LetterEvent.Kind.FAILED, cause=MEMBER_LEFT
        ).exists()
    )


def _ours(setting: str, name: str = "") -> headers.Party:
    """Return an address of our own, fit for a header, under a name.

    Raises:
        ValueError: the name can't stand in a header.
        TemporaryDeliveryError: the address can't. No mail is to blame for that, so none
            may be given up for it.

    """
    try:
        address = headers.Party("", getattr(settings, setting)).checked().address
    except ValueError as error:
        message = f"{setting} is not an e-mail address: set it and start again."
        raise TemporaryDeliveryError(message) from error
    return headers.Party(headers.without_control(name), address)


def _links(letter: Letter) -> dict[str, str]:
    token = tokens.for_letter(letter.pk)
    return {
        name: settings.SITE_URL + reverse(name, kwargs={"token": token})
        for name in ("confirm", "disown", "letter")
    }


def _again(letter: Letter) -> str:
    """Where its writer finds the seat's present MP."""
    return settings.SITE_URL + reverse("write", kwargs={"slug": letter.campaign.slug})
