"""What people type to get mail about a campaign."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext, gettext_lazy

from actions.mailing_lists import FORMULA_SIGNS
from actions.models import Campaign, Subscription
from actions.subscribing import consent_wording


class WishForm(forms.Form):
    """An address and a consent of its own; nothing is filled in for anybody."""

    purpose: ClassVar[Subscription.Purpose]
    # What is said where the address, or the tick, is missing.
    no_email: ClassVar[Any]
    no_consent: ClassVar[Any]
    # What is said where the connection has asked too often.
    too_many: ClassVar[Any]

    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        max_length=254,
        error_messages={
            "invalid": gettext_lazy(
                "This e-mail address is not complete: look for a missing @ or dot, "
                "such as in jo@example.org."
            ),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    consent = forms.BooleanField()
    # Robots fill every field; people never see this one.
    website = forms.CharField(label=gettext_lazy("Leave this empty"), required=False)

    def __init__(self, campaign: Campaign, *typed: Any) -> None:
        """Ask for the consent that this purpose needs."""
        super().__init__(*typed)
        self.fields["email"].error_messages["required"] = self.no_email
        self.fields["consent"].error_messages["required"] = self.no_consent
        self.fields["consent"].label = consent_wording(campaign, self.purpose)

    def clean_website(self) -> str:
        """Refuse whoever filled the field that people do not see."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(
                gettext("Leave the last box empty: it is there to stop robots."),
                code="robot",
            )
        return ""


class ReopeningForm(WishForm):
    """To be told once that people can write again."""

    purpose = Subscription.Purpose.REOPENING
    no_email = gettext_lazy("Write the e-mail address at which you want to be told.")
    no_consent = gettext_lazy(
        "Tick the box if you agree: without it we may not tell you."
    )
    too_many = gettext_lazy(
        "Very many people asked to be told from your connection in a short time. Wait "
        "until the next full hour at most, then press the button once more."
    )


class SubscribeForm(WishForm):
    """To get the organisers' e-mail updates."""

    purpose = Subscription.Purpose.UPDATES
    no_email = gettext_lazy("Write the e-mail address that the updates should go to.")
    no_consent = gettext_lazy(
        "Tick the box if you agree: without it nobody may send you updates."
    )
    too_many = gettext_lazy(
        "Very many people asked for updates from your connection in a short time. Wait "
        "until the next full hour at most, then press the button once more."
    )

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
