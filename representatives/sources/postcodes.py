"""The directory of postcodes: 1.7 million units and the seat that each lies in."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from django.utils.translation import gettext_noop

from representatives.snapshot import Provenance, SectorRow
from representatives.sources import directory
from representatives.sources.constituencies import PROVENANCE as SEATS
from representatives.sources.directory import Request

PROVENANCE = Provenance(
    source=gettext_noop(
        "The live postcodes of Great Britain, each with the seat in which its middle"
        " point lies, from the Office for National Statistics' Postcode Directory. Its"
        " open licence does not cover Northern Ireland, so those are left out."
    ),
    licence=SEATS.licence,
    licence_url=SEATS.licence_url,
    attribution=SEATS.attribution,
)
_IMPORTED = gettext_noop(
    "The live postcodes of Great Britain, and those that ended within the last five"
    " years, each with the seat in which its middle point lies, from the Office for"
    " National Statistics' Postcode Directory."
)
_IMPORTED_WITH_NORTHERN_IRELAND = gettext_noop(
    "The live postcodes of the United Kingdom, and those that ended within the last"
    " five years, each with the seat in which its middle point lies, from the Office"
    " for National Statistics' Postcode Directory. Those of Northern Ireland are used"
    " under a licence of their own."
)


def provenance(as_of: str, *, northern_ireland: bool) -> Provenance:
    """Whose an imported directory is; the year of its rights is that of its month."""
    great_britain = Provenance(
        source=_IMPORTED,
        licence=SEATS.licence,
        licence_url=SEATS.licence_url,
        attribution=SEATS.attribution.replace("2024", as_of[:4]),
    )
    if not northern_ireland:
        return great_britain
    return replace(
        great_britain,
        source=_IMPORTED_WITH_NORTHERN_IRELAND,
        licence=(
            f"{SEATS.licence}; postcodes of Northern Ireland (BT): Northern Ireland End"
            " User Licence"
        ),
        attribution=(
            f"{great_britain.attribution} Postcodes of Northern Ireland: © Crown"
            f" copyright and database right {as_of[:4]}, Land & Property Services,"
            " under the Northern Ireland End User Licence that comes with the"
            " directory."
        ),
    )


def read(path: Path, known_codes: Collection[str]) -> tuple[SectorRow, ...]:
    """Every sector of Great Britain by seat; raises ``SourceError``."""
    units = directory.read(path, Request(known_codes))
    return tuple(
        SectorRow(row.sector, row.constituency, row.units)
        for row in units.rows
        if row.units
    )
