"""From a postcode to a letter that is out, and the number on the page."""

import re

from playwright.sync_api import Page, expect

from actions.models import Letter
from tests.journeys import steps
from tests.journeys.browser import assert_accessible, assert_fits

WIDTHS = (320, 375, 1440)


def check_page(page: Page) -> None:
    """What holds on every page: nothing for axe, nothing wider than the screen."""
    for width in WIDTHS:
        assert_fits(page, width)
    page.set_viewport_size({"width": 1280, "height": 800})
    assert_accessible(page)


def walk(page: Page) -> None:
    page.goto("/")
    expect(page).to_have_url(re.compile(steps.CAMPAIGN + "$"))
    expect(page.get_by_text("Yours would be the first")).to_be_visible()
    check_page(page)

    steps.find(page, "sw1a1aa")
    expect(page.get_by_text("Cities of London and Westminster").first).to_be_visible()
    check_page(page)

    steps.answer(page)
    expect(page.get_by_label("Your letter", exact=True)).to_have_value(
        re.compile("My neighbour Gulnur")
    )
    check_page(page)

    steps.send(page)
    expect(page).to_have_url(re.compile("/sent/$"))
    check_page(page)

    steps.deliver()
    confirmation = steps.mails()[0]
    assert confirmation.to == "Jo Marsden <jo@example.org>"
    assert "My neighbour Gulnur" in confirmation.text
    page.goto(steps.link_in(confirmation.text, "/confirm/"))
    check_page(page)
    assert Letter.objects.get().state == Letter.State.AWAITING_CONFIRMATION
    page.get_by_role("button", name="Send my letter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Your letter is on its way"
    )
    check_page(page)

    steps.deliver()
    letter = steps.mails()[0]
    assert "Jo Marsden" in letter.sender
    assert "jo@example.org" in letter.reply_to
    assert "jo@example.org" not in letter.sender
    assert "12 Orchard Street" in letter.text
    assert "SW1A 1AA" in letter.text
    assert "My neighbour Gulnur" in letter.text
    page.reload()
    expect(page.locator(".sheet").get_by_text("Jo Marsden").first).to_be_visible()
    check_page(page)

    page.goto(steps.CAMPAIGN)
    expect(page.locator(".counts li").first).to_contain_text(re.compile(r"1\s+letter"))
    check_page(page)
    page.get_by_role("link", name="Progress").click()
    expect(page.get_by_text("of 650").first).to_be_visible()
    check_page(page)


def test_a_letter_goes_from_the_postcode_to_the_count(page: Page) -> None:
    walk(page)


def test_the_whole_way_works_without_javascript(page_without_javascript: Page) -> None:
    walk_without_axe(page_without_javascript)


def walk_without_axe(page: Page) -> None:
    """Axe itself is a script; the pages are those that it has seen."""
    steps.find(page, "SW1A 1AA")
    steps.answer(page)
    steps.send(page)
    steps.confirm(page)
    steps.deliver()
    page.goto(steps.CAMPAIGN)
    expect(page.locator(".counts li").first).to_contain_text(re.compile(r"1\s+letter"))


def test_the_preview_is_the_mail_word_for_word(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    steps.answer(page)
    sheet = page.get_by_label("The letter", exact=True)
    shown = " ".join(sheet.inner_text().split())
    steps.send(page)
    steps.confirm(page)
    steps.deliver()
    mail = steps.mails()[0]
    # All but the link for the MP's office, which its writer is not shown.
    mailed, _, _link = mail.text.rpartition("Please tell us:")
    text = "\n".join(mailed.splitlines()).replace("-- \n", "")
    for part in text.split("\n\n"):
        assert " ".join(part.split()) in shown
