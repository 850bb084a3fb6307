"""The ways out of Postbag seen through the pages: one's own mail, and paper."""

import datetime
import io
import re
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from pytest_django import Settings

from actions import tokens
from actions.models import Campaign, Letter, RateCount, Tally
from representatives.models import Representative
from tests.actions.factories import make_campaign, make_representative, place_postcodes
from tests.actions.pages import hidden, text

PERSON = {
    "name": "Jo Marsden",
    "email": "jo@example.org",
    "address_line_1": "12 Orchard Street",
    "town": "London",
    "postcode": "ZE9 9AA",
    "reason": (
        "My neighbour has a brother there, and she has not heard from him since the "
        "spring of 2018. Dŵr, ğ & “tea”?"
    ),
}
PAGES = ("own-mail/", "paper/", "paper.pdf", "not-yet/")

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Representative:
    member = make_representative()
    place_postcodes(member.constituency, "ZE9 9", "AAAB")
    return member


@pytest.fixture
def campaign(member: Representative) -> Campaign:
    return make_campaign()


def written(client: Client, campaign: Campaign, **typed: str) -> dict[str, Any]:
    """Answer; return the fields of the letter's page, without consent."""
    page = client.post(f"/{campaign.slug}/write/", {"postcode": "ze9 9aa"})
    demands = [demand.pk for demand in campaign.demands.in_order()]
    fields = {**hidden(page), **PERSON, "demands": demands, **typed}
    letter = client.post(f"/{campaign.slug}/write/letter/", fields)
    assert letter.status_code == HTTPStatus.OK, text(letter)
    body = re.search(
        r"<textarea[^>]*name=\"body\"[^>]*>\n(.*?)</textarea>", text(letter), re.DOTALL
    )
    assert body
    return {**hidden(letter), "subject": "Please act", "body": body[1]}


def go(client: Client, campaign: Campaign, way: str, fields: dict[str, Any]) -> Any:
    return client.post(f"/{campaign.slug}/write/{way}", fields)


def report_in(page: Any) -> str:
    return hidden(page)["report"][0]


def report(client: Client, campaign: Campaign, token: str) -> Any:
    return client.post(f"/{campaign.slug}/write/reported/", {"report": token})


def test_the_letters_page_offers_both_ways_below_the_sending(
    client: Client, campaign: Campaign
) -> None:
    fields = written(client, campaign)
    page = text(go(client, campaign, "letter/", fields))
    after = page[page.index("Send it</button>") :]
    for way, words in (("own-mail", "From my own mail"), ("paper", "On paper")):
        address = f"/{campaign.slug}/write/{way}/"
        assert re.search(rf'formaction="{address}">{words}</button>', after)


def test_a_member_without_an_address_is_written_to_on_paper_only(
    client: Client, campaign: Campaign
) -> None:
    Representative.objects.update(email="")
    fields = written(client, campaign)
    page = text(go(client, campaign, "letter/", fields))
    assert f'formaction="/{campaign.slug}/write/paper/"' in page
    assert "/own-mail/" not in page
    paper = go(client, campaign, "paper/", fields)
    assert paper.status_code == HTTPStatus.OK
    assert "/own-mail/" not in text(paper)
    refused = go(client, campaign, "own-mail/", fields)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "publishes no e-mail address" in text(refused)
    assert str(fields["body"])[:100] in text(refused)


@pytest.mark.parametrize("way", PAGES)
def test_no_box_need_be_ticked_and_nothing_is_stored(
    client: Client, campaign: Campaign, way: str
) -> None:
    page = go(client, campaign, way, written(client, campaign))
    assert page.status_code == HTTPStatus.OK
    assert "no-store" in page["Cache-Control"]
    assert not Letter.objects.exists()
    assert not Tally.objects.exists()
    assert not client.cookies.get("sessionid")


@pytest.mark.parametrize("way", PAGES)
def test_a_letter_that_is_not_finished_comes_back_whole(
    client: Client, campaign: Campaign, way: str
) -> None:
    fields = written(client, campaign)
    for spoilt in ({"subject": ""}, {"body": "Still to come: [Write your reason]"}):
        page = go(client, campaign, way, {**fields, **spoilt})
        assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "Read it through" in text(page)
        assert "Tick the box" not in text(page)
        assert hidden(page)["name"] == ["Jo Marsden"]
    nameless = go(client, campaign, way, {**fields, "name": ""})
    assert nameless.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Write your name" in text(nameless)


