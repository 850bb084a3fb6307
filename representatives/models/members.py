"""Who holds the seats, and what staff know better."""

from typing import ClassVar, Final, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from representatives.models.quickly import QuicklyRead
from representatives.models.seats import Constituency


class RepresentativeOverride(models.Model):
    """What staff know better than the register; no import ever touches it.

    ``lookup`` puts it in the place of what the register says.
    """

    parliament_id = models.PositiveIntegerField("Parliament id", unique=True)
    email = models.EmailField("e-mail", blank=True, help_text="Blank: the register's.")
    address_as = models.CharField(
        "form of address",
        max_length=100,
        blank=True,
        help_text="What follows “Dear”. Blank: the register's.",
    )
    note = models.TextField(blank=True, help_text="How we know, for the next person.")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("parliament_id",)

    def __str__(self) -> str:
        return f"override for member {self.parliament_id}"


# Where mail to a member goes, of a query for ``Representative``: as staff know, else as
# the register says, as in ``lookup``; "" where neither knows.
ADDRESS: Final = Coalesce(
    NullIf(
        Subquery(
            RepresentativeOverride.objects.filter(
                parliament_id=OuterRef("parliament_id")
            ).values("email")[:1]
        ),
        Value(""),
    ),
    F("email"),
)


class RepresentativeQuerySet(models.QuerySet["Representative"]):
    """Asks about terms."""

    def current(self) -> Self:
        """Those who speak for a seat now: one each at most."""
        return self.filter(is_current=True)

    def on_boundaries_in_force(self) -> Self:
        """Those in seats that there are now, whether they have ended or not."""
        return self.filter(constituency__is_current=True)


class Representative(QuicklyRead):
    """One person's term in one seat. Either date may be unknown."""

    constituency = models.ForeignKey(
        Constituency,
        on_delete=models.PROTECT,
        related_name="representatives",
        limit_choices_to={"is_current": True},
    )
    parliament_id = models.PositiveIntegerField("Parliament id", db_index=True)
    theyworkforyou_id = models.PositiveIntegerField(
        "TheyWorkForYou id",
        null=True,
        blank=True,
        help_text="The person's number there; how another source knows whom it means.",
    )
    full_title = models.CharField(max_length=200, help_text="As on an envelope.")
    display_name = models.CharField(max_length=150)
    address_as = models.CharField(
        "form of address", max_length=150, help_text="What follows “Dear”."
    )
    party = models.CharField(max_length=100)
    email = models.EmailField("e-mail", blank=True)
    started = models.DateField(null=True, blank=True)
    ended = models.DateField(null=True, blank=True)
    is_current = models.BooleanField(default=True)
    missing_since = models.CharField(
        max_length=10,
        blank=True,
        editable=False,
        help_text="The day or month of the register that did not list it any more.",
    )

    objects = RepresentativeQuerySet.as_manager()

    class Meta:
        ordering = ("display_name",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["constituency"],
                condition=Q(is_current=True),
                name="one_current_representative_per_seat",
                violation_error_message=(
                    "This seat has a current representative: end that term first."
                ),
            ),
            models.UniqueConstraint(
                fields=["parliament_id"],
                condition=Q(is_current=True),
                name="one_current_seat_per_member",
                violation_error_message=(
                    "This member currently holds another seat: end that term first."
                ),
            ),
            models.UniqueConstraint(
                fields=["theyworkforyou_id"],
                condition=Q(is_current=True),
                name="one_current_seat_per_theyworkforyou_id",
                violation_error_message=(
                    "Another current representative has this TheyWorkForYou id."
                ),
            ),
            models.CheckConstraint(
                condition=Q(theyworkforyou_id__isnull=True)
                | Q(theyworkforyou_id__gt=0),
                name="theyworkforyou_ids_are_positive",
                violation_error_message="A TheyWorkForYou id is 1 or more.",
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(missing_since=""),
                name="current_representatives_are_not_missing",
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(ended__isnull=True),
                name="current_representatives_have_not_ended",
                violation_error_message="A term that has ended is not current.",
            ),
            models.CheckConstraint(
                condition=Q(started__isnull=True)
                | Q(ended__isnull=True)
                | Q(ended__gte=F("started")),
                name="terms_do_not_end_before_they_start",
                violation_error_message="A term cannot end before it has started.",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    def clean(self) -> None:
        """Refuse somebody who would sit where nobody can sit any more."""
        super().clean()
        if self.is_current and self.constituency_id:
            seat = self.constituency
            if not seat.is_current:
                raise ValidationError(
                    f"{seat} is a seat of other boundaries than those in force.",
                    code="former_seat",
                )
