"""The web server as ``manage.py serve`` starts it, for as long as a figure takes."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from django.conf import settings

from actions.management.commands import serve
from benchmarks.figures import NotMeasuredError

POSTBAG: Final = "config.wsgi:application"
TRIVIAL: Final = "benchmarks.trivial:application"
SECONDS_TO_START: Final = 30


class ServerError(NotMeasuredError):
    """The web server did not start."""


@dataclass(frozen=True)
class Server:
    """A running web server: its main process and its port."""

    pid: int
    port: int

    def megabytes(self) -> float:
        """Measure the memory of a web process: the fullest worker's resident set."""
        return max(_resident(pid) for pid in _descendants(self.pid))


@contextmanager
def serving(application: str) -> Iterator[Server]:
    """Serve an application until the block ends."""
    port = free_port()
    with TemporaryFile("w+") as log:
        process = subprocess.Popen(
            serve.web_server(port, application),
            cwd=settings.BASE_DIR,
            env={**os.environ, "PORT": str(port)},
            stdout=log,
            stderr=log,
            process_group=0,
        )
        try:
            wait_for(port, process)
            yield Server(process.pid, port)
        except ServerError as error:
            log.seek(0)
            raise ServerError(f"{error}:\n{log.read()}") from error
        finally:
            end(process)


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until somebody listens.

    Raises:
        ServerError: the process ended, or it takes too long.

    """
    give_up = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < give_up and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.01)
        else:
            return
    message = f"nothing listens on port {port}"
    raise ServerError(message)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that leads its own group, and whatever it left behind."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _descendants(pid: int) -> list[int]:
    found = [pid]
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            found += _descendants(int(child))
    return found


def most_resident(pid: int) -> float:
    """Measure the most memory that a process has had, in MB; 0 when it is gone."""
    return _status_in_megabytes(pid, "VmHWM:")


def _resident(pid: int) -> float:
    return _status_in_megabytes(pid, "VmRSS:")


def _status_in_megabytes(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1_024
    return 0.0
