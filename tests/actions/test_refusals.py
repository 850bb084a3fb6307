"""What a reason means that is kept when a mail does not go."""

import smtplib

import pytest
from anymail.exceptions import AnymailAPIError

from actions import refusals
from actions.errors import (
    DeliveryError,
    LostAnswerError,
    NoWayOutError,
    PermanentDeliveryError,
    RefusedUsError,
    TemporaryDeliveryError,
)


def told(code: int, answer: str) -> refusals.Explanation:
    """What the writer reads of a mail server's answer."""
    error = smtplib.SMTPDataError(code, answer.encode())
    return refusals.explained(str(refusals.meaning_of(error)))


@pytest.mark.parametrize(
    ("code", "answer", "words"),
    [
        (550, "5.1.1 <mp@parliament.example>: user unknown", "no such mailbox"),
        (550, "No such user: the mailbox does not exist", "no such mailbox"),
        (452, "4.2.2 The mailbox is over quota", "is full"),
        (552, "5.2.2 Mailbox full", "is full"),
        (552, "5.3.4 Message size exceeds limit", "too large"),
        (450, "4.2.0 Greylisted, please try again", "come again later"),
        (421, "4.7.0 Too many connections, slow down", "too much to do"),
        (554, "5.7.1 Message rejected as spam by policy", "a rule against"),
        (550, "5.4.4 Host not found, domain unreachable", "No way was found"),
        (451, "4.3.0 Something odd", "could not take it at that moment"),
        (450, "4.1.1 Recipient unknown just now", "could not take it at that moment"),
        (554, "Transaction failed", "did not say clearly why"),
    ],
)
def test_a_servers_answer_is_told_in_plain_words(
    code: int, answer: str, words: str
) -> None:
    told_to_writer = told(code, answer)
    assert words in told_to_writer.words
    assert str(code) not in told_to_writer.words
    assert told_to_writer.answer.startswith(str(code))


def test_a_server_that_was_not_reached_is_named_without_a_programs_words() -> None:
    reason = str(refusals.meaning_of(OSError("no route to 10.0.0.1")))
    assert refusals.explained(reason) == refusals.Explanation(
        "The mail server could not be reached."
    )


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        smtplib.SMTPServerDisconnected("gone"),
        ValueError("a header"),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates"),
    ],
)
def test_a_reason_of_our_own_is_plain_already(error: OSError | ValueError) -> None:
    reason = refusals.reason(error)
    assert refusals.explained(reason) == refusals.Explanation(reason)
    assert reason.endswith(".")


SENDER, RECIPIENT, TEXT = "MAIL FROM", "RCPT TO", "DATA"


