"""Sending what is owed: claimed by a lease, recorded one by one, tried again.

A mail is recorded as sent only after the mail server took it, so a worker that dies
in between leaves a mail that goes twice, with the same Message-ID, and never one that
goes nowhere (docs/decisions/0002-a-mail-is-a-row.md).
"""

import datetime
import logging
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from actions import closure, failing, lifecycle, mail, pacing, recording, reviewing
from actions.batching import BatchSize
from actions.errors import (
    LostAnswerError,
    NoWayOutError,
    PermanentDeliveryError,
    TemporaryDeliveryError,
)
from actions.lifecycle import Move
from actions.models import Delivery, Letter, LetterEvent, Subscription
from actions.models.deliveries import DeliveryQuerySet
from representatives import parliament

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime.datetime]
Value = TypeVar("Value")

# How long after each failure a mail is tried again; after the last it is given up.
PAUSES: Final = (
    datetime.timedelta(minutes=1),
    datetime.timedelta(minutes=5),
    datetime.timedelta(minutes=15),
    datetime.timedelta(hours=1),
    datetime.timedelta(hours=3),
    datetime.timedelta(hours=6),
    datetime.timedelta(hours=12),
    datetime.timedelta(hours=24),
)
# What a worker takes into its hands at a time, and after how long it gives back what it
# has not begun: a letter in a worker's hands can't be cancelled.
BATCH: Final = 100
HELD_FOR: Final = datetime.timedelta(seconds=1)
# Many servers hang up on whoever sends more than that without a new greeting.
MAILS_A_CONNECTION: Final = 100
# How often the mail server may keep us waiting for one mail: one wait for each line of
# the dialogue. A lease outlasts that, and the time that a batch is held, amply.
_WAITS_FOR_A_MAIL: Final = 6
_AMPLY: Final = datetime.timedelta(seconds=10)

_OWED_WHILE: Final = {
    Delivery.Kind.LETTER: Letter.State.QUEUED,
    Delivery.Kind.CONFIRMATION: Letter.State.AWAITING_CONFIRMATION,
    Delivery.Kind.REPEAT_NOTICE: Letter.State.REPEATED,
    Delivery.Kind.FAILURE_NOTICE: Letter.State.FAILED,
    Delivery.Kind.HELD_NOTICE: Letter.State.HELD,
    Delivery.Kind.REMINDER: Letter.State.AWAITING_CONFIRMATION,
    Delivery.Kind.BOUNCE_NOTICE: Letter.State.BOUNCED,
    Delivery.Kind.QUESTION: Letter.State.ACCEPTED,
    Delivery.Kind.QUESTION_REMINDER: Letter.State.ACCEPTED,
    Delivery.Kind.WITHHELD_NOTICE: Letter.State.CANCELLED,
}
_ASKS_TO_CONFIRM: Final = {Delivery.Kind.CONFIRMATION, Delivery.Kind.REMINDER}


@dataclass
class Tidings:
    """What became of the mails that were due."""

    sent: int = 0
    postponed: int = 0
    failed: int = 0
    dropped: int = 0
    # How many may arrive twice, at most.
    perhaps_twice: int = 0
    # Why nothing more can go now; "" while the mail server answers.
    trouble: str = ""

    @property
    def any_moved(self) -> bool:
        """Whether anything was done at all."""
        return bool(self.sent or self.postponed or self.failed or self.dropped)


def lease_time() -> datetime.timedelta:
    """Say how long a worker holds what it claims, however slow the mail server is."""
    return datetime.timedelta(seconds=_WAITS_FOR_A_MAIL * settings.EMAIL_TIMEOUT) + (
        _AMPLY
    )


def claim(now: datetime.datetime, *, live: bool, at_most: int) -> list[Delivery]:
    """Take mails that are due into this worker's hands, the longest due first.

    One UPDATE that looks at each row once more as it changes it: of two workers that
    saw the same row, one gets it.
    """
    due = _due(now, live=live)
    lease = uuid.uuid4()
    while chosen := list(due.order_by("due_at").values_list("pk", flat=True)[:at_most]):
        claimed = due.filter(pk__in=chosen).update(
            lease=lease, leased_until=now + lease_time()
        )
        if claimed and (batch := _within_budget(lease, now, live=live)):
            return batch
        # Another worker was quicker with every one of them, or none may go yet: there
        # may be more.
    return []


