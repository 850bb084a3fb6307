"""Names, addresses and free text as they stand in a mail's headers."""

import re
from base64 import b64encode
from email.utils import formataddr
from functools import lru_cache
from typing import NamedTuple

from django.utils.encoding import punycode

# Bytes of text in one encoded word, so that a line with one has 76 characters at most.
_LONGEST_WORD = 39
# A name stands in two headers of a mail. No more is remembered: names are personal.
_REMEMBERED = 8
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


class Party(NamedTuple):
    """Whom a mail is from or to; the name may be empty."""

    name: str
    address: str

    def checked(self) -> "Party":
        """Return it fit for a header, its domain as servers know it.

        Raises:
            ValueError: it can't stand in a header.

        """
        return Party(without_control(self.name), _safe_address(self.address))


def without_control(value: str) -> str:
    """Return a value that holds nothing that could end a header.

    Raises:
        ValueError: it does hold such a thing.

    """
    if _CONTROL.search(value):
        message = "A header would hold a line end or a control character."
        raise ValueError(message)
    return value


def harmless(value: str) -> str:
    """Give a value up to what could end a header: for our own words about a letter.

    The letter itself is refused, and its writer must learn that.
    """
    return _CONTROL.split(value, maxsplit=1)[0].strip()


def written(party: Party) -> str:
    """Write "Name <address>", whatever is in the name."""
    if _is_plain(party.name):
        return formataddr(party)
    return f"{_folded(party.name)}\r\n <{party.address}>"


def plainly(party: Party) -> str:
    """Write the same for those who encode it themselves, such as a provider."""
    if not party.name:
        return party.address
    quoted = party.name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{party.address}>'


def free_text(value: str) -> str:
    """Write free text, such as a subject."""
    return value if _is_plain(value) else _folded(value)


def _is_plain(value: str) -> bool:
    # Text that only looks encoded would be read as what it seems to say.
    return value.isascii() and "=?" not in value


@lru_cache(maxsize=_REMEMBERED)
def _folded(value: str) -> str:
    """Write text as encoded words (RFC 2047), one a line, none cutting a character.

    What the standard library makes of it is the same to a reader, and takes five times
    as long.
    """
    words, word = [], b""
    for character in value:
        encoded = character.encode()
        if len(word) + len(encoded) > _LONGEST_WORD:
            words.append(word)
            word = b""
        word += encoded
    words.append(word)
    return "\r\n ".join(f"=?utf-8?b?{b64encode(part).decode()}?=" for part in words)


@lru_cache(maxsize=_REMEMBERED)
def _safe_address(address: str) -> str:
    """Check an address and write its domain as servers know it."""
    mailbox, _, domain = without_control(address).rpartition("@")
    if not mailbox or not domain or set(address) & set(" <>,;"):
        message = "An address is not one."
        raise ValueError(message)
    written = f"{mailbox}@{punycode(domain)}"
    written.encode("ascii")
    return written
