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
from representatives.models import ByElection, Representative
from representatives.parliament import Parliament

Hold = Letter.Hold
# For which reason it is to be held, as ``judged`` finds; "" for none.
FOUND: Final = "found"


def judged(letters: LetterQuerySet, now: datetime.datetime) -> LetterQuerySet:
    """Add to each letter, as ``found``, why it would have to be held now; "" if not.

    While results come in, a seat without a member is not vacant yet, and everything
    stays as it is: what is held goes on being held, and what is queued waits there
    while the result may still be on its way. Then either is held for want of it, and
    so it remains until a register has it or a by-election is announced.
    """
    today = timezone.localdate(now)
    house = parliament.on(today)
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
    rules += _without_a_member(house, today)
    return letters.annotate(
        **{FOUND: Case(*rules, default=as_it_is, output_field=CharField())}
    )


def _without_a_member(house: Parliament, today: datetime.date) -> list[When]:
    """Say what an empty seat means: a vacancy, or a result that is not known yet."""
    if house.results_due and today < house.results_due:
        return []
    polls = ByElection.objects.filter(
        constituency=OuterRef("constituency"), polling_on__gte=today
    )
    vacant, unknown = Value(Hold.VACANT.value), Value(Hold.NO_RESULT.value)
    if house.is_filling:
        waited = ["", Hold.DISSOLVED, Hold.REGISTER_OLD]
        return [
            When(
                Q(held_for__in=[*waited, Hold.NO_RESULT]) & Exists(polls), then=vacant
            ),
            When(held_for__in=waited, then=unknown),
        ]
    # What was held over the election has had no result: that is no vacancy.
    had_none = Q(held_for__in=[Hold.DISSOLVED, Hold.NO_RESULT]) & ~Exists(polls)
    return [When(had_none, then=unknown), When(~had_none, then=vacant)]


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
