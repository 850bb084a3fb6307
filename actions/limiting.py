"""Limits on whatever writes or mails, exact however many ask at once."""

import datetime

from django.utils.crypto import salted_hmac

from actions.errors import TooManyError
from actions.models import RateCount

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


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
    seconds = int(window.total_seconds())
    began = int(now.timestamp()) // seconds * seconds
    key = salted_hmac("actions.limit", f"{scope}|{subject}", algorithm="sha256")
    window_began_at = datetime.datetime.fromtimestamp(began, tz=datetime.UTC)
    if RateCount.add_one(key.hexdigest(), window_began_at) > limit:
        raise TooManyError(scope, began + seconds - int(now.timestamp()))


def forget(now: datetime.datetime) -> int:
    """Take away the counts of windows that are surely over; say how many."""
    gone, _ = RateCount.objects.filter(window_began_at__lt=now - DAY).delete()
    return gone
