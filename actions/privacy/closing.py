"""Erasing what is left of letters and wishes once their campaign is over."""

import datetime
from typing import Final, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from actions.lifecycle import WAITING
from actions.models import Campaign, Letter, OfficeReport, Subscription

AT_A_TIME: Final = 50
Row = TypeVar("Row", bound=models.Model)


def forget_closed(now: datetime.datetime) -> int:
    """Erase the rows that erased letters and ended wishes left; say of how many.

    Once the campaign takes no letters, and for so many days the last of them has been
    sent or ended: when a campaign closed is stored nowhere. Of a letter whose office
    still waits for a decision, or gets no more letters by one, the code goes alone.
    """
    last = now - datetime.timedelta(days=settings.CAMPAIGNS_KEPT_DAYS)
    over = _over(last)
    letters = Letter.objects.filter(campaign__in=over, forgotten_at__isnull=False)
    concerned = OfficeReport.objects.filter(letter=OuterRef("pk"))
    in_force = Exists(concerned.open()) | Exists(concerned.stops())
    wishes = Subscription.objects.filter(campaign__in=over, ended_at__isnull=False)
    codes = letters.filter(in_force).exclude(sender_key="").update(sender_key="")
    return codes + _erase(letters.exclude(in_force)) + _erase(wishes)


def _over(last: datetime.datetime) -> models.QuerySet[Campaign]:
    """Choose campaigns that take no letters, and of which the last ended by then."""
    busy = Letter.objects.filter(Q(ended_at__gt=last) | Q(state__in=WAITING))
    return Campaign.objects.exclude(state=Campaign.State.OPEN).exclude(
        Exists(busy.filter(campaign=OuterRef("pk")))
    )


def _erase(rows: models.QuerySet[Row]) -> int:
    """Delete them with all that hangs on them, some in one transaction."""
    count = 0
    while some := list(rows.order_by("pk").values_list("pk", flat=True)[:AT_A_TIME]):
        with transaction.atomic():
            rows.model._default_manager.filter(pk__in=some).delete()
        count += len(some)
    return count
