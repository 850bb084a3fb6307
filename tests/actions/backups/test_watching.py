"""Whoever runs the checks learns that back-ups are missing."""

import datetime
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.utils import timezone
from pytest_django import Settings

from actions.backup_folder import name_for
from tests.actions.backups.keeping import folder

__all__ = ["folder"]

pytestmark = pytest.mark.django_db


def told() -> list[str]:
    found = run_checks(tags=["database"], databases=["default"])
    ours = {"actions.W001", "actions.W002"}
    return [f"{one.id} {one.msg}" for one in found if one.id in ours]


@pytest.fixture(autouse=True)
def _live(settings: Settings) -> None:
    settings.DELIVERY_IS_LIVE = True


def test_none_yet(folder: Path) -> None:
    assert told() == [f"actions.W001 No back-up has been made in {folder} yet."]


@pytest.mark.parametrize(("hours", "warnings"), [(1, 0), (47, 0), (49, 1)])
def test_the_newest_may_be_two_days_old(
    folder: Path, hours: int, warnings: int
) -> None:
    folder.mkdir()
    at = timezone.now() - datetime.timedelta(hours=hours)
    (folder / name_for(at)).touch()
    (folder / name_for(at - datetime.timedelta(days=9))).touch()
    (folder / "postbag-of-mine.tar.gz").touch()
    assert len(told()) == warnings


def test_a_trial_needs_none(folder: Path, settings: Settings) -> None:
    settings.DELIVERY_IS_LIVE = False
    assert told() == []


def test_a_folder_that_cannot_be_written(folder: Path, settings: Settings) -> None:
    # Not by anybody: file permissions would not keep root out.
    folder.write_text("a file where a folder should be")
    settings.BACKUPS_DIR = folder / "there"
    assert [line[:12] for line in told()] == ["actions.W001", "actions.W002"]
