"""Mails that are passed over for a while, so that others can go before them.

Where something goes wrong with a mail that may be wrong with every mail, nobody knows
at first whose fault it is. The others tell: if they go, it was this one's. Each process
remembers this for itself; a mail's place in the queue stays as it was.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

SECONDS: Final = 60.0
# After so many times, between which others went, a fault is the mail's own.
TIMES: Final = 3
_FORGOTTEN_AFTER: Final = 3600.0


@dataclass(frozen=True)
class _Passed:
    at: float
    times: int


class PassedOver:
    """The mails that one process passes over.

    Args:
        clock: tells seconds, and is not set by anybody as a machine's clock may be.

    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._mails: dict[uuid.UUID, _Passed] = {}
        self._went_at = float("-inf")

    def went(self) -> None:
        """Hear that a mail went."""
        self._went_at = self._clock()

    def add(self, mail: uuid.UUID) -> bool:
        """Pass over a mail from now on; say whether what is wrong is its own fault.

        Or over all that is under a lease.
        """
        before, now = self._mails.get(mail), self._clock()
        times = 1
        if before is not None:
            times = before.times + (before.at < self._went_at)
        if times > TIMES:
            del self._mails[mail]
            return True
        self._mails[mail] = _Passed(now, times)
        return False

    def now(self) -> list[uuid.UUID]:
        """Name those that are passed over at the moment."""
        now = self._clock()
        kept = {
            mail: passed
            for mail, passed in self._mails.items()
            if now < passed.at + _FORGOTTEN_AFTER
        }
        self._mails = kept
        return [mail for mail, passed in kept.items() if now < passed.at + SECONDS]

    def clear(self) -> None:
        """Forget all of it."""
        self._mails.clear()
        self._went_at = float("-inf")


MAILS: Final = PassedOver()
