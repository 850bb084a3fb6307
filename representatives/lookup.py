"""Who speaks for a postcode, and how sure that is."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import starmap
from typing import Any, Final

from django.db import connection
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy, pgettext

from representatives import parliament
from representatives.models import (
    ByElection,
    Constituency,
    Country,
    PostcodeSector,
    Register,
    RegisterVersion,
)
from representatives.postcodes import Postcode
from representatives.prepared import Prepared

# Where an answer comes from if nobody else was asked.
DIRECTORY: Final = "directory"
_WELSH_PAIRS = re.compile("ch|dd|ff|ll|ph|rh|th")


class Match(StrEnum):
    """How sure an answer is.

    exact: the directory has the unit. It puts each unit where its middle point lies, so
    even then a single house may belong to the neighbouring seat. likely: the unit ended
    not long ago, or it does not have the unit, but all it knows of the sector lies in
    one seat. split: the sector is shared by the candidates. unknown: see the reason.
    """

    EXACT = "exact"
    LIKELY = "likely"
    SPLIT = "split"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a match is unknown."""

    NONE = ""
    NORTHERN_IRELAND = "northern_ireland"
    UNKNOWN_POSTCODE = "unknown_postcode"


@dataclass(frozen=True, slots=True)
class Member:
    """Who holds a seat now, with what staff know better; ``id`` is the term's key."""

    id: int
    parliament_id: int
    display_name: str
    full_title: str
    address_as: str
    party: str
    email: str
    # Tells the portrait from earlier ones; "" where there is none.
    portrait: str = ""

    @property
    def has_email(self) -> bool:
        """Whether a letter can go by mail; a few members publish no address."""
        return bool(self.email)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A seat that may be the right one, and who holds it: nobody while it is vacant.

    ``share`` is the share of the sector's known units that lie in it, 1.0 unless split.
    """

    code: str
    name: str
    name_cy: str
    country: str
    region: str
    share: float
    representative: Member | None


@dataclass(frozen=True, slots=True)
class AsOf:
    """The month or day that the registers describe, "" before they are loaded."""

    postcodes: str
    members: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a postcode leads to; of several candidates the likeliest comes first.

    ``source`` is the directory that comes with Postbag or the service that was asked
    (``kept_answers.Service``).
    """

    postcode: Postcode
    match: Match
    reason: Reason
    candidates: tuple[Candidate, ...]
    as_of: AsOf
    source: str = DIRECTORY


@dataclass(frozen=True, slots=True)
class SeatName:
    """A seat as a list to choose from shows it."""

    code: str
    name: str
    name_cy: str
    country: str
    region: str


@dataclass(frozen=True, slots=True)
class About:
    """A register for the page about the data; ``as_of`` reads "August 2023".

    In the reader's language, but for the licence and what it asks to be said.
    """

    title: str
    words: str
    as_of: str
    entries: int
    licence: str
    licence_url: str
    attribution: str


def name_in(seat: Candidate | SeatName, language: str) -> str:
    """Name a seat in a language such as "cy": in Welsh where it has a Welsh name."""
    return (seat.name_cy if language == "cy" else "") or seat.name


def sort_name(seat: Candidate | SeatName, language: str) -> str:
    """Write a name so that plain order puts it where its readers look for it.

    In Welsh some pairs of letters are one, which comes after the first of them:
    Caerfyrddin stands before Caerffili. "ng" is left alone, as it mostly is two letters
    in names (Bangor).
    """
    name = name_in(seat, language)
    if language != "cy" or seat.country != Country.WALES:
        return name
    plain = unicodedata.normalize("NFKD", name).casefold()
    return _WELSH_PAIRS.sub(lambda pair: f"{pair[0][0]}\uffff", plain)


def find(postcode: Postcode) -> Found:
    """Find the seat of a postcode, mostly in one query, in two if it is unknown."""
    parts = _rows(_SEATS_IN_SECTOR, postcode.sector)
    if not any(units or _has_unit(ended, postcode.unit) for units, ended, *_ in parts):
        return _unknown(postcode)
    *_, postcodes, members = parts[0]
    dates = AsOf(postcodes=postcodes, members=members or "")
    for units, _, *seat in parts:
        if _has_unit(units, postcode.unit):
            exact = (_candidate(seat),)
            return Found(postcode, Match.EXACT, Reason.NONE, exact, dates)
    for _, ended, *seat in parts:
        if _has_unit(ended, postcode.unit):
            last = (_candidate(seat),)
            return Found(postcode, Match.LIKELY, Reason.NONE, last, dates)
    near = _shares(parts)
    match = Match.LIKELY if len(near) == 1 else Match.SPLIT
    return Found(postcode, match, Reason.NONE, near, dates)


