"""After the letter: what its own page offers, and how a lost link comes back."""

import datetime
import json
import re
from pathlib import Path
from typing import Literal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from actions import reminding, submitting, tokens
from actions.models import Campaign, Letter, LetterEvent
from representatives.models import Representative
from tests.actions import factories
from tests.journeys import steps
from tests.journeys.browser import assert_accessible, assert_fits, set_text_size

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WESTMINSTER = "E14001172"


def look(page: Page, heading: str) -> None:
    """It is the page that was meant; narrow, by day and by night, it has no fault."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert_fits(page, 320)
        assert_accessible(page)
    page.set_viewport_size({"width": 1280, "height": 800})


def queued_letter() -> Letter:
    """Make a letter of Jo Marsden's to the MP for Westminster that waits to go."""
    letter = factories.make_letter(
        campaign=Campaign.objects.get(slug=steps.CAMPAIGN.strip("/")),
        representative=Representative.objects.get(
            constituency__code=WESTMINSTER, is_current=True
        ),
        now=timezone.now(),
        sender_name=steps.JO.name,
        sender_email=steps.JO.email,
    )
    LetterEvent.objects.create(letter=letter, kind=LetterEvent.Kind.WRITTEN)
    submitting.confirm(letter, now=timezone.now())
    return letter


