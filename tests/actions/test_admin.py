import datetime
import html
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from actions import (
    colours,
    composing,
    first_campaign,
    rates,
    rendering,
    staff_forms,
)
from actions.models import (
    Campaign,
    Delivery,
    Demand,
    Letter,
    LetterEvent,
    LetterTemplate,
    LetterTemplateVersion,
    RateCount,
    Source,
    Tally,
)
from actions.rendering import limits
from representatives.models import (
    Constituency,
    Representative,
    RepresentativeOverride,
)
from tests.actions.factories import make_campaign, make_letter

pytestmark = pytest.mark.django_db

BODY = (
    "Better. {{ reason }} {% for demand in demands %}{{ demand.paragraph }}{% endfor %}"
)


@pytest.fixture
def staff(client: Client) -> Client:
    """Somebody who may do everything, signed in."""
    client.force_login(User.objects.create_superuser("chief", password="correct"))
    return client


@pytest.fixture
def campaign() -> Campaign:
    made = first_campaign.create()
    assert made is not None
    return made


def campaign_page(campaign: Campaign) -> str:
    return reverse("admin:actions_campaign_change", args=[campaign.pk])


def letter_page(template: LetterTemplate) -> str:
    return reverse("admin:actions_lettertemplate_change", args=[template.pk])


def filled_in(campaign: Campaign, **changed: Any) -> dict[str, Any]:
    """Every field of a campaign's page as it comes to the browser."""
    names = [field.name for field in Campaign._meta.fields if field.editable]
    values = {name: getattr(campaign, name) for name in names if name != "id"}
    values["letters_go_from"] = campaign.letters_go_from or ""
    demands = list(campaign.demands.in_order())
    values |= rows("demands", demands, len(demands))
    sources = list(campaign.sources.all())
    values |= rows("sources", sources, len(sources))
    prompts = list(campaign.prompts.in_order())
    values |= rows("prompts", prompts, len(prompts))
    return values | changed


def rows(prefix: str, found: list[Any], total: int) -> dict[str, Any]:
    values: dict[str, Any] = {
        f"{prefix}-TOTAL_FORMS": total,
        f"{prefix}-INITIAL_FORMS": len(found),
    }
    for at, row in enumerate(found):
        for field in row._meta.fields:
            value = row.campaign_id if field.name == "campaign" else None
            value = value or getattr(row, field.name)
            if value is not False:
                values[f"{prefix}-{at}-{field.name}"] = value
    return values


def new_campaign(**changed: Any) -> dict[str, Any]:
    return {
        "slug": "another",
        "title": "Another",
        "headline": "Ask your MP.",
        "lede": "It takes five minutes.",
        "story": "One.",
        "question": "Why?",
        "question_help": "Say it.",
        "state": "draft",
        "colour": "#0b6aa8",
        "colour_in_dark": "#6cb8ea",
        "imprint": "",
        **rows("demands", [], 0),
        **rows("sources", [], 0),
        **rows("prompts", [], 0),
        "accepts_signatures": "on",
        "least_own_words": 10,
        **changed,
    }


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


# --- Campaigns --------------------------------------------------------------------


def test_the_admin_is_postbags(staff: Client) -> None:
    page = text_of(staff.get("/admin/"))
    assert "Postbag" in page
    assert "Django administration" not in page


def test_the_admin_has_postbags_icon_signed_in_or_not(client: Client) -> None:
    icon = '<link rel="icon" href="/static/actions/mark.svg" type="image/svg+xml">'
    assert icon in text_of(client.get("/admin/login/"))
    client.force_login(User.objects.create_superuser("chief"))
    for address in ("/admin/", reverse("admin:actions_campaign_add")):
        assert icon in text_of(client.get(address))


def test_staff_change_a_campaign_with_its_demands_and_sources(
    staff: Client, campaign: Campaign
) -> None:
    changed = filled_in(campaign, headline="Ask now")
    changed["demands-0-title"] = "More sanctions"
    changed["sources-0-publisher"] = "Hansard"
    answer = staff.post(campaign_page(campaign), changed)
    assert answer.status_code == 302, text_of(answer)
    campaign.refresh_from_db()
    assert campaign.headline == "Ask now"
    assert campaign.demands.in_order()[0].title == "More sanctions"
    assert campaign.sources.filter(publisher="Hansard").exists()


