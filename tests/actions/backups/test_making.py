"""A back-up: one file, of one moment, whole or not there."""

import datetime
import gzip
import os
import shutil
import stat
import tarfile
import time
from pathlib import Path
from textwrap import dedent

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from actions import backup_folder, privacy
from actions.backups import archive, making, postgresql
from actions.errors import BackupError
from actions.models import Delivery, Letter
from tests import workers
from tests.actions.backups.keeping import (
    back_up,
    folder,
    kill_later,
    left_over,
    run,
    start,
)
from tests.actions.factories import make_campaign, make_letter, make_representative
from tests.smtp import MailServer, mail_server

__all__ = ["folder", "mail_server"]

pytestmark = pytest.mark.django_db(transaction=True)

DAY = datetime.timedelta(days=1)
MARKER = "zqxmarker"
on_sqlite = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="of SQLite's file alone"
)
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="of PostgreSQL's programs alone"
)


def content_of(place: Path) -> bytes:
    with tarfile.open(place) as tar:
        file = tar.extractfile(archive.DATABASE)
        assert file
        return file.read()


def test_it_is_one_file_that_only_its_owner_may_read(folder: Path) -> None:
    make_letter(body=MARKER)
    said = run("backup")
    [place] = folder.glob("postbag-*.tar.gz")
    assert said.startswith(f"{place}: ")
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert left_over(folder) == []
    assert MARKER.encode() in content_of(place)


def test_it_says_of_itself_what_it_is(folder: Path) -> None:
    before = timezone.now()
    opened = archive.read(back_up())
    said = opened.manifest
    assert opened.is_signed_by_us
    assert before <= said.made_at <= timezone.now()
    assert (said.database, said.is_live) == (connection.vendor, False)
    assert "actions.0001_initial" in said.migrations
    assert len(said.sha256) == 64


def test_it_may_go_to_another_folder(folder: Path, tmp_path: Path) -> None:
    place = back_up(tmp_path / "stick")
    assert place.parent == tmp_path / "stick"
    assert not folder.exists()


def test_nobodys_sign_in_and_nothing_erased_is_in_it(folder: Path) -> None:
    Session.objects.create(
        session_key="k", session_data=f"{MARKER}s", expire_date=timezone.now() + DAY
    )
    letter = make_letter(state=Letter.State.ACCEPTED, body=f"{MARKER}b" * 500)
    assert f"{MARKER}b".encode() in content_of(back_up())
    privacy.erase_on_request(letter, now=timezone.now())
    time.sleep(1)
    assert MARKER.encode() not in content_of(back_up())
    assert Session.objects.exists()


def test_those_that_are_too_old_are_erased_and_nothing_else(folder: Path) -> None:
    now = datetime.datetime(2026, 11, 26, 3, 0, tzinfo=datetime.UTC)
    folder.mkdir()
    for name in (
        *("postbag-20261113T030000Z.tar.gz", "postbag-20261113T025959Z.tar.gz"),
        *("postbag-20261101T030000Z.tar.gz", "postbag-20269999T030000Z.tar.gz"),
        *("before-the-upgrade.tar.gz", "postbag-20261101T030000Z.tar.gz.copy"),
    ):
        (folder / name).touch()
    made = making.make(folder, keep_days=14, now=now)
    assert made.place.name == "postbag-20261126T030000Z.tar.gz"
    assert [path.name for path in made.erased] == [
        "postbag-20261101T030000Z.tar.gz",
        "postbag-20261113T025959Z.tar.gz",
    ]
    assert not any(path.exists() for path in made.erased)
    assert len(list(folder.glob("*.tar.gz*"))) == 5
    gone = making.make(folder, keep_days=1, now=now + DAY).erased
    assert gone == (folder / "postbag-20261113T030000Z.tar.gz", made.place)


def test_while_none_can_be_made_the_newest_stays(
    folder: Path, settings: Settings
) -> None:
    now = timezone.now()
    first = making.make(folder, keep_days=14, now=now).place
    second = making.make(folder, keep_days=14, now=now + DAY).place
    name = f"postbag-{(now + 40 * DAY).astimezone(datetime.UTC):%Y%m%dT%H%M%SZ}.tar.gz"
    third = folder / name
    third.touch()
    with pytest.raises(BackupError, match="is there already"):
        making.make(folder, keep_days=14, now=now + 40 * DAY)
    assert not first.exists()
    assert not second.exists()
    assert third.exists()


def test_the_worker_erases_those_whose_time_is_over_where_none_is_made_any_more(
    folder: Path, settings: Settings
) -> None:
    settings.BACKUPS_DIR, settings.BACKUPS_KEPT_DAYS = folder, 14
    made_at = datetime.datetime(2026, 11, 1, 3, 0, tzinfo=datetime.UTC)
    places = [
        making.make(folder, keep_days=14, now=made_at + days * DAY).place
        for days in range(3)
    ]
    (folder / "before-the-upgrade.tar.gz").touch()

    def left(after: datetime.timedelta) -> list[Path]:
        privacy.sweep(made_at + after)
        return [place for place in places if place.exists()]

    hour = datetime.timedelta(hours=1)
    assert left(14 * DAY - hour) == places
    assert left(14 * DAY) == places[1:]
    assert left(99 * DAY) == places[2:]
    assert (folder / "before-the-upgrade.tar.gz").exists()


