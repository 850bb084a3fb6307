"""What a journey asks of a page besides what stands on it."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
)

# Milliseconds: amply for a machine on which other tests run, too.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)

AXE_TAGS = (
    *("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"),
    "best-practice",
)
# Chromium repeats every 4xx answer on the console. Those to a page's own parts are
# reported from the answers; those to pages and forms are often what a journey wants.
ECHO_OF_AN_ANSWER = "Failed to load resource: the server responded with a status of 4"


@dataclass
class Watch:
    """Notes what no page may do: ask elsewhere, break its CSP, stumble in a script."""

    host: str
    problems: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        """Listen to this page from now on."""
        page.on("request", self._request)
        page.on("response", self._response)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob", "about"} and parts.netloc != self.host:
            self.problems.append(f"asked elsewhere: {request.url}")

    def _response(self, response: Response) -> None:
        kind = response.request.resource_type
        if response.status >= 400 and kind in {"stylesheet", "script", "image", "font"}:
            self.problems.append(f"{response.status} for {kind} {response.url}")
        if response.status >= 500:
            self.problems.append(f"{response.status} for {response.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(ECHO_OF_AN_ANSWER):
            self.problems.append(f"console: {message.text}")


@contextmanager
def open_page(browser: Browser, url: str, *, javascript: bool = True) -> Iterator[Page]:
    """A page of a fresh profile; whatever its Watch noted is raised at the end."""
    watch = Watch(urlsplit(url).netloc)
    with browser.new_context(
        base_url=url,
        java_script_enabled=javascript,
        viewport={"width": 1280, "height": 800},
        locale="en-GB",
        reduced_motion="reduce",
    ) as context:
        context.set_default_timeout(PATIENCE)
        context.on("page", watch.over)
        yield context.new_page()
    assert not watch.problems, "\n".join(watch.problems)


def assert_accessible(page: Page, *, leave_out: Collection[str] = ()) -> None:
    """Axe finds nothing against WCAG 2.2 AA and its best practices."""
    page.evaluate(AXE_SCRIPT)
    found: dict[str, Any] = page.evaluate(
        "([tags, rules]) => axe.run({runOnly: {type: 'tag', values: tags}, rules, "
        "resultTypes: ['violations']})",
        [list(AXE_TAGS), {rule: {"enabled": False} for rule in leave_out}],
    )
    told = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n"
        + "\n".join(
            f"    {node['target']}: {node['failureSummary']}"
            for node in violation["nodes"]
        )
        for violation in found["violations"]
    ]
    assert not told, f"axe on {page.url}\n" + "\n".join(told)


def set_text_size(page: Page, size: str = "200%") -> None:
    """Have text in this size, as a browser's settings can."""
    # A page that is just coming may have no element yet; the locator waits for it.
    page.wait_for_load_state()
    page.locator("html").evaluate("(it, size) => { it.style.fontSize = size; }", size)


def assert_fits(page: Page, width: int, height: int = 800) -> None:
    """At this width nothing has to be scrolled to sideways."""
    page.set_viewport_size({"width": width, "height": height})
    overflow = _overflow(page)
    for _ in range(20):
        if overflow <= 0:
            return
        # A page that has just come is laid out once more for its new width.
        page.wait_for_timeout(50)
        overflow = _overflow(page)
    pytest.fail(f"{page.url} at {width} px is {overflow} px too wide")


def _overflow(page: Page) -> int:
    # A page that is just coming may have no element yet; the locator waits for it.
    width = "page => page.scrollWidth - page.clientWidth"
    return int(page.locator("html").evaluate(width))