@pytest.mark.parametrize("way", PAGES)
def test_a_letter_of_too_few_own_words_goes_only_where_signatures_are_taken(
    client: Client, campaign: Campaign, way: str
) -> None:
    fields = written(client, campaign, reason="Two words.")
    assert go(client, campaign, way, fields).status_code == HTTPStatus.OK
    campaign.accepts_signatures = False
    campaign.save()
    page = go(client, campaign, way, fields)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "own words only" in text(page)


@pytest.mark.parametrize("way", PAGES)
def test_a_page_that_lost_its_thread_gives_the_letter_back(
    client: Client, campaign: Campaign, way: str
) -> None:
    fields = {**written(client, campaign), "token": "forged"}
    page = go(client, campaign, way, fields)
    assert page.status_code == HTTPStatus.BAD_REQUEST
    assert "My neighbour has a brother there" in text(page)


@pytest.mark.parametrize("way", PAGES)
def test_a_closed_campaign_gives_the_letter_back(
    client: Client, campaign: Campaign, way: str
) -> None:
    fields = written(client, campaign)
    Campaign.objects.update(state=Campaign.State.CLOSED)
    page = go(client, campaign, way, fields)
    assert page.status_code == HTTPStatus.GONE
    assert "My neighbour has a brother there" in text(page)


@pytest.mark.parametrize("way", PAGES)
def test_a_kept_address_of_a_way_leads_to_the_beginning(
    client: Client, campaign: Campaign, way: str
) -> None:
    page = client.get(f"/{campaign.slug}/write/{way}")
    assert page.status_code == HTTPStatus.FOUND
    assert page["Location"] == f"/{campaign.slug}/write/"


@pytest.mark.parametrize("way", ["own-mail/", "paper/", "not-yet/"])
def test_going_back_from_a_way_loses_nothing(
    client: Client, campaign: Campaign, way: str
) -> None:
    fields = written(client, campaign)
    fields["subject"] = "A subject of my own"
    fields["body"] = f"{fields['body']}\n\nI added <this> & “that”."
    page = go(client, campaign, way, fields)
    assert 'id="letter"' in text(page)
    carried = hidden(page)
    carried.pop("report")
    back = go(client, campaign, "letter/", carried)
    assert back.status_code == HTTPStatus.OK
    assert "I added <this> & “that”." in text(back)
    assert 'value="A subject of my own"' in text(back)
    again = hidden(back)
    for name, typed in PERSON.items():
        assert again[name] == [typed]
    assert again["demands"] == [str(pk) for pk in fields["demands"]]
    own_words = re.search(r"data-meter-percent>(\d+)%", text(back))
    assert own_words
    assert int(own_words[1]) > 0