def _unknown(postcode: Postcode) -> Found:
    rows = (
        _rows(_SEATS_WITHOUT_POSTCODES, Country.NORTHERN_IRELAND.value)
        if postcode.is_northern_irish
        else []
    )
    if not rows:
        return Found(postcode, Match.UNKNOWN, Reason.UNKNOWN_POSTCODE, (), as_of())
    *_, postcodes, members = rows[0]
    all_18 = tuple(sorted(map(_candidate, rows), key=lambda seat: seat.name))
    dates = AsOf(postcodes=postcodes or "", members=members or "")
    return Found(postcode, Match.UNKNOWN, Reason.NORTHERN_IRELAND, all_18, dates)


def covers_northern_ireland() -> bool:
    """Whether the loaded directory has its postcodes, as the shipped one must not."""
    return bool(_NORTHERN_IRISH_SECTORS.rows())


def neighbours(postcode: Postcode, code: str) -> tuple[Candidate, ...]:
    """The seats that share the postcode's sector with the seat ``code``.

    Whoever lives near a boundary and finds the wrong MP most likely has one of these.
    """
    parts = _rows(_SEATS_IN_SECTOR, postcode.sector)
    return tuple(near for near in _shares(parts) if near.code != code)


def seat(code: str) -> Candidate | None:
    """Find the seat that a code in force, or a former one, stands for."""
    if not (code.isascii() and code.isalnum()):
        return None
    if rows := _rows(_SEAT_BY_CODE, code):
        return _candidate(rows[0])
    renamed = (
        Constituency.objects.current().renamed().values_list("code", "former_codes")
    )
    for in_force, former_codes in renamed:
        if code in former_codes:
            return _candidate(_rows(_SEAT_BY_CODE, in_force)[0])
    return None


def by_election(code: str) -> date | None:
    """Give the polling day of a seat's next by-election, if anybody has said it."""
    coming = ByElection.objects.filter(
        constituency__code=code,
        constituency__is_current=True,
        polling_on__gte=parliament.today(),
    )
    return coming.order_by("polling_on").values_list("polling_on", flat=True).first()


def seats() -> tuple[SeatName, ...]:
    """Every seat by name, for a list to choose from.

    Kept in memory until another register of constituencies is loaded.
    """
    digest = _versions().get(Register.CONSTITUENCIES, _NO_VERSION).digest
    kept = _seats_by_digest.get(digest)
    if kept is None:
        rows = Constituency.objects.current().values_list(
            "code", "name", "name_cy", "country", "region"
        )
        # Sorted here, as databases differ in how they order hyphens and accents.
        kept = tuple(sorted(starmap(SeatName, rows), key=lambda seat: seat.name))
        if digest:
            _seats_by_digest.clear()
            _seats_by_digest[digest] = kept
    return kept


def forget_seats() -> None:
    """Read them afresh next time: a test has made seats of its own."""
    _seats_by_digest.clear()


def as_of() -> AsOf:
    """How old the loaded registers are."""
    versions = _versions()
    return AsOf(
        postcodes=versions.get(Register.POSTCODES, _NO_VERSION).as_of,
        members=versions.get(Register.MEMBERS, _NO_VERSION).as_of,
    )


def about() -> list[About]:
    """The loaded registers with their licences, in the order of ``Register``."""
    current = {
        version.register: version for version in RegisterVersion.objects.current()
    }
    return [
        About(
            title=str(_TITLES[register]),
            # Translators have the words of the registers that are shipped.
            words=gettext(current[register].source),
            as_of=_spoken(current[register].as_of),
            entries=current[register].entries,
            licence=current[register].licence,
            licence_url=current[register].licence_url,
            attribution=current[register].attribution,
        )
        for register in Register
        if register in current
    ]


@dataclass(frozen=True, slots=True)
class _Version:
    as_of: str
    digest: str


_NO_VERSION = _Version(as_of="", digest="")
_TITLES: Final = {
    Register.CONSTITUENCIES: gettext_lazy("Constituencies"),
    Register.MEMBERS: gettext_lazy("Members of the House of Commons"),
    Register.POSTCODES: gettext_lazy("Postcodes"),
}
_seats_by_digest: dict[str, tuple[SeatName, ...]] = {}


def _versions() -> dict[str, _Version]:
    return {
        register: _Version(as_of, digest)
        for register, as_of, digest in _CURRENT_VERSIONS.rows()
    }


def _spoken(as_of: str) -> str:
    """Write "2023-08" as "August 2023", "2026-06-27" as "27 June 2026"."""
    if day := parse_date(as_of):
        # Translators: a date as 22 November 2026, in Django's letters for it.
        return date_format(day, pgettext("date", "j F Y"))
    month = parse_date(f"{as_of}-01")
    # Translators: a month as November 2026.
    return date_format(month, pgettext("date", "F Y")) if month else as_of


