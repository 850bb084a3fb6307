"""Noticing that a machine's clock was set, beside one that nobody sets.

Leases, pauses and the time that something is kept end by the clock of the machine. Of
one that was set wrong for a while little may come, and nothing that can't be undone
(docs/decisions/0002-a-mail-is-a-row.md).
"""

import datetime
import math
import time
from collections.abc import Callable
from typing import Final

# NTP sets what it can't slew, by less, and no lease is so short.
_STEP: Final = datetime.timedelta(seconds=2)
# So much later something may end for which days were promised.
_NEVER_MIND: Final = datetime.timedelta(hours=1)
# Whoever set it wrong, or a time server, has put it right by then.
_BELIEVED_AFTER: Final = datetime.timedelta(days=1)
# Linux counts the time, too, in which the machine slept; elsewhere one that wakes looks
# as if its clock was set.
_BOOT_TIME: Final = getattr(time, "CLOCK_BOOTTIME", None)


def _running() -> float:
    """Tell for how many seconds the machine has been running."""
    return time.monotonic() if _BOOT_TIME is None else time.clock_gettime(_BOOT_TIME)


class Steadiness:
    """What one worker saw of the clock since it began.

    Args:
        running: tells seconds, and is not set by anybody as a machine's clock may be.

    """

    def __init__(self, running: Callable[[], float] = _running) -> None:
        self._running = running
        self._seen: datetime.datetime | None = None
        self._believed: datetime.datetime | None = None
        # As the machine runs: long before anything is set.
        self._set_at = self._set_ahead_at = -math.inf

    @property
    def ahead(self) -> datetime.timedelta:
        """By how much it goes before what it told for long enough to be believed."""
        if self._seen is None or self._believed is None:
            return datetime.timedelta()
        return _in_seconds(self._seen - self._believed)

    @property
    def is_believed(self) -> bool:
        """Whether something may be done that can't be undone because it is so late."""
        return self.ahead < _NEVER_MIND

    def look(self, now: datetime.datetime) -> datetime.timedelta:
        """Compare the clocks; say by how much it was set ahead since the last look.

        That is nothing at all where it was not, or was set back.
        """
        running = self._running()
        # When this would have begun to run, if the clock had always been as it is.
        began = now - datetime.timedelta(seconds=running)
        step = began - (self._seen or began)
        self._seen = began
        if abs(step) >= _STEP:
            self._set_at = running
        if running - self._set_at >= _BELIEVED_AFTER.total_seconds():
            self._believed = began
        if step < _STEP:
            return datetime.timedelta()
        self._set_ahead_at = running
        return _in_seconds(step)

    def was_set_ahead_within(self, period: datetime.timedelta) -> bool:
        """Whether it was set ahead so lately, by however little."""
        return self._running() - self._set_ahead_at < period.total_seconds()


def _in_seconds(length: datetime.timedelta) -> datetime.timedelta:
    return datetime.timedelta(seconds=round(length.total_seconds()))
