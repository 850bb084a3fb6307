"""What becomes of a mail that comes in, of its letter, and of nothing else."""

import datetime
import logging
import threading
import time
import uuid

import pytest
from django.db import connection
from pytest_django import Settings

from actions import lifecycle
from actions.errors import TooEarlyError
from actions.lifecycle import Move
from actions.models import (
    Delivery,
    FailingAddress,
    IncomingMail,
    Letter,
    LetterEvent,
    Tally,
)
from actions.receiving import following, taking
from tests.actions.factories import NOW, make_letter, make_representative
from tests.actions.incoming import mails
from tests.actions.receiving.arriving import (
    events,
    gone,
    owed,
    raw,
    sent,
    take,
    written,
)

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
Kind, State = IncomingMail.Kind, IncomingMail.State


def told(letter: Letter) -> Letter:
    letter.refresh_from_db()
    return letter


# --- Bounces ------------------------------------------------------------------------


def test_a_letter_that_comes_back_is_told_of_and_its_address_marked() -> None:
    letter = gone()
    mail = take(raw("bounce-postfix", letter))
    assert (mail.kind, mail.state, bytes(mail.content)) == (Kind.BOUNCE, "done", b"")
    assert told(letter).state == Letter.State.BOUNCED
    assert owed(letter) == [Delivery.Kind.BOUNCE_NOTICE]
    assert events(letter) == [LetterEvent.Kind.BOUNCED]
    assert Tally.objects.get(step=Tally.Step.BOUNCED).count == 1
    mark = FailingAddress.objects.get()
    assert mark.address == letter.recipient_email
    assert mark.cause.startswith("550 5.1.1")
    assert letter.recipient_email not in mark.cause


def test_letters_queued_for_an_address_that_fails_wait() -> None:
    member = make_representative()
    letter, queued = (
        gone(representative=member),
        make_letter(state=Letter.State.QUEUED, representative=member),
    )
    take(raw("bounce-postfix", letter))
    assert told(queued).held_for == Letter.Hold.ADDRESS_FAILING


def test_the_same_mail_twice_is_one() -> None:
    letter = gone()
    first = take(raw("bounce-postfix", letter))
    assert take(raw("bounce-postfix", letter)) == first
    assert events(letter) == [LetterEvent.Kind.BOUNCED]
    assert Tally.objects.get(step=Tally.Step.BOUNCED).count == 1


def test_a_second_bounce_of_a_letter_changes_nothing() -> None:
    letter = gone()
    take(raw("bounce-postfix", letter))
    mail = take(raw("bounce-exim-dsn", letter))
    assert (mail.state, mail.reason) == ("done", "The letter had come back already.")
    assert events(letter) == [LetterEvent.Kind.BOUNCED]


def test_our_mail_refused_by_a_rule_marks_no_address_and_goes_to_a_person() -> None:
    letter = gone()
    mail = take(raw("bounce-blocked-by-policy", letter))
    assert told(letter).state == Letter.State.BOUNCED
    assert mail.state == State.FOR_A_PERSON
    assert not FailingAddress.objects.exists()


def test_an_address_is_marked_by_a_second_letter_that_proves_nothing() -> None:
    member = make_representative()
    letters = [gone(representative=member) for _ in range(2)]
    bounces = [
        raw("bounce-postfix", letter).replace(
            str(letter.deliveries.get().pk).encode(), b"unknown"
        )
        for letter in letters
    ]
    take(bounces[0])
    assert not FailingAddress.objects.exists()
    take(bounces[1], now=NOW + DAY)
    assert FailingAddress.objects.get().address == member.email


