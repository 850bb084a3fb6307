"""Keeping what people were promised: what is kept, how long, and erasing it."""

import datetime
import enum
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop, ngettext

from actions import (
    erasures,
    lifecycle,
    limiting,
    lost_links,
    outbox,
    submitting,
    subscribing,
)
from actions.lifecycle import Move
from actions.models import Delivery, Letter, LetterEvent, Subscription
from actions.models.letters import LetterQuerySet
from actions.receiving import forgetting
from actions.screening import deciding
from actions.tokens import REPORT_LIVES
from representatives import live
from representatives.kept_answers import FOUND_LIVES, KeptAnswer

AT_A_TIME = 50
# Of a draft in somebody's own browser: drafts.js goes by the same.
DRAFT_DAYS = 14
# Of a letter that was counted on its writer's word: until then it can be handed in, and
# no more than two days later the sweep has come by.
REPORT_DAYS = REPORT_LIVES.days + 2
# In demo mode: how long mail lies in the outbox that belongs to nothing stored, or to
# several letters at once.
UNOWNED_MAIL_LIVES = datetime.timedelta(days=1)
# Mail that lists several letters hangs on one of them.
_OF_SEVERAL = (Delivery.Kind.LINKS,)


class Cause(enum.StrEnum):
    """Why a letter's personal data is erased.

    Stored in English, translated when shown.
    """

    TIME = gettext_noop("The time to keep it was over.")
    UNCONFIRMED = gettext_noop("It was not confirmed in time.")
    REQUEST = gettext_noop("You asked for it.")
    DISOWNED = gettext_noop("You told us that you did not write it.")


# What restoring a back-up must do again.
_DEEDS = {
    Cause.REQUEST: erasures.Deed.ASKED,
    Cause.DISOWNED: erasures.Deed.DISOWNED,
}


def controller() -> str:
    """Name who answers for people's data; a trial need not say."""
    return settings.CONTROLLER_NAME or gettext("whoever runs this trial of Postbag")


class Kept(NamedTuple):
    """One row of the privacy page."""

    what: str
    why: str
    how_long: str


