"""Talking to a mail server: over TLS, to the letter, and only to one that greets."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from pytest_django import Settings

from actions import delivering
from actions.models import Delivery, Letter
from tests import services, smtp
from tests.actions.factories import NOW, make_letter
from tests.smtp import MailServer, mail_server

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db

CERTIFICATE: Final = Path(services.__file__).with_suffix(".pem")


def deliver() -> delivering.Tidings:
    return delivering.deliver_due(clock=lambda: NOW)


@pytest.mark.parametrize("is_from_the_start", [True, False])
def test_a_letter_goes_over_tls(
    mail_server: MailServer,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_from_the_start: bool,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    make_letter(state=Letter.State.QUEUED)
    settings.EMAIL_USE_SSL = is_from_the_start
    settings.EMAIL_USE_TLS = not is_from_the_start
    with smtp.running(
        tls=context if is_from_the_start else None,
        starttls=None if is_from_the_start else context,
    ) as server:
        settings.EMAIL_PORT = server.port
        assert deliver().sent == 1
        assert len(server.raw) == 1


def test_lines_that_begin_with_a_dot_arrive_as_they_were_written(
    mail_server: MailServer,
) -> None:
    body = ".\n..\n.hidden\n\n.\n"
    make_letter(state=Letter.State.QUEUED, body=body)
    assert deliver().sent == 1
    text = mail_server.mails[0].get_content().replace("\r\n", "\n")
    assert body.strip() in text


def test_a_server_that_does_not_greet_back_costs_no_letter_a_try(
    settings: Settings, mail_server: MailServer
) -> None:
    make_letter(state=Letter.State.QUEUED)
    with saying(b"220 here", b"550 who are you", b"550 denied", b"221 bye") as port:
        settings.EMAIL_PORT = port
        tidings = deliver()
    assert tidings.trouble == "550 denied"
    delivery = Delivery.objects.get()
    assert (delivery.attempts, delivery.lease) == (0, None)


@contextmanager
def saying(*lines: bytes) -> Iterator[int]:
    """Run a server that says one line after another, whatever it is told; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        speaker = threading.Thread(target=_say, args=(listening, lines))
        speaker.start()
        yield listening.getsockname()[1]
        speaker.join()


def _say(listening: socket.socket, lines: tuple[bytes, ...]) -> None:
    connection, _ = listening.accept()
    with connection:
        for line in lines:
            connection.sendall(line + b"\r\n")
            connection.recv(1_000)
