"""A lost link: mailed again to the mailbox that it belongs to, and to no other.

Nobody who asks is told whether there is a letter: the page says the same in every
case, and what differs is one row more in a transaction that both cases wait for. A
mailbox can be asked about so seldom that even its time tells nothing.
"""

import datetime

from django.conf import settings
from django.db import transaction

from actions import limiting, mailboxes, tokens
from actions.errors import TooManyError
from actions.models import Delivery, Letter, LetterEvent


@transaction.atomic
def ask(email: str, *, address: str, now: datetime.datetime) -> None:
    """Owe a mailbox a mail with the links to its newest letters, if it has any.

    It goes to the address that the letters hold, not to the one typed here; where they
    hold several, such as jo@ and jo+mp@, each gets its own links. Nothing more is owed
    while such a mail waits, or to a mailbox that has had its mails of the day.

    Args:
        email: as it was typed.
        address: the network address that it comes from, for the limit only.
        now: the time.

    Raises:
        TooManyError: this network address has asked often enough for now.

    """
    limiting.take(
        "links from an address",
        address,
        limit=settings.LETTERS_PER_ADDRESS_PER_HOUR,
        window=limiting.HOUR,
        now=now,
    )
    if _has_room(tokens.mailbox(email), now):
        theirs = mailboxes.newest_letters(email, live=settings.DELIVERY_IS_LIVE)
        for letters in mailboxes.by_address(theirs):
            _owe(letters, now)


def pass_on(letter: Letter, *, now: datetime.datetime) -> None:
    """Have a mail with links that waits go without a letter that was just forgotten.

    It hangs on the newest letter that it lists; the next one of the same address takes
    it over. Where there is none, it is dropped.

    Args:
        letter: as it was before, since its address is needed.
        now: the time.

    """
    waiting = letter.deliveries.waiting().filter(kind=Delivery.Kind.LINKS)
    if not waiting.exists():
        return
    theirs = mailboxes.newest_letters_beside(letter)
    mails = Delivery.objects.filter(letter__in=theirs, kind=Delivery.Kind.LINKS)
    # A worker that holds it may send it all the same: twice rather than never.
    freed = {"lease": None, "leased_until": None}
    if theirs and not mails.waiting().exists():
        mails.finished().delete()
        waiting.update(letter=theirs[0], **freed)
    else:
        waiting.update(state=Delivery.State.DROPPED, done_at=now, **freed)


def _has_room(mailbox: str, now: datetime.datetime) -> bool:
    """Take one of the mailbox's places of the day, if there is one; tell nobody."""
    try:
        limiting.take(
            "links for a mailbox",
            mailbox,
            limit=settings.LETTERS_PER_MAILBOX_PER_DAY,
            window=limiting.DAY,
            now=now,
        )
    except TooManyError:
        return False
    return True


def _owe(letters: list[Letter], now: datetime.datetime) -> None:
    """Owe one mail for all of these, the newest first, unless one is owed.

    Of two who ask at once the second waits at the mailbox's limit, until the first is
    done.
    """
    mails = Delivery.objects.filter(letter__in=letters, kind=Delivery.Kind.LINKS)
    if mails.waiting().exists():
        return
    # A letter has one mail of each kind: the new one takes the place of the old.
    mails.finished().delete()
    newest = letters[0]
    Delivery.objects.create(
        letter=newest,
        kind=Delivery.Kind.LINKS,
        is_demo=newest.is_demo,
        due_at=now,
    )
    LetterEvent.objects.bulk_create(
        LetterEvent(letter=letter, kind=LetterEvent.Kind.LINK_ASKED, at=now)
        for letter in letters
    )
