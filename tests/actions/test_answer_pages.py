"""Telling of the answer: the page that the mail leads to, and the letter's own."""

import datetime
import re
from http import HTTPStatus
from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from actions import lifecycle, privacy, replies, tokens
from actions.lifecycle import Move
from actions.models import IncomingMail, Letter, LetterEvent, Tally
from representatives.models import Representative
from tests.actions.factories import (
    make_campaign,
    make_letter,
    show_that_news_come,
)
from tests.actions.pages import text

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
State = Letter.State
BUTTONS = {
    State.ANSWERED: "Yes, a real answer",
    State.ACKNOWLEDGED: "Only an acknowledgement",
    State.NO_ANSWER: "No answer",
    State.NONE_NEEDED: "I need none",
}
TOLD = {
    State.ANSWERED: "that you got an answer",
    State.ACKNOWLEDGED: "that you got an acknowledgement only",
    State.NO_ANSWER: "that you got no answer",
    State.NONE_NEEDED: "that you need no answer",
}


def make(state: State = State.ACCEPTED, **fields: Any) -> Letter:
    return make_letter(**{"state": state, "now": timezone.now(), **fields})


def address(letter: Letter, ending: str = "") -> str:
    return f"/letters/{tokens.for_letter(letter.pk)}/{ending}"


def shown(client: Client, letter: Letter, ending: str = "") -> str:
    """The page as a reader sees it, on one line."""
    page = text(client.get(address(letter, ending)))
    main = page[page.index("<main") : page.index("</main>")]
    inline = re.sub(r"</?(?:a|mark|strong)\b[^>]*>", "", main)
    return " ".join(re.sub(r"<[^>]+>", " ", inline).split())


def tell(client: Client, letter: Letter, told: str) -> Any:
    return client.post(address(letter, "answer/"), {"told": told})


def counted() -> dict[str, int]:
    tallies = Tally.objects.filter(step__in=Tally.ANSWERS).exclude(count=0)
    return dict(tallies.values_list("step", "count"))


def day(moment: datetime.datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local.day} {local:%B %Y}"


# --- The four answers -------------------------------------------------------------


@pytest.mark.parametrize("told", replies.TELLING)
def test_each_of_the_four_is_told_by_one_press_and_counted_by_itself(
    client: Client, told: State
) -> None:
    letter = make()
    for _ in range(2):
        answer = tell(client, letter, told)
        assert answer.status_code == HTTPStatus.FOUND
        assert answer["Location"] == address(letter) + "#answer"
    letter.refresh_from_db()
    assert letter.state == told
    assert counted() == {told: 1}
    page = shown(client, letter)
    assert "Thank you for telling us" in page
    assert f"You told us on {day(timezone.now())} {TOLD[told]}" in page
    assert letter.events.filter(kind=told).count() == 1


def test_opening_the_link_shows_four_buttons_and_changes_nothing(
    client: Client,
) -> None:
    letter = make()
    for method in (client.get, client.head):
        assert method(address(letter, "answer/")).status_code == HTTPStatus.OK
    page = text(client.get(address(letter, "answer/")))
    for value, words in BUTTONS.items():
        button = rf'<button type="submit"[^>]*value="{value}"[^>]*>{words}</button>'
        assert re.search(button, page)
        assert re.search(button, text(client.get(address(letter))))
    letter.refresh_from_db()
    assert letter.state == State.ACCEPTED
    assert counted() == {}
    assert not letter.events.exists()


@pytest.mark.parametrize("fields", [{}, {"told": ""}, {"told": "accepted"}])
def test_a_press_that_says_nothing_is_answered_with_what_to_do(
    client: Client, fields: dict[str, str]
) -> None:
    letter = make()
    answer = client.post(address(letter, "answer/"), fields)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Please press one of the buttons" in text(answer)
    assert counted() == {}


@pytest.mark.parametrize("first", replies.TELLING)
@pytest.mark.parametrize("then", replies.TELLING)
def test_what_was_told_can_be_put_right(
    client: Client, first: State, then: State
) -> None:
    letter = make()
    tell(client, letter, first)
    page = text(client.get(address(letter)))
    assert "Put right what you told us" in page
    assert f'value="{first}"' not in page
    tell(client, letter, then)
    letter.refresh_from_db()
    assert letter.state == then
    assert (letter.answered_at is not None) == (then == State.ANSWERED)
    assert counted() == {then: 1}


@pytest.mark.parametrize("told", replies.TELLING)
def test_it_can_be_told_after_the_letter_is_erased(client: Client, told: State) -> None:
    letter = make(now=timezone.now() - 40 * DAY)
    privacy.forget_due(timezone.now())
    assert "Did you get an answer?" in shown(client, letter, "answer/")
    tell(client, letter, told)
    letter.refresh_from_db()
    assert (letter.state, letter.is_forgotten) == (told, True)
    assert TOLD[told] in shown(client, letter)


