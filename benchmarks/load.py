"""Asking a server on this machine as often as it answers, for a bounded time.

``wrk`` does it where it is installed (Debian's package of that name); otherwise a
process of Python, which takes much more of the machine from the server.
"""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.figures import NotMeasuredError

CONNECTIONS: Final = 16
_SCRIPT: Final = Path(__file__).with_name("requests.lua")
_PAIR: Final = re.compile(r"(\w+)=(\d+)")


class LoadError(NotMeasuredError):
    """The server answered with errors, or the generator did not run."""


@dataclass(frozen=True)
class Load:
    """What a server bore; times in milliseconds."""

    a_second: float
    p50: float
    p99: float


def generator() -> str:
    """Name the program that asks."""
    return "wrk" if shutil.which("wrk") else "a process of Python; wrk is not installed"


def put_on(port: int, paths: Path, seconds: int) -> Load:
    """Ask for the paths in a file, one a line, over ``CONNECTIONS`` connections.

    Raises:
        LoadError: any answer was an error, or there was none.

    """
    wrk = shutil.which("wrk")
    address = f"http://127.0.0.1:{port}"
    command = (
        [
            *(wrk, "--threads", "1", "--connections", str(CONNECTIONS)),
            *("--duration", f"{seconds}s", "--script", str(_SCRIPT)),
            *(address, "--", str(paths)),
        ]
        if wrk
        else [
            *(sys.executable, "-m", "benchmarks.asking"),
            *(str(port), str(CONNECTIONS), str(seconds), str(paths)),
        ]
    )
    finished = subprocess.run(
        command, capture_output=True, text=True, timeout=seconds + 30, check=False
    )
    if finished.returncode:
        raise LoadError(finished.stderr or finished.stdout)
    return read(finished.stdout)


def read(output: str) -> Load:
    """Read the line ``result requests=… duration=… p50=… p99=… errors=…``.

    Raises:
        LoadError: there is none, or it tells of errors.

    """
    lines = [line for line in output.splitlines() if line.startswith("result ")]
    if not lines:
        raise LoadError(output)
    values = {name: int(value) for name, value in _PAIR.findall(lines[-1])}
    if values["errors"] or not values["requests"]:
        raise LoadError(lines[-1])
    return Load(
        a_second=values["requests"] / values["duration"] * 1_000_000,
        p50=values["p50"] / 1_000,
        p99=values["p99"] / 1_000,
    )