def test_another_day_to_hold_letters_until_moves_those_that_wait(
    staff: Client, campaign: Campaign
) -> None:
    letter = make_letter(state=Letter.State.QUEUED, campaign=campaign)
    day = timezone.localdate() + datetime.timedelta(days=30)
    changed = filled_in(campaign, letters_go_from=day.isoformat())
    assert staff.post(campaign_page(campaign), changed).status_code == 302
    assert letter.deliveries.get().due_at == rates.opening(day)
    moved_by_hand = rates.opening(day) + datetime.timedelta(hours=3)
    letter.deliveries.update(due_at=moved_by_hand)
    changed["headline"] = "Ask now"
    assert staff.post(campaign_page(campaign), changed).status_code == 302
    assert letter.deliveries.get().due_at == moved_by_hand


def test_every_field_of_a_campaign_is_among_those_that_staff_see(
    staff: Client, campaign: Campaign
) -> None:
    page = text_of(staff.get(campaign_page(campaign)))
    for field in Campaign._meta.fields:
        if field.editable and field.name != "id":
            assert f'name="{field.name}"' in page, field.name
    for words in ("After the letter", "“Dear …” before it", "[square brackets]"):
        assert words in page


def test_what_staff_write_for_afterwards_is_kept_with_its_paragraphs(
    staff: Client, campaign: Campaign
) -> None:
    changed = filled_in(
        campaign,
        story="One.\r\n\r\nTwo.",
        stock_reply_help="Thank you.\r\n\r\nWill you ask [what you want]?",
        meeting_help="Ring.\r\n\r\nCome.",
        donate_url="give.example/uyghurs",
    )
    answer = staff.post(campaign_page(campaign), changed)
    assert answer.status_code == 302, text_of(answer)
    campaign.refresh_from_db()
    assert campaign.said.story_paragraphs == ["One.", "Two."]
    assert campaign.said.stock_reply_paragraphs == [
        "Thank you.",
        "Will you ask [what you want]?",
    ]
    assert campaign.said.meeting_paragraphs == ["Ring.", "Come."]
    assert campaign.donate_url == "https://give.example/uyghurs"


@pytest.mark.parametrize("field", ["{{ constituency.name }}", "{% if reason %}"])
def test_a_field_in_what_is_written_back_is_refused(
    staff: Client, campaign: Campaign, field: str
) -> None:
    changed = filled_in(campaign, stock_reply_help=f"I live in {field}.")
    answer = staff.post(campaign_page(campaign), changed)
    assert answer.status_code == 200
    assert "would stand in it as they are" in text_of(answer)


def test_demands_change_places(staff: Client, campaign: Campaign) -> None:
    before = [demand.pk for demand in campaign.demands.in_order()]
    changed = filled_in(campaign)
    for at in range(6):
        changed[f"demands-{at}-position"] = 6 - at
    answer = staff.post(campaign_page(campaign), changed)
    assert answer.status_code == 302, text_of(answer)
    assert [demand.pk for demand in campaign.demands.in_order()] == before[::-1]


def test_prompts_change_places_too(staff: Client, campaign: Campaign) -> None:
    before = [prompt.pk for prompt in campaign.prompts.in_order()]
    changed = filled_in(campaign)
    for at in range(3):
        changed[f"prompts-{at}-position"] = 3 - at
    answer = staff.post(campaign_page(campaign), changed)
    assert answer.status_code == 302, text_of(answer)
    assert [prompt.pk for prompt in campaign.prompts.in_order()] == before[::-1]


def test_two_demands_cannot_have_one_place(staff: Client, campaign: Campaign) -> None:
    changed = filled_in(campaign)
    changed["demands-1-position"] = 1
    answer = staff.post(campaign_page(campaign), changed)
    assert answer.status_code == 200
    assert "correct the duplicate data for position" in text_of(answer)


@pytest.mark.parametrize(("position", "words"), [(0, "1"), (1000, "from 1 to 999")])
def test_a_place_that_is_none_is_refused(
    staff: Client, campaign: Campaign, position: int, words: str
) -> None:
    changed = filled_in(campaign) | {"demands-1-position": position}
    answer = staff.post(campaign_page(campaign), changed)
    assert answer.status_code == 200
    assert words in text_of(answer)


