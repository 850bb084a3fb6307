"""Drafts are erased when they are asked to be, when their letter has gone, and when
nobody is there any more."""

import re

import pytest
from playwright.sync_api import Page, expect

from actions.models import Tally
from tests.journeys import steps
from tests.journeys.drafts import (
    ERASE,
    FINISH,
    KEPT,
    OWN,
    begin,
    draft,
    fields,
    look,
    put_draft,
    wait_until_erased,
)

# --- Erasing ------------------------------------------------------------------------


def test_an_offered_draft_can_be_erased_by_keyboard(page: Page) -> None:
    begin(page)
    page.goto(steps.CAMPAIGN)
    page.locator(OWN).get_by_role("button", name=ERASE).press("Enter")
    said = page.get_by_text("Erased: nothing of it is left in this browser.")
    expect(said).to_be_focused()
    assert draft(page) is None
    page.reload()
    expect(page.locator("[data-draft-offers] > :visible")).to_have_count(0)


def test_finish_and_clear_asks_then_leaves_nothing(page: Page) -> None:
    begin(page)
    expect(page.get_by_text(KEPT)).to_be_visible()
    page.get_by_role("button", name=FINISH).click()
    dialog = page.get_by_role("dialog", name="Clear everything?")
    look(page)
    dialog.get_by_role("button", name="Go on writing").click()
    expect(page.get_by_label("Your name")).to_have_value("Jo Marsden")
    page.get_by_role("button", name=FINISH).press("Enter")
    dialog.get_by_role("button", name="Clear it").press("Enter")
    expect(page).to_have_url(re.compile(f"{steps.CAMPAIGN}$"))
    expect(page.get_by_text("Cleared: no draft is left")).to_be_focused()
    look(page)
    assert draft(page) is None
    page.wait_for_timeout(700)
    assert draft(page) is None


def test_after_clearing_back_shows_nothing_that_was_typed(page: Page) -> None:
    begin(page)
    page.get_by_role("button", name=FINISH).click()
    page.get_by_role("button", name="Clear it", exact=True).click()
    expect(page.get_by_text("Cleared: no draft is left")).to_be_visible()
    page.evaluate("history.back()")
    page.wait_for_timeout(500)
    assert "Jo Marsden" not in page.content()
    assert "Jo Marsden" not in page.evaluate(
        "[...document.querySelectorAll('input, textarea')].map(it => it.value).join()"
    )


