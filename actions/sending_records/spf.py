"""SPF (RFC 7208): who may send for a domain."""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from actions.errors import BrokenRecordError
from actions.sending_records.findings import (
    Finding,
    Source,
    Verdict,
    published,
    shown,
)
from actions.sending_records.names import is_name

_MOST_LOOK_UPS: Final = 10
_VERSION: Final = "v=spf1"
_TERM: Final = re.compile(r"([+?~-]?)([a-z0-9]+)(?:(:)([^/]+))?((?:/.*)?)")
_MODIFIER: Final = re.compile(r"([a-z][a-z0-9_.-]*)=(.*)")
_LENGTH: Final = re.compile(r"(?:/\d{1,2})?(?://\d{1,3})?")
_ADDRESSES: Final = {"ip4": 4, "ip6": 6}
_WITH_NAME: Final = frozenset({"include", "exists"})
_WITH_LOOK_UP: Final = frozenset({"include", "exists", "a", "mx", "ptr", "redirect"})
_KINDS: Final = _WITH_LOOK_UP | _ADDRESSES.keys() | {"all"}
_SAMPLE: Final = "v=spf1 include:SPF-NAME-OF-YOUR-MAIL-PROVIDER -all"


@dataclass(frozen=True)
class _Term:
    kind: str
    # "+" where the record says nothing.
    qualifier: str
    # A name of a domain, if the term has one.
    name: str = ""


def look(domain: str, source: Source) -> Iterator[Finding]:
    """Say whether a domain's SPF record is whole, and what it ends with.

    Raises:
        UnansweredError: it, or one that it includes, could not be asked for.
        BrokenRecordError: receiving servers would not read it to its end.

    """
    records = _records(source.texts(domain))
    if not records:
        yield Finding(
            "SPF",
            Verdict.MISSING,
            f"{domain} does not say which servers may send for it. Your mail "
            "provider’s manual names what to include.",
            published(domain, _SAMPLE),
        )
        return
    walk = _Walk(source)
    end = walk.follow(domain, ())
    kinds = {term.kind for term in _terms(domain, records[0])}
    if end in {"-", "~"} and kinds & _KINDS == {"all"}:
        message = (
            f"{domain} lets nobody send for it (“{shown(records[0])}”): name your mail "
            f"server before “{end}all”."
        )
        raise BrokenRecordError(message)
    yield _about_the_end(domain, end, walk.look_ups)


def _about_the_end(domain: str, end: str, look_ups: int) -> Finding:
    match end:
        case "-" | "~":
            return Finding(
                "SPF",
                Verdict.OK,
                f"{domain} says who may send for it and ends with {end}all "
                f"({look_ups} of {_MOST_LOOK_UPS} look-ups).",
            )
        case "+":
            return Finding(
                "SPF",
                Verdict.BROKEN,
                f"{domain} lets everybody send for it: change “+all” to “-all”, there "
                "or in what it includes.",
                published(domain, _SAMPLE),
            )
    return Finding(
        "SPF",
        Verdict.ADVICE,
        f"{domain} says who may send for it, and nothing of all others: end the record "
        "with “-all” or “~all”.",
        published(domain, _SAMPLE),
    )


class _Walk:
    """A reading of a record as receiving servers read it, with all it includes."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.look_ups = 0

    def follow(self, domain: str, path: tuple[str, ...]) -> str:
        """Read a domain's record; return what "all" is marked with, "" if it is not.

        ``path`` are the domains that led here.
        """
        path = (*path, domain)
        redirect = ""
        for term in _terms(domain, self._record(domain, path)):
            if term.kind == "all":
                return term.qualifier
            if term.kind == "redirect":
                redirect = term.name
                continue
            if term.kind in _WITH_LOOK_UP:
                self._count(path[0])
            if term.kind == "include":
                end = self._include(term.name, path)
                if term.qualifier == end == "+":
                    # What lets everybody in there does so here.
                    return end
        if not redirect:
            return ""
        self._count(path[0])
        return self._include(redirect, path)

    def _include(self, name: str, path: tuple[str, ...]) -> str:
        if "%" in name:
            # Which record that is depends on the letter.
            return ""
        if name in path:
            message = (
                f"The SPF record of {path[-1]} comes back to that of {name}: no server "
                "reads such a circle to its end. Take one of the includes out."
            )
            raise BrokenRecordError(message)
        return self.follow(name, path)

    def _record(self, domain: str, path: tuple[str, ...]) -> str:
        records = _records(self._source.texts(domain))
        match records:
            case [record]:
                return record
            case []:
                message = (
                    f"The SPF record of {path[-2]} includes that of {domain}, which has"
                    " none: take it out, or correct the name."
                )
            case _:
                message = (
                    f"{domain} has {len(records)} SPF records, so that none counts: "
                    "put what they name into one."
                )
        raise BrokenRecordError(message)

    def _count(self, domain: str) -> None:
        self.look_ups += 1
        if self.look_ups > _MOST_LOOK_UPS:
            message = (
                f"The SPF record of {domain} needs more than {_MOST_LOOK_UPS} look-ups "
                "with all that it includes, so that servers give up: take out what "
                "does not send, or write addresses (ip4:, ip6:) instead of names."
            )
            raise BrokenRecordError(message)


def _records(texts: tuple[str, ...]) -> list[str]:
    return [
        text for text in texts if text.split(" ", maxsplit=1)[0].lower() == _VERSION
    ]


def _terms(domain: str, record: str) -> list[_Term]:
    terms = []
    for text in record.lower().split()[1:]:
        term = _modifier(text) if _MODIFIER.fullmatch(text) else _mechanism(text)
        if term is None:
            message = (
                f"The SPF record of {domain} has “{shown(text)}”, which servers do not "
                "understand, so that none of it counts: correct it, such as "
                "ip4:192.0.2.1 or include:example.org."
            )
            raise BrokenRecordError(message)
        terms.append(term)
    return terms


def _modifier(text: str) -> _Term | None:
    name, _, value = text.partition("=")
    if name == "redirect":
        return _Term(name, "", value) if _is_target(value) else None
    # Others are passed over by servers, but "ip4=" is a slip.
    return None if name in _KINDS else _Term(name, "")


def _mechanism(text: str) -> _Term | None:
    found = _TERM.fullmatch(text)
    if not found or found[2] not in _KINDS - {"redirect"}:
        return None
    qualifier, kind, value = found[1] or "+", found[2], found[4] or ""
    if kind in _ADDRESSES:
        is_right = _is_network(text.partition(":")[2], _ADDRESSES[kind])
    elif kind in _WITH_NAME:
        is_right = _is_target(value) and not found[5]
    elif kind == "all":
        is_right = not found[3] and not found[5]
    else:
        is_right = (not found[3] or _is_target(value)) and bool(
            _LENGTH.fullmatch(found[5])
        )
    return _Term(kind, qualifier, value.removesuffix(".")) if is_right else None


def _is_target(name: str) -> bool:
    return "%{" in name or is_name(name.removesuffix("."))


def _is_network(text: str, version: int) -> bool:
    try:
        return ipaddress.ip_network(text, strict=False).version == version
    except ValueError:
        return False
