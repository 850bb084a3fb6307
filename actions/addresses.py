"""Addresses of our own: under which each letter's mails go out, and come back.

Three belong to a letter, told apart by what stands before its tag: the one that its
writer's mail comes from, and those to which it and our own mails come back if they
can't be handed on (docs/decisions/0023-addresses-with-tags.md).
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from anyascii import anyascii
from django.conf import settings
from django.utils.encoding import punycode

from actions import headers, tags
from actions.errors import TemporaryDeliveryError
from actions.headers import Party
from actions.models import Letter

# Bytes of what stands before the @ (RFC 5321), and what the tag leaves of them.
_LONGEST: Final = 64
_ROOM: Final = _LONGEST - tags.LENGTH - 1
_NOT_READABLE: Final = re.compile(r"[^a-z0-9-]+")
# Left out, not taken for the end of a word: O'Neill, and the ʼ of many languages.
_APOSTROPHES: Final = re.compile(r"['`]")


class Purpose(Enum):
    """What mail to an address of ours is about; its value stands before the tag."""

    # Whatever else does: a name, so that the address can be read.
    REPLY = "letter"
    LETTER_BOUNCE = "bounce"
    NOTICE_BOUNCE = "notice"


@dataclass(frozen=True)
class Tagged:
    """What an address of ours says of the mail that comes to it."""

    tag: str
    purpose: Purpose


def our_address(setting: str, name: str = "") -> Party:
    """Return an address of our own, fit for a header, under a name.

    Raises:
        ValueError: the name can't stand in a header.
        TemporaryDeliveryError: the address can't. No mail is to blame for that, so none
            may be given up for it.

    """
    try:
        address = Party("", getattr(settings, setting)).checked().address
    except ValueError as error:
        message = f"{setting} is not an e-mail address: set it and start again."
        raise TemporaryDeliveryError(message) from error
    return Party(headers.without_control(name), address)


def sender_of(letter: Letter) -> Party:
    """Say whom a letter comes from: its writer's name, at an address of its own.

    Raises:
        ValueError, TemporaryDeliveryError: as for ``our_address``.

    """
    return _tagged(letter, _readable(letter.sender_name), letter.sender_name)


def office_address_of(letter: Letter) -> str:
    """Give the address that an office's answer goes on to the letter's writer from."""
    return _tagged(letter, "office").address


def domain() -> str:
    """Give our domain, as servers know it.

    Raises:
        TemporaryDeliveryError: the setting is no address.

    """
    return our_address("SENDER_ADDRESS").address.rpartition("@")[2].lower()


def bounce_address_of(letter: Letter) -> str:
    """Give the address that a letter comes back to."""
    return _tagged(letter, Purpose.LETTER_BOUNCE.value).address


def notice_address_of(letter: Letter) -> str:
    """Give the address that our own mails about a letter come back to."""
    return _tagged(letter, Purpose.NOTICE_BOUNCE.value).address


def tag_in(address: str) -> Tagged | None:
    """Say which letter mail to an address is about; None if it names none of ours.

    Whatever servers do on the way to upper and lower case, and what somebody adds
    behind a plus, changes nothing.
    """
    mailbox, _, domain = address.strip().lower().rpartition("@")
    if not _is_ours(domain):
        return None
    name, _, tag = mailbox.partition("+")[0].rpartition(".")
    if not name or not tags.is_tag(tag):
        return None
    bounces = (Purpose.LETTER_BOUNCE, Purpose.NOTICE_BOUNCE)
    purpose = next((one for one in bounces if one.value == name), Purpose.REPLY)
    return Tagged(tag, purpose)


def _tagged(letter: Letter, mailbox: str, name: str = "") -> Party:
    """Put the tag into our address; a letter without one has the bare address."""
    ours = our_address("SENDER_ADDRESS", name)
    if not letter.tag:
        return ours
    domain = ours.address.rpartition("@")[2]
    return Party(ours.name, f"{mailbox}.{letter.tag}@{domain}")


def _readable(name: str) -> str:
    """Write a name in what every mail server takes, such as "sian.oneill"."""
    # What is longer is cut off anyway, and one character may become many.
    plain = _APOSTROPHES.sub("", anyascii(name[:_ROOM]).lower())
    words = (word.strip("-") for word in _NOT_READABLE.split(plain))
    readable = ".".join(filter(None, words))[:_ROOM].strip(".-")
    # Nobody's name may turn their answers into bounces.
    if readable in {Purpose.LETTER_BOUNCE.value, Purpose.NOTICE_BOUNCE.value}:
        return f"{Purpose.REPLY.value}.{readable}"
    return readable or Purpose.REPLY.value


def _is_ours(domain: str) -> bool:
    try:
        ours = our_address("SENDER_ADDRESS").address.rpartition("@")[2]
        return punycode(domain) == ours.lower()
    except (UnicodeError, TemporaryDeliveryError):
        return False
