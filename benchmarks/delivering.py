"""Delivering letters, with claim and record, beside bare smtplib."""

import smtplib
import time
from collections.abc import Iterator
from typing import Final

from django.conf import settings
from django.db import connection

from actions import delivering, mail
from actions.models import Delivery
from benchmarks import filling
from benchmarks.figures import Figure, NotMeasuredError, Target, median

LEAST_SHARE: Final = 0.35
ROUNDS: Final = 5
LETTERS_A_ROUND: Final = 600
TO: Final = "member@parliament.example"


class NotDeliveredError(NotMeasuredError):
    """Fewer letters went than were owed, so that nothing was measured."""


def figures() -> Iterator[Figure]:
    """Deliver in turns with smtplib, into the same smtp-sink."""
    bare, ours = [], []
    for _ in range(ROUNDS):
        filling.queued(LETTERS_A_ROUND)
        wire = mail.message_for(
            Delivery.objects.waiting().select_related("letter")[0]
        ).as_wire()
        bare.append(_bare_seconds(wire))
        ours.append(_seconds())
    yield Figure(
        name=f"letters delivered a second, {connection.display_name}",
        value=LETTERS_A_ROUND / median(ours),
        unit="/s",
        yardstick=LETTERS_A_ROUND / median(bare),
        yardstick_name="bare smtplib",
        target=Target.SHARE_OF_YARDSTICK,
        limit=LEAST_SHARE,
        remark=f"{len(wire):,} bytes each, into smtp-sink",
    )


def _bare_seconds(wire: bytes) -> float:
    """Send equally large mails over one connection."""
    began = time.perf_counter()
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as server:
        for _ in range(LETTERS_A_ROUND):
            server.sendmail(settings.SENDER_ADDRESS, [TO], wire)
    return time.perf_counter() - began


def _seconds() -> float:
    began = time.perf_counter()
    tidings = delivering.deliver_due()
    seconds = time.perf_counter() - began
    if tidings.sent != LETTERS_A_ROUND:
        raise NotDeliveredError(str(tidings))
    return seconds