@pytest.mark.parametrize(
    ("status", "is_marked"),
    [
        ("5.1.1", True),
        ("5.1.2", True),
        ("5.1.10", True),
        ("5.2.1", True),
        ("5.2.2", False),
        ("5.1.8", False),
        ("5.4.7", False),
        ("5.3.4", False),
    ],
)
def test_only_what_speaks_of_the_address_marks_it(
    status: str, *, is_marked: bool
) -> None:
    letter = gone()
    content = raw("bounce-postfix", letter)
    content = content.replace(b"5.1.1", status.encode()).replace(
        b"Recipient address rejected: User unknown", b"no"
    )
    take(content)
    assert told(letter).state == Letter.State.BOUNCED
    assert FailingAddress.objects.exists() == is_marked


def test_a_bounce_of_a_letter_that_was_answered_goes_to_a_person() -> None:
    letter = gone()
    lifecycle.make(Move.ANSWER, letter, NOW)
    mail = take(raw("bounce-postfix", letter))
    assert mail.state == State.FOR_A_PERSON
    assert told(letter).state == Letter.State.ANSWERED
    assert not FailingAddress.objects.exists()


def test_a_bounce_of_a_letter_that_never_went_goes_to_a_person() -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    mail = take(raw("bounce-postfix", letter))
    assert mail.state == State.FOR_A_PERSON
    assert told(letter).state == Letter.State.QUEUED


def test_a_forged_bounce_of_another_mail_goes_to_a_person() -> None:
    letter = gone()
    forged = raw("bounce-postfix", letter).replace(
        str(letter.deliveries.get().pk).encode(), str(uuid.uuid4()).encode()
    )
    mail = take(forged)
    assert (mail.kind, mail.state) == (Kind.DOUBT, State.FOR_A_PERSON)
    assert told(letter).state == Letter.State.ACCEPTED


def test_mail_for_a_letter_in_a_workers_hands_comes_again_later() -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    letter.deliveries.update(
        lease=uuid.uuid4(), leased_until=NOW + datetime.timedelta(minutes=1)
    )
    with pytest.raises(TooEarlyError):
        take(raw("bounce-postfix", letter))
    assert not IncomingMail.objects.exists()


# --- Our own mails to supporters ----------------------------------------------------


def test_a_confirmation_that_comes_back_ends_mail_to_that_address() -> None:
    letter = make_letter()
    confirmation = Delivery.Kind.CONFIRMATION
    content = raw("bounce-postfix", letter, confirmation)
    sent(letter, confirmation)
    Delivery.objects.create(
        letter=letter, kind=Delivery.Kind.REMINDER, is_demo=True, due_at=NOW
    )
    mail = take(content)
    assert (mail.kind, mail.state) == (Kind.BOUNCE, State.DONE)
    assert told(letter).state == Letter.State.AWAITING_CONFIRMATION
    assert events(letter) == [LetterEvent.Kind.NOTICE_BOUNCED]
    assert owed(letter) == []
    assert not FailingAddress.objects.exists()


def test_an_answer_that_comes_back_is_told_of() -> None:
    letter = gone()
    take(raw("reply-plain", letter))
    letter.deliveries.filter(kind=Delivery.Kind.FORWARD).update(
        state=Delivery.State.SENT, done_at=NOW
    )
    take(raw("bounce-postfix", letter, Delivery.Kind.FORWARD))
    assert events(letter) == [LetterEvent.Kind.REPLY_NOT_FORWARDED]
    assert told(letter).state == Letter.State.ACCEPTED


def test_a_supporters_notice_of_absence_ends_here() -> None:
    letter = gone()
    absent = raw("absence-vacation-program", letter, Delivery.Kind.LETTER)
    domain = b"@postbag.invalid"
    tag = letter.tag.encode()
    mail = take(absent, recipient=f"notice.{letter.tag}{domain.decode()}", sender="")
    assert tag in absent
    assert (mail.state, events(letter), owed(letter)) == (State.DONE, [], [])


# --- Answers ------------------------------------------------------------------------


def test_an_answer_is_owed_to_the_letters_writer_and_nobody_else() -> None:
    letter = gone()
    content = raw("reply-plain", letter)
    mail = take(content, recipient=f"jo.{letter.tag}@postbag.invalid")
    assert (mail.kind, mail.state) == (Kind.REPLY, State.DONE)
    assert bytes(mail.content) == content
    assert owed(letter) == [Delivery.Kind.FORWARD]
    assert Delivery.objects.get(kind="forward").reply == mail
    assert told(letter).reply_seen_at == NOW


