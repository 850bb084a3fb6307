"""Where a word that somebody typed could have been left."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection

from config.logs import DiscreetFormatter


def in_database(word: str) -> list[str]:
    """Every table, those of sessions and of the admin too, column by column."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        return [
            f"{table}.{column}"
            for table in tables
            for column, cell in _cells(table)
            if word.lower() in _readable(cell)
        ]


@contextmanager
def failed_statements() -> Iterator[list[str]]:
    """Gather the statements that fail meanwhile: PostgreSQL's log repeats them."""
    failed: list[str] = []

    def listen(execute: Any, sql: str, *rest: Any) -> Any:
        try:
            return execute(sql, *rest)
        except Exception:
            failed.append(sql)
            raise

    with connection.execute_wrapper(listen):
        yield failed


def in_caches(word: str) -> list[str]:
    """Whatever this process remembers by way of Django's caches."""
    return [
        name
        for name in caches.settings
        for value in vars(caches[name]).get("_cache", {}).items()
        if word.lower() in _readable(value)
    ]


def in_files(word: str, folder: Path) -> list[str]:
    """Byte by byte: a database's files hold what was deleted, too."""
    return [
        str(file)
        for file in sorted(folder.rglob("*"))
        if file.is_file() and word.lower().encode() in file.read_bytes().lower()
    ]


def log_everything(caplog: pytest.LogCaptureFixture) -> None:
    """Have every logger there is say all that it can."""
    for name in (None, *logging.root.manager.loggerDict):
        caplog.set_level(logging.DEBUG, logger=name)


def in_logs(word: str, caplog: pytest.LogCaptureFixture) -> list[str]:
    """Lines as they are written where Postbag runs."""
    lines = map(
        DiscreetFormatter("{name}: {message}", style="{").format, caplog.records
    )
    return [line for line in lines if word.lower() in line.lower()]


def _cells(table: str) -> Iterator[tuple[str, object]]:
    with connection.cursor() as cursor:
        # Names of tables cannot be parameters; these are the database's own.
        named = connection.ops.quote_name(table)
        cursor.execute(f"SELECT * FROM {named}")  # noqa: S608
        columns = [column[0] for column in cursor.description]
        for row in cursor.fetchall():
            yield from zip(columns, row, strict=True)


def _readable(cell: object) -> str:
    if isinstance(cell, memoryview):
        cell = bytes(cell)
    return repr(cell).lower()
