"""Ending the wait of letters that have no way out for so long that none would wait on.

While there is none it is nobody's failed try, so that tries never run out
(docs/decisions/0002-a-mail-is-a-row.md).
"""

import datetime
from typing import Final

from django.utils.translation import gettext_noop

from actions import recording
from actions.models import Delivery, Letter

# From when it was to go. Whoever runs the place is told all the while.
AFTER: Final = datetime.timedelta(days=14)
NO_WAY_OUT: Final = gettext_noop("The mail server could not be reached.")
_AT_A_TIME: Final = 200


def long_due(now: datetime.datetime, *, live: bool) -> int:
    """Give up the letters that have been due for that long; say how many.

    Their writers are owed the text and how to post it, as soon as there is a way out.
    """
    due = Delivery.objects.unheld(now).filter(
        kind=Delivery.Kind.LETTER,
        is_demo=not live,
        letter__state=Letter.State.QUEUED,
        due_at__lte=now - AFTER,
    )
    some = due.select_related("letter").order_by("due_at")[:_AT_A_TIME]
    return sum(recording.failed(one, NO_WAY_OUT, now) for one in some)
