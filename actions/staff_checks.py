"""What texts and colours of campaigners must be like, and what to mend."""

import math
from typing import Final

from django.core.exceptions import ValidationError

from actions import colours, composing, rendering
from actions.models.campaigns import colour_validator

# The rest is for the supporter's own words.
LONGEST_BASE: Final = composing.LONGEST_BODY * 3 // 4


def fit_for_letters(text: str) -> str:
    """Return a text that any letter can hold.

    Raises:
        ValidationError: with what to take out.

    """
    if fault := rendering.fault_in(text):
        raise ValidationError(fault, code="unfit_for_letters")
    return text


def fit_for_paragraph(typed: str) -> str:
    """Return a demand's paragraph, which stands in letters as it is.

    Raises:
        ValidationError: it would stop every letter, or holds what is no plain text.

    """
    paragraph = fit_for_letters(typed.replace("\r\n", "\n"))
    if len(paragraph) > rendering.LONGEST_PARAGRAPH:
        message = (
            f"The paragraph has {len(paragraph):,} characters; "
            f"{rendering.LONGEST_PARAGRAPH:,} is the most: it stands in one letter "
            "with the others."
        )
        raise ValidationError(message, code="too_long")
    if "{{" in paragraph or "{%" in paragraph:
        raise ValidationError(
            "This paragraph is plain text: fields such as {{ constituency.name }} "
            "can only stand in the letter's own text.",
            code="field_in_paragraph",
        )
    return paragraph


def check_length(body: str, demands: int) -> None:
    """Refuse a letter's text that could leave no room for the supporter's own words.

    Raises:
        ValidationError: with how long the letter could become.

    """
    longest = rendering.longest(body, demands)
    if longest > LONGEST_BASE:
        raise ValidationError(
            f"With {demands} demands at their longest a letter could have {longest:,} "
            f"characters before its writer adds a word; {LONGEST_BASE:,} is the most. "
            "Shorten its text, or have fewer demands.",
            code="too_long",
        )


def check_contrast(colour: str, grounds: dict[str, str], advice: str) -> None:
    """Refuse a colour that cannot be read on, or under, one of the others.

    Raises:
        ValidationError: with the contrast, and what to do about it.

    """
    colour_validator(colour)
    for name, ground in grounds.items():
        contrast = colours.contrast(colour, ground)
        if contrast < colours.LEAST_CONTRAST:
            rounded_down = math.floor(contrast * 10) / 10
            raise ValidationError(
                f"The contrast with {name} is {rounded_down} to 1; text needs at least "
                f"{colours.LEAST_CONTRAST} to 1. {advice}",
                code="contrast",
            )
