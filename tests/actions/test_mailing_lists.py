"""Taking a list away: by whom, of whom, and harmless in a spreadsheet."""

import csv
import datetime
import io
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from actions import groups, mailing_lists, tokens
from actions.models import Campaign, Subscription
from tests.actions.factories import NOW, make_campaign, make_subscription

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
PAGE = "/admin/actions/subscription/"


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign(slug="uyghurs", title="Uyghurs")


@pytest.fixture
def organiser(client: Client) -> Client:
    """Somebody of the group, signed in."""
    groups.create()
    user = User.objects.create_user("organiser", is_staff=True)
    user.groups.add(Group.objects.get(name=groups.ORGANISERS))
    client.force_login(user)
    return client


def take(client: Client, campaign: Campaign) -> Any:
    return client.post(f"{PAGE}{campaign.pk}/export/")


def rows(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode())))


def test_an_organiser_takes_away_who_confirmed(
    organiser: Client, campaign: Campaign, settings: Settings
) -> None:
    settings.SITE_URL = "https://postbag.example"
    reader = make_subscription(
        campaign=campaign, email="jo@mail.example", confirmed_at=NOW + DAY
    )
    answer = take(organiser, campaign)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="updates-')
    assert "no-store" in answer["Cache-Control"]
    header, row = rows(answer)
    assert header == [
        "e-mail",
        "consent",
        "asked at",
        "confirmed at",
        "unsubscribe link",
    ]
    token = tokens.for_subscription(reader.pk)
    assert row == [
        "jo@mail.example",
        reader.consent_wording,
        "2026-11-22T12:00:00+00:00",
        "2026-11-23T12:00:00+00:00",
        f"https://postbag.example/updates/{token}/leave/",
    ]


def test_the_link_in_the_list_leaves(organiser: Client, campaign: Campaign) -> None:
    make_subscription(campaign=campaign, confirmed_at=NOW)
    link = rows(take(organiser, campaign))[1][-1]
    Client().post(link[link.index("/updates/") :])
    assert len(rows(take(organiser, campaign))) == 1


def test_nobody_else_stands_in_it(organiser: Client, campaign: Campaign) -> None:
    make_subscription(campaign=campaign, email="waits@mail.example")
    make_subscription(campaign=campaign, email="", confirmed_at=NOW, ended_at=NOW)
    make_subscription(email="another@campaign.example", confirmed_at=NOW)
    make_subscription(
        campaign=campaign,
        email="real@mail.example",
        confirmed_at=NOW,
        is_demo=False,
    )
    assert len(rows(take(organiser, campaign))) == 1


def test_where_mail_is_really_sent_nobody_from_trying_out_stands_in_it(
    organiser: Client, campaign: Campaign, settings: Settings
) -> None:
    settings.DELIVERY_IS_LIVE = True
    make_subscription(campaign=campaign, email="jo@mail.example", confirmed_at=NOW)
    make_subscription(
        campaign=campaign, email="trial@mail.example", confirmed_at=NOW, is_demo=True
    )
    assert [row[0] for row in rows(take(organiser, campaign))[1:]] == [
        "jo@mail.example"
    ]


@pytest.mark.parametrize(
    "email", ["=cmd()@mail.example", "+1@mail.example", "-1@mail.example", "@x"]
)
def test_no_cell_is_worked_out_by_a_spreadsheet(
    organiser: Client, campaign: Campaign, email: str
) -> None:
    # The form takes none of these; some later door might.
    make_subscription(campaign=campaign, email=email, confirmed_at=NOW)
    for cell in rows(take(organiser, campaign))[1]:
        assert not cell.startswith(("=", "+", "-", "@"))


def test_a_wording_with_lines_and_quotation_marks_stays_one_cell(
    organiser: Client, campaign: Campaign
) -> None:
    wording = 'I agree, "of course",\nto all of it.'
    make_subscription(campaign=campaign, confirmed_at=NOW, consent_wording=wording)
    assert rows(take(organiser, campaign))[1][1] == wording


