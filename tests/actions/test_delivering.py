"""The worker's deeds, against a real mail server that fails in every way."""

import datetime
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from actions import (
    claiming,
    delivering,
    failing,
    history,
    mail,
    outbox,
    passing_over,
    reasons,
    recording,
    submitting,
)
from actions.errors import WrongModeError
from actions.mail_server import Dialogue
from actions.models import (
    Delivery,
    FailingAddress,
    IncomingMail,
    Letter,
    LetterEvent,
    Tally,
)
from representatives.models import Representative
from tests import promise
from tests.actions.factories import (
    BODY,
    NOW,
    make_campaign,
    make_letter,
    make_representative,
)
from tests.smtp import Fault, MailServer, mail_server, text_of

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db

MINUTE = datetime.timedelta(minutes=1)


def deliver(now: datetime.datetime = NOW) -> delivering.Tidings:
    return delivering.deliver_due(clock=lambda: now)


def delivery_of(letter: Letter, kind: str = Delivery.Kind.LETTER) -> Delivery:
    return letter.deliveries.get(kind=kind)


def kinds(letter: Letter) -> list[str]:
    return list(letter.events.values_list("kind", flat=True))


def tallied(step: str) -> int:
    return sum(Tally.objects.filter(step=step).values_list("count", flat=True))


def test_a_queued_letter_is_sent_accepted_and_counted(mail_server: MailServer) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    tidings = deliver()
    letter.refresh_from_db()
    assert (tidings.sent, tidings.trouble) == (1, "")
    assert mail_server.recipients == [letter.recipient_email]
    assert letter.state == Letter.State.ACCEPTED
    assert letter.accepted_at == letter.ended_at == NOW
    assert kinds(letter) == [LetterEvent.Kind.ACCEPTED]
    assert tallied(Tally.Step.ACCEPTED) == 1
    delivery = delivery_of(letter)
    assert (delivery.state, delivery.attempts) == (Delivery.State.SENT, 1)
    assert (delivery.done_at, delivery.lease) == (NOW, None)


def test_each_mail_tells_the_server_where_it_comes_back_to(
    mail_server: MailServer,
) -> None:
    letter, asking = make_letter(state=Letter.State.QUEUED), make_letter()
    deliver()
    assert set(mail_server.senders) == {
        f"bounce.{letter.tag}@postbag.example",
        f"notice.{asking.tag}@postbag.example",
    }


def test_a_confirmation_mail_is_noted_and_the_letter_waits_on(
    mail_server: MailServer,
) -> None:
    letter = make_letter()
    deliver()
    letter.refresh_from_db()
    assert mail_server.recipients == [letter.sender_email]
    assert letter.state == Letter.State.AWAITING_CONFIRMATION
    assert kinds(letter) == [LetterEvent.Kind.CONFIRMATION_SENT]
    assert not Tally.objects.exists()


def test_nothing_due_later_is_sent_now(mail_server: MailServer) -> None:
    make_letter(state=Letter.State.QUEUED, now=NOW + MINUTE)
    assert not deliver().any_moved
    assert mail_server.raw == []


