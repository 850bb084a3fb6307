"""What a whole server leaves behind on its disk of somebody who wanted no trace."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, expect

from tests import traces
from tests.actions.test_serve import environment, serving
from tests.journeys import test_quietly as quietly
from tests.journeys.browser import open_page
from tests.workers import wait_until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything set up, as `make run` does it, and the server stopped again."""
    folder = tmp_path_factory.mktemp("var")
    with serving(folder):
        return folder


@contextmanager
def talkative_server(var: Path) -> Iterator[str]:
    """The same server with its access log and all that it can say in a file."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    address = f"http://127.0.0.1:{port}"
    with (var / "log").open("a") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "granian", "--interface", "wsgi"),
                *("--host", "127.0.0.1", "--port", port, "--workers", "1"),
                *("--access-log", "--log-level", "debug", "config.wsgi:application"),
            ],
            cwd=settings.BASE_DIR,
            env=environment(var) | {"PORT": port},
            stdout=log,
            stderr=log,
        )
    try:
        wait_until(lambda: is_open(int(port)), var / "log")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=60)


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("javascript", [True, False])
def test_nothing_typed_is_on_the_servers_disk_or_in_its_logs(
    browser: Browser, var: Path, *, javascript: bool
) -> None:
    with (
        talkative_server(var) as address,
        open_page(browser, address, javascript=javascript) as page,
    ):
        page.goto(quietly.QUIETLY)
        page.get_by_label("Your postcode").fill(quietly.WORD)
        page.get_by_role("button", name="Find my MP").click()
        expect(page.locator("[data-error-summary]")).to_be_visible()
        quietly.begin(page)
        quietly.fill(page)
        quietly.finish(page)
        assert quietly.WORD in quietly.whole(page)
        if not javascript:
            with page.expect_download():
                page.get_by_role("button", name="Download as PDF").click()
            page.get_by_label("Subject").first.fill("")
            page.get_by_role("button", name="Show the changes").last.click()
            expect(page.locator("[data-error-summary]")).to_be_visible()
        page.get_by_role("button", name="I have posted it").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert "/quietly/reported/" in (var / "log").read_text()
    assert traces.in_files(quietly.WORD, var) == []
