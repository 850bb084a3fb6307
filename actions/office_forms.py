"""The form by which an MP's office tells us what is wrong with a letter."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from actions.models import OfficeReport


class OfficeForm(forms.Form):
    """One of four things, and a line about it if need be."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What would you like to tell us?"),
        choices=OfficeReport.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what you want to tell us.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Anything that helps us to put it right (optional)"),
        help_text=gettext_lazy(
            "For example the right address. A person here reads it; the writer does "
            "not."
        ),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean_note(self) -> str:
        """Keep one line of it, as it is read in a list."""
        note: Any = self.cleaned_data["note"]
        return " ".join(str(note).split())

    @property
    def told(self) -> OfficeReport.Kind:
        """What was chosen, once the form is valid."""
        return OfficeReport.Kind(self.cleaned_data["kind"])
