"""What a letter's own page tells: when it goes, what happened and why, what is kept."""

import datetime
import re
import uuid
from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries, Settings

from actions import (
    lifecycle,
    privacy,
    rates,
    reasons,
    recording,
    submitting,
    tokens,
)
from actions.models import Delivery, Letter, LetterEvent
from tests.actions.factories import make_campaign, make_letter
from tests.actions.pages import text

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)


def make(**fields: Any) -> Letter:
    return make_letter(now=timezone.now(), **fields)


def shown(client: Client, letter: Letter) -> str:
    """The page as a reader sees it, on one line."""
    page = text(client.get(f"/letters/{tokens.for_letter(letter.pk)}/"))
    main = page[page.index("<main") : page.index("</main>")]
    inline = re.sub(r"</?(?:a|mark|strong)\b[^>]*>", "", main)
    return " ".join(re.sub(r"<[^>]+>", " ", inline).split())


def owed(letter: Letter) -> Delivery:
    return letter.deliveries.get(kind=Delivery.Kind.LETTER)


def appointment(moment: datetime.datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local:%A} {local.day} {local:%B}, {local:%H:%M}"


def a_day(moment: datetime.datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local.day} {local:%B %Y}"


# --- When it goes -----------------------------------------------------------------


def test_a_letter_that_is_planned_says_for_when(client: Client) -> None:
    letter = make(state=Letter.State.QUEUED)
    due = timezone.now() + 3 * HOUR
    letter.deliveries.update(due_at=due)
    assert f"Planned for {appointment(due)}" in shown(client, letter)


def test_a_letter_that_waits_for_others_says_so(client: Client) -> None:
    letter = make(state=Letter.State.QUEUED)
    reason = "Letters to one MP go one after another"
    letter.deliveries.update(due_at=timezone.now() + 3 * HOUR)
    assert reason in shown(client, letter)
    letter.deliveries.update(due_at=timezone.now() + HOUR / 60)
    assert reason not in shown(client, letter)


def test_a_letter_that_the_organisers_hold_says_until_when(client: Client) -> None:
    day = timezone.localdate() + 9 * DAY
    campaign = make_campaign(letters_go_from=day)
    letter = make(campaign=campaign)
    due = appointment(rates.opening(day))
    held = f"The organisers hold letters until {a_day(rates.opening(day))};"
    link = f"/letters/{tokens.for_letter(letter.pk)}/"
    asked = " ".join(
        re.sub(r"<[^>]+>", "", text(client.get(f"{link}confirm/"))).split()
    )
    assert f"{held} yours would go on {due}." in asked
    client.post(f"{link}confirm/")
    assert f"{held} yours is planned for {due}." in shown(client, letter)


def test_whoever_is_asked_to_confirm_learns_that_others_go_first(
    client: Client, settings: Settings
) -> None:
    settings.LETTERS_PER_MP_PER_HOUR = settings.LETTERS_PER_MP_PER_HOUR_OTHERWISE = 6
    first = make()
    second = make(campaign=first.campaign, representative=first.representative)
    link = f"/letters/{tokens.for_letter(second.pk)}/confirm/"
    assert "one after another" not in text(client.get(link))
    submitting.confirm(first, now=timezone.now())
    assert "It would go on" in text(client.get(link))


def test_a_planned_time_is_told_as_the_clocks_here_go(client: Client) -> None:
    letter = make(state=Letter.State.QUEUED)
    # In July the clocks are an hour ahead of UTC.
    letter.deliveries.update(
        due_at=datetime.datetime(2099, 7, 4, 13, 5, tzinfo=datetime.UTC)
    )
    assert "Planned for Saturday 4 July, 14:05" in shown(client, letter)


def test_a_letter_that_is_due_goes_with_the_next_mail(client: Client) -> None:
    page = shown(client, make(state=Letter.State.QUEUED))
    assert "It goes with the next mail" in page
    assert "Cancel my letter" in page


def test_a_letter_just_confirmed_was_planned_for_no_time_that_has_passed(
    client: Client,
) -> None:
    page = shown(client, make(state=Letter.State.QUEUED))
    assert "within a few minutes" in page
    assert "planned" not in page


def test_a_letter_that_waits_for_long_is_said_to_be_late(client: Client) -> None:
    letter = make(state=Letter.State.QUEUED)
    due = timezone.now() - HOUR
    letter.deliveries.update(due_at=due)
    page = shown(client, letter)
    assert "It goes later than planned." in page
    assert f"It was planned for {appointment(due)}" in page
    assert "within a few minutes" not in page


