"""What a person decides: on letters that wait, and on what MPs' offices tell us."""

import datetime
from typing import Final

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext_noop

from actions import failing, holding, lifecycle, standing, tokens
from actions.models import (
    Letter,
    LetterEvent,
    OfficeReport,
    WatchedMailbox,
)
from actions.screening import looking, making_wait

# How long everything from a mailbox is looked at once an office's complaint was right.
WATCHED_FOR: Final = datetime.timedelta(days=365)
# How long what an office wrote is kept, from then on or from the decision.
NOTES_LIVE: Final = datetime.timedelta(days=28)
NOTES_WAIT: Final = datetime.timedelta(days=90)

_ABUSIVE: Final = gettext_noop(
    "A person read it. Some of it reads as a threat or as abuse, and Postbag does not "
    "send that in its name."
)
# Why a person gave a letter back, by what it was held for.
GIVEN_BACK: Final = {
    Letter.Hold.ABUSE: _ABUSIVE,
    Letter.Hold.WATCHED: _ABUSIVE,
    Letter.Hold.FLOOD: gettext_noop(
        "A person looked at it. The same words came under many names, which offices "
        "set aside."
    ),
    Letter.Hold.ONE_ADDRESS: gettext_noop(
        "A person looked at it. More names came from one address than we can answer "
        "for."
    ),
    Letter.Hold.OFFICE_ASKED: gettext_noop(
        "The MP’s office does not take letters of this campaign from Postbag at the "
        "moment."
    ),
}
# Why a letter that waited for a person goes on.
READ: Final = gettext_noop("A person looked at it and let it go.")
SET_ASIDE: Final = gettext_noop(
    "A person looked at what an MP’s office had told us, and set it aside."
)
LIFTED: Final = gettext_noop("Letters of this campaign go to the MP’s office again.")
OFFICE_SAYS: Final = {
    OfficeReport.Kind.NOT_A_CONSTITUENT: gettext_noop(
        "It says that you are not a constituent of this MP. If you gave another "
        "address than your own by mistake, write again from the right one."
    ),
    OfficeReport.Kind.WRONG_ADDRESS: gettext_noop(
        "It says that this is not its address for letters. We look for the right one."
    ),
    OfficeReport.Kind.STOP: gettext_noop(
        "It asked for no more letters of this campaign from Postbag."
    ),
    OfficeReport.Kind.ABUSIVE: gettext_noop(
        "It says that the letter is abusive, and a person here agrees."
    ),
}


@transaction.atomic
def let_go(letter: Letter, now: datetime.datetime, *, cause: str = READ) -> bool:
    """Let a letter that a person has read go; say whether it waited for that.

    It goes to its MP's address of today, and waits if its office has it wait. The
    ``cause`` is for its history.
    """
    letter.refresh_from_db()
    held_for = letter.held_for
    same = Letter.objects.for_a_person().filter(held_for=held_for)
    if not holding.release(letter, now, cause=cause, among=same):
        return False
    standing.follow(letter)
    looking.hold_for_whom(letter, now, but_for=held_for)
    return True


def give_back(letter: Letter, now: datetime.datetime) -> bool:
    """End a letter that a person will not send; its writer is told why, with the text.

    Returns:
        Whether it still waited for a person.

    """
    letter.refresh_from_db()
    cause = GIVEN_BACK.get(Letter.Hold(letter.held_for)) if letter.held_for else None
    if cause is None:
        return False
    same = Letter.objects.for_a_person().filter(held_for=letter.held_for)
    return holding.give_back(letter, cause, now, among=same)


@transaction.atomic
def tell(
    letter: Letter, kind: OfficeReport.Kind, note: str, now: datetime.datetime
) -> bool:
    """Take down what an MP's office tells us; say whether it is news.

    What the office calls abusive is no reason yet to end anything, but until a person
    has decided, whatever else the same writer has in the queue waits.
    """
    _, is_news = OfficeReport.objects.get_or_create(
        letter=letter, kind=kind, defaults={"note": note, "told_at": now}
    )
    if is_news and kind == OfficeReport.Kind.ABUSIVE:
        _hold_others_of(letter, now)
    return is_news


