"""What a mail can turn out to be."""

import enum
from dataclasses import dataclass


class Kind(enum.StrEnum):
    """What a mail is."""

    BOUNCE = "bounce"
    DELAY = "delay"
    DELIVERED = "delivered"
    READ_RECEIPT = "read_receipt"
    AUTO_REPLY = "auto_reply"
    CHALLENGE = "challenge"
    COMPLAINT = "complaint"
    LOOP = "loop"
    REPLY = "reply"
    DOUBT = "doubt"


@dataclass(frozen=True)
class Expected:
    """What is known of the letter that a mail's tag names; empty where nothing is."""

    domain: str
    # The addresses of our own that no person has, such as SENDER_ADDRESS.
    own_addresses: frozenset[str] = frozenset()
    # Those of the mails that the tag was given to, in lower case with angle brackets.
    message_ids: frozenset[str] = frozenset()
    # Whom the letter went to.
    recipient: str = ""


@dataclass(frozen=True)
class Failure:
    """Why a letter did not arrive, or not yet."""

    # Never shown: it may be somebody's that the office passes its mail on to.
    recipient: str
    status: str
    # As kept with a letter; see ``refusals.explained``.
    reason: str


@dataclass(frozen=True)
class Classification:
    """What a mail is, and why; nothing of it repeats the mail."""

    kind: Kind
    # A sentence for staff.
    reason: str
    # The signs that were found, in words or names of headers.
    evidence: tuple[str, ...] = ()
    failure: Failure | None = None


def doubt(reason: str, *evidence: str) -> Classification:
    """Leave it to a person."""
    return Classification(Kind.DOUBT, reason, evidence)
