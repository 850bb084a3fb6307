"""What people type, checked, with a sentence beside the field that says what to do."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext, gettext_lazy

from actions import languages
from actions.composing import Sender
from actions.line_fields import NameField, OneLineField
from actions.models import Demand
from actions.questions import Question, next_step, together
from actions.situations import WORDINGS, Situation, address_note
from representatives.errors import InvalidPostcodeError, NoMpThereError, PostcodeError
from representatives.postcodes import Postcode

# Leaves room for the campaign's own words within ``LONGEST_BODY``.
LONGEST_ANSWER = 10_000
NO_EMAIL = gettext_lazy(
    "Write your e-mail address if Postbag is to send your letter: the link that sends "
    "it goes there, and your MP’s answer. From your own mail or on paper it goes "
    "without."
)


class FindForm(forms.Form):
    """The postcode box."""

    postcode = forms.CharField(
        label=gettext_lazy("Your postcode"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )


class ComposeForm(forms.Form):
    """Who writes, for which demands, and why."""

    demands = forms.TypedMultipleChoiceField(
        label=gettext_lazy("What should your MP press for?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy(
                "Tick at least one demand for the letter to make."
            ),
            "invalid_choice": gettext_lazy(
                "One of the demands has changed: look through again."
            ),
        },
    )
    name = NameField(
        label=gettext_lazy("Your name"),
        max_length=100,
        error_messages={
            "required": gettext_lazy(
                "Write your name as it should stand in the letter."
            )
        },
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        max_length=254,
        required=False,
        help_text=gettext_lazy(
            "Needed only if Postbag sends your letter: the link that sends it goes "
            "here, and your MP’s answer."
        ),
        error_messages={
            "invalid": gettext_lazy(
                "This e-mail address is not complete: look for a missing @ or dot, "
                "such as in jo@example.org."
            ),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    address_line_1 = OneLineField(
        label=gettext_lazy("House and street"),
        max_length=100,
        error_messages={
            "required": gettext_lazy(
                "Write your house and street: MPs’ offices check that you live in the "
                "constituency."
            )
        },
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    address_line_2 = OneLineField(
        label=gettext_lazy("More of the address"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-line2"}),
    )
    town = OneLineField(
        label=gettext_lazy("Town or city"),
        max_length=60,
        error_messages={"required": gettext_lazy("Write your town or city.")},
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    postcode = forms.CharField(
        label=gettext_lazy("Postcode"),
        max_length=100,
        error_messages={
            "required": gettext_lazy("Write the postcode of this address.")
        },
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    country = OneLineField(
        label=gettext_lazy("The country where you live now"),
        max_length=60,
        error_messages={
            "required": gettext_lazy(
                "Write the country where you live now: the letter says so."
            )
        },
        widget=forms.TextInput(attrs={"autocomplete": "country-name"}),
    )
    helper = NameField(
        # Translators: of somebody who writes for another person, who cannot.
        label=gettext_lazy("Your own name, as the one who writes for them"),
        max_length=100,
        error_messages={
            "required": gettext_lazy(
                "Write your own name: the letter says that you wrote it for them."
            )
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(
        self,
        *args: Any,
        demands: list[Demand],
        questions: tuple[Question, ...],
        situation: Situation = Situation.HOME,
        by_post_only: bool = False,
        letter_language: str = "en",
        **kwargs: Any,
    ) -> None:
        """Offer the campaign's demands and ask its questions, in its order.

        Of a letter that goes by post only nothing is mailed to its writer either.
        """
        super().__init__(*args, **kwargs)
        if by_post_only:
            del self.fields["email"]
        self.situation = situation
        self._letter_language = letter_language
        self._fit(situation)
        self._demands = {str(demand.pk): demand for demand in demands}
        field = cast("forms.TypedMultipleChoiceField", self.fields["demands"])
        field.choices = [
            (key, languages.marked(demand.said, "title"))
            for key, demand in self._demands.items()
        ]
        field.coerce = self._demands.__getitem__
        self.questions = questions
        for question in questions:
            self.fields[question.name] = _answer_field(question)
        self.order_fields(["demands", *(question.name for question in questions)])

    def _fit(self, situation: Situation) -> None:
        """Ask for what is asked for in somebody's situation, in words that fit."""
        words = WORDINGS[situation]
        self.fields["name"].label = words.name
        self.fields["town"].label = words.town
        if situation != Situation.ABROAD:
            del self.fields["country"]
        if situation != Situation.FOR_SOMEBODY:
            del self.fields["helper"]
        if situation == Situation.NO_FIXED_ADDRESS:
            self.fields["address_line_1"].required = False
            self.fields["postcode"].required = False

    @property
    def answers(self) -> list[tuple[Question, forms.BoundField]]:
        """Each question with the field for its answer."""
        return [(question, self[question.name]) for question in self.questions]

    def answers_so_far(self) -> dict[str, str]:
        """Give what is answered, valid or not, by the field's name."""
        return {
            question.name: str(field.value() or "") for question, field in self.answers
        }

    def reason_so_far(self) -> str:
        """Give the answers as the letter's own paragraphs, valid or not."""
        return together(self.answers_so_far().values())

    def next_step(self) -> str:
        """Say what would help most now; "" where nothing is wanting."""
        return next_step(self.questions, self.answers_so_far())

    def clean_postcode(self) -> str:
        """Write the postcode as the post office does.

        A postcode that is no place, such as a forces one, may stand in an address.
        """
        typed = str(self.cleaned_data["postcode"])
        if not typed.strip():
            return ""
        try:
            return str(Postcode.parse(typed))
        except (InvalidPostcodeError, NoMpThereError) as error:
            raise forms.ValidationError(str(error), code=error.code) from error
        except PostcodeError as error:
            if self.situation == Situation.FORCES:
                raise forms.ValidationError(
                    gettext(
                        "This is no place in a constituency, and would tell where you "
                        "serve: give the postcode of your home."
                    ),
                    code=error.code,
                ) from error
            return " ".join(typed.upper().split())[:10]

    def clean_demands(self) -> list[Demand]:
        """Put them into the campaign's order."""
        ticked = self.cleaned_data["demands"]
        return [demand for demand in self._demands.values() if demand in ticked]

    def ticked(self) -> list[Demand]:
        """Give what is ticked so far, valid or not."""
        values = {str(value) for value in self["demands"].value() or []}
        return [demand for key, demand in self._demands.items() if key in values]

    def sender(self) -> Sender:
        """Give the person, once the form is valid."""
        kept = self.cleaned_data
        return Sender(
            name=kept["name"],
            email=kept.get("email", ""),
            address_line_1=kept["address_line_1"],
            address_line_2=kept["address_line_2"],
            town=kept["town"],
            postcode=kept["postcode"],
            address_note=self._address_note(kept.get("country", "")),
            helper=kept.get("helper", ""),
        )

    def lacks_email(self) -> bool:
        """Refuse a valid form without the address that the link is mailed to."""
        if "email" not in self.fields or self.cleaned_data["email"]:
            return False
        self.add_error("email", NO_EMAIL)
        return True

    def sender_so_far(self) -> Sender:
        """Give what is typed, valid or not, to show it on the sheet."""

        def typed(name: str) -> str:
            if name not in self.fields:
                return ""
            return " ".join(str(self[name].value() or "").split())

        return Sender(
            name=typed("name"),
            email=typed("email"),
            address_line_1=typed("address_line_1"),
            address_line_2=typed("address_line_2"),
            town=typed("town"),
            postcode=typed("postcode"),
            address_note=self._address_note(typed("country") or "…"),
            helper=typed("helper"),
        )

    def _address_note(self, country: str) -> str:
        """Say under the address what the office must know, as the letter speaks."""
        return address_note(self.situation, country, self._letter_language)


def _answer_field(question: Question) -> forms.CharField:
    return forms.CharField(
        label=question.label or question.words,
        help_text=question.help,
        required=False,
        max_length=LONGEST_ANSWER,
        error_messages={
            "max_length": gettext(
                "This has %(show_value)d characters; %(limit_value)d is the most. A "
                "page is what MPs read: shorten it."
            )
        },
        widget=forms.Textarea,
    )
