"""DMARC (RFC 7489): what becomes of mail that only claims to be from a domain."""

from collections.abc import Iterator
from typing import Final

from actions.errors import BrokenRecordError
from actions.sending_records.findings import (
    Finding,
    Source,
    Verdict,
    published,
    shown,
    tags,
)

_VERSION: Final = "v=dmarc1"
_POLICIES: Final = ("none", "quarantine", "reject")
# A domain of more labels is passed over from the left.
_MOST_LABELS: Final = 8


def look(domain: str, source: Source) -> Iterator[Finding]:
    """Say what a domain's DMARC record, or that of the domain above it, asks for.

    Raises:
        UnansweredError: one of the names could not be asked for.
        BrokenRecordError: receiving servers would pass it over.

    """
    for owner in (domain, *_above(domain)):
        name = f"_dmarc.{owner}"
        records = [text for text in source.texts(name) if _is_one(text)]
        if len(records) > 1:
            message = (
                f"There are {len(records)} DMARC records at {name}, so that none "
                "counts: leave one."
            )
            raise BrokenRecordError(message)
        if records:
            record = _read(name, records[0])
            yield _about_the_policy(name, record, is_own=owner == domain)
            yield from _about_the_signature(domain, record)
            yield from _about_reports(name, record)
            return
    yield Finding(
        "DMARC",
        Verdict.MISSING,
        f"{domain} has no DMARC record, which large providers ask of whoever sends "
        "much. Begin with one that only has reports sent to you.",
        published(f"_dmarc.{domain}", _sample(domain)),
    )


def _sample(domain: str) -> str:
    return f"v=DMARC1; p=none; rua=mailto:dmarc@{domain}"


def _above(domain: str) -> list[str]:
    """Return the domains above, the organisation's own before what lies between.

    Which one is the organisation's is in no record: it is the shortest that has a
    DMARC record, but for the last label.
    """
    labels = domain.split(".")
    return [
        ".".join(labels[-count:]) for count in range(2, min(len(labels), _MOST_LABELS))
    ]


def _is_one(text: str) -> bool:
    return "".join(text.partition(";")[0].split()).lower() == _VERSION


def _read(name: str, text: str) -> dict[str, str]:
    record = tags(name, text)
    fault = ""
    if record.get("v") != "DMARC1":
        fault = "does not begin with “v=DMARC1” in just these letters: begin it so"
    elif "p" not in record:
        fault = "says nothing of what to do (p=): add p=none, p=quarantine or p=reject"
    for tag, allowed in (
        ("p", _POLICIES),
        ("sp", _POLICIES),
        ("adkim", ("r", "s")),
        ("aspf", ("r", "s")),
    ):
        if not fault and record.get(tag, allowed[0]).lower() not in allowed:
            fault = (
                f"has “{tag}={shown(record[tag])}”: write one of "
                f"{', '.join(f'{tag}={value}' for value in allowed)}"
            )
    if fault:
        message = f"The DMARC record at {name} {fault}."
        raise BrokenRecordError(message)
    return record


def _about_the_policy(name: str, record: dict[str, str], *, is_own: bool) -> Finding:
    # What is said of the domains below counts for one of them.
    tag = "p" if is_own or "sp" not in record else "sp"
    policy = record[tag].lower()
    if policy == "none":
        return Finding(
            "DMARC",
            Verdict.ADVICE,
            f"The record at {name} has mail that only claims to be from you delivered "
            f"all the same ({tag}=none): once the reports show that your own passes, "
            f"change it to {tag}=quarantine.",
        )
    return Finding(
        "DMARC",
        Verdict.OK,
        f"The record at {name} has mail that only claims to be from you kept out "
        f"({tag}={policy}).",
    )


def _about_the_signature(domain: str, record: dict[str, str]) -> Iterator[Finding]:
    # SPF needs no such word: letters come from the very domain in their envelope.
    if record.get("adkim", "r").lower() == "s":
        yield Finding(
            "DMARC",
            Verdict.ADVICE,
            "Signatures count only of the very domain (adkim=s): see that your mail "
            f"server signs with d={domain}, or take adkim=s out.",
        )


def _about_reports(name: str, record: dict[str, str]) -> Iterator[Finding]:
    if not record.get("rua"):
        yield Finding(
            "DMARC",
            Verdict.ADVICE,
            f"The record at {name} has no reports sent to anybody, so that you do not "
            "learn who sends in your name: add rua=mailto: and an address of yours.",
        )
        return
    for address in record["rua"].split(","):
        scheme, _, mailbox = address.strip().partition(":")
        if scheme.lower() != "mailto" or "@" not in mailbox:
            message = (
                f"The DMARC record at {name} has reports sent to "
                f"“{shown(address.strip())}”: write it as "
                "rua=mailto:dmarc@example.org."
            )
            raise BrokenRecordError(message)
