"""The 650 seats."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy, gettext_noop


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

    def renamed(self) -> Self:
        """Those few that other people's files may still call by a former code."""
        return self.exclude(former_codes=[])


class Constituency(models.Model):
    """One seat of the House of Commons, on the boundaries of 2024."""

    code = models.CharField("GSS code", max_length=9, unique=True)
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

    objects = ConstituencyQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "constituencies"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(country__in=Country.values),
                name="country_is_one_of_the_four",
            ),
        ]

    def __str__(self) -> str:
        return self.name
