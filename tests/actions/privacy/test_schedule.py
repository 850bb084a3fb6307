"""One list: what is kept is shown and carried out, and nothing is in no line of it."""

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from django.apps import apps
from django.db import models
from pytest_django import Settings

import actions
from actions import erasures, limiting, privacy
from actions.models import Letter
from actions.privacy import clearing, periods
from actions.privacy.schedule import SCHEDULE, erasers
from actions.privacy.values import Otherwise
from actions.receiving import forgetting
from actions.screening import deciding
from tests.actions.factories import NOW

# What campaigners and staff write for everybody to read, and public registers: models
# by their names, or single fields, that hold nothing of a supporter.
PUBLIC: Final = {
    *("Campaign", "CampaignTranslation", "Demand", "DemandTranslation"),
    *("Prompt", "PromptTranslation", "Source", "SourceTranslation"),
    *("LetterTemplate", "LetterTemplateVersion", "HoldRule", "HoldLimit"),
    # Of MPs and their offices.
    *("FailingAddress", "Pace"),
    *("Constituency", "Representative", "RepresentativeOverride", "Office"),
    *("Portrait", "ParliamentPeriod", "ByElection", "RegisterVersion"),
    *("ImportLease", "PostcodeSector", "SyncRun"),
    # Django's own.
    *("Permission", "Group", "ContentType"),
}
_HOLDS_TEXT: Final = (
    models.CharField,
    models.TextField,
    models.BinaryField,
    models.JSONField,
    models.FileField,
    models.GenericIPAddressField,
)


def texts() -> set[str]:
    """Every field of every table that could hold a word of somebody."""
    return {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy and model.__name__ not in PUBLIC
        for field in model._meta.local_fields
        if isinstance(field, _HOLDS_TEXT)
    }


def test_every_text_of_every_table_is_in_one_line_or_known_to_be_public() -> None:
    """A model or field added later must be told apart before this passes again."""
    held = [field for kept in SCHEDULE for field in kept.holds]
    assert len(held) == len(set(held))
    assert set(held) == texts()


def test_all_that_erasing_a_letter_empties_is_in_a_line_with_its_time() -> None:
    in_time = {
        field
        for kept in SCHEDULE
        if kept.ends is privacy.forget_due
        for field in kept.holds
    }
    assert in_time == {f"Letter.{name}" for name in Letter.PERSONAL_FIELDS}


def modules() -> Iterator[Any]:
    for found in pkgutil.walk_packages(actions.__path__, "actions."):
        if ".migrations" not in found.name:
            yield importlib.import_module(found.name)


def test_nothing_is_erased_by_time_that_no_line_tells_of() -> None:
    named_so = ("forget", "expire", "end_overdue")
    found = {
        function
        for module in modules()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if name.startswith(named_so)
        and typing.get_type_hints(function).get("return") is int
        and len(inspect.signature(function).parameters) == 1
        and next(iter(inspect.signature(function).parameters)) in {"now", "_now"}
    }
    assert len(found) > 8
    assert found == set(erasers())


def test_the_sweep_carries_out_each_line_once() -> None:
    listed = [kept.ends for kept in SCHEDULE if not isinstance(kept.ends, Otherwise)]
    assert set(erasers()) == set(listed)
    assert len(erasers()) == len(set(erasers()))


@pytest.mark.parametrize("is_live", [False, True])
def test_every_line_is_shown_where_there_is_any_of_it(
    settings: Settings, *, is_live: bool
) -> None:
    settings.DELIVERY_IS_LIVE = is_live
    settings.LIVE_LOOKUP = ("parliament",)
    shown = {row.what for row in privacy.retention()}
    hidden = {str(kept.what) for kept in SCHEDULE} - shown
    assert hidden == (
        {"The mails of a trial, in the outbox on this machine"} if is_live else set()
    )


def how_long(what: str) -> str:
    [row] = [row for row in privacy.retention() if row.what.startswith(what)]
    return row.how_long


def test_what_is_said_comes_from_the_figures_that_are_gone_by(
    settings: Settings,
) -> None:
    settings.ERASE_AFTER_DAYS, settings.BACKUPS_KEPT_DAYS = 9, 5
    settings.CAMPAIGNS_KEPT_DAYS = 77
    assert how_long("Your letter and").startswith("9 days after")
    assert how_long("Mail that comes back").startswith("9 days at most")
    assert how_long("A letter that is held").startswith(
        "until that is decided: 90 days at most for one reason, or 14 days after a "
    )
    assert how_long("All of this once more") == (
        "5 days at most; the newest until there is a newer one, however old it is"
    )
    assert how_long("The number of a letter").startswith("10 days at most")
    for what in ("A keyed code made of the campaign", "What happened to the letter"):
        assert "closed and 77 days have passed" in how_long(what)
    assert "8 hours" in how_long("That one of those who run this place is signed in")
    notes = how_long("What your MP’s office tells us")
    assert f"until {deciding.NOTES_LIVE.days} days after" in notes
    assert f"and {deciding.NOTES_WAIT.days} days at most" in notes


def test_periods_without_a_figure_say_what_is_true() -> None:
    year = {deciding.WATCHED_FOR, clearing.RECORDS_LIVE, forgetting.RECORDS_LIVE}
    assert {period.days for period in year} == {365}
    assert periods.a_year() == "a year"
    # A window of a day, from its beginning, and the hour until the next sweep.
    assert limiting.DAY.days == 1
    assert erasures.TIMES_AS_LONG == 2


@pytest.mark.django_db
def test_where_nothing_is_each_eraser_finds_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    # Other tests leave mail in theirs.
    settings.OUTBOX_DIR = tmp_path / "outbox"
    assert [eraser(NOW) for eraser in erasers()] == [0] * len(erasers())
