"""What is read of a mail, and what is refused."""

import io
import time

import pytest
from pytest_django import Settings

from actions.errors import UnreadableMailError
from actions.headers import Party
from actions.incoming import classifying, parsing, parts
from actions.incoming.values import Envelope
from tests.actions.incoming import mails

FROM = b"From: Jane <jane@parliament.example>\n"


def with_type(kind: str, body: bytes = b"") -> bytes:
    return FROM + f"Content-Type: {kind}\n\n".encode() + body


# --- Who, whom, which letter --------------------------------------------------------


def test_who_wrote_to_whom_about_what() -> None:
    mail = mails.mail("reply-plain")
    assert mail.sender == Party("Jane Smith MP", mails.MP)
    assert mail.envelope.sender == mails.MP
    assert mail.recipients == (f"jo.marsden.{mails.TAG}@{mails.DOMAIN}",)
    assert (mail.tag, mail.is_for_bounces) == (mails.TAG, False)
    assert mail.subject == "Re: Forced labour in the Uyghur region"
    assert mail.in_reply_to == mail.references == tuple(mails.EXPECTED.message_ids)
    assert (mail.hops, mail.is_cut, mail.is_locked) == (1, False, False)
    assert mail.size == len(mails.raw("reply-plain"))


def test_a_bounce_comes_to_the_envelopes_address() -> None:
    mail = mails.mail("bounce-postfix")
    assert (mail.tag, mail.is_for_bounces) == (mails.TAG, True)
    assert mail.envelope.sender == ""
    assert mail.original.message_ids == tuple(mails.EXPECTED.message_ids)
    assert mail.original.tags == (mails.TAG,)


def test_what_the_mail_server_says_of_the_recipient_alone_counts() -> None:
    said = Envelope(sender="", recipient=f"x.bbbbbbbbbbbbb@{mails.DOMAIN}")
    content = mails.raw("doubt-two-tags")
    mail = parsing.parse(content, domain=mails.DOMAIN, envelope=said)
    assert mail.tag == "bbbbbbbbbbbbb"
    assert mail.envelope.sender == ""
    assert mails.made(content).tag == ""


@pytest.mark.parametrize(
    ("address", "tag"),
    [
        (f"jo.marsden.{mails.TAG}@{mails.DOMAIN}", mails.TAG),
        (f"{mails.TAG}@{mails.DOMAIN}", mails.TAG),
        (f"bounce.{mails.TAG.upper()}@LETTERS.example", mails.TAG),
        (f"prvs=1234=bounce.{mails.TAG}@{mails.DOMAIN}", mails.TAG),
        (f"jo.marsden.{mails.TAG}@another.example", ""),
        (f"jo.marsden.{mails.TAG}@{mails.DOMAIN}.evil.example", ""),
        (f"jo.marsden.{mails.TAG}x@{mails.DOMAIN}", ""),
        (f"letters@{mails.DOMAIN}", ""),
    ],
)
def test_a_tag_is_found_in_our_domain_alone(address: str, tag: str) -> None:
    assert mails.made(FROM + f"To: {address}\n\nx".encode()).tag == tag


def test_a_name_that_looks_like_an_address_is_none() -> None:
    mail = mails.mail("reply-quoted-address-as-name")
    assert mail.sender.address == mails.MP


def test_a_header_holds_no_second_one() -> None:
    mail = mails.mail("reply-header-injection-in-subject")
    assert mail.subject == "Re: yes Bcc: everybody@evil.example"
    assert mail.sender == Party("Jane Bcc: a@evil.example", mails.MP)


# --- Text ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("reply-wrong-charset", "I’ve asked for £5 million – as you wished. Siân"),
        ("reply-unknown-charset", "Siân will ask."),
        ("reply-alternative", "Dear Jo, yes – I will."),
        ("reply-alternative-with-empty-plain", "Only here."),
        ("reply-null-bytes", "Dear Jo, yes."),
        ("reply-bad-base64", "Dear Jo, I will sig"),
        ("reply-broken-mime-never-closed", "My answer is attached."),
        ("reply-few-headers", "Dear Jo, yes."),
    ],
)
def test_the_text_is_read_however_it_came(name: str, words: str) -> None:
    assert words in mails.mail(name).text


def test_a_page_becomes_text_with_its_links_and_nothing_else() -> None:
    assert mails.mail("reply-html-only").text == (
        "Dear Jo,\n\n"
        "I have signed the motion, see the list (https://motions.example/1).\n"
        "Best wishes\n\nJane\n\n> On Thursday you wrote\n> Dear Ms Smith"
    )


def test_lines_that_were_broken_on_the_way_are_joined() -> None:
    text = mails.mail("reply-format-flowed").text
    assert "has broken into several lines that belong together, and" in text
    assert "> Dear Ms Smith, I live in your constituency." in text
    assert text.endswith("-- \nJane")


def test_a_subject_in_another_charset_is_decoded() -> None:
    assert mails.mail("reply-welsh").subject == "Ateb i'ch llythyr"
    assert mails.mail("ack-encoded-subject").subject.startswith("Ateb awtomatig")


def test_a_file_with_only_carriage_returns_is_read() -> None:
    content = mails.raw("reply-one-line").replace(b"\n", b"\r")
    assert mails.made(content).text == "Will do. J"


