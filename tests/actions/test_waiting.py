"""Real letters wait while nobody can be sure who the MPs are, and people are told."""

import datetime
from itertools import repeat

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from actions import (
    delivering,
    groups,
    holding,
    reasons,
    reviewing,
    telling,
    tokens,
)
from actions.models import Delivery, Letter, LetterEvent
from representatives import parliament
from representatives.models import (
    ParliamentPeriod,
    Register,
    RegisterVersion,
    Representative,
)
from tests.actions.factories import make_letter
from tests.actions.pages import text
from tests.registers import make_member
from tests.smtp import MailServer, mail_server, text_of

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _days(settings: Settings) -> None:
    settings.MEMBERS_OLD_AFTER_DAYS = 45
    RegisterVersion.objects.filter(register=Register.MEMBERS).delete()


def load_members(days_ago: int) -> None:
    RegisterVersion.objects.filter(register=Register.MEMBERS).delete()
    RegisterVersion.objects.create(
        register=Register.MEMBERS,
        as_of=(parliament.today() - days_ago * DAY).isoformat(),
        entries=650,
        loaded_at=timezone.now(),
        is_current=True,
    )


def make_organiser(email: str, *, is_active: bool = True) -> None:
    groups.create()
    organiser = User.objects.create(
        username=f"organiser-{User.objects.count()}", email=email, is_active=is_active
    )
    organiser.groups.add(Group.objects.get(name=groups.ORGANISERS))


def queue() -> Letter:
    return make_letter(state=Letter.State.QUEUED, now=timezone.now())


# --- Letters ------------------------------------------------------------------------


def test_a_letter_waits_for_newer_members_and_then_goes(
    mail_server: MailServer, client: Client
) -> None:
    load_members(46)
    letter = queue()

    assert not delivering.deliver_due().any_moved

    page = text(client.get(f"/letters/{tokens.for_letter(letter.pk)}/"))
    assert "Your letter is held for now" in page
    assert "Our list of MPs is being brought up to date" in page
    load_members(0)
    assert delivering.deliver_due().sent == 1
    assert mail_server.recipients == [letter.recipient_email]


def test_our_own_mails_do_not_wait(mail_server: MailServer) -> None:
    load_members(46)
    make_letter(now=timezone.now())

    assert delivering.deliver_due().sent == 1


def test_a_trial_sends_whatever_the_age() -> None:
    load_members(460)
    queue()

    assert delivering.deliver_due().sent == 1


# --- Letters that wait for long -----------------------------------------------------


def look(now: datetime.datetime, *, live: bool = True) -> int:
    return reviewing.look(now, live=live)


def owed(letter: Letter) -> set[str]:
    return set(letter.deliveries.waiting().values_list("kind", flat=True))


def waiting_for_long() -> tuple[Letter, datetime.datetime]:
    """Hold a letter for want of a newer list; give it, and the time."""
    load_members(46)
    letter = queue()
    now = letter.deliveries.get().due_at + reviewing.REGISTER_IS_AWAITED
    assert look(now) == 1
    letter.refresh_from_db()
    return letter, now


@pytest.mark.usefixtures("mail_server")
def test_a_letter_that_has_been_due_for_days_is_held_and_its_writer_told(
    client: Client,
) -> None:
    load_members(46)
    letter = queue()
    due = letter.deliveries.get().due_at
    later = due + reviewing.REGISTER_IS_AWAITED

    assert look(later - MINUTE) == 0
    assert look(later) == 1
    assert look(later + MINUTE) == 0, "once is enough"

    letter.refresh_from_db()
    assert (letter.state, letter.held_for) == (
        Letter.State.HELD,
        Letter.Hold.REGISTER_OLD,
    )
    assert letter.decide_by == holding.end_of_day(later + holding.REGISTERS_TAKE)
    assert owed(letter) == {Delivery.Kind.HELD_NOTICE}
    page = text(client.get(f"/letters/{tokens.for_letter(letter.pk)}/"))
    assert "Our list of MPs is too old to be sure who your MP is now." in page
    assert "how to post it" in page


