"""What each mail says, and that nothing in it can be bent."""

import datetime
import email
import email.policy
import quopri
import uuid
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from actions import composing, flowing, mail, reasons, tokens
from actions.errors import PermanentDeliveryError, TemporaryDeliveryError
from actions.models import Delivery, Letter, LetterEvent
from tests.actions.factories import BODY, NOW, make_campaign, make_letter
from tests.smtp import text_of

pytestmark = pytest.mark.django_db


def mail_of(letter: Letter) -> mail.Mail:
    return mail.message_for(letter.deliveries.get(), now=NOW)


def read(written: mail.Mail) -> EmailMessage:
    """Parse what goes over the wire, as a reader's program would."""
    return _parsed(written.as_wire())


def _parsed(raw: bytes) -> EmailMessage:
    message: Any = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def queued(**fields: Any) -> Letter:
    return make_letter(state=Letter.State.QUEUED, **fields)


def test_the_letter_comes_from_our_address_in_its_writers_name(
    settings: Settings,
) -> None:
    settings.SENDER_ADDRESS = "letters@postbag.example"
    letter = queued(sender_name="Jo Marsden", sender_email="jo@mail.example")
    message = read(mail_of(letter))
    address = f"jo.marsden.{letter.tag}@postbag.example"
    assert message["From"] == f"Jo Marsden <{address}>"
    assert message["Reply-To"] == "Jo Marsden <jo@mail.example>"
    assert message["To"].addresses[0].display_name == letter.recipient_name
    assert message["To"].addresses[0].addr_spec == letter.recipient_email
    assert message["Subject"] == letter.subject
    assert message["Date"].datetime == NOW
    delivery = letter.deliveries.get()
    assert message["Message-ID"] == f"<{delivery.pk}@postbag.example>"


def with_the_link(letter: Letter) -> str:
    """Write a letter as its preview does, with the link in it for the office alone."""
    link = f"{django_settings.SITE_URL}/letters/office/{tokens.for_office(letter.pk)}/"
    sheet = composing.lay_out(letter)
    return sheet.as_text().replace(sheet.frame.office_link, link)


def test_the_letter_reads_as_its_preview_did() -> None:
    letter = queued()
    text = text_of(read(mail_of(letter)))
    assert text == with_the_link(letter)
    assert BODY in text


def test_a_persons_letter_does_not_look_like_a_machines() -> None:
    message = read(mail_of(queued()))
    for name in ("Auto-Submitted", "Precedence", "List-Id", "List-Unsubscribe"):
        assert name not in message


def test_our_own_mails_say_that_a_machine_wrote_them() -> None:
    message = read(mail_of(make_letter()))
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["From"].addresses[0].display_name == "Postbag"


def test_each_mail_of_a_letter_comes_back_to_an_address_of_its_own(
    settings: Settings,
) -> None:
    settings.SENDER_ADDRESS = "letters@postbag.example"
    letter = queued()
    assert mail_of(letter).envelope_sender == f"bounce.{letter.tag}@postbag.example"
    asking = make_letter()
    written = mail_of(asking)
    assert written.envelope_sender == f"notice.{asking.tag}@postbag.example"
    assert read(written)["From"] == "Postbag <letters@postbag.example>"


def test_a_letter_without_a_tag_comes_from_the_bare_address(settings: Settings) -> None:
    settings.SENDER_ADDRESS = "letters@postbag.example"
    written = mail_of(queued(tag="", sender_name="Jo"))
    assert read(written)["From"] == "Jo <letters@postbag.example>"
    assert written.envelope_sender == "letters@postbag.example"


def test_only_paragraphs_are_broken_so_that_they_can_be_joined_again() -> None:
    long = "My neighbour has not heard from her brother since the spring. " * 3
    letter = queued(body=long, address_line_1="12 Orchard Street")
    wire = mail_of(letter).as_wire()
    assert b'text/plain; charset="utf-8"; format=flowed\r\n' in wire
    body = quopri.decodestring(wire.partition(b"\r\n\r\n")[2]).decode()
    assert "\r\n12 Orchard Street\r\nLondon" in body
    ends = [line for line in body.split("\r\n") if line.endswith(" ")]
    # Two of the paragraph, one of the footer, one of the note to the office, one
    # before that note's link, and what announces them all.
    assert len(ends) == 6
    assert "-- " in ends
    unbroken = [line for line in body.split("\r\n") if "://" not in line]
    assert max(map(len, unbroken)) <= 78


def test_a_link_in_a_mail_of_ours_is_never_broken() -> None:
    letter = make_letter()
    wire = quopri.decodestring(mail_of(letter).as_wire()).decode()
    link = f"/letters/{tokens.for_letter(letter.pk)}/confirm/"
    (line,) = (line for line in wire.split("\r\n") if line.endswith(link))
    assert line.startswith("http")


def test_a_mail_that_goes_again_keeps_its_id_and_each_mail_has_its_own() -> None:
    letter = queued()
    assert read(mail_of(letter))["Message-ID"] == read(mail_of(letter))["Message-ID"]
    assert read(mail_of(letter))["Message-ID"] != read(mail_of(queued()))["Message-ID"]


