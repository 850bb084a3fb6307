"""A letter's own pages, opened by the link in the mail."""

import datetime
import uuid
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from actions import privacy, submitting, tokens
from actions.models import Campaign, Delivery, Letter, Tally
from representatives.models import Representative
from tests.actions.factories import BODY, make_letter
from tests.actions.pages import text

pytestmark = pytest.mark.django_db

PAGES = ("", "confirm/", "not-me/", "erase/")


def make(**fields: object) -> Letter:
    return make_letter(now=timezone.now(), **fields)  # type: ignore[arg-type]


def address(letter: Letter, ending: str = "") -> str:
    return f"/letters/{tokens.for_letter(letter.pk)}/{ending}"


@pytest.mark.parametrize("ending", PAGES)
def test_opening_a_link_changes_nothing(client: Client, ending: str) -> None:
    letter = make()
    page = client.get(address(letter, ending))
    assert page.status_code == HTTPStatus.OK
    letter.refresh_from_db()
    assert letter.state == Letter.State.AWAITING_CONFIRMATION
    assert letter.sender_name


@pytest.mark.parametrize("ending", [*PAGES, "cancel/", "answer/", "data/"])
def test_a_forged_link_opens_nothing_whatever_is_tried(
    client: Client, ending: str
) -> None:
    letter = make()
    forged = address(letter, ending).replace(".", ".x", 1)
    nobodys = f"/letters/{tokens.for_letter(uuid.uuid4())}/{ending}"
    for link in (forged, nobodys):
        for answer in (client.get(link), client.post(link)):
            assert answer.status_code in {
                HTTPStatus.NOT_FOUND,
                HTTPStatus.METHOD_NOT_ALLOWED,
            }
    letter.refresh_from_db()
    assert letter.state == Letter.State.AWAITING_CONFIRMATION


def test_the_confirmation_page_shows_the_whole_letter(client: Client) -> None:
    letter = make()
    shown = text(client.get(address(letter, "confirm/")))
    for paragraph in BODY.split("\n\n"):
        assert paragraph.split(".")[0] in shown.replace('<mark class="own">', "")
    assert letter.sender_name in shown
    assert letter.recipient_name in shown


def test_pressing_confirm_queues_the_letter_and_pressing_twice_is_harmless(
    client: Client,
) -> None:
    letter = make()
    for _ in range(2):
        answer = client.post(address(letter, "confirm/"))
        assert answer.status_code == HTTPStatus.FOUND
        assert answer["Location"] == address(letter)
    letter.refresh_from_db()
    assert letter.state == Letter.State.QUEUED
    assert Delivery.objects.filter(kind=Delivery.Kind.LETTER).count() == 1


def test_a_link_that_has_run_out_says_so(client: Client) -> None:
    letter = make(confirm_by=timezone.now() - datetime.timedelta(minutes=1))
    for answer in (
        client.get(address(letter, "confirm/")),
        client.post(address(letter, "confirm/")),
    ):
        assert answer.status_code == HTTPStatus.GONE
    letter.refresh_from_db()
    assert letter.state == Letter.State.AWAITING_CONFIRMATION


def test_a_letter_of_a_campaign_that_closed_is_not_confirmed_and_not_lost(
    client: Client,
) -> None:
    letter = make()
    Campaign.objects.update(state=Campaign.State.CLOSED)
    answer = client.post(address(letter, "confirm/"))
    assert answer.status_code == HTTPStatus.GONE
    assert letter.sender_name in text(answer)


def test_a_letter_to_a_member_who_left_is_not_confirmed_and_not_lost(
    client: Client,
) -> None:
    letter = make()
    Representative.objects.update(is_current=False)
    answer = client.post(address(letter, "confirm/"))
    assert answer.status_code == HTTPStatus.CONFLICT
    assert letter.sender_name in text(answer)


def test_whoever_did_not_write_it_stops_it_and_nothing_of_them_is_kept(
    client: Client,
) -> None:
    letter = make()
    name = letter.sender_name
    answer = client.post(address(letter, "not-me/"), follow=True)
    assert name not in text(answer)
    letter.refresh_from_db()
    assert letter.state == Letter.State.DISOWNED
    assert letter.is_forgotten
    assert letter.sender_key == ""


