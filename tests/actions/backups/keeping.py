"""Making back-ups and restoring them, as an operator does."""

import io
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from tests import workers


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Where back-ups are kept in this test, and nothing else is written."""
    settings.BACKUPS_DIR = tmp_path / "backups"
    settings.OUTBOX_DIR = tmp_path / "outbox"
    return tmp_path / "backups"


def run(command: str, *arguments: object) -> str:
    """Run a command here; return what it says."""
    said = io.StringIO()
    call_command(command, *map(str, arguments), stdout=said)
    return said.getvalue()


def back_up(*arguments: object) -> Path:
    """Make a back-up and name its file."""
    return Path(run("backup", *arguments).partition(": ")[0])


def start(
    tmp_path: Path, *arguments: object, largest_file: int = resource.RLIM_INFINITY
) -> "subprocess.Popen[bytes]":
    """Start a command as a program of its own, in live mode, on this database.

    No file that it writes can grow beyond ``largest_file`` bytes, as on a full disk.
    """
    connection.close()
    program = subprocess.Popen(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=project.BASE_DIR,
        env={
            **workers.live(tmp_path / "var", 1),
            "BACKUPS_DIR": str(tmp_path / "backups"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    # Long before it has found its settings.
    resource.prlimit(program.pid, resource.RLIMIT_FSIZE, (largest_file, largest_file))
    return program


def kill_later(program: "subprocess.Popen[bytes]", folder: Path, delay: float) -> None:
    """Kill it a while after it has begun to write, if it has not ended by then."""
    workers.wait_until(
        lambda: program.poll() is not None or any(folder.glob(".postbag-backup-*/"))
    )
    time.sleep(delay)
    program.kill()
    program.communicate()


def left_over(folder: Path) -> list[str]:
    """Name what lies in the folder besides back-ups, journals and the lock."""
    return [
        path.name
        for path in sorted(folder.iterdir())
        if not path.name.startswith(("postbag-", "erased-"))
        and path.name != ".postbag-backup.lock"
    ]
