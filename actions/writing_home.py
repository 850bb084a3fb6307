"""Writing a mail to ourselves once a day: if it comes in, so does what comes back."""

import datetime
import logging
from typing import Final

from django.conf import settings
from django.utils import timezone

from actions import addresses, hearing, limiting, mail, wording
from actions.errors import DeliveryError, TooManyError
from actions.sending_records import names

logger = logging.getLogger(__name__)

KIND: Final = "to ourselves"
# One may get lost, or be written before anybody takes mail in. A provider is given one:
# where nobody takes mail in each comes back, and providers think ill of that.
_MOST_A_DAY: Final = 6
_MOST_A_DAY_OVER_A_PROVIDER: Final = 1
# Several workers do it, and one that is started anew.
_APART: Final = datetime.timedelta(minutes=10)
_PATIENCE_SECONDS: Final = 30


def write(now: datetime.datetime, *, live: bool) -> bool:
    """Write one, unless today's has come in; say whether a mail server took it."""
    today = timezone.localdate(now)
    if not live or hearing.last_day(hearing.by_mail(), now) == today:
        return False
    try:
        # No mail can come back to a domain that is none.
        if names.is_placeholder(addresses.domain()) or not _is_time(today, now):
            return False
        words = wording.to_ourselves(hearing.address_of(today))
        mail.send_at_once(words, KIND, patience=_PATIENCE_SECONDS, now=now)
    except DeliveryError as error:
        logger.warning("Postbag could not write to itself: %s", error)
        return False
    return True


def _is_time(today: datetime.date, now: datetime.datetime) -> bool:
    """Take one of the day's turns, if there are any and the last is a while ago."""
    day = today.isoformat()
    try:
        limiting.take("ourselves, lately", day, limit=1, window=_APART, now=now)
    except TooManyError:
        return False
    most = _MOST_A_DAY_OVER_A_PROVIDER if settings.MAIL_PROVIDER else _MOST_A_DAY
    try:
        limiting.take("ourselves, today", day, limit=most, window=limiting.DAY, now=now)
    except TooManyError:
        logger.warning(
            "What Postbag wrote to itself today has not come in: bounces and answers "
            "may not, either. Run manage.py check --database default."
        )
        return False
    return True
