"""What Parliament is on a day, and whether anybody in it can be written to.

At a dissolution every seat falls vacant at once, and nobody may be called an MP until
the voters have spoken (field notes; docs/decisions/0017-the-parliament-clock.md). Staff
say what is so from when, ahead of time too; the registers follow at their own pace.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from representatives.models import ParliamentPeriod, Register, RegisterVersion

State = ParliamentPeriod.State


@dataclass(frozen=True, slots=True)
class Parliament:
    """What Parliament is, and from when.

    ``since`` is the day on which that began, however often it was said to go on, and
    None where nobody has said anything yet: then it sits. ``opens_on`` is
    the first day, if it is known, on which there are members again after a dissolution.
    ``is_filling`` while results still come in: a seat without a member is not vacant.
    ``results_due`` is then the day by which the register should have all of them.
    """

    state: State
    since: datetime.date | None
    opens_on: datetime.date | None
    has_members: bool
    is_filling: bool = False
    results_due: datetime.date | None = None

    @property
    def is_awaiting_the_register(self) -> bool:
        """Whether the election is over and the register of members older than it."""
        return not self.has_members and self.state != State.DISSOLVED


# However staff forget to say that Parliament sits again: results take days.
FILLING_TAKES: Final = datetime.timedelta(days=14)
# After a Thursday's poll: the weekend, at the end of which all seats are declared and a
# register that is read every day has them.
RESULTS_TAKE: Final = datetime.timedelta(days=3)
_SITTING: Final = Parliament(State.SITTING, None, None, has_members=True)


def today() -> datetime.date:
    """Give the day in Westminster."""
    return timezone.localdate()


def on(day: datetime.date | None = None) -> Parliament:
    """Say what Parliament is on a day, today without one; one query, mostly."""
    day = day or today()
    periods = list(ParliamentPeriod.objects.in_order())
    begun = [period for period in periods if period.begins_on <= day]
    if not begun:
        return _SITTING
    now = begun[-1]
    if now.state == State.DISSOLVED:
        return Parliament(
            State.DISSOLVED,
            _since(begun),
            _opens_on(periods, day),
            has_members=False,
        )
    since, elected = _since(begun), _elected_on(begun)
    is_filling = now.state == State.COUNTING and day - since <= FILLING_TAKES
    return Parliament(
        State(now.state),
        since,
        None,
        has_members=elected is None or _register_is_from(elected),
        is_filling=is_filling,
        results_due=since + RESULTS_TAKE if is_filling else None,
    )


def _since(begun: Sequence[ParliamentPeriod]) -> datetime.date:
    """Give the day on which it became what it is, however often it was said again."""
    since = begun[-1].begins_on
    for period in reversed(begun):
        if period.state != begun[-1].state:
            break
        since = period.begins_on
    return since


def _opens_on(
    periods: Sequence[ParliamentPeriod], day: datetime.date
) -> datetime.date | None:
    coming = (
        period.begins_on
        for period in periods
        if period.begins_on > day and period.state != State.DISSOLVED
    )
    return next(coming, None)


def _elected_on(begun: Sequence[ParliamentPeriod]) -> datetime.date | None:
    """Give the first day after the last dissolution."""
    after: datetime.date | None = None
    for period in reversed(begun):
        if period.state == State.DISSOLVED:
            return after
        after = period.begins_on
    return None


def _register_is_from(day: datetime.date) -> bool:
    """Whether the register of members is of this day or later, and names anybody."""
    return (
        RegisterVersion.objects.current()
        .filter(register=Register.MEMBERS, as_of__gte=day.isoformat(), entries__gt=0)
        .exists()
    )
