"""What people type to get a campaign's e-mail updates."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from actions.mailing_lists import FORMULA_SIGNS
from actions.models import Campaign
from actions.subscribing import consent_wording


class SubscribeForm(forms.Form):
    """An address and a consent of its own; nothing is filled in for anybody."""

    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        max_length=254,
        error_messages={
            "required": gettext_lazy(
                "Write the e-mail address that the updates should go to."
            ),
            "invalid": gettext_lazy(
                "This e-mail address is not complete: look for a missing @ or dot, "
                "such as in jo@example.org."
            ),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    consent = forms.BooleanField(
        error_messages={
            "required": gettext_lazy(
                "Tick the box if you agree: without it nobody may send you updates."
            )
        },
    )
    # Robots fill every field; people never see this one.
    website = forms.CharField(label=gettext_lazy("Leave this empty"), required=False)

    def __init__(self, campaign: Campaign, *typed: Any) -> None:
        """Ask for the consent that this campaign needs."""
        super().__init__(*typed)
        self.fields["consent"].label = consent_wording(campaign)

    def clean_email(self) -> str:
        """Refuse an address that no list could hold as it stands."""
        email = str(self.cleaned_data["email"])
        if email.startswith(FORMULA_SIGNS):
            raise forms.ValidationError(
                gettext(
                    "Write an address that begins with a letter or a figure: the "
                    "organisers’ spreadsheet would take this one for a sum."
                ),
                code="formula",
            )
        return email

    def clean_website(self) -> str:
        """Refuse whoever filled the field that people do not see."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(
                gettext("Leave the last box empty: it is there to stop robots."),
                code="robot",
            )
        return ""
