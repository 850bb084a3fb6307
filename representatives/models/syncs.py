"""Each reading of a register of members, and what came of it."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q


class SyncRunQuerySet(models.QuerySet["SyncRun"]):
    """Asks about runs."""

    def newest_first(self) -> Self:
        """The last one at the top."""
        return self.order_by("-started_at", "-pk")

    def waiting(self) -> Self:
        """Those that a person has yet to confirm."""
        return self.filter(state=SyncRun.State.REFUSED)


class SyncRun(models.Model):
    """One attempt to bring the register of members up to date; its end says why."""

    class State(models.TextChoices):
        """How far it has come, or how it ended."""

        RUNNING = "running", "under way"
        APPLIED = "applied", "applied"
        UNCHANGED = "unchanged", "nothing had changed"
        REFUSED = "refused", "waits until a person confirms it"
        CONFIRMED = "confirmed", "confirmed by a person, and applied by another run"
        FAILED = "failed", "failed, and changed nothing"

    source = models.CharField(max_length=200, help_text="Where it was read from.")
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    as_of = models.CharField(
        "as of", max_length=10, blank=True, help_text="The day that was read."
    )
    reason = models.TextField(blank=True, help_text="Why it failed or was refused.")
    summary = models.TextField(blank=True, help_text="What it changes, line by line.")
    digest = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of what it changes."
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = SyncRunQuerySet.as_manager()

    class Meta:
        ordering = ("-started_at",)
        verbose_name = "reading of the members"
        verbose_name_plural = "readings of the members"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "running",
                        "applied",
                        "unchanged",
                        "refused",
                        "confirmed",
                        "failed",
                    ]
                ),
                name="sync_is_in_a_known_state",
            ),
            models.CheckConstraint(
                condition=Q(state="running", ended_at__isnull=True)
                | ~Q(state="running") & Q(ended_at__isnull=False),
                name="only_running_syncs_have_not_ended",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "failed"]) | ~Q(reason=""),
                name="refused_and_failed_syncs_say_why",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["applied", "refused", "confirmed"])
                | ~Q(digest=""),
                name="syncs_with_a_plan_have_its_digest",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="syncs_do_not_end_before_they_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}, {self.started_at:%Y-%m-%d %H:%M}: {self.state}"
