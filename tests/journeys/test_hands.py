"""The same way by keyboard alone, enlarged, in the dark, with mistakes."""

import re

from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.browser import assert_accessible, assert_fits, set_text_size
from tests.journeys.drafts import FORBID_STORAGE


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, as somebody without a mouse does."""
    wanted = page.locator(selector)
    for _ in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("it => it === document.activeElement"):
            return
    raise AssertionError(f"Tab never reaches {selector} on {page.url}")


def test_a_letter_is_written_and_sent_by_keyboard_alone(page: Page) -> None:
    page.goto(steps.CAMPAIGN)
    tab_to(page, "input[name=postcode]")
    page.keyboard.type(steps.WESTMINSTER)
    page.keyboard.press("Enter")
    expect(page.locator(".member")).to_be_visible()
    for name, typed in (
        (".question:first-of-type textarea", steps.OWN_WORDS),
        ("input[name=name]", steps.JO.name),
        ("input[name=email]", steps.JO.email),
        ("input[name=address_line_1]", steps.JO.address_line_1),
        ("input[name=town]", steps.JO.town),
    ):
        tab_to(page, name)
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Read it through")
    tab_to(page, "input[name=consent]")
    page.keyboard.press("Space")
    tab_to(page, "form[data-letter] .actions button:has-text('Send it')")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/sent/$"))


def test_the_focus_can_be_seen_wherever_it_is(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    looked_at = 0
    for _ in range(25):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => {
              const it = document.activeElement;
              if (it === document.body) return null;
              const style = getComputedStyle(it);
              return { what: it.outerHTML.slice(0, 80), width: style.outlineWidth,
                       drawn: style.outlineStyle };
            }"""
        )
        if seen is None:  # after the last element the browser itself has its turn
            continue
        looked_at += 1
        assert seen["drawn"] != "none", seen
        assert float(seen["width"].removesuffix("px")) >= 3, seen
    assert looked_at >= 20


def test_every_step_holds_at_twice_the_size_and_in_the_dark(page: Page) -> None:
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")

    def look() -> None:
        # Half the width is what a page has at twice the size.
        assert_fits(page, 640, 400)
        assert_fits(page, 320, 568)
        page.set_viewport_size({"width": 1280, "height": 800})
        assert_accessible(page)

    page.goto(steps.CAMPAIGN)
    look()
    steps.find(page, steps.WESTMINSTER)
    look()
    steps.answer(page)
    look()
    steps.send(page)
    look()
    steps.confirm(page)
    look()
    for path in ("progress/", "write/"):
        page.goto(steps.CAMPAIGN + path)
        look()
    for path in ("/privacy/", "/about-the-data/", "/outbox/", "/nowhere/"):
        page.goto(path)
        look()


def test_text_of_twice_the_size_fits_the_smallest_screen(page: Page) -> None:
    def look() -> None:
        set_text_size(page)
        assert_fits(page, 320)

    page.goto(steps.CAMPAIGN)
    look()
    steps.find(page, steps.WESTMINSTER)
    look()
    assert words_in_pieces(page, ".member .name") == []
    steps.answer(page)
    look()
    assert words_in_pieces(page, ".member .name") == []
    steps.send(page)
    look()
    steps.confirm(page)
    look()
    for path in ("progress/", "write/"):
        page.goto(steps.CAMPAIGN + path)
        look()
    for path in ("/privacy/", "/about-the-data/", "/outbox/", "/nowhere/"):
        page.goto(path)
        look()


def words_in_pieces(page: Page, selector: str) -> list[str]:
    """The words of a text that are broken at the end of a line."""
    found: list[str] = page.locator(selector).evaluate(
        """element => {
          const text = element.firstChild;
          return [...text.data.matchAll(/\\S+/g)].filter(word => {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            return range.getClientRects().length > 1;
          }).map(word => word[0]);
        }"""
    )
    return found


def test_the_letters_other_pages_are_fit_for_everybody(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    steps.answer(page)
    steps.send(page)
    steps.deliver()
    own = steps.link_in(steps.mails()[0].text, "/confirm/").removesuffix("confirm/")
    for ending in ("", "not-me/", "erase/"):
        page.goto(own + ending)
        assert_accessible(page)
        assert_fits(page, 320)
    page.get_by_role("button", name="Delete my data").click()
    expect(page.get_by_text("have been erased")).to_be_visible()
    assert_accessible(page)
    assert "Jo Marsden" not in page.content()


def test_a_page_of_mistakes_leads_to_each_of_them(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    page.get_by_label("Your name").fill("Jo Marsden")
    # What scripts add moves the button, from under the pointer if it is pressed then.
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Read it through").last.click()
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    assert_accessible(page)
    assert_fits(page, 320)
    links = summary.get_by_role("link")
    assert links.count() >= 2
    for number in range(links.count()):
        target = str(links.nth(number).get_attribute("href"))
        expect(page.locator(target)).to_be_visible()
    links.first.click()
    expect(page.locator(str(links.first.get_attribute("href")))).to_be_focused()
    expect(page.get_by_label("Your name")).to_have_value("Jo Marsden")


def test_a_letter_that_still_has_its_note_is_not_sent(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    steps.answer(page, reason="")
    steps.send(page)
    expect(page.locator("[data-error-summary]")).to_contain_text("There is a note left")
    assert_accessible(page)
    letter = page.get_by_label("Your letter", exact=True)
    text = re.sub(r"\[.*?\]", steps.OWN_WORDS, letter.input_value())
    letter.fill(text)
    steps.send(page)
    expect(page).to_have_url(re.compile("/sent/$"))


def test_leaving_with_something_typed_that_no_draft_keeps_is_asked_about(
    page: Page,
) -> None:
    page.add_init_script(FORBID_STORAGE)
    steps.find(page, steps.WESTMINSTER)
    page.wait_for_load_state("networkidle")
    # Only somebody who has really touched the page is asked.
    page.get_by_label("Your name").click()
    page.keyboard.type("Jo")
    asked: list[str] = []

    def answer(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        dialog.accept()  # type: ignore[attr-defined]

    page.on("dialog", answer)
    page.goto("/privacy/")
    assert asked == ["beforeunload"]


def test_going_back_in_the_browser_loses_nothing(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    steps.answer(page)
    letter = page.get_by_label("Your letter", exact=True)
    letter.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" And this I add.")
    page.go_back()
    expect(page.get_by_label("Your name")).to_have_value("Jo Marsden")
    expect(page.get_by_label(steps.QUESTION)).to_have_value(steps.OWN_WORDS)
    page.get_by_role("button", name="Read it through").last.click()
    expect(letter).to_have_value(re.compile("And this I add"))


def test_links_within_the_page_do_not_leave_it(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    steps.answer(page)
    page.get_by_role("button", name="Send it").click()
    page.locator("[data-error-summary] a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Read it through")
    page.locator("a.skip").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Read it through")
    expect(page.locator("#main")).to_be_focused()
