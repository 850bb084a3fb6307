"""What is done once: loading the registers, starting again, measuring a long letter."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Final

from django.conf import settings
from django.utils import timezone

from actions import own_words
from actions.composing import LONGEST_BODY
from benchmarks.composing import REASON, what_to_compose
from benchmarks.figures import Figure, Target, median
from benchmarks.servers import TRIVIAL, end, free_port, serving, wait_for
from benchmarks.visitor import Visitor
from representatives import loading
from representatives.models import (
    Constituency,
    PostcodeSector,
    RegisterVersion,
    Representative,
)
from representatives.snapshot import Snapshot

MOST_SECONDS: Final = 5
TIMES: Final = 20


def figures() -> Iterator[Figure]:
    """Take the three, the start after the registers are there again."""
    yield _loading()
    yield _starting()
    yield _measuring()


def _loading() -> Figure:
    PostcodeSector.objects.all().delete()
    Representative.objects.all().delete()
    Constituency.objects.all().delete()
    RegisterVersion.objects.all().delete()
    return Figure(
        name="loading the registers",
        value=_seconds(lambda: loading.load(Snapshot.open(), now=timezone.now())),
        unit="s",
        yardstick=_seconds(_bare_loading),
        yardstick_name="its postcodes into a bare table",
        target=Target.AT_MOST,
        limit=MOST_SECONDS,
    )


def _bare_loading() -> None:
    rows = (
        (row.sector, row.constituency, row.units) for row in Snapshot.open().sectors()
    )
    with sqlite3.connect(settings.VAR_DIR / "bare.sqlite3") as database:
        database.execute("CREATE TABLE sectors (sector, constituency, units)")
        database.executemany("INSERT INTO sectors VALUES (?, ?, ?)", rows)


def _starting() -> Figure:
    def start_trivial() -> None:
        with serving(TRIVIAL) as server:
            Visitor(server.port).get("/")

    return Figure(
        name="starting again, as make run does",
        value=_start_again(),
        unit="s",
        yardstick=_seconds(start_trivial),
        yardstick_name="a server with a trivial view",
        target=Target.AT_MOST,
        limit=MOST_SECONDS,
    )


def _start_again() -> float:
    port = free_port()
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--set-up", "--port", str(port)],
        cwd=settings.BASE_DIR,
        env=dict(os.environ),
        stdout=subprocess.DEVNULL,
        process_group=0,
    )
    try:
        wait_for(port, process)
        Visitor(port).get("/")
        return time.perf_counter() - began
    finally:
        end(process)


def _measuring() -> Figure:
    version, _, _ = what_to_compose()
    letter = (f"{version.body}\n\n{REASON}\n\n" * 20)[:LONGEST_BODY]

    def bare() -> None:
        words = letter.lower().split()
        {tuple(words[at : at + own_words.RUN]) for at in range(len(words))}

    return Figure(
        name=f"own words of {LONGEST_BODY:,} characters",
        value=_milliseconds(lambda: own_words.measure(version.body, letter)),
        unit="ms",
        yardstick=_milliseconds(bare),
        yardstick_name="its runs cut at spaces",
    )


def _seconds(deed: Callable[[], object]) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


def _milliseconds(deed: Callable[[], object]) -> float:
    return 1_000 * median([_seconds(deed) for _ in range(TIMES)])
