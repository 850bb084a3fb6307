"""The life of a letter: its states, and the only ways from one to another.

Whoever moves a letter does it here. Each move is one conditional UPDATE, so that of two
at once one is made, and leaves an event and a count in the transaction of its caller
(docs/decisions/0022-the-life-of-a-letter.md).
"""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Mapping
from enum import Enum
from operator import itemgetter
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from django.db import connection
from django.utils import timezone

from actions import counting
from actions.models import Letter, LetterEvent, Tally
from actions.models.letters import LetterQuerySet
from actions.plain_sql import adapted

State = Letter.State
_Event = LetterEvent.Kind
# From which a letter can still go or be stopped; all other states are ends.
WAITING = frozenset({State.AWAITING_CONFIRMATION, State.QUEUED, State.HELD})
# What its writer told of the answer, each with the step by which it is counted.
_TOLD: Final = {
    State.ANSWERED: Tally.Step.ANSWERED,
    State.ACKNOWLEDGED: Tally.Step.ACKNOWLEDGED,
    State.NO_ANSWER: Tally.Step.NO_ANSWER,
    State.NONE_NEEDED: Tally.Step.NONE_NEEDED,
}
_NOTE: Final = (
    "INSERT INTO actions_letterevent (letter_id, kind, at, cause)"
    " VALUES (%s, %s, %s, %s)"
)
# PostgreSQL is asked for each row by itself otherwise, and takes five times as long.
_NOTE_ALL: Final = (
    "INSERT INTO actions_letterevent (letter_id, kind, at, cause)"
    " SELECT letter_id, %s, at, ''"
    " FROM unnest(%s::uuid[], %s::timestamptz[]) AS happened (letter_id, at)"
)
_NOT_HELD: Final = {"held_for": "", "held_at": None, "decide_by": None}


class _Way(NamedTuple):
    """From which states to which, what its history then says, and what is counted."""

    begins: frozenset[State]
    ends: State
    event: LetterEvent.Kind
    counts: Tally.Step | None
    # Which of a letter's times say when, besides that of its end.
    stamp: str = ""
    # On the day of which of its times it is counted; "" for that of the move itself.
    counted_at: str = ""
    # What is counted beside that on the day of the move, if that is a later one.
    counts_later: Tally.Step | None = None

    @property
    def is_an_end(self) -> bool:
        """Whether the letter waited until then and does so no more."""
        return self.ends not in WAITING and bool(self.begins & WAITING)


def _from(*states: State) -> frozenset[State]:
    return frozenset(states)


def _telling(
    state: State, event: LetterEvent.Kind, stamp: str = "", *, shows_it_came: bool
) -> _Way:
    """Give the way by which a writer tells of the answer, or puts it right.

    What came back may have been taken for lost too early, as some of them show.
    """
    others = _from(State.ACCEPTED, *_TOLD) - {state}
    if shows_it_came:
        others |= {State.BOUNCED}
    return _Way(others, state, event, _TOLD[state], stamp)


def _coming_back(*begins: State) -> _Way:
    """Give the way of a letter that came back: counted on the day when it went."""
    return _Way(
        _from(*begins),
        State.BOUNCED,
        _Event.BOUNCED,
        Tally.Step.BOUNCED,
        counted_at="accepted_at",
        counts_later=Tally.Step.CAME_BACK,
    )


