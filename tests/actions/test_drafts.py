"""Drafts that browsers keep: going on with one, and what they and we must agree on."""

import re
from http import HTTPStatus
from typing import Any

import pytest
from django.conf import settings as project
from django.http import HttpResponse
from django.test import Client

from actions import privacy, tokens
from actions.draft_forms import LONGEST_PACKED
from actions.models import Campaign
from actions.tokens import Ticket
from actions.views.carrying import EDITED, PERSON
from representatives.models import Representative
from tests.actions.factories import (
    make_campaign,
    make_representative,
    place_postcodes,
)
from tests.actions.pages import hidden, text

pytestmark = pytest.mark.django_db

SCRIPTS = project.BASE_DIR / "actions/static/actions"
TYPED = {
    "name": "Jo Marsden",
    "email": "jo@example.org",
    "address_line_1": "12 Orchard Street",
    "town": "London",
    "postcode": "ZE9 9AA",
    "reason": "My neighbour has a brother there.",
}


@pytest.fixture
def member() -> Representative:
    member = make_representative()
    place_postcodes(member.constituency, "ZE9 9", "AAAB")
    return member


@pytest.fixture
def campaign(member: Representative) -> Campaign:
    return make_campaign()


def go_on(
    client: Client, campaign: Campaign, member: Representative, **fields: Any
) -> HttpResponse:
    """Send a draft as the script does: without any of the pages' own tokens."""
    page = client.post(
        f"/{campaign.slug}/write/",
        {"seat": member.constituency.code, **TYPED, **fields},
    )
    assert isinstance(page, HttpResponse)
    return page


def read_through(
    client: Client, campaign: Campaign, page: HttpResponse, demands: list[int]
) -> HttpResponse:
    letter = client.post(
        f"/{campaign.slug}/write/letter/",
        {**hidden(page), **TYPED, "demands": demands},
    )
    assert isinstance(letter, HttpResponse)
    assert letter.status_code == HTTPStatus.OK, text(letter)
    return letter


def ticket(page: HttpResponse) -> Ticket:
    return tokens.ticket_of(hidden(page)["token"][0])


def test_a_draft_opens_the_questions_page_with_everything_filled_in(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    second = campaign.demands.in_order()[1]
    page = go_on(client, campaign, member, demands=[second.pk])
    assert page.status_code == HTTPStatus.OK
    for typed in TYPED.values():
        assert typed in text(page)
    [ticked] = re.findall(r'value="(\d+)"\s+checked', text(page))
    assert ticked == str(second.pk)


def test_a_seat_found_by_its_postcode_is_still_checked_against_it(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    page = go_on(client, campaign, member, sureness="exact")
    assert hidden(page)["sureness"] == ["exact"]
    assert hidden(go_on(client, campaign, member))["sureness"] == ["chosen"]
    assert hidden(go_on(client, campaign, member, sureness="sure"))["sureness"] == [
        "chosen"
    ]


def test_changes_to_subject_and_letter_are_kept(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    changed = {"subject": "Once more", "body": "A letter of my own.\n\nAnd more."}
    page = go_on(client, campaign, member, **changed)
    first = campaign.demands.in_order()[0]
    letter = read_through(client, campaign, page, [first.pk])
    assert 'value="Once more"' in text(letter)
    assert "\nA letter of my own.\n\nAnd more.</textarea>" in text(letter)
    assert "Your changes to the letter are kept." in text(letter)


def test_an_edited_letters_campaign_words_do_not_become_its_writers(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    first, second = campaign.demands.in_order()
    page = go_on(client, campaign, member, body=f"Mine.\n\n{second.paragraph}")
    letter = read_through(client, campaign, page, [first.pk])
    assert second.paragraph in ticket(letter).base_text
    assert first.paragraph in ticket(letter).base_text


def test_a_draft_to_a_seat_that_is_none_loses_nothing(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    page = go_on(client, campaign, member, seat="E99999999", body="My letter.")
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert hidden(page)["reason"][0] == TYPED["reason"]
    assert hidden(page)["body"][0] == "My letter."


def test_a_draft_of_a_closed_campaign_is_given_back_to_be_copied(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    Campaign.objects.update(state=Campaign.State.CLOSED)
    page = go_on(client, campaign, member)
    assert page.status_code == HTTPStatus.GONE
    assert TYPED["reason"] in text(page)


# --- What the scripts and the server must say alike -------------------------------


def constant(script: str, name: str) -> int:
    found = re.search(rf"const {name} = ([\d_]+);", (SCRIPTS / script).read_text())
    assert found, name
    return int(found[1])


def test_a_draft_lives_as_long_as_the_privacy_page_promises(client: Client) -> None:
    days = constant("drafts.js", "DAYS")
    assert days == privacy.DRAFT_DAYS
    rows = {row.what: row.how_long for row in privacy.retention()}
    what = "A draft of your letter, in your own browser and nowhere else"
    assert f"{days} days" in rows[what]
    assert f"What you last changed {days} days ago" in text(client.get("/privacy/"))


def test_browsers_pack_no_longer_links_than_are_mailed() -> None:
    assert constant("draft_links.js", "LONGEST") == LONGEST_PACKED


def test_a_draft_holds_every_field_of_the_person_and_none_of_ours() -> None:
    script = (SCRIPTS / "draft_fields.js").read_text()
    named = set(re.findall(r'"([a-z_0-9]+)"', script))
    # The last is what "typeof" says.
    ours = {"demands", "situation", "sureness", "letter_language", "string"}
    assert named == {*PERSON, *EDITED, *ours}
