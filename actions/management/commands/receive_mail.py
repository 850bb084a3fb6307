"""Take in the mail that comes back: from a pipe, or from a folder."""

import logging
import os
import signal
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone

from actions.errors import TemporaryDeliveryError, TooEarlyError
from actions.incoming import parsing
from actions.incoming.values import Envelope
from actions.management import arguments
from actions.receiving import maildir, taking

logger = logging.getLogger(__name__)

# What a mail server takes for "try again later" (sysexits.h).
_LATER: Final = os.EX_TEMPFAIL
# How long a mail server may take to hand a mail over.
_SECONDS_TO_READ: Final = 120
# How long a mail rests that could not be taken in, so that it fills no log.
_SECONDS_TO_REST: Final = 30
_NAP: Final = 0.1
_AT_A_TIME: Final = 65_536
# Every mail would meet the same.
_AWAY: Final = (OperationalError, InterfaceError, TemporaryDeliveryError)


class Command(BaseCommand):
    """Any number may run at once: the same mail twice is one."""

    help = (
        "Take in one mail from standard input, or all that lie in a Maildir, which are "
        "then deleted there. Ends with 0 once a mail is taken in, whatever it is, so "
        "that the mail server never sends one back, and with 75 if it should try again."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.must_end = False
        # Until when each mail rests, by the name of its file.
        self.resting: dict[str, float] = {}

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add where mail comes from, and what the mail server says beside it."""
        parser.add_argument(
            "--recipient",
            default="",
            help="the address that the mail server took it for",
        )
        parser.add_argument(
            "--sender", help='whom it came from on its way; "" for the null sender'
        )
        parser.add_argument(
            "--maildir", type=Path, metavar="DIR", help="take what lies there instead"
        )
        parser.add_argument(
            "--watch",
            action="store_true",
            help="with --maildir: look again and again, until told to end",
        )
        parser.add_argument(
            "--poll",
            type=arguments.seconds,
            default=5.0,
            metavar="SECONDS",
            help="with --watch: how long to rest between two looks (default 5)",
        )

    def handle(
        self,
        *,
        recipient: str,
        sender: str | None,
        maildir: Path | None,
        watch: bool,
        poll: float,
        **_options: Any,
    ) -> None:
        """Take in one mail, a folder of them, or a folder again and again."""
        if maildir is None:
            if watch:
                message = "--watch needs --maildir."
                raise CommandError(message, returncode=os.EX_USAGE)
            self._pipe(Envelope(sender, recipient))
            return
        if not maildir.is_dir():
            message = f"{maildir} is no folder: name the Maildir of the mail server."
            raise CommandError(message, returncode=os.EX_USAGE)
        with self._listening():
            if watch:
                self._watch(maildir, poll)
            elif not self._look(maildir):
                message = "Not all could be taken in; run it again later."
                raise CommandError(message, returncode=_LATER)

    # --- A pipe ---------------------------------------------------------------------

    def _pipe(self, envelope: Envelope) -> None:
        try:
            with _in_time(_SECONDS_TO_READ):
                raw = _read_all(sys.stdin.buffer)
        except TimeoutError as error:
            message = "The mail did not come to its end in time."
            raise CommandError(message, returncode=_LATER) from error
        message = "It could not be taken in: try again later."
        try:
            is_taken = self._take(raw, envelope)
        except _AWAY as error:
            raise CommandError(message, returncode=_LATER) from error
        if not is_taken:
            raise CommandError(message, returncode=_LATER)

    # --- A folder -------------------------------------------------------------------

    def _watch(self, folder: Path, poll: float) -> None:
        while not self.must_end:
            self._look(folder)
            close_old_connections()
            self._pause(poll)

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.must_end and (left := until - time.monotonic()) > 0:
            time.sleep(min(_NAP, left))

    def _look(self, folder: Path) -> bool:
        """Take in what lies there; say whether that was all of it."""
        is_all = True
        try:
            for path in maildir.waiting(folder):
                if self.must_end:
                    return False
                is_all &= self._take_file(path)
        except OSError as error:
            logger.warning("The folder could not be read: %s", error.strerror)
            return False
        except _AWAY as error:
            logger.warning("Mail is not taken in now: %s", type(error).__name__)
            return False
        now = time.monotonic()
        self.resting = {name: at for name, at in self.resting.items() if at > now}
        return is_all

    def _take_file(self, path: Path) -> bool:
        """Take in one mail and delete its file; one that can't be stops no other."""
        if path.name in self.resting:
            return False
        try:
            raw = maildir.read(path)
        except FileNotFoundError:
            return True
        except OSError as error:
            logger.warning("A mail could not be read: %s", error.strerror or error)
            self._rest(path)
            return False
        if not self._take(raw, Envelope()):
            self._rest(path)
            return False
        path.unlink(missing_ok=True)
        return True

    def _rest(self, path: Path) -> None:
        self.resting[path.name] = time.monotonic() + _SECONDS_TO_REST

    # --- Either ---------------------------------------------------------------------

    def _take(self, raw: bytes, envelope: Envelope) -> bool:
        """Take a mail in; say whether that went well, or it is to come again.

        Raises:
            OperationalError, InterfaceError: the database is away.
            TemporaryDeliveryError: an address of ours, in the settings, is none.

        """
        try:
            taken = taking.take_in(
                raw, envelope, timezone.now(), live=settings.DELIVERY_IS_LIVE
            )
        except TooEarlyError:
            return False
        except _AWAY:
            raise
        except Exception:
            # Written without its text, which may hold what the mail says. It is kept
            # by the mail server, for the day on which the fault is mended.
            logger.exception("A fault in taking in a mail; it is left for later.")
            return False
        logger.info("Took in a mail: %s", taken.kind)
        return True

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """End in order on a signal, and give the signals back afterwards."""
        before = {
            number: signal.signal(number, self._end)
            for number in (signal.SIGTERM, signal.SIGINT)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self.must_end = True


def _read_all(stream: BinaryIO) -> bytes:
    """Read a mail, and the rest of one that is too large, which is not kept.

    A mail server that can't write all of it would try again.
    """
    raw = parsing.read(stream)
    while stream.read(_AT_A_TIME):
        pass
    return raw


@contextmanager
def _in_time(seconds: int) -> Iterator[None]:
    """Raise TimeoutError if the block takes longer."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
