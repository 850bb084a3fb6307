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
TOLD = {
    Move.ANSWER: State.ANSWERED,
    Move.ACKNOWLEDGE: State.ACKNOWLEDGED,
    Move.MISS_ANSWER: State.NO_ANSWER,
    Move.NEED_NONE: State.NONE_NEEDED,
}
# Which move may be made in which state: all that is not here is refused.
ALLOWED = {
    Move.CONFIRM: {State.AWAITING_CONFIRMATION: State.QUEUED},
    Move.SET_ASIDE: {State.AWAITING_CONFIRMATION: State.REPEATED},
    Move.ACCEPT: {State.QUEUED: State.ACCEPTED},
    Move.FAIL: {State.QUEUED: State.FAILED, State.HELD: State.FAILED},
    Move.RELEASE: {State.HELD: State.QUEUED},
    Move.BOUNCE: dict.fromkeys(
        (State.ACCEPTED, State.NO_ANSWER, State.NONE_NEEDED), State.BOUNCED
    ),
    **{
        move: dict.fromkeys({State.ACCEPTED, *TOLD.values()} - {told}, told)
        for move, told in TOLD.items()
    },
    Move.EXPIRE: {State.AWAITING_CONFIRMATION: State.EXPIRED},
    Move.CANCEL: {
        State.AWAITING_CONFIRMATION: State.CANCELLED,
        State.QUEUED: State.CANCELLED,
        State.HELD: State.CANCELLED,
    },
    Move.DISOWN: {
        State.AWAITING_CONFIRMATION: State.DISOWNED,
        State.QUEUED: State.DISOWNED,
        State.HELD: State.DISOWNED,
    },
    Move.WITHDRAW: {
        State.AWAITING_CONFIRMATION: State.CANCELLED,
        State.QUEUED: State.CANCELLED,
        State.HELD: State.CANCELLED,
    },
    Move.WITHHOLD: {
        State.AWAITING_CONFIRMATION: State.CANCELLED,
        State.QUEUED: State.CANCELLED,
        State.HELD: State.CANCELLED,
    },
}
SILENT = {Move.SET_ASIDE, Move.RELEASE}
# Those that wait are the only ones without an end.
WAITING = {State.AWAITING_CONFIRMATION, State.QUEUED, State.HELD}


def letter_in(state: State) -> Letter:
    """Make one as it comes to be in that state."""
    if state in {State.AWAITING_CONFIRMATION, State.QUEUED}:
        return make_letter(state=state)
    if state == State.HELD:
        letter = make_letter(state=State.QUEUED)
        assert lifecycle.hold(letter, Letter.Hold.FLOOD, NOW, decide_by=LATER)
        letter.refresh_from_db()
        return letter
    before = State.AWAITING_CONFIRMATION
    if state in {State.ACCEPTED, State.FAILED}:
        before = State.QUEUED
    elif state in {State.BOUNCED, *TOLD.values()}:
        before = State.ACCEPTED
    letter = letter_in(before)
    move = next(move for move, ways in ALLOWED.items() if ways.get(before) == state)
    assert lifecycle.make(move, letter, NOW)
    letter.refresh_from_db()
    return letter


def count() -> int:
    return sum(Tally.objects.values_list("count", flat=True))


def test_every_move_is_told_of_here() -> None:
    assert {*ALLOWED, Move.HOLD} == set(Move)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", ALLOWED)
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
    # Who told of the answer before takes that back, and is counted once all the same.
    is_told_anew = state in TOLD.values()
    assert count() - counted == (0 if move in SILENT or is_told_anew else 1)
    had_ended = state not in WAITING
    has_ended = letter.state not in WAITING
    assert letter.ended_at == ((NOW if had_ended else LATER) if has_ended else None)
    assert (letter.answered_at == LATER) == (letter.state == State.ANSWERED)
    assert (letter.held_for, letter.held_at, letter.decide_by) == ("", None, None)


def test_only_a_queued_letter_is_held() -> None:
    for state in State:
        letter = letter_in(state)
        told, counted = letter.events.count(), count()
        is_held = lifecycle.hold(
            letter, Letter.Hold.ABUSE, NOW, decide_by=LATER, among=Letter.objects.all()
        )
        assert is_held == (state == State.QUEUED)
        assert letter.events.count() - told == is_held
        assert count() == counted
        letter.refresh_from_db()
        if is_held:
            assert (letter.state, letter.held_for) == (State.HELD, Letter.Hold.ABUSE)
            assert (letter.held_at, letter.decide_by) == (NOW, LATER)
            assert letter.ended_at is None


def test_a_letter_is_in_one_of_the_four_answers_however_often_it_is_told() -> None:
    letter = letter_in(State.ACCEPTED)
    for move in (*TOLD, *TOLD):
        assert lifecycle.make(move, letter, LATER)
    counts = dict(
        Tally.objects.filter(step__in=Tally.ANSWERS).values_list("step", "count")
    )
    assert counts == {
        "answered": 0,
        "acknowledged": 0,
        "no_answer": 0,
        "none_needed": 1,
    }


def test_a_letter_that_came_back_is_counted_on_the_day_it_went() -> None:
    letter = letter_in(State.ACCEPTED)
    assert lifecycle.make(Move.BOUNCE, letter, NOW + datetime.timedelta(days=5))
    tally = Tally.objects.get(step=Tally.Step.BOUNCED)
    assert tally.day == NOW.date()


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
        (State.ACCEPTED, {"answered_at": NOW}),
        (State.ANSWERED, {"answered_at": None}),
        (State.BOUNCED, {"accepted_at": None}),
        (State.QUEUED, {"reply_seen_at": NOW}),
        (State.QUEUED, {"held_for": "flood"}),
        (State.QUEUED, {"decide_by": LATER}),
        (State.HELD, {"held_for": ""}),
        (State.HELD, {"held_for": "whim"}),
        (State.HELD, {"held_at": None}),
        (State.HELD, {"decide_by": None}),
        (State.HELD, {"decide_by": NOW}),
        (State.HELD, {"ended_at": NOW}),
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
    assert [place.split(":")[0] for place in found] == ["actions/privacy/erasing.py"]


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
