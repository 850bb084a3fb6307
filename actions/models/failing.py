"""Addresses of MPs from which mail comes back."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone


class FailingAddressQuerySet(models.QuerySet["FailingAddress"]):
    """Addresses by whether mail to them still comes back."""

    def standing(self) -> "FailingAddressQuerySet":
        """Those that nobody has mended."""
        return self.filter(mended_at=None)

    def of_mode(self, *, live: bool) -> "FailingAddressQuerySet":
        """Those of real letters, or of those made while trying Postbag out."""
        return self.filter(is_demo=not live)


class FailingAddress(models.Model):
    """An MP's address that letters are not sent to until somebody has looked at it."""

    address = models.EmailField()
    is_demo = models.BooleanField()
    # A mail server's words with addresses taken out, or a sentence of ours.
    cause = models.CharField(max_length=300)
    since = models.DateTimeField(default=timezone.now)
    mended_at = models.DateTimeField(null=True, blank=True)
    # None where the register brought another address by itself, and after a year.
    mended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = FailingAddressQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "failing addresses"
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("address"),
                "is_demo",
                condition=Q(mended_at=None),
                name="an_address_fails_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(mended_at__isnull=False) | Q(mended_by__isnull=True),
                name="only_mended_addresses_were_mended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address} since {self.since:%Y-%m-%d %H:%M}"
