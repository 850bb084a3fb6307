"""What scripts say, in the page's language: numbers, dates, and what is typed."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.journeys import steps

# A module that is asked for by another address is read once more.
IN_BROWSER = """async ([words, number, name, values]) => {
  const element = document.getElementById("words");
  if (words) element.textContent = JSON.stringify(words);
  const { said } = await import(`/static/actions/words.js?${number}`);
  return said(name, values);
}"""
DAY_IN_BROWSER = """async (words) => {
  document.getElementById("words").textContent = JSON.stringify(words);
  const { day } = await import("/static/actions/words.js?day");
  return day(new Date(2026, 10, 22));
}"""
WELSH = {
    "language": "cy",
    "months": ["Ionawr", *["?"] * 9, "Tachwedd", "Rhagfyr"],
    "sentences": {
        "day": "{day} {month}",
        "dogs": {
            "zero": "{n} ci, dim",
            "one": "{n} ci",
            "two": "{n} gi",
            "few": "{n} chi",
            "many": "{n} chi, chwech",
            "other": "{n} ci, llawer",
        },
        "greeting": "{name}: {n}",
    },
}


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 words"), (1, "1 word"), (2, "2 words"), (1284, "1,284 words")],
)
def test_numbers_in_english(page: Page, number: int, words: str) -> None:
    page.goto(steps.CAMPAIGN)
    asked = [None, number, "word_count", {"n": number}]
    assert page.evaluate(IN_BROWSER, asked) == words
    spoken = page.evaluate(IN_BROWSER, [None, -1, "measure", {"percent": 7, "n": 1}])
    assert spoken == "7% yours, 1 word."


def test_a_language_with_six_kinds_of_numbers(page: Page) -> None:
    """Chromium counts in Welsh, but has neither its numbers nor its months."""
    page.goto(steps.CAMPAIGN)
    said = [
        page.evaluate(IN_BROWSER, [WELSH, number, "dogs", {"n": number}])
        for number in (0, 1, 2, 3, 6, 11, 1284)
    ]
    assert said == [
        *("0 ci, dim", "1 ci", "2 gi", "3 chi", "6 chi, chwech", "11 ci, llawer"),
        "1,284 ci, llawer",
    ]
    assert page.evaluate(DAY_IN_BROWSER, WELSH) == "22 Tachwedd"


def test_what_is_filled_in_is_filled_in_as_it_is(page: Page) -> None:
    page.goto(steps.CAMPAIGN)
    values: dict[str, Any] = {"name": "$& {n} $1", "n": 3}
    assert page.evaluate(IN_BROWSER, [WELSH, 3, "greeting", values]) == "$& {n} $1: 3"
    assert page.evaluate(IN_BROWSER, [WELSH, 4, "greeting", {}]) == "{name}: {n}"


def test_a_page_without_words_says_nothing_rather_than_stumble(page: Page) -> None:
    page.goto(steps.CAMPAIGN)
    page.evaluate("document.getElementById('words').remove()")
    assert page.evaluate(IN_BROWSER, [None, 5, "copied", {}]) == ""
