"""The shipped registers in the tests' database, and rows beside them.

tests/conftest.py imports the two fixtures, so that every test can have them.
"""

import datetime
import itertools
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker
from pytest_django.plugin import blocking_manager_key

from representatives import loading
from representatives.models import Constituency, Representative

LOADED_AT = datetime.datetime(2026, 7, 1, 9, 0, tzinfo=datetime.UTC)

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Load the shipped registers once, before the first test that uses the database."""
    with django_db_blocker.unblock():
        loading.load(now=LOADED_AT)


def see_to(item: pytest.Item) -> None:
    """Load them again for a test whose database one with real transactions emptied.

    Such a test may be any before it: processes that share the tests take file by file.
    """
    global _are_emptied  # noqa: PLW0603 - what became of the process's own database
    if _has_transactions(item):
        _are_emptied = True
    elif _are_emptied and uses_database(item):
        with item.config.stash[blocking_manager_key].unblock():
            if not loading.is_loaded():
                loading.load(now=LOADED_AT)
        _are_emptied = False


def uses_database(item: pytest.Item) -> bool:
    """Whether a test needs one at all."""
    needs = not {"db", "transactional_db", "live_server"}.isdisjoint(_fixtures(item))
    return needs or item.get_closest_marker("django_db") is not None


_are_emptied = False


def _has_transactions(item: pytest.Item) -> bool:
    marks = item.iter_markers("django_db")
    return not {"transactional_db", "live_server"}.isdisjoint(_fixtures(item)) or any(
        mark.kwargs.get("transaction") for mark in marks
    )


def _fixtures(item: pytest.Item) -> list[str]:
    return item.fixturenames if isinstance(item, pytest.Function) else []


@pytest.fixture
def registers(db: None) -> None:
    """See that they are there: tests with real transactions empty every table."""
    if not loading.is_loaded():
        loading.load(now=LOADED_AT)


def source_folder() -> Path:
    """The source files of the shipped snapshot; skips the test where there are none."""
    beside = Path(settings.BASE_DIR).parent / "shared" / "data"
    folder = Path(os.environ.get("POSTBAG_SOURCE_DATA", beside))
    if not folder.is_dir():
        pytest.skip(
            "the registers' source files are not on this machine (POSTBAG_SOURCE_DATA)"
        )
    return folder


def make_constituency(**fields: Any) -> Constituency:
    """Make a seat of its own, beside the 650."""
    number = next(_numbers)
    return Constituency.objects.create(
        **{
            "code": f"E99{number:06}",
            "name": f"New Seat {number}",
            "country": "England",
            "region": "London",
            "hex_q": 0,
            "hex_r": number,
            **fields,
        }
    )


def make_member(**fields: Any) -> Representative:
    """Make a current member, in a seat of their own unless one is given."""
    number = next(_numbers)
    if "constituency" not in fields:
        fields["constituency"] = make_constituency()
    return Representative.objects.create(
        **{
            "parliament_id": 900_000 + number,
            "full_title": "Rt Hon Jo Marsden MP",
            "display_name": "Ms Jo Marsden",
            "address_as": "Ms Marsden",
            "party": "Independent",
            "email": f"jo.marsden.{number}@parliament.example",
            **fields,
        }
    )
