"""Erasing what came in, once nothing needs it."""

import datetime
from typing import Final

from django.conf import settings
from django.db.models import Q

from actions.models import Delivery, IncomingMail

# That a mail came, what it was and what became of it.
RECORDS_LIVE: Final = datetime.timedelta(days=365)
# Of one that belongs to no letter: most of it is unwanted.
_STRAYS_LIVE: Final = datetime.timedelta(days=28)


def forget_due(now: datetime.datetime) -> int:
    """Erase the content of mails whose time is over; say of how many.

    It goes earlier with whatever ends the need for it: once the mail was passed on or a
    person decided, and with its letter.
    """
    too_old = now - datetime.timedelta(days=settings.ERASE_AFTER_DAYS)
    over = IncomingMail.objects.filter(
        Q(received_at__lte=too_old) | Q(letter__forgotten_at__isnull=False)
    )
    Delivery.objects.unheld(now).filter(reply__in=over).update(
        state=Delivery.State.DROPPED, done_at=now, lease=None, leased_until=None
    )
    count = over.empty(now)
    gone = Q(received_at__lte=now - RECORDS_LIVE) | Q(
        received_at__lte=now - _STRAYS_LIVE, letter=None
    )
    IncomingMail.objects.filter(gone).delete()
    return count
