"""The mail that carries an answer on, as a reader's program shows it."""

import datetime
import email
import email.policy
import uuid
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
from pytest_django import Settings

from actions.headers import Party
from actions.incoming import classifying, forwarding, parsing
from actions.incoming.values import Attachment, IncomingMail
from actions.incoming.verdicts import Kind
from tests.actions.factories import NOW
from tests.actions.incoming import mails

ID = uuid.UUID("11111111-2222-4333-8444-555555555555")
OFFICE = Party("Jane Smith MP", mails.MP)
JO = Party("Jo Marsden", "jo@mail.example")


def passed_on(mail: IncomingMail) -> forwarding.PassedOn:
    return forwarding.pass_on(
        mail, sender_address=f"letters@{mails.DOMAIN}", office=OFFICE, to=JO
    )


def read(mail: IncomingMail, at: datetime.datetime = NOW) -> EmailMessage:
    wire = passed_on(mail).as_wire(ID, at=at)
    assert wire.isascii()
    assert max(map(len, wire.split(b"\r\n"))) <= 998
    message: Any = email.message_from_bytes(wire, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body
    content: str = body.get_content()
    return content.replace("\r\n", "\n")


def test_an_answer_comes_from_our_address_and_is_answered_at_theirs() -> None:
    message = read(mails.mail("reply-plain"))
    assert message["From"] == f"Jane Smith MP via Postbag <letters@{mails.DOMAIN}>"
    assert message["Reply-To"] == f"Jane Smith MP <{mails.MP}>"
    assert message["To"] == "Jo Marsden <jo@mail.example>"
    assert message["Subject"] == "Re: Forced labour in the Uyghur region"
    assert message["Message-ID"] == f"<{ID}@{mails.DOMAIN}>"
    assert message["Date"].datetime == NOW
    text = text_of(message)
    assert f"It came from {mails.MP}" in text
    assert "I share your concern." in text


def test_a_persons_words_are_no_automatic_mail_but_start_none_either() -> None:
    message = read(mails.mail("reply-plain"))
    assert "Auto-Submitted" not in message
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"


def test_what_was_passed_on_is_known_when_it_comes_back() -> None:
    wire = passed_on(mails.mail("reply-plain")).as_wire(ID, at=NOW)
    mail = parsing.parse(wire, domain=mails.DOMAIN)
    assert classifying.classify(mail, mails.EXPECTED).kind == Kind.LOOP


def test_a_subject_stays_one_header() -> None:
    message = read(mails.mail("reply-header-injection-in-subject"))
    assert message["Subject"] == "Re: yes Bcc: everybody@evil.example"
    assert "Bcc" not in message


def test_given_no_subject_it_gets_one() -> None:
    assert read(mails.mail("reply-few-headers"))["Subject"]


@pytest.mark.parametrize("name", [name for name in mails.NAMES if "reply" in name])
def test_every_answer_of_the_corpus_goes_on_as_plain_text(name: str) -> None:
    message = read(mails.mail(name))
    assert "text/html" not in {part.get_content_type() for part in message.walk()}
    assert mails.mail(name).text in text_of(message)


def test_the_address_that_an_answer_names_is_answered(settings: Settings) -> None:
    mail = mails.mail("reply-plain")
    case = replace(mail, reply_to="case1@casework.example")
    assert passed_on(case).reply_to.address == "case1@casework.example"
    assert "straight to case1@casework.example" in passed_on(case).body


@pytest.mark.parametrize("named", [f"letters@{mails.DOMAIN}", "no address", "a@b\nc"])
def test_an_answer_never_goes_back_to_us_or_nowhere(named: str) -> None:
    mail = replace(mails.mail("reply-plain"), reply_to=named)
    assert passed_on(mail).reply_to.address == mails.MP
    lost = replace(mail, sender=Party("", named))
    assert passed_on(lost).reply_to.address == mails.MP


def test_files_go_on_as_what_their_names_say() -> None:
    message = read(mails.mail("reply-with-attachment"))
    (one,) = message.iter_attachments()
    assert one.get_filename() == "Answer to Jo.pdf"
    assert one.get_content_type() == "application/pdf"
    content: bytes = one.get_content()
    assert content == b"%PDF-1.4 made for the tests"


@pytest.mark.parametrize(
    "name", ["a.html", "a.exe", "a.svg", "a.pdf.js", "a.docm", "a.zip", "a.eml", "pdf"]
)
def test_files_that_can_do_harm_are_named_and_stay(name: str) -> None:
    mail = mails.mail("reply-plain")
    one = Attachment(name, "application/pdf", b"<script>")
    going = passed_on(replace(mail, attachments=(one,)))
    assert not going.attachments
    assert f"kind that can do harm: {name}." in going.body


def test_a_file_that_is_too_large_stays_and_the_others_go() -> None:
    large = Attachment("Report.pdf", "application/pdf", b"x" * 20_000_000)
    small = Attachment("Siân – Answer.pdf", "text/html", b"small")
    mail = replace(mails.mail("reply-plain"), attachments=(large, small))
    message = read(mail)
    (one,) = message.iter_attachments()
    assert one.get_filename() == "Siân – Answer.pdf"
    assert one.get_content_type() == "application/pdf"
    assert "Not passed on, as too large" in text_of(message)
    assert "Report.pdf" in text_of(message)


def test_all_files_together_keep_to_the_limit(settings: Settings) -> None:
    settings.LARGEST_PASSED_ON_BYTES = 10
    files = tuple(Attachment(f"{n}.pdf", "", b"x" * 4) for n in range(4))
    mail = replace(mails.mail("reply-plain"), attachments=files)
    assert [one.name for one in passed_on(mail).attachments] == ["0.pdf", "1.pdf"]
    assert "2.pdf, 3.pdf" in passed_on(mail).body


def test_a_text_that_was_cut_says_so() -> None:
    mail = replace(mails.mail("reply-plain"), is_cut=True)
    assert "its end is missing" in passed_on(mail).body


def test_names_beyond_ascii_reach_the_reader() -> None:
    going = forwarding.pass_on(
        mails.mail("reply-welsh"),
        sender_address=f"letters@{mails.DOMAIN}",
        office=Party("Siân Jones AS", mails.MP),
        to=Party("ئايگۈل", "a@mail.example"),
    )
    message: Any = email.message_from_bytes(
        going.as_wire(ID, at=NOW), policy=email.policy.default
    )
    assert message["From"].addresses[0].display_name == "Siân Jones AS via Postbag"
    assert message["To"].addresses[0].display_name == "ئايگۈل"
