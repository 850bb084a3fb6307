"""What is told about letters, and what cannot be worked out from it."""

import datetime
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries, Settings

from actions import counting, lifecycle, reports, seats
from actions.lifecycle import Move
from actions.models import Campaign, Letter, Tally
from actions.reports import By, Counts, HeadlineCounts
from representatives import lookup
from representatives.models import REGIONS, Constituency, Country, Representative
from tests.actions.counted import TODAY, YESTERDAY, count_letters, make_seat
from tests.actions.factories import make_campaign, make_letter
from tests.registers import make_member

pytestmark = pytest.mark.django_db

TOMORROW = TODAY + datetime.timedelta(days=1)
GROUPINGS = (By.PARTY, By.COUNTRY, By.REGION)


def told(counts: Counts) -> dict[str, str]:
    """Everything that is told of more than no letters."""
    every = {line.key: str(line.letters) for line in counts.lines}
    return {key: letters for key, letters in every.items() if letters != "0"}


def test_a_campaign_without_letters_says_so() -> None:
    assert reports.headline(make_campaign()) == HeadlineCounts(0, 0, 650, 0)


def test_the_headline_counts_letters_seats_and_own_words() -> None:
    campaign, near, far = make_campaign(), make_seat("Near"), make_seat("Far")
    count_letters(campaign, near, 1, own_words=Tally.OwnWords.NONE)
    count_letters(campaign, near, 2, own_words=Tally.OwnWords.SOME)
    count_letters(campaign, near, 4, own_words=Tally.OwnWords.MOST)
    count_letters(campaign, far, 8, own_words=Tally.OwnWords.NEARLY_ALL)

    assert reports.headline(campaign) == HeadlineCounts(
        letters_out=15, seats_reached=2, seats_total=652, mostly_own=12
    )


def test_the_headline_counts_as_many_seats_as_are_in_force() -> None:
    campaign, seat, other = make_campaign(), make_seat(), make_seat()
    count_letters(campaign, seat)
    count_letters(campaign, other)
    before = reports.headline(campaign)

    other.is_current, other.in_force_until = False, TODAY
    other.save()

    after = reports.headline(campaign)
    assert (before.seats_reached, before.seats_total) == (2, 652)
    assert (after.seats_reached, after.seats_total) == (1, 651)
    assert after.letters_out == before.letters_out


def test_a_letter_is_in_the_headline_at_once() -> None:
    letter = make_letter()
    counting.record(letter, Tally.Step.DRAFTED, timezone.now())
    counting.record(letter, Tally.Step.CONFIRMED, timezone.now())
    assert reports.headline(letter.campaign).letters_out == 0

    counting.record(letter, Tally.Step.ACCEPTED, timezone.now())

    assert reports.headline(letter.campaign).letters_out == 1
    assert reports.headline(letter.campaign).seats_reached == 1


def test_the_headline_takes_two_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    campaign = make_campaign()
    reports.headline(campaign)

    with django_assert_num_queries(2):
        reports.headline(campaign)


def test_letters_made_while_trying_out_never_count_as_real_ones(
    settings: Settings,
) -> None:
    campaign, seat = make_campaign(), make_seat()
    count_letters(campaign, seat, 3, is_demo=True)
    count_letters(campaign, seat, 20, is_demo=False)

    assert reports.headline(campaign).letters_out == 3
    assert told(reports.counts(campaign, By.CONSTITUENCY, TODAY)) == {seat.code: "1-4"}

    settings.DELIVERY_IS_LIVE = True
    assert reports.headline(campaign).letters_out == 20
    assert told(reports.counts(campaign, By.CONSTITUENCY, TODAY)) == {seat.code: "10+"}


def test_one_campaigns_letters_do_not_count_for_another() -> None:
    one, other, seat = make_campaign(), make_campaign(), make_seat()
    count_letters(one, seat, 3)

    assert reports.headline(other).letters_out == 0


