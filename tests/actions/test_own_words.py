import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from actions import own_words
from actions.own_words import Paragraph
from tests import patience

DECISION = Path(settings.BASE_DIR) / "docs" / "decisions" / "0003-own-words.md"
BASE = "We ask for further sanctions now. The tribunal must have real powers."


def examples() -> list[Any]:
    block = re.search(r"```json\n(.*?)```", DECISION.read_text(), re.DOTALL)
    assert block is not None
    return [
        pytest.param(example, id=example["name"]) for example in json.loads(block[1])
    ]


# Whole words of the base, odd characters and anything at all.
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(
            [*BASE.split(), "\n\n", " ", "’", "\u200b", "\u0301", "ẞ", "İ"]
        ),
        st.text(max_size=5),
    ),
    max_size=60,
).map(" ".join)


def as_text(paragraph: Paragraph) -> str:
    return "".join(piece.text for piece in paragraph)


@pytest.mark.parametrize("example", examples())
def test_the_decision_records_examples_come_out(example: dict[str, Any]) -> None:
    measure = own_words.measure(example["base"], example["text"])
    assert (measure.words, measure.own_words) == (example["words"], example["own"])


def test_the_decision_record_has_examples_enough() -> None:
    names = [example.id for example in examples()]
    assert len(names) >= 30
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("words", "own", "percent"), [(0, 0, 0), (3, 1, 33), (3, 2, 66), (200, 1, 0)]
)
def test_percent_is_rounded_down(words: int, own: int, percent: int) -> None:
    assert own_words.Measure(words=words, own_words=own).percent == percent


@given(base=TEXTS, text=TEXTS)
def test_percent_lies_between_0_and_100(base: str, text: str) -> None:
    measure = own_words.measure(base, text)
    assert 0 <= measure.own_words <= measure.words
    assert 0 <= measure.percent <= 100


@given(text=TEXTS)
def test_a_text_holds_nothing_own_against_itself_once_it_has_five_words(
    text: str,
) -> None:
    measure = own_words.measure(text, text)
    assert measure.own_words == (measure.words if measure.words < 5 else 0)


@given(text=TEXTS)
def test_everything_is_own_where_there_is_no_base(text: str) -> None:
    measure = own_words.measure("", text)
    assert measure.own_words == measure.words


@given(base=TEXTS, text=TEXTS, added=st.integers(min_value=0, max_value=9))
def test_adding_words_of_ones_own_never_lowers_the_measure(
    base: str, text: str, added: int
) -> None:
    before = own_words.measure(base, text)
    after = own_words.measure(base, f"{text}\n\n{'neighbours ' * added}")
    assert after.own_words == before.own_words + added
    assert after.percent >= before.percent


@given(base=TEXTS, more=TEXTS, text=TEXTS)
def test_a_longer_base_never_raises_what_is_own(
    base: str, more: str, text: str
) -> None:
    shorter = own_words.measure(base, text)
    longer = own_words.measure(f"{base} {more}", text)
    assert longer.own_words <= shorter.own_words


@given(base=TEXTS, text=TEXTS)
def test_capitals_never_change_the_measure(base: str, text: str) -> None:
    if text.upper().lower() == text.lower():  # not so for ß and a few others
        assert own_words.measure(base, text.upper()) == own_words.measure(base, text)


@given(base=TEXTS, text=TEXTS)
def test_pieces_put_together_give_back_every_character_but_the_gaps(
    base: str, text: str
) -> None:
    rest = text
    for paragraph in own_words.mark(base, text):
        before, found, rest = rest.partition(as_text(paragraph))
        assert found
        assert not before.strip()
    assert not rest.strip()


@given(base=TEXTS, text=TEXTS)
def test_neighbouring_pieces_differ_and_none_is_empty(base: str, text: str) -> None:
    for paragraph in own_words.mark(base, text):
        kinds = [piece.is_own for piece in paragraph]
        assert all(piece.text for piece in paragraph)
        assert all(a != b for a, b in itertools.pairwise(kinds))


def test_own_pieces_take_the_space_and_punctuation_between_own_words() -> None:
    text = "I teach, in Leeds. We ask for further sanctions now."
    [paragraph] = own_words.mark(BASE, text)
    assert [(piece.text, piece.is_own) for piece in paragraph] == [
        ("I teach, in Leeds.", True),
        (" We ask for further sanctions now.", False),
    ]


def test_paragraphs_are_cut_at_empty_lines() -> None:
    marked = own_words.mark("", "One\nstill one\n \n\n  Two\n\n\n")
    assert [as_text(paragraph) for paragraph in marked] == ["One\nstill one", "Two"]


@pytest.mark.parametrize(
    "text",
    [
        "a" + "\u0301\u0327" * 100_000,
        "'" * 200_000 + " a",
        "a" + "." * 200_000,
        "a ." * 66_000,
        "\n " * 100_000,
    ],
    ids=["marks", "apostrophes", "dots", "words and dots", "empty lines"],
)
def test_no_text_takes_for_ever(text: str) -> None:
    with patience.ends():
        marked = own_words.mark(BASE, text)
    assert "".join(as_text(paragraph) for paragraph in marked) == text.strip()


def test_a_very_long_letter_is_measured() -> None:
    base = (BASE + " ") * 2_800
    own = "I teach history, and my neighbours ask about it. " * 2_000
    with patience.ends():
        assert own_words.measure(base, base[: len(base) // 2] + own).percent > 30
