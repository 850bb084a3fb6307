"""The ways of a letter from state to state, and that there are no others."""

import datetime
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from actions import counting, lifecycle
from actions.counting import LettersOut
from actions.lifecycle import Move
from actions.models import Delivery, IncomingMail, Letter, LetterEvent, Tally
from tests.actions import state_writes
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
    Move.TAKE_BACK: dict.fromkeys(TOLD.values(), State.BOUNCED),
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
# Both show that a letter came which was told as come back; the others don't.
for _move in (Move.ANSWER, Move.ACKNOWLEDGE):
    ALLOWED[_move][State.BOUNCED] = TOLD[_move]
LEASE = uuid.uuid4()
# These belong to a wish for updates, or to a mail that came.
OF_SOMETHING_ELSE = {
    Delivery.Kind.SUBSCRIPTION,
    Delivery.Kind.REOPENING,
    Delivery.Kind.FORWARD,
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


def out(letter: Letter, now: datetime.datetime) -> LettersOut:
    """Count its campaign's letters out, as on that day."""
    campaign, live = letter.campaign, not letter.is_demo
    return counting.letters_out([campaign], live=live, today=now.date())[campaign.pk]


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
    is_told_anew = state in {State.BOUNCED, *TOLD.values()}
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


@pytest.mark.parametrize("came_back", [0, 2])
@pytest.mark.parametrize("told", [0, 2, 3])
def test_of_what_came_back_and_was_answered_no_number_tells_that_it_came_back(
    came_back: int, told: int
) -> None:
    letter = letter_in(State.ACCEPTED)
    seat = letter.constituency_id
    days = [NOW + datetime.timedelta(days=more) for more in range(6)]
    assert lifecycle.make(Move.BOUNCE, letter, days[came_back])
    assert out(letter, days[came_back]).bounced == 1
    told = max(told, came_back)
    assert lifecycle.make(Move.ANSWER, letter, days[told])

    now = out(letter, days[told])
    assert (now.total, now.bounced, now.answers["answered"]) == (1, 0, 1)
    assert now.by_day[NOW.date()] == 1
    # At the midnight before, it had not come back, or had.
    had_come_back = told > came_back
    was_there = came_back < 1 and told < 1
    before = 0 if had_come_back or was_there else 1
    assert now.by_seat.before_today(seat) == before
    for day in days[told + 1 :]:
        assert out(letter, day).by_seat.before_today(seat) == 1
    assert out(letter, days[-1]).by_seat.seats == {seat}


def test_a_letter_may_come_back_after_all() -> None:
    letter = letter_in(State.BOUNCED)
    for move in (Move.ANSWER, Move.MISS_ANSWER, Move.BOUNCE):
        assert lifecycle.make(move, letter, LATER)
    assert (out(letter, LATER).total, out(letter, LATER).bounced) == (0, 1)


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
    ("constraint", "state", "fields"),
    [
        ("letter_states_are_known", State.QUEUED, {"state": "lost", "ended_at": NOW}),
        ("only_confirmed_letters_are_sent", State.QUEUED, {"confirmed_at": None}),
        ("only_confirmed_letters_are_sent", State.FAILED, {"confirmed_at": None}),
        *(
            ("letters_that_nobody_confirmed_say_so", state, {"confirmed_at": NOW})
            for state in (State.AWAITING_CONFIRMATION, State.EXPIRED, State.REPEATED)
        ),
        ("ended_letters_say_when", State.QUEUED, {"ended_at": NOW}),
        ("ended_letters_say_when", State.HELD, {"ended_at": NOW}),
        ("ended_letters_say_when", State.ACCEPTED, {"ended_at": None}),
        ("ended_letters_say_when", State.CANCELLED, {"ended_at": None}),
        ("sent_letters_say_when", State.QUEUED, {"accepted_at": NOW}),
        ("sent_letters_say_when", State.ACCEPTED, {"accepted_at": None}),
        ("sent_letters_say_when", State.BOUNCED, {"accepted_at": None}),
        ("answered_letters_say_when", State.ACCEPTED, {"answered_at": NOW}),
        ("answered_letters_say_when", State.ANSWERED, {"answered_at": None}),
        (
            "answered_letters_say_when",
            State.AWAITING_CONFIRMATION,
            {"answered_at": NOW},
        ),
        ("only_sent_letters_are_replied_to", State.QUEUED, {"reply_seen_at": NOW}),
        ("only_sent_letters_are_asked_about", State.QUEUED, {"asked_at": NOW}),
        (
            "letters_are_asked_about_before_they_are_again",
            State.ACCEPTED,
            {"asked_again_at": NOW},
        ),
        ("held_letters_say_why_and_how_long", State.QUEUED, {"held_for": "flood"}),
        ("held_letters_say_why_and_how_long", State.QUEUED, {"decide_by": LATER}),
        ("held_letters_say_why_and_how_long", State.HELD, {"held_for": ""}),
        ("held_letters_say_why_and_how_long", State.HELD, {"held_at": None}),
        ("held_letters_say_why_and_how_long", State.HELD, {"decide_by": None}),
        ("holds_are_known", State.HELD, {"held_for": "whim"}),
        ("holds_leave_time_to_decide", State.HELD, {"decide_by": NOW}),
        (
            "forgotten_letters_hold_nothing_personal",
            State.CANCELLED,
            {"forgotten_at": NOW},
        ),
    ],
)
def test_what_cannot_be_is_refused_by_a_constraint_of_that_name(
    constraint: str, state: State, fields: dict[str, object]
) -> None:
    letter = letter_in(state)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(**fields)


