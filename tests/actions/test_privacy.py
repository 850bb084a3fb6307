"""What people were promised about their data, and that it is kept."""

import datetime
import logging
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.db.models import QuerySet
from django.test import Client
from pytest_django import Settings

from actions import (
    claiming,
    delivering,
    limiting,
    mail,
    outbox,
    privacy,
    submitting,
    tokens,
)
from actions.errors import TooManyError
from actions.models import Delivery, Letter, LetterEvent, RateCount, Tally
from representatives.kept_answers import FOUND_LIVES, KeptAnswer, Service
from representatives.postcodes import Postcode
from tests.actions.factories import NOW, make_campaign, make_letter, make_representative
from tests.actions.pages import text
from tests.smtp import Fault, MailServer, mail_server

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
MARKER = "zqxmarker"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.OUTBOX_DIR = tmp_path / "outbox"
    return tmp_path / "outbox"


def kinds(letter: Letter) -> list[str]:
    return list(letter.events.values_list("kind", flat=True))


def is_empty(letter: Letter) -> bool:
    letter.refresh_from_db()
    values = [getattr(letter, name) for name in Letter.PERSONAL_FIELDS]
    return letter.is_forgotten and not any(values)


def marked(**fields: object) -> Letter:
    """Make a letter with the marker in everything that is the person's."""
    texts = dict.fromkeys(Letter.PERSONAL_FIELDS, MARKER)
    texts["sender_email"] = f"{MARKER}@{MARKER}.example"
    texts["postcode"] = MARKER[:10]
    texts["reader_language"] = MARKER[:5]
    return make_letter(**{**texts, **fields})  # type: ignore[arg-type]


def traces() -> list[str]:
    """Name every table and file that the marker stands in."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        rows = QuerySet[Any](model).values_list()
        found += [model._meta.db_table for row in rows if MARKER[:10] in repr(row)]
    if django_settings.OUTBOX_DIR.exists():
        found += [
            path.name
            for path in django_settings.OUTBOX_DIR.iterdir()
            if MARKER in path.read_text() or MARKER in path.name
        ]
    return found


def test_of_a_forgotten_letter_no_trace_is_left_in_tables_outbox_or_log(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    letter = marked()
    delivering.deliver_due(clock=lambda: NOW)
    submitting.confirm(letter, now=NOW)
    delivering.deliver_due(clock=lambda: NOW)
    assert len(outbox.newest()) == 2
    assert len(set(traces())) == 3  # the letter and two files: the search does find
    caplog.clear()
    assert privacy.erase_on_request(letter, now=NOW)
    assert traces() == []
    assert MARKER not in caplog.text
    assert MARKER not in "".join(capsys.readouterr())


def test_of_a_letter_that_the_server_refused_with_its_words_no_trace_is_left(
    mail_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    letter = marked(state=Letter.State.QUEUED)
    mail_server.faults = [Fault.BUSY, Fault.REFUSED, Fault.NOBODY_THERE]
    delivering.deliver_due(clock=lambda: NOW)
    delivering.deliver_due(clock=lambda: NOW + DAY)
    letter.refresh_from_db()
    assert letter.state == Letter.State.FAILED
    privacy.forget(letter, now=NOW + DAY, cause=privacy.Cause.REQUEST)
    assert traces() == []
    ours = [one.getMessage() for one in caplog.records if one.name != "mail.log"]
    assert MARKER not in "".join(ours)


def test_an_unconfirmed_letter_expires_is_counted_and_erased_at_once() -> None:
    letter = make_letter()
    assert privacy.expire(letter.confirm_by - DAY) == 0
    assert privacy.expire(letter.confirm_by) == 1
    assert is_empty(letter)
    assert letter.state == Letter.State.EXPIRED
    assert letter.sender_key == ""
    assert kinds(letter) == [LetterEvent.Kind.EXPIRED, LetterEvent.Kind.FORGOTTEN]
    assert Tally.objects.get().step == Tally.Step.EXPIRED
    assert not Delivery.objects.waiting().exists()
    assert privacy.expire(letter.confirm_by + DAY) == 0


def test_a_sent_letter_is_erased_after_its_time_and_its_count_stays(
    settings: Settings,
) -> None:
    settings.ERASE_AFTER_DAYS = 28
    letter = make_letter(state=Letter.State.QUEUED)
    delivering.deliver_due(clock=lambda: NOW)
    before = list(Tally.objects.values())
    assert privacy.forget_due(NOW + 27 * DAY) == 0
    assert privacy.forget_due(NOW + 28 * DAY) == 1
    assert is_empty(letter)
    assert letter.state == Letter.State.ACCEPTED
    assert letter.forgotten_at == NOW + 28 * DAY
    assert letter.events.latest("pk").cause == privacy.Cause.TIME
    assert list(Tally.objects.values()) == before


def test_a_second_letter_is_recognised_after_the_first_was_erased_in_its_time() -> None:
    letter = make_letter(state=Letter.State.ACCEPTED)
    key = letter.sender_key
    privacy.forget_due(NOW + 100 * DAY)
    assert Letter.objects.written_by(key).exists()


@pytest.mark.parametrize("is_erased_already", [False, True])
def test_who_asks_to_be_erased_leaves_no_key_either(*, is_erased_already: bool) -> None:
    letter = make_letter(state=Letter.State.ACCEPTED)
    if is_erased_already:
        privacy.forget_due(NOW + 100 * DAY)
    assert privacy.erase_on_request(letter, now=NOW + 101 * DAY)
    assert is_empty(letter)
    assert letter.sender_key == ""
    assert kinds(letter).count(LetterEvent.Kind.FORGOTTEN) == 1


@pytest.mark.parametrize("state", ["cancelled", "disowned", "repeated", "failed"])
def test_a_letter_that_was_not_sent_keeps_no_key(state: str) -> None:
    letter = make_letter(state=state)
    privacy.forget_due(NOW + 100 * DAY)
    assert is_empty(letter)
    assert letter.sender_key == ""
    assert not Delivery.objects.waiting().exists()


@pytest.mark.parametrize("state", ["awaiting_confirmation", "queued"])
def test_who_asks_while_the_letter_waits_has_it_stopped_and_erased(state: str) -> None:
    letter = make_letter(state=state)
    assert privacy.erase_on_request(letter, now=NOW)
    assert is_empty(letter)
    assert letter.state == Letter.State.CANCELLED
    assert not delivering.deliver_due(clock=lambda: NOW).any_moved


def test_a_letter_in_a_workers_hands_is_not_erased_and_says_so() -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    claiming.claim(NOW, live=False, at_most=1)
    assert not privacy.erase_on_request(letter, now=NOW)
    letter.refresh_from_db()
    assert letter.state == Letter.State.QUEUED
    assert letter.body


def test_a_disowned_letter_is_erased_at_once_with_its_key() -> None:
    letter = make_letter()
    submitting.disown(letter, now=NOW)
    assert privacy.forget(letter, now=NOW)
    assert is_empty(letter)
    assert letter.sender_key == ""
    assert letter.events.latest("pk").cause == privacy.Cause.DISOWNED


def test_a_letter_that_has_not_ended_is_never_erased() -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    assert not privacy.forget(letter, now=NOW)
    assert letter.body


def test_forgetting_twice_is_harmless() -> None:
    letter = make_letter(state=Letter.State.CANCELLED)
    assert privacy.forget(letter, now=NOW)
    assert not privacy.forget(letter, now=NOW + DAY)
    assert letter.forgotten_at == NOW
    assert kinds(letter) == [LetterEvent.Kind.FORGOTTEN]


def test_a_mail_written_while_its_letter_was_erased_goes_with_the_next_sweep() -> None:
    letter, other = make_letter(), make_letter()
    (delivery,) = claiming.claim(NOW, live=False, at_most=1)
    written = mail.message_for(delivery, now=NOW)
    delivering.deliver_due(clock=lambda: NOW)
    erased = Letter.objects.get(pk=delivery.owner_id)
    assert privacy.erase_on_request(erased, now=NOW)
    with mail.open_connection() as way_out:
        way_out.send(written)
    privacy.sweep(NOW)
    assert outbox.owners() == {letter.pk, other.pk} - {erased.pk}


def test_a_sweep_does_all_that_is_due_in_any_number_of_batches() -> None:
    campaign = make_campaign()
    seat = make_representative()
    many = privacy.AT_A_TIME + 1
    for _ in range(many):
        make_letter(campaign=campaign, representative=seat)
        make_letter(campaign=campaign, representative=seat, state="accepted")
    kept = make_letter(campaign=campaign, now=NOW + 90 * DAY)
    limiting.take("deed", "me", limit=1, window=limiting.HOUR, now=NOW)
    assert privacy.sweep(NOW + 90 * DAY) == 2 * many
    assert privacy.sweep(NOW + 90 * DAY) == 0
    assert list(Letter.objects.filter(forgotten_at=None)) == [kept]
    assert not RateCount.objects.exists()


def test_limits_that_still_hold_survive_a_sweep() -> None:
    limiting.take("deed", "me", limit=1, window=limiting.DAY, now=NOW)
    privacy.sweep(NOW)
    with pytest.raises(TooManyError):
        limiting.take("deed", "me", limit=1, window=limiting.DAY, now=NOW)


def test_the_privacy_page_promises_what_the_sweep_does() -> None:
    rows = {row.what: row.how_long for row in privacy.retention()}
    days = django_settings.ERASE_AFTER_DAYS
    name = "Your name, e-mail address and postal address"
    assert rows[name].startswith(f"{days} days after")
    letter = "A letter that you do not confirm, with everything in it"
    assert rows[letter].startswith(f"{django_settings.CONFIRM_WITHIN_DAYS} days")
    updates = rows["Your e-mail address, if you ask for e-mail updates"]
    assert updates.startswith("until you leave, then erased at once; ")
    assert updates.endswith(
        f"{django_settings.CONFIRM_WITHIN_DAYS} days if you do not confirm"
    )


def test_the_privacy_page_tells_how_long_who_waits_to_be_told_is_known(
    settings: Settings,
) -> None:
    what = "Your e-mail address, if you ask to be told when people can write again"
    trial = {row.what: row.how_long for row in privacy.retention()}[what]
    assert trial.startswith("until that mail has gone, you stop it")
    assert trial.endswith("lies in the outbox on this machine for 24 hours")
    settings.DELIVERY_IS_LIVE = True
    live = {row.what: row.how_long for row in privacy.retention()}[what]
    assert live.endswith(
        f"{django_settings.CONFIRM_WITHIN_DAYS} days if you do not confirm"
    )


def test_the_privacy_page_says_one_thing_in_text_and_table(client: Client) -> None:
    page = text(client.get("/privacy/"))
    assert page.count(f"{privacy.REPORT_DAYS} days at most") == 2
    report = tokens.report_until(NOW) + DAY
    assert report - NOW <= datetime.timedelta(days=privacy.REPORT_DAYS)


def test_the_privacy_page_tells_where_a_mailed_draft_lies_in_a_trial_alone(
    settings: Settings,
) -> None:
    what = "A link that you have mailed to yourself to go on on another device"
    trial = {row.what: row.how_long for row in privacy.retention()}[what]
    assert trial.endswith("the mail lies in the outbox on this machine for 1 day")
    settings.DELIVERY_IS_LIVE = True
    assert {row.what: row.how_long for row in privacy.retention()}[what] == "not at all"


def test_the_privacy_page_tells_that_presses_of_buttons_are_counted() -> None:
    floods = [row.what for row in privacy.retention() if row.why == "To stop floods."]
    assert len(floods) == 1
    assert "press a button on the page of a letter or of updates" in floods[0]


def test_every_text_of_a_letter_is_the_persons_or_known_not_to_be() -> None:
    """A field added later must be told apart before this passes again."""
    not_of_the_person = {
        "state",
        "recipient_name",
        "recipient_salutation",
        "recipient_email",
        "seat_name",
        "language",
        "consent_wording",
        "sender_key",
        "held_for",
    }
    texts = {
        field.name
        for field in Letter._meta.get_fields()
        if getattr(field, "get_internal_type", lambda: "")()
        in {"CharField", "TextField"}
    }
    assert texts == not_of_the_person | set(Letter.PERSONAL_FIELDS)


def test_where_other_services_are_asked_the_page_says_so(
    client: Client, settings: Settings
) -> None:
    assert "Another service" not in text(client.get("/privacy/"))
    settings.LIVE_LOOKUP = ("postcodes.io", "parliament")
    page = text(client.get("/privacy/"))
    assert "Another service</strong> learns a postcode" in page
    assert page.index("postcodes.io") < page.index("Parliament’s constituency search")
    assert f"{FOUND_LIVES.days} days at most" in page


def test_the_sweep_erases_answers_of_other_services() -> None:
    keep, postcode = KeptAnswer.objects.keep, Postcode.parse("BT25 1AA")
    keep(postcode, "N05000009", Service.PARLIAMENT, NOW.date())
    privacy.sweep(NOW + FOUND_LIVES - DAY)
    assert KeptAnswer.objects.exists()
    privacy.sweep(NOW + FOUND_LIVES)
    assert not KeptAnswer.objects.exists()
