"""The one door that mail goes out by: putting a mail together, and handing it over."""

import binascii
import datetime
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Final, cast

from anymail.exceptions import AnymailError
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from actions import (
    flowing,
    headers,
    mail_server,
    passing_on,
    providers,
    refusals,
    wording,
)
from actions.addresses import our_address
from actions.errors import (
    NoWayOutError,
    TemporaryDeliveryError,
    WrongModeError,
)
from actions.incoming.forwarding import PassedOn
from actions.models import Delivery
from actions.wording import Wording

# Many servers hang up on whoever sends more than that without a new greeting.
MAILS_A_CONNECTION: Final = 100
# The bytes of a line that every server must take.
_LONGEST_LINE: Final = 998


@dataclass(frozen=True)
class Stamp:
    """What a mail is besides its words."""

    id: uuid.UUID
    kind: str
    is_demo: bool
    # What it is owed for, by which erasing finds it; None where nothing is stored.
    owner: uuid.UUID | None = None


class Mail(EmailMessage):
    """One mail: plain text, one recipient, and the same id each time it goes.

    Any of Django's mail backends can send it; those used here ask for ``as_wire``,
    which takes a tenth of the time.
    """

    # Anymail looks for these: nobody is told who opens a mail or follows its links,
    # whatever else is set.
    track_opens = track_clicks = False

    def __init__(self, stamp: Stamp, words: Wording, now: datetime.datetime) -> None:
        """Check what goes into the headers.

        Raises:
            ValueError: something can't stand in a header.
            TemporaryDeliveryError: our own address can't.

        """
        self.owner = stamp.owner
        self.kind = stamp.kind
        self.is_demo = stamp.is_demo
        self.parties = {
            "From": words.sender or our_address("SENDER_ADDRESS", words.sender_name),
            "To": words.to.checked(),
        }
        if words.reply_to:
            self.parties["Reply-To"] = words.reply_to.checked()
        self.written = {
            header: headers.written(party) for header, party in self.parties.items()
        }
        self.title = headers.without_control(words.subject)
        self.text = flowing.without_trailing_spaces(
            words.body.replace("\r\n", "\n").replace("\r", "\n")
        )
        # Whom servers send it back to. Anymail looks for it under this name.
        self.envelope_sender = words.bounces_to or self.parties["From"].address
        domain = self.parties["From"].address.rpartition("@")[2]
        others = {
            "Date": format_datetime(now),
            # Stable, so that a mail that had to go twice is shown once.
            "Message-ID": f"<{stamp.id}@{domain}>",
        }
        if stamp.kind != Delivery.Kind.LETTER:
            others["Auto-Submitted"] = "auto-generated"
        if words.unsubscribe:
            others["List-Unsubscribe"] = f"<{words.unsubscribe}>"
            # One press and no page between (RFC 8058).
            others["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        super().__init__(
            subject=self.title,
            body=self.text,
            from_email=headers.plainly(self.parties["From"]),
            to=[headers.plainly(self.parties["To"])],
            reply_to=[
                headers.plainly(party)
                for header, party in self.parties.items()
                if header == "Reply-To"
            ],
            headers=others,
        )
        self.name_for_provider(stamp)

    def name_for_provider(self, stamp: Stamp) -> None:
        """Have a provider say which mail it was when it tells what became of it.

        It learns nothing: the same stands in the Message-ID, which it is to keep.
        """
        self.metadata = {providers.OURS: str(stamp.id)}
        provider = providers.PROVIDERS.get(settings.MAIL_PROVIDER)
        if provider and provider.has_only_tags:
            self.tags = [str(stamp.id)]
        if provider and provider.keeps_id_if_told:
            self.extra_headers[provider.keeps_id_if_told] = "true"

    def as_wire(self) -> bytes:
        """Write the whole message as it goes over the wire.

        Paragraphs are broken so that a reader's program can break them anew. Text
        beyond ASCII, or with very long lines, goes as quoted-printable: no server on
        the way has a reason to change that, so that signatures (DKIM) hold.

        Raises:
            UnicodeError: it holds half a character, which no encoding can carry.

        """
        flowed = flowing.broken(self.text)
        is_plain = _is_plain(flowed)
        lines = [f"{header}: {party}" for header, party in self.written.items()]
        lines += [
            f"Subject: {headers.free_text(self.title)}",
            *(f"{name}: {value}" for name, value in self.extra_headers.items()),
            "MIME-Version: 1.0",
            'Content-Type: text/plain; charset="utf-8"; format=flowed',
            f"Content-Transfer-Encoding: {'7bit' if is_plain else 'quoted-printable'}",
            "",
            "",
        ]
        body = flowed.replace("\n", "\r\n").encode()
        if not is_plain:
            body = binascii.b2a_qp(body, istext=True)
        return "\r\n".join(lines).encode("ascii") + body


