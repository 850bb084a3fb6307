"""Reminding writers to confirm a letter, and asking whether their MP answered it.

One reminder, a day after the mail that asked to confirm; one question, and the same
once more if nothing was told. They go while people are awake, and only where there is
somebody to ask: docs/decisions/0027-asking-for-answers.md.
"""

import datetime
from collections.abc import Callable
from operator import attrgetter
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from actions import closure
from actions.models import Campaign, Delivery, Letter, LetterEvent
from actions.models.letters import LetterQuerySet

AT_A_TIME: Final = 200
REMIND_AFTER: Final = datetime.timedelta(days=1)
# What a reminder must leave to follow its link in.
LEAST_TIME_LEFT: Final = datetime.timedelta(hours=1)
# By the clocks in London: from the first hour on, and before the last.
AWAKE: Final = range(8, 20)


def owe(
    now: datetime.datetime,
    *,
    live: bool,
    should_stop: Callable[[], bool] = lambda: False,
) -> int:
    """Owe the mails whose time has come, in this mode; say how many letters were seen.

    ``should_stop`` is asked before each ``AT_A_TIME`` of them: the next time goes on.

    Of two workers that see the same letter, one owes its mail: the database refuses a
    second (one_delivery_per_letter_and_kind).
    """
    if timezone.localtime(now).hour not in AWAKE:
        return 0
    ours = Letter.objects.of_mode(live=live)
    due = {
        Delivery.Kind.REMINDER: _to_remind(ours, now),
        Delivery.Kind.QUESTION: _to_ask(ours, now),
        Delivery.Kind.QUESTION_REMINDER: _to_ask_again(ours, now),
    }
    return sum(_owe(kind, letters, now, should_stop) for kind, letters in due.items())


_STAMPS: Final = {
    Delivery.Kind.REMINDER: "reminded_at",
    Delivery.Kind.QUESTION: "asked_at",
    Delivery.Kind.QUESTION_REMINDER: "asked_again_at",
}


def _owe(
    kind: Delivery.Kind,
    due: LetterQuerySet,
    now: datetime.datetime,
    should_stop: Callable[[], bool],
) -> int:
    count = 0
    while not should_stop() and (chosen := list(due.only("pk", "is_demo")[:AT_A_TIME])):
        # In one order everywhere, or two workers would wait for each other.
        letters = sorted(chosen, key=attrgetter("pk"))
        with transaction.atomic():
            Delivery.objects.bulk_create(
                (
                    Delivery(
                        letter=letter, kind=kind, is_demo=letter.is_demo, due_at=now
                    )
                    for letter in letters
                ),
                ignore_conflicts=True,
            )
            # What moved on meanwhile is not stamped, and its mail dropped when due.
            due.filter(pk__in=[letter.pk for letter in letters]).update(
                **{_STAMPS[kind]: now}
            )
        count += len(letters)
    return count


def _to_remind(ours: LetterQuerySet, now: datetime.datetime) -> LetterQuerySet:
    """Choose those that could still be confirmed, and whose writer was asked to."""
    if closure.of_writing(timezone.localdate(now)):
        return ours.none()
    # Who pressed twice, as the first page did not come, has confirmed one of two.
    another = Letter.objects.written_by(OuterRef("sender_key"))
    return ours.unreminded(now - REMIND_AFTER).filter(
        ~Exists(another),
        _went(Delivery.Kind.CONFIRMATION, now - REMIND_AFTER),
        confirm_by__gt=now + LEAST_TIME_LEFT,
        campaign__in=Campaign.objects.open(),
        representative__is_current=True,
    )


def _to_ask(ours: LetterQuerySet, now: datetime.datetime) -> LetterQuerySet:
    if not settings.ASK_AFTER_DAYS:
        return ours.none()
    after = datetime.timedelta(days=settings.ASK_AFTER_DAYS)
    return _known(ours.unasked_about(now - after), now)


def _to_ask_again(ours: LetterQuerySet, now: datetime.datetime) -> LetterQuerySet:
    if not settings.ASK_AGAIN_AFTER_DAYS:
        return ours.none()
    after = datetime.timedelta(days=settings.ASK_AGAIN_AFTER_DAYS)
    asked = ours.asked_about_once(now - after)
    return _known(asked, now).filter(_went(Delivery.Kind.QUESTION, now - after))


def _known(letters: LetterQuerySet, now: datetime.datetime) -> LetterQuerySet:
    """Choose those whose writer is known: neither due to be erased nor disowned.

    By ``accepted_at``, which is when they ended, too: of what has gone within the time
    to keep it there is much, and its index would be searched for the little asked for.
    """
    kept_since = now - datetime.timedelta(days=settings.ERASE_AFTER_DAYS)
    return letters.filter(
        ~Exists(LetterEvent.objects.disownings().filter(letter=OuterRef("pk"))),
        accepted_at__gt=kept_since,
    )


def _went(kind: Delivery.Kind, until: datetime.datetime) -> Exists:
    """Whether the mail before this one went by then: one that failed goes to nobody."""
    return Exists(
        Delivery.objects.filter(
            letter=OuterRef("pk"),
            kind=kind,
            state=Delivery.State.SENT,
            done_at__lte=until,
        )
    )