@pytest.mark.parametrize(
    ("number", "bucket"),
    [
        (0, "0"),
        (1, "1-4"),
        (4, "1-4"),
        (5, "5-9"),
        (9, "5-9"),
        (10, "10+"),
        (99, "10+"),
    ],
)
def test_a_seat_is_told_in_a_bucket(number: int, bucket: str) -> None:
    campaign, seat = make_campaign(), make_seat()
    count_letters(campaign, seat, number)

    counts = reports.counts(campaign, By.CONSTITUENCY, TODAY)

    assert {line.key: str(line.letters) for line in counts.lines}[seat.code] == bucket


def test_the_letters_of_several_days_share_one_bucket() -> None:
    campaign, seat = make_campaign(), make_seat()
    for days_ago in range(1, 6):
        count_letters(campaign, seat, day=TODAY - datetime.timedelta(days=days_ago))

    assert told(reports.counts(campaign, By.CONSTITUENCY, TODAY)) == {seat.code: "5-9"}


@pytest.mark.parametrize("by", [By.CONSTITUENCY, *GROUPINGS])
def test_todays_letters_are_in_the_total_but_not_in_the_seats_until_tomorrow(
    by: By,
) -> None:
    campaign, seat = make_campaign(), make_seat()
    count_letters(campaign, seat, day=TODAY)

    today = reports.counts(campaign, by, TODAY)
    assert today.total.letters_out == today.total.seats_reached == 1
    assert not told(today)
    assert today.as_of == YESTERDAY

    tomorrow = reports.counts(campaign, by, TOMORROW)
    assert set(told(tomorrow).values()) == {"1-4"}
    assert tomorrow.as_of == TODAY


def parliament() -> dict[str, Constituency]:
    """Seats whose groups overlap so that many pairs single one of them out."""
    return {
        name: make_seat(name, party=party, country=country, region=region)
        for name, party, country, region in (
            ("Chorley", "Speaker", "England", "North West"),
            ("Belfast East", "Alliance", "Northern Ireland", "Northern Ireland"),
            ("Hexham", "Labour", "England", "North East"),
            ("Bury North", "Labour", "England", "North West"),
            ("Cardiff East", "Labour", "Wales", "Wales"),
            ("Ynys Mon", "Plaid Cymru", "Wales", "Wales"),
        )
    }


WORLD = {"Chorley": 2, "Belfast East": 0, "Hexham": 7, "Bury North": 31}
BUCKET_MATES = [
    *(("Chorley", number) for number in (1, 3, 4)),
    *(("Hexham", number) for number in (5, 6, 8, 9)),
    *(("Bury North", number) for number in (10, 11, 500)),
]


@pytest.mark.parametrize(("seat", "number"), BUCKET_MATES)
def test_no_arithmetic_on_groups_tells_more_of_a_seat_than_its_bucket(
    seat: str, number: int
) -> None:
    """Total minus the other parties, a party within a region, one day minus another:
    each would need some answer to change when a seat's number does. None may, as long
    as the number stays in its bucket.
    """
    seats = parliament()
    campaign, same_buckets = make_campaign(), make_campaign()
    for name, letters in WORLD.items():
        count_letters(campaign, seats[name], letters)
        count_letters(same_buckets, seats[name], number if name == seat else letters)

    for by in (By.CONSTITUENCY, *GROUPINGS):
        assert (
            reports.counts(campaign, by, TODAY).lines
            == reports.counts(same_buckets, by, TODAY).lines
        )


def test_a_party_with_one_seat_is_told_as_its_seat_is() -> None:
    campaign, seats = make_campaign(), parliament()
    for name, letters in WORLD.items():
        count_letters(campaign, seats[name], letters)

    assert told(reports.counts(campaign, By.PARTY, TODAY)) == {
        "labour": "15+",
        "speaker": "1-4",
    }


