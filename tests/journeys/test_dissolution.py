"""What people see while there are no MPs, and after."""

import datetime
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from actions.models import Letter
from representatives import parliament
from representatives.models import ParliamentPeriod
from tests.journeys import steps
from tests.journeys.test_every_page import look, make_letter, member, open_letter

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
    dissolve()
    page.goto(steps.CAMPAIGN)
    look(page, "Ask your MP to act for the Uyghurs")
    open_letter(page, waiting, "confirm/")
    page.get_by_role("button", name="Send my letter").click()
    look(page, HEADING)
    open_letter(page, held)
    look(page, "Your letter is held for now")
    expect(page.get_by_text(WHY)).to_be_visible()
