"""The reader's language: chosen, kept, carried through forms; and the letter's own."""

import re
from http import HTTPStatus

import pytest
from django.conf import settings as configured
from django.test import Client
from django.utils import translation
from pytest_django import DjangoAssertNumQueries, Settings

from actions import (
    composing,
    delivering,
    languages,
    privacy,
    tokens,
    wording,
)
from actions.models import (
    Campaign,
    CampaignTranslation,
    Delivery,
    DemandTranslation,
    Letter,
    LetterTemplate,
    LetterTemplateVersion,
    Subscription,
)
from representatives.models import Constituency, Representative
from tests.actions.factories import (
    NOW,
    make_campaign,
    make_letter,
    make_representative,
    make_subscription,
    place_postcodes,
)
from tests.actions.pages import hidden, text

pytestmark = pytest.mark.django_db

COOKIE = configured.LANGUAGE_COOKIE_NAME
PERSON = {
    "name": "Siân Parri",
    "email": "sian@example.org",
    "address_line_1": "12 Stryd Fawr",
    "town": "Llangefni",
    "postcode": "ZE9 9AA",
}
OWN = "Cefais fy magu ger Llangefni ac mae hyn yn pwyso arnaf bob dydd."


@pytest.fixture(autouse=True)
def _quick(settings: Settings) -> None:
    settings.LEAST_SECONDS_TO_READ = 0


@pytest.fixture
def member() -> Representative:
    member = make_representative(address_as="Ms Lee", full_title="Ann Lee MP")
    Constituency.objects.filter(pk=member.constituency_id).update(
        country="Wales", name="Anglesey", name_cy="Ynys Môn"
    )
    place_postcodes(member.constituency, "ZE9 9", "AA")
    return member


@pytest.fixture
def campaign(member: Representative) -> Campaign:
    """A campaign with a letter in Welsh, and half of its texts."""
    made = make_campaign()
    CampaignTranslation.objects.create(
        campaign=made, language="cy", headline="Gofynnwch i’ch AS weithredu"
    )
    for demand in made.demands.in_order():
        DemandTranslation.objects.create(
            demand=demand, language="cy", title="Galwad", paragraph="Gofynnaf am hyn."
        )
    template = LetterTemplate.objects.create(campaign=made, language="cy")
    LetterTemplateVersion.objects.create(
        template=template,
        number=1,
        subject="Gweithredwch dros yr Uyghuriaid",
        body=(
            "Yr wyf yn un o’ch etholwyr yn etholaeth {{ constituency.name }}.\n\n"
            "{% for demand in demands %}{{ demand.paragraph }}\n\n{% endfor %}"
            "{{ reason }}"
        ),
    )
    return made


def in_(language: str, client: Client) -> Client:
    client.cookies[COOKIE] = language
    return client


def test_a_page_speaks_english_at_first(client: Client, campaign: Campaign) -> None:
    page = client.get(f"/{campaign.slug}/")

    assert '<html lang="en-GB" dir="ltr">' in text(page)
    assert page["Content-Language"] == "en-GB"


@pytest.mark.parametrize(
    ("wished", "spoken"),
    [
        ("cy", '<html lang="cy" dir="ltr">'),
        ("cy-GB,en;q=0.5", '<html lang="cy" dir="ltr">'),
        ("cy;q=0.2, en-US;q=0.9", '<html lang="en-GB" dir="ltr">'),
        ("fr, de;q=0.5", '<html lang="en-GB" dir="ltr">'),
        ("☃,,;q=x", '<html lang="en-GB" dir="ltr">'),
    ],
)
def test_the_browsers_wish_counts_where_nothing_was_chosen(
    client: Client, campaign: Campaign, wished: str, spoken: str
) -> None:
    page = client.get(f"/{campaign.slug}/", headers={"accept-language": wished})

    assert spoken in text(page)
    assert {"Accept-Language", "Cookie"} <= set(page["Vary"].split(", "))


def test_a_choice_is_kept_and_leads_back(client: Client, campaign: Campaign) -> None:
    here = f"/{campaign.slug}/progress/"

    answer = client.post("/about/language/", {"language": "cy", "to": here})

    assert answer.status_code == HTTPStatus.FOUND
    assert answer["Location"] == here
    kept = answer.cookies[COOKIE]
    assert kept["httponly"]
    assert kept["samesite"] == "Lax"
    assert 'lang="cy"' in text(client.get(here, headers={"accept-language": "en"}))


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example/", "/\\evil.example", "", "x"]
)
def test_a_choice_leads_nowhere_else(client: Client, to: str) -> None:
    answer = client.post("/about/language/", {"language": "cy", "to": to})

    assert answer["Location"] == "/"


def test_a_language_that_we_do_not_speak_is_refused(client: Client) -> None:
    answer = client.post("/about/language/", {"language": "fr", "to": "/"})

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert COOKIE not in answer.cookies


def test_a_cookie_that_is_none_of_ours_is_english(client: Client) -> None:
    page = in_("../../etc", client).get("/privacy/")

    assert '<html lang="en-GB"' in text(page)


def test_a_link_chooses_nothing(client: Client) -> None:
    assert client.get("/about/language/?language=cy").status_code == 405


def test_each_language_is_offered_by_its_own_name(client: Client) -> None:
    page = text(in_("cy", client).get("/privacy/"))

    assert re.search(r'<button[^>]+value="en-gb" lang="en-GB"[^>]*>English<', page)
    assert 'lang="cy" aria-current="true">Cymraeg<' in page
    assert 'name="to" value="/privacy/"' in page


def test_staff_and_programs_are_spoken_to_in_english(client: Client) -> None:
    sign_in = text(in_("cy", client).get("/admin/login/"))
    answer = client.get("/api/v1/representatives/?postcode=nonsense")

    assert 'lang="en-gb"' in sign_in
    assert "Password:" in sign_in
    assert "Content-Language" not in answer
    assert "postcode" in answer.json()["detail"]


def test_texts_without_a_translation_say_that_they_are_english(
    client: Client, campaign: Campaign
) -> None:
    page = text(in_("cy", client).get(f"/{campaign.slug}/"))

    assert "<h1>Gofynnwch i’ch AS weithredu</h1>" in page
    assert f'<p class="lede" lang="en-GB" dir="ltr">{campaign.lede}</p>' in page


