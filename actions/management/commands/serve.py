"""Serve Postbag on this machine: one web server and one delivery worker."""

import os
import signal
import socket
import subprocess
import sys
from argparse import ArgumentParser
from contextlib import suppress
from types import FrameType
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from actions.management import arguments

HOST: Final = "127.0.0.1"
# A worker finishes the letter in hand first, which may wait for the mail server.
SECONDS_TO_END: Final = 40


class Company:
    """Programs that live and end together."""

    def __init__(self) -> None:
        self.programs: dict[str, subprocess.Popen[bytes]] = {}
        self.was_asked_to_end = False
        self.told_to_end: set[int] = set()
        # Closing the terminal (HUP) ends them too.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._end_on_signal)

    def start(self, name: str, command: list[str]) -> None:
        """Start one more, unless they were told to end meanwhile.

        Each gets a process group of its own: Ctrl-C reaches only this process, which
        then ends the others in order.
        """
        if self.was_asked_to_end:
            return
        self.programs[name] = subprocess.Popen(
            command, cwd=settings.BASE_DIR, process_group=0
        )
        self._end_if_asked()  # should that have been while it started

    def wait(self) -> str:
        """Wait for the end of all; name the one that ended unasked, if one did."""
        if not self.programs:
            return ""
        ended, status = os.wait()
        unasked = ""
        for name, program in self.programs.items():
            if program.pid == ended:
                unasked = "" if self.was_asked_to_end else name
                program.returncode = os.waitstatus_to_exitcode(status)
        self._end()
        for program in self.programs.values():
            try:
                program.wait(timeout=SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
            # What it started itself, should it have been killed before its workers.
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
        return unasked

    def _end_on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.was_asked_to_end = True
        self._end()

    def _end_if_asked(self) -> None:
        if self.was_asked_to_end:
            self._end()

    def _end(self) -> None:
        for program in list(self.programs.values()):
            if program.pid not in self.told_to_end:
                self.told_to_end.add(program.pid)
                program.terminate()


class Command(BaseCommand):
    """Start both, end both; if one dies the other is ended."""

    help = "Serve Postbag on 127.0.0.1 with a delivery worker, until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the port and the wish for a demo."""
        parser.add_argument(
            "--port",
            type=arguments.port,
            default=8000,
            help="where to serve (default 8000)",
        )
        parser.add_argument(
            "--set-up", action="store_true", help="run set_up_demo first"
        )

    def handle(self, *, port: int, set_up: bool, **_options: Any) -> None:
        """Serve until a signal; raise when a program ended by itself."""
        self._insist_on_free(port)
        if set_up:
            call_command("set_up_demo", stdout=self.stdout)
            connections.close_all()  # this process needs none while it waits
        # Links in mails name the port (config/settings.py), in both programs.
        os.environ["PORT"] = str(port)
        company = Company()
        company.start("web server", web_server(port))
        company.start(
            "delivery worker", [sys.executable, "manage.py", "deliver_letters"]
        )
        self.stdout.write(f"Postbag is at http://{HOST}:{port}/ - Ctrl-C ends it.")
        if ended := company.wait():
            message = f"The {ended} ended by itself, so Postbag has ended; see above."
            raise CommandError(message)
        self.stdout.write("Postbag has ended.")

    def _insist_on_free(self, port: int) -> None:
        with socket.socket() as probe:
            # As the server does: a port whose last connections fade is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                other = port + 1 if port < arguments.HIGHEST_PORT else port - 1
                message = (
                    f"Port {port} cannot be used ({error.strerror}). Choose another, "
                    f"for example: PORT={other} make run"
                )
                raise CommandError(message) from error


def web_server(port: int, application: str = "config.wsgi:application") -> list[str]:
    """Granian with one thread a worker, and no access log: paths hold tokens."""
    return [
        sys.executable,
        *("-m", "granian"),
        *("--interface", "wsgi"),
        *("--host", HOST),
        *("--port", str(port)),
        *("--workers", str(settings.WEB_WORKERS)),
        *("--blocking-threads", "1"),
        *("--workers-kill-timeout", "10"),
        "--no-ws",
        "--no-access-log",
        *("--log-level", "warning"),
        application,
    ]
