"""Marking a mail as gone while the next letter is written.

On PostgreSQL a mark is a transaction of its own, and takes the server about as long as
a worker takes to write a letter. So the worker sends the statement, writes the next
letter meanwhile and asks the mail server to take it, and hears the answer before
anything of its text goes: a kill leaves one letter without its mark at most, as if the
worker had waited (docs/decisions/0002-a-mail-is-a-row.md).
"""

import datetime
import select
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from weakref import WeakSet

from django.db import Error, connection

from actions import recording
from actions.errors import NotMarkedError
from actions.models import Delivery

# As PostgreSQL itself writes places.
_SENT: Final = recording.SENT % ("$1", "$2", "$3")
# Behind a pooler, other releases may have given a name to another statement.
_NAME: Final = f"mark_{zlib.crc32(_SENT.encode()):08x}".encode()
# Connections that know the statement by its name, and need not think it over again.
_PREPARED: Final[WeakSet[Any]] = WeakSet()
# How often a wait looks whether it is over, although nothing was heard.
_LOOK_EVERY: Final = 1_000  # milliseconds


class Marks:
    """The marks of one worker, of which one at a time has still to be made.

    What it knows, ``known``, may be more than the database does after a crash. While it
    is ``listening`` another statement hears the answer first. A transaction
    can't begin: ``finish`` comes before it.
    """

    def __init__(self, patience: datetime.timedelta) -> None:
        """Keep for how long the database may be away."""
        self._patience = patience
        # Of the mails of a batch.
        self.known: recording.Times = {}
        self._begun: _Begun | None = None
        # The driver's connection, while it owes an answer.
        self._asked: Any = None

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Let statements be made between ``begin`` and ``finish``."""
        with connection.execute_wrapper(self._hear_first):
            yield

    def begin(self, gone: Delivery, now: datetime.datetime) -> None:
        """Tell the database that a mail went; ``finish`` must follow.

        Raises:
            NotMarkedError: as ``finish``.

        """
        begun = self._begun = _Begun(gone, now)
        self.known[gone.pk] = now
        can_wait = connection.vendor == "postgresql" and connection.get_autocommit()
        try:
            if can_wait:
                self._ask(begun)
            else:
                begun.is_made = begun.make()
        except recording.AWAY:
            self._asked = None
            connection.close()
            self._insist(begun)

    def finish(self) -> int:
        """See that what was begun is made, and say how many: none or one.

        None was begun, or the mail was no longer in this worker's hands. Doing it twice
        is harmless.

        Raises:
            NotMarkedError: the database did not make it, or was away for longer than
                our patience. The mail's lease keeps it from going again before its end.

        """
        self._hear()
        begun, self._begun = self._begun, None
        if begun is None:
            return 0
        if begun.is_made is None:
            self._insist(begun)
        return bool(begun.is_made)

    def _insist(self, begun: "_Begun") -> None:
        try:
            begun.is_made = recording.insist(begun.make, self._patience)
        except Error as error:
            # Whoever settles the others need not try for as long again.
            self._begun = None
            del self.known[begun.gone.pk]
            raise NotMarkedError from error

    def _ask(self, begun: "_Begun") -> None:
        with connection.cursor() as cursor:
            tell: Callable[..., Any] = self._tell
            # As Django does: whatever wraps statements wraps this one, too.
            for wrapper in reversed(connection.execute_wrappers):
                tell = partial(wrapper, tell)
            values = [begun.at, begun.gone.pk, begun.gone.lease]
            context = {"connection": connection, "cursor": cursor}
            tell(_SENT, values, False, context)  # noqa: FBT003 - as Django calls it

    def _tell(self, sql: str, values: Sequence[object], *_: object) -> None:
        server = connection.connection.pgconn
        with connection.wrap_database_errors:
            if connection.connection not in _PREPARED:
                server.prepare(_NAME, sql.encode())
                _PREPARED.add(connection.connection)
            written = [str(value).encode() for value in values]
            server.send_query_prepared(_NAME, written)
            self._asked = connection.connection
            server.flush()

    def _hear_first(self, execute: Callable[..., Any], *statement: Any) -> Any:
        self._hear()
        return execute(*statement)

    def _hear(self) -> None:
        asked, self._asked = self._asked, None
        if asked is None:
            return
        tuples = None
        # What is heard of a connection that was closed or broke is nothing.
        gone_away = suppress(*recording.AWAY)
        with gone_away, connection.wrap_database_errors:
            _wait_for(asked.pgconn)
            while (answer := asked.pgconn.get_result()) is not None:
                tuples = answer.command_tuples
        if tuples is None:
            # It may be that the name is not known any more.
            _PREPARED.discard(asked)
        elif self._begun and tuples == 1:
            self._begun.is_made = True


def _wait_for(server: Any) -> None:
    """Wait until an answer is there; libpq's own wait would stop every other thread."""
    ready = select.poll()
    ready.register(server.socket, select.POLLIN)
    while server.is_busy():
        ready.poll(_LOOK_EVERY)
        server.consume_input()


@dataclass
class _Begun:
    """A mark, and whether it is known to be made."""

    gone: Delivery
    at: datetime.datetime
    is_made: bool | None = None

    def make(self) -> bool:
        """Make it in one go; False if the mail is no longer in this worker's hands."""
        return recording.sent(self.gone, self.at)
