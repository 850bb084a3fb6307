"""Looking at a letter that was just confirmed: whether it waits, and for whom."""

import datetime
from collections.abc import Callable
from typing import Final

from actions import failing, holding, limiting, own_words, pacing, tokens
from actions.errors import TooManyError
from actions.models import HoldLimit, HoldRule, Letter, OfficeReport, WatchedMailbox
from actions.screening import phrases

_WEEK: Final = datetime.timedelta(days=7)
_EVER: Final = datetime.datetime.min.replace(tzinfo=datetime.UTC)
# Fewer words than these may well be the same by chance: "Please act now" (decision 29).
_LEAST_OF_A_TEXT: Final = 8

Look = tuple[
    Letter.Hold, Callable[[Letter, datetime.datetime, datetime.datetime], bool]
]


def hold_or_plan(
    letter: Letter,
    now: datetime.datetime,
    *,
    is_new: bool = True,
    since: datetime.datetime = _EVER,
) -> bool:
    """Hold a letter that was just queued if it has to wait; say whether it has to.

    It tells its writer why and by when. One that may go gets its time to go.

    Args:
        letter: the letter.
        now: the time.
        is_new: whether its words were never looked at. Those of one that was held for
            something else were, but whose it is and whom it goes to may have changed.
        since: what people decided before was minded when it was held, and is not asked
            about again: they may have let this very letter go.

    """
    letter.refresh_from_db()
    looks = (*_AT_WORDS, *_AT_MORE) if is_new else _AT_MORE
    return _hold_or_plan(letter, _first(looks, letter, now, since), now)


def hold_for_whom(letter: Letter, now: datetime.datetime, but_for: str) -> bool:
    """Hold a letter that a person let go if its MP's office or address has it wait.

    Not for what it was held for: that is decided. One that may go gets its time to go.
    Says whether it has to wait.
    """
    looks = tuple(look for look in _AT_WHOM if look[0] != but_for)
    return _hold_or_plan(letter, _first(looks, letter, now, _EVER), now)


def _hold_or_plan(
    letter: Letter, reason: Letter.Hold | None, now: datetime.datetime
) -> bool:
    # What is held takes no place: others to the same MP would wait for nothing.
    if reason is None:
        pacing.plan(letter, now)
        return False
    patience = (
        failing.CORRECTIONS_TAKE
        if reason == Letter.Hold.ADDRESS_FAILING
        else holding.PEOPLE_HAVE
    )
    return holding.hold(
        letter, reason, now, decide_by=holding.end_of_day(now + patience)
    )


def _first(
    looks: tuple[Look, ...],
    letter: Letter,
    now: datetime.datetime,
    since: datetime.datetime,
) -> Letter.Hold | None:
    return next((reason for reason, holds in looks if holds(letter, now, since)), None)


def has_threats(
    letter: Letter, _now: datetime.datetime, _since: datetime.datetime = _EVER
) -> bool:
    """Whether words that staff listed stand in the letter, besides the campaign's.

    A campaign may speak of killing and torture; only what its writer added counts: in
    the text, or as a name or in an address, where none of it is the campaign's.
    """
    listed = list(HoldRule.objects.in_force().values_list("phrase", flat=True))
    # Each by itself: a Mrs Kill may live in "Your Street".
    if any(phrases.count(listed, one) for one in _who_writes(letter)):
        return True
    written = phrases.found(listed, f"{letter.subject}\n{letter.body}")
    # Each by itself, and not where the campaign's were taken out to make room.
    return bool(written - phrases.found(listed, letter.base_text)) or any(
        phrases.count(listed, piece) for piece in _own_pieces(letter)
    )


def _own_pieces(letter: Letter) -> list[str]:
    """Give what its writer put between the campaign's words."""
    return [
        segment.text
        for paragraph in own_words.mark(letter.base_text, letter.body)
        for segment in paragraph
        if segment.is_own
    ]


def _who_writes(letter: Letter) -> tuple[str, ...]:
    """Give what stands in the letter of its writer, besides subject and text."""
    return (
        letter.sender_name,
        letter.address_line_1,
        letter.address_line_2,
        letter.town,
        letter.address_note,
        letter.helper,
    )


def is_watched(
    letter: Letter, now: datetime.datetime, since: datetime.datetime = _EVER
) -> bool:
    """Whether a person looks at everything from this mailbox, and began to since."""
    return (
        WatchedMailbox.objects.at(now)
        .filter(key=tokens.mailbox_key(letter.sender_email), since__gte=since)
        .exists()
    )


def _is_to_a_failing_address(
    letter: Letter, _now: datetime.datetime, _since: datetime.datetime
) -> bool:
    return failing.is_failing(letter.recipient_email, live=not letter.is_demo)


def _office_asked(
    letter: Letter, _now: datetime.datetime, since: datetime.datetime
) -> bool:
    stops = OfficeReport.objects.stops().that_concern(letter)
    return stops.filter(decided_at__gte=since).exists()


def _is_of_a_flood(
    letter: Letter, now: datetime.datetime, _since: datetime.datetime
) -> bool:
    """Whether the same words, told as people's own, came too often today.

    A letter without own words is no flood: it is a signature and counted as one. What
    is stored of the words is a keyed hash, for two days at most.
    """
    words = phrases.folded(" ".join(_own_pieces(letter))).split()
    if len(words) < _LEAST_OF_A_TEXT:
        return False
    try:
        limiting.take(
            "letters of one text",
            f"{letter.campaign_id}|{letter.is_demo}|{' '.join(words)}",
            limit=HoldLimit.most_of(HoldLimit.Of.SAME_WORDS),
            window=limiting.DAY,
            now=now,
        )
    except TooManyError:
        return True
    return False


def _is_of_many_at_one_address(
    letter: Letter, now: datetime.datetime, _since: datetime.datetime
) -> bool:
    """Whether more people than share a household wrote from one address in a week."""
    if not letter.postcode:
        return False
    here = _place(letter.address_line_1)
    neighbours = (
        Letter.objects.of_mode(live=not letter.is_demo)
        .filter(
            campaign=letter.campaign_id,
            postcode=letter.postcode,
            confirmed_at__gt=now - _WEEK,
            forgotten_at=None,
        )
        .values_list("address_line_1", "sender_name")
    )
    names = {_place(name) for line, name in neighbours if _place(line) == here}
    return len(names) > HoldLimit.most_of(HoldLimit.Of.NAMES)


def _place(line: str) -> str:
    return phrases.folded(line).replace(" ", "")


# In this order: the first reason that there is. Words come before whom they go to, or
# what is held for that would go unread once it may.
_AT_WORDS: Final[tuple[Look, ...]] = (
    (Letter.Hold.ABUSE, has_threats),
    (Letter.Hold.FLOOD, _is_of_a_flood),
    (Letter.Hold.ONE_ADDRESS, _is_of_many_at_one_address),
)
_AT_WHOM: Final[tuple[Look, ...]] = (
    (Letter.Hold.OFFICE_ASKED, _office_asked),
    (Letter.Hold.ADDRESS_FAILING, _is_to_a_failing_address),
)
_AT_MORE: Final[tuple[Look, ...]] = ((Letter.Hold.WATCHED, is_watched), *_AT_WHOM)
