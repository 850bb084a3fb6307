"""Asking for updates, confirming and leaving: what is stored, mailed and erased."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from actions import delivering, limiting, outbox, privacy, subscribing
from actions.errors import TooManyError
from actions.models import Campaign, Delivery, RateCount, Subscription
from tests import traces
from tests.actions.factories import NOW, make_campaign, make_subscription

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
HERE = "192.0.2.7"
JO = "Jo@Mail.example"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.OUTBOX_DIR = tmp_path / "outbox"
    return tmp_path / "outbox"


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


def ask(
    campaign: Campaign,
    email: str = JO,
    *,
    address: str = HERE,
    now: datetime.datetime = NOW,
) -> None:
    subscribing.subscribe(campaign, email, address=address, now=now)


def deliver(now: datetime.datetime = NOW) -> int:
    return delivering.deliver_due(clock=lambda: now).sent


def test_a_wish_is_stored_with_its_wording_and_time_and_a_mail_is_owed(
    campaign: Campaign, settings: Settings
) -> None:
    settings.CONFIRM_WITHIN_DAYS = 7
    ask(campaign, f" {JO} ")
    wish = Subscription.objects.get()
    assert (wish.campaign, wish.email, wish.is_demo) == (campaign, JO, True)
    assert wish.consent_wording == subscribing.consent_wording(campaign)
    assert (wish.asked_at, wish.confirm_by) == (NOW, NOW + 7 * DAY)
    assert not wish.is_confirmed
    delivery = Delivery.objects.get()
    assert (delivery.kind, delivery.owner) == (Delivery.Kind.SUBSCRIPTION, wish)
    assert (delivery.is_demo, delivery.due_at) == (True, NOW)


def test_asking_again_before_the_mail_has_gone_owes_no_second_one(
    campaign: Campaign,
) -> None:
    ask(campaign)
    ask(campaign, JO.upper())
    assert Subscription.objects.count() == Delivery.objects.count() == 1


def test_the_wording_names_the_campaign_and_who_publishes_it() -> None:
    words = subscribing.consent_wording(
        make_campaign(title="Uyghurs", imprint="Published by Friends,\n1 High St. ")
    )
    assert "of the campaign “Uyghurs” (Published by Friends, 1 High St) so" in words
    without = subscribing.consent_wording(make_campaign(title="Uyghurs", imprint=""))
    assert "of the campaign “Uyghurs” so that they" in without


def test_asking_again_after_the_mail_has_gone_owes_another_and_gives_no_more_time(
    campaign: Campaign,
) -> None:
    ask(campaign)
    assert deliver() == 1
    before = Subscription.objects.get()
    Subscription.objects.update(consent_wording="Older words.")
    ask(campaign, now=NOW + DAY)
    wish = Subscription.objects.get()
    assert (wish.asked_at, wish.consent_wording) == (
        NOW + DAY,
        subscribing.consent_wording(campaign),
    )
    assert wish.confirm_by == before.confirm_by
    assert deliver(NOW + DAY) == 1
    assert len(outbox.newest()) == 2


def test_asking_day_by_day_keeps_no_address_that_nobody_confirms(
    campaign: Campaign, settings: Settings
) -> None:
    settings.CONFIRM_WITHIN_DAYS = 3
    for day in range(3):
        ask(campaign, now=NOW + day * DAY)
    assert subscribing.expire(NOW + 3 * DAY) == 1
    assert not Subscription.objects.standing().exists()


def test_asked_again_once_its_time_is_over_it_begins_anew(
    campaign: Campaign, settings: Settings
) -> None:
    settings.CONFIRM_WITHIN_DAYS = 3
    ask(campaign)
    ask(campaign, now=NOW + 3 * DAY)
    assert Subscription.objects.get().confirm_by == NOW + 6 * DAY


def test_an_address_that_gets_updates_is_owed_its_link_and_keeps_its_consent(
    campaign: Campaign,
) -> None:
    wish = make_subscription(campaign=campaign, email=JO, confirmed_at=NOW)
    before = Subscription.objects.values().get()
    ask(campaign, JO.lower(), now=NOW + DAY)
    ask(campaign, JO, now=NOW + DAY)
    assert Subscription.objects.values().get() == before
    delivery = wish.deliveries.get()
    assert (delivery.kind, delivery.due_at) == (Delivery.Kind.SUBSCRIPTION, NOW + DAY)
    assert deliver(NOW + DAY) == 1


def test_once_confirmed_no_mail_is_owed_that_asks_to_confirm(
    campaign: Campaign,
) -> None:
    ask(campaign)
    deliver()
    ask(campaign, now=NOW + DAY)
    subscribing.confirm(Subscription.objects.get(), now=NOW + DAY)
    assert not Delivery.objects.waiting().exists()
    assert deliver(NOW + DAY) == 0


def test_who_leaves_again_is_not_sent_the_link_that_was_asked_for(
    campaign: Campaign,
) -> None:
    wish = make_subscription(campaign=campaign, email=JO, confirmed_at=NOW)
    ask(campaign)
    subscribing.leave(wish, now=NOW)
    assert deliver() == 0


def test_of_two_wishes_at_the_same_moment_one_is_taken_and_the_other_owes_nothing(
    campaign: Campaign,
) -> None:
    rivals: list[Subscription] = []

    def come_first(execute: Any, sql: str, *rest: Any) -> Any:
        if not rivals and ' INTO "actions_subscription"' in sql:
            # Before it is known whether this one will be, to run only once.
            rivals.append(Subscription())
            rivals[0] = make_subscription(campaign=campaign, email=JO.lower())
        return execute(sql, *rest)

    with (
        traces.failed_statements() as failed,
        connection.execute_wrapper(come_first),
    ):
        ask(campaign)
    assert rivals
    assert failed == []
    assert not Delivery.objects.exclude(subscription=rivals[0]).exists()


def test_one_address_may_hear_of_two_campaigns(campaign: Campaign) -> None:
    ask(campaign)
    ask(make_campaign())
    assert Subscription.objects.count() == Delivery.objects.count() == 2


def test_who_left_may_ask_again(campaign: Campaign) -> None:
    ask(campaign)
    subscribing.leave(Subscription.objects.get(), now=NOW)
    ask(campaign)
    assert Subscription.objects.unconfirmed().get().email == JO
    assert Subscription.objects.count() == 2


def test_a_wish_made_while_trying_out_is_not_the_live_one(
    campaign: Campaign, settings: Settings
) -> None:
    trial = make_subscription(campaign=campaign, email=JO, confirmed_at=NOW)
    settings.DELIVERY_IS_LIVE = True
    ask(campaign)
    real = Subscription.objects.of_mode(live=True).get()
    assert real.pk != trial.pk
    assert Delivery.objects.get().is_demo is False


# --- Limits -----------------------------------------------------------------------


def test_beyond_its_share_of_the_day_a_mailbox_gets_nothing_and_nobody_is_told(
    campaign: Campaign, settings: Settings
) -> None:
    settings.LETTERS_PER_MAILBOX_PER_DAY = 2
    for name in ("jo", "jo+a", "JO+b"):
        ask(campaign, f"{name}@mail.example")
    assert Subscription.objects.count() == 2
    ask(campaign, "jo+b@mail.example", now=NOW + DAY)
    assert Subscription.objects.count() == 3


def test_an_address_of_the_network_may_ask_only_so_often_an_hour(
    campaign: Campaign, settings: Settings
) -> None:
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 2
    for name in ("one", "two"):
        ask(campaign, f"{name}@mail.example")
    with pytest.raises(TooManyError) as refused:
        ask(campaign, "three@mail.example")
    assert refused.value.retry_after == 3600
    assert Subscription.objects.count() == 2
    ask(campaign, "three@mail.example", address="192.0.2.8")
    ask(campaign, "four@mail.example", now=NOW + limiting.HOUR)
    assert Subscription.objects.count() == 4


def test_the_limits_hold_no_address(campaign: Campaign) -> None:
    ask(campaign)
    held = repr(list(RateCount.objects.values()))
    assert RateCount.objects.count() == 2
    assert "mail.example" not in held.lower()
    assert HERE not in held


# --- Confirming and leaving -------------------------------------------------------


def test_confirmed_it_counts_and_says_when() -> None:
    wish = make_subscription()
    assert subscribing.confirm(wish, now=NOW + DAY)
    assert wish.is_confirmed
    assert wish.confirmed_at == NOW + DAY
    assert list(Subscription.objects.confirmed()) == [wish]


def test_confirming_twice_keeps_the_first_time() -> None:
    wish = make_subscription()
    subscribing.confirm(wish, now=NOW)
    assert not subscribing.confirm(wish, now=NOW + DAY)
    assert wish.confirmed_at == NOW


def test_too_late_or_left_it_can_no_longer_be_confirmed() -> None:
    late, left = make_subscription(), make_subscription()
    subscribing.leave(left, now=NOW)
    assert not subscribing.confirm(late, now=late.confirm_by)
    assert not subscribing.confirm(left, now=NOW)
    assert not Subscription.objects.confirmed().exists()


@pytest.mark.parametrize("is_live", [True, False])
def test_a_wish_of_the_other_mode_cannot_be_confirmed_but_left(
    settings: Settings, *, is_live: bool
) -> None:
    wish = make_subscription(is_demo=is_live)
    settings.DELIVERY_IS_LIVE = is_live
    assert not subscribing.can_be_confirmed(wish, NOW)
    assert not subscribing.confirm(wish, now=NOW)
    assert subscribing.leave(wish, now=NOW)


def test_leaving_erases_the_address_at_once_and_owes_no_mail() -> None:
    wish = make_subscription()
    assert subscribing.leave(wish, now=NOW)
    assert (wish.email, wish.ended_at) == ("", NOW)
    assert wish.deliveries.get().state == Delivery.State.DROPPED
    assert deliver() == 0


def test_leaving_erases_its_mail_from_the_outbox_and_no_other() -> None:
    gone, kept = make_subscription(), make_subscription()
    assert deliver() == 2
    subscribing.leave(gone, now=NOW)
    assert outbox.owners() == {kept.pk}


def test_leaving_twice_is_harmless() -> None:
    wish = make_subscription(confirmed_at=NOW)
    assert subscribing.leave(wish, now=NOW)
    assert not subscribing.leave(wish, now=NOW + DAY)
    assert wish.ended_at == NOW


# --- Time -------------------------------------------------------------------------


def test_the_sweep_erases_what_nobody_confirmed_in_time(settings: Settings) -> None:
    settings.CONFIRM_WITHIN_DAYS = 3
    wish = make_subscription()
    deliver()
    assert privacy.sweep(NOW + 3 * DAY - DAY / 24) == 0
    wish.refresh_from_db()
    assert wish.email
    assert privacy.sweep(NOW + 3 * DAY) == 1
    wish.refresh_from_db()
    assert (wish.email, wish.ended_at) == ("", NOW + 3 * DAY)
    assert outbox.owners() == set()
    assert privacy.sweep(NOW + 4 * DAY) == 0


def test_the_sweep_leaves_confirmed_ones_for_years() -> None:
    wish = make_subscription(confirmed_at=NOW)
    privacy.sweep(NOW + 2000 * DAY)
    wish.refresh_from_db()
    assert wish.is_confirmed


def test_any_number_expire_in_one_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = make_campaign()
    monkeypatch.setattr(subscribing, "AT_A_TIME", 2)
    for _ in range(5):
        make_subscription(campaign=campaign)
    assert subscribing.expire(NOW + 30 * DAY) == 5
    assert not Subscription.objects.exclude(email="").exists()


def test_once_mail_is_really_sent_those_from_trying_out_are_erased(
    settings: Settings,
) -> None:
    trials = [make_subscription(), make_subscription(confirmed_at=NOW)]
    deliver()
    settings.DELIVERY_IS_LIVE = True
    real = make_subscription(confirmed_at=NOW)
    assert privacy.sweep(NOW) == len(trials)
    assert list(Subscription.objects.standing()) == [real]
    assert outbox.owners() == set()


def test_while_trying_out_real_ones_stay() -> None:
    real = make_subscription(confirmed_at=NOW, is_demo=False)
    privacy.sweep(NOW)
    assert list(Subscription.objects.standing()) == [real]


def test_a_mail_written_while_its_address_was_erased_goes_with_the_next_sweep(
    folder: Path,
) -> None:
    gone, kept = make_subscription(), make_subscription()
    deliver()
    subscribing.leave(gone, now=NOW)
    late = folder / f"20261122T120000.000000Z-{gone.pk}-subscription.eml"
    late.write_text("To: jo@mail.example")
    privacy.sweep(NOW)
    assert outbox.owners() == {kept.pk}