def test_a_waiting_letter_can_be_cancelled(client: Client) -> None:
    letter = make()
    submitting.confirm(letter, now=timezone.now())
    assert "Cancel my letter" in text(client.get(address(letter)))
    client.post(address(letter, "cancel/"))
    letter.refresh_from_db()
    assert letter.state == Letter.State.CANCELLED
    assert "Cancel my letter" not in text(client.get(address(letter)))


def test_a_letter_that_is_going_says_that_it_is_too_late(client: Client) -> None:
    letter = make()
    submitting.confirm(letter, now=timezone.now())
    Delivery.objects.filter(kind=Delivery.Kind.LETTER).update(
        lease=uuid.uuid4(), leased_until=timezone.now() + datetime.timedelta(minutes=5)
    )
    answer = client.post(address(letter, "cancel/"))
    assert answer.status_code == HTTPStatus.CONFLICT
    letter.refresh_from_db()
    assert letter.state == Letter.State.QUEUED


def test_deleting_ones_data_empties_the_letter_and_changes_no_count(
    client: Client,
) -> None:
    letter = make()
    submitting.confirm(letter, now=timezone.now())
    Letter.objects.update(
        state=Letter.State.ACCEPTED, accepted_at=timezone.now(), ended_at=timezone.now()
    )
    Delivery.objects.update(state=Delivery.State.SENT, done_at=timezone.now())
    before = list(Tally.objects.order_by("pk").values())
    name = letter.sender_name
    answer = client.post(address(letter, "erase/"), follow=True)
    assert name not in text(answer)
    letter.refresh_from_db()
    assert letter.is_forgotten
    assert all(getattr(letter, field) == "" for field in Letter.PERSONAL_FIELDS)
    assert letter.sender_key == ""
    assert list(Tally.objects.order_by("pk").values()) == before


def test_deleting_ones_data_stops_a_letter_that_waits(client: Client) -> None:
    letter = make()
    submitting.confirm(letter, now=timezone.now())
    client.post(address(letter, "erase/"))
    letter.refresh_from_db()
    assert letter.state == Letter.State.CANCELLED
    assert letter.is_forgotten


def test_the_status_page_tells_what_happened_in_order(client: Client) -> None:
    letter = make()
    submitting.confirm(letter, now=timezone.now())
    shown = text(client.get(address(letter)))
    assert "You confirmed it." in shown


def test_pressing_is_limited_and_opening_is_not(
    client: Client, settings: Settings
) -> None:
    settings.DEEDS_PER_ADDRESS_PER_HOUR = 2
    letter = make()
    for _ in range(2):
        client.post(address(letter, "confirm/"))
    refused = client.post(address(letter, "confirm/"))
    assert refused.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert int(refused["Retry-After"]) > 0
    assert client.get(address(letter)).status_code == HTTPStatus.OK


def test_a_letters_pages_are_kept_by_no_cache_and_tell_no_other_site(
    client: Client,
) -> None:
    page = client.get(address(make()))
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"
    assert "noindex" in text(page)


@pytest.mark.parametrize(
    "state", [state for state in Letter.State if state != Letter.State.QUEUED]
)
def test_whoever_did_not_write_it_has_it_erased_wherever_it_is(
    client: Client, state: Letter.State
) -> None:
    letter = make(state=state)
    client.post(address(letter, "not-me/"))
    letter.refresh_from_db()
    assert letter.is_forgotten
    assert letter.sender_key == ""


def test_cancelling_twice_is_harmless_and_frightens_nobody(client: Client) -> None:
    letter = make()
    for _ in range(2):
        answer = client.post(address(letter, "cancel/"), follow=True)
        assert answer.status_code == HTTPStatus.OK
        assert "too late" not in text(answer)


def test_a_letter_erased_in_its_time_still_offers_to_delete_the_code(
    client: Client,
) -> None:
    letter = make(state=Letter.State.ACCEPTED)
    later = timezone.now() + datetime.timedelta(days=29)
    privacy.forget_due(later)
    page = client.get(address(letter))
    assert "A code is still kept" in text(page)
    assert "erased already" in text(client.get(address(letter, "erase/")))
    client.post(address(letter, "erase/"))
    letter.refresh_from_db()
    assert letter.sender_key == ""
    assert "A code is still kept" not in text(client.get(address(letter)))