@pytest.mark.usefixtures("mail_server")
def test_a_list_that_has_just_become_old_holds_nothing_however_long_it_was_due() -> (
    None
):
    """As after an outage: the list may be mended before anybody need hear of it."""
    load_members(46 - reviewing.REGISTER_IS_AWAITED.days)
    letter = queue()
    later = timezone.now() + reviewing.REGISTER_IS_AWAITED
    letter.deliveries.update(due_at=later - 30 * DAY)
    assert look(later) == 0
    assert not delivering.deliver_due(clock=lambda: later).any_moved
    assert look(later + reviewing.REGISTER_IS_AWAITED) == 1


@pytest.mark.usefixtures("mail_server")
def test_what_is_not_due_yet_or_was_written_in_a_trial_is_not_held() -> None:
    load_members(46)
    planned = queue()
    make_letter(state=Letter.State.QUEUED, is_demo=True)
    later = timezone.now() + reviewing.REGISTER_IS_AWAITED
    planned.deliveries.update(due_at=later)
    assert look(later) == look(later, live=False) == 0
    assert set(Letter.objects.values_list("state")) == {(Letter.State.QUEUED,)}


def test_that_an_old_list_still_names_its_mp_lets_no_letter_go(
    mail_server: MailServer,
) -> None:
    letter, now = waiting_for_long()
    for days in range(1, holding.REGISTERS_TAKE.days):
        later = now + days * DAY
        assert look(later) == 0
        delivering.deliver_due(clock=repeat(later).__next__)
    assert mail_server.recipients == [letter.sender_email], "the notice alone"


def test_a_held_letter_goes_once_the_list_is_up_to_date(
    mail_server: MailServer,
) -> None:
    letter, now = waiting_for_long()
    load_members(0)
    assert look(now + DAY) == 1
    delivering.deliver_due(clock=lambda: now + DAY)
    letter.refresh_from_db()
    assert letter.state == Letter.State.ACCEPTED
    assert letter.recipient_email in mail_server.recipients
    released = letter.events.get(kind=LetterEvent.Kind.RELEASED)
    assert released.cause == reviewing.UP_TO_DATE


@pytest.mark.usefixtures("mail_server")
def test_its_writer_is_asked_if_the_new_list_names_somebody_else() -> None:
    letter, now = waiting_for_long()
    load_members(0)
    former = Representative.objects.filter(pk=letter.representative_id)
    former.update(is_current=False)
    make_member(constituency=letter.constituency)
    assert look(now + DAY) == 1
    letter.refresh_from_db()
    assert letter.held_for == Letter.Hold.MEMBER_CHANGED


def test_a_list_that_nobody_brings_up_to_date_ends_the_wait_with_the_way_to_post_it(
    mail_server: MailServer,
) -> None:
    letter, now = waiting_for_long()
    end = now + holding.REGISTERS_TAKE + DAY
    holding.end_overdue(end)
    delivering.deliver_due(clock=lambda: end)
    letter.refresh_from_db()
    assert letter.state == Letter.State.FAILED
    failure = reasons.of_failure(letter)
    assert (failure.ending, failure.lacks_mp) == (
        reasons.Ending.HELD_TOO_LONG,
        False,
    )
    told = text_of(mail_server.mails[-1])
    assert "Our list of MPs was too old to be sure who sits." in told
    assert "House of Commons" in told


# --- The organisers -----------------------------------------------------------------


def tell(now: datetime.datetime | None = None, *, live: bool = True) -> int:
    return telling.about_letters_that_wait(now or timezone.now(), live=live)


def test_organisers_are_told_once_a_day_while_letters_wait(
    mail_server: MailServer,
) -> None:
    make_organiser("ann@campaign.example")
    make_organiser("bob@campaign.example")
    make_organiser("")
    make_organiser("gone@campaign.example", is_active=False)
    load_members(50)
    queue()
    now = timezone.now()

    assert tell(now) == 2
    assert tell(now) == 0
    assert tell(now + DAY) == 2

    assert set(mail_server.recipients) == {
        "ann@campaign.example",
        "bob@campaign.example",
    }
    body = text_of(mail_server.mails[0])
    assert "1 confirmed letter waits: our list of MPs is 50 days old" in body
    assert "/admin/representatives/syncrun/" in body


