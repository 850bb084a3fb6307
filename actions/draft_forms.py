"""What a page sends that asks for the link to a draft."""

from django import forms
from django.utils.translation import gettext_lazy

# As much as fits a link that mail programs still open; drafts.js packs no more.
LONGEST_PACKED = 8000


class ElsewhereForm(forms.Form):
    """Whose mailbox, and the draft as the browser has packed it."""

    email = forms.EmailField(
        max_length=254,
        error_messages={
            "required": gettext_lazy(
                "Write the e-mail address that the link should go to."
            ),
            "invalid": gettext_lazy(
                "This e-mail address is not complete: look for a missing @ or dot, "
                "such as in jo@example.org."
            ),
        },
    )
    packed = forms.RegexField(
        rf"^[A-Za-z0-9_-]{{1,{LONGEST_PACKED}}}\Z",
        strip=False,
        error_messages={
            "required": gettext_lazy(
                "The draft did not come along. Open this page again."
            ),
            "invalid": gettext_lazy(
                "The draft did not come along whole. Copy the link instead."
            ),
        },
    )
