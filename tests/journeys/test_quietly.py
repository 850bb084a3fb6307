"""Writing without leaving a trace: by somebody who types one word into every field."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings as project
from playwright.sync_api import Browser, Page, Request, Route, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from actions.models import Campaign, Letter, LetterTemplateVersion, Tally
from actions.views.quietly import REPORTS
from representatives.models import Representative
from tests import traces
from tests.journeys import steps
from tests.journeys.browser import (
    assert_accessible,
    assert_fits,
    open_page,
    set_text_size,
)
from tests.journeys.test_hands import tab_to

# Letters and digits only, so that no encoding of an address disguises it.
WORD = "Qzvoice7361kept"
QUIETLY = f"{steps.CAMPAIGN}quietly/"
WESTMINSTER = "E14001172"
WRITTEN = f"{WORD} and my aunt, of whom nobody has heard since 2018."


@contextmanager
def everything_sent(page: Page) -> Iterator[list[str]]:
    """Everything that the browser sends meanwhile, of whatever page it has open."""
    sent: list[str] = []

    def note(request: Request) -> None:
        body = request.post_data_buffer or b""
        headers = " ".join(request.all_headers().values())
        sent.append(f"{request.url} {headers} {body.decode(errors='replace')}")

    page.context.on("request", note)
    yield sent
    page.context.remove_listener("request", note)


def assert_nothing_is_left(caplog: pytest.LogCaptureFixture) -> None:
    assert traces.in_database(WORD) == []
    assert traces.in_caches(WORD) == []
    assert traces.in_files(WORD, Path(project.VAR_DIR)) == []
    assert traces.in_logs(WORD, caplog) == []


def assert_nothing_is_kept_in_the_browser(page: Page) -> None:
    kept = page.evaluate(
        "() => [localStorage.length, sessionStorage.length, history.state,"
        " document.cookie]"
    )
    assert kept == [0, 0, None, ""]


def begin(page: Page) -> None:
    """Go in by the campaign and choose the seat."""
    page.goto(steps.CAMPAIGN)
    page.get_by_role("link", name="Write without leaving a trace here").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Write without leaving a trace here"
    )
    steps.choose_seat(page, "Cities of London and Westminster")
    page.get_by_role("button", name="Use this constituency").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your letter to")


def fill(page: Page) -> None:
    """Type the word into every field that there is."""
    for field in page.locator("[data-questions] textarea").all():
        field.fill(WRITTEN)
    for field in page.locator("[data-questions] input[type=text]").all():
        field.fill(WORD)
    # A postcode that is none is asked to be mended where the server makes the letter.
    page.get_by_label("Postcode", exact=False).last.fill("SW1A 1AA")


def finish(page: Page) -> None:
    page.get_by_role("button", name="Finish my letter").click()
    expect(page.get_by_role("heading", name="Read it through")).to_be_visible()


def whole(page: Page) -> str:
    return page.get_by_label("The whole letter").input_value()


def test_with_a_script_nothing_typed_ever_leaves_the_page(
    page: Page, caplog: pytest.LogCaptureFixture
) -> None:
    traces.log_everything(caplog)
    with everything_sent(page) as sent:
        begin(page)
        expect(page.get_by_text("stays in this page")).to_be_visible()
        fill(page)
        page.get_by_label("Postcode", exact=False).last.fill(WORD)
        with page.expect_response("**/preview/"):
            page.locator("[name=demands]:checked").first.uncheck()
        finish(page)
        assert whole(page).count(WORD) >= 7
        page.get_by_label("Subject").first.fill(f"Please act, {WORD}")
        body = page.get_by_label("Your letter", exact=True)
        body.press("Control+End")
        body.press_sequentially(f" {WORD}!")
        expect(page.locator("[data-sheet-text]")).to_contain_text(f"{WORD}!")
        expect(page.locator("#about")).to_have_value(f"Please act, {WORD}")
        assert f"{WORD}!" in whole(page)
        for name in ("Copy the letter", "Copy the subject", "Copy the address"):
            page.get_by_role("button", name=name).click()
            expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
        for link in page.locator(".services a").all():
            assert WORD not in str(link.get_attribute("href"))
        page.get_by_role("button", name="Back to the questions").click()
        expect(page.get_by_label("Your name")).to_have_value(WORD)
        finish(page)
        expect(body).to_have_value(re.compile(f"{WORD}!"))
        assert_nothing_is_kept_in_the_browser(page)
        with page.expect_response("**/reported/"):
            page.get_by_role("button", name="I have sent it").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert any("/quietly/preview/" in one for one in sent)
    assert any("/quietly/reported/" in one for one in sent)
    assert [one for one in sent if WORD.lower() in one.lower()] == []
    assert Tally.objects.get().way == Tally.Way.UNSAID
    assert not Letter.objects.exists()
    assert page.context.cookies() == []
    assert_nothing_is_left(caplog)


def test_without_a_script_one_request_is_answered_with_the_letter(
    page_without_javascript: Page, caplog: pytest.LogCaptureFixture
) -> None:
    page = page_without_javascript
    traces.log_everything(caplog)
    begin(page)
    expect(page.get_by_text("goes to our server once")).to_be_visible()
    fill(page)
    with everything_sent(page) as sent:
        finish(page)
    assert len([one for one in sent if WORD in one]) == 1
    assert whole(page).count(WORD) >= 6
    page.get_by_label("Subject").first.fill(f"Please act, {WORD}")
    page.get_by_role("button", name="Show the changes").last.click()
    expect(page.locator("#about")).to_have_value(f"Please act, {WORD}")
    for link in page.locator(".services a").all():
        assert WORD not in str(link.get_attribute("href"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as PDF").click()
    assert download.value.suggested_filename == "letter.pdf"
    page.get_by_role("button", name="Back to the questions").click()
    expect(page.get_by_label("Your name")).to_have_value(WORD)
    page.get_by_label("Postcode", exact=False).last.fill(WORD)
    page.get_by_role("button", name="Finish my letter").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    page.get_by_label("Postcode", exact=False).last.fill("")
    finish(page)
    page.get_by_role("button", name="I have posted it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert Tally.objects.get().count == 1
    assert page.context.cookies() == []
    assert_nothing_is_left(caplog)


def test_the_page_and_the_server_make_the_same_letter(
    browser: Browser, site: LiveServer
) -> None:
    letters = []
    for javascript in (True, False):
        with open_page(browser, site.url, javascript=javascript) as page:
            begin(page)
            fill(page)
            page.locator("[name=demands]:checked").first.uncheck()
            if javascript:
                expect(page.get_by_text("The letter now asks for")).to_be_visible()
            finish(page)
            letters.append(whole(page))
            sheet = page.get_by_role("article", name="The letter").inner_text()
            for line in filter(None, letters[-1].splitlines()):
                assert " ".join(line.split()) in " ".join(sheet.split())
    assert letters[0] == letters[1]


def write_campaigns_letter(beginning: str) -> None:
    """Have the campaign's letter begin like this and then ask for the demands."""
    version = LetterTemplateVersion.objects.newest_of(Campaign.objects.get())
    assert version
    LetterTemplateVersion.objects.create(
        template=version.template,
        number=version.number + 1,
        subject=version.subject,
        body=f"{beginning}\n\n"
        "{% for demand in demands %}{{ demand.paragraph }}\n\n{% endfor %}",
    )


