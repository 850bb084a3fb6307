"""What each mail of the corpus is, and why near misses are not the other thing."""

from dataclasses import replace
from typing import Final

import pytest

from actions import refusals
from actions.incoming import classifying
from actions.incoming.verdicts import Classification, Expected, Kind
from tests.actions.incoming import mails

KINDS: Final = {
    "bounce-blocked-by-policy": Kind.BOUNCE,
    "bounce-daemon-without-a-domain": Kind.BOUNCE,
    "bounce-exchange-html": Kind.BOUNCE,
    "bounce-exim-dsn": Kind.BOUNCE,
    "bounce-exim-old": Kind.BOUNCE,
    "bounce-expired-in-the-queue": Kind.BOUNCE,
    "bounce-forwarded-inside-the-office": Kind.BOUNCE,
    "bounce-gateway-barracuda-like": Kind.BOUNCE,
    "bounce-gateway-mimecast-like": Kind.BOUNCE,
    "bounce-gmail": Kind.BOUNCE,
    "bounce-null-sender-person-like-from": Kind.BOUNCE,
    "bounce-office365": Kind.BOUNCE,
    "bounce-postfix": Kind.BOUNCE,
    "bounce-postfix-headers-only-crlf": Kind.BOUNCE,
    "bounce-qmail": Kind.BOUNCE,
    "bounce-sendmail-two-recipients": Kind.BOUNCE,
    "bounce-status-without-action": Kind.BOUNCE,
    "bounce-utf8-recipient-and-long-diagnostic": Kind.BOUNCE,
    "bounce-welsh": Kind.BOUNCE,
    "bounce-welsh-in-words": Kind.BOUNCE,
    "bounce-without-original": Kind.BOUNCE,
    "bounce-without-report-type": Kind.BOUNCE,
    "delay-exim-warning": Kind.DELAY,
    "delay-office365": Kind.DELAY,
    "delay-postfix": Kind.DELAY,
    "delay-welsh": Kind.DELAY,
    "delivered-expanded-list": Kind.DELIVERED,
    "delivered-postfix": Kind.DELIVERED,
    "delivered-relayed-exchange": Kind.DELIVERED,
    "receipt-deleted-unread": Kind.READ_RECEIPT,
    "receipt-displayed": Kind.READ_RECEIPT,
    "receipt-welsh": Kind.READ_RECEIPT,
    "ack-bilingual": Kind.AUTO_REPLY,
    "ack-casework-system": Kind.AUTO_REPLY,
    "ack-encoded-subject": Kind.AUTO_REPLY,
    "ack-html-only": Kind.AUTO_REPLY,
    "ack-impersonal-without-the-word-automatic": Kind.AUTO_REPLY,
    "ack-parliament-auto-submitted": Kind.AUTO_REPLY,
    "ack-precedence-auto-reply": Kind.AUTO_REPLY,
    "ack-precedence-bulk": Kind.AUTO_REPLY,
    "ack-rule-without-any-header": Kind.AUTO_REPLY,
    "ack-to-the-envelope-without-headers": Kind.AUTO_REPLY,
    "ack-welsh": Kind.AUTO_REPLY,
    "ack-welsh-without-headers": Kind.AUTO_REPLY,
    "ack-x-autoreply": Kind.AUTO_REPLY,
    "absence-exchange": Kind.AUTO_REPLY,
    "absence-vacation-program": Kind.AUTO_REPLY,
    "absence-welsh": Kind.AUTO_REPLY,
    "absence-welsh-without-subject-sign": Kind.AUTO_REPLY,
    "absence-without-headers": Kind.AUTO_REPLY,
    "challenge-click": Kind.CHALLENGE,
    "challenge-reply": Kind.CHALLENGE,
    "challenge-welsh": Kind.CHALLENGE,
    "complaint-arf": Kind.COMPLAINT,
    "complaint-arf-auth-failure": Kind.COMPLAINT,
    "complaint-arf-not-spam": Kind.COMPLAINT,
    "loop-from-our-own-address": Kind.LOOP,
    "loop-our-header": Kind.LOOP,
    "loop-our-message-id": Kind.LOOP,
    "loop-redirected-letter-of-another": Kind.LOOP,
    "loop-too-many-servers": Kind.LOOP,
    "reply-alternative": Kind.REPLY,
    "reply-alternative-with-empty-plain": Kind.REPLY,
    "reply-asks-for-the-address": Kind.REPLY,
    "reply-away-but-answering": Kind.REPLY,
    "reply-bad-base64": Kind.REPLY,
    "reply-broken-mime-never-closed": Kind.REPLY,
    "reply-casework-system-of-substance": Kind.REPLY,
    "reply-crlf": Kind.REPLY,
    "reply-few-headers": Kind.REPLY,
    "reply-format-flowed": Kind.REPLY,
    "reply-header-injection-in-subject": Kind.REPLY,
    "reply-html-only": Kind.REPLY,
    "reply-mentions-delivery-failed": Kind.REPLY,
    "reply-null-bytes": Kind.REPLY,
    "reply-one-line": Kind.REPLY,
    "reply-only-an-attachment": Kind.REPLY,
    "reply-outlook-quotes-an-acknowledgement": Kind.REPLY,
    "reply-person-with-case-number": Kind.REPLY,
    "reply-plain": Kind.REPLY,
    "reply-quoted-address-as-name": Kind.REPLY,
    "reply-quotes-an-absence": Kind.REPLY,
    "reply-smime-signed": Kind.REPLY,
    "reply-unknown-charset": Kind.REPLY,
    "reply-upper-case-address": Kind.REPLY,
    "reply-welsh": Kind.REPLY,
    "reply-with-a-bounce-attached": Kind.REPLY,
    "reply-with-attachment": Kind.REPLY,
    "reply-with-calendar": Kind.REPLY,
    "reply-wrong-charset": Kind.REPLY,
    "doubt-bounce-for-another-recipient": Kind.DOUBT,
    "doubt-challenge-like-from-a-person": Kind.DOUBT,
    "doubt-empty": Kind.DOUBT,
    "doubt-encrypted": Kind.DOUBT,
    "doubt-forged-bounce-another-message-id": Kind.DOUBT,
    "doubt-forged-bounce-another-tag": Kind.DOUBT,
    "doubt-list-mail": Kind.DOUBT,
    "doubt-no-sender": Kind.DOUBT,
    "doubt-no-tag": Kind.DOUBT,
    "doubt-null-sender-says-nothing": Kind.DOUBT,
    "doubt-only-a-quote": Kind.DOUBT,
    "doubt-report-of-nothing": Kind.DOUBT,
    "doubt-report-sent-by-a-person": Kind.DOUBT,
    "doubt-short-promise": Kind.DOUBT,
    "doubt-spam": Kind.DOUBT,
    "doubt-to-the-envelope-from-a-person": Kind.DOUBT,
    "doubt-two-tags": Kind.DOUBT,
    "doubt-words-about-another-recipient": Kind.DOUBT,
}


