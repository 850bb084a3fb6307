"""What a person does with a draft, and what their browser keeps of it."""

import json
import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.browser import assert_accessible, assert_fits

KEY = f"postbag:draft:{steps.CAMPAIGN.strip('/')}"
OWN = 'section[data-draft-offer="own"]'
BROUGHT = 'section[data-draft-offer="brought"]'
GO_ON = "Go on with it"
ERASE = "Erase it"
FINISH = "Finish and clear"
KEPT = "A draft is kept in this browser, and nowhere else."
FORBID_STORAGE = """
  Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("The user says no.", "SecurityError"); },
  });
"""
NO_MORE_ROOM = """
  Storage.prototype.setItem = () => {
    throw new DOMException("No room.", "QuotaExceededError");
  };
"""


def draft(page: Page) -> dict[str, Any] | None:
    """What this browser keeps of the first campaign's letter."""
    text = page.evaluate("key => localStorage.getItem(key)", KEY)
    return json.loads(text) if text else None


def fields(page: Page) -> dict[str, str]:
    found = draft(page)
    return dict(found["fields"]) if found else {}


def put_draft(page: Page, **changed: Any) -> None:
    """Keep a draft as the pages do, but for what is changed in it."""
    made = {
        "version": 1,
        "at": page.evaluate("Date.now()"),
        "seat": "E14001172",
        "fields": [["name", "Jo Marsden"], ["town", "London"]],
        **changed,
    }
    page.evaluate(
        "([key, text]) => localStorage.setItem(key, text)", [KEY, json.dumps(made)]
    )


def begin(page: Page) -> None:
    """Type something into the questions' page, and wait until it is kept."""
    steps.find(page, steps.WESTMINSTER)
    page.get_by_label(steps.QUESTION).fill(steps.OWN_WORDS)
    page.get_by_label("Your name").fill("Jo Marsden")
    wait_until_kept(page, "name", "Jo Marsden")


def wait_until_kept(page: Page, name: str, text: str) -> None:
    page.wait_for_function(
        """([key, name, text]) => {
          const draft = JSON.parse(localStorage.getItem(key) ?? "null");
          return draft?.fields.some((field) => field[0] === name && field[1] === text);
        }""",
        arg=[KEY, name, text],
    )


def wait_until_erased(page: Page) -> None:
    page.wait_for_function("() => Object.keys(localStorage).length === 0")


def look(page: Page) -> None:
    """Narrow, by day and by night, the page has no fault."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert_fits(page, 320)
        assert_accessible(page)
    page.set_viewport_size({"width": 1280, "height": 800})


def open_elsewhere(page: Page) -> str:
    """Ask for the link, and read it from its field."""
    page.get_by_text("Continue on another device").click()
    link = page.get_by_label("Or take the link along yourself")
    expect(link).to_have_value(re.compile("#draft="))
    return link.input_value()
