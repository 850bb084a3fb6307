"""What people type who have lost the link to their letter."""

from django import forms
from django.utils.translation import gettext_lazy


class LostLinkForm(forms.Form):
    """The address that they wrote from."""

    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("The one that you gave with your letter."),
        max_length=254,
        error_messages={
            "required": gettext_lazy(
                "Write the e-mail address that you gave with your letter."
            ),
            "invalid": gettext_lazy(
                "This e-mail address is not complete: look for a missing @ or dot, "
                "such as in jo@example.org."
            ),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
