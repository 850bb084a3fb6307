"""The list of the 650 seats."""

from dataclasses import replace
from pathlib import Path

from django.utils.translation import gettext_noop

from representatives.models import Country
from representatives.snapshot import ConstituencyRow, Provenance
from representatives.sources.tables import Table

PROVENANCE = Provenance(
    source=gettext_noop(
        "The 650 seats of the House of Commons on the boundaries of July 2024, with"
        " their official codes and their names in English and Welsh, from the Office"
        " for National Statistics."
    ),
    licence="Open Government Licence v3.0",
    licence_url=(
        "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
    ),
    attribution=(
        "Contains OS data © Crown copyright and database right 2024. Contains Royal"
        " Mail data © Royal Mail copyright and database right 2024. Source: Office for"
        " National Statistics licensed under the Open Government Licence v3.0."
    ),
)

_OF_THE_NEXT = gettext_noop(
    "The seats of the House of Commons on the boundaries of its latest review, with"
    " their official codes and their names in English and Welsh, from the Office for"
    " National Statistics."
)


def provenance_of_the_next(year: int) -> Provenance:
    """Whose the list of the seats of a later review is, with the year of its rights."""
    return replace(
        PROVENANCE,
        source=_OF_THE_NEXT,
        attribution=PROVENANCE.attribution.replace("2024", str(year)),
    )


# Five Scottish seats were given new codes when their neighbours' lines moved by a few
# houses; files older than that use the former ones.
CODES_IN_FORCE = {
    "S14000006": "S14000107",  # Ayr, Carrick and Cumnock
    "S14000008": "S14000108",  # Berwickshire, Roxburgh and Selkirk
    "S14000010": "S14000109",  # Central Ayrshire
    "S14000040": "S14000110",  # Kilmarnock and Loudoun
    "S14000058": "S14000111",  # West Aberdeenshire and Kincardine
}

# Slips of the source: a lost circumflex, and an English name where the Welsh one goes
# (the seat's one name, Caerfyrddin, is Welsh).
_WELSH_NAMES_MENDED = {
    "Gwyr": "Gŵyr",
    "Maldwyn a Glyndwr": "Maldwyn a Glyndŵr",
    "Carmarthen": "",
}
_COLUMNS = {
    name: (name,)
    for name in ("code", "name", "name_cy", "country", "region", "hex_q", "hex_r")
}


def read(path: Path) -> tuple[ConstituencyRow, ...]:
    """Every seat by code; raises ``SourceError``."""
    table = Table(path, _COLUMNS)
    former = {new: old for old, new in CODES_IN_FORCE.items()}
    seats: dict[str, ConstituencyRow] = {}
    for line, (code_written, name, name_cy, country, region, *cell) in table.rows():
        code = CODES_IN_FORCE.get(code_written, code_written)
        if code in seats:
            raise table.fault(line, f"gives the seat {code} a second time")
        if not (code and name and region):
            raise table.fault(line, "has no code, no name or no region")
        if country not in Country.values:
            raise table.fault(line, f"names no country of the four: {country!r}")
        try:
            hex_q, hex_r = map(int, cell)
        except ValueError as error:
            raise table.fault(line, f"has no cartogram cell: {cell}") from error
        seats[code] = ConstituencyRow(
            code=code,
            former_codes=(former[code],) if code in former else (),
            name=name,
            name_cy=_WELSH_NAMES_MENDED.get(name_cy, name_cy),
            country=country,
            region=region,
            hex_q=hex_q,
            hex_r=hex_r,
        )
    if not seats:
        raise table.fault(1, "is the only one: no seat is listed")
    return tuple(seats[code] for code in sorted(seats))
