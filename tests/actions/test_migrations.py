"""Migrations of a database that holds letters: there and back, nothing is lost."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from actions import lifecycle
from actions.models import Letter, LetterEvent, Tally
from tests.actions.factories import NOW, make_letter
from tests.actions.receiving.arriving import gone

# Each rewrites the tables.
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
BEFORE = ("actions", "0022_mail_to_writers_that_comes_back")
AFTER = ("actions", "0024_what_came_back_is_counted_by_its_day")


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
