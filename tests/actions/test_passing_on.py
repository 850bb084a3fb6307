"""Answers on their way to supporters: really sent, to a server on loopback."""

import base64
import datetime
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from actions import addresses, delivering, outbox, privacy
from actions.incoming import parsing
from actions.models import Delivery, IncomingMail, Letter, LetterEvent
from tests import workers
from tests.actions.factories import NOW
from tests.actions.quiet import no_error_in_the_log
from tests.actions.receiving.arriving import events, gone, raw, take, written
from tests.actions.told_by_providers import KEY, SECRET, basic, mail_signed
from tests.smtp import SENDER, Fault, MailServer, mail_server, text_of

__all__ = ["mail_server", "no_error_in_the_log"]
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


def _with_a_large_file(letter: Letter) -> bytes:
    """Write an answer with a file of 20,000,000 bytes, as mail programs put it."""
    content = raw("reply-with-attachment", letter)
    head, _, file = content.partition(b"base64")
    assert file
    boundary = content.rpartition(b"\n--")[2].partition(b"--")[0]
    encoded = base64.encodebytes((b"\xfb\xef\xbe%PDF" * 3_000_000)[:20_000_000])
    lines = encoded.replace(b"\n", b"\r\n")
    large = head + b"base64\r\n\r\n" + lines + b"--" + boundary + b"--\r\n"
    mail = parsing.parse(large, domain=addresses.domain())
    assert [one.size for one in mail.attachments] == [20_000_000]
    return large


@contextmanager
def _in_few_copies_of(large: bytes) -> Iterator[None]:
    """See that memory holds it some times, such as decoded and as SQL, and no more."""
    tracemalloc.start()
    yield
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 15 * len(large)


def _went_on_without_it(server: MailServer) -> bool:
    [mail] = server.mails
    said = "Not passed on, as too large" in mail.get_content()
    return said and len(server.raw[0]) < 10_000 and kept() == b""


def test_an_answer_with_a_file_of_20_megabytes_goes_on_without_it(
    mail_server: MailServer,
) -> None:
    letter = gone()
    large = _with_a_large_file(letter)
    with _in_few_copies_of(large):
        take(large)
    assert deliver().sent == 1
    assert _went_on_without_it(mail_server)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_so_it_does_if_a_mail_server_hands_it_over(
    mail_server: MailServer, tmp_path: Path
) -> None:
    letter = gone()
    ended = subprocess.run(
        [
            sys.executable,
            "manage.py",
            "receive_mail",
            f"--recipient=jo.{letter.tag}@postbag.example",
        ],
        cwd=django_settings.BASE_DIR,
        env=workers.live(tmp_path, 25),
        input=_with_a_large_file(letter),
        capture_output=True,
        timeout=workers.SECONDS_TO_WAIT,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert deliver().sent == 1
    assert _went_on_without_it(mail_server)


@pytest.mark.slow
def test_so_it_does_if_a_provider_brings_it_by_a_webhook(
    mail_server: MailServer, client: Client, settings: Settings
) -> None:
    settings.INCOMING_WEBHOOK, settings.INCOMING_WEBHOOK_KEY = "mailgun", KEY
    settings.ANYMAIL = {"WEBHOOK_SECRET": [SECRET]}
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * settings.LARGEST_INCOMING_BYTES
    letter = gone()
    large = _with_a_large_file(letter)
    told = mail_signed(
        large,
        f"jo.{letter.tag}@postbag.example",
        sender=letter.recipient_email,
    )
    # A form that writes many bytes as three of its own.
    form = urlencode(told)
    with _in_few_copies_of(large):
        answer = client.post(
            "/webhooks/incoming/mailgun/mime/",
            form,
            content_type="application/x-www-form-urlencoded",
            headers=basic(),
        )
    assert answer.status_code == 200
    assert deliver().sent == 1
    assert _went_on_without_it(mail_server)


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
