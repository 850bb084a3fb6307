"""Letters counted on their writers' word."""

import datetime
import threading
from dataclasses import replace

import pytest
from django.db import connection
from pytest_django import Settings

from actions import limiting, privacy, reporting_sent, tokens
from actions.composing import Composition
from actions.errors import ExpiredTokenError, ForgedTokenError, TooManyError
from actions.models import Campaign, Letter, RateCount, Tally
from actions.tokens import Report, Ticket
from representatives.models import Representative
from tests.actions.factories import BASE_TEXT, BODY, make_campaign, make_representative

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
HERE = "203.0.113.7"
TEXT = Composition("Subject", BODY, BASE_TEXT)
DAY = datetime.timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


@pytest.fixture
def member() -> Representative:
    return make_representative()


def make_ticket(campaign: Campaign, member: Representative) -> Ticket:
    return Ticket(
        campaign=campaign.pk,
        version=1,
        seat=member.constituency.code,
        base_text=BASE_TEXT,
        issued_at=NOON,
        letter="a letter",
        begun_at=NOON,
    )


def make_token(
    campaign: Campaign,
    member: Representative,
    *,
    way: Tally.Way = Tally.Way.OWN_MAIL,
    text: Composition = TEXT,
    letter: str = "a letter",
) -> str:
    ticket = replace(make_ticket(campaign, member), letter=letter)
    return reporting_sent.token_for(campaign, ticket, text, way)


def report(
    token: str,
    campaign: Campaign,
    *,
    now: datetime.datetime = NOON,
    address: str = HERE,
) -> bool:
    return reporting_sent.reported(token, campaign, address=address, now=now)


@pytest.mark.parametrize("way", [Tally.Way.OWN_MAIL, Tally.Way.PAPER])
def test_a_letter_is_counted_as_gone_by_its_way_seat_and_day(
    campaign: Campaign, member: Representative, way: Tally.Way
) -> None:
    assert report(make_token(campaign, member, way=way), campaign)
    tally = Tally.objects.get()
    assert tally.campaign == campaign
    assert tally.constituency == member.constituency
    assert tally.way == way
    assert tally.step == Tally.Step.REPORTED
    assert tally.day == NOON.date()
    assert tally.own_words == Tally.OwnWords.SOME
    assert tally.is_demo
    assert tally.count == 1
    assert Tally.objects.out().count() == 1
    assert not Letter.objects.exists()


def test_a_letter_with_too_few_own_words_is_counted_as_a_signature(
    campaign: Campaign, member: Representative
) -> None:
    few = replace(
        TEXT, body=f"{BASE_TEXT}\n\nNine words of my own stand here, no more."
    )
    report(make_token(campaign, member, text=few), campaign)
    assert Tally.objects.get().own_words == Tally.OwnWords.SIGNATURE


def test_what_counts_as_too_few_is_for_the_campaign_to_say(
    campaign: Campaign, member: Representative
) -> None:
    campaign.least_own_words = 3
    few = replace(TEXT, body=f"{BASE_TEXT}\n\nFour words of mine.")
    report(make_token(campaign, member, text=few), campaign)
    assert Tally.objects.get().own_words == Tally.OwnWords.FEW


def test_pressing_again_counts_once(campaign: Campaign, member: Representative) -> None:
    token = make_token(campaign, member)
    assert report(token, campaign)
    assert not report(token, campaign)
    assert not report(token, campaign, now=NOON + 5 * DAY)
    assert Tally.objects.get().count == 1


def test_a_page_drawn_again_and_the_other_ways_page_count_the_same_letter_once(
    campaign: Campaign, member: Representative
) -> None:
    assert report(make_token(campaign, member), campaign)
    assert not report(make_token(campaign, member), campaign)
    assert not report(make_token(campaign, member, way=Tally.Way.PAPER), campaign)
    assert Tally.objects.get().count == 1


def test_a_letter_whose_pages_were_drawn_days_apart_counts_once_to_the_end(
    campaign: Campaign, member: Representative
) -> None:
    first = make_token(campaign, member)
    ticket = replace(make_ticket(campaign, member), issued_at=NOON + 10 * DAY)
    later = reporting_sent.token_for(campaign, ticket, TEXT, Tally.Way.PAPER)
    assert tokens.report_of(first).until == tokens.report_of(later).until
    assert report(first, campaign, now=NOON + DAY)
    last = tokens.report_of(later).until - datetime.timedelta(seconds=1)
    for token in (later, first, later, first):
        limiting.forget(last)
        assert not report(token, campaign, now=last)
    assert Tally.objects.get().count == 1


def test_two_people_with_the_same_letter_count_twice(
    campaign: Campaign, member: Representative
) -> None:
    for letter in ("a letter", "another"):
        assert report(make_token(campaign, member, letter=letter), campaign)
    assert Tally.objects.get().count == 2


def test_it_counts_once_even_when_the_worker_sweeps_in_between(
    campaign: Campaign, member: Representative
) -> None:
    token = make_token(campaign, member)
    last = tokens.report_of(token).until - datetime.timedelta(seconds=1)
    assert report(token, campaign)
    limiting.forget(last)
    assert not report(token, campaign, now=last)
    assert Tally.objects.get().count == 1


def test_the_page_takes_ones_word_for_two_weeks_and_no_longer(
    campaign: Campaign, member: Representative
) -> None:
    token = make_token(campaign, member)
    until = tokens.report_of(token).until
    assert 14 * DAY <= until - NOON <= 15 * DAY
    with pytest.raises(ExpiredTokenError):
        report(token, campaign, now=until)
    assert not Tally.objects.exists()
    assert report(token, campaign, now=NOON + 14 * DAY)


