"""Fields of forms for one line, which may become part of a mail's header."""

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

TOO_LONG = gettext_lazy(
    "This has %(show_value)d characters. Write %(limit_value)d at most."
)
_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class OneLineField(forms.CharField):
    """One line of text: a line break or another control character is refused.

    A name or a subject becomes part of a mail's header.
    """

    def __init__(self, **kwargs: Any) -> None:
        """Say in our own words when it is too long."""
        kwargs["error_messages"] = {
            "max_length": TOO_LONG,
            **kwargs.get("error_messages", {}),
        }
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """Return the line with single spaces.

        Raises:
            ValidationError: it is not one line, or as ``CharField`` says.

        """
        text = str(value or "").strip()
        if any(unicodedata.category(letter) in {"Cc", "Zl", "Zp"} for letter in text):
            raise forms.ValidationError(
                gettext("Write this on one line, without line breaks."),
                code="not_one_line",
            )
        # Signs that turn the direction of what follows, or cannot be seen.
        seen = _UNSEEN.sub("", text)
        if text and not any(unicodedata.category(sign)[0] in "LN" for sign in seen):
            raise forms.ValidationError(
                gettext("Write this in letters that can be read."), code="unreadable"
            )
        return str(super().clean(" ".join(seen.split())))


class NameField(OneLineField):
    """A person's name, which stands before an address in the mail."""

    def clean(self, value: Any) -> str:
        """Return the name.

        Raises:
            ValidationError: it looks like an address, or as ``OneLineField`` says.

        """
        name = super().clean(value)
        if set(name) & set("<>@"):
            raise forms.ValidationError(
                gettext(
                    "Write your name alone, without an e-mail address and without < "
                    "or >."
                ),
                code="address",
            )
        return name
