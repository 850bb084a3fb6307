"""The public API of campaigns: its shapes, its faults, its description of itself."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from actions.models import Campaign, Source, Tally
from tests.actions.counted import count_letters, make_seat
from tests.actions.factories import make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    made = make_campaign(
        slug="stop-it", title="Stop it", headline="Ask your MP to stop it."
    )
    Source.objects.create(
        campaign=made,
        statement="It was found to be so.",
        publisher="The Tribunal",
        title="Judgment",
        address="https://tribunal.example/judgment",
        published_on=datetime.date(2021, 12, 9),
        check_again_on=datetime.date(2027, 1, 1),
    )
    return made


def yesterday() -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=1)


def read(client: Client, address: str, status: int = 200) -> Any:
    response = client.get(f"/api/v1/{address}")
    assert response["Content-Type"] == "application/json"
    assert response.status_code == status
    return response.json()


def test_public_campaigns_are_listed_with_their_live_totals(
    client: Client, campaign: Campaign
) -> None:
    make_campaign(state=Campaign.State.DRAFT)
    count_letters(campaign, make_seat(), 3, day=timezone.localdate())

    assert read(client, "campaigns/") == {
        "campaigns": [
            {
                "slug": "stop-it",
                "title": "Stop it",
                "headline": "Ask your MP to stop it.",
                "state": "open",
                "url": "http://127.0.0.1:8000/stop-it/",
                "letters_out": 3,
                "seats_reached": 1,
            }
        ]
    }


def test_the_list_takes_three_queries_however_long_it_is(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        make_campaign()
    read(client, "campaigns/")

    with django_assert_num_queries(3):
        assert len(read(client, "campaigns/")["campaigns"]) == 3


def test_a_campaign_tells_what_it_asks_for_and_what_it_rests_on(
    client: Client, campaign: Campaign
) -> None:
    answer = read(client, "campaigns/stop-it/")

    assert answer["lede"] == "It takes five minutes."
    assert answer["demands"] == [
        {"title": "Sanctions", "explanation": "Sanctions, explained."},
        {"title": "A tribunal", "explanation": "A tribunal, explained."},
    ]
    assert answer["sources"] == [
        {
            "statement": "It was found to be so.",
            "publisher": "The Tribunal",
            "title": "Judgment",
            "url": "https://tribunal.example/judgment",
            "published_on": "2021-12-09",
            "check_again_on": "2027-01-01",
        }
    ]
    assert (answer["letters_out"], answer["seats_reached"]) == (0, 0)


def test_a_closed_campaign_can_still_be_read(client: Client) -> None:
    make_campaign(slug="over", state=Campaign.State.CLOSED)

    assert read(client, "campaigns/over/")["state"] == "closed"


@pytest.mark.parametrize("path", ["campaigns/{}/", "campaigns/{}/counts/"])
def test_a_draft_is_as_unknown_as_a_campaign_that_does_not_exist(
    client: Client, path: str
) -> None:
    make_campaign(slug="secret", state=Campaign.State.DRAFT)

    draft = read(client, path.format("secret"), status=404)
    assert draft == {
        "code": "unknown_campaign",
        "detail": "There is no such campaign.",
    }
    assert read(client, path.format("nowhere"), status=404) == draft


def test_counts_by_nothing_are_the_total(client: Client, campaign: Campaign) -> None:
    seat = make_seat()
    count_letters(campaign, seat, 12)
    count_letters(campaign, seat, 1, day=timezone.localdate())

    assert read(client, "campaigns/stop-it/counts/") == {
        "campaign": "stop-it",
        "by": None,
        "as_of": timezone.localdate().isoformat(),
        "total": {
            "letters_out": 13,
            "seats_reached": 1,
            "seats_total": 651,
            "signatures": 0,
            "answered": 0,
            "acknowledged": 0,
            "no_answer": 0,
            "none_needed": 0,
            "bounced": 0,
            "reported": "0",
        },
        "counts": [],
    }


def test_the_four_answers_and_what_came_back_are_each_told_by_name(
    client: Client, campaign: Campaign
) -> None:
    seat = make_seat()
    count_letters(campaign, seat, 20)
    steps = (*Tally.ANSWERS, Tally.Step.BOUNCED)
    for number, step in enumerate(steps, start=1):
        count_letters(campaign, seat, number, step=step)

    total = read(client, "campaigns/stop-it/counts/")["total"]

    assert total["letters_out"] == 15
    assert {step: total[step] for step in steps} == {
        "answered": 1,
        "acknowledged": 2,
        "no_answer": 3,
        "none_needed": 4,
        "bounced": 5,
    }


def test_counts_by_constituency_are_buckets_as_of_yesterday(
    client: Client, campaign: Campaign
) -> None:
    near, far = make_seat("Near"), make_seat("Far")
    count_letters(campaign, near, 3)
    count_letters(campaign, far, 60)
    count_letters(campaign, near, 2, day=timezone.localdate())

    answer = read(client, "campaigns/stop-it/counts/?by=constituency")

    assert answer["by"] == "constituency"
    assert answer["as_of"] == yesterday().isoformat()
    assert answer["total"]["letters_out"] == 65
    lines = {line["key"]: line for line in answer["counts"]}
    assert lines[near.code] == {
        "key": near.code,
        "name": "Near",
        "letters": "1-4",
        "reported": "0",
    }
    assert lines[far.code]["letters"] == "10+"


@pytest.mark.parametrize(
    ("by", "key", "name"),
    [
        ("party", "the-greys", "The Greys"),
        ("region", "the-shire", "The Shire"),
    ],
)
def test_counts_by_group_say_how_many_seats_were_reached(
    client: Client, campaign: Campaign, by: str, key: str, name: str
) -> None:
    for letters in (0, 1, 7):
        seat = make_seat(party="The Greys", region="The Shire")
        count_letters(campaign, seat, letters)

    answer = read(client, f"campaigns/stop-it/counts/?by={by}")

    (line,) = [line for line in answer["counts"] if line["key"] == key]
    assert line == {
        "key": key,
        "name": name,
        "letters": "6-13",
        "reported": "0",
        "seats": 3,
        "seats_reached": 2,
    }


def test_what_people_sent_themselves_is_told_apart_and_up_to_midnight(
    client: Client, campaign: Campaign
) -> None:
    seat = make_seat("Near")
    for way, day in (
        (Tally.Way.OWN_MAIL, yesterday()),
        (Tally.Way.PAPER, yesterday()),
        (Tally.Way.PAPER, timezone.localdate()),
    ):
        count_letters(campaign, seat, 3, way=way, step=Tally.Step.REPORTED, day=day)

    total = read(client, "campaigns/stop-it/counts/")["total"]
    by_seat = read(client, "campaigns/stop-it/counts/?by=constituency")

    assert (total["letters_out"], total["seats_reached"]) == (0, 0)
    assert total["reported"] == "5-9"
    lines = {line["key"]: line for line in by_seat["counts"]}
    assert (lines[seat.code]["letters"], lines[seat.code]["reported"]) == ("0", "5-9")


def test_counts_by_country_name_the_country(client: Client, campaign: Campaign) -> None:
    count_letters(campaign, make_seat(country="Wales"), 2)

    answer = read(client, "campaigns/stop-it/counts/?by=country")

    (wales,) = [line for line in answer["counts"] if line["key"] == "wales"]
    assert (wales["name"], wales["letters"]) == ("Wales", "1-4")


def test_counts_by_day_are_exact_and_live(client: Client, campaign: Campaign) -> None:
    count_letters(campaign, make_seat(), 3, day=timezone.localdate())

    by_day = read(client, "campaigns/stop-it/counts/?by=day")

    assert by_day["as_of"] == timezone.localdate().isoformat()
    (day,) = by_day["counts"]
    assert (day["key"], day["letters"]) == (timezone.localdate().isoformat(), 3)


def test_counts_by_way_are_as_of_yesterday(client: Client, campaign: Campaign) -> None:
    seat = make_seat()
    count_letters(campaign, seat, 3)
    count_letters(campaign, seat, 4, day=timezone.localdate())

    by_way = read(client, "campaigns/stop-it/counts/?by=way")

    assert by_way["as_of"] == yesterday().isoformat()
    assert by_way["counts"] == [
        {"key": "email", "name": "by e-mail through Postbag", "letters": 3},
        {
            "key": "reported",
            "name": "sent by the writer, who told us so",
            "letters": "0",
        },
    ]


@pytest.mark.parametrize("by", ["", "sender", "Party", "day,party"])
def test_what_letters_are_not_counted_by_is_refused_with_the_choices(
    client: Client, campaign: Campaign, by: str
) -> None:
    assert read(client, f"campaigns/stop-it/counts/?by={by}", status=400) == {
        "code": "invalid_by",
        "detail": (
            "Letters are counted by day, constituency, party, country, region or way."
        ),
    }


@pytest.mark.parametrize("by", ["constituency", "party"])
def test_counts_take_four_queries_whatever_they_count(
    client: Client,
    campaign: Campaign,
    by: str,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    address = f"campaigns/stop-it/counts/?by={by}"
    read(client, address)

    with django_assert_num_queries(5):
        read(client, address)


def test_writing_is_refused_in_the_same_shape(client: Client) -> None:
    response = client.post("/api/v1/campaigns/", {}, content_type="application/json")

    assert response.status_code == 405
    assert response.json() == {
        "code": "method_not_allowed",
        "detail": 'Method "POST" not allowed.',
    }


def test_too_many_reads_are_refused_in_the_same_shape(
    client: Client, settings: Settings
) -> None:
    settings.READS_PER_MINUTE = 1
    read(client, "campaigns/")
    response = client.get("/api/v1/campaigns/")

    assert response.status_code == 429
    assert response.json()["code"] == "throttled"
    assert int(response["Retry-After"]) > 0


def test_the_schema_describes_every_answer(client: Client) -> None:
    schema = client.get("/api/v1/schema/?format=json").json()

    paths = schema["paths"]
    assert set(paths["/api/v1/campaigns/"]) == {"get"}
    assert set(paths["/api/v1/campaigns/{slug}/"]["get"]["responses"]) == {"200", "404"}
    counts = paths["/api/v1/campaigns/{slug}/counts/"]["get"]
    assert set(counts["responses"]) == {"200", "400", "404"}
    (by,) = [each for each in counts["parameters"] if each["name"] == "by"]
    assert by["schema"]["enum"] == [
        "constituency",
        "country",
        "day",
        "party",
        "region",
        "way",
    ]
    line = schema["components"]["schemas"]["Line"]
    assert set(line["required"]) == {"key", "name", "letters"}
    assert {each["type"] for each in line["properties"]["letters"]["oneOf"]} == {
        "integer",
        "string",
    }


def test_answers_have_the_fields_that_the_schema_describes(
    client: Client, campaign: Campaign
) -> None:
    schemas = client.get("/api/v1/schema/?format=json").json()["components"]["schemas"]
    count_letters(campaign, make_seat(), 2)

    answer = read(client, "campaigns/stop-it/counts/?by=party")

    assert set(answer) == set(schemas["Counts"]["properties"])
    assert set(answer["counts"][0]) == set(schemas["Line"]["properties"])
    assert set(read(client, "campaigns/stop-it/")) == set(
        schemas["Campaign"]["properties"]
    )
