"""Looking whether confirmed letters still have their MP, and what comes of it.

The worker looks every minute, and once more before each letter goes, so that none goes
to nobody or to somebody else (docs/decisions/0026-held-letters.md).
"""

import datetime
from collections.abc import Callable, Iterator
from typing import Final

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from actions import closure, holding, pacing, reasons, standing
from actions.models import Delivery, Letter
from actions.models.letters import LetterQuerySet
from actions.screening import looking
from representatives import lookup, parliament

Hold = Letter.Hold

# When one is looked at again whose MP nobody knows at this moment.
_A_WHILE: Final = datetime.timedelta(minutes=1)
SAME_AGAIN: Final = gettext_noop("Whom you wrote to holds the seat again.")
UP_TO_DATE: Final = gettext_noop("Our list of MPs has been brought up to date.")
# How long a letter that is due waits for a newer list of members before its writer is
# mailed: whoever runs the place is told each day, and mends it within a weekend mostly.
REGISTER_IS_AWAITED: Final = datetime.timedelta(days=3)


def look(
    now: datetime.datetime,
    *,
    live: bool,
    should_stop: Callable[[], bool] = lambda: False,
) -> int:
    """Hold letters that have lost their MP, and go on with those held; say how many.

    Args:
        now: the time.
        live: whether of real letters, or of those made while trying Postbag out.
        should_stop: asked before each letter.

    """
    count = 0
    for letter, found in _to_move(now, live=live):
        if should_stop():
            break
        if letter.state == Letter.State.QUEUED:
            count += _review_queued(letter, found, now)
        else:
            count += _review_held(letter, found, now)
    return count


def has_its_reader(delivery: Delivery) -> bool:
    """Whether, as it was read, a letter's MP still is one; our own mails need none."""
    letter = delivery.carried
    return letter is None or letter.representative.is_current


def may_go(delivery: Delivery, now: datetime.datetime) -> bool:
    """Whether a mail in a worker's hands still has somebody to read it.

    A letter whose MP is nobody's any more is held instead. One whose MP holds the seat
    by another term follows them, and goes once it has a place among the letters there.
    """
    letter = delivery.carried
    if letter is None or has_its_reader(delivery):
        return True
    [(_, found)] = _judged(Letter.objects.filter(pk=letter.pk), now)
    if found:
        by = _decide_by(letter, Hold(found), now)
        holding.hold(letter, Hold(found), now, decide_by=by, lease=delivery.lease)
        return False
    # The place that it had was among the letters to the term that is over.
    pacing.give_back([delivery])
    # Or its result may still be on its way: it waits in the queue.
    due_at = delivery.due_at if standing.follow(letter) else now + _A_WHILE
    Delivery.objects.waiting().filter(pk=delivery.pk, lease=delivery.lease).update(
        lease=None, leased_until=None, due_at=due_at
    )
    return False


def _to_move(now: datetime.datetime, *, live: bool) -> Iterator[tuple[Letter, str]]:
    """Find those whose standing is not what it was, by few and cheap queries."""
    letters = Letter.objects.of_mode(live=live)
    queued = queued_at_all = letters.filter(state=Letter.State.QUEUED)
    if parliament.on(timezone.localdate(now)).has_members:
        queued = queued.filter(representative__is_current=False)
    yield from _judged(queued, now)
    if closure.is_unsure(now - REGISTER_IS_AWAITED, live=live):
        yield from _long_due(queued_at_all, now)
    asked = letters.held().filter(held_for__in=(*reasons.WRITERS, Hold.REGISTER_OLD))
    but_for = [Q(**{standing.FOUND: F("held_for")})]
    if closure.is_unsure(now, live=live):
        # That the old list still names its MP is no news.
        but_for.append(Q(held_for=Hold.REGISTER_OLD, **{standing.FOUND: ""}))
    yield from _judged(asked, now, *but_for)


def _long_due(
    queued: LetterQuerySet, now: datetime.datetime
) -> Iterator[tuple[Letter, str]]:
    """Find those that have waited for a newer list of members for long enough."""
    due = Delivery.objects.unheld(now).filter(
        kind=Delivery.Kind.LETTER, due_at__lte=now - REGISTER_IS_AWAITED
    )
    waiting = queued.filter(pk__in=due.values("letter"))
    for letter in waiting.order_by("pk").iterator(chunk_size=200):
        yield letter, Hold.REGISTER_OLD


def _judged(
    letters: LetterQuerySet, now: datetime.datetime, *but_for: Q
) -> Iterator[tuple[Letter, str]]:
    found = standing.judged(letters, now).select_related(
        "constituency", "representative"
    )
    for known in but_for:
        found = found.exclude(known)
    for letter in found.order_by("pk").iterator(chunk_size=200):
        yield letter, getattr(letter, standing.FOUND)


def _review_queued(letter: Letter, found: str, now: datetime.datetime) -> bool:
    if not found:
        return standing.follow(letter)
    by = _decide_by(letter, Hold(found), now)
    return holding.hold(letter, Hold(found), now, decide_by=by)


def _review_held(letter: Letter, found: str, now: datetime.datetime) -> bool:
    if not found:
        return _release(letter, now)
    by = _decide_by(letter, Hold(found), now)
    return holding.hold_on(letter, Hold(found), now, decide_by=by)


@transaction.atomic
def _release(letter: Letter, now: datetime.datetime) -> bool:
    """Let a letter go to the very person that it was written to."""
    was_unsure = letter.held_for == Hold.REGISTER_OLD
    # Nothing of the letter has changed then, so nobody decides on it once more.
    since = {"since": letter.held_at} if was_unsure and letter.held_at else {}
    seen = Letter.objects.filter(held_for=letter.held_for)
    # First, as it takes its place among the letters to the term that it goes to.
    standing.follow(letter)
    is_released = holding.release(
        letter, now, cause=UP_TO_DATE if was_unsure else SAME_AGAIN, among=seen
    )
    if is_released:
        looking.hold_or_plan(letter, now, is_new=False, **since)
    return is_released


def _decide_by(
    letter: Letter, reason: Letter.Hold, now: datetime.datetime
) -> datetime.datetime:
    """Give whoever decides their time: the voters first, where they have to."""
    if reason in {Hold.MEMBER_CHANGED, Hold.BOUNDARIES_CHANGED}:
        return holding.end_of_day(now + holding.WRITERS_HAVE)
    if reason in {Hold.NO_RESULT, Hold.REGISTER_OLD}:
        return holding.end_of_day(now + holding.REGISTERS_TAKE)
    by = now + holding.HOUSES_TAKE
    if reason == Hold.VACANT and (day := lookup.by_election(letter.constituency.code)):
        noon = datetime.time(12, tzinfo=datetime.UTC)
        by = max(by, datetime.datetime.combine(day, noon) + holding.WRITERS_HAVE)
    return holding.end_of_day(by)
