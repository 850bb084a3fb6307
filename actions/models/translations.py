"""What campaigners write, in other languages than English, in which they write first.

A translation may leave things out: those are shown in English, and said to be English.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

ENGLISH: Final = "en-gb"


class TranslationLanguage(models.TextChoices):
    """The languages of the pages into which a campaign can be translated."""

    WELSH = "cy", "Welsh"
    TURKISH = "tr", "Turkish"
    UYGHUR = "ug", "Uyghur"


@dataclass(frozen=True)
class Words:
    """Texts of one row in one language, English where there is no translation."""

    # Of each text by its name: the language that it is in.
    languages: Mapping[str, str]


WordsT = TypeVar("WordsT", bound=Words)


@dataclass(frozen=True)
class CampaignWords(Words):
    """What a campaign says."""

    title: str
    headline: str
    lede: str
    story: str
    question: str
    question_help: str
    stock_reply_help: str
    meeting_help: str

    @property
    def story_paragraphs(self) -> list[str]:
        """The story cut at its empty lines."""
        return _paragraphs(self.story)

    @property
    def stock_reply_paragraphs(self) -> list[str]:
        """The suggested answer to a brush-off, cut at its empty lines."""
        return _paragraphs(self.stock_reply_help)

    @property
    def meeting_paragraphs(self) -> list[str]:
        """How to meet the MP, cut at its empty lines."""
        return _paragraphs(self.meeting_help)


@dataclass(frozen=True)
class DemandWords(Words):
    """What a demand says."""

    title: str
    explanation: str
    paragraph: str


@dataclass(frozen=True)
class PromptWords(Words):
    """What a question asks."""

    question: str
    help: str
    example: str
    hint: str


@dataclass(frozen=True)
class SourceWords(Words):
    """The sentence that a source supports."""

    statement: str


class Translation(models.Model):
    """The texts of one row in one language; what is empty is shown in English."""

    language = models.CharField(max_length=5, choices=TranslationLanguage)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.get_language_display()


class CampaignTranslation(Translation):
    """A campaign in another language."""

    campaign = models.ForeignKey(
        "actions.Campaign", on_delete=models.CASCADE, related_name="translations"
    )
    title = models.CharField(max_length=80, blank=True)
    headline = models.CharField(max_length=120, blank=True)
    lede = models.TextField("opening", blank=True)
    story = models.TextField(blank=True)
    question = models.CharField(max_length=120, blank=True)
    question_help = models.TextField(blank=True)
    stock_reply_help = models.TextField("answer to a stock reply", blank=True)
    meeting_help = models.TextField("how to meet the MP", blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "language"],
                name="one_translation_per_campaign_and_language",
            ),
            models.CheckConstraint(
                condition=Q(language__in=["cy", "tr", "ug"]),
                name="campaign_translations_are_in_known_languages",
            ),
        ]


class DemandTranslation(Translation):
    """A demand in another language; letters know Welsh alone besides English."""

    demand = models.ForeignKey(
        "actions.Demand", on_delete=models.CASCADE, related_name="translations"
    )
    title = models.CharField(max_length=100, blank=True)
    explanation = models.TextField(blank=True)
    paragraph = models.TextField(
        blank=True, help_text="What a letter in Welsh says; of no use in others."
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["demand", "language"],
                name="one_translation_per_demand_and_language",
            ),
            models.CheckConstraint(
                condition=Q(language__in=["cy", "tr", "ug"]),
                name="demand_translations_are_in_known_languages",
            ),
        ]


class PromptTranslation(Translation):
    """A question in another language."""

    prompt = models.ForeignKey(
        "actions.Prompt", on_delete=models.CASCADE, related_name="translations"
    )
    question = models.CharField(max_length=120, blank=True)
    help = models.TextField(blank=True)
    example = models.TextField(blank=True)
    hint = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["prompt", "language"],
                name="one_translation_per_prompt_and_language",
            ),
            models.CheckConstraint(
                condition=Q(language__in=["cy", "tr", "ug"]),
                name="prompt_translations_are_in_known_languages",
            ),
        ]


class SourceTranslation(Translation):
    """The sentence that a source supports, in another language."""

    source = models.ForeignKey(
        "actions.Source", on_delete=models.CASCADE, related_name="translations"
    )
    statement = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "language"],
                name="one_translation_per_source_and_language",
            ),
            models.CheckConstraint(
                condition=Q(language__in=["cy", "tr", "ug"]),
                name="source_translations_are_in_known_languages",
            ),
        ]


def worded(kind: type[WordsT], row: models.Model, language: str) -> WordsT:
    """Give the texts of a row in a language, such as "cy"; English asks for nothing."""
    translation = _translation(row, language)
    texts: dict[str, str] = {}
    languages: dict[str, str] = {}
    for field in dataclasses.fields(kind):
        if field.name == "languages":
            continue
        own = getattr(translation, field.name, "")
        texts[field.name] = own or getattr(row, field.name)
        languages[field.name] = language if own else ENGLISH
    return kind(languages=languages, **texts)


def is_spoken() -> bool:
    """Whether the reader's language is one that translations are in."""
    return get_language() in set(TranslationLanguage)


def _translation(row: models.Model, language: str) -> Translation | None:
    """Find a row's translation; those that many rows were fetched with ask nothing."""
    if language not in set(TranslationLanguage):
        return None
    # Remembered until the row is fetched again.
    models.prefetch_related_objects([row], "translations")
    every: list[Translation] = list(row.translations.all())  # type: ignore[attr-defined]
    return next((each for each in every if each.language == language), None)


def _paragraphs(text: str) -> list[str]:
    # Browsers send two characters for the end of a line.
    parts = text.replace("\r\n", "\n").split("\n\n")
    return [part.strip() for part in parts if part.strip()]
