"""What other services have answered, kept for a while without anything of a person."""

import datetime
from typing import ClassVar, Final, Self

from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from representatives.postcodes import Postcode

FOUND_LIVES: Final = datetime.timedelta(days=30)


class Service(models.TextChoices):
    """Who may be asked, by the words that ``settings.LIVE_LOOKUP`` names them with."""

    PARLIAMENT = "parliament", "Parliament's constituency search"
    POSTCODES_IO = "postcodes.io", "postcodes.io"


class KeptAnswerQuerySet(models.QuerySet["KeptAnswer"]):
    """Asks about answers."""

    def good_on(self, day: datetime.date) -> Self:
        """Those that need not be asked for again: a seat for 30 days, none for one."""
        return self.filter(
            Q(asked_on=day) | Q(asked_on__gt=day - FOUND_LIVES) & ~Q(seat="")
        )

    def of(self, postcode: Postcode, day: datetime.date) -> "KeptAnswer | None":
        """Find the answer for a postcode."""
        return self.good_on(day).filter(key=_key(postcode)).first()

    def keep(
        self, postcode: Postcode, seat: str, service: Service, day: datetime.date
    ) -> None:
        """Keep an answer, in the place of an older one; ``seat`` is "" for none."""
        answer = self.model(
            key=_key(postcode), seat=seat, source=service.value, asked_on=day
        )
        self.bulk_create(
            [answer],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["seat", "source", "asked_on"],
        )

    def forget(self, day: datetime.date) -> int:
        """Erase those whose time is over; say how many."""
        gone, _ = self.exclude(pk__in=self.good_on(day)).delete()
        return gone


class KeptAnswer(models.Model):
    """The seat of one postcode as a service told it, or that it knew none.

    A postcode with a moment beside it may tell of a person: so there is only a keyed
    hash of it and a day, and the order of rows tells nothing.
    """

    key = models.CharField(max_length=64, primary_key=True)
    seat = models.CharField(
        max_length=9, blank=True, help_text="GSS code; blank: the postcode is unknown."
    )
    source = models.CharField(max_length=20, choices=Service)
    asked_on = models.DateField(db_index=True)

    objects = KeptAnswerQuerySet.as_manager()

    class Meta:
        # Not in ``models``, so that what the sources need of it lies below them.
        app_label = "representatives"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(source__in=["parliament", "postcodes.io"]),
                name="kept_answers_come_from_a_known_service",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat or 'unknown'} by {self.source}"


def _key(postcode: Postcode) -> str:
    """Make the keyed hash: without the site's secret it tells nothing."""
    made = salted_hmac("representatives.answer", str(postcode), algorithm="sha256")
    return made.hexdigest()
