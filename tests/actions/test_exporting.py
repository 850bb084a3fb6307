"""What somebody gets who asks for everything that is held of them."""

import datetime
import json
import uuid
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from actions import exporting, privacy, recording, replies, tags, tokens
from actions.models import Delivery, Letter, LetterEvent
from tests.actions.factories import NOW, make_letter
from tests.actions.pages import text

pytestmark = pytest.mark.django_db

MARKER = "zqx"
# In no file: which rows they are in our tables, and our workers' marks.
OURS = {
    Letter: {"id", "campaign", "template_version", "constituency", "representative"},
    Delivery: {"id", "letter", "subscription", "lease", "leased_until", "is_demo"},
    LetterEvent: {"id", "letter"},
}


def address(letter: Letter, ending: str = "data/") -> str:
    return f"/letters/{tokens.for_letter(letter.pk)}/{ending}"


def taken(client: Client, letter: Letter) -> dict[str, Any]:
    """Press the button and read the file."""
    answer = client.post(address(letter))
    assert answer.status_code == HTTPStatus.OK
    found: dict[str, Any] = json.loads(answer.content)
    return found


def held(file: dict[str, Any], part: str) -> Any:
    [found] = [one for one in file["parts"] if one["part"] == part]
    return found["held"]


def sent_letter(**fields: Any) -> Letter:
    """Make one of which there is something in every field."""
    texts = {name: f"{MARKER}{name}"[:10] for name in Letter.PERSONAL_FIELDS}
    texts["reader_language"] = MARKER[:5]
    texts["tag"] = tags.new()
    texts["sender_email"] = f"{MARKER}@mail.example"
    letter = make_letter(state=Letter.State.QUEUED, now=NOW, **{**texts, **fields})
    owed = letter.deliveries.get()
    hour = datetime.timedelta(hours=1)
    recording.postponed(owed, "452 4.2.2 mailbox full", hour, NOW)
    Letter.objects.filter(pk=letter.pk).update(
        state=Letter.State.ACCEPTED, accepted_at=NOW, ended_at=NOW
    )
    replies.report(letter, now=NOW)
    return letter


def test_it_is_a_file_that_nothing_on_the_way_keeps(client: Client) -> None:
    answer = client.post(address(sent_letter()))
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == 'attachment; filename="my-letter.json"'
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_opening_its_address_gives_nothing_away(client: Client) -> None:
    letter = sent_letter()
    opened = client.get(address(letter))
    assert (opened.status_code, opened["Location"]) == (302, address(letter, ""))
    assert opened.content == b""


def test_every_value_that_is_held_is_in_it(client: Client) -> None:
    letter = sent_letter(address_line_2="Flat 2")
    everything = client.post(address(letter)).content.decode()
    rows = [letter, *letter.deliveries.all(), *letter.events.all()]
    for row in rows:
        for field in row._meta.fields:
            if field.name in OURS[type(row)]:
                continue
            value = getattr(row, field.name)
            if value in {None, "", False}:
                continue
            display = getattr(row, f"get_{field.name}_display", None)
            kept = json.loads(json.dumps(display() if display else value, default=_iso))
            assert json.dumps(kept, ensure_ascii=False).strip('"') in everything, field


def _iso(value: Any) -> str:
    return str(value.isoformat().replace("+00:00", "Z"))


def test_what_is_personal_stands_where_it_is_explained(client: Client) -> None:
    letter = sent_letter(sender_name="Siân ئابدۇۋەلى")
    file = taken(client, letter)
    assert held(file, "you")["sender_name"] == "Siân ئابدۇۋەلى"
    assert held(file, "letter")["text"] == letter.body
    assert held(file, "made_from")["text"] == letter.base_text
    assert held(file, "consent")["wording"] == letter.consent_wording
    assert held(file, "code") == letter.sender_key
    assert held(file, "addressed_to")["name"] == letter.recipient_name
    assert held(file, "mails")[0]["state"] == "owed"
    assert held(file, "what_happened")[0]["why"] == "The mailbox it goes to is full."
    for part in file["parts"]:
        assert part["what_it_is"].endswith(".")


