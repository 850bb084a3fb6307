"""Processes that send together: delivery workers as users run them, or bare smtplib."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from actions.mail import MAILS_A_CONNECTION
from actions.models import Delivery
from benchmarks import bare, filling
from benchmarks.figures import NotMeasuredError
from benchmarks.servers import end, most_resident

SECONDS_TO_START: Final = 60
SECONDS_TO_SEND: Final = 300
# For each worker, so that each has done everything once when time is taken.
LETTERS_TO_WARM_UP: Final = 50
_SIGTERM_BIT: Final = 1 << 14


class NotDeliveredError(NotMeasuredError):
    """Not every letter went, so that nothing was measured."""


@dataclass(frozen=True)
class Sent:
    """How long it took, and the most memory of the fullest process, in MB."""

    seconds: float
    megabytes: float


def workers(count: int, port: int, letters: int) -> Sent:
    """Let ``manage.py deliver_letters`` send some of the letters that there are.

    Raises:
        NotDeliveredError: a worker ended, or it takes too long.

    """
    filling.owed_later()
    with ExitStack() as running:
        crew = [running.enter_context(_worker(port)) for _ in range(count)]
        for worker in crew:
            _wait(worker.is_ready, crew, SECONDS_TO_START)
        filling.release(count * LETTERS_TO_WARM_UP)
        _wait(_nothing_is_due, crew, SECONDS_TO_SEND)
        before = _gone()
        filling.release(letters)
        began = time.perf_counter()
        _wait(_nothing_is_due, crew, SECONDS_TO_SEND)
        seconds = time.perf_counter() - began
        if (gone := _gone() - before) != letters:
            raise NotDeliveredError(f"{gone} of {letters} letters went meanwhile")
        return Sent(seconds, max(worker.megabytes() for worker in crew))


def bare_connections(count: int, port: int, mails: int, wire: bytes) -> Sent:
    """Let as many processes send as many mails by smtplib alone.

    Raises:
        NotDeliveredError: one of them failed.

    """
    with tempfile.NamedTemporaryFile() as file, ExitStack() as running:
        file.write(wire)
        file.flush()
        shares = [mails // count + (number < mails % count) for number in range(count)]
        crew = [
            running.enter_context(_bare_process(port, share, Path(file.name)))
            for share in shares
        ]
        for process in crew:
            if not process.stdout or bare.READY not in process.stdout.readline():
                raise NotDeliveredError("a bare connection did not start")
        began = time.perf_counter()
        for process in crew:
            if process.stdin:
                process.stdin.write("\n")
                process.stdin.flush()
        if any(process.wait(SECONDS_TO_SEND) for process in crew):
            raise NotDeliveredError("a bare connection failed")
        seconds = time.perf_counter() - began
        kilobytes = [
            int(process.stdout.readline()) for process in crew if process.stdout
        ]
        return Sent(seconds, max(kilobytes) / 1024)


class _Worker:
    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log

    def is_ready(self) -> bool:
        """Whether everything is loaded: the command listens for signals by then."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("SigCgt:"):
                return bool(int(line.split()[1], 16) & _SIGTERM_BIT)
        return False

    def megabytes(self) -> float:
        return most_resident(self.process.pid)

    def check(self) -> None:
        if self.process.poll() is not None:
            raise NotDeliveredError(f"a worker ended:\n{self.log.read_text()}")


@contextmanager
def _worker(port: int) -> Iterator[_Worker]:
    with tempfile.NamedTemporaryFile("w+") as log:
        process = subprocess.Popen(
            # It looks often, so that not its rest is measured.
            [sys.executable, "manage.py", "deliver_letters", "--poll", "0.02"],
            cwd=settings.BASE_DIR,
            env={**os.environ, "MAIL_URL": f"smtp://127.0.0.1:{port}"},
            stdout=log,
            stderr=log,
            process_group=0,
        )
        try:
            yield _Worker(process, Path(log.name))
        finally:
            end(process)


@contextmanager
def _bare_process(port: int, mails: int, wire: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "benchmarks.bare"),
            *(str(port), str(mails), str(MAILS_A_CONNECTION), str(wire)),
        ],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _wait(is_so: Callable[[], bool], crew: list[_Worker], seconds: float) -> None:
    give_up = time.monotonic() + seconds
    while not is_so():
        for worker in crew:
            worker.check()
        if time.monotonic() > give_up:
            said = "\n".join(worker.log.read_text() for worker in crew)
            raise NotDeliveredError(f"it takes more than {seconds} seconds:\n{said}")
        time.sleep(0.02)


def _gone() -> int:
    return Delivery.objects.filter(state=Delivery.State.SENT).count()


def _nothing_is_due() -> bool:
    """Whether all that was released has gone, and what follows from it is settled."""
    unsent = Q(state=Delivery.State.WAITING, due_at__lte=timezone.now())
    return not Delivery.objects.filter(unsent | Q(lease__isnull=False)).exists()
