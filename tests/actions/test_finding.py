"""The seats that somebody is shown, named as they read."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from actions import finding
from actions.models import Campaign
from actions.views.carrying import seat_groups
from representatives import lookup, parliament
from representatives.models import ByElection, Constituency, ParliamentPeriod
from tests.actions.factories import make_campaign
from tests.actions.pages import hidden, text
from tests.services import (
    LAGAN_VALLEY,
    Service,
    answer,
    both,
    parliament_says,
    parliament_search,
    postcodes_io,
    postcodes_io_says,
)

__all__ = ["both", "parliament_search", "postcodes_io"]

pytestmark = pytest.mark.usefixtures("registers")


@pytest.mark.parametrize(
    ("language", "name"), [("en-gb", "Wrexham"), ("cy", "Wrecsam")]
)
def test_a_vacancy_names_the_seat_as_its_readers_do(language: str, name: str) -> None:
    seat = lookup.seat("W07000111")
    assert seat is not None
    with translation.override(language):
        assert name in finding.vacancy(seat)


def test_a_seat_without_a_result_is_not_said_to_wait_for_a_by_election() -> None:
    seat = lookup.seat("W07000111")
    assert seat is not None
    today = parliament.today()
    ParliamentPeriod.objects.create(
        state=ParliamentPeriod.State.COUNTING, begins_on=today
    )
    assert "do not know yet who was elected in Wrexham" in finding.vacancy(seat)


def test_a_seat_vacant_long_after_an_election_waits_for_a_by_election() -> None:
    seat = lookup.seat("W07000111")
    assert seat is not None
    today = parliament.today()
    ParliamentPeriod.objects.create(
        state=ParliamentPeriod.State.COUNTING,
        begins_on=today - datetime.timedelta(days=15),
    )
    assert "vacant until a by-election" in finding.vacancy(seat)
    ByElection.objects.create(
        constituency=Constituency.objects.current().get(code=seat.code),
        polling_on=today,
    )
    assert "until the by-election on" in finding.vacancy(seat)


def test_the_list_of_seats_is_in_the_readers_language() -> None:
    english = seat_groups()
    with translation.override("cy"):
        welsh = seat_groups()
        nations = [
            translation.gettext(name)
            for name in ("England", "Northern Ireland", "Scotland", "Wales")
        ]
        assert seat_groups() is welsh
    assert [nation for nation, _ in welsh] == nations
    assert [len(seats) for _, seats in welsh] == [543, 18, 57, 32]
    assert ("W07000111", "Wrecsam") in welsh[-1][1]
    assert [name for _, name in welsh[-1][1]][-1] == "Ynys Môn"
    assert [nation for nation, _ in english][-1] == "Wales"
    assert ("W07000111", "Wrexham") in english[-1][1]
    assert seat_groups() is english


# --- Where other services may be asked ------------------------------------------------

UNKNOWN = "BT25 1AA"
NAME, CODE = LAGAN_VALLEY
PERSON = {
    "name": "Jo Marsden",
    "email": "jo@mail.example",
    "address_line_1": "1 High Street",
    "town": "Dromore",
}


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


@pytest.fixture
def knowing(both: tuple[Service, Service], request: pytest.FixtureRequest) -> Service:
    """The service that the test names, which knows; the other one does not."""
    both[0].says = answer(parliament_says(None))
    both[1].says = answer(postcodes_io_says(UNKNOWN, NAME, CODE))
    if request.param == "parliament":
        both[0].says = answer(parliament_says(NAME))
    return both[0] if request.param == "parliament" else both[1]


@pytest.mark.parametrize(
    ("knowing", "told"),
    [
        ("parliament", "according to Parliament’s constituency search"),
        ("postcodes.io", 'according to <span lang="en-GB">postcodes.io</span>'),
    ],
    indirect=["knowing"],
)
def test_the_page_says_which_service_answered(
    client: Client, campaign: Campaign, knowing: Service, told: str
) -> None:
    page = client.post(f"/{campaign.slug}/write/", {"postcode": UNKNOWN})
    assert NAME in text(page)
    assert told in text(page)
    # And goes on saying so, without asking again.
    fields = hidden(page)
    again = client.post(f"/{campaign.slug}/write/letter/", fields)
    assert again.status_code == 422
    assert told in text(again)
    assert len(knowing.requests) == 1


@pytest.mark.parametrize("knowing", ["parliament"], indirect=True)
def test_the_postcode_of_the_address_is_not_asked_for(
    client: Client, campaign: Campaign, knowing: Service
) -> None:
    page = client.post(f"/{campaign.slug}/write/", {"postcode": UNKNOWN})
    typed = {**hidden(page), "postcode": "ZE7 7AA"}
    client.post(f"/{campaign.slug}/write/letter/", typed)
    assert len(knowing.requests) == 1


@pytest.mark.parametrize("knowing", ["parliament"], indirect=True)
def test_an_answer_is_known_again_in_the_address(
    client: Client, campaign: Campaign, knowing: Service
) -> None:
    client.post(f"/{campaign.slug}/write/", {"postcode": UNKNOWN})
    elsewhere = client.post(f"/{campaign.slug}/write/", {"postcode": "SW1A 1AA"})
    typed: dict[str, Any] = {
        **hidden(elsewhere),
        "postcode": UNKNOWN,
        **PERSON,
        "reason": "Why.",
    }
    typed["demands"] = [demand.pk for demand in campaign.demands.in_order()]
    refused = client.post(f"/{campaign.slug}/write/letter/", typed)
    assert f"This postcode lies in {NAME}" in text(refused)


def test_without_an_answer_the_page_is_as_ever(
    client: Client, campaign: Campaign, both: tuple[Service, Service]
) -> None:
    page = client.post(f"/{campaign.slug}/write/", {"postcode": UNKNOWN})
    assert page.content.count(b'name="seat" value="N') == 18
    assert [len(service.requests) for service in both] == [1, 1]


def test_whoever_leaves_no_trace_is_asked_about_nowhere(
    client: Client, campaign: Campaign, both: tuple[Service, Service]
) -> None:
    for typed in (UNKNOWN, "ZE7 7AA"):
        client.post(f"/{campaign.slug}/quietly/letter/", {"looked_up": typed})
    assert not any(service.requests for service in both)


def test_the_postcode_box_says_whether_somebody_else_is_asked(
    client: Client, campaign: Campaign, settings: Settings
) -> None:
    for path in (f"/{campaign.slug}/", f"/{campaign.slug}/write/"):
        settings.LIVE_LOOKUP = ()
        assert "is not kept unless you write" in text(client.get(path))
        settings.LIVE_LOOKUP = ("parliament",)
        assert "we ask another service" in text(client.get(path))
    quiet = text(client.get(f"/{campaign.slug}/quietly/"))
    assert "It is looked up once and not kept." in quiet
