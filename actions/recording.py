"""Writing down what became of a mail, so that a kill repeats one at most.

That a mail went is marked at once, in a transaction of its own that a killed worker
leaves behind but that does not wait for the disk. What follows from it for the letter,
its history and the counts is settled together, within about a second, by one that does
wait. A mark that no worker lived to settle is settled by the next one. A crash of the
database may undo the marks of that second: a worker that outlives it makes them again.
After a power cut, which none outlives, these mails go again, with the same Message-ID.

Whatever is written of a mail that went or goes again demands that the worker still
holds it by its lease; each function says whether that was so.
"""

import datetime
import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final, NamedTuple, TypeAlias, TypeVar

from django.db import (
    InterfaceError,
    InternalError,
    OperationalError,
    connection,
    transaction,
)

from actions import left_in_hand, lifecycle, outbox
from actions.lifecycle import Move
from actions.models import (
    Delivery,
    IncomingMail,
    Letter,
    LetterEvent,
    Subscription,
)
from actions.models.deliveries import DeliveryQuerySet
from actions.plain_sql import adapted

logger = logging.getLogger(__name__)

Value = TypeVar("Value")
# When each mail went, by its delivery's primary key.
Times: TypeAlias = dict[uuid.UUID, datetime.datetime]

# What is raised while the database is away, or only read from as another takes over. A
# fault of one row may look alike.
AWAY: Final = (InterfaceError, InternalError, OperationalError)
# How long to wait before the database is asked once more.
SECONDS_BETWEEN_TRIES: Final = 1
# No lease and no pause ends so late: the clock was wrong when it was written.
_NEVER_SO_FAR_OFF: Final = datetime.timedelta(days=2)
_LEAST: Final = uuid.UUID(int=0)
_QUICK: Final = {
    "postgresql": "SET synchronous_commit = off",
    "sqlite": "PRAGMA synchronous = NORMAL",
}
_SAFE: Final = {
    "postgresql": "RESET synchronous_commit",
    "sqlite": "PRAGMA synchronous = FULL",
}
# The lease stays until it is settled.
SENT: Final = (
    "UPDATE actions_delivery SET state = 'sent', done_at = %s, last_error = '',"
    " attempts = attempts + 1 WHERE id = %s AND lease = %s AND state = 'waiting'"
)
# What a letter's history tells of its mails to the writer.
_TOLD: Final = {
    Delivery.Kind.CONFIRMATION: LetterEvent.Kind.CONFIRMATION_SENT,
    Delivery.Kind.REMINDER: LetterEvent.Kind.REMINDED,
    Delivery.Kind.QUESTION: LetterEvent.Kind.QUESTION_SENT,
    Delivery.Kind.QUESTION_REMINDER: LetterEvent.Kind.QUESTION_SENT,
    Delivery.Kind.FORWARD: LetterEvent.Kind.REPLY_FORWARDED,
}


class _Marked(NamedTuple):
    """What is read of a mail that went: whole objects take longer than the database."""

    pk: uuid.UUID
    kind: str
    done_at: datetime.datetime
    letter_id: uuid.UUID | None
    subscription_id: uuid.UUID | None
    reply_id: uuid.UUID | None


class _Queued(NamedTuple):
    """What is read of the letter that went with it."""

    pk: uuid.UUID
    campaign_id: int
    constituency_id: int
    is_demo: bool
    own_words: int
    is_signature: bool


@contextmanager
def not_waiting_for_the_disk() -> Iterator[None]:
    """Let commits return before they are on the disk: for marks, until the block ends.

    The next commit after it puts them there too.
    """
    if connection.in_atomic_block:  # where no commit happens anyway
        yield
        return
    _set(_QUICK[connection.vendor])
    try:
        yield
    finally:
        # A connection that was lost took the setting with it.
        with suppress(*AWAY):
            _set(_SAFE[connection.vendor])


def insist(deed: Callable[[], Value], patience: datetime.timedelta) -> Value:
    """Do what needs the database, such as writing down what went, even if it is away.

    Args:
        deed: what is harmless to do twice.
        patience: for how long it is tried.

    Raises:
        OperationalError, InterfaceError, InternalError: it was away for longer than our
            patience.

    """
    give_up = time.monotonic() + patience.total_seconds()
    while True:
        try:
            return deed()
        except AWAY:
            if time.monotonic() > give_up:
                raise
            connection.close()
            time.sleep(SECONDS_BETWEEN_TRIES)


