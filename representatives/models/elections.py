"""What Parliament is from when, and when vacant seats are filled."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from representatives.models.seats import Constituency


class ParliamentPeriodQuerySet(models.QuerySet["ParliamentPeriod"]):
    """Asks what Parliament is, was and will be."""

    def in_order(self) -> Self:
        """The earliest first."""
        return self.order_by("begins_on")


class ParliamentPeriod(models.Model):
    """What Parliament is from a day on, until the next row says something else.

    ``representatives.parliament`` says what follows; whatever depends on it asks there.
    """

    class State(models.TextChoices):
        """In the order in which one follows another around an election."""

        SITTING = "sitting", "sitting"
        RECESS = "recess", "in recess"
        PROROGUED = "prorogued", "prorogued: between two sessions"
        DISSOLVED = "dissolved", "dissolved: nobody is an MP"
        COUNTING = "counting", "elected: seats fill as the register of members does"

    state = models.CharField(max_length=10, choices=State)
    begins_on = models.DateField(
        "from",
        unique=True,
        help_text="The first day of it; it may be to come. In United Kingdom time.",
    )
    note = models.TextField(blank=True, help_text="How we know, for the next person.")
    changed_at = models.DateTimeField(auto_now=True)

    objects = ParliamentPeriodQuerySet.as_manager()

    class Meta:
        ordering = ("-begins_on",)
        verbose_name = "state of Parliament"
        verbose_name_plural = "states of Parliament"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "sitting",
                        "recess",
                        "prorogued",
                        "dissolved",
                        "counting",
                    ]
                ),
                name="state_of_parliament_is_one_of_the_five",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} from {self.begins_on}"


class ByElection(models.Model):
    """When a vacant seat is to be filled, as staff know before any register does."""

    constituency = models.ForeignKey(
        Constituency,
        on_delete=models.PROTECT,
        related_name="by_elections",
        limit_choices_to={"is_current": True},
    )
    polling_on = models.DateField("polling day")
    note = models.TextField(blank=True, help_text="How we know, for the next person.")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-polling_on",)
        verbose_name = "by-election"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["constituency", "polling_on"],
                name="one_by_election_per_seat_and_day",
                violation_error_message="This by-election is there already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.constituency} on {self.polling_on}"