def test_no_two_letters_have_one_tag() -> None:
    one, other = (make_letter(state=State.QUEUED) for _ in range(2))
    # SQLite names the column of a unique index, and not the index.
    refused = pytest.raises(IntegrityError, match=r"one_letter_per_tag|letter\.tag")
    with refused, transaction.atomic():
        Letter.objects.filter(pk=one.pk).update(tag=other.tag)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("delivery_kinds_are_known", {"kind": "postcard"}),
        ("delivery_states_are_known", {"state": "lost", "done_at": NOW}),
        (
            "deliveries_given_up_are_in_no_hands",
            {"state": "failed", "done_at": NOW, "lease": LEASE, "leased_until": LATER},
        ),
        (
            "deliveries_given_up_are_in_no_hands",
            {"state": "dropped", "done_at": NOW, "lease": LEASE, "leased_until": LATER},
        ),
        ("finished_deliveries_say_when", {"state": "dropped"}),
        ("finished_deliveries_say_when", {"done_at": NOW}),
        ("leases_have_an_end", {"lease": LEASE}),
        ("deliveries_belong_to_a_letter_or_a_subscription", {"letter": None}),
        ("only_forwards_carry_a_reply", {"kind": "forward"}),
    ],
)
def test_what_cannot_be_of_a_mail_is_refused_by_a_constraint_of_that_name(
    constraint: str, fields: dict[str, object]
) -> None:
    mails = make_letter(state=State.QUEUED).deliveries
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        mails.update(**fields)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("incoming_kinds_are_known", {"kind": "postcard"}),
        ("decided_mail_says_when", {"state": "decided"}),
        ("decided_mail_says_when", {"decided_at": NOW}),
        ("emptied_mail_holds_nothing", {"emptied_at": NOW}),
    ],
)
def test_what_cannot_be_of_mail_that_comes_in_is_refused_by_a_constraint_of_that_name(
    constraint: str, fields: dict[str, object]
) -> None:
    mail = IncomingMail.objects.create(
        digest="0" * 64,
        is_demo=False,
        kind=IncomingMail.Kind.DOUBT,
        state=IncomingMail.State.FOR_A_PERSON,
        size=1,
        content=b"?",
    )
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        IncomingMail.objects.filter(pk=mail.pk).update(**fields)


def test_an_answer_is_passed_on_once() -> None:
    letter = make_letter(state=State.ACCEPTED)
    reply = IncomingMail.objects.create(
        digest="0" * 64,
        letter=letter,
        is_demo=False,
        kind=IncomingMail.Kind.REPLY,
        state=IncomingMail.State.DONE,
        size=1,
    )

    def owe() -> None:
        Delivery.objects.create(
            letter=letter, reply=reply, kind=Delivery.Kind.FORWARD, is_demo=False
        )

    owe()
    refused = pytest.raises(IntegrityError, match=r"replies_are_passed_on|reply_id")
    with refused, transaction.atomic():
        owe()


