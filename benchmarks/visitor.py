"""Somebody who reads pages and sends forms over one connection, and times each."""

import http.client
import re
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlencode

from benchmarks.figures import NotMeasuredError

Fields = list[tuple[str, str]]
_COOKIE: Final = re.compile(r"([^=;\s]+)=([^;]*)")


class VisitError(NotMeasuredError):
    """A page answered with another status than it should."""


@dataclass(frozen=True)
class Answer:
    """What came back, and after how many milliseconds."""

    status: int
    text: str
    milliseconds: float

    def fields(self) -> Fields:
        """Read what the page's largest form would send."""
        parser = _FormParser()
        parser.feed(self.text)
        return max(parser.forms, key=len)


@dataclass
class Visitor:
    """One browser, as far as a server can tell."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, 30)

    def get(self, path: str) -> Answer:
        """Read a page."""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: Fields) -> Answer:
        """Send a form."""
        return self._ask("POST", path, urlencode(fields))

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        text = response.read()
        milliseconds = (time.perf_counter() - began) * 1_000
        for cookie in response.headers.get_all("Set-Cookie", []):
            if match := _COOKIE.match(cookie):
                self.cookies[match[1]] = match[2]
        return Answer(response.status, text.decode(), milliseconds)


class _FormParser(HTMLParser):
    """Collects the fields of each form, but for its buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Fields] = [[]]
        self._textarea: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self.forms.append([])
        elif tag == "textarea":
            self._textarea = name
            self.forms[-1].append((name, ""))
        elif tag == "input" and name and _is_sent(given):
            self.forms[-1].append((name, given.get("value") or ""))

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            name, before = self.forms[-1].pop()
            self.forms[-1].append((name, before + data))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = None


def _is_sent(given: dict[str, str | None]) -> bool:
    kind = given.get("type")
    return kind != "submit" and (
        kind not in {"checkbox", "radio"} or "checked" in given
    )
