"""The letter that a worker held when it died, or stood still for longer than its lease.

Nobody knows whether the mail server took it, and its history says so, as it does of a
letter to which the mail server's answer got lost.
"""

import datetime

from actions import lifecycle, reasons
from actions.models import Delivery, Letter, LetterEvent
from actions.models.deliveries import DeliveryQuerySet


def note(left: DeliveryQuerySet, now: datetime.datetime) -> bool:
    """Note it of the letter in hand, if that is one; say whether anything was held.

    Args:
        left: what waits still under a lease that has ended.
        now: the time.

    """
    held = left.select_for_update(of=("self",)).select_related("letter")
    # As the worker sent them; what went is marked, and what was put off is free.
    in_hand = held.order_by("due_at", "pk").first()
    if in_hand is None:
        return False
    if letter := in_hand.carried:
        kind = LetterEvent.Kind.RETRIED
        lifecycle.note(letter, kind, now, reasons.LEFT_IN_HAND)
    return True


def note_of(letter: Letter, now: datetime.datetime) -> None:
    """Note it of a letter that is to go no more, if its worker held it at its end."""
    mine = letter.deliveries.waiting().filter(
        kind=Delivery.Kind.LETTER, leased_until__lte=now
    )
    lease = mine.values_list("lease", flat=True).first()
    if lease is None:
        return
    left = Delivery.objects.waiting().filter(lease=lease).order_by("due_at", "pk")
    if left.values_list("letter_id", flat=True).first() == letter.pk:
        lifecycle.note(letter, LetterEvent.Kind.RETRIED, now, reasons.LEFT_IN_HAND)
