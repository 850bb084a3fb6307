"""The list of all seats, and the search of it without JavaScript."""

import re

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from actions import choosing
from actions.choosing import SeatList
from actions.models import Campaign
from representatives.models import Representative
from tests.actions.factories import make_campaign, place_postcodes
from tests.actions.pages import text
from tests.registers import make_constituency, make_member

pytestmark = pytest.mark.usefixtures("registers")


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


def found(search: str) -> list[str]:
    listed = choosing.seats(search)
    assert listed.found == sum(len(seats) for _, seats in listed.groups)
    return [seat.name for _, seats in listed.groups for seat in seats]


def options(page: str) -> list[str]:
    return re.findall(r'<option value="(?!en|cy)(\w+)"', page)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ynys mon", "Ynys Môn"),
        ("YNYS", "Ynys Môn"),
        ("mon ynys", "Ynys Môn"),
        ("wrecsam", "Wrexham"),
        ("Rachel Blake", "Cities of London and Westminster"),
        ("blake westminster", "Cities of London and Westminster"),
    ],
)
def test_a_seat_is_found_by_part_of_its_names_or_its_members(
    typed: str, name: str
) -> None:
    assert name in found(typed)
    assert len(found(typed)) < 10


def test_in_welsh_it_is_found_by_its_english_name() -> None:
    with translation.override("cy"):
        assert found("wrexham") == ["Wrecsam"]


def test_a_nation_is_found_as_a_whole() -> None:
    assert len(found("northern ireland")) == 18


def test_whoever_has_left_is_not_found() -> None:
    member = make_member(display_name="Zebedee Quux")
    assert found("quux") == [member.constituency.name]
    Representative.objects.filter(pk=member.pk).update(is_current=False)
    assert choosing.seats("quux").found == 0


def test_the_whole_list_is_there_without_a_search_or_when_nothing_fits() -> None:
    whole = choosing.seats()
    assert whole.found is None
    assert sum(len(seats) for _, seats in whole.groups) == 650
    assert choosing.seats(" … ").groups == whole.groups
    assert choosing.seats("qqq") == SeatList(whole.groups, "qqq", 0)


def test_the_list_costs_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1):
        choosing.seats("wrex")


# Each with the field that holds the postcode, if one was typed.
PAGES = pytest.mark.parametrize(
    ("path", "field"), [("write/", "postcode"), ("quietly/letter/", "looked_up")]
)


@PAGES
def test_a_search_without_javascript_narrows_the_list(
    client: Client, campaign: Campaign, path: str, field: str
) -> None:
    asked = {"seat_search": "swansea", "narrow": "1", field: ""}
    answer = client.post(f"/{campaign.slug}/{path}", asked)
    page = text(answer)
    assert answer.status_code == 200
    assert "2 constituencies fit." in page
    assert len(options(page)) == 2
    assert 'value="swansea"' in page
    # What is typed is in no address, and the answer is shown where the list is.
    assert f'formaction="/{campaign.slug}/{path}#seats"' in page


@PAGES
def test_return_in_the_search_without_its_button_searches(
    client: Client, campaign: Campaign, path: str, field: str
) -> None:
    asked = {"seat_search": "ynys", "seat": ""}
    page = text(client.post(f"/{campaign.slug}/{path}", asked))
    assert "1 constituency fits." in page
    # The only one is chosen already.
    assert options(page) == ["W07000112"]
    assert "Choose a constituency" not in page


@PAGES
def test_a_seat_that_is_chosen_goes_before_what_is_searched(
    client: Client, campaign: Campaign, path: str, field: str
) -> None:
    asked = {"seat_search": "ynys", "seat": "E14001172"}
    page = text(client.post(f"/{campaign.slug}/{path}", asked))
    assert "Rachel Blake" in page
    assert "seat_search" not in page


@PAGES
def test_a_search_that_finds_nothing_says_so_and_keeps_the_list(
    client: Client, campaign: Campaign, path: str, field: str
) -> None:
    page = text(client.post(f"/{campaign.slug}/{path}", {"seat_search": "qqq"}))
    assert "No constituency fits." in page
    assert len(options(page)) == 650


def test_a_search_keeps_the_postcode(client: Client, campaign: Campaign) -> None:
    asked = {"seat_search": "ynys", "narrow": "1", "postcode": "BF1 2AA"}
    page = text(client.post(f"/{campaign.slug}/write/", asked))
    assert page.count('value="BF1 2AA"') >= 2


@PAGES
def test_candidates_say_how_many_and_which_postcodes_near_are_theirs(
    client: Client, campaign: Campaign, path: str, field: str
) -> None:
    most, few = make_member().constituency, make_constituency()
    place_postcodes(most, "ZE9 9", "AAABADAE")
    place_postcodes(few, "ZE9 9", "BB")
    page = text(client.post(f"/{campaign.slug}/{path}", {field: "ZE9 9AF"}))
    first, second = re.findall(
        r"About (\d+)% of the postcodes.*?such as (.*?)\.<", page
    )
    assert first[0] == "80"
    assert re.findall(r">(ZE9 9\w\w)<", first[1]) == ["ZE9 9AB", "ZE9 9AD", "ZE9 9AE"]
    assert second == ("20", '<bdi dir="ltr" lang="en-GB">ZE9 9BB</bdi>')


def test_the_eighteen_seats_have_nothing_to_compare(
    client: Client, campaign: Campaign
) -> None:
    page = text(client.post(f"/{campaign.slug}/write/", {"postcode": "BT1 1AA"}))
    assert page.count('name="seat" value="N') == 18
    assert "of the postcodes around yours" not in page