def test_a_language_costs_a_query_for_each_kind_of_text_and_no_more(
    client: Client,
    campaign: Campaign,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client.get(f"/{campaign.slug}/")
    with django_assert_max_num_queries(20) as english:
        client.get(f"/{campaign.slug}/")
    with django_assert_max_num_queries(20) as welsh:
        in_("cy", client).get(f"/{campaign.slug}/")

    # Of the campaign and its demands; it has no sources.
    assert len(welsh) - len(english) <= 2


def test_seats_have_their_welsh_names_in_welsh(
    client: Client, campaign: Campaign
) -> None:
    page = in_("cy", client).post(f"/{campaign.slug}/write/", {"postcode": "ZE9 9AA"})

    assert "Ynys Môn" in text(page)
    assert "Anglesey" not in text(page)


def test_a_reader_of_welsh_in_wales_writes_in_welsh(
    client: Client, campaign: Campaign
) -> None:
    letter = sent_from(in_("cy", client), campaign)

    assert letter.language == "cy"
    assert letter.reader_language == "cy"
    mailed = composing.text_of(letter)
    assert "Annwyl Ms Lee," in mailed
    assert "Yn gywir," in mailed
    assert "etholaeth Ynys Môn" in mailed
    assert "Gofynnaf am hyn." in mailed
    assert "House of Commons\nLondon SW1A 0AA" in mailed
    assert letter.subject == "Gweithredwch dros yr Uyghuriaid"
    assert letter.own_words > 20


def test_a_letter_is_dated_in_its_own_language() -> None:
    letter = make_letter(language="cy")

    with translation.override("en-gb"):
        assert "22 Tachwedd 2026" in composing.text_of(letter)


def test_a_letter_can_be_had_in_the_other_language(
    client: Client, campaign: Campaign
) -> None:
    page = client.post(f"/{campaign.slug}/write/", {"postcode": "ZE9 9AA"})
    assert "I ask for sanctions." in text(page)
    typed = {**hidden(page), **PERSON, "reason": OWN, "demands": demands_of(campaign)}

    switched = client.post(f"/{campaign.slug}/write/", {**typed, "write_in": "cy"})

    assert '<html lang="en-GB"' in text(switched)
    assert "Gofynnaf am hyn." in text(switched)
    assert 'class="sheet" lang="cy"' in text(switched)
    assert OWN in text(switched)
    assert 'value="Siân Parri"' in text(switched)
    assert 'name="write_in" value="en"' in text(switched)


def test_a_campaign_without_a_welsh_letter_offers_none(
    client: Client, member: Representative
) -> None:
    campaign = make_campaign()

    page = in_("cy", client).post(
        f"/{campaign.slug}/write/",
        {"postcode": "ZE9 9AA", "write_in": "cy"},
    )

    assert 'name="write_in"' not in text(page)
    assert "I ask for sanctions." in text(page)


def test_a_letter_that_would_be_half_in_english_is_not_offered(
    client: Client, campaign: Campaign
) -> None:
    DemandTranslation.objects.filter(demand__position=2).update(paragraph="")

    page = in_("cy", client).post(f"/{campaign.slug}/write/", {"postcode": "ZE9 9AA"})

    assert 'name="write_in"' not in text(page)
    assert "I ask for sanctions." in text(page)


def test_what_a_third_language_leaves_out_takes_no_letter_away(
    client: Client, campaign: Campaign
) -> None:
    for demand in campaign.demands.all():
        DemandTranslation.objects.create(demand=demand, language="tr", title="T")

    page = in_("cy", client).post(f"/{campaign.slug}/write/", {"postcode": "ZE9 9AA"})

    assert 'class="sheet" lang="cy"' in text(page)


def test_a_letter_in_welsh_asks_for_its_demands_at_once(
    client: Client,
    campaign: Campaign,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    def queries_with(more: int) -> int:
        for position in range(3, 3 + more):
            demand = campaign.demands.create(
                position=position, title="T", paragraph="P."
            )
            DemandTranslation.objects.create(
                demand=demand, language="cy", paragraph="G."
            )
        with django_assert_max_num_queries(40) as asked:
            page = client.post(
                f"/{campaign.slug}/write/", {"postcode": "ZE9 9AA", "write_in": "cy"}
            )
        assert 'class="sheet" lang="cy"' in text(page)
        return len(asked)

    queries_with(more=0)  # what is remembered from page to page is asked for once
    assert queries_with(more=0) == queries_with(more=4)


def test_questions_and_demands_without_a_translation_say_that_they_are_english(
    client: Client, campaign: Campaign
) -> None:
    DemandTranslation.objects.filter(demand__position=1).update(title="")

    page = in_("cy", client).post(f"/{campaign.slug}/write/", {"postcode": "ZE9 9AA"})

    assert '<span lang="en-GB" dir="ltr">Sanctions</span>' in text(page)
    assert f'<span lang="en-GB" dir="ltr">{campaign.question}</span>' in text(page)
    assert '<span lang="en-GB"' not in text(client.get(f"/{campaign.slug}/progress/"))


def test_english_seats_offer_welsh_to_readers_of_welsh_alone(
    client: Client, campaign: Campaign
) -> None:
    elsewhere = make_representative()
    place_postcodes(elsewhere.constituency, "ZE8 8", "AA")
    at = f"/{campaign.slug}/write/"

    english = client.post(at, {"postcode": "ZE8 8AA"})
    welsh = in_("cy", client).post(at, {"postcode": "ZE8 8AA"})

    assert 'name="write_in"' not in text(english)
    assert 'name="write_in" value="cy"' in text(welsh)
    assert "I ask for sanctions." in text(welsh)


@pytest.mark.parametrize("step", ["write", "questions", "letter"])
def test_changing_the_language_on_a_page_loses_nothing_typed(
    client: Client, campaign: Campaign, step: str
) -> None:
    slug = campaign.slug
    page = client.post(f"/{slug}/write/", {"postcode": "ZE9 9AA"})
    typed = {**hidden(page), **PERSON, "reason": OWN, "demands": demands_of(campaign)}
    address = {
        "write": f"/{slug}/write/",
        "questions": f"/{slug}/write/questions/",
        "letter": f"/{slug}/write/letter/",
    }[step]
    if step == "letter":
        typed |= {"subject": "My own subject", "body": f"{OWN} And more."}

    switched = client.post(address, {**typed, "language": "cy"})

    assert switched.status_code == HTTPStatus.OK
    shown = text(switched)
    assert '<html lang="cy" dir="ltr">' in shown
    assert switched.cookies[COOKIE].value == "cy"
    for value in (OWN, PERSON["name"], PERSON["email"], PERSON["address_line_1"]):
        assert value in shown
    if step == "letter":
        assert "My own subject" in shown
        assert "And more." in shown
    assert f'formaction="{address}"' in shown


def test_a_seat_stays_when_the_language_changes(
    client: Client, campaign: Campaign
) -> None:
    """Also one that was chosen, to which no postcode leads."""
    chosen = make_representative()
    slug = campaign.slug
    page = client.post(f"/{slug}/write/", {"seat": chosen.constituency.code})

    switched = client.post(f"/{slug}/write/", {**hidden(page), "language": "cy"})

    assert chosen.display_name in text(switched)


def test_the_sheet_is_in_the_language_of_the_letter(
    client: Client, campaign: Campaign
) -> None:
    page = in_("cy", client).post(
        f"/{campaign.slug}/write/", {"postcode": "ZE9 9AA", "write_in": "en"}
    )

    assert '<html lang="cy" dir="ltr">' in text(page)
    assert 'class="sheet" lang="en-GB" dir="ltr"' in text(page)


def test_our_mails_speak_the_writers_language(
    client: Client, campaign: Campaign
) -> None:
    letter = sent_from(in_("cy", client), campaign)
    owed = Delivery.objects.get(letter=letter, kind=Delivery.Kind.CONFIRMATION)

    english = wording.of(make_letter().deliveries.get())
    welsh = wording.of(owed)

    with translation.override("cy"):
        assert translation.gettext("Your name") != "Your name"
    assert "is ready" in english.body
    assert "is ready" not in welsh.body
    assert letter.recipient_name in welsh.subject
    assert translation.get_language() == configured.LANGUAGE_CODE


def test_a_wish_for_updates_is_confirmed_in_its_readers_language() -> None:
    made = make_subscription(reader_language="cy")

    body = wording.of(made.deliveries.get()).body

    assert "button" not in body
    assert "botwm" in body


def test_what_somebody_reads_is_forgotten_with_them(
    client: Client, campaign: Campaign
) -> None:
    letter = sent_from(in_("cy", client), campaign)
    wish = make_subscription(reader_language="cy")

    privacy.erase_on_request(letter, now=NOW)
    client.post(f"/updates/{token_of(wish)}/leave/")

    letter.refresh_from_db()
    assert letter.is_forgotten
    assert not Letter.objects.exclude(reader_language="").exists()
    assert not Subscription.objects.exclude(reader_language="").exists()


@pytest.mark.parametrize("language", [code for code, _ in configured.LANGUAGES])
def test_a_demo_letter_is_delivered_whatever_its_writer_reads(language: str) -> None:
    letter = make_letter(state=Letter.State.QUEUED, reader_language=language)

    delivering.deliver_due(clock=lambda: NOW)

    letter.refresh_from_db()
    assert letter.state == Letter.State.ACCEPTED


def test_at_risk_pages_carry_the_language_and_set_no_cookie(
    client: Client, campaign: Campaign
) -> None:
    at = f"/{campaign.slug}/quietly/"
    start = client.post(at, {"language": "cy"})
    page = client.post(f"{at}letter/", {**hidden(start), "looked_up": "ZE9 9AA"})

    for answer in (start, page):
        assert '<html lang="cy" dir="ltr">' in text(answer)
        assert not answer.cookies
        assert set(hidden(answer)["language"]) == {"cy"}


def test_a_postcode_is_written_in_english_on_every_page(
    client: Client, campaign: Campaign
) -> None:
    """Else a Turkish page shows an i in it as İ."""
    page = in_("tr", client).get(f"/{campaign.slug}/")

    field = re.search(r"<input [^>]*name=.postcode.[^>]*>", text(page), re.DOTALL)
    assert field
    assert 'lang="en-GB"' in field[0]


def test_every_language_has_a_tag_and_a_direction() -> None:
    told = {each.code: (each.tag, each.direction) for each in languages.ALL}

    assert told == {
        "en-gb": ("en-GB", "ltr"),
        "cy": ("cy", "ltr"),
        "tr": ("tr", "ltr"),
        "ug": ("ug", "rtl"),
    }


def demands_of(campaign: Campaign) -> list[int]:
    return [demand.pk for demand in campaign.demands.in_order()]


def sent_from(client: Client, campaign: Campaign) -> Letter:
    """Write a letter from the postcode on and send it."""
    slug = campaign.slug
    page = client.post(f"/{slug}/write/", {"postcode": "ZE9 9AA"})
    typed = {**hidden(page), **PERSON, "reason": OWN, "demands": demands_of(campaign)}
    page = client.post(f"/{slug}/write/letter/", typed)
    edited = re.search(r'name="body"[^>]*>\n(.*?)</textarea>', text(page), re.DOTALL)
    subject = re.search(r'name="subject"[^>]*\n?\s*value="([^"]*)"', text(page))
    assert edited
    assert subject
    answer = client.post(
        f"/{slug}/write/send/",
        {**hidden(page), "body": edited[1], "subject": subject[1], "consent": "on"},
    )
    assert answer.status_code == HTTPStatus.FOUND, text(answer)
    return Letter.objects.latest("created_at")


def token_of(wish: Subscription) -> str:
    return tokens.for_subscription(wish.pk)