@pytest.mark.parametrize(
    "name",
    [
        "O’Neill, Siân",
        'Jo "the Voice" Marsden',
        "Back\\slash (comment)",
        "Łukasz Żółć",
        "ئابدۇۋەلى",
        "Jo <mp@other.example>",
        "=?utf-8?q?Somebody_Else?=",
        "a" * 100,
        "é" * 100,
        "李" * 100,
        "Jo; Sam: Team",
    ],
)
def test_any_name_survives_and_brings_no_second_address(name: str) -> None:
    letter = queued(sender_name=name, sender_email="jo@mail.example")
    wire = mail_of(letter).as_wire()
    # With Python's older reader: its newer one keeps the space between encoded words.
    message = email.message_from_bytes(wire)
    for header in ("From", "Reply-To"):
        ((shown, address),) = getaddresses([message[header]])
        assert str(make_header(decode_header(shown))) == name
    assert address == "jo@mail.example"
    assert len(read(mail_of(letter))["From"].addresses) == 1
    assert max(map(len, wire.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "subject",
    ["Please act", "Pour les Ouïghours – agissez", "=?utf-8?q?x?=", "é" * 150],
)
def test_any_subject_survives(subject: str) -> None:
    assert read(mail_of(queued(subject=subject)))["Subject"] == subject


@pytest.mark.parametrize("field", ["sender_name", "subject", "recipient_name"])
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x00", "\x85", "\u2028"])
def test_a_line_end_in_a_header_is_refused(field: str, end: str) -> None:
    letter = queued()
    setattr(letter, field, f"Jo{end}Bcc: all@mps.example")
    delivery = letter.deliveries.get()
    delivery.letter = letter
    assert_refused(delivery)


def assert_refused(delivery: Delivery) -> None:
    with pytest.raises(PermanentDeliveryError) as refused:
        mail.message_for(delivery, now=NOW)
    assert "Bcc" not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    [
        "jo@a.example,eve@b.example",
        "jo @a.example",
        "<jo@a.example>",
        "jo",
        "jö@a.example",
    ],
)
def test_what_is_not_one_address_is_refused(address: str) -> None:
    delivery = queued(sender_email=address).deliveries.get()
    assert_refused(delivery)


def test_an_address_at_a_domain_beyond_ascii_is_written_as_servers_know_it() -> None:
    message = read(mail_of(queued(sender_email="jo@bücher.example")))
    assert message["Reply-To"].addresses[0].addr_spec == "jo@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "body",
    [
        "Plain ASCII.",
        "Ŵyn a Dŷ, naïve – “quoted” 👩🏽‍🏫",
        "From the start\n\n.\n\n.dots\n\n=3D equals",
        "One line that goes on. " * 300,
        "  Indented\n\n  \n   and again\r\n\r\n\r\n\tso",
        "ئۇيغۇر " * 500,
        "x" * 5000,
    ],
)
def test_any_text_survives_the_wire_in_lines_that_every_server_takes(body: str) -> None:
    letter = queued(body=body)
    written = mail_of(letter)
    assert text_of(read(written)) == with_the_link(letter)
    wire = written.as_wire()
    assert wire.isascii()
    assert max(map(len, wire.split(b"\r\n"))) <= 998
    assert b"\n" not in wire.replace(b"\r\n", b"")


def test_half_a_character_is_refused_for_good() -> None:
    letter = queued()
    letter.body = "half \ud83d"
    delivery = letter.deliveries.get()
    delivery.letter = letter
    with mail.open_connection() as way_out:
        written = mail.message_for(delivery, now=NOW)
        with pytest.raises(PermanentDeliveryError):
            way_out.send(written)


@hypothesis_settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"])),
    body=st.text(st.characters(codec="utf-8")),
)
def test_whatever_is_typed_arrives_or_is_refused(
    unsaved: Letter, name: str, body: str
) -> None:
    unsaved.sender_name = name
    unsaved.body = body
    delivery = Delivery(id=uuid.uuid4(), letter=unsaved, kind="letter", is_demo=True)
    written = mail.message_for(delivery, now=NOW)
    message = read(written)
    assert message["Reply-To"].addresses[0].addr_spec == unsaved.sender_email
    assert len(message["From"].addresses) == 1
    assert text_of(message) == written.text
    assert written.text == flowing.without_trailing_spaces(with_the_link(unsaved))
    assert list(message) == [
        "From",
        "To",
        "Reply-To",
        "Subject",
        "Date",
        "Message-ID",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    ]


@pytest.fixture
def unsaved() -> Letter:
    return queued()


def test_djangos_own_writing_of_a_mail_says_the_same() -> None:
    letter = queued(sender_name="Siân O’Neill, Dr", body="Ŵyn.\n\n" + "long " * 400)
    ours, djangos = mail_of(letter), mail_of(letter).message()
    theirs = _parsed(bytes(djangos))
    for name in ("From", "To", "Reply-To", "Subject", "Date", "Message-ID"):
        assert theirs[name] == read(ours)[name]
    assert text_of(theirs) == text_of(read(ours))


