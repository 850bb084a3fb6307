"""The journal of what people had erased, beside the back-ups."""

import datetime
import logging
import stat
import uuid
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from actions import erasures, privacy, subscribing
from actions.erasures import Deed, Erased
from actions.models import Letter
from tests.actions.factories import make_letter, make_subscription

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.OUTBOX_DIR = tmp_path / "outbox"
    settings.BACKUPS_DIR = tmp_path / "backups"
    return tmp_path / "backups"


def test_what_somebody_wanted_erased_is_noted_by_its_number_alone(folder: Path) -> None:
    now = timezone.now()
    asked = make_letter(state=Letter.State.ACCEPTED)
    disowned = make_letter(state=Letter.State.ACCEPTED)
    wish = make_subscription()
    privacy.erase_on_request(asked, now=now)
    privacy.forget(disowned, now=now)
    subscribing.leave(wish, now=now)
    [path] = folder.iterdir()
    assert path.read_text() == (
        f"asked {asked.pk}\ndisowned {disowned.pk}\nleft {wish.pk}\n"
    )
    assert path.name == f"erased-{now.astimezone(datetime.UTC).date()}.txt"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_time_erases_is_not_noted(folder: Path) -> None:
    make_letter(state=Letter.State.ACCEPTED)
    make_letter()
    assert privacy.sweep(timezone.now() + 400 * DAY) == 2
    assert not folder.exists()


def test_what_is_noted_is_read_even_after_half_an_entry(folder: Path) -> None:
    one, two = uuid.uuid4(), uuid.uuid4()
    folder.mkdir()
    path = folder / "erased-2026-11-20.txt"
    path.write_text(f"asked {str(uuid.uuid4())[:20]}asked {one}\nasked nobody\n\xff")
    (folder / "notes.txt").write_text(f"asked {uuid.uuid4()}")
    erasures.note(Deed.LEFT, [two])
    assert erasures.noted(folder, folder, folder / "gone") == Erased(
        asked=frozenset({one}), left=frozenset({two})
    )


def test_a_journal_that_cannot_be_written_keeps_nobody_from_being_erased(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.write_text("a file where the folder should be")
    letter = make_letter(state=Letter.State.ACCEPTED)
    with caplog.at_level(logging.ERROR):
        assert privacy.erase_on_request(letter, now=timezone.now())
    letter.refresh_from_db()
    assert letter.is_forgotten
    assert "could not be noted" in caplog.text
    assert str(letter.pk) not in caplog.text


def test_journals_go_once_no_back_up_can_be_from_before(
    folder: Path, settings: Settings
) -> None:
    settings.BACKUPS_KEPT_DAYS = 14
    folder.mkdir()
    for day in ("2026-10-28", "2026-10-29", "2026-11-26"):
        (folder / f"erased-{day}.txt").touch()
    (folder / "postbag-20261001T000000Z.tar.gz").touch()
    privacy.sweep(datetime.datetime(2026, 11, 26, 3, 0, tzinfo=datetime.UTC))
    assert sorted(path.name for path in folder.iterdir()) == [
        "erased-2026-10-29.txt",
        "erased-2026-11-26.txt",
        "postbag-20261001T000000Z.tar.gz",
    ]
