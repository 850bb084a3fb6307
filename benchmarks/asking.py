"""The load generator for machines without wrk: its own process, one thread.

``python -m benchmarks.asking PORT CONNECTIONS SECONDS FILE`` writes the same line as
``requests.lua``.
"""

import random
import selectors
import socket
import sys
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from benchmarks.figures import percentile


class Connection:
    """One kept-open connection with one request on its way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.asked_at = 0.0
        self.received = b""

    def ask(self, request: bytes) -> None:
        """Send the next request."""
        self.received = b""
        self.asked_at = time.perf_counter()
        self.socket.sendall(request)

    def take(self) -> bool:
        """Take what has come; say whether the answer is whole."""
        part = self.socket.recv(65_536)
        if not part:
            message = "the server closed a connection"
            raise ConnectionError(message)
        self.received += part
        return is_whole(self.received)

    @property
    def is_good(self) -> bool:
        """Whether the answer was a success."""
        return self.received.startswith(b"HTTP/1.1 2")


def is_whole(answer: bytes) -> bool:
    """Say whether an answer has come to its end, of a known length or in chunks."""
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    for line in head.lower().split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"content-length":
            return len(body) >= int(value)
    return body.endswith(b"0\r\n\r\n")


def ask(port: int, connections: int, seconds: float, paths: list[str]) -> str:
    """Keep every connection busy for so long and tell what came of it."""
    requests = _requests(port, paths)
    times: list[float] = []
    errors = 0
    with selectors.DefaultSelector() as selector:
        for _ in range(connections):
            connection = Connection(port)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.ask(next(requests))
        began = time.perf_counter()
        while (now := time.perf_counter()) < began + seconds:
            for key, _events in selector.select(timeout=1):
                if key.data.take():
                    times.append(time.perf_counter() - key.data.asked_at)
                    errors += not key.data.is_good
                    key.data.ask(next(requests))
        for key in list(selector.get_map().values()):
            key.data.socket.close()
    p50, p99 = (percentile(times or [0], percent) * 1e6 for percent in (50, 99))
    return (
        f"result requests={len(times)} duration={(now - began) * 1e6:.0f} "
        f"p50={p50:.0f} p99={p99:.0f} errors={errors}"
    )


def _requests(port: int, paths: list[str]) -> Iterator[bytes]:
    start = random.randrange(len(paths))  # noqa: S311 - no secret
    return cycle(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
        for path in paths[start:] + paths[:start]
    )


if __name__ == "__main__":
    given_port, given_connections, given_seconds, file = sys.argv[1:]
    lines = Path(file).read_text().split()
    sys.stdout.write(
        ask(int(given_port), int(given_connections), float(given_seconds), lines) + "\n"
    )
