"""When letters go: so many an hour to one MP, so many to all, spread out.

A letter is given its place when it is confirmed. When it is to go the budget is looked
at once more, since a worker that was away finds many whose time has passed
(docs/decisions/0025-pace.md).
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Count, Max, Q

from actions import rates
from actions.models import Campaign, Delivery, Letter, Pace
from actions.models.deliveries import DeliveryQuerySet
from actions.models.pace import UNIT, Asking
from actions.plain_sql import adapted
from actions.rates import LONDON

_MOVE: Final = (
    "UPDATE actions_delivery SET due_at = %s"
    " WHERE id = %s AND state = 'waiting' AND lease IS NULL"
)
# A part of a letter's place that nobody would move one for.
_HARDLY: Final = UNIT // 100
# Longer than any pause before a letter is tried again.
_NO_PAUSE: Final = datetime.timedelta(days=2)


def plan(letter: Letter, now: datetime.datetime) -> None:
    """Give a letter that is owed the next free time to its MP; it is then taken."""
    begins, key = _begins(letter.campaign, now), _key(letter, now)
    pace = rates.for_one_mp()
    places = Pace.plan(Asking({key: 1}, str(pace), pace.position(begins)))
    owed = letter.deliveries.waiting().filter(kind=Delivery.Kind.LETTER)
    owed.update(due_at=pace.due(places[key], begins))


def expected_for(letter: Letter, now: datetime.datetime) -> datetime.datetime:
    """Say when a letter would go if it were confirmed now; nothing is taken."""
    begins, pace = _begins(letter.campaign, now), rates.for_one_mp()
    row = Pace.objects.filter(pk=_key(letter, now), rates=str(pace)).first()
    at = pace.position(begins)
    return pace.due(max(row.planned, at) if row else at, begins)


def within_budget(
    batch: list[Delivery], now: datetime.datetime, *, live: bool
) -> list[Delivery]:
    """Give those of the mails in hand that may go now; the others get a later time.

    Our own mails always may. In one statement for the MPs of a batch, and one for all.
    """
    letters = [one for one in batch if one.kind == Delivery.Kind.LETTER]
    if not letters:
        return batch
    held, ready = _held(letters, now)
    let, late = _let_go(ready, now)
    let, crowded = _let_all_go(let, now, live=live)
    put_off = [*chain.from_iterable(held.values()), *late, *crowded]
    if not put_off:
        return batch
    Delivery.objects.waiting().filter(pk__in=[one.pk for one in put_off]).update(
        lease=None, leased_until=None
    )
    for campaign, some in held.items():
        _plan_anew(campaign, some, now)
    for member in {_member(one) for one in late}:
        _spread(member, now, live=live)
    if crowded:
        _queue_up(crowded, now, live=live)
    gone = {one.pk for one in put_off}
    return [one for one in batch if one.pk not in gone]


def give_back(unsent: Iterable[Delivery]) -> None:
    """Give back the places of letters that were in hand and not begun."""
    letters = [one for one in unsent if one.kind == Delivery.Kind.LETTER]
    if not letters:
        return
    taken = Counter(map(_key_of, letters))
    if rates.for_all():
        taken[_key_of_all(live=not letters[0].is_demo)] = len(letters)
    Pace.give_back(taken)


@transaction.atomic
def replan(campaign: Campaign, now: datetime.datetime) -> int:
    """Plan a campaign's waiting letters anew, from its day on; say how many."""
    Pace.objects.filter(pk__endswith=f" of {campaign.pk}").delete()
    waiting = list(
        _waiting(now)
        .filter(letter__campaign=campaign, attempts=0)
        .select_related("letter")
        .order_by("letter__confirmed_at", "due_at")
    )
    _plan_anew(campaign, waiting, now)
    return len(waiting)


