"""A held letter sent on by its writer to whoever is their MP now.

It goes to nobody else by itself (docs/decisions/0026-held-letters.md). What its writer
changes is measured and looked at again, as when it was written.
"""

import datetime
import re
from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from actions import (
    closure,
    finding,
    holding,
    languages,
    lifecycle,
    own_words,
    reasons,
    standing,
    tokens,
)
from actions.errors import NoRecipientError, RepeatedLetterError
from actions.finding import Finding
from actions.models import Letter, LetterEvent
from actions.screening import looking
from representatives import lookup, offices
from representatives.errors import PostcodeError
from representatives.lookup import Candidate, Member
from representatives.models import Constituency, OfficeKind
from representatives.postcodes import Postcode

SENT_ON: Final = gettext_noop("There is an MP again to whom it goes.")
# Short surnames are words like others; so are they in small letters.
_LEAST_TO_LOOK_FOR: Final = 3
# Whose holders may not do all that members may: the field's own customs.
_LIMITING: Final = frozenset(
    {
        OfficeKind.NO_SEAT,
        OfficeKind.SPEAKER,
        OfficeKind.DEPUTY_SPEAKER,
        OfficeKind.WHIP,
        OfficeKind.MINISTER,
    }
)


@dataclass(frozen=True)
class Doubts:
    """What in a letter may not fit whoever gets it now."""

    # Names of the former MP or seat, as they stand in it.
    names: tuple[str, ...] = ()
    # What the MP may not do, of ``OfficeKind``; "" for none.
    office: str = ""


def is_open(letter: Letter) -> bool:
    """Whether its writer may have it sent to whoever is their MP now."""
    return letter.state == Letter.State.HELD and letter.held_for in reasons.WRITERS


def find(letter: Letter, chosen: str = "") -> Finding:
    """Find the seat that a held letter belongs to now, and who holds it.

    It is the letter's own, unless the boundaries have changed: then that of the
    writer's postcode, or one that they have ``chosen``.
    """
    if closed := closure.of_writing():
        return Finding(postcode=letter.postcode, error=str(closed))
    if letter.constituency.is_current:
        code = letter.constituency.code
        return finding.find(letter.postcode, code, asks_others=False)
    found = finding.find(letter.postcode, chosen[:20], asks_others=False)
    if chosen or _is_a_place(found, letter.postcode):
        return found
    return Finding(postcode="")


def doubts(letter: Letter, to: Candidate, subject: str, body: str) -> Doubts:
    """Look for what was meant for the former MP or seat, or cannot be asked now."""
    text = f"{subject}\n{body}"
    names = [] if _is_same(letter, to.representative) else _names_of_mp(letter)
    if to.code != letter.constituency.code or not letter.constituency.is_current:
        seat = letter.constituency
        names += {letter.seat_name, seat.name, seat.name_cy} - {to.name, to.name_cy, ""}
    present = to.representative
    mine = {present.address_as, present.display_name} if present else set()
    found = (
        name
        for name in dict.fromkeys(names)
        if not any(name in one for one in mine)
        and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    )
    office = offices.weightiest_of(present.parliament_id) if present else ""
    return Doubts(
        names=_without_parts(tuple(found)),
        office=office if office in _LIMITING else "",
    )


@transaction.atomic
def redirect(
    letter: Letter, to: Candidate, subject: str, body: str, *, now: datetime.datetime
) -> bool:
    """Address a held letter to who holds a seat now, and let it go.

    Args:
        letter: the letter.
        to: the seat and its member.
        subject: what it is about, checked.
        body: its text, checked.
        now: the time; it is dated with its day.

    Returns:
        Whether this call did it: False if it is not held any more.

    Raises:
        NoRecipientError: the seat is vacant or its MP has no e-mail address.
        RepeatedLetterError: its writer has written to this MP before.

    """
    member = to.representative
    if member is None or not member.email:
        raise NoRecipientError(to.name)
    held = Letter.objects.held().filter(pk=letter.pk, held_for__in=reasons.WRITERS)
    measure = own_words.measure(letter.base_text, body)
    sender_key = tokens.sender_key(
        letter.campaign_id,
        member.parliament_id,
        letter.sender_email,
        letter.sender_name if letter.helper else "",
    )
    if held.exists() and standing.is_repeated(letter, sender_key):
        raise RepeatedLetterError(member.display_name)
    try:
        with transaction.atomic():
            moved = held.update(
                constituency=Constituency.objects.current().get(code=to.code),
                representative=member.id,
                recipient_name=member.full_title,
                recipient_salutation=member.address_as,
                recipient_email=member.email,
                seat_name=lookup.name_in(to, languages.spoken().code),
                dated=timezone.localdate(now),
                subject=subject,
                body=body,
                own_words=measure.percent,
                word_count=measure.words,
                is_signature=measure.own_words < letter.campaign.least_own_words,
                sender_key=sender_key,
            )
    except IntegrityError as error:
        # one_letter_per_person_representative_and_campaign: both at this very moment
        raise RepeatedLetterError(member.display_name) from error
    if moved:
        lifecycle.note(letter, LetterEvent.Kind.REDIRECTED, now)
        is_new = (subject, body) != (letter.subject, letter.body)
        # It takes its place among the letters to whom it goes to now.
        letter.refresh_from_db()
        holding.release(letter, now, cause=SENT_ON)
        looking.hold_or_plan(letter, now, is_new=is_new)
    letter.refresh_from_db()
    return bool(moved)


def _is_a_place(found: Finding, postcode: str) -> bool:
    """Whether the postcode leads to seats at all, be it to a vacant one."""
    try:
        Postcode.parse(postcode)
    except PostcodeError:
        return False
    return found.error != str(finding.UNKNOWN_POSTCODE)


def _is_same(letter: Letter, member: Member | None) -> bool:
    return (
        member is not None
        and member.parliament_id == letter.representative.parliament_id
    )


def _names_of_mp(letter: Letter) -> list[str]:
    """Give what the former MP may be called in the text, the longest first."""
    former = letter.representative
    names = [
        letter.recipient_name,
        former.display_name,
        letter.recipient_salutation,
        former.address_as,
        former.address_as.rpartition(" ")[2],
    ]
    return [name for name in names if len(name) >= _LEAST_TO_LOOK_FOR]


def _without_parts(names: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out what stands in another one: “Abbott” beside “Ms Abbott”."""
    return tuple(
        name
        for name in names
        if not any(name != other and name in other for other in names)
    )
