"""What every kind of database can do for a back-up."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader


class Database(Protocol):
    """The database that Django is connected to, as a whole."""

    def version(self) -> int:
        """Say the major version of it and its tools, by which copies fit or not."""

    def copy_to(self, place: Path) -> None:
        """Write a copy of one moment, while others read and write.

        Raises:
            BackupError: it can't be copied, and why.
            OSError: the disk is full.

        """

    def insist_on_being_alone(self) -> None:
        """Refuse while anybody else is seen to hold it.

        Raises:
            BackupError: who.

        """

    def check(self, copy: Path, version: int) -> None:
        """Refuse a copy that could not be read here.

        Raises:
            BackupError: why.

        """

    def replaced_by(self, copy: Path) -> AbstractContextManager[None]:
        """Have Django work on what the copy holds until the block ends.

        Then it takes the place of what is there, all at once; if the block raises, or
        is killed, all is as it was.

        Raises:
            BackupError: it can't be put in place.
            OSError: the disk is full.

        """


def applied_migrations() -> tuple[str, ...]:
    """Name the migrations that the connected database has seen."""
    applied = MigrationLoader(connection).applied_migrations
    return tuple(sorted(f"{app}.{name}" for app, name in applied or ()))


def known_migrations() -> frozenset[str]:
    """Name those that this version of Postbag knows, squashed ones too."""
    loader = MigrationLoader(None)
    known = {*loader.disk_migrations, *loader.graph.nodes}
    replaced = {
        each for one in loader.disk_migrations.values() for each in one.replaces
    }
    return frozenset(f"{app}.{name}" for app, name in known | replaced)


def our_tables() -> list[str]:
    """Name the tables of Postbag's that are there."""
    tables = connection.introspection.django_table_names(only_existing=True)
    there = connection.introspection.table_names()
    return sorted({*tables, *({"django_migrations"} & set(there))})


def is_empty() -> bool:
    """Whether nothing in it is worth keeping: registers can be loaded again.

    One that can't be read is not called empty.
    """
    kept = [
        table
        for table in our_tables()
        if table.startswith("actions_") or table == "auth_user"
    ]
    with connection.cursor() as cursor:
        for table in kept:
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"SELECT 1 FROM {quoted} LIMIT 1")  # noqa: S608 - ours
            if cursor.fetchone():
                return False
    return True


@contextmanager
def left_as_it_is() -> Iterator[None]:
    """Pass over a database that can't be read or is of another version."""
    try:
        yield
    except DatabaseError:
        connection.close()
