"""Finding words: the questions, one at a time or together, and what the meter says."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.browser import assert_accessible, assert_fits

FIRST = "Who are you in this?"
LAST = "What do you ask of your MP?"


@pytest.fixture(params=["with script", "without script"])
def either(request: pytest.FixtureRequest) -> Page:
    """A page with and one without JavaScript."""
    name = "page" if request.param == "with script" else "page_without_javascript"
    return request.getfixturevalue(name)  # type: ignore[no-any-return]


def test_questions_are_answered_one_at_a_time_and_nothing_is_lost(
    either: Page,
) -> None:
    page = either
    steps.find(page, steps.WESTMINSTER)
    page.get_by_label("Your name").fill("Jo Marsden")
    page.get_by_role("button", name="One question at a time").click()
    expect(page.locator("#question-count")).to_contain_text("Question 1 of 3")
    page.get_by_label(FIRST).fill("I teach history here.")
    page.get_by_role("button", name="Next question").last.click()
    page.get_by_label(steps.QUESTION).fill("I read the judgment.")
    page.get_by_role("button", name="The question before").click()
    expect(page.get_by_label(FIRST)).to_have_value("I teach history here.")
    page.get_by_role("button", name="Next question").last.click()
    expect(page.get_by_label(steps.QUESTION)).to_have_value("I read the judgment.")
    page.get_by_role("button", name="Next question").last.click()
    page.get_by_label(LAST).fill("Will you ask the Minister?")
    page.get_by_role("button", name="Go on").last.click()
    for label, typed in (
        (FIRST, "I teach history here."),
        (steps.QUESTION, "I read the judgment."),
        (LAST, "Will you ask the Minister?"),
        ("Your name", "Jo Marsden"),
    ):
        expect(page.get_by_label(label)).to_have_value(typed)
    steps.answer(page)
    body = page.get_by_label("Your letter", exact=True).input_value()
    assert (
        f"I teach history here.\n\n{steps.OWN_WORDS}\n\nWill you ask the Minister?"
        in body
    )


def test_the_browsers_back_leads_to_the_question_before(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    page.get_by_role("button", name="One question at a time").click()
    page.get_by_label(FIRST).fill("I teach history here.")
    page.get_by_role("button", name="Next question").last.click()
    page.get_by_label(steps.QUESTION).press_sequentially("I read the judgment.")
    page.go_back()
    expect(page.get_by_label(FIRST)).to_have_value("I teach history here.")
    page.get_by_role("button", name="Next question").last.click()
    expect(page.get_by_label(steps.QUESTION)).to_have_value("I read the judgment.")


def test_the_meter_says_what_would_help_next(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    hint = page.locator("[data-meter-hint]")
    page.get_by_label(steps.QUESTION).fill("A label in a shirt.")
    expect(hint).to_contain_text(
        "Next, perhaps: a sentence about who you are and where you live."
    )
    page.get_by_label(FIRST).fill("I teach history at a school in the town.")
    expect(hint).to_contain_text(f"a little more about “{steps.QUESTION}”")
    expect(page.locator("[data-sheet-text] mark.own").first).to_have_text(
        "I teach history at a school in the town."
    )


def test_a_letter_says_while_it_is_typed_whether_it_is_a_signature(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    steps.answer(page, reason="Please act.")
    note = page.locator("[data-signature]")
    expect(note).to_be_visible()
    letter = page.get_by_label("Your letter", exact=True)
    letter.press("Control+End")
    letter.press_sequentially(
        "\n\nMy grandmother taught me to write to whoever decides on our behalf."
    )
    expect(note).to_be_hidden()


def test_one_question_fits_small_screens_and_can_be_used_by_all(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    page.get_by_text("How somebody else answered").first.click()
    assert_accessible(page)
    page.get_by_role("button", name="One question at a time").click()
    expect(page.locator("#question-count")).to_be_visible()
    assert_accessible(page)
    assert_fits(page, 320)
    page.emulate_media(color_scheme="dark")
    assert_accessible(page)


def test_one_question_is_answered_by_keyboard_alone(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    page.get_by_role("button", name="One question at a time").press("Enter")
    field = page.get_by_label(FIRST)
    field.focus()
    page.keyboard.type("I teach history here.")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Next question":
            break
    page.keyboard.press("Enter")
    expect(page.locator("#question-count")).to_contain_text("Question 2 of 3")
