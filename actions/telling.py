"""Telling the organisers, by mail, what waits for a person."""

import datetime
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from django.contrib.auth import get_user_model
from django.db.models import Min
from django.utils import timezone

from actions import closure, groups, limiting, mail, wording
from actions.errors import DeliveryError, LostAnswerError, TooManyError
from actions.models import Delivery, IncomingMail, Letter, OfficeReport
from actions.models.letters import LetterQuerySet
from actions.screening import mending
from representatives import freshness, parliament
from representatives.models import Register

logger = logging.getLogger(__name__)

KIND: Final = "organisers"
_PATIENCE_SECONDS: Final = 30
_TODAY: Final = "organisers told"
_LATELY: Final = "organisers about to be told"
# Several workers do it, and one that is started anew.
_APART: Final = datetime.timedelta(minutes=10)


def about_letters_that_wait(now: datetime.datetime, *, live: bool) -> int:
    """Mail the organisers, once a day, if letters wait for newer members.

    Also if all of them are held by now (``reviewing``).

    Returns:
        How many were mailed.

    """
    waiting = Delivery.objects.claimable(now, live=live).filter(
        kind=Delivery.Kind.LETTER
    )
    held = Letter.objects.of_mode(live=live).without_a_new_register()
    today = timezone.localdate(now)
    if not (
        parliament.on(today).has_members
        and closure.holds_letters(now, live=live)
        and (waiting.exists() or held.exists())
        and _is_its_turn(KIND, now)
    ):
        return 0
    days = next(
        age.days for age in freshness.ages(today) if age.register == Register.MEMBERS
    )
    letters = waiting.count() + held.count()
    until = _last_day_of_the_first(held)
    return _tell(
        KIND, lambda email: wording.members_are_old(email, days, letters, until), now
    )


def about_the_queue(now: datetime.datetime, *, live: bool) -> int:
    """Mail the organisers, once a day, how much waits for a person.

    Returns:
        How many were mailed.

    """
    letters = Letter.objects.of_mode(live=live).for_a_person()
    reports = OfficeReport.objects.open().filter(letter__is_demo=not live)
    mails = IncomingMail.objects.for_a_person().filter(is_demo=not live)
    unaddressed = mending.without_a_mark(live=live)
    failing = mending.with_a_mark(live=live)
    without_result = Letter.objects.of_mode(live=live).without_a_result()
    waiting = wording.Queue(
        letters=letters.count(),
        reports=reports.count(),
        mails=mails.count(),
        unaddressed=unaddressed.count(),
        failing=failing.count(),
        failing_until=_last_day_of_the_first(failing),
        without_result=without_result.count(),
        results_until=_last_day_of_the_first(without_result),
    )
    if not waiting.is_any or not _is_its_turn("queue", now):
        return 0
    return _tell("queue", lambda email: wording.queue_waits(email, waiting), now)


def _last_day_of_the_first(held: LetterQuerySet) -> datetime.date | None:
    first: datetime.datetime | None = held.aggregate(end=Min("decide_by"))["end"]
    # A midnight ends the day before.
    return first and timezone.localdate(first - datetime.timedelta(seconds=1))


def _tell(
    what: str, worded: Callable[[str], wording.Wording], now: datetime.datetime
) -> int:
    told = 0
    for email in _addresses():
        try:
            mail.send_at_once(worded(email), KIND, patience=_PATIENCE_SECONDS, now=now)
        except LostAnswerError as error:
            logger.warning("An organiser may not have been told: %s", error)
        except DeliveryError as error:
            logger.warning("An organiser could not be told: %s", error)
            continue
        told += 1
        if told == 1:
            # Not before: a mail server that is away now may be back in an hour.
            with suppress(TooManyError):
                limiting.take(_TODAY, what, limit=1, window=limiting.DAY, now=now)
    return told


def _addresses() -> list[str]:
    """Give the organisers' addresses, as far as the admin has them."""
    organisers = get_user_model().objects.filter(
        is_active=True, groups__name=groups.ORGANISERS
    )
    return sorted({user.email for user in organisers if user.email})


def _is_its_turn(what: str, now: datetime.datetime) -> bool:
    """Whether nobody was told today, and no other worker is at it."""
    if limiting.is_taken(_TODAY, what, window=limiting.DAY, now=now):
        return False
    try:
        limiting.take(_LATELY, what, limit=1, window=_APART, now=now)
    except TooManyError:
        return False
    return True
