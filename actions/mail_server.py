"""How a mail server is spoken to: each of its answers has a time to come in.

Python's own dialogue waits for each byte anew, so that a server that sends one now and
then holds a worker for ever. Nor does it tell a mail that was lost on the way from one
whose answer was.
"""

import io
import re
import smtplib
import socket
import time
from contextlib import suppress
from typing import Any, Final

from django.core.mail.backends.smtp import EmailBackend

from actions.errors import LostAnswerError

_GO_AHEAD: Final = 354
_FIRST_DOT: Final = re.compile(rb"^\.", re.MULTILINE)
_LINE_END: Final = b"\r\n"


class Backend(EmailBackend):
    """Django's SMTP with such a dialogue."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """With TLS from the start, or without."""
        return _DialogueInTls if self.use_ssl else _Dialogue

    def open(self) -> bool | None:
        """Open the connection and greet, so that no mail pays for a bad welcome."""
        is_new: bool | None = super().open()
        if is_new and self.connection is not None:
            self.connection.ehlo_or_helo_if_needed()
        return is_new


class _Dialogue(smtplib.SMTP):
    def getreply(self) -> tuple[int, bytes]:
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

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Hand over the bytes of a mail.

        Raises:
            SMTPDataError: it is refused before it begins.
            LostAnswerError: it is all out, and whether it was taken remains unsaid.

        """
        code, answer = self.docmd("DATA")
        if code != _GO_AHEAD:
            # Python leaves the mail half begun, and the next one is refused for it.
            with suppress(smtplib.SMTPServerDisconnected):
                self.rset()
            raise smtplib.SMTPDataError(code, answer)
        body = _FIRST_DOT.sub(b"..", msg).removesuffix(_LINE_END)
        self.send(body + _LINE_END + b"." + _LINE_END)
        try:
            return self.getreply()
        except OSError as error:
            raise LostAnswerError from error


class _DialogueInTls(_Dialogue, smtplib.SMTP_SSL):
    pass


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
