"""The postcode as a value: read from whatever a person types.

Of Django it uses nothing but the translation of what it says to that person.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext, gettext_lazy

from representatives.errors import (
    InvalidPostcodeError,
    NoMpThereError,
    NotAPlaceError,
)

# The 121 postcode areas of the United Kingdom. BX and BF are not places; JE, GY and IM
# are not in the United Kingdom.
_AREAS = (
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL"
    " DN DT DY E EC EH EN EX FK FY G GL GU HA HD HG HP HR HS HU HX IG IP IV KA KT KW KY"
    " L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG"
    " RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA"
    " WC WD WF WN WR WS WV YO ZE"
)
AREAS = frozenset(_AREAS.split())
_CROWN_DEPENDENCIES = {
    "JE": gettext_lazy(
        "That postcode is in Jersey, which has no MP in Westminster. If you have lived "
        "in the United Kingdom, use the postcode of your last home there."
    ),
    "GY": gettext_lazy(
        "That postcode is in Guernsey, which has no MP in Westminster. If you have "
        "lived in the United Kingdom, use the postcode of your last home there."
    ),
    "IM": gettext_lazy(
        "That postcode is in the Isle of Man, which has no MP in Westminster. If you "
        "have lived in the United Kingdom, use the postcode of your last home there."
    ),
}

# Nobody types more around a postcode; what is longer is not read at all.
_LONGEST = 200

# Everything below is matched with O written as 0 and I as 1, which people confuse.
_FOLD = str.maketrans("OI", "01")
_UNFOLD = str.maketrans("01", "OI")

# Outward and inward part. The last letter of an outward part is never I or O, nor are
# the letters of an inward part, which also leaves out C, K, M and V.
_SHAPE = re.compile(
    r"(?P<area>[A-Z01]{1,2}?)"
    r"(?P<district>0|[1-9][0-9]?|[1-9][A-HJ-NP-Z])"
    r"(?P<inward>[0-9][ABD-HJLNP-UW-Z]{2})"
)
_FIRST_HALF = re.compile(r"(?P<area>[A-Z01]{1,2}?)(?:0|[1-9][0-9]?|[1-9][A-HJ-NP-Z])")
_CROWN_DEPENDENCY = re.compile(r"(?P<area>JE|GY|1M)[0-9]{1,2}(?:[0-9][A-Z01]{2})?")
_OVERSEAS_TERRITORY = re.compile(
    # Gibraltar, Falklands, Ascension, British Indian Ocean Territory, British Antarctic
    # Territory, Pitcairn, South Georgia, St Helena, Tristan da Cunha, Turks and Caicos.
    r"(?:GX11|F1QQ|ASCN|BBND|B1QQ|PCRN|S1QQ|STHL|TDCU|TKCA)(?:[0-9][A-Z01]{2})?"
    # Anguilla, Montserrat, British Virgin Islands, Cayman Islands.
    r"|A1[0-9]{4}|MSR[0-9]{4}|VG[0-9]{4}|KY[0-9]{5}"
    # Bermuda, where its two letters are no area here.
    r"|(?:DV|FL|GE|HM|MA|PG|SB|WK)(?:[0-9]{2}|[A-Z]{2})"
)
_NOT_A_PLACE = re.compile(
    r"(?:(?P<forces>BFP0[0-9]{0,4}|BF[0-9]{1,2}(?:[0-9][A-Z01]{2})?)"
    r"|BX[0-9]{1,2}(?:[0-9][A-Z01]{2})?|G1R0AA)"
)


@dataclass(frozen=True, slots=True)
class Postcode:
    """A well-formed postcode of the United Kingdom; it need not exist."""

    outward: str
    inward: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a postcode as a person types it.

        Case, spaces of any kind, punctuation and dashes don't matter, and O and 0, I
        and 1 may stand for each other. Raises a ``PostcodeError``, never another.
        """
        folded = _fold(text)
        _refuse_elsewhere(folded)
        shape = _SHAPE.fullmatch(folded)
        area = shape["area"].translate(_UNFOLD) if shape else ""
        if shape is None or not _is_district(area, shape["district"]):
            raise InvalidPostcodeError(_why_invalid(folded))
        return cls(area + shape["district"], shape["inward"])

    def __str__(self) -> str:
        return f"{self.outward} {self.inward}"

    @property
    def sector(self) -> str:
        """All but the last two letters: "SW1A 1"."""
        return f"{self.outward} {self.inward[0]}"

    @property
    def unit(self) -> str:
        """The last two letters, which name the unit within its sector."""
        return self.inward[1:]

    @property
    def is_northern_irish(self) -> bool:
        """Whether no register that is shipped tells its seat (``data/SOURCES.md``)."""
        return self.outward.startswith("BT")


def _fold(text: str) -> str:
    """The letters and digits of the text in one spelling; "" when it is too long."""
    if len(text) > _LONGEST:
        return ""
    plain = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[\W_]+", "", plain).translate(_FOLD)


def _is_district(area: str, district: str) -> bool:
    """Whether there can be such a district: 0 only stands after two letters."""
    return area in AREAS and (district != "0" or len(area) > 1)


def _refuse_elsewhere(folded: str) -> None:
    if dependency := _CROWN_DEPENDENCY.fullmatch(folded):
        area = dependency["area"].translate(_UNFOLD)
        raise NoMpThereError(str(_CROWN_DEPENDENCIES[area]))
    if _OVERSEAS_TERRITORY.fullmatch(folded):
        raise NoMpThereError(
            gettext(
                "That postcode is in a British overseas territory, which has no MP in "
                "Westminster. If you have lived in the United Kingdom, use the "
                "postcode of your last home there."
            )
        )
    if nowhere := _NOT_A_PLACE.fullmatch(folded):
        raise NotAPlaceError(_why_no_place(is_of_the_forces=bool(nowhere["forces"])))


def _why_no_place(*, is_of_the_forces: bool) -> str:
    if is_of_the_forces:
        return gettext(
            "A forces (BFPO) postcode belongs to no place, so it does not tell who "
            "your MP is. Choose your constituency instead, or use the postcode of your "
            "home."
        )
    return gettext(
        "That postcode belongs to no place, so it does not tell who your MP is. Choose "
        "your constituency instead, or use the postcode of your home."
    )


def _why_invalid(folded: str) -> str:
    if not folded:
        return gettext("Please enter a postcode. A full one looks like SW1A 1AA.")
    half = _FIRST_HALF.fullmatch(folded)
    if half and half["area"].translate(_UNFOLD) in AREAS:
        return gettext(
            "That is only the first half of a postcode. A full one looks like SW1A 1AA."
        )
    return gettext(
        "That is not a UK postcode. A full one looks like SW1A 1AA. Please check it "
        "and try again."
    )
