"""What is told of a letter that may have arrived: a mail server's answer got lost."""

import datetime

import pytest
from django.conf import settings as project
from django.test import Client
from django.utils import timezone, translation

from actions import (
    delivering,
    exporting,
    holding,
    lifecycle,
    reasons,
    recording,
    submitting,
    tokens,
    wording,
)
from actions.errors import LostAnswerError
from actions.held import told_of
from actions.lifecycle import Move
from actions.models import Delivery, Letter, LetterEvent
from representatives import parliament
from representatives.models import ParliamentPeriod
from tests.actions import pages
from tests.actions.factories import NOW, make_letter, make_organiser
from tests.actions.test_status_page import shown
from tests.smtp import Fault, MailServer, mail_server, text_of

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
MINUTE = datetime.timedelta(minutes=1)
NO_LONGER = "We no longer try to send it"
FALSE = (
    "was not sent",
    "is not sent",
    "not delivered",
    "did not arrive",
    "would not take",
    "does not go for now",
    "does not go yet",
    "before it goes",
    "before it went",
    "before your letter went",
)
TWICE = "Before you post it, know that it may arrive twice."


def in_doubt() -> Letter:
    """Make a queued letter that a mail server may have."""
    letter = make_letter(state=Letter.State.QUEUED, now=timezone.now())
    cause = str(LostAnswerError())
    recording.postponed(letter.deliveries.get(), cause, MINUTE, timezone.now())
    return letter


def failed(cause: str = "550 5.1.1 user unknown") -> Letter:
    letter = in_doubt()
    recording.failed(letter.deliveries.get(), cause, timezone.now())
    letter.refresh_from_db()
    return letter


def held(reason: Letter.Hold) -> Letter:
    letter = in_doubt()
    now = timezone.now()
    assert holding.hold(letter, reason, now, decide_by=now + DAY)
    return letter


def given_back(reason: Letter.Hold, cause: str) -> Letter:
    letter = held(reason)
    assert holding.give_back(letter, cause, timezone.now())
    return letter


def mail_to_its_writer(letter: Letter, kind: str) -> tuple[str, str]:
    """Give the subject, and all of the text up to the letter, on one line."""
    mail = wording.of(letter.deliveries.get(kind=kind))
    assert "\n\n\n" not in mail.body
    return mail.subject, " ".join(mail.body.partition("Subject:")[0].split())


def assert_in_doubt(text: str) -> None:
    assert "may have arrived" in text
    assert "we could not learn whether the mail server took it" in text
    for false in FALSE:
        assert false not in text


