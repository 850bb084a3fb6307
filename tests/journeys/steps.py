"""What a person does on the pages, said once for all journeys."""

import re
from dataclasses import dataclass

from django.core.management import call_command
from playwright.sync_api import Page, expect

from actions import outbox
from actions.outbox import Message

CAMPAIGN = "/stop-uyghur-genocide/"
WESTMINSTER = "SW1A 1AA"
QUESTION = "What have you seen, heard or read?"
OWN_WORDS = (
    "My neighbour Gulnur has not heard from her brother in Ghulja since 2018. She "
    "asks me every week whether anybody in Parliament still speaks of it."
)


@dataclass(frozen=True)
class Writer:
    """Somebody who writes."""

    name: str = "Jo Marsden"
    email: str = "jo@example.org"
    address_line_1: str = "12 Orchard Street"
    town: str = "London"


JO = Writer()


def find(page: Page, postcode: str) -> None:
    """Go to the campaign and look a postcode up."""
    page.goto(CAMPAIGN)
    page.get_by_label("Your postcode").fill(postcode)
    page.get_by_role("button", name="Find my MP").click()


def choose_seat(page: Page, name: str) -> None:
    """Choose one in the list of all seats, with a script or without."""
    page.wait_for_load_state()
    if page.locator("#seat-search[role=combobox]").count():
        page.locator("#seat-search").fill(name)
        page.locator("#seat-options li").first.click()
    else:
        page.locator("#choose-seat").select_option(label=name)


def answer(page: Page, writer: Writer = JO, reason: str = OWN_WORDS) -> None:
    """Say who writes and why, and go on to the letter."""
    page.get_by_label(QUESTION).fill(reason)
    page.get_by_label("Your name").fill(writer.name)
    page.get_by_label("Your e-mail address").fill(writer.email)
    page.get_by_label("House and street").fill(writer.address_line_1)
    page.get_by_label("Town or city").fill(writer.town)
    page.get_by_role("button", name="Read it through").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Read it through")


def send(page: Page) -> None:
    """Agree and send."""
    page.get_by_label(re.compile("I agree that Postbag holds this letter")).check()
    page.get_by_role("button", name="Send it").click()


def deliver() -> None:
    """Let the worker do what is due."""
    call_command("deliver_letters", once=True)


def mails() -> list[Message]:
    """All mails so far, newest first."""
    return outbox.newest()


def link_in(text: str, ending: str) -> str:
    """The first link in a mail that ends like this."""
    found = re.search(rf"http://\S+/letters/\S+{ending}", text)
    assert found, f"no link to {ending} in:\n{text}"
    return found[0]


def confirm(page: Page) -> None:
    """Follow the link in the newest mail and press the button."""
    deliver()
    page.goto(link_in(mails()[0].text, "/confirm/"))
    page.get_by_role("button", name="Send my letter").click()
