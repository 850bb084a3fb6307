"""The one list of what is kept, why and how long: shown to people, and carried out."""

import datetime
from functools import partial
from typing import Final

from django.conf import settings
from django.utils.translation import gettext

from actions import each, subscribing
from actions.privacy import clearing, erasing
from actions.privacy.of_letters import OF_LETTERS
from actions.privacy.of_others import OF_COPIES, OF_LIMITS, OF_STAFF, OF_WISHES
from actions.privacy.values import Eraser, Kept, Otherwise, Row

SCHEDULE: Final[tuple[Kept, ...]] = (
    *OF_LETTERS,
    *OF_WISHES,
    *OF_LIMITS,
    *OF_STAFF,
    *OF_COPIES,
)
# Those that erase what people gave us, by which ``sweep`` counts.
_OF_PEOPLE: Final = (erasing.expire, erasing.forget_due, subscribing.expire)


def controller() -> str:
    """Name who answers for people's data; a trial need not say."""
    return settings.CONTROLLER_NAME or gettext("whoever runs this trial of Postbag")


def retention() -> tuple[Row, ...]:
    """Give the rows of the privacy page, in the reader's language."""
    return tuple(kept.row() for kept in SCHEDULE if kept.is_there())


def erasers() -> tuple[Eraser, ...]:
    """Name what carries the schedule out, each once, in its order."""
    named = (kept.ends for kept in SCHEDULE)
    return tuple(dict.fromkeys(e for e in named if not isinstance(e, Otherwise)))


def sweep(now: datetime.datetime) -> int:
    """Erase all that is due; say of how many letters and wishes for updates.

    Each step is whole in itself: stopped anywhere, the next sweep finishes it.
    """
    gone: dict[Eraser, int] = {}

    def erase(eraser: Eraser) -> None:
        gone[eraser] = eraser(now)

    # One that fails keeps nothing of the others' beyond its time.
    steps = (partial(erase, eraser) for eraser in erasers())
    each.do(*steps, clearing.empty_journal)
    return sum(gone[eraser] for eraser in _OF_PEOPLE)
