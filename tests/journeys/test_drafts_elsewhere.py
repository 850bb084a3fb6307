"""A draft taken along to another device, and what leaves the browser of it."""

import re
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings as project
from playwright.sync_api import Browser, Page, Request, expect
from pytest_django.live_server_helper import LiveServer

from actions.models import Letter, RateCount
from tests.journeys import steps
from tests.journeys.browser import open_page
from tests.journeys.drafts import (
    BROUGHT,
    ERASE,
    FINISH,
    FORBID_STORAGE,
    GO_ON,
    KEPT,
    NO_MORE_ROOM,
    OWN,
    begin,
    draft,
    fields,
    look,
    open_elsewhere,
    put_draft,
)


@pytest.fixture
def other_device(browser: Browser, site: LiveServer) -> Iterator[Page]:
    with open_page(browser, site.url) as opened:
        yield opened


def test_a_letter_goes_on_on_another_device_by_a_mailed_link(
    page: Page, other_device: Page
) -> None:
    begin(page)
    page.get_by_label("Your e-mail address").fill("jo@example.org")
    open_elsewhere(page)
    to = page.get_by_label("Mail the link to")
    expect(to).to_have_value("jo@example.org")
    look(page)
    to.press("Enter")
    expect(page.get_by_text("The mail is on its way")).to_be_visible()
    look(page)
    expect(page.get_by_label("Your name")).to_have_value("Jo Marsden")
    [mail] = steps.mails()
    assert mail.to == "jo@example.org"
    assert "Marsden" not in mail.text
    assert not Letter.objects.exists()

    found = re.search(r"http://\S+#draft=\S+", mail.text)
    assert found
    other_device.goto(found[0])
    expect(other_device).to_have_url(re.compile("/write/$"))
    offer = other_device.locator(BROUGHT)
    expect(offer).to_contain_text("You brought a letter along.")
    look(other_device)
    # It is kept from now on, whatever becomes of the mail.
    other_device.goto(steps.CAMPAIGN)
    other_device.locator(OWN).get_by_role("button", name=GO_ON).click()
    expect(other_device.get_by_label("Your name")).to_have_value("Jo Marsden")
    expect(other_device.get_by_label(steps.QUESTION)).to_have_value(steps.OWN_WORDS)


def test_the_outbox_shows_the_link_on_a_narrow_screen(page: Page) -> None:
    begin(page)
    open_elsewhere(page)
    page.get_by_label("Mail the link to").fill("jo@example.org")
    page.get_by_role("button", name="Mail the link").click()
    expect(page.get_by_text("The mail is on its way")).to_be_visible()
    page.goto("/outbox/")
    look(page)


