"""Why a letter is held, or was not sent: told to its writer in plain words.

The letter's page and the mails say the same (docs/decisions/0026-held-letters.md).
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy, gettext_noop, pgettext

from actions import closure, refusals
from actions.errors import LostAnswerError
from actions.models import Letter, LetterEvent
from representatives import lookup

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Hold = Letter.Hold

# Why letters failed that no mail server ever saw; stored in English, translated when
# shown. The first stands in old rows only: such letters are held now.
MEMBER_LEFT: Final = gettext_noop("The MP is no longer the member for this seat.")
HELD_TOO_LONG: Final = gettext_noop("It was held until its time was over.")
# Of a try of which nobody knows whether the mail server took the letter.
LOST_ANSWER: Final = str(LostAnswerError())
# What providers answer who will never take a mail; none of their own words are kept.
_OF_PROVIDERS: Final = frozenset(
    {refusals.PROVIDER_REFUSED, refusals.PROVIDER_SENDS_NOTHING}
)

# Those on which the letter's writer decides, once there is an MP to decide on.
WRITERS: Final = frozenset(
    {
        Hold.DISSOLVED,
        Hold.NO_RESULT,
        Hold.VACANT,
        Hold.MEMBER_CHANGED,
        Hold.BOUNDARIES_CHANGED,
    }
)
# Why, in a word, for a letter's history.
IN_SHORT: Final[dict[Hold, "StrPromise"]] = {
    Hold.DISSOLVED: gettext_lazy("Parliament was dissolved before it went."),
    Hold.NO_RESULT: gettext_lazy("Nobody could tell yet who was elected."),
    Hold.VACANT: gettext_lazy("The seat fell vacant before it went."),
    Hold.MEMBER_CHANGED: gettext_lazy("Somebody else is the MP now."),
    Hold.BOUNDARIES_CHANGED: gettext_lazy("The constituencies were drawn anew."),
    Hold.ADDRESS_FAILING: gettext_lazy("Mail to the MP’s address comes back."),
    Hold.OFFICE_ASKED: gettext_lazy("The MP’s office told us something about it."),
    Hold.ABUSE: gettext_lazy("A person reads it first."),
    Hold.WATCHED: gettext_lazy(
        "An MP’s office complained about another letter from your e-mail address."
    ),
    Hold.FLOOD: gettext_lazy("Very many letters came with the same text."),
    Hold.ONE_ADDRESS: gettext_lazy("Letters under many names gave one address."),
}


@dataclass(frozen=True)
class Holding:
    """What is told of a held letter: each a sentence or two in the reader's language.

    ``is_for_writer`` where they can decide now that it goes to whoever is their MP.
    """

    why: str
    next: str
    ends: str
    is_for_writer: bool


class Ending(StrEnum):
    """How a letter failed."""

    # By the answer of a mail server or a provider.
    REFUSED = "refused"
    # Tried in vain for something else, such as a fault of ours.
    UNSENT = "unsent"
    MEMBER_LEFT = "member_left"
    HELD_TOO_LONG = "held_too_long"
    DECIDED = "decided"


@dataclass(frozen=True)
class Failure:
    """How a letter failed, and what it was held for, in a sentence, if it was."""

    ending: Ending
    held_because: str = ""
    # Why somebody decided so, or it could not be sent, in a sentence.
    cause: str = ""
    # Whether its MP was gone: then its writer writes anew, and posts nothing.
    lacks_mp: bool = False


def of_holding(letter: Letter, now: datetime.datetime) -> Holding | None:
    """Tell why a letter is held, who decides and by when; None if it is not held."""
    if letter.decide_by is None:
        return None
    reason = Hold(letter.held_for)
    closed = closure.of_writing(timezone.localdate(now))
    match reason:
        case Hold.DISSOLVED:
            why, next_ = _dissolved(letter, closed)
        case Hold.NO_RESULT:
            why, next_ = _without_result(letter)
        case Hold.VACANT:
            why, next_ = _vacant(letter)
        case Hold.MEMBER_CHANGED | Hold.BOUNDARIES_CHANGED:
            why, next_ = _changed(letter, reason)
        case _:
            why, next_ = _looked_at(letter, reason)
    is_decided = reason in {Hold.MEMBER_CHANGED, Hold.BOUNDARIES_CHANGED}
    return Holding(
        why=why,
        next=next_,
        ends=_ends(reason, _day(_last_day(letter.decide_by))),
        is_for_writer=is_decided and closed is None,
    )


def in_short(cause: str) -> str:
    """Tell why a letter was held, from its history; "" where that is not said."""
    return str(IN_SHORT[Hold(cause)]) if cause in Hold.values else ""


def may_have_gone(letter: Letter, events: Iterable[LetterEvent] | None = None) -> bool:
    """Whether a letter that no mail server is known to have taken may have gone.

    So it is once the answer to the whole of it got lost, whatever became of it then.

    Args:
        letter: the letter.
        events: its history, if that has been read.

    """
    if letter.has_gone:
        return False
    if events is None:
        return letter.events.filter(cause=LOST_ANSWER).exists()
    return any(event.cause == LOST_ANSWER for event in events)


def is_an_answer(cause: str) -> bool:
    """Whether a mail server or a provider said so when a letter was tried."""
    return bool(cause) and (
        cause in _OF_PROVIDERS or refusals.explained(cause).answer != ""
    )


def of_failure(letter: Letter) -> Failure:
    """Tell from its history how a letter failed."""
    kinds = LetterEvent.Kind
    told = list(letter.events.filter(kind__in=[kinds.HELD, kinds.RELEASED]))
    cause = (
        letter.events.filter(kind=kinds.FAILED)
        .order_by("-at", "-pk")
        .values_list("cause", flat=True)
        .first()
    )
    if cause == MEMBER_LEFT:
        return Failure(Ending.MEMBER_LEFT, lacks_mp=True)
    if not told or told[-1].kind != kinds.HELD or told[-1].cause not in Hold.values:
        return _of_tries(cause or "")
    held_for = Hold(told[-1].cause)
    is_over = cause == HELD_TOO_LONG
    return Failure(
        Ending.HELD_TOO_LONG if is_over else Ending.DECIDED,
        held_because=str(IN_SHORT[held_for]),
        cause=gettext(cause) if cause and not is_over else "",
        lacks_mp=held_for in WRITERS,
    )


def _of_tries(cause: str) -> Failure:
    if not cause or is_an_answer(cause):
        return Failure(Ending.REFUSED)
    # That it may have gone is told of by itself.
    is_told = cause == LOST_ANSWER
    words = "" if is_told else refusals.explained(cause).words
    return Failure(Ending.UNSENT, cause=words)


def _dissolved(letter: Letter, closed: closure.Closure | None) -> tuple[str, str]:
    why = (
        str(closed)
        if closed
        else gettext(
            "Parliament was dissolved before your letter went, and our list of MPs has "
            "no result for {seat} yet."
        ).format(seat=letter.seat_name)
    )
    return why, _if_elected()


def _without_result(letter: Letter) -> tuple[str, str]:
    why = gettext(
        "The general election is over, but our list of MPs has no result for {seat} "
        "yet. A person looks for it."
    ).format(seat=letter.seat_name)
    return why, _if_elected()


def _if_elected() -> str:
    return gettext(
        "If the person you wrote to is elected there again, your letter goes to them "
        "by itself. If it is somebody else, we ask you by mail whether it is to go to "
        "them: it goes to nobody else without your word. You need do nothing now."
    )


def _vacant(letter: Letter) -> tuple[str, str]:
    seat = letter.seat_name
    polling_on = lookup.by_election(letter.constituency.code)
    if polling_on:
        why = gettext(
            "Whom you wrote to has left the seat: {seat} has no MP until the "
            "by-election on {day}."
        ).format(seat=seat, day=_day(polling_on))
    else:
        why = gettext(
            "Whom you wrote to has left the seat: {seat} has no MP until a by-election."
        ).format(seat=seat)
    return why, gettext(
        "As soon as we know who was elected, we ask you by mail whether your letter is "
        "to go to them. It goes to nobody else without your word. You need do nothing "
        "now."
    )


def _changed(letter: Letter, reason: Hold) -> tuple[str, str]:
    if reason == Hold.BOUNDARIES_CHANGED:
        why = gettext(
            "The constituencies were drawn anew after you confirmed your letter. "
            "{seat} is no longer what it was, and your address may have another MP now."
        ).format(seat=letter.seat_name)
    else:
        why = gettext(
            "After you confirmed your letter, somebody else became the MP for {seat}."
        ).format(seat=letter.seat_name)
    return why, gettext(
        "You wrote to {name}, so it goes to nobody else without your word. Look at it "
        "as your MP would get it now, change what you like, and decide."
    ).format(name=letter.recipient_name)


def _looked_at(letter: Letter, reason: Hold) -> tuple[str, str]:
    """Say why a person looks at it: that accuses nobody."""
    name = letter.recipient_name
    match reason:
        case Hold.ADDRESS_FAILING:
            why = gettext(
                "Other mail to the address that we have for {name} came back."
            ).format(name=name)
        case Hold.OFFICE_ASKED:
            why = gettext(
                "The office of {name} told us something about letters like this one."
            ).format(name=name)
        case Hold.ABUSE:
            why = gettext(
                "It has words that also stand in threats or insults. There can be good "
                "reasons for that, which no program can tell."
            )
        case Hold.WATCHED:
            why = gettext(
                "An MP’s office complained to us about another letter from your e-mail "
                "address. That alone says nothing about this one."
            )
        case Hold.FLOOD:
            why = gettext(
                "Very many letters with the same text came within a short time. That "
                "is no fault of yours."
            )
        case _:
            why = gettext(
                "Letters under many names gave the same address. That can be quite "
                "right, such as where many people live in one house."
            )
    if reason == Hold.ADDRESS_FAILING:
        return why, gettext(
            "A person looks for the right address. Once it is found, your letter goes "
            "by itself. You need do nothing."
        )
    return why, gettext(
        "So a person looks at it before it goes, and decides whether it does. You need "
        "do nothing."
    )


def _ends(reason: Hold, day: str) -> str:
    if reason in {Hold.MEMBER_CHANGED, Hold.BOUNDARIES_CHANGED}:
        return gettext(
            "If you have not decided by {day}, it is not sent, and we mail you its "
            "text."
        ).format(day=day)
    if reason in WRITERS:
        return gettext(
            "If that is not settled by {day}, it is not sent, and we mail you its text."
        ).format(day=day)
    return gettext(
        "If nobody has decided by {day}, it is not sent, and we mail you its text and "
        "how to post it."
    ).format(day=day)


def _last_day(end: datetime.datetime) -> datetime.date:
    """Give the day on which one may still decide; a midnight ends the day before."""
    return timezone.localdate(end - datetime.timedelta(seconds=1))


def _day(day: datetime.date) -> str:
    # Translators: a date as 22 November 2026, in Django's letters for it.
    return date_format(day, pgettext("date", "j F Y"))
