"""Counting deeds as they are done, anonymously (docs/decisions/0006-counting.md)."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from actions.models import Campaign, Letter, Tally
from actions.models.counts import TallyQuerySet

_BUCKETS = (
    (75, Tally.OwnWords.NEARLY_ALL),
    (50, Tally.OwnWords.MOST),
    (25, Tally.OwnWords.SOME),
    (1, Tally.OwnWords.FEW),
    (0, Tally.OwnWords.NONE),
)
_MOSTLY_OWN = frozenset({Tally.OwnWords.MOST, Tally.OwnWords.NEARLY_ALL})


def bucket_of(percent: int) -> Tally.OwnWords:
    """Put a percentage of own words into its bucket."""
    return next(bucket for least, bucket in _BUCKETS if percent >= least)


def record(
    letter: Letter,
    step: Tally.Step,
    now: datetime.datetime,
    way: Tally.Way = Tally.Way.EMAIL,
    *,
    letters: int = 1,
) -> None:
    """Count one step of a letter; call it in the transaction of the deed.

    One statement, so that any number of workers may count at once. It may stand for
    several ``letters`` that are counted alike.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO actions_tally AS old"
            " (campaign_id, constituency_id, day, way, step, own_words, is_demo, count)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (campaign_id, is_demo, step, day, constituency_id, way,"
            " own_words) DO UPDATE SET count = old.count + excluded.count",
            [
                letter.campaign_id,
                letter.constituency_id,
                connection.ops.adapt_datefield_value(timezone.localdate(now)),
                way,
                step,
                bucket_of(letter.own_words),
                letter.is_demo,
                letters,
            ],
        )


class _Row(NamedTuple):
    """What is read of a tally."""

    campaign_id: int
    day: datetime.date
    constituency_id: int
    way: str
    own_words: str
    letters: int


@dataclass(frozen=True)
class LettersOut:
    """A campaign's letters that a mail server has taken, exactly: not for publishing.

    What may be published of them, and how exactly, is for ``reports`` to say.
    """

    by_day: Counter[datetime.date] = field(default_factory=Counter)
    by_way: Counter[str] = field(default_factory=Counter)
    # By the constituency's primary key.
    by_seat: Counter[int] = field(default_factory=Counter)
    by_seat_today: Counter[int] = field(default_factory=Counter)
    mostly_own: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.by_way.total()

    def in_seat_before_today(self, constituency_id: int) -> int:
        """Count those of one seat up to last midnight."""
        today = self.by_seat_today.get(constituency_id, 0)
        return self.by_seat.get(constituency_id, 0) - today

    def with_more(self, rows: Iterable[_Row], today: datetime.date) -> "LettersOut":
        """Add these rows to a copy; those of ``today`` and later count as today's."""
        days, ways = self.by_day.copy(), self.by_way.copy()
        seats, seats_today = self.by_seat.copy(), self.by_seat_today.copy()
        mostly_own = self.mostly_own
        for row in rows:
            days[row.day] += row.letters
            ways[row.way] += row.letters
            seats[row.constituency_id] += row.letters
            if row.day >= today:
                seats_today[row.constituency_id] += row.letters
            if row.own_words in _MOSTLY_OWN:
                mostly_own += row.letters
        return LettersOut(days, ways, seats, seats_today, mostly_own)


class _Settled(NamedTuple):
    """Which days of which campaign can no longer change."""

    campaign_id: int
    # Tells campaigns of the same number in two databases apart.
    created_at: datetime.datetime
    live: bool
    before: datetime.date


def letters_out(
    campaigns: Sequence[Campaign], *, live: bool, today: datetime.date
) -> Mapping[int, LettersOut]:
    """Count the letters out of each campaign, by its primary key, at this moment.

    One query for the last two days; the days before them are remembered by this
    process. Yesterday is not: what began before midnight may be stored after it.
    """
    yesterday = today - datetime.timedelta(days=1)
    recent: dict[int, list[_Row]] = defaultdict(list)
    for row in _read(Tally.objects.of(*campaigns, live=live).since(yesterday)):
        recent[row.campaign_id].append(row)
    return {
        campaign.pk: _settled(
            _Settled(campaign.pk, campaign.created_at, live, yesterday)
        ).with_more(recent[campaign.pk], today)
        for campaign in campaigns
    }


@lru_cache(maxsize=64)
def _settled(which: _Settled) -> LettersOut:
    """Add up the days that can no longer change."""
    tallies = Tally.objects.of(which.campaign_id, live=which.live)
    return LettersOut().with_more(_read(tallies.before(which.before)), which.before)


def _read(tallies: TallyQuerySet) -> Iterable[_Row]:
    """Read the letters out among these, as plain rows."""
    rows = tallies.letters_out().values_list(
        "campaign_id", "day", "constituency_id", "way", "own_words", "count"
    )
    return map(_Row._make, rows)