class Move(Enum):
    """Every way from one state to another."""

    # Its writer pressed the button in the mail.
    CONFIRM = _Way(
        _from(State.AWAITING_CONFIRMATION),
        State.QUEUED,
        _Event.CONFIRMED,
        Tally.Step.CONFIRMED,
        "confirmed_at",
    )
    # Another letter of the same person to the same MP was confirmed before.
    SET_ASIDE = _Way(
        _from(State.AWAITING_CONFIRMATION), State.REPEATED, _Event.REPEATED, None
    )
    # A mail server took it.
    ACCEPT = _Way(
        _from(State.QUEUED),
        State.ACCEPTED,
        _Event.ACCEPTED,
        Tally.Step.ACCEPTED,
        "accepted_at",
    )
    # It can't go for now; somebody decides, or something has to happen first.
    HOLD = _Way(_from(State.QUEUED), State.HELD, _Event.HELD, None, "held_at")
    RELEASE = _Way(_from(State.HELD), State.QUEUED, _Event.RELEASED, None)
    # A mail server refused it for good, or nothing came of holding it.
    FAIL = _Way(
        _from(State.QUEUED, State.HELD),
        State.FAILED,
        _Event.FAILED,
        Tally.Step.FAILED,
    )
    # The server that took it could not hand it on, and sent it back.
    BOUNCE = _coming_back(State.ACCEPTED, State.NO_ANSWER, State.NONE_NEEDED)
    # What its writer tells of the answer.
    ANSWER = _telling(
        State.ANSWERED, _Event.ANSWERED, "answered_at", shows_it_came=True
    )
    ACKNOWLEDGE = _telling(State.ACKNOWLEDGED, _Event.ACKNOWLEDGED, shows_it_came=True)
    MISS_ANSWER = _telling(State.NO_ANSWER, _Event.NO_ANSWER, shows_it_came=False)
    NEED_NONE = _telling(State.NONE_NEEDED, _Event.NONE_NEEDED, shows_it_came=False)
    # They take that back, of a letter that is known to have come back.
    TAKE_BACK = _coming_back(*_TOLD)
    # Nobody pressed the button in time.
    EXPIRE = _Way(
        _from(State.AWAITING_CONFIRMATION),
        State.EXPIRED,
        _Event.EXPIRED,
        Tally.Step.EXPIRED,
    )
    # Its writer stopped it.
    CANCEL = _Way(WAITING, State.CANCELLED, _Event.CANCELLED, Tally.Step.CANCELLED)
    # The owner of the mailbox did not write it.
    DISOWN = _Way(WAITING, State.DISOWNED, _Event.DISOWNED, Tally.Step.DISOWNED)
    # It was made while Postbag was tried out, and letters go for real now.
    WITHDRAW = _Way(WAITING, State.CANCELLED, _Event.WITHDRAWN, Tally.Step.CANCELLED)
    # It waited when a back-up was made that was restored: it may have gone since.
    WITHHOLD = _Way(WAITING, State.CANCELLED, _Event.WITHHELD, Tally.Step.WITHHELD)

    def can_begin(self, state: str) -> bool:
        """Whether a letter in this state may make it."""
        way: _Way = self.value
        return state in way.begins

    def stamps(self, now: datetime.datetime) -> dict[str, Any]:
        """Give what changes of a letter that makes it."""
        way: _Way = self.value
        changed: dict[str, Any] = {"state": way.ends}
        if State.HELD in way.begins:
            changed |= _NOT_HELD
        if _TOLD.keys() & way.begins:
            changed["answered_at"] = None
        if way.stamp:
            changed[way.stamp] = now
        if way.is_an_end:
            changed["ended_at"] = now
        return changed


# What is counted of these is taken back when it turns out otherwise.
_TAKEN_BACK: Final = {
    move.value.ends: move.value
    for move in (
        Move.ANSWER,
        Move.ACKNOWLEDGE,
        Move.MISS_ANSWER,
        Move.NEED_NONE,
        Move.BOUNCE,
    )
}


def begin(letter: Letter, now: datetime.datetime, *, is_repeated: bool) -> None:
    """Store a new letter: it waits for its writer, or is set aside at once."""
    letter.state = State.AWAITING_CONFIRMATION
    if is_repeated:
        for name, value in Move.SET_ASIDE.stamps(now).items():
            setattr(letter, name, value)
    letter.save(force_insert=True)
    note(letter, _Event.WRITTEN, now)
    if is_repeated:
        note(letter, _Event.REPEATED, now)
    counting.record(letter, Tally.Step.DRAFTED, now)


def make(
    move: Move,
    letter: Letter,
    now: datetime.datetime,
    *,
    cause: str = "",
    among: LetterQuerySet | None = None,
) -> bool:
    """Move a letter, if it is where that can begin; say whether it was.

    To hold one, ``hold`` says why and how long.

    Args:
        move: the way that it goes.
        letter: its row is changed, not this object.
        now: the time.
        cause: why, for its history.
        among: the letters for which it is right, if that is not all: asked in the
            UPDATE itself, so that nothing can come in between.

    Raises:
        IntegrityError: it would be the second letter of one person to one MP.

    """
    way: _Way = move.value
    changed = move.stamps(now)
    letters = Letter.objects.all() if among is None else among
    mine = letters.filter(pk=letter.pk)
    # What was so before is taken back, so it must be known.
    before = next(
        (
            one
            for one in _TAKEN_BACK.keys() & way.begins
            if mine.filter(state=one).update(**changed)
        ),
        None,
    )
    others = way.begins - _TAKEN_BACK.keys()
    if before is None and not mine.filter(state__in=others).update(**changed):
        return False
    note(letter, way.event, now, cause)
    if before is not None:
        _count(_TAKEN_BACK[before], letter, now, letters=-1)
    _count(way, letter, now)
    return True


