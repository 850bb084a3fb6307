"""How a member is written to, derived where the register does not say it.

The register of members gives nobody's form of address, so it is made by Parliament's
own custom; staff can override each (``models.RepresentativeOverride``).
"""

import re

_BY_FIRST_NAME = frozenset({"sir", "dame"})
_BY_SURNAME = frozenset(
    {"mr", "ms", "mrs", "miss", "mx", "dr", "professor", "lord", "lady", "baroness"}
)
# A surname begins at the first of these: Dr van der Berg, Ms De Cordova.
_PARTICLES = "al ap bin da de del della der den di du el la le ter van von"
_STYLE = re.compile(
    r"^(?:the\s+)?(?:rt\.?|right)\s+hon(?:ourable|\.)?\s+", re.IGNORECASE
)
_HONOURS = re.compile(r"(?:[\s,]+(?:MP|KC|QC|[KCDOM]?BE|KCB|CB|CMG|PC|TD))+$")


def full_title(written: str) -> str:
    """The title for an envelope: "Rt Hon Diane Abbott MP", its MP never left out."""
    title = " ".join(written.split())
    return title if title.endswith(" MP") else f"{title} MP"


def address_as(display_name: str) -> str:
    """What follows "Dear": "Sir Iain", "Ms Abbott", else the whole name.

    A double surname without a hyphen cannot be told from a middle name and is cut to
    its last part, which is right far more often than not: "Mr Tanmanjeet Singh Dhesi"
    is Mr Dhesi. Staff override the others.
    """
    name = _unadorned(display_name)
    title, _, rest = name.partition(" ")
    names = rest.split()
    if not names:
        return name
    if title.lower() in _BY_FIRST_NAME:
        return f"{title} {names[0]}"
    if title.lower() in _BY_SURNAME:
        return f"{title} {_surname(names)}"
    return name


def bare_name(display_name: str) -> str:
    """The name without title and honours, as other registers have it."""
    name = _unadorned(display_name)
    title, _, rest = name.partition(" ")
    return rest if rest and title.lower() in _BY_FIRST_NAME | _BY_SURNAME else name


def _unadorned(name: str) -> str:
    return _HONOURS.sub("", _STYLE.sub("", " ".join(name.split())))


def _surname(names: list[str]) -> str:
    """The last name with the particles before it."""
    start = len(names) - 1
    while start > 1 and names[start - 1].lower() in _PARTICLES.split():
        start -= 1
    return " ".join(names[start:])
