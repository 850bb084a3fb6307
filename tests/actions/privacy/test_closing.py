"""What is left of letters goes with their campaign, once that is over."""

import datetime
import uuid

import pytest
from django.conf import settings as project
from django.test import Client
from pytest_django import Settings

from actions import privacy, subscribing, tokens
from actions.models import (
    Campaign,
    Delivery,
    Letter,
    LetterEvent,
    OfficeReport,
    Subscription,
    Tally,
)
from tests.actions.factories import NOW, make_campaign, make_letter, make_subscription

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
KEPT = project.CAMPAIGNS_KEPT_DAYS * DAY
State = Campaign.State


def make_sent(campaign: Campaign, now: datetime.datetime = NOW) -> Letter:
    """Make one that went, with an event and a mail."""
    letter = make_letter(campaign=campaign, state=Letter.State.ACCEPTED, now=now)
    LetterEvent.objects.create(letter=letter, kind=LetterEvent.Kind.ACCEPTED, at=now)
    Delivery.objects.create(
        letter=letter,
        kind=Delivery.Kind.LETTER,
        is_demo=letter.is_demo,
        state=Delivery.State.SENT,
        due_at=now,
        done_at=now,
    )
    return letter


def test_all_that_is_left_of_it_goes_when_its_campaign_is_over(client: Client) -> None:
    campaign = make_campaign(state=State.CLOSED)
    letter = make_sent(campaign)
    privacy.sweep(NOW + KEPT - DAY)
    letter.refresh_from_db()
    assert letter.is_forgotten
    assert letter.sender_key
    tallies = list(Tally.objects.values())
    privacy.sweep(NOW + KEPT)
    rows = (Letter, LetterEvent, Delivery)
    assert [model.objects.count() for model in rows] == [0, 0, 0]
    assert list(Tally.objects.values()) == tallies
    assert client.get(f"/letters/{tokens.for_letter(letter.pk)}/").status_code == 404


def test_it_stays_while_the_campaign_is_open() -> None:
    letter = make_sent(make_campaign(state=State.OPEN))
    privacy.sweep(NOW + 3 * KEPT)
    letter.refresh_from_db()
    assert letter.sender_key


@pytest.mark.parametrize(
    ("state", "ended"),
    [(Letter.State.ACCEPTED, NOW + DAY), (Letter.State.QUEUED, None)],
    ids=["sent later", "still waiting"],
)
def test_it_stays_until_the_last_letter_is_as_old(
    state: str, ended: datetime.datetime | None
) -> None:
    campaign = make_campaign(state=State.CLOSED)
    letter = make_sent(campaign)
    make_letter(campaign=campaign, state=state, now=ended or NOW)
    privacy.sweep(NOW + KEPT)
    assert Letter.objects.filter(pk=letter.pk).exists()


def test_other_campaigns_keep_theirs() -> None:
    make_sent(make_campaign(state=State.CLOSED))
    other = make_sent(make_campaign(state=State.OPEN))
    privacy.sweep(NOW + KEPT)
    assert list(Letter.objects.all()) == [other]


@pytest.mark.parametrize(
    "told",
    [
        {"kind": OfficeReport.Kind.WRONG_ADDRESS},
        {
            "kind": OfficeReport.Kind.STOP,
            "decision": OfficeReport.Decision.ACCEPTED,
            "decided_at": NOW,
        },
    ],
    ids=["undecided", "no more letters"],
)
def test_where_an_offices_word_is_in_force_the_code_goes_alone(
    told: dict[str, object],
) -> None:
    letter = make_sent(make_campaign(state=State.CLOSED))
    report = OfficeReport.objects.create(letter=letter, told_at=NOW, **told)
    privacy.sweep(NOW + KEPT)
    letter.refresh_from_db()
    assert letter.sender_key == ""
    OfficeReport.objects.filter(pk=report.pk).update(
        decision=OfficeReport.Decision.DECLINED, decided_at=NOW
    )
    privacy.sweep(NOW + KEPT)
    assert not Letter.objects.exists()


def test_a_wish_goes_too_but_not_before_it_was_left() -> None:
    campaign = make_campaign(state=State.CLOSED)
    make_sent(campaign)
    left = make_subscription(
        campaign=campaign, email="", confirmed_at=NOW, ended_at=NOW
    )
    stands = make_subscription(campaign=campaign, confirmed_at=NOW)
    privacy.sweep(NOW + KEPT - DAY)
    assert Subscription.objects.filter(pk=left.pk).exists()
    privacy.sweep(NOW + KEPT)
    assert list(Subscription.objects.all()) == [stands]
    subscribing.leave(stands, now=NOW + KEPT)
    privacy.sweep(NOW + KEPT)
    assert not Subscription.objects.exists()


def test_a_shorter_time_is_gone_by(settings: Settings) -> None:
    settings.CAMPAIGNS_KEPT_DAYS = 40
    campaign = make_campaign(state=State.CLOSED)
    for _ in range(60):
        make_letter(
            campaign=campaign, state=Letter.State.ACCEPTED, sender_key=uuid.uuid4().hex
        )
    privacy.sweep(NOW + 40 * DAY)
    assert not Letter.objects.exists()
