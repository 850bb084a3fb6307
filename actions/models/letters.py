"""People's letters."""

import datetime
import uuid
from typing import ClassVar, Final

from django.db import models
from django.db.models import F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from actions import tags
from actions.models.campaigns import Campaign
from actions.models.letter_templates import LetterTemplate, LetterTemplateVersion
from representatives.models import Constituency, Representative
from representatives.models.quickly import QuicklyRead

# Confirmed, and still to go.
_GOING: Final = ("queued", "held")
# Taken by a mail server, for all that is known for good.
_STANDING: Final = (
    "accepted",
    "answered",
    "acknowledged",
    "no_answer",
    "none_needed",
)
_GONE: Final = (*_STANDING, "bounced")


class LetterQuerySet(models.QuerySet["Letter"]):
    """Letters by where they are."""

    def of_mode(self, *, live: bool) -> "LetterQuerySet":
        """Real letters, or those made while trying Postbag out."""
        return self.filter(is_demo=not live)

    def awaiting_confirmation(self) -> "LetterQuerySet":
        """Those whose writer has not pressed the button in the mail yet."""
        return self.filter(state=Letter.State.AWAITING_CONFIRMATION)

    def held(self) -> "LetterQuerySet":
        """Those that do not go for now."""
        return self.filter(state=Letter.State.HELD)

    def for_a_person(self) -> "LetterQuerySet":
        """Those held for a reason that a person decides on."""
        return self.held().filter(held_for__in=Letter.FOR_A_PERSON)

    def without_a_result(self) -> "LetterQuerySet":
        """Those held until somebody knows who was elected in their seat."""
        return self.held().filter(held_for=Letter.Hold.NO_RESULT)

    def without_a_new_register(self) -> "LetterQuerySet":
        """Those held until the list of members is brought up to date."""
        return self.held().filter(held_for=Letter.Hold.REGISTER_OLD)

    def until_there_is_an_mp(self) -> "LetterQuerySet":
        """Those held until there is an MP, or until their writers say to whom."""
        return self.held().filter(held_for__in=Letter.WITHOUT_AN_MP)

    def standing(self) -> "LetterQuerySet":
        """Those that have gone and, for all that is known, arrived."""
        return self.filter(state__in=_STANDING)

    def written_by(self, sender_key: str | OuterRef) -> "LetterQuerySet":
        """Those that the person with this key has sent or is sending."""
        return self.filter(
            sender_key=sender_key,
            state__in=[*_GOING, *_STANDING],
        )

    def unreminded(self, until: datetime.datetime) -> "LetterQuerySet":
        """Those written by then that wait, and of which nobody was reminded yet."""
        waiting = self.awaiting_confirmation().order_by("created_at")
        return waiting.filter(created_at__lte=until, reminded_at=None)

    def unasked_about(self, until: datetime.datetime) -> "LetterQuerySet":
        """Those that went by then, of which nobody asked or told of an answer yet."""
        untold = self._untold().order_by("accepted_at")
        return untold.filter(accepted_at__lte=until, asked_at=None)

    def asked_about_once(self, until: datetime.datetime) -> "LetterQuerySet":
        """Those asked about by then, and once only, of which nobody told anything."""
        untold = self._untold().order_by("asked_at")
        return untold.filter(asked_at__lte=until, asked_again_at=None)

    def _untold(self) -> "LetterQuerySet":
        return self.filter(state=Letter.State.ACCEPTED, forgotten_at=None)

    def overdue(self, now: datetime.datetime) -> "LetterQuerySet":
        """Those whose time to confirm is over."""
        return self.awaiting_confirmation().filter(confirm_by__lte=now)

    def forgettable(self, ended_before: datetime.datetime) -> "LetterQuerySet":
        """Those that ended before then and still hold something personal."""
        return self.filter(ended_at__lte=ended_before, forgotten_at=None)


