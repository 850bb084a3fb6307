"""The form of the letter itself, checked before it is sent."""

from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_lazy, ngettext

from actions import own_words
from actions.composing import LONGEST_BODY, placeholder_left
from actions.line_fields import OneLineField
from actions.rendering import tidy
from actions.submitting import CONSENT_WORDING


def _grouped(number: int) -> str:
    """20000 as "20,000", or as the reader's language writes it."""
    return number_format(number, use_l10n=True, force_grouping=True)


class LetterForm(forms.Form):
    """The letter itself, ready to be read through and sent."""

    subject = OneLineField(
        label=gettext_lazy("Subject"),
        max_length=150,
        error_messages={
            "required": gettext_lazy(
                "Give the letter a subject: a few words are enough."
            )
        },
    )
    body = forms.CharField(
        label=gettext_lazy("Your letter"),
        widget=forms.Textarea(attrs={"rows": 18}),
        error_messages={
            "required": gettext_lazy("The letter is empty: write what you want to say.")
        },
    )
    consent = forms.BooleanField(
        label=CONSENT_WORDING,
        error_messages={
            "required": gettext_lazy(
                "Tick the box if you agree: without it Postbag may not hold your "
                "letter, and cannot send it."
            )
        },
    )
    # Robots fill every field; people never see this one.
    website = forms.CharField(label=gettext_lazy("Leave this empty"), required=False)

    def __init__(
        self,
        *args: Any,
        base_text: str,
        least_own_words: int = 0,
        is_held: bool = True,
        **kwargs: Any,
    ) -> None:
        """Know the text that the letter was made from, to find notes left in it.

        A campaign that sends letters only demands some words of one's own. A letter
        that goes another way is not held: that needs no consent and tempts no robot.
        """
        super().__init__(*args, **kwargs)
        self._base_text = base_text
        self._least_own_words = least_own_words
        self._is_held = is_held
        self.fields["consent"].required = is_held

    def clean_body(self) -> str:
        """Refuse a letter that is too long or not finished."""
        body = tidy(str(self.cleaned_data["body"]))
        if len(body) > LONGEST_BODY:
            raise forms.ValidationError(
                gettext(
                    "The letter has {length} characters; {most} is the most. A page "
                    "is what MPs read: shorten it."
                ).format(length=_grouped(len(body)), most=_grouped(LONGEST_BODY)),
                code="too_long",
            )
        note = placeholder_left(body, self._base_text)
        if note:
            raise forms.ValidationError(
                gettext(
                    "There is a note left in your letter: “{note}”. Write your own "
                    "words there, or take it out."
                ).format(note=note),
                code="placeholder_left",
            )
        least = self._least_own_words
        if own_words.measure(self._base_text, body).own_words < least:
            raise forms.ValidationError(
                ngettext(
                    "This campaign sends letters in people’s own words only. Write at "
                    "least one word of your own, wherever you like.",
                    "This campaign sends letters in people’s own words only. Write at "
                    "least {n} words of your own, wherever you like.",
                    least,
                ).format(n=least),
                code="too_few_own_words",
            )
        return body

    def clean_website(self) -> str:
        """Refuse whoever filled the field that people do not see."""
        if self._is_held and self.cleaned_data["website"]:
            raise forms.ValidationError(
                gettext("Leave the last box empty: it is there to stop robots."),
                code="robot",
            )
        return ""
