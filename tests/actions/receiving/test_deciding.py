"""What a person decides on a mail."""

import pytest
from django.contrib.auth.models import User

from actions import addresses, lifecycle, owing, passing_on
from actions.incoming.verdicts import Kind
from actions.models import Delivery, IncomingMail, Letter, LetterEvent, Tally
from actions.receiving import deciding, following
from actions.receiving import events as events_taking
from actions.receiving.deciding import Deed
from actions.receiving.events import Event
from tests.actions.factories import NOW, make_letter, make_organiser
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
State = IncomingMail.State


@pytest.fixture
def somebody() -> User:
    return make_organiser()


def doubtful(letter: Letter) -> IncomingMail:
    mail = take(raw("doubt-short-promise", letter))
    assert mail.state == State.FOR_A_PERSON
    return mail


def decide(mail: IncomingMail, deed: Deed, by: User) -> str:
    words = deciding.decide(mail, deed, NOW, by=by)
    mail.refresh_from_db()
    return words


def test_what_is_an_answer_goes_on_and_is_kept_until_it_went(somebody: User) -> None:
    letter = gone()
    mail = doubtful(letter)
    assert decide(mail, Deed.IS_A_REPLY, somebody)
    assert (mail.kind, mail.state, mail.decided_by) == ("reply", "decided", somebody)
    assert mail.emptied_at is None
    assert owed(letter) == [Delivery.Kind.FORWARD]
    letter.refresh_from_db()
    assert letter.reply_seen_at == NOW


def test_what_is_a_bounce_ends_the_letter_and_is_erased(somebody: User) -> None:
    letter = gone()
    mail = doubtful(letter)
    assert decide(mail, Deed.IS_A_BOUNCE, somebody)
    letter.refresh_from_db()
    assert letter.state == Letter.State.BOUNCED
    assert owed(letter) == [Delivery.Kind.BOUNCE_NOTICE]
    assert bytes(mail.content) == b""


def test_what_is_automatic_is_noted(somebody: User) -> None:
    letter = gone()
    mail = doubtful(letter)
    assert decide(mail, Deed.IS_AUTOMATIC, somebody)
    assert events(letter) == [LetterEvent.Kind.ACKNOWLEDGEMENT_SEEN]
    letter.refresh_from_db()
    assert letter.reply_seen_at is None


def test_what_is_nothing_is_erased(somebody: User) -> None:
    letter = gone()
    mail = doubtful(letter)
    assert decide(mail, Deed.IS_NOTHING, somebody)
    assert (mail.kind, bytes(mail.content)) == ("doubt", b"")
    assert (events(letter), owed(letter)) == ([], [])


def test_an_answer_that_is_not_passed_on_is_told_of(somebody: User) -> None:
    letter = gone()
    mails = [
        take(written(letter, f"Answer {number}."))
        for number in range(following.PASSED_ON_A_DAY + 1)
    ]
    decide(mails[-1], Deed.IS_NOTHING, somebody)
    assert events(letter) == [LetterEvent.Kind.REPLY_NOT_FORWARDED]


def test_of_two_decisions_the_first_counts(somebody: User) -> None:
    letter = gone()
    mail = doubtful(letter)
    assert decide(mail, Deed.IS_NOTHING, somebody)
    assert not decide(mail, Deed.IS_A_REPLY, somebody)
    assert owed(letter) == []


def test_nothing_follows_for_a_letter_that_never_went(somebody: User) -> None:
    letter = make_letter(state=Letter.State.CANCELLED)
    mail = doubtful(letter)
    assert "Nothing follows" in decide(mail, Deed.IS_A_REPLY, somebody)
    assert bytes(mail.content) == b""


def tried(state: Letter.State) -> tuple[Letter, IncomingMail]:
    """Make a letter that may have gone, and the answer to it that came."""
    letter = make_letter(state=state)
    lifecycle.note(letter, LetterEvent.Kind.RETRIED, NOW)
    mail = take(raw("reply-plain", letter))
    assert mail.state == State.FOR_A_PERSON
    return letter, mail


MAY_HAVE_GONE = pytest.mark.parametrize(
    "state",
    [
        Letter.State.QUEUED,
        Letter.State.HELD,
        Letter.State.FAILED,
        Letter.State.CANCELLED,
    ],
)


@MAY_HAVE_GONE
def test_an_answer_to_a_letter_that_may_have_gone_is_passed_on(
    somebody: User, state: Letter.State
) -> None:
    letter, mail = tried(state)
    assert "passed on" in decide(mail, Deed.IS_A_REPLY, somebody)
    assert Delivery.Kind.FORWARD in owed(letter)
    assert bytes(mail.content)
    letter.refresh_from_db()
    assert (letter.state, letter.reply_seen_at) == (state, None)
    forward = letter.deliveries.get(kind=Delivery.Kind.FORWARD)
    assert owing.is_owed(forward, NOW)
    assert passing_on.of(forward)


