"""The lists that organisers take away: who confirmed the wish for updates."""

import csv
import datetime
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db.models import Count, Max, Q
from django.urls import reverse

from actions import tokens
from actions.models import Campaign, Subscription

# A spreadsheet takes a cell that begins so for a formula and works it out.
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")
COLUMNS: Final = (
    "e-mail",
    "consent",
    "asked at",
    "confirmed at",
    "unsubscribe link",
)


@dataclass(frozen=True)
class MailingList:
    """How long one campaign's list is; it names nobody."""

    campaign_id: int
    title: str
    confirmed: int
    waiting: int
    newest_at: datetime.datetime | None


@dataclass(frozen=True)
class Export:
    """A list as a file, and how many addresses stand in it."""

    file_name: str
    text: str
    addresses: int


def lists() -> Sequence[MailingList]:
    """Tell the length of each campaign's list, in this mode."""
    ours = Q(
        subscriptions__is_demo=not settings.DELIVERY_IS_LIVE,
        subscriptions__purpose=Subscription.Purpose.UPDATES,
    )
    standing = ours & Q(subscriptions__ended_at=None)
    confirmed = standing & Q(subscriptions__confirmed_at__isnull=False)
    waiting = standing & Q(subscriptions__confirmed_at=None)
    told = Campaign.objects.newest_first().annotate(
        confirmed=Count("subscriptions", filter=confirmed),
        waiting=Count("subscriptions", filter=waiting),
        newest_at=Max("subscriptions__confirmed_at", filter=confirmed),
    )
    columns = ("pk", "title", "confirmed", "waiting", "newest_at")
    return [MailingList(*row) for row in told.values_list(*columns)]


def export(campaign: Campaign, *, now: datetime.datetime) -> Export:
    """Write who confirmed and has not left, in this mode, oldest first."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    rows = list(_rows(campaign))
    writer.writerows(rows)
    name = f"updates-{campaign.slug}-{now:%Y-%m-%d}.csv"
    return Export(name, file.getvalue(), len(rows))


def _rows(campaign: Campaign) -> Iterator[list[str]]:
    ours = Subscription.objects.of_mode(live=settings.DELIVERY_IS_LIVE).for_updates()
    for each in (
        ours.confirmed().filter(campaign=campaign).order_by("confirmed_at", "pk")
    ):
        token = tokens.for_subscription(each.pk)
        yield [
            _harmless(cell)
            for cell in (
                each.email,
                each.consent_wording,
                _written(each.asked_at),
                _written(each.confirmed_at),
                settings.SITE_URL + reverse("leave", kwargs={"token": token}),
            )
        ]


def _written(at: datetime.datetime | None) -> str:
    return at.astimezone(datetime.UTC).isoformat(timespec="seconds") if at else ""


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from working a cell out."""
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell
