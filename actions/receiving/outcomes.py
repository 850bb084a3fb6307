"""What is noted of whatever comes in about a letter, and how it ends."""

import datetime
from dataclasses import dataclass

from django.db.models import Q

from actions import refusals
from actions.incoming.verdicts import Classification
from actions.models import Delivery, IncomingMail, Letter
from actions.receiving import following

State = IncomingMail.State


@dataclass(frozen=True)
class Came:
    """What came in, as it is told from everything else."""

    digest: str
    at: datetime.datetime
    live: bool
    # In bytes, if it is a mail.
    size: int = 0


@dataclass(frozen=True)
class Left:
    """What is left to do."""

    reason: str
    state: IncomingMail.State = State.DONE
    # Whether the content is still needed.
    keeps: bool = False


def for_a_person(reason: str) -> Left:
    """Leave it to a person, who must be able to read it."""
    return Left(reason, State.FOR_A_PERSON, keeps=True)


def is_going(letter: Letter) -> bool:
    """Whether a worker has it in hand, or has not written down yet that it went."""
    return (
        letter.state == Letter.State.QUEUED
        and letter.deliveries.filter(
            Q(lease__isnull=False) | Q(state=Delivery.State.SENT),
            kind=Delivery.Kind.LETTER,
        ).exists()
    )


def come_back(
    letter: Letter, verdict: Classification, now: datetime.datetime, *, is_proven: bool
) -> Left:
    """Do what follows from a letter's coming back; see ``following.come_back``."""
    if letter.state == Letter.State.BOUNCED:
        return Left("The letter had come back already.")
    failure = verdict.failure
    if not following.come_back(letter, failure, now, is_proven=is_proven):
        return for_a_person(
            "It says that the letter came back, which what is known of it contradicts."
        )
    if failure and following.speaks_of_us(failure):
        if failure.reason == refusals.PROVIDER_REFUSED:
            return for_a_person("The mail provider refused it after taking it.")
        return for_a_person("A rule of the MP’s mail server refuses mail of ours.")
    return Left(verdict.reason)


def note(
    came: Came, letter: Letter | None, verdict: Classification
) -> tuple[IncomingMail, bool]:
    """Note that something came in; say whether it had not come before."""
    return IncomingMail.objects.get_or_create(
        digest=came.digest,
        defaults={
            "letter": letter,
            "is_demo": not came.live,
            "kind": verdict.kind,
            "state": State.DONE,
            "reason": verdict.reason,
            "size": came.size,
            "received_at": came.at,
            "emptied_at": came.at,
        },
    )


def settle(row: IncomingMail, left: Left, content: bytes) -> None:
    """Write down how it ended, with the content if that is still needed."""
    row.state, row.reason = left.state, left.reason
    if left.keeps:
        row.content, row.emptied_at = content, None
    row.save(update_fields=["state", "reason", "content", "emptied_at"])
