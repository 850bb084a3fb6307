"""A patient client for other people's registers: paced, bounded, trying again.

For reading a whole register in the background. Who waits for a page is served by
``asking``, which neither waits nor tries again.
"""

import json
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final, NamedTuple

import requests
from django.conf import settings

from representatives.errors import SourceError

# In seconds: to connect, between two pieces of an answer, and for all of it.
TIMEOUTS: Final = (5.0, 15.0)
LONGEST_ANSWER_SECONDS: Final = 60.0
LARGEST_ANSWER_BYTES: Final = 5_000_000
# After each failure but the last.
PAUSES: Final = (1.0, 5.0, 20.0)
# However long a server wants to be left alone, the run waits no longer.
LONGEST_WISH: Final = 60.0
LEAST_SECONDS_BETWEEN: Final = 0.25
_JSON: Final = ("application/json",)
_PICTURES: Final = ("image/",)
_CHUNK: Final = 65_536
_WORTH_TRYING_AGAIN: Final = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)


class _NotThereError(SourceError):
    """There is nothing at this address."""


class _PassingError(Exception):
    """It may go better next time, perhaps after so many seconds."""

    def __init__(self, reason: str, wish: float | None = None) -> None:
        super().__init__(reason)
        self.wish = wish


class _Answer(NamedTuple):
    """What came, and the type that it is said to have."""

    said: bytes
    kind: str


@dataclass
class Client:
    """Asks one server, at most four times a second."""

    base: str
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    # Called before each try, by whoever must show that it is still at work.
    alive: Callable[[], object] = lambda: None
    _session: requests.Session = field(default_factory=requests.Session)
    _last: float | None = None

    def json(
        self,
        path: str,
        parameters: Mapping[str, str | int],
        kinds: tuple[str, ...] = _JSON,
    ) -> Any:
        """Give what an address answers, read as JSON.

        ``kinds`` are the types that the server may say it has.

        Raises:
            SourceError: there is no such answer, however often it is asked for. It
                names the server and the path, never the parameters.

        """
        answer = self._answer(path, parameters, kinds)
        is_latin = "charset=iso-8859-1" in answer.kind
        try:
            return json.loads(
                answer.said.decode("iso-8859-1") if is_latin else answer.said
            )
        except (ValueError, RecursionError) as error:
            raise self._fault(path, "the answer is not JSON, or only half of it") from (
                error
            )

    def picture(self, path: str) -> bytes | None:
        """Give the picture at an address, if there is one; raises ``SourceError``."""
        try:
            return self._answer(path, {}, _PICTURES).said
        except _NotThereError:
            return None

    def _answer(
        self, path: str, parameters: Mapping[str, str | int], kinds: tuple[str, ...]
    ) -> _Answer:
        for pause in (*PAUSES, None):
            try:
                return self._asked(path, parameters, kinds)
            except _PassingError as error:
                if pause is None:
                    tries = len(PAUSES) + 1
                    raise self._fault(path, f"{error}, {tries} times") from error
                wish = min(error.wish or 0.0, LONGEST_WISH)
                self.sleep(max(pause, wish))
        raise AssertionError  # pragma: no cover - the last pause is None

    def _asked(
        self, path: str, parameters: Mapping[str, str | int], kinds: tuple[str, ...]
    ) -> _Answer:
        self.alive()
        self._keep_pace()
        try:
            with closing(
                self._session.get(
                    f"{self.base}{path}",
                    params=dict(parameters),
                    timeout=TIMEOUTS,
                    stream=True,
                    # To where an answer points is for a person to decide.
                    allow_redirects=False,
                    headers={
                        "User-Agent": f"Postbag (+{settings.SITE_URL})",
                        "Accept": ", ".join(map(_wanted, kinds)),
                    },
                )
            ) as answer:
                kind = self._checked_kind(path, answer, kinds)
                return _Answer(self._read(path, answer), kind)
        except _WORTH_TRYING_AGAIN as error:
            raise _PassingError(_in_words(error)) from error
        except requests.RequestException as error:
            raise self._fault(path, type(error).__name__) from error

    def _keep_pace(self) -> None:
        now = self.clock()
        if self._last is not None:
            early = self._last + LEAST_SECONDS_BETWEEN - now
            if early > 0:
                self.sleep(early)
                now += early
        self._last = now

    def _checked_kind(
        self, path: str, answer: requests.Response, kinds: tuple[str, ...]
    ) -> str:
        status = answer.status_code
        is_passing = status >= HTTPStatus.INTERNAL_SERVER_ERROR
        if is_passing or status == HTTPStatus.TOO_MANY_REQUESTS:
            wish = _seconds(answer.headers.get("Retry-After", ""))
            raise _PassingError(f"it answered {status}", wish)
        if status == HTTPStatus.NOT_FOUND:
            raise _NotThereError(str(self._fault(path, "there is no such page")))
        if status != HTTPStatus.OK:
            raise self._fault(path, f"it answered {status}")
        told = answer.headers.get("Content-Type", "").lower()
        if not told.startswith(kinds):
            raise self._fault(path, f"it answered with {told or 'no type'!r}")
        return told

    def _read(self, path: str, answer: requests.Response) -> bytes:
        begun, read = self.clock(), bytearray()
        for chunk in answer.iter_content(_CHUNK):
            read += chunk
            if len(read) > LARGEST_ANSWER_BYTES:
                raise self._fault(path, "the answer is far too long")
            if self.clock() - begun > LONGEST_ANSWER_SECONDS:
                raise _PassingError("the answer did not come to its end in time")
        announced = answer.headers.get("Content-Length", "")
        is_plain = "Content-Encoding" not in answer.headers
        if is_plain and announced.isdecimal() and int(announced) != len(read):
            raise _PassingError("the answer broke off")
        return bytes(read)

    def _fault(self, path: str, reason: str) -> SourceError:
        return SourceError(
            f"{self.base}{path} gave nothing that can be used: {reason}. What is loaded"
            " stays as it was. Try again later."
        )


def _wanted(kind: str) -> str:
    return f"{kind}*" if kind.endswith("/") else kind


def _in_words(error: Exception) -> str:
    if isinstance(error, requests.Timeout):
        return "it did not answer in time"
    return "the connection failed or broke off"


def _seconds(wish: str) -> float | None:
    """Read how long a server wants to be left alone: in seconds, or until a date."""
    if wish.isascii() and wish.isdecimal():
        return float(wish[:9])
    try:
        return parsedate_to_datetime(wish).timestamp() - time.time()
    except (TypeError, ValueError):
        return None
