"""Taking a mail in: once, however often and however it comes."""

import datetime
import hashlib
import re
from typing import Final, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from actions import addresses, lifecycle
from actions.errors import TooEarlyError, UnreadableMailError
from actions.incoming import addressed, classifying, parsing, values
from actions.incoming.fields import Fields
from actions.incoming.values import Envelope
from actions.incoming.verdicts import Classification, Expected, Kind
from actions.models import Delivery, IncomingMail, Letter, LetterEvent
from actions.receiving import daily, following, outcomes
from actions.receiving.outcomes import Came, Left

# More than that of one letter is a flood; what exceeds it is counted and not looked at.
MOST_OF_A_LETTER: Final = 50
# What is noted and nothing else, whichever letter it is for.
_OF_NO_CONSEQUENCE: Final = frozenset(
    {Kind.LOOP, Kind.DELAY, Kind.DELIVERED, Kind.READ_RECEIPT}
)
_HEADER: Final = re.compile(rb"\r?\n[ \t]*\r?\n")
_LONGEST_HEADER: Final = 64_000


class _Read(NamedTuple):
    """A mail, or why it is none that can be read; and the tags of its letters."""

    mail: values.IncomingMail | None
    fault: str
    tags: tuple[str, ...]


def take_in(
    raw: bytes, envelope: Envelope, now: datetime.datetime, *, live: bool
) -> IncomingMail:
    """Take a mail in and do what follows from it; a second time it does nothing.

    Whatever the mail is, this ends well: for no mail that a stranger can write is
    anything to be tried again, or sent back to them.

    Args:
        raw: the mail as it came. What is longer than may come need not be whole.
        envelope: what the mail server says beside it, if it does.
        now: the time.
        live: whether real letters are sent.

    Raises:
        TooEarlyError: its letter is being sent at this moment.

    """
    # Before the transaction: a large mail takes a second, and others would wait for it.
    read = _read(raw, envelope, addresses.domain())
    if live and read.mail and (row := daily.take_in(read.mail, now)):
        return row
    return _take_in(raw, read, now, live=live)


@transaction.atomic
def _take_in(
    raw: bytes, read: _Read, now: datetime.datetime, *, live: bool
) -> IncomingMail:
    mail, fault, tags = read
    domain = addresses.domain()
    tag = _first_known(tags, live=live)
    # Locked before anything is stored, so that of two mails one waits for the other.
    letter = _letter_with(tag, live=live)
    if letter and outcomes.is_going(letter):
        raise TooEarlyError(str(letter.pk))
    verdict = (
        classifying.classify(mail, _expected(letter, mail, domain))
        if mail
        else Classification(Kind.DOUBT, fault)
    )
    came = Came(_digest(raw, tag), now, live, len(raw))
    row, is_new = outcomes.note(came, letter, verdict)
    if is_new and letter:
        if _is_one_too_many(letter, verdict.kind):
            left = _flooded(row, letter)
        elif mail and len(tags) > 1 and verdict.kind not in _OF_NO_CONSEQUENCE:
            left = outcomes.for_a_person("It came for several letters.")
        else:
            left = _follow(row, letter, mail, verdict)
        outcomes.settle(row, left, _kept(raw, mail, letter))
    return row


def _is_one_too_many(letter: Letter, kind: Kind) -> bool:
    """Whether more came for a letter than is looked at.

    What a mail server says for days while it tries, and whatever else has no
    consequence, must not keep it from saying that the letter comes back.
    """
    if kind in _OF_NO_CONSEQUENCE:
        return False
    bounces = Q(kind=Kind.BOUNCE)
    others = ~bounces & ~Q(kind__in=_OF_NO_CONSEQUENCE)
    alike = letter.incoming.filter(bounces if kind == Kind.BOUNCE else others)
    return alike.count() > MOST_OF_A_LETTER


def _kept(raw: bytes, mail: values.IncomingMail | None, letter: Letter) -> bytes:
    """Give what a person reads: it must say itself if it came about a mail of ours.

    The envelope may have said so, and that is not kept.
    """
    if mail is None or not mail.is_for_notices:
        return raw
    came_to = addresses.notice_address_of(letter)
    return f"X-Original-To: {came_to}\r\n".encode() + raw


def _read(raw: bytes, envelope: Envelope, domain: str) -> _Read:
    try:
        mail = parsing.parse(raw, domain=domain, envelope=envelope)
    except UnreadableMailError as error:
        fields = Fields(_HEADER.split(raw[:_LONGEST_HEADER], maxsplit=1)[0])
        recipients = addressed.recipients_of(fields, envelope)
        tags = addressed.tags_for(recipients, envelope, domain)
        return _Read(None, str(error), tags)
    # Complaints come to the address that the provider knows us by.
    tags = mail.tags or (mail.original.tags if mail.report else ())
    return _Read(mail, "", tags)


def _first_known(tags: tuple[str, ...], *, live: bool) -> str:
    """Give the tag of a mail's letter: of several the first that is a letter's."""
    if len(tags) > 1:
        mine = Letter.objects.of_mode(live=live).filter(tag__in=tags)
        known = set(mine.values_list("tag", flat=True))
        tags = tuple(tag for tag in tags if tag in known)
    return next(iter(tags), "")


