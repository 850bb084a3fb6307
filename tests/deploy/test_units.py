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
LASTING = [unit for unit in UNITS if unit.name != "postbag-backup.service"]
TIMER = ROOT / "deploy" / "postbag-backup.timer"


def read(unit: Path) -> configparser.ConfigParser:
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]  # as documented
    read.read(unit)
    return read


def test_there_is_one_for_each_process() -> None:
    assert [unit.name for unit in UNITS] == [
        "postbag-backup.service",
        "postbag-mail.service",
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
def test_it_may_write_little(unit: Path) -> None:
    service = read(unit)["Service"]

    assert service["EnvironmentFile"] == "/etc/postbag.env"
    assert service["ProtectSystem"] == "strict"
    assert service["StateDirectory"] == "postbag"
    assert service["StateDirectoryMode"] == "0700"
    assert service["UMask"] == "0077"
    assert service["NoNewPrivileges"] == "true"


@pytest.mark.parametrize("unit", LASTING, ids=lambda unit: unit.name)
def test_it_comes_back(unit: Path) -> None:
    assert read(unit)["Service"]["Restart"] == "always"


def test_a_back_up_is_made_every_day() -> None:
    timer = read(TIMER)
    service = read(TIMER.with_suffix(".service"))

    assert timer["Timer"]["OnCalendar"] == "daily"
    assert timer["Timer"]["Persistent"] == "true"
    assert timer["Install"]["WantedBy"] == "timers.target"
    assert service["Service"]["Type"] == "oneshot"
    assert "Install" not in service


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)
@pytest.mark.parametrize("unit", [*UNITS, TIMER], ids=lambda unit: unit.name)
def test_systemd_finds_no_fault(unit: Path, tmp_path: Path) -> None:
    # Programs are looked for where the units say; here they are not installed.
    for each in UNITS:
        program = shlex.split(read(each)["Service"]["ExecStart"])[0]
        text = each.read_text().replace(program, "/bin/true")
        (tmp_path / each.name).write_text(text)
    shutil.copy(TIMER, tmp_path)

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit.name)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    told = [line for line in done.stderr.splitlines() if unit.name in line]
    assert told == []
    assert "postbag" not in done.stdout


@pytest.mark.parametrize(("python", "status"), [("true", 0), ("false", 75)])
def test_the_pipe_reads_the_settings_and_never_has_mail_sent_back(
    tmp_path: Path, python: str, status: int
) -> None:
    """What else can go wrong is whatever the program ends with."""
    home, settings_file, said = tmp_path / "home", tmp_path / "env", tmp_path / "said"
    (home / ".venv" / "bin").mkdir(parents=True)
    program = home / ".venv" / "bin" / "python"
    program.write_text(f'#!/bin/sh\necho "$WHO $*" > {said}\n{python}\n')
    program.chmod(0o700)
    script = (ROOT / "deploy" / "receive-mail").read_text()
    script = script.replace("/srv/postbag", str(home))
    script = script.replace("/etc/postbag.env", str(settings_file))

    def run() -> int:
        words = ["sh", "-c", script, "receive-mail", "--recipient=a@b.example"]
        return subprocess.run(words, check=False, timeout=60).returncode

    assert run() == 75
    settings_file.write_text('# none\nWHO="The $(id) & Co"\n')
    assert run() == status
    assert said.read_text() == (
        "The $(id) & Co manage.py receive_mail --recipient=a@b.example\n"
    )