def test_a_back_up_that_cannot_be_erased_keeps_nothing_else_from_it(
    folder: Path,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.BACKUPS_DIR, settings.BACKUPS_KEPT_DAYS = folder, 14
    # As root may do everything, a folder of that name stands for what can't be erased.
    now = timezone.now()
    for age in (30, 20):
        name = backup_folder.name_for(now - age * DAY)
        (folder / name).mkdir(parents=True)
    letter = make_letter(now=now - 30 * DAY)
    assert privacy.sweep(now) == 1
    letter.refresh_from_db()
    assert letter.is_forgotten
    assert "could not be erased" in caplog.text


@pytest.mark.parametrize("days", ["0", "15", "-1", "many"])
def test_no_longer_than_the_privacy_page_promises(folder: Path, days: str) -> None:
    with pytest.raises(CommandError, match="the privacy page promises"):
        run("backup", f"--keep-days={days}")


def test_of_two_at_once_one_is_refused(folder: Path) -> None:
    with (
        backup_folder.workshop(folder),
        pytest.raises(CommandError, match="Another back-up is being made"),
    ):
        run("backup")


def test_a_folder_that_cannot_be_written_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match=r"can't be written to .*/file/there"):
        run("backup", tmp_path / "file" / "there")


@pytest.mark.slow
def test_a_full_disk_leaves_no_file(folder: Path, tmp_path: Path) -> None:
    make_letter(body=os.urandom(300_000).hex())
    program = start(tmp_path, "backup", largest_file=100_000)
    said = program.communicate()[0].decode()
    assert program.returncode == 1
    assert "Make room" in said
    assert "Traceback" not in said
    assert list(folder.glob("postbag-*")) == []
    assert left_over(folder) == []


@pytest.mark.slow
def test_one_that_was_killed_leaves_nothing_that_the_next_does_not_clear(
    folder: Path, tmp_path: Path
) -> None:
    for _ in range(20):
        make_letter(body=os.urandom(100_000).hex())
    for delay in (0.0, 0.05, 0.1, 0.2):
        kill_later(start(tmp_path, "backup"), folder, delay)
        for place in folder.glob("postbag-*"):
            archive.verify(place)
            place.unlink()
    back_up()
    assert left_over(folder) == []


@pytest.mark.slow
def test_one_that_is_made_while_a_worker_sends_holds_no_half_letter(
    mail_server: MailServer, folder: Path, tmp_path: Path
) -> None:
    campaign, seat = make_campaign(), make_representative()
    for _ in range(200):
        make_letter(
            state=Letter.State.QUEUED,
            campaign=campaign,
            representative=seat,
            now=timezone.now(),
        )
    mail_server.seconds_for_a_mail = 0.005
    log = tmp_path / "log"
    with workers.started(
        workers.live(tmp_path / "var", mail_server.port), log
    ) as worker:
        workers.wait_until(lambda: len(mail_server.raw) > 20, log)
        # However long a back-up takes, the last letter is not reached.
        mail_server.seconds_for_a_mail = 1
        places = [back_up()]
        before = len(mail_server.raw)
        workers.wait_until(lambda: len(mail_server.raw) > before, log)
        places.append(back_up())
        gone = len(mail_server.raw)
        assert worker.end() == 0
    assert gone < 200
    for place in places:
        run("restore", place, "--replace")
        # Each has gone or is withheld, and its mail says the same.
        sent = Letter.objects.filter(state=Letter.State.ACCEPTED)
        withheld = Letter.objects.filter(state=Letter.State.CANCELLED)
        assert sent.count() + withheld.count() == 200
        assert 20 <= sent.count() <= gone
        assert set(sent.values_list("deliveries__state", flat=True)) == {"sent"}
        assert set(withheld.values_list("deliveries__state", flat=True)) == {"dropped"}
        assert not Delivery.objects.exclude(lease=None).exists()


@on_sqlite
def test_a_database_with_a_fault_is_not_backed_up(
    folder: Path, settings: Settings, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.sqlite3"
    broken.write_bytes(b"not a database at all" * 1000)
    connection.close()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = str(broken)
    try:
        with pytest.raises(CommandError, match="not a database"):
            run("backup")
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
    assert left_over(folder) == []


@on_postgresql
def test_the_password_stands_on_no_command_line(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.which("pg_dump")
    said = tmp_path / "said"
    pretend(tmp_path, f'[ "$1" = --version ] || echo "$@" > {said}; exec {real} "$@"')
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    back_up()
    words = said.read_text().split()
    assert "--format=custom" in words
    assert "--no-password" in words
    # The role, which may be the same word.
    del words[words.index("-U") + 1]
    assert connection.settings_dict["PASSWORD"] not in words
    assert "postgres://" not in said.read_text()


@on_postgresql
def test_a_pg_dump_that_is_too_old_is_told_apart(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(tmp_path, "echo 'pg_dump (PostgreSQL) 9.6.24'")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgresql, "_PLACES", ())
    with pytest.raises(CommandError, match=r"or later is needed .* and there is 9"):
        run("backup")
    assert left_over(folder) == []


@on_postgresql
def test_what_pg_dump_complains_of_is_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(
        tmp_path,
        "[ $1 = --version ] && echo 'pg_dump (PostgreSQL) 15.1' && exit\n"
        "echo half; echo 'out of shared memory' >&2; exit 1",
    )
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(CommandError, match="out of shared memory"):
        run("backup")
    assert list(folder.glob("postbag-*")) == []


def pretend(folder: Path, script: str) -> None:
    """Put a program in the place of pg_dump."""
    program = folder / "pg_dump"
    program.write_text(dedent(f"#!/bin/sh\n{script}\n"))
    program.chmod(0o700)


def test_the_file_can_be_opened_by_hand(folder: Path) -> None:
    place = back_up()
    with gzip.open(place) as file:
        assert file.read(13) == b"manifest.json"
    with tarfile.open(place) as tar:
        assert tar.getnames() == ["manifest.json", "database"]
