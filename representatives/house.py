"""The House of Commons as a source tells of it, as values."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import NamedTuple

from representatives.models import OfficeKind
from representatives.snapshot import MemberRow, Provenance


class OfficeRow(NamedTuple):
    """An office that a member holds; ``started`` is None where it is not known."""

    parliament_id: int
    kind: OfficeKind
    name: str
    started: date | None = None


@dataclass(frozen=True, slots=True)
class House:
    """Everybody who sits now, at most one for a seat.

    ``offices`` is None where the source tells of none. ``doubts`` are sentences that
    say why a person should look before it is believed.
    """

    as_of: date
    provenance: Provenance
    members: tuple[MemberRow, ...]
    offices: frozenset[OfficeRow] | None = None
    doubts: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the members and their offices, which tells editions apart."""
        told = {
            "members": [asdict(row) for row in self.members],
            "offices": sorted(map(str, self.offices or ())),
        }
        text = json.dumps(told, default=str, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()
