"""What was found of a record, and whom one asks for it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from actions.errors import BrokenRecordError

# Of what others publish no more than this is repeated.
_SHOWN: Final = 60


class Verdict(StrEnum):
    """How it stands with a record, in the words of the report."""

    OK = "ok"
    ADVICE = "advice"
    MISSING = "missing"
    BROKEN = "broken"
    # No answer says nothing of what is published.
    UNASKED = "could not be asked"

    @property
    def is_bad(self) -> bool:
        """Whether something must be done."""
        return self in {Verdict.MISSING, Verdict.BROKEN}


@dataclass(frozen=True)
class Finding:
    """One sentence about one record, and what to publish if something should be."""

    record: str
    verdict: Verdict
    sentence: str
    # One line of a zone; "" where nothing is to be published.
    publish: str = ""


class Source(Protocol):
    """Whom one asks. Each question raises UnansweredError if there is no answer."""

    def exists(self, name: str) -> bool:
        """Whether there is such a name, with whatever records."""

    def texts(self, name: str) -> tuple[str, ...]:
        """Its TXT records, each as one text; none if there is no such name."""

    def mail_servers(self, name: str) -> tuple[str, ...]:
        """The hosts of its MX records, the first to be tried first; "." is none."""

    def has_address(self, name: str) -> bool:
        """Whether it has an IPv4 or an IPv6 address."""


def published(name: str, text: str) -> str:
    """Write a TXT record as it stands in a zone."""
    return f'{name}. TXT "{text}"'


def shown(text: str) -> str:
    """Shorten what others wrote, for a sentence."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def tags(name: str, text: str) -> dict[str, str]:
    """Read a list of tags, such as "v=DMARC1; p=none", in its order.

    Raises:
        BrokenRecordError: it is none, or has a tag twice.

    """
    found: dict[str, str] = {}
    for part in text.split(";"):
        if not part.strip():
            continue
        tag, sign, value = (piece.strip() for piece in part.partition("="))
        if not sign or not tag or tag in found:
            fault = "has twice" if tag in found else "cannot be read at"
            message = (
                f"The record at {name} {fault} “{shown(part.strip())}”: write each tag "
                "once, as name=value, with a semicolon between two."
            )
            raise BrokenRecordError(message)
        found[tag] = value
    return found
