"""Parliament's Members API on loopback, with a House that a test can change.

Written by hand from what the API documents; ``tests/live`` asks the real one whether it
still has this shape.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from pytest_django import Settings

PICTURE_TYPE = "image/jpeg"


def member(number: int, seat: str, **changed: Any) -> dict[str, Any]:
    """Somebody who sits for a seat, as the search gives them."""
    return {
        "id": number,
        "nameListAs": f"Member{number}, Ms Ann",
        "nameDisplayAs": f"Ms Ann Member{number}",
        "nameFullTitle": f"Ms Ann Member{number} MP",
        "nameAddressAs": f"Ms Member{number}",
        "latestParty": {
            "id": 15,
            "name": "Labour",
            "abbreviation": "Lab",
            "backgroundColour": "d50000",
        },
        "gender": "F",
        "latestHouseMembership": {
            "membershipFrom": seat,
            "membershipFromId": 4000 + number,
            "house": 1,
            "membershipStartDate": "2024-07-04T00:00:00",
            "membershipEndDate": None,
        },
        "thumbnailUrl": f"https://members-api.parliament.uk/api/Members/{number}/Thumbnail",
        **changed,
    }


def contact(email: str | None, **changed: Any) -> dict[str, Any]:
    """How they are reached: the parliamentary office, and one in the constituency."""
    ways = [
        {
            "type": "Constituency office",
            "typeId": 4,
            "isPreferred": False,
            "line1": "1 High Street",
            "postcode": "SW1A 1AA",
            "phone": "020 7946 0000",
            "email": "constituency@mail.example",
        },
        {
            "type": "Parliamentary office",
            "typeId": 1,
            "isPreferred": True,
            "line1": "House of Commons",
            "postcode": "SW1A 0AA",
            "phone": None,
            "email": email,
        },
    ]
    return {"value": ways, "links": [], **changed}


def post(
    name: str, number: int, department: int = 1, ended: str | None = None
) -> dict[str, Any]:
    """A post and who holds it."""
    return {
        "value": {
            "id": 700 + department,
            "name": name,
            "hansardName": name,
            "order": 1,
            "governmentDepartments": [{"id": department, "name": "A Department"}],
            "postHolders": [
                {
                    "member": {"value": {"id": number, "nameDisplayAs": "Somebody"}},
                    "startDate": "2025-09-05T00:00:00",
                    "endDate": ended,
                    "isPaid": True,
                }
            ],
        },
        "links": [],
    }


@dataclass
class Fault:
    """What goes wrong with an answer, as often as ``times`` says."""

    where: str
    status: int = 200
    content_type: str = "application/json; charset=utf-8"
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    breaks_off: bool = False
    stalls: bool = False
    times: int = 1_000_000


@dataclass
class Parliament:
    """The House, as it would be told now."""

    members: list[dict[str, Any]] = field(default_factory=list)
    emails: dict[int, str | None] = field(default_factory=dict)
    government: dict[int | None, list[dict[str, Any]]] = field(default_factory=dict)
    opposition: dict[int | None, list[dict[str, Any]]] = field(default_factory=dict)
    presiding: list[int] = field(default_factory=list)
    pictures: dict[int, bytes] = field(default_factory=dict)
    # How many it says that there are; None: as many as it lists.
    announced: int | None = None
    faults: list[Fault] = field(default_factory=list)
    # The address of each question, and who asked.
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    url: str = ""
    closed: threading.Event = field(default_factory=threading.Event)

    def fault_at(self, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.times and re.search(fault.where, path):
                fault.times -= 1
                return fault
        return None

    def answer(self, path: str, said: dict[str, str]) -> Any:
        """What is said at an address; None where there is nothing."""
        if found := re.fullmatch(r"/api/Members/(\d+)/Contact", path):
            number = int(found[1])
            return contact(self.emails.get(number, f"mp.{number}@parliament.example"))
        if path.startswith("/api/Posts/SpeakerAndDeputies/"):
            return [{"value": {"id": number}, "links": []} for number in self.presiding]
        if path == "/api/Members/Search":
            return self._page(said)
        department = int(said["departmentId"]) if "departmentId" in said else None
        sides = {"Government": self.government, "Opposition": self.opposition}
        found = re.fullmatch(r"/api/Posts/(Government|Opposition)Posts", path)
        return sides[found[1]].get(department, []) if found else None

    def _page(self, said: dict[str, str]) -> dict[str, Any]:
        assert (said["House"], said["IsCurrentMember"]) == ("1", "true")
        skip, take = int(said["skip"]), min(int(said["take"]), 20)
        announced = len(self.members) if self.announced is None else self.announced
        page = self.members[skip : skip + take]
        return {
            "items": [{"value": one, "links": []} for one in page],
            "totalResults": announced,
            "skip": skip,
            "take": take,
            "resultType": "MemberSearchResult",
        }


class _Handler(BaseHTTPRequestHandler):
    parliament: Parliament
    protocol_version = "HTTP/1.1"
    # Head and body go apart; the second would wait for the first to be acknowledged.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        house = self.parliament
        parts = urlsplit(self.path)
        house.asked.append(self.path)
        house.agents.add(self.headers["User-Agent"])
        fault = house.fault_at(self.path) or Fault("")
        if fault.stalls:
            # Then it answers, if anybody still listens.
            house.closed.wait(30)
        status, kind, body = fault.status, fault.content_type, fault.body
        if body is None and (found := re.search(r"/(\d+)/Thumbnail", parts.path)):
            body, kind = house.pictures.get(int(found[1])), PICTURE_TYPE
            status = status if body else 404
        elif body is None:
            answer = house.answer(parts.path, dict(parse_qsl(parts.query)))
            status = 404 if answer is None else status
            body = json.dumps(answer).encode()
        body = body or b""
        with suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in fault.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if fault.breaks_off else body)
        if fault.breaks_off:
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Nothing is logged."""


@contextmanager
def serving(parliament: Parliament) -> Iterator[Parliament]:
    handler = type("Handler", (_Handler,), {"parliament": parliament})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    parliament.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield parliament
    finally:
        parliament.closed.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def commons(settings: Settings) -> Iterator[Parliament]:
    """The API, asked instead of the real one."""
    with serving(Parliament()) as parliament:
        settings.MEMBERS_API_URL = parliament.url
        yield parliament


@dataclass
class Time:
    """A clock that only waiting moves, and how long was waited each time."""

    now: float = 1_000.0
    waits: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds
