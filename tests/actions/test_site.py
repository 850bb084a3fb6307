"""What holds for the whole site, whatever the page."""

import logging
from http import HTTPStatus

import pytest
from django.db import IntegrityError, transaction
from django.template.loader import get_template
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from actions import tokens
from actions.models import Campaign
from actions.models.campaigns import OWN_ADDRESSES
from config.logs import DiscreetFormatter
from representatives.models import Constituency, Register, RegisterVersion
from tests.actions.factories import make_campaign, make_letter
from tests.actions.pages import text

pytestmark = pytest.mark.django_db


def test_one_open_campaign_is_where_the_front_door_leads(client: Client) -> None:
    campaign = make_campaign()
    make_campaign(state=Campaign.State.DRAFT)
    assert client.get("/")["Location"] == f"/{campaign.slug}/"


def test_several_open_campaigns_are_listed(client: Client) -> None:
    titles = [make_campaign().title, make_campaign().title]
    page = text(client.get("/"))
    assert all(title in page for title in titles)


def test_without_a_campaign_the_front_door_says_so(client: Client) -> None:
    make_campaign(title="Only a plan", state=Campaign.State.DRAFT)
    page = text(client.get("/"))
    assert "No campaign is open at the moment" in page
    assert "Only a plan" not in page
    assert "Finished" not in page


@pytest.mark.parametrize("others", [0, 2])
def test_finished_campaigns_can_be_found_at_the_front_door(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, others: int
) -> None:
    for _ in range(others):
        make_campaign()
    closed = [make_campaign(state=Campaign.State.CLOSED) for _ in range(3)]
    # Where any is open, also whether Parliament has members.
    with django_assert_num_queries(3 if others else 2):
        page = text(client.get("/"))
    below = page[page.index("Finished") :]
    links = [f'href="/{campaign.slug}/">{campaign.title}</a>' for campaign in closed]
    assert all(link in below for link in links)


@pytest.mark.parametrize("slug", OWN_ADDRESSES)
def test_no_campaign_takes_one_of_postbags_own_addresses(slug: str) -> None:
    with (
        pytest.raises(
            IntegrityError, match=r"campaign_slugs_leave_postbags_own_addresses"
        ),
        transaction.atomic(),
    ):
        make_campaign(slug=slug)


def test_every_first_part_of_an_own_address_is_kept_from_campaigns() -> None:
    firsts = {
        str(pattern.pattern).split("/")[0].strip("^$")
        for pattern in get_resolver().url_patterns[0:2]
    }
    from_pages = {
        str(pattern.pattern).split("/")[0]
        for pattern in get_resolver("actions.urls").url_patterns
    }
    own = {part for part in firsts | from_pages if part and "<" not in part}
    assert own
    assert own <= set(OWN_ADDRESSES)


PAGES = ("/", "/privacy/", "/about-the-data/", "/outbox/", "/nowhere/", "/a/b/c/")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_the_strict_policy(client: Client, path: str) -> None:
    make_campaign(), make_campaign()
    policy = client.get(path)["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy.replace("https", "http").replace("http:", "http")
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_inline_code_or_another_sites_files(
    client: Client, path: str
) -> None:
    make_campaign(), make_campaign()
    page = text(client.get(path))
    assert " style=" not in page
    assert "<style" not in page
    assert "onclick" not in page
    assert 'src="http' not in page
    assert 'rel="stylesheet" href="http' not in page


def test_a_page_that_is_not_there_says_so_with_a_way_back(client: Client) -> None:
    page = client.get("/nowhere/")
    assert page.status_code == HTTPStatus.NOT_FOUND
    assert 'href="/"' in text(page)


def test_the_page_for_our_own_faults_needs_nothing_that_may_be_broken() -> None:
    page = get_template("500.html", using="jinja2").render({})
    assert "<h1" in page
    assert "</html>" in page


def test_every_page_says_that_letters_are_not_really_sent(client: Client) -> None:
    campaign = make_campaign()
    for path in (f"/{campaign.slug}/", "/privacy/", "/nowhere/", "/outbox/"):
        assert "are not really sent" in text(client.get(path))


def test_a_real_place_does_not_say_that_letters_are_not_sent(
    client: Client, settings: Settings
) -> None:
    settings.DELIVERY_IS_LIVE = True
    assert "are not really sent" not in text(client.get("/privacy/"))


def test_the_outbox_is_shown_to_this_machine_alone(
    client: Client, settings: Settings
) -> None:
    assert client.get("/outbox/").status_code == HTTPStatus.OK
    assert client.get("/outbox/", REMOTE_ADDR="::1").status_code == HTTPStatus.OK
    for stranger in ("203.0.113.7", "192.168.1.5", "", "nonsense"):
        page = client.get("/outbox/", REMOTE_ADDR=stranger)
        assert page.status_code == HTTPStatus.NOT_FOUND
    settings.DELIVERY_IS_LIVE = True
    assert client.get("/outbox/").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    "header",
    [
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Forwarded-Server",
        "X-Real-IP",
        "X-Client-IP",
        "X-Original-Host",
        "X-Amzn-Trace-Id",
        "Forwarded",
        "Via",
        "True-Client-IP",
        "CF-Connecting-IP",
        "Fastly-Client-IP",
        "CDN-Loop",
        "Front-End-Https",
    ],
)
def test_the_outbox_is_not_shown_through_a_proxy(client: Client, header: str) -> None:
    page = client.get("/outbox/", headers={header: "127.0.0.1"})
    assert page.status_code == HTTPStatus.NOT_FOUND


