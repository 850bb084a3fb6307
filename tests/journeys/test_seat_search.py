"""The list of all seats, searched as one types or with a button."""

from typing import Final

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.journeys import steps
from tests.journeys.browser import assert_accessible, assert_fits

WRITE: Final = f"{steps.CAMPAIGN}write/"
QUIETLY: Final = f"{steps.CAMPAIGN}quietly/"
EVERYWHERE = pytest.mark.parametrize("address", [WRITE, QUIETLY])


def field(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Name of the constituency or of its MP")


def options(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Constituency").get_by_role("option")


def status(page: Page) -> Locator:
    return page.locator("[data-seat-status]")


def use(page: Page) -> Locator:
    return page.get_by_role("button", name="Use this constituency")


@EVERYWHERE
def test_by_keyboard_alone_and_nothing_is_sent_meanwhile(
    page: Page, address: str
) -> None:
    page.goto(address)
    asked: list[Request] = []

    def note(request: Request) -> None:
        # The page's own icon comes when the browser likes.
        if not request.url.endswith("/mark.svg"):
            asked.append(request)

    page.on("request", note)
    expect(field(page)).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#choose-seat")).to_be_hidden()
    field(page).focus()
    page.keyboard.type("ynys")
    expect(options(page)).to_have_count(1)
    expect(options(page)).to_contain_text("Ynys Môn")
    expect(status(page)).to_have_text("1 constituency fits.")
    expect(field(page)).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options(page)).to_have_attribute("aria-selected", "true")
    marked = options(page).get_attribute("id")
    expect(field(page)).to_have_attribute("aria-activedescendant", str(marked))
    page.keyboard.press("Enter")
    expect(field(page)).to_have_value("Ynys Môn")
    expect(field(page)).to_have_attribute("aria-expanded", "false")
    expect(field(page)).to_be_focused()
    assert asked == []
    with page.expect_request(lambda request: request.method == "POST") as posted:
        page.keyboard.press("Enter")
    expect(page.locator(".member")).to_contain_text("Ynys Môn")
    sent = posted.value.post_data or ""
    assert "seat=W07000112" in sent
    assert "seat_search" not in sent


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("YNYS MÔN", "Ynys Môn"),
        ("glyndwr", "Montgomeryshire and Glyndŵr"),
        ("wrecsam", "Wrexham"),
        ("rachel blake", "Cities of London and Westminster"),
        ("blake, westminster", "Cities of London and Westminster"),
        ("  wrex  ", "Wrexham"),
    ],
)
def test_it_is_found_by_a_part_of_its_names_or_its_members(
    page: Page, typed: str, name: str
) -> None:
    page.goto(WRITE)
    field(page).fill(typed)
    expect(options(page).first).to_contain_text(name)
    options(page).first.click()
    expect(field(page)).to_have_value(name)
    use(page).click()
    expect(page.locator(".member")).to_contain_text(name)


def test_a_whole_nation_can_be_looked_through(page: Page) -> None:
    page.goto(WRITE)
    field(page).fill("northern ireland")
    expect(options(page)).to_have_count(18)
    expect(status(page)).to_have_text("18 constituencies fit.")


def test_arrows_go_round_and_escape_closes(page: Page) -> None:
    page.goto(WRITE)
    field(page).fill("swansea")
    page.keyboard.press("ArrowUp")
    expect(options(page).last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options(page).first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(options(page)).to_have_count(0)
    expect(field(page)).to_have_value("swansea")
    expect(field(page)).not_to_have_attribute("aria-activedescendant", "seat-option-0")
    page.keyboard.press("ArrowDown")
    expect(options(page).first).to_have_attribute("aria-selected", "true")


def test_the_arrow_in_the_empty_field_opens_the_whole_list(page: Page) -> None:
    page.goto(WRITE)
    field(page).focus()
    page.keyboard.press("ArrowDown")
    expect(options(page)).to_have_count(650)


def test_what_fits_nothing_is_said_and_not_sent(page: Page) -> None:
    page.goto(WRITE)
    field(page).fill("qqq")
    expect(status(page)).to_contain_text("No constituency fits.")
    use(page).click()
    expect(field(page)).to_be_focused()
    expect(page.locator("[data-error-summary]")).to_have_count(0)


def test_the_only_one_that_fits_need_not_be_pressed(page: Page) -> None:
    page.goto(WRITE)
    field(page).fill("ynys")
    use(page).click()
    expect(page.locator(".member")).to_contain_text("Ynys Môn")


def test_typing_on_takes_the_choice_back(page: Page) -> None:
    page.goto(WRITE)
    field(page).fill("ynys")
    options(page).first.click()
    field(page).fill("swansea")
    field(page).press("Enter")
    expect(options(page)).to_have_count(2)
    expect(page.locator(".member")).to_have_count(0)


@EVERYWHERE
def test_it_fits_and_has_no_barrier_light_or_dark(page: Page, address: str) -> None:
    page.goto(address)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        field(page).fill("sw")
        page.keyboard.press("ArrowDown")
        for width in (320, 1440):
            assert_fits(page, width)
            expect(options(page).first).to_be_visible()
            assert_accessible(page)


def test_it_serves_readers_from_right_to_left(page: Page) -> None:
    page.goto(WRITE)
    page.get_by_role("button", name="ئۇيغۇرچە", exact=True).click()
    search = page.get_by_role("combobox", name="سايلام رايونىنىڭ نامى")
    search.fill("ynys")
    expect(status(page)).to_have_text("1 سايلام رايونى ماس كېلىدۇ.")
    assert_fits(page, 320)
    assert_accessible(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(search).to_have_value("Ynys Môn")
    page.keyboard.press("Enter")
    expect(page.locator(".member")).to_contain_text("Ynys Môn")


@EVERYWHERE
def test_without_javascript_a_button_narrows_the_list(
    page_without_javascript: Page, address: str
) -> None:
    page = page_without_javascript
    page.goto(address)
    page.get_by_label("Name of the constituency or of its MP").fill("swansea")
    page.get_by_label("Name of the constituency or of its MP").press("Enter")
    expect(status(page)).to_have_text("2 constituencies fit.")
    assert page.url.endswith("#seats")
    assert "swansea" not in page.url
    assert_fits(page, 320)
    seats = page.get_by_label("Constituency", exact=True)
    expect(seats.locator("option")).to_have_count(3)
    seats.select_option(label="Swansea West")
    use(page).click()
    expect(page.locator(".member")).to_contain_text("Swansea West")
