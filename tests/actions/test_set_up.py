from io import StringIO

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.forms import model_to_dict, modelform_factory
from django.test import Client
from pytest_django import Settings

from actions import groups
from actions.models import Campaign, LetterTemplateVersion
from actions.staff_forms import CampaignForm
from tests.actions.factories import make_campaign

pytestmark = pytest.mark.django_db


def set_up() -> str:
    told = StringIO()
    call_command("set_up", stdout=told)
    return told.getvalue()


def test_a_real_place_gets_groups_and_a_draft_but_no_accounts(
    client: Client, settings: Settings
) -> None:
    settings.DELIVERY_IS_LIVE = True
    told = set_up()
    assert {group.name for group in Group.objects.all()} == {
        "Campaigners",
        "Organisers",
    }
    campaign = Campaign.objects.get()
    assert campaign.state == Campaign.State.DRAFT
    assert LetterTemplateVersion.objects.newest_of(campaign)
    assert client.get(f"/{campaign.slug}/").status_code == 404
    assert not User.objects.exists()
    assert "Stop Uyghur Genocide as a draft" in told
    assert "Campaigners" in told


def test_the_draft_is_whole_so_that_staff_only_have_to_open_it() -> None:
    set_up()
    campaign = Campaign.objects.get()
    form_class = modelform_factory(Campaign, form=CampaignForm, fields="__all__")
    form = form_class(
        {**model_to_dict(campaign), "state": Campaign.State.OPEN}, instance=campaign
    )
    assert form.is_valid(), form.errors


def test_a_database_that_is_not_ready_says_what_to_do() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE actions_campaign RENAME TO elsewhere")
    with pytest.raises(CommandError, match=r"manage\.py migrate"):
        set_up()


@pytest.mark.parametrize("name", list(groups.MAY))
def test_every_right_that_a_group_is_meant_to_have_exists(name: str) -> None:
    set_up()
    held = {
        (right.content_type.app_label, right.codename)
        for right in Group.objects.get(name=name).permissions.select_related(
            "content_type"
        )
    }
    assert held == {
        (app, f"{deed}_{model}")
        for (app, model), deeds in groups.MAY[name].items()
        for deed in deeds.split()
    }


def test_a_second_time_nothing_is_done() -> None:
    set_up()
    Campaign.objects.update(slug="uyghurs", headline="Ours now")
    assert "Everything was there" in set_up()
    assert Campaign.objects.get().headline == "Ours now"
    assert Group.objects.count() == 2


def test_rights_that_staff_gave_a_group_stay_and_missing_ones_come_back() -> None:
    set_up()
    organisers = Group.objects.get(name="Organisers")
    campaigners = Group.objects.get(name="Campaigners")
    meant = organisers.permissions.count()
    organisers.permissions.set(campaigners.permissions.all())
    set_up()
    assert organisers.permissions.count() > meant
    assert set(campaigners.permissions.all()) <= set(organisers.permissions.all())


def test_a_place_with_a_campaign_of_its_own_gets_no_other() -> None:
    own = make_campaign()
    set_up()
    assert Campaign.objects.get() == own