def test_the_outbox_is_shown_to_whatever_a_browser_sends(client: Client) -> None:
    usual = {
        "Accept": "text/html",
        "Accept-Language": "en-GB",
        "Cache-Control": "max-age=0",
        "Connection": "keep-alive",
        "DNT": "1",
        "Priority": "u=0",
        "Referer": "http://127.0.0.1:8000/",
        "Sec-CH-UA": '"Chromium"',
        "Sec-Fetch-Site": "same-origin",
        "Upgrade-Insecure-Requests": "1",
        "User-Agent": "Mozilla/5.0",
    }
    assert client.get("/outbox/", headers=usual).status_code == HTTPStatus.OK


def test_the_campaigns_colours_come_from_a_served_stylesheet(client: Client) -> None:
    campaign = make_campaign(colour="#123456", colour_in_dark="#abcdef")
    sheet = client.get(f"/{campaign.slug}/colours.css")
    assert sheet["Content-Type"].startswith("text/css")
    assert "#123456" in text(sheet)
    assert "#abcdef" in text(sheet)


def test_the_campaign_page_asks_the_database_little(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    campaign = make_campaign()
    with django_assert_max_num_queries(7):
        client.get(f"/{campaign.slug}/")


def test_a_letters_page_asks_the_database_little(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    letter = make_letter(now=timezone.now())
    with django_assert_max_num_queries(3):
        client.get(f"/letters/{tokens.for_letter(letter.pk)}/")


def test_no_log_line_repeats_a_letters_token(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    token = tokens.for_letter(make_letter(now=timezone.now()).pk)
    with caplog.at_level(logging.DEBUG, logger="django.request"):
        client.get(f"/letters/{token}/nowhere/")
        client.get(f"/letters/{token}/cancel/")
    lines = "\n".join(map(DiscreetFormatter().format, caplog.records))
    assert token in caplog.text
    assert "/letters/…/nowhere/" in lines
    assert token not in lines


def test_the_privacy_page_says_how_long_what_is_erased_stays_in_back_ups(
    client: Client, settings: Settings
) -> None:
    settings.BACKUPS_KEPT_DAYS = 9
    page = text(client.get("/privacy/"))
    assert "What is erased stays in such copies for 9 days at most" in page


def test_the_privacy_page_names_the_controller(
    client: Client, settings: Settings
) -> None:
    settings.CONTROLLER_NAME = "The Postbag Society"
    settings.CONTROLLER_CONTACT = "privacy@postbag.example"
    page = text(client.get("/privacy/"))
    assert "The Postbag Society" in page
    assert "privacy@postbag.example" in page
    assert f"{settings.ERASE_AFTER_DAYS} days" in page


def test_the_page_about_the_data_says_whether_northern_ireland_is_in_it(
    registers: None, client: Client
) -> None:
    missing = "Postcodes of Northern Ireland may not be copied freely."
    assert missing in client.get("/about-the-data/").content.decode()
    version = RegisterVersion.objects.current().get(register=Register.POSTCODES)
    seat = Constituency.objects.get(code="N05000003")
    version.sectors.create(sector="BT1 5", units="GS", constituency=seat)
    assert missing not in client.get("/about-the-data/").content.decode()
