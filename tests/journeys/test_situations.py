"""Each situation from the postcode box to the letter, as people in it would go."""

import pytest
from playwright.sync_api import Page, expect

from actions.situations import OFFERED, WORDINGS, Situation
from tests.journeys import steps
from tests.journeys.browser import assert_accessible, assert_fits


@pytest.fixture(params=["with script", "without script"])
def either(request: pytest.FixtureRequest) -> Page:
    """A page with and one without JavaScript."""
    name = "page" if request.param == "with script" else "page_without_javascript"
    return request.getfixturevalue(name)  # type: ignore[no-any-return]


def choose(page: Page, situation: Situation) -> None:
    words = WORDINGS[situation]
    page.goto(steps.CAMPAIGN)
    page.get_by_role("link", name="Living abroad, or no postcode?").click()
    page.get_by_role("button", name=str(words.choice)).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(str(words.heading))
    page.get_by_label(str(words.postcode)).fill(steps.WESTMINSTER)
    page.get_by_role("button", name="Find my MP").click()


def test_somebody_abroad_writes_to_the_mp_of_their_last_address(either: Page) -> None:
    choose(either, Situation.ABROAD)
    either.get_by_label("The country where you live now").fill("Germany")
    steps.answer(either)
    expect(either.locator("[data-sheet-sender]")).to_contain_text(
        "Last address in the United Kingdom; now living in Germany"
    )


def test_somebody_without_a_fixed_address_gives_a_place_alone(either: Page) -> None:
    choose(either, Situation.NO_FIXED_ADDRESS)
    either.get_by_label(steps.QUESTION).fill(steps.OWN_WORDS)
    either.get_by_label("Your name").fill("Jo Marsden")
    either.get_by_label("Your e-mail address").fill("jo@example.org")
    either.get_by_label("Town, or part of a city").fill("Soho")
    either.get_by_role("button", name="Read it through").last.click()
    expect(either.get_by_role("heading", level=1)).to_have_text("Read it through")
    expect(either.locator("[data-sheet-sender]")).to_contain_text("No fixed address")


def test_the_sheet_says_while_one_types_who_writes_for_whom(page: Page) -> None:
    choose(page, Situation.FOR_SOMEBODY)
    page.get_by_label("Their name").fill("Amina Hassan")
    page.get_by_label("Your own name").fill("Jo Marsden")
    expect(page.locator("[data-sheet-signed-for]")).to_have_text(
        "Written for Amina Hassan, who wishes it, by Jo Marsden"
    )


@pytest.mark.parametrize("situation", OFFERED)
def test_each_path_fits_small_screens_and_can_be_used_by_all(
    page: Page, situation: Situation
) -> None:
    page.goto(f"{steps.CAMPAIGN}write/")
    page.get_by_role("button", name=str(WORDINGS[situation].choice)).click()
    postcode = page.get_by_label(str(WORDINGS[situation].postcode))
    expect(postcode).to_be_visible()
    assert_fits(page, 320)
    assert_accessible(page)
    postcode.fill(steps.WESTMINSTER)
    page.get_by_role("button", name="Find my MP").click()
    expect(page.locator(".member")).to_be_visible()
    assert_fits(page, 320)
    assert_accessible(page)