def test_a_field_in_a_demands_paragraph_is_refused(
    staff: Client, campaign: Campaign
) -> None:
    changed = filled_in(campaign)
    changed["demands-1-paragraph"] = "In {{ constituency.name }} we ask for more."
    answer = staff.post(campaign_page(campaign), changed)
    assert "This paragraph is plain text" in text_of(answer)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("We ask for [further] sanctions.", "Take the square brackets out"),
        ("We ask for\ue000 sanctions.", "U+E000"),
        ("We ask for\x07 sanctions.", "U+0007"),
    ],
)
def test_a_text_that_would_stop_or_bend_every_letter_is_refused(
    staff: Client, campaign: Campaign, text: str, words: str
) -> None:
    for field in ("demands-1-paragraph", "demands-1-title", "title"):
        answer = staff.post(
            campaign_page(campaign), filled_in(campaign) | {field: text}
        )
        assert answer.status_code == 200
        one_line = "\x07" in text and field == "demands-1-title"
        assert ("on one line" if one_line else words) in text_of(answer)


def test_a_demands_title_stands_on_one_line(staff: Client, campaign: Campaign) -> None:
    changed = filled_in(campaign) | {"demands-1-title": "More\nsanctions"}
    assert "on one line" in text_of(staff.post(campaign_page(campaign), changed))


@pytest.mark.parametrize(("letters", "status"), [(1500, 302), (1501, 200)])
def test_a_demands_paragraph_ends_where_the_others_need_room(
    staff: Client, campaign: Campaign, letters: int, status: int
) -> None:
    # Browsers send two characters for the end of a line.
    paragraph = "We ask.\r\n" + "x" * (letters - len("We ask.\n"))
    changed = filled_in(campaign) | {"demands-1-paragraph": paragraph}
    answer = staff.post(campaign_page(campaign), changed)
    assert answer.status_code == status
    refused = "The paragraph has 1,501 characters; 1,500 is the most"
    assert (refused in text_of(answer)) is (status == 200)


def test_six_demands_at_their_longest_leave_room_for_own_words(
    staff: Client, campaign: Campaign
) -> None:
    changed = filled_in(campaign)
    for at in range(6):
        changed[f"demands-{at}-paragraph"] = "x" * 1500
    answer = staff.post(campaign_page(campaign), changed)
    assert answer.status_code == 302, text_of(answer)
    version = LetterTemplateVersion.objects.newest_of(campaign)
    assert version is not None
    assert rendering.longest(version.body, 6) < composing.LONGEST_BODY - 5_000


def test_more_demands_than_a_letter_holds_are_refused(
    staff: Client, campaign: Campaign
) -> None:
    changed = filled_in(campaign)
    for at in range(6, 12):
        changed |= {
            f"demands-{at}-{name}": changed[f"demands-5-{name}"]
            for name in ("title", "explanation", "paragraph")
        }
        changed[f"demands-{at}-position"] = at + 1
    changed["demands-TOTAL_FORMS"] = 12
    answer = staff.post(campaign_page(campaign), changed)
    assert answer.status_code == 200
    assert "With 12 demands at their longest a letter could have" in text_of(answer)
    assert campaign.demands.count() == 6


@pytest.mark.parametrize(
    ("model", "names"),
    [
        (Campaign, ["title"]),
        (Demand, ["title"]),
        (Constituency, ["name", "country", "region"]),
        (Representative, ["display_name", "full_title", "address_as", "party"]),
        (RepresentativeOverride, ["address_as"]),
    ],
)
def test_no_field_of_a_letter_is_longer_than_is_reckoned(
    model: type[Model], names: list[str]
) -> None:
    for name in names:
        longest: int = getattr(model._meta.get_field(name), "max_length", 0)
        assert longest
        assert longest <= limits.LONGEST_FIELD


@pytest.mark.parametrize(
    ("field", "colour", "words"),
    [
        ("colour", "#ffd800", "Choose a darker one."),
        ("colour", "#777777", "with white is 4.4 to 1; text needs at least 4.5"),
        ("colour", "#747474", "with the paper"),
        ("colour_in_dark", "#0b6aa8", "Choose a lighter one."),
        ("colour", "blue", "six hexadecimal digits"),
    ],
)
def test_a_colour_that_cannot_be_read_is_refused_with_a_sentence(
    staff: Client, campaign: Campaign, field: str, colour: str, words: str
) -> None:
    answer = staff.post(campaign_page(campaign), filled_in(campaign, **{field: colour}))
    assert answer.status_code == 200
    assert words in text_of(answer)


def test_letters_are_held_for_half_a_year_at_most(
    staff: Client, campaign: Campaign
) -> None:
    longest = timezone.localdate() + staff_forms.LONGEST_HOLD
    for day, status in (
        (longest + datetime.timedelta(days=1), 200),
        (longest, 302),
    ):
        changed = filled_in(campaign, letters_go_from=day.isoformat())
        answer = staff.post(campaign_page(campaign), changed)
        assert answer.status_code == status
        assert ("Choose an earlier day." in text_of(answer)) == (status == 200)


