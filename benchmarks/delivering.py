"""Delivering letters, with claim and record, beside bare smtplib."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections

from actions import delivering, mail, mail_server, marking, settling
from actions.models import Delivery
from benchmarks import crews, filling, relay
from benchmarks.crews import NotDeliveredError, Sent
from benchmarks.figures import Figure, Target, median
from benchmarks.stopwatch import Stopwatch

WORKERS: Final = (1, 2, 4)
ROUNDS: Final = 3
LETTERS: Final = 2_000
# So that both take about as long, and the same from whatever else the machine does.
BARE_MAILS: Final = 5_000
LEAST_SHARE: Final = 0.35
MOST_MEGABYTES: Final = 120
# What a mail server elsewhere takes for each of its answers.
DELAY: Final = 0.02
LEAST_SHARE_WITH_DELAY: Final = 0.85
LETTERS_A_WORKER_WITH_DELAY: Final = 100


def figures() -> Iterator[Figure]:
    """Deliver in turns with smtplib, into the same smtp-sink."""
    filling.queued(LETTERS + max(WORKERS) * crews.LETTERS_TO_WARM_UP)
    some = Delivery.objects.waiting().select_related("letter")[0]
    wire = mail.message_for(some).as_wire()
    yield from _at_full_speed(wire)
    yield from _shares_of_time()
    yield from _with_delay(wire)


def _at_full_speed(wire: bytes) -> Iterator[Figure]:
    port = settings.EMAIL_PORT
    all_ours: list[Sent] = []
    all_bare: list[Sent] = []
    for count in WORKERS:
        bare, ours = [], []
        for _ in range(ROUNDS):
            bare.append(crews.bare_connections(count, port, BARE_MAILS, wire))
            ours.append(crews.workers(count, port, LETTERS))
        yield _speed(
            count,
            ours=LETTERS / median([sent.seconds for sent in ours]),
            bare=BARE_MAILS / median([sent.seconds for sent in bare]),
            # Beyond one, they and the mail server wait for this machine's processors.
            least_share=LEAST_SHARE if count == 1 else 0,
            remark=f"{connection.display_name}, at full speed, {len(wire):,} bytes",
        )
        all_ours += ours
        all_bare += bare
    yield _memory(all_ours, all_bare)


def _with_delay(wire: bytes) -> Iterator[Figure]:
    with relay.delaying(settings.EMAIL_PORT, DELAY) as port:
        for count in WORKERS:
            letters = count * LETTERS_A_WORKER_WITH_DELAY
            bare = crews.bare_connections(count, port, letters, wire)
            ours = crews.workers(count, port, letters)
            yield _speed(
                count,
                ours=letters / ours.seconds,
                bare=letters / bare.seconds,
                least_share=LEAST_SHARE_WITH_DELAY,
                remark=f"{connection.display_name}, each answer {DELAY:g} s later",
            )


def _speed(
    count: int, *, ours: float, bare: float, least_share: float, remark: str
) -> Figure:
    several = f"{count} workers" if count > 1 else "1 worker"
    return Figure(
        name=f"letters a second, {several}",
        value=ours,
        unit="/s",
        yardstick=bare,
        yardstick_name="as many bare connections",
        target=Target.SHARE_OF_YARDSTICK if least_share else Target.NONE,
        limit=least_share,
        remark=remark,
    )


def _memory(ours: list[Sent], bare: list[Sent]) -> Figure:
    return Figure(
        name="the most memory of a worker",
        value=max(sent.megabytes for sent in ours),
        unit="MB",
        yardstick=max(sent.megabytes for sent in bare),
        yardstick_name="a process with smtplib alone",
        target=Target.AT_MOST,
        limit=MOST_MEGABYTES,
        remark="the highest of 1, 2 and 4",
    )


def _shares_of_time() -> Iterator[Figure]:
    """Deliver in this process, where calls can be timed."""
    smtp, database = Stopwatch(), Stopwatch()
    with connection.cursor() as cursor, ExitStack() as watching:
        for owner, watch, names in (
            # Between them a mark may be waited for.
            (mail_server.Dialogue, smtp, ("__init__", "_begin", "_say", "quit")),
            (type(cursor.cursor), database, ("execute", "executemany")),
            (type(cursor.cursor), database, ("fetchone", "fetchmany", "fetchall")),
            (type(connections[DEFAULT_DB_ALIAS]), database, ("commit", "rollback")),
            # Past the cursor where that is quicker, and waiting for the answer.
            (marking.Marks, database, ("begin", "finish")),
            # Waiting for what another thread has the database do.
            (settling.Settler, database, ("_finish",)),
        ):
            watching.enter_context(watch.watching(owner, *names))
        filling.owed_later()
        filling.release(LETTERS)
        smtp.reset()
        database.reset()
        began, worked = time.perf_counter(), time.process_time()
        tidings = delivering.deliver_due()
        seconds = time.perf_counter() - began
        worked = time.process_time() - worked
    if tidings.sent != LETTERS:
        raise NotDeliveredError(str(tidings))
    for name, part in (
        ("smtplib and the mail server", smtp.seconds),
        ("the database", database.seconds),
        ("Python, for the rest", seconds - smtp.seconds - database.seconds),
        ("processor time, in each and beside it", worked),
        # On PostgreSQL, while the next mails go.
        ("the database, beside it", database.seconds_beside),
    ):
        if not part:
            continue
        yield Figure(
            name=f"of that: {name}",
            value=part / LETTERS * 1_000,
            unit="ms",
            yardstick=seconds / LETTERS * 1_000,
            yardstick_name="a letter, one worker",
        )
