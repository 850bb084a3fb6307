"""The list of the current members of the House of Commons."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from django.utils.translation import gettext_noop

from representatives import addressing
from representatives.snapshot import MemberRow, Provenance
from representatives.sources.constituencies import CODES_IN_FORCE
from representatives.sources.tables import Table

PROVENANCE = Provenance(
    source=gettext_noop(
        "The current members of the House of Commons with their titles, parties and"
        " e-mail addresses, from UK Parliament. How each is addressed after “Dear” is"
        " derived from the title."
    ),
    licence="Open Parliament Licence v3.0",
    licence_url="https://www.parliament.uk/site-information/copyright-parliament/open-parliament-licence/",
    attribution=(
        "Contains Parliamentary information licensed under the Open Parliament Licence"
        " v3.0."
    ),
)

_COLUMNS = {
    "the seat's code": ("constituency_code",),
    "the Parliament id": ("parliament_id",),
    "the full title": ("full_title",),
    "the display name": ("display_name",),
    "the party": ("party",),
    "the e-mail address": ("email",),
    "the day of election": ("elected_on",),
    "the TheyWorkForYou id": ("twfy_id",),
}
_OPTIONAL = ("the TheyWorkForYou id",)


def read(path: Path, seats: Mapping[str, date]) -> tuple[MemberRow, ...]:
    """Every member by seat; raises ``SourceError``.

    ``seats`` has the first day of each seat's boundaries by its code.
    """
    table = Table(path, _COLUMNS, optional=_OPTIONAL)
    members: dict[str, MemberRow] = {}
    ids: set[int] = set()
    theirs: set[int] = set()
    for line, cells in table.rows():
        member = _member(table, line, cells, seats)
        if member.constituency in members:
            raise table.fault(line, f"gives {member.constituency} a second member")
        if member.parliament_id in ids:
            raise table.fault(
                line, f"gives member {member.parliament_id} a second seat"
            )
        theirs_now = member.theyworkforyou_id
        if theirs_now in theirs:
            raise table.fault(
                line, f"gives TheyWorkForYou id {theirs_now} a second member"
            )
        ids.add(member.parliament_id)
        if theirs_now:
            theirs.add(theirs_now)
        members[member.constituency] = member
    if not members:
        raise table.fault(1, "is the only one: no member is listed")
    return tuple(members[code] for code in sorted(members))


def _member(
    table: Table, line: int, cells: list[str], seats: Mapping[str, date]
) -> MemberRow:
    written, parliament_id, full_title, display_name, party, email, *rest = cells
    elected_on, theyworkforyou_id = rest
    code = CODES_IN_FORCE.get(written, written)
    if code not in seats:
        raise table.fault(line, f"names an unknown seat: {code!r}")
    if not (full_title and display_name and party):
        raise table.fault(line, "has no title, no name or no party")
    if not (parliament_id.isascii() and parliament_id.isdecimal()):
        raise table.fault(line, f"has a Parliament id that is none: {parliament_id!r}")
    if not re.fullmatch(r"(?:[1-9][0-9]{0,8})?", theyworkforyou_id):
        raise table.fault(
            line, f"has a TheyWorkForYou id that is none: {theyworkforyou_id!r}"
        )
    try:
        elected = date.fromisoformat(elected_on) if elected_on else None
    except ValueError as error:
        raise table.fault(line, f"has a day that is none: {elected_on!r}") from error
    return MemberRow(
        constituency=code,
        parliament_id=int(parliament_id),
        full_title=addressing.full_title(full_title),
        display_name=display_name,
        address_as=addressing.address_as(display_name),
        party=party,
        email=email,
        started=_start_of_term(elected, seats[code]),
        theyworkforyou_id=int(theyworkforyou_id) if theyworkforyou_id else None,
    )


def _start_of_term(elected: date | None, since: date) -> date | None:
    """When the present term began, or None.

    The register says when somebody first entered the House. Only where that was in or
    after the election that made these seats is it the start of a term in one of them;
    whoever came earlier may have moved or stood down in between: unknown, not wrong.
    """
    if elected is None or elected < since:
        return None
    return elected
