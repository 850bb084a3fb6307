"""What happened to letters."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from actions.models.letters import Letter
from actions.models.permanence import Permanent, PermanentQuerySet


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
        WITHHELD = (
            "withheld",
            gettext_lazy(
                "We restored a back-up from before. Whether it has gone since then is "
                "not known, and we do not send it again."
            ),
        )
        REMINDED = "reminded", gettext_lazy("We reminded you to confirm it.")
        CONFIRMED = "confirmed", gettext_lazy("You confirmed it.")
        REPEATED = (
            "repeated",
            gettext_lazy("You had already written, so it was not sent."),
        )
        RETRIED = (
            "retried",
            gettext_lazy("The mail server could not take it yet; we try again."),
        )
        HELD = "held", gettext_lazy("It is held for now and does not go yet.")
        RELEASED = "released", gettext_lazy("It is not held any more.")
        REDIRECTED = (
            "redirected",
            gettext_lazy("You had it sent to whoever is your MP now."),
        )
        READDRESSED = (
            "readdressed",
            gettext_lazy("Your MP’s e-mail address was corrected."),
        )
        ACCEPTED = "accepted", gettext_lazy("The mail server took it.")
        BOUNCED = "bounced", gettext_lazy("It came back undelivered.")
        NOTICE_BOUNCED = (
            "notice_bounced",
            gettext_lazy("A mail of ours to you came back to us."),
        )
        ACKNOWLEDGEMENT_SEEN = (
            "acknowledgement_seen",
            gettext_lazy("An automatic reply came from the office."),
        )
        REPLY_FORWARDED = (
            "reply_forwarded",
            gettext_lazy("A reply came to our address, and we passed it on to you."),
        )
        REPLY_NOT_FORWARDED = (
            "reply_not_forwarded",
            gettext_lazy("A reply came to our address that we could not pass on."),
        )
        QUESTION_SENT = (
            "question_sent",
            gettext_lazy("We asked you whether there was an answer."),
        )
        OFFICE_SPOKE = (
            "office_spoke",
            gettext_lazy("Your MP’s office told us something about it."),
        )
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
        ANSWERED = "answered", gettext_lazy("You told us that you got an answer.")
        ACKNOWLEDGED = (
            "acknowledged",
            gettext_lazy("You told us that you got an acknowledgement only."),
        )
        NO_ANSWER = (
            "no_answer",
            gettext_lazy("You told us that you got no answer."),
        )
        NONE_NEEDED = (
            "none_needed",
            gettext_lazy("You told us that you need no answer."),
        )
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
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=[
                        "written",
                        "confirmation_sent",
                        "withheld",
                        "reminded",
                        "confirmed",
                        "repeated",
                        "retried",
                        "held",
                        "released",
                        "redirected",
                        "readdressed",
                        "accepted",
                        "bounced",
                        "notice_bounced",
                        "acknowledgement_seen",
                        "reply_forwarded",
                        "reply_not_forwarded",
                        "question_sent",
                        "office_spoke",
                        "failed",
                        "expired",
                        "cancelled",
                        "disowned",
                        "withdrawn",
                        "answered",
                        "acknowledged",
                        "no_answer",
                        "none_needed",
                        "link_asked",
                        "forgotten",
                    ]
                ),
                name="letter_event_kinds_are_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"
