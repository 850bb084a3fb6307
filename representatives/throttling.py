"""A cheap limit on reads: approximate, in memory, each process for itself.

It takes the edge off a flood without a query. Whatever writes or mails is limited
exactly, in the database (``actions.limiting``).
"""

import threading
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from representatives import clients

WINDOW_SECONDS = 60.0
# More clients than this a minute and the count begins anew: memory stays bounded.
MOST_CLIENTS = 20_000


class ReadCounter:
    """Counts reads by client over a sliding minute, from two fixed ones.

    What came in the minute before weighs as much as of it still lies within the last
    sixty seconds. One dictionary look-up each, whatever the number of clients.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the time, in seconds, from a clock that nobody sets."""
        self.clock = clock
        self._lock = threading.Lock()
        self._window = 0
        self._now: dict[str, int] = {}
        self._before: dict[str, int] = {}

    def allows(self, client: str, limit: int) -> bool:
        """Count one read unless it is one too many."""
        window, passed = divmod(self.clock(), WINDOW_SECONDS)
        with self._lock:
            self._turn_to(int(window))
            weight = 1 - passed / WINDOW_SECONDS
            count = self._now.get(client, 0)
            if count + self._before.get(client, 0) * weight >= limit:
                return False
            if not count and len(self._now) >= MOST_CLIENTS:
                self._now.clear()
            self._now[client] = count + 1
            return True

    @property
    def clients(self) -> int:
        """How many are remembered for this minute."""
        return len(self._now)

    def clear(self) -> None:
        """Forget everybody."""
        with self._lock:
            self._now, self._before = {}, {}

    def _turn_to(self, window: int) -> None:
        if window != self._window:
            self._before = self._now if window == self._window + 1 else {}
            self._now = {}
            self._window = window


READS = ReadCounter()


class ReadsThrottle(BaseThrottle):
    """Django REST framework's door to the counter."""

    def allow_request(self, request: HttpRequest | Request, _view: Any) -> bool:
        """Whether the client may read now."""
        return READS.allows(clients.address_of(request), settings.READS_PER_MINUTE)

    def wait(self) -> float:
        """Seconds to the next window, in which this one weighs less and less."""
        return WINDOW_SECONDS - READS.clock() % WINDOW_SECONDS
