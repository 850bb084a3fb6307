"""Letters that go from the writer's own mail, or on paper."""

import io
import re
from pathlib import Path

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from actions.models import Letter, Tally
from tests.journeys import steps
from tests.journeys.browser import assert_accessible, assert_fits
from tests.journeys.test_hands import tab_to

WIDTHS = (320, 375, 1440)
# Other sites are not asked in a test: what a press does besides is looked at.
STAY_HERE = """() => document.addEventListener(
  "click",
  (event) => { if (event.target.closest("main a")) event.preventDefault(); },
)"""


def look(page: Page, heading: str) -> None:
    """It is the page that was meant; narrow or wide, by day and by night, no fault."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    for width in WIDTHS:
        assert_fits(page, width)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert_accessible(page)
    page.set_viewport_size({"width": 1280, "height": 800})


def write(page: Page) -> None:
    """Come to the letter's page, with the letter finished."""
    steps.find(page, steps.WESTMINSTER)
    steps.answer(page)


def from_own_mail(page: Page) -> None:
    page.get_by_role("button", name="From my own mail").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Send it from your own mail"
    )


def on_paper(page: Page) -> None:
    page.get_by_role("button", name="On paper", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Send it on paper")


def may_read_the_clipboard(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def shorten(page: Page) -> None:
    """Leave of the letter what fits a link."""
    page.get_by_label("Your letter", exact=True).fill(steps.OWN_WORDS)


def assert_counted(page: Page, way: Tally.Way) -> None:
    expect(page).to_have_url(re.compile("/thanks/$"))
    tally = Tally.objects.get()
    assert (tally.way, tally.step, tally.count) == (way, Tally.Step.REPORTED, 1)
    assert not Letter.objects.exists()


def test_a_long_letter_is_copied_as_ones_own_mail_opens(page: Page) -> None:
    write(page)
    from_own_mail(page)
    look(page, "Send it from your own mail")
    expect(page.locator(".select-all")).to_have_count(0)
    expect(page.get_by_text("So it is copied when you press")).to_be_visible()
    expect(page.get_by_text("Copy it from the box below first")).to_have_count(0)
    letter = page.get_by_label("The letter", exact=True).and_(page.locator("textarea"))
    page.evaluate(STAY_HERE)
    may_read_the_clipboard(page)
    for name in ("Open my mail program", "Gmail", "Outlook.com", "Yahoo Mail"):
        page.evaluate("navigator.clipboard.writeText('')")
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("status")).to_contain_text("Your letter is copied")
        assert clipboard(page).replace("\r", "") == letter.input_value()
    look(page, "Send it from your own mail")
    assert steps.OWN_WORDS in letter.input_value()
    page.get_by_role("button", name="I have sent it").click()
    assert_counted(page, Tally.Way.OWN_MAIL)


def test_a_short_letter_travels_in_the_link_and_nothing_is_copied(page: Page) -> None:
    write(page)
    shorten(page)
    from_own_mail(page)
    link = page.get_by_role("link", name="Open my mail program")
    expect(link).to_have_attribute("href", re.compile(r"&body=Jo%20Marsden%0D%0A"))
    expect(page.get_by_text("too long to travel")).to_have_count(0)
    page.evaluate(STAY_HERE)
    link.click()
    expect(page.get_by_role("status")).to_be_hidden()


def test_address_subject_and_letter_are_copied_one_by_one(page: Page) -> None:
    write(page)
    from_own_mail(page)
    may_read_the_clipboard(page)
    for what, label in (("address", "To"), ("subject", "Subject")):
        page.get_by_role("button", name=f"Copy the {what}").click()
        expect(page.get_by_role("status")).to_contain_text("Copied")
        value = page.get_by_label(label, exact=True).input_value()
        assert value
        assert clipboard(page) == value
    box = page.locator("textarea")
    page.get_by_role("button", name="Copy the letter").click()
    assert clipboard(page).replace("\r", "") == box.input_value()
    expect(page.get_by_role("button", name="Copy the letter")).to_be_focused()
    box.focus()
    selected = box.evaluate("it => it.value.slice(it.selectionStart, it.selectionEnd)")
    assert selected == box.input_value()


def test_not_yet_keeps_nothing_and_leads_back_or_on(page: Page) -> None:
    write(page)
    from_own_mail(page)
    page.get_by_role("button", name="Not yet").click()
    look(page, "No hurry")
    assert not Tally.objects.exists()
    page.get_by_role("button", name="Back to how to send it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Send it from your own mail"
    )
    page.get_by_role("button", name="Not yet").click()
    page.get_by_role("button", name="I have sent it").click()
    assert_counted(page, Tally.Way.OWN_MAIL)


def test_pressing_twice_counts_once(page: Page) -> None:
    write(page)
    on_paper(page)
    page.get_by_role("button", name="I have posted it").dblclick()
    assert_counted(page, Tally.Way.PAPER)


def test_going_back_to_the_letter_loses_nothing(page: Page) -> None:
    write(page)
    letter = page.get_by_label("Your letter", exact=True)
    letter.press("Control+End")
    letter.press_sequentially(" And this I add.")
    page.get_by_label("Subject").fill("A subject of my own")
    from_own_mail(page)
    page.get_by_role("button", name="On paper instead").click()
    page.get_by_role("button", name="From my own mail instead").click()
    page.get_by_role("button", name="Back to my letter").click()
    expect(letter).to_have_value(re.compile("And this I add"))
    expect(page.get_by_label("Subject")).to_have_value("A subject of my own")
    # The browser's own Back, too.
    on_paper(page)
    page.locator("h1").click()
    page.go_back()
    expect(letter).to_have_value(re.compile("And this I add"))
    page.get_by_role("button", name="Back to the questions").click()
    expect(page.get_by_label("Your name")).to_have_value(steps.JO.name)
    expect(page.get_by_label(steps.QUESTION)).to_have_value(steps.OWN_WORDS)


def test_a_letter_is_downloaded_and_posted(page: Page) -> None:
    write(page)
    on_paper(page)
    look(page, "Send it on paper")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as PDF").click()
    assert download.value.suggested_filename == "letter.pdf"
    pdf = PdfReader(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert len(pdf.pages) == 1
    assert steps.OWN_WORDS in " ".join(pdf.pages[0].extract_text().split())
    page.get_by_role("button", name="Not yet").click()
    look(page, "No hurry")
    page.get_by_role("button", name="I have posted it").click()
    assert_counted(page, Tally.Way.PAPER)


def test_ones_own_mail_works_without_javascript(page_without_javascript: Page) -> None:
    page = page_without_javascript
    write(page)
    from_own_mail(page)
    assert_fits(page, 320)
    expect(page.get_by_text("Copy it from the box below first")).to_be_visible()
    expect(page.get_by_text("So it is copied")).to_be_hidden()
    expect(page.get_by_role("button", name="Copy the letter")).to_be_hidden()
    box = page.locator(".select-all")
    box.click()
    selected = str(page.evaluate("getSelection().toString()"))
    assert selected.strip() == box.inner_text().strip()
    assert steps.OWN_WORDS in selected
    # The keyboard cannot select the box alone, so it reaches a field that opens.
    tab_to(page, "textarea")
    field = page.locator("textarea")
    assert field.bounding_box()["height"] > 100  # type: ignore[index]
    page.keyboard.press("Control+A")
    chosen = field.evaluate("it => [it.selectionStart, it.selectionEnd]")
    assert chosen == [0, len(field.input_value())]
    assert field.input_value().strip() == box.inner_text().strip()
    assert_fits(page, 320)
    link = page.get_by_role("link", name="Open my mail program")
    expect(link).to_have_attribute("href", re.compile(r"^mailto:[^&]+\?subject=[^&]+$"))
    page.get_by_role("button", name="I have sent it").click()
    assert_counted(page, Tally.Way.OWN_MAIL)


def test_paper_works_without_javascript(page_without_javascript: Page) -> None:
    page = page_without_javascript
    write(page)
    on_paper(page)
    assert_fits(page, 320)
    expect(page.get_by_role("button", name="Print it")).to_be_hidden()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as PDF").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    page.get_by_role("button", name="Back to my letter").click()
    expect(page.get_by_label("Your letter", exact=True)).to_have_value(
        re.compile(re.escape(steps.OWN_WORDS))
    )
    on_paper(page)
    page.get_by_role("button", name="I have posted it").click()
    assert_counted(page, Tally.Way.PAPER)


def test_a_letter_goes_on_paper_by_keyboard_alone(page: Page) -> None:
    write(page)
    tab_to(page, "button:has-text('On paper')")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Send it on paper")
    tab_to(page, "button:has-text('Download as PDF')")
    with page.expect_download():
        page.keyboard.press("Enter")
    tab_to(page, "button:has-text('I have posted it')")
    page.keyboard.press("Space")
    assert_counted(page, Tally.Way.PAPER)


def test_a_letter_goes_from_ones_own_mail_by_keyboard_alone(page: Page) -> None:
    write(page)
    tab_to(page, "button:has-text('From my own mail')")
    page.keyboard.press("Enter")
    expect(page.locator("textarea")).to_be_visible()
    page.evaluate(STAY_HERE)
    tab_to(page, "a:has-text('Open my mail program')")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Your letter is copied")
    expect(page.get_by_role("link", name="Open my mail program")).to_be_focused()
    tab_to(page, "button:has-text('I have sent it')")
    page.keyboard.press("Enter")
    assert_counted(page, Tally.Way.OWN_MAIL)


def test_text_of_twice_the_size_fits_the_smallest_screen(page: Page) -> None:
    def look_enlarged() -> None:
        # The page that the last press leads to may still be on its way.
        page.wait_for_load_state()
        expect(page.locator("h1")).to_be_visible()
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert_fits(page, 320)
        page.evaluate("document.documentElement.style.fontSize = ''")

    write(page)
    from_own_mail(page)
    look_enlarged()
    page.get_by_role("button", name="On paper instead").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Send it on paper")
    look_enlarged()
    page.get_by_role("button", name="Not yet").click()
    look_enlarged()


def test_a_spoilt_report_is_answered_with_what_to_do(page: Page) -> None:
    write(page)
    on_paper(page)
    page.evaluate("document.querySelector('[name=report]').value = 'spoilt'")
    page.get_by_role("button", name="I have posted it").click()
    look(page, "We could not count it")
    assert not Tally.objects.exists()