def test_the_span_of_a_group_is_what_its_seats_buckets_allow() -> None:
    campaign = make_campaign()
    for name, letters in (("Ely", 1), ("Luton", 9), ("Harlow", 0)):
        count_letters(campaign, make_seat(name, region="Middle Earth"), letters)

    counts = reports.counts(campaign, By.REGION, TODAY)
    (line,) = [line for line in counts.lines if line.key == "middle-earth"]

    assert str(line.letters) == "6-13"
    assert line.group is not None
    assert (line.group.seats_reached, line.group.seats) == (2, 3)


def test_a_seat_counts_for_the_party_of_its_present_member() -> None:
    campaign, seat = make_campaign(), make_seat(party="Labour")
    count_letters(campaign, seat)
    Representative.objects.filter(constituency=seat).update(party="Green Party")

    assert told(reports.counts(campaign, By.PARTY, TODAY)) == {"green-party": "1-4"}


def test_a_vacant_seat_counts_as_vacant() -> None:
    campaign, seat = make_campaign(), make_seat(party="Labour")
    count_letters(campaign, seat)
    Representative.objects.filter(constituency=seat).update(is_current=False)

    assert told(reports.counts(campaign, By.PARTY, TODAY)) == {"vacant": "1-4"}
    shown = {
        each.code: each for each in reports.progress(campaign, TODAY).daily.told.seats
    }
    assert (shown[seat.code].member, shown[seat.code].party) == ("", "Vacant")


def test_a_seat_that_changed_hands_is_told_once() -> None:
    campaign, seat = make_campaign(), make_seat(party="Labour")
    make_member(constituency=seat, party="Conservative", is_current=False)
    count_letters(campaign, seat)

    assert told(reports.counts(campaign, By.PARTY, TODAY)) == {"labour": "1-4"}


def test_days_are_told_exactly_and_in_order() -> None:
    campaign, seat = make_campaign(), make_seat()
    count_letters(campaign, seat, 2, day=TODAY)
    count_letters(campaign, seat, 5, day=datetime.date(2026, 9, 30))

    counts = reports.counts(campaign, By.DAY, TODAY)

    assert [(line.key, line.name, line.letters) for line in counts.lines] == [
        ("2026-09-30", "30 September 2026", 5),
        ("2026-11-22", "22 November 2026", 2),
    ]
    assert counts.as_of == TODAY


def ways(campaign: Campaign) -> dict[str, object]:
    lines = reports.counts(campaign, By.WAY, TODAY).lines
    return {line.key: str(line.letters) for line in lines}


def test_ways_are_told_up_to_midnight_even_those_nobody_took() -> None:
    campaign, seat = make_campaign(), make_seat()
    assert ways(campaign) == {"email": "0", "reported": "0"}

    count_letters(campaign, seat, 3)
    count_letters(campaign, seat, 4, day=TODAY)
    assert ways(campaign) == {"email": "3", "reported": "0"}


REPORTED: dict[str, Any] = {"step": Tally.Step.REPORTED}
AT_RISK: dict[str, Any] = {
    **REPORTED,
    "way": Tally.Way.UNSAID,
    "own_words": Tally.OwnWords.UNSAID,
}


def test_what_people_sent_themselves_is_never_a_letter_out() -> None:
    campaign, seat = make_campaign(), make_seat()
    count_letters(campaign, seat, 3, way=Tally.Way.PAPER, **REPORTED)

    assert reports.headline(campaign).letters_out == 0
    assert reports.headline(campaign).seats_reached == 0
    assert ways(campaign) == {"email": "0", "reported": "1-4"}


def test_who_had_to_be_counted_unseen_stands_out_nowhere() -> None:
    """One such letter and one from somebody's own mail are told alike everywhere."""
    seats = {"Near": make_seat("Near"), "Far": make_seat("Far")}
    unseen, seen = [
        reported(make_campaign(), seats["Near"], fields)
        for fields in (AT_RISK, {**REPORTED, "way": Tally.Way.OWN_MAIL})
    ]
    assert unseen == seen
    assert str(seen["total"]) == "1-4"
    assert seen["seats"] == {"Near": "1-4"}