def test_a_letter_that_was_tried_says_how_often_and_when_again(client: Client) -> None:
    letter = make(state=Letter.State.QUEUED)
    now = timezone.now()
    recording.postponed(owed(letter), "450 greylisted", HOUR, now)
    page = shown(client, letter)
    assert f"It was tried once and is tried again on {appointment(now + HOUR)}" in page
    recording.postponed(owed(letter), "450 greylisted", 3 * HOUR, now)
    page = shown(client, letter)
    assert "It was tried 2 times and is tried again on" in page
    Delivery.objects.update(due_at=now - HOUR)
    assert "It was tried 2 times and is tried again now" in shown(client, letter)


def test_a_letter_in_a_workers_hands_offers_no_button_that_would_be_refused(
    client: Client,
) -> None:
    letter = make(state=Letter.State.QUEUED)
    letter.deliveries.update(lease=uuid.uuid4(), leased_until=timezone.now() + HOUR)
    page = shown(client, letter)
    assert "It is being sent at this moment" in page
    assert "Cancel my letter" not in page


@pytest.mark.parametrize(
    "state", [state for state in Letter.State if state != Letter.State.QUEUED]
)
def test_a_letter_that_is_not_queued_is_planned_for_no_time(
    client: Client, state: Letter.State
) -> None:
    page = shown(client, make(state=state))
    assert "Planned for" not in page
    assert "with the next mail" not in page


# --- What happened and why --------------------------------------------------------


def test_a_mail_servers_answer_never_stands_without_its_meaning(client: Client) -> None:
    letter = make(state=Letter.State.QUEUED)
    now = timezone.now()
    recording.postponed(owed(letter), "452 4.2.2 mailbox full", HOUR, now)
    recording.failed(owed(letter), "550 5.1.1 user unknown", now)
    page = shown(client, letter)
    assert (
        "we try again. The mailbox it goes to is full. "
        "Its own words: “452 4.2.2 mailbox full”"
    ) in page
    assert (
        "we do not try again. The mail server knows no such mailbox. "
        "Its own words: “550 5.1.1 user unknown”"
    ) in page


def test_a_letter_to_somebody_who_left_the_seat_says_so_and_leads_on(
    client: Client,
) -> None:
    letter = make(state=Letter.State.QUEUED)
    recording.failed(owed(letter), reasons.MEMBER_LEFT, timezone.now())
    page = shown(client, letter)
    assert "they have left the seat" in page
    assert reasons.MEMBER_LEFT in page
    assert "Its own words" not in page
    assert "Write it again" in page
    assert "post a letter" not in page


@pytest.mark.parametrize("language", [code for code, _ in project.LANGUAGES])
def test_why_a_letter_failed_is_known_whatever_language_it_is_told_in(
    language: str,
) -> None:
    letter = make(state=Letter.State.QUEUED)
    recording.failed(owed(letter), reasons.MEMBER_LEFT, timezone.now())
    with translation.override(language):
        assert reasons.of_failure(letter).ending == reasons.Ending.MEMBER_LEFT


def test_every_thing_that_can_happen_is_told_in_a_sentence(client: Client) -> None:
    letter = make(state=Letter.State.ACCEPTED, is_demo=False)
    # Whoever did not write a letter is told of it in other words.
    kinds = [kind for kind in LetterEvent.Kind if kind != LetterEvent.Kind.DISOWNED]
    for kind in kinds:
        LetterEvent.objects.create(letter=letter, kind=kind, at=timezone.now())
    page = shown(client, letter)
    for kind in kinds:
        assert str(kind.label).endswith(".")
        assert str(kind.label) in page


def test_in_a_trial_the_letter_went_to_the_outbox_and_no_mail_server_took_it(
    client: Client,
) -> None:
    letter = make(state=Letter.State.ACCEPTED)
    lifecycle.note(letter, LetterEvent.Kind.ACCEPTED, timezone.now())
    page = shown(client, letter)
    assert "It went to the outbox on this machine" in page
    assert "The mail server took it" not in page


def test_nobody_is_told_that_they_wrote_what_somebody_else_wrote(
    client: Client,
) -> None:
    letter = make()
    lifecycle.note(letter, LetterEvent.Kind.WRITTEN, timezone.now())
    submitting.disown(letter, now=timezone.now())
    privacy.forget(letter, now=timezone.now())
    page = shown(client, letter)
    assert "Somebody wrote the letter." in page
    assert "You wrote the letter." not in page
    assert "The name, the addresses and the text were erased." in page
    # Once is enough: it is not repeated as the reason.
    assert page.count("You told us that you did not write it.") == 1


