"""What people are asked who leave no trace: as others are, and nothing demanded."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from actions.composing import Sender
from actions.forms import ComposeForm
from actions.situations import Situation

_HELD_BACK = ("name", "address_line_1", "address_line_2", "town", "postcode")


class QuietFindForm(forms.Form):
    """The postcode box; by its name no browser takes it for an address to remember."""

    looked_up = forms.CharField(
        label=gettext_lazy("Your postcode"), max_length=100, required=False
    )


class QuietForm(ComposeForm):
    """For which demands, and why; who writes may be added on the paper by hand.

    There is no field for an e-mail address: nothing is mailed.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for no more than must be."""
        fitting = {"situation": Situation.HOME, "by_post_only": True}
        super().__init__(*args, **{**kwargs, **fitting})
        for name in _HELD_BACK:
            self.fields[name].required = False

    def sender(self) -> Sender:
        """Give as much of the person as was typed."""
        return self.sender_so_far()