def test_without_an_answer_the_page_and_the_server_make_the_same_letter_too(
    browser: Browser, site: LiveServer
) -> None:
    write_campaigns_letter(
        "{% if reason %}This matters to me because: {{ reason }}"
        "{% else %}This matters to me. [Say why.]{% endif %}"
    )
    letters = []
    for javascript in (True, False):
        with open_page(browser, site.url, javascript=javascript) as page:
            begin(page)
            page.locator("[name=demands]:checked").first.uncheck()
            if javascript:
                expect(page.get_by_text("The letter now asks for")).to_be_visible()
            finish(page)
            letters.append(whole(page))
            missing = page.get_by_text("One sentence is still missing")
            expect(missing).to_contain_text("“[Say why.]”")
    assert letters[0] == letters[1]
    assert "This matters to me. [Say why.]" in letters[0]


def test_a_note_left_in_the_letter_is_pointed_out_until_it_is_gone(page: Page) -> None:
    write_campaigns_letter("{% if reason %}{{ reason }}{% else %}[Say why.]{% endif %}")
    begin(page)
    finish(page)
    missing = page.get_by_text("One sentence is still missing")
    expect(missing).to_be_visible()
    look(page)
    page.get_by_label("Your letter", exact=True).fill(
        "For my aunt [my mother’s sister]."
    )
    expect(missing).to_be_hidden()
    page.get_by_role("button", name="Back to the questions").click()
    page.locator("[data-questions] textarea").first.fill(WRITTEN)
    finish(page)
    page.get_by_role("button", name="Make it afresh from my answers").click()
    expect(missing).to_be_hidden()
    assert WRITTEN in whole(page)


