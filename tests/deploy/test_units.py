"""The systemd units that are shipped start what is there, as the README says."""

import configparser
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

ROOT = Path(settings.BASE_DIR)
UNITS = sorted((ROOT / "deploy").glob("*.service"))


def read(unit: Path) -> configparser.ConfigParser:
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]  # as documented
    read.read(unit)
    return read


def test_there_is_one_for_the_web_server_and_one_for_the_worker() -> None:
    assert [unit.name for unit in UNITS] == [
        "postbag-web.service",
        "postbag-worker.service",
    ]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_what_it_starts_is_there(unit: Path) -> None:
    program, *words = shlex.split(read(unit)["Service"]["ExecStart"])

    if Path(program).name == "python":
        assert (ROOT / words[0]).is_file()
        assert words[1] in get_commands()
    else:
        assert Path(program).name == "granian"
        assert "--no-access-log" in words
        assert words[-1] == "config.wsgi:application"


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_it_comes_back_and_may_write_little(unit: Path) -> None:
    service = read(unit)["Service"]

    assert service["Restart"] == "always"
    assert service["EnvironmentFile"] == "/etc/postbag.env"
    assert service["ProtectSystem"] == "strict"
    assert service["StateDirectory"] == "postbag"
    assert service["NoNewPrivileges"] == "true"


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_finds_no_fault(unit: Path, tmp_path: Path) -> None:
    # Programs are looked for where the unit says; here they are not installed.
    text = unit.read_text()
    program = shlex.split(read(unit)["Service"]["ExecStart"])[0]
    copy = tmp_path / unit.name
    copy.write_text(text.replace(program, "/bin/true"))

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(copy)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    told = [line for line in done.stderr.splitlines() if unit.name in line]
    assert told == []
    assert "postbag" not in done.stdout