def sent(delivery: Delivery, now: datetime.datetime) -> bool:
    """Mark that the mail server has taken it; ``settle`` must follow.

    In SQL, since this is done for each mail by itself: Django takes longer to build the
    statement than the database to carry it out.
    """
    return _mark(delivery, now) or _is_marked(delivery) or _is_no_longer_ours(delivery)


@transaction.atomic
def settle(
    lease: uuid.UUID | None,
    now: datetime.datetime,
    known: Times | None = None,
) -> None:
    """Draw the consequences of the marks under a lease; doing it twice is harmless.

    For whoever asked for updates there are none: their own press of the button counts.
    Whoever was to be told once has been told, and the address is erased.

    Args:
        lease: under which the mails went.
        now: the time.
        known: what their worker knows of them: a mark that a crash of the database
            undid is made again.

    """
    marks = Delivery.objects.filter(lease=lease, state=Delivery.State.SENT)
    gone = _read(marks)
    lost = (known or {}).keys() - {mail.pk for mail in gone}
    if known and lost:
        for delivery in Delivery.objects.filter(lease=lease, pk__in=lost):
            _mark(delivery, known[delivery.pk])
        gone = _read(marks)
    went: dict[uuid.UUID, datetime.datetime] = {}
    told: dict[LetterEvent.Kind, dict[uuid.UUID, datetime.datetime]] = defaultdict(dict)
    for mail in gone:
        if mail.letter_id and mail.kind == Delivery.Kind.LETTER:
            went[mail.letter_id] = mail.done_at
        elif mail.letter_id and mail.kind in _TOLD:
            told[_TOLD[Delivery.Kind(mail.kind)]][mail.letter_id] = mail.done_at
    for event, letters in told.items():
        lifecycle.note_all(event, letters)
    queued = Letter.objects.filter(pk__in=list(went), state=Letter.State.QUEUED)
    accepted = [_Queued(*row) for row in queued.values_list(*_Queued._fields)]
    lifecycle.make_all(
        Move.ACCEPT, {letter: went[letter.pk] for letter in accepted}, now
    )
    _end_needs(gone, now)
    if gone:
        marks.update(lease=None, leased_until=None)


def unsettled(now: datetime.datetime) -> list[uuid.UUID]:
    """Name the leases that ended with marks that nobody settled."""
    left = _leased().filter(state=Delivery.State.SENT, leased_until__lte=now)
    return [lease for lease in left.values_list("lease", flat=True).distinct() if lease]


def abandoned(now: datetime.datetime) -> list[uuid.UUID]:
    """Name the leases that ended with mails that wait: their worker is dead, or hangs.

    Of each, one mail may have gone: the one in hand.
    """
    left = _ended(now)
    return [lease for lease in left.values_list("lease", flat=True).distinct() if lease]


@transaction.atomic
def free(lease: uuid.UUID, now: datetime.datetime) -> bool:
    """Free the mails of such a lease; its letter's history tells of the one in hand.

    Returns:
        Whether this call did it: of several workers that look at once, one does.

    """
    left = _ended(now).filter(lease=lease)
    return left_in_hand.note(left, now) and bool(
        left.update(lease=None, leased_until=None)
    )


def set_right(now: datetime.datetime, lease_time: datetime.timedelta) -> None:
    """Shorten pauses and leases that were written while the clock was far ahead.

    A letter has a place, which may well be weeks off, also one that was tried before:
    those are set right by ``pacing.tidy``, in their order.
    """
    never = now + _NEVER_SO_FAR_OFF
    put_off = (
        Delivery.objects.waiting()
        .filter(due_at__gt=never)
        .exclude(kind=Delivery.Kind.LETTER)
    )
    if put_off.exists():
        put_off.update(due_at=now)
    held = _leased().filter(leased_until__gt=never)
    if held.exists():
        held.update(leased_until=now + lease_time)


@transaction.atomic
def postponed(
    delivery: Delivery,
    reason: str,
    pause: datetime.timedelta,
    now: datetime.datetime,
) -> bool:
    """Write down that it goes again after a pause."""
    moved = (
        Delivery.objects.waiting()
        .filter(pk=delivery.pk, lease=delivery.lease)
        .update(
            due_at=now + pause,
            attempts=delivery.attempts + 1,
            last_error=reason,
            lease=None,
            leased_until=None,
        )
    )
    if moved and (letter := delivery.carried):
        lifecycle.note(letter, LetterEvent.Kind.RETRIED, now, reason)
    return bool(moved)


