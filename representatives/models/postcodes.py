"""Where postcodes lie."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from representatives.models.registers import Register, RegisterVersion
from representatives.models.seats import Constituency


class PostcodeSectorQuerySet(models.QuerySet["PostcodeSector"]):
    """Asks about sectors."""

    def current(self) -> Self:
        """Those of the loaded directory."""
        return self.filter(
            version__register=Register.POSTCODES, version__is_current=True
        )

    def former(self) -> Self:
        """Those of a replaced directory, or of one that is not yet whole."""
        return self.filter(version__is_current=False, version__waits_for=None)


class PostcodeSector(models.Model):
    """The part of one postcode sector that lies in one seat."""

    version = models.ForeignKey(
        RegisterVersion, on_delete=models.CASCADE, related_name="sectors"
    )
    sector = models.CharField(max_length=6, help_text="All but two letters: SW1A 1.")
    constituency = models.ForeignKey(Constituency, on_delete=models.PROTECT)
    units = models.TextField(
        blank=True, help_text="The two-letter units run together: AAABAE."
    )
    ended_units = models.TextField(
        blank=True,
        default="",
        help_text="Those that ended not long before, in the same way.",
    )

    objects = PostcodeSectorQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            # Its index is also the way in for every look-up.
            models.UniqueConstraint(
                fields=["version", "sector", "constituency"],
                name="one_row_per_version_sector_and_seat",
            ),
            models.CheckConstraint(
                condition=~Q(units="", ended_units=""),
                name="every_sector_row_has_units",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sector} in {self.constituency_id}"
