"""Making what was restored fit to go on with: nothing in it goes out by itself.

A back-up is older than what happened since. Whatever was owed when it was made may have
gone, and whoever is in it may have had themselves erased.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils import timezone

from actions import lifecycle, privacy, recording, submitting, subscribing
from actions.erasures import Erased
from actions.lifecycle import WAITING, Move
from actions.models import Delivery, Letter, LetterEvent, Subscription
from representatives import parliament

AT_A_TIME: Final = 200


@dataclass(frozen=True)
class Settled:
    """What was done with what was restored."""

    # Letters that waited; how many of them their writers had confirmed.
    withheld: int
    confirmed: int
    # Mails of all kinds that were owed.
    dropped: int
    # Letters and wishes that people had erased since, and those whose time was over.
    erased_again: int
    erased_in_time: int
    # Wishes to be told that people can write again.
    untold: int
    # Writers who are mailed that we do not know whether their letter has gone.
    told: int


def settle(erased: Erased, *, tell: bool, now: datetime.datetime) -> Settled:
    """End what waits, erase again what was erased, and free what was held.

    Args:
        erased: what people had erased since.
        tell: whether to mail those whose confirmed letter is withheld.
        now: the time.

    """
    Session.objects.all().delete()
    _draw_the_line(now)
    again = _erase_disowned(erased, now)
    withheld, confirmed = _withhold(now)
    dropped = _drop(now)
    again += _erase_asked(erased, now)
    again += _leave(Q(pk__in=erased.left), now)
    in_time = privacy.expire(now) + privacy.forget_due(now) + subscribing.expire(now)
    untold = _stop_telling(now)
    return Settled(
        withheld=withheld,
        confirmed=confirmed,
        dropped=dropped,
        erased_again=again,
        erased_in_time=in_time,
        untold=untold,
        told=_owe_notices(now) if tell else 0,
    )


def erased_here() -> Erased:
    """Say what people had erased, as far as the database tells that is replaced.

    Raises:
        DatabaseError: it can't be read, or is of another version.

    """
    told = LetterEvent.objects.filter(kind=LetterEvent.Kind.FORGOTTEN)
    asked = told.filter(cause=privacy.Cause.REQUEST)
    # Of letters that were erased in their time before: only the code was left.
    without_code = Letter.objects.filter(
        state=Letter.State.ACCEPTED, sender_key="", forgotten_at__isnull=False
    )
    disowned = LetterEvent.objects.disownings()
    left = Subscription.objects.filter(ended_at__isnull=False)
    return Erased(
        asked=frozenset(asked.values_list("letter_id", flat=True))
        | frozenset(without_code.values_list("pk", flat=True)),
        disowned=frozenset(disowned.values_list("letter_id", flat=True)),
        left=frozenset(left.values_list("pk", flat=True)),
    )


def _draw_the_line(now: datetime.datetime) -> None:
    """Take what is marked as gone for gone, and let go of everything else."""
    marked = Delivery.objects.filter(
        state=Delivery.State.SENT, lease__isnull=False
    ).values_list("lease", flat=True)
    for lease in set(marked):
        recording.settle(lease, now)
    Delivery.objects.waiting().update(lease=None, leased_until=None)


def _erase_disowned(erased: Erased, now: datetime.datetime) -> int:
    count = 0
    for letter in _letters(Q(pk__in=erased.disowned)):
        submitting.disown(letter, now=now)
        count += privacy.forget(letter, now=now, cause=privacy.Cause.DISOWNED)
    return count


def _withhold(now: datetime.datetime) -> tuple[int, int]:
    """End all that wait, confirmed or not; say how many, and how many were confirmed.

    Whoever had not confirmed may have done so since: their button must not send it a
    second time.
    """
    count = confirmed = 0
    for letters in _batches(Q(state__in=WAITING)):
        lifecycle.make_all(Move.WITHHOLD, dict.fromkeys(letters, now), now)
        count += len(letters)
        confirmed += sum(letter.confirmed_at is not None for letter in letters)
    return count, confirmed


def _drop(now: datetime.datetime) -> int:
    owed = Delivery.objects.waiting().iterator(chunk_size=AT_A_TIME)
    return sum(recording.dropped(delivery, now) for delivery in owed)


def _erase_asked(erased: Erased, now: datetime.datetime) -> int:
    return sum(
        privacy.forget(letter, now=now, cause=privacy.Cause.REQUEST)
        for letter in _letters(Q(pk__in=erased.asked))
    )


def _stop_telling(now: datetime.datetime) -> int:
    """End the wishes to be told once, unless nobody can have been told yet.

    That is while Parliament is still dissolved.
    """
    state = parliament.on(timezone.localdate(now)).state
    if state == parliament.State.DISSOLVED:
        return 0
    return _leave(Q(purpose=Subscription.Purpose.REOPENING), now)


def _leave(which: Q, now: datetime.datetime) -> int:
    wishes = Subscription.objects.standing().filter(which)
    return sum(subscribing.leave(wish, now=now) for wish in list(wishes))


def _owe_notices(now: datetime.datetime) -> int:
    """Owe the writers whose letters were withheld now, and not erased, a mail each.

    Not to whoever never confirmed: that mailbox may be somebody else's.
    """
    withheld = Letter.objects.filter(
        events__kind=LetterEvent.Kind.WITHHELD,
        events__at=now,
        confirmed_at__isnull=False,
        forgotten_at=None,
    )
    made = Delivery.objects.bulk_create(
        Delivery(
            letter=letter,
            kind=Delivery.Kind.WITHHELD_NOTICE,
            is_demo=letter.is_demo,
            due_at=now,
        )
        for letter in withheld.only("is_demo")
    )
    return len(made)


def _letters(which: Q) -> Iterator[Letter]:
    for letters in _batches(which):
        yield from letters


def _batches(which: Q) -> Iterator[list[Letter]]:
    """Read by primary key, as they change meanwhile."""
    ahead = Letter.objects.filter(which).order_by("pk").defer("body", "base_text")
    batch = list(ahead[:AT_A_TIME])
    while batch:
        yield batch
        batch = list(ahead.filter(pk__gt=batch[-1].pk)[:AT_A_TIME])
