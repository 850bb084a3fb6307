"""Links that open a letter in its writer's own mail."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from actions import own_mail
from actions.own_mail import LONGEST_LINK

TO = "ann.example.mp@parliament.uk"
SUBJECT = "Please act: 100 % now & “tomorrow”?"
SHORT = "Jo Marsden\n12 Orchard Street\n\nDear Ms Example,\n\nDŵr + ğ & co. #1\n"


def test_a_short_letter_travels_whole_in_the_link_with_mails_own_line_ends() -> None:
    link = own_mail.mailto(TO, SUBJECT, SHORT)
    assert link.has_text
    scheme, _, rest = link.address.partition(":")
    to, _, query = rest.partition("?")
    fields = dict(part.split("=") for part in query.split("&"))
    assert (scheme, unquote(to)) == ("mailto", TO)
    assert unquote(fields["subject"]) == SUBJECT
    assert unquote(fields["body"]) == SHORT.strip().replace("\n", "\r\n")
    assert link.address.isascii()
    assert " " not in link.address
    assert "+" not in link.address


@pytest.mark.parametrize(
    ("name", "host", "subject"),
    [
        ("Gmail", "mail.google.com", "su"),
        ("Outlook.com", "outlook.live.com", "subject"),
        ("Yahoo Mail", "compose.mail.yahoo.com", "subject"),
    ],
)
def test_each_service_gets_address_subject_and_text(
    name: str, host: str, subject: str
) -> None:
    links = {link.name: link for link in own_mail.services(TO, SUBJECT, SHORT)}
    parts = urlsplit(links[name].address)
    asked = parse_qs(parts.query)
    assert (parts.scheme, parts.netloc) == ("https", host)
    assert asked["to"] == [TO]
    assert asked[subject] == [SUBJECT]
    assert asked["body"] == [SHORT.strip().replace("\n", "\r\n")]


def test_a_link_is_1800_characters_at_most_or_goes_without_the_text() -> None:
    room = LONGEST_LINK - len(own_mail.mailto(TO, SUBJECT, "").address)
    fits = own_mail.mailto(TO, SUBJECT, "x" * room)
    assert len(fits.address) == 1_800
    assert fits.has_text
    over = own_mail.mailto(TO, SUBJECT, "x" * (room + 1))
    assert not over.has_text
    assert "body" not in over.address
    assert "subject=Please" in over.address
    assert TO in over.address


def test_a_subject_that_alone_is_too_long_is_left_out_too() -> None:
    subject = "中" * 200
    for link in (
        own_mail.mailto(TO, subject, SHORT),
        *own_mail.services(TO, subject, SHORT),
    ):
        assert len(link.address) <= LONGEST_LINK
        assert (link.has_text, link.has_subject) == (False, False)
        assert TO in unquote(link.address)
        assert "%E4" not in link.address
    assert own_mail.mailto(TO, SUBJECT, "x" * LONGEST_LINK).has_subject


def test_it_is_the_encoded_length_that_counts() -> None:
    assert own_mail.mailto(TO, "S", "x" * 1_000).has_text
    assert not own_mail.mailto(TO, "S", "ŵ" * 1_000).has_text


def test_nothing_in_an_address_or_a_subject_makes_another_field() -> None:
    link = own_mail.mailto("a@b.uk?bcc=all@c.uk", "S&bcc=all@c.uk", "T")
    assert "bcc=" not in link.address
    for service in own_mail.services("a@b.uk&cc=all@c.uk", "S&cc=all@c.uk", "T"):
        assert "cc=" not in service.address
