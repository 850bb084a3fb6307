"""Places that tell seats apart: known postcodes beside one that is not.

There is no gazetteer here, but people know the postcodes of their street.
"""

from representatives.models import PostcodeSector
from representatives.postcodes import Postcode


def near(postcode: Postcode, most: int = 3) -> dict[str, tuple[str, ...]]:
    """By seat, the known postcodes of this sector that are next to it, in order.

    Next in the alphabet: streets got their postcodes one after the other.
    """
    parts = PostcodeSector.objects.current().filter(sector=postcode.sector)
    place = _place(postcode.unit)
    found: dict[str, tuple[str, ...]] = {}
    for code, units in parts.values_list("constituency__code", "units"):
        known = [units[at : at + 2] for at in range(0, len(units), 2)]
        nearest = sorted(known, key=lambda unit: (abs(_place(unit) - place), unit))
        found[code] = tuple(
            f"{postcode.sector}{unit}" for unit in sorted(nearest[:most])
        )
    return found


def _place(unit: str) -> int:
    return 26 * ord(unit[0]) + ord(unit[1])
