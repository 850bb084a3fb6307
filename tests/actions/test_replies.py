"""An MP's answer: told by the writer, counted once, and answered in turn."""

import datetime
import threading
from http import HTTPStatus

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import Client
from pytest_django import Settings

from actions import lifecycle, privacy, replies, tokens
from actions.lifecycle import Move
from actions.models import Delivery, FailingAddress, Letter, LetterEvent, Tally
from actions.receiving import following
from tests.actions.factories import (
    NOW,
    make_campaign,
    make_letter,
    make_representative,
)
from tests.actions.pages import text

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
REPLY = (
    "Thank you for your reply.\n\n[Say what is open.] Will you ask again?\n\n"
    "I wrote on [date], and [Say what is open.]"
)


def address(letter: Letter, ending: str = "") -> str:
    return f"/letters/{tokens.for_letter(letter.pk)}/{ending}"


def answered() -> list[int]:
    tallies = Tally.objects.filter(step=Tally.Step.ANSWERED)
    return list(tallies.values_list("count", flat=True))


def told(letter: Letter) -> int:
    return letter.events.filter(kind=LetterEvent.Kind.ANSWERED).count()


def test_an_answer_is_noted_and_counted_once_however_often_it_is_told() -> None:
    letter = make_letter(state=Letter.State.ACCEPTED)
    assert replies.report(letter, now=NOW + DAY)
    assert not replies.report(letter, now=NOW + 2 * DAY)
    assert letter.answered_at == NOW + DAY
    assert answered() == [1]
    assert told(letter) == 1


def test_an_answer_is_counted_as_the_letter_was() -> None:
    replies.report(make_letter(state=Letter.State.ACCEPTED, is_signature=True), now=NOW)
    tally = Tally.objects.get(step=Tally.Step.ANSWERED)
    assert (tally.way, tally.own_words, tally.is_demo) == (
        Tally.Way.EMAIL,
        Tally.OwnWords.SIGNATURE,
        True,
    )


@pytest.mark.parametrize(
    "state", [state for state in Letter.State if not Letter(state=state).stands]
)
def test_a_letter_that_was_not_sent_has_no_answer(
    client: Client, state: Letter.State
) -> None:
    letter = make_letter(state=state)
    assert not replies.report(letter, now=NOW)
    assert (letter.answered_at, answered(), told(letter)) == (None, [], 0)
    assert "Yes, a real answer" not in text(client.get(address(letter)))


@pytest.mark.parametrize("told_as", [Letter.State.NO_ANSWER, Letter.State.NONE_NEEDED])
def test_of_a_letter_that_came_back_nothing_is_told_that_does_not_show_it_came(
    client: Client, told_as: Letter.State
) -> None:
    letter = make_letter(state=Letter.State.BOUNCED, reply_seen_at=NOW)
    page = text(client.get(address(letter)))
    assert "Yes, a real answer" in page
    assert "Only an acknowledgement" in page
    assert f'value="{told_as}"' not in page
    client.post(address(letter, "answer/"), {"told": told_as})
    letter.refresh_from_db()
    assert letter.state == Letter.State.BOUNCED
    assert not Tally.objects.filter(step__in=Tally.ANSWERS).exists()


@pytest.mark.parametrize("told_as", [Letter.State.ANSWERED, Letter.State.ACKNOWLEDGED])
def test_of_a_letter_that_came_back_an_answer_is_told_once_a_reply_was_seen(
    client: Client, told_as: Letter.State
) -> None:
    letter = make_letter(state=Letter.State.ACCEPTED)
    assert lifecycle.make(Move.BOUNCE, letter, NOW + DAY)
    letter.refresh_from_db()
    assert not replies.report(letter, told_as, now=NOW + 2 * DAY)
    assert "Did you get an answer?" not in text(client.get(address(letter)))

    Letter.objects.update(reply_seen_at=NOW + 2 * DAY)
    page = text(client.get(address(letter)))
    assert "Your letter came back" in page
    assert "Did you get an answer?" in page
    client.post(address(letter, "answer/"), {"told": told_as})
    letter.refresh_from_db()
    assert letter.state == told_as
    page = text(client.get(address(letter)))
    assert "Your letter has gone out" in page
    # Its history still says that it came back.
    assert "It came back undelivered." in page
    assert "not come back" not in page
    assert not replies.report(letter, told_as, now=NOW + 4 * DAY)
    counts = Tally.objects.filter(step__in=(*Tally.ANSWERS, Tally.Step.BOUNCED))
    assert dict(counts.values_list("step", "count")) == {"bounced": 0, told_as: 1}


