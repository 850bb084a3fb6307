"""MPs' answers: what their writers tell of them, and what to write back to one."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from actions import frames, lifecycle, reasons
from actions.history import Happening
from actions.lifecycle import Move
from actions.models import Letter, LetterEvent
from representatives.models import Representative

# What a writer may tell of the answer, at any time once the letter has gone.
TELLING: Final = {
    Letter.State.ANSWERED: Move.ANSWER,
    Letter.State.ACKNOWLEDGED: Move.ACKNOWLEDGE,
    Letter.State.NO_ANSWER: Move.MISS_ANSWER,
    Letter.State.NONE_NEEDED: Move.NEED_NONE,
}
# What is told so shows that the letter came; of one that came back the others are not.
_SHOWS_IT_CAME: Final = frozenset({Letter.State.ANSWERED, Letter.State.ACKNOWLEDGED})
# Whatever they may press: also that a letter has come back after all.
MOVES: Final = {**TELLING, Letter.State.BOUNCED: Move.TAKE_BACK}
# How long offices often need; then it is time to ask them.
OFFICES_NEED: Final = datetime.timedelta(weeks=4)
# Told so, no reply that comes is a question any more.
_SETTLED: Final = frozenset({Letter.State.ANSWERED, Letter.State.NONE_NEEDED})
_TO_FILL_IN = re.compile(r"\[[^\[\]\n]+\]")


@dataclass(frozen=True)
class Suggestion:
    """What somebody may write back to an answer that says nothing."""

    text: str
    # The notes in square brackets, in their order.
    to_fill_in: tuple[str, ...]
    # As HTML writes it.
    tag: str


@dataclass(frozen=True)
class Telling:
    """What a letter's writer has told of the answer, and is asked."""

    # One of ``TELLING``, and when; "" and None while nothing is told.
    told: str
    told_at: datetime.datetime | None
    # What can be told now, of ``MOVES``.
    choices: frozenset[str]
    # When a mail came through our address of which nothing has been told since.
    reply_seen_at: datetime.datetime | None
    # From when on it is time to ask the office.
    ask_office_from: datetime.date
    # After how many days we ask by mail; 0 if we do not, or have done it.
    ask_after_days: int


def report(
    letter: Letter,
    told: Letter.State = Letter.State.ANSWERED,
    *,
    now: datetime.datetime,
) -> bool:
    """Note what the writer tells of the answer; say whether this call changed it.

    Whatever was told before is put right. Also of a letter whose text is erased:
    offices may take longer than we keep it. Not of one that was disowned: whoever has
    the link did not write it. Of one that came back only if a reply was seen, and only
    what shows that it came, or takes that back: everybody whose letter never arrived
    got no answer.

    Args:
        letter: the letter.
        told: one of ``MOVES``.
        now: the time.

    """
    of_it = LetterEvent.objects.filter(letter=OuterRef("pk"))
    came_back = Exists(of_it.filter(kind=LetterEvent.Kind.BOUNCED))
    writers = Letter.objects.filter(
        ~Exists(of_it.disownings()),
        ~Q(state=Letter.State.BOUNCED) | Q(reply_seen_at__isnull=False),
    )
    if told not in _SHOWS_IT_CAME:
        is_taken_back = told == Letter.State.BOUNCED
        writers = writers.filter(came_back if is_taken_back else ~came_back)
    cause = reasons.TAKEN_BACK if told == Letter.State.BOUNCED else ""
    try:
        with transaction.atomic():
            moved = lifecycle.make(MOVES[told], letter, now, cause=cause, among=writers)
    except IntegrityError:  # one_letter_per_person_representative_and_campaign
        # Since it came back, its writer has written another, and can tell of that.
        moved = False
    letter.refresh_from_db()
    return moved


def telling_of(letter: Letter, events: Iterable[Happening]) -> Telling | None:
    """Say what is told of the answer; None of a letter that nobody can tell of.

    Args:
        letter: the letter.
        events: its history.

    """
    times = {event.kind: event.at for event in events}
    if (
        letter.accepted_at is None
        or LetterEvent.Kind.DISOWNED in times
        or not (letter.stands or _may_have_arrived(letter))
    ):
        return None
    told = letter.state if letter.state in TELLING else ""
    # A letter in such a state has an event of the same name.
    told_at = times[told] if told else None
    is_to_be_asked = letter.state == Letter.State.ACCEPTED and not (
        letter.asked_at or letter.is_forgotten
    )
    return Telling(
        told=told,
        told_at=told_at,
        choices=_choices(letter, came_back=LetterEvent.Kind.BOUNCED in times),
        reply_seen_at=_news(letter.reply_seen_at, told, told_at),
        ask_office_from=timezone.localdate(letter.accepted_at + OFFICES_NEED),
        ask_after_days=settings.ASK_AFTER_DAYS if is_to_be_asked else 0,
    )


def _choices(letter: Letter, *, came_back: bool) -> frozenset[str]:
    """Give what can be told now, as ``report`` takes it."""
    left_out = TELLING.keys() - _SHOWS_IT_CAME if came_back else {Letter.State.BOUNCED}
    return frozenset(
        one
        for one, move in MOVES.items()
        if one not in left_out and move.can_begin(letter.state)
    )


def _may_have_arrived(letter: Letter) -> bool:
    """Whether a letter came back, and yet a reply was seen and it has no successor."""
    return (
        letter.state == Letter.State.BOUNCED
        and letter.reply_seen_at is not None
        and not (
            letter.sender_key
            and Letter.objects.of_mode(live=not letter.is_demo)
            .written_by(letter.sender_key)
            .exists()
        )
    )


def _news(
    seen_at: datetime.datetime | None, told: str, told_at: datetime.datetime | None
) -> datetime.datetime | None:
    """Give when a reply was seen, if what is told may not be of it."""
    is_older = seen_at and told_at and seen_at <= told_at
    return None if is_older or told in _SETTLED else seen_at


def is_still_their_mp(letter: Letter) -> bool:
    """Whether whom the letter went to still holds the seat.

    Somebody who was elected again holds it by another term than the letter's.
    """
    term = letter.representative
    return (
        term.is_current
        or Representative.objects.current()
        .filter(parliament_id=term.parliament_id, constituency=letter.constituency_id)
        .exists()
    )


def suggestion_for(letter: Letter) -> Suggestion | None:
    """Make the campaign's text into a mail of this writer's; None if it has none.

    In the language of the letter, which the answer is to, as far as there is a text.
    """
    words = letter.campaign.in_language(letter.language)
    if not words.stock_reply_paragraphs:
        return None
    is_translated = words.languages["stock_reply_help"] == letter.language
    frame = frames.of(letter.language if is_translated else "en")
    text = "\n\n".join(
        (
            frame.salutation.format(name=letter.recipient_salutation),
            *words.stock_reply_paragraphs,
            f"{frame.closing}\n{letter.sender_name or frame.your_name}",
        )
    )
    notes = tuple(dict.fromkeys(_TO_FILL_IN.findall(text)))
    return Suggestion(text=text, to_fill_in=notes, tag=frame.tag)
