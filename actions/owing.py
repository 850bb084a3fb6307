"""Whether a mail that waits is still owed, as what it is owed for stands now."""

import datetime
from typing import Final

from actions.models import Delivery, Letter, LetterEvent, Subscription

_OWED_WHILE: Final = {
    Delivery.Kind.LETTER: Letter.State.QUEUED,
    Delivery.Kind.CONFIRMATION: Letter.State.AWAITING_CONFIRMATION,
    Delivery.Kind.REPEAT_NOTICE: Letter.State.REPEATED,
    Delivery.Kind.FAILURE_NOTICE: Letter.State.FAILED,
    Delivery.Kind.HELD_NOTICE: Letter.State.HELD,
    Delivery.Kind.REMINDER: Letter.State.AWAITING_CONFIRMATION,
    Delivery.Kind.BOUNCE_NOTICE: Letter.State.BOUNCED,
    Delivery.Kind.QUESTION: Letter.State.ACCEPTED,
    Delivery.Kind.QUESTION_REMINDER: Letter.State.ACCEPTED,
    Delivery.Kind.WITHHELD_NOTICE: Letter.State.CANCELLED,
}
_ASKS_TO_CONFIRM: Final = {Delivery.Kind.CONFIRMATION, Delivery.Kind.REMINDER}


def is_owed(delivery: Delivery, now: datetime.datetime) -> bool:
    """Say so by the letter or the subscription as it was read with the mail."""
    kind, owner = Delivery.Kind(delivery.kind), delivery.owner
    if isinstance(owner, Subscription):
        if kind == Delivery.Kind.REOPENING:
            return owner.is_confirmed and owner.campaign.is_open
        return owner.is_confirmed or owner.can_be_confirmed(now)
    if kind in _ASKS_TO_CONFIRM and owner.confirm_by <= now:
        return False
    if _is_in_vain(delivery, owner):
        return False
    # The links are owed wherever the letter is.
    is_in_time = owner.state == _OWED_WHILE.get(kind, owner.state)
    return is_in_time and not owner.is_forgotten


def _is_in_vain(delivery: Delivery, letter: Letter) -> bool:
    """Whether what it carries is gone, or its writer's address may be nobody's."""
    if delivery.kind == Delivery.Kind.REMINDER:
        return letter.events.filter(kind=LetterEvent.Kind.NOTICE_BOUNCED).exists()
    return delivery.reply is not None and delivery.reply.emptied_at is not None
