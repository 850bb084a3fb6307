"""Workers that die at a given step: ``python -m tests.doomed``, with their environment.

For each line on its input, the number of a step, a worker begins that delivers what is
due, or runs the command that is named with ``--to``, and is killed (SIGKILL, which
nothing can catch) when it comes to that step. The answer is a line that names the step,
or nothing if it was done before; at step 0 it always is.

A step is whatever changes the world: a statement that writes to the database, before
and after it (so before and after each COMMIT, too); a line to the mail server; a file
of the outbox, and its deletion; that of a mail that came in. They are counted from the
first claim, or with ``--from-the-start`` from the first there is; with ``--beside``,
only those of the thread that settles beside. With ``--at-noon`` it is the next noon for
the worker: at night nobody is asked anything.
"""

import datetime
import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import django

from tests.later import move_the_clock

DAY = datetime.timedelta(days=1)
DELIVER = ("deliver_letters", "--once")
CLAIM = 'UPDATE "actions_delivery" SET "lease"'

FROM_THE_START = "--from-the-start"
BESIDE = "--beside"
AT_NOON = "--at-noon"
# All after it is a command with its options.
TO = "--to"
READS = ("SELECT", "PRAGMA", "SET ", "RESET")


class Fate:
    """Counts the steps, and ends the process at one."""

    def __init__(self, last: int, *, has_begun: bool) -> None:
        self.left = last
        self.has_begun = has_begun

    def come_to(self, step: str) -> None:
        if not self.has_begun:
            return
        self.left -= 1
        if self.left == 0:
            os.write(1, step.encode())
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(self, execute: Any, sql: str, *rest: Any) -> Any:
        """Come to a statement of SQL, and to its end."""
        self.has_begun = self.has_begun or sql.startswith(CLAIM)
        words = " ".join(sql.split()[:4])
        if words.startswith(READS):
            return execute(sql, *rest)
        self.come_to(f"before {words}")
        outcome = execute(sql, *rest)
        self.come_to(f"after {words}")
        return outcome

    def event(self, name: str, values: tuple[Any, ...]) -> None:
        """Come to one of Python's own steps, which happens afterwards."""
        if name == "smtplib.send":
            words = values[1].split(maxsplit=1)[0].decode().rstrip(":")
            self.come_to(f"before sending {words}")
        if name in {"open", "os.rename"} and str(values[0]).endswith(".part"):
            self.come_to(f"before {name} in the outbox")
        if name == "os.remove" and Path(values[0]).suffix == ".eml":
            self.come_to("before deleting from the outbox")
        if name == "os.remove" and Path(values[0]).parent.name == "new":
            self.come_to("before deleting what came in")


@contextmanager
def doomed(environment: dict[str, str], *how: str) -> Iterator[Callable[[int], str]]:
    """Give a way to have a worker die at a step, which returns the step's name."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.doomed", *how],
        cwd=Path(__file__).parent.parent,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        asked, answered = process.stdin, process.stdout

        def die_at(number: int) -> str:
            asked.write(f"{number}\n")
            asked.flush()
            step: str = answered.readline()
            return step.strip()

        yield die_at


def main() -> None:
    if AT_NOON in sys.argv:
        move_the_clock(_until_noon() / DAY)
    django.setup()
    # What takes longest to import, once and not by each worker.
    for module in ("config.urls", f"actions.management.commands.{_command()[0]}"):
        import_module(module)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _work(int(line))
        os.waitpid(child, 0)
        print(flush=True)  # noqa: T201 - the end of the answer


def _until_noon() -> datetime.timedelta:
    now = datetime.datetime.now(datetime.UTC)
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    return (noon - now) % DAY


def _work(last: int) -> None:
    from django.core.management import call_command  # noqa: PLC0415 - once set up

    if BESIDE in sys.argv:
        _watch_beside(Fate(last, has_begun=True))
        _deliver_in_no_time()
    else:
        _watch(Fate(last, has_begun=FROM_THE_START in sys.argv))
        call_command(*_command(), stdout=io.StringIO())
    os._exit(0)


def _command() -> Sequence[str]:
    return sys.argv[sys.argv.index(TO) + 1 :] if TO in sys.argv else DELIVER


def _watch(fate: Fate) -> None:
    from django.db import connection  # noqa: PLC0415

    connection.execute_wrappers.append(fate.statement)
    sys.addaudithook(fate.event)


def _watch_beside(fate: Fate) -> None:
    from django.db.backends.signals import connection_created  # noqa: PLC0415

    def watch(connection: Any, **_: Any) -> None:
        if threading.current_thread() is not threading.main_thread():
            connection.execute_wrappers.append(fate.statement)

    connection_created.connect(watch, weak=False)


def _deliver_in_no_time() -> None:
    """Deliver by a clock that stands, so that batches grow on a busy machine, too."""
    from django.utils import timezone  # noqa: PLC0415

    from actions import delivering  # noqa: PLC0415

    now = timezone.now()
    delivering.deliver_due(clock=lambda: now)


if __name__ == "__main__":
    main()
