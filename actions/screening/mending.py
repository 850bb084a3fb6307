"""Letters that wait for their MP's address: they go on once one is known that works."""

import datetime
from collections.abc import Callable
from typing import Final

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Lower
from django.utils.translation import gettext_noop

from actions import holding, readdressing
from actions.models import FailingAddress, Letter
from actions.models.letters import LetterQuerySet
from actions.screening import looking
from representatives.models import ADDRESS, Representative

MENDED: Final = gettext_noop(
    "Your MP has an e-mail address from which mail does not come back."
)


def let_go(
    now: datetime.datetime,
    *,
    live: bool,
    should_stop: Callable[[], bool] = lambda: False,
) -> int:
    """Release those whose MP has an address to which mail does not come back.

    The worker looks every minute: the register may bring the address long after the
    mark on the old one has gone. ``should_stop`` is asked before each letter: the next
    time goes on. Returns how many were released.
    """
    terms = Representative.objects.filter(pk=OuterRef("representative"))
    today = Subquery(terms.annotate(address=ADDRESS).values("address"))
    ready = (
        _waiting(live=live)
        .alias(today=Lower(today))
        .exclude(today="")
        .exclude(today__in=_failing(live=live))
    )
    count = 0
    for letter in ready.order_by("pk").iterator(chunk_size=200):
        if should_stop():
            break
        count += _release(letter, now)
    return count


def without_a_mark(*, live: bool) -> LetterQuerySet:
    """Ask for those that wait, though no mark says any more that their address fails.

    Their MP has no address in the register, or another one that fails, too.
    """
    to = Lower("recipient_email")
    return _waiting(live=live).alias(to=to).exclude(to__in=_failing(live=live))


def with_a_mark(*, live: bool) -> LetterQuerySet:
    """Ask for those that wait while a mark says that their address fails."""
    to = Lower("recipient_email")
    return _waiting(live=live).alias(to=to).filter(to__in=_failing(live=live))


def _waiting(*, live: bool) -> LetterQuerySet:
    held_for = Letter.Hold.ADDRESS_FAILING
    return Letter.objects.of_mode(live=live).held().filter(held_for=held_for)


def _failing(*, live: bool) -> list[str]:
    marks = FailingAddress.objects.standing().of_mode(live=live)
    return [address.lower() for address in marks.values_list("address", flat=True)]


@transaction.atomic
def _release(letter: Letter, now: datetime.datetime) -> bool:
    """Release a letter to its MP's address of today; say whether it was held still.

    What was decided on its mailbox, or for its MP's office, meanwhile holds it anew.
    """
    waited_since = letter.held_at or now
    mine = Letter.objects.filter(held_for=Letter.Hold.ADDRESS_FAILING)
    if not holding.release(letter, now, cause=MENDED, among=mine):
        return False
    readdressing.readdress(letter, readdressing.address_today(letter), now)
    looking.hold_or_plan(letter, now, is_new=False, since=waited_since)
    return True
