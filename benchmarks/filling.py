"""Letters to measure with: made by Postbag's own deeds, or copied by the thousand."""

import datetime
import random
import uuid
from collections import Counter
from collections.abc import Iterator
from typing import Final

from django.db import transaction
from django.utils import timezone

from actions import composing, counting, holding, submitting, tags
from actions.composing import Sender
from actions.models import Delivery, Letter, LetterEvent, Tally
from actions.submitting import Draft
from benchmarks.composing import REASON, what_to_compose
from benchmarks.figures import NotMeasuredError
from representatives.models import Representative

DAYS: Final = 150
_MAIN_STEPS: Final = (
    (Tally.Step.DRAFTED, LetterEvent.Kind.WRITTEN),
    (Tally.Step.CONFIRMED, LetterEvent.Kind.CONFIRMED),
    (Tally.Step.ACCEPTED, LetterEvent.Kind.ACCEPTED),
)


@transaction.atomic
def written(count: int) -> list[Letter]:
    """Write letters that wait for their writers to confirm them."""
    version, demands, seat = what_to_compose()
    draft = Draft(
        campaign=version.template.campaign,
        version=version,
        seat=seat,
        text=composing.compose(version, seat, demands, REASON),
    )
    letters = (
        submitting.submit(draft, _somebody(), address="127.0.0.1", now=timezone.now())
        for _ in range(count)
    )
    return [letter for letter in letters if letter]


@transaction.atomic
def queued(count: int) -> None:
    """Write and confirm letters; the mails that asked for it count as gone.

    So many of one text look like a flood and are held: somebody lets them go.
    """
    now = timezone.now()
    for letter in written(count):
        submitting.confirm(letter, now=now)
        holding.release(letter, now, among=Letter.objects.for_a_person())
        letter.deliveries.exclude(kind=Delivery.Kind.LETTER).delete()


@transaction.atomic
def owed_later() -> None:
    """Let every letter wait to be sent, but not before ``release``.

    Their mails are as good as dropped until then: a time that is far off would be
    brought forward by any worker that tidies (``pacing``).
    """
    letters = Letter.objects.filter(deliveries__kind=Delivery.Kind.LETTER)
    letters.update(state=Letter.State.QUEUED, accepted_at=None, ended_at=None)
    Delivery.objects.update(
        state=Delivery.State.DROPPED,
        done_at=timezone.now(),
        attempts=0,
        lease=None,
        leased_until=None,
    )


def release(count: int) -> None:
    """Let so many letters that are owed later be due now.

    Raises:
        NotMeasuredError: there are not so many.

    """
    later = Delivery.objects.filter(state=Delivery.State.DROPPED)
    chosen = list(later.values_list("pk", flat=True)[:count])
    if len(chosen) < count:
        message = f"{len(chosen)} letters are left, and not {count}"
        raise NotMeasuredError(message)
    Delivery.objects.filter(pk__in=chosen).update(
        state=Delivery.State.WAITING, due_at=timezone.now(), done_at=None
    )


def sent_over_months(count: int) -> None:
    """Copy one letter to that many, sent over ``DAYS`` days to every seat."""
    pattern = written(1)[0]
    letters = list(_copies(pattern, count))
    tallies: Counter[tuple[int, datetime.date, str, str]] = Counter()
    events, deliveries = [], []
    for letter in letters:
        bucket = counting.bucket_of(letter.own_words)
        day = timezone.localdate(letter.created_at)
        for step, kind in _MAIN_STEPS:
            tallies[letter.constituency_id, day, step, bucket] += 1
            events.append(LetterEvent(letter=letter, kind=kind, at=letter.created_at))
        deliveries.append(
            Delivery(
                letter=letter,
                kind=Delivery.Kind.LETTER,
                is_demo=letter.is_demo,
                state=Delivery.State.SENT,
                done_at=letter.created_at,
            )
        )
    with transaction.atomic():
        Letter.objects.bulk_create(letters, batch_size=500)
        LetterEvent.objects.bulk_create(events, batch_size=500)
        Delivery.objects.bulk_create(deliveries, batch_size=500)
        Tally.objects.bulk_create(
            (
                Tally(
                    campaign_id=pattern.campaign_id,
                    constituency_id=seat,
                    day=day,
                    way=Tally.Way.EMAIL,
                    step=step,
                    own_words=bucket,
                    is_demo=pattern.is_demo,
                    count=times,
                )
                for (seat, day, step, bucket), times in tallies.items()
            ),
            batch_size=500,
        )


def _copies(pattern: Letter, count: int) -> Iterator[Letter]:
    chosen = random.Random(2)  # noqa: S311 - the same ones in every run
    members = list(
        Representative.objects.filter(is_current=True).values_list(
            "pk", "constituency_id"
        )
    )
    fixed = {
        field.attname: getattr(pattern, field.attname)
        for field in Letter._meta.concrete_fields
    }
    for _ in range(count):
        representative, constituency = chosen.choice(members)
        # Never today: the days before are what a count has to add up.
        age = datetime.timedelta(days=chosen.randrange(2, DAYS))
        at = pattern.created_at - age
        yield Letter(
            **{
                **fixed,
                "id": uuid.uuid4(),
                "tag": tags.new(),
                "representative_id": representative,
                "constituency_id": constituency,
                "state": Letter.State.ACCEPTED,
                "sender_key": uuid.uuid4().hex,
                "own_words": chosen.randrange(101),
                "created_at": at,
                "confirmed_at": at,
                "accepted_at": at,
                "ended_at": at,
            }
        )


def _somebody() -> Sender:
    return Sender(
        name="Jo Marsden",
        email=f"jo-{uuid.uuid4().hex}@example.org",
        address_line_1="12 Orchard Street",
        address_line_2="",
        town="London",
        postcode="SW1A 1AA",
    )
