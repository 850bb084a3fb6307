"""What campaigners write: campaigns, their demands, their letters' templates."""

from typing import ClassVar, Self, TypeVar

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language

from actions.models import translations
from actions.models.letter_languages import LetterLanguage
from actions.models.translations import (
    CampaignWords,
    DemandWords,
    PromptWords,
    SourceWords,
)

# First parts of Postbag's own addresses, now or foreseeably: a campaign there would
# hide a page, or be hidden by one.
OWN_ADDRESSES = (
    "about",
    "about-the-data",
    "accounts",
    "admin",
    "api",
    "assets",
    "campaigns",
    "cy",
    "desk",
    "embed",
    "en",
    "favicon",
    "health",
    "help",
    "letters",
    "media",
    "outbox",
    "privacy",
    "robots",
    "sitemap",
    "static",
    "studio",
    "unsubscribe",
    "updates",
    "webhooks",
    "well-known",
)

web_page_validator = RegexValidator(
    r"(?i)^https?://",
    "Write the address of a page: it begins with https:// or http://.",
    code="not_a_web_page",  # for “invalid” the field has words of its own
)
colour_validator = RegexValidator(
    r"^#[0-9a-fA-F]{6}$", "Write the colour as six hexadecimal digits, such as #0b6aa8."
)


RowT = TypeVar("RowT", bound=models.Model)


class TranslatableQuerySet(models.QuerySet[RowT]):
    """Rows that may have translations."""

    def with_words(self) -> Self:
        """Fetch all their translations at once, for readers of another language."""
        is_needed = translations.is_spoken()
        return self.prefetch_related("translations") if is_needed else self


class CampaignQuerySet(TranslatableQuerySet["Campaign"]):
    """Campaigns by what may be done with them."""

    def open(self) -> "CampaignQuerySet":
        """Those that take letters."""
        return self.filter(state=Campaign.State.OPEN)

    def finished(self) -> "CampaignQuerySet":
        """Those that can be read and take letters no more."""
        return self.filter(state=Campaign.State.CLOSED)

    def public(self) -> "CampaignQuerySet":
        """Those that anybody may read about."""
        return self.exclude(state=Campaign.State.DRAFT)

    def newest_first(self) -> "CampaignQuerySet":
        """The youngest at the top."""
        return self.order_by("-created_at", "-pk")


class Campaign(models.Model):
    """One cause, its story and its own address ``/<slug>/``."""

    class State(models.TextChoices):
        """Who can see it and whether it takes letters."""

        DRAFT = "draft", "being written: nobody sees it"
        OPEN = "open", "open: takes letters"
        CLOSED = "closed", "closed: can be read, takes no letters"

    slug = models.SlugField(
        "address",
        max_length=60,
        unique=True,
        help_text="The last part of its address, such as stop-uyghur-genocide.",
    )
    title = models.CharField(max_length=80)
    headline = models.CharField(
        max_length=120, help_text="What the reader is asked to do, in a line."
    )
    lede = models.TextField("opening", help_text="Two or three sentences.")
    story = models.TextField(help_text="Paragraphs, with an empty line between them.")
    question = models.CharField(
        max_length=120,
        default="Why does this matter to you?",
        help_text="Asks for the supporter's own words.",
    )
    question_help = models.TextField(
        default=(
            "Two or three sentences in your own words do more than a perfect letter."
        )
    )
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    colour = models.CharField(
        max_length=7, default="#0b6aa8", validators=[colour_validator]
    )
    colour_in_dark = models.CharField(
        max_length=7,
        default="#6cb8ea",
        validators=[colour_validator],
        help_text="The same on a dark page.",
    )
    imprint = models.CharField(
        max_length=300, blank=True, help_text="Who publishes this, and where."
    )
    accepts_signatures = models.BooleanField(
        "takes letters without own words",
        default=True,
        help_text="They go, and are counted apart: as signatures, never as letters.",
    )
    least_own_words = models.PositiveSmallIntegerField(
        "own words of a letter",
        default=10,
        help_text="With fewer words of its writer's own it is a signature.",
    )
    letters_go_from = models.DateField(
        "hold letters until",
        null=True,
        blank=True,
        help_text="Letters that are confirmed before this day wait for it, and go from "
        "8 in the morning on, spread out. Their writers see that. Empty, they go at "
        "once; another day moves those that wait.",
    )
    donate_url = models.URLField(
        "where to donate",
        max_length=300,
        blank=True,
        validators=[web_page_validator],
        help_text="Offered after somebody has written; empty, nothing is offered.",
    )
    stock_reply_help = models.TextField(
        "answer to a stock reply",
        blank=True,
        help_text="What to write back when the MP's office answers with a brush-off.",
    )
    meeting_help = models.TextField(
        "how to meet the MP",
        blank=True,
        help_text="How to come to a surgery, what to bring and what to ask for.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(slug__in=OWN_ADDRESSES),
                name="campaign_slugs_leave_postbags_own_addresses",
                violation_error_message=(
                    "Postbag uses this address itself: choose another."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "open", "closed"]),
                name="campaign_states_are_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether it takes letters."""
        return self.state == self.State.OPEN

    @property
    def said(self) -> CampaignWords:
        """What it says, in the reader's language."""
        return self.in_language(get_language() or "")

    def in_language(self, language: str) -> CampaignWords:
        """What it says in a language; "en" is what it was written in."""
        return translations.worded(CampaignWords, self, language)