def test_a_letter_refused_after_a_lost_answer_may_have_arrived(
    mail_server: MailServer,
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    mail_server.faults = [Fault.HANGS_UP_AFTER_THE_END, Fault.NOBODY_THERE]
    delivering.deliver_due(clock=lambda: NOW)
    assert delivering.deliver_due(clock=lambda: NOW + MINUTE).failed == 1
    letter.refresh_from_db()
    assert letter.state == Letter.State.FAILED
    taken, told = mail_server.mails
    assert taken["Reply-To"]
    assert told["Subject"] == "We do not know whether your letter has gone"
    assert_in_doubt(" ".join(text_of(told).split()))


@pytest.mark.parametrize(
    "cause", ["550 5.1.1 user unknown", "A fault in Postbag.", str(LostAnswerError())]
)
def test_page_and_mail_of_a_failed_letter_say_that_it_may_arrive_twice(
    client: Client, cause: str
) -> None:
    letter = failed(cause)
    subject, mail = mail_to_its_writer(letter, Delivery.Kind.FAILURE_NOTICE)
    page = shown(client, letter)
    assert subject == "We do not know whether your letter has gone"
    for text in (page, mail):
        assert_in_doubt(text)
        assert TWICE in text
        assert ("A fault in Postbag." in text) == (cause == "A fault in Postbag.")
    assert f"We do not know whether your letter has gone {NO_LONGER}." in page
    assert "could not be delivered" not in page


@pytest.mark.parametrize("reason", Letter.Hold)
def test_page_and_mail_of_a_held_letter_say_that_it_may_have_arrived(
    client: Client, reason: Letter.Hold
) -> None:
    letter = held(reason)
    _, mail = mail_to_its_writer(letter, Delivery.Kind.HELD_NOTICE)
    page = shown(client, letter)
    told = told_of(letter, timezone.now())
    assert told
    for text in (page, mail):
        assert_in_doubt(text)
        assert "for now we do not try again to send it" in text
        assert told.in_doubt in text
        assert "we no longer try to send it, and mail you its text" in told.ends
        assert told.ends in text
    history = page.partition("What happened")[2]
    assert f"do not try again to send it. {reasons.IN_SHORT[reason]}" in history


@pytest.mark.parametrize(
    "reason", [Letter.Hold.MEMBER_CHANGED, Letter.Hold.BOUNDARIES_CHANGED]
)
def test_who_may_send_it_on_is_told_that_the_former_mp_may_have_it(
    client: Client, reason: Letter.Hold
) -> None:
    letter = held(reason)
    page = pages.text(client.get(f"/letters/{tokens.for_letter(letter.pk)}/redirect/"))
    assert_in_doubt(page)
    assert f"{letter.recipient_name} may have it already." in page
    assert "both may get it" in page


def test_a_letter_held_before_its_answer_got_lost_did_not_go_then(
    client: Client,
) -> None:
    letter = make_letter(state=Letter.State.QUEUED, now=timezone.now())
    now = timezone.now()
    assert holding.hold(letter, Letter.Hold.FLOOD, now, decide_by=now + DAY)
    assert holding.release(letter, now)
    owed = letter.deliveries.get(kind=Delivery.Kind.LETTER)
    recording.postponed(owed, str(LostAnswerError()), MINUTE, timezone.now())
    letter.refresh_from_db()
    history = shown(client, letter).partition("What happened")[2]
    assert "It is held for now and does not go yet." in history


def test_the_page_of_a_letter_that_is_tried_again_says_that_it_may_have_arrived(
    client: Client,
) -> None:
    page = shown(client, in_doubt())
    assert_in_doubt(page)
    assert "You can still stop us from sending it again." in page


def test_who_erases_or_disowns_it_is_told_that_it_may_have_arrived(
    client: Client,
) -> None:
    at = f"/letters/{tokens.for_letter(held(Letter.Hold.FLOOD).pk)}/"
    for deed in ("not-me/", "erase/"):
        assert_in_doubt(pages.text(client.get(f"{at}{deed}")))


def test_its_writers_file_and_links_say_that_it_is_no_longer_tried() -> None:
    letter = failed()
    everything = exporting.everything_of(letter, now=timezone.now())
    held = {part["part"]: part["held"] for part in everything["parts"]}
    notice = "tells that we no longer try to send the letter"
    assert notice in {mail["what"] for mail in held["mails"]}
    state = held["letter"]["state"]
    assert state == "no longer tried; it may have arrived"
    links = Delivery(letter=letter, kind=Delivery.Kind.LINKS)
    assert f": {state}" in " ".join(wording.of(links).body.split())


def test_whoever_decides_on_it_is_told_that_it_may_arrive_twice(
    client: Client,
) -> None:
    client.force_login(make_organiser())
    for letter, is_told in (
        (held(Letter.Hold.FLOOD), True),
        (make_letter(state=Letter.State.HELD), False),
    ):
        page = pages.text(client.get(f"/admin/actions/heldletter/{letter.pk}/"))
        assert ("If you let it go, it may arrive twice." in page) == is_told


@pytest.mark.parametrize("reason", [Letter.Hold.FLOOD, Letter.Hold.VACANT])
@pytest.mark.parametrize(
    ("cause", "why"),
    [
        (holding.HELD_TOO_LONG, "nothing was decided before its time was over"),
        ("It asks for what it may not.", "a person looked at it and decided"),
    ],
)
def test_page_and_mail_of_one_given_back_say_that_it_may_have_arrived(
    client: Client, reason: Letter.Hold, cause: str, why: str
) -> None:
    letter = given_back(reason, cause)
    subject, mail = mail_to_its_writer(letter, Delivery.Kind.FAILURE_NOTICE)
    page = shown(client, letter)
    assert subject == "We do not know whether your letter has gone"
    for text in (page, mail):
        assert_in_doubt(text)
        assert why in text
        assert str(reasons.IN_SHORT[reason]) in text
        assert (TWICE in text) == (reason not in reasons.WRITERS)
    assert f"{NO_LONGER}: " in page


def test_an_old_letter_to_somebody_who_left_may_have_arrived(client: Client) -> None:
    letter = failed(reasons.MEMBER_LEFT)
    _, mail = mail_to_its_writer(letter, Delivery.Kind.FAILURE_NOTICE)
    for text in (shown(client, letter), mail):
        assert_in_doubt(text)
        assert "left the seat" in text


@pytest.mark.parametrize("cause", ["550 5.1.1 user unknown", "A fault in Postbag."])
def test_while_there_are_no_mps_nobody_is_called_to_post_it(
    client: Client, cause: str
) -> None:
    letter = failed(cause)
    assert "post a letter" in shown(client, letter)
    ParliamentPeriod.objects.create(
        state=ParliamentPeriod.State.DISSOLVED, begins_on=parliament.today()
    )
    page = shown(client, letter)
    assert_in_doubt(page)
    assert "post a letter" not in page


def test_the_page_of_a_cancelled_letter_says_that_it_may_have_arrived(
    client: Client,
) -> None:
    letter = in_doubt()
    assert submitting.cancel(letter, now=timezone.now())
    page = shown(client, letter)
    assert f"You cancelled this letter {NO_LONGER}." in page
    assert_in_doubt(page)


@pytest.mark.parametrize("has_failed", [False, True])
def test_the_page_of_a_disowned_letter_says_that_it_may_have_arrived(
    client: Client, *, has_failed: bool
) -> None:
    letter = failed() if has_failed else in_doubt()
    client.post(f"/letters/{tokens.for_letter(letter.pk)}/not-me/")
    page = shown(client, letter)
    assert f"it was not theirs. {NO_LONGER}." in page
    assert_in_doubt(page)


def test_page_and_mail_of_a_withheld_letter_say_that_it_may_have_arrived(
    client: Client,
) -> None:
    letter = in_doubt()
    assert lifecycle.make(Move.WITHHOLD, letter, timezone.now())
    letter.deliveries.update(kind=Delivery.Kind.WITHHELD_NOTICE)
    letter.refresh_from_db()
    _, mail = mail_to_its_writer(letter, Delivery.Kind.WITHHELD_NOTICE)
    for text in (shown(client, letter), mail):
        assert_in_doubt(text)


def test_a_letter_withheld_before_it_was_tried_says_nothing_of_a_lost_answer(
    client: Client,
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    assert lifecycle.make(Move.WITHHOLD, letter, timezone.now())
    letter.deliveries.update(kind=Delivery.Kind.WITHHELD_NOTICE)
    letter.refresh_from_db()
    _, mail = mail_to_its_writer(letter, Delivery.Kind.WITHHELD_NOTICE)
    for text in (shown(client, letter), mail):
        assert "we could not learn" not in text


def test_a_letter_that_was_taken_in_the_end_is_in_no_doubt(
    client: Client, mail_server: MailServer
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    mail_server.faults = [Fault.HANGS_UP_AFTER_THE_END]
    delivering.deliver_due(clock=lambda: NOW)
    assert delivering.deliver_due(clock=lambda: NOW + MINUTE).sent == 1
    letter.refresh_from_db()
    assert not reasons.may_have_gone(letter)
    assert "we could not learn" not in shown(client, letter)


@pytest.mark.parametrize("language", [code for code, _ in project.LANGUAGES])
def test_that_it_may_have_arrived_is_known_whatever_language_is_spoken(
    language: str,
) -> None:
    letter = failed()
    with translation.override(language):
        assert reasons.may_have_gone(letter)


def test_a_letter_whose_answer_did_not_get_lost_has_not_gone() -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    recording.postponed(letter.deliveries.get(), "450 busy", MINUTE, timezone.now())
    assert letter.events.get().kind == LetterEvent.Kind.RETRIED
    assert not reasons.may_have_gone(letter)