def test_an_automatic_reply_is_noted_and_passed_on_but_no_answer() -> None:
    letter = gone()
    take(raw("ack-parliament-auto-submitted", letter))
    assert events(letter) == [LetterEvent.Kind.ACKNOWLEDGEMENT_SEEN]
    assert owed(letter) == [Delivery.Kind.FORWARD]
    assert told(letter).reply_seen_at is None


def test_more_answers_than_go_on_by_themselves_go_to_a_person() -> None:
    letter = gone()
    found = [
        take(written(letter, f"I shall ask the minister, {number}."))
        for number in range(following.PASSED_ON_A_DAY + 2)
    ]
    states = [mail.state for mail in found]
    assert states == ["done"] * 3 + [State.FOR_A_PERSON] * 2
    assert len(owed(letter)) == following.PASSED_ON_A_DAY
    later = take(written(letter, "And again."), now=NOW + 2 * DAY)
    assert later.state == State.DONE


def test_a_flood_of_mail_for_a_letter_is_counted_and_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(taking, "MOST_OF_A_LETTER", 4)
    letter = gone()
    found = [take(written(letter, f"Answer {number}.")) for number in range(6)]
    assert [bool(mail.content) for mail in found] == [True] * 4 + [False] * 2
    assert found[-1].state == State.DONE
    # The answer may have been one of these two; its writer is told, once.
    told = letter.events.filter(kind=LetterEvent.Kind.REPLY_NOT_FORWARDED)
    assert told.count() == 1


def test_a_letter_comes_back_however_long_its_server_said_that_it_tries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(taking, "MOST_OF_A_LETTER", 2)
    letter = gone()
    delay = raw("delay-postfix", letter)
    for number in range(6):
        take(delay.replace(b"Subject: ", b"Subject: %d " % number, 1))
    for number in range(4):
        take(written(letter, f"Answer {number}."))
    bounce = raw("bounce-postfix", letter)
    taken = [
        take(bounce.replace(b"Subject: ", b"Subject: %d " % number, 1))
        for number in range(4)
    ]
    letter.refresh_from_db()
    assert letter.state == Letter.State.BOUNCED
    assert letter.incoming.count() == 14
    assert [mail.reason.startswith("More came") for mail in taken] == [
        *[False] * 2,
        *[True] * 2,
    ]


@pytest.mark.parametrize("name", ["reply-plain", "ack-parliament-auto-submitted"])
def test_nothing_goes_on_for_a_letter_that_has_not_gone(name: str) -> None:
    letter = make_letter(state=Letter.State.CANCELLED)
    mail = take(raw(name, letter))
    assert (mail.state, bytes(mail.content)) == (State.DONE, b"")
    assert not Delivery.objects.filter(kind="forward").exists()


@pytest.mark.parametrize("name", ["reply-plain", "ack-parliament-auto-submitted"])
@pytest.mark.parametrize(
    "state", [Letter.State.QUEUED, Letter.State.HELD, Letter.State.FAILED]
)
def test_what_answers_a_letter_that_was_tried_waits_for_a_person(
    name: str, state: Letter.State
) -> None:
    letter = make_letter(state=state)
    Delivery.objects.update_or_create(
        letter=letter,
        kind=Delivery.Kind.LETTER,
        defaults={"is_demo": letter.is_demo, "attempts": 1},
    )
    content = raw(name, letter)
    mail = take(content)
    assert (mail.state, bytes(mail.content)) == (State.FOR_A_PERSON, content)
    assert (events(letter), told(letter).state) == ([], state)
    assert not Delivery.objects.filter(kind="forward").exists()


