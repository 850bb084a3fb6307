"""Why a letter was held, or was not sent: told to its writer in plain words.

The letter's page and the mails say the same (docs/decisions/0026-held-letters.md).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext, gettext_lazy, gettext_noop, pgettext

from actions import refusals
from actions.errors import LostAnswerError
from actions.models import Letter, LetterEvent

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Hold = Letter.Hold

# Why letters failed that no mail server ever saw; stored in English, translated when
# shown. The first stands in old rows only: such letters are held now.
MEMBER_LEFT: Final = gettext_noop("The MP is no longer the member for this seat.")
HELD_TOO_LONG: Final = gettext_noop("It was held until its time was over.")
# Why a letter is one that came back again, after its writer had told of an answer.
TAKEN_BACK: Final = gettext_noop(
    "What was told of an answer was taken back: the letter came back undelivered."
)
# Of a try of which nobody knows whether the mail server took the letter.
LOST_ANSWER: Final = str(LostAnswerError())
# Of one whose worker died, or stood still, while it had the letter in hand.
LEFT_IN_HAND: Final = gettext_noop(
    "We were interrupted while we handed it over, and do not know whether the mail "
    "server took it. It may therefore arrive twice."
)
IN_DOUBT: Final = frozenset({LOST_ANSWER, LEFT_IN_HAND})
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
    Hold.DISSOLVED: gettext_lazy("Parliament was dissolved after you confirmed it."),
    Hold.NO_RESULT: gettext_lazy("Nobody could tell yet who was elected."),
    Hold.REGISTER_OLD: gettext_lazy("Our list of MPs was too old to be sure who sits."),
    Hold.VACANT: gettext_lazy("The seat fell vacant after you confirmed it."),
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


def in_short(cause: str) -> str:
    """Tell why a letter was held, from its history; "" where that is not said."""
    return str(IN_SHORT[Hold(cause)]) if cause in Hold.values else ""


def may_have_gone(letter: Letter) -> bool:
    """Whether a letter that no mail server is known to have taken may have gone.

    So it is once the answer to the whole of it got lost, or whoever waited for that
    died, whatever became of it then.
    """
    if letter.has_gone or letter.state == Letter.State.AWAITING_CONFIRMATION:
        return False
    return letter.events.filter(cause__in=IN_DOUBT).exists()


def state_of(letter: Letter) -> str:
    """Say in a few words where a letter is."""
    if letter.state == Letter.State.FAILED and may_have_gone(letter):
        return pgettext("a letter", "no longer tried; it may have arrived")
    return letter.get_state_display()


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
