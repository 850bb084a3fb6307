"""Real delivery workers, as processes of their own, on the tests' database."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.smtp import SENDER

SECONDS_TO_WAIT = 180
SITE_URL = "https://postbag.example"
# Any number of letters may go to one MP.
_NO_RATES = {
    "LETTERS_PER_MP_PER_HOUR": "1000000",
    "LETTERS_PER_MP_PER_HOUR_OTHERWISE": "1000000",
    "LETTERS_PER_HOUR": "0",
    "LETTERS_PER_HOUR_OTHERWISE": "0",
}


def live(var: Path, port: int, *, timeout: int = 5) -> dict[str, str]:
    """Write the environment of a worker that really sends, to the given port."""
    return {
        **os.environ,
        "POSTBAG_VAR": str(var),
        "DATABASE_URL": database_url(),
        "DELIVERY": "live",
        "MAIL_URL": f"smtp://127.0.0.1:{port}",
        "MAIL_TIMEOUT_SECONDS": str(timeout),
        "SENDER_ADDRESS": SENDER,
        "SECRET_KEY": settings.SECRET_KEY,
        "SITE_URL": SITE_URL,
        "ALLOWED_HOSTS": "postbag.example",
        "PROXY_COUNT": "1",
        "CONTROLLER_NAME": "Postbag Example",
        "CONTROLLER_CONTACT": "privacy@postbag.example",
        # Nobody but this machine is asked, and the shipped members may be of any age.
        "SYNC_MEMBERS": "0",
        "MEMBERS_OLD_AFTER_DAYS": "100000",
        **_NO_RATES,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def demo(var: Path) -> dict[str, str]:
    """Write the environment of a worker that sends to the outbox in a folder."""
    return {
        **os.environ,
        "POSTBAG_VAR": str(var),
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,
        "SYNC_MEMBERS": "0",
        **_NO_RATES,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def database_url() -> str:
    """Name the database that this test runs on."""
    used = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{used['NAME']}"
    login = f"{used['USER']}:{used['PASSWORD']}@{used['HOST']}:{used['PORT']}"
    return f"postgres://{login}/{used['NAME']}"


class Worker:
    """A running `manage.py deliver_letters`."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("a") as file:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "deliver_letters", "--poll", "0.03"],
                cwd=settings.BASE_DIR,
                env=environment,
                stdout=file,
                stderr=file,
            )

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send it a signal and wait; return its exit status."""
        self.process.send_signal(number)
        return self.process.wait(SECONDS_TO_WAIT)

    def said(self) -> str:
        return self.log.read_text()


def troubles(log: Path) -> list[str]:
    """Give the lines of a log, but what it says at the start of a test's PostgreSQL."""
    lines = log.read_text().splitlines()
    return [line for line in lines if "PostgreSQL's log may hold" not in line]


@contextmanager
def started(environment: dict[str, str], log: Path) -> Iterator[Worker]:
    """Start one, and see that it is gone afterwards."""
    worker = Worker(environment, log)
    try:
        yield worker
    finally:
        worker.process.kill()
        worker.process.wait()


def wait_until(is_so: Callable[[], bool], log: Path | None = None) -> None:
    give_up = time.monotonic() + SECONDS_TO_WAIT
    while not is_so():
        if time.monotonic() > give_up:
            pytest.fail(log.read_text() if log else "waited in vain")
        time.sleep(0.01)
