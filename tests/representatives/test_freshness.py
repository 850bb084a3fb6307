"""How old the registers are, and who says so."""

import datetime

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from representatives import freshness, parliament
from representatives.models import Register, RegisterVersion
from tests.actions.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_registers")]

TODAY = datetime.date(2026, 11, 26)


@pytest.fixture(autouse=True)
def _days(settings: Settings) -> None:
    settings.MEMBERS_OLD_AFTER_DAYS = 45


def load(register: Register, as_of: str) -> None:
    RegisterVersion.objects.filter(register=register).delete()
    RegisterVersion.objects.create(
        register=register, as_of=as_of, entries=1, loaded_at=NOW, is_current=True
    )


@pytest.mark.parametrize(
    ("as_of", "is_old"), [("2026-10-12", False), ("2026-10-11", True)]
)
def test_members_are_old_after_45_days(as_of: str, *, is_old: bool) -> None:
    load(Register.MEMBERS, as_of)

    assert freshness.members_are_old(TODAY) == is_old


def test_what_is_not_loaded_has_no_age_and_is_missing() -> None:
    assert not freshness.members_are_old(TODAY)
    assert freshness.ages(TODAY) == ()
    load(Register.POSTCODES, "2026-08")

    without = freshness.missing(freshness.ages(TODAY))

    assert without == (Register.CONSTITUENCIES, Register.MEMBERS)


def test_a_month_is_as_old_as_its_last_day() -> None:
    load(Register.POSTCODES, "2026-02")

    [age] = freshness.ages(datetime.date(2026, 3, 3))

    assert (age.days, age.is_old) == (3, False)


def test_a_directory_is_old_after_a_year_and_seats_never_are() -> None:
    load(Register.POSTCODES, "2025-10")
    load(Register.CONSTITUENCIES, "2010-05")

    told = {age.register: age.is_old for age in freshness.ages(TODAY)}

    assert told == {Register.POSTCODES: True, Register.CONSTITUENCIES: False}


def said_by_the_check() -> list[str]:
    found = run_checks(tags=["database"], databases=["default"])
    return [
        f"{one.msg} {one.hint}" for one in found if "representatives" in str(one.id)
    ]


def test_the_check_says_that_nothing_is_loaded() -> None:
    [said] = said_by_the_check()

    assert "No registers are loaded" in said
    assert "load_registers" in said


def test_the_check_says_which_register_is_old_and_what_to_do() -> None:
    long_ago = parliament.today() - datetime.timedelta(days=46)
    load(Register.MEMBERS, long_ago.isoformat())

    [said] = said_by_the_check()

    assert "members of the House of Commons is 46 days old" in said
    assert "Run manage.py sync_members." in said


def test_the_check_is_silent_while_all_are_young_or_no_database_is_named() -> None:
    assert not [
        one for one in run_checks(tags=["database"]) if "representatives" in str(one.id)
    ]
    load(Register.MEMBERS, parliament.today().isoformat())
    assert said_by_the_check() == []
