"""A real browser before a real server, on the shipped registers.

``page`` and ``page_without_javascript`` are new for every test, as are campaign,
letters, accounts and outbox. The registers stay from test to test: a journey that
alters them puts them back.
"""

import os
import shutil
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, connections
from django.test import override_settings
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from actions import first_campaign
from representatives import loading
from tests.journeys import chromium
from tests.journeys.browser import open_page

FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing but this machine can be reached, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
KEPT_APPS = {"representatives", "contenttypes"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(chromium.MISSING, pytrace=False)
        pytest.skip(chromium.MISSING)
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)
    # Playwright runs an event loop in this thread; Django would refuse the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=flags)
        yield opened
        opened.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="package")
def server(
    browser: Browser, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[LiveServer]:
    """One server for all journeys, as loading the registers takes seconds."""
    with django_db_blocker.unblock():
        loading.load()
        started = LiveServer("127.0.0.1")
        # Links in mails lead to this server; its visitors read at once.
        with override_settings(SITE_URL=started.url, LEAST_SECONDS_TO_READ=0):
            yield started
        started.stop()
        call_command("flush", interactive=False, verbosity=0)
        # Beside Playwright's event loop Django opened connections that nobody will
        # find once the loop has ended.
        connections.close_all()


@pytest.fixture
def transactional_db(server: LiveServer) -> Iterator[None]:
    """The first campaign, really written; afterwards everything but the registers goes.

    pytest-django's own of this name would empty all tables. The name tells it that
    journeys need the tests' database.
    """
    # Of tests before, which ran in this process and wrote to the same place.
    shutil.rmtree(settings.OUTBOX_DIR, ignore_errors=True)
    first_campaign.create()
    yield
    _forget()


@pytest.fixture
def site(server: LiveServer, transactional_db: None) -> LiveServer:
    return server


@pytest.fixture
def page(browser: Browser, site: LiveServer) -> Iterator[Page]:
    with open_page(browser, site.url) as opened:
        yield opened


@pytest.fixture
def page_without_javascript(browser: Browser, site: LiveServer) -> Iterator[Page]:
    with open_page(browser, site.url, javascript=False) as opened:
        yield opened


def _forget() -> None:
    tables = [
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in KEPT_APPS
        and model._meta.label != "auth.Permission"
    ]
    connection.ops.execute_sql_flush(
        connection.ops.sql_flush(no_style(), tables, reset_sequences=True)
    )
    shutil.rmtree(settings.OUTBOX_DIR, ignore_errors=True)
