"""Rows that stay as they were written."""

from typing import Any, NoReturn, TypeVar

from django.db import models

from actions.errors import PermanentRowError

Row_co = TypeVar("Row_co", bound=models.Model, covariant=True)


class PermanentQuerySet(models.QuerySet[Row_co]):
    """Adds and reads, nothing else."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse.

        Raises:
            PermanentRowError: always.

        """
        raise PermanentRowError(self.model.__name__)

    def delete(self) -> NoReturn:
        """Refuse.

        Raises:
            PermanentRowError: always.

        """
        raise PermanentRowError(self.model.__name__)


class Permanent(models.Model):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new row.

        Raises:
            PermanentRowError: if the row stands already.

        """
        if not self._state.adding:
            raise PermanentRowError(str(self))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse.

        Raises:
            PermanentRowError: always.

        """
        raise PermanentRowError(str(self))
