"""What a mail provider tells of our mails: taken in as a mail server's report is."""

import datetime
import hashlib
import uuid
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from django.db import transaction

from actions import addresses
from actions.errors import TooEarlyError
from actions.headers import Party
from actions.incoming.verdicts import Classification, Failure, Kind, doubt
from actions.models import Delivery, IncomingMail, Letter, OfficeReport
from actions.receiving import following, outcomes
from actions.receiving.outcomes import Came, Left
from actions.screening import deciding

_REASONS: Final = {
    Kind.BOUNCE: "The mail provider says that it was not delivered.",
    Kind.COMPLAINT: "The mail provider says that it was marked as spam.",
    Kind.DOUBT: "It may be a notice of absence that the provider takes for a bounce.",
}
# An office's mail program has a button for it, which says nothing of why.
_MARKED_AS_SPAM: Final = (
    "Told by the mail provider, not by the link in the letter: somebody at the office "
    "marked the letter as spam. Ask the office before you accept this."
)


@dataclass(frozen=True)
class Event:
    """What a provider tells: that a mail came back, or was complained of."""

    kind: Kind
    provider: str
    # Which mail of ours it is about; None where that is not known.
    mail: uuid.UUID | None
    # What the provider calls that mail.
    name: str
    # Whom it went to; "" where nobody says.
    recipient: str
    # Why it came back, as kept with a letter; see ``refusals.explained``.
    reason: str = ""
    # The same in the provider's words, which may hold anything: only for a person, and
    # only where one must decide.
    words: str = ""


@transaction.atomic
def take_in(event: Event, now: datetime.datetime, *, live: bool) -> IncomingMail:
    """Take in what a provider tells and do what follows; a second time nothing does.

    Raises:
        TooEarlyError: its letter is being sent at this moment, or may have been taken
            by the provider and is still to be tried again.

    """
    ours = Delivery.objects.filter(is_demo=not live)
    delivery = ours.filter(pk=event.mail).first() if event.mail else None
    # Locked before anything is stored, so that of two events one waits for the other.
    letter = _letter_of(delivery) if delivery else None
    if letter and delivery and _is_on_its_way(letter, delivery):
        raise TooEarlyError(str(letter.pk))
    verdict = _judged(event, delivery, letter)
    row, is_new = outcomes.note(Came(_digest(event), now, live), letter, verdict)
    if is_new and letter and delivery:
        left = _follow(letter, delivery, verdict, now)
        outcomes.settle(row, left, _readable(event, letter, delivery))
    return row


def _letter_of(delivery: Delivery) -> Letter | None:
    """Find and lock the letter, unless its writer is erased."""
    mine = Letter.objects.filter(deliveries=delivery, forgotten_at=None)
    return mine.select_for_update(no_key=True, of=("self",)).first()


def _is_on_its_way(letter: Letter, delivery: Delivery) -> bool:
    """Whether it is not known yet if what is told is of a letter that has gone.

    An answer of the provider's may have got lost, with the letter in its hands.
    """
    was_tried = (
        delivery.kind == Delivery.Kind.LETTER
        and delivery.attempts > 0
        and letter.state == Letter.State.QUEUED
    )
    return was_tried or outcomes.is_going(letter)


def _judged(
    event: Event, delivery: Delivery | None, letter: Letter | None
) -> Classification:
    if letter and delivery and event.recipient:
        is_to_mp = delivery.kind == Delivery.Kind.LETTER
        recipient = letter.recipient_email if is_to_mp else letter.sender_email
        # As it was handed over.
        known = {recipient.lower(), _written(recipient).lower()}
        if event.recipient.lower() not in known:
            return doubt("It reports on another recipient.", "recipient")
    failure = None
    if event.kind == Kind.BOUNCE:
        failure = Failure(event.recipient, "", event.reason)
    return Classification(event.kind, _REASONS[event.kind], (event.provider,), failure)


def _written(address: str) -> str:
    try:
        return Party("", address).checked().address
    except ValueError:
        return address


def _digest(event: Event) -> str:
    """Tell events apart: of one mail there is one of a kind, however often it comes.

    But for its recipient: a letter that was tried twice may have gone to two addresses
    of its MP, and what is told of another one must not hide what is told of this.
    """
    whose = f"{event.mail or event.name}\n{event.recipient.lower()}"
    told = f"event\n{event.provider}\n{event.kind}\n{whose}"
    return hashlib.sha256(told.encode(errors="replace")).hexdigest()


def _follow(
    letter: Letter,
    delivery: Delivery,
    verdict: Classification,
    now: datetime.datetime,
) -> Left:
    is_the_letter = delivery.kind == Delivery.Kind.LETTER
    match verdict.kind:
        case Kind.BOUNCE if is_the_letter:
            # Only who had the very mail knows its name.
            return outcomes.come_back(letter, verdict, now, is_proven=True)
        case Kind.BOUNCE:
            ids = frozenset({f"<{delivery.pk}@>"})
            following.notice_come_back(letter, ids, now)
            return Left(verdict.reason)
        case Kind.COMPLAINT if is_the_letter:
            deciding.tell(letter, OfficeReport.Kind.STOP, _MARKED_AS_SPAM, now)
            return Left(verdict.reason)
    return outcomes.for_a_person(verdict.reason)


def _readable(event: Event, letter: Letter, delivery: Delivery) -> bytes:
    """Write it as a mail, which is what a person who decides can read here.

    It is to where a mail server's report would go.
    """
    told = EmailMessage(SMTP)
    is_the_letter = delivery.kind == Delivery.Kind.LETTER
    whose = "the letter" if is_the_letter else "a mail of ours to its writer"
    told["To"] = (
        addresses.bounce_address_of(letter)
        if is_the_letter
        else addresses.notice_address_of(letter)
    )
    told["Subject"] = f"What {event.provider} tells: {event.kind} of {whose}"
    told.set_content(event.words.encode(errors="replace").decode())
    return told.as_bytes()
