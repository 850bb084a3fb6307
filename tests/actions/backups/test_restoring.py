"""Restoring a back-up: all of it or nothing, and nothing goes a second time."""

import datetime
import json
import os
import shutil
import subprocess
import tarfile
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from actions import backup_folder as folders
from actions.backups import archive, postgresql
from actions.backups.database import our_tables
from actions.models import Campaign, Delivery, Letter, Tally
from tests import workers
from tests.actions.backups.keeping import (
    back_up,
    folder,
    kill_later,
    left_over,
    run,
    start,
)
from tests.actions.factories import make_campaign, make_letter

__all__ = ["folder"]

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = datetime.timedelta(hours=1)
on_sqlite = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="of SQLite's file alone"
)

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="of SQLite there is no file then"
)


def titles() -> set[str]:
    return set(Campaign.objects.values_list("title", flat=True))


def changed(place: Path, **said: Any) -> Path:
    """Write a back-up anew with another manifest, signed with the same key."""
    with tarfile.open(place) as tar:
        database = tar.extractfile(archive.DATABASE)
        assert database
        content = database.read()
    before = archive.read(place).manifest
    values = {name: getattr(before, name) for name in before.__dataclass_fields__}
    copy = place.with_name("content")
    copy.write_bytes(content)
    other = place.with_name("changed.tar.gz")
    other.unlink(missing_ok=True)
    archive.write(other, archive.Manifest(**{**values, **said}), copy)
    return other


def refused(place: Path, reason: str, *options: str) -> None:
    """See that a file is refused and nothing is changed."""
    make_campaign(title="now")
    with pytest.raises(CommandError, match=reason):
        run("restore", place, "--replace", *options)
    assert "now" in titles()


def test_what_was_backed_up_is_there_again(folder: Path) -> None:
    campaign = make_campaign(title="before")
    letter = make_letter(campaign=campaign, state=Letter.State.ACCEPTED, body="ქართული")
    User.objects.create_user("jo", password="secret")
    place = back_up()
    make_campaign(title="since")
    Letter.objects.update(body="changed")
    User.objects.all().delete()
    said = run("restore", place, "--replace")
    assert "Restored the back-up of 2" in said
    assert titles() == {"before"}
    assert Letter.objects.get() == letter
    assert Letter.objects.get().body == "ქართული"
    assert User.objects.get().check_password("secret")
    # The next rows get numbers of their own.
    assert make_campaign().pk > campaign.pk
    assert left_over(folder) == []


def test_a_database_that_holds_something_is_left_alone(folder: Path) -> None:
    place = back_up()
    make_campaign(title="now")
    with pytest.raises(CommandError, match=r"not empty.*add --replace"):
        run("restore", place)
    assert titles() == {"now"}


def test_an_empty_database_is_filled(folder: Path) -> None:
    make_campaign(title="before")
    place = back_up()
    call_command("flush", interactive=False, verbosity=0)
    run("restore", place)
    assert titles() == {"before"}


def test_a_file_that_is_not_there(folder: Path, tmp_path: Path) -> None:
    refused(tmp_path / "gone.tar.gz", "There is no file")
    refused(tmp_path, "can't be read")


