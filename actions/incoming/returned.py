"""Whether a mail says what became of a letter: reports (RFC 6522), bounces in words."""

import re
from typing import Final

from actions import refusals
from actions.incoming import phrases, reports
from actions.incoming.values import Fate, IncomingMail, ReportKind
from actions.incoming.verdicts import (
    Classification,
    Expected,
    Failure,
    Kind,
    doubt,
)

DAEMONS: Final = re.compile(
    r"(?:mailer-daemon|mail-daemon|postmaster|mail-?delivery-?(?:subsystem|system)?"
    r"|mdaemon|bounces?|microsoftexchange[0-9a-f]+)(?:[+-].*)?@.*"
)
AUTOMATIC: Final = re.compile(r"auto[-_ ]?(?:reply|replied|response|respond)")


# --- Reports (RFC 6522) -----------------------------------------------------------


def by_structure(mail: IncomingMail, expected: Expected) -> Classification | None:
    """Judge a report by its structure (RFC 6522)."""
    if not mail.report:
        return None
    if contradiction := _contradiction(mail, expected):
        return contradiction
    if mail.report.kind is ReportKind.DELIVERY:
        if not is_from_a_server(mail, or_unknown=True):
            return doubt("A delivery report that no mail server sent.", "sender")
        return _delivery(mail, expected)
    return _OTHER_REPORTS[mail.report.kind]


_OTHER_REPORTS: Final = {
    ReportKind.FEEDBACK: Classification(
        Kind.COMPLAINT,
        "The recipient's provider passes on a complaint.",
        ("feedback-report",),
    ),
    ReportKind.DISPOSITION: Classification(
        Kind.READ_RECEIPT,
        "It says that a letter was shown or put away.",
        ("disposition-notification",),
    ),
}


def _contradiction(mail: IncomingMail, expected: Expected) -> Classification | None:
    """Say what does not fit together in a report, or a bounce in words."""
    original = mail.original
    if (
        expected.message_ids
        and original.message_ids
        and not expected.message_ids.intersection(original.message_ids)
    ):
        return doubt("It reports on another mail than its address says.", "Message-ID")
    if mail.tags and original.tags and not set(mail.tags) & set(original.tags):
        return doubt("It reports on another letter than its address says.", "tag")
    return None


def _delivery(mail: IncomingMail, expected: Expected) -> Classification | None:
    fates = mail.report.fates if mail.report else ()
    theirs = [
        fate
        for fate in fates
        if not expected.recipient
        or not fate.recipient
        or fate.recipient == expected.recipient.lower()
    ]
    if fates and not theirs:
        return doubt("It reports on another recipient.", "Final-Recipient")
    judged = {_kind_of(fate): fate for fate in reversed(theirs)}
    for kind, words in _OF_DELIVERY.items():
        if fate := judged.get(kind):
            failure = None if kind is Kind.DELIVERED else _failure(fate, kind)
            evidence = (f"Action: {fate.action or 'none'}", f"Status: {fate.status}")
            return Classification(kind, words, evidence, failure)
    return None


_OF_DELIVERY: Final = {
    Kind.BOUNCE: "A mail server says that the letter was not delivered.",
    Kind.DELAY: "A mail server says that it still tries.",
    Kind.DELIVERED: "A mail server says that it delivered the letter or passed it on.",
}
# A server that says "failed" has given up, even with a status of 4 (such as 4.4.7,
# "too long in the queue"): what it says that it did counts.
_ACTIONS: Final = {
    "failed": Kind.BOUNCE,
    "delayed": Kind.DELAY,
    "delivered": Kind.DELIVERED,
    "relayed": Kind.DELIVERED,
    "expanded": Kind.DELIVERED,
}
_CLASSES: Final = {"5": Kind.BOUNCE, "4": Kind.DELAY, "2": Kind.DELIVERED}


def _kind_of(fate: Fate) -> Kind:
    by_status = _CLASSES.get(fate.status[:1], Kind.DOUBT)
    return _ACTIONS.get(fate.action, by_status)


def _failure(fate: Fate, kind: Kind) -> Failure:
    status = fate.status or ("4.0.0" if kind is Kind.DELAY else "5.0.0")
    reason = refusals.told_in_a_bounce(status, fate.diagnostic)
    return Failure(fate.recipient, fate.status, reason)


# --- Bounces in words -------------------------------------------------------------


def is_from_a_server(mail: IncomingMail, *, or_unknown: bool = False) -> bool:
    """Whether the envelope, or else the From, is one that mail servers use."""
    # Some servers name themselves without a domain.
    sender = mail.sender.address.lower() or f"{mail.fields.word('from')}@"
    if mail.envelope.sender == "" or DAEMONS.fullmatch(sender):
        return True
    return or_unknown and mail.envelope.sender is None


def by_words(mail: IncomingMail, expected: Expected) -> Classification | None:
    """Judge a bounce without structure, such as qmail's or a gateway's own."""
    failed = tuple(map(str.lower, mail.fields.addresses("x-failed-recipients")))
    is_answer = AUTOMATIC.search(mail.fields.word("auto-submitted"))
    if not (failed or is_from_a_server(mail)):
        return None
    words = phrases.plainly(f"{mail.subject} {reports.before_copy(mail.text)}")
    has_failed = failed or phrases.FAILED_FOR_GOOD.search(words)
    still_tries = phrases.STILL_TRYING.search(words)
    is_automatic = is_answer or phrases.SUBJECTS.search(phrases.plainly(mail.subject))
    if not (has_failed or still_tries) or (is_automatic and not failed):
        return None
    if contradiction := _contradiction(mail, expected):
        return contradiction
    fate = reports.fate_in_words(mail.text, expected.recipient)
    if expected.recipient and failed and expected.recipient.lower() not in failed:
        return doubt("It speaks of another recipient.", "X-Failed-Recipients")
    is_over = phrases.GIVEN_UP.search(words) or not still_tries
    kind = Kind.BOUNCE if is_over else Kind.DELAY
    return Classification(
        kind,
        _OF_DELIVERY[kind],
        ("sent by a mail server", "wording"),
        _failure(fate, kind),
    )
