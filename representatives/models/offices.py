"""What members hold besides their seats, and how they look."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q


class OfficeKind(models.TextChoices):
    """What an office means for what its holder can be asked to do."""

    MINISTER = "minister", "minister"
    WHIP = "whip", "whip"
    OPPOSITION = "opposition", "opposition post"
    SPEAKER = "speaker", "Speaker"
    DEPUTY_SPEAKER = "deputy_speaker", "Deputy Speaker"
    NO_SEAT = "no_seat", "takes no seat"


class OfficeQuerySet(models.QuerySet["Office"]):
    """Asks about offices."""

    def current(self) -> Self:
        """Those that are held now."""
        return self.filter(is_current=True)

    def of(self, parliament_id: int) -> Self:
        """Those of one member."""
        return self.filter(parliament_id=parliament_id)


class Office(models.Model):
    """One office of one member; either date may be unknown."""

    parliament_id = models.PositiveIntegerField("Parliament id", db_index=True)
    kind = models.CharField(max_length=20, choices=OfficeKind)
    name = models.CharField(max_length=200)
    started = models.DateField(null=True, blank=True)
    ended = models.DateField(null=True, blank=True)
    is_current = models.BooleanField(default=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        ordering = ("parliament_id", "name")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=OfficeKind.values),
                name="office_is_of_a_known_kind",
            ),
            models.UniqueConstraint(
                fields=["parliament_id", "kind", "name"],
                condition=Q(is_current=True),
                name="one_current_office_per_member_and_name",
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(ended__isnull=True),
                name="current_offices_have_not_ended",
            ),
            models.CheckConstraint(
                condition=Q(started__isnull=True)
                | Q(ended__isnull=True)
                | Q(ended__gte=F("started")),
                name="offices_do_not_end_before_they_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, held by member {self.parliament_id}"
