"""Having letters wait for a person, for what MPs' offices told of others."""

import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from actions import holding, mailboxes
from actions.models import Letter, LetterEvent, OfficeReport
from actions.models.letters import LetterQuerySet
from actions.models.moderation import OfficeReportQuerySet
from actions.screening import looking


def of_the_writer_of(letter: Letter) -> LetterQuerySet:
    """Ask for the letters of the same mailbox, as it is watched."""
    return mailboxes.letters_of(letter.sender_email, live=not letter.is_demo)


def to_the_office_of(letter: Letter) -> LetterQuerySet:
    """Ask for the letters of the same campaign to the same MP."""
    return Letter.objects.of_mode(live=not letter.is_demo).filter(
        campaign=letter.campaign_id,
        representative__parliament_id=letter.representative.parliament_id,
    )


def have_wait(
    theirs: LetterQuerySet, reason: Letter.Hold, now: datetime.datetime
) -> int:
    """Have letters wait for a person, also those that wait for a better address.

    Not those that a worker has in hand. Returns how many wait from now on.
    """
    decide_by = holding.end_of_day(now + holding.PEOPLE_HAVE)
    # In one order everywhere, or two decisions would wait for each other.
    queued = theirs.filter(state=Letter.State.QUEUED).order_by("pk")
    held = sum(
        holding.hold(other, reason, now, decide_by=decide_by) for other in queued
    )
    failing = theirs.held().filter(held_for=Letter.Hold.ADDRESS_FAILING)
    return held + sum(
        holding.hold_on(other, reason, now, decide_by=decide_by)
        for other in failing.order_by("pk")
    )


def again(now: datetime.datetime, *, live: bool) -> int:
    """Have those wait that a worker had in hand before, and gave back; say how many.

    The worker looks every minute: nothing else looks at them once more.
    """
    reports = _with_some_to_hold(live=live)
    count = 0
    for key in reports.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            # Locked, or one that is lifted at this moment would hold letters for ever.
            locked = reports.select_for_update(of=("self",)).filter(pk=key)
            for report in locked.select_related("letter__representative"):
                count += _have_the_rest_wait(report, now)
    return count


def _with_some_to_hold(*, live: bool) -> OfficeReportQuerySet:
    """Ask for the reports that may concern letters that go; most stops concern none."""
    ours = Letter.objects.of_mode(live=live)
    to_the_office = ours.filter(
        Q(state=Letter.State.QUEUED) | Q(held_for=Letter.Hold.ADDRESS_FAILING),
        campaign=OuterRef("letter__campaign"),
        representative__parliament_id=OuterRef("letter__representative__parliament_id"),
    )
    # A mailbox is not compared in SQL; of its writer's letters there are few.
    return (
        OfficeReport.objects.of_mode(live=live)
        .that_have_letters_wait()
        .filter(Q(kind=OfficeReport.Kind.ABUSIVE) | Exists(to_the_office))
    )


def _have_the_rest_wait(report: OfficeReport, now: datetime.datetime) -> int:
    letter = report.letter
    if report.kind == OfficeReport.Kind.STOP:
        stopped = _not_let_go_since(to_the_office_of(letter), report.decided_at)
        return have_wait(stopped, Letter.Hold.OFFICE_ASKED, now)
    theirs = _not_let_go_since(of_the_writer_of(letter), report.told_at)
    if not report.decision:
        theirs = theirs.filter(confirmed_at__lte=report.told_at)
    elif not looking.is_watched(letter, now):
        return 0
    return have_wait(theirs, Letter.Hold.WATCHED, now)


def _not_let_go_since(
    letters: LetterQuerySet, moment: datetime.datetime | None
) -> LetterQuerySet:
    """Leave out what was looked at since, as each letter is that was held and goes."""
    let_go = Q(kind=LetterEvent.Kind.RELEASED, at__gte=moment)
    events = LetterEvent.objects.filter(let_go, letter=OuterRef("pk"))
    return letters.filter(~Exists(events))