def _letter_with(tag: str, *, live: bool) -> Letter | None:
    """Find and lock the letter; asked for also where there is no tag.

    How long it takes says nothing of which tags there are.
    """
    mine = Letter.objects.of_mode(live=live).filter(tag=tag or "-")
    return mine.select_for_update(no_key=True).first()


def _expected(
    letter: Letter | None, mail: values.IncomingMail, domain: str
) -> Expected:
    own = frozenset({settings.SENDER_ADDRESS.lower()})
    if letter is None:
        return Expected(domain, own)
    ids = letter.deliveries.values_list("pk", flat=True)
    return Expected(
        domain=domain,
        own_addresses=own,
        message_ids=frozenset(f"<{one}@{domain}>" for one in ids),
        recipient=(
            letter.sender_email if mail.is_for_notices else letter.recipient_email
        ),
    )


def _digest(raw: bytes, tag: str) -> str:
    """Tell mails apart; one that goes to two letters is two."""
    return hashlib.sha256(tag.encode() + b"\n" + raw).hexdigest()


# --- What follows, by kind ----------------------------------------------------------


def _follow(
    row: IncomingMail,
    letter: Letter,
    mail: values.IncomingMail | None,
    verdict: Classification,
) -> Left:
    if mail is None:
        return _unread(row, letter, verdict)
    if mail.is_for_notices:
        return _of_a_notice(row, letter, mail, verdict)
    if verdict.kind == Kind.BOUNCE:
        return _come_back(row, letter, mail, verdict)
    if mail.sender.address.lower() == letter.sender_email.lower():
        return _of_its_writer(verdict)
    return _of_the_office(row, letter, verdict)


def _flooded(row: IncomingMail, letter: Letter) -> Left:
    """Tell the letter's writer once: the answer may be among what is not looked at."""
    kind = LetterEvent.Kind.REPLY_NOT_FORWARDED
    is_told = letter.events.filter(kind=kind).exists()
    if not is_told and following.may_be_answered(letter):
        lifecycle.note(letter, kind, row.received_at)
    return Left("More came for this letter than is looked at.")


def _unread(row: IncomingMail, letter: Letter, verdict: Classification) -> Left:
    """Tell the letter's writer: it may have been the answer."""
    if following.may_be_answered(letter):
        kind = LetterEvent.Kind.REPLY_NOT_FORWARDED
        lifecycle.note(letter, kind, row.received_at)
    return Left(verdict.reason)


def _of_a_notice(
    row: IncomingMail,
    letter: Letter,
    mail: values.IncomingMail,
    verdict: Classification,
) -> Left:
    """Follow what came back of a mail to the letter's writer."""
    match verdict.kind:
        case Kind.BOUNCE:
            ids = frozenset(mail.original.message_ids)
            following.notice_come_back(letter, ids, row.received_at)
        case Kind.COMPLAINT | Kind.DOUBT | Kind.REPLY:
            return outcomes.for_a_person(verdict.reason)
    return Left(verdict.reason)


def _of_its_writer(verdict: Classification) -> Left:
    """Never send somebody their own mail: theirs would come back, and so on."""
    reason = "It came from whoever wrote the letter."
    if verdict.kind in {Kind.REPLY, Kind.DOUBT}:
        return outcomes.for_a_person(reason)
    return Left(reason)


def _come_back(
    row: IncomingMail,
    letter: Letter,
    mail: values.IncomingMail,
    verdict: Classification,
) -> Left:
    sent = letter.deliveries.filter(kind=Delivery.Kind.LETTER)
    ids = {f"<{one}@" for one in sent.values_list("pk", flat=True)}
    is_proven = any(
        found.startswith(one) for found in mail.original.message_ids for one in ids
    )
    return outcomes.come_back(letter, verdict, row.received_at, is_proven=is_proven)


def _of_the_office(row: IncomingMail, letter: Letter, verdict: Classification) -> Left:
    match verdict.kind:
        case Kind.AUTO_REPLY | Kind.REPLY:
            return _answered(row, letter, verdict)
        case Kind.CHALLENGE | Kind.COMPLAINT | Kind.DOUBT:
            return outcomes.for_a_person(verdict.reason)
    return Left(verdict.reason)


def _answered(row: IncomingMail, letter: Letter, verdict: Classification) -> Left:
    if not following.may_be_answered(letter):
        return Left("Its letter has not gone.")
    if not letter.has_gone:
        return outcomes.for_a_person(
            "It replies to a letter that may have gone, though no mail server said so."
        )
    now = row.received_at
    if verdict.kind == Kind.AUTO_REPLY:
        return Left(verdict.reason, keeps=following.acknowledge(row, letter, now))
    if not following.may_pass_on(letter, now):
        return outcomes.for_a_person(
            "More came for this letter than goes on by itself."
        )
    following.pass_on(row, letter, now)
    return Left(verdict.reason, keeps=True)
