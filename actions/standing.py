"""Whether confirmed letters still have the MP that they are addressed to.

A letter is to a person in a seat. It may go while that person holds that seat, by
whichever term: after an election the same person often has another one.
"""

import datetime
from typing import Final

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone

from actions.models import Letter
from actions.models.letters import LetterQuerySet
from representatives import lookup, parliament
from representatives.models import Representative

Hold = Letter.Hold
# For which reason it is to be held, as ``judged`` finds; "" for none.
FOUND: Final = "found"


def judged(letters: LetterQuerySet, now: datetime.datetime) -> LetterQuerySet:
    """Add to each letter, as ``found``, why it would have to be held now; "" if not.

    While results come in, a seat without a member is not vacant yet, and everything
    stays as it is: what is queued waits there, and what is held goes on being held.
    """
    house = parliament.on(timezone.localdate(now))
    if not house.has_members:
        return letters.annotate(**{FOUND: Value(Hold.DISSOLVED.value)})
    holders = Representative.objects.current().filter(
        constituency=OuterRef("constituency")
    )
    same = holders.filter(parliament_id=OuterRef("representative__parliament_id"))
    as_it_is = F("held_for")
    is_former = Q(constituency__is_current=False)
    rules = [
        When(is_former, then=Value(Hold.BOUNDARIES_CHANGED.value)),
        When(Exists(same), then=Value("")),
        When(Exists(holders), then=Value(Hold.MEMBER_CHANGED.value)),
    ]
    if house.is_filling:
        rules.insert(0, When(is_former, held_for=Hold.DISSOLVED, then=as_it_is))
    otherwise = as_it_is if house.is_filling else Value(Hold.VACANT.value)
    return letters.annotate(
        **{FOUND: Case(*rules, default=otherwise, output_field=CharField())}
    )


def is_repeated(letter: Letter, sender_key: str) -> bool:
    """Whether another letter goes or has gone by this key: of one person to one MP.

    The database would refuse it as well; asking keeps it from a failed statement, which
    PostgreSQL's log may repeat with all that it holds.
    """
    others = Letter.objects.of_mode(live=not letter.is_demo).exclude(pk=letter.pk)
    return bool(sender_key) and others.written_by(sender_key).exists()


def has_its_mp(letter: Letter) -> bool:
    """Whether whom it is addressed to holds its seat now."""
    return (
        Representative.objects.current()
        .filter(
            constituency=letter.constituency_id,
            parliament_id=letter.representative.parliament_id,
        )
        .exists()
    )


def follow(letter: Letter) -> bool:
    """Point a letter to the term by which its MP holds the seat now, if they do.

    With the address that is known of them now. Nothing else of it changes, as it is to
    the same person in the same seat.
    """
    seat = (
        lookup.seat(letter.constituency.code)
        if letter.constituency.is_current
        else None
    )
    member = seat.representative if seat else None
    if member is None or member.parliament_id != letter.representative.parliament_id:
        return False
    Letter.objects.filter(pk=letter.pk, representative=letter.representative_id).update(
        representative=member.id,
        recipient_email=member.email or letter.recipient_email,
    )
    letter.refresh_from_db()
    return True
