import re
import stat
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from actions.models import Campaign
from representatives.models import Constituency

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var(tmp_path: Path, settings: Settings) -> Path:
    settings.VAR_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    return tmp_path


def set_up_demo() -> str:
    told = StringIO()
    call_command("set_up_demo", stdout=told)
    return told.getvalue()


def test_registers_campaign_and_static_files_are_there_afterwards(var: Path) -> None:
    set_up_demo()
    assert Constituency.objects.count() == 650
    assert Campaign.objects.open().count() == 1
    assert list((var / "static" / "actions").iterdir())


def test_passwords_are_told_once_and_kept_for_the_owner_only(var: Path) -> None:
    told = set_up_demo()
    kept = var / "demo-passwords.txt"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    passwords = dict(line.split(": ") for line in kept.read_text().splitlines())
    assert list(passwords) == ["campaigner", "organiser"]
    for name, password in passwords.items():
        assert password in told
        assert re.fullmatch("[A-Za-z0-9]{20}", password)
        assert authenticate(username=name, password=password)
    assert not any(password in set_up_demo() for password in passwords.values())


def test_every_database_gets_passwords_of_its_own(var: Path) -> None:
    set_up_demo()
    kept = var / "demo-passwords.txt"
    first = kept.read_text()
    User.objects.filter(username="organiser").delete()
    set_up_demo()
    campaigner, organiser = kept.read_text().splitlines()
    assert campaigner == first.splitlines()[0]
    assert organiser != first.splitlines()[1]


def test_what_people_changed_stays(var: Path) -> None:
    set_up_demo()
    Campaign.objects.update(headline="Ours now")
    campaigner = User.objects.get(username="campaigner")
    campaigner.set_password("chosen by its owner")
    campaigner.save()
    set_up_demo()
    assert Campaign.objects.get().headline == "Ours now"
    assert authenticate(username="campaigner", password="chosen by its owner")


@pytest.mark.parametrize(
    ("name", "may", "may_not"),
    [
        (
            "campaigner",
            [
                "actions.change_campaign",
                "actions.add_demand",
                "actions.add_lettertemplateversion",
                "actions.view_source",
            ],
            [
                "actions.delete_campaign",
                "actions.view_letter",
                "auth.view_user",
                "representatives.change_representativeoverride",
            ],
        ),
        (
            "organiser",
            [
                "actions.view_campaign",
                "actions.view_lettertemplateversion",
                "representatives.change_representative",
                "representatives.change_representativeoverride",
            ],
            [
                "actions.change_campaign",
                "actions.view_letter",
                "auth.view_user",
                "representatives.add_representative",
                "representatives.delete_representative",
            ],
        ),
    ],
)
def test_accounts_may_do_their_own_work_only(
    name: str, may: list[str], may_not: list[str]
) -> None:
    set_up_demo()
    user = User.objects.get(username=name)
    assert user.is_staff
    assert not user.is_superuser
    assert [deed for deed in may if not user.has_perm(deed)] == []
    assert [deed for deed in may_not if user.has_perm(deed)] == []


def test_both_accounts_get_into_the_admin(client: Client) -> None:
    told = set_up_demo()
    made = re.findall(r"account (\w+) with the password (\S+)", told)
    assert len(made) == 2
    for name, password in made:
        assert client.login(username=name, password=password)
        assert client.get("/admin/").status_code == 200


def test_unchanged_static_files_are_not_collected_again(var: Path) -> None:
    set_up_demo()
    marker = var / "static" / "only-a-new-collection-removes-this"
    marker.touch()
    assert "static" not in set_up_demo()
    assert marker.exists()
    (var / "static-files-collected").write_text("of other files")
    assert "static" in set_up_demo()
    assert not marker.exists()


def test_a_real_place_gets_no_demo_accounts(settings: Settings) -> None:
    settings.DELIVERY_IS_LIVE = True
    with pytest.raises(CommandError, match="does not run with DELIVERY=live"):
        set_up_demo()
    assert not User.objects.exists()