@pytest.mark.parametrize("is_erased_already", [False, True])
def test_a_letter_disowned_after_it_went_is_its_readers_no_more(
    client: Client, *, is_erased_already: bool
) -> None:
    campaign = make_campaign(stock_reply_help="Thanks.", meeting_help="Ring.")
    letter = make(state=Letter.State.ACCEPTED, campaign=campaign)
    for kind in (LetterEvent.Kind.WRITTEN, LetterEvent.Kind.CONFIRMED):
        lifecycle.note(letter, kind, timezone.now())
    if is_erased_already:
        privacy.forget(letter, now=timezone.now(), cause=privacy.Cause.TIME)
    for _ in range(2):
        client.post(f"/letters/{tokens.for_letter(letter.pk)}/not-me/")
    page = shown(client, letter)
    assert "This letter was not yours" in page
    assert "it could not be called back" in page
    assert "Somebody wrote the letter." in page
    assert "Somebody confirmed it." in page
    assert page.count(str(LetterEvent.Kind.DISOWNED.label)) == 1
    for words in (
        "You wrote",
        "You confirmed",
        "Your letter has gone out",
        "Did you get an answer?",
        "What if the answer says nothing?",
        "Meet your MP",
        "What else you can do",
        "outbox",
    ):
        assert words not in page
    letter.refresh_from_db()
    assert (letter.is_forgotten, letter.sender_key) == (True, "")


@pytest.mark.parametrize(
    "state", [Letter.State.FAILED, Letter.State.REPEATED, Letter.State.CANCELLED]
)
def test_a_letter_disowned_after_it_was_stopped_is_its_readers_no_more(
    client: Client, state: Letter.State
) -> None:
    letter = make(state=state)
    lifecycle.note(letter, LetterEvent.Kind.WRITTEN, timezone.now())
    client.post(f"/letters/{tokens.for_letter(letter.pk)}/not-me/")
    page = shown(client, letter)
    assert "This letter was stopped" in page
    assert "Somebody wrote the letter." in page
    assert "Your letter" not in page
    assert "Write it again" not in page


# --- What is kept, and until when -------------------------------------------------


@pytest.mark.parametrize(
    "state",
    [
        Letter.State.ACCEPTED,
        Letter.State.CANCELLED,
        Letter.State.FAILED,
        Letter.State.REPEATED,
    ],
)
def test_the_day_on_which_a_letter_is_erased_is_told_and_kept(
    client: Client, state: Letter.State
) -> None:
    letter = make(state=state)
    assert letter.ended_at is not None
    last = letter.ended_at + datetime.timedelta(days=project.ERASE_AFTER_DAYS)
    assert f"are kept until {a_day(last)}; then they are erased" in shown(
        client, letter
    )
    assert letter.body.split(".")[0] in shown(client, letter)
    forgotten = Letter.objects.exclude(forgotten_at=None)
    privacy.sweep(last - datetime.timedelta(seconds=1))
    assert not forgotten.exists()
    privacy.sweep(last)
    assert forgotten.get() == letter
    assert "have been erased" in shown(client, letter)


def test_an_unconfirmed_letter_says_the_minute_at_which_it_is_erased(
    client: Client,
) -> None:
    letter = make()
    local = timezone.localtime(letter.confirm_by)
    assert f"are erased after {a_day(letter.confirm_by)}, {local:%H:%M}" in shown(
        client, letter
    )
    assert privacy.erased_by_itself_at(letter) == letter.confirm_by


def test_an_overdue_letter_offers_no_button_that_would_be_refused(
    client: Client,
) -> None:
    letter = make(confirm_by=timezone.now() - HOUR)
    page = shown(client, letter)
    assert "This letter was not confirmed in time" in page
    assert "Write it again" in page
    assert "they are erased by themselves when this is done next" in page
    for words in ("Confirm my letter", "Cancel my letter", "are erased after"):
        assert words not in page


def test_a_letter_whose_time_is_over_names_no_day_that_has_passed(
    client: Client,
) -> None:
    letter = make(state=Letter.State.ACCEPTED)
    Letter.objects.update(ended_at=timezone.now() - 29 * DAY)
    page = shown(client, letter)
    assert "The time to keep your name, addresses and text is over" in page
    assert "are kept until" not in page


def test_a_queued_letter_says_the_rule_as_its_day_is_not_yet_known(
    client: Client,
) -> None:
    letter = make(state=Letter.State.QUEUED)
    assert "28 days after the letter was sent or stopped" in shown(client, letter)
    assert privacy.erased_by_itself_at(letter) is None


def test_the_page_asks_the_database_no_more_for_a_long_history(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    campaign = make_campaign(stock_reply_help="Thanks.", meeting_help="Ring.")
    letter = make(state=Letter.State.QUEUED, campaign=campaign)
    path = f"/letters/{tokens.for_letter(letter.pk)}/"
    for _ in range(8):
        lifecycle.note(letter, LetterEvent.Kind.RETRIED, timezone.now(), "450 busy")
    # The letter, its history, its delivery, whether an answer to it got lost, and
    # whether Parliament has members.
    with django_assert_num_queries(5):
        client.get(path)
    Letter.objects.update(
        state=Letter.State.ACCEPTED, accepted_at=timezone.now(), ended_at=timezone.now()
    )
    with django_assert_num_queries(3):
        client.get(path)
