"""Taking mails that are due into a worker's hands, by a lease, and giving them back."""

import datetime
import time
import uuid
from collections.abc import Sequence
from functools import partial
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from actions import closure, failing, pacing, passing_over, recording
from actions.models import Delivery
from actions.models.deliveries import DeliveryQuerySet
from representatives import parliament

# How often the mail server may keep us waiting for one mail: one wait for each line of
# the dialogue. A lease outlasts that, and the time that a batch is held, amply.
_WAITS_FOR_A_MAIL: Final = 6
AMPLY: Final = datetime.timedelta(seconds=10)
# Leases of claims that this process had no answer to, and until when they may appear,
# by a clock that nobody sets.
LOST: Final[dict[uuid.UUID, float]] = {}
# No worker runs, or none has a way out: budgets and pauses move what is due.
_LATE: Final = datetime.timedelta(hours=1)


def lease_time() -> datetime.timedelta:
    """Say how long a worker holds what it claims, however slow the mail server is."""
    return datetime.timedelta(seconds=_WAITS_FOR_A_MAIL * settings.EMAIL_TIMEOUT) + (
        AMPLY
    )


def claim(now: datetime.datetime, *, live: bool, at_most: int) -> list[Delivery]:
    """Take mails that are due into this worker's hands, the longest due first.

    One UPDATE that looks at each row once more as it changes it: of two workers that
    saw the same row, one gets it.

    Raises:
        OperationalError, InterfaceError, InternalError: the database went away, or it
            always errs at one of these mails, which a claim of one alone passes over.
            Nothing is held, unless the database was away for as long as a lease lasts.

    """
    lease = uuid.uuid4()
    chosen: list[uuid.UUID] = []
    due = _claimable(now, live=live)
    try:
        while chosen := list(
            due.order_by("due_at").values_list("pk", flat=True)[:at_most]
        ):
            claimed = due.filter(pk__in=chosen).update(
                lease=lease, leased_until=now + lease_time()
            )
            if claimed and (batch := _within_budget(lease, now, live=live)):
                return batch
            # Another worker was quicker with every one of them, or none may go yet:
            # there may be more.
    except Exception:
        # Otherwise these would wait for the end of a lease that nobody knows of, and
        # the first of them would then be said to have been in somebody's hands.
        if at_most == 1 and chosen:
            passing_over.MAILS.add(chosen[0])
        LOST[lease] = time.monotonic() + lease_time().total_seconds()
        recording.insist(partial(_let_go, lease), lease_time())
        raise
    return []


def let_go_of_lost() -> None:
    """Let go once more what claims took whose answer got lost.

    A database that had lost us may have carried one out later.
    """
    for lease, until in list(LOST.items()):
        _let_go(lease)
        if time.monotonic() > until:
            del LOST[lease]


def is_any_due(now: datetime.datetime, *, live: bool) -> bool:
    """Whether there is something to claim."""
    return _claimable(now, live=live).exists()


def are_late(now: datetime.datetime, *, live: bool) -> bool:
    """Whether a mail that may go has been due for so long that nothing seems to go."""
    return _due(now, live=live).filter(due_at__lte=now - _LATE).exists()


def give_back(rest: Sequence[Delivery]) -> None:
    """Let others have what this worker has not begun, all of one lease.

    Raises:
        OperationalError, InterfaceError, InternalError: the database was away for as
            long as a lease lasts.

    """
    if rest:
        keys = [one.pk for one in rest]
        recording.insist(partial(_let_go, rest[0].lease, keys), lease_time())


def _claimable(now: datetime.datetime, *, live: bool) -> DeliveryQuerySet:
    """Ask for what may go now, but for what this process passes over."""
    due, passed = _due(now, live=live), passing_over.MAILS.now()
    return due.exclude(Q(pk__in=passed) | Q(lease__in=passed)) if passed else due


def _due(now: datetime.datetime, *, live: bool) -> DeliveryQuerySet:
    """Ask for what may go now."""
    due = Delivery.objects.claimable(now, live=live)
    house = parliament.on(timezone.localdate(now))
    held = closure.held_kinds(house, now, live=live)
    if held:
        due = due.exclude(kind__in=held)
    if house.is_filling:
        # Whoever it goes to may be elected again. Once the result should be here, the
        # look that comes every minute holds it (``reviewing``): none waits for ever.
        without_result = Delivery.objects.filter(
            kind=Delivery.Kind.LETTER,
            letter__representative__is_current=False,
            letter__constituency__is_current=True,
        ).exclude(letter__constituency__representatives__is_current=True)
        due = due.exclude(pk__in=without_result)
    return due


def _let_go(lease: uuid.UUID | None, keys: Sequence[uuid.UUID] | None = None) -> None:
    """Free what waits under a lease, or some of it."""
    held = Delivery.objects.waiting().filter(lease=lease, lease__isnull=False)
    if keys is not None:
        held = held.filter(pk__in=keys)
    held.update(lease=None, leased_until=None)


def _held(lease: uuid.UUID) -> DeliveryQuerySet:
    return (
        Delivery.objects.waiting()
        .filter(lease=lease)
        .select_related("letter__representative")
        .defer("letter__base_text", "letter__consent_wording")
        # Read by themselves, and only where there are any: most mails are letters.
        .prefetch_related("subscription__campaign")
        # What is in hand can be told by this, should the worker die.
        .order_by("due_at", "pk")
    )


def _within_budget(
    lease: uuid.UUID, now: datetime.datetime, *, live: bool
) -> list[Delivery]:
    """Keep in hand what may go now; what a power cut undoes of that does no harm."""
    with recording.not_waiting_for_the_disk():
        in_hand = failing.follow_corrections(list(_held(lease)), now, live=live)
        return pacing.within_budget(in_hand, now, live=live)
