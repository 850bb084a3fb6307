"""The pages around e-mail updates, for a browser, a scanner and a mail program."""

import datetime
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from actions import delivering, outbox, subscribing, tokens
from actions.models import Campaign, Delivery, Subscription
from tests.actions.factories import make_campaign, make_letter, make_subscription
from tests.actions.pages import hidden, text, told

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
JO = "jo@mail.example"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.OUTBOX_DIR = tmp_path / "outbox"


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


def ask(client: Client, campaign: Campaign, email: str = JO, **more: str) -> Any:
    typed = {"email": email, "consent": "on", **more}
    return client.post(f"/{campaign.slug}/updates/", typed)


def wish(**fields: Any) -> Subscription:
    return make_subscription(now=timezone.now(), **fields)


def page_of(subscription: Subscription, ending: str = "") -> str:
    return f"/updates/{tokens.for_subscription(subscription.pk)}/{ending}"


# --- Asking -----------------------------------------------------------------------


def test_the_form_stands_on_the_thanks_page_empty_and_unticked(
    client: Client, campaign: Campaign
) -> None:
    page = text(client.get(f"/{campaign.slug}/thanks/"))
    (field,) = re.findall(r'<input type="email"[^>]*>', page)
    (box,) = re.findall(r'<input type="checkbox"[^>]*>', page)
    assert 'value=""' in field
    assert "checked" not in box
    assert subscribing.consent_wording(campaign) in page
    assert hidden(client.get(f"/{campaign.slug}/thanks/")) == {}


def test_asking_leads_to_a_page_that_says_where_to_look(
    client: Client, campaign: Campaign
) -> None:
    answer = ask(client, campaign)
    assert answer.status_code == 302
    assert answer.url == f"/{campaign.slug}/updates/asked/"
    assert "Look in your mail" in text(client.get(answer.url))
    assert Subscription.objects.get().email == JO


def test_the_answer_is_the_same_whatever_the_address_is(
    client: Client, campaign: Campaign, settings: Settings
) -> None:
    settings.LETTERS_PER_MAILBOX_PER_DAY = 2
    wish(campaign=campaign, email="in@mail.example", confirmed_at=timezone.now())
    wish(campaign=campaign, email="waits@mail.example")
    answers = [
        ask(client, campaign, email)
        for email in ("in@mail.example", "waits@mail.example", JO, JO, JO, JO)
    ]
    said = {
        (answer.status_code, answer.url, str(sorted(told(answer).items())))
        for answer in answers
    }
    assert len(said) == 1


def test_without_the_tick_nothing_is_stored_and_the_address_is_kept_in_the_field(
    client: Client, campaign: Campaign
) -> None:
    answer = client.post(f"/{campaign.slug}/updates/", {"email": JO})
    assert answer.status_code == 422
    page = text(answer)
    assert "Tick the box if you agree" in page
    assert f'value="{JO}"' in page
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("email", ["", "jo", "jo@", "jo@mail example", "a" * 300])
def test_what_is_no_address_is_refused_beside_the_field(
    client: Client, campaign: Campaign, email: str
) -> None:
    answer = ask(client, campaign, email)
    assert answer.status_code == 422
    assert 'id="id_email_error1"' in text(answer)
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("email", ["=1+1@mail.example", "+jo@mail.example", "-a@b.uk"])
def test_what_a_spreadsheet_would_work_out_is_refused(
    client: Client, campaign: Campaign, email: str
) -> None:
    answer = ask(client, campaign, email)
    assert answer.status_code == 422
    assert "begins with a letter or a figure" in text(answer)


def test_a_robot_that_fills_every_field_is_refused(
    client: Client, campaign: Campaign
) -> None:
    assert ask(client, campaign, website="https://buy.example").status_code == 422
    assert not Subscription.objects.exists()