def tidy(now: datetime.datetime, *, live: bool) -> int:
    """Forget what is over, and close the gaps that cancelled letters left.

    A clock that was ahead for a while leaves such gaps, too, also before a letter that
    was tried then, or that nothing but its own time shows. Returns for how many MPs
    there were some.
    """
    pace, mode, all_of_them = (
        rates.for_one_mp(),
        _mode(live=live),
        _key_of_all(live=live),
    )
    here = pace.position(now)
    paces = Pace.objects.filter(pk__startswith=f"{mode} ").exclude(pk=all_of_them)
    paces.exclude(rates=str(pace)).delete()
    paces.filter(planned__lte=here, gone__lte=here).delete()
    waiting = {
        member: (number, pace.position(last) if last else here)
        for member, number, last in _planned_apart_from_campaigns(now)
        .filter(is_demo=not live)
        .values_list("letter__representative_id")
        .annotate(number=Count("pk"), last=Max("due_at", filter=_has_a_place(now)))
    }
    planned = {
        int(name): to
        for key, to in paces.values_list("pk", "planned")
        if (name := key.removeprefix(f"{mode} ")).isdigit()
    }
    gaping = []
    for member in sorted(waiting.keys() | planned.keys()):
        number, last = waiting.get(member, (0, here))
        if max(last, planned.get(member, here)) - here > (number + 1) * UNIT:
            gaping.append(member)
    for member in gaping:
        _spread(member, now, live=live, closing_gaps=True)
    return len(gaping)


def _let_go(
    letters: list[Delivery], now: datetime.datetime
) -> tuple[list[Delivery], list[Delivery]]:
    """Part those that may go, as far as their MPs are concerned, from the others."""
    if not letters:
        return [], []
    pace = rates.for_one_mp()
    asking = Asking(Counter(map(_key_of, letters)), str(pace), pace.position(now))
    granted = Pace.take(asking, pace.patience(now))
    let: list[Delivery] = []
    late: list[Delivery] = []
    for one in letters:
        key = _key_of(one)
        (let if granted[key] > 0 else late).append(one)
        granted[key] -= 1
    return let, late


def _let_all_go(
    letters: list[Delivery], now: datetime.datetime, *, live: bool
) -> tuple[list[Delivery], list[Delivery]]:
    """Part those that may go, as far as all together are concerned, from the others."""
    pace = rates.for_all()
    if pace is None or not letters:
        return letters, []
    key = _key_of_all(live=live)
    asking = Asking({key: len(letters)}, str(pace), pace.position(now))
    granted = Pace.take(asking, pace.patience(now))[key]
    crowded = letters[granted:]
    Pace.give_back(Counter(map(_key_of, crowded)))
    return letters[:granted], crowded


def _queue_up(crowded: list[Delivery], now: datetime.datetime, *, live: bool) -> None:
    """Have letters go one after another, as fast as all together may."""
    pace = rates.for_all()
    if pace is None:
        return
    key = _key_of_all(live=live)
    here = pace.position(now) + pace.patience(now)
    mine = Pace.objects.filter(pk=key)
    # More than wait can't be planned: a clock was ahead that has been put back since.
    waiting = _waiting(now).filter(is_demo=not live).count()
    mine.filter(planned__gt=here + (waiting + 1) * UNIT).update(planned=here)
    row = mine.first()
    at = max(row.gone, here) if row else here
    first = Pace.plan(Asking({key: len(crowded)}, str(pace), at))[key]
    _move(
        (one.pk, pace.due(first + number * UNIT, now))
        for number, one in enumerate(crowded)
    )


def _plan_anew(
    campaign: Campaign, waiting: list[Delivery], now: datetime.datetime
) -> None:
    """Give a campaign's letters new places, as if they were confirmed now."""
    begins, pace = _begins(campaign, now), rates.for_one_mp()
    keys = {one.pk: _key(letter, now) for one in waiting if (letter := one.letter)}
    places = Pace.plan(Asking(Counter(keys.values()), str(pace), pace.position(begins)))
    moved = []
    for pk, key in keys.items():
        moved.append((pk, pace.due(places[key], begins)))
        places[key] += UNIT
    _move(moved)


