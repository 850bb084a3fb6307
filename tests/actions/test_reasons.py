"""What a held letter's writer is told: the truth, what they can do, and by when."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from actions import (
    composing,
    holding,
    reasons,
    recording,
    refusals,
    tokens,
    wording,
)
from actions.held import told_of
from actions.models import Delivery, Letter, LetterEvent
from actions.reasons import Ending, Failure
from representatives import parliament
from representatives.models import ByElection, ParliamentPeriod, Representative
from tests.actions.factories import make_letter
from tests.actions.test_status_page import shown
from tests.registers import make_member

pytestmark = pytest.mark.django_db

Hold = Letter.Hold
DAY = datetime.timedelta(days=1)
# Of each reason, words that tell it.
TOLD = {
    Hold.DISSOLVED: "our list of MPs has no result for",
    Hold.NO_RESULT: "our list of MPs has no result for",
    Hold.REGISTER_OLD: "too old to be sure who your MP is",
    Hold.VACANT: "has no MP until a by-election",
    Hold.MEMBER_CHANGED: "somebody else became the MP for",
    Hold.BOUNDARIES_CHANGED: "your address may have another MP now",
    Hold.ADDRESS_FAILING: "came back",
    Hold.OFFICE_ASKED: "told us something about letters like this one",
    Hold.ABUSE: "There can be good reasons for that",
    Hold.WATCHED: "complained to us about another letter from your e-mail address",
    Hold.FLOOD: "That is no fault of yours",
    Hold.ONE_ADDRESS: "where many people live in one house",
}


def held(reason: Letter.Hold = Hold.FLOOD) -> Letter:
    now = timezone.now()
    letter = make_letter(state=Letter.State.QUEUED, now=now)
    assert holding.hold(letter, reason, now, decide_by=now + 10 * DAY)
    return letter


def notice(letter: Letter, kind: str = Delivery.Kind.HELD_NOTICE) -> wording.Wording:
    return wording.of(letter.deliveries.get(kind=kind))


def on_one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("reason", Hold)
def test_page_and_mail_tell_why_what_can_be_done_and_by_when(
    client: Client, reason: Letter.Hold
) -> None:
    letter = held(reason)
    day = timezone.localdate() + 10 * DAY
    mail = notice(letter)

    for told in (shown(client, letter), on_one_line(mail.body)):
        assert TOLD[reason] in told
        assert f"by {day.day} {day:%B %Y}, it is not sent, and we mail you" in told
        assert ("how to post it" in told) == (reason not in reasons.WRITERS)
    assert mail.subject == "Your letter is held for now"
    assert "\n\n\n" not in mail.body
    assert "does not go for now. " in on_one_line(mail.body)
    assert "cancel it" in on_one_line(mail.body)
    assert "/redirect/" not in mail.body or reason in {
        Hold.MEMBER_CHANGED,
        Hold.BOUNDARIES_CHANGED,
    }
    assert letter.campaign.title not in mail.body
    page = shown(client, letter)
    assert "Your letter is held for now" in page
    assert str(reasons.IN_SHORT[reason]) in page
    assert "Cancel my letter" in page


def test_a_held_letter_tells_of_the_dissolution_and_the_by_election() -> None:
    letter = held(Hold.VACANT)
    polling_on = parliament.today() + 20 * DAY
    ByElection.objects.create(constituency=letter.constituency, polling_on=polling_on)
    told = told_of(letter, timezone.now())
    assert told
    assert f"until the by-election on {polling_on.day} {polling_on:%B %Y}" in told.why

    ParliamentPeriod.objects.create(
        state=ParliamentPeriod.State.DISSOLVED, begins_on=parliament.today()
    )
    told = told_of(held(Hold.DISSOLVED), timezone.now())
    assert told
    assert "Parliament is dissolved" in told.why
    told = told_of(held(Hold.MEMBER_CHANGED), timezone.now())
    assert told
    assert not told.is_for_writer, "there is nobody to send it to"


def test_a_letter_that_is_not_held_has_nothing_to_tell() -> None:
    assert told_of(make_letter(), timezone.now()) is None


# --- Why a letter failed ------------------------------------------------------------


def failed(reason: Letter.Hold, cause: str) -> Letter:
    letter = held(reason)
    assert holding.give_back(letter, cause, timezone.now())
    return letter


def test_what_a_mail_server_refused_is_told_as_that(client: Client) -> None:
    letter = held()
    holding.release(letter, timezone.now())
    owed = letter.deliveries.get(kind=Delivery.Kind.LETTER)
    recording.failed(owed, "550 5.1.1 user unknown", timezone.now())

    assert reasons.of_failure(letter) == Failure(Ending.REFUSED)

    letter.refresh_from_db()
    mail = notice(letter, Delivery.Kind.FAILURE_NOTICE)
    assert (
        mail.subject == f"Your letter to {letter.recipient_name} could not be delivered"
    )
    assert "the mail server would not" in on_one_line(mail.body)
    assert "Your letter could not be delivered" in shown(client, letter)


@pytest.mark.parametrize(
    "cause", [refusals.PROVIDER_REFUSED, refusals.PROVIDER_SENDS_NOTHING]
)
def test_what_a_provider_refused_is_told_as_that(cause: str) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    recording.failed(letter.deliveries.get(), cause, timezone.now())
    assert reasons.of_failure(letter) == Failure(Ending.REFUSED)


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        ("A fault in Postbag.", "A fault in Postbag."),
        (
            "A name, address or subject cannot stand in a mail.",
            "A name, address or subject cannot stand in a mail.",
        ),
        (
            "It holds a character that mail cannot carry.",
            "It holds a character that mail cannot carry.",
        ),
        ("OSError while handing it over.", "The mail server could not be reached."),
    ],
)
def test_what_no_server_answered_is_told_by_its_cause_and_called_no_refusal(
    client: Client, cause: str, told: str
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    owed = letter.deliveries.get()
    recording.postponed(owed, cause, DAY, timezone.now())
    recording.failed(owed, cause, timezone.now())

    assert reasons.of_failure(letter) == Failure(Ending.UNSENT, cause=told)
    letter.refresh_from_db()
    mail = notice(letter, Delivery.Kind.FAILURE_NOTICE)
    words = on_one_line(mail.body.partition("-----")[0])
    page = shown(client, letter)
    assert mail.subject == "Your letter was not sent"
    assert f"was not sent, and we do not try again. We are sorry. {told}" in words
    assert "House of Commons" in words
    assert "Your letter was not sent It was not sent, and we do not try again." in page
    assert f"{told} You can still post a letter" in page
    history = page.partition("What happened")[2]
    assert f"It was tried, and we try again. {told}" in history
    assert f"It was not sent. {told}" in history
    for text in (words, page):
        assert "would not" not in text
        assert "could not take it" not in text
        assert "could not be delivered" not in text


@pytest.mark.parametrize("reason", Hold)
@pytest.mark.parametrize("is_decided", [False, True])
def test_what_no_mail_server_saw_is_never_blamed_on_one(
    client: Client, reason: Letter.Hold, *, is_decided: bool, settings: Settings
) -> None:
    settings.SITE_URL = "https://postbag.example"
    cause = "It asks for what it may not." if is_decided else holding.HELD_TOO_LONG
    letter = failed(reason, cause)
    mail = notice(letter, Delivery.Kind.FAILURE_NOTICE)
    told = on_one_line(mail.body.partition("-----")[0])
    page = shown(client, letter)

    for words in (told, page):
        assert "mail server" not in words
        assert "could not be delivered" not in words
        assert str(reasons.IN_SHORT[reason]) in words
        assert ("a person looked at it" in words) == is_decided
        assert ("nothing was decided before its time" in words) == (not is_decided)
        assert (cause in words) or not is_decided
    assert mail.subject == "Your letter was not sent"
    assert composing.text_of(letter).strip() in mail.body
    is_about_the_mp = reason in reasons.WRITERS
    assert ("/write/" in told) == is_about_the_mp
    assert ("House of Commons" in told) == (not is_about_the_mp)
    assert ("Write it again" in page) == is_about_the_mp
    assert "\n\n\n" not in mail.body.partition("-----")[0]


def test_an_old_letter_to_somebody_who_left_still_says_so() -> None:
    letter = make_letter(state=Letter.State.FAILED)
    LetterEvent.objects.create(
        letter=letter, kind=LetterEvent.Kind.FAILED, cause=reasons.MEMBER_LEFT
    )
    assert reasons.of_failure(letter).ending == Ending.MEMBER_LEFT


def test_a_disowned_letter_tells_nothing_of_its_holding(client: Client) -> None:
    letter = held(Hold.MEMBER_CHANGED)
    Representative.objects.filter(pk=letter.representative_id).update(is_current=False)
    make_member(constituency=letter.constituency)
    client.post(f"/letters/{tokens.for_letter(letter.pk)}/not-me/")
    letter.refresh_from_db()
    page = shown(client, letter)
    assert "This letter was stopped" in page
    assert "Look at it and decide" not in page