def came_back_and_told(told_as: Letter.State) -> Letter:
    """Make a letter that came back, and of which something is told all the same."""
    letter = make_letter(state=Letter.State.ACCEPTED)
    assert lifecycle.make(Move.BOUNCE, letter, NOW + DAY)
    Letter.objects.update(reply_seen_at=NOW + DAY)
    assert replies.report(letter, told_as, now=NOW + 2 * DAY)
    return letter


@pytest.mark.parametrize("told_as", [Letter.State.ANSWERED, Letter.State.ACKNOWLEDGED])
def test_what_was_told_by_mistake_of_a_letter_that_came_back_is_taken_back(
    client: Client, told_as: Letter.State
) -> None:
    letter = came_back_and_told(told_as)
    before = counts_by_day(letter, told_as)
    page = text(client.get(address(letter)))
    assert "It came back after all" in page
    for other in (Letter.State.NO_ANSWER, Letter.State.NONE_NEEDED):
        assert f'value="{other}"' not in page
        assert not replies.report(letter, other, now=NOW + 3 * DAY)

    client.post(address(letter, "answer/"), {"told": "bounced"})
    letter.refresh_from_db()
    assert (letter.state, letter.answered_at) == (Letter.State.BOUNCED, None)
    page = text(client.get(address(letter)))
    assert "Your letter came back" in page
    assert page.count("It came back undelivered.") == 1
    assert "What was told of an answer was taken back" in page
    # It counts as before it was told, and its writer is not mailed once more.
    assert before == {"bounced": 0, "came_back": 0, told_as: 1}
    assert counts_by_day(letter, told_as) == {"bounced": 1, "came_back": 1, told_as: 0}
    notices = letter.deliveries.filter(kind=Delivery.Kind.BOUNCE_NOTICE)
    assert not notices.exists()
    # And is told once more, if that was the mistake.
    assert replies.report(letter, told_as, now=NOW + 4 * DAY)


def counts_by_day(letter: Letter, told_as: Letter.State) -> dict[str, int]:
    """Give what is counted of a campaign's letters, whatever the day."""
    steps = (Tally.Step.BOUNCED, Tally.Step.CAME_BACK, told_as)
    counted = Tally.objects.filter(campaign=letter.campaign, step__in=steps)
    sums = counted.values_list("step").annotate(letters=Sum("count"))
    return dict(sums)


def test_of_a_letter_that_never_came_back_nobody_tells_that_it_did(
    client: Client,
) -> None:
    letter = make_letter(state=Letter.State.ANSWERED)
    assert 'value="bounced"' not in text(client.get(address(letter)))
    client.post(address(letter, "answer/"), {"told": "bounced"})
    letter.refresh_from_db()
    assert letter.state == Letter.State.ANSWERED


def test_a_letter_that_is_told_anew_as_come_back_marks_no_address() -> None:
    letter = came_back_and_told(Letter.State.ANSWERED)
    other = make_letter(
        state=Letter.State.ACCEPTED, representative=letter.representative
    )
    at = NOW + 20 * DAY
    assert replies.report(letter, Letter.State.BOUNCED, now=at)
    assert following.come_back(other, None, at, is_proven=False)
    assert not FailingAddress.objects.exists()


def test_who_has_written_again_since_it_came_back_tells_of_the_new_letter(
    client: Client,
) -> None:
    first = make_letter(state=Letter.State.BOUNCED, reply_seen_at=NOW)
    second = make_letter(
        state=Letter.State.ACCEPTED,
        campaign=first.campaign,
        representative=first.representative,
        sender_email=first.sender_email,
    )
    assert "Did you get an answer?" not in text(client.get(address(first)))
    assert not replies.report(first, now=NOW)
    assert replies.report(second, now=NOW)
    first.refresh_from_db()
    assert first.state == Letter.State.BOUNCED
    assert answered() == [1]


def test_an_answer_can_be_told_after_the_text_is_erased_and_outlasts_it() -> None:
    late = make_letter(state=Letter.State.ACCEPTED)
    early = make_letter(state=Letter.State.ACCEPTED)
    replies.report(early, now=NOW)
    privacy.forget_due(NOW + 30 * DAY)
    assert replies.report(late, now=NOW + 31 * DAY)
    for letter in (early, late):
        letter.refresh_from_db()
        assert letter.is_forgotten
        assert letter.answered_at is not None


@pytest.mark.parametrize("ending", ["answer/", "data/"])
def test_pressing_is_limited(client: Client, settings: Settings, ending: str) -> None:
    settings.DEEDS_PER_ADDRESS_PER_HOUR = 1
    letter = make_letter(state=Letter.State.ACCEPTED)
    client.post(address(letter, "cancel/"))
    refused = client.post(address(letter, ending), {"told": "answered"})
    assert refused.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert int(refused["Retry-After"]) > 0
    assert answered() == []


