"""The pages around being told that people can write again."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from actions import subscribing, tokens
from actions.models import Campaign, Delivery, Subscription
from representatives import parliament
from representatives.models import ParliamentPeriod
from tests.actions.factories import make_campaign, make_subscription
from tests.actions.pages import text, told

pytestmark = pytest.mark.django_db

JO = "jo@mail.example"
REOPENING = Subscription.Purpose.REOPENING
OFFER = "Be told when you can write"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.OUTBOX_DIR = tmp_path / "outbox"


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


@pytest.fixture
def _dissolved() -> None:
    ParliamentPeriod.objects.create(
        state=ParliamentPeriod.State.DISSOLVED, begins_on=parliament.today()
    )


def ask(client: Client, campaign: Campaign, email: str = JO, **more: str) -> Any:
    typed = {"email": email, "consent": "on", **more}
    return client.post(f"/{campaign.slug}/reopening/", typed)


def make_wish(**fields: Any) -> Subscription:
    return make_subscription(now=timezone.now(), purpose=REOPENING, **fields)


def page_of(wish: Subscription, ending: str = "") -> str:
    return f"/updates/{tokens.for_subscription(wish.pk)}/{ending}"


# --- Asking -----------------------------------------------------------------------


@pytest.mark.usefixtures("_dissolved")
@pytest.mark.parametrize("ending", ["", "write/", "write/letter/"])
def test_while_nobody_can_write_the_form_is_offered_empty_and_unticked(
    client: Client, campaign: Campaign, ending: str
) -> None:
    page = text(client.get(f"/{campaign.slug}/{ending}"))
    (field,) = re.findall(r'<input type="email"[^>]*>', page)
    (box,) = re.findall(r'<input type="checkbox"[^>]*>', page)
    assert 'value=""' in field
    assert "checked" not in box
    assert subscribing.consent_wording(campaign, REOPENING) in page


@pytest.mark.usefixtures("_dissolved")
def test_the_address_of_a_letter_is_not_filled_in(
    client: Client, campaign: Campaign
) -> None:
    page = client.post(f"/{campaign.slug}/write/letter/", {"email": JO, "body": "Own"})
    assert OFFER in text(page)
    assert f'value="{JO}"' not in text(page)


@pytest.mark.usefixtures("_dissolved")
@pytest.mark.parametrize("ending", ["quietly/", "quietly/letter/"])
def test_who_writes_unseen_is_asked_for_nothing(
    client: Client, campaign: Campaign, ending: str
) -> None:
    page = client.post(f"/{campaign.slug}/{ending}")
    assert page.status_code == 409
    assert OFFER not in text(page)
    assert "<form" not in text(page).partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("state", [Campaign.State.OPEN, Campaign.State.CLOSED])
def test_while_people_can_write_or_the_campaign_is_closed_nothing_is_taken(
    client: Client, state: str
) -> None:
    campaign = make_campaign(state=state)
    if state == Campaign.State.CLOSED:
        ParliamentPeriod.objects.create(
            state=ParliamentPeriod.State.DISSOLVED, begins_on=parliament.today()
        )
    assert OFFER not in text(client.get(f"/{campaign.slug}/"))
    answer = ask(client, campaign)
    assert answer.url == f"/{campaign.slug}/"
    assert not Subscription.objects.exists()


@pytest.mark.usefixtures("_dissolved")
def test_a_get_leads_to_the_campaign(client: Client, campaign: Campaign) -> None:
    answer = client.get(f"/{campaign.slug}/reopening/")
    assert (answer.status_code, answer["Location"]) == (302, f"/{campaign.slug}/")


@pytest.mark.usefixtures("_dissolved")
def test_asking_leads_to_a_page_that_says_where_to_look(
    client: Client, campaign: Campaign
) -> None:
    answer = ask(client, campaign)
    assert answer.url == f"/{campaign.slug}/reopening/asked/"
    assert "without that you are not told" in text(client.get(answer.url))
    wish = Subscription.objects.get()
    assert (wish.email, wish.purpose) == (JO, REOPENING)


@pytest.mark.usefixtures("_dissolved")
def test_the_answer_is_the_same_whatever_the_address_is(
    client: Client, campaign: Campaign, settings: Settings
) -> None:
    settings.LETTERS_PER_MAILBOX_PER_DAY = 2
    make_wish(campaign=campaign, email="in@mail.example", confirmed_at=timezone.now())
    make_wish(campaign=campaign, email="waits@mail.example")
    answers = [
        ask(client, campaign, email)
        for email in ("in@mail.example", "waits@mail.example", JO, JO, JO, JO)
    ]
    said = {
        (answer.status_code, answer.url, str(sorted(told(answer).items())))
        for answer in answers
    }
    assert len(said) == 1


@pytest.mark.usefixtures("_dissolved")
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"consent": ""}, "Tick the box if you agree: without it we may not tell you."),
        ({"email": ""}, "Write the e-mail address at which you want to be told."),
        ({"email": "jo@"}, "This e-mail address is not complete"),
        ({"website": "https://spam.example"}, "it is there to stop robots"),
    ],
)
def test_what_is_missing_is_said_on_the_campaigns_page_and_nothing_stored(
    client: Client, campaign: Campaign, typed: dict[str, str], words: str
) -> None:
    answer = ask(client, campaign, **{"email": JO, **typed})
    assert answer.status_code == 422
    assert words in text(answer)
    assert OFFER in text(answer)
    assert not Subscription.objects.exists()


@pytest.mark.usefixtures("_dissolved")
def test_a_connection_that_asks_too_often_is_told_when_to_come_back(
    client: Client, campaign: Campaign, settings: Settings
) -> None:
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 1
    ask(client, campaign)
    answer = ask(client, campaign, "two@mail.example")
    assert answer.status_code == 429
    assert answer["Retry-After"]
    assert "asked to be told from your connection" in text(answer)


# --- The link ---------------------------------------------------------------------


def test_opening_the_link_confirms_nothing_and_the_button_does(client: Client) -> None:
    wish = make_wish(email=JO)
    page = text(client.get(page_of(wish)))
    assert "Do you want to be told?" in page
    assert wish.consent_wording in page
    wish.refresh_from_db()
    assert not wish.is_confirmed
    answer = client.post(page_of(wish), follow=True)
    assert "We will tell you" in text(answer)
    assert JO in text(answer)
    wish.refresh_from_db()
    assert wish.is_confirmed


def test_one_press_of_a_mail_program_leaves_without_a_cookie() -> None:
    wish = make_wish(email=JO, confirmed_at=timezone.now())
    client = Client(enforce_csrf_checks=True)
    assert "Do you no longer want to be told?" in text(
        client.get(page_of(wish, "leave/"))
    )
    answer = client.post(page_of(wish, "leave/"), {"List-Unsubscribe": "One-Click"})
    assert "The address is erased" in text(answer)
    wish.refresh_from_db()
    assert wish.email == ""


def test_too_late_it_has_run_out(client: Client) -> None:
    wish = make_wish(confirm_by=timezone.now())
    for answer in (client.get(page_of(wish)), client.post(page_of(wish))):
        assert answer.status_code == 410
        assert "no mail comes because of it" in text(answer)
    assert "being erased" in text(client.get(page_of(wish, "leave/")))


def test_of_a_campaign_that_closed_the_page_says_that_no_mail_comes(
    client: Client,
) -> None:
    campaign = make_campaign(state=Campaign.State.CLOSED)
    for confirmed_at in (None, timezone.now()):
        email = f"{confirmed_at is None}@mail.example"
        wish = make_wish(campaign=campaign, email=email, confirmed_at=confirmed_at)
        answer = client.post(page_of(wish))
        assert answer.status_code == 410
        assert "no mail comes because of it" in text(answer)


def test_after_the_mail_the_link_says_that_the_address_is_erased(
    client: Client,
) -> None:
    now = timezone.now()
    wish = make_wish(confirmed_at=now, ended_at=now, email="")
    Delivery.objects.create(
        subscription=wish,
        kind=Delivery.Kind.REOPENING,
        state=Delivery.State.SENT,
        is_demo=True,
        done_at=now,
    )
    for ending in ("", "leave/"):
        assert "The address is erased" in text(client.get(page_of(wish, ending)))
