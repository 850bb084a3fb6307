"""While Parliament has no members nobody is named, written to or sent to."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from actions import delivering, holding, reviewing, submitting, tokens
from actions.errors import NoParliamentError
from actions.models import Campaign, Delivery, Letter
from representatives import parliament
from representatives.models import (
    ByElection,
    ParliamentPeriod,
    Register,
    RegisterVersion,
    Representative,
)
from tests.actions.factories import (
    make_campaign,
    make_letter,
    make_representative,
    place_postcodes,
)
from tests.actions.pages import hidden, text
from tests.registers import make_member

pytestmark = pytest.mark.django_db

State = ParliamentPeriod.State
DAY = datetime.timedelta(days=1)
OWN = "My neighbour has not heard from her brother since 2018."
DISSOLVED = "Parliament is dissolved"


@pytest.fixture(autouse=True)
def _quick(settings: Settings) -> None:
    settings.LEAST_SECONDS_TO_READ = 0


@pytest.fixture
def member() -> Representative:
    member = make_representative()
    place_postcodes(member.constituency, "ZE9 9", "AA")
    return member


@pytest.fixture
def campaign(member: Representative) -> Campaign:
    return make_campaign()


def say(state: str, days: int) -> None:
    begins_on = parliament.today() + days * DAY
    ParliamentPeriod.objects.create(state=state, begins_on=begins_on)


def draw_up_register(days: int) -> None:
    RegisterVersion.objects.filter(register=Register.MEMBERS).delete()
    RegisterVersion.objects.create(
        register=Register.MEMBERS,
        as_of=(parliament.today() + days * DAY).isoformat(),
        entries=650,
        loaded_at=timezone.now(),
        is_current=True,
    )


def status_page(client: Client, letter: Letter) -> str:
    return text(client.get(f"/letters/{tokens.for_letter(letter.pk)}/"))


# --- Pages --------------------------------------------------------------------------


def test_the_campaign_says_why_nobody_can_write_and_until_when(
    client: Client, campaign: Campaign
) -> None:
    say(State.DISSOLVED, -1)
    say(State.COUNTING, 30)
    opens = parliament.today() + 30 * DAY

    page = text(client.get(f"/{campaign.slug}/"))

    assert DISSOLVED in page
    assert f"Writing opens again on {opens.day} {opens:%B %Y}" in page
    assert 'name="postcode"' not in page
    assert "#postcode" not in page


def test_without_a_date_it_opens_when_the_elected_are_known(
    client: Client, campaign: Campaign
) -> None:
    say(State.DISSOLVED, 0)

    page = text(client.get(f"/{campaign.slug}/"))

    assert "Writing opens again as soon as we know who was elected." in page


def test_a_closed_campaign_speaks_of_itself_alone(client: Client) -> None:
    campaign = make_campaign(state=Campaign.State.CLOSED)
    say(State.DISSOLVED, 0)

    page = text(client.get(f"/{campaign.slug}/"))

    assert DISSOLVED not in page
    assert "This campaign is closed" in page


@pytest.mark.parametrize(
    "ending", ["write/", "write/letter/", "write/send/", "quietly/", "quietly/letter/"]
)
def test_no_page_of_writing_goes_on_and_none_loses_what_was_typed(
    client: Client, campaign: Campaign, member: Representative, ending: str
) -> None:
    found = client.post(f"/{campaign.slug}/write/", {"postcode": "ZE9 9AA"})
    assert member.display_name in text(found)
    say(State.DISSOLVED, 0)

    answer = client.post(
        f"/{campaign.slug}/{ending}", {**hidden(found), "body": OWN, "reason": OWN}
    )

    assert answer.status_code == 409
    assert DISSOLVED in text(answer)
    assert OWN in text(answer)
    assert member.display_name not in text(answer)


def test_the_progress_page_names_no_mp(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    at = f"/{campaign.slug}/progress/"
    assert member.display_name in text(client.get(at))
    say(State.DISSOLVED, 0)

    assert member.display_name not in text(client.get(at))


def test_after_the_election_the_page_waits_for_the_register(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    say(State.DISSOLVED, -30)
    say(State.COUNTING, -1)
    draw_up_register(-60)
    waiting = text(client.get(f"/{campaign.slug}/"))
    assert "our list of MPs is from before it" in waiting

    draw_up_register(0)

    found = client.post(f"/{campaign.slug}/write/", {"postcode": "ZE9 9AA"})
    assert member.display_name in text(found)


def test_a_vacant_seat_says_when_its_by_election_is(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    Representative.objects.update(is_current=False)
    polling_on = parliament.today() + 20 * DAY
    ByElection.objects.create(constituency=member.constituency, polling_on=polling_on)

    page = client.post(f"/{campaign.slug}/write/", {"postcode": "ZE9 9AA"})

    day = f"{polling_on.day} {polling_on:%B %Y}"
    assert f"the seat is vacant until the by-election on {day}" in text(page)


# --- Letters ------------------------------------------------------------------------


def test_a_letter_cannot_be_confirmed_and_its_text_is_given_back(
    client: Client,
) -> None:
    letter = make_letter(now=timezone.now())
    say(State.DISSOLVED, 0)

    page = client.post(f"/letters/{tokens.for_letter(letter.pk)}/confirm/")

    letter.refresh_from_db()
    assert page.status_code == 409
    assert DISSOLVED in text(page)
    assert "not heard from her brother" in text(page)
    assert letter.state == Letter.State.AWAITING_CONFIRMATION
    with pytest.raises(NoParliamentError):
        submitting.confirm(letter, now=timezone.now())


def test_a_confirmed_letter_is_held_and_its_page_says_so(client: Client) -> None:
    letter = make_letter(state=Letter.State.QUEUED, now=timezone.now())
    say(State.DISSOLVED, 0)

    tidings = delivering.deliver_due()

    letter.refresh_from_db()
    page = text(client.get(f"/letters/{tokens.for_letter(letter.pk)}/"))
    assert not tidings.any_moved
    assert letter.state == Letter.State.QUEUED
    assert "Your letter is held for now" in page
    assert DISSOLVED in page


def test_our_own_mails_are_not_held() -> None:
    make_letter(state=Letter.State.REPEATED, now=timezone.now())
    say(State.DISSOLVED, 0)

    assert delivering.deliver_due().sent == 1


def test_a_held_letter_goes_to_whoever_was_elected_again() -> None:
    letter = make_letter(state=Letter.State.QUEUED, now=timezone.now())
    say(State.DISSOLVED, -30)
    say(State.COUNTING, 0)
    draw_up_register(-60)
    assert not delivering.deliver_due().any_moved

    draw_up_register(0)

    assert delivering.deliver_due().sent == 1
    letter.refresh_from_db()
    assert letter.state == Letter.State.ACCEPTED


def test_a_letter_waits_for_the_result_of_its_seat_but_not_for_ever(
    client: Client,
) -> None:
    """After a dissolution everybody's term has ended, and seats fill one by one."""
    letter = make_letter(state=Letter.State.QUEUED, now=timezone.now())
    term = Representative.objects.filter(pk=letter.representative_id)
    term.update(is_current=False)
    say(State.COUNTING, -1)

    assert not delivering.deliver_due().any_moved
    page = status_page(client, letter)
    assert "Your letter is held for now" in page
    assert f"that of {letter.seat_name} is not in our list of MPs yet" in page
    assert "It goes as soon as the list says that the MP that you wrote to" in page
    assert "We mail you if the MP that you wrote to does not come back." in page
    assert "It goes with the next mail" not in page
    due = parliament.today() - DAY + parliament.RESULTS_TAKE
    assert f"If the list has no result by {due.day} {due:%B %Y}, we mail you" in page

    term.update(is_current=True)
    assert "It goes with the next mail" in status_page(client, letter)
    assert delivering.deliver_due().sent == 1

    other = make_letter(state=Letter.State.QUEUED, now=timezone.now())
    Representative.objects.filter(pk=other.representative_id).update(is_current=False)
    assert not delivering.deliver_due().any_moved
    ParliamentPeriod.objects.update(begins_on=parliament.today() - 15 * DAY)
    assert "is held for now" not in status_page(client, other)
    delivering.deliver_due()
    other.refresh_from_db()
    assert other.held_for == Letter.Hold.VACANT


