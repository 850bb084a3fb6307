"""Taking mail in as a command: a pipe, a folder, and what a mail server is told."""

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError
from pytest_django import Settings

from actions.incoming.values import Envelope
from actions.models import IncomingMail, Letter
from actions.receiving import taking
from tests import workers
from tests.actions import quiet
from tests.actions.factories import make_letter
from tests.actions.quiet import no_error_in_the_log
from tests.actions.receiving.arriving import gone, owed, raw, written

__all__ = ["no_error_in_the_log"]

LATER = os.EX_TEMPFAIL


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    maildir = tmp_path / "Maildir"
    for name in ("new", "cur", "tmp"):
        (maildir / name).mkdir(parents=True)
    return maildir


@pytest.fixture
def live(settings: Settings) -> None:
    settings.DELIVERY_IS_LIVE = True
    settings.SENDER_ADDRESS = "letters@postbag.example"


def pipe(
    content: bytes, var: Path, *options: str, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Hand a mail over as a mail server does."""
    return subprocess.run(
        [sys.executable, "manage.py", "receive_mail", *options],
        cwd=settings.BASE_DIR,
        env={**workers.live(var, 25), **environment},
        input=content,
        capture_output=True,
        timeout=workers.SECONDS_TO_WAIT,
        check=False,
    )


@contextmanager
def watching(
    folder: Path, var: Path, **environment: str
) -> Iterator[tuple["subprocess.Popen[bytes]", Path]]:
    """Watch a folder by a process, which says in a file what it does."""
    log = var / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [
                *(sys.executable, "manage.py", "receive_mail", "--watch"),
                *("--maildir", str(folder), "--poll", "0.1"),
            ],
            cwd=settings.BASE_DIR,
            env={**workers.live(var, 25), **environment},
            stdout=file,
            stderr=file,
        )
    try:
        yield process, log
    finally:
        process.kill()
        process.wait()


def look(folder: Path) -> None:
    call_command("receive_mail", maildir=folder)


# --- A pipe -------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.usefixtures("live")
@pytest.mark.django_db(transaction=True)
def test_a_mail_server_hands_a_mail_over_by_a_pipe(tmp_path: Path) -> None:
    letter = gone()
    to = f"--recipient=bounce.{letter.tag}@postbag.example"
    ended = pipe(raw("bounce-postfix", letter), tmp_path, to, "--sender=")
    assert ended.returncode == 0, ended.stderr
    letter.refresh_from_db()
    assert letter.state == Letter.State.BOUNCED
    said = (ended.stdout + ended.stderr).decode()
    assert letter.tag not in said
    assert letter.recipient_email not in said
    assert "Traceback" not in said


@pytest.mark.slow
@pytest.mark.usefixtures("live")
@pytest.mark.django_db(transaction=True)
def test_whatever_comes_nothing_is_sent_back(tmp_path: Path) -> None:
    letter = gone()
    for content in (
        b"",
        b"\0" * 1000,
        raw("reply-plain", letter).replace(letter.tag.encode(), b"a" * 13),
        written(letter, "x" * 300_000),
    ):
        ended = pipe(content, tmp_path, LARGEST_INCOMING_BYTES="200000")
        assert (ended.returncode, b"Traceback" in ended.stderr) == (0, False)
    assert IncomingMail.objects.count() == 4


@pytest.mark.slow
def test_without_a_database_the_mail_server_tries_again(tmp_path: Path) -> None:
    away = f"sqlite:///{tmp_path}/nowhere/db.sqlite3"
    ended = pipe(b"From: a@b.example\n\n", tmp_path, DATABASE_URL=away)
    assert ended.returncode == LATER
    assert b"Traceback" not in ended.stderr


# --- A folder -----------------------------------------------------------------------


@pytest.mark.django_db
def test_all_in_a_folder_is_taken_in_and_deleted(folder: Path) -> None:
    letter = gone()
    (folder / "new" / "1.a.host").write_bytes(raw("reply-plain", letter))
    (folder / "cur" / "2.b.host:2,S").write_bytes(raw("delay-postfix", letter))
    (folder / "tmp" / "3.c.host").write_bytes(b"being written")
    look(folder)
    assert owed(letter) == ["forward"]
    assert IncomingMail.objects.count() == 2
    left = [path.name for path in folder.rglob("*") if path.is_file()]
    assert left == ["3.c.host"]


@pytest.mark.django_db
def test_what_cannot_be_read_stops_nothing_else(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    letter = gone()
    secret = folder.parent / "secret"
    secret.write_bytes(raw("doubt-spam", letter))
    (folder / "new" / "1.link").symlink_to(secret)
    (folder / "new" / "2.folder").mkdir()
    os.mkfifo(folder / "new" / "3.pipe")
    (folder / "new" / "4.mail").write_bytes(raw("reply-plain", letter))
    with pytest.raises(CommandError) as ended:
        look(folder)
    assert ended.value.returncode == LATER
    assert IncomingMail.objects.get().kind == IncomingMail.Kind.REPLY
    assert not [one for one in caplog.records if one.exc_info]


@pytest.mark.django_db
def test_mail_for_a_letter_that_is_being_sent_stays_until_it_went(
    folder: Path,
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    letter.deliveries.update(state="sent", done_at=letter.created_at)
    mail = folder / "new" / "1"
    mail.write_bytes(raw("bounce-postfix", letter))
    with pytest.raises(CommandError):
        look(folder)
    assert mail.exists()
    Letter.objects.update(
        state=Letter.State.ACCEPTED,
        accepted_at=letter.created_at,
        ended_at=letter.created_at,
    )
    look(folder)
    assert not mail.exists()


@pytest.mark.parametrize("fault", [OperationalError("letter of a@b"), KeyError("a@b")])
def test_a_fault_leaves_the_mail_and_says_nothing_of_it(
    folder: Path,
    fault: Exception,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(_raw: bytes, _envelope: Envelope, *_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(taking, "take_in", broken)
    mail = folder / "new" / "1"
    mail.write_bytes(b"From: a@b\n\n")
    caplog.set_level(logging.INFO)
    with pytest.raises(CommandError) as ended:
        look(folder)
    assert ended.value.returncode == LATER
    assert mail.exists()
    assert "a@b" not in "".join(one.getMessage() for one in caplog.records)
    # A fault of ours is one; a database that is away is none.
    assert len(quiet.errors(caplog)) == isinstance(fault, KeyError)


def test_what_is_no_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is no folder") as ended:
        look(tmp_path / "nowhere")
    assert ended.value.returncode == os.EX_USAGE
    with pytest.raises(CommandError, match="needs --maildir"):
        call_command("receive_mail", watch=True)


@pytest.mark.slow
@pytest.mark.usefixtures("live")
@pytest.mark.django_db(transaction=True)
def test_a_folder_is_watched_until_told_to_end(folder: Path, tmp_path: Path) -> None:
    letters = [gone(), gone()]
    with watching(folder, tmp_path) as (process, log):
        for number, letter in enumerate(letters):
            (folder / "new" / str(number)).write_bytes(raw("reply-plain", letter))
            workers.wait_until(
                lambda letter=letter: owed(letter) == ["forward"],  # type: ignore[misc]
                log,
            )
        process.send_signal(signal.SIGTERM)
        assert process.wait(workers.SECONDS_TO_WAIT) == 0
    assert "Traceback" not in log.read_text()
