"""Importing a directory of postcodes while people ask for theirs."""

import csv
import io
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection

from benchmarks import directory
from benchmarks.figures import Figure, NotMeasuredError, Target
from benchmarks.lookups import some_paths
from benchmarks.servers import POSTBAG, most_resident, serving
from benchmarks.visitor import Visitor
from representatives.models import RegisterVersion

MOST_SECONDS: Final = 60
MOST_MEGABYTES: Final = 300
MOST_MILLISECONDS: Final = 250
SECONDS_OF_PEACE: Final = 5
OK: Final = 200


class ImportFailedError(NotMeasuredError):
    """The import did not end well, or a look-up was refused meanwhile."""


@dataclass(frozen=True)
class Watched:
    """What people and another writer noticed in some time; in milliseconds."""

    lookup: float
    write: float
    lookups: int


def figures() -> Iterator[Figure]:
    """Import it once, asking all the time; the yardsticks are taken before."""
    with tempfile.TemporaryDirectory() as folder, serving(POSTBAG) as server:
        release = Path(folder) / "ONSPD_MAY_2026.zip"
        directory.write(release)
        paths = list(some_paths())
        visitor = Visitor(server.port)
        visitor.get(paths[0])
        peace = _watch(visitor, paths, _for_a_while())
        yardstick_seconds = _bare_reading(release)
        began = time.perf_counter()
        importing = _Process("import_postcodes", str(release), "--accept-ni-licence")
        watched = _watch(visitor, paths, importing.goes_on())
        seconds = time.perf_counter() - began
        importing.check()
        yield from _figures(importing, seconds, yardstick_seconds)
        yield _slowest(
            "slowest look-up meanwhile", watched.lookup, peace.lookup, watched
        )
        yield _slowest("slowest write meanwhile", watched.write, peace.write, watched)


class _Process:
    """A management command, and the most memory that it had."""

    def __init__(self, *arguments: str) -> None:
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115 - as long as this
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            stdout=self._said,
            stderr=self._said,
        )
        self.megabytes = 0.0

    def goes_on(self) -> Iterator[None]:
        """Yield until it has ended.

        What ``wait4`` says of its memory would count this process's own, too.
        """
        while self._process.poll() is None:
            self.megabytes = max(self.megabytes, most_resident(self._process.pid))
            yield

    def check(self) -> None:
        """See that it ended well; raises ``ImportFailedError``."""
        if self._process.returncode:
            self._said.seek(0)
            raise ImportFailedError(self._said.read())


def _for_a_while() -> Iterator[None]:
    until = time.monotonic() + SECONDS_OF_PEACE
    while time.monotonic() < until:
        yield


def _watch(visitor: Visitor, paths: list[str], time_goes_by: Iterator[None]) -> Watched:
    chosen = random.Random(4)  # noqa: S311 - the same ones in every run
    slowest_lookup = slowest_write = 0.0
    number = 0
    for number, _ in enumerate(time_goes_by):  # noqa: B007 - counted, too
        answer = visitor.get(chosen.choice(paths))
        if answer.status != OK:
            raise ImportFailedError(f"a look-up was answered with {answer.status}")
        slowest_lookup = max(slowest_lookup, answer.milliseconds)
        slowest_write = max(slowest_write, _write())
        time.sleep(0.005)
    return Watched(slowest_lookup, slowest_write, number)


def _write() -> float:
    """Take the writer's lock, as a letter does, and change nothing."""
    began = time.perf_counter()
    RegisterVersion.objects.filter(pk=-1).update(as_of="")
    return (time.perf_counter() - began) * 1_000


def _bare_reading(release: Path) -> float:
    began = time.perf_counter()
    with zipfile.ZipFile(release) as packed:
        table = max(packed.infolist(), key=lambda one: one.file_size)
        with packed.open(table) as raw, io.TextIOWrapper(raw) as text:
            for _ in csv.reader(text):
                pass
    return time.perf_counter() - began


def _figures(
    importing: _Process, seconds: float, yardstick_seconds: float
) -> Iterator[Figure]:
    resting = _Process("check")
    for _ in resting.goes_on():
        time.sleep(0.01)
    remark = f"{directory.ROWS:,} rows, {connection.vendor}"
    yield Figure(
        name="importing a directory",
        value=seconds,
        unit="s",
        yardstick=yardstick_seconds,
        yardstick_name="its rows by the csv module alone",
        target=Target.AT_MOST,
        limit=MOST_SECONDS,
        remark=remark,
    )
    yield Figure(
        name="the most memory it took",
        value=importing.megabytes,
        unit="MB",
        yardstick=resting.megabytes,
        yardstick_name="manage.py check",
        target=Target.AT_MOST,
        limit=MOST_MEGABYTES,
    )


def _slowest(name: str, value: float, yardstick: float, watched: Watched) -> Figure:
    return Figure(
        name=name,
        value=value,
        unit="ms",
        yardstick=yardstick,
        yardstick_name="when nothing is imported",
        target=Target.AT_MOST,
        limit=MOST_MILLISECONDS,
        remark=f"of {watched.lookups:,}",
    )
