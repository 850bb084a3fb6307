"""Whom a mail is for: which of its addresses are ours, and which letter they name."""

import re
from typing import Final

from actions.incoming.fields import Fields, addresses_in
from actions.incoming.values import Envelope

# What mail servers write down of the envelope, the surest first; then what the sender
# wrote, which a hidden copy (Bcc) lacks.
_FROM_THE_ENVELOPE: Final = ("x-original-to", "delivered-to", "envelope-to")
_WRITTEN: Final = ("to", "cc", "apparently-to")
_MOST_RECIPIENTS: Final = 200
# 65 bits of base32: see ``tagging``. What stands before it may be written differently
# by gateways that put marks of their own there.
_TAG: Final = re.compile(r"(?:(.*)\.)?([a-z2-7]{13})")
BOUNCES: Final = "bounce"
NOTICES: Final = "notice"


def recipients_of(fields: Fields, envelope: Envelope) -> tuple[str, ...]:
    """Give every address that a mail may be for, in lower case, the surest first."""
    found = [
        *addresses_in(envelope.recipient),
        *(one for name in _FROM_THE_ENVELOPE for one in fields.addresses(name)),
        *(one for name in _WRITTEN for one in fields.addresses(name)),
    ]
    return tuple(dict.fromkeys(one.lower() for one in found))[:_MOST_RECIPIENTS]


def tags_for(
    recipients: tuple[str, ...], envelope: Envelope, domain: str
) -> tuple[str, ...]:
    """Give the tags that a mail may be for.

    Where the mail server says for which address it took the mail, that alone counts:
    the others it takes as mails of their own.
    """
    if said := tags_in(addresses_in(envelope.recipient), domain):
        return said
    return tags_in(recipients, domain)


def tags_in(addresses: tuple[str, ...], domain: str) -> tuple[str, ...]:
    """Give the tags in addresses of our domain, each once."""
    found = (_split(address, domain)[1] for address in addresses)
    return tuple(dict.fromkeys(tag for tag in found if tag))


def envelope_address_in(addresses: tuple[str, ...], domain: str) -> str:
    """Say which address of our envelopes the first of ours is: of letters, or notices.

    "" if it is none of them.
    """
    for address in addresses:
        before, tag = _split(address, domain)
        if tag:
            # A full stop before it is part of somebody's name.
            last = re.split(r"[=+]", before)[-1]
            return last if last in {BOUNCES, NOTICES} else ""
    return ""


def _split(address: str, domain: str) -> tuple[str, str]:
    """Give what stands before a tag, and the tag; both "" if there is none."""
    mailbox, _, host = address.lower().rpartition("@")
    found = _TAG.fullmatch(mailbox) if host == domain.lower() else None
    return (found[1] or "", found[2]) if found else ("", "")