def _count(
    way: _Way, letter: Letter, now: datetime.datetime, *, letters: int = 1
) -> None:
    """Count a move, or with ``letters=-1`` take back that it was made before.

    Numbers that are told as at last midnight follow after the next one, either way.
    """
    if way.counts is None:
        return
    at = now
    if way.counted_at:
        at = Letter.objects.values_list(way.counted_at, flat=True).get(pk=letter.pk)
    counting.record(letter, way.counts, at, letters=letters)
    if way.counts_later and timezone.localdate(at) < timezone.localdate(now):
        counting.record(letter, way.counts_later, now, letters=letters)


def hold(
    letter: Letter,
    reason: Letter.Hold,
    now: datetime.datetime,
    *,
    decide_by: datetime.datetime,
    among: LetterQuerySet | None = None,
) -> bool:
    """Hold a queued letter until somebody decides; say whether it was queued.

    Args:
        letter: its row is changed, not this object.
        reason: why.
        now: the time.
        decide_by: when it ends if nobody has decided.
        among: as for ``make``.

    """
    changed = Move.HOLD.stamps(now) | {"held_for": reason, "decide_by": decide_by}
    letters = Letter.objects.all() if among is None else among
    queued = letters.filter(pk=letter.pk, state=State.QUEUED)
    if not queued.update(**changed):
        return False
    note(letter, _Event.HELD, now, reason)
    return True


def hold_on(
    letter: Letter,
    reason: Letter.Hold,
    now: datetime.datetime,
    *,
    decide_by: datetime.datetime,
) -> bool:
    """Hold a held letter for another reason; say whether it was held for the one seen.

    Args:
        letter: as it was seen; its row is changed, not this object.
        reason: why it is held from now on.
        now: the time.
        decide_by: when it ends if nobody has decided.

    """
    seen = Letter.objects.held().filter(pk=letter.pk, held_for=letter.held_for)
    if not seen.update(held_for=reason, held_at=now, decide_by=decide_by):
        return False
    note(letter, _Event.HELD, now, reason)
    return True


class Movable(counting.Countable, Protocol):
    """What a move needs to know of a letter: the letter, or what was read of it."""

    @property
    def pk(self) -> uuid.UUID:
        """Which it is."""


Moved = TypeVar("Moved", bound=Movable)


def make_all(
    move: Move, letters: Mapping[Moved, datetime.datetime], now: datetime.datetime
) -> None:
    """Move letters that are known to be where it begins, for speed in few statements.

    ``letters`` says of each when it happened. Nobody else may move them meanwhile:
    their deliveries are locked.
    """
    way: _Way = move.value
    Letter.objects.filter(
        pk__in=[letter.pk for letter in letters], state__in=way.begins
    ).update(**move.stamps(now))
    note_all(way.event, {letter.pk: at for letter, at in letters.items()})
    if way.counts is None:
        return
    alike = defaultdict(list)
    for letter in letters:
        place = (letter.campaign_id, letter.constituency_id, letter.is_demo)
        alike[*place, counting.own_words_of(letter)].append(letter)
    # In one order everywhere: two workers, each holding a tally that the other one
    # wants, would wait for each other.
    for _, some in sorted(alike.items(), key=itemgetter(0)):
        counting.record(some[0], way.counts, now, letters=len(some))


def note(
    letter: Letter, kind: LetterEvent.Kind, now: datetime.datetime, cause: str = ""
) -> None:
    """Add to a letter's history."""
    LetterEvent.objects.create(letter=letter, kind=kind, at=now, cause=cause)


def note_all(
    kind: LetterEvent.Kind, letters: Mapping[uuid.UUID, datetime.datetime]
) -> None:
    """Add to the history of each, by its primary key, what happened at its time.

    In SQL, as this is done for every letter that goes.
    """
    if not letters:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_NOTE_ALL, [kind, list(letters), list(letters.values())])
        else:
            rows = [(adapted(pk), kind, adapted(at), "") for pk, at in letters.items()]
            cursor.executemany(_NOTE, rows)
