"""The addresses that a letter's mails come from, and come back to."""

import re

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from actions import addresses, tags
from actions.addresses import Purpose, Tagged
from actions.models import Letter

TAG = "k7f3abcdefgh2"
DOMAIN = "letters.example"


@pytest.fixture(autouse=True)
def ours(settings: Settings) -> None:
    settings.SENDER_ADDRESS = f"letters@{DOMAIN}"


def mailbox_of(name: str, tag: str = TAG) -> str:
    address = addresses.sender_of(Letter(sender_name=name, tag=tag)).address
    mailbox, _, domain = address.partition("@")
    assert domain == DOMAIN
    return mailbox


@pytest.mark.parametrize(
    ("name", "readable"),
    [
        ("Jo Marsden", "jo.marsden"),
        ("Siân O’Neill-Rhŷs", "sian.oneill-rhys"),
        ("Işıl Çağlar Şahin", "isil.caglar.sahin"),
        ("ئابدۇۋەلى تۇرسۇن", "ibduvela.tursun"),
        ("Рахима Махмут", "rakhima.makhmut"),
        ("Łukasz Żółć", "lukasz.zolc"),
        ("Dr. Jo  --  (Marsden), MBE", "dr.jo.marsden.mbe"),
        ("Jo <mp@other.example>", "jo.mp.other.example"),
        ("", "letter"),
        ("…", "letter"),
        ("-.-", "letter"),
        ("x" * 100, "x" * 50),
        ("x" * 49 + " y", "x" * 49),
        ("Bounce", "letter.bounce"),
        ("Notice!", "letter.notice"),
    ],
)
def test_a_name_can_be_read_in_the_address(name: str, readable: str) -> None:
    assert mailbox_of(name) == f"{readable}.{TAG}"


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"])))
@example("\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 20)
def test_whatever_the_name_the_letter_is_found_again(name: str) -> None:
    tag = tags.new()
    mailbox = mailbox_of(name, tag)
    assert len(mailbox) <= 64
    assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", mailbox)
    assert addresses.tag_in(f"{mailbox}@{DOMAIN}") == Tagged(tag, Purpose.REPLY)


def test_what_comes_back_is_told_from_what_is_answered() -> None:
    letter = Letter(sender_name="Jo", tag=TAG)
    assert [
        addresses.tag_in(address)
        for address in (
            addresses.sender_of(letter).address,
            addresses.bounce_address_of(letter),
            addresses.notice_address_of(letter),
        )
    ] == [
        Tagged(TAG, Purpose.REPLY),
        Tagged(TAG, Purpose.LETTER_BOUNCE),
        Tagged(TAG, Purpose.NOTICE_BOUNCE),
    ]


@pytest.mark.parametrize(
    "address",
    [
        f"JO.{TAG.upper()}@Letters.Example",
        f"jo.{TAG}+office@{DOMAIN}",
        f" jo.{TAG}@{DOMAIN} ",
    ],
)
def test_what_servers_and_people_change_on_the_way_is_forgiven(address: str) -> None:
    assert addresses.tag_in(address) == Tagged(TAG, Purpose.REPLY)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@",
        f"letters@{DOMAIN}",
        f"{TAG}@{DOMAIN}",
        f".{TAG}@{DOMAIN}",
        f"jo.{TAG}@other.example",
        f"jo.{TAG}@sub.{DOMAIN}",
        f"jo.{TAG[1:]}@{DOMAIN}",
        f"jo.{TAG}x@{DOMAIN}",
        f"jo+{TAG}@{DOMAIN}",
        f"jo.{TAG}@{'x' * 300}é",
    ],
)
def test_an_address_that_names_no_letter_of_ours_has_no_tag(address: str) -> None:
    assert addresses.tag_in(address) is None


def test_our_domain_is_known_however_it_is_written(settings: Settings) -> None:
    settings.SENDER_ADDRESS = "letters@bücher.example"
    written = addresses.bounce_address_of(Letter(tag=TAG))
    assert written == f"bounce.{TAG}@xn--bcher-kva.example"
    for domain in ("bücher.example", "xn--bcher-kva.example"):
        assert addresses.tag_in(f"bounce.{TAG}@{domain}")


def test_a_letter_without_a_tag_has_the_bare_address() -> None:
    letter = Letter(sender_name="Jo", tag="")
    assert addresses.sender_of(letter) == ("Jo", f"letters@{DOMAIN}")
    assert addresses.bounce_address_of(letter) == f"letters@{DOMAIN}"


def test_while_our_own_address_is_none_no_mail_is_ours(settings: Settings) -> None:
    settings.SENDER_ADDRESS = "x y@z.example"
    assert addresses.tag_in(f"jo.{TAG}@z.example") is None
