"""How long calls take, without a profiler and what it costs."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any
from unittest.mock import patch


class Stopwatch:
    """Adds up the seconds within some methods, from the outermost call on."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._runs = False

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
            if self._runs:
                return method(*values, **named)
            self._runs = True
            began = time.perf_counter()
            try:
                return method(*values, **named)
            finally:
                self.seconds += time.perf_counter() - began
                self._runs = False

        return timed
