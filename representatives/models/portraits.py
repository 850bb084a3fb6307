"""How members look."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Portrait(models.Model):
    """A small picture of a member, made anew from Parliament's.

    In the database, so that every web server has it, and a back-up, too: all of them
    together take a few megabytes.
    """

    parliament_id = models.PositiveIntegerField("Parliament id", primary_key=True)
    picture = models.BinaryField(help_text="JPEG, square.")
    digest = models.CharField(
        max_length=16, help_text="Tells pictures apart, in their addresses."
    )
    fetched_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(digest=""), name="portraits_have_a_digest"
            ),
        ]

    def __str__(self) -> str:
        return f"portrait of member {self.parliament_id}"