def deliver_due(
    *,
    clock: Clock = timezone.now,
    should_stop: Callable[[], bool] = lambda: False,
    at_most: int = BATCH,
) -> Tidings:
    """Send what is due in this mode, in batches, until nothing is or it must stop.

    Args:
        clock: tells the time.
        should_stop: asked before each mail; the mail in hand is always finished.
        at_most: how many mails are held at a time.

    """
    live = settings.DELIVERY_IS_LIVE
    tidings = Tidings()
    recording.set_right(clock(), lease_time())
    for lease in recording.unsettled(clock()):
        _settle(lease, clock)
    if live:
        tidings.dropped += withdraw_demo_letters(clock())
    worker = _Worker(clock, should_stop, tidings, at_most, live=live)
    while not tidings.trouble and not should_stop() and worker.has_work():
        try:
            with mail.open_connection() as way_out:
                worker.deliver(way_out)
        except TemporaryDeliveryError as error:
            tidings.trouble = str(error)
    return tidings


def withdraw_demo_letters(now: datetime.datetime) -> int:
    """Drop mails that were owed before a switch to live; say how many.

    Letters that waited to be sent or confirmed, or were held, end as cancelled.
    """
    owed = Delivery.objects.waiting().filter(is_demo=True)
    count = 0
    for delivery in owed.select_related("letter").iterator(chunk_size=200):
        with transaction.atomic():
            recording.dropped(delivery, now)
            if letter := delivery.letter:
                lifecycle.make(Move.WITHDRAW, letter, now)
        count += 1
    # Of these no mail may be owed.
    for held in Letter.objects.of_mode(live=False).held():
        with transaction.atomic():
            count += lifecycle.make(Move.WITHDRAW, held, now)
    return count


class _Worker:
    """Claims mails and sees them out over one connection after another."""

    def __init__(
        self,
        clock: Clock,
        should_stop: Callable[[], bool],
        tidings: Tidings,
        at_most: int,
        *,
        live: bool,
    ) -> None:
        self.clock = clock
        self.should_stop = should_stop
        self.tidings = tidings
        self.live = live
        self.pace = BatchSize(HELD_FOR, at_most=at_most)
        # Went out, and is not written down yet.
        self.gone: Delivery | None = None

    def has_work(self) -> bool:
        """Whether it is worth calling the mail server."""
        now = self.clock()
        self._take_back(now)
        return _due(now, live=self.live).exists()

    def deliver(self, way_out: mail.Connection) -> None:
        """Send what is due until the connection has served its time."""
        left = MAILS_A_CONNECTION
        while left > 0 and way_out.is_open and not self.should_stop():
            now = self.clock()
            self._take_back(now)
            batch = claim(now, live=self.live, at_most=min(self.pace.mails, left))
            if not batch:
                return
            left -= self._deliver(batch, way_out)
        if not way_out.is_open:
            self.tidings.trouble = "The mail server hung up."

    def _deliver(self, batch: list[Delivery], way_out: mail.Connection) -> int:
        """Send a batch, settle what went, give back the rest; say how many it began."""
        claimed_at = self.clock()
        lease = batch[0].lease
        in_hand: Delivery | None = None
        self.gone = None
        rest = batch[::-1]
        try:
            with recording.not_waiting_for_the_disk():
                while rest and way_out.is_open and not self.should_stop():
                    # Or the clock was set, and nobody knows for how long.
                    if abs(self.clock() - claimed_at) > HELD_FOR:
                        break
                    in_hand = rest.pop()
                    self._send(in_hand, way_out)
                    in_hand = None
        except NoWayOutError:
            rest += [in_hand] if in_hand else []
            in_hand = None
            raise
        finally:
            self._put_down(lease, in_hand, rest)
        begun = len(batch) - len(rest)
        self.pace.learn(len(batch), begun, self.clock() - claimed_at)
        return begun

    def _put_down(
        self, lease: uuid.UUID | None, in_hand: Delivery | None, rest: list[Delivery]
    ) -> None:
        """Settle what went, and leave nothing in these hands."""
        _settle(lease, self.clock)
        if in_hand is not None and in_hand is not self.gone:
            # A fault of ours: others must not wait behind this one for ever.
            self._postpone(in_hand, gettext_noop("A fault in Postbag."))
        if rest:
            _give_back(rest)
            pacing.give_back(rest)

    def _send(self, delivery: Delivery, way_out: mail.Connection) -> None:
        now = self.clock()
        if not _is_owed(delivery, now):
            self.tidings.dropped += recording.dropped(delivery, now)
            return
        if not reviewing.may_go(delivery, now):
            self.tidings.dropped += 1
            return
        try:
            way_out.send(mail.message_for(delivery, now=now))
        except PermanentDeliveryError as error:
            self._give_up(delivery, str(error))
        except NoWayOutError:
            raise
        except LostAnswerError as error:
            self._warn(1, "the mail server's answer got lost")
            self._postpone(delivery, str(error))
        except TemporaryDeliveryError as error:
            self._postpone(delivery, str(error))
        else:
            self.gone = delivery
            self.tidings.sent += _insist(lambda: recording.sent(delivery, self.clock()))

    def _take_back(self, now: datetime.datetime) -> None:
        if leases := recording.abandoned(now):
            self._warn(leases, "a worker did not finish what it held")

    def _warn(self, mails: int, why: str) -> None:
        self.tidings.perhaps_twice += mails
        logger.warning("Mails that may arrive twice: %d (%s).", mails, why)

    def _postpone(self, delivery: Delivery, reason: str) -> None:
        if delivery.attempts >= len(PAUSES):
            self._give_up(delivery, reason)
        else:
            self.tidings.postponed += recording.postponed(
                delivery, reason, PAUSES[delivery.attempts], self.clock()
            )

    def _give_up(self, delivery: Delivery, reason: str) -> None:
        self.tidings.failed += recording.failed(delivery, reason, self.clock())


