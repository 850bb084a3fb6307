"""Holding confirmed letters back, and what comes of it.

Nothing is held in silence: its writer is told why, what they can do and by when it
ends, and it ends then at the latest, with its text given back.
"""

import datetime
import uuid
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from actions import left_in_hand, lifecycle, reasons
from actions.lifecycle import Move
from actions.models import Delivery, Letter
from actions.models.letters import LetterQuerySet

# How long whoever decides has: its writer, or a person who looks at it.
WRITERS_HAVE: Final = datetime.timedelta(days=14)
PEOPLE_HAVE: Final = datetime.timedelta(days=3)
# Only once a House sits again can anybody decide, and an election takes six weeks.
HOUSES_TAKE: Final = datetime.timedelta(days=90)
# Until a register tells who was elected, or who sits: results are known within two
# days, and the registers have them within days. After that, somebody has to look.
REGISTERS_TAKE: Final = datetime.timedelta(days=14)
HELD_TOO_LONG: Final = reasons.HELD_TOO_LONG


def end_of_day(moment: datetime.datetime) -> datetime.datetime:
    """Give the midnight after: who may decide by a day has all of it."""
    next_day = timezone.localdate(moment) + datetime.timedelta(days=1)
    return timezone.make_aware(
        datetime.datetime.combine(next_day, datetime.time.min)
    ).astimezone(datetime.UTC)


@transaction.atomic
def hold(
    letter: Letter,
    reason: Letter.Hold,
    now: datetime.datetime,
    *,
    decide_by: datetime.datetime,
    lease: uuid.UUID | None = None,
) -> bool:
    """Take a queued letter out of the queue and tell its writer; say whether it was.

    A letter that a worker has in hand is going and is not held, but by that worker
    itself before it goes: by the ``lease`` that it has it by.
    """
    is_held = _drop(letter, Delivery.Kind.LETTER, now, lease) and lifecycle.hold(
        letter, reason, now, decide_by=decide_by
    )
    if is_held:
        owe(letter, Delivery.Kind.HELD_NOTICE, now)
    letter.refresh_from_db()
    return is_held


@transaction.atomic
def hold_on(
    letter: Letter,
    reason: Letter.Hold,
    now: datetime.datetime,
    *,
    decide_by: datetime.datetime,
) -> bool:
    """Hold a held letter for another reason, and tell its writer; say whether it was.

    It must be held still for the reason that was seen.
    """
    is_held = lifecycle.hold_on(letter, reason, now, decide_by=decide_by)
    if is_held:
        owe(letter, Delivery.Kind.HELD_NOTICE, now)
    letter.refresh_from_db()
    return is_held


@transaction.atomic
def release(
    letter: Letter,
    now: datetime.datetime,
    *,
    cause: str = "",
    among: LetterQuerySet | None = None,
) -> bool:
    """Put a held letter back into the queue; say whether it was held.

    It has no place there until ``screening.looking`` finds that it may go, in the same
    transaction: what is held again at once takes none. ``cause`` is a sentence for its
    history, as for ``give_back``.
    """
    if not lifecycle.make(Move.RELEASE, letter, now, cause=cause, among=among):
        return False
    owe(letter, Delivery.Kind.LETTER, now)
    _drop(letter, Delivery.Kind.HELD_NOTICE, now)
    letter.refresh_from_db()
    return True


@transaction.atomic
def give_back(
    letter: Letter,
    cause: str,
    now: datetime.datetime,
    *,
    among: LetterQuerySet | None = None,
) -> bool:
    """End a held letter and owe its writer the text; say whether it was held.

    Args:
        letter: the letter.
        cause: why, a sentence in English for its history, marked for translation.
        now: the time.
        among: the letters for which it is right, if that is not all.

    """
    held = (among if among is not None else Letter.objects.all()).held()
    if not lifecycle.make(Move.FAIL, letter, now, cause=cause, among=held):
        return False
    _drop(letter, Delivery.Kind.HELD_NOTICE, now)
    owe(letter, Delivery.Kind.FAILURE_NOTICE, now)
    letter.refresh_from_db()
    return True


def end_overdue(now: datetime.datetime) -> int:
    """Give back those on which nobody decided in time; say how many."""
    overdue = Letter.objects.held().filter(decide_by__lte=now)
    return sum(
        give_back(letter, HELD_TOO_LONG, now, among=overdue)
        for letter in overdue.order_by("pk").iterator(chunk_size=200)
    )


def owe(letter: Letter, kind: Delivery.Kind, due_at: datetime.datetime) -> None:
    """Owe a mail of a letter, also if one of its kind went or was dropped before.

    One that went makes way for another row, as a row goes by one Message-ID: mail
    programs show the second mail of an id to nobody. So does one in a worker's hands,
    which was written before and is not what is owed now.
    """
    went = Q(state=Delivery.State.SENT) | Q(lease__isnull=False)
    letter.deliveries.filter(went, kind=kind).delete()
    Delivery.objects.update_or_create(
        letter=letter,
        kind=kind,
        defaults={
            "is_demo": letter.is_demo,
            "state": Delivery.State.WAITING,
            "due_at": due_at,
            "attempts": 0,
            "done_at": None,
            "last_error": "",
        },
    )


def _drop(
    letter: Letter,
    kind: Delivery.Kind,
    now: datetime.datetime,
    lease: uuid.UUID | None = None,
) -> bool:
    mails = letter.deliveries
    if kind == Delivery.Kind.LETTER:
        left_in_hand.note_of(letter, now)
    owed = mails.waiting().filter(lease=lease) if lease else mails.unheld(now)
    return bool(
        owed.filter(kind=kind).update(
            state=Delivery.State.DROPPED, done_at=now, lease=None, leased_until=None
        )
    )