def _has_unit(units: str, unit: str) -> bool:
    """Whether two letters stand among pairs run together: AB in ABCD, not in CABD."""
    place = units.find(unit)
    while place % 2 == 1 and place != -1:
        place = units.find(unit, place + 1)
    return place != -1


def _shares(parts: list[tuple[Any, ...]]) -> tuple[Candidate, ...]:
    """The parts of a sector that have live postcodes, the largest first."""
    letters = sum(len(units) for units, *_ in parts)
    candidates = [
        _candidate(seat, share=len(units) / letters)
        for units, _, *seat in parts
        if units
    ]
    return tuple(sorted(candidates, key=lambda seat: (-seat.share, seat.code)))


def _candidate(row: Sequence[Any], share: float = 1.0) -> Candidate:
    """One row of ``_SEATS`` as a value."""
    code, name, name_cy, country, region, *holder = row[:13]
    member = Member(*holder) if holder[0] else None
    return Candidate(code, name, name_cy, country, region, share, member)


def _rows(statement: str, value: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        # By name, as Django seeks nameless places in the statement each time anew.
        cursor.execute(
            statement, {"value": value, "today": parliament.today().isoformat()}
        )
        return list(cursor.fetchall())


# Written by hand: a look-up should cost little more than its way over HTTP, and Django
# takes ten times as long to compile the same, or twice as long to run what it compiled
# (docs/benchmarks.md).
_COLUMNS = """
  seat.code, seat.name, seat.name_cy, seat.country, seat.region,
  term.id, term.parliament_id, term.display_name, term.full_title,
  COALESCE(NULLIF(known.address_as, ''), term.address_as), term.party,
  COALESCE(NULLIF(known.email, ''), term.email), COALESCE(portrait.digest, '')"""
# Nobody holds a seat while ``parliament.on(today)`` has no members.
_HOLDERS = """
LEFT JOIN representatives_representative term
  ON term.constituency_id = seat.id AND term.is_current AND NOT EXISTS (
    SELECT 1 FROM representatives_parliamentperiod gone
    WHERE gone.state = 'dissolved' AND gone.begins_on <= %(today)s
    AND NOT EXISTS (
      SELECT 1 FROM representatives_parliamentperiod back
      JOIN representatives_registerversion drawn_up
        ON drawn_up.as_of >= CAST(back.begins_on AS varchar(10))
      WHERE drawn_up.register = 'members' AND drawn_up.is_current
        AND drawn_up.entries > 0
        AND back.state <> 'dissolved'
        AND back.begins_on > gone.begins_on AND back.begins_on <= %(today)s))
LEFT JOIN representatives_representativeoverride known
  ON known.parliament_id = term.parliament_id
LEFT JOIN representatives_portrait portrait
  ON portrait.parliament_id = term.parliament_id"""
# S608 fears statements put together; these hold nothing but the words above.
_SEATS = f"SELECT {_COLUMNS} FROM representatives_constituency seat {_HOLDERS}"  # noqa: S608
_SEAT_BY_CODE = f"{_SEATS} WHERE seat.is_current AND seat.code = %(value)s"
_OF_CURRENT = """
  (SELECT as_of FROM representatives_registerversion
    WHERE register = '{}' AND is_current)"""
# The seats of Northern Ireland, unless its postcodes are loaded.
_SEATS_WITHOUT_POSTCODES = f"""
SELECT {_COLUMNS}, {_OF_CURRENT.format("postcodes")}, {_OF_CURRENT.format("members")}
FROM representatives_constituency seat {_HOLDERS}
WHERE seat.is_current AND seat.country = %(value)s AND NOT EXISTS (
  SELECT 1 FROM representatives_registerversion edition
  JOIN representatives_postcodesector sector ON sector.version_id = edition.id
  WHERE edition.register = 'postcodes' AND edition.is_current
    AND sector.sector >= 'BT' AND sector.sector < 'BU')"""  # noqa: S608
_SEATS_IN_SECTOR = f"""
SELECT sector.units, sector.ended_units, {_COLUMNS}, edition.as_of,
  {_OF_CURRENT.format("members")}
FROM representatives_registerversion edition
JOIN representatives_postcodesector sector ON sector.version_id = edition.id
JOIN representatives_constituency seat ON seat.id = sector.constituency_id
{_HOLDERS}
WHERE edition.register = 'postcodes' AND edition.is_current
  AND sector.sector = %(value)s"""  # noqa: S608
_NORTHERN_IRISH_SECTORS = Prepared(
    lambda: (
        PostcodeSector.objects.current()
        .filter(sector__gte="BT", sector__lt="BU")
        .values_list("sector")[:1]
    )
)
_CURRENT_VERSIONS = Prepared(
    lambda: RegisterVersion.objects.current().values_list("register", "as_of", "digest")
)
