"""The whole journey in each language but English, by every way out."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone, translation
from django.utils.formats import date_format
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader
from pytest_django.live_server_helper import LiveServer

from actions import languages, tokens
from actions.models import Letter, Tally
from tests.journeys import steps
from tests.journeys.browser import assert_accessible, assert_fits, open_page
from tests.journeys.test_every_page import make_letter
from tests.journeys.test_hands import tab_to

# A postcode in Wales, whose seat has a name in each language.
PORT_EINON = "SA3 1NN"
GOWER = {"cy": "Gŵyr"}
# The other languages of the pages; each is passed by every way out.
LANGUAGES = ["cy", "tr", "ug"]
OWN = {
    "cy": (
        "Mae fy nghymydog Gulnur heb glywed gan ei brawd yn Ghulja ers 2018, ac mae’n "
        "gofyn imi bob wythnos a oes rhywun yn y Senedd yn cofio."
    ),
    # Readers of these write to an office that reads English.
    "tr": steps.OWN_WORDS,
    "ug": steps.OWN_WORDS,
}


@dataclass
class Reader:
    """Somebody at the pages in one language; knows what these are to say."""

    page: Page
    code: str
    has_scripts: bool

    def says(self, english: str, **values: object) -> str:
        """What the page is to say for this."""
        with translation.override(self.code):
            words = translation.gettext(english)
        return words % values if values else words

    def press(self, english: str) -> None:
        button = self.page.get_by_role("button", name=self.says(english), exact=True)
        button.last.click()

    def choose_language(self) -> None:
        name = languages.BY_CODE[self.code].name
        self.page.get_by_role("button", name=name, exact=True).click()

    def sees(self, english: str, **values: object) -> None:
        """The page has this heading, and no fault."""
        heading = self.page.get_by_role("heading", level=1)
        expect(heading).to_have_text(self.says(english, **values))
        self.has_no_fault()

    def has_no_fault(self) -> None:
        """The page is in the language, and fit for everybody at any width."""
        language = languages.BY_CODE[self.code]
        html = self.page.locator("html")
        expect(html).to_have_attribute("lang", language.tag)
        expect(html).to_have_attribute("dir", language.direction)
        for width in (320, 375, 1440):
            assert_fits(self.page, width)
        self.finds_no_barrier()
        self.page.set_viewport_size({"width": 1280, "height": 800})

    def finds_no_barrier(self) -> None:
        """Axe is a script itself, and would wait for ever where none is run."""
        if self.has_scripts:
            assert_accessible(self.page)

    def begin(self) -> None:
        """Choose the language, then find the MP."""
        self.page.goto(steps.CAMPAIGN)
        self.choose_language()
        self.find()

    def find(self) -> None:
        self.page.locator("input[name=postcode]").fill(PORT_EINON)
        self.press("Find my MP")
        expect(self.page.locator(".member")).to_be_visible()

    def write(self) -> None:
        """Answer the questions and come to the letter."""
        page = self.page
        page.locator(".question textarea").first.fill(OWN[self.code])
        page.locator("input[name=name]").fill("Siân Parri")
        page.locator("input[name=email]").fill("sian@example.org")
        page.locator("input[name=address_line_1]").fill("12 Stryd Fawr")
        page.locator("input[name=town]").fill("Port Einon")
        self.press("Read it through")
        self.sees("Read it through")


# The pages that have an address of their own, and nobody's letter on them.
ADDRESSES = (
    *(steps.CAMPAIGN + ending for ending in ("", "write/", "progress/", "thanks/")),
    *(steps.CAMPAIGN + ending for ending in ("sent/", "updates/asked/", "quietly/")),
    *("/privacy/", "/about-the-data/", "/outbox/"),
    *("/letters/lost/", "/letters/lost/asked/", "/letters/cut-off/", "/nowhere/"),
)


@pytest.fixture(params=[True, False], ids=["with a script", "without"])
def has_scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def page(browser: Browser, site: LiveServer, *, has_scripts: bool) -> Iterator[Page]:
    with open_page(browser, site.url, javascript=has_scripts) as opened:
        yield opened


@pytest.fixture(params=LANGUAGES)
def reader(request: pytest.FixtureRequest, page: Page, *, has_scripts: bool) -> Reader:
    return Reader(page, request.param, has_scripts)


@pytest.fixture
def english(page: Page, *, has_scripts: bool) -> Reader:
    return Reader(page, "en-gb", has_scripts)


@pytest.fixture
def welsh(page: Page, *, has_scripts: bool) -> Reader:
    return Reader(page, "cy", has_scripts)


@pytest.mark.skipif(
    connection.vendor != "sqlite",
    reason="looks at pages, and the next tests at what becomes of letters",
)
def test_no_page_has_a_fault(reader: Reader) -> None:
    page = reader.page
    page.goto(steps.CAMPAIGN)
    reader.choose_language()
    for address in ADDRESSES:
        page.goto(address)
        reader.has_no_fault()
    for state in Letter.State:
        letter = make_letter(state=state, reader_language=reader.code)
        for ending in ("", "confirm/", "not-me/", "erase/"):
            page.goto(f"/letters/{tokens.for_letter(letter.pk)}/{ending}")
            reader.has_no_fault()


def test_a_letter_is_written_sent_confirmed_and_delivered(reader: Reader) -> None:
    page = reader.page
    reader.begin()
    member = page.locator(".member .name").inner_text()
    reader.sees("Your letter to %(name)s", name=member)
    expect(page.locator(".member")).to_contain_text(GOWER.get(reader.code, "Gower"))
    reader.write()
    expect(page.locator("[data-meter-percent]")).to_contain_text(re.compile(r"\d"))
    page.locator("input[name=consent]").check()
    reader.press("Send it")
    reader.sees("One thing left: look in your mail")
    steps.deliver()
    page.goto("/outbox/")
    reader.sees("Outbox")
    page.locator("details[open] a").first.click()
    reader.sees("Send your letter?")
    reader.press("Send my letter")
    expect(page.locator("html")).to_have_attribute("lang", reader.code)
    steps.deliver()
    page.reload()
    reader.sees("Your letter has gone out")

    letter = Letter.objects.get()
    assert letter.state == Letter.State.ACCEPTED
    assert letter.language == ("cy" if reader.code == "cy" else "en")
    page.goto("/outbox/")
    sent = page.locator("details[open] pre").inner_text()
    greeting = "Annwyl" if reader.code == "cy" else "Dear"
    assert f"{greeting} {letter.recipient_salutation}," in sent
    assert OWN[reader.code] in " ".join(sent.split())


def test_from_ones_own_mail_and_thanked(reader: Reader) -> None:
    reader.begin()
    reader.write()
    reader.press("From my own mail")
    reader.sees("Send it from your own mail")
    letter = reader.page.locator("#text").input_value()
    assert ("Annwyl " if reader.code == "cy" else "Dear ") in letter
    reader.press("Not yet")
    reader.sees("No hurry")
    reader.press("I have sent it")
    reader.sees("Thank you for writing")

    assert Tally.objects.get(step=Tally.Step.REPORTED).way == Tally.Way.OWN_MAIL


def test_on_paper(reader: Reader) -> None:
    page = reader.page
    reader.begin()
    reader.write()
    reader.press("On paper")
    reader.sees("Send it on paper")
    with page.expect_download() as download:
        reader.press("Download as PDF")
    pdf = PdfReader(io.BytesIO(Path(download.value.path()).read_bytes()))
    printed = " ".join(pdf.pages[0].extract_text().split())
    is_welsh = reader.code == "cy"
    with translation.override("cy" if is_welsh else "en-gb"):
        assert date_format(timezone.localdate(), "j F Y") in printed
    assert ("Yn gywir," if is_welsh else "Yours sincerely,") in printed
    assert str(pdf.root_object["/Lang"]) == ("cy" if is_welsh else "en-GB")


def test_without_a_trace(reader: Reader) -> None:
    page = reader.page
    page.goto(f"{steps.CAMPAIGN}quietly/")
    reader.choose_language()
    reader.sees("Write without leaving a trace here")
    seat = GOWER.get(reader.code, "Gower")
    steps.choose_seat(page, seat)
    reader.press("Use this constituency")
    page.locator(".question textarea").first.fill(OWN[reader.code])
    reader.press("Finish my letter")
    whole = page.locator("#whole").first
    expect(whole).to_have_value(re.compile("Annwyl" if reader.code == "cy" else "Dear"))
    for width in (320, 1440):
        assert_fits(page, width)
    reader.finds_no_barrier()
    assert page.context.cookies() == []
    page.locator("form[data-report] button").last.click()
    expect(page).to_have_url(re.compile("/quietly/(done|reported)/"))
    assert page.context.cookies() == []
    assert Tally.objects.get().way == Tally.Way.UNSAID


def test_the_last_page_without_a_trace_can_be_had_in_each_language(
    welsh: Reader,
) -> None:
    welsh.page.goto(f"{steps.CAMPAIGN}quietly/done/")
    welsh.choose_language()
    welsh.sees("Thank you")
    assert welsh.page.context.cookies() == []


def test_the_language_changes_in_the_middle_and_nothing_is_lost(
    page: Page, english: Reader, welsh: Reader
) -> None:
    steps.find(page, steps.WESTMINSTER)
    page.locator(".question textarea").first.fill(steps.OWN_WORDS)
    page.locator("input[name=name]").fill("Jo Marsden")
    welsh.choose_language()

    expect(page.locator("html")).to_have_attribute("lang", "cy")
    expect(page.locator(".question textarea").first).to_have_value(steps.OWN_WORDS)
    expect(page.locator("input[name=name]")).to_have_value("Jo Marsden")
    page.locator("input[name=email]").fill("jo@example.org")
    page.locator("input[name=address_line_1]").fill("12 Orchard Street")
    page.locator("input[name=town]").fill("London")
    welsh.press("Read it through")
    page.locator("input[name=subject]").fill("Mine alone")
    english.choose_language()
    english.sees("Read it through")
    expect(page.locator("input[name=subject]")).to_have_value("Mine alone")
    expect(page.locator("textarea[name=body]")).to_have_value(
        re.compile(re.escape(steps.OWN_WORDS))
    )


def test_return_in_a_field_changes_no_language(welsh: Reader) -> None:
    welsh.begin()
    welsh.page.locator("input[name=name]").fill("Jo Marsden")
    welsh.page.locator("input[name=name]").press("Enter")

    expect(welsh.page.locator("[data-error-summary]")).to_be_visible()
    expect(welsh.page.locator("html")).to_have_attribute("lang", "cy")


def test_a_letter_in_welsh_is_had_on_an_english_page(
    page: Page, english: Reader
) -> None:
    page.goto(steps.CAMPAIGN)
    english.find()
    page.locator(".question textarea").first.fill(OWN["cy"])
    page.get_by_role("button", name="Write it in Welsh").click()

    expect(page.locator("html")).to_have_attribute("lang", "en-GB")
    sheet = page.locator(".sheet")
    expect(sheet).to_have_attribute("lang", "cy")
    expect(sheet).to_contain_text("Annwyl")
    expect(page.locator(".question textarea").first).to_have_value(OWN["cy"])
    page.get_by_role("button", name="Write it in English").click()
    expect(page.locator(".sheet")).to_contain_text("Dear")


def test_the_language_is_chosen_by_keyboard_alone(reader: Reader) -> None:
    page = reader.page
    page.goto(steps.CAMPAIGN)
    tab_to(page, f"button.language[value={reader.code}]")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", reader.code)
    tab_to(page, "input[name=postcode]")
    page.keyboard.type(PORT_EINON)
    page.keyboard.press("Enter")
    tab_to(page, "input[name=name]")
    page.keyboard.type("Siân Parri")
    tab_to(page, "#languages button[value=en-gb]")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "en-GB")
    expect(page.locator("input[name=name]")).to_have_value("Siân Parri")
