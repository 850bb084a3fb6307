"""What became of a letter, told to its writer in plain words."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext, gettext_lazy

from actions import closure, hearing, pacing, rates, reasons, refusals
from actions.models import Delivery, IncomingMail, Letter, LetterEvent

_WITH_A_REASON: Final = {
    LetterEvent.Kind.RETRIED,
    LetterEvent.Kind.FAILED,
    LetterEvent.Kind.BOUNCED,
    LetterEvent.Kind.NOTICE_BOUNCED,
    LetterEvent.Kind.REPLY_NOT_FORWARDED,
}
_OUTBOX: Final = gettext_lazy(
    "It went to the outbox on this machine, and nowhere else."
)
# Said of a letter that the server can still send back.
_HERE_SO_FAR: Final = gettext_lazy("It has not come back so far.")
_MAY_COME_BACK: Final = frozenset(
    {Letter.State.ACCEPTED, Letter.State.NO_ANSWER, Letter.State.NONE_NEEDED}
)
# Of one that failed though no mail server refused it.
_NOT_SENT: Final = gettext_lazy("It was not sent.")
# Of one that failed and may have arrived.
_NO_LONGER_TRIED: Final = gettext_lazy("We no longer try to send it.")
# Of one that was held and may have arrived before.
_NOT_TRIED_AGAIN: Final = gettext_lazy(
    "It is held, and for now we do not try again to send it."
)
# Of a try that failed though no mail server said that it could not take it.
_TRIED: Final = gettext_lazy("It was tried, and we try again.")
# Of one that was given up, and not sent back.
_NOTICE_FAILED: Final = gettext_lazy("A mail of ours to you could not be delivered.")
# What is told of a letter to whoever did not write it.
_NOT_YOURS: Final = {
    LetterEvent.Kind.WRITTEN: gettext_lazy("Somebody wrote the letter."),
    LetterEvent.Kind.CONFIRMED: gettext_lazy("Somebody confirmed it."),
    LetterEvent.Kind.REPEATED: gettext_lazy(
        "Another had gone before, so it was not sent."
    ),
    LetterEvent.Kind.CANCELLED: gettext_lazy("Somebody cancelled it."),
    LetterEvent.Kind.FORGOTTEN: gettext_lazy(
        "The name, the addresses and the text were erased."
    ),
    LetterEvent.Kind.ANSWERED: gettext_lazy(
        "Somebody told us that there was an answer."
    ),
    LetterEvent.Kind.ACKNOWLEDGED: gettext_lazy(
        "Somebody told us that there was an acknowledgement only."
    ),
    LetterEvent.Kind.NO_ANSWER: gettext_lazy(
        "Somebody told us that there was no answer."
    ),
    LetterEvent.Kind.NONE_NEEDED: gettext_lazy(
        "Somebody told us that no answer is needed."
    ),
}
# A mail that is due goes as soon as a worker looks; after this it has to wait for once.
_LATE_AFTER: Final = datetime.timedelta(minutes=5)


@dataclass(frozen=True)
class Happening:
    """One thing that happened to a letter."""

    at: datetime.datetime
    kind: str
    words: str
    # Why, in a sentence; "" where it goes without saying.
    cause: str = ""
    # The mail server's own words behind the cause.
    answer: str = ""
    # Of a letter that a server took: whether we know that it is not back so far.
    is_here_so_far: bool = False


@dataclass(frozen=True)
class Plan:
    """When a letter that waits in the queue goes."""

    at: datetime.datetime
    # How often it was tried in vain.
    tries: int
    is_due: bool
    # Due for so long that its time is worth telling.
    is_late: bool
    # Being sent at this moment: it can no longer be stopped.
    is_going: bool
    # Why it does not go for now; "" while letters go.
    held: str
    # Until which day its campaign holds letters, if it does.
    held_until: datetime.date | None = None
    # Later than the next mail, as others to the same MP go before it.
    is_spread: bool = False


@dataclass(frozen=True)
class Expectation:
    """When a letter goes if its writer confirms it now."""

    at: datetime.datetime
    held_until: datetime.date | None
    is_spread: bool


def of(letter: Letter, now: datetime.datetime) -> list[Happening]:
    """Tell what happened to a letter until now, the oldest first."""
    events = list(letter.events.all())
    kinds = {event.kind for event in events}
    is_disowned = LetterEvent.Kind.DISOWNED in kinds
    is_here = LetterEvent.Kind.BOUNCED not in kinds and _is_here_so_far(letter, now)
    return [
        _told(
            event,
            _words(event, letter, is_held=is_held, may_have_gone=may_have_gone),
            is_disowned=is_disowned,
            is_here=is_here,
        )
        for event, is_held, may_have_gone in _as_it_was(events)
    ]


def outcome(letter: Letter, events: list[Happening], now: datetime.datetime) -> str:
    """Say in a word where a letter is, for whoever opens its page.

    That is its state, except where its page must tell more: "withdrawn" or "withheld"
    for one that its writer has not cancelled, "disowned_late" for one that had gone by
    then, and "expired" from the moment on at which it can no longer be confirmed.
    """
    kinds = {event.kind for event in events}
    if LetterEvent.Kind.DISOWNED in kinds:
        return "disowned_late" if letter.has_gone else Letter.State.DISOWNED.value
    for kind in (LetterEvent.Kind.WITHHELD, LetterEvent.Kind.WITHDRAWN):
        if kind in kinds:
            return kind.value
    if letter.can_be_confirmed and letter.confirm_by <= now:
        return Letter.State.EXPIRED.value
    # What its writer told of the answer stands apart.
    return Letter.State.ACCEPTED.value if letter.stands else letter.state


def is_on_its_way(letter: Letter, now: datetime.datetime) -> bool:
    """Whether servers may still be trying to hand a letter on that one of them took."""
    went_at = letter.accepted_at
    return went_at is not None and now < went_at + hearing.SERVERS_TRY


def plan_for(letter: Letter, now: datetime.datetime) -> Plan | None:
    """Say when a letter goes; None if it does not wait for that."""
    if letter.state != Letter.State.QUEUED:
        return None
    owed = letter.deliveries.waiting().filter(kind=Delivery.Kind.LETTER).first()
    if owed is None:
        return None
    return Plan(
        at=owed.due_at,
        tries=owed.attempts,
        is_due=owed.due_at <= now,
        is_late=owed.due_at + _LATE_AFTER <= now,
        is_going=owed.leased_until is not None and owed.leased_until > now,
        held=closure.of_sending(now, live=not letter.is_demo)
        or closure.of_result(letter, now),
        held_until=rates.held_until(letter.campaign.letters_go_from, now),
        is_spread=not owed.attempts and owed.due_at > now + _LATE_AFTER,
    )


def expectation_of(letter: Letter, now: datetime.datetime) -> Expectation:
    """Say when a letter goes if it is confirmed now."""
    at = pacing.expected_for(letter, now)
    held_until = rates.held_until(letter.campaign.letters_go_from, now)
    return Expectation(at, held_until, is_spread=at > now + _LATE_AFTER)


def _as_it_was(
    events: Iterable[LetterEvent],
) -> Iterator[tuple[LetterEvent, bool, bool]]:
    """Say of each whether the letter was held then, and whether it may have gone."""
    is_held = may_have_gone = False
    for event in events:
        may_have_gone |= event.cause in reasons.IN_DOUBT
        yield event, is_held, may_have_gone
        if event.kind in {LetterEvent.Kind.HELD, LetterEvent.Kind.RELEASED}:
            is_held = event.kind == LetterEvent.Kind.HELD


def _words(
    event: LetterEvent, letter: Letter, *, is_held: bool, may_have_gone: bool
) -> str:
    """Say what happened, as it was for this letter."""
    kind = LetterEvent.Kind(event.kind)
    was_refused = not event.cause or reasons.is_an_answer(event.cause)
    words = kind.label
    match kind:
        case LetterEvent.Kind.FAILED if may_have_gone:
            words = _NO_LONGER_TRIED
        case LetterEvent.Kind.HELD if may_have_gone:
            words = _NOT_TRIED_AGAIN
        case LetterEvent.Kind.FAILED if is_held or not was_refused:
            words = _NOT_SENT
        case LetterEvent.Kind.RETRIED if not was_refused:
            words = _TRIED
        case LetterEvent.Kind.BOUNCED if event.cause == reasons.TAKEN_BACK:
            words = gettext_lazy(reasons.TAKEN_BACK)
        case LetterEvent.Kind.NOTICE_BOUNCED if event.cause:
            words = _NOTICE_FAILED
        case LetterEvent.Kind.ACCEPTED if letter.is_demo:
            words = _OUTBOX
    return str(words)


def _told(
    event: LetterEvent, words: str, *, is_disowned: bool, is_here: bool
) -> Happening:
    if is_disowned:
        words = str(_NOT_YOURS.get(LetterEvent.Kind(event.kind), words))
    why = _why(event)
    is_here = is_here and event.kind == LetterEvent.Kind.ACCEPTED
    if is_here:
        why = refusals.Explanation(str(_HERE_SO_FAR))
    return Happening(
        at=event.at,
        kind=event.kind,
        words=words,
        cause=why.words,
        answer=why.answer,
        is_here_so_far=is_here,
    )


def _is_here_so_far(letter: Letter, now: datetime.datetime) -> bool:
    """Whether we know that it is not back: nor may mail be that a person looks at."""
    return (
        letter.state in _MAY_COME_BACK
        and not letter.is_demo
        and letter.accepted_at is not None
        and hearing.covers(letter.accepted_at, now)
        and not IncomingMail.objects.for_a_person().filter(letter=letter).exists()
    )


def _why(event: LetterEvent) -> refusals.Explanation:
    # What was taken back says why by itself.
    if event.cause in {"", reasons.TAKEN_BACK}:
        return refusals.Explanation("")
    if event.kind in _WITH_A_REASON:
        return refusals.explained(event.cause)
    if event.kind == LetterEvent.Kind.HELD:
        return refusals.Explanation(reasons.in_short(event.cause))
    words = gettext(event.cause)
    # Said already, by what happened before.
    is_told = words == str(LetterEvent.Kind.DISOWNED.label)
    return refusals.Explanation("" if is_told else words)