@MAY_HAVE_GONE
def test_an_automatic_reply_to_a_letter_that_may_have_gone_is_noted(
    somebody: User, state: Letter.State
) -> None:
    letter, mail = tried(state)
    assert decide(mail, Deed.IS_AUTOMATIC, somebody)
    assert events(letter)[1:] == [LetterEvent.Kind.ACKNOWLEDGEMENT_SEEN]
    assert Delivery.Kind.FORWARD in owed(letter)


def test_an_answer_to_a_letter_that_may_have_gone_is_told_of_if_not_passed_on(
    somebody: User,
) -> None:
    letter, mail = tried(Letter.State.QUEUED)
    decide(mail, Deed.IS_NOTHING, somebody)
    assert events(letter)[1:] == [LetterEvent.Kind.REPLY_NOT_FORWARDED]
    assert bytes(mail.content) == b""


def test_no_bounce_moves_a_letter_that_no_server_is_known_to_have_taken(
    somebody: User,
) -> None:
    letter, mail = tried(Letter.State.QUEUED)
    assert "has not gone" in decide(mail, Deed.IS_A_BOUNCE, somebody)
    letter.refresh_from_db()
    assert letter.state == Letter.State.QUEUED


def doubt_about_a_notice(letter: Letter, *, told_by: str) -> IncomingMail:
    """Take in what only a person understands, about a mail of ours to the writer."""
    notice = sent(letter, Delivery.Kind.CONFIRMATION)
    if told_by == "provider":
        event = Event(Kind.DOUBT, "Some provider", notice.pk, "1", "", words="Away?")
        return events_taking.take_in(event, NOW, live=not letter.is_demo)
    content = raw("doubt-null-sender-says-nothing", letter)
    came_to = addresses.notice_address_of(letter)
    if told_by == "header":
        return take(content.replace(b"To: ", f"To: {came_to}, ".encode(), 1))
    return take(content, recipient=came_to)


ABOUT_A_NOTICE = pytest.mark.parametrize("told_by", ["header", "envelope", "provider"])


@ABOUT_A_NOTICE
@pytest.mark.parametrize("state", [Letter.State.ACCEPTED, Letter.State.NO_ANSWER])
def test_a_bounce_of_our_own_mail_is_noted_and_no_bounce_of_the_letter(
    somebody: User, state: Letter.State, told_by: str
) -> None:
    letter = gone(state)
    mail = doubt_about_a_notice(letter, told_by=told_by)
    assert mail.state == State.FOR_A_PERSON
    assert "a mail of ours" in decide(mail, Deed.IS_A_BOUNCE, somebody)
    letter.refresh_from_db()
    assert letter.state == state
    assert events(letter)[-1] == LetterEvent.Kind.NOTICE_BOUNCED
    assert owed(letter) == []
    assert (mail.kind, bytes(mail.content)) == ("bounce", b"")
    assert not Tally.objects.filter(step=Tally.Step.BOUNCED).exists()


@ABOUT_A_NOTICE
def test_a_bounce_of_our_own_mail_ends_mail_to_whom_never_confirmed(
    somebody: User, told_by: str
) -> None:
    letter = make_letter()
    mail = doubt_about_a_notice(letter, told_by=told_by)
    Delivery.objects.create(
        letter=letter, kind=Delivery.Kind.REMINDER, is_demo=True, due_at=NOW
    )
    assert "a mail of ours" in decide(mail, Deed.IS_A_BOUNCE, somebody)
    assert events(letter) == [LetterEvent.Kind.NOTICE_BOUNCED]
    assert owed(letter) == []


@pytest.mark.parametrize("deed", [Deed.IS_AUTOMATIC, Deed.IS_NOTHING])
def test_what_else_is_about_our_own_mail_says_nothing_of_the_office(
    somebody: User, deed: Deed
) -> None:
    letter = gone()
    assert decide(doubt_about_a_notice(letter, told_by="envelope"), deed, somebody)
    assert (events(letter), owed(letter)) == ([], [])


def test_a_complaint_is_about_the_mail_that_it_carries(somebody: User) -> None:
    letter = gone()
    notice = sent(letter, Delivery.Kind.QUESTION)
    carried = f"\r\n\r\nMessage-ID: <{notice.pk}@postbag.invalid>\r\n".encode()
    mail = take(raw("doubt-short-promise", letter) + carried)
    decide(mail, Deed.IS_A_BOUNCE, somebody)
    assert events(letter) == [LetterEvent.Kind.NOTICE_BOUNCED]


def test_a_bounce_of_what_came_back_before_changes_nothing(somebody: User) -> None:
    letter = gone(Letter.State.BOUNCED)
    mail = doubtful(letter)
    assert "came back before" in decide(mail, Deed.IS_A_BOUNCE, somebody)
    assert events(letter) == []
