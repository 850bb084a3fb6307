import threading
import time
from collections.abc import Iterator

import pytest

from benchmarks import bare, relay
from tests.smtp import MailServer, running

DELAY = 0.1
# Greeting, EHLO, MAIL, RCPT, DATA, the end of the mail, QUIT.
ANSWERS = 7
WIRE = b"Subject: One\r\n\r\nWords\r\n"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running() as started:
        yield started


def test_each_answer_comes_later_by_the_delay(server: MailServer) -> None:
    with relay.delaying(server.port, DELAY) as port:
        began = time.perf_counter()
        bare.send(port, 1, 100, WIRE)
        assert time.perf_counter() - began >= ANSWERS * DELAY
    assert len(server.raw) == 1


def test_connections_do_not_wait_for_each_other(server: MailServer) -> None:
    with relay.delaying(server.port, DELAY) as port:
        senders = [
            threading.Thread(target=bare.send, args=(port, 1, 100, WIRE))
            for _ in range(8)
        ]
        began = time.perf_counter()
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        assert time.perf_counter() - began < len(senders) * ANSWERS * DELAY / 2
    assert len(server.raw) == len(senders)


def test_a_bare_connection_is_renewed_after_its_share_of_mails(
    server: MailServer,
) -> None:
    before = server.connections
    bare.send(server.port, 5, 2, WIRE)
    assert len(server.raw) == 5
    assert server.connections - before == 3
