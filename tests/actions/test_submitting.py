import datetime
import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connection, transaction
from django.utils import translation
from pytest_django import Settings

from actions import composing, submitting
from actions.composing import Composition, Sender
from actions.errors import CampaignClosedError, NoRecipientError, TooManyError
from actions.letter_forms import LetterForm
from actions.models import (
    Campaign,
    Delivery,
    Letter,
    LetterEvent,
    LetterTemplateVersion,
    Tally,
)
from actions.submitting import Draft
from representatives import lookup
from representatives.models import Representative
from tests import traces
from tests.actions.factories import NOW, make_campaign, make_representative

SENDER = Sender(
    name="Jo Marsden",
    email="jo@example.org",
    address_line_1="12 Orchard Street",
    address_line_2="",
    town="London",
    postcode="SW1A 1AA",
)
HOUR = datetime.timedelta(hours=1)


def draft_for(
    campaign: Campaign, member: Representative, own: str = "I know a family."
) -> Draft:
    version = LetterTemplateVersion.objects.newest_of(campaign)
    seat = lookup.seat(member.constituency.code)
    assert version is not None
    assert seat is not None
    text = composing.compose(version, seat, campaign.demands.all(), own)
    return Draft(campaign=campaign, version=version, seat=seat, text=text)


def submit(
    draft: Draft, sender: Sender = SENDER, now: datetime.datetime = NOW
) -> Letter:
    letter = submitting.submit(draft, sender, address="203.0.113.7", now=now)
    assert letter is not None
    return letter


@pytest.fixture
def draft() -> Draft:
    return draft_for(make_campaign(), make_representative())


def steps_of(campaign: Campaign) -> dict[str, int]:
    return dict(Tally.objects.filter(campaign=campaign).values_list("step", "count"))


@pytest.mark.django_db
def test_a_letter_freezes_what_it_was_made_from(draft: Draft) -> None:
    letter = submit(draft)
    member = draft.seat.representative
    assert member is not None
    Representative.objects.filter(pk=member.id).update(
        email="new@parliament.example", full_title="Another MP"
    )
    letter.refresh_from_db()
    assert letter.recipient_email == member.email
    assert letter.recipient_name == member.full_title
    assert letter.recipient_salutation == member.address_as
    assert letter.seat_name == draft.seat.name
    assert letter.template_version == draft.version
    assert letter.base_text == draft.text.base_text
    assert "I know a family." in letter.body
    assert letter.own_words > 0


@pytest.mark.django_db
def test_a_letter_waits_for_confirmation_and_only_that_mail_is_owed(
    draft: Draft,
) -> None:
    letter = submit(draft)
    assert letter.state == Letter.State.AWAITING_CONFIRMATION
    assert letter.confirm_by == NOW + datetime.timedelta(days=7)
    assert [owed.kind for owed in letter.deliveries.all()] == [
        Delivery.Kind.CONFIRMATION
    ]
    assert steps_of(draft.campaign) == {"drafted": 1}


@pytest.mark.django_db
def test_consent_is_stored_with_its_wording_and_time(draft: Draft) -> None:
    letter = submit(draft)
    assert letter.consent_wording == str(submitting.CONSENT_WORDING)
    assert letter.consented_at == NOW


@pytest.mark.parametrize("language", [code for code, _ in configured.LANGUAGES])
@pytest.mark.django_db
def test_consent_is_stored_in_the_language_in_which_it_was_asked_for(
    draft: Draft, language: str
) -> None:
    with translation.override(language):
        shown = str(LetterForm(base_text="").fields["consent"].label)
        letter = submit(draft)
    assert letter.consent_wording == shown
    letter.refresh_from_db()
    assert letter.consent_wording == shown


@pytest.mark.django_db
def test_confirming_owes_the_letter_and_counts_it_once_however_often_it_is_done(
    draft: Draft,
) -> None:
    letter = submit(draft)
    assert submitting.confirm(letter, now=NOW + HOUR)
    assert not submitting.confirm(letter, now=NOW + HOUR)
    assert letter.state == Letter.State.QUEUED
    assert letter.confirmed_at == NOW + HOUR
    assert letter.deliveries.filter(kind=Delivery.Kind.LETTER).count() == 1
    assert steps_of(draft.campaign) == {"drafted": 1, "confirmed": 1}


