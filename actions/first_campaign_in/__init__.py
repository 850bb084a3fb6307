"""The first campaign in other languages: a module each, all of the same shape.

``CAMPAIGN``, ``DEMANDS``, ``PROMPTS`` and ``SOURCES`` follow ``first_campaign`` text by
text, in its order. Letters are written in English or Welsh, so Welsh alone has
``LETTER_SUBJECT``, ``LETTER_BODY`` and the demands' paragraphs, and the others leave
the answer to a stock reply empty.
"""

from dataclasses import dataclass
from typing import Final

from actions.first_campaign_in import turkish, uyghur, welsh
from actions.models import (
    Campaign,
    CampaignTranslation,
    DemandTranslation,
    LetterTemplate,
    LetterTemplateVersion,
    PromptTranslation,
    SourceTranslation,
)
from actions.models.translations import TranslationLanguage


@dataclass(frozen=True)
class Texts:
    """What a module of this package holds; keys are the names of fields."""

    campaign: dict[str, str]
    demands: tuple[dict[str, str], ...]
    prompts: tuple[dict[str, str], ...]
    sources: tuple[str, ...]


TEXTS: Final = {
    TranslationLanguage.WELSH: Texts(
        welsh.CAMPAIGN, welsh.DEMANDS, welsh.PROMPTS, welsh.SOURCES
    ),
    TranslationLanguage.TURKISH: Texts(
        turkish.CAMPAIGN, turkish.DEMANDS, turkish.PROMPTS, turkish.SOURCES
    ),
    TranslationLanguage.UYGHUR: Texts(
        uyghur.CAMPAIGN, uyghur.DEMANDS, uyghur.PROMPTS, uyghur.SOURCES
    ),
}


def translate(campaign: Campaign) -> None:
    """Give the first campaign, just made, its other languages and its Welsh letter.

    Raises:
        ValueError: it has not as many demands, prompts or sources as a translation.

    """
    for language, texts in TEXTS.items():
        _translate_into(language, texts, campaign)
    template = LetterTemplate.objects.create(
        campaign=campaign, language=LetterTemplate.Language.WELSH
    )
    LetterTemplateVersion.objects.create(
        template=template,
        number=1,
        subject=welsh.LETTER_SUBJECT,
        body=welsh.LETTER_BODY,
    )


def _translate_into(language: str, texts: Texts, campaign: Campaign) -> None:
    CampaignTranslation.objects.create(
        campaign=campaign, language=language, **texts.campaign
    )
    # In the order in which they were made: by date, sources stand otherwise.
    demands = campaign.demands.order_by("pk")
    prompts = campaign.prompts.order_by("pk")
    sources = campaign.sources.order_by("pk")
    DemandTranslation.objects.bulk_create(
        DemandTranslation(demand=demand, language=language, **words)
        for demand, words in zip(demands, texts.demands, strict=True)
    )
    PromptTranslation.objects.bulk_create(
        PromptTranslation(prompt=prompt, language=language, **words)
        for prompt, words in zip(prompts, texts.prompts, strict=True)
    )
    SourceTranslation.objects.bulk_create(
        SourceTranslation(source=source, language=language, statement=statement)
        for source, statement in zip(sources, texts.sources, strict=True)
    )
