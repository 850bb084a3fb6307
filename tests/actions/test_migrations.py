"""Migrations of a database that holds letters: there and back, nothing is lost."""

import uuid

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from actions import lifecycle
from actions.models import HoldLimit, Letter, LetterEvent, Tally
from tests.actions.factories import NOW, make_letter
from tests.actions.receiving.arriving import gone

# Each rewrites the tables.
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
BEFORE = ("actions", "0022_mail_to_writers_that_comes_back")
LATER = ("actions", "0024_what_came_back_is_counted_by_its_day")
LATEST_BUT_ONE = ("actions", "0025_what_cannot_be_is_refused")
LATEST = ("actions", "0026_letters_wait_for_the_registers")
AFTER = ("actions", "0027_staff_say_how_many_are_a_flood")


def migrate(to: tuple[str, str]) -> None:
    MigrationExecutor(connection).migrate([to])


@pytest.mark.usefixtures("registers")
def test_letters_of_watched_mailboxes_outlive_the_way_back() -> None:
    watched = make_letter(state=Letter.State.HELD, held_for=Letter.Hold.WATCHED)
    flood = make_letter(state=Letter.State.HELD, held_for=Letter.Hold.FLOOD)
    letter = gone()
    lifecycle.note(watched, LetterEvent.Kind.HELD, NOW, Letter.Hold.WATCHED)
    tally = Tally.objects.create(
        campaign=letter.campaign,
        constituency=letter.constituency,
        day=letter.dated,
        way=Tally.Way.EMAIL,
        step=Tally.Step.CAME_BACK,
        own_words=Tally.OwnWords.SIGNATURE,
        is_demo=letter.is_demo,
        count=2,
    )
    try:
        migrate(BEFORE)
        holds = dict(Letter.objects.values_list("pk", "held_for"))
    finally:
        migrate(AFTER)
    assert holds == {watched.pk: "abuse", flood.pk: "flood", letter.pk: ""}
    assert [event.cause for event in watched.events.all()] == ["abuse"]
    assert set(Letter.objects.values_list("pk", flat=True)) == set(holds)
    assert Tally.objects.get(pk=tally.pk).count == 2


@pytest.mark.usefixtures("registers")
def test_what_is_refused_from_now_on_stands_in_no_ones_way() -> None:
    letter = gone()
    tallies = [
        Tally.objects.create(
            campaign=letter.campaign,
            constituency=letter.constituency,
            day=letter.dated,
            way=Tally.Way.EMAIL,
            step=step,
            own_words=Tally.OwnWords.SIGNATURE,
            is_demo=letter.is_demo,
            count=-1,
        )
        for step in (Tally.Step.CAME_BACK, Tally.Step.ANSWERED)
    ]
    try:
        migrate(LATER)
        counts = [Tally.objects.get(pk=tally.pk).count for tally in tallies]
        letter.deliveries.update(
            state="dropped", done_at=NOW, lease=uuid.uuid4(), leased_until=NOW
        )
    finally:
        migrate(AFTER)
    assert counts == [0, -1]
    assert [mail.lease for mail in letter.deliveries.all()] == [None]


@pytest.mark.usefixtures("registers")
def test_letters_that_wait_for_a_result_outlive_the_way_back() -> None:
    letter = make_letter(state=Letter.State.HELD, held_for=Letter.Hold.NO_RESULT)
    lifecycle.note(letter, LetterEvent.Kind.HELD, NOW, Letter.Hold.NO_RESULT)
    vacant = make_letter(state=Letter.State.HELD, held_for=Letter.Hold.VACANT)
    unsure = make_letter(state=Letter.State.HELD, held_for=Letter.Hold.REGISTER_OLD)
    try:
        migrate(LATEST_BUT_ONE)
        holds = dict(Letter.objects.values_list("pk", "held_for"))
    finally:
        migrate(AFTER)
    assert holds == {
        letter.pk: "dissolved",
        unsure.pk: "dissolved",
        vacant.pk: "vacant",
    }
    assert [event.cause for event in letter.events.all()] == ["dissolved"]


@pytest.mark.usefixtures("registers")
def test_letters_that_nobody_confirmed_say_so_from_now_on() -> None:
    never = make_letter(state=Letter.State.EXPIRED)
    sent = gone()
    try:
        migrate(LATEST)
        Letter.objects.filter(pk=never.pk).update(confirmed_at=NOW)
    finally:
        migrate(AFTER)
    never.refresh_from_db()
    assert never.confirmed_at is None
    confirmed_at = sent.confirmed_at
    sent.refresh_from_db()
    assert sent.confirmed_at == confirmed_at is not None
    assert dict(HoldLimit.objects.values_list("of", "most")) == HoldLimit.USUAL