def test_the_letter_is_given_to_be_opened_or_copied_whole(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    page = go(client, campaign, "own-mail/", written(client, campaign))
    area = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", text(page), re.DOTALL)
    assert area
    lines = area[1].splitlines()
    assert lines[:3] == ["Jo Marsden", "12 Orchard Street", "London ZE9 9AA"]
    assert f"Dear {member.address_as}," in lines
    assert PERSON["reason"] in lines
    assert lines[-2:] == ["Yours sincerely,", "Jo Marsden"]
    assert "by Postbag" not in area[1]
    assert f'value="{member.email}"' in text(page)
    links = re.findall(r'href="(mailto:[^"]+|https://[^"]+)"', text(page))
    assert [link.split("?")[0].split("/")[2:3] for link in links[1:4]] == [
        ["mail.google.com"],
        ["outlook.live.com"],
        ["compose.mail.yahoo.com"],
    ]
    assert links[0].startswith(f"mailto:{member.email}?subject=Please%20act&body=Jo%20")


def test_a_long_letter_opens_without_its_text_and_says_how_to_bring_it(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    fields = written(client, campaign)
    short = text(go(client, campaign, "own-mail/", fields))
    assert "too long to travel" not in short
    assert "data-copies" in short
    long = text(
        go(
            client,
            campaign,
            "own-mail/",
            {**fields, "body": "More of my own words here. " * 80},
        )
    )
    assert f'href="mailto:{member.email}?subject=Please%20act"' in long
    assert "Copy it from the box below first" in long
    assert "fills in the address and subject" in long
    assert 'class="select-all"' in long
    assert long.count('data-copies="text"') == short.count('data-copies="text"') + 4


def test_links_to_other_sites_open_apart_and_tell_them_nothing(
    client: Client, campaign: Campaign
) -> None:
    page = text(go(client, campaign, "own-mail/", written(client, campaign)))
    for tag in re.findall(
        r'<a [^>]*href="https://(?:mail|outlook|compose)[^>]*>', page
    ):
        assert 'target="_blank"' in tag
        assert 'rel="noopener noreferrer"' in tag


def test_the_paper_page_says_how_to_address_the_envelope(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    page = text(go(client, campaign, "paper/", written(client, campaign)))
    envelope = page[page.index('class="envelope"') :]
    for line in (member.full_title, "House of Commons", "London SW1A 0AA"):
        assert line in envelope[: envelope.index("</address>")]
    assert "stamp" in page


def test_the_file_is_the_letter_as_a_pdf_to_be_kept(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    answer = go(client, campaign, "paper.pdf", written(client, campaign))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="letter.pdf"'
    pdf = PdfReader(io.BytesIO(answer.content))
    told = " ".join(pdf.pages[0].extract_text().split())
    for part in (
        "Jo Marsden 12 Orchard Street London ZE9 9AA",
        f"{member.full_title} House of Commons London SW1A 0AA",
        PERSON["reason"],
        "Yours sincerely, Jo Marsden",
    ):
        assert part in told
    assert "by Postbag" not in told


def test_too_many_files_are_refused_and_the_letter_given_back(
    client: Client, campaign: Campaign, settings: Settings
) -> None:
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 1
    fields = written(client, campaign)
    go(client, campaign, "paper.pdf", fields)
    page = go(client, campaign, "paper.pdf", fields)
    assert page.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert int(page["Retry-After"]) > 0
    assert "My neighbour has a brother there" in text(page)


# --- Has it gone? -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "way"), [("own-mail/", Tally.Way.OWN_MAIL), ("paper/", Tally.Way.PAPER)]
)
def test_a_letter_said_to_have_gone_is_counted_and_thanked_for(
    client: Client,
    campaign: Campaign,
    member: Representative,
    page: str,
    way: Tally.Way,
) -> None:
    shown = go(client, campaign, page, written(client, campaign))
    answer = report(client, campaign, report_in(shown))
    assert answer.status_code == HTTPStatus.FOUND
    assert answer["Location"] == reverse("thanks", kwargs={"slug": campaign.slug})
    assert "sessionid" not in client.cookies
    tally = Tally.objects.get()
    assert (tally.way, tally.step) == (way, Tally.Step.REPORTED)
    assert tally.constituency == member.constituency
    assert tally.own_words != Tally.OwnWords.SIGNATURE
    assert not Letter.objects.exists()


def test_the_report_carries_neither_text_nor_name(
    client: Client, campaign: Campaign
) -> None:
    page = go(client, campaign, "own-mail/", written(client, campaign))
    form = re.search(
        r'<form[^>]*write/reported/".*?</form>', page.content.decode(), re.DOTALL
    )
    assert form
    names = set(re.findall(r'name="([^"]+)"', form[0]))
    assert names <= {"csrfmiddlewaretoken", "report"}
    assert len(report_in(page)) < 400
    told = tokens.report_of(report_in(page))
    for typed in PERSON.values():
        assert typed not in repr(told)


def test_a_page_that_is_reloaded_counts_one_letter(
    client: Client, campaign: Campaign
) -> None:
    fields = written(client, campaign)
    pages = [go(client, campaign, way, fields) for way in ("own-mail/", "own-mail/")]
    pages.append(go(client, campaign, "paper/", fields))
    carried = {**hidden(pages[0]), "way": "own_mail"}
    pages.append(go(client, campaign, "not-yet/", carried))
    for page in pages:
        answer = report(client, campaign, report_in(page))
        assert answer.status_code == HTTPStatus.FOUND
    assert Tally.objects.get().count == 1


def test_going_back_and_out_by_another_way_counts_one_letter(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    mail = go(client, campaign, "own-mail/", written(client, campaign))
    report(client, campaign, report_in(mail))
    back = go(client, campaign, "letter/", hidden(mail))
    changed = {**hidden(back), "subject": "Act", "body": "Quite other words."}
    report(client, campaign, report_in(go(client, campaign, "paper/", changed)))
    # To the very beginning, too.
    seat = {"seat": member.constituency.code}
    asked = client.post(f"/{campaign.slug}/write/", {**changed, **seat})
    again = {**hidden(asked), **PERSON, "demands": changed["demands"]}
    letter = hidden(go(client, campaign, "letter/", again))
    paper = go(
        client, campaign, "paper/", {**letter, "subject": "Act", "body": "Others."}
    )
    report(client, campaign, report_in(paper))
    assert Tally.objects.get().count == 1


@pytest.mark.parametrize("way", PAGES)
def test_a_way_without_us_needs_no_email_address(
    client: Client, campaign: Campaign, way: str
) -> None:
    page = go(client, campaign, way, written(client, campaign, email=""))
    assert page.status_code == HTTPStatus.OK


def test_a_member_without_an_address_needs_none_of_the_writer(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    Representative.objects.update(email="")
    page = client.post(
        f"/{campaign.slug}/write/",
        {"seat": member.constituency.code, "email": "jo@example"},
    )
    assert 'type="email" name="email"' not in text(page)
    assert hidden(page)["email"] == ["jo@example"]
    demands = [demand.pk for demand in campaign.demands.in_order()]
    letter = go(
        client, campaign, "letter/", {**PERSON, **hidden(page), "demands": demands}
    )
    assert letter.status_code == HTTPStatus.OK


def test_not_yet_counts_nothing_and_leaves_the_way_open(
    client: Client, campaign: Campaign
) -> None:
    fields = {**written(client, campaign), "way": Tally.Way.PAPER}
    page = go(client, campaign, "not-yet/", fields)
    assert "Nothing was counted" in text(page)
    assert "I have posted it" in text(page)
    assert not Tally.objects.exists()
    assert not RateCount.objects.exists()
    report(client, campaign, report_in(page))
    assert Tally.objects.get().way == Tally.Way.PAPER


@pytest.mark.parametrize("token", ["", "forged", "a:b:c"])
def test_a_forged_report_is_not_counted_and_the_page_says_what_to_do(
    client: Client, campaign: Campaign, token: str
) -> None:
    answer = report(client, campaign, token)
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "Go back to the page with your letter" in text(answer)
    assert "no-store" in answer["Cache-Control"]
    assert not Tally.objects.exists()


def test_a_report_of_another_campaign_is_forged_here(
    client: Client, campaign: Campaign
) -> None:
    shown = go(client, campaign, "paper/", written(client, campaign))
    answer = report(client, make_campaign(), report_in(shown))
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert not Tally.objects.exists()


def test_a_report_after_two_weeks_is_not_counted_and_the_page_says_why(
    client: Client, campaign: Campaign
) -> None:
    shown = go(client, campaign, "paper/", written(client, campaign))
    told = tokens.report_of(report_in(shown))
    late = tokens.Report(
        **{**vars(told), "until": told.until - datetime.timedelta(days=30)}
    )
    answer = report(client, campaign, tokens.for_report(late))
    assert answer.status_code == HTTPStatus.GONE
    assert "more than two weeks old" in text(answer)
    assert not Tally.objects.exists()


def test_too_many_reports_are_refused_and_not_counted(
    client: Client, campaign: Campaign, settings: Settings
) -> None:
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 1
    shown = [
        go(client, campaign, "paper/", written(client, campaign)) for _ in range(2)
    ]
    first, second = map(report_in, shown)
    assert report(client, campaign, first).status_code == HTTPStatus.FOUND
    answer = report(client, campaign, second)
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert int(answer["Retry-After"]) > 0
    assert Tally.objects.get().count == 1


def test_a_report_to_a_campaign_closed_meanwhile_is_counted_and_thanked_for(
    client: Client, campaign: Campaign
) -> None:
    shown = go(client, campaign, "paper/", written(client, campaign))
    Campaign.objects.update(state=Campaign.State.CLOSED)
    answer = report(client, campaign, report_in(shown))
    assert answer.status_code == HTTPStatus.FOUND
    assert Tally.objects.get().count == 1


def test_a_report_to_a_draft_campaign_goes_nowhere(
    client: Client, campaign: Campaign
) -> None:
    shown = go(client, campaign, "paper/", written(client, campaign))
    Campaign.objects.update(state=Campaign.State.DRAFT)
    answer = report(client, campaign, report_in(shown))
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert not Tally.objects.exists()


def test_opening_the_address_of_the_report_counts_nothing(
    client: Client, campaign: Campaign
) -> None:
    answer = client.get(f"/{campaign.slug}/write/reported/")
    assert answer.status_code == HTTPStatus.FOUND
    assert answer["Location"] == f"/{campaign.slug}/"
    assert not Tally.objects.exists()


def test_a_report_from_another_site_is_refused(campaign: Campaign) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = report(strict, campaign, "x")
    assert answer.status_code == HTTPStatus.FORBIDDEN
