"""What staff type into the admin, checked before anybody else sees it."""

import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F
from django.forms.models import BaseInlineFormSet
from django.utils import timezone

from actions import colours, rendering, staff_checks
from actions.errors import TemplateRefusedError
from actions.line_fields import OneLineField
from actions.models import (
    Campaign,
    Demand,
    LetterTemplate,
    LetterTemplateVersion,
)

if TYPE_CHECKING:
    _FormSet = BaseInlineFormSet[Any, Campaign, forms.ModelForm[Any]]
    _CampaignModelForm = forms.ModelForm[Campaign]
    _InOrderModelForm = forms.ModelForm[Any]
    _TemplateModelForm = forms.ModelForm[LetterTemplate]
else:
    _FormSet = BaseInlineFormSet
    _CampaignModelForm = _InOrderModelForm = _TemplateModelForm = forms.ModelForm

# What a campaign's colour stands on, and what stands on it, in the light and the dark.
ON_LIGHT = {"white": "#ffffff", "the paper": "#fbfaf6"}
ON_DARK = {"the dark paper": "#10161d", "the dark sheet": "#18212b"}
LAST_POSITION = 999
# A campaign may still come to ask for as much as the first one does.
DEMANDS_TO_EXPECT = 6
# How far off the day may be that letters are held until.
LONGEST_HOLD: Final = datetime.timedelta(days=183)


class CampaignForm(_CampaignModelForm):
    """A campaign whose colours can be read and which is whole before it opens."""

    class Meta:
        field_classes: ClassVar = {
            "donate_url": partial(forms.URLField, assume_scheme="https")
        }
        help_texts: ClassVar = {
            "colour": (
                "Six hexadecimal digits, such as #0b6aa8. Its contrast with white must "
                f"be at least {colours.LEAST_CONTRAST} to 1."
            ),
            "colour_in_dark": (
                "The same on a dark page, such as #6cb8ea. Its contrast with the dark "
                f"page must be at least {colours.LEAST_CONTRAST} to 1."
            ),
            "stock_reply_help": (
                "What to write back when the MP's office answers with a brush-off. "
                "“Dear …” before it and the writer's name after it are added. Put "
                "[square brackets] around what the writer has to fill in. Paragraphs, "
                "with an empty line between them."
            ),
            "meeting_help": (
                "How to come to a surgery, what to bring and what to ask for. "
                "Paragraphs, with an empty line between them."
            ),
        }

    def clean_title(self) -> str:
        """Refuse a title that a letter with it could not be sent with."""
        return staff_checks.fit_for_letters(str(self.cleaned_data["title"]))

    def clean_colour(self) -> str:
        """Refuse a colour that is too pale."""
        colour = str(self.cleaned_data["colour"])
        staff_checks.check_contrast(colour, ON_LIGHT, "Choose a darker one.")
        return colour

    def clean_colour_in_dark(self) -> str:
        """Refuse a colour that is too dark."""
        colour = str(self.cleaned_data["colour_in_dark"])
        staff_checks.check_contrast(colour, ON_DARK, "Choose a lighter one.")
        return colour

    def clean_letters_go_from(self) -> datetime.date | None:
        """Refuse a day so far off that it must be mistyped: letters would wait for it.

        Raises:
            ValidationError: it is more than ``LONGEST_HOLD`` off.

        """
        day: datetime.date | None = self.cleaned_data["letters_go_from"]
        is_new = "letters_go_from" in self.changed_data
        if is_new and day and day - timezone.localdate() > LONGEST_HOLD:
            message = (
                f"Letters, and what their writers gave us, would lie here for more "
                f"than {LONGEST_HOLD.days} days. Choose an earlier day."
            )
            raise ValidationError(message, code="too_late")
        return day

    def clean_stock_reply_help(self) -> str:
        """Refuse fields, which would be copied as they stand."""
        text = str(self.cleaned_data["stock_reply_help"])
        if "{{" in text or "{%" in text:
            raise ValidationError(
                "This is plain text, and fields such as {{ constituency.name }} would "
                "stand in it as they are. Write [square brackets] around what the "
                "writer has to fill in.",
                code="field_in_reply",
            )
        return text

    def clean_state(self) -> str:
        """Refuse to open a campaign that has no letter."""
        state = str(self.cleaned_data["state"])
        letters = LetterTemplateVersion.objects.filter(
            template__campaign=self.instance.pk,
            template__language=LetterTemplate.Language.ENGLISH,
        )
        if state == Campaign.State.OPEN and not letters.exists():
            raise ValidationError(
                "There is no letter yet: save the campaign as one that is being "
                "written, write its English letter under “Letter templates”, then "
                "open it.",
                code="no_letter",
            )
        return state


class InOrderForm(_InOrderModelForm):
    """One of several that a campaign has in an order of its own."""

    def clean_position(self) -> int:
        """Leave room above for those that are being moved."""
        position = int(self.cleaned_data["position"])
        if position > LAST_POSITION:
            message = f"Number them from 1 to {LAST_POSITION}."
            raise ValidationError(message, code="too_high")
        return position

    def validate_constraints(self) -> None:
        """Leave it to the formset whether two want the same position.

        Here one would be refused for the old position of another that moves too.
        """


