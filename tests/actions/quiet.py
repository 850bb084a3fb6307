"""Bad input that comes in is no fault of ours: the log has no error of it.

A test fails that leaves one, wherever its file imports the fixture, or the
``conftest.py`` of its folder. Where errors are expected, ``errors`` takes them out.
"""

import logging
from collections.abc import Iterator

import pytest


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Give the errors that were logged, as expected, and forget them."""
    logged = [one for one in caplog.records if one.levelno >= logging.ERROR]
    caplog.clear()
    return [one.getMessage() for one in logged]


@pytest.fixture(autouse=True)
def no_error_in_the_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    logged = [
        one
        for when in ("setup", "call")
        for one in caplog.get_records(when)
        if one.levelno >= logging.ERROR or one.exc_info
    ]
    assert not logged