@pytest.mark.parametrize("kind", [LetterEvent.Kind.RETRIED, LetterEvent.Kind.WITHHELD])
def test_what_answers_a_letter_that_may_have_gone_before_waits_for_a_person(
    kind: LetterEvent.Kind,
) -> None:
    letter = make_letter(state=Letter.State.CANCELLED)
    lifecycle.note(letter, kind, NOW)
    assert take(raw("reply-plain", letter)).state == State.FOR_A_PERSON


def test_an_answer_to_a_letter_that_was_tried_is_told_of_where_it_cannot_be_read(
    settings: Settings,
) -> None:
    settings.LARGEST_INCOMING_BYTES = 100_000
    letter = make_letter(state=Letter.State.QUEUED)
    letter.deliveries.update(attempts=1)
    take(written(letter, "x" * 200_000))
    assert events(letter) == [LetterEvent.Kind.REPLY_NOT_FORWARDED]


def test_an_answer_to_a_letter_in_a_workers_hands_comes_again_later() -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    letter.deliveries.update(lease=uuid.uuid4(), leased_until=NOW)
    with pytest.raises(TooEarlyError):
        take(raw("reply-plain", letter))


def test_supporters_are_never_sent_their_own_mail() -> None:
    letter = gone()
    own = written(letter, "Thank you for your answer.", sender=letter.sender_email)
    assert take(own).state == State.FOR_A_PERSON
    absent = written(
        letter,
        "I am away.",
        sender=letter.sender_email.upper(),
        headers="Auto-Submitted: auto-replied\r\n",
    )
    assert take(absent).state == State.DONE
    assert owed(letter) == []


def test_header_injection_stays_text() -> None:
    letter = gone()
    mail = take(raw("reply-header-injection-in-subject", letter))
    assert mail.kind == Kind.REPLY


# --- The rest -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["delay-postfix", "delivered-postfix", "receipt-displayed"]
)
def test_receipts_and_delays_are_noted_only(name: str) -> None:
    letter = gone()
    mail = take(raw(name, letter))
    assert (mail.state, bytes(mail.content)) == (State.DONE, b"")
    assert (events(letter), owed(letter)) == ([], [])


@pytest.mark.parametrize(
    "name", ["challenge-click", "complaint-arf", "doubt-spam", "doubt-encrypted"]
)
def test_what_only_people_understand_waits_for_one_and_is_kept(name: str) -> None:
    letter = gone()
    content = raw(name, letter)
    mail = take(content)
    assert (mail.state, bytes(mail.content)) == (State.FOR_A_PERSON, content)
    assert owed(letter) == []


def test_mail_that_goes_round_is_dropped() -> None:
    letter = gone()
    mail = take(raw("loop-our-header", letter))
    assert (mail.kind, mail.state, bytes(mail.content)) == (Kind.LOOP, "done", b"")
    hops = "Received: from a by b\r\n" * 10_000
    began = time.monotonic()
    mail = take(written(letter, "Round and round.", headers=hops))
    assert time.monotonic() - began < 5
    assert (mail.kind, mail.state) == (Kind.LOOP, State.DONE)
    assert (events(letter), owed(letter)) == ([], [])


@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        (
            "bounce-postfix",
            Kind.BOUNCE,
            "A mail server says that the letter was not delivered.",
        ),
        ("reply-plain", Kind.REPLY, "Nothing in it says that a machine wrote it."),
        (
            "complaint-arf",
            Kind.COMPLAINT,
            "The recipient's provider passes on a complaint.",
        ),
    ],
)
def test_mail_for_an_unknown_letter_is_noted_and_not_kept(
    name: str, kind: str, reason: str
) -> None:
    mail = take(mails.raw(name).replace(b"letters.example", b"postbag.invalid"))
    mail.refresh_from_db()
    assert mail.letter is None
    assert (mail.state, bytes(mail.content)) == (State.DONE, b"")
    assert (mail.kind, mail.reason) == (kind, reason)
    assert not Delivery.objects.exists()
    assert not LetterEvent.objects.exists()


