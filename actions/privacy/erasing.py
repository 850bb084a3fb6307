"""Erasing letters: because their time is over, or because a person asks."""

import datetime
import enum
from collections.abc import Iterable, Iterator
from typing import Final, Protocol

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop

from actions import erasures, lifecycle, lost_links, outbox, submitting
from actions.lifecycle import Move
from actions.models import Delivery, Letter, LetterEvent, Subscription
from actions.models.letters import LetterQuerySet

AT_A_TIME: Final = 50
# In demo mode: how long mail lies in the outbox that belongs to nothing stored, or to
# several letters at once.
UNOWNED_MAIL_LIVES: Final = datetime.timedelta(days=1)
# Mail that lists several letters hangs on one of them.
_OF_SEVERAL: Final = (Delivery.Kind.LINKS,)


class Cause(enum.StrEnum):
    """Why a letter's personal data is erased.

    Stored in English, translated when shown.
    """

    TIME = gettext_noop("The time to keep it was over.")
    UNCONFIRMED = gettext_noop("It was not confirmed in time.")
    REQUEST = gettext_noop("You asked for it.")
    DISOWNED = gettext_noop("You told us that you did not write it.")


class _Stop(Protocol):
    def __call__(self, letter: Letter, *, now: datetime.datetime) -> bool: ...


# What restoring a back-up must do again.
_DEEDS: Final = {
    Cause.REQUEST: erasures.Deed.ASKED,
    Cause.DISOWNED: erasures.Deed.DISOWNED,
}


def expire(now: datetime.datetime) -> int:
    """End letters whose time to confirm is over and erase them; say how many."""
    count = 0
    for letters in _batches(Letter.objects.overdue(now)):
        expired = [letter for letter in letters if _expire(letter, now)]
        _forget_mail(expired)
        count += len(expired)
    return count


def forget(
    letter: Letter, *, now: datetime.datetime, cause: Cause = Cause.DISOWNED
) -> bool:
    """Erase everything of the person from an ended letter; say whether it was there.

    The keyed code by which a second letter is recognised stays only where it serves
    that: for a letter that was sent and whose time is over. What the MP's office wrote
    of it goes early if a person asks, as it may name them.
    """
    if deed := _DEEDS.get(cause):
        erasures.note(deed, [letter.pk])
    letter.refresh_from_db()
    is_gone = _forget(letter, now, cause)
    _forget_mail([letter])
    letter.refresh_from_db()
    return is_gone


def forget_due(now: datetime.datetime) -> int:
    """Erase letters that ended long enough ago; say how many."""
    ended_before = now - datetime.timedelta(days=settings.ERASE_AFTER_DAYS)
    count = 0
    for letters in _batches(Letter.objects.forgettable(ended_before)):
        gone = [letter for letter in letters if _forget(letter, now, Cause.TIME)]
        _forget_mail(gone)
        count += len(gone)
    return count


def erased_by_itself_at(letter: Letter) -> datetime.datetime | None:
    """Say when ``sweep`` erases a letter if nobody does anything.

    None if it is erased already, or before it has been sent or stopped.
    """
    if letter.is_forgotten:
        return None
    if letter.can_be_confirmed:
        return letter.confirm_by
    if letter.ended_at is None:
        return None
    return letter.ended_at + datetime.timedelta(days=settings.ERASE_AFTER_DAYS)


def erase_on_request(letter: Letter, *, now: datetime.datetime) -> bool:
    """Erase a letter because its writer asks; a waiting one is stopped first.

    One that a worker is sending at this moment is neither stopped nor waited for, since
    the mail server may take minutes: then nothing is erased and this returns False.
    """
    return _end_at_once(letter, submitting.cancel, now, Cause.REQUEST)


def disown(letter: Letter, *, now: datetime.datetime) -> bool:
    """Stop and erase a letter because the person named did not write it.

    As ``erase_on_request``: False while a worker is sending it.
    """
    return _end_at_once(letter, submitting.disown, now, Cause.DISOWNED)


