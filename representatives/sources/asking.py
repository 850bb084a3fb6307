"""One question to somebody else's web server, over at a given moment.

Timeouts of sockets begin anew with every byte, and the look-up of a name has none at
all. So the question is asked in a thread of its own; when the time is over nobody waits
for it any longer, and its connection is cut.
"""

import contextlib
import http.client
import json
import socket
import ssl
import threading
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from representatives.errors import ServiceError

USER_AGENT: Final = "Postbag (writes to MPs; open source)"
# No answer that we ask for is longer.
_LONGEST: Final = 200_000
# So many questions may be under way in a process, those that nobody waits for included.
_places = threading.BoundedSemaphore(4)
_HANGED_UP: Final = (OSError, http.client.HTTPException, ValueError)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever it says."""

    status: int
    content_type: str
    retry_after: str
    body: bytes

    def json(self) -> Any:
        """Read the body.

        Raises:
            ValueError: it is not JSON.

        """
        if self.content_type.partition(";")[0].strip().lower() != "application/json":
            raise ValueError("not JSON")
        # RecursionError: brackets in brackets.
        with contextlib.suppress(RecursionError):
            return json.loads(self.body)
        raise ValueError("not JSON")

    def pause(self, at: float) -> float | None:
        """Say for how many seconds we are asked to wait; ``at`` is the time of day."""
        if self.retry_after.isascii() and self.retry_after.isdigit():
            return float(self.retry_after[:9])
        with contextlib.suppress(ValueError, TypeError):
            return parsedate_to_datetime(self.retry_after).timestamp() - at
        return None


def get(url: str, *, within: float) -> Answer:
    """Ask for an address; nothing goes out but the address and who we are.

    No cookie, no referrer, and no other address that an answer may point to.

    Raises:
        ServiceError: there is no whole answer ``within`` so many seconds.

    """
    if not _places.acquire(blocking=False):
        raise ServiceError("too many questions are under way")
    question = _Question(urlsplit(url), within)
    threading.Thread(target=question.ask, daemon=True).start()
    if not question.is_over.wait(within):
        question.cut()
        raise ServiceError(_too_slow(within))
    if question.answer is None:
        raise ServiceError(question.fault)
    return question.answer


@dataclass
class _Question:
    address: SplitResult
    within: float
    answer: Answer | None = None
    fault: str = "the connection failed"
    is_over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _socket: socket.socket | None = None
    _is_cut: bool = False

    def ask(self) -> None:
        """Ask, in a thread; afterwards there is either an answer or a fault."""
        try:
            self.answer = self._answered()
        except TimeoutError:
            # The socket's own, which may run out a moment before the caller's.
            self.fault = _too_slow(self.within)
        except _HANGED_UP as error:
            self.fault = f"the connection failed ({type(error).__name__})"
        finally:
            _places.release()
            self.is_over.set()

    def cut(self) -> None:
        """End the connection, whatever it is doing."""
        with self._lock:
            self._is_cut = True
            if self._socket:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)

    def _answered(self) -> Answer:
        host, is_safe = self.address.hostname or "", self.address.scheme == "https"
        port = self.address.port or (443 if is_safe else 80)
        kind = http.client.HTTPSConnection if is_safe else http.client.HTTPConnection
        connection = kind(host, self.address.port, timeout=self.within)
        with contextlib.closing(connection):
            opened = socket.create_connection((host, port), self.within)
            # Whatever stands here is closed at the end.
            connection.sock = opened
            self._keep(opened)
            if is_safe:
                connection.sock = wrapped = ssl.create_default_context().wrap_socket(
                    opened, server_hostname=host, do_handshake_on_connect=False
                )
                self._keep(wrapped)
                wrapped.do_handshake()
            return self._exchanged(connection)

    def _exchanged(self, connection: http.client.HTTPConnection) -> Answer:
        wanted = self.address.path
        if self.address.query:
            wanted += f"?{self.address.query}"
        connection.request(
            "GET",
            wanted,
            headers={
                "User-Agent": USER_AGENT,
                "Accept": "application/json",
                "Connection": "close",
            },
        )
        answer = connection.getresponse()
        body = answer.read(_LONGEST + 1)
        left = answer.length
        if len(body) > _LONGEST or left:
            raise http.client.HTTPException("too long, or not whole")
        return Answer(
            answer.status,
            answer.headers.get("Content-Type", ""),
            answer.headers.get("Retry-After", "").strip(),
            body,
        )

    def _keep(self, opened: socket.socket) -> None:
        """Remember what is to be cut.

        Raises:
            OSError: the time is over already.

        """
        with self._lock:
            self._socket = opened
            if self._is_cut:
                raise TimeoutError


def _too_slow(within: float) -> str:
    return f"no whole answer within {within:.1f} seconds"
