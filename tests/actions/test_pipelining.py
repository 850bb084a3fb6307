"""Commands that go in one group: all that can go wrong ends as one by one."""

import smtplib
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO, Final

import pytest

from actions import refusals
from actions.errors import LostAnswerError
from actions.mail_server import Dialogue

SENDER: Final = "bounce.k7f3@postbag.example"
TO: Final = "member@parliament.example"
TEXT: Final = b"Subject: First\r\n\r\n.Dear\r\n"
NEXT: Final = b"Subject: Next\r\n\r\nDear\r\n"
USUAL: Final = {
    "mail": b"250 2.1.0 fine",
    "rcpt": b"250 2.1.5 fine",
    "data": b"354 go on",
    ".": b"250 2.0.0 taken",
    "rset": b"250 2.0.0 forgotten",
    "quit": b"221 2.0.0 bye",
}
# Instead of an answer.
HANGS_UP: Final = b""
SAYS_NOTHING: Final = b"-"
NO_MAIL: Final = {"data": b"503 5.5.1 no mail is begun"}
NO_RECIPIENT: Final = {"data": b"554 5.5.1 no valid recipients"}

FAULTS: Final = {
    "sender refused": {"mail": b"550 5.7.1 sender denied", "rcpt": b"503 no"} | NO_MAIL,
    "sender put off": {"mail": b"451 4.7.1 later", "rcpt": b"503 no"} | NO_MAIL,
    "goodbye to the sender": {"mail": b"421 4.3.2 closing"},
    "sender refused, all the same a text asked for": {
        "mail": b"550 5.7.1 sender denied",
        "rcpt": b"503 5.5.1 no mail is begun",
    },
    "recipient refused": {"rcpt": b"550-5.1.1 unknown\r\n550 5.1.1 user"}
    | NO_RECIPIENT,
    "recipient put off": {"rcpt": b"451 4.7.1 greylisted"} | NO_RECIPIENT,
    "goodbye to the recipient": {"rcpt": b"421 4.3.2 closing"},
    "recipient refused, all the same a text asked for": {
        "rcpt": b"550 5.1.1 user unknown"
    },
    "recipient refused, then hangs up": {
        "rcpt": b"550 5.1.1 user unknown",
        "data": HANGS_UP,
        "rset": HANGS_UP,
    },
    "recipient refused, then says nothing": {
        "rcpt": b"550 5.1.1 user unknown",
        "data": SAYS_NOTHING,
        "rset": SAYS_NOTHING,
    },
    "text put off": {"data": b"451 4.3.0 later"},
    "text refused": {"data": b"554 5.7.1 blocked"},
    "goodbye to the text": {"data": b"421 4.3.2 closing"},
    "nonsense": {"mail": b"what?"},
    "hangs up at the sender": {"mail": HANGS_UP},
    "hangs up at the recipient": {"rcpt": HANGS_UP},
    "hangs up before the text": {"data": HANGS_UP},
    "says nothing to the sender": {"mail": SAYS_NOTHING},
    "says nothing to the recipient": {"rcpt": SAYS_NOTHING},
    "says nothing before the text": {"data": SAYS_NOTHING},
    "put off after the text": {".": b"452 4.3.1 insufficient storage"},
    "refused after the text": {".": b"554 5.7.1 spam"},
    "goodbye after the text": {".": b"421 4.3.2 closing"},
}


class Server:
    """Answers as told, once; and tells what it was told."""

    def __init__(self, fault: Mapping[str, bytes], *, pipelining: bool) -> None:
        self.port = 0
        self.fault = dict(fault)
        self.pipelining = pipelining
        self.commands: list[bytes] = []
        self.taken: list[bytes] = []

    def serve(self, listening: socket.socket) -> None:
        """Speak to one client until it goes, or is left."""
        connection, _ = listening.accept()
        connection.settimeout(10)
        with connection, connection.makefile("rb") as told:
            connection.sendall(b"220 here\r\n")
            unsaid = b""
            for line in told:
                self.commands.append(line)
                verb = line.split()[0].decode().lower()
                answer = self._answer(verb)
                unsaid += _said(answer)
                # Nothing is said before the group is there: it must come in one go.
                is_within = self.pipelining and verb in {"mail", "rcpt"}
                if not is_within or _is_last(answer):
                    connection.sendall(unsaid)
                    unsaid = b""
                if answer == USUAL["data"]:
                    answer = self._take(told)
                    connection.sendall(_said(answer))
                if _is_last(answer):
                    break
            while answer == SAYS_NOTHING and connection.recv(1_000):
                pass

    def _take(self, told: BinaryIO) -> bytes:
        text = b""
        while (part := told.readline()) != b".\r\n":
            if not part:  # its client went instead
                return HANGS_UP
            text += part
        answer = self._answer(".")
        if answer == USUAL["."]:
            self.taken.append(text)
        return answer

    def _answer(self, verb: str) -> bytes:
        if verb == "ehlo":
            return b"250-here\r\n250-SIZE 1000000\r\n250 " + (
                b"PIPELINING" if self.pipelining else b"8BITMIME"
            )
        return self.fault.pop(verb, USUAL[verb])


