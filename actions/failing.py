"""Addresses of MPs that letters come back from: letters wait until they are mended."""

import datetime
import re
import uuid
from typing import Final

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from actions import holding, readdressing
from actions.models import Delivery, FailingAddress, Letter
from actions.models.letters import LetterQuerySet
from representatives import parliament
from representatives.models import ADDRESS, Representative

# How long a letter waits for an address to be corrected.
CORRECTIONS_TAKE: Final = datetime.timedelta(days=14)
# What a server says of the address itself: nobody there, moved, a domain without mail.
_OF_THE_ADDRESS: Final = re.compile(
    r"5\d\d (?:5\.(?:1\.(?:[1236]|10)|2\.1)\b"
    r"|(?:5\.0\.0 )?(?!5\.\d).*\b(?:disabled|exists?|inactive|suspended|unknown)\b)"
)


def is_of_the_address(reason: str) -> bool:
    """Whether a server refused a mail for whom it goes to, and not for what it is."""
    return _OF_THE_ADDRESS.match(reason) is not None


def mark(address: str, cause: str, now: datetime.datetime, *, live: bool) -> bool:
    """Note that mail to an MP's address comes back, and hold the letters to it."""
    is_new = note(address, cause, now, live=live)
    if is_new:
        hold_waiting(now, live=live)
    return is_new


def note(address: str, cause: str, now: datetime.datetime, *, live: bool) -> bool:
    """Note that mail to an MP's address comes back; letters to it wait within a minute.

    Args:
        address: the address.
        cause: why, in words that hold nothing of anybody.
        now: the time.
        live: whether real letters come back.

    Returns:
        Whether it was not noted before.

    """
    try:
        with transaction.atomic():
            FailingAddress.objects.create(
                address=address, cause=cause, since=now, is_demo=not live
            )
    except IntegrityError:  # an_address_fails_once_at_a_time
        return False
    return True


def is_failing(address: str, *, live: bool) -> bool:
    """Whether letters to this address wait."""
    standing = FailingAddress.objects.standing().of_mode(live=live)
    return standing.filter(address__iexact=address).exists()


def hold_waiting(now: datetime.datetime, *, live: bool) -> int:
    """Hold the queued letters to failing addresses; say how many."""
    standing = FailingAddress.objects.standing().of_mode(live=live)
    addresses = [
        address.lower() for address in standing.values_list("address", flat=True)
    ]
    if not addresses:
        return 0
    queued = (
        Letter.objects.of_mode(live=live)
        .filter(state=Letter.State.QUEUED)
        .alias(to=Lower("recipient_email"))
        .filter(to__in=addresses)
    )
    return sum(
        holding.hold(
            letter,
            Letter.Hold.ADDRESS_FAILING,
            now,
            decide_by=holding.end_of_day(now + CORRECTIONS_TAKE),
        )
        for letter in queued.order_by("pk").iterator(chunk_size=200)
    )


def mend(
    failing: FailingAddress,
    now: datetime.datetime,
    *,
    by: AbstractBaseUser | None = None,
) -> bool:
    """Take the mark away: ``screening.mending`` lets the letters that waited go.

    Somebody has corrected the MP's address, or found that the old one works again.

    Returns:
        Whether the mark still stood.

    """
    moved = FailingAddress.objects.standing().filter(pk=failing.pk)
    return bool(moved.update(mended_at=now, mended_by=by))


def mend_corrected(now: datetime.datetime, *, live: bool) -> int:
    """Mend each mark on an address that no MP has any more; say how many.

    Not before all results of an election are in: whoever is elected again mostly has
    the address of before.
    """
    house = parliament.on(timezone.localdate(now))
    if house.is_filling or not house.has_members:
        return 0
    marks = FailingAddress.objects.standing().of_mode(live=live)
    members = Representative.objects.current().annotate(address=ADDRESS)
    return sum(
        mend(mark, now)
        for mark in marks
        if not members.filter(address__iexact=mark.address).exists()
    )


def follow_corrections(
    in_hand: list[Delivery], now: datetime.datetime, *, live: bool
) -> list[Delivery]:
    """Point the letters in a worker's hands to their MPs' addresses of today.

    Whose MP has another address by now that mail comes back from waits for a better
    one.

    Returns:
        What is still in these hands.

    """
    by_letter = {letter: one for one in in_hand if (letter := one.carried)}
    held = {
        by_letter[letter].pk
        for letter, address in readdressing.outdated(list(by_letter))
        if _follow(letter, address, by_letter[letter].lease, now, live=live)
    }
    return [one for one in in_hand if one.pk not in held]


@transaction.atomic
def _follow(
    letter: Letter,
    address: str,
    lease: uuid.UUID | None,
    now: datetime.datetime,
    *,
    live: bool,
) -> bool:
    """Point a letter to an address, or hold it for that; say whether it is held.

    At once: of one that has its new address, nobody asks whether it is failing.
    """
    readdressing.readdress(letter, address, now)
    if not is_failing(address, live=live):
        return False
    by = holding.end_of_day(now + CORRECTIONS_TAKE)
    return holding.hold(
        letter, Letter.Hold.ADDRESS_FAILING, now, decide_by=by, lease=lease
    )


def waiting_for(failing: FailingAddress) -> LetterQuerySet:
    """Ask for the letters that wait for an address to be mended."""
    return (
        Letter.objects.of_mode(live=not failing.is_demo)
        .held()
        .filter(
            held_for=Letter.Hold.ADDRESS_FAILING,
            recipient_email__iexact=failing.address,
        )
    )
