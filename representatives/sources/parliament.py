"""Parliament's Members API: who sits, how they are written to, what office they hold.

The shapes are those of https://members-api.parliament.uk/index.html, as far as they are
needed here; ``tests/live`` asks whether they are still these. Whatever differs is a
``UnexpectedAnswerError`` that names the answer and the field.
"""

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple, Protocol

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from representatives import addressing, names
from representatives.house import House, OfficeRow
from representatives.models import OfficeKind
from representatives.snapshot import MemberRow
from representatives.sources.members import PROVENANCE
from representatives.sources.shapes import Value, changed

# The API gives no more at a time.
PAGE: Final = 20
# A House has 650; more pages than that are no House.
_MOST_PAGES: Final = 50
PARLIAMENTARY_OFFICE: Final = 1
# In characters. Some posts are several in one, told with all departments.
_LONGEST_EMAIL: Final = 254
_LONGEST_POST: Final = 2_000
_KEPT_OF_A_POST: Final = 200
# Government whips have offices of the Household and the Treasury, with or without the
# word; the First and the Second Lord, and its other secretaries, are no whips.
_WHIP: Final = re.compile(
    r"\bwhips?\b"
    r"|\b(treasurer|comptroller|vice[- ]?chamberlain)\b.*\bhousehold\b"
    r"|\blords? commissioners?\b"
    r"|\bjunior lords?\b.*\btreasury\b"
    r"|\bparliamentary secretary to the treasury\b",
    re.IGNORECASE,
)
_TAKES_NO_SEAT: Final = "Sinn Féin"
_SPEAKER: Final = "Speaker"


class Answers(Protocol):
    """Whoever has the API's answers: the API itself, or files with them."""

    @property
    def as_of(self) -> datetime.date:
        """The day on which they were, or are, given."""

    def page(self, skip: int) -> Any:
        """Give a page of the members who sit now."""

    def contact(self, parliament_id: int) -> Any:
        """Give how a member is reached."""

    def posts(self, side: str, department: int | None) -> Any:
        """Give the posts of "Government" or "Opposition", all or a department's."""

    def speaker_and_deputies(self) -> Any:
        """Give who presides."""


class SeatInForce(NamedTuple):
    """A seat by its code, and since when there has been one of its boundaries."""

    code: str
    since: datetime.date


def read(answers: Answers, seats: Mapping[str, SeatInForce]) -> House:
    """Read everybody who sits.

    Args:
        answers: where to ask.
        seats: each seat by its name as ``names.plain`` writes it.

    Raises:
        SourceError: there is no answer.
        UnexpectedAnswerError: it has not the shape that is documented.

    """
    found, announced = _members(answers)
    members: dict[str, MemberRow] = {}
    listed: set[int] = set()
    for value in found:
        row = _member(value, seats, answers.as_of)
        if row.constituency in members:
            raise changed(value.what, "sits where another member does")
        if row.parliament_id in listed:
            raise changed(value.what, "is listed a second time")
        members[row.constituency] = row
        listed.add(row.parliament_id)
    rows = [
        replace(row, email=_email(answers, row.parliament_id))
        for row in members.values()
    ]
    rows.sort(key=lambda row: row.constituency)
    return House(
        as_of=answers.as_of,
        provenance=PROVENANCE,
        members=tuple(rows),
        offices=_offices(answers, rows),
        doubts=_doubts(rows, announced),
    )


def _members(answers: Answers) -> tuple[list[Value], int]:
    """Give those of all pages, and how many the API says that there are."""
    found: list[Value] = []
    for _ in range(_MOST_PAGES):
        skip = len(found)
        page = Value(f"members-{skip}", answers.page(skip))
        announced = page["totalResults"].number()
        items = [item["value"] for item in page["items"].items()]
        found += items
        if not items or len(found) >= announced:
            return found, announced
    raise changed("members", "do not come to an end")


