"""The ways of a letter from state to state, and that there are no others."""

import ast
import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from actions import lifecycle
from actions.lifecycle import Move
from actions.models import Letter, LetterEvent, Tally
from tests.actions.factories import NOW, make_letter

pytestmark = pytest.mark.django_db
LATER = NOW + datetime.timedelta(hours=1)
State = Letter.State
# Which move may be made in which state: all that is not here is refused.
ALLOWED = {
    Move.CONFIRM: {State.AWAITING_CONFIRMATION: State.QUEUED},
    Move.SET_ASIDE: {State.AWAITING_CONFIRMATION: State.REPEATED},
    Move.ACCEPT: {State.QUEUED: State.ACCEPTED},
    Move.FAIL: {State.QUEUED: State.FAILED},
    Move.EXPIRE: {State.AWAITING_CONFIRMATION: State.EXPIRED},
    Move.CANCEL: {
        State.AWAITING_CONFIRMATION: State.CANCELLED,
        State.QUEUED: State.CANCELLED,
    },
    Move.DISOWN: {
        State.AWAITING_CONFIRMATION: State.DISOWNED,
        State.QUEUED: State.DISOWNED,
    },
    Move.WITHDRAW: {
        State.AWAITING_CONFIRMATION: State.CANCELLED,
        State.QUEUED: State.CANCELLED,
    },
    Move.WITHHOLD: {
        State.AWAITING_CONFIRMATION: State.CANCELLED,
        State.QUEUED: State.CANCELLED,
    },
}


def letter_in(state: State) -> Letter:
    """Make one as it comes to be in that state."""
    if state in {State.AWAITING_CONFIRMATION, State.QUEUED}:
        return make_letter(state=state)
    begun = (
        State.QUEUED
        if state in {State.ACCEPTED, State.FAILED}
        else (State.AWAITING_CONFIRMATION)
    )
    letter = make_letter(state=begun)
    move = next(move for move, ways in ALLOWED.items() if ways.get(begun) == state)
    assert lifecycle.make(move, letter, NOW)
    letter.refresh_from_db()
    return letter


def count() -> int:
    return sum(Tally.objects.values_list("count", flat=True))


def test_every_move_is_told_of_here() -> None:
    assert set(ALLOWED) == set(Move)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", Move)
def test_a_letter_moves_only_where_it_may(move: Move, state: State) -> None:
    letter = letter_in(state)
    before = Letter.objects.filter(pk=letter.pk).values().get()
    told, counted = letter.events.count(), count()

    moved = lifecycle.make(move, letter, LATER, cause="why")

    letter.refresh_from_db()
    if state not in ALLOWED[move]:
        assert not moved
        assert Letter.objects.filter(pk=letter.pk).values().get() == before
        assert (letter.events.count(), count()) == (told, counted)
        return
    assert moved
    assert letter.state == ALLOWED[move][state]
    [event] = letter.events.order_by("at", "pk")[told:]
    assert (event.at, event.cause) == (LATER, "why")
    assert count() - counted == (0 if move == Move.SET_ASIDE else 1)
    has_ended = letter.state != State.QUEUED
    assert letter.ended_at == (LATER if has_ended else None)


def test_of_two_moves_at_once_the_second_finds_it_gone() -> None:
    letter = make_letter(state=State.QUEUED)
    assert lifecycle.make(Move.CANCEL, letter, LATER)
    assert not lifecycle.make(Move.ACCEPT, letter, LATER)
    assert letter.events.count() == 1


def test_a_move_can_be_right_for_some_letters_alone() -> None:
    letter = make_letter()
    queued = Letter.objects.filter(state=State.QUEUED)
    assert not lifecycle.make(Move.CANCEL, letter, LATER, among=queued)
    assert lifecycle.make(
        Move.CANCEL, letter, LATER, among=Letter.objects.awaiting_confirmation()
    )


def test_letters_that_move_together_are_each_told_and_counted() -> None:
    letters = {make_letter(state=State.QUEUED): LATER for _ in range(3)}
    lifecycle.make_all(Move.ACCEPT, letters, LATER)
    assert set(Letter.objects.values_list("state", "accepted_at", "ended_at")) == {
        (State.ACCEPTED, LATER, LATER)
    }
    assert LetterEvent.objects.filter(kind="accepted", at=LATER).count() == 3
    assert count() == 3


@pytest.mark.parametrize(
    ("state", "fields"),
    [
        (State.QUEUED, {"state": "lost"}),
        (State.QUEUED, {"confirmed_at": None}),
        (State.QUEUED, {"ended_at": NOW}),
        (State.QUEUED, {"accepted_at": NOW}),
        (State.AWAITING_CONFIRMATION, {"answered_at": NOW}),
        (State.ACCEPTED, {"accepted_at": None}),
        (State.ACCEPTED, {"ended_at": None}),
        (State.CANCELLED, {"ended_at": None}),
        (State.FAILED, {"confirmed_at": None}),
    ],
)
def test_what_cannot_be_is_refused_by_the_database(
    state: State, fields: dict[str, object]
) -> None:
    letter = letter_in(state)
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(**fields)


def test_nothing_else_changes_the_state_of_a_letter() -> None:
    """Look for it in the code: an update or an assignment with a letter's state."""
    found = [
        f"{path.relative_to(settings.BASE_DIR)}:{node.lineno}"
        for path in sorted((Path(settings.BASE_DIR) / "actions").rglob("*.py"))
        if path.name != "lifecycle.py" and "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.stmt | ast.expr)
        if _changes_a_letters_state(node)
    ]
    # After ``lifecycle`` moved the row, the object is brought up to it.
    assert [place.split(":")[0] for place in found] == ["actions/privacy.py"]


def _changes_a_letters_state(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign):
        return any(ast.unparse(target) == "letter.state" for target in node.targets)
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"update", "bulk_update", "update_or_create"}
        and any(
            word.arg == "state" and "Letter.State" in ast.unparse(word.value)
            for word in node.keywords
        )
    )
