"""What becomes of letters and counts when the boundaries change."""

import datetime
import re
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from actions import finding, outbox, reporting_sent, reports, tokens
from actions.composing import Composition
from actions.models import Campaign, Letter, Tally
from actions.reports import By
from actions.tokens import Ticket
from representatives import boundaries, lookup
from representatives.boundaries import Review
from representatives.models import (
    Constituency,
    ParliamentPeriod,
    RegisterVersion,
    Representative,
)
from representatives.snapshot import ConstituencyRow
from tests.actions.counted import count_letters
from tests.actions.factories import (
    BASE_TEXT,
    BODY,
    make_campaign,
    make_letter,
    make_representative,
)
from tests.registers import make_member

pytestmark = pytest.mark.django_db
Hold = Letter.Hold
DAY = datetime.timedelta(days=1)
NEXT = ConstituencyRow("E14009001", (), "Weald", "", "England", "South East", 1, 1)


@pytest.fixture(autouse=True)
def _outbox(registers: None, settings: Settings, tmp_path: Path) -> None:
    settings.OUTBOX_DIR = tmp_path / "outbox"


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign(slug="stop-it")


@pytest.fixture
def member() -> Representative:
    return make_representative()


def change_boundaries() -> None:
    boundaries.load(Review((NEXT,), timezone.localdate()), timezone.now())
    call_command("deliver_letters", once=True, stdout=StringIO())
    lookup.forget_seats()


def elect() -> Representative:
    """Have the register of members know who was elected in the new seat."""
    today = timezone.localdate()
    # As after a reading that found somebody, and with the day of the election past.
    RegisterVersion.objects.filter(register="members").update(
        as_of=(today + DAY).isoformat(), is_current=True
    )
    ParliamentPeriod.objects.filter(begins_on__gt=today).update(begins_on=today)
    return make_member(constituency=Constituency.objects.get(code=NEXT.code))


def words(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_worker_puts_them_in_force(member: Representative) -> None:
    assert lookup.seat(member.constituency.code)
    change_boundaries()
    assert lookup.seat(member.constituency.code) is None
    assert [seat.code for seat in lookup.seats()] == [NEXT.code]


def test_a_letter_keeps_its_seat_and_goes_to_nobody_else(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    boundaries.load(Review((NEXT,), timezone.localdate()), timezone.now())
    boundaries.put_in_force(timezone.localdate())
    letter = make_letter(
        state=Letter.State.QUEUED,
        campaign=campaign,
        representative=member,
        now=timezone.now(),
    )

    call_command("deliver_letters", once=True, stdout=StringIO())
    letter.refresh_from_db()
    assert (letter.state, letter.held_for) == (Letter.State.HELD, Hold.DISSOLVED)

    elect()
    ParliamentPeriod.objects.filter(state="counting").update(state="sitting")
    call_command("deliver_letters", once=True, stdout=StringIO())
    letter.refresh_from_db()
    assert (letter.state, letter.held_for) == (
        Letter.State.HELD,
        Hold.BOUNDARIES_CHANGED,
    )
    assert outbox.owners() == {letter.pk}, "its writer is asked"
    page = words(client, f"/letters/{tokens.for_letter(letter.pk)}/")
    assert f"{member.constituency.name} is no longer what it was" in page
    assert "left the seat" not in page


def test_former_seats_count_in_the_total_alone(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    yesterday = timezone.localdate() - DAY
    count_letters(campaign, member.constituency, 7, day=yesterday)
    count_letters(
        campaign,
        member.constituency,
        2,
        day=yesterday,
        step=Tally.Step.REPORTED,
        way=Tally.Way.PAPER,
    )
    former = "letters went to MPs of those before the last change of boundaries"
    assert former not in words(client, "/stop-it/progress/")
    change_boundaries()
    new = elect()
    count_letters(campaign, new.constituency, 1, day=yesterday)

    page = words(client, "/stop-it/progress/")

    assert f"5 to 9 {former}" in page
    assert "8 letters out" in page
    # The next House of this test has one seat.
    assert "1 of 1 MPs written to" in page
    by_seat = reports.counts(campaign, By.CONSTITUENCY, timezone.localdate())
    assert [(line.key, str(line.letters)) for line in by_seat.lines] == [
        (NEXT.code, "1-4")
    ]
    assert by_seat.total.letters_out == 8


def test_a_letter_written_before_counts_for_the_seat_it_was_for(
    campaign: Campaign, member: Representative
) -> None:
    now = timezone.now()
    ticket = Ticket(
        campaign=campaign.pk,
        version=1,
        seat=member.constituency.code,
        base_text=BASE_TEXT,
        issued_at=now,
        letter="a letter",
        begun_at=now,
    )
    text = Composition("Subject", BODY, BASE_TEXT)
    token = reporting_sent.token_for(campaign, ticket, text, Tally.Way.PAPER)
    change_boundaries()

    assert reporting_sent.reported(token, campaign, address="203.0.113.7", now=now)
    assert Tally.objects.get(step=Tally.Step.REPORTED).constituency_id == (
        member.constituency_id
    )


def test_a_letter_written_before_counts_for_the_former_seat_of_a_code_that_stays(
    campaign: Campaign, member: Representative
) -> None:
    code = member.constituency.code
    now = timezone.now()
    ticket = Ticket(
        campaign=campaign.pk,
        version=1,
        seat=code,
        base_text=BASE_TEXT,
        issued_at=now - 3 * DAY,
        letter="a letter",
        begun_at=now - 3 * DAY,
    )
    text = Composition("Subject", BODY, BASE_TEXT)
    token = reporting_sent.token_for(campaign, ticket, text, Tally.Way.PAPER)
    kept = replace(NEXT, code=code, name="The same", hex_q=2)
    boundaries.load(Review((NEXT, kept), timezone.localdate()), now)
    boundaries.put_in_force(timezone.localdate())

    assert reporting_sent.reported(token, campaign, address="203.0.113.7", now=now)
    assert Tally.objects.get(step=Tally.Step.REPORTED).constituency_id == (
        member.constituency_id
    )


def test_a_former_seat_cannot_be_chosen_any_more(member: Representative) -> None:
    change_boundaries()
    elect()
    found = finding.find("", member.constituency.code, asks_others=False)
    assert found.seat is None
    assert found.error == str(finding.UNKNOWN_SEAT)
