"""Rows that become objects quickly: a worker reads three for each letter it sends."""

from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.db.models.base import ModelState


class QuicklyRead(models.Model):
    """Made of a row without Django's signals, to which nothing here listens.

    What was not read (``defer``, ``only``) is fetched when it is asked for, as ever.
    """

    class Meta:
        abstract = True

    @classmethod
    def from_db(  # type: ignore[override]  # the stubs are of a later Django
        cls, db: str | None, field_names: Collection[str], values: Collection[Any]
    ) -> Self:
        """Make one of a row's values; documented by Django as the place for that."""
        state = ModelState()
        state.adding, state.db = False, db
        made = cls.__new__(cls)
        vars(made).update(zip(field_names, values, strict=True), _state=state)
        return made
