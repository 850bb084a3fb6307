"""How a mail server is spoken to: each of its answers has a time to come in.

Python's own dialogue waits for each byte anew, so that a server that sends one now and
then holds a worker for ever. Nor does it tell a mail that was lost on the way from one
whose answer was. And it waits for four answers a mail, where most servers take what
comes before the text in one go (PIPELINING, RFC 2920).
"""

import io
import re
import smtplib
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

from django.core.mail.backends.smtp import EmailBackend

from actions.errors import LostAnswerError

_TAKEN: Final = 250
# Taken, and handed on elsewhere.
_TAKEN_TO: Final = frozenset({_TAKEN, 251})
_GO_AHEAD: Final = 354
_GOODBYE: Final = 421
# What may be answered to a whole text: some other yes is one, too.
_SUCCESSES: Final = range(200, 300)
_REFUSALS: Final = range(400, 600)
_LINE_END: Final = b"\r\n"
_DATA: Final = b"data\r\n"
_END: Final = b".\r\n"
# What needs no parsing to be known as an address, as nearly all do.
_ATOM: Final = r"[\w!#$%&'*+/=?^`{|}~-]+"
_ADDRESS: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@[\w-]+(?:\.[\w-]+)*", re.ASCII)

_Answer = tuple[int, bytes]


