"""Reading the members beside other work: once a day, by one of all workers.

In a thread of its own, as a reading takes minutes and letters must not wait for it.
"""

import datetime
import logging
import threading
from collections.abc import Callable
from typing import Final, NoReturn

from django.conf import settings
from django.db import DatabaseError, connections
from django.utils import timezone

from representatives import parliament, reading, syncing
from representatives.errors import ImportUnderWayError, RegisterError
from representatives.models import Register, RegisterVersion, SyncRun
from representatives.sources.http import Client

logger = logging.getLogger(__name__)

EVERY: Final = datetime.timedelta(days=1)
# After one that failed: a server that is down is not asked all day.
AGAIN_AFTER: Final = datetime.timedelta(minutes=30)
# One that reads the last answer of a server gets this long to end.
_SECONDS_TO_END: Final = 20.0


class StoppedError(RegisterError):
    """The worker is to end; the next one goes on with what was read."""


def is_due(now: datetime.datetime) -> bool:
    """Whether a day has passed since the last reading, half an hour if that failed."""
    last = SyncRun.objects.newest_first().first()
    if last is None:
        return True
    # One that is still running after so long was killed, or nobody can begin another.
    is_to_be_repeated = last.state in {SyncRun.State.FAILED, SyncRun.State.RUNNING}
    pause = AGAIN_AFTER if is_to_be_repeated or _has_none() else EVERY
    return last.started_at + pause <= now


def _has_none() -> bool:
    """Whether no register of members counts, as after a change of boundaries."""
    loaded = RegisterVersion.objects.current().filter(register=Register.MEMBERS)
    return not loaded.exists()


class Reader:
    """Reads the members whenever that is due."""

    def __init__(self, clock: Callable[[], datetime.datetime] = timezone.now) -> None:
        self._clock = clock
        self._must_end = threading.Event()
        self._thread: threading.Thread | None = None

    def look(self) -> bool:
        """Begin a reading if one is due and none is under way; say whether it did."""
        if self._thread and self._thread.is_alive():
            return False
        if not settings.SYNC_MEMBERS or not is_due(self._clock()):
            return False
        self._thread = threading.Thread(target=self._run, name="members", daemon=True)
        self._thread.start()
        return True

    def end(self) -> None:
        """Have the reading stop, and wait until it has."""
        self._must_end.set()
        if self._thread:
            self._thread.join(_SECONDS_TO_END)

    def _run(self) -> None:
        try:
            self._read()
        except ImportUnderWayError:
            # Another worker was quicker.
            pass
        except StoppedError:
            logger.info("The reading of the members was stopped; it goes on later.")
        except (RegisterError, DatabaseError) as error:
            logger.warning("The members could not be read: %s", error)
        finally:
            connections.close_all()

    def _read(self) -> None:
        client = Client(settings.MEMBERS_API_URL, sleep=self._must_end.wait)
        source = reading.from_api(
            client,
            now=self._clock(),
            day=parliament.today(),
            tell=self._go_on,
        )
        run = syncing.run(source, clock=self._clock, wait=_do_not)
        if run.state == SyncRun.State.REFUSED:
            logger.warning(
                "A reading of the members waits for a person (run %s): %s",
                run.pk,
                run.reason,
            )
            return
        reading.forget_kept()
        reading.renew_portraits(client, self._go_on)

    def _go_on(self) -> None:
        if self._must_end.is_set():
            raise StoppedError("It was stopped with the worker.")


def _do_not(_seconds: float) -> NoReturn:
    raise ImportUnderWayError("Another worker is at it.")