@pytest.mark.django_db
def test_a_letter_cannot_be_confirmed_after_its_time(draft: Draft) -> None:
    letter = submit(draft)
    assert not submitting.confirm(letter, now=letter.confirm_by)
    assert letter.state == Letter.State.AWAITING_CONFIRMATION


@pytest.mark.django_db
def test_whoever_wrote_before_is_told_by_mail_and_nothing_else_differs(
    draft: Draft,
) -> None:
    submitting.confirm(submit(draft), now=NOW)
    second = submit(draft, replace(SENDER, email="Jo+again@example.org"), NOW + HOUR)
    assert second.state == Letter.State.REPEATED
    assert [owed.kind for owed in second.deliveries.all()] == [
        Delivery.Kind.REPEAT_NOTICE
    ]
    assert not submitting.confirm(second, now=NOW + HOUR)


@pytest.mark.django_db
def test_of_two_waiting_letters_of_one_person_only_one_is_sent(draft: Draft) -> None:
    first, second = submit(draft), submit(draft)
    assert submitting.confirm(second, now=NOW)
    with traces.failed_statements() as failed:
        assert not submitting.confirm(first, now=NOW)
    assert failed == []
    assert first.state == Letter.State.REPEATED
    assert not first.deliveries.filter(kind=Delivery.Kind.LETTER).exists()
    kinds = list(first.events.values_list("kind", flat=True))
    assert LetterEvent.Kind.REPEATED in kinds


@pytest.mark.django_db
def test_of_two_that_are_confirmed_at_the_same_moment_one_is_sent(draft: Draft) -> None:
    first, second = submit(draft), submit(draft)
    outcome: list[bool] = []

    def come_first(execute: Any, sql: str, *rest: Any) -> Any:
        if not outcome and sql.startswith('UPDATE "actions_letter"'):
            # After it was asked whether there is another, and found that there is none.
            outcome.append(True)
            outcome[0] = submitting.confirm(second, now=NOW)
        return execute(sql, *rest)

    with connection.execute_wrapper(come_first):
        assert not submitting.confirm(first, now=NOW)
    assert outcome == [True]
    assert first.state == Letter.State.REPEATED


@pytest.mark.django_db
def test_a_cancelled_letter_leaves_the_way_open_for_another(draft: Draft) -> None:
    first = submit(draft)
    submitting.confirm(first, now=NOW)
    assert submitting.cancel(first, now=NOW)
    assert submit(draft).state == Letter.State.AWAITING_CONFIRMATION


@pytest.mark.django_db
def test_the_same_person_may_write_for_another_campaign(draft: Draft) -> None:
    submitting.confirm(submit(draft), now=NOW)
    member = draft.seat.representative
    assert member is not None
    holder = Representative.objects.get(pk=member.id)
    other = submit(draft_for(make_campaign(), holder))
    assert other.state == Letter.State.AWAITING_CONFIRMATION


@pytest.mark.django_db
def test_a_trial_letter_does_not_stand_in_the_way_of_a_real_one(
    draft: Draft, settings: Settings
) -> None:
    submitting.confirm(submit(draft), now=NOW)
    settings.DELIVERY_IS_LIVE = True
    real = submit(draft)
    assert not real.is_demo
    assert real.state == Letter.State.AWAITING_CONFIRMATION


@pytest.mark.django_db
def test_cancelling_takes_the_mail_back(draft: Draft) -> None:
    letter = submit(draft)
    submitting.confirm(letter, now=NOW)
    assert submitting.cancel(letter, now=NOW)
    assert letter.state == Letter.State.CANCELLED
    states = set(letter.deliveries.values_list("state", flat=True))
    assert states == {Delivery.State.DROPPED}
    assert not submitting.cancel(letter, now=NOW)
    assert steps_of(draft.campaign)["cancelled"] == 1


@pytest.mark.django_db
def test_a_letter_in_a_workers_hands_can_no_longer_be_cancelled(draft: Draft) -> None:
    letter = submit(draft)
    submitting.confirm(letter, now=NOW)
    letter.deliveries.filter(kind=Delivery.Kind.LETTER).update(
        lease="00000000-0000-0000-0000-000000000001", leased_until=NOW + HOUR
    )
    assert not submitting.cancel(letter, now=NOW)
    assert letter.state == Letter.State.QUEUED
    assert submitting.cancel(letter, now=NOW + HOUR)


