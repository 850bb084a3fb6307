"""Every page that the other journeys do not pass is fit for everybody.

Those they pass: the campaign, finding, answering, the letter, sent, confirm, not-me,
erase, progress, privacy, about the data.
"""

import datetime
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Literal
from urllib.parse import urlsplit

import pytest
from django.conf import settings as project
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from actions import delivering, lifecycle, privacy, submitting, tokens
from actions.lifecycle import Move
from actions.models import (
    Campaign,
    Delivery,
    Letter,
    LetterEvent,
    LetterTemplate,
    RateCount,
)
from representatives.models import Representative
from tests.actions import factories
from tests.journeys import steps
from tests.journeys.browser import Watch, assert_accessible, assert_fits

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
DAY = datetime.timedelta(days=1)
WESTMINSTER = "E14001172"


def look(page: Page, heading: str) -> None:
    """It is the page that was meant; narrow, by day and by night, it has no fault."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert_fits(page, 320)
        assert_accessible(page)
    page.set_viewport_size({"width": 1280, "height": 800})


def open_letter(page: Page, letter: Letter, ending: str = "") -> None:
    page.goto(f"/letters/{tokens.for_letter(letter.pk)}/{ending}")


def make_letter(**fields: object) -> Letter:
    """Make a letter of the first campaign to the MP for Westminster."""
    letter = factories.make_letter(
        campaign=Campaign.objects.get(slug=steps.CAMPAIGN.strip("/")),
        representative=member(),
        now=timezone.now(),
        **fields,  # type: ignore[arg-type]
    )
    LetterEvent.objects.create(letter=letter, kind=LetterEvent.Kind.WRITTEN)
    return letter


def member() -> Representative:
    return Representative.objects.get(constituency__code=WESTMINSTER, is_current=True)


@pytest.fixture
def member_left(site: LiveServer) -> Iterator[Callable[[], None]]:
    """Let the MP for Westminster leave; afterwards as before."""
    term = Representative.objects.filter(pk=member().pk)

    def leave() -> None:
        term.update(is_current=False)

    yield leave
    term.update(is_current=True)


@pytest.fixture
def member_without_email(site: LiveServer) -> Iterator[None]:
    """The MP for Westminster publishes no address; afterwards as before."""
    term = Representative.objects.filter(pk=member().pk)
    email = term.get().email
    term.update(email="")
    yield
    term.update(email=email)


# --- Writing ----------------------------------------------------------------------


def test_a_letter_to_an_mp_without_an_address_is_written_to_be_posted(
    page: Page, member_without_email: None
) -> None:
    steps.find(page, steps.WESTMINSTER)
    look(page, f"Your letter to {member().display_name}")
    page.get_by_label(steps.QUESTION).fill(steps.OWN_WORDS)
    for label, value in (
        ("Your name", steps.JO.name),
        ("House and street", steps.JO.address_line_1),
        ("Town or city", steps.JO.town),
    ):
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Read it through").last.click()
    look(page, "Read it through, then post it")
    expect(page.get_by_role("button", name="Send it")).to_have_count(0)
    expect(page.get_by_role("button", name="From my own mail")).to_have_count(0)
    page.get_by_role("button", name="Put it on paper").click()
    look(page, "Send it on paper")
    expect(page.get_by_role("button", name="Print it")).to_be_visible()
    expect(page.get_by_role("button", name="From my own mail")).to_have_count(0)


def test_a_campaign_that_closes_meanwhile_gives_the_letter_back(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    steps.answer(page)
    Campaign.objects.update(state=Campaign.State.CLOSED)
    steps.send(page)
    look(page, "This campaign takes no more letters")
    expect(page.locator("pre")).to_contain_text(steps.OWN_WORDS)
    page.goto(steps.CAMPAIGN)
    look(page, Campaign.objects.get().headline)
    expect(page.get_by_text("This campaign is closed")).to_be_visible()
    expect(page.get_by_text("Yours would be the first")).to_have_count(0)


def test_a_page_that_lost_its_thread_gives_the_letter_back(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    steps.answer(page)
    page.evaluate("document.querySelector('[name=token]').value = 'spoilt'")
    steps.send(page)
    look(page, "Please start once more")
    expect(page.locator("pre")).to_contain_text(steps.OWN_WORDS)


# --- A letter's own pages -----------------------------------------------------------


def test_a_link_that_has_run_out(page: Page) -> None:
    letter = make_letter(confirm_by=timezone.now() - DAY)
    open_letter(page, letter, "confirm/")
    look(page, "This link has run out")


def test_a_letter_whose_campaign_has_closed(page: Page) -> None:
    open_letter(page, make_letter(), "confirm/")
    Campaign.objects.update(state=Campaign.State.CLOSED)
    page.get_by_role("button", name="Send my letter").click()
    look(page, "The campaign has closed meanwhile")


def test_a_letter_whose_mp_has_left(
    page: Page, member_left: Callable[[], None]
) -> None:
    letter = make_letter()
    open_letter(page, letter, "confirm/")
    member_left()
    page.get_by_role("button", name="Send my letter").click()
    look(page, f"{letter.recipient_name} is no longer the MP for {letter.seat_name}")


def test_a_link_that_was_cut_off(page: Page) -> None:
    page.goto("/letters/cut-off/")
    look(page, "We know no such letter")


def written(letter: Letter) -> None:
    """Nothing has happened to it yet."""


def queued(letter: Letter) -> None:
    submitting.confirm(letter, now=timezone.now())


def accepted(letter: Letter) -> None:
    queued(letter)
    steps.deliver()


def repeated(letter: Letter) -> None:
    queued(make_letter(sender_email=letter.sender_email))
    submitting.confirm(letter, now=timezone.now())


def expired(letter: Letter) -> None:
    privacy.expire(letter.confirm_by + DAY)


def cancelled(letter: Letter) -> None:
    submitting.cancel(letter, now=timezone.now())


def withdrawn(letter: Letter) -> None:
    delivering.withdraw_demo_letters(timezone.now())


def withheld(letter: Letter) -> None:
    lifecycle.make(Move.WITHHOLD, letter, timezone.now())


def disowned(letter: Letter) -> None:
    submitting.disown(letter, now=timezone.now())
    privacy.forget(letter, now=timezone.now())


def failed(letter: Letter) -> None:
    queued(letter)
    now = timezone.now()
    letter.deliveries.update(state=Delivery.State.FAILED, done_at=now)
    Letter.objects.filter(pk=letter.pk).update(state=Letter.State.FAILED, ended_at=now)
    LetterEvent.objects.create(letter=letter, kind=LetterEvent.Kind.FAILED)


def forgotten(letter: Letter) -> None:
    accepted(letter)
    privacy.erase_on_request(letter, now=timezone.now())


@pytest.mark.parametrize(
    ("happens", "heading"),
    [
        (written, "Your letter waits for you"),
        (queued, "Your letter is on its way"),
        (accepted, "Your letter has gone out"),
        (repeated, "You had already written"),
        (expired, "This letter was not confirmed in time"),
        (cancelled, "You cancelled this letter"),
        (withdrawn, "This letter was only for trying Postbag out"),
        (withheld, "We do not know whether your letter has gone"),
        (disowned, "This letter was stopped"),
        (failed, "Your letter could not be delivered"),
        (forgotten, "Your letter has gone out"),
    ],
)
def test_a_letters_page_whatever_has_happened_to_it(
    page: Page, happens: Callable[[Letter], None], heading: str
) -> None:
    letter = make_letter()
    happens(letter)
    open_letter(page, letter)
    look(page, heading)


# --- The front door and the outbox --------------------------------------------------


def test_the_front_door_without_a_campaign(page: Page) -> None:
    Campaign.objects.update(state=Campaign.State.DRAFT)
    page.goto("/")
    look(page, "Write to your MP, in your own words")
    expect(page.get_by_text("No campaign is open at the moment")).to_be_visible()


def test_the_front_door_when_the_campaign_is_over(page: Page) -> None:
    Campaign.objects.update(state=Campaign.State.CLOSED)
    page.goto("/")
    look(page, "Write to your MP, in your own words")
    page.get_by_role("link", name="Stop Uyghur Genocide").click()
    expect(page).to_have_url(steps.CAMPAIGN)


def test_the_front_door_with_several_campaigns(page: Page) -> None:
    factories.make_campaign(title="Keep the library in Holt open on Saturdays")
    factories.make_campaign()
    page.goto("/")
    look(page, "Write to your MP, in your own words")
    expect(page.locator(".campaign-list li")).to_have_count(3)


def test_the_outbox_empty_and_full(page: Page) -> None:
    page.goto("/outbox/")
    look(page, "Outbox")
    expect(page.get_by_text("Nothing yet")).to_be_visible()
    accepted(make_letter())
    make_letter()
    steps.deliver()
    page.reload()
    for closed in page.locator("details:not([open]) > summary").all():
        closed.click()
    look(page, "Outbox")
    expect(page.locator("details.mail")).to_have_count(2)


# --- What people see when something is wrong ----------------------------------------


def test_a_form_without_our_cookie_gives_the_letter_back(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    steps.answer(page)
    page.context.clear_cookies()
    steps.send(page)
    look(page, "This page has to be opened again")
    expect(page.locator("pre")).to_contain_text(steps.OWN_WORDS)


def test_a_form_with_too_many_fields_cannot_be_read(page: Page) -> None:
    page.goto(steps.CAMPAIGN)
    page.evaluate(
        """() => {
          const form = document.querySelector(".slip form");
          for (let at = 0; at < 1100; at++) {
            form.append(Object.assign(document.createElement("input"),
              { type: "hidden", name: "field" + at, value: "1" }));
          }
        }"""
    )
    page.get_by_label("Your postcode").fill(steps.WESTMINSTER)
    page.get_by_role("button", name="Find my MP").click()
    look(page, "We could not read that")


def test_a_page_that_needs_a_right(page: Page) -> None:
    sign_in(page, User.objects.create_user("helper", password="x", is_staff=True))
    page.goto(f"/admin/actions/campaign/{Campaign.objects.get().pk}/change/")
    look(page, "This is not open to you")


def test_an_address_where_nothing_is(page: Page) -> None:
    page.goto("/nowhere/")
    look(page, "There is nothing here")


def test_a_letter_that_is_far_too_long(page: Page, settings: Settings) -> None:
    steps.find(page, steps.WESTMINSTER)
    reason = page.get_by_label(steps.QUESTION)
    reason.evaluate(
        "(it, length) => { it.value = 'x'.repeat(length) }",
        settings.LARGEST_REQUEST_BYTES,
    )
    page.get_by_role("button", name="Read it through").last.click()
    look(page, "That is too long")


def test_a_hall_that_is_more_than_full(page: Page, settings: Settings) -> None:
    settings.DEEDS_PER_ADDRESS_PER_HOUR = 0
    open_letter(page, make_letter())
    page.get_by_role("button", name="Cancel my letter").click()
    look(page, "Please wait a little")


def test_too_many_tries_to_sign_in(page: Page, settings: Settings) -> None:
    settings.SIGN_INS_PER_ADDRESS_PER_HOUR = 0
    page.goto("/admin/login/")
    page.get_by_label("Username").fill("campaigner")
    page.get_by_label("Password").fill("guessed")
    page.get_by_role("button", name="Log in").click()
    look(page, "Too many tries")
    assert RateCount.objects.exists()


def test_a_fault_of_our_own(browser: Browser, site: LiveServer) -> None:
    # The disk is not as it was left, and the outbox really fails.
    project.OUTBOX_DIR.write_text("where the folder was")
    watch = Watch(urlsplit(site.url).netloc)
    try:
        with browser.new_context(base_url=site.url, reduced_motion="reduce") as context:
            context.on("page", watch.over)
            page = context.new_page()
            answer = page.goto("/outbox/")
            assert answer
            assert answer.status == HTTPStatus.INTERNAL_SERVER_ERROR
            look(page, "Something went wrong on our side")
    finally:
        project.OUTBOX_DIR.unlink()
    # Nothing but the fault itself: no style is missing.
    fault = f"500 for {page.url}"
    echo = "console: Failed to load resource: the server responded with a status of 500"
    assert [one for one in watch.problems if not one.startswith((fault, echo))] == []


# --- The admin ----------------------------------------------------------------------

# Its markup is Django's own; ours only adds the icon. What axe finds in Django's:
DJANGOS_OWN = {
    # The sign-in page names the site in a <div>.
    "page-has-heading-one",
    # The table of a letter's versions has a first column without a word above it.
    "empty-table-header",
    # At 320 px that table scrolls sideways and holds nothing that takes the focus;
    # keyboards reach it in browsers that let any scrolling part take the focus.
    "scrollable-region-focusable",
}


def sign_in(page: Page, user: User) -> None:
    page.goto("/admin/login/")
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill("x")
    page.get_by_role("button", name="Log in").click()


def admin_pages() -> list[str]:
    campaign = Campaign.objects.get()
    template = LetterTemplate.objects.get(language="en")
    return [
        "/admin/",
        f"/admin/actions/campaign/{campaign.pk}/change/",
        f"/admin/actions/lettertemplate/{template.pk}/change/",
    ]


def test_the_admin_breaks_no_policy_and_fits(page: Page) -> None:
    page.goto("/admin/login/")
    assert_fits(page, 320)
    sign_in(page, User.objects.create_superuser("staff", password="x"))
    for path in admin_pages():
        page.goto(path)
        expect(page.get_by_role("link", name="Postbag")).to_be_visible()
        assert_fits(page, 320)


def test_axe_finds_nothing_in_the_admin_that_is_ours(
    browser: Browser, site: LiveServer
) -> None:
    # Axe itself would break the policy here: it sets styles on tables and fieldsets.
    with browser.new_context(
        base_url=site.url,
        bypass_csp=True,
        reduced_motion="reduce",
        viewport={"width": 320, "height": 800},
    ) as context:
        page = context.new_page()
        look_at_djangos(page, "/admin/login/")
        sign_in(page, User.objects.create_superuser("staff", password="x"))
        for path in admin_pages():
            look_at_djangos(page, path)


def look_at_djangos(page: Page, path: str) -> None:
    for scheme in SCHEMES:
        # Before the page is there, as Django's links fade from colour to colour.
        page.emulate_media(color_scheme=scheme)
        page.goto(path)
        assert_accessible(page, leave_out=DJANGOS_OWN)
