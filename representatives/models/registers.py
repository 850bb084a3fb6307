"""The registers' editions as they were loaded, and whose turn it is to load one."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q


class Register(models.TextChoices):
    """The three registers, in the order in which they are loaded."""

    CONSTITUENCIES = "constituencies", "constituencies"
    MEMBERS = "members", "members of the House of Commons"
    POSTCODES = "postcodes", "postcodes"


class RegisterVersionQuerySet(models.QuerySet["RegisterVersion"]):
    """Asks about editions."""

    def current(self) -> Self:
        """One of each register at most."""
        return self.filter(is_current=True)

    def waiting(self) -> Self:
        """Those of the next boundaries: one of each register at most."""
        return self.filter(waits_for__isnull=False)


class RegisterVersion(models.Model):
    """One edition of one register, as it was loaded, and whose it is."""

    register = models.CharField(max_length=20, choices=Register)
    as_of = models.CharField(
        "as of",
        max_length=10,
        help_text="The day or month that the register describes.",
    )
    digest = models.CharField(
        max_length=64,
        help_text="SHA-256 of what was loaded, which tells editions apart.",
    )
    entries = models.PositiveIntegerField(
        help_text="How many seats, members or postcodes it lists."
    )
    source = models.TextField()
    licence = models.TextField()
    licence_url = models.URLField()
    attribution = models.TextField(help_text="Verbatim, as the licence asks.")
    loaded_at = models.DateTimeField()
    is_current = models.BooleanField(default=False)
    waits_for = models.DateField(
        null=True,
        blank=True,
        help_text="The day on which the boundaries that it is of are put in force.",
    )

    objects = RegisterVersionQuerySet.as_manager()

    class Meta:
        ordering = ("register", "-as_of", "-loaded_at")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["register"],
                condition=Q(is_current=True),
                name="one_current_version_per_register",
                violation_error_message="This register already has a current version.",
            ),
            models.UniqueConstraint(
                fields=["register"],
                condition=Q(waits_for__isnull=False),
                name="one_waiting_version_per_register",
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(waits_for__isnull=True),
                name="current_versions_wait_for_nothing",
            ),
            models.CheckConstraint(
                condition=Q(register__in=Register.values),
                name="register_is_one_of_the_three",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_register_display()} as of {self.as_of}"


class ImportLease(models.Model):
    """Whose turn it is to import a register: one import at a time, for a short while.

    Held by conditional updates and prolonged while the import goes on; one that was
    killed stops prolonging it.
    """

    register = models.CharField(max_length=20, choices=Register, unique=True)
    holder = models.UUIDField()
    until = models.DateTimeField()
    version = models.OneToOneField(
        RegisterVersion,
        on_delete=models.SET_NULL,
        null=True,
        help_text="What is being written, and not current before it is whole.",
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(register__in=Register.values),
                name="lease_is_for_one_of_the_three",
            ),
        ]

    def __str__(self) -> str:
        return f"import of {self.get_register_display()} until {self.until:%H:%M:%S}"