def test_a_text_without_end_is_cut() -> None:
    mail = mails.made(with_type("text/plain", b"word " * 100_000))
    assert mail.is_cut
    assert len(mail.text) <= parsing.LONGEST_TEXT


def test_pages_are_read_once_and_no_more_of_them_than_may_be_kept() -> None:
    page = b"<p>&amp;<a href=x>y</a>" * 80_000
    inside = b"Content-Type: text/html\n\n" + page
    for level in range(11):
        mark = b"b%d" % level
        inside = (
            b"Content-Type: multipart/alternative; boundary=%b\n\n--%b\n%b\n--%b\n\n"
            b"\n--%b--\n" % (mark, mark, inside, mark, mark)
        )
    many = b"".join(
        b"--b\nContent-Type: text/html\n\n%b\n" % page[:200_000] for _ in range(80)
    )
    begin = time.process_time()
    assert mails.made(FROM + inside).text.startswith("&")
    mail = mails.made(with_type("multipart/mixed; boundary=b", many + b"--b--\n"))
    assert time.process_time() - begin < 5
    assert mail.is_cut


# --- Attachments --------------------------------------------------------------------


def test_attachments_are_kept_by_name_and_size() -> None:
    (one,) = mails.mail("reply-with-attachment").attachments
    assert (one.name, one.content_type) == ("Answer to Jo.pdf", "application/pdf")
    assert one.content == b"%PDF-1.4 made for the tests"
    assert one.size == len(one.content)


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('filename="../../etc/passwd.pdf"', "passwd.pdf"),
        (r'filename="C:\\temp\\a.pdf"', "a.pdf"),
        ("filename*=utf-8''S%C3%A2n%0D%0Aa.pdf", "Sân a.pdf"),
        ("filename*0*=utf-8''S%C3%A2; filename*1=n.pdf", "Sân.pdf"),
        ('filename="=?utf-8?Q?S=C3=A2n.pdf?="', "Sân.pdf"),
        ('filename=".."', "attachment-1.pdf"),
        (f'filename="{"n" * 300}.pdf"', f"{'n' * 96}.pdf"),
        ("", "attachment-1.pdf"),
    ],
)
def test_a_files_name_is_a_name_and_no_path(disposition: str, name: str) -> None:
    header = f"Content-Disposition: attachment; {disposition}\n".encode()
    (one,) = mails.made(header + with_type("application/pdf", b"x")).attachments
    assert one.name == name


def test_a_signature_is_no_attachment_and_a_bounces_parts_are_none() -> None:
    assert not mails.mail("reply-smime-signed").attachments
    assert not mails.mail("bounce-postfix").attachments


def test_mail_that_is_locked_says_so() -> None:
    assert mails.mail("doubt-encrypted").is_locked


# --- Limits -------------------------------------------------------------------------


def test_a_mail_that_is_too_large_is_refused_unread(settings: Settings) -> None:
    settings.LARGEST_INCOMING_BYTES = 100
    assert parsing.read(io.BytesIO(b"x" * 100)) == b"x" * 100
    stream = io.BytesIO(b"x" * 500)
    read = parsing.read(stream)
    assert stream.tell() == 101
    with pytest.raises(UnreadableMailError, match="LARGEST_INCOMING_BYTES") as refused:
        mails.made(read)
    assert refused.value.fault == "too large"


def _nested(depth: int) -> bytes:
    levels = (
        f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n".encode()
        for level in range(depth)
    )
    return FROM + b"".join(levels) + b"\ntext"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "no header"),
        (b"\n\nOnly a text.", "no header"),
        (b"\x00\xff\x00", "no header"),
        (FROM + b"X: " + b"x" * parts.LONGEST_HEADER + b"\n\n", "long header"),
        (with_type("multipart/mixed; boundary=b", b"--b\n" * 600), "too many parts"),
        (_nested(parts.DEEPEST + 1), "too deep"),
    ],
)
def test_a_mail_beyond_a_limit_is_refused(content: bytes, fault: str) -> None:
    with pytest.raises(UnreadableMailError) as refused:
        mails.made(content)
    assert refused.value.fault == fault
    assert str(refused.value).endswith(".")


def test_a_mail_at_the_limits_is_read() -> None:
    assert mails.made(_nested(parts.DEEPEST)).text == "text"


@pytest.mark.parametrize(
    "content",
    [
        with_type("text/plain", b"\n" * 5_000_000),
        with_type("text/html", b"<div>" * 1_000_000),
        with_type("text/html", b"<!--" * 1_000_000),
        with_type("text/html", b"<a href=x><style>" * 200_000),
        with_type("text/plain; format=flowed", b"a \n" * 1_500_000),
        with_type("multipart/mixed; boundary=b", b"--bb\n" * 1_000_000),
        with_type("text/plain", b"click and mail on " * 200_000),
        b"To: " + b"(" * 100_000 + b'"' * 100_000 + b"\n" + with_type("a/b"),
        FROM + b"Subject: " + b"=?utf-8?q?a?= " * 15_000 + b"\n\n",
    ],
    ids=["lines", "div", "comments", "styles", "flowed", "near", "words", "to", "=?"],
)
def test_mail_made_to_take_long_does_not(content: bytes) -> None:
    begin = time.process_time()
    classifying.classify(mails.made(content), mails.EXPECTED)
    assert time.process_time() - begin < 5