class PassedOnMail(Mail):
    """An answer on its way to the supporter: put together otherwise, sent alike."""

    def __init__(
        self,
        stamp: Stamp,
        answer: PassedOn,
        now: datetime.datetime,
        *,
        bounces_to: str,
    ) -> None:
        self.owner = stamp.owner
        self.kind = stamp.kind
        self.is_demo = stamp.is_demo
        self.parties = {"From": answer.sender, "To": answer.to}
        self.envelope_sender = bounces_to
        self.title, self.text = answer.subject, answer.body
        self.wire = answer.as_wire(stamp.id, at=now)
        EmailMessage.__init__(
            self,
            subject=answer.subject,
            body=answer.body,
            from_email=_unfolded(answer.sender),
            to=[_unfolded(answer.to)],
            reply_to=[_unfolded(answer.reply_to)],
            headers=answer.headers(stamp.id, at=now),
            attachments=[
                (one.name, one.content, one.content_type) for one in answer.attachments
            ],
        )
        self.name_for_provider(stamp)

    def as_wire(self) -> bytes:
        """Give the whole message as it goes over the wire."""
        return self.wire


def _unfolded(party: headers.Party) -> str:
    return headers.written(party).replace("\r\n", "")


def _is_plain(text: str) -> bool:
    """Whether it goes as it is; a regular expression for it takes six times as long."""
    return text.isascii() and all(
        len(line) <= _LONGEST_LINE and line.isprintable() for line in text.split("\n")
    )


class Connection:
    """A way out, over which mails go one by one; opened for the first of them.

    Raises:
        TemporaryDeliveryError: the mail server is not there or does not let us in.

    """

    def __init__(self, backend: BaseEmailBackend) -> None:
        self._backend = backend
        # None where mail goes out by something other than SMTP.
        self._server: mail_server.Dialogue | None = None
        self._is_without_answer = False
        self._left = 0
        self._open()

    @property
    def is_open(self) -> bool:
        """Whether another mail can go; a server that hung up takes no more."""
        if self._server is None:
            return not self._is_without_answer
        return self._server.sock is not None

    def renew_when_spent(self) -> None:
        """Take leave of the server and greet it anew, once enough went.

        Raises:
            NoWayOutError: it does not let us in again.

        """
        if self._left > 0:
            return
        # What was taken is taken, however the goodbye goes.
        with suppress(OSError):
            self._backend.close()
        try:
            self._open()
        except TemporaryDeliveryError as error:
            raise NoWayOutError(str(error)) from error

    def send(
        self, mail: Mail, *, before_text: Callable[[], None] = lambda: None
    ) -> None:
        """Hand one mail over; when this returns the server has taken it.

        Args:
            mail: which one.
            before_text: called once, while taking it back is still possible. Where it
                raises anything, the mail does not go, and that is raised; a connection
                to a mail server is closed, as nothing else takes a mail back.

        Raises:
            TemporaryDeliveryError: trying again later helps.
            LostAnswerError: so it does, but the mail may have been taken.
            NoWayOutError: so it does, and the mail is not what is wrong.
            PermanentDeliveryError: it will never be taken.
            WrongModeError: it does not belong to this mode.

        """
        if mail.is_demo == settings.DELIVERY_IS_LIVE:
            raise WrongModeError(str(mail.owner))
        self._left -= 1
        try:
            if self._server:
                # Django's own way from here parses every address once more.
                self._server.hand_over(
                    mail.envelope_sender,
                    mail.parties["To"].address,
                    mail.as_wire(),
                    before_text,
                )
                return
            before_text()
            if settings.DELIVERY_IS_LIVE:
                self._backend.send_messages([mail])
            else:
                self._keep(mail)
        except (OSError, ValueError, AnymailError) as error:
            self._is_without_answer = refusals.is_without_answer(error)
            raise refusals.meaning_of(error) from error

    def _open(self) -> None:
        try:
            self._backend.open()
        except (OSError, ValueError) as error:
            raise TemporaryDeliveryError(refusals.reason(error)) from error
        if isinstance(self._backend, mail_server.Backend):
            self._server = cast("mail_server.Dialogue | None", self._backend.connection)
        self._left = MAILS_A_CONNECTION

    def _keep(self, mail: Mail) -> None:
        try:
            self._backend.send_messages([mail])
        except OSError as error:
            message = f"The outbox cannot be written: {error.strerror}."
            raise NoWayOutError(message) from error


