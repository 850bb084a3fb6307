"""What becomes of a confirmed letter whose MP is one no more, as its writer sees it."""

import datetime
import re
from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from actions import finding
from actions.models import Letter
from representatives import parliament
from representatives.models import (
    Constituency,
    ParliamentPeriod,
    RegisterVersion,
    Representative,
)
from tests.journeys import steps
from tests.journeys.test_every_page import look, make_letter, member, open_letter
from tests.registers import make_member

DAY = datetime.timedelta(days=1)
House = ParliamentPeriod.State
NEW = "Dr Una Gray"


@pytest.fixture(autouse=True)
def _afterwards(site: object) -> Iterator[None]:
    """Journeys share the registers: leave Parliament as it was."""
    terms = list(Representative.objects.current().values_list("pk", flat=True))
    seats = list(Constituency.objects.current().values_list("pk", flat=True))
    dates = dict(RegisterVersion.objects.values_list("pk", "as_of"))
    yield
    ParliamentPeriod.objects.all().delete()
    begun = Representative.objects.filter(parliament_id__gt=900_000)
    Letter.objects.filter(representative__in=begun).delete()
    begun.delete()
    Constituency.objects.filter(pk__in=seats).update(
        is_current=True, in_force_until=None
    )
    Representative.objects.filter(pk__in=terms).update(is_current=True)
    for key, as_of in dates.items():
        RegisterVersion.objects.filter(pk=key).update(as_of=as_of)


def confirmed(**fields: object) -> Letter:
    return make_letter(state=Letter.State.QUEUED, confirmed_at=timezone.now(), **fields)


def leave() -> Constituency:
    """Let the MP for Westminster leave."""
    term = member()
    Representative.objects.filter(pk=term.pk).update(is_current=False)
    return term.constituency


def elect(seat: Constituency) -> Representative:
    return make_member(
        constituency=seat,
        display_name=NEW,
        full_title=f"{NEW} MP",
        address_as="Dr Gray",
    )


def newest_mail(subject: str, ending: str) -> str:
    """Give the link in the newest mail, which must be of this subject."""
    mail = steps.mails()[0]
    assert mail.subject == subject
    return steps.link_in(mail.text, ending)


def test_after_a_dissolution_the_letter_goes_to_another_mp_if_its_writer_says_so(
    page: Page,
) -> None:
    letter = confirmed()
    today = parliament.today()
    dissolution = ParliamentPeriod.objects.create(
        state=House.DISSOLVED, begins_on=today
    )
    steps.deliver()
    page.goto(newest_mail("Your letter is held for now", "/"))
    look(page, "Your letter is held for now")
    expect(page.get_by_text("Parliament is dissolved").first).to_be_visible()
    open_letter(page, letter, "redirect/")
    look(page, "There is nobody to send it to yet")

    ParliamentPeriod.objects.filter(pk=dissolution.pk).update(
        begins_on=today - 30 * DAY
    )
    ParliamentPeriod.objects.create(state=House.COUNTING, begins_on=today)
    RegisterVersion.objects.filter(register="members").update(as_of=today.isoformat())
    elect(leave())
    steps.deliver()
    page.goto(newest_mail("Your letter is held for now", "/redirect/"))
    look(page, f"Is your letter to go to {NEW}?")
    sheet = page.get_by_label("The letter", exact=True)
    expect(sheet).to_contain_text("Dear Dr Gray,")
    subject = page.get_by_label("Subject", exact=True)
    subject.fill("")
    page.get_by_role("button", name=f"Send it to {NEW}").click()
    look(page, f"Is your letter to go to {NEW}?")
    expect(subject).to_have_attribute("aria-invalid", "true")
    subject.fill("Please act")
    page.get_by_role("button", name=f"Send it to {NEW}").click()
    look(page, "Your letter is on its way")
    expect(page.get_by_text("You had it sent to whoever is your MP")).to_be_visible()
    steps.deliver()
    assert steps.mails()[0].to.startswith(f'"{NEW} MP"') or NEW in steps.mails()[0].to


def test_after_a_resignation_the_writer_mends_the_letter_without_javascript(
    page_without_javascript: Page,
) -> None:
    page = page_without_javascript
    letter = confirmed()
    former = letter.representative.address_as
    seat = leave()
    steps.deliver()
    open_letter(page, letter)
    expect(page.get_by_text("has no MP until a by-election")).to_be_visible()
    elect(seat)
    steps.deliver()
    open_letter(page, letter)
    page.get_by_role("link", name="Look at it and decide").click()
    body = page.get_by_label("Your letter", exact=True)
    subject = page.get_by_label("Subject", exact=True)
    body.fill(f"{letter.body}\n\nI count on you, {former}.")
    page.get_by_role("button", name="Show the changes on the sheet").click()
    expect(page.get_by_text("Your letter still says")).to_contain_text(former)
    body.fill(f"{letter.body}\n\nI count on you.")
    subject.fill("")
    page.get_by_role("button", name=f"Send it to {NEW}").click()
    expect(page.get_by_role("alert")).to_contain_text("Give the letter a subject")
    expect(body).to_have_value(re.compile("I count on you"))
    subject.fill("Please act")
    page.get_by_role("button", name=f"Send it to {NEW}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Your letter is on its way"
    )
    letter.refresh_from_db()
    assert letter.body.endswith("I count on you.")


def test_after_new_boundaries_the_postcode_finds_the_mp(page: Page) -> None:
    letter = confirmed(postcode="BS1 5TR")
    seat = leave()
    Constituency.objects.filter(pk=seat.pk).update(
        is_current=False, in_force_until=parliament.today()
    )
    steps.deliver()
    found = finding.find("BS1 5TR", "", asks_others=False).seat
    assert found
    assert found.representative
    name = found.representative.display_name
    open_letter(page, letter, "redirect/")
    look(page, f"Is your letter to go to {name}?")
    page.get_by_text("Not your MP?").click()
    look(page, f"Is your letter to go to {name}?")

    # Where the postcode is shared, or there is none, one chooses.
    for postcode in ("AB10 1AA", ""):
        Letter.objects.update(postcode=postcode)
        open_letter(page, letter, "redirect/")
        look(page, "Which constituency are you in now?")
    page.get_by_label("Constituency", exact=True).select_option(found.code)
    page.get_by_role("button", name="Choose this constituency").click()
    page.get_by_role("button", name=f"Send it to {name}").click()
    look(page, "Your letter is on its way")


def test_whoever_does_not_decide_gets_the_text_back(page: Page) -> None:
    letter = confirmed()
    elect(leave())
    steps.deliver()
    long_ago = timezone.now() - 30 * DAY
    Letter.objects.update(held_at=long_ago, decide_by=long_ago + DAY)
    steps.deliver()
    open_letter(page, letter)
    look(page, "Your letter was not sent")
    expect(page.get_by_text("Somebody else is the MP now.").first).to_be_visible()
    mail = steps.mails()[0]
    assert mail.subject == "Your letter was not sent"
    assert letter.body.splitlines()[-1] in mail.text