def judged(name: str, expected: Expected = mails.EXPECTED) -> Classification:
    return classifying.classify(mails.mail(name), expected)


def test_every_mail_of_the_corpus_has_its_kind_in_the_table() -> None:
    assert set(KINDS) == set(mails.NAMES)
    assert set(KINDS.values()) == set(Kind)


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_a_mail_is_taken_for_what_it_is(name: str, kind: Kind) -> None:
    found = judged(name)
    assert found.kind == kind, found
    assert found.reason.endswith(".")


@pytest.mark.parametrize("name", KINDS)
def test_what_is_said_of_a_mail_repeats_nothing_of_it(name: str) -> None:
    found = judged(name)
    said = " ".join((found.reason, *found.evidence))
    assert "@" not in said
    assert "Jo" not in said
    if found.failure:
        assert "@" not in found.failure.reason


@pytest.mark.parametrize(
    ("name", "status", "reason", "words"),
    [
        (
            "bounce-postfix",
            "5.1.1",
            "550 5.1.1 recipient address rejected user unknown",
            "no such mailbox",
        ),
        ("bounce-exim-dsn", "5.0.0", "550 5.0.0 mailbox full", "is full"),
        (
            "bounce-blocked-by-policy",
            "5.7.1",
            "554 5.7.1 message rejected spam policy",
            "a rule against",
        ),
        ("bounce-qmail", "5.1.1", "550 5.1.1", "no such mailbox"),
        ("bounce-exim-old", "", "550 5.0.0", "did not say clearly why"),
        ("delay-exim-warning", "", "450 4.0.0", "could not take it at that moment"),
        (
            "bounce-expired-in-the-queue",
            "4.4.7",
            "451 4.4.7 message expired queue",
            "No way was found",
        ),
    ],
)
def test_a_failure_is_kept_in_words_that_can_be_told(
    name: str, status: str, reason: str, words: str
) -> None:
    failure = judged(name).failure
    assert failure
    assert (failure.status, failure.reason) == (status, reason)
    assert words in refusals.explained(failure.reason).words


def test_a_report_on_the_letter_is_one_whoever_reads_the_mail_in_the_end() -> None:
    failure = judged("bounce-forwarded-inside-the-office").failure
    assert failure
    assert failure.recipient == mails.MP


def test_given_nothing_known_of_the_letter_a_report_is_believed_by_its_tag() -> None:
    unknown = Expected(domain=mails.DOMAIN)
    assert judged("bounce-postfix", unknown).kind == Kind.BOUNCE
    assert judged("doubt-bounce-for-another-recipient", unknown).kind == Kind.BOUNCE
    assert judged("doubt-forged-bounce-another-tag", unknown).kind == Kind.DOUBT


def test_a_bounce_in_words_about_another_mail_is_a_doubt() -> None:
    another = replace(mails.EXPECTED, message_ids=frozenset({"<x@letters.example>"}))
    assert judged("bounce-qmail", another).kind == Kind.DOUBT


@pytest.mark.parametrize(
    ("answer", "other"),
    [
        ("reply-mentions-delivery-failed", "bounce-null-sender-person-like-from"),
        ("reply-person-with-case-number", "ack-casework-system"),
        ("reply-quotes-an-absence", "absence-without-headers"),
        ("reply-away-but-answering", "absence-without-headers"),
        ("reply-asks-for-the-address", "ack-impersonal-without-the-word-automatic"),
        ("reply-with-a-bounce-attached", "bounce-postfix"),
        ("reply-outlook-quotes-an-acknowledgement", "ack-rule-without-any-header"),
        ("reply-plain", "doubt-short-promise"),
    ],
)
def test_an_answer_is_told_from_what_resembles_it(answer: str, other: str) -> None:
    assert judged(answer).kind == Kind.REPLY
    assert judged(other).kind != Kind.REPLY
