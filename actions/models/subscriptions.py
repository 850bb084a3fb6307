"""Who asked to hear of a campaign, and said so twice."""

import datetime
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from actions.models.campaigns import Campaign


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Subscriptions by where they are."""

    def of_mode(self, *, live: bool) -> "SubscriptionQuerySet":
        """Real ones, or those made while trying Postbag out."""
        return self.filter(is_demo=not live)

    def for_updates(self) -> "SubscriptionQuerySet":
        """Those whose addresses organisers may take away."""
        return self.filter(purpose=Subscription.Purpose.UPDATES)

    def for_reopening(self) -> "SubscriptionQuerySet":
        """Those who are told, once, that people can write to their MP again."""
        return self.filter(purpose=Subscription.Purpose.REOPENING)

    def of_mailbox(self, email: str) -> "SubscriptionQuerySet":
        """Those of one address, however it is written."""
        return self.filter(email__iexact=email.strip())

    def standing(self) -> "SubscriptionQuerySet":
        """Those that still hold an address, confirmed or not."""
        return self.filter(ended_at=None)

    def confirmed(self) -> "SubscriptionQuerySet":
        """Those whose owner pressed the button in the mail and has not left."""
        return self.standing().filter(confirmed_at__isnull=False)

    def unconfirmed(self) -> "SubscriptionQuerySet":
        """Those that wait for the button."""
        return self.standing().filter(confirmed_at=None)

    def overdue(self, now: datetime.datetime) -> "SubscriptionQuerySet":
        """Those whose time to confirm is over."""
        return self.unconfirmed().filter(confirm_by__lte=now)

    def to_tell(self) -> "SubscriptionQuerySet":
        """Those who confirmed the wish to be told, and to whom no mail is owed yet."""
        open_ones = (
            self.confirmed().for_reopening().filter(campaign__state=Campaign.State.OPEN)
        )
        return open_ones.exclude(deliveries__kind="reopening")

    def untellable(self) -> "SubscriptionQuerySet":
        """Those who wait for news of a campaign that takes no letters any more."""
        waiting = self.standing().for_reopening()
        return waiting.exclude(campaign__state=Campaign.State.OPEN)

    def end(self, now: datetime.datetime) -> int:
        """Erase the addresses; say of how many."""
        return self.update(ended_at=now, email="", reader_language="")


class Subscription(models.Model):
    """One address that asked for mail about a campaign; double opt-in."""

    class Purpose(models.TextChoices):
        """What the address may be used for, and nothing else."""

        UPDATES = "updates", "e-mail updates by the organisers"
        REOPENING = "reopening", "one mail when people can write again"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="subscriptions"
    )
    purpose = models.CharField(
        max_length=9, choices=Purpose, default=Purpose.UPDATES, editable=False
    )
    # Emptied when it ends.
    email = models.EmailField(blank=True)
    # What its owner reads our pages and mails in; emptied with the address.
    reader_language = models.CharField(max_length=5, blank=True)
    is_demo = models.BooleanField()
    consent_wording = models.TextField()
    asked_at = models.DateTimeField(default=timezone.now)
    confirm_by = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        permissions: ClassVar = [
            ("export_subscriptions", "Can export who asked for updates"),
        ]
        indexes: ClassVar = [
            # Few of many rows, and asked for every second.
            models.Index(
                fields=["is_demo", "confirmed_at"],
                condition=Q(purpose="reopening", ended_at__isnull=True),
                name="reopenings_to_tell_of",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "campaign",
                Lower("email"),
                "is_demo",
                "purpose",
                condition=~Q(email=""),
                name="one_subscription_per_address_campaign_and_purpose",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=["updates", "reopening"]),
                name="subscription_purposes_are_known",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(email="", reader_language=""),
                name="ended_subscriptions_hold_no_address",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False) | ~Q(email=""),
                name="subscriptions_have_an_address",
            ),
            models.CheckConstraint(
                condition=~Q(consent_wording=""),
                name="subscriptions_keep_their_consent",
            ),
        ]

    def __str__(self) -> str:
        # Nothing of the person: this stands in logs and in the admin.
        return f"subscription {self.id}"

    @property
    def is_confirmed(self) -> bool:
        """Whether what was asked for may be sent."""
        return self.confirmed_at is not None and self.ended_at is None

    def can_be_confirmed(self, now: datetime.datetime) -> bool:
        """Whether the button in the mail still does something."""
        return not (self.confirmed_at or self.ended_at) and now < self.confirm_by

    def is_overdue(self, now: datetime.datetime) -> bool:
        """Whether its time to confirm is over; ``overdue`` finds these."""
        return not (self.confirmed_at or self.ended_at) and self.confirm_by <= now

    @property
    def is_untellable(self) -> bool:
        """Whether its campaign closed before it was told of; so ``untellable``."""
        return (
            self.purpose == self.Purpose.REOPENING
            and self.ended_at is None
            and not self.campaign.is_open
        )

    @property
    def has_ended(self) -> bool:
        """Whether it was left or never confirmed."""
        return self.ended_at is not None

    @property
    def was_left(self) -> bool:
        """Whether a person ended it, not time."""
        return self.ended_at is not None and (
            self.confirmed_at is not None or self.ended_at < self.confirm_by
        )