class Letter(QuicklyRead):
    """One person's letter to one MP, with what it was made from, frozen."""

    class State(models.TextChoices):
        """Where a letter is."""

        AWAITING_CONFIRMATION = (
            "awaiting_confirmation",
            pgettext_lazy("a letter", "waiting for you to confirm"),
        )
        QUEUED = "queued", pgettext_lazy("a letter", "waiting to be sent")
        HELD = "held", pgettext_lazy("a letter", "held for now")
        ACCEPTED = "accepted", pgettext_lazy("a letter", "sent")
        ANSWERED = "answered", pgettext_lazy("a letter", "sent and answered")
        ACKNOWLEDGED = (
            "acknowledged",
            pgettext_lazy("a letter", "sent, with an acknowledgement only"),
        )
        NO_ANSWER = (
            "no_answer",
            pgettext_lazy("a letter", "sent, without an answer so far"),
        )
        NONE_NEEDED = (
            "none_needed",
            pgettext_lazy("a letter", "sent; no answer is needed"),
        )
        BOUNCED = (
            "bounced",
            pgettext_lazy("a letter", "sent, and came back undelivered"),
        )
        REPEATED = (
            "repeated",
            pgettext_lazy("a letter", "not sent: you had written already"),
        )
        EXPIRED = "expired", pgettext_lazy("a letter", "not confirmed in time")
        CANCELLED = "cancelled", pgettext_lazy("a letter", "cancelled")
        DISOWNED = "disowned", pgettext_lazy("a letter", "disowned")
        FAILED = "failed", pgettext_lazy("a letter", "could not be delivered")

    class Hold(models.TextChoices):
        """Why a confirmed letter does not go for now."""

        DISSOLVED = "dissolved", "Parliament was dissolved before it went"
        NO_RESULT = "no_result", "nobody knows yet who was elected"
        REGISTER_OLD = "register_old", "the list of MPs is too old"
        VACANT = "vacant", "the seat fell vacant before it went"
        MEMBER_CHANGED = "member_changed", "somebody else holds the seat now"
        BOUNDARIES_CHANGED = "boundaries_changed", "the boundaries changed"
        ADDRESS_FAILING = "address_failing", "mail to the MP's address comes back"
        OFFICE_ASKED = "office_asked", "the MP's office asked for it"
        ABUSE = "abuse", "words that look like a threat or abuse"
        WATCHED = "watched", "an office complained of another letter of the mailbox"
        FLOOD = "flood", "many letters of the same text"
        ONE_ADDRESS = "one_address", "many names at one address"

    FOR_A_PERSON: ClassVar = (
        Hold.OFFICE_ASKED,
        Hold.ABUSE,
        Hold.WATCHED,
        Hold.FLOOD,
        Hold.ONE_ADDRESS,
    )
    WITHOUT_AN_MP: ClassVar = (
        Hold.DISSOLVED,
        Hold.VACANT,
        Hold.MEMBER_CHANGED,
        Hold.BOUNDARIES_CHANGED,
    )
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
        "tag",
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

    # What tells its mails from others, in the addresses that they come from.
    tag = models.CharField(
        max_length=tags.LENGTH, blank=True, default=tags.new, editable=False
    )

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
    # Since when its writer is owed a reminder to confirm it, the question whether there
    # was an answer, and that question once more; each is owed once.
    reminded_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_again_at = models.DateTimeField(null=True, blank=True)
    # A mail came that looks like an answer; only its writer can say whether it is one.
    reply_seen_at = models.DateTimeField(null=True, blank=True)
    held_for = models.CharField(max_length=20, choices=Hold, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    # Until when somebody must have decided; after that it ends, and is told of.
    decide_by = models.DateTimeField(null=True, blank=True)
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
            models.Index(
                fields=["decide_by"],
                condition=Q(state="held"),
                name="letters_to_decide_on",
            ),
            # Neighbours are counted as each letter is confirmed.
            models.Index(
                fields=["postcode"],
                condition=Q(confirmed_at__isnull=False, forgotten_at__isnull=True),
                name="letters_of_neighbours",
            ),
            # Whom to remind or ask: what is in these is done with in a day or a month.
            models.Index(
                fields=["created_at"],
                condition=Q(state="awaiting_confirmation", reminded_at=None),
                name="letters_to_remind_of",
            ),
            models.Index(
                fields=["accepted_at"],
                condition=Q(state="accepted", asked_at=None, forgotten_at=None),
                name="letters_to_ask_about",
            ),
            models.Index(
                fields=["asked_at"],
                condition=Q(
                    state="accepted",
                    asked_at__isnull=False,
                    asked_again_at=None,
                    forgotten_at=None,
                ),
                name="letters_to_ask_about_again",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "awaiting_confirmation",
                        "queued",
                        "held",
                        "accepted",
                        "answered",
                        "acknowledged",
                        "no_answer",
                        "none_needed",
                        "bounced",
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
                condition=Q(state__in=_GONE, accepted_at__isnull=False)
                | (~Q(state__in=_GONE) & Q(accepted_at__isnull=True)),
                name="sent_letters_say_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["queued", "held", "failed", *_GONE])
                | Q(confirmed_at__isnull=False),
                name="only_confirmed_letters_are_sent",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["awaiting_confirmation", "expired", "repeated"])
                | Q(confirmed_at__isnull=True),
                name="letters_that_nobody_confirmed_say_so",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["awaiting_confirmation", *_GOING],
                    ended_at__isnull=True,
                )
                | (
                    ~Q(state__in=["awaiting_confirmation", *_GOING])
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
                    tag="",
                ),
                name="forgotten_letters_hold_nothing_personal",
            ),
            models.CheckConstraint(
                condition=Q(language__in=["en", "cy"]),
                name="letters_are_in_english_or_welsh",
            ),
            models.CheckConstraint(
                condition=Q(state="answered", answered_at__isnull=False)
                | (~Q(state="answered") & Q(answered_at__isnull=True)),
                name="answered_letters_say_when",
            ),
            models.CheckConstraint(
                condition=Q(reply_seen_at__isnull=True) | Q(state__in=_GONE),
                name="only_sent_letters_are_replied_to",
            ),
            models.CheckConstraint(
                condition=Q(asked_at__isnull=True) | Q(state__in=_GONE),
                name="only_sent_letters_are_asked_about",
            ),
            models.CheckConstraint(
                condition=Q(asked_again_at__isnull=True) | Q(asked_at__isnull=False),
                name="letters_are_asked_about_before_they_are_again",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="held", held_at__isnull=False, decide_by__isnull=False)
                    & ~Q(held_for="")
                )
                | (
                    ~Q(state="held")
                    & Q(held_for="", held_at__isnull=True, decide_by__isnull=True)
                ),
                name="held_letters_say_why_and_how_long",
            ),
            models.CheckConstraint(
                condition=Q(
                    held_for__in=[
                        "",
                        "dissolved",
                        "no_result",
                        "register_old",
                        "vacant",
                        "member_changed",
                        "boundaries_changed",
                        "address_failing",
                        "office_asked",
                        "abuse",
                        "watched",
                        "flood",
                        "one_address",
                    ]
                ),
                name="holds_are_known",
            ),
            models.CheckConstraint(
                condition=Q(decide_by__isnull=True) | Q(decide_by__gt=F("held_at")),
                name="holds_leave_time_to_decide",
            ),
            models.UniqueConstraint(
                fields=["tag"],
                condition=~Q(tag=""),
                name="one_letter_per_tag",
            ),
            models.CheckConstraint(
                condition=Q(own_words__lte=100), name="own_words_are_a_percentage"
            ),
            models.CheckConstraint(
                condition=~Q(consent_wording=""), name="letters_keep_their_consent"
            ),
            models.UniqueConstraint(
                fields=["sender_key", "is_demo"],
                condition=Q(state__in=[*_GOING, *_STANDING]) & ~Q(sender_key=""),
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
        return self.state in {self.State.AWAITING_CONFIRMATION, *_GOING}

    @property
    def has_gone(self) -> bool:
        """Whether a mail server took it, whatever became of it then."""
        return self.state in _GONE

    @property
    def stands(self) -> bool:
        """Whether it has gone and, for all that is known, arrived."""
        return self.state in _STANDING