@transaction.atomic
def accept(
    report: OfficeReport, now: datetime.datetime, *, by: AbstractBaseUser
) -> bool:
    """Do what an office asks for; say whether this call did.

    - not a constituent: the writer's page says so;
    - wrong address: letters to it wait until it is corrected;
    - no more letters: those of the campaign to this MP wait, and are given back unless
      a person lets them go, until the stop is lifted;
    - abusive: a person looks at everything from that mailbox for a year.
    """
    if not _decide(report, OfficeReport.Decision.ACCEPTED, now, by):
        return False
    letter, kind = report.letter, OfficeReport.Kind(report.kind)
    lifecycle.note(letter, LetterEvent.Kind.OFFICE_SPOKE, now, OFFICE_SAYS[kind])
    match kind:
        case OfficeReport.Kind.WRONG_ADDRESS:
            failing.mark(
                letter.recipient_email,
                "The MP’s office says that it is the wrong address.",
                now,
                live=not letter.is_demo,
            )
        case OfficeReport.Kind.STOP:
            stopped = making_wait.to_the_office_of(letter)
            making_wait.have_wait(stopped, Letter.Hold.OFFICE_ASKED, now)
        case OfficeReport.Kind.ABUSIVE:
            _watch(letter, now)
    return True


def is_in_vain(report: OfficeReport) -> bool:
    """Whether nothing can follow: whose mailbox to watch is erased with the letter."""
    is_of_the_writer = report.kind == OfficeReport.Kind.ABUSIVE
    return is_of_the_writer and not report.letter.sender_email


@transaction.atomic
def decline(
    report: OfficeReport, now: datetime.datetime, *, by: AbstractBaseUser
) -> bool:
    """Set aside what an office told; say whether this call did.

    Letters of the same writer that waited for this decision go, unless another office
    complained, too. What is held for words of its own waits for its own decision.
    """
    if not _decide(report, OfficeReport.Decision.DECLINED, now, by):
        return False
    letter, kind = report.letter, report.kind
    if kind == OfficeReport.Kind.ABUSIVE and letter.sender_email:
        theirs = making_wait.of_the_writer_of(letter)
        others = OfficeReport.objects.open().filter(kind=kind, letter__in=theirs)
        if not (others.exists() or looking.is_watched(letter, now)):
            for waiting in theirs.filter(held_for=Letter.Hold.WATCHED).order_by("pk"):
                let_go(waiting, now, cause=SET_ASIDE)
    return True


def lift(report: OfficeReport, now: datetime.datetime) -> bool:
    """End what an office asked for; say whether this call did.

    With the last stop of the campaign's letters to this office those that wait for it
    go: until then the others hold them still.
    """
    with transaction.atomic():
        # Locked, in one order: of two lifted at once the second finds itself the last.
        stops = OfficeReport.objects.stops().that_concern(report.letter)
        locked = stops.select_for_update(of=("self",)).order_by("pk")
        in_force = set(locked.values_list("pk", flat=True))
        if report.pk not in in_force:
            return False
        OfficeReport.objects.filter(pk=report.pk).update(lifted_at=now)
        if in_force == {report.pk}:
            _let_go_to_the_office_of(report.letter, now)
    return True


def forget(now: datetime.datetime) -> int:
    """Erase what offices wrote and whom we watched, once its time is over.

    Returns:
        How many of both there were.

    """
    noted = OfficeReport.objects.with_a_note()
    over = noted.filter(decided_at__lte=now - NOTES_LIVE) | noted.filter(
        told_at__lte=now - NOTES_WAIT
    )
    watched, _ = WatchedMailbox.objects.filter(until__lte=now).delete()
    return over.update(note="") + watched


def _decide(
    report: OfficeReport,
    decision: OfficeReport.Decision,
    now: datetime.datetime,
    by: AbstractBaseUser,
) -> bool:
    moved = OfficeReport.objects.open().filter(pk=report.pk)
    return bool(moved.update(decision=decision, decided_at=now, decided_by=by))


def _hold_others_of(letter: Letter, now: datetime.datetime) -> None:
    if letter.sender_email:
        theirs = making_wait.of_the_writer_of(letter)
        making_wait.have_wait(theirs, Letter.Hold.WATCHED, now)


def _let_go_to_the_office_of(letter: Letter, now: datetime.datetime) -> None:
    waiting = making_wait.to_the_office_of(letter).for_a_person()
    stopped = waiting.filter(held_for=Letter.Hold.OFFICE_ASKED)
    for other in stopped.order_by("pk"):
        let_go(other, now, cause=LIFTED)


def _watch(letter: Letter, now: datetime.datetime) -> None:
    if letter.sender_email:
        WatchedMailbox.objects.update_or_create(
            key=tokens.mailbox_key(letter.sender_email),
            defaults={"since": now, "until": now + WATCHED_FOR},
        )