def test_a_letter_that_was_sent_leaves_no_draft(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    steps.answer(page)
    assert fields(page)["name"] == "Jo Marsden"
    steps.send(page)
    expect(page).to_have_url(re.compile("/sent/$"))
    wait_until_erased(page)
    look(page)
    page.get_by_role("button", name=FINISH).click()
    expect(page.get_by_text("Cleared: no draft is left")).to_be_visible()


@pytest.mark.parametrize(
    ("way", "gone"),
    [("From my own mail", "I have sent it"), ("On paper", "I have posted it")],
)
def test_a_letter_that_has_gone_another_way_leaves_no_draft(
    page: Page, way: str, gone: str
) -> None:
    steps.find(page, steps.WESTMINSTER)
    steps.answer(page)
    page.get_by_role("button", name=way).click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    look(page)
    page.get_by_role("button", name="Not yet").click()
    expect(page.get_by_text("close the page and it is gone")).to_be_hidden()
    assert fields(page)["name"] == "Jo Marsden"
    page.get_by_role("button", name=gone).click()
    expect(page).to_have_url(re.compile("/thanks/$"))
    wait_until_erased(page)
    look(page)


def test_a_letter_that_was_not_taken_keeps_its_draft(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    steps.answer(page)
    page.get_by_role("button", name="Send it").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    page.goto(steps.CAMPAIGN + "sent/")
    assert fields(page)["name"] == "Jo Marsden"


def test_a_link_to_the_last_page_takes_nobodys_draft(page: Page) -> None:
    begin(page)
    for ending in ("sent/", "thanks/"):
        page.goto(steps.CAMPAIGN + ending)
        expect(page.get_by_role("button", name=FINISH)).to_be_visible()
        assert fields(page)["name"] == "Jo Marsden"


# --- Nobody there -------------------------------------------------------------------


def pass_time(page: Page, ticks: int | str) -> None:
    # Typing scrolls, and the event of that comes a moment later: it is a touch, too.
    page.wait_for_timeout(200)
    page.clock.run_for(ticks)


def begin_by_the_clock(page: Page) -> None:
    """Begin where the page's time stands still."""
    steps.find(page, steps.WESTMINSTER)
    expect(page.get_by_role("button", name=FINISH)).to_be_visible()
    page.get_by_label("Your name").fill("Jo Marsden")
    pass_time(page, 600)
    assert fields(page)["name"] == "Jo Marsden"


def test_nobody_there_for_ten_minutes_is_asked_then_cleared(page: Page) -> None:
    page.clock.install()
    begin_by_the_clock(page)
    pass_time(page, "09:50")
    question = page.get_by_role("alertdialog", name="Are you still there?")
    expect(question).to_be_hidden()
    pass_time(page, "00:12")
    expect(question).to_contain_text("cleared in one minute")
    expect(page.get_by_role("button", name="I am still here")).to_be_focused()
    look(page)
    pass_time(page, "01:02")
    expect(page).to_have_url(re.compile(f"{steps.CAMPAIGN}$"))
    expect(page.get_by_text("Cleared: no draft is left")).to_be_visible()
    assert draft(page) is None


def test_whoever_is_still_there_goes_on(page: Page) -> None:
    page.clock.install()
    begin_by_the_clock(page)
    pass_time(page, "10:03")
    page.keyboard.press("Enter")
    question = page.get_by_role("alertdialog")
    expect(question).to_be_hidden()
    pass_time(page, "09:50")
    expect(question).to_be_hidden()
    page.get_by_label("Town or city").fill("London")
    pass_time(page, "09:50")
    expect(question).to_be_hidden()
    pass_time(page, "00:12")
    expect(question).to_be_visible()
    assert fields(page)["town"] == "London"
    page.get_by_role("button", name="Clear it now").click()
    expect(page.get_by_text("Cleared: no draft is left")).to_be_visible()
    assert draft(page) is None


def test_a_device_that_slept_clears_as_it_wakes(page: Page) -> None:
    page.clock.install()
    begin_by_the_clock(page)
    # No timer ran meanwhile.
    page.evaluate("const slept = Date.now() + 7_200_000; Date.now = () => slept")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Cleared: no draft is left")).to_be_visible()
    assert draft(page) is None


def test_a_page_with_nothing_typed_asks_nobody(page: Page) -> None:
    page.clock.install()
    steps.find(page, steps.WESTMINSTER)
    expect(page.get_by_role("button", name=FINISH)).to_be_visible()
    pass_time(page, "30:00")
    expect(page.get_by_role("alertdialog")).to_be_hidden()
    expect(page.locator(".member")).to_be_visible()


def test_on_ones_own_device_nobody_is_asked(page: Page) -> None:
    page.clock.install()
    begin_by_the_clock(page)
    page.get_by_label("Only I use this device").check()
    pass_time(page, "30:00")
    expect(page.get_by_role("alertdialog")).to_be_hidden()
    assert fields(page)["name"] == "Jo Marsden"
    steps.find(page, steps.WESTMINSTER)
    expect(page.get_by_label("Only I use this device")).to_be_checked()


def test_whoever_writes_in_another_tab_is_still_there(page: Page) -> None:
    page.clock.install()
    begin_by_the_clock(page)
    pass_time(page, "09:00")
    put_draft(page, fields=[["name", "Jo Marsden, in the other tab"]])
    pass_time(page, "02:30")
    expect(page.get_by_role("alertdialog")).to_be_hidden()
    pass_time(page, "08:00")
    expect(page.get_by_role("alertdialog")).to_be_visible()


def test_whoever_comes_back_from_the_postbox_can_still_say_so(page: Page) -> None:
    page.clock.install()
    steps.find(page, steps.WESTMINSTER)
    steps.answer(page)
    page.get_by_role("button", name="On paper").click()
    expect(page.get_by_role("button", name=FINISH)).to_be_visible()
    pass_time(page, "10:03")
    expect(page.get_by_role("alertdialog")).to_be_visible()
    pass_time(page, "01:02")
    expect(page.get_by_text("your letter was cleared from it")).to_be_focused()
    assert "Marsden" not in page.content()
    assert draft(page) is None
    look(page)
    page.get_by_role("button", name="I have posted it").click()
    expect(page).to_have_url(re.compile("/thanks/$"))
    assert Tally.objects.filter(step=Tally.Step.REPORTED).count() == 1
