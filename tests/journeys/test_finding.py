"""Postcodes that lead to more than one seat, to none, or to nobody."""

import itertools
import string
from collections.abc import Iterator

import pytest
from django.db.models import Count
from playwright.sync_api import Page, expect

from representatives.models import Constituency, PostcodeSector, Representative
from tests.journeys import steps
from tests.journeys.browser import assert_accessible, assert_fits

UNITS = [
    first + last for first, last in itertools.product(string.ascii_uppercase, repeat=2)
]
# What no inward part ends with.
NEVER = set("CIKMOV")


def unknown_unit(sector: str) -> str:
    """A well-formed postcode of this sector that the register does not have."""
    rows = PostcodeSector.objects.filter(sector=sector).values_list("units", flat=True)
    known = {units[at : at + 2] for units in rows for at in range(0, len(units), 2)}
    return sector + next(
        unit for unit in UNITS if unit not in known and not set(unit) & NEVER
    )


@pytest.fixture
def split_sector(site: object) -> str:
    """A sector that two seats share."""
    shared = (
        PostcodeSector.objects.values("sector")
        .annotate(seats=Count("constituency"))
        .filter(seats=2)
        .order_by("sector")
    )
    return str(shared[0]["sector"])


@pytest.fixture
def vacant_seat(site: object) -> Iterator[Constituency]:
    """Westminster without a member; afterwards as before."""
    westminster = Constituency.objects.get(code="E14001172")
    term = Representative.objects.get(constituency=westminster, is_current=True)
    Representative.objects.filter(pk=term.pk).update(is_current=False)
    yield westminster
    Representative.objects.filter(pk=term.pk).update(is_current=True)


def test_a_split_postcode_is_answered_with_a_choice(
    page: Page, split_sector: str
) -> None:
    steps.find(page, unknown_unit(split_sector))
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Which of these is yours?"
    )
    for width in (320, 1440):
        assert_fits(page, width)
    assert_accessible(page)
    candidates = Constituency.objects.filter(
        postcodesector__sector=split_sector
    ).distinct()
    chosen = candidates[1]
    for candidate in candidates:
        expect(page.get_by_role("button", name=candidate.name)).to_be_visible()
    page.get_by_role("button", name=chosen.name).click()
    expect(page.locator(".member")).to_contain_text(chosen.name)
    steps.answer(page)
    steps.send(page)
    steps.confirm(page)
    steps.deliver()
    assert f"{split_sector[:-1]}".strip() in steps.mails()[0].text


def test_a_northern_irish_postcode_is_answered_with_its_eighteen_seats(
    page: Page,
) -> None:
    steps.find(page, "BT7 1NN")
    seats = page.locator("button[name=seat]")
    expect(seats).to_have_count(18)
    assert_accessible(page)
    assert_fits(page, 320)
    page.get_by_role("button", name="Belfast South and Mid Down").click()
    expect(page.locator(".member")).to_contain_text("Belfast South and Mid Down")
    steps.answer(page)
    sheet = page.get_by_label("The letter", exact=True)
    expect(sheet).to_contain_text("BT7 1NN")


def test_a_vacant_seat_is_told_beside_the_box(
    page: Page, vacant_seat: Constituency
) -> None:
    steps.find(page, steps.WESTMINSTER)
    error = page.locator("#postcode .error")
    expect(error).to_contain_text(f"{vacant_seat.name} has no MP at the moment")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert_accessible(page)
    assert_fits(page, 320)


def test_a_mistyped_postcode_keeps_what_was_typed(page: Page) -> None:
    steps.find(page, "SW1A 1A")
    expect(page.get_by_label("Your postcode")).to_have_value("SW1A 1A")
    expect(page.get_by_label("Your postcode")).to_have_attribute("aria-invalid", "true")
    assert_accessible(page)
    page.get_by_label("Your postcode").fill(steps.WESTMINSTER)
    page.get_by_role("button", name="Find my MP").click()
    expect(page.locator(".member")).to_contain_text("Cities of London")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("JE2 3AB", "Jersey"),
        ("GX11 1AA", "overseas territory"),
        ("BF1 2AA", "belongs to no place"),
    ],
)
def test_a_place_without_a_member_is_told_why(
    page: Page, typed: str, told: str
) -> None:
    steps.find(page, typed)
    expect(page.locator("#postcode .error")).to_contain_text(told)


def test_whoever_has_no_postcode_chooses_the_seat(page: Page) -> None:
    page.goto(steps.CAMPAIGN)
    page.get_by_role("link", name="Living abroad, or no postcode?").click()
    steps.choose_seat(page, "Ynys Môn")
    page.get_by_role("button", name="Use this constituency").click()
    expect(page.locator(".member")).to_contain_text("Ynys Môn")


def test_not_your_mp_keeps_what_was_typed(page: Page) -> None:
    steps.find(page, steps.WESTMINSTER)
    page.get_by_label("Your name").fill("Jo Marsden")
    page.get_by_text("Not your MP?").click()
    page.get_by_label("Constituency").select_option(label="Aldershot")
    page.get_by_role("button", name="Write to this MP").click()
    expect(page.locator(".member")).to_contain_text("Aldershot")
    expect(page.get_by_label("Your name")).to_have_value("Jo Marsden")
