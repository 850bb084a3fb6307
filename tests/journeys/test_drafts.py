"""Drafts: kept in the browser alone, offered back, erased."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from actions.models import Campaign
from tests.journeys import steps
from tests.journeys.drafts import (
    FINISH,
    GO_ON,
    KEPT,
    OWN,
    begin,
    draft,
    fields,
    look,
    put_draft,
    wait_until_kept,
)

# --- A closed tab -------------------------------------------------------------------


def test_a_letter_survives_a_closed_tab(page: Page) -> None:
    begin(page)
    page.get_by_label("Town or city").fill("London")
    page.locator("[name=demands]").nth(1).check()
    wait_until_kept(page, "town", "London")
    ticked = page.locator("[name=demands]:checked").count()
    context = page.context
    page.close()

    again = context.new_page()
    again.goto(steps.CAMPAIGN)
    offer = again.locator(OWN)
    day = again.evaluate(
        "new Date().toLocaleDateString('en-GB', {day: 'numeric', month: 'long'})"
    )
    expect(offer).to_contain_text(f"last changed it on {day}")
    look(again)
    offer.get_by_role("button", name=GO_ON).click()
    expect(again.get_by_label(steps.QUESTION)).to_have_value(steps.OWN_WORDS)
    expect(again.get_by_label("Your name")).to_have_value("Jo Marsden")
    expect(again.get_by_label("Town or city")).to_have_value("London")
    expect(again.get_by_label("Postcode", exact=True)).to_have_value("SW1A 1AA")
    expect(again.locator("[name=demands]:checked")).to_have_count(ticked)
    expect(again.locator("[data-draft-offer]:visible")).to_have_count(0)


def test_the_last_words_before_a_tab_is_closed_are_kept(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    expect(page.get_by_text(KEPT)).to_be_visible()
    page.get_by_label("Your name").fill("Jo Marsden")
    page.goto("/privacy/")
    assert fields(page)["name"] == "Jo Marsden"


def test_one_question_at_a_time_is_kept_too(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    page.get_by_role("button", name="One question at a time").click()
    page.get_by_label("Who are you in this?").fill("I teach history.")
    page.get_by_role("button", name="Next question").last.click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    page.get_by_label(steps.QUESTION).fill("I read the judgment.")
    page.goto(steps.CAMPAIGN + "write/")
    look(page)
    page.locator(OWN).get_by_role("button", name=GO_ON).click()
    expect(page.get_by_label("Who are you in this?")).to_have_value("I teach history.")
    expect(page.get_by_label(steps.QUESTION)).to_have_value("I read the judgment.")


def test_changes_to_the_letter_itself_come_back(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    steps.answer(page)
    # As it was composed it would hide what is answered later.
    assert "body" not in fields(page)
    expect(page.get_by_text(KEPT)).to_be_visible()
    page.get_by_label("Subject").fill("The Uyghurs, once more")
    letter = page.get_by_label("Your letter", exact=True)
    letter.press("Control+End")
    letter.press_sequentially(" And this I add.")
    page.goto(steps.CAMPAIGN)
    page.locator(OWN).get_by_role("button", name=GO_ON).click()
    page.get_by_role("button", name="Read it through").last.click()
    expect(letter).to_have_value(re.compile(r"And this I add\.$"))
    expect(page.get_by_label("Subject")).to_have_value("The Uyghurs, once more")
    expect(page.get_by_text("Your changes to the letter are kept.")).to_be_visible()


def test_a_letter_for_somebody_else_comes_back_with_its_wording(page: Page) -> None:
    page.goto(steps.CAMPAIGN + "write/")
    page.get_by_role("button", name="I write for somebody else").click()
    page.get_by_label("Their postcode").fill(steps.WESTMINSTER)
    page.get_by_role("button", name="Find my MP").click()
    expect(page.get_by_role("button", name=FINISH)).to_be_visible()
    page.get_by_label("Their name").fill("Gulnur Hashim")
    page.get_by_label("Your own name").fill("Jo Marsden")
    page.goto(steps.CAMPAIGN)
    page.locator(OWN).get_by_role("button", name=GO_ON).click()
    expect(page.get_by_label("Their name")).to_have_value("Gulnur Hashim")
    expect(page.get_by_label("Your own name")).to_have_value("Jo Marsden")
    # The seat was found by the postcode, not chosen: both must still fit together.
    page.get_by_label("Your e-mail address").fill("jo@example.org")
    page.get_by_label("House and street").fill("12 Orchard Street")
    page.get_by_label("Town or city").fill("London")
    page.get_by_label("Postcode", exact=True).fill("EH1 1RE")
    page.get_by_role("button", name="Read it through").last.click()
    expect(page.locator("[data-error-summary]")).to_contain_text("lies in")


def test_an_empty_page_takes_nobodys_letter_away(page: Page) -> None:
    begin(page)
    steps.find(page, steps.WESTMINSTER)
    expect(page.locator(OWN)).to_contain_text("What you type below takes its place.")
    look(page)
    page.get_by_role("button", name="One question at a time").click()
    page.get_by_role("button", name="All questions on one page").last.click()
    assert fields(page)["name"] == "Jo Marsden"
    page.get_by_label("Your name").fill("Ayşe")
    expect(page.locator(OWN)).to_be_hidden()
    wait_until_kept(page, "name", "Ayşe")


def test_what_is_emptied_by_hand_is_not_kept(page: Page) -> None:
    begin(page)
    page.get_by_label(steps.QUESTION).fill("")
    page.get_by_label("Your name").fill("")
    page.goto(steps.CAMPAIGN)
    assert draft(page) is None
    expect(page.locator(OWN)).to_be_hidden()


def test_a_draft_that_is_two_weeks_old_is_erased_unseen(page: Page) -> None:
    page.goto("/privacy/")
    put_draft(page, at=page.evaluate("Date.now() - 15 * 24 * 60 * 60 * 1000"))
    page.goto(steps.CAMPAIGN)
    expect(page.locator(OWN)).to_be_hidden()
    assert draft(page) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"fields": [["token", "forged"]]},
        {"fields": [["consent", "on"]]},
        {"fields": "name"},
        {"seat": "<b>"},
        {"version": 2},
        {"at": "yesterday"},
    ],
)
def test_a_draft_that_is_not_as_we_write_them_is_erased_unseen(
    page: Page, changed: dict[str, Any]
) -> None:
    page.goto("/privacy/")
    put_draft(page, **changed)
    page.goto(steps.CAMPAIGN)
    expect(page.locator(OWN)).to_be_hidden()
    assert draft(page) is None


def test_a_draft_holds_what_was_typed_and_nothing_of_ours(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    steps.answer(page)
    page.get_by_label("Subject").fill("Another subject")
    page.get_by_label(re.compile("I agree that Postbag holds this letter")).check()
    wait_until_kept(page, "subject", "Another subject")
    names = {re.sub(r"\d+", "1", name) for name in fields(page)}
    assert names == {
        *("answer_1", "name", "email", "address_line_1", "town", "postcode"),
        "letter_language",
        *("demands", "situation", "sureness", "subject"),
    }


# --- Where there are none -----------------------------------------------------------


def test_without_javascript_nothing_of_this_appears(
    page_without_javascript: Page,
) -> None:
    page = page_without_javascript
    unseen = "[data-draft-offers] > *, .draft, [data-with-draft], dialog"

    def look_for_drafts() -> None:
        for part in page.locator(unseen).all():
            expect(part).to_be_hidden()

    page.goto(steps.CAMPAIGN)
    look_for_drafts()
    page.goto(steps.CAMPAIGN + "write/")
    look_for_drafts()
    steps.find(page, steps.WESTMINSTER)
    look_for_drafts()
    steps.answer(page)
    look_for_drafts()
    steps.send(page)
    look_for_drafts()
    page.goto(steps.CAMPAIGN + "thanks/")
    look_for_drafts()


def test_who_writes_without_a_trace_leaves_no_draft(page: Page) -> None:
    page.goto(steps.CAMPAIGN + "quietly/")
    steps.choose_seat(page, "Cities of London and Westminster")
    page.get_by_role("button", name="Use this constituency").click()
    page.locator("[data-answer]").first.fill("Zubeyde was here.")
    page.wait_for_timeout(700)
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_a_letter_to_a_campaign_that_has_closed_is_given_back(page: Page) -> None:
    begin(page)
    Campaign.objects.update(state=Campaign.State.CLOSED)
    page.goto(steps.CAMPAIGN)
    page.locator(OWN).get_by_role("button", name="Show it to me").click()
    expect(page.locator("pre")).to_contain_text(steps.OWN_WORDS)
