"""Names in the DNS: which texts are some, and which of them nobody can publish at."""

import re
from typing import Final

from django.utils.encoding import punycode

_LONGEST: Final = 253
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.IGNORECASE)
# Set aside for examples and tests (RFC 2606, RFC 6761).
_PLACEHOLDERS: Final = frozenset({"example", "invalid", "test", "localhost"})


def is_name(text: str) -> bool:
    """Whether a name could stand in the DNS."""
    return len(text) <= _LONGEST and _NAME.fullmatch(text) is not None


def as_servers_know_it(text: str) -> str:
    """Write a domain in lower case and ASCII, without the dot at its end.

    Raises:
        ValueError: it is none.

    """
    try:
        name = punycode(text.strip().removesuffix(".")).lower()
    except UnicodeError:
        name = ""
    if not is_name(name):
        message = f"{text!r} is no domain; write it as in example.org"
        raise ValueError(message)
    return name


def is_placeholder(domain: str) -> bool:
    """Whether it only stands for a domain, so that it has no records."""
    return "." not in domain or domain.rpartition(".")[2] in _PLACEHOLDERS
