"""Marking a mail as gone while the next one is written.

On PostgreSQL a mark is a transaction of its own, and takes the server about as long as
a worker takes to write a letter. So the worker sends the statement, writes the next
letter meanwhile, and hears the answer before anything of that letter goes: a kill
leaves one letter without its mark at most, as if the worker had waited
(docs/decisions/0002-a-mail-is-a-row.md).
"""

import datetime
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from weakref import WeakSet

from django.db import InterfaceError, OperationalError, connection

from actions import recording
from actions.errors import NotMarkedError
from actions.models import Delivery

_NAME: Final = b"mark"
# As PostgreSQL itself writes places.
_SENT: Final = recording.SENT % ("$1", "$2", "$3")
# Connections that know the statement by its name, and need not think it over again.
_PREPARED: Final[WeakSet[Any]] = WeakSet()


class Marks:
    """The marks of one worker, of which one at a time has still to be made.

    While it is ``listening`` another statement hears the answer first. A transaction
    can't begin: ``finish`` comes before it.
    """

    def __init__(self, patience: datetime.timedelta) -> None:
        """Keep for how long the database may be away."""
        self._patience = patience
        self._begun: _Begun | None = None
        # libpq's connection, while it owes an answer.
        self._asked: Any = None

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Let statements be made between ``begin`` and ``finish``."""
        with connection.execute_wrapper(self._hear_first):
            yield

    def begin(self, gone: Delivery, now: datetime.datetime) -> None:
        """Tell the database that a mail went; ``finish`` must follow.

        Raises nothing of the database's: whether it heard of it is seen then.
        """
        self._begun = _Begun(gone, now)
        try:
            if connection.vendor == "postgresql" and not connection.in_atomic_block:
                self._ask(self._begun)
            else:
                self._begun.is_made = self._begun.make()
        except (InterfaceError, OperationalError):
            self._asked = None
            connection.close()

    def finish(self) -> int:
        """See that what was begun is made, and say how many: none or one.

        None was begun, or the mail was no longer in this worker's hands. Doing it twice
        is harmless.

        Raises:
            NotMarkedError: the database was away for longer than our patience. The
                lease of the mail keeps it from going again before its end.

        """
        self._hear()
        begun, self._begun = self._begun, None
        if begun is None:
            return 0
        try:
            if begun.is_made is None:
                begun.is_made = recording.insist(begun.make, self._patience)
        except (InterfaceError, OperationalError) as error:
            raise NotMarkedError from error
        return begun.is_made

    def _ask(self, begun: "_Begun") -> None:
        with connection.cursor() as cursor:
            tell: Callable[..., Any] = self._tell
            # As Django does: whoever watches statements watches this one, too.
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
            self._asked = server
            server.flush()

    def _hear_first(self, execute: Callable[..., Any], *statement: Any) -> Any:
        self._hear()
        return execute(*statement)

    def _hear(self) -> None:
        server, self._asked = self._asked, None
        if server is None:
            return
        tuples = 0
        # What it says of a connection that was closed meanwhile is nothing.
        gone_away = suppress(InterfaceError, OperationalError)
        with gone_away, connection.wrap_database_errors:
            while (answer := server.get_result()) is not None:
                tuples = answer.command_tuples
        if self._begun and tuples == 1:
            self._begun.is_made = True
        else:
            # It may be that the name is not known any more.
            _PREPARED.clear()


@dataclass
class _Begun:
    """A mark, and whether it is known to be made."""

    gone: Delivery
    at: datetime.datetime
    is_made: bool | None = None

    def make(self) -> bool:
        """Make it in one go; False if the mail is no longer in this worker's hands."""
        return recording.sent(self.gone, self.at)
