"""Counts that hold nothing of anybody: tallies of letters, and limits."""

import datetime
from typing import ClassVar

from django.db import connection, models
from django.db.models import Q

from actions.models.campaigns import Campaign
from representatives.models import Constituency


class TallyQuerySet(models.QuerySet["Tally"]):
    """Tallies, which are only ever added to."""

    def of(self, *campaigns: Campaign | int, live: bool) -> "TallyQuerySet":
        """These campaigns', real or made while trying Postbag out."""
        # `in`, because of a bare `is_demo` SQLite would not use the index.
        return self.filter(campaign__in=campaigns, is_demo__in=[not live])

    def unsettled(self, day: datetime.date) -> "TallyQuerySet":
        """Those of that day and later, and of any day what can come for it later.

        A letter comes back days after it went, and is counted on the day it went.
        """
        return self.filter(Q(day__gte=day) | Q(step=Tally.Step.BOUNCED))

    def settled(self, day: datetime.date) -> "TallyQuerySet":
        """Those of the days before it to which nothing is added any more."""
        return self.filter(day__lt=day).exclude(step=Tally.Step.BOUNCED)

    def out(self) -> "TallyQuerySet":
        """What has gone, by the mail server's or the writer's word, and its answers.

        A draft never counts.
        """
        return self.filter(
            step__in=[
                Tally.Step.ACCEPTED,
                Tally.Step.BOUNCED,
                Tally.Step.CAME_BACK,
                Tally.Step.REPORTED,
                *Tally.ANSWERS,
            ]
        )


class Tally(models.Model):
    """How many letters took one step, by campaign, seat, day, way and own words.

    Written in the transaction of the deed, so that erasing a person never changes it.
    """

    class Way(models.TextChoices):
        """How a letter travels."""

        EMAIL = "email", "by e-mail through Postbag"
        OWN_MAIL = "own_mail", "from the writer's own mail"
        PAPER = "paper", "on paper"
        # Of whoever could be harmed nothing is recorded that need not be.
        UNSAID = "unsaid", "not said, to protect the writer"

    class Step(models.TextChoices):
        """What happened."""

        DRAFTED = "drafted", "written, not confirmed"
        CONFIRMED = "confirmed", "confirmed by the writer"
        ACCEPTED = "accepted", "taken by the mail server"
        BOUNCED = "bounced", "came back undelivered"
        # Beside that, for one that had gone on a day before.
        CAME_BACK = "came_back", "came back on this day"
        FAILED = "failed", "refused for good"
        CANCELLED = "cancelled", "stopped by the writer"
        DISOWNED = "disowned", "not by the named writer"
        EXPIRED = "expired", "not confirmed in time"
        WITHHELD = "withheld", "held back after a back-up was restored"
        REPORTED = "reported", "sent by the writer, who told us so"
        ANSWERED = "answered", "answered, as its writer told us"
        ACKNOWLEDGED = "acknowledged", "acknowledged only, as its writer told us"
        NO_ANSWER = "no_answer", "not answered, as its writer told us"
        NONE_NEEDED = "none_needed", "in need of no answer, as its writer told us"

    # What writers tell of the answer: each letter is in one of them at most.
    ANSWERS: ClassVar = (
        Step.ANSWERED,
        Step.ACKNOWLEDGED,
        Step.NO_ANSWER,
        Step.NONE_NEEDED,
    )

    class OwnWords(models.TextChoices):
        """Percent of the words that are the writer's own."""

        NONE = "0", "0 %"
        FEW = "1-24", "1 to 24 %"
        SOME = "25-49", "25 to 49 %"
        MOST = "50-74", "50 to 74 %"
        NEARLY_ALL = "75-100", "75 to 100 %"
        SIGNATURE = "signature", "too few: a signature"
        UNSAID = "unsaid", "not said, to protect the writer"

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="tallies"
    )
    constituency = models.ForeignKey(
        Constituency, on_delete=models.PROTECT, related_name="+"
    )
    day = models.DateField()
    way = models.CharField(max_length=10, choices=Way)
    step = models.CharField(max_length=12, choices=Step)
    own_words = models.CharField(max_length=10, choices=OwnWords)
    is_demo = models.BooleanField()
    # Below zero on a day on which more was taken back than told: who says first that
    # there was no answer, and later that there was, counts once. So does what came back
    # and was answered all the same.
    count = models.IntegerField()

    objects = TallyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "tallies"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=[
                    "campaign",
                    "is_demo",
                    "step",
                    "day",
                    "constituency",
                    "way",
                    "own_words",
                ],
                name="one_tally_per_campaign_seat_day_way_step_and_own_words",
            ),
            models.CheckConstraint(
                condition=Q(count__gte=0)
                | Q(
                    step__in=[
                        "answered",
                        "acknowledged",
                        "no_answer",
                        "none_needed",
                        "bounced",
                        "came_back",
                    ]
                ),
                name="only_answers_and_returns_are_taken_back",
            ),
            models.CheckConstraint(
                condition=Q(way="unsaid", own_words="unsaid", step="reported")
                | (~Q(way="unsaid") & ~Q(own_words="unsaid")),
                name="tallies_of_people_at_risk_say_nothing_more",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.step} on {self.day}"


class RateCount(models.Model):
    """How often a limited deed was done in one window, under a keyed hash."""

    key = models.CharField(max_length=64, primary_key=True)
    window_began_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(count__gte=1), name="rate_counts_count_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} since {self.window_began_at:%Y-%m-%d %H:%M}"

    @classmethod
    def add_one(cls, key: str, window_began_at: datetime.datetime) -> int:
        """Count one more in the window and return how many there are now.

        One statement, so that of many at once exactly as many pass as may.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO actions_ratecount AS old (key, window_began_at, count)"
                " VALUES (%s, %s, 1) ON CONFLICT (key) DO UPDATE SET"
                " count = CASE WHEN old.window_began_at = excluded.window_began_at"
                " THEN old.count + 1 ELSE 1 END,"
                " window_began_at = excluded.window_began_at RETURNING count",
                [key, connection.ops.adapt_datetimefield_value(window_began_at)],
            )
            row = cursor.fetchone()
        return int(row[0])

    @classmethod
    def add_first(cls, key: str, window_began_at: datetime.datetime) -> bool:
        """Remember the key; say whether it was not there yet, whatever its window.

        One statement, so that of many at once one is the first.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO actions_ratecount (key, window_began_at, count)"
                " VALUES (%s, %s, 1) ON CONFLICT (key) DO NOTHING RETURNING count",
                [key, connection.ops.adapt_datetimefield_value(window_began_at)],
            )
            return cursor.fetchone() is not None
