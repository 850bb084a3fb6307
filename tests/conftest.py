"""What every test may use."""

import pytest
from hypothesis import settings as hypothesis

from actions.carrying_on import PAUSE
from representatives import live, lookup
from representatives.throttling import READS
from tests.registers import django_db_setup, registers, see_to

__all__ = ["django_db_setup", "registers"]

# A deadline measures the machine, not the code.
hypothesis.register_profile("unhurried", parent=hypothesis.default, deadline=None)
hypothesis.load_profile("unhurried")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before the test's own transaction begins."""
    see_to(item)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """What a process remembers of one test is not true of the next."""
    lookup.forget_seats()
    live.forget_failures()
    READS.clear()
    PAUSE.end()
