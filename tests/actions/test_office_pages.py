"""The page by which an MP's office tells us what is wrong with a letter."""

import pytest
from django.test import Client
from pytest_django import Settings

from actions import mail, privacy, tokens, wording
from actions.models import Delivery, Letter, OfficeReport
from tests.actions.factories import NOW, make_letter
from tests.actions.pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter() -> Letter:
    return make_letter(state=Letter.State.ACCEPTED, sender_name="Rena Ablet")


def address(letter: Letter) -> str:
    return f"/letters/office/{tokens.for_office(letter.pk)}/"


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_last_line_of_each_letter_brings_the_office_there(
    client: Client, language: str, settings: Settings
) -> None:
    letter = make_letter(state=Letter.State.QUEUED, language=language)
    body = wording.of(letter.deliveries.get()).body
    link = body.split()[-1]
    assert link == settings.SITE_URL + address(letter)
    assert client.get(link.removeprefix(settings.SITE_URL)).status_code == 200


def test_the_writers_own_copies_hold_no_such_link(client: Client) -> None:
    letter = make_letter()
    confirmation = mail.message_for(letter.deliveries.get()).text
    token = tokens.for_office(letter.pk)
    assert token not in confirmation
    assert "the link is in the copy that the office gets" in " ".join(
        confirmation.split()
    )
    page = text(client.get(f"/letters/{tokens.for_letter(letter.pk)}/"))
    assert token not in page


def test_opening_it_shows_nothing_of_the_writer_and_does_nothing(
    client: Client, letter: Letter
) -> None:
    answer = client.get(address(letter))
    page = text(answer)
    assert letter.recipient_name in page
    for personal in (
        letter.sender_name,
        letter.sender_email,
        letter.address_line_1,
        letter.postcode,
        letter.subject,
    ):
        assert personal not in page
    assert "no-store" in answer["Cache-Control"]
    assert not OfficeReport.objects.exists()


@pytest.mark.parametrize("kind", OfficeReport.Kind)
def test_each_thing_can_be_told(
    client: Client, letter: Letter, kind: OfficeReport.Kind
) -> None:
    answer = client.post(
        address(letter), {"kind": kind, "note": "Two\nlines "}, follow=True
    )
    assert answer.redirect_chain[-1][0].endswith(f"/told/{kind}/")
    assert str(kind.label) in text(answer)
    report = OfficeReport.objects.get()
    assert (report.letter, report.kind, report.note) == (letter, kind, "Two lines")
    # Pressing twice is harmless.
    client.post(address(letter), {"kind": kind, "note": "again"})
    assert OfficeReport.objects.get().note == "Two lines"


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"kind": "whim"},
        {"kind": "stop", "note": "x" * 1001},
        {"kind": "stop", "note": "nul\0"},
    ],
)
def test_bad_input_is_told_and_kept(
    client: Client, letter: Letter, typed: dict[str, str]
) -> None:
    answer = client.post(address(letter), typed)
    assert answer.status_code == 422
    assert "Something needs another look" in text(answer)
    assert not OfficeReport.objects.exists()


def test_the_writers_own_link_is_not_the_offices_nor_the_other_way_round(
    client: Client, letter: Letter
) -> None:
    theirs, ours = tokens.for_letter(letter.pk), tokens.for_office(letter.pk)
    assert client.get(f"/letters/office/{theirs}/").status_code == 404
    assert client.get(f"/letters/{ours}/").status_code == 404


@pytest.mark.parametrize("token", ["x", "abc.def", "%2e%2e"])
def test_a_link_that_is_not_ours_opens_nothing(client: Client, token: str) -> None:
    for page in (f"/letters/office/{token}/", f"/letters/office/{token}/told/stop/"):
        assert client.get(page).status_code == 404
    assert client.post(f"/letters/office/{token}/", {"kind": "stop"}).status_code == 404


def test_thanks_are_said_only_for_what_was_told(client: Client, letter: Letter) -> None:
    for kind in ("stop", "whim"):
        assert client.get(f"{address(letter)}told/{kind}/").status_code == 404


def test_one_address_presses_so_often_and_no_more(
    client: Client, letter: Letter, settings: Settings
) -> None:
    settings.DEEDS_PER_ADDRESS_PER_HOUR = 1
    assert client.post(address(letter), {"kind": "stop"}).status_code == 302
    answer = client.post(address(letter), {"kind": "abusive"})
    assert answer.status_code == 429
    assert answer["Retry-After"]
    assert OfficeReport.objects.count() == 1


def test_a_letter_that_is_erased_can_be_told_of(client: Client) -> None:
    letter = make_letter(
        state=Letter.State.ACCEPTED,
    )
    privacy.forget(letter, now=NOW)
    assert client.post(address(letter), {"kind": "abusive"}).status_code == 302
    assert OfficeReport.objects.count() == 1
    assert not Delivery.objects.exists()