def test_the_confirmation_holds_the_whole_letter_and_every_link(
    settings: Settings,
) -> None:
    settings.SITE_URL = "https://postbag.example"
    letter = make_letter(confirm_by=NOW + datetime.timedelta(days=7))
    text = text_of(read(mail_of(letter)))
    base = f"https://postbag.example/letters/{tokens.for_letter(letter.pk)}/"
    for link in (base, f"{base}confirm/", f"{base}not-me/"):
        assert f"\n{link}\n" in text
    assert composing.text_of(letter).strip() in text
    assert f"Subject: {letter.subject}" in text
    assert "29 November 2026, 12:00" in " ".join(text.split())
    assert "Opening the page sends nothing; only the button does." in text
    assert letter.campaign.headline not in text


def test_the_confirmation_says_until_when_the_organisers_hold_letters() -> None:
    day = datetime.date(2026, 12, 3)
    held = make_letter(campaign=make_campaign(letters_go_from=day))
    assert "hold letters until 3 December 2026. Once" in text_of(read(mail_of(held)))
    over = make_letter(campaign=make_campaign(letters_go_from=NOW.date()))
    assert "hold letters" not in text_of(read(mail_of(over)))


def test_the_repeat_notice_gives_the_second_text_back() -> None:
    letter = make_letter(state=Letter.State.REPEATED)
    message = read(mail_of(letter))
    assert message["Subject"] == f"You have already written to {letter.recipient_name}"
    assert composing.text_of(letter).strip() in text_of(message)
    assert "reply to the" in text_of(message)


def test_the_failure_notice_gives_the_text_and_the_postal_address() -> None:
    letter = make_letter(state=Letter.State.FAILED)
    text = text_of(read(mail_of(letter)))
    assert composing.text_of(letter).strip() in text
    address = f"{letter.recipient_name}\nHouse of Commons\nLondon SW1A 0AA\n"
    assert f"\n{address}" in text


def test_the_failure_notice_says_so_when_the_mp_has_left(settings: Settings) -> None:
    settings.SITE_URL = "https://postbag.example"
    letter = make_letter(state=Letter.State.FAILED)
    LetterEvent.objects.create(
        letter=letter, kind=LetterEvent.Kind.FAILED, cause=reasons.MEMBER_LEFT
    )
    message = read(mail_of(letter))
    text = text_of(message)
    assert "they are no longer your MP" in text
    assert f"\nhttps://postbag.example/{letter.campaign.slug}/write/\n" in text
    assert composing.text_of(letter).strip() in text
    before_the_letter = text.partition("-----")[0]
    assert "mail server" not in before_the_letter
    assert "House of Commons" not in before_the_letter
    assert "\n\n\n" not in before_the_letter


@pytest.mark.parametrize("state", ["awaiting_confirmation", "repeated", "failed"])
def test_while_trying_out_our_mails_say_that_nothing_is_really_sent(
    settings: Settings, state: str
) -> None:
    words = "letters are not really sent"
    assert words in text_of(read(mail_of(make_letter(state=state))))
    settings.DELIVERY_IS_LIVE = True
    assert words not in text_of(read(mail_of(make_letter(state=state))))


@pytest.mark.parametrize("state", ["awaiting_confirmation", "repeated", "failed"])
def test_marks_of_a_template_or_a_page_stay_as_they_were_typed(state: str) -> None:
    typed = "I like <b>bold</b> & {{ 7 * 7 }} {% raw %}"
    letter = make_letter(state=state, body=typed, sender_name="{{ site }} & Co")
    text = text_of(read(mail_of(letter)))
    assert typed in text
    assert "Hello {{ site }} & Co," in text


def test_answers_to_our_own_mails_go_to_whoever_answers_for_the_data(
    settings: Settings,
) -> None:
    assert read(mail_of(make_letter()))["Reply-To"] is None
    settings.CONTROLLER_CONTACT = "privacy@postbag.example"
    assert read(mail_of(make_letter()))["Reply-To"] == "privacy@postbag.example"


@pytest.mark.parametrize(
    "address", ["Postbag <l@x.example>", "x y@z.example", "l@", ""]
)
@pytest.mark.parametrize("state", ["awaiting_confirmation", "queued", "failed"])
def test_an_address_of_ours_that_is_none_is_no_letters_fault(
    settings: Settings, state: str, address: str
) -> None:
    settings.SENDER_ADDRESS = address
    delivery = make_letter(state=state).deliveries.get()
    with pytest.raises(TemporaryDeliveryError, match="SENDER_ADDRESS is not an e-mail"):
        mail.message_for(delivery, now=NOW)


def test_a_contact_of_ours_that_is_none_is_no_notices_fault(settings: Settings) -> None:
    settings.CONTROLLER_CONTACT = "Data Team <a@b.example>"
    delivery = make_letter().deliveries.get()
    with pytest.raises(TemporaryDeliveryError, match="CONTROLLER_CONTACT is not an"):
        mail.message_for(delivery, now=NOW)
