"""Letters that have gone, and the mails of the corpus as they would come for them."""

import datetime
from typing import Any

from django.conf import settings

from actions.incoming.values import Envelope
from actions.models import Delivery, IncomingMail, Letter
from actions.receiving import taking
from tests.actions.factories import NOW, make_letter
from tests.actions.incoming import mails

_SENT_ID = "6f1d2c3b-4a59-4e68-8776-95a4b3c2d1e0"


def gone(state: str = Letter.State.ACCEPTED, **fields: Any) -> Letter:
    """Make a letter that a mail server has taken, with the mail that it went by."""
    letter = make_letter(state=state, **fields)
    sent(letter, Delivery.Kind.LETTER)
    return letter


def sent(letter: Letter, kind: Delivery.Kind) -> Delivery:
    delivery, _ = Delivery.objects.update_or_create(
        letter=letter,
        kind=kind,
        defaults={
            "is_demo": letter.is_demo,
            "state": Delivery.State.SENT,
            "done_at": NOW,
        },
    )
    return delivery


def raw(name: str, letter: Letter, kind: Delivery.Kind | None = None) -> bytes:
    """Give a mail of the corpus as it comes for a letter.

    With a kind: as one that reports on our own mail to its writer.
    """
    carried = letter.deliveries.filter(kind=kind or Delivery.Kind.LETTER).first()
    recipient = letter.sender_email if kind else letter.recipient_email
    changes = {
        mails.TAG: letter.tag,
        mails.DOMAIN: settings.SENDER_ADDRESS.partition("@")[2],
        mails.MP: recipient,
        _SENT_ID: str(carried.pk) if carried else _SENT_ID,
        **({"bounce.": "notice."} if kind else {}),
    }
    found = mails.raw(name)
    for old, new in changes.items():
        found = found.replace(old.encode(), new.encode())
    return found


def take(
    content: bytes,
    *,
    recipient: str = "",
    sender: str | None = None,
    now: datetime.datetime = NOW,
) -> IncomingMail:
    return taking.take_in(
        content, Envelope(sender, recipient), now, live=settings.DELIVERY_IS_LIVE
    )


def written(letter: Letter, text: str, *, sender: str = "", headers: str = "") -> bytes:
    """Write a mail to the address that a letter came from."""
    domain = settings.SENDER_ADDRESS.partition("@")[2]
    head = (
        f"From: Jane <{sender or letter.recipient_email}>\r\n"
        f"To: <jo.{letter.tag}@{domain}>\r\nSubject: Re: Your letter\r\n{headers}"
    )
    return f"{head}\r\n\r\n{text}\r\n".encode()


def events(letter: Letter) -> list[str]:
    return list(letter.events.values_list("kind", flat=True))


def owed(letter: Letter) -> list[str]:
    waiting = Delivery.objects.waiting().filter(letter=letter).order_by("due_at", "pk")
    return list(waiting.values_list("kind", flat=True))
