"""The browser measures own words as the server does."""

import json
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Page, expect

from actions import own_words
from tests.journeys import steps

RECORD = Path(settings.BASE_DIR) / "docs" / "decisions" / "0003-own-words.md"
IN_BROWSER = """async (examples) => {
  const { measure } = await import("/static/actions/own_words.js");
  return examples.map(({ base, text }) => {
    const { words, ownWords, percent, segments } = measure(base, text);
    return { words, own: ownWords, percent, segments };
  });
}"""


def examples() -> list[dict[str, Any]]:
    [block] = re.findall(r"```json\n(.*?)```", RECORD.read_text(), re.DOTALL)
    found: list[dict[str, Any]] = json.loads(block)
    return found


def test_the_browser_passes_the_records_examples(page: Page) -> None:
    page.goto(steps.CAMPAIGN)
    asked = examples()
    assert len(asked) >= 30
    measured = page.evaluate(IN_BROWSER, asked)
    for example, result in zip(asked, measured, strict=True):
        expected = {"words": example["words"], "own": example["own"]}
        assert {name: result[name] for name in expected} == expected, example["name"]


def test_browser_and_server_mark_the_same_words(page: Page) -> None:
    page.goto(steps.CAMPAIGN)
    asked = examples()
    for example, result in zip(asked, page.evaluate(IN_BROWSER, asked), strict=True):
        marked = own_words.mark(example["base"], example["text"])
        assert result["segments"] == [
            [{"text": piece.text, "isOwn": piece.is_own} for piece in paragraph]
            for paragraph in marked
        ], example["name"]


def test_the_meter_and_the_sheet_follow_what_is_typed(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    steps.answer(page)
    meter = page.locator("[data-meter-percent]")
    before = meter.inner_text()
    letter = page.get_by_label("Your letter", exact=True)
    letter.press("Control+End")
    letter.press_sequentially(
        "\n\nMy grandmother taught me to write to whoever decides."
    )
    expect(meter).not_to_have_text(before)
    marked = page.locator("[data-sheet-text] mark").last
    expect(marked).to_have_text("My grandmother taught me to write to whoever decides.")
    typed = letter.input_value()
    base = page.locator("template#base-text").evaluate("it => it.content.textContent")
    percent = own_words.measure(str(base), typed).percent
    expect(meter).to_have_text(f"{percent}% yours.")


def test_what_is_typed_before_the_button_goes_nowhere(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    page.wait_for_load_state("networkidle")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or request.url))
    page.get_by_label(steps.QUESTION).fill("Gulnur is my friend.")
    page.get_by_label("Your name").fill("Jo Marsden")
    page.get_by_label("House and street").fill("12 Orchard Street")
    expect(page.locator("[data-sheet-sender]")).to_contain_text("12 Orchard Street")
    with page.expect_response("**/preview/"):
        page.get_by_role("checkbox").nth(1).uncheck()
    assert len(sent) == 1
    for typed in ("Gulnur", "Marsden", "Orchard", "SW1A"):
        assert typed not in sent[0]