def forget_mail_of_the_forgotten(_now: datetime.datetime) -> int:
    """Erase outbox files that were being written while their owner was erased.

    Returns:
        How many there were.

    """
    owners, count = sorted(outbox.owners()), 0
    for start in range(0, len(owners), AT_A_TIME):
        some = owners[start : start + AT_A_TIME]
        letters = Letter.objects.filter(pk__in=some, forgotten_at=None)
        subscriptions = Subscription.objects.filter(pk__in=some, ended_at=None)
        gone = set(some).difference(
            letters.values_list("pk", flat=True),
            subscriptions.values_list("pk", flat=True),
        )
        if gone:
            count += outbox.forget(gone)
    return count


def forget_unowned_mail(now: datetime.datetime) -> int:
    """Erase outbox files of nothing stored, or of several letters; say how many."""
    return outbox.forget_unowned(now - UNOWNED_MAIL_LIVES, kinds=_OF_SEVERAL)


def _batches(letters: LetterQuerySet) -> Iterator[list[Letter]]:
    """Read by primary key, so that one that can't be moved does not come for ever."""
    ahead = letters.order_by("pk").defer("body", "base_text")
    batch = list(ahead[:AT_A_TIME])
    while batch:
        yield batch
        batch = list(ahead.filter(pk__gt=batch[-1].pk)[:AT_A_TIME])


def _end_at_once(
    letter: Letter, stop: _Stop, now: datetime.datetime, cause: Cause
) -> bool:
    """Stop and erase in one go: nobody comes again who finds the first half done."""
    letter.refresh_from_db()
    with transaction.atomic():
        stop(letter, now=now)
        if letter.can_be_cancelled:
            return False
        erasures.note(_DEEDS[cause], [letter.pk])
        # As it is read now, with its address.
        _forget(letter, now, cause)
    _forget_mail([letter])
    letter.refresh_from_db()
    return True


@transaction.atomic
def _expire(letter: Letter, now: datetime.datetime) -> bool:
    overdue = Letter.objects.overdue(now)
    if not lifecycle.make(Move.EXPIRE, letter, now, among=overdue):
        return False
    letter.state = Letter.State.EXPIRED
    return _forget(letter, now, Cause.UNCONFIRMED)


@transaction.atomic
def _forget(letter: Letter, now: datetime.datetime, cause: Cause) -> bool:
    if cause in _DEEDS:
        letter.office_reports.update(note="")
    empty = dict.fromkeys(Letter.PERSONAL_FIELDS, "")
    keeps_key = letter.stands and cause == Cause.TIME
    if not keeps_key:
        empty["sender_key"] = ""
    moved = Letter.objects.filter(
        pk=letter.pk, forgotten_at=None, ended_at__isnull=False
    ).update(forgotten_at=now, **empty)
    if not moved:
        return _forget_key(letter, cause)
    lost_links.pass_on(letter, now=now)
    # The mails still owed would need the text.
    letter.deliveries.waiting().update(
        state=Delivery.State.DROPPED, done_at=now, lease=None, leased_until=None
    )
    letter.incoming.empty(now)
    lifecycle.note(letter, LetterEvent.Kind.FORGOTTEN, now, cause)
    return True


def _forget_key(letter: Letter, cause: Cause) -> bool:
    """Take the code of a letter that was erased in its time, if a person asks."""
    if cause in _DEEDS:
        Letter.objects.filter(pk=letter.pk, forgotten_at__isnull=False).update(
            sender_key=""
        )
    return False


def _forget_mail(letters: Iterable[Letter]) -> None:
    """Erase outbox files of letters, as they were before, and those that list them."""
    outbox.forget(letter.pk for letter in letters)
    addresses = {letter.sender_email.lower() for letter in letters} - {""}
    for kind in _OF_SEVERAL:
        beside = Letter.objects.filter(pk__in=outbox.owners(kind))
        listed = beside.values_list("pk", "sender_email")
        outbox.forget({pk for pk, to in listed if to.lower() in addresses}, kind)
