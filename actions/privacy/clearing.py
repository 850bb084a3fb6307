"""Erasing what lies beside letters and is nobody else's to erase."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from actions.models import FailingAddress, IncomingMail, OfficeReport
from representatives.kept_answers import KeptAnswer

# How long it is known who looked at letters and decided on them.
RECORDS_LIVE: Final = datetime.timedelta(days=365)
# Nobody who reads or writes is kept waiting for longer.
_MILLISECONDS_TO_WAIT: Final = 500


def forget_records(now: datetime.datetime) -> int:
    """Erase who of our staff looked and decided, once its time is over; say how much.

    And what they changed in the admin, which stands in the same table. That somebody
    decided, and what, stays where it is still needed.
    """
    before = now - RECORDS_LIVE
    gone, _ = LogEntry.objects.filter(action_time__lte=before).delete()
    reports = OfficeReport.objects.filter(decided_at__lte=before)
    mails = IncomingMail.objects.filter(decided_at__lte=before)
    addresses = FailingAddress.objects.filter(mended_at__lte=before)
    return (
        gone
        + reports.exclude(decided_by=None).update(decided_by=None)
        + mails.exclude(decided_by=None).update(decided_by=None)
        + addresses.exclude(mended_by=None).update(mended_by=None)
    )


def forget_sign_ins(now: datetime.datetime) -> int:
    """Erase the sessions that are over, as Django's ``clearsessions``; say how many."""
    gone, _ = Session.objects.filter(expire_date__lt=now).delete()
    return gone


def forget_answers(now: datetime.datetime) -> int:
    """Erase what other services said of postcodes; say how many were over."""
    return KeptAnswer.objects.forget(timezone.localdate(now))


def empty_journal() -> bool:
    """Take what was erased out of SQLite's journal, too; say whether all of it went.

    The pages of the database itself are overwritten as rows go (``secure_delete``), but
    the write-ahead log holds them as they were before until it is cut. Where somebody
    reads or writes for too long just now, the next sweep does it. PostgreSQL has no
    such thing that a program may do (docs/decisions/0030-what-is-kept.md).
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return False
    with connection.cursor() as cursor, _impatient():
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        is_busy, *_ = cursor.fetchone()
    return not is_busy


@contextmanager
def _impatient() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        [before] = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {_MILLISECONDS_TO_WAIT:d}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {before:d}")
