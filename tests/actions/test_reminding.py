"""Reminding writers to confirm, and asking about answers: when, whom, how often."""

import datetime
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries, Settings

from actions import (
    delivering,
    outbox,
    privacy,
    reminding,
    replies,
    submitting,
    tokens,
)
from actions.models import Campaign, Delivery, Letter, LetterEvent
from representatives.models import ParliamentPeriod, Representative
from tests.actions.factories import NOW, make_campaign, make_letter
from tests.smtp import Fault, MailServer, mail_server

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
SECOND = datetime.timedelta(seconds=1)
State = Letter.State
Kind = Delivery.Kind


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.OUTBOX_DIR = tmp_path / "outbox"


def work(now: datetime.datetime, *, live: bool = False) -> delivering.Tidings:
    """Do what a worker does in one round."""
    reminding.owe(now, live=live)
    return delivering.deliver_due(clock=lambda: now)


def owed(letter: Letter, *kinds: Kind) -> int:
    return letter.deliveries.waiting().filter(kind__in=kinds).count()


def waiting_letter(now: datetime.datetime = NOW, **fields: Any) -> Letter:
    """Make one whose writer was mailed the link to confirm it, at once."""
    letter = make_letter(now=now, **fields)
    letter.deliveries.update(state=Delivery.State.SENT, done_at=now)
    return letter


def sent_letter(now: datetime.datetime = NOW, **fields: Any) -> Letter:
    return make_letter(**{"state": State.ACCEPTED, "now": now, **fields})


def subjects() -> list[str]:
    return [message.subject for message in outbox.newest()]


# --- To confirm -------------------------------------------------------------------


def test_who_pressed_twice_and_confirmed_one_is_not_reminded_of_the_other() -> None:
    letter = waiting_letter()
    twin: dict[str, Any] = {
        "campaign": letter.campaign,
        "representative": letter.representative,
        "sender_email": letter.sender_email,
    }
    waiting_letter(**twin)
    assert submitting.confirm(letter, now=NOW + HOUR)
    letter.deliveries.waiting().update(state=Delivery.State.SENT, done_at=NOW)
    assert not work(NOW + DAY).any_moved


def test_who_has_not_confirmed_after_a_day_is_reminded_once() -> None:
    letter = waiting_letter()
    assert not work(NOW + DAY - SECOND).any_moved
    assert work(NOW + DAY).sent == 1
    for days in (2, 3, 6):
        assert not work(NOW + days * DAY).any_moved
    letter.refresh_from_db()
    assert (letter.state, letter.reminded_at) == (
        State.AWAITING_CONFIRMATION,
        NOW + DAY,
    )
    [event] = letter.events.all()
    assert (event.kind, event.at) == (LetterEvent.Kind.REMINDED, NOW + DAY)


def test_the_reminder_carries_the_letter_and_nothing_of_the_campaign() -> None:
    campaign = make_campaign(title="Zqx", headline="Zqx", lede="Zqx", story="Zqx")
    letter = waiting_letter(campaign=campaign)
    work(NOW + DAY)
    [mail] = outbox.newest()
    assert mail.subject == f"Your letter to {letter.recipient_name} still waits for you"
    assert letter.body.split("\n\n")[1] in mail.text
    at = f"/letters/{tokens.for_letter(letter.pk)}/"
    for link in (f"{at}confirm/\n", f"{at}not-me/\n", f"{at}\n"):
        assert link in mail.text
    words = mail.text.replace("\n", " ")
    assert "The link works until 29 November 2026, 12:00" in words
    assert "Zqx" not in mail.subject + mail.text


def test_the_reminder_really_goes_and_says_that_a_machine_wrote_it(
    mail_server: MailServer,
) -> None:
    letter = waiting_letter()
    assert work(NOW + DAY, live=True).sent == 1
    [mail] = mail_server.mails
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail_server.recipients == [letter.sender_email]


@pytest.mark.parametrize(
    "state", [one for one in State if one != "awaiting_confirmation"]
)
def test_nobody_is_reminded_of_a_letter_that_does_not_wait(state: State) -> None:
    letter = make_letter(state=state)
    reminding.owe(NOW + DAY, live=False)
    assert owed(letter, Kind.REMINDER) == 0


def test_confirmed_cancelled_or_expired_after_it_was_owed_it_does_not_go() -> None:
    confirmed, cancelled, late = waiting_letter(), waiting_letter(), waiting_letter()
    reminding.owe(NOW + DAY, live=False)
    submitting.confirm(confirmed, now=NOW + DAY)
    submitting.cancel(cancelled, now=NOW + DAY)
    Letter.objects.filter(pk=late.pk).update(confirm_by=NOW + DAY)
    delivering.deliver_due(clock=lambda: NOW + DAY)
    assert subjects() == [confirmed.subject]
    assert not Delivery.objects.waiting().exists()
    assert LetterEvent.objects.filter(kind=LetterEvent.Kind.REMINDED).count() == 0


