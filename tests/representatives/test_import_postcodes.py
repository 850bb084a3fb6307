"""The command, and what a kill at any moment leaves."""

import csv
import io
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from representatives import lookup
from representatives.lookup import Match
from representatives.models import (
    ImportLease,
    PostcodeSector,
    Register,
    RegisterVersion,
)
from representatives.postcodes import Postcode
from tests import workers
from tests.representatives.directories import (
    NORTHERN_IRELAND,
    ROWS,
    load_small_registers,
    make_directory,
)

KILLS = 10


def run(*arguments: str) -> str:
    said = io.StringIO()
    call_command("import_postcodes", *arguments, stdout=said)
    return said.getvalue()


@pytest.fixture
def small_registers(no_registers: None, tmp_path: Path) -> None:
    load_small_registers(tmp_path)


def test_importing_says_what_was_imported(
    small_registers: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(make_directory(tmp_path, ROWS + NORTHERN_IRELAND))
    assert run(file) == (
        "5 postcodes as of 2026-05, and 1 that ended not long before: loaded\n"
    )
    assert run(file) == "5 postcodes as of 2026-05: loaded before, nothing to do\n"
    assert run(file, "--accept-ni-licence").startswith("6 postcodes as of 2026-05")
    assert capsys.readouterr().err == ""


def test_a_refusal_ends_the_command_with_its_reason(
    small_registers: None, tmp_path: Path
) -> None:
    file = make_directory(tmp_path, ROWS.replace("E14000001", "E14000530", 1))
    with pytest.raises(CommandError, match="line 2 has the seat E14000530"):
        run(str(file))
    with pytest.raises(CommandError, match=r"There is no .*gone\.csv"):
        run(str(tmp_path / "gone.csv"))


def test_the_operator_may_say_the_month_and_agree_to_less(
    small_registers: None, tmp_path: Path
) -> None:
    file = str(make_directory(tmp_path, ROWS.splitlines()[0] + "\n"))
    options = ("--as-of", "2020-02", "--allow-older", "--allow-fewer")
    assert run(file, *options).startswith("1 postcodes as of 2020-02, and 0 that")


def test_a_month_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="'May' is no month; write it as in 2026-05"):
        run(str(tmp_path), "--as-of", "May")


def test_a_database_that_refuses_is_explained(
    small_registers: None, tmp_path: Path
) -> None:
    def refuse(execute: Callable[..., Any], sql: str, *others: Any) -> Any:
        if sql.startswith("INSERT"):
            raise OperationalError("database is locked")
        return execute(sql, *others)

    with (
        connection.execute_wrapper(refuse),
        pytest.raises(CommandError, match="What is loaded answers as before"),
    ):
        run(str(make_directory(tmp_path)))


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    """A directory of all sectors, with four postcodes at most of each in a seat."""
    file = tmp_path / "ONSPD_MAY_2026_UK.csv"
    rows = PostcodeSector.objects.current().values_list(
        "sector", "constituency__code", "units"
    )
    with file.open("w", newline="") as table:
        writer = csv.writer(table)
        writer.writerow(("pcds", "dointr", "doterm", "pcon"))
        for sector, seat, units in rows.order_by("sector"):
            for at in range(0, min(8, len(units)), 2):
                writer.writerow((sector + units[at : at + 2], "199001", "", seat))
    return file


def started(file: Path, var: Path) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "POSTBAG_VAR": str(var),
        "DATABASE_URL": workers.database_url(),
        "DELIVERY": "demo",
        "SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    with (var / "log").open("a") as log:
        return subprocess.Popen(
            [sys.executable, "manage.py", "import_postcodes", file, "--allow-fewer"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=log,
            stderr=log,
        )


def time_passes() -> None:
    """Let the lease of a killed import run out."""
    ImportLease.objects.update(until=timezone.now())


def current() -> tuple[str, int]:
    version = RegisterVersion.objects.current().get(register=Register.POSTCODES)
    return version.as_of, PostcodeSector.objects.current().count()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_an_import_killed_at_any_moment_leaves_the_old_edition_whole(
    registers: None, edition: Path, tmp_path: Path
) -> None:
    seed = random.randrange(10**6)  # noqa: S311 - nobody's secret
    print("seed", seed)  # noqa: T201 - shown when the test fails
    chance = random.Random(seed)  # noqa: S311 - nobody's secret
    old = current()
    written = PostcodeSector.objects.exclude(version__is_current=True)
    known = Postcode.parse("SW1A 1AA")
    for number in range(KILLS):
        process = started(edition, tmp_path)
        # While it starts or reads, or with up to half of the new rows written.
        moment = time.monotonic() + chance.uniform(0, 1)
        goal = 0 if number % 3 == 0 else chance.randrange(old[1] // 2)
        while written.count() <= goal and (goal or time.monotonic() < moment):
            assert process.poll() is None, (tmp_path / "log").read_text()
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        assert process.wait(workers.SECONDS_TO_WAIT) == -signal.SIGKILL
        assert current() == old
        assert lookup.find(known).match == Match.EXACT
        assert lookup.as_of().postcodes == old[0]
        time_passes()
    process = started(edition, tmp_path)
    assert process.wait(workers.SECONDS_TO_WAIT) == 0, (tmp_path / "log").read_text()
    assert current() == ("2026-05", old[1])
    assert not written.exists()
    assert not ImportLease.objects.exists()
    versions = RegisterVersion.objects.filter(register=Register.POSTCODES)
    assert set(versions.values_list("as_of", "is_current")) == {
        (old[0], False),
        ("2026-05", True),
    }
