"""Keeping what people were promised: what is kept, how long, and erasing it.

``schedule`` is the one list of it. The privacy page shows it, the worker's ``sweep``
carries it out, and ``erasing`` does both what is due and what a person asks for
(docs/decisions/0030-what-is-kept.md).
"""

from actions.privacy.erasing import (
    AT_A_TIME,
    UNOWNED_MAIL_LIVES,
    Cause,
    disown,
    erase_on_request,
    erased_by_itself_at,
    expire,
    forget,
    forget_due,
)
from actions.privacy.periods import DRAFT_DAYS, REPORT_DAYS
from actions.privacy.schedule import SCHEDULE, controller, retention, sweep

__all__ = [
    "AT_A_TIME",
    "DRAFT_DAYS",
    "REPORT_DAYS",
    "SCHEDULE",
    "UNOWNED_MAIL_LIVES",
    "Cause",
    "controller",
    "disown",
    "erase_on_request",
    "erased_by_itself_at",
    "expire",
    "forget",
    "forget_due",
    "retention",
    "sweep",
]