def retention() -> tuple[Kept, ...]:
    """Give the rows of the privacy page, from the settings that ``sweep`` goes by."""
    after = settings.ERASE_AFTER_DAYS
    until_erased = ngettext(
        "{n} day after the letter was sent or ended; at once when you press “Delete my "
        "data”",
        "{n} days after the letter was sent or ended; at once when you press “Delete "
        "my data”",
        after,
    ).format(n=after)
    confirm = settings.CONFIRM_WITHIN_DAYS
    with_the_campaign = gettext("as long as the campaign is kept here")
    return (
        Kept(
            gettext("Your name, e-mail address and postal address"),
            gettext(
                "They stand on the letter: MPs answer their own constituents only."
            ),
            until_erased,
        ),
        Kept(
            gettext("Your letter and what it was made from"),
            gettext(
                "To send it, to show it to you, and to give it back to you if it could "
                "not be delivered."
            ),
            until_erased,
        ),
        Kept(
            gettext(
                "An answer from the MP’s office that comes to our address, and other "
                "mail that comes there for your letter"
            ),
            gettext(
                "To pass it on to you, or so that a person sees what it is where we "
                "can’t tell."
            ),
            ngettext(
                "until it was passed on or looked at, {n} day at most",
                "until it was passed on or looked at, {n} days at most",
                after,
            ).format(n=after),
        ),
        Kept(
            gettext("A letter that you do not confirm, with everything in it"),
            gettext("To send it as soon as you confirm it."),
            ngettext(
                "{n} day, then erased at once", "{n} days, then erased at once", confirm
            ).format(n=confirm),
        ),
        Kept(
            gettext("A draft of your letter, in your own browser and nowhere else"),
            gettext(
                "To give it back to you there, should the page close before your "
                "letter has gone."
            ),
            ngettext(
                "until the letter has gone, you erase it, or nobody touches the page "
                "for ten minutes; never shown after {n} day",
                "until the letter has gone, you erase it, or nobody touches the page "
                "for ten minutes; never shown after {n} days",
                DRAFT_DAYS,
            ).format(n=DRAFT_DAYS),
        ),
        Kept(
            gettext(
                "A link that you have mailed to yourself to go on on another device"
            ),
            gettext(
                "Nothing: the link itself holds the draft, and the mail goes at once."
            ),
            _mailed_draft(),
        ),
        Kept(
            gettext("A letter that you tell us you did not write"),
            gettext("Nothing: we do not need it."),
            gettext("erased at once"),
        ),
        Kept(
            gettext("The wording and the time of your consent"),
            gettext(
                "To be able to show that you agreed, to the letter, to updates or to "
                "be told. Without your name or address they tell nothing of you."
            ),
            with_the_campaign,
        ),
        Kept(
            gettext(
                "A keyed code made of the campaign, your MP and your e-mail address"
            ),
            gettext(
                "To see that somebody writes a second time. Nobody can read your "
                "address from it."
            ),
            gettext(
                "as long as the campaign is kept here; at once when you press “Delete "
                "my data”"
            ),
        ),
        Kept(
            gettext("Your e-mail address, if you ask for e-mail updates"),
            gettext(
                "So that the campaign’s organisers, who get it from us, can send them. "
                "It is kept apart from your letter."
            ),
            ngettext(
                "until you leave, then erased at once; {n} day if you do not confirm",
                "until you leave, then erased at once; {n} days if you do not confirm",
                confirm,
            ).format(n=confirm),
        ),
        Kept(
            gettext(
                "Your e-mail address, if you ask to be told when people can write again"
            ),
            gettext(
                "To tell you, by one mail. Nobody else gets it, and it is kept apart "
                "from your letter."
            ),
            _until_told(),
        ),
        Kept(
            gettext(
                "What happened to the letter and when, with its MP and constituency"
            ),
            gettext("To account for what was sent. It names nobody."),
            with_the_campaign,
        ),
        Kept(
            gettext("What you told us of an answer and when, and when we asked you"),
            gettext(
                "To say how many letters are answered, and to ask twice at most. What "
                "the answer says is not asked."
            ),
            with_the_campaign,
        ),
        Kept(
            gettext("When the links to your letters were asked for again"),
            gettext(
                "So that their page tells you, should it have been somebody else. The "
                "address that was typed is not kept."
            ),
            with_the_campaign,
        ),
        Kept(
            gettext("How often the same words came as people’s own, as a keyed code"),
            gettext("To notice when one text comes under many names."),
            gettext("two days at most"),
        ),
        Kept(
            gettext("What your MP’s office tells us about your letter"),
            gettext(
                "So that a person can look at it. The page of your letter says so "
                "where it is right."
            ),
            ngettext(
                "{n} day after a person has decided; what was told and decided, "
                "without the office’s own words, as long as the campaign is kept here",
                "{n} days after a person has decided; what was told and decided, "
                "without the office’s own words, as long as the campaign is kept here",
                deciding.NOTES_LIVE.days,
            ).format(n=deciding.NOTES_LIVE.days),
        ),
        Kept(
            gettext(
                "A keyed code of your e-mail address, if a person here found a letter "
                "of yours to be abusive"
            ),
            gettext("So that a person reads your next letters before they go."),
            gettext("a year"),
        ),
        Kept(
            gettext("Counts by campaign, constituency and day"),
            gettext(
                "To say how many people have written. They hold nothing of anybody."
            ),
            gettext("without end"),
        ),
        Kept(
            gettext(
                "How often your network address and mailbox were used to write, to ask "
                "for updates, to ask to be told when people can write again, to ask "
                "for lost links or links to drafts, or to press a button on the page "
                "of a letter or of updates, as keyed codes"
            ),
            gettext("To stop floods."),
            gettext("two days at most"),
        ),
        Kept(
            gettext(
                "That a letter which you sent yourself was counted, as a keyed code "
                "that says nothing of it"
            ),
            gettext("To count it once, however often you press the button."),
            ngettext("{n} day at most", "{n} days at most", REPORT_DAYS).format(
                n=REPORT_DAYS
            ),
        ),
        *_asked_postcodes(),
    )


