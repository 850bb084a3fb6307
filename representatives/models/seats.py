"""The 650 seats, on the boundaries in force, on earlier ones and on the next ones."""

from datetime import date
from typing import ClassVar, Final, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy, gettext_noop

# The general election that was the first on the boundaries which come with Postbag.
BOUNDARIES_OF_2024: Final = date(2024, 7, 4)


class Country(models.TextChoices):
    """The four countries that elect the House of Commons.

    Stored in English, as everything of the registers; a label is in the reader's
    language.
    """

    ENGLAND = "England", gettext_lazy("England")
    NORTHERN_IRELAND = "Northern Ireland", gettext_lazy("Northern Ireland")
    SCOTLAND = "Scotland", gettext_lazy("Scotland")
    WALES = "Wales", gettext_lazy("Wales")


# The register's regions, besides countries that are one: translated when shown.
REGIONS = (
    # Translators: this, and the points of the compass, are names of regions of England.
    gettext_noop("East Midlands"),
    gettext_noop("East of England"),
    gettext_noop("London"),
    gettext_noop("North East"),
    gettext_noop("North West"),
    gettext_noop("South East"),
    gettext_noop("South West"),
    gettext_noop("West Midlands"),
    gettext_noop("Yorkshire and The Humber"),
)


class ConstituencyQuerySet(models.QuerySet["Constituency"]):
    """Asks about seats."""

    def current(self) -> Self:
        """Those on the boundaries that are in force."""
        return self.filter(is_current=True)

    def coming(self) -> Self:
        """Those on boundaries that wait for their day."""
        return self.filter(is_current=False, in_force_until=None)

    def of_code_on(self, code: str, day: date) -> Self:
        """The seat of a code on a day first; whatever it was before comes after it."""
        ever_in_force = self.exclude(is_current=False, in_force_until=None)
        return ever_in_force.filter(code=code, in_force_from__lte=day).order_by(
            "-in_force_from"
        )

    def renamed(self) -> Self:
        """Those few that other people's files may still call by a former code."""
        return self.exclude(former_codes=[])


class Constituency(models.Model):
    """One seat of the House of Commons on the boundaries of one review.

    A seat that the next review leaves as it is has a row for each of the two, so that
    what was written and counted under the one stays with it.
    """

    code = models.CharField("GSS code", max_length=9)
    former_codes = models.JSONField(
        default=list, blank=True, help_text="GSS codes that older files use for it."
    )
    name = models.CharField(max_length=100)
    name_cy = models.CharField(
        "name in Welsh",
        max_length=100,
        blank=True,
        help_text="Blank if it is the same.",
    )
    country = models.CharField(max_length=20, choices=Country)
    region = models.CharField(max_length=40)
    hex_q = models.SmallIntegerField("cartogram column")
    hex_r = models.SmallIntegerField(
        "cartogram row",
        help_text="North is the larger; odd rows lie half a cell right.",
    )

    in_force_from = models.DateField(
        default=BOUNDARIES_OF_2024,
        help_text="The day of the first general election on these boundaries.",
    )
    in_force_until = models.DateField(
        null=True,
        blank=True,
        help_text="The day on which the next boundaries took their place.",
    )
    is_current = models.BooleanField("in force", default=True)

    objects = ConstituencyQuerySet.as_manager()

    class Meta:
        ordering = ("name", "in_force_from")
        verbose_name_plural = "constituencies"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code", "in_force_from"],
                name="one_seat_per_code_and_boundaries",
            ),
            # Its index is also the way in for look-ups by code.
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(is_current=True),
                name="one_seat_in_force_per_code",
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(in_force_until__isnull=True),
                name="seats_in_force_have_no_end",
            ),
            models.CheckConstraint(
                condition=Q(in_force_until__isnull=True)
                | Q(in_force_until__gt=F("in_force_from")),
                name="seats_do_not_end_before_they_begin",
            ),
            models.CheckConstraint(
                condition=Q(country__in=Country.values),
                name="country_is_one_of_the_four",
            ),
        ]

    def __str__(self) -> str:
        return self.name
