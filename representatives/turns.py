"""Taking turns at importing a register: a short lease that its holder prolongs.

An import that was killed stops prolonging its lease, so the next one waits for that to
run out and has the turn. Whoever lost a lease, because the machine stood still for so
long, notices at the next step and stops.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from representatives.errors import ImportUnderWayError
from representatives.models import ImportLease, Register, RegisterVersion

if TYPE_CHECKING:
    from django.db.models import QuerySet

LEASE: Final = timedelta(seconds=15)
_PROLONG_AFTER: Final = timedelta(seconds=2)
SECONDS_BETWEEN_TRIES: Final = 1.0

Clock = Callable[[], datetime]
Wait = Callable[[float], object]


@dataclass(slots=True)
class Turn:
    """A held lease."""

    register: Register
    clock: Clock
    lease: timedelta = LEASE
    holder: uuid.UUID = field(default_factory=uuid.uuid4)
    _prolonged: datetime | None = None

    def prolong(self) -> None:
        """Keep the turn; to be called often. Raises ``ImportUnderWayError``."""
        now = self.clock()
        if self._prolonged is None or now - self._prolonged >= _PROLONG_AFTER:
            self.secure(now)

    def secure(self, now: datetime) -> None:
        """Prolong it and know that it is ours. Raises ``ImportUnderWayError``."""
        if not self._lease().update(until=now + self.lease):
            raise ImportUnderWayError(
                "Another import has taken over, as this one stood still for too long."
                " What is loaded is as it was. Try again when the other has ended."
            )
        self._prolonged = now

    def begin(self, version: RegisterVersion) -> None:
        """Note what is being written, for whoever comes after a kill."""
        self._lease().update(version=version)

    def unfinished(self) -> RegisterVersion | None:
        """What was being written, by this import or by one that was killed."""
        return RegisterVersion.objects.filter(
            importlease__register=self.register, is_current=False, waits_for=None
        ).first()

    def end(self) -> None:
        """Let the next one have the turn."""
        self._lease().delete()

    def take(self) -> bool:
        """Take a turn that nobody holds."""
        now = self.clock()
        until = now + self.lease
        _, is_first = ImportLease.objects.get_or_create(
            register=self.register, defaults={"holder": self.holder, "until": until}
        )
        self._prolonged = now
        return is_first or bool(
            ImportLease.objects.filter(register=self.register, until__lt=now).update(
                holder=self.holder, until=until
            )
        )

    def held_until(self) -> datetime | None:
        """When the lease runs out, whoever holds it."""
        lease = ImportLease.objects.filter(register=self.register).first()
        return lease.until if lease else None

    def _lease(self) -> "QuerySet[ImportLease]":
        return ImportLease.objects.filter(register=self.register, holder=self.holder)


@contextmanager
def taken(
    register: Register, clock: Clock, wait: Wait, lease: timedelta = LEASE
) -> Iterator[Turn]:
    """Have the turn for the time of the block, prolonged at least once a ``lease``.

    Somebody else's lease is waited for as long as it lasts. Raises
    ``ImportUnderWayError`` as soon as it is prolonged.
    """
    turn = Turn(register, clock, lease)
    until = turn.held_until()
    while not turn.take():
        if turn.held_until() != until:
            raise ImportUnderWayError(
                f"Another import of {register.label} is under way. Wait until it has"
                " ended, then try again if need be."
            )
        wait(SECONDS_BETWEEN_TRIES)
    try:
        yield turn
    finally:
        turn.end()
