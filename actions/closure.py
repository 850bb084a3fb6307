"""Why nobody can write at the moment, or why letters wait."""

import datetime
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext

from actions.models import Campaign, Delivery, Letter
from representatives import freshness, parliament
from representatives.models import Constituency, Representative
from representatives.parliament import Parliament


@dataclass(frozen=True)
class Closure:
    """Two sentences in the reader's language: why, and when writing opens again."""

    why: str
    when: str

    def __str__(self) -> str:
        return f"{self.why} {self.when}"


def of_writing(day: datetime.date | None = None) -> Closure | None:
    """Say why nobody can write on a day, today without one; None if people can."""
    now = parliament.on(day)
    return None if now.has_members else Closure(_why(now), _when(now))


def of_campaign(campaign: Campaign) -> Closure | None:
    """Say the same of a campaign; None of one that is closed anyway."""
    return of_writing() if campaign.is_open else None


def held_kinds(
    house: Parliament, now: datetime.datetime, *, live: bool
) -> tuple[Delivery.Kind, ...]:
    """Name the mails that wait: while nobody sits, or nobody can be sure who does."""
    if not house.has_members:
        return Delivery.Kind.LETTER, Delivery.Kind.REOPENING
    return (Delivery.Kind.LETTER,) if is_unsure(now, live=live) else ()


def holds_letters(now: datetime.datetime, *, live: bool) -> bool:
    """Whether confirmed letters wait."""
    house = parliament.on(timezone.localdate(now))
    return Delivery.Kind.LETTER in held_kinds(house, now, live=live)


def is_unsure(now: datetime.datetime, *, live: bool) -> bool:
    """Whether letters wait because the list of members is too old."""
    return live and freshness.members_are_old(timezone.localdate(now))


def of_sending(now: datetime.datetime, *, live: bool) -> str:
    """Say why confirmed letters wait; "" while they go."""
    day = timezone.localdate(now)
    if closed := of_writing(day):
        return f"{closed} {_back()}"
    if is_unsure(now, live=live):
        return gettext(
            "Our list of MPs is being brought up to date, so that your letter goes to "
            "whoever is your MP now. It goes as soon as that is done."
        )
    return ""


def of_result(letter: Letter, now: datetime.datetime) -> str:
    """Say why a confirmed letter waits for the result of its seat; "" if it does not.

    Whoever it goes to may be elected again: ``claiming`` lets it wait until the result
    is due, and ``reviewing`` holds it then.
    """
    if letter.representative.is_current:
        return ""
    seat = letter.constituency_id
    house = parliament.on(timezone.localdate(now))
    if not (
        house.results_due
        and Constituency.objects.current().filter(pk=seat).exists()
        and not Representative.objects.current().filter(constituency=seat).exists()
    ):
        return ""
    why = gettext(
        "The results of the general election are still coming in, and that of {seat} "
        "is not in our list of MPs yet, so your letter waits for it."
    ).format(seat=letter.seat_name)
    goes = gettext(
        "It goes as soon as the list says that the MP that you wrote to was elected "
        "again."
    )
    # Translators: a date as 22 November 2026, in Django's letters for it.
    due = date_format(house.results_due, pgettext("date", "j F Y"))
    late = gettext(
        "If the list has no result by {day}, we mail you for how long it still waits."
    ).format(day=due)
    return f"{why} {goes} {_back()} {late}"


def _back() -> str:
    return gettext("We mail you if the MP that you wrote to does not come back.")


def _why(now: Parliament) -> str:
    if now.is_awaiting_the_register:
        return gettext(
            "The general election is over, but our list of MPs is from before it, so "
            "we name nobody yet."
        )
    return gettext(
        "Parliament is dissolved: until the general election there are no MPs, and "
        "nobody to write to."
    )


def _when(now: Parliament) -> str:
    if now.opens_on is None:
        return gettext("Writing opens again as soon as we know who was elected.")
    # Translators: a date as 22 November 2026, in Django's letters for it.
    written = date_format(now.opens_on, pgettext("date", "j F Y"))
    return gettext(
        "Writing opens again on {day}, or as soon after it as we know who was elected."
    ).format(day=written)
