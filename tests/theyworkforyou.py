"""TheyWorkForYou's API on loopback, with a list that a test can change.

Written by hand from what the API documents; ``tests/live`` asks the real one whether it
still has this shape.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from pytest_django import Settings

KEY = "OnlyForTheTestsOfPostbag"


def listed(person: int, name: str, seat: str, **changed: Any) -> dict[str, Any]:
    """Somebody who sits for a seat, as the list gives them."""
    return {
        "member_id": str(40_000 + person),
        "person_id": str(person),
        "name": name,
        "party": "Labour",
        "constituency": seat,
        **changed,
    }


def office(dept: str, position: str) -> dict[str, str]:
    """An office or a place on a committee, which stand in one list."""
    return {
        "dept": dept,
        "position": position,
        "from_date": "2024-07-09",
        "to_date": "9999-12-31",
    }


@dataclass
class TheyWorkForYou:
    """The list, and what goes wrong with it."""

    members: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    content_type: str = "text/javascript; charset=utf-8"
    # Instead of the list.
    body: bytes | None = None
    breaks_off: bool = False
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, path: str) -> tuple[int, bytes]:
        parts = urlsplit(path)
        said = dict(parse_qsl(parts.query))
        if parts.path != "/api/getMPs" or said.get("output") != "json":
            return 404, b"{}"
        if self.body is not None:
            return self.status, self.body
        if said.get("key") != KEY:
            answer: Any = {"error": f"Invalid API key: {said.get('key')}"}
        else:
            answer = self.members
        encoding = "latin-1" if "8859" in self.content_type else "utf-8"
        text = json.dumps(answer, ensure_ascii=False)
        return self.status, text.encode(encoding)


class _Handler(BaseHTTPRequestHandler):
    theyworkforyou: TheyWorkForYou
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        there = self.theyworkforyou
        there.asked.append(self.path)
        status, body = there.answer(self.path)
        with suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Type", there.content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if there.breaks_off else body)
        if there.breaks_off:
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Nothing is logged."""


@pytest.fixture
def theyworkforyou(settings: Settings) -> Iterator[TheyWorkForYou]:
    """The API, asked instead of the real one, with a key that it takes."""
    there = TheyWorkForYou()
    handler = type("Handler", (_Handler,), {"theyworkforyou": there})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    there.url = f"http://127.0.0.1:{server.server_address[1]}"
    settings.THEYWORKFORYOU_URL = there.url
    settings.THEYWORKFORYOU_KEY = KEY
    try:
        yield there
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
