"""What people see when Parliament changes: told by its own register, read as a worker
reads it, seen on the pages."""

import datetime
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from PIL import Image
from playwright.sync_api import Page, expect
from pytest_django import Settings

from actions.models import Letter
from representatives import parliament
from representatives.models import (
    ByElection,
    Office,
    ParliamentPeriod,
    Portrait,
    RegisterVersion,
    Representative,
    SyncRun,
)
from representatives.sources import http
from tests.journeys import steps
from tests.journeys.test_every_page import WESTMINSTER, look, member, open_letter
from tests.parliament import Parliament, commons, post
from tests.parliament import member as told

__all__ = ["commons"]

DAY = datetime.timedelta(days=1)
SEAT = "Cities of London and Westminster"
NEW = 990_001


@pytest.fixture
def house(
    site: object,
    commons: Parliament,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Parliament]:
    """The House of the shipped register, as the API tells it; afterwards as before."""
    settings.VAR_DIR = tmp_path / "var"
    monkeypatch.setattr(http, "LEAST_SECONDS_BETWEEN", 0.0)
    monkeypatch.setattr(http, "PAUSES", ())
    terms = list(Representative.objects.select_related("constituency"))
    versions = list(RegisterVersion.objects.filter(register="members"))
    for term in terms:
        commons.members.append(
            told(
                term.parliament_id,
                term.constituency.name,
                nameDisplayAs=term.display_name,
                nameFullTitle=term.full_title,
                nameAddressAs=term.address_as,
                latestParty={"name": term.party},
            )
        )
        commons.emails[term.parliament_id] = term.email or None
    yield commons
    for model in (ParliamentPeriod, ByElection, Office, Portrait, SyncRun):
        model.objects.all().delete()
    begun = Representative.objects.exclude(pk__in=[term.pk for term in terms])
    Letter.objects.filter(representative__in=begun).update(
        representative=next(t for t in terms if t.constituency.code == WESTMINSTER)
    )
    begun.delete()
    names = [
        field.name
        for field in Representative._meta.concrete_fields
        if not field.primary_key
    ]
    Representative.objects.bulk_update(terms, names)
    RegisterVersion.objects.filter(register="members").exclude(
        pk__in=[version.pk for version in versions]
    ).delete()
    RegisterVersion.objects.bulk_update(versions, ["as_of", "is_current", "digest"])


def sync(*words: str) -> str:
    out = io.StringIO()
    call_command("sync_members", *words, stdout=out, stderr=out)
    return out.getvalue()


def leave(house: Parliament) -> None:
    """Have the MP for Westminster resign."""
    gone = member().parliament_id
    house.members = [one for one in house.members if one["id"] != gone]


def elect(house: Parliament) -> None:
    """Have Westminster elect somebody else, with a portrait."""
    house.members.append(
        told(
            NEW,
            SEAT,
            nameDisplayAs="Dr Una Gray",
            nameFullTitle="Dr Una Gray MP",
            nameAddressAs="Dr Gray",
            latestHouseMembership={
                "membershipFrom": SEAT,
                "membershipStartDate": f"{parliament.today()}T00:00:00",
            },
        )
    )
    picture = io.BytesIO()
    Image.new("RGB", (300, 400), "#336699").save(picture, "JPEG")
    house.pictures[NEW] = picture.getvalue()


def test_a_resignation_and_the_by_election_after_it(
    page: Page, house: Parliament
) -> None:
    sync("--without-portraits")
    name = member().display_name
    steps.find(page, steps.WESTMINSTER)
    expect(page.locator(".member")).to_contain_text(name)

    leave(house)
    assert f"Vacant: {SEAT}" in sync("--without-portraits")
    steps.find(page, steps.WESTMINSTER)
    vacant = page.locator("#postcode .error")
    expect(vacant).to_contain_text(f"{SEAT} has no MP at the moment")
    expect(page.locator("body")).not_to_contain_text(name)

    polling_on = parliament.today() + 30 * DAY
    ByElection.objects.create(
        constituency=Representative.objects.filter(constituency__code=WESTMINSTER)[
            0
        ].constituency,
        polling_on=polling_on,
    )
    steps.find(page, steps.WESTMINSTER)
    expect(vacant).to_contain_text(
        f"until the by-election on {polling_on.day} {polling_on:%B %Y}"
    )

    elect(house)
    assert "New: Dr Una Gray MP (Labour)" in sync()
    steps.find(page, steps.WESTMINSTER)
    card = page.locator(".member")
    expect(card).to_contain_text("Dr Una Gray")
    portrait = card.locator("img.portrait")
    expect(portrait).to_be_visible()
    width = "image => image.decode().then(() => image.naturalWidth)"
    assert portrait.evaluate(width) == 112
    assert str(portrait.get_attribute("src")).startswith("/media/portraits/")
    heading = page.get_by_role("heading", level=1).inner_text()
    look(page, heading)
    steps.answer(page)
    sheet = page.get_by_label("The letter", exact=True)
    expect(sheet).to_contain_text("Dear Dr Gray,")
    look(page, "Read it through")


