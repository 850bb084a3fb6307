"""Being told that people can write again: owed when they can, sent once, erased."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from actions import (
    claiming,
    closure,
    delivering,
    mailing_lists,
    outbox,
    privacy,
    recording,
    reopening,
    subscribing,
)
from actions.models import Campaign, Delivery, Subscription
from representatives.models import ParliamentPeriod, Register, RegisterVersion
from tests import traces
from tests.actions.factories import NOW, make_campaign, make_subscription
from tests.smtp import Fault, MailServer, mail_server

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
MINUTE = datetime.timedelta(minutes=1)
REOPENING = Subscription.Purpose.REOPENING
JO = "Jo@Mail.example"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.OUTBOX_DIR = tmp_path / "outbox"


def dissolve(days: int = 30) -> None:
    """Say that there are no MPs from today on, for so many days."""
    today = timezone.localdate(NOW)
    for state, begins_on in (("dissolved", today), ("sitting", today + days * DAY)):
        ParliamentPeriod.objects.create(state=state, begins_on=begins_on)
    RegisterVersion.objects.filter(register=Register.MEMBERS).delete()
    RegisterVersion.objects.create(
        register=Register.MEMBERS,
        as_of=(today + days * DAY).isoformat(),
        entries=650,
        loaded_at=NOW,
        is_current=True,
    )


def make_wish(**fields: Any) -> Subscription:
    return make_subscription(
        **{"purpose": REOPENING, "email": JO, "confirmed_at": NOW, **fields}
    )


def work(now: datetime.datetime = NOW, *, live: bool = False) -> delivering.Tidings:
    """Do what a worker does in one round."""
    reopening.owe(now, live=live)
    return delivering.deliver_due(clock=lambda: now)


def mails() -> list[str]:
    return [message.text for message in outbox.newest()]


# --- Asking -----------------------------------------------------------------------


def ask(campaign: Campaign, email: str = JO) -> None:
    subscribing.subscribe(
        campaign, email, address="192.0.2.7", now=NOW, purpose=REOPENING
    )


def test_the_wish_is_stored_with_its_own_words_and_asked_about_by_mail() -> None:
    campaign = make_campaign(title="Uyghurs")
    dissolve()
    ask(campaign)
    wish = Subscription.objects.get()
    assert (wish.purpose, wish.email, wish.confirmed_at) == (REOPENING, JO, None)
    assert "to tell me once, by one mail" in wish.consent_wording
    assert "for the campaign “Uyghurs” again" in wish.consent_wording
    assert "given to nobody" in wish.consent_wording
    assert work().sent == 1
    (asked,) = outbox.newest()
    assert asked.subject == "Please confirm that you want to be told"
    assert 'write to their MP for "Uyghurs" again' in asked.text.replace("\n", " ")


def test_who_is_to_be_told_already_is_mailed_the_link_to_leave() -> None:
    wish = make_wish()
    dissolve()
    ask(wish.campaign)
    assert work().sent == 1
    assert "you confirmed that on 22 November 2026" in mails()[0].replace("\n", " ")
    assert Subscription.objects.get().is_confirmed


def test_one_address_may_have_updates_and_be_told_too() -> None:
    campaign = make_campaign()
    make_subscription(campaign=campaign, email=JO, confirmed_at=NOW)
    ask(campaign)
    assert Subscription.objects.count() == 2
    asked = Subscription.objects.for_reopening().get()
    assert Delivery.objects.get().subscription == asked


# --- The mail ---------------------------------------------------------------------


def test_while_there_are_no_mps_nobody_is_told() -> None:
    make_wish()
    dissolve(days=30)
    assert not work(NOW + 29 * DAY).any_moved
    assert not Delivery.objects.exists()


def test_once_there_are_each_is_told_and_its_address_erased() -> None:
    wish = make_wish(campaign=make_campaign(title="Uyghurs", slug="uyghurs"))
    dissolve(days=30)
    assert work(NOW + 30 * DAY).sent == 1
    (told,) = outbox.newest()
    assert told.to == JO
    assert told.subject == "You can write to your MP again"
    assert 'people can write to theirs for "Uyghurs"' in told.text.replace("\n", " ")
    assert "/uyghurs/\n" in told.text
    wish.refresh_from_db()
    assert (wish.email, wish.ended_at) == ("", NOW + 30 * DAY)
    assert not work(NOW + 31 * DAY).any_moved
    assert len(mails()) == 1


def test_it_says_nothing_of_the_campaign_but_its_title() -> None:
    campaign = make_campaign(title="Uyghurs", headline="Zqx", lede="Zqx", story="Zqx")
    make_wish(campaign=campaign)
    work()
    assert "Zqx" not in mails()[0]


def test_nobody_is_told_who_has_not_confirmed_or_has_left() -> None:
    unconfirmed, left = make_wish(confirmed_at=None), make_wish()
    Delivery.objects.all().delete()
    subscribing.leave(left, now=NOW)
    assert not work().any_moved
    unconfirmed.refresh_from_db()
    assert unconfirmed.email


def test_who_asked_for_updates_is_not_told() -> None:
    make_subscription(confirmed_at=NOW)
    assert not work().any_moved


def test_confirmed_after_writing_opened_again_it_is_told_at_once() -> None:
    wish = make_wish(confirmed_at=None)
    subscribing.confirm(wish, now=NOW)
    assert work().sent == 1


def test_any_number_are_told_in_one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reopening, "AT_A_TIME", 2)
    campaign = make_campaign()
    for number in range(5):
        make_wish(campaign=campaign, email=f"{number}@mail.example")
    assert work().sent == 5


def test_of_two_workers_that_see_one_wish_one_owes_the_mail() -> None:
    make_wish()
    rounds: list[int] = []

    def come_first(execute: Any, sql: str, *rest: Any) -> Any:
        if not rounds and sql.startswith("INSERT"):
            rounds.append(0)
            rounds[0] = reopening.owe(NOW, live=False)
        return execute(sql, *rest)

    with connection.execute_wrapper(come_first):
        reopening.owe(NOW, live=False)
    assert rounds == [1]
    assert Delivery.objects.count() == 1


def test_the_database_refuses_a_second_one() -> None:
    wish = make_wish()
    reopening.owe(NOW, live=False)
    owed = {"kind": Delivery.Kind.REOPENING, "is_demo": True}
    with transaction.atomic(), pytest.raises(IntegrityError):
        Delivery.objects.create(subscription=wish, **owed)


def test_dissolved_again_before_it_went_it_waits() -> None:
    make_wish()
    reopening.owe(NOW, live=False)
    dissolve(days=30)
    assert not work(NOW + DAY).any_moved
    assert work(NOW + 30 * DAY).sent == 1


def test_the_list_of_mps_being_old_holds_letters_and_not_this(
    mail_server: MailServer, settings: Settings
) -> None:
    settings.MEMBERS_OLD_AFTER_DAYS = 1
    wish = make_wish()
    RegisterVersion.objects.filter(register=Register.MEMBERS).update(as_of="2026-01-01")
    assert closure.holds_letters(NOW, live=True)
    assert work(live=True).sent == 1
    assert mail_server.recipients == [wish.email]


def test_there_is_nothing_to_leave_where_the_address_is_erased(
    mail_server: MailServer,
) -> None:
    make_wish()
    work(live=True)
    assert b"List-Unsubscribe" not in mail_server.raw[0]


def test_a_busy_server_is_tried_again_and_the_address_kept_for_it(
    mail_server: MailServer,
) -> None:
    wish = make_wish()
    mail_server.faults = [Fault.BUSY]
    assert work(live=True).postponed == 1
    wish.refresh_from_db()
    assert wish.email
    assert work(NOW + MINUTE, live=True).sent == 1
    assert Delivery.objects.count() == 1


def test_given_up_it_is_erased_like_any_other(mail_server: MailServer) -> None:
    wish = make_wish()
    mail_server.faults = [Fault.NOBODY_THERE]
    assert work(live=True).failed == 1
    wish.refresh_from_db()
    assert wish.email == ""
    assert not work(NOW + DAY, live=True).any_moved


def test_a_mail_that_a_killed_worker_had_sent_goes_once_and_is_erased(
    mail_server: MailServer,
) -> None:
    wish = make_wish()
    reopening.owe(NOW, live=True)
    (delivery,) = claiming.claim(NOW, live=True, at_most=1)
    recording.sent(delivery, NOW)
    assert not work(NOW + MINUTE / 60, live=True).any_moved
    work(NOW + claiming.lease_time(), live=True)
    wish.refresh_from_db()
    assert wish.email == ""
    assert mail_server.raw == []


def test_who_leaves_while_it_is_owed_is_not_told() -> None:
    wish = make_wish()
    reopening.owe(NOW, live=False)
    subscribing.leave(wish, now=NOW)
    assert work().sent == 0
    assert mails() == []


# --- A campaign that closed meanwhile ---------------------------------------------


def test_of_a_campaign_that_closed_nobody_is_told_and_the_sweep_erases() -> None:
    campaign = make_campaign()
    waiting = [make_wish(campaign=campaign), make_wish(campaign=make_campaign())]
    asked = make_wish(campaign=campaign, email="new@mail.example", confirmed_at=None)
    Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.CLOSED)
    dissolve()
    assert privacy.sweep(NOW) == 2
    asked.refresh_from_db()
    assert asked.email == ""
    assert list(Subscription.objects.standing()) == waiting[1:]
    assert work(NOW + 30 * DAY).sent == 1


def test_closed_with_the_mail_owed_it_is_dropped_and_the_address_erased() -> None:
    wish = make_wish()
    reopening.owe(NOW, live=False)
    Campaign.objects.update(state=Campaign.State.CLOSED)
    assert work().dropped == 1
    wish.refresh_from_db()
    assert wish.email == ""


def test_it_can_no_longer_be_confirmed_then() -> None:
    wish = make_wish(
        confirmed_at=None, campaign=make_campaign(state=Campaign.State.CLOSED)
    )
    assert not subscribing.can_be_confirmed(wish, NOW)
    assert subscribing.is_being_erased(wish, NOW)


# --- Erasing, and who never sees it -----------------------------------------------


def test_unconfirmed_it_expires_like_any_other(settings: Settings) -> None:
    settings.CONFIRM_WITHIN_DAYS = 3
    wish = make_wish(confirmed_at=None)
    dissolve()
    assert privacy.sweep(NOW + 3 * DAY) == 1
    wish.refresh_from_db()
    assert wish.email == ""


def test_in_the_outbox_the_news_lies_for_a_day_and_the_question_goes_with_it() -> None:
    wish = make_wish(confirmed_at=None)
    written = timezone.now()
    delivering.deliver_due(clock=lambda: NOW)
    assert outbox.owners() == {wish.pk}
    subscribing.confirm(wish, now=NOW)
    work()
    assert outbox.owners() == set()
    assert len(mails()) == 1
    privacy.sweep(written + DAY / 2)
    assert len(mails()) == 1
    privacy.sweep(written + 2 * DAY)
    assert mails() == []


def test_a_word_of_the_address_is_found_nowhere_once_it_was_told(
    mail_server: MailServer,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    traces.log_everything(caplog)
    campaign, word = make_campaign(), "qzvoice7361kept"
    ask(campaign, f"{word}@mail.example")
    work(live=True)
    wish = Subscription.objects.get()
    subscribing.confirm(wish, now=NOW)
    assert traces.in_database(word) == ["actions_subscription.email"]
    assert work(live=True).sent == 1
    assert len(mail_server.raw) == 2
    assert traces.in_database(word) == []
    assert not traces.in_files(word, tmp_path)


def test_organisers_never_get_the_address() -> None:
    wish = make_wish()
    make_subscription(
        campaign=wish.campaign, email="updates@mail.example", confirmed_at=NOW
    )
    (told,) = mailing_lists.lists()
    assert (told.confirmed, told.waiting) == (1, 0)
    export = mailing_lists.export(wish.campaign, now=NOW)
    assert export.addresses == 1
    assert JO not in export.text


def test_a_wish_from_trying_out_is_told_only_there(settings: Settings) -> None:
    trial = make_wish()
    settings.DELIVERY_IS_LIVE = True
    assert reopening.owe(NOW, live=True) == 0
    privacy.sweep(NOW)
    trial.refresh_from_db()
    assert trial.email == ""