def test_changed_answers_come_into_an_edited_letter_without_a_script_too(
    page_without_javascript: Page,
) -> None:
    page = page_without_javascript
    begin(page)
    finish(page)
    body = page.get_by_label("Your letter", exact=True)
    body.fill("Wholly my own.")
    page.locator("#whole").locator("xpath=preceding::button[1]").click()
    assert "Wholly my own." in whole(page)
    page.get_by_role("button", name="Back to the questions").click()
    page.locator("[data-questions] textarea").first.fill(WRITTEN)
    finish(page)
    expect(body).to_have_value("Wholly my own.")
    page.get_by_role("button", name="Make it afresh from my answers").click()
    expect(body).to_have_value(re.compile(WORD))
    assert "Wholly my own." not in whole(page)


@pytest.mark.parametrize("javascript", [True, False])
def test_whoever_is_asked_to_wait_is_told_so_quietly_and_tries_again(
    browser: Browser, site: LiveServer, settings: Settings, *, javascript: bool
) -> None:
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 10
    REPORTS.allows("127.0.0.1", 1)
    with browser.new_context(
        base_url=site.url, java_script_enabled=javascript
    ) as context:
        page = context.new_page()
        begin(page)
        finish(page)
        page.get_by_role("button", name="I have sent it").click()
        waiting = page.get_by_text("Nothing is lost: try again in a minute.")
        expect(waiting.locator("visible=true")).to_have_count(1)
        expect(page.get_by_role("link", name="Leave this page")).to_be_visible()
        again = "I have sent it" if javascript else "Try again"
        if not javascript:
            for width in (320, 375, 1440):
                assert_fits(page, width)
        REPORTS.clear()
        page.get_by_role("button", name=again).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")


def test_words_that_stand_within_a_sentence_of_the_campaigns(page: Page) -> None:
    write_campaigns_letter("I write because {{ reason }}, and ask this:")
    begin(page)
    page.locator("[data-questions] textarea").first.fill("of my aunt")
    finish(page)
    assert "I write because of my aunt, and ask this:" in whole(page)
    assert "Your own words" not in whole(page)