@pytest.mark.parametrize(
    "state", [one for one in State if one not in {State.ACCEPTED, *replies.TELLING}]
)
def test_of_a_letter_that_did_not_go_or_came_back_nothing_is_asked(
    client: Client, state: State
) -> None:
    letter = make(state)
    for answer in (
        client.get(address(letter, "answer/")),
        tell(client, letter, "answered"),
    ):
        assert answer["Location"] == address(letter)
    letter.refresh_from_db()
    assert letter.state == state
    assert BUTTONS[State.ANSWERED] not in text(client.get(address(letter)))


def test_of_a_letter_that_was_disowned_nothing_is_asked(client: Client) -> None:
    letter = make()
    client.post(address(letter, "not-me/"))
    assert client.get(address(letter, "answer/"))["Location"] == address(letter)
    assert tell(client, letter, "no_answer")["Location"] == address(letter)
    letter.refresh_from_db()
    assert letter.state == State.ACCEPTED
    assert BUTTONS[State.ANSWERED] not in text(client.get(address(letter)))


@pytest.mark.parametrize("told", replies.TELLING)
def test_disowned_after_it_was_told_somebody_told_it(
    client: Client, told: State
) -> None:
    letter = make()
    tell(client, letter, told)
    client.post(address(letter, "not-me/"))
    page = shown(client, letter)
    assert "Somebody told us that" in page
    assert "You told us that you did not write it." in page
    assert page.count("You told us") == 1


def test_a_press_without_our_cookie_tells_nothing() -> None:
    letter = make()
    strict = Client(enforce_csrf_checks=True)
    assert tell(strict, letter, "answered").status_code == HTTPStatus.FORBIDDEN
    assert counted() == {}


# --- What to do next --------------------------------------------------------------


@pytest.mark.parametrize("told", [State.ACKNOWLEDGED, State.NO_ANSWER])
def test_whoever_got_no_answer_is_told_what_to_do_next(
    client: Client, told: State
) -> None:
    letter = make()
    tell(client, letter, told)
    page = shown(client, letter)
    assert "What to do next" in page
    assert "Ring the office." in page
    assert f"Write again, from {day(timezone.now() + 28 * DAY)} on" in page
    assert "Ask to meet your MP." in page
    contact = f"/member/{letter.representative.parliament_id}/contact"
    assert contact in text(client.get(address(letter)))


@pytest.mark.parametrize("told", [State.ANSWERED, State.NONE_NEEDED])
def test_whoever_needs_nothing_more_is_only_thanked(
    client: Client, told: State
) -> None:
    letter = make()
    tell(client, letter, told)
    assert "What to do next" not in shown(client, letter)


def test_of_an_mp_who_has_left_nobody_is_told_to_ring(client: Client) -> None:
    letter = make()
    tell(client, letter, State.NO_ANSWER)
    Representative.objects.update(is_current=False)
    page = shown(client, letter)
    assert "What to do next" not in page
    assert "is no longer the MP" in page


# --- A reply that was seen, and being asked by mail -------------------------------


def test_a_reply_that_was_seen_is_asked_about(client: Client) -> None:
    seen = timezone.now()
    letter = make(now=seen - 10 * DAY, reply_seen_at=seen)
    asked = f"A reply came through our address on {day(seen)}. Was it an answer?"
    for ending in ("", "answer/"):
        assert asked in shown(client, letter, ending)
    # It came after this was told.
    replies.report(letter, State.NO_ANSWER, now=seen - DAY)
    for ending in ("", "answer/"):
        assert asked in shown(client, letter, ending)
    replies.report(letter, State.ACKNOWLEDGED, now=seen + DAY)
    for ending in ("", "answer/"):
        assert asked not in shown(client, letter, ending)
    replies.report(letter, State.ANSWERED, now=seen - DAY)
    for ending in ("", "answer/"):
        assert asked not in shown(client, letter, ending)


def test_it_says_that_we_ask_by_mail_as_long_as_we_do(
    client: Client, settings: Settings
) -> None:
    words = "We also ask you by mail, 14 days after your letter went."
    letter = make()
    assert words in shown(client, letter)
    Letter.objects.update(asked_at=timezone.now())
    assert words not in shown(client, letter)
    Letter.objects.update(asked_at=None)
    settings.ASK_AFTER_DAYS = 0
    assert "We also ask you by mail" not in shown(client, letter)
    settings.ASK_AFTER_DAYS = project.ASK_AFTER_DAYS
    privacy.forget(letter, now=timezone.now(), cause=privacy.Cause.REQUEST)
    assert "We also ask you by mail" not in shown(client, letter)


# --- That it has not come back ----------------------------------------------------


