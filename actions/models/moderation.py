"""What is kept so that a person can look before a letter goes, and what they decide."""

import datetime
import uuid
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from actions.models.letters import Letter
from representatives.models import Representative


class HoldRuleQuerySet(models.QuerySet["HoldRule"]):
    """Rules by whether they are in force."""

    def in_force(self) -> "HoldRuleQuerySet":
        """Those by which letters are held."""
        return self.filter(is_in_force=True)


class HoldRule(models.Model):
    """Words at which a person looks before a letter goes under our domain."""

    phrase = models.CharField(
        max_length=100,
        validators=[
            RegexValidator(
                r"^\s*[^\s*]{2,}\*?(?:\s+[^\s*]+\*?)*\s*$",
                "Write words, the first of two letters or more; an asterisk may end a "
                "word, and stands for any ending.",
            )
        ],
        help_text=(
            "Words in their order, such as “burn your house”. Case, accents and "
            "punctuation do not matter. An asterisk stands for any ending of a word: "
            "“threaten*”. Only the writer’s own words are looked at, not the "
            "campaign’s."
        ),
    )
    is_in_force = models.BooleanField("in force", default=True)
    note = models.CharField(
        max_length=200, blank=True, help_text="Why it is here, for your colleagues."
    )

    objects = HoldRuleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["phrase"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("phrase"),
                name="one_rule_per_phrase",
                violation_error_message="There is a rule for this phrase already.",
            ),
            models.CheckConstraint(
                condition=~Q(phrase=""), name="rules_look_for_something"
            ),
        ]

    def __str__(self) -> str:
        return self.phrase


class HoldLimit(models.Model):
    """How many letters may look alike before a person looks at the next ones."""

    class Of(models.TextChoices):
        """What is counted."""

        SAME_WORDS = (
            "same_words",
            "letters with the same own words in a day, for one campaign",
        )
        NAMES = "names", "names at one postal address in a week, for one campaign"

    # Unless an organiser said otherwise (docs/decisions/0029-a-person-looks.md).
    USUAL: ClassVar[dict[str, int]] = {Of.SAME_WORDS: 10, Of.NAMES: 6}

    of = models.CharField(
        "limit", max_length=20, choices=Of.choices, primary_key=True, editable=False
    )
    most = models.PositiveIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000)],
        help_text="From the next one on, letters wait for a person.",
    )
    note = models.CharField(
        max_length=200,
        blank=True,
        help_text="Why it is what it is, for your colleagues: a hall of residence with "
        "one address, say.",
    )

    class Meta:
        verbose_name = "hold limit"
        verbose_name_plural = "hold limits"
        ordering: ClassVar = ["of"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(of__in=["same_words", "names"]),
                name="hold_limits_are_known",
            ),
            models.CheckConstraint(
                condition=Q(most__gte=1), name="hold_limits_let_one_go"
            ),
        ]

    def __str__(self) -> str:
        return capfirst(self.get_of_display())

    @classmethod
    def most_of(cls, what: Of) -> int:
        """Say how many may go."""
        row = cls.objects.filter(of=what).values_list("most", flat=True).first()
        return cls.USUAL[what] if row is None else row


class WatchedMailboxQuerySet(models.QuerySet["WatchedMailbox"]):
    """Mailboxes by whether they are still watched."""

    def at(self, now: datetime.datetime) -> "WatchedMailboxQuerySet":
        """Those that are watched then."""
        return self.filter(until__gt=now)


class WatchedMailbox(models.Model):
    """Somebody whose letters a person looks at, under a keyed hash of their mailbox."""

    key = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(db_index=True)

    objects = WatchedMailboxQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "watched mailboxes"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until__gt=models.F("since")),
                name="mailboxes_are_watched_for_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"until {self.until:%Y-%m-%d}"


class OfficeReportQuerySet(models.QuerySet["OfficeReport"]):
    """Reports by what is still to be done with them."""

    def open(self) -> "OfficeReportQuerySet":
        """Those that wait for a person."""
        return self.filter(decision="")

    def stops(self) -> "OfficeReportQuerySet":
        """Those by which an office gets no more letters of a campaign."""
        return self.filter(
            kind=OfficeReport.Kind.STOP,
            decision=OfficeReport.Decision.ACCEPTED,
            lifted_at=None,
        )

    def of_mode(self, *, live: bool) -> "OfficeReportQuerySet":
        """Those of real letters, or of those made while trying Postbag out."""
        return self.filter(letter__is_demo=not live)

    def that_have_letters_wait(self) -> "OfficeReportQuerySet":
        """Stops, and what was told of abuse by a writer who is known still."""
        abuse = self.filter(kind=OfficeReport.Kind.ABUSIVE, letter__sender_email__gt="")
        declined = OfficeReport.Decision.DECLINED
        return self.stops() | abuse.exclude(decision=declined)

    def that_concern(self, letter: Letter) -> "OfficeReportQuerySet":
        """Those of its MP's office about letters of its campaign and mode."""
        return self.filter(
            letter__is_demo=letter.is_demo,
            letter__campaign=letter.campaign_id,
            letter__representative__parliament_id=letter.representative.parliament_id,
        )

    def with_a_note(self) -> "OfficeReportQuerySet":
        """Those that hold what somebody wrote."""
        return self.exclude(note="")


class OfficeReport(models.Model):
    """What an MP's office told us about a letter, by the link in its last line."""

    class Kind(models.TextChoices):
        """What it told, in the words that it chose from."""

        NOT_A_CONSTITUENT = (
            "not_a_constituent",
            gettext_lazy("The writer is not a constituent of this MP."),
        )
        WRONG_ADDRESS = (
            "wrong_address",
            gettext_lazy("This is the wrong address for letters to this MP."),
        )
        STOP = (
            "stop",
            gettext_lazy("Please send us no more letters of this campaign."),
        )
        ABUSIVE = (
            "abusive",
            gettext_lazy("This letter is abusive or threatening."),
        )

    class Decision(models.TextChoices):
        """What a person made of it."""

        ACCEPTED = "accepted", "accepted"
        DECLINED = "declined", "set aside"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    letter = models.ForeignKey(
        Letter, on_delete=models.CASCADE, related_name="office_reports"
    )
    kind = models.CharField(max_length=17, choices=Kind)
    note = models.CharField(max_length=1000, blank=True)
    told_at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(max_length=8, choices=Decision, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    # When letters of the campaign may go to this office again.
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = OfficeReportQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["told_at"]
        indexes: ClassVar = [
            models.Index(
                fields=["told_at"],
                condition=Q(decision=""),
                name="office_reports_to_decide_on",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["letter", "kind"], name="one_report_per_letter_and_kind"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["not_a_constituent", "wrong_address", "stop", "abusive"]
                ),
                name="office_reports_are_known",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True)
                | Q(decision__in=["accepted", "declined"], decided_at__isnull=False),
                name="decided_reports_say_when",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True)
                | Q(kind="stop", decision="accepted"),
                name="only_stops_are_lifted",
            ),
        ]

    def __str__(self) -> str:
        # Nothing of the writer: this stands in logs and in the admin.
        return f"{self.kind} of letter {self.letter_id}"

    @property
    def representative(self) -> Representative:
        """Whose office told it."""
        return self.letter.representative


class HeldLetter(Letter):
    """A letter as the person's queue shows it, while it waits for a person."""

    class Meta:
        proxy = True
        verbose_name = "letter for a person"
        verbose_name_plural = "letters that wait for a person"
        ordering: ClassVar = ["decide_by"]
