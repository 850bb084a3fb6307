"""What a person decides on a mail that came in."""

import datetime
from collections.abc import Callable
from enum import StrEnum
from functools import partial

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from actions import addresses, lifecycle
from actions.errors import UnreadableMailError
from actions.incoming import parsing, values
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

_NOTHING = "Nothing follows: its letter is erased, or has not gone."
_CAME_BACK = "The letter’s writer is told that it came back."
_NO_MAIL = "Nothing follows: a mail provider told this, and no mail came to pass on."
_NOTICE_CAME_BACK = "It is noted that a mail of ours to the letter’s writer came back."
_OF_A_NOTICE = "Nothing follows: it is about a mail of ours to the letter’s writer."
_DID_NOT = "Nothing follows: it came back before, was answered, or has not gone."


def decide(
    mail: IncomingMail, deed: Deed, now: datetime.datetime, *, by: AbstractBaseUser
) -> str:
    """Do what a person decided, once.

    Returns:
        What was done, in a sentence; "" if somebody had decided before.

    """
    return made_ready(mail, deed, now, by=by)()


def made_ready(
    mail: IncomingMail, deed: Deed, now: datetime.datetime, *, by: AbstractBaseUser
) -> Callable[[], str]:
    """Read the mail, and give what ``decide`` does then.

    Before any transaction: a large mail takes a second, and others would wait for it.
    """
    return partial(_decide, mail, _read(mail), deed, now, by)


def _read(mail: IncomingMail) -> values.IncomingMail | None:
    """Read what is kept of a mail; None where that can't be read, or is gone by now."""
    content = bytes(mail.content)[: settings.LARGEST_INCOMING_BYTES]
    try:
        return parsing.parse(content, domain=addresses.domain())
    except UnreadableMailError:
        return None


@transaction.atomic
def _decide(
    mail: IncomingMail,
    read: values.IncomingMail | None,
    deed: Deed,
    now: datetime.datetime,
    by: AbstractBaseUser,
) -> str:
    every = Letter.objects.select_for_update(no_key=True)
    letter = every.filter(incoming=mail).first()
    mine = IncomingMail.objects.filter(pk=mail.pk)
    kind = _KINDS.get(deed, Kind(mail.kind))
    if not mine.for_a_person().update(
        state=IncomingMail.State.DECIDED, decided_at=now, decided_by=by, kind=kind
    ):
        return ""
    if letter is None or letter.is_forgotten:
        is_kept, words = False, _NOTHING
    elif read and following.is_of_a_notice(letter, read) and deed != Deed.IS_A_REPLY:
        is_kept, words = False, _follow_of_a_notice(read, letter, deed, now)
    else:
        is_kept, words = _follow(mail, letter, deed, now)
    if not is_kept:
        mine.empty(now)
    return words


def _follow(
    mail: IncomingMail, letter: Letter, deed: Deed, now: datetime.datetime
) -> tuple[bool, str]:
    """Say whether its content is still needed, and what was done."""
    if not following.may_be_answered(letter):
        return False, _NOTHING
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


def _follow_of_a_notice(
    read: values.IncomingMail, letter: Letter, deed: Deed, now: datetime.datetime
) -> str:
    """Say what was done; the letter itself is not what this is about."""
    if deed == Deed.IS_A_BOUNCE:
        ids = frozenset(read.original.message_ids)
        following.notice_come_back(letter, ids, now)
        return _NOTICE_CAME_BACK
    return _OF_A_NOTICE if deed == Deed.IS_AUTOMATIC else "Nothing is done with it."