@pytest.mark.parametrize(("days", "may_come"), [(0, True), (4, True), (6, False)])
def test_a_letter_that_went_is_said_not_to_have_come_back_so_far(
    client: Client, days: int, *, may_come: bool
) -> None:
    at = timezone.now() - days * DAY
    show_that_news_come(at - DAY, timezone.now())
    letter = make(now=at, is_demo=False)
    lifecycle.note(letter, LetterEvent.Kind.ACCEPTED, at)
    page = shown(client, letter)
    assert f"The mail server took it on {day(at)}, and it has not come back" in page
    assert ("Servers may try for days. The answer comes" in page) == may_come
    assert "The mail server took it. It has not come back so far." in page


@pytest.mark.parametrize("by", ["nobody", "", "mailgun"])
def test_where_nothing_shows_that_returns_are_heard_nothing_is_said_of_them(
    client: Client, settings: Settings, by: str
) -> None:
    if not by:
        # Mail comes in, but what comes back goes to a provider that tells nothing.
        settings.RETURNS_CAN_BE_HEARD = False
        settings.MAIL_PROVIDER = "scaleway"
    if by != "nobody":
        show_that_news_come(timezone.now() - DAY, timezone.now(), by=by)
    letter = make(is_demo=False)
    lifecycle.note(letter, LetterEvent.Kind.ACCEPTED, timezone.now())
    page = shown(client, letter)
    assert f"The mail server took it on {day(timezone.now())}." in page
    assert "come back" not in page


def test_of_a_letter_that_stayed_on_this_machine_nothing_is_said_of_returns(
    client: Client,
) -> None:
    """As one from trying out, once letters go for real."""
    show_that_news_come(timezone.now() - DAY, timezone.now())
    letter = make(is_demo=True)
    lifecycle.note(letter, LetterEvent.Kind.ACCEPTED, timezone.now())
    page = shown(client, letter)
    assert "It went to the outbox on this machine, and nowhere else." in page
    assert "come back" not in page


def test_a_letter_that_came_back_is_never_said_not_to_have(client: Client) -> None:
    show_that_news_come(timezone.now() - DAY, timezone.now())
    letter = make(is_demo=False)
    lifecycle.note(letter, LetterEvent.Kind.ACCEPTED, timezone.now())
    assert lifecycle.make(Move.BOUNCE, letter, timezone.now())
    page = shown(client, letter)
    assert "It came back undelivered." in page
    assert "not come back" not in page


def test_while_a_person_looks_at_mail_that_may_be_it_come_back_nothing_is_said(
    client: Client,
) -> None:
    show_that_news_come(timezone.now() - DAY, timezone.now())
    letter = make(is_demo=False)
    lifecycle.note(letter, LetterEvent.Kind.ACCEPTED, timezone.now())
    mail = IncomingMail.objects.create(
        letter=letter,
        digest="0" * 64,
        is_demo=False,
        kind=IncomingMail.Kind.DOUBT,
        state=IncomingMail.State.FOR_A_PERSON,
        size=1,
    )
    assert "come back" not in shown(client, letter)
    mail.delete()
    assert "it has not come back so far" in shown(client, letter)


@pytest.mark.parametrize("told", [State.ANSWERED, State.ACKNOWLEDGED])
def test_what_an_office_wrote_back_to_has_arrived(client: Client, told: State) -> None:
    show_that_news_come(timezone.now() - DAY, timezone.now())
    letter = make(is_demo=False)
    lifecycle.note(letter, LetterEvent.Kind.ACCEPTED, timezone.now())
    tell(client, letter, told)
    page = shown(client, letter)
    assert f"The mail server took it on {day(timezone.now())}." in page
    assert "come back" not in page


# --- The campaign's pages ---------------------------------------------------------


def test_the_progress_page_tells_the_four_apart_and_what_came_back(
    client: Client,
) -> None:
    campaign = make_campaign()
    for told, letters in zip(replies.TELLING, (4, 3, 2, 1), strict=True):
        for _ in range(letters):
            letter = make(campaign=campaign)
            lifecycle.note(letter, LetterEvent.Kind.ACCEPTED, timezone.now())
            replies.report(letter, told, now=timezone.now())
    page = text(client.get(f"/{campaign.slug}/progress/"))
    main = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert (
        "not everybody tells us. 4 answered 3 acknowledged only 2 without an answer 1 "
        "in need of no answer" in main
    )
    assert "came back undelivered" not in main
    letter = make(campaign=campaign)
    lifecycle.make(Move.BOUNCE, letter, timezone.now())
    main = text(client.get(f"/{campaign.slug}/progress/"))
    assert "1 more was taken by a mail server and came back undelivered" in main


def test_of_letters_of_which_nobody_told_the_progress_page_says_nothing(
    client: Client,
) -> None:
    page = text(client.get(f"/{make_campaign().slug}/progress/"))
    assert "What became of the letters" not in page