def test_a_colours_field_says_how_it_is_written_and_must_be(staff: Client) -> None:
    page = text_of(staff.get(reverse("admin:actions_campaign_add")))
    assert "such as #0b6aa8. Its contrast with white must be at least 4.5 to 1" in page
    assert "such as #6cb8ea. Its contrast with the dark page must be at least" in page


@pytest.mark.parametrize("address", ["ftp://files.example/report", "javascript:run()"])
def test_a_source_that_is_no_page_is_refused(
    staff: Client, campaign: Campaign, address: str
) -> None:
    changed = filled_in(campaign) | {"sources-0-address": address}
    answer = staff.post(campaign_page(campaign), changed)
    assert answer.status_code == 200
    assert "begins with https:// or http://" in text_of(answer)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("http://a.example/b", "http://a.example/b"),
        ("HTTPS://a.example/b", "HTTPS://a.example/b"),
        ("a.example/b", "https://a.example/b"),
    ],
)
def test_a_sources_page_is_on_the_web(
    staff: Client, campaign: Campaign, written: str, kept: str
) -> None:
    changed = filled_in(campaign) | {"sources-0-address": written}
    answer = staff.post(campaign_page(campaign), changed)
    assert answer.status_code == 302, text_of(answer)
    assert campaign.sources.filter(address=kept).exists()


@pytest.mark.parametrize(
    ("one", "other", "contrast"),
    [("#000000", "#ffffff", 21), ("#0b6aa8", "#0b6aa8", 1), ("#777777", "#fff", 4.48)],
)
def test_contrast_is_that_of_the_standard(
    one: str, other: str, contrast: float
) -> None:
    other = "#ffffff" if other == "#fff" else other
    assert colours.contrast(one, other) == pytest.approx(contrast, abs=0.005)
    assert colours.contrast(other, one) == colours.contrast(one, other)


@pytest.mark.parametrize("slug", ["admin", "letters", "about-the-data", "api"])
def test_an_address_of_postbags_own_is_refused_with_a_sentence(
    staff: Client, slug: str
) -> None:
    answer = staff.post(reverse("admin:actions_campaign_add"), new_campaign(slug=slug))
    assert answer.status_code == 200
    assert "Postbag uses this address itself: choose another." in text_of(answer)


def test_a_new_campaign_cannot_open_before_it_has_a_letter(staff: Client) -> None:
    address = reverse("admin:actions_campaign_add")
    answer = staff.post(address, new_campaign(state="open"))
    assert answer.status_code == 200
    assert "There is no letter yet" in text_of(answer)
    assert staff.post(address, new_campaign()).status_code == 302
    assert Campaign.objects.get().state == "draft"


def test_a_welsh_letter_alone_does_not_open_a_campaign(
    staff: Client,
) -> None:
    campaign = make_campaign()
    LetterTemplate.objects.update(language="cy")
    answer = staff.post(campaign_page(campaign), filled_in(campaign))
    assert "There is no letter yet" in text_of(answer)


def test_an_open_campaign_keeps_a_demand(staff: Client, campaign: Campaign) -> None:
    changed = filled_in(campaign)
    changed |= {f"demands-{at}-DELETE": "on" for at in range(6)}
    answer = staff.post(campaign_page(campaign), changed)
    assert answer.status_code == 200
    assert "An open campaign asks for something: add a demand." in text_of(answer)
    assert (
        staff.post(campaign_page(campaign), changed | {"state": "closed"}).status_code
        == 302
    )
    assert not campaign.demands.exists()


def test_the_way_from_nothing_to_an_open_campaign(staff: Client) -> None:
    staff.post(reverse("admin:actions_campaign_add"), new_campaign())
    campaign = Campaign.objects.get()
    staff.post(
        reverse("admin:actions_lettertemplate_add"),
        {
            "campaign": campaign.pk,
            "language": "en",
            "subject": "Please act",
            "body": BODY,
            "seen": 0,
            "versions-TOTAL_FORMS": 0,
            "versions-INITIAL_FORMS": 0,
        },
    )
    demand = {
        "demands-TOTAL_FORMS": 1,
        "demands-0-position": 1,
        "demands-0-title": "Sanctions",
        "demands-0-explanation": "More of them.",
        "demands-0-paragraph": "I ask for sanctions.",
    }
    answer = staff.post(
        campaign_page(campaign), filled_in(campaign, state="open") | demand
    )
    assert answer.status_code == 302, text_of(answer)
    campaign.refresh_from_db()
    assert campaign.is_open


