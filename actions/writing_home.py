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
# One may get lost, or be written before anybody takes mail in: so many within so many
# hours, all day long, as mail may be seen to at any time of it. A provider is given one
# a day: where nobody takes mail in each comes back, and providers think ill of that.
_TURNS: Final = 2
_WITHIN: Final = datetime.timedelta(hours=4)
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
    """Take a turn of these hours, if there is one and the last is a while ago."""
    day = today.isoformat()
    try:
        limiting.take("ourselves, lately", day, limit=1, window=_APART, now=now)
    except TooManyError:
        return False
    turns, within = (1, limiting.DAY) if settings.MAIL_PROVIDER else (_TURNS, _WITHIN)
    try:
        limiting.take("ourselves, today", day, limit=turns, window=within, now=now)
    except TooManyError:
        logger.warning(
            "What Postbag wrote to itself today has not come in: bounces and answers "
            "may not, either. Run manage.py check --database default."
        )
        return False
    return True
