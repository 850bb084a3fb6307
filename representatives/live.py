"""A look-up that also asks other services, where our own register does not know.

Off unless ``settings.LIVE_LOOKUP`` names a service. Whatever becomes of it, the answer
is at least that of ``lookup``, and it comes no more than ``DEADLINE`` seconds later
(docs/decisions/0018-asking-other-services.md).
"""

import datetime
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from django.conf import settings

from representatives import lookup, names, parliament
from representatives.breaker import Allowance, Breaker
from representatives.errors import ServiceError
from representatives.kept_answers import KeptAnswer, Service
from representatives.lookup import Found, Match, Reason, SeatName
from representatives.postcodes import Postcode
from representatives.sources import services
from representatives.sources.services import Told

# In seconds, for all services together. What is around them takes its time, too: a page
# must not come more than 1.5 s later.
DEADLINE: Final = 1.4
# The register answers the others: where all that it knows nearby lies in one seat, or
# the postcode was ended not long ago, asking costs more privacy than it brings.
_NOT_KNOWN: Final = frozenset((Match.UNKNOWN, Match.SPLIT))
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Answer:
    """Which seat by whom; ``seat`` is "" where the postcode is unknown."""

    seat: str
    service: Service


_breakers = {service: Breaker() for service in Service}
_allowance = Allowance()


def asked() -> tuple[Service, ...]:
    """Who is asked here, in this order; nobody unless the operator wants it."""
    return tuple(map(Service, settings.LIVE_LOOKUP))


def find(
    postcode: Postcode,
    *,
    today: datetime.date | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Found:
    """Find the seat of a postcode; ask whoever may be asked if we do not know it."""
    found = lookup.find(postcode)
    if found.match not in _NOT_KNOWN or not asked():
        return found
    today = today or parliament.today()
    answer = _kept(postcode, today)
    if answer is None:
        answer = _ask(postcode, asked(), clock)
        if answer:
            KeptAnswer.objects.keep(postcode, answer.seat, answer.service, today)
    return _with(found, answer)


def recalled(postcode: Postcode) -> Found:
    """Find the seat of a postcode by what is known here, earlier answers included."""
    found = lookup.find(postcode)
    if found.match not in _NOT_KNOWN or not asked():
        return found
    return _with(found, _kept(postcode, parliament.today()))


def forget_failures() -> None:
    """Ask everybody again, as a process does that has just begun."""
    global _allowance  # noqa: PLW0603 - one for the process
    _allowance = Allowance()
    _breakers.update({service: Breaker() for service in Service})


def _kept(postcode: Postcode, today: datetime.date) -> _Answer | None:
    kept = KeptAnswer.objects.of(postcode, today)
    return _Answer(kept.seat, Service(kept.source)) if kept else None


def _with(found: Found, answer: _Answer | None) -> Found:
    """Put a seat of ours in the place of what we did not know; the MP is ours, too."""
    seat = lookup.seat(answer.seat) if answer else None
    if answer is None or seat is None:
        return found
    return replace(
        found,
        match=Match.EXACT,
        reason=Reason.NONE,
        candidates=(seat,),
        source=answer.service.value,
    )


def _ask(
    postcode: Postcode, asked: Sequence[Service], clock: Callable[[], float]
) -> _Answer | None:
    """Ask one after the other; None unless one knows the seat or all know of none.

    Each has its part of the time that is left, so that a slow one leaves some to the
    next.
    """
    ends = clock() + DEADLINE
    do_not_know = 0
    for place, service in enumerate(asked):
        within = (ends - clock()) / (len(asked) - place)
        try:
            seat = _asked_one(service, postcode, within, clock)
        except ServiceError as error:
            _logger.warning("Live look-up: %s", error)
            continue
        if seat:
            return _Answer(seat, service)
        do_not_know += seat is not None
    return _Answer("", asked[-1]) if do_not_know == len(asked) else None


def _asked_one(
    service: Service, postcode: Postcode, within: float, clock: Callable[[], float]
) -> str | None:
    """Give a code of ours, "" if the postcode is unknown, None if it is not asked now.

    Raises:
        ServiceError: there is no answer that can be used.

    """
    begun, breaker = clock(), _breakers[service]
    if not (_allowance.covers(within, begun) and breaker.allows(begun)):
        return None
    try:
        told = services.ask(service, postcode, within=within)
        seat = _code_of(told, service) if told else ""
    except ServiceError as error:
        breaker.failed(clock(), error.retry_after)
        raise
    else:
        breaker.succeeded()
        return seat
    finally:
        _allowance.spend(clock() - begun, clock())


def _code_of(told: Told, service: Service) -> str:
    """Find the seat in our own register: by its name and, if there is one, its code.

    Raises:
        ServiceError: we have no such seat, or name and code are of two.

    """
    by_name = _codes(lookup.seats()).get(names.plain(told.name), "")
    by_code = lookup.seat(told.code) if told.code else None
    if not by_name or (told.code and (by_code is None or by_code.code != by_name)):
        raise ServiceError(f"{service.label}: names a seat that is not in our register")
    return by_name


@lru_cache(maxsize=2)
def _codes(seats: tuple[SeatName, ...]) -> dict[str, str]:
    """Every seat's code by its names, English and Welsh, as they are compared."""
    return {
        names.plain(name): seat.code
        for seat in seats
        for name in (seat.name, seat.name_cy)
        if name
    }
