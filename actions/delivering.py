"""Sending what is owed: claimed by a lease, recorded one by one, tried again.

A mail is recorded as sent only after the mail server took it, so a worker that dies
in between leaves a mail that goes twice, with the same Message-ID, and never one that
goes nowhere (docs/decisions/0002-a-mail-is-a-row.md).
"""

import datetime
import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from actions import (
    claiming,
    failing,
    lifecycle,
    mail,
    marking,
    owing,
    pacing,
    passing_over,
    recording,
    refusals,
    reviewing,
    settling,
)
from actions.batching import FIRST, BatchSize
from actions.errors import (
    LostAnswerError,
    NotMarkedError,
    NoWayOutError,
    PermanentDeliveryError,
    RefusedUsError,
    TemporaryDeliveryError,
)
from actions.lifecycle import Move
from actions.models import Delivery, Letter
from actions.recording import Value

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime.datetime]

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
BATCH: Final = 400
HELD_FOR: Final = datetime.timedelta(seconds=1)
# Leases of which this process has said that a mail may arrive twice.
_WARNED: Final[set[uuid.UUID]] = set()
_FAULT: Final = gettext_noop("A fault in Postbag.")


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


def deliver_due(
    *,
    clock: Clock = timezone.now,
    should_stop: Callable[[], bool] = lambda: False,
    at_most: int = BATCH,
    is_careful: bool = False,
) -> Tidings:
    """Send what is due in this mode, in batches, until nothing is or it must stop.

    Args:
        clock: tells the time.
        should_stop: asked before each mail; the mail in hand is always finished.
        at_most: how many mails are held at a time.
        is_careful: whether the first is taken alone, as something went wrong the last
            time: if it was with this mail, the others need not suffer.

    """
    live = settings.DELIVERY_IS_LIVE
    tidings = Tidings()
    recording.set_right(clock(), claiming.lease_time())
    pace = BatchSize(HELD_FOR, at_most=at_most, first=1 if is_careful else FIRST)
    worker = _Worker(clock, should_stop, tidings, pace, live=live)
    worker.take_back(clock())
    with worker.settler as settler:
        for lease in recording.unsettled(clock()):
            # One that can't be settled keeps no other, and no mail, waiting.
            with worker.going_on():
                settler.settle(lease, clock())
        if live:
            tidings.dropped += withdraw_demo_letters(clock())
        while not tidings.trouble and not should_stop() and worker.has_work():
            try:
                with mail.open_connection() as way_out:
                    worker.deliver(way_out)
            except TemporaryDeliveryError as error:
                tidings.trouble = str(error)
    if worker.fault is not None:
        raise worker.fault
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


class _TooLateError(Exception):
    """The mark of the mail before used up the next one's time, so that it waits."""


class _Outcome(Enum):
    """What came of a mail that a worker took up."""

    WENT = auto()
    # And what became of it is written down.
    DID_NOT = auto()
    NOT_BEGUN = auto()


