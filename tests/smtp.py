"""A real mail server on loopback that takes mail, or fails as told."""

import asyncio
import email
import email.policy
import logging
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from enum import Enum, auto
from ssl import SSLContext
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings

from actions import flowing

SENDER = "letters@postbag.example"
SECONDS_TO_ANSWER = 2
# Each line of each dialogue, otherwise, which takes longer than to answer it.
logging.getLogger("mail.log").setLevel(logging.WARNING)
_ID = re.compile(rb"^Message-ID: (<[^>]+>)", re.MULTILINE)


class Fault(Enum):
    """What happens to one mail."""

    BUSY = auto()  # 4xx to RCPT
    NOBODY_THERE = auto()  # 5xx to RCPT, repeating the address
    RELAYS_NOT = auto()  # 5xx to RCPT, which is against us and not the address
    CLOSES = auto()  # 421 to RCPT, and goodbye
    DRIPS = auto()  # an answer to RCPT that comes line by line and never ends
    BUSY_AT_DATA = auto()  # 4xx to DATA, before the mail
    HANGS_UP_BEFORE_THE_END = auto()  # at DATA: the mail never arrives
    HANGS_UP_AMID_THE_TEXT = auto()  # likewise, and some of it came
    STALLS = auto()  # never answers, and has not taken it
    BUSY_AFTER_THE_END = auto()  # 4xx after the whole mail
    REFUSED = auto()  # 5xx after the whole mail, repeating some of it
    HANGS_UP_AFTER_THE_END = auto()  # the mail arrives, the answer does not
    STALLS_AFTER_THE_END = auto()  # likewise, and it keeps the line


LOSES_THE_ANSWER = {Fault.HANGS_UP_AFTER_THE_END, Fault.STALLS_AFTER_THE_END}
REFUSES_FOR_GOOD = {Fault.NOBODY_THERE, Fault.REFUSED}


class MailServer:
    """What arrived, and what is to go wrong with the next mails."""

    def __init__(self, port: int) -> None:
        self.host = "127.0.0.1"
        self.port = port
        # Of the next mails, whoever they are for, and of those to an address.
        self.faults: list[Fault | None] = []
        self.faults_of: dict[str, list[Fault]] = {}
        self.says_to_senders = ""  # instead of agreeing to any
        self.closes_every = 0  # connection: at once, without a word
        self.closed = 0  # connections, in that way
        # Done once a mail is taken, before the answer.
        self.at_taking: Callable[[], None] = lambda: None
        self.at_hand: WeakKeyDictionary[Envelope, Fault | None] = WeakKeyDictionary()
        self.raw: list[bytes] = []
        self.recipients: list[str] = []
        self.senders: list[str] = []
        self.seconds_for_a_mail = 0.0
        self.seconds_to_agree = 0.0  # to an address
        self.begun = threading.Event()
        self.connections = 0
        self.starttls: SSLContext | None = None
        self.takes_groups = True  # of commands (PIPELINING)
        # Of mails that came whole: how many were taken and no answer came, and how many
        # got none, taken or not, which is all that their sender can know.
        self.lost_answers = 0
        self.unanswered = 0

    @property
    def mails(self) -> list[EmailMessage]:
        """The mails that arrived, parsed."""
        return [_parsed(raw) for raw in self.raw]

    @property
    def ids(self) -> list[str]:
        """Their Message-IDs, in the order of arrival."""
        return [_ID.findall(raw)[0].decode() for raw in self.raw]

    def next_fault(self, address: str) -> Fault | None:
        """Say what happens to the next mail to an address."""
        if own := self.faults_of.get(address):
            return own.pop(0)
        return self.faults.pop(0) if self.faults else None


