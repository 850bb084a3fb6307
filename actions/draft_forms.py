"""What a page sends that asks for the link to a draft."""

from django import forms

# As much as fits a link that mail programs still open; drafts.js packs no more.
LONGEST_PACKED = 8000


class ElsewhereForm(forms.Form):
    """Whose mailbox, and the draft as the browser has packed it."""

    email = forms.EmailField(
        max_length=254,
        error_messages={
            "required": "Write the e-mail address that the link should go to.",
            "invalid": "This e-mail address is not complete: look for a missing @ or "
            "dot, such as in jo@example.org.",
        },
    )
    packed = forms.RegexField(
        rf"^[A-Za-z0-9_-]{{1,{LONGEST_PACKED}}}\Z",
        strip=False,
        error_messages={
            "required": "The draft did not come along. Open this page again.",
            "invalid": "The draft did not come along whole. Copy the link instead.",
        },
    )
