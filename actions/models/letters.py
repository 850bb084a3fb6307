"""People's letters, the mails that are owed for them, and what happened."""

import datetime
import uuid
from typing import ClassVar, cast

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from actions.models.campaigns import Campaign, LetterTemplate, LetterTemplateVersion
from actions.models.permanence import Permanent, PermanentQuerySet
from actions.models.subscriptions import Subscription
from representatives.models import Constituency, Representative


class LetterQuerySet(models.QuerySet["Letter"]):
    """Letters by where they are."""

    def of_mode(self, *, live: bool) -> "LetterQuerySet":
        """Real letters, or those made while trying Postbag out."""
        return self.filter(is_demo=not live)

    def awaiting_confirmation(self) -> "LetterQuerySet":
        """Those whose writer has not pressed the button in the mail yet."""
        return self.filter(state=Letter.State.AWAITING_CONFIRMATION)

    def written_by(self, sender_key: str) -> "LetterQuerySet":
        """Those that the person with this key has sent or is sending."""
        return self.filter(
            sender_key=sender_key,
            state__in=[Letter.State.QUEUED, Letter.State.ACCEPTED],
        )

    def overdue(self, now: datetime.datetime) -> "LetterQuerySet":
        """Those whose time to confirm is over."""
        return self.awaiting_confirmation().filter(confirm_by__lte=now)

    def forgettable(self, ended_before: datetime.datetime) -> "LetterQuerySet":
        """Those that ended before then and still hold something personal."""
        return self.filter(ended_at__lte=ended_before, forgotten_at=None)


class Letter(models.Model):
    """One person's letter to one MP, with what it was made from, frozen."""

    class State(models.TextChoices):
        """Where a letter is."""

        AWAITING_CONFIRMATION = (
            "awaiting_confirmation",
            pgettext_lazy("a letter", "waiting for you to confirm"),
        )
        QUEUED = "queued", pgettext_lazy("a letter", "waiting to be sent")
        ACCEPTED = "accepted", pgettext_lazy("a letter", "sent")
        REPEATED = (
            "repeated",
            pgettext_lazy("a letter", "not sent: you had written already"),
        )
        EXPIRED = "expired", pgettext_lazy("a letter", "not confirmed in time")
        CANCELLED = "cancelled", pgettext_lazy("a letter", "cancelled")
        DISOWNED = "disowned", pgettext_lazy("a letter", "disowned")
        FAILED = "failed", pgettext_lazy("a letter", "could not be delivered")

    # Everything of the person. Erasing empties these and nothing else is personal.
    PERSONAL_FIELDS: ClassVar = (
        "sender_name",
        "sender_email",
        "address_line_1",
        "address_line_2",
        "town",
        "postcode",
        "address_note",
        "helper",
        "subject",
        "body",
        "base_text",
        "reader_language",
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="letters"
    )
    template_version = models.ForeignKey(
        LetterTemplateVersion, on_delete=models.PROTECT, related_name="+"
    )
    constituency = models.ForeignKey(
        Constituency, on_delete=models.PROTECT, related_name="+"
    )
    representative = models.ForeignKey(
        Representative, on_delete=models.PROTECT, related_name="+"
    )
    is_demo = models.BooleanField()
    state = models.CharField(
        max_length=24, choices=State, default=State.AWAITING_CONFIRMATION
    )

    # What it was made from.
    recipient_name = models.CharField(max_length=200)
    recipient_salutation = models.CharField(max_length=200)
    recipient_email = models.EmailField()
    seat_name = models.CharField(max_length=100)
    base_text = models.TextField(blank=True)

    # The letter.
    language = models.CharField(
        max_length=2,
        choices=LetterTemplate.Language,
        default=LetterTemplate.Language.ENGLISH,
    )
    dated = models.DateField()
    subject = models.CharField(max_length=150, blank=True)
    body = models.TextField(blank=True)
    own_words = models.PositiveSmallIntegerField(
        help_text="Percent of the words that are the writer's own."
    )
    word_count = models.PositiveIntegerField()
    is_signature = models.BooleanField(
        default=False,
        help_text="Too few of the words are the writer's own to count it as a letter.",
    )

    # The person.
    sender_name = models.CharField(max_length=100, blank=True)
    sender_email = models.EmailField(blank=True)
    address_line_1 = models.CharField(max_length=100, blank=True)
    address_line_2 = models.CharField(max_length=100, blank=True)
    town = models.CharField(max_length=60, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    address_note = models.CharField(max_length=200, blank=True)
    helper = models.CharField(
        max_length=100, blank=True, help_text="Who wrote it for the sender."
    )
    # What its writer reads our pages and mails in, such as "cy": that, too, tells of
    # them.
    reader_language = models.CharField(max_length=5, blank=True)
    # A keyed hash of person, MP and campaign: recognises a second letter after the
    # text is gone, and tells nothing to whoever has no key.
    sender_key = models.CharField(max_length=64, blank=True, db_index=True)
    consent_wording = models.TextField()
    consented_at = models.DateTimeField()

    created_at = models.DateTimeField(default=timezone.now)
    confirm_by = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["confirm_by"],
                condition=Q(state="awaiting_confirmation"),
                name="letters_to_expire",
            ),
            models.Index(
                fields=["ended_at"],
                condition=Q(forgotten_at=None),
                name="letters_to_forget",
            ),
            # Lost links are looked for among the few that are not forgotten.
            models.Index(
                fields=["sender_email"],
                condition=Q(forgotten_at=None),
                name="letters_of_mailboxes",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "awaiting_confirmation",
                        "queued",
                        "accepted",
                        "repeated",
                        "expired",
                        "cancelled",
                        "disowned",
                        "failed",
                    ]
                ),
                name="letter_states_are_known",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", accepted_at__isnull=False)
                | (~Q(state="accepted") & Q(accepted_at__isnull=True)),
                name="sent_letters_say_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["queued", "accepted", "failed"])
                | Q(confirmed_at__isnull=False),
                name="only_confirmed_letters_are_sent",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["awaiting_confirmation", "queued"],
                    ended_at__isnull=True,
                )
                | (
                    ~Q(state__in=["awaiting_confirmation", "queued"])
                    & Q(ended_at__isnull=False)
                ),
                name="ended_letters_say_when",
            ),
            models.CheckConstraint(
                condition=Q(forgotten_at__isnull=True)
                | Q(
                    ended_at__isnull=False,
                    sender_name="",
                    sender_email="",
                    address_line_1="",
                    address_line_2="",
                    town="",
                    postcode="",
                    address_note="",
                    helper="",
                    subject="",
                    body="",
                    base_text="",
                    reader_language="",
                ),
                name="forgotten_letters_hold_nothing_personal",
            ),
            models.CheckConstraint(
                condition=Q(language__in=["en", "cy"]),
                name="letters_are_in_english_or_welsh",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(state="accepted"),
                name="only_sent_letters_are_answered",
            ),
            models.CheckConstraint(
                condition=Q(own_words__lte=100), name="own_words_are_a_percentage"
            ),
            models.CheckConstraint(
                condition=~Q(consent_wording=""), name="letters_keep_their_consent"
            ),
            models.UniqueConstraint(
                fields=["sender_key", "is_demo"],
                condition=Q(state__in=["queued", "accepted"]) & ~Q(sender_key=""),
                name="one_letter_per_person_representative_and_campaign",
            ),
        ]

    def __str__(self) -> str:
        # Nothing of the person: this stands in logs and in the admin.
        return f"letter {self.id} ({self.state})"

    @property
    def is_forgotten(self) -> bool:
        """Whether everything of the person is erased."""
        return self.forgotten_at is not None

    @property
    def can_be_confirmed(self) -> bool:
        """Whether the button in the mail still does something."""
        return self.state == self.State.AWAITING_CONFIRMATION

    @property
    def can_be_cancelled(self) -> bool:
        """Whether it has not gone yet."""
        return self.state in {self.State.AWAITING_CONFIRMATION, self.State.QUEUED}


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


