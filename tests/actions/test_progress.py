"""The progress page: honest numbers, and nobody picked out."""

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from actions.models import Campaign
from config.jinja import drawn_once
from representatives.models import Representative
from tests.actions.counted import count_letters, make_seat
from tests.actions.factories import make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign(slug="stop-it", title="Stop it")


def page(client: Client, slug: str = "stop-it") -> str:
    response = client.get(f"/{slug}/progress/")
    assert response.status_code == 200
    return response.content.decode()


def words(html: str) -> str:
    """What stands on the page, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_headline_is_live(client: Client, campaign: Campaign) -> None:
    seat = make_seat()
    count_letters(campaign, seat, 1283)
    count_letters(campaign, seat, 1, day=timezone.localdate())

    said = words(page(client))

    assert "1,284 letters out" in said
    assert "1 of 651 MPs written to" in said


def test_a_seat_is_told_in_words_of_its_bucket_and_never_in_numbers(
    client: Client, campaign: Campaign
) -> None:
    count_letters(campaign, make_seat("Newtown"), 37)
    count_letters(campaign, make_seat("Elsewhere"), 3)

    said = words(page(client))

    assert re.search(r"Newtown Ms Jo Marsden 10 letters or more", said)
    assert re.search(r"Elsewhere Ms Jo Marsden 1 to 4 letters", said)
    assert not re.search(r"\b37\b", said)


def test_todays_letters_are_not_on_the_map(client: Client, campaign: Campaign) -> None:
    count_letters(campaign, make_seat("Newtown"), day=timezone.localdate())

    assert re.search(r"Newtown Ms Jo Marsden no letters", words(page(client)))


def test_the_page_says_how_old_the_map_is(client: Client, campaign: Campaign) -> None:
    yesterday = timezone.localdate() - datetime.timedelta(days=1)

    assert f"end of {yesterday.day} {yesterday:%B %Y}" in words(page(client))


def test_regions_and_parties_are_told_roughly(
    client: Client, campaign: Campaign
) -> None:
    for letters in (2, 8):
        count_letters(campaign, make_seat(party="The Greys"), letters)

    assert "The Greys 2 of 2 6 to 13" in words(page(client))


def test_a_vacant_seat_is_told_as_vacant(client: Client, campaign: Campaign) -> None:
    seat = make_seat("Newtown")
    Representative.objects.filter(constituency=seat).update(is_current=False)

    assert "Newtown vacant no letters" in words(page(client))


def test_the_map_follows_a_change_of_the_register_at_once(
    client: Client, campaign: Campaign
) -> None:
    seat = make_seat("Newtown")
    assert "Newtown Ms Jo Marsden" in words(page(client))

    Representative.objects.filter(constituency=seat).update(display_name="Ann Other")

    assert "Newtown Ann Other" in words(page(client))


def test_a_draft_has_no_progress_page(client: Client) -> None:
    make_campaign(slug="secret", state=Campaign.State.DRAFT)

    assert client.get("/secret/progress/").status_code == 404


def test_a_closed_campaign_shows_what_came_of_it(client: Client) -> None:
    made = make_campaign(slug="over", state=Campaign.State.CLOSED)
    count_letters(made, make_seat(), 5)

    html = page(client, "over")

    assert "5 letters out" in words(html)
    assert "Find my MP" not in html


def test_the_page_takes_five_queries(
    client: Client,
    campaign: Campaign,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    count_letters(campaign, make_seat(), 5)
    page(client)

    with django_assert_num_queries(6):
        page(client)


def test_the_map_is_drawn_once_for_as_long_as_it_shows_the_same(
    client: Client, campaign: Campaign
) -> None:
    page(client)
    drawn = drawn_once.cache_info().misses
    count_letters(campaign, make_seat(), 5)
    page(client)
    page(client)

    assert drawn_once.cache_info().misses == drawn + 1
