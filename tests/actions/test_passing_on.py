"""Answers on their way to supporters: really sent, to a server on loopback."""

import datetime

import pytest
from pytest_django import Settings

from actions import addresses, delivering, outbox, privacy
from actions.models import Delivery, IncomingMail, Letter, LetterEvent
from tests.actions.factories import NOW
from tests.actions.receiving.arriving import events, gone, raw, take, written
from tests.smtp import SENDER, Fault, MailServer, mail_server, text_of

__all__ = ["mail_server"]
pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def deliver(now: datetime.datetime = NOW) -> delivering.Tidings:
    return delivering.deliver_due(clock=lambda: now)


def kept() -> bytes:
    return bytes(IncomingMail.objects.get().content)


def test_an_answer_reaches_the_supporter_and_is_erased_here(
    mail_server: MailServer,
) -> None:
    letter = gone()
    take(raw("reply-plain", letter))
    assert deliver().sent == 1
    [mail] = mail_server.mails
    assert mail_server.recipients == [letter.sender_email]
    assert mail_server.senders == [addresses.notice_address_of(letter)]
    domain = SENDER.partition("@")[2]
    assert mail["From"].addresses[0].addr_spec == f"office.{letter.tag}@{domain}"
    assert mail["Reply-To"].addresses[0].addr_spec == letter.recipient_email
    assert "Auto-Submitted" not in mail
    assert events(letter) == [LetterEvent.Kind.REPLY_FORWARDED]
    assert kept() == b""


def test_what_went_on_is_known_when_it_comes_back_to_us(
    mail_server: MailServer,
) -> None:
    letter = gone()
    take(raw("reply-plain", letter))
    deliver()
    mail = take(mail_server.raw[0], recipient=f"jo.{letter.tag}@postbag.example")
    assert mail.kind == IncomingMail.Kind.LOOP
    assert deliver().sent == 0


def test_an_answer_with_a_file_of_20_megabytes_goes_on_without_it(
    mail_server: MailServer,
) -> None:
    letter = gone()
    content = raw("reply-with-attachment", letter)
    head, _, file = content.partition(b"base64")
    assert file
    boundary = content.rpartition(b"\n--")[2].partition(b"--")[0]
    large = (
        head
        + b"base64\r\n\r\n"
        + (b"QUFB" * 18 + b"\r\n") * 280_000
        + b"--"
        + boundary
        + b"--\r\n"
    )
    assert 20_000_000 < len(large) < 25_000_000
    take(large)
    assert deliver().sent == 1
    [mail] = mail_server.mails
    assert len(mail_server.raw[0]) < 10_000
    assert "Not passed on, as too large" in mail.get_content()
    assert kept() == b""


def test_no_header_of_a_stranger_becomes_one_of_ours(mail_server: MailServer) -> None:
    letter = gone()
    take(raw("reply-header-injection-in-subject", letter))
    take(
        written(
            letter,
            "I shall.",
            sender="a@b.example>\r\n X: y <c@d.example",
            headers="Reply-To: =?utf-8?q?x=0D=0ABcc:_z=40z.example?= <e@f.example>\r\n",
        )
    )
    deliver()
    assert mail_server.raw
    assert set(mail_server.recipients) == {letter.sender_email}
    for mail in mail_server.mails:
        assert mail["Bcc"] is None
        assert mail["X"] is None


def test_a_supporters_address_that_refuses_it_is_told_of(
    mail_server: MailServer,
) -> None:
    letter = gone()
    take(raw("reply-plain", letter))
    mail_server.faults = [Fault.NOBODY_THERE]
    assert deliver().failed == 1
    assert events(letter) == [LetterEvent.Kind.REPLY_NOT_FORWARDED]
    assert kept() == b""


def test_it_does_not_go_on_once_the_letter_is_erased(mail_server: MailServer) -> None:
    letter = gone()
    take(raw("reply-plain", letter))
    privacy.forget(letter, now=NOW)
    assert not deliver().any_moved
    assert not mail_server.raw


def test_both_ways_a_bounce_is_told_of_and_the_telling_that_bounces_ends(
    mail_server: MailServer,
) -> None:
    letter = gone()
    take(raw("bounce-postfix", letter))
    deliver()
    [mail] = mail_server.mails
    assert "came back" in mail["Subject"]
    assert letter.body.splitlines()[0] in text_of(mail)
    assert "London SW1A 0AA" in text_of(mail)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert letter.campaign.title not in text_of(mail)
    notice = Delivery.Kind.BOUNCE_NOTICE
    for name in ("bounce-postfix", "bounce-exim-dsn"):
        take(raw(name, letter, notice))
    assert not deliver(NOW + DAY).any_moved
    assert events(letter) == [
        LetterEvent.Kind.BOUNCED,
        *[LetterEvent.Kind.NOTICE_BOUNCED] * 2,
    ]
    letter.refresh_from_db()
    assert letter.state == Letter.State.BOUNCED


def test_while_postbag_is_tried_out_it_goes_to_the_outbox(settings: Settings) -> None:
    letter = gone()
    take(raw("reply-with-attachment", letter))
    assert deliver().sent == 1
    [message] = [one for one in outbox.newest() if letter.tag in one.sender]
    assert "This is an answer to your letter" in message.text
