"""What comes out of the printer: the letter alone, on one sheet of A4."""

import re

from playwright.sync_api import Page, ViewportSize, expect

from tests.journeys import steps

# A4 in CSS pixels, without the margins that print.css asks for.
INSIDE_A4: ViewportSize = {"width": 627, "height": 986}
LONG_REASON = (
    "My neighbour Gulnur has not heard from her brother in Ghulja since 2018, and she "
    "asks me every week whether anybody in Parliament still speaks of it."
)


def printed_pages(page: Page) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


def assert_one_sheet_with_nothing_but_the_letter(page: Page) -> None:
    assert printed_pages(page) == 1
    page.emulate_media(media="print")
    page.set_viewport_size(INSIDE_A4)
    shown = page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter(element =>
             element.checkVisibility() && !element.closest(".sheet")
             && !element.querySelector(".sheet")).map(element => element.outerHTML)"""
    )
    assert shown == []
    top = page.evaluate("document.querySelector('.sheet').getBoundingClientRect().top")
    assert top == 0
    expect(page.locator(".sheet-signature")).to_be_visible()
    page.emulate_media(media="null")  # as each is by itself: paper for the printer
    page.set_viewport_size({"width": 1280, "height": 800})


def test_a_letter_prints_on_one_sheet_before_and_after_it_is_sent(page: Page) -> None:
    assert len(LONG_REASON.split()) == 27
    steps.find(page, steps.WESTMINSTER)
    assert page.locator("input[name=demands]:checked").count() == 3
    steps.answer(page, reason=LONG_REASON)
    assert_one_sheet_with_nothing_but_the_letter(page)
    steps.send(page)
    steps.confirm(page)
    expect(page).to_have_url(re.compile(r"/letters/[^/]+/$"))
    assert_one_sheet_with_nothing_but_the_letter(page)


def test_the_paper_page_prints_as_the_letter_alone(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    steps.answer(page, reason=LONG_REASON)
    page.get_by_role("button", name="On paper", exact=True).click()
    expect(page.get_by_role("button", name="Print it")).to_be_visible()
    assert_one_sheet_with_nothing_but_the_letter(page)


def test_other_pages_print_too(page: Page) -> None:
    page.goto(steps.CAMPAIGN)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".masthead")).to_be_hidden()
