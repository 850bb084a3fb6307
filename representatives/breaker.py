"""When to leave a service alone, and how much of a process may wait for one.

In memory, each process for itself: what another has met lately is worth less than the
query that would tell it, and a process that knows nothing yet loses no more than three
short waits. All times are arguments: seconds of one clock that never goes back.
"""

import threading
from typing import Final

FAILURES_IN_A_ROW: Final = 3
FIRST_PAUSE: Final = 30.0
LONGEST_PAUSE: Final = 15 * 60.0
# However long a service wants to be left alone, it is tried again after this.
LONGEST_WISH: Final = 60 * 60.0


class Breaker:
    """Leaves one service alone for a growing while when it keeps failing.

    After the pause one look-up may try it. If that fails too, the next pause is twice
    as long; if it succeeds, all is as before.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._pause = FIRST_PAUSE
        self._closed_until = 0.0

    def allows(self, now: float) -> bool:
        """Whether to ask now; whoever is allowed says afterwards how it went."""
        with self._lock:
            if now < self._closed_until:
                return False
            if self._failures >= FAILURES_IN_A_ROW:
                # One tries, the others wait until it has said how it went.
                self._closed_until = now + self._pause
            return True

    def succeeded(self) -> None:
        """Note that the service answered, be it that it does not know."""
        with self._lock:
            self._failures, self._pause, self._closed_until = 0, FIRST_PAUSE, 0.0

    def failed(self, now: float, wish: float | None = None) -> None:
        """Note a failure; ``wish`` is how long the service wants to be left alone."""
        with self._lock:
            self._failures += 1
            if wish is not None:
                self._closed_until = now + min(max(wish, 1.0), LONGEST_WISH)
            elif self._failures >= FAILURES_IN_A_ROW:
                if self._failures > FAILURES_IN_A_ROW:
                    self._pause = min(2 * self._pause, LONGEST_PAUSE)
                self._closed_until = now + self._pause


class Allowance:
    """How much of its time a process may spend waiting: a tenth, some of it at once.

    A process of the web server answers one request at a time, so a service that is slow
    but not broken would otherwise keep everybody else waiting, too.
    """

    SHARE: Final = 0.1
    MOST: Final = 6.0

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left = self.MOST
        self._at = 0.0

    def covers(self, seconds: float, now: float) -> bool:
        """Whether so long a wait is still allowed now."""
        with self._lock:
            self._refill(now)
            return self._left >= seconds

    def spend(self, seconds: float, now: float) -> None:
        """Take off what was waited."""
        with self._lock:
            self._refill(now)
            self._left = max(0.0, self._left - seconds)

    def _refill(self, now: float) -> None:
        passed = max(0.0, now - self._at)
        self._left = min(self.MOST, self._left + passed * self.SHARE)
        self._at = now
