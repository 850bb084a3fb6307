"""Writing from abroad, from the forces, without a fixed address, for somebody else."""

import re
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from actions import composing, privacy, situations
from actions.models import Campaign, Letter
from actions.situations import OFFERED, WORDINGS, Situation
from representatives.models import Representative
from tests.actions.factories import (
    make_campaign,
    make_representative,
    place_postcodes,
)
from tests.actions.pages import hidden, text

pytestmark = pytest.mark.django_db

PERSON = {
    "name": "Amina Hassan",
    "email": "jo@example.org",
    "address_line_1": "12 Orchard Street",
    "town": "London",
    "postcode": "ZE9 9AA",
    "reason": "Nobody in my family has heard from my uncle for eight years now.",
}


@pytest.fixture(autouse=True)
def _quick(settings: Settings) -> None:
    settings.LEAST_SECONDS_TO_READ = 0


@pytest.fixture
def member() -> Representative:
    member = make_representative()
    place_postcodes(member.constituency, "ZE9 9", "AAAB")
    return member


@pytest.fixture
def campaign(member: Representative) -> Campaign:
    return make_campaign()


def begun(
    client: Client, campaign: Campaign, situation: Situation
) -> dict[str, object]:
    """Say where one writes from and find the seat; the writing page's fields."""
    asked = client.post(f"/{campaign.slug}/write/", {"choose": situation})
    assert asked.status_code == HTTPStatus.OK
    fields = {**hidden(asked), "postcode": "ZE9 9AA"}
    page = client.post(f"/{campaign.slug}/write/", fields)
    demands = [demand.pk for demand in campaign.demands.in_order()]
    return {**hidden(page), **PERSON, "demands": demands}


def sent(client: Client, campaign: Campaign, fields: dict[str, object]) -> Letter:
    page = client.post(f"/{campaign.slug}/write/letter/", fields)
    assert page.status_code == HTTPStatus.OK, text(page)
    body = re.search(
        r"<textarea[^>]*name=\"body\"[^>]*>\n(.*?)</textarea>", text(page), re.DOTALL
    )
    assert body
    typed = {"subject": "Act", "body": body[1], "consent": "on"}
    answer = client.post(f"/{campaign.slug}/write/send/", {**hidden(page), **typed})
    assert answer.status_code == HTTPStatus.FOUND, text(answer)
    return Letter.objects.get()


@pytest.mark.parametrize("situation", OFFERED)
def test_each_situation_has_a_path_with_its_own_words(
    client: Client, campaign: Campaign, situation: Situation
) -> None:
    words = WORDINGS[situation]
    start = text(client.get(f"/{campaign.slug}/write/"))
    assert f'value="{situation}">{words.choice}<' in start

    asked = text(client.post(f"/{campaign.slug}/write/", {"choose": situation}))
    for said in (words.heading, words.advice, words.postcode):
        assert str(said) in asked
    assert "error-summary" not in asked

    fields = begun(client, campaign, situation)
    page = client.post(f"/{campaign.slug}/write/", {**fields, "seat": ""})
    assert str(words.address) in text(page)
    assert str(words.address_help) in text(page)


def test_from_abroad_the_letter_says_where_its_writer_lives_now(
    client: Client, campaign: Campaign
) -> None:
    fields = begun(client, campaign, Situation.ABROAD)
    letter = sent(client, campaign, {**fields, "country": "Germany"})
    assert composing.lay_out(letter).sender_lines == (
        "Amina Hassan",
        "12 Orchard Street",
        "London ZE9 9AA",
        "Last address in the United Kingdom; now living in Germany",
    )


@pytest.mark.parametrize("situation", Situation)
def test_a_browser_fills_in_only_an_address_of_its_owner_now(
    client: Client, campaign: Campaign, situation: Situation
) -> None:
    fields = begun(client, campaign, situation)
    page = text(client.post(f"/{campaign.slug}/write/", {**fields, "seat": ""}))
    is_elsewhere = situation in {Situation.ABROAD, Situation.FOR_SOMEBODY}
    for name in ("address_line_1", "address_line_2", "town", "postcode"):
        [field] = re.findall(rf'<input type="text" name="{name}"[^>]*>', page)
        assert ('autocomplete="off"' in field) == is_elsewhere


def test_from_abroad_the_country_is_asked_for(
    client: Client, campaign: Campaign
) -> None:
    fields = begun(client, campaign, Situation.ABROAD)
    page = client.post(f"/{campaign.slug}/write/letter/", fields)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'href="#id_country"' in text(page)


def test_from_the_forces_the_letter_says_nothing_of_them(
    client: Client, campaign: Campaign
) -> None:
    letter = sent(client, campaign, begun(client, campaign, Situation.FORCES))
    assert composing.lay_out(letter).sender_lines == (
        "Amina Hassan",
        "12 Orchard Street",
        "London ZE9 9AA",
    )


