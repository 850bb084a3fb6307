"""What people see while there are no MPs, and after."""

import datetime
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from actions.models import Letter, Subscription
from representatives import parliament
from representatives.models import ParliamentPeriod
from tests.journeys import steps
from tests.journeys.test_every_page import look, make_letter, member, open_letter
from tests.journeys.test_thanks_and_updates import link_to

DAY = datetime.timedelta(days=1)
HEADING = "There are no MPs at the moment"
WHY = "Parliament is dissolved"


def dissolve() -> None:
    today = parliament.today()
    states = ParliamentPeriod.objects
    states.create(state=ParliamentPeriod.State.DISSOLVED, begins_on=today)
    states.create(state=ParliamentPeriod.State.COUNTING, begins_on=today + 30 * DAY)


@pytest.fixture(autouse=True)
def _afterwards(site: object) -> object:
    """Journeys share the registers: leave Parliament as it was."""
    yield
    ParliamentPeriod.objects.all().delete()


def test_who_is_in_the_middle_of_a_letter_is_told_and_loses_nothing(
    page: Page,
) -> None:
    name = member().display_name
    steps.find(page, steps.WESTMINSTER)
    expect(page.get_by_text(name).first).to_be_visible()
    steps.answer(page)
    dissolve()
    steps.send(page)

    look(page, HEADING)
    expect(page.locator("pre")).to_contain_text(steps.OWN_WORDS)
    expect(page.locator("body")).not_to_contain_text(name)
    page.get_by_role("link", name="Back to the campaign").click()
    expect(page.get_by_role("heading", name=HEADING)).to_be_visible()
    expect(page.get_by_text(re.compile("Writing opens again on"))).to_be_visible()
    expect(page.get_by_label("Your postcode")).to_have_count(0)
    assert not Letter.objects.exists()


def test_the_campaign_and_the_links_of_letters_say_so(page: Page) -> None:
    waiting = make_letter()
    held = make_letter(
        state=Letter.State.QUEUED, confirmed_at=timezone.now(), sender_key="b" * 64
    )
    open_letter(page, waiting, "confirm/")
    dissolve()
    page.get_by_role("button", name="Send my letter").click()
    look(page, HEADING)
    page.goto(steps.CAMPAIGN)
    look(page, "Ask your MP to act for the Uyghurs")
    page.get_by_role("link", name="Progress").click()
    look(page, "How far we have come")
    expect(page.get_by_text(WHY)).to_be_visible()
    open_letter(page, waiting, "confirm/")
    look(page, HEADING)
    open_letter(page, waiting)
    look(page, "Your letter waits for you")
    expect(page.get_by_text(WHY)).to_be_visible()
    open_letter(page, held)
    look(page, "Your letter is held for now")
    expect(page.get_by_text(WHY)).to_be_visible()


def ask_to_be_told(page: Page) -> None:
    page.goto(steps.CAMPAIGN)
    page.get_by_label("Your e-mail address").fill("jo@example.org")
    page.get_by_label(re.compile("to tell me once, by one mail")).check()
    page.get_by_role("button", name="Tell me").click()
    expect(page).to_have_url(re.compile("/reopening/asked/$"))


def test_who_asks_is_told_once_when_writing_opens_again(page: Page) -> None:
    dissolve()
    ask_to_be_told(page)
    look(page, "Look in your mail")
    steps.deliver()
    page.goto(link_to(""))
    look(page, "Do you want to be told?")
    page.get_by_role("button", name="Yes, tell me").click()
    look(page, "We will tell you")
    page.get_by_role("link", name="Do not tell me").click()
    look(page, "Do you no longer want to be told?")
    steps.deliver()
    assert len(steps.mails()) == 1

    ParliamentPeriod.objects.all().delete()
    steps.deliver()

    told = steps.mails()[0]
    assert told.subject == "You can write to your MP again"
    found = re.search(r"http://\S+/stop-uyghur-genocide/$", told.text, re.MULTILINE)
    assert found, told.text
    page.goto(found[0])
    expect(page.get_by_label("Your postcode")).to_be_visible()
    assert not Subscription.objects.exclude(email="").exists()
    page.go_back()
    look(page, "The address is erased")


def test_being_told_is_asked_for_and_left_without_javascript(
    page_without_javascript: Page,
) -> None:
    page = page_without_javascript
    heading = page.get_by_role("heading", level=1)
    dissolve()
    ask_to_be_told(page)
    steps.deliver()
    page.goto(link_to(""))
    page.get_by_role("button", name="Yes, tell me").click()
    expect(heading).to_have_text("We will tell you")
    page.goto(link_to("leave/"))
    page.get_by_role("button", name="Erase my address").click()
    expect(heading).to_have_text("The address is erased")
    assert not Subscription.objects.exclude(email="").exists()


def test_without_the_tick_the_campaigns_page_says_so_beside_the_box(page: Page) -> None:
    dissolve()
    page.goto(steps.CAMPAIGN)
    page.get_by_label("Your e-mail address").fill("jo@example.org")
    page.get_by_role("button", name="Tell me").click()
    look(page, "Ask your MP to act for the Uyghurs")
    expect(page.get_by_role("alert")).to_contain_text("Tick the box")
    typed = page.get_by_label("Your e-mail address")
    expect(typed).to_have_value("jo@example.org")
    # On the slip of paper where otherwise a postcode is written in capitals.
    expect(typed).to_have_css("text-transform", "none")


def test_a_link_that_came_too_late(page: Page) -> None:
    dissolve()
    ask_to_be_told(page)
    steps.deliver()
    link = link_to("")
    Subscription.objects.update(confirm_by=timezone.now())
    page.goto(link)
    look(page, "This link has run out")
    page.get_by_role("link", name="Back to the campaign").click()
    expect(page.get_by_role("heading", name=HEADING)).to_be_visible()
