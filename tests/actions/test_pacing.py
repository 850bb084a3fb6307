"""How letters are spread, planned and held to the budget, whoever sends them."""

import datetime
from collections.abc import Iterator

import pytest
from django.utils import timezone
from pytest_django import Settings

from actions import (
    claiming,
    delivering,
    failing,
    pacing,
    rates,
    redirecting,
    reviewing,
    submitting,
)
from actions.models import Campaign, Delivery, FailingAddress, Letter, Pace
from actions.screening import deciding
from representatives import lookup
from representatives.models import Representative
from tests.actions.factories import (
    let_go,
    make_campaign,
    make_letter,
    make_representative,
)
from tests.registers import make_member
from tests.smtp import Fault, MailServer, mail_server

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db

# A Monday morning, in office hours.
NOW = datetime.datetime(2026, 11, 23, 10, 0, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
THE_DAY = datetime.date(2026, 12, 3)
OPENING = rates.opening(THE_DAY)


@pytest.fixture(autouse=True)
def usual_rates(settings: Settings) -> None:
    settings.LETTERS_PER_MP_PER_HOUR = 30
    settings.LETTERS_PER_MP_PER_HOUR_OTHERWISE = 6
    settings.LETTERS_PER_HOUR = settings.LETTERS_PER_HOUR_OTHERWISE = 3000
    # All of them say the same, and none is to wait for a person.
    let_go(10_000)


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


@pytest.fixture
def member() -> Representative:
    return make_representative()


def confirmed(
    campaign: Campaign, member: Representative, now: datetime.datetime = NOW
) -> Letter:
    letter = make_letter(
        campaign=campaign,
        representative=member,
        now=now,
        confirm_by=now + 7 * DAY,
    )
    letter.deliveries.all().delete()
    assert submitting.confirm(letter, now=now)
    return letter


def due(letter: Letter) -> datetime.datetime:
    owed = letter.deliveries.get(kind=Delivery.Kind.LETTER)
    return owed.due_at.replace(microsecond=0)


def after(letter: Letter, start: datetime.datetime = NOW) -> float:
    """Minutes until it is planned to go."""
    return (due(letter) - start) / MINUTE


def deliver(now: datetime.datetime) -> int:
    return delivering.deliver_due(clock=lambda: now).sent


def minutes(count: float, now: datetime.datetime = NOW) -> Iterator[datetime.datetime]:
    moment = now
    while moment <= now + count * MINUTE:
        yield moment
        moment += MINUTE


# --- Planning -----------------------------------------------------------------------


def test_the_first_letter_to_an_mp_goes_at_once_and_others_after_it(
    campaign: Campaign, member: Representative
) -> None:
    letters = [confirmed(campaign, member) for _ in range(4)]
    assert [after(one) for one in letters] == [0, 2, 4, 6]


def test_letters_to_other_mps_wait_for_none_of_them(
    campaign: Campaign, member: Representative
) -> None:
    confirmed(campaign, member)
    assert after(confirmed(campaign, make_representative())) == 0


def test_a_letter_confirmed_when_the_others_have_gone_goes_at_once(
    campaign: Campaign, member: Representative
) -> None:
    for _ in range(3):
        confirmed(campaign, member)
    later = NOW + HOUR
    assert after(confirmed(campaign, member, later), later) == 0


def test_all_that_are_planned_go_at_their_time_and_none_before(
    campaign: Campaign, member: Representative, mail_server: MailServer
) -> None:
    letters = [confirmed(campaign, member) for _ in range(4)]
    assert [deliver(now) for now in minutes(7)] == [1, 0, 1, 0, 1, 0, 1, 0]
    assert {one.deliveries.get().attempts for one in letters} == {1}


def test_our_own_mails_are_never_kept_waiting(
    campaign: Campaign, member: Representative, mail_server: MailServer
) -> None:
    for _ in range(5):
        make_letter(campaign=campaign, representative=member, now=NOW)
    assert deliver(NOW) == 5
    assert not Pace.objects.exists()


def test_trying_out_and_real_letters_have_budgets_of_their_own(
    campaign: Campaign, member: Representative, settings: Settings
) -> None:
    confirmed(campaign, member)
    settings.DELIVERY_IS_LIVE = True
    assert after(confirmed(campaign, member)) == 0


def test_a_letter_that_was_held_gets_a_place_when_it_is_released(
    campaign: Campaign, member: Representative
) -> None:
    confirmed(campaign, member)
    held = make_letter(
        state=Letter.State.HELD, campaign=campaign, representative=member, now=NOW
    )
    assert deciding.let_go(held, NOW)
    assert after(held) == 2


def test_a_letter_that_is_held_again_at_once_takes_no_place(
    campaign: Campaign, member: Representative
) -> None:
    failing.mark(member.email, "550 5.1.1 unknown", NOW, live=False)
    read = make_letter(
        state=Letter.State.HELD, campaign=campaign, representative=member, now=NOW
    )
    assert deciding.let_go(read, NOW)
    former = make_member(constituency=member.constituency, is_current=False)
    sent_on = make_letter(
        state=Letter.State.HELD,
        held_for=Letter.Hold.MEMBER_CHANGED,
        campaign=campaign,
        representative=former,
        now=NOW,
    )
    seat = lookup.seat(member.constituency.code)
    assert seat
    assert redirecting.redirect(sent_on, seat, sent_on.subject, sent_on.body, now=NOW)
    for letter in (read, sent_on):
        letter.refresh_from_db()
        assert letter.held_for == Letter.Hold.ADDRESS_FAILING
    assert failing.mend(FailingAddress.objects.get(), NOW)
    assert after(confirmed(campaign, member)) == 0


def without_its_mp(campaign: Campaign, member: Representative) -> Letter:
    letter = make_letter(
        state=Letter.State.QUEUED, campaign=campaign, representative=member, now=NOW
    )
    Representative.objects.filter(pk=member.pk).update(is_current=False)
    assert reviewing.look(NOW, live=False) == 1
    letter.refresh_from_db()
    return letter


def test_a_letter_sent_on_is_planned_among_those_to_its_present_mp(
    campaign: Campaign, member: Representative
) -> None:
    held = without_its_mp(campaign, member)
    successor = make_member(constituency=member.constituency)
    for _ in range(2):
        confirmed(campaign, successor)
    seat = lookup.seat(member.constituency.code)
    assert seat
    assert redirecting.redirect(held, seat, held.subject, held.body, now=NOW)
    assert after(held) == 4


def test_a_letter_to_whoever_was_elected_again_is_planned_among_theirs(
    campaign: Campaign, member: Representative
) -> None:
    held = without_its_mp(campaign, member)
    again = make_member(
        constituency=member.constituency, parliament_id=member.parliament_id
    )
    for _ in range(2):
        confirmed(campaign, again)
    assert reviewing.look(NOW, live=False) == 1
    assert after(held) == 4


def test_changed_rates_begin_a_new_plan(
    campaign: Campaign, member: Representative, settings: Settings
) -> None:
    for _ in range(3):
        confirmed(campaign, member)
    settings.LETTERS_PER_MP_PER_HOUR = 60
    letters = [confirmed(campaign, member) for _ in range(2)]
    assert [after(one) for one in letters] == [0, 1]


def test_where_many_may_go_in_a_minute_a_minutes_letters_go_at_once(
    campaign: Campaign,
    member: Representative,
    settings: Settings,
    mail_server: MailServer,
) -> None:
    settings.LETTERS_PER_MP_PER_HOUR = 300
    for _ in range(8):
        confirmed(campaign, member)
    assert deliver(NOW) == 5
    assert [deliver(NOW + seconds * MINUTE / 60) for seconds in (13, 26, 39)] == [
        1,
        1,
        1,
    ]


# --- At the time of going -----------------------------------------------------------


def overdue(
    campaign: Campaign, member: Representative, count: int, now: datetime.datetime = NOW
) -> list[Letter]:
    """Make letters whose time came while no worker was there."""
    return [
        make_letter(
            state=Letter.State.QUEUED,
            campaign=campaign,
            representative=member,
            now=now - HOUR + number * MINUTE,
        )
        for number in range(count)
    ]


def test_after_an_outage_a_backlog_goes_no_faster_and_in_its_order(
    campaign: Campaign, member: Representative, mail_server: MailServer
) -> None:
    letters = overdue(campaign, member, 12)
    later = confirmed(campaign, member)
    assert [deliver(now) for now in minutes(24)] == [1, 0] * 12 + [1]
    went = [Letter.objects.get(pk=one.pk).accepted_at for one in [*letters, later]]
    assert went == [NOW + 2 * number * MINUTE for number in range(13)]


def test_letters_to_many_mps_go_together_after_an_outage(
    campaign: Campaign, mail_server: MailServer
) -> None:
    for _ in range(3):
        overdue(campaign, make_representative(), 2)
    assert deliver(NOW) == 3
    assert deliver(NOW + 2 * MINUTE) == 3


def test_a_letter_that_follows_its_mp_goes_no_faster_than_theirs(
    campaign: Campaign, member: Representative, mail_server: MailServer
) -> None:
    (letter,) = overdue(campaign, member, 1)
    Representative.objects.filter(pk=member.pk).update(is_current=False)
    term = make_member(
        constituency=member.constituency, parliament_id=member.parliament_id
    )
    overdue(campaign, term, 1)
    assert [deliver(now) for now in minutes(4)] == [1, 0, 1, 0, 0]
    letter.refresh_from_db()
    assert letter.representative == term


def test_two_workers_obey_one_budget(
    campaign: Campaign, member: Representative, mail_server: MailServer
) -> None:
    overdue(campaign, member, 6)
    first = claiming.claim(NOW, live=True, at_most=3)
    second = claiming.claim(NOW, live=True, at_most=3)
    assert (len(first), second) == (1, [])


def test_all_letters_together_obey_a_budget_too(
    campaign: Campaign, settings: Settings, mail_server: MailServer
) -> None:
    settings.LETTERS_PER_HOUR = settings.LETTERS_PER_HOUR_OTHERWISE = 120
    for _ in range(6):
        overdue(campaign, make_representative(), 1)
    assert deliver(NOW) == 2
    went = [deliver(now) for now in minutes(3, NOW + MINUTE / 2)]
    assert sum(went) == 4
    assert max(went) <= 2


def test_all_letters_together_go_more_slowly_at_night(
    campaign: Campaign, settings: Settings, mail_server: MailServer
) -> None:
    settings.LETTERS_PER_HOUR, settings.LETTERS_PER_HOUR_OTHERWISE = 120, 60
    for _ in range(6):
        overdue(campaign, make_representative(), 1)
    evening = NOW + 10 * HOUR
    went = [deliver(now) for now in minutes(5, evening)]
    assert went == [1, 1, 1, 1, 1, 1]


def test_where_none_of_all_letters_may_go_at_night_they_go_in_the_morning(
    campaign: Campaign, settings: Settings, mail_server: MailServer
) -> None:
    settings.LETTERS_PER_HOUR, settings.LETTERS_PER_HOUR_OTHERWISE = 120, 0
    for _ in range(2):
        overdue(campaign, make_representative(), 1)
    evening, morning = NOW + 10 * HOUR, NOW + 22 * HOUR
    assert deliver(evening) == 0
    assert deliver(morning - MINUTE) == 0
    assert deliver(morning) + deliver(morning + MINUTE) == 2


def test_any_number_of_all_letters_may_go_where_nothing_is_said(
    campaign: Campaign, settings: Settings, mail_server: MailServer
) -> None:
    settings.LETTERS_PER_HOUR = 0
    for _ in range(6):
        overdue(campaign, make_representative(), 1)
    assert deliver(NOW) == 6


def test_a_try_takes_a_place_and_puts_others_off_by_one(
    campaign: Campaign, member: Representative, mail_server: MailServer
) -> None:
    mail_server.faults = [Fault.BUSY]
    first, second = (confirmed(campaign, member) for _ in range(2))
    # It is tried again after a minute: half a place early is early enough.
    assert [deliver(now) for now in minutes(4)] == [0, 1, 0, 0, 1]
    for one, when in ((first, 1), (second, 4)):
        one.refresh_from_db()
        assert one.accepted_at == NOW + when * MINUTE


def test_what_a_slow_worker_gives_back_has_taken_no_place(
    campaign: Campaign, mail_server: MailServer
) -> None:
    for _ in range(3):
        overdue(campaign, make_representative(), 1)
    later = NOW + 2 * delivering.HELD_FOR
    tidings = delivering.deliver_due(clock=lambda: later if mail_server.raw else NOW)
    assert tidings.sent == 3


def test_at_night_none_goes_where_none_may(
    campaign: Campaign,
    member: Representative,
    settings: Settings,
    mail_server: MailServer,
) -> None:
    settings.LETTERS_PER_MP_PER_HOUR_OTHERWISE = 0
    night = NOW + 10 * HOUR
    (letter,) = overdue(campaign, member, 1, night)
    assert deliver(night) == 0
    assert due(letter) == rates.opening(datetime.date(2026, 11, 24))


def test_a_clock_that_was_put_back_keeps_letters_for_no_longer_than_one_place(
    campaign: Campaign, member: Representative, mail_server: MailServer
) -> None:
    overdue(campaign, member, 1, NOW + DAY)
    assert deliver(NOW + DAY) == 1
    overdue(campaign, member, 2)
    assert sum(deliver(now) for now in minutes(6)) == 2


def test_a_clock_that_jumps_ahead_lets_no_more_go_than_may(
    campaign: Campaign, member: Representative, mail_server: MailServer
) -> None:
    for _ in range(20):
        confirmed(campaign, member)
    assert deliver(NOW + DAY) == 1
    assert deliver(NOW + DAY + MINUTE) == 0


def test_a_letter_that_is_held_takes_no_place_from_the_next(
    campaign: Campaign, member: Representative, settings: Settings
) -> None:
    first = confirmed(campaign, member)
    let_go(1)
    assert confirmed(campaign, member).held_for == Letter.Hold.FLOOD
    let_go(10_000)
    assert due(confirmed(campaign, member)) == due(first) + 2 * MINUTE


# --- Keeping order ------------------------------------------------------------------


def test_gaps_that_cancelled_letters_left_are_closed(
    campaign: Campaign, member: Representative
) -> None:
    letters = [confirmed(campaign, member) for _ in range(6)]
    for one in letters[:4]:
        submitting.cancel(one, now=NOW)
    assert pacing.tidy(NOW, live=False) == 1
    assert [after(one) for one in letters[4:]] == [0, 2]
    assert after(confirmed(campaign, member)) == 4
    assert pacing.tidy(NOW, live=False) == 0


def test_what_was_planned_by_a_clock_that_was_ahead_comes_back(
    campaign: Campaign, member: Representative
) -> None:
    letter = confirmed(campaign, member, NOW + 1000 * DAY)
    assert pacing.tidy(NOW, live=False) == 1
    assert after(letter) == 0


def test_what_was_tried_by_a_clock_that_was_ahead_comes_back(
    campaign: Campaign, member: Representative, mail_server: MailServer
) -> None:
    first, second = (confirmed(campaign, member) for _ in range(2))
    mail_server.faults = [Fault.BUSY]
    assert deliver(NOW + 1000 * DAY) == 0
    assert pacing.tidy(NOW, live=True) == 1
    assert max(after(first), after(second)) <= 5


def test_after_the_day_of_its_campaign_no_clock_that_was_ahead_keeps_a_letter(
    member: Representative,
) -> None:
    campaign = make_campaign(letters_go_from=THE_DAY)
    letter = confirmed(campaign, member, NOW + 1000 * DAY)
    pacing.tidy(NOW, live=False)
    assert due(letter) > OPENING, "it is not its day yet"
    later = OPENING + DAY
    assert pacing.tidy(later, live=False) == 1
    assert after(letter, later) == 0


def test_letters_that_were_tried_keep_their_order_where_places_are_weeks_off(
    campaign: Campaign,
    member: Representative,
    settings: Settings,
    mail_server: MailServer,
) -> None:
    settings.LETTERS_PER_MP_PER_HOUR = 1
    settings.LETTERS_PER_MP_PER_HOUR_OTHERWISE = 0
    overdue(campaign, member, 40)
    letters = Delivery.objects.filter(kind=Delivery.Kind.LETTER)
    letters.update(attempts=1)
    assert deliver(NOW) == 1
    places = dict(letters.waiting().values_list("pk", "due_at"))
    assert max(places.values()) > NOW + 3 * DAY
    for minute in range(1, 5):
        assert deliver(NOW + minute * MINUTE) == 0
        pacing.tidy(NOW + minute * MINUTE, live=True)
    assert dict(letters.waiting().values_list("pk", "due_at")) == places


def test_what_is_planned_for_weeks_ahead_stays_where_it_is(
    member: Representative, mail_server: MailServer
) -> None:
    held = make_campaign(letters_go_from=THE_DAY)
    letters = [confirmed(held, member) for _ in range(2)]
    planned = [due(one) for one in letters]
    for moment in minutes(3):
        assert deliver(moment) == 0
    assert [due(one) for one in letters] == planned


def test_budgets_that_are_used_up_no_more_are_forgotten(
    campaign: Campaign, member: Representative, mail_server: MailServer
) -> None:
    confirmed(campaign, member)
    deliver(NOW)
    pacing.tidy(NOW + DAY, live=True)
    assert [one.pk for one in Pace.objects.all()] == ["live all"]


# --- A campaign that holds letters --------------------------------------------------


def test_letters_of_a_campaign_that_holds_them_go_from_its_day_on(
    member: Representative,
) -> None:
    campaign = make_campaign(letters_go_from=THE_DAY)
    letters = [confirmed(campaign, member) for _ in range(3)]
    assert [after(one, OPENING) for one in letters] == [0, 2, 4]


def test_meanwhile_other_campaigns_letters_go(member: Representative) -> None:
    confirmed(make_campaign(letters_go_from=THE_DAY), member)
    assert after(confirmed(make_campaign(), member)) == 0


def test_on_the_day_letters_go_as_ever(member: Representative) -> None:
    campaign = make_campaign(letters_go_from=THE_DAY)
    noon = OPENING + 4 * HOUR
    assert after(confirmed(campaign, member, noon), noon) == 0


def test_workers_leave_places_alone_that_are_days_off(
    settings: Settings, mail_server: MailServer, member: Representative
) -> None:
    settings.LETTERS_PER_MP_PER_HOUR = 1
    settings.LETTERS_PER_MP_PER_HOUR_OTHERWISE = 0
    held = make_campaign(letters_go_from=THE_DAY)
    for campaign in [make_campaign(), held]:
        for _ in range(40):
            confirmed(campaign, member)
    letters = Delivery.objects.filter(kind=Delivery.Kind.LETTER)
    places = dict(letters.waiting().values_list("pk", "due_at"))
    gone = sum(deliver(NOW + minute * MINUTE) for minute in range(5))
    left = dict(letters.waiting().values_list("pk", "due_at"))
    assert gone == 1
    assert left.items() <= places.items()


def test_a_letter_tried_before_keeps_the_day_of_its_campaign(
    mail_server: MailServer, member: Representative
) -> None:
    confirmed(make_campaign(letters_go_from=THE_DAY), member)
    letters = Delivery.objects.filter(kind=Delivery.Kind.LETTER)
    letters.update(attempts=1)
    for minute in range(5):
        deliver(NOW + minute * MINUTE)
    assert letters.get().due_at == OPENING


@pytest.mark.parametrize("day", [datetime.date(2026, 12, 1), datetime.date(2027, 1, 4)])
def test_another_day_moves_those_that_wait(
    member: Representative, day: datetime.date
) -> None:
    campaign = make_campaign(letters_go_from=THE_DAY)
    letters = [confirmed(campaign, member, NOW + n * MINUTE) for n in range(3)]
    campaign.letters_go_from = day
    campaign.save()
    for _ in range(2):
        assert pacing.replan(campaign, NOW + HOUR) == 3
    assert [after(one, rates.opening(day)) for one in letters] == [0, 2, 4]


def test_no_day_any_more_lets_those_go_that_wait(member: Representative) -> None:
    campaign = make_campaign(letters_go_from=THE_DAY)
    letters = [confirmed(campaign, member) for _ in range(2)]
    campaign.letters_go_from = None
    campaign.save()
    pacing.replan(campaign, NOW)
    assert [after(one) for one in letters] == [0, 2]


def test_a_day_that_is_set_later_stops_those_that_were_planned(
    campaign: Campaign, member: Representative
) -> None:
    letters = [confirmed(campaign, member) for _ in range(2)]
    campaign.letters_go_from = THE_DAY
    campaign.save()
    pacing.replan(campaign, NOW)
    assert [after(one, OPENING) for one in letters] == [0, 2]


def test_a_letter_that_is_due_is_held_all_the_same(
    member: Representative, mail_server: MailServer
) -> None:
    campaign = make_campaign(letters_go_from=THE_DAY)
    (letter,) = overdue(campaign, member, 1)
    assert deliver(NOW) == 0
    assert after(letter, OPENING) == 0
    assert deliver(OPENING) == 1


def test_a_letter_in_a_workers_hands_is_left_there(
    campaign: Campaign, member: Representative, mail_server: MailServer
) -> None:
    letter = confirmed(campaign, member)
    claiming.claim(NOW, live=True, at_most=1)
    campaign.letters_go_from = THE_DAY
    campaign.save()
    assert pacing.replan(campaign, NOW) == 0
    assert after(letter) == 0


def test_what_is_expected_takes_no_place(
    campaign: Campaign, member: Representative
) -> None:
    letter = confirmed(campaign, member)
    for _ in range(2):
        assert pacing.expected_for(letter, NOW) - NOW >= 2 * MINUTE
    assert after(confirmed(campaign, member)) == 2
    assert timezone.is_aware(due(letter))