def test_a_letter_whose_result_is_late_says_by_when_its_wait_ends(
    client: Client,
) -> None:
    letter = make_letter(state=Letter.State.QUEUED, now=timezone.now())
    Representative.objects.filter(pk=letter.representative_id).update(is_current=False)
    say(State.COUNTING, -parliament.RESULTS_TAKE.days)

    assert not delivering.deliver_due().sent
    reviewing.look(timezone.now(), live=False)

    letter.refresh_from_db()
    end = parliament.today() + holding.REGISTERS_TAKE
    page = status_page(client, letter)
    assert letter.held_for == Letter.Hold.NO_RESULT
    assert f"our list of MPs has no result for {letter.seat_name} yet" in page
    assert "A person looks for it." in page
    assert f"If that is not settled by {end.day} {end:%B %Y}, it is not sent" in page
    assert "Cancel my letter" in page


def test_the_writer_of_a_letter_is_asked_once_its_seat_went_to_somebody_else(
    client: Client,
) -> None:
    letter = make_letter(state=Letter.State.QUEUED, now=timezone.now())
    Representative.objects.filter(pk=letter.representative_id).update(is_current=False)
    make_member(constituency=letter.constituency)
    say(State.COUNTING, -1)
    assert "is held for now" not in status_page(client, letter)

    delivering.deliver_due()

    letter.refresh_from_db()
    assert letter.held_for == Letter.Hold.MEMBER_CHANGED


def test_a_letter_to_somebody_not_elected_again_is_held_and_not_failed() -> None:
    letter = make_letter(state=Letter.State.QUEUED, now=timezone.now())
    say(State.DISSOLVED, -30)
    say(State.SITTING, 0)
    draw_up_register(0)
    Representative.objects.update(is_current=False)

    delivering.deliver_due()

    letter.refresh_from_db()
    assert letter.held_for == Letter.Hold.VACANT
    assert letter.deliveries.filter(kind=Delivery.Kind.HELD_NOTICE).exists()