def test_a_letter_may_be_without_a_name_and_leaves_room_for_it(page: Page) -> None:
    begin(page)
    page.locator("[data-questions] textarea").first.fill(WRITTEN)
    finish(page)
    assert whole(page).rstrip().endswith("Yours sincerely,")
    assert "Your name" not in whole(page)
    page.emulate_media(media="print")
    expect(page.locator(".sheet-signature")).to_have_css("visibility", "hidden")
    expect(page.locator(".sheet-sender")).to_have_css("visibility", "hidden")
    expect(page.locator(".sheet-text")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_hidden()


def test_a_letter_that_asks_for_nothing_is_not_finished(page: Page) -> None:
    begin(page)
    ticked = page.locator("[name=demands]:checked")
    while ticked.count():
        ticked.first.uncheck()
    page.get_by_role("button", name="Finish my letter").click()
    expect(page.get_by_text("Tick at least one demand")).to_be_visible()
    expect(page.locator("[name=demands]").first).to_be_focused()
    assert_accessible(page)
    page.locator("[name=demands]").first.check()
    finish(page)


def test_answers_changed_later_come_into_a_letter_that_was_edited_when_asked_for(
    page: Page,
) -> None:
    begin(page)
    answer = page.locator("[data-questions] textarea").first
    answer.fill("First I say this.")
    finish(page)
    body = page.get_by_label("Your letter", exact=True)
    body.fill("Wholly my own.")
    page.get_by_role("button", name="Back to the questions").click()
    answer.fill("Now I say that.")
    finish(page)
    expect(body).to_have_value("Wholly my own.")
    page.get_by_role("button", name="Make it afresh from my answers").click()
    expect(body).to_have_value(re.compile("Now I say that."))
    assert "Wholly my own." not in whole(page)


def test_demands_that_cannot_be_fetched_are_not_shown_as_asked_for(
    browser: Browser, site: LiveServer
) -> None:
    with browser.new_context(base_url=site.url) as context:
        page = context.new_page()
        begin(page)
        page.route("**/preview/", lambda route: route.abort())
        first = page.locator("[name=demands]:checked").first
        before = page.locator("[data-sheet-text]").inner_text()
        first.click()
        expect(page.get_by_text("The letter could not follow")).to_be_visible()
        expect(page.locator("[name=demands]").first).to_be_checked()
        assert page.locator("[data-sheet-text]").inner_text() == before


def test_demands_that_arrive_late_still_come_into_the_letter(page: Page) -> None:
    waiting: list[Route] = []
    begin(page)
    page.route("**/preview/", lambda route: waiting.append(route))  # noqa: PLW0108
    count = page.locator("[name=demands]:checked").count()
    page.locator("[name=demands]:checked").first.uncheck()
    expect(page.locator("[name=demands]:checked")).to_have_count(count - 1)
    finish(page)
    before = whole(page)
    waiting[0].continue_()
    expect(page.get_by_label("The whole letter")).not_to_have_value(before)
    assert len(whole(page)) < len(before)


# --- Nothing stays -----------------------------------------------------------------


def test_finish_and_clear_empties_the_page_and_leaves_no_way_back(page: Page) -> None:
    begin(page)
    fill(page)
    finish(page)
    page.get_by_role("button", name="Finish and clear").click()
    expect(page).to_have_url(steps.CAMPAIGN)
    page.go_back()
    expect(page).to_have_url(QUIETLY)
    assert WORD not in page.content()
    assert_nothing_is_kept_in_the_browser_but_the_forms_cookie(page)


def assert_nothing_is_kept_in_the_browser_but_the_forms_cookie(page: Page) -> None:
    assert_nothing_is_kept_in_the_browser(page)
    assert {cookie["name"] for cookie in page.context.cookies()} <= {"csrftoken"}


def test_ten_idle_minutes_ask_and_one_more_clears(page: Page) -> None:
    page.clock.install()
    begin(page)
    fill(page)
    asked = page.get_by_role("dialog", name="Still there?")
    page.clock.fast_forward("09:50")
    expect(asked).to_be_hidden()
    page.clock.fast_forward("00:15")
    expect(asked).to_be_visible()
    expect(page.get_by_role("button", name="I am still here")).to_be_focused()
    assert_accessible(page)
    page.keyboard.press("Enter")
    expect(asked).to_be_hidden()
    expect(page.get_by_label("Your name")).to_have_value(WORD)
    page.clock.fast_forward("10:05")
    expect(asked).to_be_visible()
    page.clock.fast_forward("01:05")
    expect(page).to_have_url(steps.CAMPAIGN)
    page.go_back()
    expect(page).to_have_url(QUIETLY)
    assert WORD not in page.content()


def test_a_device_that_slept_through_the_question_is_cleared_at_once(
    page: Page,
) -> None:
    page.clock.install()
    begin(page)
    fill(page)
    page.clock.fast_forward("02:00:00")
    expect(page).to_have_url(steps.CAMPAIGN)


def test_leaving_goes_elsewhere_at_once_and_leaves_no_way_back(
    browser: Browser, site: LiveServer
) -> None:
    asked: list[Request] = []

    def answer(route: Route) -> None:
        asked.append(route.request)
        route.fulfill(body="<title>Weather</title>", content_type="text/html")

    with browser.new_context(base_url=site.url) as context:
        context.route("https://www.bbc.co.uk/**", answer)
        page = context.new_page()
        begin(page)
        # Said once the script is there; until then the link is a link.
        expect(
            page.get_by_text("Everything you type stays in this page")
        ).to_be_visible()
        fill(page)
        page.get_by_role("link", name="Leave this page").click()
        expect(page).to_have_title("Weather")
        assert "referer" not in asked[0].all_headers()
        page.go_back()
        expect(page).to_have_url(QUIETLY)
        page.go_forward()
        expect(page).to_have_title("Weather")


def test_a_letter_that_could_not_be_counted_is_not_lost(
    browser: Browser, site: LiveServer
) -> None:
    with browser.new_context(base_url=site.url) as context:
        page = context.new_page()
        begin(page)
        fill(page)
        finish(page)
        page.route("**/reported/", lambda route: route.abort())
        page.get_by_role("button", name="I have sent it").click()
        expect(page.get_by_text("could not be counted now")).to_be_visible()
        assert WORD in whole(page)
        page.unroute("**/reported/")
        page.get_by_role("button", name="I have sent it").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")


def test_where_the_script_fails_the_form_works_as_without(
    browser: Browser, site: LiveServer
) -> None:
    with browser.new_context(base_url=site.url) as context:
        page = context.new_page()
        page.route("**/own_words*.js", lambda route: route.abort())
        begin(page)
        expect(page.get_by_text("stays in this page")).to_be_hidden()
        expect(page.get_by_text("goes to our server once")).to_be_visible()
        fill(page)
        finish(page)
        assert WORD in whole(page)


# --- In anybody's hands ------------------------------------------------------------


def look(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (320, 375, 1440):
            assert_fits(page, width)
        assert_accessible(page)
    set_text_size(page)
    assert_fits(page, 320)
    set_text_size(page, "")
    page.set_viewport_size({"width": 1280, "height": 800})


def test_every_page_is_fit_for_everybody(page: Page) -> None:
    page.goto(QUIETLY)
    look(page)
    page.get_by_label("Your postcode").fill("nowhere")
    page.get_by_role("button", name="Find my MP").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    look(page)
    page.get_by_label("Your postcode").fill("BT1 1AA")
    page.get_by_role("button", name="Find my MP").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Which of these is yours?"
    )
    look(page)
    begin(page)
    look(page)
    fill(page)
    finish(page)
    look(page)
    page.get_by_role("button", name="I have sent it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    look(page)


def test_what_the_server_makes_is_fit_for_everybody_too(
    browser: Browser, site: LiveServer
) -> None:
    with browser.new_context(base_url=site.url, reduced_motion="reduce") as context:
        page = context.new_page()
        page.route("**/own_words*.js", lambda route: route.abort())
        begin(page)
        fill(page)
        page.get_by_label("Postcode", exact=False).last.fill("nowhere")
        page.get_by_role("button", name="Finish my letter").click()
        expect(page.locator("[data-error-summary]")).to_be_focused()
        look(page)
        page.get_by_label("Postcode", exact=False).last.fill("")
        finish(page)
        look(page)
        page.evaluate("document.querySelector('[name=token]').value = 'spoilt'")
        page.get_by_role("button", name="Show the changes").last.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Please start once more"
        )
        look(page)


def test_a_report_that_is_none_is_told_so(page_without_javascript: Page) -> None:
    page = page_without_javascript
    begin(page)
    finish(page)
    token = page.locator("[data-report] [name=report]")
    assert token.get_attribute("value")
    Campaign.objects.update(slug="renamed")
    page.get_by_role("button", name="I have sent it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing here")


def test_to_an_mp_without_an_e_mail_address_it_goes_by_post(page: Page) -> None:
    term = Representative.objects.filter(
        constituency__code=WESTMINSTER, is_current=True
    )
    email = term.get().email
    term.update(email="")
    try:
        begin(page)
        fill(page)
        finish(page)
        expect(page.get_by_text("publishes no e-mail address")).to_be_visible()
        expect(page.get_by_role("button", name="I have sent it")).to_have_count(0)
        assert WORD in whole(page)
        look(page)
    finally:
        term.update(email=email)


def test_the_whole_way_by_keyboard_alone(page: Page) -> None:
    page.goto(steps.CAMPAIGN)
    tab_to(page, f"a[href='{QUIETLY}']")
    page.keyboard.press("Enter")
    expect(page).to_have_url(QUIETLY)
    tab_to(page, "[name=looked_up]")
    page.keyboard.type(steps.WESTMINSTER)
    page.keyboard.press("Enter")
    expect(page.locator(".member")).to_be_visible()
    tab_to(page, "[data-questions] textarea >> nth=0")
    page.keyboard.type(WRITTEN)
    tab_to(page, "[name=name]")
    page.keyboard.type("Jo Marsden")
    page.keyboard.press("Enter")
    expect(page.locator("[data-finished-title]")).to_be_focused()
    tab_to(page, "#whole")
    page.keyboard.press("Control+C")
    tab_to(page, "[data-report] button >> nth=0")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
