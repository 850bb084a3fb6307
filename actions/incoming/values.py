"""What is known of a mail that came in, as values."""

import enum
from dataclasses import dataclass

from actions.headers import Party
from actions.incoming.fields import Fields


@dataclass(frozen=True)
class Envelope:
    """What a mail server says beside a mail: from whom and for whom it took it."""

    # "" is the null sender, which bounces have; None where nobody said.
    sender: str | None = None
    recipient: str = ""


@dataclass(frozen=True)
class Attachment:
    """A file that came with a mail; the name is fit for a header and a disk."""

    name: str
    content_type: str
    content: bytes

    @property
    def size(self) -> int:
        """In bytes, as decoded."""
        return len(self.content)


@dataclass(frozen=True)
class Fate:
    """What a delivery report says of one recipient, in the report's own words."""

    recipient: str
    action: str
    status: str
    diagnostic: str


class ReportKind(enum.Enum):
    """What a report is about (RFC 6522)."""

    DELIVERY = "delivery-status"
    DISPOSITION = "disposition-notification"
    FEEDBACK = "feedback-report"


@dataclass(frozen=True)
class Report:
    """A machine's report on a mail, as structure and not as words."""

    kind: ReportKind
    fates: tuple[Fate, ...] = ()


@dataclass(frozen=True)
class Original:
    """What a mail carries or repeats of an earlier one, so far as it is ours."""

    message_ids: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class IncomingMail:
    """A mail that was read. Every text is free of control characters."""

    fields: Fields
    envelope: Envelope
    # Lower case; the one that the mail server said comes first.
    recipients: tuple[str, ...]
    # Those of our domain that are in the recipients, in their order.
    tags: tuple[str, ...]
    # Whether it came to an address that only envelopes of ours name.
    is_for_bounces: bool
    # Whether that is the one of our own mails to the letter's writer.
    is_for_notices: bool
    sender: Party
    # Where an answer is wanted: "" where nothing says so.
    reply_to: str
    subject: str
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    # The plain text, whatever it was made of.
    text: str
    attachments: tuple[Attachment, ...]
    report: Report | None
    original: Original
    # In bytes, as it came.
    size: int
    # Through how many mail servers it went.
    hops: int
    # Whether the text is shorter than it came.
    is_cut: bool = False
    # Whether its text is locked away, such as by encryption.
    is_locked: bool = False

    @property
    def tag(self) -> str:
        """The one letter that it belongs to; "" if that is none, or not clear."""
        return self.tags[0] if len(self.tags) == 1 else ""
