"""The life of a letter: its states, and the only ways from one to another.

Whoever moves a letter does it here. Each move is one conditional UPDATE, so that of two
at once one is made, and leaves an event and a count in the transaction of its caller
(docs/decisions/0022-the-life-of-a-letter.md).
"""

import datetime
from collections import defaultdict
from collections.abc import Mapping
from enum import Enum
from operator import itemgetter
from typing import Any, NamedTuple

from actions import counting
from actions.models import Letter, LetterEvent, Tally
from actions.models.letters import LetterQuerySet

State = Letter.State
_Event = LetterEvent.Kind
# From which a letter can still go or be stopped; all other states are ends.
WAITING = frozenset({State.AWAITING_CONFIRMATION, State.QUEUED})


class _Way(NamedTuple):
    """From which states to which, what its history then says, and what is counted."""

    begins: frozenset[State]
    ends: State
    event: LetterEvent.Kind
    counts: Tally.Step | None
    # Which of a letter's times say when, besides that of its end.
    stamp: str = ""


def _from(*states: State) -> frozenset[State]:
    return frozenset(states)


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
    # A mail server refused it for good, or the MP has left.
    FAIL = _Way(_from(State.QUEUED), State.FAILED, _Event.FAILED, Tally.Step.FAILED)
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

    def stamps(self, now: datetime.datetime) -> dict[str, Any]:
        """Give what changes of a letter that makes it."""
        way: _Way = self.value
        changed: dict[str, Any] = {"state": way.ends}
        if way.stamp:
            changed[way.stamp] = now
        if way.ends not in WAITING:
            changed["ended_at"] = now
        return changed


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
    letters = Letter.objects.all() if among is None else among
    found = letters.filter(pk=letter.pk, state__in=way.begins)
    if not found.update(**move.stamps(now)):
        return False
    note(letter, way.event, now, cause)
    if way.counts:
        counting.record(letter, way.counts, now)
    return True


def make_all(
    move: Move, letters: Mapping[Letter, datetime.datetime], now: datetime.datetime
) -> None:
    """Move letters that are known to be where it begins, for speed in few statements.

    ``letters`` says of each when it happened. Nobody else may move them meanwhile:
    their deliveries are locked.
    """
    way: _Way = move.value
    Letter.objects.filter(
        pk__in=[letter.pk for letter in letters], state__in=way.begins
    ).update(**move.stamps(now))
    note_all(way.event, letters)
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
    kind: LetterEvent.Kind, letters: Mapping[Letter, datetime.datetime]
) -> None:
    """Add to the history of each what happened to it at its time."""
    LetterEvent.objects.bulk_create(
        LetterEvent(letter=letter, kind=kind, at=at) for letter, at in letters.items()
    )