@pytest.mark.parametrize(
    ("said_to", "code", "answer", "meaning"),
    [
        (SENDER, 553, "5.7.1 sender rejected: not owned by user", RefusedUsError),
        (SENDER, 550, "no mail from you", RefusedUsError),
        (SENDER, 530, "5.7.0 Authentication required", RefusedUsError),
        (SENDER, 451, "4.7.1 too many messages, slow down", RefusedUsError),
        (SENDER, 552, "5.3.4 Message size exceeds limit", PermanentDeliveryError),
        (SENDER, 452, "4.3.1 Insufficient system storage", TemporaryDeliveryError),
        (RECIPIENT, 554, "5.7.1 <mp@x.example>: Relay access denied", RefusedUsError),
        (RECIPIENT, 454, "4.7.1 <mp@x.example>: Relay access denied", RefusedUsError),
        (RECIPIENT, 550, "5.7.54 Unable to relay recipient", RefusedUsError),
        (RECIPIENT, 550, "relaying denied", RefusedUsError),
        (RECIPIENT, 530, "log in first", RefusedUsError),
        (SENDER, 550, "Message too big: size exceeded", PermanentDeliveryError),
        (SENDER, 523, "length exceeds administrative limit", PermanentDeliveryError),
        (SENDER, 554, "5.3.4 too big for us", PermanentDeliveryError),
        (RECIPIENT, 553, "5.7.1 Sender address rejected: not owned", RefusedUsError),
        (RECIPIENT, 550, "5.1.8 Sender address rejected", RefusedUsError),
        (RECIPIENT, 554, "5.7.1 Client host rejected: Access denied", RefusedUsError),
        (RECIPIENT, 550, "5.1.2 Relay not allowed.", RefusedUsError),
        (RECIPIENT, 550, "Sender verify failed", RefusedUsError),
        (RECIPIENT, 535, "5.7.8 Authentication required", RefusedUsError),
        (TEXT, 550, "5.7.60 client does not have permissions", RefusedUsError),
        (TEXT, 554, "5.2.252 SendAsDenied", RefusedUsError),
        # Of this address: it has a word like it, or another server said it.
        (RECIPIENT, 550, "<relay@x.example> user unknown", PermanentDeliveryError),
        (RECIPIENT, 550, "5.1.1 no user, no relay", PermanentDeliveryError),
        (
            RECIPIENT,
            550,
            "undeliverable address: host mx.x.example said: 554 relay access denied",
            PermanentDeliveryError,
        ),
        (RECIPIENT, 451, "greylisted", TemporaryDeliveryError),
        (TEXT, 530, "5.7.0 Authentication required", RefusedUsError),
        (TEXT, 554, "5.7.1 your open relay is blocked", PermanentDeliveryError),
        (TEXT, 451, "4.3.0 try again later", TemporaryDeliveryError),
    ],
)
def test_what_is_said_against_us_is_told_from_what_is_said_against_a_mail(
    said_to: str, code: int, answer: str, meaning: type[DeliveryError]
) -> None:
    said = code, answer.encode()
    error: OSError = smtplib.SMTPDataError(*said)
    if said_to == SENDER:
        error = smtplib.SMTPSenderRefused(*said, "bounce.tag@postbag.example")
    if said_to == RECIPIENT:
        error = smtplib.SMTPRecipientsRefused({"mp@x.example": said})
    found = refusals.meaning_of(error)
    assert type(found) is meaning
    assert str(code) in str(found)
    assert "x.example" not in str(found)


@pytest.mark.parametrize(
    ("status", "diagnostic", "kept"),
    [
        (
            "5.1.1",
            "550 <jo@mail.example>: user Jo unknown",
            "550 5.1.1 user unknown",
        ),
        ("5.7.1", "rejected by policy (see 192.0.2.25)", "550 5.7.1 rejected policy"),
        ("4.4.1", "connection timed out", "450 4.4.1 connection timed"),
        ("", "", "550"),
    ],
)
def test_a_bounce_is_kept_like_a_servers_answer(
    status: str, diagnostic: str, kept: str
) -> None:
    assert refusals.told_in_a_bounce(status, diagnostic) == kept
    assert refusals.explained(kept).answer == kept


# --- Amazon, which is asked by boto3 and not by requests ------------------------------


class EndpointConnectionError(Exception):
    """As boto3's."""


class ReadTimeoutError(Exception):
    """As boto3's."""


def of_amazon(
    cause: Exception | None = None, status: int | None = None
) -> DeliveryError:
    """Tell what Anymail raises of what boto3 raises."""
    said = {"ResponseMetadata": {"HTTPStatusCode": status}} if status else None
    error = AnymailAPIError("of jo@secret.example", response=said)
    error.__cause__ = cause
    return refusals.meaning_of(error)


@pytest.mark.parametrize(
    ("cause", "status", "meaning"),
    [
        (EndpointConnectionError(), None, NoWayOutError),
        (ReadTimeoutError(), None, LostAnswerError),
        (None, 403, NoWayOutError),
        (None, 429, NoWayOutError),
        (None, 400, TemporaryDeliveryError),
        (None, 503, TemporaryDeliveryError),
        (None, None, TemporaryDeliveryError),
    ],
)
def test_what_amazon_answers_means_what_others_answer(
    cause: Exception | None, status: int | None, meaning: type[DeliveryError]
) -> None:
    found = of_amazon(cause, status)
    assert type(found) is meaning
    assert "secret" not in str(found)
