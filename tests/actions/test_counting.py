"""Counting deeds: nothing lost, nothing counted that is not a letter."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from actions import counting, privacy
from actions.counting import LettersOut
from actions.models import Campaign, Letter, Tally
from tests.actions.counted import TODAY, YESTERDAY, count_letters, make_seat
from tests.actions.factories import NOW, make_campaign, make_letter

pytestmark = pytest.mark.django_db


def letters_out(campaign: Campaign, today: datetime.date = TODAY) -> LettersOut:
    return counting.letters_out([campaign], live=False, today=today)[campaign.pk]


@pytest.mark.parametrize(
    ("percent", "bucket"),
    [
        (0, "0"),
        (1, "1-24"),
        (24, "1-24"),
        (25, "25-49"),
        (49, "25-49"),
        (50, "50-74"),
        (74, "50-74"),
        (75, "75-100"),
        (100, "75-100"),
    ],
)
def test_own_words_are_counted_in_buckets(percent: int, bucket: str) -> None:
    assert counting.bucket_of(percent) == bucket


def test_only_a_letter_that_the_mail_server_took_is_a_letter() -> None:
    letter = make_letter()
    for step in Tally.Step:
        counting.record(letter, step, NOW)

    assert Tally.objects.count() == len(Tally.Step)
    out = letters_out(letter.campaign)
    # One was taken, and one of those came back.
    assert (out.total, out.bounced) == (0, 1)


def test_what_comes_back_is_taken_from_the_day_and_the_seat_it_went_to() -> None:
    letter, other = make_letter(), make_letter()
    other.campaign = letter.campaign
    long_ago, now = NOW - datetime.timedelta(days=9), NOW
    for one in (letter, letter, other):
        counting.record(one, Tally.Step.ACCEPTED, long_ago)
    before = letters_out(letter.campaign)
    assert (before.total, before.by_day[long_ago.date()]) == (3, 3)

    # The days before yesterday are remembered by now; this must be seen all the same.
    counting.record(letter, Tally.Step.BOUNCED, long_ago)
    counting.record(other, Tally.Step.BOUNCED, long_ago)

    out = letters_out(letter.campaign)
    assert (out.total, out.bounced, out.by_day[long_ago.date()]) == (1, 2, 1)
    assert set(out.by_seat.all) == {letter.constituency_id}
    assert out.by_day[now.date()] == 0


def test_a_signature_that_comes_back_never_was_in_a_seat() -> None:
    letter = make_letter(is_signature=True)
    counting.record(letter, Tally.Step.ACCEPTED, NOW - datetime.timedelta(days=3))
    counting.record(letter, Tally.Step.BOUNCED, NOW - datetime.timedelta(days=3))
    counting.record(letter, Tally.Step.CAME_BACK, NOW)
    out = letters_out(letter.campaign)
    assert (out.bounced, out.signatures) == (1, 0)
    assert not out.by_seat.seats
    assert out.by_seat.before_today(letter.constituency_id) == 0


def test_the_same_step_counted_again_adds_one() -> None:
    letter = make_letter()
    for _ in range(3):
        counting.record(letter, Tally.Step.ACCEPTED, NOW)

    tally = Tally.objects.get()
    assert tally.count == 3
    assert tally.constituency == letter.constituency
    assert tally.is_demo


def test_a_letter_after_midnight_in_london_counts_for_the_new_day() -> None:
    half_past_midnight = datetime.datetime(2026, 7, 1, 23, 30, tzinfo=datetime.UTC)
    counting.record(make_letter(), Tally.Step.ACCEPTED, half_past_midnight)

    assert Tally.objects.get().day == datetime.date(2026, 7, 2)


def test_a_count_is_taken_back_with_the_deed_that_fails() -> None:
    letter = make_letter()

    with transaction.atomic():
        counting.record(letter, Tally.Step.ACCEPTED, NOW)
        assert Tally.objects.exists()
        transaction.set_rollback(True)

    assert not Tally.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_eight_workers_that_count_at_once_lose_nothing() -> None:
    letters = [make_letter(campaign=make_campaign()) for _ in range(2)]

    def work(_worker: int) -> None:
        try:
            for turn in range(25):
                with transaction.atomic():
                    counting.record(letters[turn % 2], Tally.Step.ACCEPTED, NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as workers:
        list(workers.map(work, range(8)))

    assert letters_out(letters[0].campaign).total == 8 * 13
    assert letters_out(letters[1].campaign).total == 8 * 12


def test_erasing_a_person_changes_no_count() -> None:
    letter = make_letter(state=Letter.State.ACCEPTED)
    counting.record(letter, Tally.Step.ACCEPTED, NOW)
    before = list(Tally.objects.values())

    privacy.erase_on_request(letter, now=NOW)

    assert letter.is_forgotten
    assert list(Tally.objects.values()) == before
    assert letters_out(letter.campaign).total == 1


def test_letters_are_added_up_by_day_and_seat() -> None:
    campaign, near, far = make_campaign(), make_seat("Near"), make_seat("Far")
    count_letters(campaign, near, 2, day=datetime.date(2026, 10, 1))
    count_letters(campaign, near, 3, day=YESTERDAY)
    count_letters(campaign, far, 4, day=TODAY, own_words=Tally.OwnWords.MOST)

    counted = letters_out(campaign)

    assert counted.total == 9
    assert counted.mostly_own == 4
    assert counted.by_seat.all == {near.pk: 5, far.pk: 4}
    assert counted.by_day == {
        datetime.date(2026, 10, 1): 2,
        YESTERDAY: 3,
        TODAY: 4,
    }
    assert counted.by_seat.before_today(near.pk) == 5
    assert counted.by_seat.before_today(far.pk) == 0


def test_days_long_past_are_read_once_by_a_process(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    campaign, seat = make_campaign(), make_seat()
    count_letters(campaign, seat, 7, day=datetime.date(2026, 10, 1))
    letters_out(campaign)

    with django_assert_num_queries(1):
        counted = letters_out(campaign)
    assert counted.total == 7


def test_a_letter_of_yesterday_that_is_stored_after_midnight_is_counted() -> None:
    campaign, seat = make_campaign(), make_seat()
    assert letters_out(campaign).total == 0

    count_letters(campaign, seat, day=YESTERDAY)

    assert letters_out(campaign).by_seat.before_today(seat.pk) == 1


def test_one_query_counts_several_campaigns(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    campaigns = [make_campaign() for _ in range(3)]
    seat = make_seat()
    for number, campaign in enumerate(campaigns):
        count_letters(campaign, seat, number)
    counting.letters_out(campaigns, live=False, today=TODAY)

    with django_assert_num_queries(1):
        counted = counting.letters_out(campaigns, live=False, today=TODAY)
    assert [counted[campaign.pk].total for campaign in campaigns] == [0, 1, 2]
