"""What is told of a letter that is held: why, who decides, by when, and what then.

Its page and the mail say the same (docs/decisions/0026-held-letters.md).
"""

import datetime
from dataclasses import dataclass
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext

from actions import closure, reasons
from actions.models import Letter
from representatives import lookup

Hold = Letter.Hold

# Those on which its writer decides now, where there is an MP to decide on.
_FOR_THE_NEXT: Final = frozenset({Hold.MEMBER_CHANGED, Hold.BOUNDARIES_CHANGED})


@dataclass(frozen=True)
class Holding:
    """What is told of a held letter: each a sentence or two in the reader's language.

    ``is_for_writer`` where they can decide now that it goes to whoever is their MP.
    """

    why: str
    next: str
    ends: str
    is_for_writer: bool
    # What follows where it may have arrived already; "" for one that did not go.
    in_doubt: str = ""


def told_of(letter: Letter, now: datetime.datetime) -> Holding | None:
    """Tell why a letter is held, who decides and by when; None if it is not held."""
    if letter.decide_by is None:
        return None
    reason = Hold(letter.held_for)
    is_in_doubt = reasons.may_have_gone(letter)
    closed = closure.of_writing(timezone.localdate(now))
    match reason:
        case Hold.DISSOLVED:
            why, next_ = _dissolved(letter, closed)
        case Hold.NO_RESULT:
            why, next_ = _without_result(letter)
        case Hold.REGISTER_OLD:
            why, next_ = _of_an_old_register()
        case Hold.VACANT:
            why, next_ = _vacant(letter)
        case Hold.MEMBER_CHANGED | Hold.BOUNDARIES_CHANGED:
            why, next_ = _changed(letter, reason)
        case _:
            why, next_ = _looked_at(letter, reason, is_in_doubt=is_in_doubt)
    day = _day(_last_day(letter.decide_by))
    return Holding(
        why=why,
        next=next_,
        ends=_ends_in_doubt(reason, day) if is_in_doubt else _ends(reason, day),
        is_for_writer=reason in _FOR_THE_NEXT and closed is None,
        in_doubt=_twice(letter, reason) if is_in_doubt else "",
    )


def _dissolved(letter: Letter, closed: closure.Closure | None) -> tuple[str, str]:
    why = (
        str(closed)
        if closed
        else gettext(
            "Parliament was dissolved after you confirmed your letter, and our list of "
            "MPs has no result for {seat} yet."
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


def _of_an_old_register() -> tuple[str, str]:
    why = gettext(
        "Our list of MPs is too old to be sure who your MP is now. A person has to "
        "bring it up to date."
    )
    return why, gettext(
        "If the person you wrote to is your MP then, your letter goes to them by "
        "itself. If it is somebody else, we ask you by mail whether it is to go to "
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


def _looked_at(letter: Letter, reason: Hold, *, is_in_doubt: bool) -> tuple[str, str]:
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
    if is_in_doubt:
        return why, gettext(
            "So a person looks at it before we try again to send it, and decides "
            "whether we do. You need do nothing."
        )
    return why, gettext(
        "So a person looks at it before it goes, and decides whether it does. You need "
        "do nothing."
    )


def _twice(letter: Letter, reason: Hold) -> str:
    """Say of a letter that may have arrived what comes of sending it again."""
    if reason in _FOR_THE_NEXT:
        return gettext(
            "{name} may have it already. If you send it on, both may get it."
        ).format(name=letter.recipient_name)
    return gettext("If we send it again, it may arrive twice.")


def _ends_in_doubt(reason: Hold, day: str) -> str:
    if reason in _FOR_THE_NEXT:
        return gettext(
            "If you have not decided by {day}, we no longer try to send it, and mail "
            "you its text."
        ).format(day=day)
    if reason in reasons.WRITERS:
        return gettext(
            "If that is not settled by {day}, we no longer try to send it, and mail "
            "you its text."
        ).format(day=day)
    if reason == Hold.REGISTER_OLD:
        return gettext(
            "If that is not done by {day}, we no longer try to send it, and mail you "
            "its text and how to post it."
        ).format(day=day)
    return gettext(
        "If nobody has decided by {day}, we no longer try to send it, and mail you its "
        "text and how to post it."
    ).format(day=day)


def _ends(reason: Hold, day: str) -> str:
    if reason in _FOR_THE_NEXT:
        return gettext(
            "If you have not decided by {day}, it is not sent, and we mail you its "
            "text."
        ).format(day=day)
    if reason in reasons.WRITERS:
        return gettext(
            "If that is not settled by {day}, it is not sent, and we mail you its text."
        ).format(day=day)
    if reason == Hold.REGISTER_OLD:
        return gettext(
            "If that is not done by {day}, it is not sent, and we mail you its text "
            "and how to post it."
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