class PromptQuerySet(TranslatableQuerySet["Prompt"]):
    """Prompts in the campaign's own order."""

    def in_order(self) -> "PromptQuerySet":
        """As they are asked."""
        return self.order_by("position", "pk").with_words()


class Prompt(models.Model):
    """A question whose answer becomes a paragraph of the letter, in the order asked.

    A campaign without prompts asks its one ``question``.
    """

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, related_name="prompts"
    )
    position = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1)]
    )
    question = models.CharField(
        max_length=120, help_text="Such as: Who are you in this?"
    )
    help = models.TextField(blank=True, help_text="A sentence or two under it.")
    example = models.TextField(
        blank=True,
        help_text="An answer by somebody else, to look at. It is never copied.",
    )
    hint = models.CharField(
        max_length=120,
        blank=True,
        help_text="What the meter suggests while there is no answer, such as: a "
        "sentence about your town.",
    )
    least_words = models.PositiveSmallIntegerField(
        default=0,
        help_text="Below these many words the page encourages to go on. It never "
        "refuses.",
    )

    objects = PromptQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "position"],
                name="one_prompt_at_each_position_of_a_campaign",
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1), name="prompt_positions_start_at_1"
            ),
        ]

    def __str__(self) -> str:
        return self.question

    @property
    def said(self) -> PromptWords:
        """What it asks, in the reader's language."""
        return translations.worded(PromptWords, self, get_language() or "")


class DemandQuerySet(TranslatableQuerySet["Demand"]):
    """Demands in the campaign's own order."""

    def in_order(self) -> "DemandQuerySet":
        """As the campaign lists them."""
        return self.order_by("position", "pk").with_words()

    def said_in(self, language: str) -> "DemandQuerySet":
        """With what letters in this language say of them, fetched at once."""
        is_translated = language != LetterLanguage.ENGLISH
        return self.prefetch_related("translations") if is_translated else self

    def unsaid_in(self, language: str) -> "DemandQuerySet":
        """Those of which a letter in this language would have to speak English."""
        if language == LetterLanguage.ENGLISH:
            return self.none()
        # In one filter: the language and the paragraph of the same translation.
        said = self.filter(
            translations__language=language, translations__paragraph__gt=""
        )
        return self.exclude(pk__in=said)


class Demand(models.Model):
    """One thing that the campaign asks for."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, related_name="demands"
    )
    position = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1)]
    )
    title = models.CharField(max_length=100)
    explanation = models.TextField(help_text="A sentence or two for the page.")
    paragraph = models.TextField(help_text="What the letter says. Plain text.")
    is_ticked_at_first = models.BooleanField(
        default=False, help_text="Ticked when the writing page opens."
    )

    objects = DemandQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "position"],
                name="one_demand_at_each_position_of_a_campaign",
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1), name="demand_positions_start_at_1"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def said(self) -> DemandWords:
        """What it says on the pages, in the reader's language."""
        return self.in_language(get_language() or "")

    def in_language(self, language: str) -> DemandWords:
        """What it says in a language, such as that of a letter."""
        return translations.worded(DemandWords, self, language)


class SourceQuerySet(TranslatableQuerySet["Source"]):
    """Sources as the campaign's page lists them."""


class Source(models.Model):
    """Where a factual sentence comes from, and when to check it again."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, related_name="sources"
    )
    statement = models.TextField(help_text="The sentence that it supports.")
    publisher = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    address = models.URLField(max_length=300)
    published_on = models.DateField()
    check_again_on = models.DateField(
        help_text="On this day somebody reads the source again."
    )

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["published_on", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def said(self) -> SourceWords:
        """The sentence that it supports, in the reader's language."""
        return translations.worded(SourceWords, self, get_language() or "")
