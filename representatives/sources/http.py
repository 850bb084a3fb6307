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
from typing import Any, Final

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

    def json(self, path: str, parameters: Mapping[str, str | int]) -> Any:
        """Give what an address answers, read as JSON.

        Raises:
            SourceError: there is no such answer, however often it is asked for.

        """
        said = self._bytes(path, parameters, "application/json")
        try:
            return json.loads(said)
        except (ValueError, RecursionError) as error:
            raise self._fault(path, "the answer is not JSON, or only half of it") from (
                error
            )

    def picture(self, path: str) -> bytes | None:
        """Give the picture at an address, if there is one; raises ``SourceError``."""
        try:
            return self._bytes(path, {}, "image/")
        except _NotThereError:
            return None

    def _bytes(
        self, path: str, parameters: Mapping[str, str | int], kind: str
    ) -> bytes:
        for pause in (*PAUSES, None):
            try:
                return self._asked(path, parameters, kind)
            except _PassingError as error:
                if pause is None:
                    tries = len(PAUSES) + 1
                    raise self._fault(path, f"{error}, {tries} times") from error
                wish = min(error.wish or 0.0, LONGEST_WISH)
                self.sleep(max(pause, wish))
        raise AssertionError  # pragma: no cover - the last pause is None

    def _asked(
        self, path: str, parameters: Mapping[str, str | int], kind: str
    ) -> bytes:
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
                        "Accept": f"{kind}*" if kind.endswith("/") else kind,
                    },
                )
            ) as answer:
                self._check(path, answer, kind)
                return self._read(path, answer)
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

    def _check(self, path: str, answer: requests.Response, kind: str) -> None:
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
        if not told.startswith(kind):
            raise self._fault(path, f"it answered with {told or 'no type'!r}")

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
