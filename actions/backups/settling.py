"""Making what was restored fit to go on with: nothing in it goes out by itself.

A back-up is older than what happened since. Whatever was owed when it was made may have
gone, and whoever is in it may have had themselves erased.
"""

import datetime
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Left
from django.utils import timezone

from actions import lifecycle, limiting, privacy, recording, submitting, subscribing
from actions.erasures import Erased
from actions.lifecycle import WAITING, Move
from actions.models import (
    Delivery,
    IncomingMail,
    Letter,
    LetterEvent,
    OfficeReport,
    Subscription,
)
from representatives import parliament
from representatives.kept_answers import KeptAnswer

AT_A_TIME: Final = 200
_UNDECIDED: Final = "Restored: somebody may have decided on it since."
_PERHAPS_PASSED_ON: Final = (
    "Restored: it was about to be passed on, and nobody knows whether it was."
)
_LONGEST_REASON: Final = 300


@dataclass(frozen=True)
class Settled:
    """What was done with what was restored."""

    # Letters that waited; how many of them their writers had confirmed.
    withheld: int
    confirmed: int
    # Mails of all kinds that were owed.
    dropped: int
    # Incoming mails, answers that may have been passed on among them, and reports of
    # offices, on which somebody may have decided since.
    undecided: int
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
    dropped = _leave_answers_to_a_person() + _drop(now)
    _ask_no_more(now)
    again += _erase_asked(erased, now)
    again += sum(_leave(Q(pk__in=some), now) for some in _some_of(erased.left))
    in_time = privacy.expire(now) + privacy.forget_due(now) + subscribing.expire(now)
    limiting.forget(now)
    KeptAnswer.objects.forget(timezone.localdate(now))
    untold = _stop_telling(now)
    return Settled(
        withheld=withheld,
        confirmed=confirmed,
        dropped=dropped,
        undecided=_undecided(),
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
    without_code = Letter.objects.standing().filter(
        sender_key="", forgotten_at__isnull=False
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
    for letter in _letters(erased.disowned):
        submitting.disown(letter, now=now)
        count += privacy.forget(letter, now=now, cause=privacy.Cause.DISOWNED)
    return count


def _withhold(now: datetime.datetime) -> tuple[int, int]:
    """End all that wait, confirmed or not; say how many, and how many were confirmed.

    Whoever had not confirmed may have done so since: their button must not send it a
    second time.
    """
    count = confirmed = 0
    waiting = Letter.objects.filter(state__in=WAITING).defer("body", "base_text")
    while letters := list(waiting.order_by("pk")[:AT_A_TIME]):
        lifecycle.make_all(Move.WITHHOLD, dict.fromkeys(letters, now), now)
        count += len(letters)
        confirmed += sum(letter.confirmed_at is not None for letter in letters)
    return count, confirmed


def _leave_answers_to_a_person() -> int:
    """Owe no answer of an MP to its writer any more, and lose none; say how many.

    Nobody knows whether it was passed on: a person sees it, and decides.
    """
    IncomingMail.objects.for_a_person().update(
        reason=Left(Concat(Value(f"{_UNDECIDED} "), F("reason")), _LONGEST_REASON)
    )
    owed = Delivery.objects.waiting().filter(kind=Delivery.Kind.FORWARD)
    answers = list(owed.values_list("reply_id", flat=True))
    # A decision owes it anew, which is possible once.
    owed.delete()
    for some in _some_of(answers):
        IncomingMail.objects.kept().filter(pk__in=some).update(
            state=IncomingMail.State.FOR_A_PERSON,
            decided_at=None,
            decided_by=None,
            reason=_PERHAPS_PASSED_ON,
        )
    return len(answers)


def _undecided() -> int:
    mails = IncomingMail.objects.for_a_person().count()
    return mails + OfficeReport.objects.open().count()


def _drop(now: datetime.datetime) -> int:
    owed = Delivery.objects.waiting().iterator(chunk_size=AT_A_TIME)
    return sum(recording.dropped(delivery, now) for delivery in owed)


def _ask_no_more(now: datetime.datetime) -> None:
    """Take questions about answers that may have gone since for gone.

    The first where it was due by now; the second wherever the first was: that may have
    been answered since, and whoever told us is not asked again. A reminder to confirm
    needs nothing of the kind, as no letter waits any more.
    """
    after = datetime.timedelta(days=settings.ASK_AFTER_DAYS)
    Letter.objects.unasked_about(now - after).update(asked_at=now)
    Letter.objects.asked_about_once(now).update(asked_again_at=now)


def _erase_asked(erased: Erased, now: datetime.datetime) -> int:
    return sum(
        privacy.forget(letter, now=now, cause=privacy.Cause.REQUEST)
        for letter in _letters(erased.asked)
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


def _letters(numbers: Collection[uuid.UUID]) -> Iterator[Letter]:
    for some in _some_of(numbers):
        yield from Letter.objects.filter(pk__in=some)


def _some_of(numbers: Collection[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    """Cut up what may be more than a statement can name."""
    every = sorted(numbers)
    for start in range(0, len(every), AT_A_TIME):
        yield every[start : start + AT_A_TIME]