@transaction.atomic
def failed(delivery: Delivery, reason: str, now: datetime.datetime) -> bool:
    """Give a mail up; a letter's writer is owed the text and how to post it.

    Of a mail of ours to its writer, the letter's history tells that it failed.
    """
    if not _finish(delivery, Delivery.State.FAILED, reason, now):
        return False
    _end_needs([delivery], now)
    letter = delivery.carried
    if letter and lifecycle.make(Move.FAIL, letter, now, cause=reason):
        Delivery.objects.create(
            letter=letter,
            kind=Delivery.Kind.FAILURE_NOTICE,
            is_demo=delivery.is_demo,
            due_at=now,
        )
    if delivery.letter and not letter:
        # For whoever never confirmed it no reminder goes then: see ``owing``.
        is_an_answer = delivery.kind == Delivery.Kind.FORWARD
        events = LetterEvent.Kind
        kind = events.REPLY_NOT_FORWARDED if is_an_answer else events.NOTICE_BOUNCED
        lifecycle.note(delivery.letter, kind, now, reason)
    return True


@transaction.atomic
def dropped(delivery: Delivery, now: datetime.datetime) -> bool:
    """Write down that it is no longer owed."""
    moved = (
        Delivery.objects.waiting()
        .filter(pk=delivery.pk)
        .update(
            state=Delivery.State.DROPPED, done_at=now, lease=None, leased_until=None
        )
    )
    if moved:
        _end_needs([delivery], now)
    return bool(moved)


def _mark(delivery: Delivery, now: datetime.datetime) -> bool:
    values = [now, delivery.pk, delivery.lease]
    with connection.cursor() as cursor:
        cursor.execute(SENT, [adapted(value) for value in values])
        return bool(cursor.rowcount == 1)


def _read(marks: DeliveryQuerySet) -> list[_Marked]:
    """Read them, locked: another worker may find the lease at its end and settle it."""
    locked = marks.select_for_update().order_by("pk")
    return [_Marked(*row) for row in locked.values_list(*_Marked._fields)]


def _ended(now: datetime.datetime) -> DeliveryQuerySet:
    return _leased().filter(state=Delivery.State.WAITING, leased_until__lte=now)


def _leased() -> DeliveryQuerySet:
    """Ask for what has a lease, in words for which SQLite, too, uses the index."""
    return Delivery.objects.filter(lease__gte=_LEAST)


def _end_needs(finished: Sequence[Delivery | _Marked], now: datetime.datetime) -> None:
    """Erase what was kept for one mail, which went or never will.

    That is an address, or a reply that was to be passed on.
    """
    replies = [delivery.reply_id for delivery in finished if delivery.reply_id]
    if replies:
        IncomingMail.objects.filter(pk__in=replies).empty(now)
    told = [
        delivery.subscription_id
        for delivery in finished
        if delivery.kind == Delivery.Kind.REOPENING and delivery.subscription_id
    ]
    if told:
        Subscription.objects.standing().filter(pk__in=told).end(now)
        outbox.forget(told)


def _finish(
    delivery: Delivery, state: Delivery.State, reason: str, now: datetime.datetime
) -> bool:
    """End a delivery that is still in these hands; say whether it was."""
    moved = (
        Delivery.objects.waiting()
        .filter(pk=delivery.pk, lease=delivery.lease)
        .update(
            state=state,
            done_at=now,
            attempts=delivery.attempts + 1,
            last_error=reason,
            lease=None,
            leased_until=None,
        )
    )
    return bool(moved) or _is_no_longer_ours(delivery)


def _is_marked(delivery: Delivery) -> bool:
    """Whether the mark was made before, by a database that went before it said so."""
    marked = Delivery.objects.filter(state=Delivery.State.SENT)
    return marked.filter(pk=delivery.pk, lease=delivery.lease).exists()


def _is_no_longer_ours(delivery: Delivery) -> bool:
    """Say so in the log; returns False, which is what became of the deed."""
    logger.warning("%s was no longer in this worker's hands.", delivery)
    return False


def _set(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
