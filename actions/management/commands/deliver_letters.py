"""The worker: sends what is owed, again and again, and erases what is due."""

import datetime
import logging
import math
import signal
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from types import FrameType
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections, connections
from django.utils import timezone

from actions import (
    claiming,
    delivering,
    each,
    failing,
    giving_up,
    holding,
    pacing,
    privacy,
    reminding,
    reopening,
    reviewing,
    server_log_checks,
    steadiness,
    telling,
    writing_home,
)
from actions.management import arguments
from actions.screening import making_wait, mending
from representatives import boundaries
from representatives.background import Reader

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_SWEEPS: Final = 3600
# How soon a letter is held after its MP has left, or goes on after an election.
SECONDS_BETWEEN_LOOKS: Final = 60
LONGEST_PAUSE: Final = arguments.LONGEST_WAIT
# How soon a look that failed is done again.
_SECONDS_AFTER_A_FAULT: Final = 5
# How soon a signal is noticed while there is nothing to do.
_NAP: Final = 0.1


class Command(BaseCommand):
    """Any number of workers may run at once, on one machine or several."""

    help = (
        "Send the letters and mails that are owed and erase what is due, until told "
        "to end (SIGTERM or Ctrl-C): the letter in hand is finished first."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.must_end = False
        # By a clock that nobody sets.
        self.sweep_at = -math.inf
        self.look_at = -math.inf
        # Whether the last time ended by a fault.
        self.is_careful = False
        self.outage = giving_up.Outage()
        self.steadiness = steadiness.Steadiness()
        self.reader = Reader()
        self.day: datetime.date | None = None

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add how often to look, and the wish to look once."""
        parser.add_argument(
            "--once", action="store_true", help="send what is due now, then end"
        )
        parser.add_argument(
            "--poll",
            type=arguments.seconds,
            default=1.0,
            metavar="SECONDS",
            help="how long to rest when nothing is due (default 1)",
        )

    def handle(self, *, once: bool, poll: float, **_options: Any) -> None:
        """Work until told to end; with ``once`` until nothing more is due."""
        with self._listening():
            if once:
                tidings = self.work()
                if tidings.trouble:
                    message = f"Mail could not be handed over: {tidings.trouble}"
                    raise CommandError(message)
                self.stdout.write(
                    f"{tidings.sent} sent, {tidings.postponed} to be tried again, "
                    f"{tidings.failed} given up, {tidings.perhaps_twice} that may "
                    "arrive twice."
                )
            else:
                try:
                    self._warn_of_server_log()
                    self._work_on(poll)
                finally:
                    self.reader.end()

    def _warn_of_server_log(self) -> None:
        """Say it once, as nobody may ever run ``check --database default``."""
        with suppress(DatabaseError):
            for warning in server_log_checks.warnings():
                logger.warning("%s %s", warning.msg, warning.hint)

    def _work_on(self, poll: float) -> None:
        faults = 0
        while not self.must_end:
            try:
                tidings = self._go_round()
            except Exception:
                # Written without its text, which may hold what a letter says.
                logger.exception("A fault in the worker; going on.")
                connections.close_all()
                faults += 1
                self.is_careful = True
            else:
                self.is_careful = False
                close_old_connections()
                self.outage.hear(tidings)
                if tidings.trouble:
                    logger.warning("Mail is not handed over: %s", tidings.trouble)
                faults = faults + 1 if tidings.trouble and not tidings.sent else 0
            self._rest(min(poll * 2 ** min(faults, 10), max(poll, LONGEST_PAUSE)))

    def _go_round(self) -> delivering.Tidings:
        """Work once, and see that the registers are read, whatever becomes of that."""
        try:
            self.reader.look()
        except Exception:
            self.work()
            raise
        return self.work()

    def work(self) -> delivering.Tidings:
        """Do once what is due now; say what became of the mails."""
        now = timezone.now()
        live = settings.DELIVERY_IS_LIVE
        self._compare_clocks(now)
        fault: Exception | None = None
        try:
            each.do(
                lambda: self._begin_day(timezone.localdate(now)),
                lambda: self._look_in_time(now, live=live),
                lambda: self._sweep_in_time(now, live=live),
                lambda: reopening.owe(now, live=live),
            )
        except Exception as error:  # noqa: BLE001 - raised once mail has gone
            fault = error
        tidings = delivering.Tidings()
        if not self._others_may_hold_some():
            tidings = delivering.deliver_due(
                clock=timezone.now,
                should_stop=self._should_pause,
                is_careful=self.is_careful,
            )
        if fault is not None:
            raise fault
        return tidings

    def _look_in_time(self, now: datetime.datetime, *, live: bool) -> None:
        if time.monotonic() < self.look_at:
            return
        pause = _SECONDS_AFTER_A_FAULT
        try:
            self._look(now, live=live)
            pause = SECONDS_BETWEEN_LOOKS
        finally:
            self.look_at = time.monotonic() + pause

    def _sweep_in_time(self, now: datetime.datetime, *, live: bool) -> None:
        if not self._is_time_to_sweep():
            return
        pause = SECONDS_BETWEEN_LOOKS
        try:
            self._sweep(now, live=live)
            pause = SECONDS_BETWEEN_SWEEPS
        finally:
            self.sweep_at = time.monotonic() + pause

    def _look(self, now: datetime.datetime, *, live: bool) -> None:
        """Do what is due every minute: see whom letters go to, and where."""
        should_stop = self._must_end
        each.do(
            lambda: reviewing.look(now, live=live, should_stop=should_stop),
            lambda: making_wait.again(now, live=live),
            lambda: failing.mend_corrected(now, live=live),
            lambda: mending.let_go(now, live=live, should_stop=should_stop),
            lambda: failing.hold_waiting(now, live=live),
        )

    def _sweep(self, now: datetime.datetime, *, live: bool) -> None:
        """Do what is due every hour: end, erase, tell and ask."""
        is_believed = self.steadiness.is_believed
        ends: list[Callable[[], object]] = [
            lambda: holding.end_overdue(now),
            lambda: privacy.sweep(now),
            lambda: self._give_up(now, live=live),
        ]
        asks = partial(reminding.owe, now, live=live, should_stop=self._must_end)
        if not is_believed:
            logger.warning(
                "The clock was set ahead by %s: nothing is ended, erased or asked "
                "before it has gone on from there for a day. If it is wrong, set it "
                "right; if it is right, start the worker anew.",
                self.steadiness.ahead,
            )
        each.do(
            *(ends if is_believed else ()),
            lambda: pacing.tidy(now, live=live),
            lambda: telling.about_letters_that_wait(now, live=live),
            lambda: telling.about_the_queue(now, live=live),
            lambda: writing_home.write(now, live=live),
            *([asks] if is_believed else ()),
        )

    def _give_up(self, now: datetime.datetime, *, live: bool) -> None:
        if not self.outage.is_long():
            return
        if given_up := giving_up.long_due(now, live=live, should_stop=self._must_end):
            logger.warning(
                "Letters given up that were to go two weeks ago, as there is no way "
                "out: %d.",
                given_up,
            )

    def _begin_day(self, today: datetime.date) -> None:
        """Do at once what is due on a new day: boundaries change at midnight."""
        if self.day == today or not self.steadiness.is_believed:
            return
        if day := boundaries.put_in_force(today):
            logger.warning("The boundaries of %s are in force.", day)
        self.day = today

    def _compare_clocks(self, now: datetime.datetime) -> None:
        if ahead := self.steadiness.look(now):
            logger.warning(
                "The clock was set ahead by %s: for %s no mail goes, as others may "
                "still send what they hold.",
                ahead,
                claiming.lease_time(),
            )

    def _others_may_hold_some(self) -> bool:
        """Whether leases look as if they had ended that have not.

        Their time is over by the clock of this machine; its workers live.
        """
        return self.steadiness.was_set_ahead_within(claiming.lease_time())

    def _should_pause(self) -> bool:
        """Whether to leave what is due for now: to end, or to sweep first."""
        self._compare_clocks(timezone.now())
        return self.must_end or self._is_time_to_sweep() or self._others_may_hold_some()

    def _must_end(self) -> bool:
        return self.must_end

    def _is_time_to_sweep(self) -> bool:
        return time.monotonic() >= self.sweep_at

    def _rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.must_end and (left := until - time.monotonic()) > 0:
            time.sleep(min(_NAP, left))

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