def _due(now: datetime.datetime, *, live: bool) -> DeliveryQuerySet:
    """Ask for what may go now."""
    due = Delivery.objects.claimable(now, live=live)
    held = closure.held_kinds(now, live=live)
    if held:
        due = due.exclude(kind__in=held)
    if parliament.on(timezone.localdate(now)).is_filling:
        # Whoever it goes to may be elected again, and the result be on its way.
        without_result = Delivery.objects.filter(
            kind=Delivery.Kind.LETTER,
            letter__representative__is_current=False,
            letter__constituency__is_current=True,
        ).exclude(letter__constituency__representatives__is_current=True)
        due = due.exclude(pk__in=without_result)
    return due


def _insist(write: Callable[[], Value]) -> Value:
    """Write down what went: as long as the lease lasts nobody else sends it."""
    return recording.insist(write, lease_time())


def _settle(lease: uuid.UUID | None, clock: Clock) -> None:
    _insist(lambda: recording.settle(lease, clock()))


def _held(lease: uuid.UUID) -> DeliveryQuerySet:
    return (
        Delivery.objects.waiting()
        .filter(lease=lease)
        .select_related("letter__representative")
        .defer("letter__base_text", "letter__consent_wording")
        # Read by themselves, and only where there are any: most mails are letters.
        .prefetch_related("subscription__campaign")
        .order_by("due_at")
    )


def _within_budget(
    lease: uuid.UUID, now: datetime.datetime, *, live: bool
) -> list[Delivery]:
    """Keep in hand what may go now; what a power cut undoes of that does no harm."""
    with recording.not_waiting_for_the_disk():
        in_hand = failing.follow_corrections(list(_held(lease)), now, live=live)
        return pacing.within_budget(in_hand, now, live=live)


def _is_owed(delivery: Delivery, now: datetime.datetime) -> bool:
    kind, owner = Delivery.Kind(delivery.kind), delivery.owner
    if isinstance(owner, Subscription):
        if kind == Delivery.Kind.REOPENING:
            return owner.is_confirmed and owner.campaign.is_open
        return owner.is_confirmed or owner.can_be_confirmed(now)
    if kind in _ASKS_TO_CONFIRM and owner.confirm_by <= now:
        return False
    if _is_in_vain(delivery, owner):
        return False
    # The links are owed wherever the letter is.
    is_in_time = owner.state == _OWED_WHILE.get(kind, owner.state)
    return is_in_time and not owner.is_forgotten


def _is_in_vain(delivery: Delivery, letter: Letter) -> bool:
    """Whether what it carries is gone, or its writer's address may be nobody's."""
    if delivery.kind == Delivery.Kind.REMINDER:
        return letter.events.filter(kind=LetterEvent.Kind.NOTICE_BOUNCED).exists()
    return delivery.reply is not None and delivery.reply.emptied_at is not None


def _give_back(rest: Sequence[Delivery]) -> None:
    if rest:
        Delivery.objects.waiting().filter(
            lease=rest[0].lease, pk__in=[one.pk for one in rest]
        ).update(lease=None, leased_until=None)
