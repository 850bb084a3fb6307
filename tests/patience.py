"""A guard against work that never seems to end.

It measures no speed (a benchmark does): its inputs are so long that what grows with
their square takes minutes, while what grows with their length is done in a second,
also on a busy machine.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

SECONDS = 20
"""Of the process's own time, so that what else the machine does counts for nothing."""


@contextmanager
def ends() -> Iterator[None]:
    """Fail what is done under it once it has used SECONDS."""

    def give_up(number: int, frame: FrameType | None) -> None:
        pytest.fail(f"not done after {SECONDS} s of work", pytrace=False)

    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