def test_a_connection_that_asked_too_often_is_told_so_and_keeps_what_it_typed(
    client: Client, campaign: Campaign, settings: Settings
) -> None:
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 1
    ask(client, campaign, "one@mail.example")
    answer = ask(client, campaign)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600
    page = text(answer)
    assert "Wait until the next full hour at most" in page
    assert f'value="{JO}"' in page


def test_asking_needs_the_forms_own_cookie(campaign: Campaign) -> None:
    assert ask(Client(enforce_csrf_checks=True), campaign).status_code == 403


def test_whoever_only_opens_the_address_is_led_to_the_form(
    client: Client, campaign: Campaign
) -> None:
    answer: Any = client.get(f"/{campaign.slug}/updates/")
    assert answer.url == f"/{campaign.slug}/thanks/#updates"


def test_of_a_draft_nobody_can_ask(client: Client) -> None:
    draft = make_campaign(state=Campaign.State.DRAFT)
    assert ask(client, draft).status_code == 404
    assert client.get(f"/{draft.slug}/updates/asked/").status_code == 404


# --- The link in the mail -----------------------------------------------------------


def test_from_the_form_to_the_mail_to_the_button(
    client: Client, campaign: Campaign
) -> None:
    ask(client, campaign)
    delivering.deliver_due()
    (message,) = outbox.newest()
    (link, away) = re.findall(r"http://\S+(/updates/\S+)", message.text)
    assert "Do you want updates?" in text(client.get(link))
    answer = client.post(link, follow=True)
    assert "You get updates" in text(answer)
    assert Subscription.objects.confirmed().count() == 1
    assert "No more updates?" in text(client.get(away))
    assert "You have left" in text(client.post(away))
    assert not Subscription.objects.standing().exists()
    assert outbox.newest() == []