def test_mail_for_a_letter_of_the_other_mode_is_for_none(settings: Settings) -> None:
    letter = gone()
    settings.DELIVERY_IS_LIVE = True
    assert take(raw("reply-plain", letter)).letter is None


def test_a_mail_for_two_letters_is_taken_in_for_each() -> None:
    letters = [gone(), gone()]
    content = raw("reply-plain", letters[0])
    for letter in letters:
        take(content, recipient=f"jo.{letter.tag}@postbag.invalid")
    assert [owed(letter) for letter in letters] == [["forward"], ["forward"]]


def _to_both(letters: list[Letter], name: str = "reply-plain") -> bytes:
    """Write a mail of which nobody says for which of two letters it is."""
    second = f"<sam.{letters[1].tag}@postbag.invalid>"
    return f"X-Original-To: jo.{letters[0].tag}@postbag.invalid\r\n".encode() + raw(
        name, letters[0]
    ).replace(b"\nTo: ", f"\nTo: {second}, ".encode(), 1)


def test_a_mail_for_two_letters_at_once_waits_for_a_person() -> None:
    letters = [gone(), gone()]
    mail = take(_to_both(letters))
    assert (mail.letter, mail.state) == (letters[0], State.FOR_A_PERSON)
    assert bytes(mail.content)
    assert mail.reason == "It came for several letters."
    assert [events(letter) for letter in letters] == [[], []]
    assert [owed(letter) for letter in letters] == [[], []]
    assert take(_to_both(letters)) == mail


def test_a_mail_for_a_letter_and_a_tag_of_none_waits_under_the_letter() -> None:
    letters = [gone(), gone()]
    content = _to_both(letters).replace(letters[0].tag.encode(), b"a" * 13)
    mail = take(content)
    assert (mail.letter, mail.state) == (letters[1], State.FOR_A_PERSON)


def test_a_mail_for_two_tags_of_no_letter_is_kept_for_nobody() -> None:
    letters = [gone(), gone()]
    content = _to_both(letters)
    for letter, other in zip(letters, (b"a" * 13, b"b" * 13), strict=True):
        content = content.replace(letter.tag.encode(), other)
    mail = take(content)
    assert (mail.letter, mail.state, bytes(mail.content)) == (None, State.DONE, b"")


def test_our_own_mail_that_comes_back_for_two_letters_waits_for_nobody() -> None:
    letters = [gone(), gone()]
    loop = next(name for name in mails.NAMES if name.startswith("loop-"))
    mail = take(_to_both(letters, loop))
    assert (mail.kind, mail.state) == (IncomingMail.Kind.LOOP, State.DONE)


def test_a_mail_that_is_too_large_is_told_of_and_not_kept(settings: Settings) -> None:
    settings.LARGEST_INCOMING_BYTES = 100_000
    letter = gone()
    mail = take(written(letter, "x" * 200_000))
    assert "LARGEST_INCOMING_BYTES" in mail.reason
    assert (mail.state, bytes(mail.content)) == (State.DONE, b"")
    assert events(letter) == [LetterEvent.Kind.REPLY_NOT_FORWARDED]


def test_nothing_personal_stands_in_the_log_or_the_row(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    letter = gone()
    for name in mails.NAMES:
        take(raw(name, letter))
    assert not [one for one in caplog.records if one.levelno >= logging.WARNING]
    said = caplog.text + "".join(IncomingMail.objects.values_list("reason", flat=True))
    for personal in (letter.sender_email, letter.recipient_email, letter.tag):
        assert personal not in said


@pytest.mark.django_db(transaction=True)
def test_of_two_processes_one_takes_a_mail_in() -> None:
    letter = gone()
    content, ready = raw("reply-plain", letter), threading.Barrier(2)
    faults: list[BaseException] = []

    def run() -> None:
        try:
            ready.wait(10)
            take(content)
        except BaseException as error:
            faults.append(error)
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not faults
    assert IncomingMail.objects.count() == 1
    assert owed(letter) == [Delivery.Kind.FORWARD]
