"""What follows from a mail for the letter that it belongs to.

Called in the transaction that stores or decides on the mail, the letter being locked.
"""

import datetime
import re
from collections.abc import Iterable
from typing import Final

from actions import failing, holding, lifecycle, reasons, refusals
from actions.incoming import values
from actions.incoming.verdicts import Failure
from actions.lifecycle import Move
from actions.models import Delivery, IncomingMail, Letter, LetterEvent
from actions.models.deliveries import DeliveryQuerySet

# Whoever learns the address can write to its letter's writer: no more often than that
# without a person's look.
PASSED_ON_A_DAY: Final = 3
PASSED_ON_A_LETTER: Final = 10
# A second letter that comes back so soon after another marks the address.
_SOON: Final = datetime.timedelta(days=7)
# What it says of us: a rule that refuses our mail, not this address's.
_OF_US: Final = re.compile(
    r".*(?:\b[45]\.7\.\d|\b(?:banned|blacklisted|blocked|dkim|dmarc|policy|prohibited|"
    r"reputation|spam|spf|virus)\b)"
)


# By which a letter may have gone without our knowing.
_IN_DOUBT: Final = (LetterEvent.Kind.RETRIED, LetterEvent.Kind.WITHHELD)


def may_be_answered(letter: Letter) -> bool:
    """Whether a letter has gone, or may have: it was tried, or went with a database.

    Once held and released it is owed anew; that it was tried its history tells.
    """
    tried = letter.deliveries.filter(kind=Delivery.Kind.LETTER, attempts__gt=0)
    return (
        letter.has_gone
        or tried.exists()
        or letter.events.filter(kind__in=_IN_DOUBT).exists()
    )


def speaks_of_us(failure: Failure) -> bool:
    """Whether a letter came back for what somebody on its way thinks of our mail."""
    of_us = _OF_US.match(failure.reason) is not None
    return of_us or failure.reason == refusals.PROVIDER_REFUSED


def come_back(
    letter: Letter, failure: Failure | None, now: datetime.datetime, *, is_proven: bool
) -> bool:
    """Note that a letter came back, tell its writer, and mark an address that fails.

    Args:
        letter: the letter.
        failure: why; None where nobody knows.
        now: the time.
        is_proven: whether what came back shows that its sender had the very mail. An
            address is marked for that; without it, as for a full mailbox, only once
            another letter came back from there.

    Returns:
        Whether it had gone, and nothing that its writer told speaks against it.

    """
    reason = failure.reason if failure else ""
    if not lifecycle.make(Move.BOUNCE, letter, now, cause=reason):
        return False
    holding.owe(letter, Delivery.Kind.BOUNCE_NOTICE, now)
    is_of_us = failure is not None and speaks_of_us(failure)
    fails = is_proven and failing.is_of_the_address(reason)
    if not is_of_us and (fails or _another_came_back(letter, now)):
        failing.mark(letter.recipient_email, reason, now, live=not letter.is_demo)
    letter.refresh_from_db()
    return True


def is_of_a_notice(letter: Letter, mail: values.IncomingMail) -> bool:
    """Whether a mail is about one of our own to a letter's writer, not the letter."""
    ours = _ids(letter.deliveries.exclude(kind=Delivery.Kind.LETTER))
    return mail.is_for_notices or _speaks_of(ours, mail.original.message_ids)


def notice_come_back(
    letter: Letter, message_ids: frozenset[str], now: datetime.datetime
) -> None:
    """Note that a mail of ours to a letter's writer came back.

    Where they never confirmed, the address may be mistyped and somebody else's: nothing
    more is mailed there, and the letter waits until its time is over.
    """
    passed_on = letter.deliveries.filter(kind=Delivery.Kind.FORWARD)
    was_an_answer = _speaks_of(_ids(passed_on), message_ids)
    kind = LetterEvent.Kind
    lifecycle.note(
        letter, kind.REPLY_NOT_FORWARDED if was_an_answer else kind.NOTICE_BOUNCED, now
    )
    if letter.state == Letter.State.AWAITING_CONFIRMATION:
        letter.deliveries.unheld(now).update(
            state=Delivery.State.DROPPED, done_at=now, lease=None, leased_until=None
        )


def acknowledge(mail: IncomingMail, letter: Letter, now: datetime.datetime) -> bool:
    """Note an automatic reply; say whether it is passed on to the letter's writer."""
    lifecycle.note(letter, LetterEvent.Kind.ACKNOWLEDGEMENT_SEEN, now)
    if mail.is_told_by_a_provider or not may_pass_on(letter, now):
        return False
    _owe(mail, letter, now)
    return True


def pass_on(mail: IncomingMail, letter: Letter, now: datetime.datetime) -> None:
    """Owe a letter's writer the reply, and have them asked whether it is an answer.

    Not asked are those whose letter is not known to have gone.
    """
    if letter.has_gone:
        unseen = Letter.objects.filter(pk=letter.pk, reply_seen_at=None)
        unseen.update(reply_seen_at=now)
    _owe(mail, letter, now)


def may_pass_on(letter: Letter, now: datetime.datetime) -> bool:
    """Whether one more mail goes on without a person's look."""
    passed_on = Delivery.objects.filter(letter=letter, kind=Delivery.Kind.FORWARD)
    day = now - datetime.timedelta(days=1)
    return (
        passed_on.count() < PASSED_ON_A_LETTER
        and passed_on.filter(reply__received_at__gt=day).count() < PASSED_ON_A_DAY
    )


def _owe(mail: IncomingMail, letter: Letter, now: datetime.datetime) -> None:
    Delivery.objects.create(
        letter=letter,
        reply=mail,
        kind=Delivery.Kind.FORWARD,
        is_demo=letter.is_demo,
        due_at=now,
    )


def _another_came_back(letter: Letter, now: datetime.datetime) -> bool:
    return (
        LetterEvent.objects.filter(
            kind=LetterEvent.Kind.BOUNCED,
            at__gt=now - _SOON,
            letter__is_demo=letter.is_demo,
            letter__recipient_email__iexact=letter.recipient_email,
        )
        .exclude(letter=letter)
        .exclude(cause=reasons.TAKEN_BACK)
        .exists()
    )


def _speaks_of(ours: list[str], message_ids: Iterable[str]) -> bool:
    return any(f"<{one}@" in mid for one in ours for mid in message_ids)


def _ids(deliveries: DeliveryQuerySet) -> list[str]:
    return [str(pk) for pk in deliveries.values_list("pk", flat=True)]