@pytest.mark.parametrize("ending", ["", "leave/"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_opens_every_link_changes_nothing(
    client: Client, ending: str, method: str
) -> None:
    before = wish()
    answer = getattr(client, method)(page_of(before, ending))
    assert answer.status_code == 200
    after = Subscription.objects.get()
    assert not after.is_confirmed
    assert not after.has_ended


def test_the_page_shows_the_wording_that_is_agreed_to(client: Client) -> None:
    asked = wish(consent_wording="I agree to that, and to nothing else.")
    page = text(client.get(page_of(asked)))
    assert "I agree to that, and to nothing else." in page
    assert asked.email in page
    assert asked.campaign.title in page


def test_confirming_needs_the_forms_own_cookie() -> None:
    asked = wish()
    answer = Client(enforce_csrf_checks=True).post(page_of(asked))
    assert answer.status_code == 403
    assert not Subscription.objects.confirmed().exists()


def test_pressing_twice_is_harmless(client: Client) -> None:
    asked = wish()
    for _ in range(2):
        answer = client.post(page_of(asked), follow=True)
        assert "You get updates" in text(answer)


def test_a_link_that_has_run_out_says_so(client: Client) -> None:
    late = wish(confirm_by=timezone.now() - DAY)
    for answer in (client.get(page_of(late)), client.post(page_of(late))):
        assert answer.status_code == 410
        assert "This link has run out" in text(answer)
    subscribing.expire(timezone.now())
    assert client.get(page_of(late)).status_code == 410
    assert not Subscription.objects.confirmed().exists()


def test_whoever_confirmed_and_left_reads_so(client: Client) -> None:
    asked = wish(confirmed_at=timezone.now())
    subscribing.leave(asked, now=timezone.now())
    for ending in ("", "leave/"):
        answer = client.get(page_of(asked, ending))
        assert answer.status_code == 200
        assert "You have left" in text(answer)


def test_whoever_had_it_erased_before_confirming_reads_so(client: Client) -> None:
    asked = wish()
    subscribing.leave(asked, now=timezone.now())
    for ending in ("", "leave/"):
        answer = client.get(page_of(asked, ending))
        assert answer.status_code == 200
        assert "<h1>The address is erased</h1>" in text(answer)
        assert "You have left" not in text(answer)


def test_what_ran_out_and_is_not_erased_yet_shows_no_address(client: Client) -> None:
    late = wish(confirm_by=timezone.now() - DAY, email="zqxmarker@mail.example")
    for ending in ("", "leave/"):
        page = text(client.get(page_of(late, ending)))
        assert "it is being erased" in page
        assert "zqxmarker" not in page
    subscribing.expire(timezone.now())
    assert "and it is erased" in text(client.get(page_of(late)))


def test_what_is_left_from_trying_out_shows_no_address_once_mail_is_really_sent(
    client: Client, settings: Settings
) -> None:
    now = timezone.now()
    trials = [
        wish(email="zqx1@mail.example"),
        wish(confirmed_at=now, email="zqx2@b.uk"),
    ]
    settings.DELIVERY_IS_LIVE = True
    for words in ("is being erased", "the address is erased"):
        for trial in trials:
            answer = client.get(page_of(trial))
            assert answer.status_code == 410
            assert words in text(answer)
            assert "zqx" not in text(answer)
            assert "zqx" not in text(client.get(page_of(trial, "leave/")))
        subscribing.expire(now)


def test_a_wish_from_trying_out_cannot_be_confirmed_where_mail_is_really_sent(
    client: Client, settings: Settings
) -> None:
    trial = wish()
    settings.DELIVERY_IS_LIVE = True
    assert client.get(page_of(trial)).status_code == 410
    client.post(page_of(trial))
    assert not Subscription.objects.confirmed().exists()


@pytest.mark.parametrize("ending", ["", "leave/"])
def test_a_link_that_is_not_ours_opens_nothing(client: Client, ending: str) -> None:
    letter = make_letter()
    for token in ("cut-off", tokens.for_letter(letter.pk)):
        for method in (client.get, client.post):
            answer = method(f"/updates/{token}/{ending}")
            assert answer.status_code == 404
            assert "We know no such link" in text(answer)


def test_too_many_presses_from_one_connection_wait(
    client: Client, settings: Settings
) -> None:
    settings.DEEDS_PER_ADDRESS_PER_HOUR = 0
    asked = wish()
    answer = client.post(page_of(asked))
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert not Subscription.objects.confirmed().exists()


# --- Leaving ----------------------------------------------------------------------


def test_a_mail_programs_own_button_leaves_at_once_without_a_cookie() -> None:
    reader = wish(confirmed_at=timezone.now())
    answer = Client(enforce_csrf_checks=True).post(
        page_of(reader, "leave/"), {"List-Unsubscribe": "One-Click"}
    )
    assert answer.status_code == 200
    reader.refresh_from_db()
    assert (reader.email, reader.has_ended) == ("", True)


def test_no_limit_keeps_anybody_from_leaving(
    client: Client, settings: Settings
) -> None:
    settings.DEEDS_PER_ADDRESS_PER_HOUR = 0
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 0
    reader = wish(confirmed_at=timezone.now())
    assert client.post(page_of(reader, "leave/")).status_code == 200
    assert not Subscription.objects.standing().exists()


def test_leaving_before_confirming_stops_the_mail_that_is_owed(client: Client) -> None:
    asked = wish()
    client.post(page_of(asked, "leave/"))
    assert Delivery.objects.get().state == Delivery.State.DROPPED


def test_a_real_one_can_be_left_while_the_place_is_tried_out(client: Client) -> None:
    reader = wish(confirmed_at=timezone.now(), is_demo=False)
    client.post(page_of(reader, "leave/"))
    assert not Subscription.objects.standing().exists()


# --- All of them --------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["", "leave/"])
def test_personal_pages_are_kept_by_nobody_and_found_by_no_search(
    client: Client, ending: str
) -> None:
    answer = client.get(page_of(wish(), ending))
    assert "no-store" in answer["Cache-Control"]
    assert '<meta name="robots" content="noindex, noarchive">' in text(answer)


def test_the_pages_cost_one_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    asked = wish()
    for ending in ("", "leave/"):
        with django_assert_num_queries(1):
            client.get(page_of(asked, ending))