@transaction.atomic
def _spread(
    member: int, now: datetime.datetime, *, live: bool, closing_gaps: bool = False
) -> None:
    """Put off what waits for an MP, in its order, so that it fits the budget."""
    pace = rates.for_one_mp()
    here = pace.position(now)
    mine = Pace.objects.filter(pk=f"{_mode(live=live)} {member}")
    row = mine.select_for_update().first()
    # What lies further ahead was written by a clock that has been put back since.
    furthest = here + pace.patience(now) + UNIT
    gone = min(row.gone, furthest) if row else here
    place, moved = max(gone, here), []
    waiting = (
        _planned_apart_from_campaigns(now)
        .filter(_has_a_place(now) | Q(due_at__lte=now))
        .filter(is_demo=not live, letter__representative_id=member)
        .select_for_update(of=("self",), skip_locked=True)
        .only("due_at")
        .order_by("due_at", "pk")
    )
    for one in waiting:
        planned = pace.position(one.due_at)
        is_over = one.due_at <= now or place - planned > _HARDLY
        if closing_gaps or is_over:
            moved.append((one.pk, pace.due(place, now)))
        place = (place if closing_gaps else max(place, planned)) + UNIT
    _move(moved)
    mine.update(planned=place, gone=gone)


def _waiting(now: datetime.datetime) -> DeliveryQuerySet:
    return Delivery.objects.unheld(now).filter(kind=Delivery.Kind.LETTER)


def _planned_apart_from_campaigns(now: datetime.datetime) -> DeliveryQuerySet:
    """Ask for letters that wait, save those that their campaign has a plan for."""
    today = now.astimezone(LONDON).date()
    return _waiting(now).exclude(
        letter__campaign__letters_go_from__gte=today, due_at__gt=now
    )


def _has_a_place(now: datetime.datetime) -> Q:
    """Tell a letter that has a place from one that is tried again after a pause."""
    return Q(attempts=0) | Q(due_at__gt=now + _NO_PAUSE)


def _held(
    letters: list[Delivery], now: datetime.datetime
) -> tuple[dict[Campaign, list[Delivery]], list[Delivery]]:
    """Part letters that their campaign holds, however they came to be due."""
    today = now.astimezone(LONDON).date()
    later = Campaign.objects.filter(letters_go_from__gte=today)
    holding = {one.pk: one for one in later if _begins(one, now) > now}
    held: dict[Campaign, list[Delivery]] = defaultdict(list)
    ready: list[Delivery] = []
    for one in letters:
        campaign = holding.get(one.letter.campaign_id) if one.letter else None
        (held[campaign] if campaign else ready).append(one)
    return held, ready


def _move(moved: Iterable[tuple[Any, datetime.datetime]]) -> None:
    """Write down new times, in SQL and all at once: there may be thousands."""
    rows = [(adapted(due_at), adapted(pk)) for pk, due_at in moved]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_MOVE, rows)


def _begins(campaign: Campaign, now: datetime.datetime) -> datetime.datetime:
    day = rates.held_until(campaign.letters_go_from, now)
    return rates.opening(day) if day else now


def _key(letter: Letter, now: datetime.datetime) -> str:
    """Name the plan of a letter: its MP's, or while it is held its campaign's there."""
    key = f"{_mode(live=not letter.is_demo)} {letter.representative_id}"
    is_held = _begins(letter.campaign, now) > now
    return f"{key} of {letter.campaign_id}" if is_held else key


def _key_of(delivery: Delivery) -> str:
    return f"{_mode(live=not delivery.is_demo)} {_member(delivery)}"


def _key_of_all(*, live: bool) -> str:
    return f"{_mode(live=live)} all"


def _member(delivery: Delivery) -> int:
    return delivery.letter.representative_id if delivery.letter else 0


def _mode(*, live: bool) -> str:
    return "live" if live else "demo"
