"""Limits on whatever writes or mails, exact however many ask at once."""

import datetime

from django.utils.crypto import salted_hmac

from actions.errors import TooManyError
from actions.models import RateCount

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)

# Whatever way a letter goes, it takes one of the same places.
LETTERS_FROM_AN_ADDRESS = "letters from an address"


def take(
    scope: str,
    subject: str,
    *,
    limit: int,
    window: datetime.timedelta,
    now: datetime.datetime,
) -> None:
    """Take one of ``limit`` places that ``subject`` has in each ``window``.

    Only a keyed hash of the subject is stored, and ``forget`` takes it away once its
    window is over.

    Raises:
        TooManyError: all places are taken; it says when the next window opens.

    """
    began_at = _beginning(window, now)
    if RateCount.add_one(_key(scope, subject), began_at) > limit:
        left = began_at + window - now.replace(microsecond=0)
        raise TooManyError(scope, int(left.total_seconds()))


def is_taken(
    scope: str, subject: str, *, window: datetime.timedelta, now: datetime.datetime
) -> bool:
    """Say whether any place of this window is taken; takes none."""
    counted = RateCount.objects.filter(key=_key(scope, subject))
    return counted.filter(window_began_at=_beginning(window, now)).exists()


def is_first(scope: str, subject: str, *, until: datetime.datetime) -> bool:
    """Say whether this is done with ``subject`` for the first time.

    It is remembered, as a keyed hash, until a day after ``until``, as it was given
    the first time; after that do not ask.
    """
    return RateCount.add_first(_key(scope, subject), until)


def forget(now: datetime.datetime) -> int:
    """Take away the counts of windows that are surely over; say how many."""
    gone, _ = RateCount.objects.filter(window_began_at__lt=now - DAY).delete()
    return gone


def _beginning(window: datetime.timedelta, now: datetime.datetime) -> datetime.datetime:
    seconds = int(window.total_seconds())
    began = int(now.timestamp()) // seconds * seconds
    return datetime.datetime.fromtimestamp(began, tz=datetime.UTC)


def _key(scope: str, subject: str) -> str:
    """Make the keyed hash that is stored instead of the subject."""
    made = salted_hmac("actions.limit", f"{scope}|{subject}", algorithm="sha256")
    return made.hexdigest()
