"""Ending the wait of letters that have no way out for so long that none would wait on.

While there is none it is nobody's failed try, so that tries never run out
(docs/decisions/0002-a-mail-is-a-row.md).
"""

import datetime
import time
from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext_noop

from actions import recording
from actions.delivering import Tidings
from actions.models import Delivery, Letter

# From when it was to go. Whoever runs the place is told all the while.
AFTER: Final = datetime.timedelta(days=14)
NO_WAY_OUT: Final = gettext_noop("No mail could go out from here.")
# For how long a worker has tried itself, in vain, before it gives any letter up: one
# that was started anew, perhaps with a wrong setting, knows nothing of the time before.
_TRIED_FOR_SECONDS: Final = 24 * 3600.0
# A worker with something to send tries again within a minute or so. If it had nothing
# for longer, the next trouble is another one.
_SAME_TROUBLE_SECONDS: Final = 3600.0


class Outage:
    """For how long a worker has found no way out, whatever it tried.

    Args:
        clock: tells seconds, and is not set by anybody as a machine's clock may be.

    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began: float | None = None
        self._last: float | None = None

    def hear(self, tidings: Tidings) -> None:
        """Learn from a look at what was due.

        A mail that was taken or refused by itself had a way out. Nothing due tells
        nothing: others may hold what is.
        """
        if tidings.sent or tidings.postponed or tidings.failed:
            self._began = self._last = None
        elif tidings.trouble:
            if not self._is_going_on():
                self._began = self._clock()
            self._last = self._clock()

    def is_long(self) -> bool:
        """Whether it goes on, and has for so long that letters may be given up."""
        return (
            self._began is not None
            and self._is_going_on()
            and self._clock() - self._began >= _TRIED_FOR_SECONDS
        )

    def _is_going_on(self) -> bool:
        return (
            self._last is not None
            and self._clock() - self._last <= _SAME_TROUBLE_SECONDS
        )


def long_due(
    now: datetime.datetime, *, live: bool, should_stop: Callable[[], bool]
) -> int:
    """Give up the letters that have been due for that long; say how many.

    Their writers are owed the text and how to post it, as soon as there is a way out.

    Args:
        now: the time.
        live: whether real letters are meant.
        should_stop: asked before each; the others follow at the next call.

    """
    # What a dead worker held is freed first, and its history says that it may be gone.
    due = Delivery.objects.waiting().filter(
        lease=None,
        kind=Delivery.Kind.LETTER,
        is_demo=not live,
        letter__state=Letter.State.QUEUED,
        due_at__lte=now - AFTER,
    )
    count = 0
    in_order = due.select_related("letter").order_by("due_at")
    for delivery in in_order.iterator(chunk_size=200):
        if should_stop():
            break
        count += recording.failed(delivery, NO_WAY_OUT, now)
    return count