class Backend(EmailBackend):
    """Django's SMTP with such a dialogue."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """With TLS from the start, or without."""
        return _DialogueInTls if self.use_ssl else Dialogue

    def open(self) -> bool | None:
        """Open the connection and greet, so that no mail pays for a bad welcome."""
        is_new: bool | None = super().open()
        if is_new and self.connection is not None:
            self.connection.ehlo_or_helo_if_needed()
        return is_new


class Dialogue(smtplib.SMTP):
    """What is said to a mail server."""

    # Called before a text goes.
    _before_text: Callable[[], None] = staticmethod(lambda: None)

    def getreply(self) -> _Answer:
        """Read one answer; all of it has the time that a mail server is given."""
        if self.file is None and self.sock is not None:
            self.file = _Answers(self.sock)
        if self.file is not None:
            self.file.late_at = time.monotonic() + self.timeout
        try:
            return super().getreply()
        finally:
            if self.sock is not None:
                self.sock.settimeout(self.timeout)

    def hand_over(
        self, sender: str, to: str, text: bytes, before_text: Callable[[], None]
    ) -> None:
        """Hand over a mail to one address; raises what ``sendmail`` does.

        Args:
            sender: whom it comes back to.
            to: whom it is for.
            text: the whole of it, as it goes over the wire.
            before_text: called once the server has agreed to take the text, of which
                nothing has gone. Where it raises anything, that is raised, and the
                connection is closed: nothing else takes an agreed mail back.

        """
        self._before_text = before_text
        self.sendmail(sender, [to], text)

    def sendmail(
        self,
        from_addr: str,
        to_addrs: str | Sequence[str],
        msg: Any,
        mail_options: Sequence[str] = (),
        rcpt_options: Sequence[str] = (),
    ) -> dict[str, _Answer]:
        """Hand over a mail, as quickly as the server allows; raises what Python's does.

        Where a group of commands may go at once, all their answers are read. The text
        goes only when the server has agreed to all of them.
        """
        options = (*mail_options, *rcpt_options)
        self.ehlo_or_helo_if_needed()
        if len(to_addrs) != 1 or options or not self.has_extn("pipelining"):
            return super().sendmail(
                from_addr, to_addrs, msg, mail_options, rcpt_options
            )
        self._begin(from_addr, to_addrs[0], len(msg))
        code, answer = self._hand_over(msg)
        if code != _TAKEN:
            self._after_refusal(code)
            raise smtplib.SMTPDataError(code, answer)
        return {}

    def _begin(self, sender: str, to: str, size: int) -> None:
        """Say whom a mail is from and to, and that its text is to come, in one go."""
        said = f"FROM:{_quoted(sender)}"
        if self.has_extn("size"):
            said += f" size={size}"
        self.send(_line("mail", said) + _line("rcpt", f"TO:{_quoted(to)}") + _DATA)
        code, answer = self.getreply()
        if code != _TAKEN:
            self._end_unsent(code, is_sender_taken=False)
            raise smtplib.SMTPSenderRefused(code, answer, sender)
        code, answer = self.getreply()
        if code not in _TAKEN_TO:
            self._end_unsent(code, is_sender_taken=True)
            raise smtplib.SMTPRecipientsRefused({to: (code, answer)})
        code, answer = self.getreply()
        if code != _GO_AHEAD:
            self._after_refusal(code)
            raise smtplib.SMTPDataError(code, answer)

    def _end_unsent(self, code: int, *, is_sender_taken: bool) -> None:
        """Read what is answered to the rest of a group, so that no mail comes of it.

        Raises nothing: whoever was refused is told of that. A server that hangs up or
        answers too late finds the connection closed.
        """
        if code == _GOODBYE:
            self.close()
            return
        with suppress(OSError):
            is_to_nobody = is_sender_taken or self.getreply()[0] not in _TAKEN_TO
            if self.getreply()[0] == _GO_AHEAD:
                if not is_to_nobody:
                    # The end of a text, even of none, would be the end of a mail.
                    self.close()
                    return
                self.send(_END)
                self.getreply()
            self._after_refusal(code)

    def _after_refusal(self, code: int) -> None:
        """Make room for the next mail, or hang up on a server that does."""
        if code == _GOODBYE:
            self.close()
            return
        with suppress(smtplib.SMTPServerDisconnected):
            self.rset()

    def data(self, msg: Any) -> _Answer:
        """Hand over the bytes of a mail.

        Raises:
            SMTPDataError: it is refused before it begins.
            LostAnswerError: it is all out, and whether it was taken remains unsaid.

        """
        code, answer = self.docmd("DATA")
        if code != _GO_AHEAD:
            # Python leaves the mail half begun, and the next one is refused for it.
            self._after_refusal(code)
            raise smtplib.SMTPDataError(code, answer)
        return self._hand_over(msg)

    def _hand_over(self, text: bytes) -> _Answer:
        try:
            self._before_text()
        except BaseException:
            self.close()
            raise
        return self._say(text)

    def _say(self, text: bytes) -> _Answer:
        body = text.removesuffix(_LINE_END).replace(b"\n.", b"\n..")
        if body.startswith(b"."):
            body = b"." + body
        self.send(body + _LINE_END + _END)
        try:
            code, answer = self.getreply()
        except OSError as error:
            raise LostAnswerError from error
        if code in _SUCCESSES:
            return _TAKEN, answer
        if code not in _REFUSALS:
            # It is out of step, or no mail server: what it says next means nothing.
            self.close()
            raise LostAnswerError
        return code, answer


class _DialogueInTls(Dialogue, smtplib.SMTP_SSL):
    pass


def _quoted(address: str) -> str:
    """Write an address as Python does, but for those that are known to be one."""
    is_known = _ADDRESS.fullmatch(address)
    return f"<{address}>" if is_known else smtplib.quoteaddr(address)


def _line(command: str, said: str) -> bytes:
    """Write a command.

    Raises:
        ValueError: a line end, or what is not ASCII, would be in it.

    """
    if "\r" in said or "\n" in said:
        message = "A command would hold a line end."
        raise ValueError(message)
    return f"{command} {said}\r\n".encode("ascii")


class _Answers(io.BufferedReader):
    """What the server says, until it is late."""

    def __init__(self, server: socket.socket) -> None:
        self._heard = _Heard(server)
        super().__init__(self._heard)

    @property
    def late_at(self) -> float:
        return self._heard.late_at

    @late_at.setter
    def late_at(self, at: float) -> None:
        self._heard.late_at = at


class _Heard(io.RawIOBase):
    def __init__(self, server: socket.socket) -> None:
        super().__init__()
        self._server = server
        self.late_at = 0.0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self.late_at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._server.settimeout(left)
        return self._server.recv_into(buffer)
