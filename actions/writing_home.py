"""Writing a mail to ourselves once a day: if it comes in, so does what comes back."""

import datetime
import logging
from typing import Final

from django.utils import timezone

from actions import addresses, hearing, limiting, mail, wording
from actions.errors import DeliveryError, TooManyError
from actions.sending_records import names

logger = logging.getLogger(__name__)

KIND: Final = "to ourselves"
# One may get lost, or be written while the mail server is away.
_MOST_A_DAY: Final = 3
_PATIENCE_SECONDS: Final = 30


def write(now: datetime.datetime, *, live: bool) -> bool:
    """Write one, unless today's has come in; say whether a mail server took it."""
    today = timezone.localdate(now)
    last = hearing.last_day(hearing.MAIL, now) if live else today
    if last == today:
        return False
    try:
        # No mail can come back to a domain that is none.
        if names.is_placeholder(addresses.domain()):
            return False
        limiting.take(
            KIND, today.isoformat(), limit=_MOST_A_DAY, window=limiting.DAY, now=now
        )
        words = wording.to_ourselves(hearing.address_of(today))
        mail.send_at_once(words, KIND, patience=_PATIENCE_SECONDS, now=now)
    except TooManyError:
        logger.warning(
            "What Postbag wrote to itself today has not come in: bounces and answers "
            "may not, either. Run manage.py check --database default."
        )
        return False
    except DeliveryError as error:
        logger.warning("Postbag could not write to itself: %s", error)
        return False
    return True
