"""Finding words in a letter."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from actions.models import HoldRule
from actions.screening import phrases


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("kill you", "I will KILL you."),
        ("kill you", "kill —\nyou"),
        ("kill you", "ﬁrst I’ll kill, you"),
        ("idiot*", "What idiots!"),
        ("idiot*", "an idiot"),
        ("dont", "I don’t know"),
        ("don't", "I dont know"),
        ("lladd di", "fe wna i dy LLÂDD di"),
        ("gwn ble rwyt ti'n byw", "Mi gwn ble rwyt ti’n byw"),
        ("you scum", "you\tscum"),
    ],
)
def test_it_is_found_whatever_its_form(phrase: str, text: str) -> None:
    assert phrases.count([phrase], text) == 1


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("kill you", "They kill young people."),
        ("kill you", "They kill. Will you act?"),
        ("idiot", "idiotic"),
        ("ass", "class"),
        ("kill you", ""),
        ("", "anything"),
        ("*", "anything"),
        ("a.c", "abc"),
    ],
)
def test_what_only_looks_like_it_is_not(phrase: str, text: str) -> None:
    assert phrases.count([phrase], text) == 0


def test_each_place_counts() -> None:
    assert phrases.count(["kill you", "scum"], "scum! kill you, kill you") == 3


@given(st.lists(st.text(max_size=30), max_size=5), st.text(max_size=300))
def test_nothing_that_staff_write_is_a_pattern(wanted: list[str], text: str) -> None:
    assert phrases.count(wanted, text) >= 0


@pytest.mark.parametrize("phrase", ["", "*", "a", "two ** stars", "*ending", "x y"])
def test_a_rule_that_would_hold_everything_is_refused(phrase: str) -> None:
    with pytest.raises(ValidationError):
        HoldRule(phrase=phrase).clean_fields()


@pytest.mark.parametrize(
    "phrase", ["kill you", "threaten*", "burn* your house", "lladd di"]
)
def test_words_are_a_rule(phrase: str) -> None:
    HoldRule(phrase=phrase).clean_fields()
