"""What may be told about a campaign's letters, to anybody.

Totals are exact and live. About one constituency, and about everything made of
constituencies, no more is told than a bucket, and only once a day: by
docs/decisions/0006-counting.md, so that small numbers point at nobody.
"""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter

from django.conf import settings
from django.utils import timezone
from django.utils.text import slugify

from actions import counting, seats
from actions.counting import LettersOut
from actions.models import Campaign, Tally
from actions.seats import BUCKETS, Group, Span, Told


class By(StrEnum):
    """What letters can be counted by."""

    DAY = "day"
    CONSTITUENCY = "constituency"
    PARTY = "party"
    COUNTRY = "country"
    REGION = "region"
    WAY = "way"


@dataclass(frozen=True)
class HeadlineCounts:
    """The numbers that every page may show: exact and, but for the last, live."""

    letters_out: int
    seats_reached: int
    seats_total: int
    mostly_own: int
    signatures: int = 0
    # As their writers told us; each letter is in one of these at most.
    answered: int = 0
    acknowledged: int = 0
    no_answer: int = 0
    none_needed: int = 0
    # In none of the other numbers any more.
    bounced: int = 0
    # Roughly and as at the last midnight, so that nobody who had to be counted unseen
    # stands out.
    reported: Span = BUCKETS[0]


@dataclass(frozen=True)
class Line:
    """One line of a count; groups of seats also tell of how many."""

    key: str
    name: str
    letters: int | Span
    # Of seats, those that their writers sent.
    reported: Span | None = None
    group: Group | None = None


@dataclass(frozen=True)
class Counts:
    """A campaign's total and, if asked for, one count of it, line by line."""

    campaign: str
    by: By | None
    # The last day that is counted in the lines.
    as_of: datetime.date
    total: HeadlineCounts
    lines: Sequence[Line]


@dataclass(frozen=True)
class Day:
    """One day's letters."""

    day: datetime.date
    letters: int


@dataclass(frozen=True)
class Daily:
    """What changes once a day; equal to another one that tells the same."""

    # The last day that is counted.
    as_of: datetime.date
    told: Told
    # Of those out, by either way, to seats on boundaries that are no longer in force:
    # they are in no seat and no group.
    former: Span = BUCKETS[0]


@dataclass(frozen=True)
class Progress:
    """Everything that a campaign's progress page tells."""

    total: HeadlineCounts
    days: Sequence[Day]
    daily: Daily


def headline(campaign: Campaign) -> HeadlineCounts:
    """Tell the total, at this moment."""
    return headlines([campaign])[campaign.pk]


def headlines(campaigns: Sequence[Campaign]) -> dict[int, HeadlineCounts]:
    """Tell the total of each, by its primary key, at this moment."""
    letters = counting.letters_out(
        campaigns, live=settings.DELIVERY_IS_LIVE, today=timezone.localdate()
    )
    in_force = seats.in_force()
    return {key: _headline(counted, in_force) for key, counted in letters.items()}


def counts(campaign: Campaign, by: By | None, today: datetime.date) -> Counts:
    """Count a campaign's letters by one thing, or by none for the total alone.

    Seats and whatever is made of them, and ways, are told as at the last midnight in
    London.
    """
    letters = _letters_out(campaign, today)
    is_daily = by not in {None, By.DAY}
    return Counts(
        campaign=campaign.slug,
        by=by,
        as_of=today - datetime.timedelta(days=1) if is_daily else today,
        total=_headline(letters, seats.in_force()),
        lines=_LINES[by](letters) if by else (),
    )


def progress(campaign: Campaign, today: datetime.date, days: int = 30) -> Progress:
    """Tell how a campaign is doing; its last ``days`` days one by one."""
    letters = _letters_out(campaign, today)
    in_force = seats.in_force()
    former = letters.by_seat.seats | letters.reported.seats
    last_days = [today - datetime.timedelta(days=ago) for ago in reversed(range(days))]
    return Progress(
        total=_headline(letters, in_force),
        days=[Day(day, letters.by_day[day]) for day in last_days],
        daily=Daily(
            as_of=today - datetime.timedelta(days=1),
            told=seats.told(letters),
            former=seats.rough(_before_today(letters, former - in_force)),
        ),
    )


def _before_today(letters: LettersOut, keys: Iterable[int]) -> int:
    """Count those to some seats, by either way, up to last midnight."""
    return sum(
        letters.by_seat.before_today(key) + letters.reported.before_today(key)
        for key in keys
    )


def _letters_out(campaign: Campaign, today: datetime.date) -> LettersOut:
    """Count this mode's letters: those made while trying out are never mixed in."""
    return counting.letters_out(
        [campaign], live=settings.DELIVERY_IS_LIVE, today=today
    )[campaign.pk]


def _headline(letters: LettersOut, in_force: frozenset[int]) -> HeadlineCounts:
    """Tell the total; letters to former seats count in it, and their MPs do not."""
    return HeadlineCounts(
        letters_out=letters.total,
        seats_reached=len(letters.by_seat.all.keys() & in_force),
        seats_total=len(in_force),
        mostly_own=letters.mostly_own,
        signatures=letters.signatures,
        answered=letters.answers[Tally.Step.ANSWERED],
        acknowledged=letters.answers[Tally.Step.ACKNOWLEDGED],
        no_answer=letters.answers[Tally.Step.NO_ANSWER],
        none_needed=letters.answers[Tally.Step.NONE_NEEDED],
        bounced=letters.bounced,
        reported=seats.rough(letters.reported.total_before_today),
    )


def _by_day(letters: LettersOut) -> list[Line]:
    return [
        Line(day.isoformat(), f"{day.day} {day:%B %Y}", count)
        for day, count in sorted(letters.by_day.items())
    ]


def _by_way(letters: LettersOut) -> list[Line]:
    """Tell what Postbag sent apart from what people sent; no way of theirs alone.

    Whoever had to be counted unseen is among these, and stands out in no smaller group.
    """
    return [
        Line(
            Tally.Way.EMAIL.value,
            Tally.Way.EMAIL.label,
            letters.by_seat.total_before_today,
        ),
        Line(
            Tally.Step.REPORTED.value,
            Tally.Step.REPORTED.label,
            seats.rough(letters.reported.total_before_today),
        ),
    ]


def _by_constituency(letters: LettersOut) -> list[Line]:
    return [
        Line(seat.code, seat.name, BUCKETS[seat.bucket], BUCKETS[seat.reported])
        for seat in seats.told(letters).seats
    ]


def _by_group(
    groups_of: Callable[[Told], tuple[Group, ...]],
) -> Callable[[LettersOut], list[Line]]:
    def lines(letters: LettersOut) -> list[Line]:
        return [
            Line(slugify(group.name), group.name, group.letters, group.reported, group)
            for group in groups_of(seats.told(letters))
        ]

    return lines


_LINES: dict[By, Callable[[LettersOut], list[Line]]] = {
    By.DAY: _by_day,
    By.CONSTITUENCY: _by_constituency,
    By.PARTY: _by_group(attrgetter("parties")),
    By.COUNTRY: _by_group(attrgetter("countries")),
    By.REGION: _by_group(attrgetter("regions")),
    By.WAY: _by_way,
}
