"""Paragraphs that a reader's program can break anew."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from actions import flowing

WORDS = "My neighbour has not heard from her brother since the spring of 2018. "
LINK = f"https://postbag.example/{'x' * 200}/"


@given(
    st.text(st.sampled_from(" >-aFrom\n") | st.characters(codec="utf-8"), max_size=400)
)
@example("-- " + "x" * 90)
@example("-- \nfooter")
@example(" " * 300 + "x")
@example("a" + " " * 100 + "> b" + " " * 100 + "From c")
@example(WORDS * 3 + LINK + " " + WORDS)
def test_what_was_broken_is_joined_to_what_it_was(typed: str) -> None:
    text = flowing.without_trailing_spaces(typed)
    assert flowing.joined(flowing.broken(text)) == text


def test_a_line_is_broken_between_words_alone() -> None:
    lines = flowing.broken((WORDS * 5).strip()).split("\n")
    assert max(map(len, lines)) <= 72
    assert all(line.endswith(" ") for line in lines[:-1])
    assert not lines[-1].endswith(" ")


@pytest.mark.parametrize("line", ["12 Orchard Street", "x" * 72, LINK, "-- ", ""])
def test_a_line_that_is_short_or_one_word_stays_as_it_is(line: str) -> None:
    assert flowing.broken(line) == line


@pytest.mark.parametrize("line", [" indented", "> quoted", "From here on"])
def test_a_line_that_would_be_misread_is_set_in_by_a_space(line: str) -> None:
    assert flowing.broken(line) == f" {line}"


def test_a_space_at_the_end_of_a_line_would_join_it_to_the_next() -> None:
    assert flowing.without_trailing_spaces("a  \n-- \nb ") == "a\n-- \nb"


def test_what_another_program_left_open_is_kept() -> None:
    assert flowing.joined("one \ntwo ") == "one two "
