"""Keeping what people were promised: what is kept, how long, and erasing it."""

import datetime
import enum
from collections.abc import Iterator
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from actions import counting, limiting, outbox, submitting
from actions.models import Delivery, Letter, LetterEvent, Tally
from actions.models.letters import LetterQuerySet

AT_A_TIME = 50


class Cause(enum.StrEnum):
    """Why a letter's personal data is erased."""

    TIME = "The time to keep it was over."
    UNCONFIRMED = "It was not confirmed in time."
    REQUEST = "You asked for it."
    DISOWNED = "You told us that you did not write it."


class Kept(NamedTuple):
    """One row of the privacy page."""

    what: str
    why: str
    how_long: str


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def _retention() -> tuple[Kept, ...]:
    after = f"{_days(settings.ERASE_AFTER_DAYS)} after the letter was sent or ended"
    sooner = "at once when you press “Delete my data”"
    confirm = _days(settings.CONFIRM_WITHIN_DAYS)
    return (
        Kept(
            "Your name, e-mail address and postal address",
            "They stand on the letter: MPs answer their own constituents only.",
            f"{after}; {sooner}",
        ),
        Kept(
            "Your letter and what it was made from",
            "To send it, to show it to you, and to give it back to you if it could "
            "not be delivered.",
            f"{after}; {sooner}",
        ),
        Kept(
            "A letter that you do not confirm, with everything in it",
            "To send it as soon as you confirm it.",
            f"{confirm}, then erased at once",
        ),
        Kept(
            "A letter that you tell us you did not write",
            "Nothing: we do not need it.",
            "erased at once",
        ),
        Kept(
            "The wording and the time of your consent",
            "To be able to show that you agreed. Without your name they tell nothing "
            "of you.",
            "as long as the campaign is kept here",
        ),
        Kept(
            "A keyed code made of the campaign, your MP and your e-mail address",
            "To see that somebody writes a second time. Nobody can read your address "
            "from it.",
            f"as long as the campaign is kept here; {sooner}",
        ),
        Kept(
            "What happened to the letter and when, with its MP and constituency",
            "To account for what was sent. It names nobody.",
            "as long as the campaign is kept here",
        ),
        Kept(
            "Counts by campaign, constituency and day",
            "To say how many people have written. They hold nothing of anybody.",
            "without end",
        ),
        Kept(
            "How often your network address and mailbox were used to write, as keyed "
            "codes",
            "To stop floods.",
            "two days at most",
        ),
    )


# The rows of the privacy page, from the settings that ``sweep`` goes by.
RETENTION = _retention()


def expire(now: datetime.datetime) -> int:
    """End letters whose time to confirm is over and erase them; say how many."""
    count = 0
    for letters in _batches(Letter.objects.overdue(now)):
        expired = [letter for letter in letters if _expire(letter, now)]
        outbox.forget(letter.pk for letter in expired)
        count += len(expired)
    return count


def forget(
    letter: Letter, *, now: datetime.datetime, cause: Cause = Cause.DISOWNED
) -> bool:
    """Erase everything of the person from an ended letter; say whether it was there.

    The keyed code by which a second letter is recognised stays only where it serves
    that: for a letter that was sent and whose time is over.
    """
    letter.refresh_from_db()
    is_gone = _forget(letter, now, cause)
    outbox.forget([letter.pk])
    letter.refresh_from_db()
    return is_gone


def forget_due(now: datetime.datetime) -> int:
    """Erase letters that ended long enough ago; say how many."""
    ended_before = now - datetime.timedelta(days=settings.ERASE_AFTER_DAYS)
    count = 0
    for letters in _batches(Letter.objects.forgettable(ended_before)):
        gone = [letter for letter in letters if _forget(letter, now, Cause.TIME)]
        outbox.forget(letter.pk for letter in gone)
        count += len(gone)
    return count


def erase_on_request(letter: Letter, *, now: datetime.datetime) -> bool:
    """Erase a letter because its writer asks; a waiting one is stopped first.

    One that a worker is sending at this moment is neither stopped nor waited for, since
    the mail server may take minutes: then nothing is erased and this returns False.
    """
    letter.refresh_from_db()
    if letter.can_be_cancelled:
        submitting.cancel(letter, now=now)
        if letter.can_be_cancelled:
            return False
    forget(letter, now=now, cause=Cause.REQUEST)
    return True


def sweep(now: datetime.datetime) -> int:
    """Erase all that is due; say how many letters.

    Each step is whole in itself: stopped anywhere, the next sweep finishes it.
    """
    count = expire(now) + forget_due(now)
    _forget_mail_of_forgotten_letters()
    limiting.forget(now)
    return count


def _batches(letters: LetterQuerySet) -> Iterator[list[Letter]]:
    """Read by primary key, so that one that can't be moved does not come for ever."""
    ahead = letters.order_by("pk").defer("body", "base_text")
    batch = list(ahead[:AT_A_TIME])
    while batch:
        yield batch
        batch = list(ahead.filter(pk__gt=batch[-1].pk)[:AT_A_TIME])


@transaction.atomic
def _expire(letter: Letter, now: datetime.datetime) -> bool:
    moved = (
        Letter.objects.overdue(now)
        .filter(pk=letter.pk)
        .update(state=Letter.State.EXPIRED, ended_at=now)
    )
    if not moved:
        return False
    letter.state = Letter.State.EXPIRED
    LetterEvent.objects.create(letter=letter, kind=LetterEvent.Kind.EXPIRED, at=now)
    counting.record(letter, Tally.Step.EXPIRED, now)
    return _forget(letter, now, Cause.UNCONFIRMED)


@transaction.atomic
def _forget(letter: Letter, now: datetime.datetime, cause: Cause) -> bool:
    empty = dict.fromkeys(Letter.PERSONAL_FIELDS, "")
    keeps_key = letter.state == Letter.State.ACCEPTED and cause == Cause.TIME
    if not keeps_key:
        empty["sender_key"] = ""
    moved = Letter.objects.filter(
        pk=letter.pk, forgotten_at=None, ended_at__isnull=False
    ).update(forgotten_at=now, **empty)
    if not moved:
        return _forget_key(letter, cause)
    # The mails still owed would need the text.
    letter.deliveries.waiting().update(
        state=Delivery.State.DROPPED, done_at=now, lease=None, leased_until=None
    )
    LetterEvent.objects.create(
        letter=letter, kind=LetterEvent.Kind.FORGOTTEN, at=now, cause=cause
    )
    return True


def _forget_key(letter: Letter, cause: Cause) -> bool:
    """Take the code of a letter that was erased in its time, if a person asks."""
    if cause in {Cause.REQUEST, Cause.DISOWNED}:
        Letter.objects.filter(pk=letter.pk, forgotten_at__isnull=False).update(
            sender_key=""
        )
    return False


def _forget_mail_of_forgotten_letters() -> None:
    """Erase outbox files that were being written while their letter was erased."""
    letters = sorted(outbox.letters())
    for start in range(0, len(letters), AT_A_TIME):
        some = letters[start : start + AT_A_TIME]
        kept = Letter.objects.filter(pk__in=some, forgotten_at=None)
        gone = set(some).difference(kept.values_list("pk", flat=True))
        if gone:
            outbox.forget(gone)