def test_the_link_can_be_copied_and_follows_what_is_typed(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    begin(page)
    link = open_elsewhere(page)
    page.get_by_label("Town or city").fill("London")
    expect(page.get_by_label("Or take the link along yourself")).not_to_have_value(link)
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    page.get_by_role("button", name=FINISH).click()
    page.get_by_role("button", name="Clear it", exact=True).click()
    page.goto(copied)
    page.locator(BROUGHT).get_by_role("button", name=GO_ON).click()
    expect(page.get_by_label("Town or city")).to_have_value("London")


def test_a_letter_brought_along_does_not_push_out_the_one_that_is_here(
    page: Page, other_device: Page
) -> None:
    begin(page)
    link = open_elsewhere(page)
    other_device.goto("/privacy/")
    put_draft(other_device, fields=[["name", "Ayşe Demir"]])
    other_device.goto(link)
    brought = other_device.locator(BROUGHT)
    expect(brought).to_contain_text("it takes the place of the one that is here")
    expect(other_device.locator(OWN)).to_be_visible()
    look(other_device)
    assert fields(other_device)["name"] == "Ayşe Demir"
    other_device.locator(OWN).get_by_role("button", name=GO_ON).click()
    expect(other_device.get_by_label("Your name")).to_have_value("Ayşe Demir")

    other_device.goto(link)
    brought.get_by_role("button", name=ERASE).click()
    expect(brought).to_be_hidden()
    assert fields(other_device)["name"] == "Ayşe Demir"

    other_device.goto(link)
    brought.get_by_role("button", name=GO_ON).click()
    expect(other_device.get_by_label("Your name")).to_have_value("Jo Marsden")
    assert fields(other_device)["name"] == "Jo Marsden"


def test_a_letter_brought_along_stays_when_the_other_one_is_erased(
    page: Page, other_device: Page
) -> None:
    begin(page)
    link = open_elsewhere(page)
    other_device.goto("/privacy/")
    put_draft(other_device)
    other_device.goto(link)
    other_device.locator(OWN).get_by_role("button", name=ERASE).click()
    expect(other_device.locator(BROUGHT)).to_be_visible()
    expect(other_device.locator(OWN)).to_be_hidden()
    assert fields(other_device)["answer_2"] == steps.OWN_WORDS


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param("{half}", id="half of it"),
        pytest.param("{all_but_one}", id="without its end"),
        pytest.param("{one_out}", id="without a sign of it"),
        pytest.param("0W10" + "0", id="holding something else"),
        pytest.param("", id="empty"),
        pytest.param("%3Cb%3E", id="markup"),
    ],
)
def test_a_link_that_was_cut_off_or_changed_says_so_calmly(
    page: Page, other_device: Page, packed: str
) -> None:
    begin(page)
    link, _, whole = open_elsewhere(page).partition("=")
    spoilt = packed.format(
        half=whole[: len(whole) // 2],
        all_but_one=whole[:-1],
        one_out=whole[:-9] + whole[-8:],
    )
    other_device.goto(f"{link}={spoilt}")
    expect(other_device).to_have_url(re.compile("/write/$"))
    expect(other_device.get_by_text("holds no letter that can be read")).to_be_focused()
    look(other_device)
    assert draft(other_device) is None


def test_markup_in_a_link_stays_text(page: Page, other_device: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    hostile = "<img src=x onerror=alert(1)>"
    page.get_by_label(steps.QUESTION).fill(hostile)
    link = open_elsewhere(page)
    other_device.goto(link)
    other_device.locator(BROUGHT).get_by_role("button", name=GO_ON).click()
    expect(other_device.get_by_label(steps.QUESTION)).to_have_value(hostile)
    expect(other_device.locator("img")).to_have_count(0)


def test_without_compression_the_link_still_brings_the_letter(
    page: Page, other_device: Page
) -> None:
    page.add_init_script("delete window.CompressionStream")
    begin(page)
    link = open_elsewhere(page)
    assert "#draft=0" in link
    other_device.goto(link)
    other_device.locator(BROUGHT).get_by_role("button", name=GO_ON).click()
    expect(other_device.get_by_label(steps.QUESTION)).to_have_value(steps.OWN_WORDS)


def test_a_letter_too_long_for_a_link_says_so(page: Page) -> None:
    page.add_init_script("delete window.CompressionStream")
    steps.find(page, steps.WESTMINSTER)
    page.get_by_label(steps.QUESTION).fill("Every word counts. " * 500)
    page.get_by_text("Continue on another device").click()
    expect(page.get_by_text("too long to travel in a link")).to_be_visible()
    expect(page.get_by_role("button", name="Mail the link")).to_be_hidden()
    look(page)
    page.get_by_label(steps.QUESTION).fill("Short after all.")
    expect(page.get_by_role("button", name="Mail the link")).to_be_visible()


def test_an_address_that_is_none_is_said_beside_its_field(page: Page) -> None:
    begin(page)
    open_elsewhere(page)
    to = page.get_by_label("Mail the link to")
    to.fill("jo at example")
    to.press("Enter")
    expect(page.locator("#elsewhere-fault")).to_contain_text("not complete")
    expect(to).to_be_focused()
    expect(to).to_have_attribute("aria-invalid", "true")
    look(page)
    to.fill("jo@example.org")
    to.press("Enter")
    expect(page.get_by_text("The mail is on its way")).to_be_visible()
    expect(page.locator("#elsewhere-fault")).to_be_hidden()
    assert to.get_attribute("aria-invalid") is None


def test_a_mail_that_cannot_go_leaves_the_link_to_copy(
    browser: Browser, site: LiveServer
) -> None:
    # The disk is not as it was left, and the outbox really fails.
    shutil.rmtree(project.OUTBOX_DIR, ignore_errors=True)
    project.OUTBOX_DIR.write_text("where the folder was")
    try:
        with browser.new_context(base_url=site.url, locale="en-GB") as context:
            page = context.new_page()
            begin(page)
            open_elsewhere(page)
            page.get_by_label("Mail the link to").fill("jo@example.org")
            page.get_by_role("button", name="Mail the link").click()
            expect(page.get_by_text("The mail did not go")).to_be_visible()
            expect(page.get_by_role("button", name="Copy the link")).to_be_visible()
            page.route("**/elsewhere/", lambda route: route.abort())
            page.get_by_role("button", name="Mail the link").click()
            expect(page.get_by_text("It could not be mailed now.")).to_be_visible()
    finally:
        project.OUTBOX_DIR.unlink()


@pytest.mark.parametrize(
    "forbidden", [FORBID_STORAGE, NO_MORE_ROOM], ids=["forbidden", "full"]
)
def test_without_storage_nothing_is_promised_and_all_else_works(
    page: Page, forbidden: str
) -> None:
    page.add_init_script(forbidden)
    steps.find(page, steps.WESTMINSTER)
    expect(page.get_by_role("button", name=FINISH)).to_be_visible()
    expect(page.get_by_text(KEPT)).to_be_hidden()
    expect(page.get_by_label("Only I use this device")).to_be_hidden()
    look(page)
    page.get_by_label("Your name").fill("Jo Marsden")
    link = open_elsewhere(page)
    page.get_by_role("button", name=FINISH).click()
    page.get_by_role("button", name="Clear it", exact=True).click()
    expect(page.get_by_text("Cleared: no draft is left")).to_be_visible()
    page.goto(link)
    page.locator(BROUGHT).get_by_role("button", name=GO_ON).click()
    expect(page.get_by_label("Your name")).to_have_value("Jo Marsden")
    steps.answer(page)
    steps.send(page)
    expect(page).to_have_url(re.compile("/sent/$"))


def test_what_is_typed_is_in_no_request_but_those_that_were_asked_for(
    page: Page, other_device: Page
) -> None:
    told: list[tuple[str, str]] = []

    def note(request: Request) -> None:
        everything = f"{request.url} {request.headers} {request.post_data or ''}"
        if "Zubeyde" in everything or "#draft" in everything:
            told.append((request.method, urlsplit(request.url).path))

    for device in (page, other_device):
        device.context.on("request", note)
    begin(page)
    page.get_by_label("Your name").fill("Zubeyde")
    page.locator("[name=demands]").nth(1).check()
    link = open_elsewhere(page)
    page.get_by_label("Mail the link to").fill("jo@example.org")
    page.get_by_role("button", name="Mail the link").click()
    expect(page.get_by_text("The mail is on its way")).to_be_visible()
    page.goto(steps.CAMPAIGN)
    expect(page.locator(OWN)).to_be_visible()
    other_device.goto(link)
    expect(other_device.locator(BROUGHT)).to_be_visible()
    other_device.reload()
    assert told == []
    other_device.locator(OWN).get_by_role("button", name=GO_ON).click()
    expect(other_device.get_by_label("Your name")).to_have_value("Zubeyde")
    assert told == [("POST", f"{steps.CAMPAIGN}write/")]
    assert page.evaluate("sessionStorage.length") == 0
    assert page.context.cookies()[0]["name"] == "csrftoken"
    # Of whoever asked, two keyed codes for the limits and nothing else.
    assert RateCount.objects.count() == 2
