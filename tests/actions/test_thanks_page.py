"""The page after sending: what it offers, and what it never says of anybody."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from actions import sharing
from actions.models import Campaign
from tests.actions.counted import count_letters, make_seat
from tests.actions.factories import make_campaign
from tests.actions.pages import text

pytestmark = pytest.mark.django_db

HEADLINE = "Ask your MP to act & speak: “now”?"
ADDRESS = "https://postbag.example/uyghurs/"


@pytest.fixture
def campaign(settings: Settings) -> Campaign:
    settings.SITE_URL = "https://postbag.example"
    return make_campaign(slug="uyghurs", headline=HEADLINE, lede="One.\nTwo.")


def page_of(client: Client, campaign: Campaign) -> str:
    return text(client.get(f"/{campaign.slug}/thanks/"))


def links_in(page: str) -> list[str]:
    return re.findall(r'<a class="button is-quiet" href="([^"]*)"', page)


def test_it_thanks_and_counts_honestly(client: Client, campaign: Campaign) -> None:
    count_letters(campaign, make_seat(), 1284)
    page = page_of(client, campaign)
    assert "Thank you for writing" in page
    assert "<strong>1,284</strong> letters out" in page


def test_before_any_letter_is_out_its_writer_is_not_told_to_be_the_first(
    client: Client, campaign: Campaign
) -> None:
    assert "Yours would be the first" not in page_of(client, campaign)


def test_it_is_there_for_a_closed_campaign_and_not_for_a_draft(client: Client) -> None:
    closed = make_campaign(state=Campaign.State.CLOSED)
    draft = make_campaign(state=Campaign.State.DRAFT)
    assert "Thank you for writing" in page_of(client, closed)
    assert "Ask somebody else to write" not in page_of(client, closed)
    assert client.get(f"/{draft.slug}/thanks/").status_code == 404


def test_it_can_only_be_looked_at(client: Client, campaign: Campaign) -> None:
    assert client.post("/uyghurs/thanks/").status_code == 405


def test_links_share_the_campaigns_own_words_and_address(campaign: Campaign) -> None:
    share = sharing.share(campaign)
    ways = {way.name: urlsplit(way.address) for way in share.ways}
    text_and_link = f"{HEADLINE} {ADDRESS}"
    assert share.text == text_and_link
    said = {name: parse_qs(address.query) for name, address in ways.items()}
    assert said == {
        "WhatsApp": {"text": [text_and_link]},
        "E-mail": {
            "subject": [campaign.title],
            "body": [f"{HEADLINE}\r\n\r\nOne.\r\nTwo.\r\n\r\n{ADDRESS}\r\n"],
        },
        "X": {"text": [HEADLINE], "url": [ADDRESS]},
        "Bluesky": {"text": [text_and_link]},
        "Facebook": {"u": [ADDRESS]},
    }
    hosts = {name: f"{way.scheme}:{way.netloc}{way.path}" for name, way in ways.items()}
    assert hosts == {
        "WhatsApp": "https:wa.me/",
        "E-mail": "mailto:",
        "X": "https:x.com/intent/post",
        "Bluesky": "https:bsky.app/intent/compose",
        "Facebook": "https:www.facebook.com/sharer/sharer.php",
    }


def test_a_headline_without_an_end_gets_a_colon_before_the_address() -> None:
    campaign = make_campaign(headline="Ask your MP to act")
    assert sharing.share(campaign).text.startswith("Ask your MP to act: http")


def test_a_mail_programs_link_holds_no_plus_for_a_space(campaign: Campaign) -> None:
    mail = next(way for way in sharing.share(campaign).ways if way.name == "E-mail")
    assert "+" not in mail.address
    assert HEADLINE in unquote(mail.address)


def test_every_way_is_a_plain_link_that_tells_the_other_side_nothing(
    client: Client, campaign: Campaign
) -> None:
    campaign.donate_url = "https://give.example/now?to=uyghurs&from=site"
    campaign.save()
    page = page_of(client, campaign)
    ways = [way.address for way in sharing.share(campaign).ways]
    assert links_in(page) == [*ways, campaign.donate_url]
    for link in re.findall(r"<a [^>]*button is-quiet[^>]*>", page):
        assert 'rel="noopener noreferrer"' in link
    assert "if that could put you or your family in danger, do not" in page


def test_the_text_can_be_copied_from_a_field_nobody_can_change(
    client: Client, campaign: Campaign
) -> None:
    page = page_of(client, campaign)
    (field,) = re.findall(r"<textarea[^>]*readonly[^>]*>\n([^<]*)</textarea>", page)
    assert field == f"{HEADLINE} {ADDRESS}"


def test_giving_is_offered_only_where_the_campaign_says_where(
    client: Client, campaign: Campaign
) -> None:
    assert "Donate" not in page_of(client, campaign)
    campaign.donate_url = "https://give.example/"
    campaign.save()
    assert 'href="https://give.example/"' in page_of(client, campaign)


def test_it_is_the_same_for_everybody_and_costs_three_queries(
    client: Client,
    campaign: Campaign,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    page_of(client, campaign)
    with django_assert_num_queries(4):
        client.get("/uyghurs/thanks/?letter=123&name=Jo")
    page = text(client.get("/uyghurs/thanks/?letter=zqxmarker"))
    assert "zqxmarker" not in page


def test_nobody_is_thanked_before_the_letter_is_confirmed(
    client: Client, campaign: Campaign
) -> None:
    assert "/uyghurs/thanks/" not in text(client.get("/uyghurs/sent/"))
    words = "Your letter goes only after you press the button in our mail."
    assert words in page_of(client, campaign)
    closed = make_campaign(state=Campaign.State.CLOSED)
    assert words not in page_of(client, closed)


# --- What other sites show beside a link ----------------------------------------------


def open_graph(page: str) -> dict[str, str]:
    found = r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)">'
    return dict(re.findall(found, page))


@pytest.mark.parametrize(
    ("path", "title", "url"),
    [
        ("", HEADLINE, ADDRESS),
        ("progress/", "How far we have come: Uyghurs", f"{ADDRESS}progress/"),
        # Whoever follows it has not written yet.
        ("thanks/", HEADLINE, ADDRESS),
    ],
)
def test_a_link_is_shown_with_title_words_and_picture(
    client: Client, campaign: Campaign, path: str, title: str, url: str
) -> None:
    campaign.title, campaign.lede = "Uyghurs", "It takes five minutes."
    campaign.save()
    told = open_graph(text(client.get(f"/uyghurs/{path}")))
    assert told["og:title"] == title
    assert told["og:description"] == "It takes five minutes."
    assert told["og:url"] == url
    assert told["og:image"] == f"{ADDRESS}picture.png"
    assert (told["og:image:width"], told["og:image:height"]) == ("1200", "630")
    assert told["og:image:alt"] == HEADLINE
    assert told["twitter:card"] == "summary_large_image"


def test_pages_about_a_person_show_nothing_elsewhere(
    client: Client, campaign: Campaign
) -> None:
    assert open_graph(text(client.get("/uyghurs/sent/"))) == {}
    assert open_graph(text(client.get("/uyghurs/updates/asked/"))) == {}
