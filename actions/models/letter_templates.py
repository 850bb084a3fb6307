"""What a campaign's letters are made from: a template a language, and its versions."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from actions.models.campaigns import Campaign
from actions.models.letter_languages import LetterLanguage
from actions.models.permanence import Permanent, PermanentQuerySet


class LetterTemplate(models.Model):
    """A campaign's letter in one language; its text is in its versions."""

    Language = LetterLanguage

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, related_name="letter_templates"
    )
    language = models.CharField(
        max_length=2, choices=Language, default=Language.ENGLISH
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "language"],
                name="one_letter_template_per_campaign_and_language",
            ),
            models.CheckConstraint(
                condition=Q(language__in=["en", "cy"]),
                name="letter_templates_are_in_english_or_welsh",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign}: {self.get_language_display()}"

    def newest_version(self) -> "LetterTemplateVersion | None":
        """What letters are made from now."""
        return self.versions.order_by("-number").first()


class LetterTemplateVersionQuerySet(PermanentQuerySet["LetterTemplateVersion"]):
    """Versions, which are only ever added."""

    def newest_of(
        self,
        campaign: Campaign,
        language: str = LetterTemplate.Language.ENGLISH.value,
    ) -> "LetterTemplateVersion | None":
        """What a letter of the campaign in this language is made from now.

        None if it has none, or one that would be half in English.
        """
        if campaign.demands.unsaid_in(language).exists():
            return None
        return (
            self.filter(template__campaign=campaign, template__language=language)
            .select_related("template__campaign")
            .order_by("-number")
            .first()
        )


class LetterTemplateVersion(Permanent):
    """The text of a letter as it was at one time; never changed, only followed."""

    template = models.ForeignKey(
        LetterTemplate, on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField()
    subject = models.CharField(max_length=150)
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = LetterTemplateVersionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["template", "number"],
                name="letter_template_versions_are_numbered_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template}, version {self.number}"