def reported(
    campaign: Campaign, seat: Constituency, fields: dict[str, Any]
) -> dict[str, object]:
    """Everything that is told after two such letters yesterday and nine today."""
    count_letters(campaign, seat, 2, **fields)
    count_letters(campaign, seat, 9, day=TODAY, **fields)
    by_seat = reports.counts(campaign, By.CONSTITUENCY, TODAY).lines
    return {
        "total": reports.progress(campaign, TODAY).total.reported,
        "seats": {
            line.name: str(line.reported)
            for line in by_seat
            if str(line.reported) != "0"
        },
        "ways": ways(campaign),
        "days": list(reports.counts(campaign, By.DAY, TODAY).lines),
        "groups": [reports.counts(campaign, by, TODAY).lines for by in GROUPINGS],
    }


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, "0"), (1, "1-4"), (9, "5-9"), (10, "10-19"), (19, "10-19"), (120, "120-129")],
)
def test_a_total_is_told_roughly(number: int, told: str) -> None:
    assert str(seats.rough(number)) == told


def test_answers_are_counted_and_are_no_letters() -> None:
    campaign, seat = make_campaign(), make_seat()
    count_letters(campaign, seat, 3)
    count_letters(campaign, seat, 2, step=Tally.Step.ANSWERED)

    assert reports.headline(campaign) == HeadlineCounts(3, 1, 651, 0, answered=2)


def test_each_answer_is_counted_by_itself_and_once_when_it_is_put_right() -> None:
    campaign, seat = make_campaign(), make_seat()
    count_letters(campaign, seat, 9)
    for number, step in enumerate(Tally.ANSWERS, start=1):
        count_letters(campaign, seat, number, step=step)
    count_letters(campaign, seat, -1, day=TODAY, step=Tally.Step.NO_ANSWER)
    count_letters(campaign, seat, 1, day=TODAY, step=Tally.Step.ANSWERED)

    assert reports.headline(campaign) == HeadlineCounts(
        9, 1, 651, 0, answered=2, acknowledged=2, no_answer=2, none_needed=4
    )


def test_what_came_back_is_counted_apart_and_taken_off_the_letters_out() -> None:
    campaign, near, far = make_campaign(), make_seat("Near"), make_seat("Far")
    count_letters(campaign, near, 3)
    count_letters(campaign, far, 1)
    count_letters(campaign, near, 1, step=Tally.Step.BOUNCED)
    count_letters(campaign, far, 1, step=Tally.Step.BOUNCED)

    assert reports.headline(campaign) == HeadlineCounts(2, 1, 652, 0, bounced=2)


def test_what_comes_back_changes_a_seat_no_sooner_than_the_next_midnight() -> None:
    campaign, near, far = make_campaign(), make_seat("Near"), make_seat("Far")
    long_ago = YESTERDAY - datetime.timedelta(days=5)
    now = datetime.datetime.combine(TODAY, datetime.time(12), datetime.UTC)
    letters = [
        make_letter(
            campaign=campaign,
            representative=seat.representatives.get(),
            state=Letter.State.ACCEPTED,
            now=datetime.datetime.combine(day, datetime.time(9), datetime.UTC),
        )
        for seat, day in ((near, long_ago), (far, YESTERDAY), (far, TODAY))
    ]
    for letter in letters:
        assert letter.accepted_at
        counting.record(letter, Tally.Step.ACCEPTED, letter.accepted_at)

    def buckets(today: datetime.date) -> list[tuple[str, int]]:
        found = reports.progress(campaign, today).daily.told.seats
        return [(seat.name, seat.bucket) for seat in found if seat.bucket]

    before = buckets(TODAY)
    assert before == [("Far", 1), ("Near", 1)]
    way = reports.counts(campaign, By.WAY, TODAY).lines
    for letter in letters:
        assert lifecycle.make(Move.BOUNCE, letter, now)
    assert reports.progress(campaign, TODAY).total.letters_out == 0
    assert buckets(TODAY) == before
    assert reports.counts(campaign, By.WAY, TODAY).lines == way
    assert buckets(TOMORROW) == []


