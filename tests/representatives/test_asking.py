"""One question to another server: in time, over TLS, and not too many at once."""

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from representatives.errors import ServiceError
from representatives.sources import asking
from tests import services
from tests.services import Service, answer, wait_until

# A key of nobody's, with a certificate of its own for 127.0.0.1.
CERTIFICATE: Final = Path(services.__file__).with_suffix(".pem")
SECONDS: Final = 20.0


@pytest.fixture
def server() -> Iterator[Service]:
    with services.running() as service:
        yield service


@pytest.fixture
def behind_tls(server: Service) -> Iterator[str]:
    """The address of the server behind TLS, for one question."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_unwrap, args=(context, listening, server))
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


def _unwrap(context: ssl.SSLContext, listening: socket.socket, server: Service) -> None:
    connection, _ = listening.accept()
    with connection:
        try:
            wrapped = context.wrap_socket(connection, server_side=True)
        except OSError:
            # Whoever asks does not trust us.
            return
        with wrapped:
            server.requests.append(wrapped.recv(65_536).decode())
            wrapped.sendall(server.says)


def test_a_question_over_tls_is_answered(
    behind_tls: str, server: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    server.says = answer({"a": 1})
    got = asking.get(f"{behind_tls}/path?a=b%20c", within=SECONDS)
    assert (got.status, got.json()) == (200, {"a": 1})
    assert server.requests[0].startswith("GET /path?a=b%20c HTTP/1.1\r\n")


def test_a_server_whose_certificate_nobody_vouches_for_is_not_asked(
    behind_tls: str, server: Service
) -> None:
    with pytest.raises(ServiceError, match="SSLCertVerificationError"):
        asking.get(behind_tls, within=SECONDS)
    assert server.requests == []


def test_whoever_stalls_before_the_handshake_is_hung_up_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"https://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ServiceError, match=r"within 0\.2 seconds"):
            asking.get(address, within=0.2)
        connection, _ = silent.accept()
        with connection:
            # What was said of the handshake, then the end.
            while connection.recv(65_536):
                pass


def test_no_more_than_four_questions_are_under_way(server: Service) -> None:
    server.stalls = True

    def ask() -> None:
        with pytest.raises(ServiceError):
            asking.get(server.url, within=2)

    waiting = [threading.Thread(target=ask) for _ in range(4)]
    for thread in waiting:
        thread.start()
    wait_until(lambda: len(server.requests) == 4)
    with pytest.raises(ServiceError, match="too many"):
        asking.get(server.url, within=SECONDS)
    for thread in waiting:
        thread.join()
    # They are hung up on, and others may ask.
    server.stalls, server.says = False, answer({})
    wait_until(lambda: _is_answered(server))


def _is_answered(server: Service) -> bool:
    try:
        return asking.get(server.url, within=SECONDS).status == 200
    except ServiceError:
        return False
