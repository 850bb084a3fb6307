"""After writing: others to tell, updates to ask for and to leave; by every hand."""

import re
from typing import Literal

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from actions import subscribing, tokens
from actions.models import Campaign, Subscription
from tests.actions.factories import make_subscription
from tests.journeys import steps
from tests.journeys.browser import assert_accessible, assert_fits, open_page

THANKS = f"{steps.CAMPAIGN}thanks/"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
CONSENT = re.compile("I agree that Postbag keeps this address")


def look(page: Page, heading: str) -> None:
    """It is the page that was meant; narrow, by day and by night, it has no fault."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for width in (320, 1440):
            assert_fits(page, width)
            assert_accessible(page)
    page.set_viewport_size({"width": 1280, "height": 800})


def link_to(ending: str) -> str:
    """The link in the newest mail that ends like this."""
    text = steps.mails()[0].text
    found = re.search(rf"http://\S+/updates/[^/\s]+/{ending}$", text, re.MULTILINE)
    assert found, text
    return found[0]


def tab_to(page: Page, selector: str) -> None:
    wanted = page.locator(selector)
    for _ in range(40):
        page.keyboard.press("Tab")
        if wanted.evaluate("it => it === document.activeElement"):
            return
    raise AssertionError(f"Tab never reaches {selector} on {page.url}")


# --- Updates --------------------------------------------------------------------------


def test_updates_are_asked_for_confirmed_and_left(page: Page) -> None:
    page.goto(THANKS)
    page.get_by_label("Your e-mail address").fill("jo@example.org")
    page.get_by_label(CONSENT).check()
    page.get_by_role("button", name="Ask for updates").click()
    look(page, "Look in your mail")
    steps.deliver()
    page.goto(link_to(""))
    look(page, "Do you want updates?")
    page.get_by_role("button", name="Yes, send me updates").click()
    look(page, "You get updates")
    assert Subscription.objects.confirmed().get().email == "jo@example.org"
    page.get_by_role("link", name="Leave").click()
    look(page, "No more updates?")
    page.get_by_role("button", name="Leave and erase my address").click()
    look(page, "You have left")
    assert not Subscription.objects.exclude(email="").exists()
    assert steps.mails() == []


def test_updates_are_asked_for_confirmed_and_left_without_javascript(
    page_without_javascript: Page,
) -> None:
    page = page_without_javascript
    heading = page.get_by_role("heading", level=1)
    page.goto(THANKS)
    page.get_by_label("Your e-mail address").fill("jo@example.org")
    page.get_by_label(CONSENT).check()
    page.get_by_role("button", name="Ask for updates").click()
    expect(heading).to_have_text("Look in your mail")
    steps.deliver()
    page.goto(link_to(""))
    page.get_by_role("button", name="Yes, send me updates").click()
    expect(heading).to_have_text("You get updates")
    page.goto(link_to("leave/"))
    page.get_by_role("button", name="Leave and erase my address").click()
    expect(heading).to_have_text("You have left")


def test_updates_are_asked_for_by_keyboard_alone(page: Page) -> None:
    page.goto(THANKS)
    tab_to(page, "input[name=email]")
    page.keyboard.type("jo@example.org")
    tab_to(page, "input[name=consent]")
    page.keyboard.press("Space")
    tab_to(page, "button:has-text('Ask for updates')")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/updates/asked/$"))
    assert Subscription.objects.get().email == "jo@example.org"


def test_without_the_tick_the_page_says_so_beside_the_box_and_keeps_the_address(
    page: Page,
) -> None:
    page.goto(THANKS)
    page.get_by_label("Your e-mail address").fill("jo@example.org")
    page.get_by_role("button", name="Ask for updates").click()
    look(page, "Thank you for writing")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(page.get_by_label("Your e-mail address")).to_have_value("jo@example.org")
    summary.get_by_role("link", name="Tick the box").click()
    expect(page.get_by_label(CONSENT)).to_be_focused()


def test_a_connection_that_asked_too_often_reads_when_to_come_back(
    page: Page, settings: Settings
) -> None:
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 0
    page.goto(THANKS)
    page.get_by_label("Your e-mail address").fill("jo@example.org")
    page.get_by_label(CONSENT).check()
    page.get_by_role("button", name="Ask for updates").click()
    look(page, "Thank you for writing")
    expect(page.get_by_role("alert")).to_contain_text("until the next full hour")
    expect(page.get_by_label("Your e-mail address")).to_have_value("jo@example.org")


def test_links_that_lead_nowhere_any_more(page: Page) -> None:
    wish = make_subscription(campaign=Campaign.objects.get(), confirm_by=timezone.now())
    page.goto(f"/updates/{tokens.for_subscription(wish.pk)}/")
    look(page, "This link has run out")
    page.get_by_role("link", name="Ask for updates").click()
    expect(page).to_have_url(re.compile("/thanks/#updates$"))
    page.goto("/updates/cut-off/")
    look(page, "We know no such link")


# --- Telling others -------------------------------------------------------------------


def test_from_a_letter_sent_to_what_else_one_can_do(page: Page) -> None:
    Campaign.objects.update(donate_url="https://give.example/")
    steps.find(page, steps.WESTMINSTER)
    steps.answer(page)
    steps.send(page)
    expect(page.get_by_role("link", name="What else you can do")).to_be_hidden()
    steps.confirm(page)
    page.get_by_role("link", name="What else you can do").click()
    look(page, "Thank you for writing")
    for name, beginning in (
        ("WhatsApp", "https://wa.me/?text="),
        ("E-mail", "mailto:?subject="),
        ("X", "https://x.com/intent/post?text="),
        ("Bluesky", "https://bsky.app/intent/compose?text="),
        ("Facebook", "https://www.facebook.com/sharer/sharer.php?u="),
        ("Donate to the campaign", "https://give.example/"),
    ):
        link = page.get_by_role("link", name=name, exact=True)
        address = link.get_attribute("href") or ""
        assert address.startswith(beginning)
        assert steps.JO.name not in address
        box = link.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44
    expect(page.get_by_label("Your e-mail address")).to_have_value("")
    expect(page.get_by_label(CONSENT)).not_to_be_checked()


def test_one_press_puts_the_words_to_share_on_the_clipboard(
    browser: Browser, site: LiveServer
) -> None:
    with open_page(browser, site.url) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(THANKS)
        page.get_by_role("button", name="Copy it").click()
        expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
    campaign = Campaign.objects.get()
    assert copied.startswith(campaign.headline)
    assert copied.endswith(f"{site.url}{steps.CAMPAIGN}")


def test_where_the_browser_keeps_the_clipboard_the_text_is_selected(page: Page) -> None:
    page.goto(THANKS)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate("document.execCommand = () => false")
    page.get_by_role("button", name="Copy it").click()
    expect(page.get_by_role("status").filter(has_text="selected")).to_be_visible()
    field = page.get_by_label("Or copy this and send it yourself")
    expect(field).to_be_focused()
    selected = field.evaluate("it => it.selectionEnd - it.selectionStart")
    assert selected == len(field.input_value())


def test_without_javascript_the_words_stand_in_a_field_to_select(
    page_without_javascript: Page,
) -> None:
    page = page_without_javascript
    page.goto(THANKS)
    expect(page.get_by_role("button", name="Copy it")).to_have_count(0)
    field = page.get_by_label("Or copy this and send it yourself")
    expect(field).not_to_be_editable()
    assert field.input_value().endswith(steps.CAMPAIGN)
    tab_to(page, "#share-text")
    page.keyboard.press("Control+a")
    selected = field.evaluate("it => it.selectionEnd - it.selectionStart")
    assert selected == len(field.input_value())


def test_the_picture_beside_a_link_can_be_fetched_where_the_page_says(
    page: Page,
) -> None:
    page.goto(steps.CAMPAIGN)
    address = page.locator("meta[property='og:image']").get_attribute("content")
    assert address
    answer = page.request.get(address)
    assert answer.ok
    assert answer.headers["content-type"] == "image/png"


# --- The organisers' list -------------------------------------------------------------


@pytest.fixture
def organiser(site: LiveServer) -> User:
    """Somebody who may take the list away, with one address on it."""
    wish = make_subscription(
        campaign=Campaign.objects.get(), email="jo@example.org", now=timezone.now()
    )
    subscribing.confirm(wish, now=timezone.now())
    return User.objects.create_superuser("staff", password="x")


def sign_in(page: Page, user: User) -> None:
    page.goto("/admin/login/")
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill("x")
    page.get_by_role("button", name="Log in").click()


def test_an_organiser_takes_the_list_away(page: Page, organiser: User) -> None:
    sign_in(page, organiser)
    page.get_by_role("link", name="Subscriptions").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("E-mail updates")
    assert_fits(page, 320)
    page.set_viewport_size({"width": 1280, "height": 800})
    with page.expect_download() as taken:
        page.get_by_role("button", name="Export as CSV").click()
    assert taken.value.suggested_filename.startswith("updates-stop-uyghur-genocide-")
    assert "jo@example.org" in taken.value.path().read_text()
    expect(page.get_by_text("jo@example.org")).to_have_count(0)


def test_axe_finds_nothing_in_the_list_of_lists(
    browser: Browser, site: LiveServer, organiser: User
) -> None:
    # Axe itself would break the policy in Django's pages: it sets styles there.
    with browser.new_context(
        base_url=site.url, bypass_csp=True, reduced_motion="reduce"
    ) as context:
        page = context.new_page()
        sign_in(page, organiser)
        for scheme in SCHEMES:
            # Before the page is there, as Django's links fade from colour to colour.
            page.emulate_media(color_scheme=scheme)
            page.goto("/admin/actions/subscription/")
            assert_accessible(page)