def test_a_signature_is_no_letter() -> None:
    campaign, seat = make_campaign(), make_seat()
    count_letters(campaign, seat, 3, own_words=Tally.OwnWords.SIGNATURE)
    count_letters(
        campaign,
        seat,
        2,
        way=Tally.Way.PAPER,
        own_words=Tally.OwnWords.SIGNATURE,
        **REPORTED,
    )

    assert reports.headline(campaign) == HeadlineCounts(0, 0, 651, 0, signatures=5)
    assert ways(campaign) == {"email": "0", "reported": "0"}


def test_a_tally_of_somebody_at_risk_says_nothing_more() -> None:
    campaign, seat = make_campaign(), make_seat()
    with pytest.raises(IntegrityError, match="people_at_risk_say_nothing_more"):
        count_letters(campaign, seat, 1, **{**AT_RISK, "own_words": "0"})


def test_without_anything_to_count_by_the_total_stands_alone() -> None:
    counts = reports.counts(make_campaign(), None, TODAY)

    assert counts.by is None
    assert not counts.lines


def test_progress_tells_the_last_days_one_by_one() -> None:
    campaign, seat = make_campaign(), make_seat()
    count_letters(campaign, seat, 2, day=TODAY)
    count_letters(campaign, seat, 1, day=TODAY - datetime.timedelta(days=2))
    count_letters(campaign, seat, 9, day=TODAY - datetime.timedelta(days=3))

    days = reports.progress(campaign, TODAY, days=3).days

    assert [day.letters for day in days] == [1, 0, 2]
    assert days[-1].day == TODAY


def test_cells_lie_beside_each_other_as_on_the_map() -> None:
    north_west, north_east, south = (make_seat(name) for name in ("A", "B", "C"))
    for seat, column, row in (
        (north_west, 50, -10),
        (north_east, 51, -10),
        (south, 50, -11),
    ):
        Constituency.objects.filter(pk=seat.pk).update(hex_q=column, hex_r=row)

    daily = reports.progress(make_campaign(), TODAY).daily
    a, b, c = sorted(seat for seat in daily.told.seats if len(seat.name) == 1)

    assert (b.x - a.x, b.y - a.y) == (20, 0)
    assert (c.x - a.x, round(c.y - a.y, 1)) == (10, 17.3)


@pytest.mark.usefixtures("registers")
def test_progress_names_seats_in_the_readers_language() -> None:
    campaign = make_campaign()
    english = reports.progress(campaign, TODAY).daily.told
    with translation.override("cy"):
        welsh = reports.progress(campaign, TODAY).daily.told
        assert reports.progress(campaign, TODAY).daily.told is welsh
        wales = translation.gettext("Wales")
    named = {seat.code: seat for seat in welsh.seats}
    assert (named["W07000111"].name, named["W07000111"].region) == ("Wrecsam", wales)
    assert wales in {group.name for group in welsh.countries}
    assert "Wrexham" in {seat.name for seat in english.seats}
    assert reports.progress(campaign, TODAY).daily.told is english


@pytest.mark.usefixtures("registers")
def test_every_region_of_the_register_is_known_to_translators() -> None:
    known = {*REGIONS, *Country.values}
    assert {seat.region for seat in lookup.seats()} == known - {"England"}


def test_large_numbers_in_words_are_readable(campaign_of_many: Campaign) -> None:
    parties = reports.progress(campaign_of_many, TODAY).daily.told.parties
    (group,) = [group for group in parties if group.name == "Monster Raving Loony"]

    assert group.letters.words == "1,010 or more"


@pytest.fixture
def campaign_of_many() -> Campaign:
    campaign = make_campaign()
    for _ in range(101):
        count_letters(campaign, make_seat(party="Monster Raving Loony"), 10)
    return campaign