# --- Letters' templates -------------------------------------------------------------


@pytest.fixture
def template(campaign: Campaign) -> LetterTemplate:
    return LetterTemplate.objects.get(campaign=campaign, language="en")


@pytest.fixture
def save(staff: Client, template: LetterTemplate) -> Callable[..., Any]:
    def post(**changed: Any) -> Any:
        newest = template.newest_version()
        assert newest is not None
        return staff.post(
            letter_page(template),
            {
                "subject": newest.subject,
                "body": newest.body,
                "seen": newest.number,
                "versions-TOTAL_FORMS": 0,
                "versions-INITIAL_FORMS": 0,
                **changed,
            },
        )

    return post


def test_the_newest_text_is_there_to_be_edited(
    staff: Client, template: LetterTemplate
) -> None:
    page = text_of(staff.get(letter_page(template)))
    assert first_campaign.LETTER_SUBJECT in page
    assert "{{ demand.paragraph }}" in page
    assert "versions so far" in page.lower()


def test_an_edited_text_becomes_a_new_version(
    save: Callable[..., Any], template: LetterTemplate
) -> None:
    first = template.newest_version()
    answer = save(body=BODY.replace(". ", ".\r\n\r\n"))
    assert answer.status_code == 302, text_of(answer)
    newest = template.newest_version()
    assert newest is not None
    assert newest.number == 2
    assert newest.body == BODY.replace(". ", ".\n\n")
    assert newest.created_by == User.objects.get()
    assert first == template.versions.get(number=1)


def test_an_unchanged_text_makes_no_version(
    save: Callable[..., Any], template: LetterTemplate
) -> None:
    body = first_campaign.LETTER_BODY.replace("\n", "\r\n")
    assert save(body=body).status_code == 302
    assert template.versions.count() == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (BODY + "\n\n{{ 'x' * 3 }}", "Line 3: “*” is not allowed in a letter."),
        ("Dear all", "<li>The supporter's own words have no place"),
        (BODY + "x" * 20_000, "<li>The text is longer than 20,000 characters."),
        (BODY + "{% if", "Line 1: "),
        (BODY + "\u0007", "U+0007"),
    ],
)
def test_a_bad_text_is_refused_beside_the_field(
    save: Callable[..., Any], template: LetterTemplate, body: str, words: str
) -> None:
    answer = save(body=body)
    assert answer.status_code == 200
    page = text_of(answer)
    assert words in page[page.index("field-body") :]
    assert html.escape(body.strip()[:20]) in answer.content.decode()
    assert template.versions.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        BODY + "{% for demand in demands %}{{ demand.paragraph }}{% endfor %}",
        BODY + "x" * 6_000,
        BODY + "{% if reason %}" + "x" * 6_000 + "{% endif %}",
    ],
)
def test_a_text_that_makes_too_long_letters_is_refused(
    save: Callable[..., Any], template: LetterTemplate, body: str
) -> None:
    answer = save(body=body)
    assert answer.status_code == 200
    page = text_of(answer)
    assert "With 6 demands at their longest" in page[page.index("field-body") :]
    assert template.versions.count() == 1


def test_a_new_letter_is_measured_by_its_campaigns_demands(staff: Client) -> None:
    campaign = make_campaign()
    LetterTemplate.objects.filter(campaign=campaign).update(language="cy")
    for position in range(3, 13):
        Demand.objects.create(
            campaign=campaign, position=position, title="T", paragraph="P."
        )
    written = {
        "campaign": campaign.pk,
        "language": "en",
        "subject": "Please act",
        "body": BODY,
        "seen": 0,
        "versions-TOTAL_FORMS": 0,
        "versions-INITIAL_FORMS": 0,
    }
    answer = staff.post(reverse("admin:actions_lettertemplate_add"), written)
    assert "With 12 demands at their longest" in text_of(answer)


def test_a_subject_of_two_lines_is_refused(
    save: Callable[..., Any], template: LetterTemplate
) -> None:
    assert "on one line" in text_of(save(subject="One\nBcc: all@mail.example"))
    assert template.versions.count() == 1


def test_a_text_saved_meanwhile_is_not_written_over(
    save: Callable[..., Any], template: LetterTemplate
) -> None:
    save(body=BODY)
    answer = save(body=BODY + " Mine.", seen=1)
    assert "Meanwhile somebody saved version 2." in text_of(answer)
    assert template.versions.count() == 2


