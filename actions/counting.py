"""Counting deeds as they are done, anonymously (docs/decisions/0006-counting.md)."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, Protocol

from django.db import connection
from django.utils import timezone

from actions.models import Campaign, Tally
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


class Countable(Protocol):
    """What is counted of a letter: the letter, or what was read of it."""

    @property
    def campaign_id(self) -> int:
        """Of which campaign."""

    @property
    def constituency_id(self) -> int:
        """From which seat."""

    @property
    def is_demo(self) -> bool:
        """Whether it was made while trying Postbag out."""

    @property
    def own_words(self) -> int:
        """How many percent of the words are its writer's."""

    @property
    def is_signature(self) -> bool:
        """Whether these are too few to count it as a letter."""


def own_words_of(letter: Countable) -> Tally.OwnWords:
    """Say as what a letter is counted: by its own words, or as a signature."""
    if letter.is_signature:
        return Tally.OwnWords.SIGNATURE
    return bucket_of(letter.own_words)


@dataclass(frozen=True)
class Counted:
    """All that is counted of a letter: nothing of its writer."""

    campaign_id: int
    constituency_id: int
    way: Tally.Way
    own_words: Tally.OwnWords
    is_demo: bool


def record(
    letter: Countable,
    step: Tally.Step,
    now: datetime.datetime,
    *,
    letters: int = 1,
) -> None:
    """Count one step of a letter that Postbag sends; see ``add``."""
    counted = Counted(
        campaign_id=letter.campaign_id,
        constituency_id=letter.constituency_id,
        way=Tally.Way.EMAIL,
        own_words=own_words_of(letter),
        is_demo=letter.is_demo,
    )
    add(counted, step, now, letters=letters)


def add(
    counted: Counted, step: Tally.Step, now: datetime.datetime, *, letters: int = 1
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
                counted.campaign_id,
                counted.constituency_id,
                connection.ops.adapt_datefield_value(timezone.localdate(now)),
                counted.way,
                step,
                counted.own_words,
                counted.is_demo,
                letters,
            ],
        )


class _Row(NamedTuple):
    """What is read of a tally."""

    campaign_id: int
    day: datetime.date
    constituency_id: int
    step: str
    own_words: str
    letters: int

    def taken_back(self) -> "_Row":
        """Give what takes as many letters away as this one adds."""
        return self._replace(letters=-self.letters)


@dataclass(frozen=True)
class BySeat:
    """How many letters went to each seat, by the constituency's primary key."""

    all: Counter[int] = field(default_factory=Counter)
    today: Counter[int] = field(default_factory=Counter)
    # In none of these any more: they went before today, and came back today.
    back_today: Counter[int] = field(default_factory=Counter)

    def copy(self) -> "BySeat":
        """Give one that can be added to."""
        return BySeat(self.all.copy(), self.today.copy(), self.back_today.copy())

    @property
    def seats(self) -> frozenset[int]:
        """Those that any of these went to."""
        return frozenset(self.all) | frozenset(self.back_today)

    def add(self, row: _Row, today: datetime.date) -> None:
        """Count a row; of ``today`` or later, it is not to be told of yet."""
        _add(self.all, row)
        if row.day >= today:
            _add(self.today, row)

    def add_back(self, row: _Row, today: datetime.date) -> None:
        """Count what came back; signatures were never in these numbers."""
        if row.day >= today and row.own_words != Tally.OwnWords.SIGNATURE:
            self.back_today[row.constituency_id] += row.letters

    def before_today(self, constituency_id: int) -> int:
        """Count those of one seat as at last midnight."""
        today = self.today.get(constituency_id, 0)
        back = self.back_today.get(constituency_id, 0)
        return self.all.get(constituency_id, 0) - today + back

    @property
    def total_before_today(self) -> int:
        """Count those of all seats as at last midnight."""
        return self.all.total() - self.today.total() + self.back_today.total()


@dataclass(frozen=True)
class LettersOut:
    """A campaign's letters that have gone, exactly: not for publishing.

    What may be published of them, and how exactly, is for ``reports`` to say.
    """

    # Those that a mail server has taken.
    by_day: Counter[datetime.date] = field(default_factory=Counter)
    by_seat: BySeat = field(default_factory=BySeat)
    mostly_own: int = 0
    # Those of too few own words to be letters; in none of the other numbers.
    signatures: int = 0
    # Those that their writers sent, by their own word.
    reported: BySeat = field(default_factory=BySeat)
    # By their writers' word, of letters and signatures alike, each of ``Tally.ANSWERS``
    # by itself.
    answers: Counter[str] = field(default_factory=Counter)
    # Taken, but come back since: in none of the other numbers.
    bounced: int = 0

    @property
    def total(self) -> int:
        """All that a mail server has taken."""
        return self.by_seat.all.total()

    def with_more(self, rows: Iterable[_Row], today: datetime.date) -> "LettersOut":
        """Add these rows to a copy; those of ``today`` and later count as today's."""
        days, mostly_own, signatures = (
            self.by_day.copy(),
            self.mostly_own,
            self.signatures,
        )
        answers, bounced = self.answers.copy(), self.bounced
        seats, reported = self.by_seat.copy(), self.reported.copy()
        for told in rows:
            if told.step in Tally.ANSWERS:
                answers[told.step] += told.letters
                continue
            if told.step == Tally.Step.CAME_BACK:
                seats.add_back(told, today)
                continue
            row = told
            if told.step == Tally.Step.BOUNCED:
                bounced += told.letters
                row = told.taken_back()
            if row.own_words == Tally.OwnWords.SIGNATURE:
                signatures += row.letters
            elif row.step == Tally.Step.REPORTED:
                reported.add(row, today)
            else:
                days[row.day] += row.letters
                seats.add(row, today)
                if row.own_words in _MOSTLY_OWN:
                    mostly_own += row.letters
        return LettersOut(
            days, seats, mostly_own, signatures, reported, answers, bounced
        )


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

    One query for the last two days and for what came back, whenever it had gone; the
    days before are remembered by this process. Yesterday is not: what began before
    midnight may be stored after it.
    """
    yesterday = today - datetime.timedelta(days=1)
    recent: dict[int, list[_Row]] = defaultdict(list)
    for row in _read(Tally.objects.of(*campaigns, live=live).unsettled(yesterday)):
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
    return LettersOut().with_more(_read(tallies.settled(which.before)), which.before)


def _add(letters: Counter[int], row: _Row) -> None:
    """Count a row; a seat whose only letters came back was never reached."""
    letters[row.constituency_id] += row.letters
    if not letters[row.constituency_id]:
        del letters[row.constituency_id]


def _read(tallies: TallyQuerySet) -> Iterable[_Row]:
    """Read the letters out among these, as plain rows."""
    rows = tallies.out().values_list(
        "campaign_id", "day", "constituency_id", "step", "own_words", "count"
    )
    return map(_Row._make, rows)
