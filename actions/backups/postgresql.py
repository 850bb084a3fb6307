"""PostgreSQL: pg_dump copies it out; what it wrote is put back in one transaction.

pg_restore turns the dump into SQL, which Django's own connection carries out: so that
dropping the old tables, filling the new ones, migrating them and making them fit to go
on with are one transaction, and need no right but to own the tables.
"""

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from django.db import DatabaseError, connection, transaction

from actions.backups.database import our_tables
from actions.errors import BackupError

_SECONDS_TO_CONNECT: Final = 10
_SECONDS_FOR_A_LOCK: Final = 30
_SECONDS_TO_COPY: Final = 3600
_CHUNK: Final = 1 << 20
# Where Debian and others keep the programs of each version.
_PLACES: Final = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin")
_COPY: Final = re.compile(rb"COPY .+ FROM stdin;\n")
_END: Final = b"\\.\n"
# What the script sets for itself; later statements need the usual.
_SET_BY_SCRIPT: Final = (
    *("search_path", "check_function_bodies", "xmloption", "client_min_messages"),
    *("row_security", "default_tablespace", "default_table_access_method"),
    *("statement_timeout", "idle_in_transaction_session_timeout"),
)


class Postgresql:
    """The database that Django is connected to."""

    def version(self) -> int:
        """Say the server's major version."""
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            [number] = cursor.fetchone()
        return int(number) // 10_000

    def copy_to(self, place: Path) -> None:
        """Write a dump of Postbag's own tables, in pg_dump's custom format.

        Nobody's sign-in is copied.
        """
        program = _dumper_of(self.version())
        tables = [f"--table={_pattern(table)}" for table in our_tables()]
        if not tables:
            raise BackupError("The database has no tables: run manage.py migrate.")
        arguments = [
            *("--format=custom", "--compress=0", "--no-owner", "--no-privileges"),
            f"--lock-wait-timeout={_SECONDS_FOR_A_LOCK}s",
            f"--exclude-table-data={_pattern('django_session')}",
            *tables,
            *_way_in()[0],
        ]
        opened = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "wb") as file, _running(program, arguments) as written:
            shutil.copyfileobj(written, file, _CHUNK)

    def insist_on_being_alone(self) -> None:
        """Refuse while somebody else is connected to it."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid, application_name FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND usename IS NOT NULL ORDER BY pid"
            )
            others = [f"{pid} {name}".strip() for pid, name in cursor.fetchall()]
        if others:
            raise BackupError(
                "The database is in use: stop the web server, the workers and whatever "
                f"else is connected (processes {', '.join(others)}), then try again. "
                "Nothing is changed."
            )

    def check(self, copy: Path, version: int) -> None:
        """Refuse a dump that is newer than this server, or that can't be listed."""
        here = self.version()
        if here < version:
            raise BackupError(
                f"It was made with PostgreSQL {version}, and this server is {here}: "
                f"restore it to a server of version {version} or later."
            )
        _reader_of(copy)

    @contextmanager
    def replaced_by(self, copy: Path) -> Iterator[None]:
        """Drop what is there, carry out the dump and the block, in one transaction."""
        script = ["--no-owner", "--no-privileges", "--file=-", str(copy)]
        program = _reader_of(copy)
        try:
            with transaction.atomic(durable=True):
                _drop_tables()
                with _running(program, script) as lines:
                    _carry_out(lines)
                yield
        except DatabaseError as error:
            told = str(error).strip()
            raise BackupError(
                f"PostgreSQL refused it; all is as it was. It says: {told}"
            ) from error
        finally:
            # With whatever the script has set.
            connection.close()


def _drop_tables() -> None:
    quote = connection.ops.quote_name
    tables = ", ".join(quote(table) for table in our_tables())
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{_SECONDS_FOR_A_LOCK}s'")
        # Those that point at each other must not wait for the end to be looked at:
        # tables with such rows could not be changed by a migration.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        if tables:
            # What somebody else built upon them is a reason to refuse.
            cursor.execute(f"DROP TABLE {tables}")