def test_a_mail_that_went_is_in_hands_until_that_is_settled() -> None:
    mails = make_letter(state=State.QUEUED).deliveries
    went = {"state": "sent", "done_at": NOW}
    assert mails.update(**went, lease=LEASE, leased_until=LATER)


def test_an_event_of_no_known_kind_is_refused_by_the_database() -> None:
    letter = make_letter()
    with pytest.raises(IntegrityError), transaction.atomic():
        LetterEvent.objects.create(letter=letter, kind="vanished")


def test_what_the_database_knows_is_what_the_code_knows() -> None:
    for kind in LetterEvent.Kind:
        LetterEvent.objects.create(letter=make_letter(), kind=kind)
    for mail in set(Delivery.Kind) - OF_SOMETHING_ELSE:
        letter = make_letter()
        letter.deliveries.all().delete()
        Delivery.objects.create(letter=letter, kind=mail, is_demo=letter.is_demo)


def test_nothing_else_changes_the_state_of_a_letter() -> None:
    """Look for it in all the code: whatever may write a state of a letter's."""
    base = Path(settings.BASE_DIR)
    found = {
        str(path.relative_to(base))
        for package in ("actions", "config")
        for path in (base / package).rglob("*.py")
        if "migrations" not in path.parts
        if state_writes.lines_of(path.read_text(encoding="utf-8"))
    }
    assert found == {
        "actions/lifecycle.py",
        # After ``lifecycle`` moved the row, the object is brought up to it.
        "actions/privacy/erasing.py",
        # These write the state of mail that came in,
        "actions/models/incoming.py",
        "actions/receiving/outcomes.py",
        # and this one fields of a value without one.
        "actions/rendering/letters.py",
    }


@pytest.mark.parametrize(
    "code",
    [
        "letter.state = Letter.State.QUEUED",
        "shown.state = 'queued'",
        "letter.state, letter.held_for = 'queued', ''",
        "letter.state: str = 'queued'",
        "letter.state += 'x'",
        "setattr(letter, 'state', 'queued')",
        "setattr(letter, name, value)",
        "letters.update(state=Letter.State.QUEUED)",
        "letters.update(held_for='', state='accepted')",
        "letters.update(state=State.QUEUED)",
        "State = Letter.State\nletters.update(state=State.QUEUED)",
        "letters.update(state=move.ends)",
        "letters.update(**{'state': 'accepted'})",
        "changed = {'state': State.QUEUED}\nletters.update(**changed)",
        "changed = dict(state='queued')\nletters.update(ended_at=now, **changed)",
        "changed = {}\nchanged['state'] = 'queued'\nletters.update(**changed)",
        "Letter.objects.filter(pk=letter.pk).update(state='queued')",
        "campaign.letters.update_or_create(defaults={'state': 'queued'})",
        "Letter.objects.bulk_update(letters, ['state'])",
        "Letter.objects.create(state='queued')",
        "Letter(state='queued')",
        "models.Letter(state='queued')",
        "cursor.execute('UPDATE actions_letter SET held_for = %s, state = %s')",
        "SQL = (\n    'UPDATE actions_letter'\n    ' SET state = 1'\n)",
    ],
)
def test_every_way_to_write_a_state_is_found(code: str) -> None:
    assert state_writes.lines_of(code)


@pytest.mark.parametrize(
    "code",
    [
        "letters.filter(state='queued').update(held_for='')",
        "letters.update(held_for='', **{'held_at': None})",
        "mails.update(state=Delivery.State.DROPPED)",
        "State = IncomingMail.State\nmail.update(state=State.DONE)",
        "Delivery.objects.waiting().filter(pk=1).update(state=state)",
        "told = {'state': letter.get_state_display()}",
        "if letter.state == 'queued': pass",
        "setattr(letter, 'held_for', '')",
        "SENT = \"UPDATE actions_delivery SET state = 'sent'\"",
        "\"UPDATE actions_letter SET held_for = ''\"",
    ],
)
def test_what_is_no_write_of_a_letters_state_is_not_found(code: str) -> None:
    assert not state_writes.lines_of(code)
