"""Mail that comes back to the addresses that letters went from."""

import datetime
import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from actions.models.letters import Letter


class IncomingMailQuerySet(models.QuerySet["IncomingMail"]):
    """Mail by what is still to be done with it."""

    def for_a_person(self) -> "IncomingMailQuerySet":
        """Those that only a person can understand."""
        return self.filter(state=IncomingMail.State.FOR_A_PERSON)

    def kept(self) -> "IncomingMailQuerySet":
        """Those whose content is still here."""
        return self.filter(emptied_at=None)

    def empty(self, now: datetime.datetime) -> int:
        """Erase their content, after which nobody decides; say of how many."""
        kept = self.kept()
        # In one statement, or those that were for a person would not be found again.
        done = Case(
            When(
                state=IncomingMail.State.FOR_A_PERSON,
                then=Value(IncomingMail.State.DONE),
            ),
            default=F("state"),
        )
        return kept.update(content=b"", emptied_at=now, state=done)


class IncomingMail(models.Model):
    """One mail that came in; its content stays only while something is done with it."""

    class Kind(models.TextChoices):
        """What it is, as ``incoming.classifying`` says."""

        BOUNCE = "bounce", "a letter that came back"
        DELAY = "delay", "the mail server still tries"
        DELIVERED = "delivered", "a mail server's receipt"
        READ_RECEIPT = "read_receipt", "a receipt of somebody's reading"
        AUTO_REPLY = "auto_reply", "an automatic reply"
        CHALLENGE = "challenge", "asks the sender to prove that they are a person"
        COMPLAINT = "complaint", "a mail provider's complaint of abuse"
        LOOP = "loop", "our own mail, come back"
        REPLY = "reply", "somebody's reply"
        DOUBT = "doubt", "not understood"

    class State(models.TextChoices):
        """What becomes of it."""

        DONE = "done", "nothing more to do"
        FOR_A_PERSON = "for_a_person", "waits for a person"
        DECIDED = "decided", "a person has decided"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Of the mail as it came: the same mail twice is one.
    digest = models.CharField(max_length=64, unique=True)
    letter = models.ForeignKey(
        Letter,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="incoming",
    )
    is_demo = models.BooleanField()
    kind = models.CharField(max_length=12, choices=Kind)
    state = models.CharField(max_length=12, choices=State)
    # Why it is taken for that, in words that hold nothing of anybody.
    reason = models.CharField(max_length=300, blank=True)
    size = models.PositiveIntegerField(help_text="Bytes.")
    content = models.BinaryField(blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    emptied_at = models.DateTimeField(null=True, blank=True)

    objects = IncomingMailQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "incoming mail"
        indexes: ClassVar = [
            models.Index(
                fields=["received_at"],
                condition=Q(emptied_at=None),
                name="incoming_mail_to_empty",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "bounce",
                        "delay",
                        "delivered",
                        "read_receipt",
                        "auto_reply",
                        "challenge",
                        "complaint",
                        "loop",
                        "reply",
                        "doubt",
                    ]
                ),
                name="incoming_kinds_are_known",
            ),
            models.CheckConstraint(
                condition=Q(state="decided", decided_at__isnull=False)
                | Q(state__in=["done", "for_a_person"], decided_at__isnull=True),
                name="decided_mail_says_when",
            ),
            models.CheckConstraint(
                condition=Q(emptied_at__isnull=True) | Q(content=b""),
                name="emptied_mail_holds_nothing",
            ),
        ]

    def __str__(self) -> str:
        # Nothing of the person: this stands in logs and in the admin.
        return f"{self.kind} {self.id} ({self.state})"

    @property
    def is_told_by_a_provider(self) -> bool:
        """Whether it is no mail, but what a mail provider tells of one of ours."""
        return self.size == 0