class _Worker:
    """Claims mails and sees them out over one connection after another."""

    def __init__(
        self,
        clock: Clock,
        should_stop: Callable[[], bool],
        tidings: Tidings,
        pace: BatchSize,
        *,
        live: bool,
    ) -> None:
        self.clock = clock
        self.should_stop = should_stop
        self.tidings = tidings
        self.live = live
        self.pace = pace
        self.marks = marking.Marks(claiming.lease_time())
        self.settler = settling.Settler(claiming.lease_time())
        self.claimed_at = self.leased_at = clock()
        # How many mails of the batch were taken up, and what came of the last of them
        # where nothing may be written down of it yet.
        self.taken_up = 0
        self.reason = ""
        # Leases that this round has looked at, and the first fault of one.
        self.left_alone: set[uuid.UUID] = set()
        self.fault: Exception | None = None
        # The mail that is being sent, and whether what went wrong with it may be wrong
        # with every mail.
        self.in_hand: Delivery | None = None
        self.is_unsure = False
        # Whether the connection is closed because we closed it.
        self.has_hung_up = False

    def has_work(self) -> bool:
        """Whether it is worth calling the mail server."""
        return claiming.is_any_due(self.clock(), live=self.live)

    def deliver(self, way_out: mail.Connection) -> None:
        """Send what is due until nothing is, or the connection is closed."""
        self.has_hung_up = False
        while way_out.is_open and not self.should_stop():
            now = self.clock()
            self.take_back(now)
            batch = claiming.claim(now, live=self.live, at_most=self.pace.mails)
            if not batch:
                return
            self.leased_at, self.claimed_at = now, self.clock()
            self.taken_up = 0
            self._deliver(batch, way_out)
        if not way_out.is_open and not self.has_hung_up:
            self.tidings.trouble = "The mail server hung up."

    def _deliver(self, batch: list[Delivery], way_out: mail.Connection) -> None:
        """Send a batch, settle what went, give back the rest."""
        rest = batch[::-1]
        try:
            with recording.not_waiting_for_the_disk(), self._marking():
                self._see_out(rest, way_out)
        except (RefusedUsError, *recording.AWAY) as error:
            # Most likely it is not this mail, which has not gone; but others are tried
            # before it. If its answer got lost, that has still to be written down.
            self.is_unsure = not self.reason
            if isinstance(error, RefusedUsError):
                self.reason = error.answer
            raise
        except (NoWayOutError, NotMarkedError):
            # Whatever is wrong, it is not this mail.
            if self.in_hand and not self.reason:
                rest.append(self.in_hand)
                self.in_hand = None
            raise
        finally:
            self._put_down(batch, rest)
        begun = len(batch) - len(rest)
        self.pace.learn(len(batch), begun, self.clock() - self.claimed_at)

    def _see_out(self, rest: list[Delivery], way_out: mail.Connection) -> None:
        """Send what is left of a batch, from its end."""
        while rest and way_out.is_open and not self.should_stop():
            way_out.renew_when_spent()
            if self._holds_too_long():
                return
            self.in_hand = taken = rest.pop()
            outcome = self._send(taken, way_out)
            self.in_hand = None
            if outcome is _Outcome.WENT:
                passing_over.MAILS.went()
                self.marks.begin(taken, self.clock())
            if outcome is _Outcome.NOT_BEGUN:
                rest.append(taken)

    def _holds_too_long(self) -> bool:
        """Whether to give back what is not begun.

        Or the clock was set, and nobody knows for how long.
        """
        held = abs(self.clock() - self.claimed_at)
        # However long the claim itself took.
        return held > HELD_FOR or self._lease_used() > claiming.AMPLY

    def _lease_used(self) -> datetime.timedelta:
        return abs(self.clock() - self.leased_at)

    def _put_down(self, batch: list[Delivery], rest: list[Delivery]) -> None:
        """Settle what went, and leave nothing in these hands."""
        in_hand, self.in_hand = self.in_hand, None
        try:
            self.settler.settle(
                batch[0].lease,
                self.clock(),
                self.marks.known,
                more_follow=in_hand is None and not rest,
            )
        finally:
            # Also where it was the batch before that could not be settled.
            self._let_go(in_hand, rest)

    def _let_go(self, in_hand: Delivery | None, rest: list[Delivery]) -> None:
        try:
            if in_hand is not None:
                self._put_aside(in_hand)
        finally:
            if rest:
                claiming.give_back(rest)
                pacing.give_back(rest)

    def _put_aside(self, in_hand: Delivery) -> None:
        """Let others go before a mail that is in hand by a fault of ours."""
        if self.is_unsure and not passing_over.MAILS.add(in_hand.pk):
            claiming.give_back([in_hand])
            pacing.give_back([in_hand])
        else:
            self._postpone(in_hand, self.reason or _FAULT)

    def _send(self, delivery: Delivery, way_out: mail.Connection) -> "_Outcome":
        now = self.clock()
        self.taken_up, self.reason = self.taken_up + 1, ""
        if not self._may_go(delivery, now):
            return _Outcome.DID_NOT
        try:
            written = self._written(delivery, now)
            way_out.send(written, before_text=self._before_text)
        except _TooLateError:
            self.has_hung_up = not way_out.is_open
            return _Outcome.NOT_BEGUN
        except PermanentDeliveryError as error:
            self._give_up(delivery, str(error))
        except NoWayOutError:
            raise
        except LostAnswerError as error:
            # Before the database is asked for anything: it may be away as well.
            self.reason = str(error)
            self._warn(1, "the mail server's answer got lost")
            self._postpone(delivery, self.reason)
        except TemporaryDeliveryError as error:
            self._postpone(delivery, str(error))
        else:
            return _Outcome.WENT
        return _Outcome.DID_NOT

    def _may_go(self, delivery: Delivery, now: datetime.datetime) -> bool:
        """Whether it goes; what becomes of it otherwise is written down."""
        if delivery.carried is None:
            # Some of our own mails ask the database.
            self._see_marked()
        is_owed = owing.is_owed(delivery, now)
        if is_owed and reviewing.has_its_reader(delivery):
            return True
        self._see_marked()
        if not is_owed:
            self.tidings.dropped += recording.dropped(delivery, now)
            return False
        may_go = reviewing.may_go(delivery, now)
        self.tidings.dropped += not may_go
        return may_go

    def _written(self, delivery: Delivery, now: datetime.datetime) -> mail.Mail:
        """Write a mail; while it is a letter, the database marks the one before."""
        try:
            written = mail.message_for(delivery, now=now)
        except recording.AWAY:
            # What it asked may have failed with the connection of that mark.
            self._see_marked()
            written = mail.message_for(delivery, now=now)
        # Some mails wait for that mark before they can be written. Others take long by
        # themselves, as large answers do, and go at the head of the next batch.
        is_late = self.taken_up > 1 and self._holds_too_long()
        if is_late or self._lease_used() > claiming.lease_time() / 2:
            raise _TooLateError
        return written

    def _before_text(self) -> None:
        """Let a text go only once the mail before it is marked, and in good time.

        A slow mail server has its time in the lease; waiting for a mark has none.
        """
        asked_at = self.clock()
        self._see_marked()
        if abs(self.clock() - asked_at) > HELD_FOR:
            raise _TooLateError

    @contextmanager
    def _marking(self) -> Iterator[None]:
        """See that the last mail is marked, too."""
        self.marks.known = {}
        with self.marks.listening():
            try:
                yield
            finally:
                self._see_marked()

    def _see_marked(self) -> None:
        """See that it is written down that the mail before went."""
        self.tidings.sent += self.marks.finish()

    def _insist(self, ask: Callable[[], Value]) -> Value:
        """Do what needs the database, even if that is away while the lease lasts."""
        return recording.insist(ask, claiming.lease_time())

    def take_back(self, now: datetime.datetime) -> None:
        """Free what others held too long, and say how many mails may go twice."""
        claiming.let_go_of_lost()
        for lease in set(recording.abandoned(now)) - self.left_alone:
            self.left_alone.add(lease)
            # Also if an answer got lost: what is told is never too little.
            if self._free(lease, now) and lease not in _WARNED:
                _WARNED.add(lease)
                self._warn(1, "a worker did not finish what it held")

    def _free(self, lease: uuid.UUID, now: datetime.datetime) -> bool:
        """Free a lease; say whether this call may have done it."""
        try:
            return recording.free(lease, now)
        except Exception as error:  # noqa: BLE001 - raised by deliver_due
            self.fault = self.fault or error
            # What it holds does not go before its history says that it may have.
            passing_over.MAILS.add(lease)
            return True

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Go on after a fault of what others left; it is raised at the end."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - raised by deliver_due
            self.fault = self.fault or error

    def _warn(self, mails: int, why: str) -> None:
        self.tidings.perhaps_twice += mails
        logger.warning("Mails that may arrive twice: %d (%s).", mails, why)

    def _postpone(self, delivery: Delivery, reason: str) -> None:
        self._see_marked()
        if delivery.attempts >= len(PAUSES):
            self._give_up(delivery, reason)
        else:
            pause, now = PAUSES[delivery.attempts], self.clock()
            self.tidings.postponed += self._insist(
                partial(recording.postponed, delivery, reason, pause, now)
            )

    def _give_up(self, delivery: Delivery, reason: str) -> None:
        self._see_marked()
        self.tidings.failed += self._insist(
            partial(self._fail, delivery, reason, self.clock())
        )

    @transaction.atomic
    def _fail(self, delivery: Delivery, reason: str, now: datetime.datetime) -> bool:
        if not recording.failed(delivery, reason, now):
            return False
        if (letter := delivery.carried) and (
            failing.is_of_the_address(reason)
            or reason == refusals.PROVIDER_SENDS_NOTHING
        ):
            # Others need not fail one by one: they wait until it is corrected.
            failing.note(letter.recipient_email, reason, now, live=self.live)
        return True