def _said(answer: bytes) -> bytes:
    return b"" if answer in {HANGS_UP, SAYS_NOTHING} else answer + b"\r\n"


def _is_last(answer: bytes) -> bool:
    return answer in {HANGS_UP, SAYS_NOTHING} or answer[:3] in {b"421", b"221"}


@contextmanager
def serving(fault: Mapping[str, bytes], *, pipelining: bool = True) -> Iterator[Server]:
    """Run one until the block ends, by when its client must have gone."""
    server = Server(fault, pipelining=pipelining)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server.port = listening.getsockname()[1]
        speaker = threading.Thread(target=server.serve, args=(listening,), daemon=True)
        speaker.start()
        yield server
        speaker.join(10)
        assert not speaker.is_alive()


def refusal_of(client: smtplib.SMTP, sender: str = SENDER, to: str = TO) -> Exception:
    with pytest.raises((OSError, ValueError, LostAnswerError)) as caught:
        client.sendmail(sender, [to], TEXT)
    return caught.value


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_a_group_is_what_it_is_to_python_one_by_one(name: str) -> None:
    with serving(FAULTS[name], pipelining=False) as server:
        plain = smtplib.SMTP("127.0.0.1", server.port, timeout=0.5)
        expected = refusal_of(plain)
        plain.close()
    with serving(FAULTS[name]) as server:
        client = Dialogue("127.0.0.1", server.port, timeout=0.5)
        found = refusal_of(client)
        is_open = client.sock is not None
        if is_open:
            client.sendmail(SENDER, [TO], NEXT)
        client.close()
    assert type(found) is type(expected)
    assert isinstance(found, OSError)
    assert isinstance(expected, OSError)
    assert str(refusals.meaning_of(found)) == str(refusals.meaning_of(expected))
    assert type(refusals.meaning_of(found)) is type(refusals.meaning_of(expected))
    # Of a refused mail nothing is delivered, but for the end of a text to nobody.
    assert set(server.taken) <= {b"", NEXT}
    # After nonsense the recipient was taken, and a text asked for.
    left = name.startswith(("goodbye", "hangs up", "says nothing", "nonsense"))
    left |= "then" in name
    assert is_open is not left


def test_an_answer_lost_after_the_text_may_mean_that_it_was_taken() -> None:
    for answer in (HANGS_UP, SAYS_NOTHING):
        with serving({".": answer}) as server:
            client = Dialogue("127.0.0.1", server.port, timeout=0.5)
            assert isinstance(refusal_of(client), LostAnswerError)
            client.close()


def test_a_recipient_taken_though_the_sender_was_not_gets_no_empty_mail() -> None:
    with serving({"mail": b"550 5.7.1 sender denied"}) as server:
        client = Dialogue("127.0.0.1", server.port, timeout=0.5)
        assert isinstance(refusal_of(client), smtplib.SMTPSenderRefused)
        assert client.sock is None
    assert server.taken == []


@pytest.mark.parametrize("pipelining", [True, False])
def test_mails_arrive_as_they_are_one_after_another(*, pipelining: bool) -> None:
    with (
        serving({}, pipelining=pipelining) as server,
        Dialogue("127.0.0.1", server.port, timeout=5) as client,
    ):
        for text in (TEXT, NEXT):
            assert client.sendmail(SENDER, [TO], text) == {}
    assert server.taken == [TEXT.replace(b".Dear", b"..Dear"), NEXT]
    begun = [line.lower() for line in server.commands if line[:4].lower() == b"mail"]
    assert begun[0] == b"mail from:<%s> size=%d\r\n" % (SENDER.encode(), len(TEXT))


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("is_sender", [True, False])
def test_an_address_beyond_ascii_is_never_said(
    *, is_sender: bool, pipelining: bool
) -> None:
    strange = "siân@parliament.example"
    with serving({}, pipelining=pipelining) as server:
        client = Dialogue("127.0.0.1", server.port, timeout=5)
        parties = (strange, TO) if is_sender else (SENDER, strange)
        assert isinstance(refusal_of(client, *parties), UnicodeEncodeError)
        client.close()
    assert server.taken == []
    assert not pipelining or [line[:4] for line in server.commands] == [b"ehlo"]


def test_an_address_that_python_cannot_mend_ends_before_anything_is_said() -> None:
    with serving({}) as server:
        client = Dialogue("127.0.0.1", server.port, timeout=5)
        refused = refusal_of(client, to="\r\n<")
        assert type(refused) is ValueError
        client.close()
    assert [line[:4] for line in server.commands] == [b"ehlo"]


@pytest.mark.parametrize(
    "address",
    [
        "first.last+tag@parliament.example",
        '"first last"@parliament.example',
        "a@[192.0.2.1]",
        "Name <a@b.example>",
        "a@b.example>\r\nrcpt to:<c@d.example",
        "a\n@b.example",
        "",
    ],
)
def test_an_address_is_quoted_as_python_does(address: str) -> None:
    with (
        serving({}) as server,
        Dialogue("127.0.0.1", server.port, timeout=5) as client,
    ):
        client.sendmail(SENDER, [address], TEXT)
    expected = f"rcpt TO:{smtplib.quoteaddr(address)}\r\n"
    assert expected.encode() in server.commands
