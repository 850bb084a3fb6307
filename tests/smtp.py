"""A real mail server on loopback that takes mail, or fails as told."""

import asyncio
import email
import email.policy
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from enum import Enum, auto
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings

from actions import flowing

SENDER = "letters@postbag.example"
SECONDS_TO_ANSWER = 2


class Fault(Enum):
    """What happens to one mail."""

    BUSY = auto()  # 4xx to RCPT
    NOBODY_THERE = auto()  # 5xx to RCPT, repeating the address
    REFUSED = auto()  # 5xx after the whole mail, repeating some of it
    HANGS_UP_BEFORE_THE_END = auto()  # at DATA: the mail never arrives
    HANGS_UP_AFTER_THE_END = auto()  # the mail arrives, the answer does not
    STALLS = auto()  # never answers


class MailServer:
    """What arrived, and what is to go wrong with the next mails."""

    def __init__(self, port: int) -> None:
        self.host = "127.0.0.1"
        self.port = port
        self.faults: list[Fault | None] = []
        self.at_hand: Fault | None = None
        self.raw: list[bytes] = []
        self.recipients: list[str] = []
        self.senders: list[str] = []
        self.seconds_for_a_mail = 0.0
        self.begun = threading.Event()
        self.connections = 0

    @property
    def mails(self) -> list[EmailMessage]:
        """The mails that arrived, parsed."""
        return [_parsed(raw) for raw in self.raw]

    @property
    def ids(self) -> list[str]:
        """Their Message-IDs, in the order of arrival."""
        return [str(mail["Message-ID"]) for mail in self.mails]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        self.begun.set()
        fault = self.faults.pop(0) if self.faults else None
        if fault is Fault.BUSY:
            return f"451 4.7.1 <{address}>: greylisted, try again later"
        if fault is Fault.NOBODY_THERE:
            return f"550 5.1.1 <{address}>: user unknown, ask {address}"
        self.at_hand = fault
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        await asyncio.sleep(self.seconds_for_a_mail)
        if self.at_hand is Fault.STALLS:
            await asyncio.sleep(3 * SECONDS_TO_ANSWER)
        if self.at_hand is Fault.REFUSED:
            subject = _parsed(content)["Subject"]
            return f'554 5.7.1 message "{subject}" rejected: {subject} is spam'
        self.raw.append(content)
        self.recipients += envelope.rcpt_tos
        self.senders.append(envelope.mail_from or "")
        if self.at_hand is Fault.HANGS_UP_AFTER_THE_END:
            _hang_up(server)
        return "250 OK"


def _hang_up(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


class _Server(SMTP):
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        if self.event_handler.at_hand is Fault.HANGS_UP_BEFORE_THE_END:
            _hang_up(self)
            return
        await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self) -> SMTP:
        self.handler.connections += 1
        return _Server(self.handler, ident="fake", hostname="localhost")


@contextmanager
def running(port: int | None = None) -> Iterator[MailServer]:
    """Run a mail server until the block ends."""
    server = MailServer(port or _free_port())
    controller = _Controller(server, hostname=server.host, port=server.port)
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
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
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