def test_a_busy_server_is_tried_again_and_then_takes_the_letter(
    mail_server: MailServer,
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    mail_server.faults = [Fault.BUSY, Fault.BUSY]
    assert deliver().postponed == 1
    delivery = delivery_of(letter)
    assert delivery.due_at == NOW + delivering.PAUSES[0]
    assert delivery.last_error == "451 4.7.1 greylisted try again later"
    assert not deliver(NOW + MINUTE / 2).any_moved
    assert deliver(NOW + MINUTE).postponed == 1
    assert delivery_of(letter).due_at == NOW + MINUTE + delivering.PAUSES[1]
    assert deliver(NOW + 6 * MINUTE).sent == 1
    assert kinds(letter) == [
        LetterEvent.Kind.RETRIED,
        LetterEvent.Kind.RETRIED,
        LetterEvent.Kind.ACCEPTED,
    ]
    assert len(mail_server.raw) == 1


def test_pauses_grow_and_end_after_about_two_days() -> None:
    assert list(delivering.PAUSES) == sorted(delivering.PAUSES)
    total = sum(delivering.PAUSES, datetime.timedelta())
    assert datetime.timedelta(hours=44) < total < datetime.timedelta(hours=52)


def test_a_letter_refused_for_good_fails_and_its_writer_gets_the_text(
    mail_server: MailServer,
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    mail_server.faults = [Fault.NOBODY_THERE]
    tidings = deliver()
    letter.refresh_from_db()
    assert (tidings.failed, tidings.sent) == (1, 1)
    assert letter.state == Letter.State.FAILED
    assert tallied(Tally.Step.FAILED) == 1
    assert tallied(Tally.Step.ACCEPTED) == 0
    assert delivery_of(letter).last_error == "550 5.1.1 user unknown"
    assert mail_server.recipients == [letter.sender_email]
    text = text_of(mail_server.mails[0])
    assert BODY.splitlines()[-1] in text
    assert "House of Commons\nLondon SW1A 0AA" in text


def test_what_a_server_repeats_of_the_letter_is_not_kept(
    mail_server: MailServer,
) -> None:
    letter = make_letter(state=Letter.State.QUEUED, subject="Zebedee of Urumqi")
    mail_server.faults = [Fault.REFUSED]
    deliver()
    failure = letter.events.get(kind=LetterEvent.Kind.FAILED)
    assert failure.cause == delivery_of(letter).last_error
    assert failure.cause == "554 5.7.1 message rejected of is spam"


def test_after_the_last_pause_a_letter_is_given_up(mail_server: MailServer) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    now = NOW
    for pause in (*delivering.PAUSES, None):
        mail_server.faults = [Fault.BUSY]
        deliver(now)
        now += pause or MINUTE
    letter.refresh_from_db()
    assert letter.state == Letter.State.FAILED
    assert delivery_of(letter).attempts == len(delivering.PAUSES) + 1
    assert mail_server.recipients == [letter.sender_email]


def test_a_confirmation_that_nobody_takes_is_given_up_and_the_letter_left_to_expire(
    mail_server: MailServer,
) -> None:
    letter = make_letter()
    mail_server.faults = [Fault.NOBODY_THERE]
    assert deliver().failed == 1
    letter.refresh_from_db()
    assert letter.state == Letter.State.AWAITING_CONFIRMATION
    assert letter.deliveries.count() == 1
    event = letter.events.get()
    assert event.kind == LetterEvent.Kind.NOTICE_BOUNCED
    assert event.cause == "550 5.1.1 user unknown"
    [told] = history.of(letter, timezone.now())
    assert told.words == "A mail of ours to you could not be delivered."
    assert told.cause == "The mail server knows no such mailbox."
    assert told.answer == "550 5.1.1 user unknown"


def test_after_a_mail_that_nobody_takes_no_reminder_goes(
    mail_server: MailServer,
) -> None:
    letter = make_letter()
    for kind in (Delivery.Kind.LINKS, Delivery.Kind.REMINDER):
        is_first = kind == Delivery.Kind.LINKS
        due_at = NOW if is_first else NOW + MINUTE
        Delivery.objects.create(
            letter=letter, kind=kind, is_demo=letter.is_demo, due_at=due_at
        )
    delivery_of(letter, Delivery.Kind.CONFIRMATION).delete()
    mail_server.faults = [Fault.NOBODY_THERE]
    assert deliver().failed == 1
    assert deliver(NOW + MINUTE).dropped == 1
    assert kinds(letter) == [LetterEvent.Kind.NOTICE_BOUNCED]


def test_a_notice_that_nobody_takes_is_told_of_beside_its_letters_end(
    mail_server: MailServer,
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    mail_server.faults = [Fault.NOBODY_THERE, Fault.REFUSED]
    assert deliver().failed == 2
    assert kinds(letter) == [
        LetterEvent.Kind.FAILED,
        LetterEvent.Kind.NOTICE_BOUNCED,
    ]


@pytest.mark.parametrize(
    "kind",
    sorted(
        set(Delivery.Kind)
        - {
            Delivery.Kind.LETTER,
            Delivery.Kind.SUBSCRIPTION,
            Delivery.Kind.REOPENING,
        }
    ),
)
def test_whatever_mail_of_ours_fails_the_letters_history_tells_it(kind: str) -> None:
    letter = make_letter(state=Letter.State.ACCEPTED)
    mine = {"letter": letter, "kind": kind, "is_demo": letter.is_demo}
    if kind == Delivery.Kind.FORWARD:
        mine["reply"] = IncomingMail.objects.create(
            letter=letter, is_demo=letter.is_demo, kind="reply", state="done", size=1
        )
    owed = Delivery.objects.create(**mine)
    assert recording.failed(owed, "550 5.1.1 user unknown", NOW)
    is_a_reply = kind == Delivery.Kind.FORWARD
    told = LetterEvent.Kind
    assert kinds(letter) == [
        told.REPLY_NOT_FORWARDED if is_a_reply else told.NOTICE_BOUNCED
    ]


@pytest.mark.parametrize("fault", [Fault.HANGS_UP_BEFORE_THE_END, Fault.STALLS])
def test_a_lost_connection_costs_one_letter_a_pause_and_the_others_nothing(
    mail_server: MailServer, fault: Fault
) -> None:
    campaign = make_campaign()
    letters = [
        make_letter(state=Letter.State.QUEUED, campaign=campaign) for _ in range(3)
    ]
    mail_server.faults = [None, fault]
    tidings = deliver()
    assert (tidings.sent, tidings.postponed) == (1, 1)
    assert tidings.trouble
    waiting = Delivery.objects.waiting().filter(letter__in=letters)
    assert sorted(waiting.values_list("attempts", "lease")) == [(0, None), (1, None)]
    assert deliver().sent == 1
    assert deliver(NOW + MINUTE).sent == 1
    assert tallied(Tally.Step.ACCEPTED) == len(letters)


def test_a_letter_whose_answer_got_lost_goes_again_with_the_same_id(
    mail_server: MailServer,
) -> None:
    make_letter(state=Letter.State.QUEUED)
    mail_server.faults = [Fault.HANGS_UP_AFTER_THE_END]
    assert deliver().postponed == 1
    assert deliver(NOW + MINUTE).sent == 1
    first, second = mail_server.ids
    assert first == second
    assert tallied(Tally.Step.ACCEPTED) == 1


def test_without_a_mail_server_nothing_is_lost_and_no_attempt_counted(
    mail_server: MailServer, settings: Settings
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    settings.EMAIL_PORT = 1
    tidings = deliver()
    assert tidings.trouble == "The mail server hung up or did not answer in time."
    delivery = delivery_of(letter)
    assert (delivery.attempts, delivery.lease, delivery.state) == (0, None, "waiting")


@pytest.mark.parametrize("takes_groups", [True, False])
@pytest.mark.parametrize(
    "answer",
    [
        "553 5.7.1 sender address rejected: not owned by user",
        "530 5.7.0 authentication required",
        "421 4.7.0 too many messages",
    ],
)
def test_a_server_that_takes_no_mail_from_us_costs_no_letter_a_try(
    mail_server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    *,
    takes_groups: bool,
) -> None:
    monkeypatch.setattr(passing_over, "SECONDS", 0.0)
    mail_server.takes_groups = takes_groups
    mail_server.says_to_senders = answer
    letters = promise.queue(3)
    for _ in range(2 * passing_over.TIMES):
        tidings = deliver(timezone.now())
        assert answer[:9] in tidings.trouble
        assert not tidings.any_moved
    waiting = Delivery.objects.waiting().values_list("attempts", "lease")
    assert list(waiting) == [(0, None)] * 3
    mail_server.says_to_senders = ""
    assert deliver(timezone.now()).sent == 3
    assert LetterEvent.objects.filter(letter__in=letters).count() == 3


@pytest.mark.parametrize("takes_groups", [True, False])
def test_a_server_that_does_not_relay_for_us_fails_no_letter(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, *, takes_groups: bool
) -> None:
    monkeypatch.setattr(passing_over, "SECONDS", 0.0)
    mail_server.takes_groups = takes_groups
    promise.queue(3)
    mail_server.faults = [None, Fault.RELAYS_NOT]
    tidings = deliver(timezone.now())
    assert tidings.trouble == (
        "The mail server takes no mail from us: 554 5.7.1 relay access denied."
    )
    assert (tidings.sent, tidings.failed, tidings.postponed) == (1, 0, 0)
    assert deliver(timezone.now()).sent == 2
    assert set(Delivery.objects.values_list("attempts")) == {(1,)}


def test_what_is_said_against_us_of_one_mail_alone_is_its_own_fault(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    [refused, *others] = promise.queue(4)
    refused.deliveries.update(due_at=timezone.now() - 60 * MINUTE)
    mail_server.faults_of[refused.recipient_email] = [Fault.RELAYS_NOT] * 9
    assert deliver(timezone.now()).trouble
    # It keeps nobody waiting, and its place for when the server takes mail from us.
    assert deliver(timezone.now()).sent == len(others)
    waiting = refused.deliveries.get()
    assert (waiting.attempts, waiting.lease) == (0, None)
    assert waiting.due_at < timezone.now() - 30 * MINUTE
    for _ in range(passing_over.TIMES):
        assert refused.deliveries.get().attempts == 0
        promise.queue(1)
        with monkeypatch.context() as time:
            # As a minute later.
            time.setattr(passing_over, "SECONDS", 0.0)
            deliver(timezone.now())
        deliver(timezone.now())
    waiting.refresh_from_db()
    assert (waiting.attempts, waiting.last_error) == (
        1,
        "554 5.7.1 relay access denied",
    )


def test_a_name_that_no_mail_can_carry_fails_for_good(mail_server: MailServer) -> None:
    letter = make_letter(state=Letter.State.QUEUED, subject="One\nBcc: all@mps.example")
    assert deliver().failed == 1
    assert mail_server.recipients == [letter.sender_email]
    assert "Bcc" not in mail_server.mails[0]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("SENDER_ADDRESS", "Postbag <letters@postbag.example>"),
        ("CONTROLLER_CONTACT", "Data Team <data@postbag.example>"),
    ],
)
def test_an_address_of_ours_that_is_none_costs_no_mail_an_attempt(
    mail_server: MailServer, settings: Settings, name: str, address: str
) -> None:
    letters = [make_letter(), make_letter(state=Letter.State.QUEUED)]
    setattr(settings, name, address)
    tidings = deliver()
    assert not tidings.any_moved
    assert (
        tidings.trouble == f"{name} is not an e-mail address: set it and start again."
    )
    owed = Delivery.objects.waiting().filter(letter__in=letters)
    assert list(owed.values_list("attempts", "lease")) == [(0, None)] * 2
    setattr(settings, name, "letters@postbag.example")
    assert deliver().sent == 2


def test_a_letter_to_an_mp_who_has_left_is_held_and_its_writer_told(
    mail_server: MailServer,
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    Representative.objects.filter(pk=letter.representative_id).update(is_current=False)
    tidings = deliver()
    letter.refresh_from_db()
    assert (tidings.failed, tidings.dropped, tidings.sent) == (0, 1, 1)
    assert (letter.state, letter.held_for) == (Letter.State.HELD, Letter.Hold.VACANT)
    assert tallied(Tally.Step.FAILED) == 0
    assert letter.events.get(kind=LetterEvent.Kind.HELD).cause == Letter.Hold.VACANT
    assert mail_server.recipients == [letter.sender_email]
    told = " ".join(text_of(mail_server.mails[0]).split())
    assert "Whom you wrote to has left the seat" in told
    assert "we ask you by mail whether your letter is to go to them" in told


def test_our_own_mails_go_although_the_mp_has_left(mail_server: MailServer) -> None:
    letters = [
        make_letter(state=state)
        for state in (Letter.State.AWAITING_CONFIRMATION, Letter.State.REPEATED)
    ]
    Representative.objects.update(is_current=False)
    assert deliver().sent == len(letters)


def test_whether_the_mp_has_left_costs_no_query_a_letter(
    mail_server: MailServer,
) -> None:
    campaign = make_campaign()
    for _ in range(3):
        make_letter(state=Letter.State.QUEUED, campaign=campaign)
    with CaptureQueriesContext(connection) as asked:
        assert deliver().sent == 3
    table = f'"{Representative._meta.db_table}"'
    assert sum(table in query["sql"] for query in asked) == 1


def test_two_claims_at_once_share_the_mails(mail_server: MailServer) -> None:
    campaign = make_campaign()
    for _ in range(5):
        make_letter(state=Letter.State.QUEUED, campaign=campaign)
    first = claiming.claim(NOW, live=True, at_most=3)
    second = claiming.claim(NOW, live=True, at_most=3)
    assert (len(first), len(second)) == (3, 2)
    assert not {one.pk for one in first} & {one.pk for one in second}


def test_a_dead_workers_mails_are_free_when_its_lease_is_over(
    mail_server: MailServer,
) -> None:
    make_letter(state=Letter.State.QUEUED)
    claiming.claim(NOW, live=True, at_most=3)
    almost = NOW + claiming.lease_time() - datetime.timedelta(seconds=1)
    assert not deliver(almost).any_moved
    assert deliver(NOW + claiming.lease_time()).sent == 1


def test_a_worker_whose_lease_went_to_another_records_nothing(
    mail_server: MailServer,
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    other = uuid.uuid4()

    def clock() -> datetime.datetime:
        # After the claim, while the mail goes out, another worker takes over.
        if mail_server.begun.is_set():
            letter.deliveries.update(lease=other)
        return NOW

    tidings = delivering.deliver_due(clock=clock)
    assert tidings.sent == 0
    assert delivery_of(letter).lease == other
    letter.refresh_from_db()
    assert letter.state == Letter.State.QUEUED
    assert not Tally.objects.exists()


def test_a_slow_worker_gives_back_what_it_has_not_begun_so_that_it_can_be_cancelled(
    mail_server: MailServer,
) -> None:
    campaign = make_campaign()
    letters = [
        make_letter(state=Letter.State.QUEUED, campaign=campaign) for _ in range(3)
    ]
    later = NOW + 2 * delivering.HELD_FOR

    def should_stop() -> bool:
        # Asked between two batches, when nothing is held.
        return len(mail_server.raw) > 0 and _held() == 0

    tidings = delivering.deliver_due(
        clock=lambda: later if mail_server.raw else NOW, should_stop=should_stop
    )
    assert (tidings.sent, _held()) == (1, 0)
    waiting = [one for one in letters if submitting.cancel(one, now=later)]
    assert len(waiting) == 2


def test_a_connection_is_closed_after_its_share_of_mails(
    mail_server: MailServer,
) -> None:
    campaign, seat = make_campaign(), make_representative()
    many = mail.MAILS_A_CONNECTION + 1
    for _ in range(many):
        make_letter(state=Letter.State.QUEUED, campaign=campaign, representative=seat)
    before = mail_server.connections
    assert deliver().sent == many
    assert mail_server.connections - before == 2


def test_a_new_connection_costs_no_mail_its_place_in_the_batch(
    mail_server: MailServer,
) -> None:
    campaign, seat = make_campaign(), make_representative()
    many = 2 * mail.MAILS_A_CONNECTION + 10
    for _ in range(many):
        make_letter(state=Letter.State.QUEUED, campaign=campaign, representative=seat)
    with CaptureQueriesContext(connection) as asked:
        assert deliver().sent == many
    claims = [one for one in asked if 'SET "lease" = ' in one["sql"]]
    # 10, 20, 40, 80 and what is left: whatever went over a connection before.
    assert len([one for one in claims if "due_at" in one["sql"]]) == 5
    assert len(set(mail_server.ids)) == len(mail_server.ids) == many


def test_a_mail_server_that_lets_nobody_in_again_costs_no_letter_a_try(
    mail_server: MailServer,
) -> None:
    campaign, seat = make_campaign(), make_representative()
    for _ in range(mail.MAILS_A_CONNECTION + 20):
        make_letter(state=Letter.State.QUEUED, campaign=campaign, representative=seat)

    def close_for_others() -> None:
        mail_server.closes_every = 1

    mail_server.at_taking = close_for_others
    tidings = deliver()
    assert tidings.sent == mail.MAILS_A_CONNECTION
    assert tidings.trouble
    assert (tidings.postponed, tidings.perhaps_twice) == (0, 0)
    waiting = Delivery.objects.waiting().values_list("attempts", "lease")
    assert list(waiting) == [(0, None)] * 20
    mail_server.closes_every = 0
    mail_server.at_taking = lambda: None
    assert deliver().sent == 20
    assert len(set(mail_server.ids)) == len(mail_server.ids)


@pytest.mark.parametrize("takes_groups", [True, False])
def test_a_server_that_agrees_more_slowly_than_a_batch_may_be_held_gets_every_mail(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, *, takes_groups: bool
) -> None:
    monkeypatch.setattr(delivering, "HELD_FOR", datetime.timedelta(seconds=0.05))
    mail_server.takes_groups = takes_groups
    mail_server.seconds_to_agree = 0.2
    campaign = make_campaign()
    for _ in range(3):
        make_letter(state=Letter.State.QUEUED, campaign=campaign)
    began = time.monotonic()
    tidings = delivering.deliver_due(
        clock=lambda: NOW + (time.monotonic() - began) * datetime.timedelta(seconds=1)
    )
    assert (tidings.sent, tidings.trouble) == (3, "")
    assert len(set(mail_server.ids)) == len(mail_server.ids) == 3


def test_mails_that_a_slow_worker_gave_back_do_not_count_against_its_connection(
    mail_server: MailServer,
) -> None:
    campaign, seat = make_campaign(), make_representative()
    many = mail.MAILS_A_CONNECTION // 4
    for _ in range(many):
        make_letter(state=Letter.State.QUEUED, campaign=campaign, representative=seat)
    before = mail_server.connections
    # One mail takes longer than a batch may be held.
    tidings = delivering.deliver_due(
        clock=lambda: NOW + 2 * delivering.HELD_FOR * len(mail_server.raw)
    )
    assert tidings.sent == many
    assert mail_server.connections - before == 1


def test_a_slow_worker_claims_no_more_than_it_sends_meanwhile(
    mail_server: MailServer,
) -> None:
    campaign, seat = make_campaign(), make_representative()
    for _ in range(20):
        make_letter(state=Letter.State.QUEUED, campaign=campaign, representative=seat)
    held: list[int] = []

    def should_stop() -> bool:
        held.append(_held())
        return len(mail_server.raw) > 1

    delivering.deliver_due(
        clock=lambda: NOW + 2 * delivering.HELD_FOR * len(mail_server.raw),
        should_stop=should_stop,
    )
    # Before each mail of the first batch, of which one is sent, and of the second.
    assert [count for count in held if count] == [10, 10, 1]


def test_marks_that_a_killed_worker_left_are_settled_when_its_lease_is_over(
    mail_server: MailServer,
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    (delivery,) = claiming.claim(NOW, live=True, at_most=1)
    recording.sent(delivery, NOW)
    assert not submitting.cancel(letter, now=NOW)
    deliver(NOW + MINUTE / 60)
    letter.refresh_from_db()
    assert letter.state == Letter.State.QUEUED
    for _ in range(2):
        deliver(NOW + claiming.lease_time())
    letter.refresh_from_db()
    assert letter.state == Letter.State.ACCEPTED
    assert kinds(letter) == [LetterEvent.Kind.ACCEPTED]
    assert tallied(Tally.Step.ACCEPTED) == 1
    assert mail_server.raw == []


def test_tallies_are_counted_in_one_order_whatever_the_order_of_delivery(
    mail_server: MailServer,
) -> None:
    # Two workers that count the same tallies in two orders wait for each other.
    campaigns = [make_campaign() for _ in range(2)]
    seats = [make_representative() for _ in range(3)]
    for campaign in reversed(campaigns):
        for seat in reversed(seats):
            for own_words in (80, 30, 20, 10, 0):
                make_letter(
                    state=Letter.State.QUEUED,
                    campaign=campaign,
                    representative=seat,
                    own_words=own_words,
                )
    counted: list[Any] = []

    def watch(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        if "actions_tally" in sql:
            campaign, seat, *_, own_words, _, letters = values
            counted.append((campaign, seat, own_words, letters))
        return execute(sql, values, many, context)

    deliveries = claiming.claim(NOW, live=True, at_most=30)
    for delivery in deliveries:
        recording.sent(delivery, NOW)
    with connection.execute_wrapper(watch):
        recording.settle(deliveries[0].lease, NOW)
    assert counted == sorted(counted)
    assert [letters for *_, letters in counted] == [1, 2, 1, 1] * 6


@pytest.mark.django_db(transaction=True)
def test_marks_that_were_left_are_settled_though_the_database_was_away_for_a_moment(
    mail_server: MailServer,
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    (delivery,) = claiming.claim(NOW, live=True, at_most=1)
    recording.sent(delivery, NOW)
    faults = [OperationalError("the database is away")]

    def fail_once(execute: Any, sql: str, *rest: Any) -> Any:
        if faults and sql.startswith('UPDATE "actions_letter"'):
            raise faults.pop()
        return execute(sql, *rest)

    with connection.execute_wrapper(fail_once):
        deliver(NOW + claiming.lease_time())
    letter.refresh_from_db()
    assert not faults
    assert letter.state == Letter.State.ACCEPTED
    assert tallied(Tally.Step.ACCEPTED) == 1


def _held() -> int:
    return Delivery.objects.exclude(lease=None).count()


def test_a_worker_told_to_stop_ends_after_the_letter_in_hand(
    mail_server: MailServer,
) -> None:
    campaign = make_campaign()
    for _ in range(3):
        make_letter(state=Letter.State.QUEUED, campaign=campaign)
    tidings = delivering.deliver_due(
        clock=lambda: NOW, should_stop=lambda: len(mail_server.raw) > 0
    )
    assert tidings.sent == 1
    assert _held() == 0


def test_a_letter_in_a_workers_hands_cannot_be_cancelled_and_is_sent(
    mail_server: MailServer,
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    claiming.claim(NOW, live=True, at_most=1)
    assert not submitting.cancel(letter, now=NOW)
    assert deliver(NOW + claiming.lease_time()).sent == 1


def test_a_cancelled_letter_is_not_sent(mail_server: MailServer) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    assert submitting.cancel(letter, now=NOW)
    assert not deliver().any_moved


def test_a_mail_no_longer_owed_is_dropped_unsent(mail_server: MailServer) -> None:
    late = make_letter(confirm_by=NOW)
    moved_on = make_letter()
    Letter.objects.filter(pk=moved_on.pk).update(state="cancelled", ended_at=NOW)
    assert deliver().dropped == 2
    assert mail_server.raw == []
    for letter in (late, moved_on):
        confirmation = delivery_of(letter, Delivery.Kind.CONFIRMATION)
        assert confirmation.state == Delivery.State.DROPPED


def test_a_mail_that_stops_being_owed_while_others_go_is_not_sent(
    mail_server: MailServer,
) -> None:
    campaign = make_campaign()
    make_letter(campaign=campaign)
    second = make_letter(campaign=campaign, now=NOW + MINUTE)

    def clock() -> datetime.datetime:
        if not mail_server.raw:
            return NOW + MINUTE
        Letter.objects.filter(pk=second.pk).update(state="cancelled", ended_at=NOW)
        return NOW + MINUTE + 2 * delivering.HELD_FOR

    tidings = delivering.deliver_due(clock=clock)
    assert (tidings.sent, tidings.dropped) == (1, 1)


@contextmanager
def any_kind_of_mail() -> Iterator[None]:
    """Have the database of this test take kinds of mail that it does not know."""
    before, after = (
        (
            "PRAGMA ignore_check_constraints = ON",
            "PRAGMA ignore_check_constraints = OFF",
        )
        if connection.vendor == "sqlite"
        # The end of the test puts it back.
        else (
            "ALTER TABLE actions_delivery DROP CONSTRAINT delivery_kinds_are_known",
            "SELECT 1",
        )
    )
    with connection.cursor() as cursor:
        connection.check_constraints()
        cursor.execute(before)
        try:
            yield
        finally:
            cursor.execute(after)


def test_a_fault_of_ours_puts_one_letter_off_and_lets_the_others_go(
    mail_server: MailServer,
) -> None:
    campaign = make_campaign()
    broken = make_letter(state=Letter.State.QUEUED, campaign=campaign)
    make_letter(state=Letter.State.QUEUED, campaign=campaign, now=NOW + MINUTE)
    # No code of ours makes such a row; some later version might.
    with any_kind_of_mail():
        Delivery.objects.filter(letter=broken).update(kind="telegram")
        later = NOW + MINUTE
        with pytest.raises(ValueError, match="telegram"):
            deliver(later)
        assert deliver(later).sent == 1


def test_in_demo_mode_letters_go_to_the_outbox_whatever_backend_is_set(
    settings: Settings,
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    letter = make_letter(state=Letter.State.QUEUED)
    assert deliver().sent == 1
    assert letter.pk in outbox.owners()


def test_after_a_switch_to_live_demo_letters_are_withdrawn_and_never_sent(
    mail_server: MailServer,
) -> None:
    queued = make_letter(state=Letter.State.QUEUED, is_demo=True)
    unconfirmed = make_letter(is_demo=True)
    failed = make_letter(state=Letter.State.FAILED, is_demo=True)
    real = make_letter(state=Letter.State.QUEUED)
    tidings = deliver()
    assert (tidings.sent, tidings.dropped) == (1, 3)
    assert mail_server.recipients == [real.recipient_email]
    for letter in (queued, unconfirmed):
        letter.refresh_from_db()
        assert letter.state == Letter.State.CANCELLED
        assert kinds(letter) == [LetterEvent.Kind.WITHDRAWN]
    failed.refresh_from_db()
    assert failed.state == Letter.State.FAILED
    assert not Delivery.objects.waiting().exists()
    trial = Tally.objects.filter(is_demo=True)
    assert sum(trial.values_list("count", flat=True)) == 2
    assert set(trial.values_list("step", flat=True)) == {Tally.Step.CANCELLED}


def test_a_demo_worker_leaves_real_letters_alone() -> None:
    real = make_letter(state=Letter.State.QUEUED, is_demo=False)
    assert not deliver().any_moved
    assert delivery_of(real).state == Delivery.State.WAITING


@pytest.mark.parametrize("is_live", [True, False])
def test_the_door_itself_refuses_a_letter_of_the_other_mode(
    mail_server: MailServer, settings: Settings, *, is_live: bool
) -> None:
    settings.DELIVERY_IS_LIVE = is_live
    letter = make_letter(state=Letter.State.QUEUED, is_demo=is_live)
    wrong = mail.message_for(delivery_of(letter), now=NOW)
    with mail.open_connection() as way_out, pytest.raises(WrongModeError):
        way_out.send(wrong)
    assert mail_server.raw == []
    assert letter.pk not in outbox.owners()


def test_a_letter_deleted_while_it_was_in_hand_is_let_go(
    mail_server: MailServer,
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)

    def clock() -> datetime.datetime:
        if mail_server.begun.is_set():
            Letter.objects.filter(pk=letter.pk).delete()
        return NOW

    assert delivering.deliver_due(clock=clock).sent == 0
    assert not Tally.objects.exists()
    assert settings.DELIVERY_IS_LIVE


# --- An address that refuses ----------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "is_marked"), [(Fault.NOBODY_THERE, True), (Fault.REFUSED, False)]
)
def test_an_address_that_is_none_fails_once_and_others_wait_for_a_better_one(
    mail_server: MailServer, fault: Fault, *, is_marked: bool
) -> None:
    member = make_representative()
    campaign = make_campaign()
    first, second = (
        make_letter(
            state=Letter.State.QUEUED,
            campaign=campaign,
            representative=member,
            now=NOW + place * MINUTE,
        )
        for place in range(2)
    )
    mail_server.faults = [fault]
    assert delivering.deliver_due(clock=lambda: NOW).failed == 1
    # The worker does so every minute, and not amid a batch.
    failing.hold_waiting(NOW, live=True)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.state == Letter.State.FAILED
    assert FailingAddress.objects.exists() == is_marked
    assert (second.state, second.held_for) == (
        (Letter.State.HELD, Letter.Hold.ADDRESS_FAILING)
        if is_marked
        else (Letter.State.QUEUED, "")
    )


@pytest.mark.parametrize(
    ("reason", "is_of_it"),
    [
        ("550 5.1.1 user unknown", True),
        ("550 mailbox does not exist", True),
        ("550 5.0.0 user unknown", True),
        ("550 5.2.1 mailbox disabled", True),
        # Of our account, our domain and our mail.
        ("550 5.7.1 account suspended", False),
        ("550 5.1.8 sender domain does not exist", False),
        ("554 5.7.1 rejected for unknown spam", False),
        ("450 4.2.0 user unknown", False),
    ],
)
def test_what_a_refusal_says_of_the_address(reason: str, *, is_of_it: bool) -> None:
    assert failing.is_of_the_address(reason) == is_of_it


# --- What must not be taken for something else ----------------------------------------


def fail_once_as_it_is_written_down(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    postponed, failures = recording.postponed, [error]

    def fails_once(*values: Any) -> bool:
        if failures:
            raise failures.pop()
        return postponed(*values)

    monkeypatch.setattr(recording, "postponed", fails_once)


def test_a_lost_answer_stays_one_whatever_fails_as_it_is_written_down(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    mail_server.faults = [Fault.HANGS_UP_AFTER_THE_END]
    fail_once_as_it_is_written_down(monkeypatch, RuntimeError("something"))
    with pytest.raises(RuntimeError):
        deliver(NOW)
    event = letter.events.get(kind=LetterEvent.Kind.RETRIED)
    assert event.cause == reasons.LOST_ANSWER


@pytest.mark.django_db(transaction=True)
def test_a_lost_answer_is_written_down_although_the_database_was_away(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    mail_server.faults = [Fault.HANGS_UP_AFTER_THE_END]
    fail_once_as_it_is_written_down(monkeypatch, OperationalError("away"))
    assert deliver(NOW).postponed == 1
    event = letter.events.get(kind=LetterEvent.Kind.RETRIED)
    assert event.cause == reasons.LOST_ANSWER


@pytest.mark.parametrize("takes_groups", [True, False])
@pytest.mark.parametrize(
    ("code", "is_lost"), [(200, False), (252, False), (-1, True), (354, True)]
)
def test_an_odd_answer_to_a_text_is_a_yes_or_one_that_got_lost(
    mail_server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    *,
    is_lost: bool,
    takes_groups: bool,
) -> None:
    mail_server.takes_groups = takes_groups
    letter = make_letter(state=Letter.State.QUEUED)
    taken: list[bool] = []
    mail_server.at_taking = lambda: taken.append(True)
    getreply = Dialogue.getreply

    def odd(server: Dialogue) -> tuple[int, bytes]:
        said = getreply(server)
        return (code, said[1]) if taken and taken.pop() else said

    monkeypatch.setattr(Dialogue, "getreply", odd)
    tidings = deliver(NOW)
    assert (tidings.sent, tidings.postponed, tidings.perhaps_twice) == (
        (0, 1, 1) if is_lost else (1, 0, 0)
    )
    assert letter.events.filter(cause=reasons.LOST_ANSWER).exists() == is_lost


def test_a_batch_whose_claim_took_long_is_claimed_anew(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others may have freed it meanwhile, and send it."""
    campaign = make_campaign()
    for _ in range(3):
        make_letter(state=Letter.State.QUEUED, campaign=campaign)
    claim, now = claiming.claim, [NOW]
    claimed_at: list[datetime.datetime] = []

    def slow_at_first(at: Any, **named: Any) -> list[Delivery]:
        batch = claim(at, **named)
        if not claimed_at:
            now[0] += claiming.AMPLY + MINUTE / 60
            assert not mail_server.raw
        claimed_at.append(at)
        return batch

    monkeypatch.setattr(claiming, "claim", slow_at_first)
    tidings = delivering.deliver_due(clock=lambda: now[0])
    assert (tidings.sent, tidings.perhaps_twice) == (3, 0)
    assert claimed_at[0] == NOW
    assert claimed_at[1] > NOW + claiming.AMPLY
    assert not Delivery.objects.waiting().exists()


def test_mails_that_take_long_to_write_go_one_by_one(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = make_campaign()
    for _ in range(3):
        make_letter(state=Letter.State.QUEUED, campaign=campaign)
    now, message_for = [NOW], mail.message_for

    def slow(delivery: Delivery, **named: Any) -> mail.Mail:
        now[0] += 2 * delivering.HELD_FOR
        return message_for(delivery, **named)

    monkeypatch.setattr(mail, "message_for", slow)
    tidings = delivering.deliver_due(
        clock=lambda: now[0], should_stop=lambda: now[0] > NOW + MINUTE
    )
    assert tidings.sent == 3
