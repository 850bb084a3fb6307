"""How long anybody waits for PostgreSQL."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests import workers

# Each starts a process of its own.
pytestmark = pytest.mark.slow


def run(code: str, folder: Path, url: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "POSTBAG_VAR": str(folder),
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def options(folder: Path, url: str, imported: str = "django") -> dict[str, Any]:
    shown = (
        f"import json, {imported}; from django.db import connection;"
        "print(json.dumps(connection.settings_dict['OPTIONS']))"
    )
    found: dict[str, Any] = json.loads(run(shown, folder, url).stdout)
    return found


def test_what_the_url_says_of_waiting_counts(tmp_path: Path) -> None:
    url = "postgres://postbag@127.0.0.1/postbag?connect_timeout=3&sslmode=require"
    found = options(tmp_path, url)
    assert found["connect_timeout"] in {3, "3"}
    assert found["sslmode"] == "require"
    assert found["keepalives_idle"] == 30
    assert found["tcp_user_timeout"] == 30_000
    assert "options" not in found


def test_pages_alone_are_given_up_in_the_middle_of_a_statement(tmp_path: Path) -> None:
    url = "postgres://postbag@127.0.0.1/postbag"
    found = options(tmp_path, url, "config.wsgi")
    assert "statement_timeout=30000" in found["options"]
    own = f"{url}?options=-c%20statement_timeout%3D5000"
    found = options(tmp_path, own, "config.wsgi")
    assert found["options"] == "-c statement_timeout=5000"


def test_a_database_that_takes_a_connection_and_says_nothing_is_given_up(
    tmp_path: Path,
) -> None:
    code = "import django; django.setup(); from django.db import connection as c;"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        began = time.monotonic()
        ended = run(
            f"{code} c.ensure_connection()",
            tmp_path,
            f"postgres://postbag@127.0.0.1:{port}/x",
        )
    assert "OperationalError" in ended.stderr
    assert time.monotonic() - began < 40


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="of PostgreSQL's settings alone"
)
@pytest.mark.parametrize(
    ("imported", "limits"),
    [("config.wsgi", ["30s", "1min"]), ("django", ["0", "0"])],
    ids=["web server", "worker"],
)
def test_the_server_knows_for_how_long_a_page_may_keep_it(
    tmp_path: Path, imported: str, limits: list[str]
) -> None:
    code = (
        f"import {imported}; from django.db import connection as c\n"
        "for name in 'statement_timeout', 'idle_in_transaction_session_timeout':\n"
        "  with c.cursor() as cursor:\n"
        "    cursor.execute(f'SHOW {name}'); print(cursor.fetchone()[0])"
    )
    assert run(code, tmp_path, workers.database_url()).stdout.split() == limits