def test_nobody_is_reminded_when_there_is_no_time_left(settings: Settings) -> None:
    settings.CONFIRM_WITHIN_DAYS = 1
    short = waiting_letter()
    long = waiting_letter(confirm_by=NOW + 2 * DAY)
    reminding.owe(NOW + DAY, live=False)
    assert (owed(short, Kind.REMINDER), owed(long, Kind.REMINDER)) == (0, 1)


def test_the_last_hour_is_too_late_for_a_reminder() -> None:
    letter = waiting_letter(confirm_by=NOW + DAY + HOUR)
    reminding.owe(NOW + DAY, live=False)
    assert owed(letter, Kind.REMINDER) == 0


def test_the_day_is_counted_from_the_mail_that_asked_and_only_if_it_went() -> None:
    late, failed, waits = waiting_letter(), waiting_letter(), make_letter()
    late.deliveries.update(done_at=NOW + 20 * HOUR)
    failed.deliveries.update(state=Delivery.State.FAILED)
    waits.deliveries.update(due_at=NOW + 5 * DAY)
    reminding.owe(NOW + DAY, live=False)
    assert [owed(one, Kind.REMINDER) for one in (late, failed, waits)] == [0, 0, 0]
    reminding.owe(NOW + DAY + 20 * HOUR, live=False)
    assert [owed(one, Kind.REMINDER) for one in (late, failed, waits)] == [1, 0, 0]


def test_of_what_cannot_be_confirmed_nobody_is_reminded() -> None:
    closed, vacant = waiting_letter(), waiting_letter()
    Campaign.objects.filter(pk=closed.campaign_id).update(state=Campaign.State.CLOSED)
    Representative.objects.filter(pk=vacant.representative_id).update(is_current=False)
    reminding.owe(NOW + DAY, live=False)
    assert [owed(one, Kind.REMINDER) for one in (closed, vacant)] == [0, 0]


def test_while_there_are_no_mps_reminders_wait() -> None:
    letter = waiting_letter()
    ParliamentPeriod.objects.create(
        state=ParliamentPeriod.State.DISSOLVED, begins_on=NOW.date()
    )
    reminding.owe(NOW + DAY, live=False)
    assert owed(letter, Kind.REMINDER) == 0
    ParliamentPeriod.objects.all().delete()
    reminding.owe(NOW + 2 * DAY, live=False)
    assert owed(letter, Kind.REMINDER) == 1


# --- By day -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "is_day"),
    [
        # In winter the clocks in London are those of UTC.
        ("2026-11-24T07:59:59+00:00", False),
        ("2026-11-24T08:00:00+00:00", True),
        ("2026-11-24T19:59:59+00:00", True),
        ("2026-11-24T20:00:00+00:00", False),
        ("2026-11-24T03:00:00+00:00", False),
        # In summer they are an hour ahead.
        ("2026-07-24T06:59:59+00:00", False),
        ("2026-07-24T07:00:00+00:00", True),
        ("2026-07-24T18:59:59+00:00", True),
        ("2026-07-24T19:00:00+00:00", False),
        # On the mornings on which they change.
        ("2026-03-29T07:00:00+00:00", True),
        ("2026-10-25T07:00:00+00:00", False),
        ("2026-10-25T08:00:00+00:00", True),
    ],
)
def test_nobody_is_mailed_at_night_by_the_clocks_in_london(
    now: str, *, is_day: bool
) -> None:
    at = datetime.datetime.fromisoformat(now)
    waiting_letter(at - 2 * DAY)
    sent_letter(at - 20 * DAY)
    assert reminding.owe(at, live=False) == (2 if is_day else 0)


def test_what_comes_due_in_the_night_goes_in_the_morning() -> None:
    evening = datetime.datetime(2026, 11, 23, 22, 0, tzinfo=datetime.UTC)
    waiting_letter(evening)
    assert not work(evening + DAY).any_moved
    assert work(evening + DAY + 10 * HOUR).sent == 1


def test_fourteen_days_are_whole_ones_also_when_the_clocks_change() -> None:
    before = datetime.datetime(2026, 10, 20, 9, 0, tzinfo=datetime.UTC)
    letter = sent_letter(before)
    reminding.owe(before + 14 * DAY - SECOND, live=False)
    assert owed(letter, Kind.QUESTION) == 0
    reminding.owe(before + 14 * DAY, live=False)
    assert owed(letter, Kind.QUESTION) == 1


