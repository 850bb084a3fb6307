"""What a person decides on a mail that came in."""

import datetime
from enum import StrEnum

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from actions import lifecycle
from actions.models import IncomingMail, Letter, LetterEvent
from actions.receiving import following

Kind = IncomingMail.Kind


class Deed(StrEnum):
    """What they say of it."""

    IS_A_BOUNCE = "bounce"
    IS_A_REPLY = "pass_on"
    IS_AUTOMATIC = "automatic"
    IS_NOTHING = "nothing"


_KINDS = {
    Deed.IS_A_BOUNCE: Kind.BOUNCE,
    Deed.IS_A_REPLY: Kind.REPLY,
    Deed.IS_AUTOMATIC: Kind.AUTO_REPLY,
}

_CAME_BACK = "The letter’s writer is told that it came back."
_NO_MAIL = "Nothing follows: a mail provider told this, and no mail came to pass on."
_DID_NOT = "Nothing follows: it came back before, was answered, or has not gone."


@transaction.atomic
def decide(
    mail: IncomingMail, deed: Deed, now: datetime.datetime, *, by: AbstractBaseUser
) -> str:
    """Do what a person decided, once.

    Returns:
        What was done, in a sentence; "" if somebody had decided before.

    """
    every = Letter.objects.select_for_update(no_key=True)
    letter = every.filter(incoming=mail).first()
    mine = IncomingMail.objects.filter(pk=mail.pk)
    kind = _KINDS.get(deed, Kind(mail.kind))
    if not mine.for_a_person().update(
        state=IncomingMail.State.DECIDED, decided_at=now, decided_by=by, kind=kind
    ):
        return ""
    is_kept, words = _follow(mail, letter, deed, now)
    if not is_kept:
        mine.empty(now)
    return words


def _follow(
    mail: IncomingMail, letter: Letter | None, deed: Deed, now: datetime.datetime
) -> tuple[bool, str]:
    """Say whether its content is still needed, and what was done."""
    if letter is None or letter.is_forgotten or not following.may_be_answered(letter):
        return False, "Nothing follows: its letter is erased, or has not gone."
    is_kept = False
    match deed:
        case Deed.IS_A_BOUNCE:
            came_back = following.come_back(letter, None, now, is_proven=False)
            words = _CAME_BACK if came_back else _DID_NOT
        case Deed.IS_A_REPLY if mail.is_told_by_a_provider:
            words = _NO_MAIL
        case Deed.IS_A_REPLY:
            following.pass_on(mail, letter, now)
            is_kept, words = True, "It is passed on to the letter’s writer."
        case Deed.IS_AUTOMATIC:
            is_kept = following.acknowledge(mail, letter, now)
            words = "It is noted as an automatic reply."
        case Deed.IS_NOTHING:
            if mail.kind == Kind.REPLY:
                lifecycle.note(letter, LetterEvent.Kind.REPLY_NOT_FORWARDED, now)
            words = "Nothing is done with it."
    return is_kept, words
