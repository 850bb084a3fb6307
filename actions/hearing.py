"""Whether it is heard of letters that come back, by what shows it day by day.

Over SMTP that is a mail which the worker writes to an address of ours, such as letters
come back to, and which comes in (``writing_home``); over a provider, that it tells what
became of any mail. Either leaves a row of its day (``receiving.daily``). Without these
nobody is told that a letter has not come back: "What shows that mail comes in" in
docs/decisions/0024-mail-that-comes-in.md.
"""

import base64
import datetime
import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from actions import addresses, tags
from actions.models import IncomingMail

# How long mail servers try before they send a letter back.
SERVERS_TRY: Final = datetime.timedelta(days=5)
_DAY: Final = datetime.timedelta(days=1)
# How long a mail of ours may lie in a folder while nobody takes it in.
_DAYS_ON_ITS_WAY: Final = 7
# How long such rows are kept, as any other that belongs to no letter.
_DAYS_KEPT: Final = 28


def covers(went_at: datetime.datetime, now: datetime.datetime) -> bool:
    """Whether we would know if a letter that went then had come back by now.

    That is so if something shows it before the letter went, and from then on for as
    long as servers try, with no more than one day in a row without. After four weeks
    the rows that show it are erased, and nothing is known any more.
    """
    if not settings.RETURNS_CAN_BE_HEARD:
        return False
    first = timezone.localdate(went_at)
    last = timezone.localdate(min(now, went_at + SERVERS_TRY))
    shown = _shown(_by_whom(), _days(first - _DAY, last))
    is_shown_before = first - _DAY in shown or (
        first in shown and shown[first] <= went_at
    )
    return is_shown_before and all(
        day in shown or day - _DAY in shown for day in _days(first, last)
    )


def are_returns_heard(now: datetime.datetime) -> bool:
    """Whether we hear of letters that come back, as far as anything shows it now."""
    return settings.RETURNS_CAN_BE_HEARD and is_shown(_by_whom(), now)


def is_shown(by: str, now: datetime.datetime) -> bool:
    """Whether news come by this way, as far as today or yesterday show."""
    last = last_day(by, now)
    return last is not None and last >= timezone.localdate(now) - _DAY


def last_day(by: str, now: datetime.datetime) -> datetime.date | None:
    """Give the last day on which something showed it, of those that are kept."""
    today = timezone.localdate(now)
    return max(_shown(by, _days(today - _DAYS_KEPT * _DAY, today)), default=None)


def by_mail() -> str:
    """Name the way of our own mail; a provider's is called as it is.

    What came in over a provider shows nothing of mail that goes without one: servers on
    the way may put a sender of their own.
    """
    return f"mail over {settings.MAIL_PROVIDER or 'SMTP'}"


def digest_of(by: str, day: datetime.date) -> str:
    """Say under what it is noted, once a day, that news came that way."""
    return hashlib.sha256(f"heard\n{by}\n{day.isoformat()}".encode()).hexdigest()


def address_of(day: datetime.date) -> str:
    """Give the address of our own that we write to on a day.

    It looks as those do that letters come back to, and nobody can guess it.

    Raises:
        TemporaryDeliveryError: the address in the settings is none.

    """
    mailbox = addresses.Purpose.LETTER_BOUNCE.value
    return f"{mailbox}.{_tag_of(day)}@{addresses.domain()}"


def day_written(found: Iterable[str], now: datetime.datetime) -> datetime.date | None:
    """Say on which day we wrote to ourselves under one of these tags; None if never."""
    found, today = set(found), timezone.localdate(now)
    # Tomorrow, too: another machine's clock may be ahead.
    days = _days(today - _DAYS_ON_ITS_WAY * _DAY, today + _DAY) if found else ()
    return next((day for day in days if _tag_of(day) in found), None)


def _by_whom() -> str:
    """Say which way news of letters that come back take, where they take any."""
    return settings.EVENTS_WEBHOOK or by_mail()


def _shown(
    by: str, days: Iterable[datetime.date]
) -> dict[datetime.date, datetime.datetime]:
    """Give those of the days that something shows it of, each with when it came."""
    named = {digest_of(by, day): day for day in days}
    rows = IncomingMail.objects.filter(digest__in=named)
    return {
        named[digest]: at for digest, at in rows.values_list("digest", "received_at")
    }


def _days(first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    return (first + after * _DAY for after in range((last - first).days + 1))


def _tag_of(day: datetime.date) -> str:
    made = salted_hmac("actions.hearing", day.isoformat(), algorithm="sha256").digest()
    return base64.b32encode(made).decode().lower()[: tags.LENGTH]