# --- About an answer --------------------------------------------------------------


def test_after_fourteen_days_the_writer_is_asked_and_a_week_later_once_more() -> None:
    letter = sent_letter()
    assert not work(NOW + 14 * DAY - SECOND).any_moved
    assert work(NOW + 14 * DAY).sent == 1
    assert not work(NOW + 21 * DAY - SECOND).any_moved
    assert work(NOW + 21 * DAY).sent == 1
    for days in (22, 27, 40):
        assert not work(NOW + days * DAY).any_moved
    name = letter.recipient_name
    assert sorted(subjects()) == [
        f"Did {name} answer your letter?",
        f"Once more: did {name} answer your letter?",
    ]
    assert list(letter.events.values_list("kind", "at")) == [
        (LetterEvent.Kind.QUESTION_SENT, NOW + 14 * DAY),
        (LetterEvent.Kind.QUESTION_SENT, NOW + 21 * DAY),
    ]


def test_the_question_leads_to_one_page_and_tells_nothing_of_the_campaign() -> None:
    campaign = make_campaign(title="Zqx", headline="Zqx", lede="Zqx", story="Zqx")
    letter = sent_letter(campaign=campaign)
    work(NOW + 14 * DAY)
    work(NOW + 21 * DAY)
    for mail in outbox.newest():
        at = f"/letters/{tokens.for_letter(letter.pk)}/"
        assert mail.text.count(at) == 2
        assert f"{at}answer/\n" in mail.text
        assert "on 22 November 2026" in mail.text.replace("\n", " ")
        assert "Zqx" not in mail.subject + mail.text
        assert letter.body not in mail.text
        assert "A reply came" not in mail.text
    first, again = (mail.text for mail in reversed(outbox.newest()))
    assert "we ask once more and then not again" in first.replace("\n", " ")
    assert "We ask you once more, and then not again" in again.replace("\n", " ")


def test_of_a_reply_that_was_seen_it_is_asked_whether_it_was_an_answer() -> None:
    sent_letter(reply_seen_at=NOW + 11 * DAY)
    work(NOW + 14 * DAY)
    [mail] = outbox.newest()
    assert (
        "A reply came through our address on 3 December 2026. Was it an answer?"
        in mail.text
    )


@pytest.mark.parametrize("told", replies.TELLING)
def test_who_has_told_is_not_asked(told: State) -> None:
    early, late = sent_letter(), sent_letter()
    replies.report(early, told, now=NOW + DAY)
    assert work(NOW + 14 * DAY).sent == 1
    replies.report(late, told, now=NOW + 15 * DAY)
    assert not work(NOW + 21 * DAY).any_moved
    early.refresh_from_db()
    assert early.asked_at is None


def test_told_while_the_question_is_owed_it_does_not_go() -> None:
    letter = sent_letter()
    reminding.owe(NOW + 14 * DAY, live=False)
    replies.report(letter, State.NO_ANSWER, now=NOW + 14 * DAY)
    assert delivering.deliver_due(clock=lambda: NOW + 14 * DAY).dropped == 1
    assert subjects() == []


@pytest.mark.parametrize(
    "state", [one for one in State if one not in {State.ACCEPTED, *replies.TELLING}]
)
def test_nobody_is_asked_of_a_letter_that_did_not_go_or_came_back(state: State) -> None:
    letter = make_letter(state=state)
    reminding.owe(NOW + 14 * DAY, live=False)
    assert owed(letter, Kind.QUESTION) == 0


def test_nobody_is_asked_about_a_letter_that_is_not_theirs() -> None:
    disowned, forgotten = sent_letter(), sent_letter()
    submitting.disown(disowned, now=NOW)
    privacy.forget(forgotten, now=NOW, cause=privacy.Cause.REQUEST)
    reminding.owe(NOW + 14 * DAY, live=False)
    assert [owed(one, Kind.QUESTION) for one in (disowned, forgotten)] == [0, 0]


def test_nobody_is_asked_once_the_time_to_keep_the_letter_is_over(
    settings: Settings,
) -> None:
    settings.ERASE_AFTER_DAYS = 20
    letter = sent_letter()
    reminding.owe(NOW + 20 * DAY, live=False)
    assert owed(letter, Kind.QUESTION) == 0
    reminding.owe(NOW + 20 * DAY - SECOND, live=False)
    assert owed(letter, Kind.QUESTION) == 1
    reminding.owe(NOW + 27 * DAY, live=False)
    assert owed(letter, Kind.QUESTION_REMINDER) == 0