def test_a_campaigns_reply_becomes_the_writers_own_mail(client: Client) -> None:
    campaign = make_campaign(stock_reply_help=REPLY.replace("\n", "\r\n"))
    letter = make_letter(state=Letter.State.ACCEPTED, campaign=campaign)
    made = replies.suggestion_for(letter)
    assert made is not None
    assert made.text == (
        f"Dear {letter.recipient_salutation},\n\n{REPLY}\n\n"
        f"Yours sincerely,\n{letter.sender_name}"
    )
    assert made.to_fill_in == ("[Say what is open.]", "[date]")
    shown = text(client.get(address(letter)))
    assert "What if the answer says nothing?" in shown
    assert made.text in shown
    assert '<mark class="to-fill-in">[date]</mark>' in shown


def test_a_reply_of_somebody_whose_name_is_erased_leaves_it_to_be_filled_in() -> None:
    letter = make_letter(
        state=Letter.State.ACCEPTED, campaign=make_campaign(stock_reply_help="Thanks.")
    )
    privacy.erase_on_request(letter, now=NOW)
    made = replies.suggestion_for(letter)
    assert made is not None
    assert made.to_fill_in == ("[your name]",)


def test_what_a_campaign_has_not_written_is_not_offered(client: Client) -> None:
    letter = make_letter(state=Letter.State.ACCEPTED)
    assert replies.suggestion_for(letter) is None
    shown = text(client.get(address(letter)))
    assert "What if the answer says nothing?" not in shown
    assert "Meet your MP" not in shown


def test_how_to_meet_the_mp_is_told_once_the_letter_has_gone(client: Client) -> None:
    campaign = make_campaign(meeting_help="Ring the office.\r\n\r\nBring it printed.")
    sent = make_letter(state=Letter.State.ACCEPTED, campaign=campaign)
    shown = text(client.get(address(sent)))
    assert "Meet your MP" in shown
    assert "<p>Ring the office.</p>" in shown
    assert "<p>Bring it printed.</p>" in shown
    assert f"/member/{sent.representative.parliament_id}/contact" in shown
    waiting = make_letter(state=Letter.State.QUEUED, campaign=campaign)
    assert "Meet your MP" not in text(client.get(address(waiting)))


def leave(letter: Letter) -> None:
    """Let the MP's term end."""
    term = letter.representative
    term.is_current = False
    term.ended = NOW.date()
    term.save()


def test_of_an_mp_who_has_left_the_finder_is_shown_instead(client: Client) -> None:
    campaign = make_campaign(stock_reply_help="Thanks.", meeting_help="Ring.")
    letter = make_letter(state=Letter.State.ACCEPTED, campaign=campaign)
    leave(letter)
    shown = text(client.get(address(letter)))
    assert f"{letter.recipient_name} is no longer the MP for {letter.seat_name}" in (
        shown
    )
    assert f'<a href="/{campaign.slug}/write/">Find out who is your MP now</a>' in shown
    assert "What if the answer says nothing?" not in shown
    assert "Meet your MP" not in shown
    # The answer may have come before they left.
    assert "Yes, a real answer" in shown


def test_an_mp_who_was_elected_again_is_still_the_mp(client: Client) -> None:
    campaign = make_campaign(meeting_help="Ring.")
    letter = make_letter(state=Letter.State.ACCEPTED, campaign=campaign)
    leave(letter)
    make_representative(
        constituency=letter.constituency,
        parliament_id=letter.representative.parliament_id,
    )
    shown = text(client.get(address(letter)))
    assert "Meet your MP" in shown
    assert "is no longer the MP" not in shown


def test_of_a_letter_that_was_disowned_no_answer_is_noted(client: Client) -> None:
    letter = make_letter(state=Letter.State.ACCEPTED)
    client.post(address(letter, "not-me/"))
    client.post(address(letter, "answer/"), {"told": "answered"})
    letter.refresh_from_db()
    assert letter.state == Letter.State.ACCEPTED
    assert letter.answered_at is None
    assert (answered(), told(letter)) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_of_many_presses_at_once_one_counts() -> None:
    letter = make_letter(state=Letter.State.ACCEPTED)
    counted: list[bool] = []

    def press() -> None:
        counted.append(replies.report(Letter.objects.get(), now=NOW))
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counted) == [False] * 5 + [True]
    assert answered() == [1]
    assert told(letter) == 1