@contextmanager
def open_connection(patience: float | None = None) -> Iterator[Connection]:
    """Open the way out of this mode, and close it afterwards.

    In demo mode that is the outbox whatever else is set, so that no setting lets a
    demo letter out.

    Args:
        patience: for how many seconds each answer of the mail server is waited for, if
            not for as long as the settings say.

    Raises:
        TemporaryDeliveryError: the mail server is not there or does not let us in, or
            every mail would fail for an address of ours.

    """
    our_address("SENDER_ADDRESS")
    if settings.CONTROLLER_CONTACT:
        our_address("CONTROLLER_CONTACT")
    backend = _backend(patience or settings.EMAIL_TIMEOUT)
    try:
        yield Connection(backend)
    finally:
        with suppress(OSError):
            backend.close()


def _backend(patience: float) -> BaseEmailBackend:
    try:
        return get_connection(
            settings.EMAIL_BACKEND
            if settings.DELIVERY_IS_LIVE
            else "actions.outbox.OutboxBackend",
            timeout=patience,
        )
    except ImproperlyConfigured as error:
        # What a provider still needs; it names the setting, and no value.
        raise TemporaryDeliveryError(str(error)) from error


def message_for(delivery: Delivery, *, now: datetime.datetime | None = None) -> Mail:
    """Write the mail that a delivery owes; its person must not be forgotten.

    Raises:
        PermanentDeliveryError: a name, address or subject can't stand in a mail.
        TemporaryDeliveryError: an address of ours, in the settings, can't.

    """
    # With the news that it was kept for, the address is erased: what lies in the outbox
    # then belongs to nothing that is stored.
    is_last = delivery.kind == Delivery.Kind.REOPENING
    owner = None if is_last else delivery.owner_id
    stamp = Stamp(delivery.pk, delivery.kind, delivery.is_demo, owner)
    now = now or timezone.now()
    try:
        if delivery.kind == Delivery.Kind.FORWARD:
            answer, bounces_to = passing_on.of(delivery)
            return PassedOnMail(stamp, answer, now, bounces_to=bounces_to)
        return Mail(stamp, wording.of(delivery), now)
    except ValueError as error:
        raise refusals.meaning_of(error) from error


def send_at_once(
    words: Wording, kind: str, *, patience: float, now: datetime.datetime
) -> None:
    """Send a mail of which nothing may be stored: no row owes it, nobody tries again.

    Args:
        words: what it says, and to whom.
        kind: which mail.
        patience: for how many seconds each answer of the mail server is waited for.
        now: the time.

    Raises:
        TemporaryDeliveryError: trying again later helps.
        PermanentDeliveryError: it will never be taken.

    """
    stamp = Stamp(uuid.uuid4(), kind, is_demo=not settings.DELIVERY_IS_LIVE)
    try:
        written = Mail(stamp, words, now)
    except ValueError as error:
        raise refusals.meaning_of(error) from error
    with open_connection(patience) as way_out:
        way_out.send(written)
