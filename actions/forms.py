"""What people type, checked, with a sentence beside the field that says what to do."""

import re
import unicodedata
from typing import Any, cast

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_lazy, ngettext

from actions import languages, own_words
from actions.composing import LONGEST_BODY, Sender, placeholder_left
from actions.models import Demand
from actions.questions import Question, next_step, together
from actions.rendering import tidy
from actions.situations import WORDINGS, Situation, address_note
from actions.submitting import CONSENT_WORDING
from representatives.errors import InvalidPostcodeError, NoMpThereError, PostcodeError
from representatives.postcodes import Postcode

# Leaves room for the campaign's own words within ``LONGEST_BODY``.
LONGEST_ANSWER = 10_000
TOO_LONG = gettext_lazy(
    "This has %(show_value)d characters. Write %(limit_value)d at most."
)
NO_EMAIL = gettext_lazy(
    "Write your e-mail address if Postbag is to send your letter: the link that sends "
    "it goes there, and your MP’s answer. From your own mail or on paper it goes "
    "without."
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
