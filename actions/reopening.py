"""Telling those who asked for it that people can write to their MP again.

Each is owed one mail, once there are members; then the address is erased
(docs/decisions/0017-the-parliament-clock.md).
"""

import datetime
from typing import Final

from django.utils import timezone

from actions import closure
from actions.models import Delivery, Subscription

AT_A_TIME: Final = 200


def owe(now: datetime.datetime, *, live: bool) -> int:
    """Owe the mail to each who confirmed the wish and to whom none is owed yet.

    Of two workers that see the same wish, one owes it: the database refuses a second
    (one_mail_of_reopening_per_subscription). Nothing is owed while nobody can write.

    Returns:
        How many wishes were seen.

    """
    if closure.of_writing(timezone.localdate(now)):
        return 0
    waiting = Subscription.objects.of_mode(live=live).to_tell()
    count = 0
    while wishes := list(waiting.values_list("pk", flat=True)[:AT_A_TIME]):
        Delivery.objects.bulk_create(
            (
                Delivery(
                    subscription_id=wish,
                    kind=Delivery.Kind.REOPENING,
                    is_demo=not live,
                    due_at=now,
                )
                for wish in wishes
            ),
            ignore_conflicts=True,
        )
        count += len(wishes)
    return count