def _asked_postcodes() -> tuple[Kept, ...]:
    """What is kept of postcodes where other services are asked for them."""
    if not live.asked():
        return ()
    days = FOUND_LIVES.days
    return (
        Kept(
            gettext(
                "A postcode that our own list could not place, as a keyed code, with "
                "the constituency that another service named"
            ),
            gettext(
                "So that the service is not asked again. It is kept apart from letters "
                "and with nothing of you."
            ),
            ngettext("{n} day at most", "{n} days at most", days).format(n=days),
        ),
    )


def _mailed_draft() -> str:
    """How long the mail is kept that takes a draft to another device."""
    if settings.DELIVERY_IS_LIVE:
        return gettext("not at all")
    lives = UNOWNED_MAIL_LIVES.days
    return ngettext(
        "not at all; while Postbag is tried out, the mail lies in the outbox on this "
        "machine for {n} day",
        "not at all; while Postbag is tried out, the mail lies in the outbox on this "
        "machine for {n} days",
        lives,
    ).format(n=lives)


def _until_told() -> str:
    """How long the address is kept of whoever waits to be told."""
    confirm = settings.CONFIRM_WITHIN_DAYS
    if settings.DELIVERY_IS_LIVE:
        return ngettext(
            "until that mail has gone, you stop it or the campaign closes, then "
            "erased; {n} day if you do not confirm",
            "until that mail has gone, you stop it or the campaign closes, then "
            "erased; {n} days if you do not confirm",
            confirm,
        ).format(n=confirm)
    return ngettext(
        "until that mail has gone, you stop it or the campaign closes, then erased; "
        "{n} day if you do not confirm; while Postbag is tried out, the mail lies in "
        "the outbox on this machine for {hours} hours",
        "until that mail has gone, you stop it or the campaign closes, then erased; "
        "{n} days if you do not confirm; while Postbag is tried out, the mail lies in "
        "the outbox on this machine for {hours} hours",
        confirm,
    ).format(n=confirm, hours=UNOWNED_MAIL_LIVES // datetime.timedelta(hours=1))


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
    that: for a letter that was sent and whose time is over.
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
    letter.refresh_from_db()
    if letter.can_be_cancelled:
        submitting.cancel(letter, now=now)
        if letter.can_be_cancelled:
            return False
    forget(letter, now=now, cause=Cause.REQUEST)
    return True


def sweep(now: datetime.datetime) -> int:
    """Erase all that is due; say of how many letters and wishes for updates.

    Each step is whole in itself: stopped anywhere, the next sweep finishes it.
    """
    count = expire(now) + forget_due(now) + subscribing.expire(now)
    _forget_mail_of_the_forgotten()
    outbox.forget_unowned(now - UNOWNED_MAIL_LIVES, kinds=_OF_SEVERAL)
    limiting.forget(now)
    forgetting.forget_due(now)
    erasures.forget(now)
    KeptAnswer.objects.forget(timezone.localdate(now))
    deciding.forget(now)
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
    overdue = Letter.objects.overdue(now)
    if not lifecycle.make(Move.EXPIRE, letter, now, among=overdue):
        return False
    letter.state = Letter.State.EXPIRED
    return _forget(letter, now, Cause.UNCONFIRMED)


@transaction.atomic
def _forget(letter: Letter, now: datetime.datetime, cause: Cause) -> bool:
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
    if cause in {Cause.REQUEST, Cause.DISOWNED}:
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


def _forget_mail_of_the_forgotten() -> None:
    """Erase outbox files that were being written while their owner was erased."""
    owners = sorted(outbox.owners())
    for start in range(0, len(owners), AT_A_TIME):
        some = owners[start : start + AT_A_TIME]
        letters = Letter.objects.filter(pk__in=some, forgotten_at=None)
        subscriptions = Subscription.objects.filter(pk__in=some, ended_at=None)
        gone = set(some).difference(
            letters.values_list("pk", flat=True),
            subscriptions.values_list("pk", flat=True),
        )
        if gone:
            outbox.forget(gone)
