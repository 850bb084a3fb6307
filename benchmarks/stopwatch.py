"""How long calls take, without a profiler and what it costs."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any
from unittest.mock import patch


class Stopwatch:
    """Adds up the seconds within some methods, from the outermost call on.

    Each thread by itself: what overlaps is no part of one whole.
    """

    def __init__(self) -> None:
        self._own = threading.get_ident()
        self._running: set[int] = set()
        self._seconds: defaultdict[int, float] = defaultdict(float)

    @property
    def seconds(self) -> float:
        """Within the thread that made the watch."""
        return self._seconds[self._own]

    @property
    def seconds_beside(self) -> float:
        """Within all other threads together."""
        return sum(self._seconds.values()) - self.seconds

    def reset(self) -> None:
        """Begin again at nothing."""
        self._seconds.clear()

    @contextmanager
    def watching(self, owner: object, *names: str) -> Iterator[None]:
        """Take the time of these methods of a class or of an object."""
        with ExitStack() as replaced:
            for name in names:
                timed = self._timed(getattr(owner, name))
                replaced.enter_context(patch.object(owner, name, timed))
            yield

    def _timed(self, method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def timed(*values: Any, **named: Any) -> Any:
            thread = threading.get_ident()
            if thread in self._running:
                return method(*values, **named)
            self._running.add(thread)
            began = time.perf_counter()
            try:
                return method(*values, **named)
            finally:
                self._seconds[thread] += time.perf_counter() - began
                self._running.discard(thread)

        return timed