def _hang_up(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


class _Hooks:
    """What aiosmtpd asks; it looks at each attribute for each connection."""

    def __init__(self, told: MailServer) -> None:
        self.told = told

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self,
        _server: SMTP,
        session: Session,
        _envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        offered = ["250-PIPELINING"] if self.told.takes_groups else []
        return [responses[0], *offered, *responses[1:]]

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if not self.told.says_to_senders:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return self.told.says_to_senders or "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        self.told.begun.set()
        await asyncio.sleep(self.told.seconds_to_agree)
        fault = self.told.next_fault(address)
        match fault:
            case Fault.BUSY:
                return f"451 4.7.1 <{address}>: greylisted, try again later"
            case Fault.NOBODY_THERE:
                return f"550 5.1.1 <{address}>: user unknown, ask {address}"
            case Fault.RELAYS_NOT:
                return f"554 5.7.1 <{address}>: Relay access denied"
            case Fault.CLOSES:
                server.loop.call_soon(_hang_up, server)
                return "421 4.3.2 shutting down"
            case Fault.DRIPS:
                for _ in range(6 * SECONDS_TO_ANSWER):
                    await server.push("250-one moment")
                    await asyncio.sleep(0.5)
        self.told.at_hand[envelope] = fault
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        await asyncio.sleep(self.told.seconds_for_a_mail)
        fault = self.told.at_hand.get(envelope)
        match fault:
            case Fault.STALLS:
                self.told.unanswered += 1
                await asyncio.sleep(3 * SECONDS_TO_ANSWER)
            case Fault.BUSY_AFTER_THE_END:
                return "452 4.3.1 insufficient system storage"
            case Fault.REFUSED:
                subject = _parsed(content)["Subject"]
                return f'554 5.7.1 message "{subject}" rejected: {subject} is spam'
        self.told.raw.append(content)
        self.told.recipients += envelope.rcpt_tos
        self.told.senders.append(envelope.mail_from or "")
        if fault in LOSES_THE_ANSWER:
            self.told.lost_answers += 1
            self.told.unanswered += 1
        self.told.at_taking()
        if fault is Fault.HANGS_UP_AFTER_THE_END:
            _hang_up(server)
        if fault is Fault.STALLS_AFTER_THE_END:
            await asyncio.sleep(3 * SECONDS_TO_ANSWER)
        return "250 OK"


class _Server(SMTP):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        server = self.event_handler.told
        server.connections += 1
        if server.closes_every and server.connections % server.closes_every == 0:
            server.closed += 1
            _hang_up(self)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        match self.event_handler.told.at_hand.get(self.envelope):
            case Fault.HANGS_UP_BEFORE_THE_END:
                _hang_up(self)
            case Fault.HANGS_UP_AMID_THE_TEXT:
                await self.push("354 go on")
                await self._reader.readline()
                self.event_handler.told.unanswered += 1
                _hang_up(self)
            case Fault.BUSY_AT_DATA:
                await self.push("451 4.3.0 try again later")
            case _:
                await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(
            self.handler,
            ident="fake",
            hostname="localhost",
            tls_context=self.handler.told.starttls,
            require_starttls=self.handler.told.starttls is not None,
        )


@contextmanager
def running(
    port: int | None = None,
    *,
    tls: SSLContext | None = None,
    starttls: SSLContext | None = None,
) -> Iterator[MailServer]:
    """Run a mail server until the block ends, with TLS from the start or when asked."""
    server = MailServer(port or _free_port())
    server.starttls = starttls
    controller = _Controller(
        _Hooks(server), hostname=server.host, port=server.port, ssl_context=tls
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    """A mail server that this process delivers to, as in live mode."""
    with running() as server:
        settings.DELIVERY_IS_LIVE = True
        settings.EMAIL_BACKEND = "actions.mail_server.Backend"
        settings.EMAIL_HOST = server.host
        settings.EMAIL_PORT = server.port
        settings.EMAIL_TIMEOUT = SECONDS_TO_ANSWER
        settings.SENDER_ADDRESS = SENDER
        yield server


def text_of(message: EmailMessage) -> str:
    """What a mail says, with its paragraphs joined as a reader's program does."""
    content = str(message.get_content()).replace("\r\n", "\n")
    is_flowed = message.get_param("format") == "flowed"
    return flowing.joined(content) if is_flowed else content


def _parsed(raw: bytes) -> EmailMessage:
    message: Any = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