@pytest.mark.django_db
def test_disowning_stops_a_letter(draft: Draft) -> None:
    letter = submit(draft)
    assert submitting.disown(letter, now=NOW)
    assert letter.state == Letter.State.DISOWNED
    assert not submitting.confirm(letter, now=NOW)


@pytest.mark.django_db
def test_a_closed_campaign_takes_no_letter_and_confirms_none(draft: Draft) -> None:
    letter = submit(draft)
    draft.campaign.state = Campaign.State.CLOSED
    draft.campaign.save()
    with pytest.raises(CampaignClosedError):
        submit(draft)
    with pytest.raises(CampaignClosedError):
        submitting.confirm(letter, now=NOW)


@pytest.mark.django_db
def test_a_member_without_an_address_cannot_be_sent_to() -> None:
    draft = draft_for(make_campaign(), make_representative(email=""))
    with pytest.raises(NoRecipientError):
        submit(draft)
    assert not Letter.objects.exists()


@pytest.mark.django_db
def test_a_letter_is_not_confirmed_to_a_member_who_has_left(draft: Draft) -> None:
    letter = submit(draft)
    Representative.objects.update(is_current=False)
    with pytest.raises(NoRecipientError):
        submitting.confirm(letter, now=NOW)
    letter.refresh_from_db()
    assert letter.state == Letter.State.AWAITING_CONFIRMATION


@pytest.mark.django_db
def test_a_hall_of_people_may_write_and_a_flood_may_not(
    draft: Draft, settings: Settings
) -> None:
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 3
    for number in range(3):
        submit(draft, replace(SENDER, email=f"jo{number}@example.org"))
    with pytest.raises(TooManyError):
        submit(draft, replace(SENDER, email="jo4@example.org"))
    assert Letter.objects.count() == 3


@pytest.mark.django_db
def test_nobodys_mailbox_is_flooded_with_confirmation_mails(
    draft: Draft, settings: Settings
) -> None:
    settings.LETTERS_PER_MAILBOX_PER_DAY = 2
    for number in range(2):
        submitting.submit(draft, SENDER, address=f"203.0.113.{number}", now=NOW)
    again = replace(SENDER, email="Jo+more@example.org")
    assert submitting.submit(draft, again, address="203.0.113.9", now=NOW) is None
    assert Letter.objects.count() == 2
    assert Delivery.objects.count() == 2


@pytest.mark.django_db
def test_the_letter_may_be_entirely_the_persons_own(draft: Draft) -> None:
    own = Composition("Uyghurs", "All of this is mine and nobody else's.", "Base text.")
    assert submit(replace(draft, text=own)).own_words == 100


@pytest.mark.django_db(transaction=True)
def test_of_many_confirmations_at_once_one_does_it(draft: Draft) -> None:
    letters = [submit(draft) for _ in range(4)]
    done: list[bool] = []

    def press(letter: Letter) -> None:
        try:
            done.append(submitting.confirm(letter, now=NOW))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=press, args=(Letter.objects.get(pk=letter.pk),))
        for letter in letters * 2
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done.count(True) == 1
    assert Delivery.objects.filter(kind=Delivery.Kind.LETTER).count() == 1
    assert Tally.objects.get(step=Tally.Step.CONFIRMED).count == 1


@pytest.mark.django_db(transaction=True)
def test_a_letter_confirmed_and_claimed_at_that_moment_is_not_said_to_be_stopped(
    draft: Draft,
) -> None:
    letter = submit(draft)
    told: list[bool] = []
    started = threading.Event()

    def press_cancel() -> None:
        try:
            started.set()
            told.append(submitting.cancel(Letter.objects.get(pk=letter.pk), now=NOW))
        finally:
            connection.close()

    other = threading.Thread(target=press_cancel)
    with transaction.atomic():
        submitting.confirm(letter, now=NOW)
        letter.deliveries.filter(kind=Delivery.Kind.LETTER).update(
            lease="00000000-0000-0000-0000-000000000001", leased_until=NOW + HOUR
        )
        other.start()
        started.wait(5)
        # Long enough to read the old state and to wait for the row.
        time.sleep(0.5)
    other.join()
    letter.refresh_from_db()
    assert told == [False]
    assert letter.state == Letter.State.QUEUED