def test_a_forces_postcode_is_not_taken_for_a_home(
    client: Client, campaign: Campaign
) -> None:
    fields = begun(client, campaign, Situation.FORCES)
    page = client.post(
        f"/{campaign.slug}/write/letter/", {**fields, "postcode": "BF1 3QX"}
    )
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "give the postcode of your home" in text(page)


def test_without_a_fixed_address_no_street_and_no_postcode_are_needed(
    client: Client, campaign: Campaign
) -> None:
    fields = begun(client, campaign, Situation.NO_FIXED_ADDRESS)
    letter = sent(
        client,
        campaign,
        {**fields, "address_line_1": "", "postcode": "", "town": "Leeds"},
    )
    assert composing.lay_out(letter).sender_lines == (
        "Amina Hassan",
        "Leeds",
        "No fixed address; this is the place I have a connection with",
    )


def test_at_home_a_street_and_a_postcode_are_needed(
    client: Client, campaign: Campaign
) -> None:
    fields = begun(client, campaign, Situation.HOME)
    page = client.post(
        f"/{campaign.slug}/write/letter/",
        {**fields, "address_line_1": "", "postcode": ""},
    )
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'href="#id_address_line_1"' in text(page)
    assert 'href="#id_postcode"' in text(page)


def test_a_letter_for_somebody_else_says_who_wrote_it(
    client: Client, campaign: Campaign
) -> None:
    fields = begun(client, campaign, Situation.FOR_SOMEBODY)
    letter = sent(client, campaign, {**fields, "helper": "Jo Marsden"})
    written = composing.text_of(letter)
    assert (
        "Yours sincerely,\nAmina Hassan\n"
        "Written for Amina Hassan, who wishes it, by Jo Marsden"
    ) in written


def test_a_helper_writes_for_each_person_and_for_themselves_besides(
    client: Client, campaign: Campaign
) -> None:
    def write(situation: Situation, **typed: str) -> str:
        Letter.objects.update(state=Letter.State.QUEUED, confirmed_at=timezone.now())
        before = set(Letter.objects.values_list("pk", flat=True))
        fields = begun(client, campaign, situation)
        page = client.post(f"/{campaign.slug}/write/letter/", {**fields, **typed})
        post = {**hidden(page), "subject": "Act", "body": "I write.", "consent": "on"}
        client.post(f"/{campaign.slug}/write/send/", post)
        [letter] = Letter.objects.exclude(pk__in=before)
        return letter.state

    somebody = Situation.FOR_SOMEBODY
    awaiting = Letter.State.AWAITING_CONFIRMATION
    assert write(Situation.HOME, name="Jo Marsden") == awaiting
    assert write(somebody, name="Amina Hassan", helper="Jo Marsden") == awaiting
    assert write(somebody, name="Granny Smith", helper="Jo Marsden") == awaiting
    Letter.objects.filter(state=Letter.State.REPEATED).delete()
    assert write(somebody, name="amina hassan", helper="Jo") == Letter.State.REPEATED


def test_a_letter_for_somebody_else_asks_who_writes_it(
    client: Client, campaign: Campaign
) -> None:
    fields = begun(client, campaign, Situation.FOR_SOMEBODY)
    page = client.post(f"/{campaign.slug}/write/letter/", fields)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'href="#id_helper"' in text(page)


def test_the_situation_is_kept_when_another_seat_is_chosen(
    client: Client, campaign: Campaign
) -> None:
    other = make_representative()
    fields = begun(client, campaign, Situation.ABROAD)
    page = client.post(
        f"/{campaign.slug}/write/",
        {**fields, "country": "Germany", "seat": other.constituency.code},
    )
    assert other.display_name in text(page)
    assert 'name="country" id="id_country"' in text(page)
    assert 'value="Germany"' in text(page)


def test_an_unknown_situation_is_home(client: Client, campaign: Campaign) -> None:
    page = client.post(f"/{campaign.slug}/write/", {"choose": "on the moon"})
    assert page.status_code == HTTPStatus.OK
    assert str(WORDINGS[Situation.HOME].heading) in text(page)
    assert situations.named("moon") == Situation.HOME


def test_what_was_said_of_the_situation_is_erased_with_the_rest(
    client: Client, campaign: Campaign
) -> None:
    fields = begun(client, campaign, Situation.ABROAD)
    letter = sent(client, campaign, {**fields, "country": "Germany"})
    privacy.erase_on_request(letter, now=timezone.now())
    letter.refresh_from_db()
    assert (letter.address_note, letter.helper) == ("", "")