class PromptForm(InOrderForm):
    """A question to the supporter."""

    def clean_example(self) -> str:
        """Refuse what the page could not show, as with whatever stands in letters."""
        return staff_checks.fit_for_letters(str(self.cleaned_data["example"]))


class DemandForm(InOrderForm):
    """A demand whose title and paragraph are plain text that any letter can hold."""

    title = OneLineField(
        max_length=100, widget=forms.TextInput(attrs={"class": "vTextField"})
    )

    def clean_title(self) -> str:
        """Refuse a title that a letter with it could not be sent with."""
        return staff_checks.fit_for_letters(str(self.cleaned_data["title"]))

    def clean_paragraph(self) -> str:
        """Refuse what would stop every letter, or be sent as it stands."""
        return staff_checks.fit_for_paragraph(str(self.cleaned_data["paragraph"]))


class InOrderFormSet(_FormSet):
    """What a campaign has in an order of its own, to be moved about freely."""

    def save_existing_objects(self, commit: bool = True) -> list[Any]:  # noqa: FBT001, FBT002
        """Save them, those that change places too."""
        moving = [
            form.instance.pk
            for form in self.initial_forms
            if "position" in form.changed_data
        ]
        if commit:
            # No two may have one position, not even between two statements.
            self.get_queryset().filter(pk__in=moving).update(
                position=F("position") + LAST_POSITION
            )
        return super().save_existing_objects(commit)


class DemandFormSet(InOrderFormSet):
    """A campaign's demands together: one at least if it is open, in any order."""

    def clean(self) -> None:
        """Refuse an open campaign without a demand, and more than its letters hold.

        Raises:
            ValidationError: there is none left, or a letter could become too long.

        """
        super().clean()
        kept = [
            form
            for form in self.forms
            if form not in self.deleted_forms
            and (form.instance.pk or form.has_changed())
        ]
        if self.instance.is_open and not kept:
            raise ValidationError(
                "An open campaign asks for something: add a demand.", code="no_demand"
            )
        templates = self.instance.letter_templates.all() if self.instance.pk else ()
        for version in filter(None, (each.newest_version() for each in templates)):
            staff_checks.check_length(version.body, len(kept))


class LetterTemplateForm(_TemplateModelForm):
    """A letter's text, which is kept as a new version whenever it changes."""

    subject = OneLineField(
        max_length=150, widget=forms.TextInput(attrs={"class": "vLargeTextField"})
    )
    body = forms.CharField(
        label="Text",
        widget=forms.Textarea(attrs={"class": "vLargeTextField", "rows": 30}),
        help_text=(
            "Between “Dear …,” and “Yours sincerely,”, which Postbag adds. Fields: "
            "{{ constituency.name }}, {{ representative.display_name }}, "
            "{{ representative.party }}, {{ representative.office }} (minister, whip, "
            "opposition, speaker, deputy_speaker, no_seat, or nothing where none is "
            "known); {{ reason }} for the supporter's own words; "
            "{% for demand in demands %}{{ demand.paragraph }}{% endfor %}."
        ),
    )
    # Which version was on the screen; 0 for none.
    seen = forms.IntegerField(widget=forms.HiddenInput, initial=0, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Begin with the newest version."""
        super().__init__(*args, **kwargs)
        self._newest = self.instance.newest_version() if self.instance.pk else None
        if self._newest:
            self.initial.update(
                subject=self._newest.subject,
                body=self._newest.body,
                seen=self._newest.number,
            )

    def clean_body(self) -> str:
        """Refuse a text that makes no letters, with the line and the reason."""
        body = str(self.cleaned_data["body"]).replace("\r\n", "\n")
        try:
            rendering.check(body)
        except TemplateRefusedError as error:
            raise ValidationError(str(error), code="template_refused") from error
        written_for = self.cleaned_data.get("campaign") or self.instance.campaign_id
        demands = Demand.objects.filter(campaign=written_for).count()
        staff_checks.check_length(body, max(demands, DEMANDS_TO_EXPECT))
        return body

    def clean(self) -> dict[str, Any]:
        """Refuse to write over what somebody else has saved meanwhile."""
        cleaned = super().clean() or self.cleaned_data
        if self._newest and cleaned.get("seen") != self._newest.number:
            raise ValidationError(
                f"Meanwhile somebody saved version {self._newest.number}. Keep a copy "
                "of your text, open this page again and put both together.",
                code="overtaken",
            )
        return cleaned

    def add_version(self, author: Any) -> LetterTemplateVersion | None:
        """Keep the text as a new version; None if it is the newest one's."""
        text = {name: self.cleaned_data[name] for name in ("subject", "body")}
        newest = self._newest
        if newest and text == {"subject": newest.subject, "body": newest.body.strip()}:
            return None
        return LetterTemplateVersion.objects.create(
            template=self.instance,
            number=newest.number + 1 if newest else 1,
            created_by=author,
            **text,
        )
