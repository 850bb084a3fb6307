"""A campaign in another language as one form: each text beside its English."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.html import escape
from django.utils.text import capfirst

from actions import staff_checks
from actions.models import (
    Campaign,
    CampaignTranslation,
    DemandTranslation,
    PromptTranslation,
    SourceTranslation,
)
from actions.models.translations import Translation, TranslationLanguage

if TYPE_CHECKING:
    _TranslationModelForm = forms.ModelForm[CampaignTranslation]
else:
    _TranslationModelForm = forms.ModelForm

OWN_FIELDS: Final = (
    "title",
    "headline",
    "lede",
    "story",
    "question",
    "question_help",
    "stock_reply_help",
    "meeting_help",
)


@dataclass(frozen=True)
class Part:
    """A demand, a question or a source of the campaign, with its texts."""

    row: Model
    kind: type[Translation]
    # By what the kind's rows point at theirs.
    owner: str
    fields: tuple[str, ...]

    @property
    def title(self) -> str:
        """What the form calls it."""
        return f"{self.owner.capitalize()}: {self.row}"

    def name(self, field: str) -> str:
        """What the form calls one of its texts."""
        return f"{self.owner}_{self.row.pk}_{field}"

    @property
    def names(self) -> tuple[str, ...]:
        """What the form calls its texts."""
        return tuple(map(self.name, self.fields))


def parts_of(campaign: Campaign, language: str) -> Iterator[Part]:
    """Give what of a campaign can be translated besides its own texts.

    The paragraph of a demand stands in letters, which are in English or Welsh.
    """
    paragraph = ("paragraph",) if language == TranslationLanguage.WELSH else ()
    of_demand = ("title", "explanation", *paragraph)
    of_prompt = ("question", "help", "example", "hint")
    for demand in campaign.demands.in_order():
        yield Part(demand, DemandTranslation, "demand", of_demand)
    for prompt in campaign.prompts.in_order():
        yield Part(prompt, PromptTranslation, "prompt", of_prompt)
    for source in campaign.sources.all():
        yield Part(source, SourceTranslation, "source", ("statement",))


class TranslationForm(_TranslationModelForm):
    """A campaign's own texts in another language; ``form_for`` adds the others."""

    parts: tuple[Part, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Begin with what is translated so far, and show what it is translated from."""
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            return
        for name in OWN_FIELDS:
            if name in self.fields:
                self.fields[name].help_text = _english(self.instance.campaign, name)
        for part in self.parts:
            kept = self._kept(part)
            for field in part.fields:
                self.initial[part.name(field)] = getattr(kept, field, "")

    def clean_title(self) -> str:
        """Refuse a title that a letter with it could not be sent with."""
        return staff_checks.fit_for_letters(str(self.cleaned_data["title"]))

    def clean(self) -> dict[str, Any]:
        """Refuse texts of demands that a letter could not be sent with."""
        cleaned = super().clean() or self.cleaned_data
        for part in self.parts:
            if part.kind is DemandTranslation:
                self._check(part, "title", staff_checks.fit_for_letters)
                self._check(part, "paragraph", staff_checks.fit_for_paragraph)
        return cleaned

    def save_parts(self) -> None:
        """Keep the texts of demands, questions and sources; what is empty goes."""
        for part in self.parts:
            texts = {
                field: self.cleaned_data[part.name(field)] for field in part.fields
            }
            of_part: dict[str, Any] = {
                part.owner: part.row,
                "language": self.instance.language,
            }
            rows = part.kind._default_manager
            if any(texts.values()):
                rows.update_or_create(**of_part, defaults=texts)
            else:
                rows.filter(**of_part).delete()

    def _kept(self, part: Part) -> Translation | None:
        return part.kind._default_manager.filter(
            **{part.owner: part.row, "language": self.instance.language}
        ).first()

    def _check(self, part: Part, field: str, check: Any) -> None:
        name = part.name(field)
        if not self.cleaned_data.get(name):
            return
        try:
            self.cleaned_data[name] = check(str(self.cleaned_data[name]))
        except ValidationError as error:
            self.add_error(name, error)


def form_for(translation: CampaignTranslation | None) -> type[TranslationForm]:
    """Make the form of a translation; of a new one only what chooses it."""
    if translation is None:
        return TranslationForm
    parts = tuple(parts_of(translation.campaign, translation.language))
    fields: dict[str, Any] = {
        part.name(field): _text_field(part, field)
        for part in parts
        for field in part.fields
    }
    return type("TranslationForm", (TranslationForm,), {**fields, "parts": parts})


def _text_field(part: Part, field: str) -> forms.Field:
    """Make the field of one text, with the English under it."""
    text = part.kind._meta.get_field(field)
    is_long = text.get_internal_type() == "TextField"
    made = text.formfield(  # type: ignore[union-attr] # all of them are texts
        label=capfirst(field),
        help_text=_english(part.row, field),
        widget=forms.Textarea(attrs={"class": "vLargeTextField", "rows": 4})
        if is_long
        else forms.TextInput(attrs={"class": "vTextField"}),
    )
    return cast("forms.Field", made)


def _english(row: Model, field: str) -> str:
    """Give what a text is translated from; the admin prints it as HTML."""
    return escape(getattr(row, field))