def test_letters_templates_and_their_versions_are_never_deleted(
    staff: Client, template: LetterTemplate
) -> None:
    address = reverse("admin:actions_lettertemplate_delete", args=[template.pk])
    assert staff.post(address, {"post": "yes"}).status_code == 403
    assert template.versions.count() == 1


def test_versions_cannot_be_changed_on_the_page(
    save: Callable[..., Any], template: LetterTemplate
) -> None:
    version = template.versions.get()
    save(
        **{
            "versions-TOTAL_FORMS": 1,
            "versions-INITIAL_FORMS": 1,
            "versions-0-id": version.pk,
            "versions-0-template": template.pk,
            "versions-0-subject": "Changed",
            "versions-0-DELETE": "on",
        }
    )
    assert template.versions.get().subject == first_campaign.LETTER_SUBJECT


# --- Who sees what ------------------------------------------------------------------


def test_peoples_data_are_not_in_the_admin(staff: Client) -> None:
    registered = set(admin.site._registry)  # noqa: SLF001 - no other list of them
    assert {Campaign, LetterTemplate} <= registered
    assert not {Letter, Delivery, LetterEvent, Tally} & registered
    make_letter(sender_name="Rena Of Kashgar Street")
    for address in ("/admin/", "/admin/actions/"):
        page = text_of(staff.get(address))
        assert "Rena" not in page
        assert "/admin/actions/letter/" not in page


def test_who_may_only_look_sees_the_letter_and_cannot_change_it(
    client: Client, template: LetterTemplate
) -> None:
    user = User.objects.create_user("organiser", is_staff=True)
    user.user_permissions.add(
        *Permission.objects.filter(
            codename__in=[
                f"view_{model._meta.model_name}"
                for model in (
                    Campaign,
                    Demand,
                    Source,
                    LetterTemplate,
                    LetterTemplateVersion,
                )
            ]
        )
    )
    client.force_login(user)
    page = client.get(letter_page(template))
    assert first_campaign.LETTER_SUBJECT in text_of(page)
    assert b"<textarea" not in page.content
    assert client.post(letter_page(template), {"body": BODY}).status_code == 403
    assert client.get(campaign_page(template.campaign)).status_code == 200
    assert client.post(campaign_page(template.campaign)).status_code == 403


def test_a_campaigns_page_makes_the_same_queries_for_many_demands(
    staff: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    campaign = make_campaign()
    for position in range(3, 20):
        Demand.objects.create(
            campaign=campaign, position=position, title="T", paragraph="P."
        )
    with django_assert_max_num_queries(12):
        staff.get(campaign_page(campaign))


# --- Signing in -----------------------------------------------------------------------


def sign_in(client: Client, password: str, address: str = "192.0.2.1") -> Any:
    return client.post(
        "/admin/login/",
        {"username": "chief", "password": password},
        REMOTE_ADDR=address,
    )


def test_too_many_tries_from_one_address_are_refused(
    client: Client, settings: Settings
) -> None:
    settings.SIGN_INS_PER_ADDRESS_PER_HOUR = 3
    User.objects.create_superuser("chief", password="correct")
    for _ in range(3):
        assert sign_in(client, "wrong").status_code == 200
    refused = sign_in(client, "correct")
    assert refused.status_code == 429
    assert "Passwords have been tried very often" in text_of(refused)
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert "_auth_user_id" not in client.session
    assert client.get("/admin/login/").status_code == 200


def test_another_address_can_still_sign_in(client: Client, settings: Settings) -> None:
    settings.SIGN_INS_PER_ADDRESS_PER_HOUR = 1
    User.objects.create_superuser("chief", password="correct")
    sign_in(client, "wrong")
    assert sign_in(client, "correct", "192.0.2.2").status_code == 302
    assert "_auth_user_id" in client.session
    assert client.get("/admin/").status_code == 200


def test_no_address_is_stored_for_the_limit(client: Client) -> None:
    sign_in(client, "wrong")
    [count] = RateCount.objects.all()
    assert "192" not in count.key
    assert count.count == 1


@pytest.mark.django_db
def test_the_admin_too_says_that_letters_are_not_really_sent(
    client: Client, settings: Settings
) -> None:
    assert "are not really sent" in client.get("/admin/login/").content.decode()
    settings.DELIVERY_IS_LIVE = True
    assert "are not really sent" not in client.get("/admin/login/").content.decode()