def test_organisers_are_told_of_held_letters_and_when_the_first_is_given_back(
    mail_server: MailServer,
) -> None:
    make_organiser("ann@campaign.example")
    letter, now = waiting_for_long()
    assert tell(now) == 1
    body = text_of(mail_server.mails[-1])
    end = timezone.localdate(now + holding.REGISTERS_TAKE)
    assert "1 confirmed letter waits" in body
    assert f"not up to date by {end.day} {end:%B %Y}, the first is given back" in body
    assert letter.sender_name not in body


def test_nobody_is_told_of_nothing(mail_server: MailServer) -> None:
    make_organiser("ann@campaign.example")
    load_members(50)
    assert tell() == 0
    queue()
    load_members(0)
    assert tell() == 0


def test_a_dissolution_is_no_news_to_organisers(mail_server: MailServer) -> None:
    make_organiser("ann@campaign.example")
    load_members(0)
    queue()
    ParliamentPeriod.objects.create(
        state=ParliamentPeriod.State.DISSOLVED, begins_on=parliament.today()
    )

    assert tell() == 0


def test_a_mail_server_that_is_away_stops_nothing(
    mail_server: MailServer, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    make_organiser("ann@campaign.example")
    load_members(50)
    queue()
    settings.EMAIL_PORT = 1

    assert tell() == 0

    assert "An organiser could not be told" in caplog.text
    assert "ann@" not in caplog.text


# --- Whoever watches over the place -------------------------------------------------


def test_the_health_page_says_how_old_each_register_is(client: Client) -> None:
    load_members(3)

    answer = client.get("/health/")

    assert answer.status_code == 200
    said = answer.json()
    assert said["is_well"] is True
    assert (said["parliament"], said["letters_wait"]) == ("sitting", False)
    [members] = [one for one in said["registers"] if one["register"] == "members"]
    assert (members["days"], members["is_old"]) == (3, False)
    assert said["missing"] == []
    assert "no-store" in answer["Cache-Control"]


def test_letters_that_wait_are_no_good_health(
    client: Client, mail_server: MailServer
) -> None:
    load_members(46)

    answer = client.get("/health/")

    assert answer.status_code == 503
    assert answer.json()["letters_wait"] is True


@pytest.mark.parametrize(("minutes", "status"), [(59, 200), (61, 503)])
def test_mails_that_do_not_get_out_are_no_good_health(
    client: Client, mail_server: MailServer, minutes: int, status: int
) -> None:
    load_members(3)
    due_at = timezone.now() - minutes * MINUTE
    make_letter(state=Letter.State.QUEUED, now=due_at)

    answer = client.get("/health/")

    assert answer.status_code == status
    assert answer.json()["mails_are_late"] is (status == 503)


def test_who_tries_postbag_out_needs_no_worker_for_good_health(client: Client) -> None:
    load_members(3)
    make_letter(state=Letter.State.QUEUED, now=timezone.now() - DAY)

    assert client.get("/health/").status_code == 200


def test_a_dissolution_is_good_health(client: Client) -> None:
    load_members(3)
    ParliamentPeriod.objects.create(
        state=ParliamentPeriod.State.DISSOLVED, begins_on=parliament.today()
    )

    answer = client.get("/health/")

    assert answer.status_code == 200
    assert answer.json()["parliament"] == "dissolved"


def test_a_place_without_registers_is_not_well(client: Client) -> None:
    RegisterVersion.objects.all().delete()

    answer = client.get("/health/")

    assert answer.status_code == 503
    assert answer.json()["missing"] == ["constituencies", "members", "postcodes"]


def test_a_place_without_members_names_them_and_is_not_well(client: Client) -> None:
    answer = client.get("/health/")

    assert answer.status_code == 503
    assert answer.json()["missing"] == ["members"]


def test_without_members_and_without_a_parliament_a_place_is_well(
    client: Client,
) -> None:
    """As after the boundaries changed, until somebody is elected."""
    ParliamentPeriod.objects.create(
        state=ParliamentPeriod.State.DISSOLVED, begins_on=parliament.today()
    )

    answer = client.get("/health/")

    assert answer.status_code == 200
    assert answer.json()["missing"] == ["members"]


def test_without_postcodes_letters_go_and_the_page_names_what_is_missing(
    client: Client,
) -> None:
    load_members(0)
    RegisterVersion.objects.filter(register=Register.POSTCODES).delete()

    answer = client.get("/health/")

    assert answer.status_code == 200
    assert answer.json()["missing"] == ["postcodes"]
