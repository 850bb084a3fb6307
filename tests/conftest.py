"""What every test may use."""

import pytest
from hypothesis import settings as hypothesis

from actions.carrying_on import PAUSE
from actions.claiming import LOST
from actions.passing_over import MAILS
from actions.views.quietly import FILES, REPORTS
from representatives import live, lookup
from representatives.throttling import READS
from tests.registers import django_db_setup, registers, see_to, uses_database

__all__ = ["django_db_setup", "registers"]

# A deadline measures the machine, not the code.
hypothesis.register_profile("unhurried", parent=hypothesis.default, deadline=None)
hypothesis.load_profile("unhurried")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs no database, before marks choose what runs."""
    for item in items:
        if not uses_database(item):
            item.add_marker("unit")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before the test's own transaction begins."""
    see_to(item)


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process remembers of one test is not true of the next.

    Nor does a minute pass within one, in which a counter would forget.
    """
    lookup.forget_seats()
    live.forget_failures()
    for counter in (READS, REPORTS, FILES):
        counter.clear()
        monkeypatch.setattr(counter, "clock", lambda: 0.0)
    LOST.clear()
    MAILS.clear()
    PAUSE.end()
