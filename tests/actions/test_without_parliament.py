"""While Parliament has no members no page invites anybody to write."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from actions import lifecycle, tokens
from actions.models import Campaign, Letter, LetterEvent
from representatives import parliament
from representatives.models import ParliamentPeriod
from tests.actions.factories import make_campaign, make_letter
from tests.actions.pages import text

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
DISSOLVED = "Parliament is dissolved"
INVITATIONS = (
    "Yours would be the first",
    "Find my MP",
    "Go on with it",
    "Ask somebody else to write",
    "Choose what you want to write about",
    "Write it again",
    "You can write it again",
    "write again",
    "Confirm my letter",
    "Send my letter",
    "post a letter to",
    "post it yourself",
    "write to your MP yourself",
    "Find out who is your MP now",
    "What if the answer says nothing?",
    "Meet your MP",
)


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


def dissolve() -> None:
    ParliamentPeriod.objects.create(
        state=ParliamentPeriod.State.DISSOLVED, begins_on=parliament.today()
    )


def status_page(client: Client, letter: Letter) -> str:
    return text(client.get(f"/letters/{tokens.for_letter(letter.pk)}/"))


def invitations(page: str) -> list[str]:
    return [words for words in INVITATIONS if words in page]


@pytest.mark.parametrize("ending", ["", "progress/", "thanks/"])
def test_no_page_of_the_campaign_invites_to_write(
    client: Client, campaign: Campaign, ending: str
) -> None:
    at = f"/{campaign.slug}/{ending}"
    assert invitations(text(client.get(at)))
    dissolve()

    page = text(client.get(at))

    assert invitations(page) == []
    assert DISSOLVED in page


def test_without_mps_there_are_no_letters_yet_and_nobody_is_called_the_first(
    client: Client, campaign: Campaign
) -> None:
    dissolve()

    page = text(client.get(f"/{campaign.slug}/progress/"))

    assert "No letters have gone out yet." in page


def test_the_front_door_invites_nobody(client: Client, campaign: Campaign) -> None:
    other = make_campaign()
    assert invitations(text(client.get("/")))
    dissolve()

    page = text(client.get("/"))

    assert invitations(page) == []
    assert "There are no MPs at the moment" in page
    assert DISSOLVED in page
    assert other.title in page


@pytest.mark.parametrize("ending", ["write/", "thanks/"])
def test_a_closed_campaign_sends_nobody_to_the_house_either(
    client: Client, ending: str
) -> None:
    campaign = make_campaign(state=Campaign.State.CLOSED)
    dissolve()

    assert invitations(text(client.get(f"/{campaign.slug}/{ending}"))) == []


@pytest.mark.parametrize(
    ("state", "says_why"),
    [
        (Letter.State.AWAITING_CONFIRMATION, True),
        (Letter.State.CANCELLED, True),
        (Letter.State.EXPIRED, True),
        (Letter.State.ACCEPTED, True),
        (Letter.State.FAILED, False),
        (Letter.State.REPEATED, False),
        (Letter.State.DISOWNED, False),
    ],
)
def test_no_letters_page_invites_to_write(
    client: Client, state: Letter.State, *, says_why: bool
) -> None:
    campaign = make_campaign(stock_reply_help="Thanks.", meeting_help="Ring.")
    letter = make_letter(state=state, campaign=campaign, now=timezone.now())
    dissolve()

    page = status_page(client, letter)

    assert invitations(page) == []
    assert (DISSOLVED in page) is says_why


def test_a_letter_that_was_withdrawn_is_not_to_be_written_again_yet(
    client: Client,
) -> None:
    letter = make_letter(state=Letter.State.CANCELLED, now=timezone.now())
    lifecycle.note(letter, LetterEvent.Kind.WITHDRAWN, timezone.now())
    dissolve()

    page = status_page(client, letter)

    assert "so it was withdrawn and not sent." in page
    assert invitations(page) == []


def test_a_link_that_ran_out_says_why_it_cannot_be_written_again(
    client: Client,
) -> None:
    letter = make_letter(now=timezone.now(), confirm_by=timezone.now() - DAY)
    dissolve()

    answer = client.get(f"/letters/{tokens.for_letter(letter.pk)}/confirm/")

    assert answer.status_code == 410
    assert invitations(text(answer)) == []
    assert DISSOLVED in text(answer)


def test_the_link_to_confirm_says_so_before_a_button_is_pressed(client: Client) -> None:
    letter = make_letter(now=timezone.now())
    at = f"/letters/{tokens.for_letter(letter.pk)}/confirm/"
    assert "Send my letter" in text(client.get(at))
    dissolve()

    answer = client.get(at)

    assert answer.status_code == 409
    assert invitations(text(answer)) == []
    assert DISSOLVED in text(answer)
    assert letter.body.split(".")[0] in text(answer)


def test_a_letter_of_a_closed_campaign_is_not_to_be_posted_to_nobody(
    client: Client,
) -> None:
    letter = make_letter(now=timezone.now())
    Campaign.objects.update(state=Campaign.State.CLOSED)
    at = f"/letters/{tokens.for_letter(letter.pk)}/confirm/"
    assert "post it yourself" in text(client.post(at))
    dissolve()

    answer = client.post(at)

    assert answer.status_code == 410
    assert invitations(text(answer)) == []
