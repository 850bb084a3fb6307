"""A figure, what it stands beside, and whether it is good enough."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class NotMeasuredError(Exception):
    """Something did not work as it should, so that there is no figure."""


class Target(Enum):
    """How a figure is judged against its limit."""

    SHARE_OF_YARDSTICK = "ratio at least"
    AT_MOST = "at most"
    NONE = "no target"


@dataclass(frozen=True)
class Figure:
    """One measured value; its yardstick is in the same unit."""

    name: str
    value: float
    unit: str
    yardstick: float
    yardstick_name: str
    target: Target = Target.NONE
    limit: float = 0.0
    remark: str = ""

    @property
    def ratio(self) -> float:
        """The value as a share of the yardstick."""
        return self.value / self.yardstick if self.yardstick else 0.0

    @property
    def is_missed(self) -> bool:
        """Whether it is judged and not good enough."""
        match self.target:
            case Target.SHARE_OF_YARDSTICK:
                return self.ratio < self.limit
            case Target.AT_MOST:
                return self.value > self.limit
            case Target.NONE:
                return False

    def line(self) -> str:
        """Write it as one line of the report."""
        match self.target:
            case Target.SHARE_OF_YARDSTICK:
                verdict = f"{self.target.value} {self.limit:g}"
            case Target.AT_MOST:
                verdict = f"{self.target.value} {_short(self.limit)} {self.unit}"
            case Target.NONE:
                verdict = "for information"
        if self.target is not Target.NONE:
            verdict += ": MISSED" if self.is_missed else ": ok"
        remark = f"  ({self.remark})" if self.remark else ""
        return (
            f"{self.name:<38} {_short(self.value):>8} {self.unit:<3}"
            f" | {self.yardstick_name}: {_short(self.yardstick)} {self.unit}"
            f" | ratio {self.ratio:.2f} | {verdict}{remark}"
        )


def percentile(values: Sequence[float], percent: float) -> float:
    """Take the value that so many percent of them do not exceed."""
    ordered = sorted(values)
    at = max(0, -int(-len(ordered) * percent // 100) - 1)
    return ordered[at]


def median(values: Sequence[float]) -> float:
    """Take the middle one."""
    return statistics.median(values)


def _short(value: float) -> str:
    if abs(value) >= 100:  # noqa: PLR2004 - three digits need no fraction
        return f"{value:,.0f}"
    return f"{value:.3g}"