class Delivery(models.Model):
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
    kind = models.CharField(max_length=16, choices=Kind)
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
                fields=["letter", "kind"], name="one_delivery_per_letter_and_kind"
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


class LetterEventQuerySet(PermanentQuerySet["LetterEvent"]):
    """Events, which are only ever added."""

    def disownings(self) -> "LetterEventQuerySet":
        """Those by which somebody told us that a letter is not theirs."""
        return self.filter(kind=LetterEvent.Kind.DISOWNED)


class LetterEvent(Permanent):
    """One thing that happened to a letter; never changed, holds nothing personal."""

    class Kind(models.TextChoices):
        """What happened, in words that the supporter reads."""

        WRITTEN = "written", gettext_lazy("You wrote the letter.")
        CONFIRMATION_SENT = (
            "confirmation_sent",
            gettext_lazy("We mailed you the link to confirm it."),
        )
        CONFIRMED = "confirmed", gettext_lazy("You confirmed it.")
        REPEATED = (
            "repeated",
            gettext_lazy("You had already written, so it was not sent."),
        )
        RETRIED = (
            "retried",
            gettext_lazy("The mail server could not take it yet; we try again."),
        )
        ACCEPTED = "accepted", gettext_lazy("The mail server took it.")
        FAILED = (
            "failed",
            gettext_lazy("It could not be delivered, and we do not try again."),
        )
        EXPIRED = "expired", gettext_lazy("It was not confirmed in time.")
        CANCELLED = "cancelled", gettext_lazy("You cancelled it.")
        DISOWNED = "disowned", gettext_lazy("You told us that you did not write it.")
        WITHDRAWN = (
            "withdrawn",
            gettext_lazy("It was made while trying Postbag out and is not sent."),
        )
        WITHHELD = (
            "withheld",
            gettext_lazy(
                "We restored a back-up from before. Whether it has gone since then is "
                "not known, and we do not send it again."
            ),
        )
        ANSWERED = "answered", gettext_lazy("You told us that you got an answer.")
        LINK_ASKED = (
            "link_asked",
            gettext_lazy("The link to this page was asked for again."),
        )
        FORGOTTEN = (
            "forgotten",
            gettext_lazy("Your name, address and text were erased."),
        )

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField(default=timezone.now)
    cause = models.CharField(max_length=200, blank=True)

    objects = LetterEventQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"