def test_it_says_which_rule_applies_and_when(client: Client) -> None:
    rule = held(taken(client, make_letter()), "how_long_we_keep_it")
    assert "Unless you confirm it in time" in rule["rule"]
    assert rule["erased_at"] == "2026-11-29T12:00:00Z"
    rule = held(taken(client, sent_letter()), "how_long_we_keep_it")
    assert "28 days after the letter was sent" in rule["rule"]
    assert rule["erased_at"] == "2026-12-20T12:00:00Z"
    queued = make_letter(state=Letter.State.QUEUED)
    rule = held(taken(client, queued), "how_long_we_keep_it")
    assert "28 days after the letter was sent" in rule["rule"]
    assert rule["erased_at"] is None


def test_it_holds_no_secret_of_ours(client: Client, settings: Settings) -> None:
    letter = sent_letter()
    lease = uuid.uuid4()
    letter.deliveries.update(lease=lease, leased_until=NOW)
    everything = client.post(address(letter)).content.decode()
    for secret in (
        settings.SECRET_KEY,
        str(lease),
        str(letter.pk),
        tokens.for_letter(letter.pk),
        str(letter.deliveries.get().pk),
    ):
        assert secret not in everything


def test_after_erasing_it_says_what_little_is_left(client: Client) -> None:
    letter = sent_letter()
    privacy.forget_due(NOW + datetime.timedelta(days=29))
    file = taken(client, letter)
    assert "are erased" in file["about"]
    assert held(file, "you") is None
    assert "text" not in held(file, "letter")
    assert held(file, "made_from")["text"] is None
    assert held(file, "code") == letter.sender_key
    assert held(file, "times")["erased"]
    assert held(file, "consent")["wording"] == letter.consent_wording
    assert MARKER not in json.dumps(file)
    privacy.erase_on_request(letter, now=NOW)
    assert held(taken(client, letter), "code") is None


def test_it_says_who_answers_for_the_data(client: Client, settings: Settings) -> None:
    settings.CONTROLLER_NAME = "The Example Campaign"
    settings.CONTROLLER_CONTACT = "privacy@campaign.example"
    assert taken(client, make_letter())["controller"] == {
        "name": "The Example Campaign",
        "contact": "privacy@campaign.example",
    }


def test_no_letter_of_anybody_else_is_in_it(client: Client) -> None:
    other = sent_letter(sender_name="Somebody Else", sender_email="other@mail.example")
    file = json.dumps(taken(client, sent_letter()))
    assert other.sender_name not in file
    assert other.sender_email not in file
    assert other.sender_key not in file


def test_the_button_stands_on_the_page_whether_the_text_is_erased_or_not(
    client: Client,
) -> None:
    letter = sent_letter()
    assert "Export my data" in text(client.get(address(letter, "")))
    privacy.erase_on_request(letter, now=NOW)
    assert "Export my data" in text(client.get(address(letter, "")))


def test_asking_changes_nothing(client: Client) -> None:
    letter = sent_letter()
    before = Letter.objects.values().get()
    events = letter.events.count()
    exporting.everything_of(letter, now=NOW)
    client.post(address(letter))
    assert Letter.objects.values().get() == before
    assert letter.events.count() == events


def test_the_times_of_being_reminded_and_asked_are_in_it(client: Client) -> None:
    letter = make_letter(
        state=Letter.State.NO_ANSWER,
        reminded_at=NOW + datetime.timedelta(days=1),
        reply_seen_at=NOW + datetime.timedelta(days=9),
        asked_at=NOW + datetime.timedelta(days=14),
        asked_again_at=NOW + datetime.timedelta(days=21),
    )
    file = taken(client, letter)
    times = held(file, "times")
    assert times["reminded_to_confirm"] == "2026-11-23T12:00:00Z"
    assert times["reply_came_through_our_address"] == "2026-12-01T12:00:00Z"
    assert times["asked_about_an_answer"] == "2026-12-06T12:00:00Z"
    assert times["asked_once_more"] == "2026-12-13T12:00:00Z"
    assert held(file, "letter")["state"] == "sent, without an answer so far"
    assert (
        held(file, "what_happened")[0]["what"] == "You told us that you got no answer."
    )