def test_all_that_is_kept_goes_when_the_token_no_longer_counts(
    campaign: Campaign, member: Representative
) -> None:
    token = make_token(campaign, member)
    report(token, campaign)
    until = tokens.report_of(token).until
    privacy.sweep(until + DAY + datetime.timedelta(seconds=1))
    assert not RateCount.objects.exists()
    with pytest.raises(ExpiredTokenError):
        report(token, campaign, now=until + 2 * DAY)


def test_what_is_kept_tells_no_moment_and_no_way(
    campaign: Campaign, member: Representative
) -> None:
    report(make_token(campaign, member), campaign)
    for row in RateCount.objects.all():
        assert row.window_began_at.minute == 0
        assert row.window_began_at.second == 0
        assert len(row.key) == 64


@pytest.mark.parametrize("spoilt", ["", "x", "a:b:c"])
def test_what_we_did_not_sign_is_not_counted(
    campaign: Campaign, member: Representative, spoilt: str
) -> None:
    with pytest.raises(ForgedTokenError):
        report(spoilt, campaign)
    with pytest.raises(ForgedTokenError):
        report(make_token(campaign, member) + spoilt + "x", campaign)
    assert not Tally.objects.exists()
    assert not RateCount.objects.exists()


def test_the_token_of_another_campaign_is_forged_here(
    campaign: Campaign, member: Representative
) -> None:
    other = make_campaign()
    with pytest.raises(ForgedTokenError):
        report(make_token(other, member), campaign)
    assert not Tally.objects.exists()


def test_other_tokens_of_ours_are_no_reports(
    campaign: Campaign, member: Representative
) -> None:
    with pytest.raises(ForgedTokenError):
        report(tokens.for_ticket(make_ticket(campaign, member)), campaign)


def test_a_seat_that_no_longer_exists_is_not_counted(
    campaign: Campaign, member: Representative
) -> None:
    ticket = replace(make_ticket(campaign, member), seat="E99999999")
    token = reporting_sent.token_for(campaign, ticket, TEXT, Tally.Way.PAPER)
    with pytest.raises(ForgedTokenError):
        report(token, campaign)


def test_an_address_that_has_reported_enough_is_told_and_may_come_back(
    campaign: Campaign, member: Representative, settings: Settings
) -> None:
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 1
    first = make_token(campaign, member)
    second = make_token(campaign, member, letter="another")
    report(first, campaign)
    with pytest.raises(TooManyError):
        report(second, campaign)
    assert Tally.objects.get().count == 1
    assert not report(first, campaign)
    assert report(second, campaign, now=NOON + limiting.HOUR)
    assert Tally.objects.get().count == 2


def test_a_letter_sent_by_postbag_takes_a_place_of_the_same_limit(
    campaign: Campaign, member: Representative, settings: Settings
) -> None:
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 1
    limiting.take(
        limiting.LETTERS_FROM_AN_ADDRESS,
        HERE,
        limit=1,
        window=limiting.HOUR,
        now=NOON,
    )
    with pytest.raises(TooManyError):
        report(make_token(campaign, member), campaign)
    assert report(make_token(campaign, member), campaign, address="203.0.113.8")


def test_a_letter_written_before_the_campaign_closed_is_still_counted(
    campaign: Campaign, member: Representative
) -> None:
    token = make_token(campaign, member)
    campaign.state = Campaign.State.CLOSED
    campaign.save()
    assert report(token, campaign)
    assert Tally.objects.get().count == 1


def test_a_page_made_while_trying_out_never_counts_as_real(
    campaign: Campaign, member: Representative, settings: Settings
) -> None:
    token = make_token(campaign, member)
    settings.DELIVERY_IS_LIVE = True
    report(token, campaign)
    assert Tally.objects.get().is_demo
    report(make_token(campaign, member, letter="another"), campaign)
    assert Tally.objects.filter(is_demo=False).get().count == 1


def test_of_somebody_at_risk_neither_way_nor_words_are_counted(
    campaign: Campaign, member: Representative
) -> None:
    seat = member.constituency.code
    token = reporting_sent.token_unsaid(campaign, seat, now=NOON)
    assert report(token, campaign)
    assert not report(token, campaign)
    assert report(reporting_sent.token_unsaid(campaign, seat, now=NOON), campaign)
    tally = Tally.objects.get()
    assert tally.way == Tally.Way.UNSAID
    assert tally.own_words == Tally.OwnWords.UNSAID
    assert tally.step == Tally.Step.REPORTED
    assert tally.count == 2


def test_a_token_holds_nothing_of_the_letter_or_the_writer(
    campaign: Campaign, member: Representative
) -> None:
    told = tokens.report_of(make_token(campaign, member))
    assert told == Report(
        campaign=campaign.pk,
        seat=member.constituency.code,
        way="own_mail",
        own_words="25-49",
        is_demo=True,
        once=told.once,
        until=datetime.datetime(2026, 12, 7, tzinfo=datetime.UTC),
    )
    assert len(told.once) == 64


@pytest.mark.django_db(transaction=True)
def test_of_many_presses_at_once_one_counts(
    campaign: Campaign, member: Representative
) -> None:
    token = make_token(campaign, member)
    counted: list[bool] = []

    def press() -> None:
        counted.append(report(token, campaign))
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counted) == [False] * 5 + [True]
    assert Tally.objects.get().count == 1
