"""Finding words: several questions, on one page or one at a time; signatures."""

import re
from http import HTTPStatus

import pytest
from django.test import Client
from pytest_django import Settings

from actions.models import Campaign, Letter, Prompt, Tally
from representatives.models import Representative
from tests.actions.factories import (
    make_campaign,
    make_representative,
    place_postcodes,
)
from tests.actions.pages import hidden, text

PERSON = {
    "name": "Jo Marsden",
    "email": "jo@example.org",
    "address_line_1": "12 Orchard Street",
    "town": "London",
    "postcode": "ZE9 9AA",
}

pytestmark = pytest.mark.django_db


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
    campaign = make_campaign()
    for position, (question, hint) in enumerate(
        [("Who are you?", "who you are"), ("What did you see?", ""), ("What now?", "")],
        start=1,
    ):
        Prompt.objects.create(
            campaign=campaign,
            position=position,
            question=question,
            hint=hint,
            example=f"Example {position}",
        )
    return campaign


@pytest.fixture
def names(campaign: Campaign) -> list[str]:
    return [f"answer_{prompt.pk}" for prompt in campaign.prompts.in_order()]


def begun(client: Client, campaign: Campaign, **typed: str) -> dict[str, object]:
    page = client.post(f"/{campaign.slug}/write/", {"postcode": "ZE9 9AA"})
    demands = [demand.pk for demand in campaign.demands.in_order()]
    return {**hidden(page), **PERSON, "demands": demands, **typed}


def body_on(page: object) -> str:
    found = re.search(
        r"<textarea[^>]*name=\"body\"[^>]*>\n(.*?)</textarea>",
        text(page),  # type: ignore[arg-type]
        re.DOTALL,
    )
    assert found
    return found[1]


def test_every_question_is_asked_with_its_example(
    client: Client, campaign: Campaign
) -> None:
    page = text(client.post(f"/{campaign.slug}/write/", {"postcode": "ZE9 9AA"}))
    for number, question in enumerate(
        ("Who are you?", "What did you see?", "What now?"), start=1
    ):
        assert question in page
        assert f"“Example {number}”" in page


def test_answers_stand_in_the_letter_as_paragraphs_in_the_order_asked(
    client: Client, campaign: Campaign, names: list[str]
) -> None:
    answers = {names[2]: "I ask you.", names[0]: "I teach here."}
    fields = begun(client, campaign, **answers)
    page = client.post(f"/{campaign.slug}/write/letter/", fields)
    assert "I teach here.\n\nI ask you." in body_on(page)


def test_one_question_at_a_time_carries_everything_there_and_back(
    client: Client, campaign: Campaign, names: list[str]
) -> None:
    fields = begun(client, campaign, **{names[0]: "I teach here."})
    step = client.post(f"/{campaign.slug}/write/questions/", {**fields, "at": "1"})
    assert "Question 2 of 3" in text(step)
    assert "What did you see?" in text(step)
    carried = {**kept_on(step), names[1]: "I saw a label."}

    last = client.post(f"/{campaign.slug}/write/questions/", {**carried, "at": "2"})
    assert "Question 3 of 3" in text(last)
    carried = {**kept_on(last), names[2]: "I ask you."}
    seat = re.search(r'name="seat" value="(\w+)"', text(last))
    assert seat

    whole = client.post(f"/{campaign.slug}/write/", {**carried, "seat": seat[1]})
    for answer in ("I teach here.", "I saw a label.", "I ask you."):
        assert f">\n{answer}</textarea>" in text(whole)
    for typed in PERSON.values():
        assert f'value="{typed}"' in text(whole)
    assert text(whole).count("checked") == len(campaign.demands.all())


def kept_on(page: object) -> dict[str, object]:
    """The hidden fields of a page, answers too."""
    pairs = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', text(page))  # type: ignore[arg-type]
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        if name != "csrfmiddlewaretoken":
            fields.setdefault(name, []).append(value)
    return dict(fields)


@pytest.mark.parametrize(
    ("at", "number"),
    [("0", 1), ("99", 3), ("9" * 5_000, 3), ("-1", 1), ("x", 1), ("", 1), ("²", 1)],
)
def test_a_question_that_is_not_there_leads_to_one_that_is(
    client: Client, campaign: Campaign, at: str, number: int
) -> None:
    fields = begun(client, campaign)
    page = client.post(f"/{campaign.slug}/write/questions/", {**fields, "at": at})
    assert page.status_code == HTTPStatus.OK
    assert f"Question {number} of 3" in text(page)


def test_an_answer_that_is_too_long_is_asked_for_again(
    client: Client, campaign: Campaign, names: list[str]
) -> None:
    fields = begun(client, campaign, **{names[0]: "a" * 10_001})
    page = client.post(f"/{campaign.slug}/write/questions/", {**fields, "at": "1"})
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Question 1 of 3" in text(page)
    assert "a" * 10_001 in text(page)
    assert f'href="#id_{names[0]}"' in text(page)


def test_an_answer_survives_that_its_question_is_taken_out(
    client: Client, campaign: Campaign, names: list[str]
) -> None:
    fields = begun(client, campaign, **{names[1]: "I saw a label."})
    campaign.prompts.get(position=2).delete()
    page = client.post(f"/{campaign.slug}/write/letter/", fields)
    assert "I saw a label." in body_on(page)


def sent(client: Client, campaign: Campaign, **typed: str) -> object:
    page = client.post(
        f"/{campaign.slug}/write/letter/", begun(client, campaign, **typed)
    )
    fields = {
        **hidden(page),
        "subject": "Act",
        "body": body_on(page),
        "consent": "on",
    }
    return client.post(f"/{campaign.slug}/write/send/", fields)


def test_a_letter_with_too_few_own_words_goes_as_a_signature_and_says_so_before(
    client: Client, campaign: Campaign
) -> None:
    page = client.post(f"/{campaign.slug}/write/letter/", begun(client, campaign))
    [note] = re.findall(r"<div class=\"note\" data-signature[^>]*>", text(page))
    assert "hidden" not in note

    sent(client, campaign)

    letter = Letter.objects.get()
    assert letter.is_signature
    assert Tally.objects.get().own_words == Tally.OwnWords.SIGNATURE


def test_a_letter_with_words_of_ones_own_is_no_signature(
    client: Client, campaign: Campaign, names: list[str]
) -> None:
    own = "I have taught in this town for twenty years and I am ashamed of our silence."
    page = client.post(
        f"/{campaign.slug}/write/letter/", begun(client, campaign, **{names[0]: own})
    )
    [note] = re.findall(r"<div class=\"note\" data-signature[^>]*>", text(page))
    assert "hidden" in note

    sent(client, campaign, **{names[0]: own})

    assert not Letter.objects.get().is_signature


def test_a_campaign_may_send_letters_only_and_says_what_is_wanting(
    client: Client, campaign: Campaign
) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(accepts_signatures=False)
    page = sent(client, campaign)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY  # type: ignore[attr-defined]
    assert "at least 10 words of your own" in text(page)  # type: ignore[arg-type]
    assert 'href="#id_body"' in text(page)  # type: ignore[arg-type]
    assert not Letter.objects.exists()
