import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from representatives.models import Representative
from tests.representatives import sources
from tests.representatives.sources import make_folder


def run(*arguments: str) -> str:
    said = io.StringIO()
    call_command(*arguments, stdout=said)
    return said.getvalue()


def files(place: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in place.iterdir()}


def build(place: Path) -> str:
    return run("build_snapshot", str(place / "sources"), "--into", str(place / "built"))


def test_building_says_what_was_built(tmp_path: Path) -> None:
    make_folder(tmp_path / "sources")
    assert build(tmp_path).splitlines() == [
        "4 constituencies as of 2024-07",
        "3 members as of 2026-06-27",
        "4 postcodes as of 2023-08",
    ]


@pytest.mark.parametrize("broken", ["missing", "columns", "unknown code", "truncated"])
def test_a_broken_source_leaves_the_old_snapshot_as_it_was(
    tmp_path: Path, broken: str
) -> None:
    place = make_folder(tmp_path / "sources")
    build(tmp_path)
    before = files(tmp_path / "built")
    postcodes = place / sources.POSTCODES_FILE
    if broken == "missing":
        postcodes.unlink()
    elif broken == "columns":
        (place / sources.MEMBERS_FILE).write_text("a,b\n1,2\n")
    elif broken == "unknown code":
        text = sources.MEMBERS.replace("E14000001", "E14999999")
        (place / sources.MEMBERS_FILE).write_text(text)
    else:
        postcodes.write_bytes(postcodes.read_bytes()[:-12])
    with pytest.raises(CommandError, match=str(place)):
        build(tmp_path)
    assert files(tmp_path / "built") == before
    assert {path.name for path in tmp_path.iterdir()} == {"sources", "built"}


def test_building_from_nowhere_says_what_to_name(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Name the one that holds the source files"):
        build(tmp_path)


def test_building_into_a_file_is_refused(tmp_path: Path) -> None:
    make_folder(tmp_path / "sources")
    (tmp_path / "built").write_text("")
    with pytest.raises(CommandError, match="cannot be written to"):
        build(tmp_path)


def test_loading_says_what_became_of_each_register(
    no_registers: None, tmp_path: Path
) -> None:
    make_folder(tmp_path / "sources")
    build(tmp_path)
    load = ("load_registers", "--from", str(tmp_path / "built"))
    assert run(*load).splitlines() == [
        "4 constituencies as of 2024-07: loaded",
        "3 members as of 2026-06-27: loaded",
        "4 postcodes as of 2023-08: loaded",
    ]
    assert run(*load).count(": loaded before\n") == 3
    assert Representative.objects.count() == 3


def test_loading_the_shipped_registers_again_is_no_work(registers: None) -> None:
    assert run("load_registers").count(": loaded before\n") == 3


def test_loading_from_nowhere_says_how_to_build(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="build_snapshot SOURCE_FOLDER"):
        run("load_registers", "--from", str(tmp_path))


def test_a_database_that_refuses_is_explained(no_registers: None) -> None:
    def refuse(execute: Callable[..., Any], sql: str, *others: Any) -> Any:
        if sql.startswith("INSERT"):
            raise OperationalError("database is locked")
        return execute(sql, *others)

    with (
        connection.execute_wrapper(refuse),
        pytest.raises(CommandError, match="no other load is under way"),
    ):
        run("load_registers")
    assert not Representative.objects.exists()
