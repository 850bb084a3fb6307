"""Months as the Office for National Statistics writes them, and as Postbag does."""

import re
from datetime import datetime
from typing import Final

_SIX_DIGITS: Final = re.compile(r"(1[89][0-9]{2}|20[0-9]{2})(0[1-9]|1[0-2])")
_DASHED: Final = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
_ALL_NAMES: Final = "jan feb mar apr may jun jul aug sep oct nov dec"
_NAMES: Final = _ALL_NAMES.split()
# ONSPD_MAY_2026_UK.csv, NSPL21_FEB_2026_UK.zip, ONSPD_Aug_2023.
_IN_A_NAME: Final = re.compile(
    rf"(?:^|[^a-z])({'|'.join(_NAMES)})[a-z]*[ _-]*(20[0-9]{{2}})(?![0-9])"
)


def number(written: str) -> int | None:
    """Count months up to one that is written 202605; None where it is no month."""
    shape = _SIX_DIGITS.fullmatch(written)
    return int(shape[1]) * 12 + int(shape[2]) - 1 if shape else None


def number_of(as_of: str) -> int | None:
    """Count months up to one that is written 2026-05; None where it is no month."""
    return number(as_of.replace("-", "")) if _DASHED.fullmatch(as_of) else None


def written(number: int) -> str:
    """Write a month as 2026-05."""
    return f"{number // 12:04}-{number % 12 + 1:02}"


def number_at(moment: datetime) -> int:
    """Count months up to that of a moment."""
    return moment.year * 12 + moment.month - 1


def in_name(name: str) -> str:
    """Find the month in the name of a release: 2026-05, or "" where it has none."""
    found = _IN_A_NAME.search(name.lower())
    if found is None:
        return ""
    return f"{found[2]}-{_NAMES.index(found[1]) + 1:02}"
