"""Debian's smtp-sink: a mail server that takes every mail and throws it away."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.servers import end, free_port, wait_for


class NoSinkError(Exception):
    """There is no smtp-sink on this machine and none could be fetched."""


@contextmanager
def sinking() -> Iterator[int]:
    """Run smtp-sink until the block ends; give its port.

    Raises:
        NoSinkError: it is not there and Debian's package cannot be fetched.

    """
    with tempfile.TemporaryDirectory(prefix="postbag-sink-") as folder:
        program, libraries = _program(Path(folder))
        port = free_port()
        # It insists on giving up the rights of the superuser.
        as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []
        process = subprocess.Popen(
            [str(program), *as_nobody, f"127.0.0.1:{port}", "100"],
            cwd=folder,
            env={**os.environ, "LD_LIBRARY_PATH": str(libraries)},
            stdout=subprocess.DEVNULL,
            process_group=0,
        )
        try:
            wait_for(port, process)
            yield port
        finally:
            end(process)


def _program(folder: Path) -> tuple[Path, Path]:
    """Find it, or unpack Debian's package into the folder, which needs no root."""
    installed = shutil.which("smtp-sink", path=f"{os.environ['PATH']}:/usr/sbin")
    if installed:
        return Path(installed), Path("/usr/lib/postfix")
    for command in (["apt-get", "download", "postfix"], ["dpkg", "-x", "deb", "."]):
        if not shutil.which(command[0]):
            message = "there is no smtp-sink, and no Debian to fetch it from"
            raise NoSinkError(message)
        words = [
            str(next(folder.glob("postfix_*.deb"))) if word == "deb" else word
            for word in command
        ]
        try:
            subprocess.run(
                words, cwd=folder, capture_output=True, timeout=120, check=True
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            message = f"there is no smtp-sink, and “{' '.join(command)}” failed"
            raise NoSinkError(message) from error
    return folder / "usr/sbin/smtp-sink", folder / "usr/lib/postfix"
