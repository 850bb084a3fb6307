"""Signed tokens: what a link or a form may do, without an account or a session."""

import base64
import binascii
import datetime
import secrets
import uuid
from dataclasses import dataclass

from django.core import signing
from django.utils.crypto import salted_hmac

from actions.errors import ExpiredTokenError, ForgedTokenError

# A page left open overnight still sends; one found in a cache weeks later does not.
TICKET_LIVES = datetime.timedelta(hours=24)
# A letter on paper is posted days after it was printed. Two weeks whole, see below.
REPORT_LIVES = datetime.timedelta(days=15)

_letters = signing.Signer(salt="actions.letter", sep=".")
_offices = signing.Signer(salt="actions.office", sep=".")
_subscriptions = signing.Signer(salt="actions.subscription", sep=".")


@dataclass(frozen=True)
class Ticket:
    """What a writing page was made from; signed, so that a form can't change it."""

    campaign: int
    version: int
    seat: str
    # The campaign's words that the letter was made from; "" before there is a letter.
    base_text: str
    # When this page was made; each page of the same letter is made anew.
    issued_at: datetime.datetime
    # Tells the letter from others, on whichever of its pages; says nothing of it.
    letter: str
    begun_at: datetime.datetime


def for_letter(letter: uuid.UUID) -> str:
    """Make the token that opens a letter's own pages."""
    return _signed(letter, _letters)


def letter_of(token: str) -> uuid.UUID:
    """Read a letter's token; the comparison takes constant time.

    Raises:
        ForgedTokenError: it was not made by us.

    """
    return _id_in(token, _letters)


def for_office(letter: uuid.UUID) -> str:
    """Make the token by which an MP's office tells us about a letter.

    It opens nothing of the letter, and a letter's own token is no such token.
    """
    return _signed(letter, _offices)


def letter_told_of(token: str) -> uuid.UUID:
    """Read an office's token; the comparison takes constant time.

    Raises:
        ForgedTokenError: it was not made by us.

    """
    return _id_in(token, _offices)


def for_subscription(subscription: uuid.UUID) -> str:
    """Make the token that confirms e-mail updates, and leaves them."""
    return _signed(subscription, _subscriptions)


def subscription_of(token: str) -> uuid.UUID:
    """Read a subscription's token; the comparison takes constant time.

    Raises:
        ForgedTokenError: it was not made by us.

    """
    return _id_in(token, _subscriptions)


def for_ticket(ticket: Ticket) -> str:
    """Sign what a writing page was made from."""
    return signing.dumps(
        [
            ticket.campaign,
            ticket.version,
            ticket.seat,
            ticket.base_text,
            ticket.issued_at.timestamp(),
            ticket.letter,
            ticket.begun_at.timestamp(),
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
        campaign, version, seat, base_text, issued, letter, begun = signing.loads(
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
        letter=letter,
        begun_at=datetime.datetime.fromtimestamp(begun, tz=datetime.UTC),
    )


def new_letter() -> str:
    """Give a letter that is begun what tells it from others."""
    return secrets.token_hex(16)


def check_age(ticket: Ticket, now: datetime.datetime) -> None:
    """Refuse a page that was made too long ago.

    Raises:
        ExpiredTokenError: more than ``TICKET_LIVES`` ago.

    """
    if now - ticket.issued_at > TICKET_LIVES:
        raise ExpiredTokenError


@dataclass(frozen=True)
class Report:
    """What is counted when a letter's writer says that it has gone: nothing of them."""

    campaign: int
    seat: str
    # As ``Tally.Way`` and ``Tally.OwnWords`` have them.
    way: str
    own_words: str
    is_demo: bool
    # Tells the letter from others, so that it is counted once; says nothing of it.
    once: str
    # A midnight, as the very moment would tell more than is needed.
    until: datetime.datetime


def report_until(begun_at: datetime.datetime) -> datetime.datetime:
    """Say until when the report of a letter begun then may be handed in."""
    last = begun_at.astimezone(datetime.UTC) + REPORT_LIVES
    return last.replace(hour=0, minute=0, second=0, microsecond=0)


def once_for(ticket: Ticket) -> str:
    """Tell one letter from others: the same for all pages of it."""
    return salted_hmac("actions.once", ticket.letter, algorithm="sha256").hexdigest()


def for_report(report: Report) -> str:
    """Sign what may be counted."""
    return signing.dumps(
        [
            report.campaign,
            report.seat,
            report.way,
            report.own_words,
            report.is_demo,
            report.once,
            int(report.until.timestamp()),
        ],
        salt="actions.report",
    )


def report_of(token: str) -> Report:
    """Read a report, however old.

    Raises:
        ForgedTokenError: it was not made by us.

    """
    try:
        campaign, seat, way, own_words, is_demo, once, until = signing.loads(
            token, salt="actions.report"
        )
    except (signing.BadSignature, ValueError) as error:
        raise ForgedTokenError from error
    return Report(
        campaign=campaign,
        seat=seat,
        way=way,
        own_words=own_words,
        is_demo=is_demo,
        once=once,
        until=datetime.datetime.fromtimestamp(until, tz=datetime.UTC),
    )


def sender_key(
    campaign: int, parliament_id: int, email: str, on_behalf_of: str = ""
) -> str:
    """Make the keyed hash that recognises a second letter (64 hexadecimal digits).

    Whoever writes for other people writes once for each, besides for themselves.

    Without the site's secret it tells nothing.
    """
    return salted_hmac(
        "actions.sender",
        "|".join(
            filter(
                None,
                (
                    str(campaign),
                    str(parliament_id),
                    mailbox(email),
                    " ".join(on_behalf_of.casefold().split()),
                ),
            )
        ),
        algorithm="sha256",
    ).hexdigest()


def mailbox_key(email: str) -> str:
    """Make the keyed hash that recognises a mailbox (64 hexadecimal digits)."""
    return salted_hmac(
        "actions.mailbox", mailbox(email), algorithm="sha256"
    ).hexdigest()


def mailbox(email: str) -> str:
    """Name whose mailbox an address is: case and "+anything" don't make another."""
    local, _, domain = email.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _signed(id_: uuid.UUID, signer: signing.Signer) -> str:
    encoded = base64.urlsafe_b64encode(id_.bytes).rstrip(b"=").decode()
    return signer.sign(encoded)


def _id_in(token: str, signer: signing.Signer) -> uuid.UUID:
    try:
        encoded = signer.unsign(token)
        return uuid.UUID(bytes=base64.urlsafe_b64decode(encoded + "=="))
    except (signing.BadSignature, binascii.Error, ValueError) as error:
        raise ForgedTokenError from error