def test_a_letter_to_somebody_who_resigns_goes_to_nobody_else(
    page: Page, house: Parliament
) -> None:
    sync("--without-portraits")
    steps.find(page, steps.WESTMINSTER)
    steps.answer(page)
    steps.send(page)
    steps.confirm(page)
    leave(house)
    elect(house)
    sync("--without-portraits")

    steps.deliver()

    letter = Letter.objects.get()
    assert letter.held_for == Letter.Hold.MEMBER_CHANGED
    open_letter(page, letter)
    asked = page.get_by_text(re.compile("somebody else became the MP"))
    expect(asked).to_be_visible()
    assert "una.gray" not in " ".join(str(mail.to) for mail in steps.mails())


def test_after_a_reshuffle_letters_ask_what_a_minister_can_do(
    page: Page, house: Parliament
) -> None:
    sync("--without-portraits")
    steps.find(page, steps.WESTMINSTER)
    steps.answer(page)
    sheet = page.get_by_label("The letter", exact=True)
    expect(sheet).to_contain_text("Will you take this up with the Government")

    office = post("Minister of State (Home Office)", member().parliament_id)
    house.government[None] = [office]
    said = sync("--without-portraits")
    assert f"Office begun: {member().display_name}: Minister of State" in said
    steps.find(page, steps.WESTMINSTER)
    steps.answer(page)
    expect(sheet).to_contain_text("As a member of the Government you are heard")

    house.government[None] = []
    assert "Office ended: " in sync("--without-portraits")
    steps.find(page, steps.WESTMINSTER)
    steps.answer(page)
    expect(sheet).to_contain_text("Will you take this up with the Government")


def test_a_dissolution_is_confirmed_by_a_person_and_ends_with_an_election(
    page: Page, house: Parliament
) -> None:
    sync("--without-portraits")
    name = member().display_name
    everybody = list(house.members)
    house.members = []

    # Nobody has said anything of a dissolution: an empty House is not believed.
    with pytest.raises(CommandError, match="It would end 6"):
        sync("--without-portraits")
    steps.find(page, steps.WESTMINSTER)
    expect(page.locator(".member")).to_contain_text(name)

    today = parliament.today()
    dissolution = ParliamentPeriod.objects.create(
        state=ParliamentPeriod.State.DISSOLVED, begins_on=today
    )
    run = SyncRun.objects.newest_first()[0]
    sync("--confirm", str(run.pk), "--without-portraits")
    assert not Representative.objects.current().exists()
    page.goto(steps.CAMPAIGN)
    look(page, "Ask your MP to act for the Uyghurs")
    expect(
        page.get_by_role("heading", name="There are no MPs at the moment")
    ).to_be_visible()
    expect(page.locator("body")).not_to_contain_text(name)

    # The day after polling day: those re-elected are there, Westminster is not yet.
    before = today - 30 * DAY
    ParliamentPeriod.objects.filter(pk=dissolution.pk).update(begins_on=before)
    Representative.objects.exclude(missing_since="").update(
        missing_since=before.isoformat()
    )
    ParliamentPeriod.objects.create(
        state=ParliamentPeriod.State.COUNTING, begins_on=today
    )
    house.members = [
        {
            **one,
            "latestHouseMembership": {
                **one["latestHouseMembership"],
                "membershipStartDate": f"{today}T00:00:00",
            },
        }
        for one in everybody
        if one["latestHouseMembership"]["membershipFrom"] != SEAT
    ]
    sync("--without-portraits")
    steps.find(page, steps.WESTMINSTER)
    expect(page.locator("#postcode .error")).to_contain_text(
        f"We do not know yet who was elected in {SEAT}"
    )
    steps.find(page, "BS1 5TR")
    expect(page.locator(".member")).to_be_visible()

    elect(house)
    sync("--without-portraits")
    steps.find(page, steps.WESTMINSTER)
    expect(page.locator(".member")).to_contain_text("Dr Una Gray")