def _carry_out(script: IO[bytes]) -> None:
    """Carry out what pg_restore writes: statements, and rows between them."""
    with connection.cursor() as cursor, connection.wrap_database_errors:
        statements: list[bytes] = []
        for line in script:
            if _COPY.fullmatch(line):
                _execute(cursor, statements)
                statements = []
                with cursor.copy(line.decode().rstrip(";\n")) as copy:
                    for rows in _rows(script):
                        copy.write(rows)
            elif not line.startswith(b"\\"):  # which speaks to psql
                statements.append(line)
        _execute(cursor, statements)
        for name in _SET_BY_SCRIPT:
            cursor.execute(f"RESET {name}")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _rows(script: IO[bytes]) -> Iterator[bytes]:
    for line in script:
        if line == _END:
            return
        yield line
    raise BackupError("The dump ends in the middle of a table: it is damaged.")


def _execute(cursor: Any, statements: Iterable[bytes]) -> None:
    if text := b"".join(statements).decode().strip():
        cursor.execute(text)


@contextmanager
def _running(program: str, arguments: list[str]) -> Iterator[IO[bytes]]:
    """Run one of PostgreSQL's programs and give what it writes.

    Through a pipe: if this process is killed the program ends as well.
    """
    _, environment = _way_in()
    process = subprocess.Popen(
        [program, *arguments],
        env={
            **os.environ,
            "PGCONNECT_TIMEOUT": str(_SECONDS_TO_CONNECT),
            **environment,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout  # noqa: S101 - for mypy: it is a pipe
    complaints: list[bytes] = []
    listener = threading.Thread(
        target=lambda: complaints.append(
            process.stderr.read() if process.stderr else b""
        )
    )
    listener.start()
    watch = threading.Timer(_SECONDS_TO_COPY, process.kill)
    watch.start()
    try:
        yield process.stdout
        status = process.wait()
    finally:
        watch.cancel()
        process.kill()
        process.wait()
        listener.join()
        process.stdout.close()
        if process.stderr:
            process.stderr.close()
    if status:
        told = b"".join(complaints).decode(errors="replace").strip()
        raise BackupError(f"{Path(program).name} failed ({status}): {told}")


def _way_in() -> tuple[list[str], dict[str, str]]:
    """Say where the database is, as arguments, and the secrets, as environment.

    A command line can be read by everybody on the machine.
    """
    (_, *arguments), environment = connection.client.settings_to_cmd_args_env(
        connection.settings_dict, []
    )
    return ["--no-password", *arguments], environment or {}


def _dumper_of(version: int) -> str:
    """Find the pg_dump of a server's version, else the next newer one."""
    found = _programs("pg_dump")
    for each, path in found:
        if each >= version:
            return path
    there = ", ".join(str(each) for each, _ in found) or "none"
    raise BackupError(
        f"pg_dump {version} or later is needed for this server, and there is {there}. "
        f"Install PostgreSQL's programs (Debian: postgresql-client-{version})."
    )


def _reader_of(copy: Path) -> str:
    """Find the oldest pg_restore that can read a dump: what it writes fits best."""
    refusal = BackupError(
        "pg_restore is needed. Install PostgreSQL's programs (Debian: "
        "postgresql-client)."
    )
    for _, path in _programs("pg_restore"):
        try:
            with _running(path, ["--list", str(copy)]) as told:
                told.read()
        except BackupError as error:
            refusal = error
        else:
            return path
    raise refusal


def _programs(name: str) -> list[tuple[int, str]]:
    """Find one of each version, the oldest first."""
    found: dict[int, str] = {}
    for place in (shutil.which(name), *(f"{folder}/{name}" for folder in _folders())):
        if place and (version := _version_of(place)) is not None:
            found.setdefault(version, place)
    return sorted(found.items())


def _folders() -> Iterator[Path]:
    for place in _PLACES:
        yield from sorted(Path("/").glob(place))


def _version_of(path: str) -> int | None:
    try:
        told = subprocess.run(
            [path, "--version"],
            capture_output=True,
            text=True,
            timeout=_SECONDS_TO_CONNECT,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"(\d+)(?:\.\d+)*", told.stdout)
    return int(version[1]) if version else None


def _pattern(table: str) -> str:
    """Write a table's name so that nothing in it stands for anything else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        [schema] = cursor.fetchone()
    quote = connection.ops.quote_name
    return f"{quote(schema)}.{quote(table)}"
