"""Parliament's search and postcodes.io on loopback, answering as told.

Written by hand from what both document; ``tests/live`` asks the real ones whether they
still have this shape.
"""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

import pytest
from pytest_django import Settings

LAGAN_VALLEY: Final = ("Lagan Valley", "N05000009")


def parliament_says(
    name: str | None, *, ended: str | None = None, **changed: Any
) -> dict[str, Any]:
    """What the search gives for a postcode; with no name, that nothing was found."""
    seat = {
        "id": 4123,
        "name": name,
        "startDate": "2024-05-30T00:00:00",
        "endDate": ended,
        "currentRepresentation": {
            "member": {
                "value": {
                    "id": 5362,
                    "nameListAs": "Somebody, Else",
                    "nameDisplayAs": "Else Somebody",
                    "nameFullTitle": "Else Somebody MP",
                    "nameAddressAs": None,
                    "latestParty": {"id": 1, "name": "Some", "abbreviation": "S"},
                    "gender": "F",
                },
                "links": [],
            },
            "representation": {
                "membershipFrom": name,
                "membershipFromId": 4123,
                "house": 1,
                "membershipStartDate": "2024-07-04T00:00:00",
            },
        },
        **changed,
    }
    items = [{"value": seat, "links": []}] if name else []
    return {
        "items": items,
        "totalResults": len(items),
        "resultContext": "",
        "skip": 0,
        "take": 20,
        "links": [],
        "resultType": "ConstituencySearchResult",
    }


def postcodes_io_says(
    postcode: str, name: str | None, code: str | None, **changed: Any
) -> dict[str, Any]:
    """What it gives for a postcode that it knows."""
    return {
        "status": 200,
        "result": {
            "postcode": postcode,
            "quality": 1,
            "country": "Northern Ireland",
            "parliamentary_constituency": name,
            "parliamentary_constituency_2024": name,
            "codes": {
                "parliamentary_constituency": code,
                "parliamentary_constituency_2024": code,
            },
            **changed,
        },
    }


NOT_THERE: Final = {"status": 404, "error": "Postcode not found"}
ENDED: Final = {
    "status": 404,
    "error": "Postcode not found",
    "terminated": {
        "postcode": "BT1 1AA",
        "year_terminated": 1996,
        "month_terminated": 6,
        "longitude": -5.9,
        "latitude": 54.6,
    },
}


def answer(
    content: object,
    status: int = 200,
    content_type: str = "application/json; charset=utf-8",
    **headers: str,
) -> bytes:
    """A whole answer as it goes over the wire."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    lines = [
        f"HTTP/1.1 {status} So",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass
class Service:
    """One server: what it says to everybody, and what it was asked."""

    says: bytes = b""
    # Says one byte of it after the other, and never the last one.
    drips: bool = False
    # Says nothing.
    stalls: bool = False
    requests: list[str] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)
    _closed: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def asked(self) -> list[str]:
        """The addresses that were asked for, as people write them."""
        return [unquote(request.split(" ")[1]) for request in self.requests]

    def serve(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,)).start()

    def close(self) -> None:
        self._closed.set()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            self.requests.append(connection.recv(65_536).decode())
            if self.drips:
                while not self._closed.wait(0.02):
                    connection.sendall(b"X")
            if self.stalls:
                connection.recv(1)
                self.left.set()
                return
            connection.sendall(self.says)
            return
        # Writing failed: whoever asked has hung up.
        self.left.set()


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait for what another thread does; in vain for ten seconds at most."""
    for _ in range(500):
        if happened():
            return
        time.sleep(0.02)
    pytest.fail("it has not happened")


@contextmanager
def running() -> Iterator[Service]:
    """Run one until the block ends."""
    service = Service()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        service.port = listening.getsockname()[1]
        thread = threading.Thread(target=service.serve, args=(listening,))
        thread.start()
        yield service
        service.close()
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()


@pytest.fixture
def parliament_search(settings: Settings) -> Iterator[Service]:
    with running() as service:
        settings.MEMBERS_API_URL = service.url
        yield service


@pytest.fixture
def postcodes_io(settings: Settings) -> Iterator[Service]:
    with running() as service:
        settings.POSTCODES_IO_URL = service.url
        yield service


@pytest.fixture
def both(
    settings: Settings, parliament_search: Service, postcodes_io: Service
) -> tuple[Service, Service]:
    """Both, in this order."""
    settings.LIVE_LOOKUP = ("parliament", "postcodes.io")
    return parliament_search, postcodes_io
