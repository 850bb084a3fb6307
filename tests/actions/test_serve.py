"""Whole processes, as `make run` starts them, each test in an empty folder."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from django.conf import settings
from django.db import connection

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="each starts on a database of its own"
    ),
]

SECONDS_TO_START = 60


class Postbag:
    """A running `manage.py serve --set-up`."""

    def __init__(self, var: Path) -> None:
        self.port = _free_port()
        self.log = var / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--set-up", "--port", self.port],
                cwd=settings.BASE_DIR,
                env=environment(var),
                stdout=log,
                stderr=log,
            )

    def get(self, path: str) -> requests.Response:
        return requests.get(f"http://127.0.0.1:{self.port}{path}", timeout=10)

    def wait_until_it_answers(self) -> None:
        give_up = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < give_up and self.process.poll() is None:
            try:
                self.get("/")
            except requests.ConnectionError:
                time.sleep(0.05)
            else:
                return
        pytest.fail(self.log.read_text())

    def children(self) -> dict[str, int]:
        """The processes it started, by what stands on their command lines."""
        found = subprocess.run(
            ["pgrep", "-a", "-P", str(self.process.pid)],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        return {
            name: int(line.split()[0])
            for line in found.splitlines()
            for name in ("granian", "deliver_letters")
            if name in line
        }


@contextmanager
def serving(var: Path) -> Iterator[Postbag]:
    postbag = Postbag(var)
    try:
        postbag.wait_until_it_answers()
        yield postbag
    finally:
        postbag.process.terminate()
        postbag.process.wait(timeout=60)


def environment(var: Path) -> dict[str, str]:
    """What a program needs to run beside the tests, not inside them."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DJANGO_SETTINGS_MODULE", "DATABASE_URL"}
    }
    return kept | {"POSTBAG_VAR": str(var)}


def _free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_first_start_serves_the_campaign_with_hashed_static_files(
    tmp_path: Path,
) -> None:
    with serving(tmp_path) as postbag:
        page = postbag.get("/")
        assert page.status_code == 200
        sheets = re.findall(r'href="(/static/[^"]+\.css)"', page.text)
        assert sheets
        for sheet in sheets:
            answer = postbag.get(sheet)
            assert answer.status_code == 200
            assert "immutable" in answer.headers["Cache-Control"]


def test_a_second_start_keeps_the_data(tmp_path: Path) -> None:
    with serving(tmp_path):
        passwords = (tmp_path / "demo-passwords.txt").read_text()
    with serving(tmp_path):
        assert "password" not in (tmp_path / "log").read_text()
        assert (tmp_path / "demo-passwords.txt").read_text() == passwords


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_server_and_the_worker(
    number: signal.Signals, tmp_path: Path
) -> None:
    with serving(tmp_path) as postbag:
        children = postbag.children()
        assert set(children) == {"granian", "deliver_letters"}
        postbag.process.send_signal(number)
        assert postbag.process.wait(timeout=30) == 0
    assert not any(is_running(pid) for pid in children.values())


@pytest.mark.parametrize("name", ["granian", "deliver_letters"])
def test_when_one_dies_the_other_is_ended_and_said_so(
    name: str, tmp_path: Path
) -> None:
    with serving(tmp_path) as postbag:
        children = postbag.children()
        os.kill(children[name], signal.SIGKILL)
        assert postbag.process.wait(timeout=30) == 1
        assert "ended by itself" in postbag.log.read_text()
        with pytest.raises(requests.ConnectionError):
            postbag.get("/")
    assert not any(is_running(pid) for pid in children.values())


def test_a_taken_port_is_told_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "manage.py", "serve", "--set-up", "--port", str(port)],
            cwd=settings.BASE_DIR,
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            check=False,
        )
    assert ended.returncode == 1
    assert f"Port {port} cannot be used" in ended.stderr
    assert f"PORT={port + 1} make run" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_refused(port: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "manage.py", "serve", f"--port={port}"],
        cwd=settings.BASE_DIR,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "a port is a number from 1 to 65535" in ended.stderr
