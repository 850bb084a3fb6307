"""A way to a server on loopback that can be closed for a while."""

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Proxy:
    """Passes bytes on in both directions, for every connection, while it is open."""

    def __init__(self, to: tuple[str, int]) -> None:
        self._to = to
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._door: socket.socket | None = None
        self.port = 0
        self.open()

    def open(self) -> None:
        """Let connections through, on the same port every time."""
        self._door = socket.create_server(("127.0.0.1", self.port))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._welcome, args=[self._door], daemon=True).start()

    def close(self) -> None:
        """Refuse new connections, and break those that there are."""
        if self._door:
            _end(self._door)
        for pair in self._pairs:
            for end in pair:
                _end(end)
        self._pairs.clear()

    def _welcome(self, door: socket.socket) -> None:
        while True:
            try:
                caller, _ = door.accept()
            except OSError:
                return
            pair = caller, socket.create_connection(self._to)
            self._pairs.append(pair)
            threading.Thread(target=_pass_on, args=[*pair], daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with selectors.DefaultSelector() as ready, suppress(OSError, ValueError):
        ready.register(one, selectors.EVENT_READ, other)
        ready.register(other, selectors.EVENT_READ, one)
        while True:
            for key, _ in ready.select():
                said = key.fileobj.recv(65_536)  # type: ignore[union-attr]
                if not said:
                    raise ConnectionError
                key.data.sendall(said)
    _end(one)
    _end(other)


def _end(broken: socket.socket) -> None:
    with suppress(OSError):
        broken.shutdown(socket.SHUT_RDWR)
    broken.close()


@contextmanager
def running(host: str, port: int) -> Iterator[Proxy]:
    """Stand before a server until the block ends."""
    proxy = Proxy((host, port))
    try:
        yield proxy
    finally:
        proxy.close()