def test_each_time_is_written_down_with_how_many_and_no_address(
    organiser: Client, campaign: Campaign
) -> None:
    make_subscription(campaign=campaign, email="jo@mail.example", confirmed_at=NOW)
    for _ in range(2):
        take(organiser, campaign)
    entries = LogEntry.objects.all()
    assert len(entries) == 2
    for entry in entries:
        assert (entry.user.get_username(), entry.object_id) == (
            "organiser",
            str(campaign.pk),
        )
        assert "1 long" in entry.change_message
        assert "jo@" not in entry.change_message


def test_the_page_tells_how_many_and_no_address(
    organiser: Client,
    campaign: Campaign,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_subscription(campaign=campaign, email="jo@mail.example", confirmed_at=NOW)
    make_subscription(campaign=campaign, email="waits@mail.example")
    make_campaign(title="Another")
    organiser.get(PAGE)
    # Session, user, its rights, the lists.
    with django_assert_num_queries(5):
        page = organiser.get(PAGE).content.decode()
    assert "@mail.example" not in page
    assert "Uyghurs" in page
    assert page.count("Export as CSV</button>") == 1
    ours, none = (
        next(one for one in mailing_lists.lists() if one.title == title)
        for title in ("Uyghurs", "Another")
    )
    assert (ours.confirmed, ours.waiting, ours.newest_at) == (1, 1, NOW)
    assert (none.confirmed, none.waiting, none.newest_at) == (0, 0, None)


def test_the_admins_front_page_leads_there(organiser: Client) -> None:
    assert f'href="{PAGE}"' in organiser.get("/admin/").content.decode()


def test_there_is_no_page_of_any_one_address_not_even_for_the_chief(
    client: Client, campaign: Campaign
) -> None:
    client.force_login(User.objects.create_superuser("chief"))
    reader = make_subscription(campaign=campaign, confirmed_at=NOW)
    for ending in (
        "add/",
        f"{reader.pk}/",
        f"{reader.pk}/change/",
        f"{reader.pk}/delete/",
        f"{reader.pk}/history/",
    ):
        assert client.get(PAGE + ending).status_code == 404


def test_the_list_is_taken_by_a_press_of_a_button_alone(
    organiser: Client, campaign: Campaign
) -> None:
    assert organiser.get(f"{PAGE}{campaign.pk}/export/").status_code == 405
    assert organiser.post(PAGE).status_code == 405
    assert not LogEntry.objects.exists()


def test_the_button_needs_the_pages_own_cookie(campaign: Campaign) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.create_superuser("chief"))
    assert take(strict, campaign).status_code == 403


def test_whoever_has_not_the_right_gets_neither_page_nor_list(
    client: Client, campaign: Campaign
) -> None:
    groups.create()
    user = User.objects.create_user("campaigner", is_staff=True)
    user.groups.add(Group.objects.get(name=groups.CAMPAIGNERS))
    user.user_permissions.add(Permission.objects.get(codename="view_subscription"))
    client.force_login(user)
    make_subscription(campaign=campaign, confirmed_at=NOW)
    assert client.get(PAGE).status_code == 403
    assert take(client, campaign).status_code == 403
    assert PAGE not in client.get("/admin/").content.decode()
    assert not LogEntry.objects.exists()


def test_a_stranger_is_sent_to_sign_in(client: Client, campaign: Campaign) -> None:
    answer = take(client, campaign)
    assert answer.status_code == 302
    assert answer.url.startswith("/admin/login/")


def test_of_a_campaign_that_is_not_there_nothing_is_taken(organiser: Client) -> None:
    assert organiser.post(f"{PAGE}999999/export/").status_code == 404


def test_taking_a_list_away_changes_nobody_on_it(
    organiser: Client, campaign: Campaign
) -> None:
    make_subscription(campaign=campaign, confirmed_at=NOW)
    before = list(Subscription.objects.values())
    take(organiser, campaign)
    assert list(Subscription.objects.values()) == before
