"""The languages that letters to MPs are written in."""

from django.db import models
from django.utils.translation import pgettext_lazy


class LetterLanguage(models.TextChoices):
    """One that Parliament answers in."""

    ENGLISH = "en", pgettext_lazy("of a letter", "English")
    WELSH = "cy", pgettext_lazy("of a letter", "Welsh")
