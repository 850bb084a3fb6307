"""Whoever runs the checks learns that PostgreSQL's log holds what people wrote."""

from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.checks import run_checks
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from actions import server_log_checks
from actions.models import Letter
from tests import workers
from tests.actions.factories import make_letter
from tests.smtp import MailServer, mail_server

__all__ = ["mail_server"]

GOOD = {
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length_on_error": "0",
}
of_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="of PostgreSQL's settings alone"
)


@pytest.fixture
def _may_set() -> None:
    """Leave out what only a superuser can try, or whom it granted ``SET`` (.ci/run)."""
    try:
        with transaction.atomic():
            set_here("log_min_error_statement", "panic")
    except DatabaseError:
        pytest.skip("this role may not set what the server logs")


@pytest.fixture(autouse=True)
def _live(settings: Settings) -> None:
    settings.DELIVERY_IS_LIVE = True


def told() -> list[str]:
    found = run_checks(tags=["database"], databases=["default"])
    return [str(one.hint) for one in found if one.id == "actions.W005"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("log_min_error_statement", "error"),
        ("log_error_verbosity", "default"),
        ("log_statement", "all"),
        ("log_min_duration_statement", "1000"),
        ("log_parameter_max_length_on_error", "-1"),
    ],
)
def test_each_setting_that_logs_words_is_named(name: str, value: str) -> None:
    assert server_log_checks.of(GOOD) == []
    [warning] = server_log_checks.of({**GOOD, name: value})
    assert str(warning.hint).endswith(f": {name} = {GOOD[name]}.")


def test_what_an_older_server_does_not_know_is_named_too() -> None:
    [warning] = server_log_checks.of({})
    assert all(name in str(warning.hint) for name in GOOD)


@of_postgresql
@pytest.mark.django_db
@pytest.mark.usefixtures("_may_set")
def test_what_holds_for_this_connection_counts(settings: Settings) -> None:
    for name, value in GOOD.items():
        set_here(name, value)
    assert told() == []
    set_here("log_min_error_statement", "error")
    [hint] = told()
    assert hint.endswith(": log_min_error_statement = panic.")
    settings.DELIVERY_IS_LIVE = False
    assert told() == []


def set_here(name: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


@of_postgresql
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_may_set")
@pytest.mark.parametrize("is_set", [False, True])
def test_a_worker_says_it_once_as_it_starts(
    mail_server: MailServer, tmp_path: Path, *, is_set: bool
) -> None:
    options = " ".join(f"-c {name}={value}" for name, value in GOOD.items())
    environment = workers.live(tmp_path, mail_server.port)
    if is_set:
        environment["DATABASE_URL"] += f"?options={quote(options)}"
    letter = make_letter(state=Letter.State.QUEUED, now=timezone.now())
    with workers.started(environment, tmp_path / "log") as worker:
        workers.wait_until(lambda: bool(mail_server.raw), worker.log)
        assert worker.end() == 0
        assert worker.said().count("PostgreSQL's log may hold") == (not is_set)
        assert letter.sender_name not in worker.said()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite")
@pytest.mark.django_db
def test_sqlite_has_no_log() -> None:
    assert told() == []


def test_a_check_that_may_not_ask_the_database_does_not() -> None:
    assert server_log_checks.server_logs_no_words() == []
