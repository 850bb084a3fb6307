"""The database goes away, the mail server hangs, ten thousand letters are due."""

import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TypeAlias

import pytest
from django.db import connection

from actions.models import Delivery, Letter
from tests import promise, proxy, workers
from tests.smtp import Fault, MailServer, mail_server

__all__ = ["mail_server"]

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# Longer than SQLite waits for a lock by itself, which is 20 s (config/settings.py).
LONGER_THAN_A_LOCK = 25

Outage: TypeAlias = Callable[[], AbstractContextManager[None]]


@pytest.mark.parametrize("seconds", [10, LONGER_THAN_A_LOCK])
def test_a_database_that_is_away_costs_nothing_and_repeats_nothing(
    mail_server: MailServer, tmp_path: Path, seconds: int
) -> None:
    promise.queue(150)
    mail_server.seconds_for_a_mail = 0.02
    log = tmp_path / "log"
    with database_that_goes() as (url, goes_away), ExitStack() as stack:
        environment = workers.live(tmp_path, mail_server.port, timeout=10)
        crew = [
            stack.enter_context(
                workers.started(environment | {"DATABASE_URL": url}, log)
            )
            for _ in range(2)
        ]
        # Each has a letter in hand when it goes: that is on its way, and arrives.
        workers.wait_until(lambda: len(mail_server.raw) >= 50, log)
        with goes_away():
            time.sleep(seconds)
            came = len(mail_server.raw)
            assert came < 150
        promise.see_it_settle(log)
        assert [worker.end() for worker in crew] == [0, 0]
    promise.assert_kept(mail_server)
    assert promise.told_twice(log.read_text()) == 0


@pytest.mark.parametrize("fault", [Fault.STALLS, Fault.DRIPS])
def test_a_worker_told_to_stop_stops_although_the_mail_server_hangs(
    mail_server: MailServer, tmp_path: Path, fault: Fault
) -> None:
    promise.queue(3)
    mail_server.faults = [fault] * 3
    environment = workers.live(tmp_path, mail_server.port, timeout=2)
    with workers.started(environment, tmp_path / "log") as worker:
        workers.wait_until(mail_server.begun.is_set, worker.log)
        began = time.monotonic()
        assert worker.end(signal.SIGTERM) == 0
        # One answer's time, and amply what a busy machine needs besides.
        assert time.monotonic() - began < 2 + 20
    left = Delivery.objects.waiting().values_list("lease", "attempts")
    assert sorted(left, key=str) == [(None, 0), (None, 0), (None, 1)]


def test_ten_thousand_letters_go_once_each_by_four_workers(
    mail_server: MailServer, tmp_path: Path
) -> None:
    promise.queue(10_000)
    log = tmp_path / "log"
    environment = workers.live(tmp_path, mail_server.port, timeout=30)
    with ExitStack() as stack:
        crew = [
            stack.enter_context(workers.started(environment, log)) for _ in range(4)
        ]
        promise.see_it_settle(log, pass_time=lambda: time.sleep(0.5))
        assert [worker.end() for worker in crew] == [0] * 4
    assert len(mail_server.ids) == len(set(mail_server.ids)) == 10_000
    promise.assert_kept(mail_server)
    assert Letter.objects.count() == 10_000
    assert workers.troubles(log) == []


@contextmanager
def database_that_goes() -> Iterator[tuple[str, Outage]]:
    """Give an address of the tests' database for workers, and a way to take it away."""
    if connection.vendor == "sqlite":
        yield workers.database_url(), locked
        return
    used = connection.settings_dict
    with proxy.running(used["HOST"], int(used["PORT"])) as between:
        url = workers.database_url().replace(f":{used['PORT']}/", f":{between.port}/")

        @contextmanager
        def closed() -> Iterator[None]:
            between.close()
            yield
            between.open()

        yield url, closed


@contextmanager
def locked() -> Iterator[None]:
    """Keep everybody else from writing to the SQLite file."""
    with sqlite3.connect(connection.settings_dict["NAME"], timeout=20) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
    other.close()