def _member(
    value: Value, seats: Mapping[str, SeatInForce], as_of: datetime.date
) -> MemberRow:
    membership = value["latestHouseMembership"]
    name = membership["membershipFrom"].needed()
    seat = seats.get(names.plain(name))
    if seat is None:
        what = membership["membershipFrom"].what
        raise changed(what, f"names no seat of ours: {name!r}")
    display_name = value["nameDisplayAs"].needed()
    started = membership["membershipStartDate"].day()
    if started is not None and started > as_of:
        raise changed(membership["membershipStartDate"].what, "is still to come")
    is_known = started is not None and started >= seat.since
    return MemberRow(
        constituency=seat.code,
        parliament_id=value["id"].key(),
        full_title=addressing.full_title(value["nameFullTitle"].text() or display_name),
        display_name=display_name,
        address_as=value["nameAddressAs"].text() or addressing.address_as(display_name),
        party=value["latestParty"]["name"].needed(),
        email="",
        started=started if is_known else None,
    )


def _email(answers: Answers, parliament_id: int) -> str:
    """Give the address of the parliamentary office; "" if there is none.

    Never that of an office in the constituency: it is the office at Westminster whose
    staff sort letters, and what a member publishes there is meant for them.
    """
    contact = Value(f"contact-{parliament_id}", answers.contact(parliament_id))
    for way in contact["value"].items():
        if way["typeId"].number() == PARLIAMENTARY_OFFICE:
            email = way["email"].text(_LONGEST_EMAIL)
            try:
                validate_email(email)
            except ValidationError:
                continue
            return email
    return ""


def _offices(answers: Answers, rows: list[MemberRow]) -> frozenset[OfficeRow]:
    sitting = {row.parliament_id for row in rows}
    offices = {
        OfficeRow(row.parliament_id, kind, kind.label)
        for row in rows
        for party, kind in (
            (_TAKES_NO_SEAT, OfficeKind.NO_SEAT),
            (_SPEAKER, OfficeKind.SPEAKER),
        )
        if row.party == party
    }
    speakers = {office.parliament_id for office in offices}
    presiding = Value("speaker-and-deputies", answers.speaker_and_deputies())
    for item in presiding.items():
        number = item["value"]["id"].key()
        if number not in speakers:
            kind = OfficeKind.DEPUTY_SPEAKER
            offices.add(OfficeRow(number, kind, kind.label))
    for side, kind in (
        ("Government", OfficeKind.MINISTER),
        ("Opposition", OfficeKind.OPPOSITION),
    ):
        offices |= set(_posts(answers, side, kind))
    # Lords hold posts, too.
    return frozenset(office for office in offices if office.parliament_id in sitting)


def _posts(answers: Answers, side: str, kind: OfficeKind) -> Iterator[OfficeRow]:
    """Give the posts of all departments that are named on the way.

    Without a department the API gives the highest posts only.
    """
    asked: set[int | None] = set()
    to_ask: list[int | None] = [None]
    while to_ask:
        department = to_ask.pop()
        asked.add(department)
        name = "-".join(map(str, (f"{side.lower()}-posts", *_given(department))))
        for item in Value(name, answers.posts(side, department)).items():
            post = item["value"]
            for one in post["governmentDepartments"].items():
                number = one["id"].key()
                if number not in asked and number not in to_ask:
                    to_ask.append(number)
            yield from _holders(post, kind)


def _given(department: int | None) -> tuple[int, ...]:
    return () if department is None else (department,)


def _holders(post: Value, kind: OfficeKind) -> Iterator[OfficeRow]:
    name = post["name"].needed(_LONGEST_POST)[:_KEPT_OF_A_POST]
    for holder in post["postHolders"].items():
        if holder["endDate"].text():
            continue
        yield OfficeRow(
            holder["member"]["value"]["id"].key(),
            OfficeKind.WHIP if _WHIP.search(name) else kind,
            name,
            holder["startDate"].day(),
        )


def _doubts(rows: list[MemberRow], announced: int) -> tuple[str, ...]:
    if len(rows) == announced:
        return ()
    return (f"The answer says {announced} members and lists {len(rows)}.",)