def open_letter(page: Page, letter: Letter) -> None:
    page.goto(f"/letters/{tokens.for_letter(letter.pk)}/")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, as somebody without a mouse does."""
    wanted = page.locator(selector)
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("it => it === document.activeElement"):
            return
    raise AssertionError(f"Tab never reaches {selector} on {page.url}")


@pytest.fixture(params=["with", "without"])
def any_page(request: pytest.FixtureRequest) -> Page:
    """A page with JavaScript, then one without."""
    name = "page" if request.param == "with" else "page_without_javascript"
    found: Page = request.getfixturevalue(name)
    return found


# --- The letter's page ------------------------------------------------------------


def test_a_letter_that_waits_says_when_it_goes(page: Page) -> None:
    letter = queued_letter()
    open_letter(page, letter)
    expect(page.get_by_text("It goes with the next mail")).to_be_visible()
    letter.deliveries.update(due_at=timezone.now() + datetime.timedelta(days=1))
    page.reload()
    expect(page.get_by_text("Planned for")).to_be_visible()
    look(page, "Your letter is on its way")


def test_an_answer_is_told_and_thanked_for(any_page: Page) -> None:
    letter = queued_letter()
    steps.deliver()
    open_letter(any_page, letter)
    any_page.get_by_role("button", name="Yes, a real answer").click()
    expect(
        any_page.get_by_role("heading", name="Thank you for telling us")
    ).to_be_visible()
    expect(any_page.get_by_text("You told us that you got an answer.")).to_be_visible()
    any_page.get_by_text("What if the answer says nothing?").click()
    expect(any_page.get_by_label("A text to copy")).to_have_value(
        re.compile(r"^Dear .+,\n\nThank you for your reply.+Jo Marsden$", re.DOTALL)
    )
    any_page.get_by_text("Meet your MP").click()
    expect(any_page.get_by_text("short appointments")).to_be_visible()


def test_the_page_of_a_sent_letter_is_fit_for_everybody(page: Page) -> None:
    letter = queued_letter()
    steps.deliver()
    open_letter(page, letter)
    for fold in page.locator("details.fold > summary").all():
        fold.click()
    look(page, "Your letter has gone out")
    page.get_by_role("button", name="Yes, a real answer").click()
    for fold in page.locator("details.fold > summary").all():
        fold.click()
    look(page, "Your letter has gone out")
    set_text_size(page)
    assert_fits(page, 320)


def test_what_to_write_back_is_copied_by_the_button(page: Page) -> None:
    letter = queued_letter()
    steps.deliver()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_letter(page, letter)
    page.get_by_text("What if the answer says nothing?").click()
    page.get_by_role("button", name="Copy the text").click()
    expect(page.locator("[data-copied]")).to_have_text(
        "Copied. Paste it where you need it."
    )
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.get_by_label("A text to copy").input_value()
    assert copied.count("[") == 1


def test_where_the_clipboard_is_closed_the_text_is_selected(page: Page) -> None:
    letter = queued_letter()
    steps.deliver()
    open_letter(page, letter)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.evaluate("document.execCommand = () => false")
    page.get_by_text("What if the answer says nothing?").click()
    page.get_by_role("button", name="Copy the text").click()
    expect(page.locator("[data-copied]")).to_contain_text("The text is selected")
    selected = page.evaluate("getSelection().toString()")
    assert selected == page.get_by_label("A text to copy").input_value()


def test_without_javascript_the_text_can_be_selected_and_no_button_is_idle(
    page_without_javascript: Page,
) -> None:
    page = page_without_javascript
    letter = queued_letter()
    steps.deliver()
    open_letter(page, letter)
    page.get_by_text("What if the answer says nothing?").click()
    expect(page.get_by_role("button", name="Copy the text")).to_have_count(0)
    expect(page.get_by_role("button", name="Print my letter")).to_have_count(0)
    box = page.locator(".select-all")
    box.click()
    assert page.evaluate("getSelection().toString()") == box.inner_text()
    field = page.get_by_label("A text to copy")
    field.focus()
    page.keyboard.press("ControlOrMeta+a")
    chosen = field.evaluate("it => [it.selectionStart, it.selectionEnd]")
    assert chosen == [0, len(field.input_value())]


def test_everything_that_is_held_is_taken_away_in_a_file(
    any_page: Page, tmp_path: Path
) -> None:
    letter = queued_letter()
    open_letter(any_page, letter)
    with any_page.expect_download() as download:
        any_page.get_by_role("button", name="Export my data").click()
    assert download.value.suggested_filename == "my-letter.json"
    download.value.save_as(tmp_path / "file")
    file = json.loads((tmp_path / "file").read_text())
    assert file["parts"][0]["held"]["sender_name"] == "Jo Marsden"
    expect(any_page.get_by_role("heading", level=1)).to_have_text(
        "Your letter is on its way"
    )


def test_each_deed_can_be_done_by_keyboard_alone(page: Page) -> None:
    letter = queued_letter()
    steps.deliver()
    open_letter(page, letter)
    tab_to(page, "button[value=answered]")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Thank you for telling us")).to_be_visible()
    tab_to(page, "details:has(textarea) > summary")
    page.keyboard.press("Enter")
    tab_to(page, "#write-back")
    field = page.get_by_label("A text to copy")
    # Its whole text is chosen as soon as it has the focus.
    assert field.evaluate("it => it.selectionEnd - it.selectionStart") == len(
        field.input_value()
    )
    tab_to(page, "form[action$='/data/'] button[type=submit]")
    with page.expect_download():
        page.keyboard.press("Enter")
    tab_to(page, "a[href$='/erase/']")
    page.keyboard.press("Enter")
    look(page, "Delete your data now?")
    page.get_by_role("button", name="Delete my data").click()
    # That there was an answer outlasts the text.
    expect(page.get_by_text("have been erased")).to_be_visible()
    expect(page.get_by_text("Thank you for telling us")).to_be_visible()
    look(page, "Your letter has gone out")


# --- Being asked ------------------------------------------------------------------


def sent_letter(days_ago: int) -> Letter:
    """Make a letter of Jo Marsden's that went so many days ago."""
    letter = queued_letter()
    steps.deliver()
    gone_at = timezone.now() - datetime.timedelta(days=days_ago)
    Letter.objects.filter(pk=letter.pk).update(accepted_at=gone_at, ended_at=gone_at)
    return letter


def ask() -> str:
    """Let the worker ask, as it did yesterday at noon; give the link in its mail."""
    noon = timezone.localtime().replace(hour=12) - datetime.timedelta(days=1)
    reminding.owe(noon, live=False)
    steps.deliver()
    return steps.link_in(steps.mails()[0].text, "/answer/")


