import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from actions import groups
from actions.models import (
    Campaign,
    CampaignTranslation,
    DemandTranslation,
    Prompt,
    PromptTranslation,
    SourceTranslation,
)
from tests.actions.factories import make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    made = make_campaign()
    Prompt.objects.create(campaign=made, question="Who are you?", help="A sentence.")
    made.sources.create(
        statement="That was found.",
        publisher="The Tribunal",
        title="Judgment",
        address="https://tribunal.example/",
        published_on="2021-12-09",
        check_again_on="2027-01-01",
    )
    return made


@pytest.fixture
def campaigner(client: Client) -> Client:
    return _member_of(groups.CAMPAIGNERS, client)


def _member_of(group: str, client: Client) -> Client:
    groups.create()
    user = User.objects.create_user("somebody", password="correct", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    return client


def page_of(translation: CampaignTranslation) -> str:
    return reverse("admin:actions_campaigntranslation_change", args=[translation.pk])


def as_shown(page: Any) -> dict[str, str]:
    """Every text field of the page, by its name, as it came."""
    shown = page.content.decode()
    names = re.findall(r'<(?:input type="text"|textarea)[^>]* ?name="([^"]+)"', shown)
    form = page.context["adminform"].form
    return {name: str(form[name].value() or "") for name in names}


def test_a_new_translation_is_chosen_first_then_written(
    campaigner: Client, campaign: Campaign
) -> None:
    answer = campaigner.post(
        reverse("admin:actions_campaigntranslation_add"),
        {"campaign": campaign.pk, "language": "cy"},
    )

    made = CampaignTranslation.objects.get()
    assert answer["Location"] == page_of(made)
    page = campaigner.get(answer["Location"]).content.decode()
    demand = campaign.demands.in_order()[0]
    assert f'name="demand_{demand.pk}_paragraph"' in page
    assert demand.paragraph in page


def test_texts_of_every_part_are_kept_and_shown_again(
    campaigner: Client, campaign: Campaign
) -> None:
    translation = CampaignTranslation.objects.create(campaign=campaign, language="cy")
    demand = campaign.demands.in_order()[0]
    prompt = campaign.prompts.get()
    source = campaign.sources.first()
    assert source
    typed = {
        "headline": "Ysgrifennwch",
        f"demand_{demand.pk}_title": "Ymchwiliad",
        f"demand_{demand.pk}_paragraph": "Gofynnwn am ymchwiliad.",
        f"prompt_{prompt.pk}_question": "Pwy ydych chi?",
        f"source_{source.pk}_statement": "Dyna a ganfuwyd.",
    }

    page = campaigner.get(page_of(translation))
    answer = campaigner.post(page_of(translation), as_shown(page) | typed)

    assert answer.status_code == 302
    again = as_shown(campaigner.get(page_of(translation)))
    assert typed.items() <= again.items()
    assert demand.in_language("cy").paragraph == "Gofynnwn am ymchwiliad."
    assert demand.in_language("cy").languages["explanation"] == "en-gb"
    assert SourceTranslation.objects.get().source == source
    assert PromptTranslation.objects.get().language == "cy"


def test_a_part_that_is_emptied_is_english_again(
    campaigner: Client, campaign: Campaign
) -> None:
    translation = CampaignTranslation.objects.create(campaign=campaign, language="cy")
    demand = campaign.demands.in_order()[0]
    DemandTranslation.objects.create(demand=demand, language="cy", title="Ymchwiliad")
    fields = as_shown(campaigner.get(page_of(translation)))

    campaigner.post(page_of(translation), fields | {f"demand_{demand.pk}_title": ""})

    assert not DemandTranslation.objects.exists()
    assert demand.in_language("cy").title == demand.title


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("title", "Ymchwiliad \ue000", "character"),
        ("paragraph", "Dim {{ reason }}.", "plain text"),
        ("paragraph", "x" * 5_000, "the most"),
    ],
)
def test_what_no_letter_can_hold_is_refused_beside_its_field(
    campaigner: Client, campaign: Campaign, field: str, text: str, words: str
) -> None:
    translation = CampaignTranslation.objects.create(campaign=campaign, language="cy")
    demand = campaign.demands.in_order()[0]
    name = f"demand_{demand.pk}_{field}"
    fields = as_shown(campaigner.get(page_of(translation)))

    page = campaigner.post(page_of(translation), fields | {name: text})

    errors: Any = page.context["adminform"].form.errors
    assert words in str(errors[name])
    assert not DemandTranslation.objects.exists()


def test_no_letter_is_in_turkish_so_paragraphs_are_not_asked_for(
    campaigner: Client, campaign: Campaign
) -> None:
    translation = CampaignTranslation.objects.create(campaign=campaign, language="tr")

    names = as_shown(campaigner.get(page_of(translation)))

    assert any(name.endswith("_explanation") for name in names)
    assert not any(name.endswith("_paragraph") for name in names)


def test_english_that_looks_like_a_tag_is_shown_and_not_run(
    campaigner: Client, campaign: Campaign
) -> None:
    Campaign.objects.update(lede="<script>alert(1)</script>")
    translation = CampaignTranslation.objects.create(campaign=campaign, language="cy")

    page = campaigner.get(page_of(translation)).content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page


def test_organisers_look_and_change_nothing(client: Client, campaign: Campaign) -> None:
    organiser = _member_of(groups.ORGANISERS, client)
    translation = CampaignTranslation.objects.create(
        campaign=campaign, language="cy", headline="Ysgrifennwch"
    )

    page = organiser.get(page_of(translation))
    refused = organiser.post(page_of(translation), {"headline": "Another"})

    assert page.status_code == 200
    assert "Ysgrifennwch" in page.content.decode()
    assert refused.status_code == 403
