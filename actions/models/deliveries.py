"""The mails that are owed."""

import datetime
import uuid
from typing import ClassVar, cast

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from actions.models.incoming import IncomingMail
from actions.models.letters import Letter
from actions.models.subscriptions import Subscription
from representatives.models.quickly import QuicklyRead


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Mails by whether they are owed."""

    def waiting(self) -> "DeliveryQuerySet":
        """Those still owed."""
        return self.filter(state=Delivery.State.WAITING)

    def finished(self) -> "DeliveryQuerySet":
        """Those of which nothing more becomes."""
        return self.exclude(state=Delivery.State.WAITING)

    def unheld(self, now: datetime.datetime) -> "DeliveryQuerySet":
        """Those still owed that no worker has in hand."""
        return self.waiting().filter(Q(leased_until=None) | Q(leased_until__lte=now))

    def claimable(self, now: datetime.datetime, *, live: bool) -> "DeliveryQuerySet":
        """Those due, of this mode, that no worker holds."""
        return self.unheld(now).filter(due_at__lte=now, is_demo=not live)


class Delivery(QuicklyRead):
    """One mail that is owed: the job is the row, a worker claims it by changing it."""

    class Kind(models.TextChoices):
        """Which mail."""

        LETTER = "letter", pgettext_lazy("a mail", "the letter to the MP")
        CONFIRMATION = (
            "confirmation",
            pgettext_lazy("a mail", "asks the supporter to confirm"),
        )
        REPEAT_NOTICE = (
            "repeat_notice",
            pgettext_lazy("a mail", "tells that they had written already"),
        )
        FAILURE_NOTICE = (
            "failure_notice",
            pgettext_lazy("a mail", "tells that the letter did not arrive"),
        )
        WITHHELD_NOTICE = (
            "withheld_notice",
            pgettext_lazy("a mail", "tells that we do not know whether it went"),
        )
        LINKS = (
            "links",
            pgettext_lazy("a mail", "brings the supporter their letters' links again"),
        )
        SUBSCRIPTION = (
            "subscription",
            pgettext_lazy("a mail", "asks to confirm the wish for updates"),
        )
        REOPENING = "reopening", "tells that people can write again"
        REMINDER = (
            "reminder",
            pgettext_lazy("a mail", "asks the supporter once more to confirm"),
        )
        HELD_NOTICE = (
            "held_notice",
            pgettext_lazy("a mail", "tells that the letter is held, and why"),
        )
        BOUNCE_NOTICE = (
            "bounce_notice",
            pgettext_lazy("a mail", "tells that the letter came back"),
        )
        QUESTION = (
            "question",
            pgettext_lazy("a mail", "asks whether there was an answer"),
        )
        QUESTION_REMINDER = (
            "question_reminder",
            pgettext_lazy("a mail", "asks once more whether there was an answer"),
        )
        FORWARD = (
            "forward",
            pgettext_lazy("a mail", "brings the supporter a reply"),
        )

    class State(models.TextChoices):
        """Whether it is still owed."""

        WAITING = "waiting", pgettext_lazy("a mail", "owed")
        SENT = "sent", pgettext_lazy("a mail", "taken by the mail server")
        FAILED = "failed", pgettext_lazy("a mail", "given up")
        DROPPED = "dropped", pgettext_lazy("a mail", "no longer owed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # A mail belongs to a letter, or to somebody who asked for mail about a campaign.
    letter = models.ForeignKey(
        Letter,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="deliveries",
    )
    subscription = models.ForeignKey(
        Subscription,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="deliveries",
    )
    # The mail that came and is passed on.
    reply = models.ForeignKey(
        IncomingMail,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="deliveries",
    )
    kind = models.CharField(max_length=17, choices=Kind)
    is_demo = models.BooleanField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.UUIDField(null=True, blank=True, db_index=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    # The mail server's words with addresses taken out.
    last_error = models.CharField(max_length=300, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes: ClassVar = [
            models.Index(
                fields=["is_demo", "due_at"],
                condition=Q(state="waiting"),
                name="deliveries_owed",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["letter", "kind"],
                condition=~Q(kind="forward"),
                name="one_delivery_per_letter_and_kind",
            ),
            models.UniqueConstraint(
                fields=["reply"], name="replies_are_passed_on_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="forward", reply__isnull=False)
                | (~Q(kind="forward") & Q(reply__isnull=True)),
                name="only_forwards_carry_a_reply",
            ),
            models.UniqueConstraint(
                fields=["subscription"],
                condition=Q(kind="reopening"),
                name="one_mail_of_reopening_per_subscription",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["subscription", "reopening"],
                    letter__isnull=True,
                    subscription__isnull=False,
                )
                | (
                    ~Q(kind__in=["subscription", "reopening"])
                    & Q(letter__isnull=False, subscription__isnull=True)
                ),
                name="deliveries_belong_to_a_letter_or_a_subscription",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "letter",
                        "confirmation",
                        "repeat_notice",
                        "failure_notice",
                        "withheld_notice",
                        "links",
                        "subscription",
                        "reopening",
                        "reminder",
                        "held_notice",
                        "bounce_notice",
                        "question",
                        "question_reminder",
                        "forward",
                    ]
                ),
                name="delivery_kinds_are_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sent", "failed", "dropped"]),
                name="delivery_states_are_known",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", done_at__isnull=True)
                | (~Q(state="waiting") & Q(done_at__isnull=False)),
                name="finished_deliveries_say_when",
            ),
            models.CheckConstraint(
                condition=Q(lease__isnull=True, leased_until__isnull=True)
                | Q(lease__isnull=False, leased_until__isnull=False),
                name="leases_have_an_end",
            ),
            # What went keeps its lease until that is settled.
            models.CheckConstraint(
                condition=~Q(state__in=["failed", "dropped"]) | Q(lease__isnull=True),
                name="deliveries_given_up_are_in_no_hands",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.owner_id} ({self.state})"

    @property
    def owner(self) -> Letter | Subscription:
        """What it is owed for: ``deliveries_belong_to_a_letter_or_a_subscription``."""
        return cast("Letter | Subscription", self.letter or self.subscription)

    @property
    def owner_id(self) -> uuid.UUID:
        """By which erasing finds the mail."""
        return cast("uuid.UUID", self.letter_id or self.subscription_id)

    @property
    def carried(self) -> Letter | None:
        """The letter that it takes to the MP, if it is not a mail of our own."""
        return self.letter if self.kind == self.Kind.LETTER else None
