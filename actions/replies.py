"""MPs' answers: counting that there was one, and what to write back to it."""

import datetime
import re
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef

from actions import frames, lifecycle
from actions.lifecycle import Move
from actions.models import Letter, LetterEvent
from representatives.models import Representative

_TO_FILL_IN = re.compile(r"\[[^\[\]\n]+\]")


@dataclass(frozen=True)
class Suggestion:
    """What somebody may write back to an answer that says nothing."""

    text: str
    # The notes in square brackets, in their order.
    to_fill_in: tuple[str, ...]
    # As HTML writes it.
    tag: str


@transaction.atomic
def report(letter: Letter, *, now: datetime.datetime) -> bool:
    """Note that the writer got an answer; say whether this call did it.

    Also of a letter whose text is erased: offices may take longer than we keep it. Not
    of one that was disowned: whoever has the link did not write it.
    """
    writers = Letter.objects.filter(
        ~Exists(LetterEvent.objects.disownings().filter(letter=OuterRef("pk")))
    )
    moved = lifecycle.make(Move.ANSWER, letter, now, among=writers)
    letter.refresh_from_db()
    return moved


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