def test_the_question_by_mail_is_answered_by_one_press_and_put_right(
    any_page: Page,
) -> None:
    letter = sent_letter(days_ago=16)
    any_page.goto(ask())
    expect(any_page.get_by_role("heading", level=1)).to_have_text(
        "Did you get an answer?"
    )
    any_page.get_by_role("button", name="No answer").click()
    expect(any_page.get_by_text("What to do next")).to_be_in_viewport()
    expect(any_page.get_by_text("We asked you whether there was an")).to_be_visible()
    any_page.get_by_text("Put right what you told us").click()
    any_page.get_by_role("button", name="Only an acknowledgement").click()
    expect(
        any_page.get_by_text("that you got an acknowledgement only").first
    ).to_be_visible()
    letter.refresh_from_db()
    assert letter.state == Letter.State.ACKNOWLEDGED


def test_the_pages_of_an_answer_are_fit_for_everybody(page: Page) -> None:
    letter = sent_letter(days_ago=16)
    link = ask()
    page.goto(link)
    look(page, "Did you get an answer?")
    tab_to(page, "button[value=no_answer]")
    page.keyboard.press("Enter")
    expect(page.get_by_text("What to do next")).to_be_visible()
    tab_to(page, "details:has(button[value=none_needed]) > summary")
    page.keyboard.press("Enter")
    look(page, "Your letter has gone out")
    set_text_size(page)
    assert_fits(page, 320)
    Letter.objects.filter(pk=letter.pk).update(reply_seen_at=timezone.now())
    page.goto(link)
    expect(page.get_by_text("A reply came through our address")).to_be_visible()
    look(page, "Did you get an answer?")
    page.goto(f"{steps.CAMPAIGN}progress/")
    expect(page.get_by_text("without an answer")).to_be_visible()
    look(page, "How far we have come")


# --- A lost link ------------------------------------------------------------------


def test_a_lost_link_comes_back_by_mail(any_page: Page) -> None:
    letter = queued_letter()
    steps.deliver()
    any_page.goto("/letters/cut-off/")
    any_page.get_by_role("link", name="I have lost the link to my letter").click()
    any_page.get_by_label("Your e-mail address").fill("JO@example.org")
    any_page.get_by_role("button", name="Mail me the links").click()
    expect(any_page.get_by_role("heading", level=1)).to_have_text("Look in your mail")
    assert "example.org" not in any_page.url
    steps.deliver()
    message = steps.mails()[0]
    assert message.to == "Jo Marsden <jo@example.org>"
    assert message.subject == "The links to your letters"
    any_page.goto(steps.link_in(message.text, "/"))
    expect(any_page.get_by_role("heading", level=1)).to_have_text(
        "Your letter has gone out"
    )
    assert any_page.url.endswith(f"/letters/{tokens.for_letter(letter.pk)}/")
    expect(any_page.get_by_text("link to this page was asked for")).to_be_visible()


def test_somebody_without_a_letter_sees_the_very_same(page: Page) -> None:
    queued_letter()
    steps.deliver()
    seen = []
    for email in ("jo@example.org", "stranger@example.org"):
        page.goto("/letters/lost/")
        page.get_by_label("Your e-mail address").fill(email)
        page.get_by_role("button", name="Mail me the links").click()
        expect(page).to_have_url(re.compile("/letters/lost/asked/$"))
        seen.append(page.content())
    assert seen[0] == seen[1]
    before = len(steps.mails())
    steps.deliver()
    assert len(steps.mails()) == before + 1


def test_the_pages_of_a_lost_link_are_fit_for_everybody(
    page: Page, settings: Settings
) -> None:
    page.goto("/privacy/")
    page.get_by_role("link", name="I have lost the link to my letter").click()
    look(page, "I have lost the link to my letter")
    tab_to(page, "input[name=email]")
    page.keyboard.press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    look(page, "I have lost the link to my letter")
    page.locator("[data-error-summary] a").click()
    page.keyboard.type("jo@example.org")
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 0
    page.keyboard.press("Enter")
    expect(page.get_by_text("Very many links were asked for")).to_be_visible()
    expect(page.get_by_label("Your e-mail address")).to_have_value("jo@example.org")
    look(page, "I have lost the link to my letter")
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 9
    page.get_by_role("button", name="Mail me the links").click()
    look(page, "Look in your mail")