def test_erased_while_the_question_is_owed_it_does_not_go() -> None:
    letter = sent_letter()
    reminding.owe(NOW + 14 * DAY, live=False)
    privacy.erase_on_request(letter, now=NOW + 14 * DAY)
    assert not delivering.deliver_due(clock=lambda: NOW + 14 * DAY).sent


def test_whoever_could_not_be_asked_is_not_asked_again(mail_server: MailServer) -> None:
    letter = sent_letter()
    mail_server.faults = [Fault.NOBODY_THERE]
    assert work(NOW + 14 * DAY, live=True).failed == 1
    assert not work(NOW + 21 * DAY, live=True).any_moved
    assert letter.events.get().kind == LetterEvent.Kind.NOTICE_BOUNCED


def test_the_week_is_counted_from_the_question_that_went() -> None:
    letter = sent_letter()
    work(NOW + 14 * DAY)
    letter.deliveries.update(done_at=NOW + 16 * DAY)
    reminding.owe(NOW + 21 * DAY, live=False)
    assert owed(letter, Kind.QUESTION_REMINDER) == 0
    reminding.owe(NOW + 23 * DAY, live=False)
    assert owed(letter, Kind.QUESTION_REMINDER) == 1


@pytest.mark.parametrize(("ask", "again", "mails"), [(0, 7, 0), (14, 0, 1), (3, 2, 2)])
def test_a_place_may_ask_sooner_or_not_at_all(
    settings: Settings, ask: int, again: int, mails: int
) -> None:
    settings.ASK_AFTER_DAYS, settings.ASK_AGAIN_AFTER_DAYS = ask, again
    sent_letter()
    for days in range(28):
        work(NOW + days * DAY)
    assert len(subjects()) == mails
    text = "".join(message.text for message in outbox.newest())
    assert ("we ask once more" in text) == (mails == 2)


def test_letters_of_the_other_mode_are_left_alone() -> None:
    sent_letter()
    waiting_letter(NOW + 13 * DAY)
    assert reminding.owe(NOW + 14 * DAY, live=True) == 0
    assert reminding.owe(NOW + 14 * DAY, live=False) == 2


# --- Once -------------------------------------------------------------------------


def test_any_number_are_asked_in_one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminding, "AT_A_TIME", 2)
    for _ in range(5):
        sent_letter()
    assert reminding.owe(NOW + 14 * DAY, live=False) == 5
    assert Delivery.objects.waiting().count() == 5


def test_who_is_told_to_stop_does_so_between_batches_and_the_next_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reminding, "AT_A_TIME", 2)
    for _ in range(5):
        sent_letter()
    answers = iter([False, False, *[True] * 10])
    when = NOW + 14 * DAY
    owed = reminding.owe(when, live=False, should_stop=lambda: next(answers))
    assert owed == Delivery.objects.waiting().count() == 2
    assert reminding.owe(when, live=False) == 3


def test_of_two_workers_that_see_one_letter_one_owes_its_mail() -> None:
    sent_letter()
    rounds: list[int] = []

    def come_first(execute: Any, sql: str, *rest: Any) -> Any:
        if not rounds and sql.startswith("INSERT"):
            rounds.append(0)
            rounds[0] = reminding.owe(NOW + 14 * DAY, live=False)
        return execute(sql, *rest)

    with connection.execute_wrapper(come_first):
        reminding.owe(NOW + 14 * DAY, live=False)
    assert rounds == [1]
    assert Delivery.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_ask_each_writer_once() -> None:
    letters = [sent_letter() for _ in range(12)] + [
        waiting_letter(NOW + 13 * DAY) for _ in range(12)
    ]
    start = threading.Barrier(4)
    faults: list[Exception] = []

    def owe() -> None:
        start.wait()
        try:
            reminding.owe(NOW + 14 * DAY, live=False)
        except Exception as error:  # noqa: BLE001 - told below
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=owe) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    for letter in letters:
        assert owed(letter, Kind.QUESTION, Kind.REMINDER) == 1


def test_with_nothing_due_it_costs_three_questions_and_at_night_none(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    sent_letter()
    # Besides whether Parliament sits.
    with django_assert_num_queries(4):
        reminding.owe(NOW, live=False)
    with django_assert_num_queries(0):
        reminding.owe(NOW + 12 * HOUR, live=False)


@pytest.mark.parametrize(
    ("state", "fields"),
    [
        (State.QUEUED, {"asked_at": NOW}),
        (State.ACCEPTED, {"asked_again_at": NOW}),
    ],
)
def test_what_cannot_be_is_refused_by_the_database(
    state: State, fields: dict[str, object]
) -> None:
    make_letter(state=state)
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.update(**fields)
