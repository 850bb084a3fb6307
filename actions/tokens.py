"""Signed tokens: what a link or a form may do, without an account or a session."""

import base64
import binascii
import datetime
import uuid
from dataclasses import dataclass

from django.core import signing
from django.utils.crypto import salted_hmac

from actions.errors import ExpiredTokenError, ForgedTokenError

# A page left open overnight still sends; one found in a cache weeks later does not.
TICKET_LIVES = datetime.timedelta(hours=24)

_letters = signing.Signer(salt="actions.letter", sep=".")


@dataclass(frozen=True)
class Ticket:
    """What a writing page was made from; signed, so that a form can't change it."""

    campaign: int
    version: int
    seat: str
    # The campaign's words that the letter was made from; "" before there is a letter.
    base_text: str
    issued_at: datetime.datetime


def for_letter(letter: uuid.UUID) -> str:
    """Make the token that opens a letter's own pages."""
    encoded = base64.urlsafe_b64encode(letter.bytes).rstrip(b"=").decode()
    return _letters.sign(encoded)


def letter_of(token: str) -> uuid.UUID:
    """Read a letter's token; the comparison takes constant time.

    Raises:
        ForgedTokenError: it was not made by us.

    """
    try:
        encoded = _letters.unsign(token)
        return uuid.UUID(bytes=base64.urlsafe_b64decode(encoded + "=="))
    except (signing.BadSignature, binascii.Error, ValueError) as error:
        raise ForgedTokenError from error


def for_ticket(ticket: Ticket) -> str:
    """Sign what a writing page was made from."""
    return signing.dumps(
        [
            ticket.campaign,
            ticket.version,
            ticket.seat,
            ticket.base_text,
            ticket.issued_at.timestamp(),
        ],
        salt="actions.ticket",
        compress=True,
    )


def ticket_of(token: str) -> Ticket:
    """Read a writing page's ticket, however old.

    Raises:
        ForgedTokenError: it was not made by us.

    """
    try:
        campaign, version, seat, base_text, issued = signing.loads(
            token, salt="actions.ticket"
        )
    except (signing.BadSignature, ValueError) as error:
        raise ForgedTokenError from error
    return Ticket(
        campaign=campaign,
        version=version,
        seat=seat,
        base_text=base_text,
        issued_at=datetime.datetime.fromtimestamp(issued, tz=datetime.UTC),
    )


def check_age(ticket: Ticket, now: datetime.datetime) -> None:
    """Refuse a page that was made too long ago.

    Raises:
        ExpiredTokenError: more than ``TICKET_LIVES`` ago.

    """
    if now - ticket.issued_at > TICKET_LIVES:
        raise ExpiredTokenError


def sender_key(campaign: int, parliament_id: int, email: str) -> str:
    """Make the keyed hash that recognises a second letter (64 hexadecimal digits).

    Without the site's secret it tells nothing.
    """
    return salted_hmac(
        "actions.sender",
        f"{campaign}|{parliament_id}|{mailbox(email)}",
        algorithm="sha256",
    ).hexdigest()


def mailbox(email: str) -> str:
    """Name whose mailbox an address is: case and "+anything" don't make another."""
    local, _, domain = email.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
