"""Settling what went while the next mails go.

What follows from a second's mails is one transaction, and takes the database about as
long as a quarter of that second's mails take to go. PostgreSQL does it beside them, for
a thread with a connection of its own. On SQLite, where one writes at a time, the marks
would wait for it, so that nothing were won.
"""

import datetime
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from types import TracebackType
from typing import Final, Self

from django.db import connection

from actions import recording

# What its thread is called.
THREAD: Final = "settling"
# For fewer a thread and a connection are not worth it.
_WORTH_IT: Final = 20


class Settler:
    """Settles one batch after another; when its block ends, all of them are settled.

    A worker that is killed meanwhile leaves marks, as one that is killed before it
    settles, and they are settled when their lease has ended.
    """

    def __init__(self, patience: datetime.timedelta) -> None:
        """Keep for how long the database may be away."""
        self._patience = patience
        self._beside: ThreadPoolExecutor | None = None
        self._going: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        beside, self._beside = self._beside, None
        try:
            self._finish()
        finally:
            if beside is not None:
                beside.submit(_close)
                beside.shutdown()

    def settle(
        self,
        lease: uuid.UUID | None,
        now: datetime.datetime,
        known: recording.Times | None = None,
        *,
        more_follow: bool = False,
    ) -> None:
        """Draw the consequences of what went; while the lease lasts nobody else does.

        Args:
            lease: under which it went.
            now: the time.
            known: as for ``recording.settle``.
            more_follow: whether other mails go next, so that this may happen beside
                them.

        Raises:
            OperationalError, InterfaceError: the database was away for longer than our
                patience, now or when the batch before was settled.

        """
        settle = partial(recording.settle, lease, now, known)
        insist = partial(recording.insist, settle, self._patience)
        try:
            self._finish()
        finally:
            if more_follow and len(known or ()) >= _WORTH_IT and _can_be_beside():
                self._beside = self._beside or ThreadPoolExecutor(1, THREAD)
                self._going = self._beside.submit(insist)
            else:
                insist()

    def _finish(self) -> None:
        """See that what was begun is settled."""
        going, self._going = self._going, None
        if going is not None:
            going.result()


def _close() -> None:
    """Close the connection of the thread that comes here."""
    connection.close()


def _can_be_beside() -> bool:
    """Whether another connection sees what this one wrote, and waits for nothing."""
    return connection.vendor == "postgresql" and not connection.in_atomic_block
