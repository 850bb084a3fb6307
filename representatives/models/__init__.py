"""The public registers as rows: seats, who holds them, where postcodes lie."""

from representatives.kept_answers import KeptAnswer
from representatives.models.elections import ByElection, ParliamentPeriod
from representatives.models.members import (
    ADDRESS,
    Representative,
    RepresentativeOverride,
)
from representatives.models.offices import Office, OfficeKind
from representatives.models.portraits import Portrait
from representatives.models.postcodes import PostcodeSector
from representatives.models.registers import ImportLease, Register, RegisterVersion
from representatives.models.seats import REGIONS, Constituency, Country
from representatives.models.syncs import SyncRun

__all__ = [
    "ADDRESS",
    "REGIONS",
    "ByElection",
    "Constituency",
    "Country",
    "ImportLease",
    "KeptAnswer",
    "Office",
    "OfficeKind",
    "ParliamentPeriod",
    "Portrait",
    "PostcodeSector",
    "Register",
    "RegisterVersion",
    "Representative",
    "RepresentativeOverride",
    "SyncRun",
]