def test_a_file_of_somebody_elses(folder: Path, tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("Dear MP,")
    refused(text, "no back-up of Postbag's")
    photos = tmp_path / "photos.tar.gz"
    with tarfile.open(photos, "w:gz") as tar:
        tar.add(text, "holiday.jpg")
    refused(photos, "no back-up of Postbag's")
    with tarfile.open(photos, "w:gz") as tar:
        tar.add(text, "manifest.json")
    refused(photos, "manifest is damaged")
    with tarfile.open(photos, "w:gz") as tar:
        member = tarfile.TarInfo("manifest.json")
        said = json.dumps({"postbag_backup": 2}).encode()
        member.size = len(said)
        tar.addfile(member, BytesIO(said))
    refused(photos, "another version of Postbag")


def test_a_file_that_was_cut_short(folder: Path) -> None:
    make_letter()
    place = back_up()
    whole = place.read_bytes()
    for length in (0, 1, 50, len(whole) // 2, len(whole) - 9, len(whole) - 1):
        place.write_bytes(whole[:length])
        refused(place, "no back-up of Postbag's")


def test_a_file_with_a_byte_that_changed(folder: Path) -> None:
    make_letter()
    place = back_up()
    whole = place.read_bytes()
    for at in (0, len(whole) // 3, len(whole) // 2, len(whole) - 6):
        place.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        refused(place, "damaged")


def test_a_file_whose_database_is_another_one(folder: Path) -> None:
    refused(changed(back_up(), sha256="0" * 64), "is damaged: its database")


def test_a_file_whose_database_does_not_fit_its_manifest(folder: Path) -> None:
    other = changed(back_up(), migrations=("actions.0001_initial",))
    refused(other, "not what its manifest says")


def test_a_file_of_a_newer_postbag(folder: Path) -> None:
    place = changed(back_up(), migrations=("actions.0001_initial", "actions.9999_new"))
    refused(place, r"newer Postbag.*actions\.9999_new")


def test_a_file_of_another_kind_of_database(folder: Path) -> None:
    refused(changed(back_up(), database="oracle"), "back-up of oracle")


def test_a_file_of_a_newer_server(folder: Path) -> None:
    refused(changed(back_up(), version=99), "99")


def test_a_file_that_was_made_with_another_key(
    folder: Path, settings: Settings
) -> None:
    make_campaign(title="before")
    place = back_up()
    settings.SECRET_KEY = "another"
    refused(place, "another SECRET_KEY, or was changed since")
    run("restore", place, "--replace", "--elsewhere")
    assert titles() == {"before"}


def test_a_file_that_was_made_in_the_other_mode(
    folder: Path, settings: Settings
) -> None:
    make_campaign(title="before")
    place = back_up()
    settings.DELIVERY_IS_LIVE = True
    refused(place, "DELIVERY=demo, and here it is live")
    run("restore", place, "--replace", "--elsewhere")
    assert titles() == {"before"}


def test_one_of_an_older_postbag_is_brought_up_to_date(folder: Path) -> None:
    make_campaign(title="before")
    try:
        call_command("migrate", "actions", "0011", interactive=False, verbosity=0)
        place = back_up()
    finally:
        call_command("migrate", interactive=False, verbosity=0)
    assert "actions.0019_withheld" not in archive.read(place).manifest.migrations
    run("restore", place, "--replace")
    assert titles() == {"before"}
    assert "actions.0019_withheld" in archive.read(back_up_later()).manifest.migrations


def back_up_later() -> Path:
    time.sleep(1)
    return back_up()


def test_nobody_stays_signed_in(folder: Path) -> None:
    Session.objects.create(
        session_key="k", session_data="d", expire_date=timezone.now() + HOUR
    )
    run("restore", back_up(), "--replace")
    assert not Session.objects.exists()


def test_one_that_is_older_than_they_are_kept_says_so(
    folder: Path, settings: Settings
) -> None:
    place = back_up()
    assert "older than back-ups are kept" not in run("restore", place, "--replace")
    old = changed(place, made_at=timezone.now() - 400 * HOUR)
    assert "older than back-ups are kept" in run("restore", old, "--replace")


@pytest.mark.slow
def test_while_somebody_holds_the_database_it_is_left_alone(
    folder: Path, tmp_path: Path
) -> None:
    place = back_up()
    letter = make_letter(
        is_demo=False,
        campaign=make_campaign(title="now"),
        confirm_by=timezone.now() - HOUR,
    )
    log = tmp_path / "log"
    with workers.started(workers.live(tmp_path / "var", 1), log) as worker:
        workers.wait_until(lambda: has_ended(letter), log)
        connection.close()
        with pytest.raises(CommandError, match="in use: stop the web server"):
            run("restore", place, "--replace")
        assert titles() == {"now"}
        assert worker.end() == 0
    workers.wait_until(is_alone)
    run("restore", place, "--replace")
    assert titles() == set()


def has_ended(letter: Letter) -> bool:
    """Whether the worker, whose clock is the real one, has found it overdue."""
    letter.refresh_from_db()
    return letter.state == Letter.State.EXPIRED


def is_alone() -> bool:
    if connection.vendor == "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND usename IS NOT NULL"
        )
        return bool(cursor.fetchone() == (1,))


@pytest.mark.slow
def test_one_that_was_killed_leaves_all_as_it_was_or_is_done(
    folder: Path, tmp_path: Path, settings: Settings
) -> None:
    settings.DELIVERY_IS_LIVE = True
    make_campaign(title="before")
    for _ in range(30):
        make_letter(state=Letter.State.QUEUED, body="a word " * 20_000)
    place = back_up()
    Campaign.objects.filter(title="before").update(title="since")
    was_undone = False
    for delay in (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8):
        kill_later(start(tmp_path, "restore", place, "--replace"), folder, delay)
        workers.wait_until(is_alone)
        state = set(Letter.objects.values_list("state", flat=True))
        if "since" in titles():
            was_undone = True
            assert state == {"queued"}
        else:
            assert "before" in titles()
            assert state == {"cancelled"}
            Campaign.objects.filter(title="before").update(title="since")
            Letter.objects.update(state="queued", ended_at=None)
    assert was_undone
    run("restore", place, "--replace")
    assert "before" in titles()
    assert left_over(folder) == []


@pytest.mark.slow
def test_a_full_disk_leaves_all_as_it_was(
    folder: Path, tmp_path: Path, settings: Settings
) -> None:
    settings.DELIVERY_IS_LIVE = True
    make_letter(body="a word " * 100_000)
    place = back_up()
    make_campaign(title="now")
    program = start(tmp_path, "restore", place, "--replace", largest_file=200_000)
    said = program.communicate()[0].decode()
    assert program.returncode == 1
    assert "Make room" in said
    assert "Traceback" not in said
    assert "now" in titles()
    assert left_over(folder) == []


def test_while_a_back_up_is_made_none_is_restored(folder: Path) -> None:
    place = back_up()
    with folders.workshop(folder):
        refused(place, "Another back-up is being made or restored")


@on_sqlite
@pytest.mark.parametrize("is_torn", [False, True])
def test_a_broken_file_is_replaced(
    folder: Path, tmp_path: Path, *, is_torn: bool
) -> None:
    make_campaign(title="before")
    make_letter(body="a word " * 10_000)
    place = back_up()
    connection.close()
    real = connection.settings_dict["NAME"]
    broken = tmp_path / "broken.sqlite3"
    shutil.copy(real, broken)
    content = bytearray(broken.read_bytes())
    start_of_damage = 4096 if is_torn else 0
    content[start_of_damage : start_of_damage + 40_000] = b"x" * 40_000
    broken.write_bytes(content)
    broken.with_name("broken.sqlite3-wal").write_bytes(b"something old")
    connection.settings_dict["NAME"] = str(broken)
    try:
        with pytest.raises(CommandError, match="add --replace"):
            run("restore", place)
        run("restore", place, "--replace")
        assert "before" in titles()
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            assert cursor.fetchone() == ("ok",)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = real


@on_sqlite
def test_a_file_that_is_not_there_yet_is_made(folder: Path, tmp_path: Path) -> None:
    make_campaign(title="before")
    place = back_up()
    connection.close()
    real = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = str(tmp_path / "new.sqlite3")
    try:
        run("restore", place)
        assert titles() == {"before"}
    finally:
        connection.close()
        connection.settings_dict["NAME"] = real


def test_counts_that_were_made_before_stay(folder: Path) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    run("restore", back_up(), "--replace")
    [tally] = Tally.objects.all()
    assert (tally.step, tally.count) == (Tally.Step.WITHHELD, 1)
    assert tally.constituency_id == letter.constituency_id


def test_it_runs_as_a_program(folder: Path, tmp_path: Path, settings: Settings) -> None:
    settings.DELIVERY_IS_LIVE = True
    make_campaign(title="before")
    place = back_up()
    done = start(tmp_path, "restore", place, "--replace")
    said = done.communicate()[0].decode()
    assert done.returncode == 0, said
    assert "Start the web server and the workers" in said


def _make(tmp_path: Path, target: str, arguments: object) -> str:
    """Run a target of the Makefile as an operator does; say what it said."""
    connection.close()
    inherited = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "ARGS"}
    environment = workers.live(tmp_path / "var", 1) | {
        "BACKUPS_DIR": str(tmp_path / "backups")
    }
    done = subprocess.run(
        ["make", target, f"ARGS={arguments}"],
        cwd=project.BASE_DIR,
        env={name: environment[name] for name in environment.keys() - inherited},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.skipif(
    not (project.BASE_DIR / ".venv" / "made").exists(),
    reason="of the environment that the Makefile makes",
)
def test_make_backs_up_and_restores(folder: Path, tmp_path: Path) -> None:
    campaign = make_campaign(title="before")
    owed = make_letter(campaign=campaign, state=Letter.State.QUEUED, is_demo=False)
    assert ": " in _make(tmp_path, "backup", folder)
    [place] = folder.glob("postbag-*.tar.gz")
    make_campaign(title="since")
    said = _make(tmp_path, "restore", f"{place} --replace")
    assert "Start the web server and the workers" in said
    assert titles() == {"before"}
    owed.refresh_from_db()
    assert owed.state == Letter.State.CANCELLED
    assert not Delivery.objects.waiting().exists()


@on_postgresql
def test_a_database_without_a_table_is_filled(folder: Path) -> None:
    make_campaign(title="before")
    place = back_up()
    tables = ", ".join(f'"{table}"' for table in our_tables())
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {tables} CASCADE")
    run("restore", place)
    assert titles() == {"before"}


@on_postgresql
def test_what_somebody_else_built_upon_a_table_is_not_dropped(folder: Path) -> None:
    place = back_up()
    with connection.cursor() as cursor:
        cursor.execute("CREATE VIEW of_ours AS SELECT title FROM actions_campaign")
    try:
        refused(place, "(?s)all is as it was.*depends on table actions_campaign")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP VIEW of_ours")


@on_postgresql
def test_without_pg_restore_the_operator_learns_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = back_up()
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(postgresql, "_PLACES", ())
    refused(place, "pg_restore is needed")


@on_postgresql
@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("CREATE TABLE t (a int);\nCOPY t (a) FROM stdin;\n1", "middle of a table"),
        ("CREATE TABLE t (a int);\nCOPY t (a) FROM stdin;\nx\n\\.", "refused it"),
        ("SELECT 1 FROM nothing;", "refused it"),
        ("SELECT 1;", "not what its manifest says"),
    ],
)
def test_a_dump_that_cannot_be_carried_out_leaves_all_as_it_was(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    script: str,
    reason: str,
) -> None:
    place = back_up()
    program = tmp_path / "pg_restore"
    program.write_text(
        "#!/bin/sh\n"
        'case "$1" in --version) echo "pg_restore (PostgreSQL) 1.0";;'
        f" --list) ;; *) cat <<'E'\n{script}\nE\n;; esac\n"
    )
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    refused(place, reason)
