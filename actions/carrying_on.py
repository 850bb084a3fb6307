"""A draft taken to another device by a mailed link, of which nothing is stored.

The link holds the draft itself, so that there can be no row that owes the mail: it goes
while the browser waits (docs/decisions/0013-drafts-stay-in-the-browser.md).
"""

import datetime
import time
from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from actions import limiting, mail, tokens, wording
from actions.errors import TemporaryDeliveryError, TooManyError
from actions.models import Campaign

KIND: Final = "elsewhere"
# A web process that waits for the mail server answers nobody else meanwhile.
PATIENCE_SECONDS: Final = 5
PAUSE_LASTS: Final = datetime.timedelta(minutes=1)


class Pause:
    """For how long this process asks nothing of a mail server that kept it waiting."""

    def __init__(self) -> None:
        self._over_at: datetime.datetime | None = None

    def begin(self, now: datetime.datetime) -> None:
        """Ask nothing for a while."""
        self._over_at = now + PAUSE_LASTS

    def is_on(self, now: datetime.datetime) -> bool:
        """Whether it is too early to ask again."""
        return self._over_at is not None and now < self._over_at

    def end(self) -> None:
        """Ask again as if nothing had been."""
        self._over_at = None


PAUSE = Pause()


def mail_link(
    campaign: Campaign,
    email: str,
    packed: str,
    *,
    address: str,
    now: datetime.datetime,
) -> None:
    """Mail somebody the link that opens their draft elsewhere.

    A mailbox that has had its mails of the day gets no more, and nobody is told.

    Args:
        campaign: whose letter it is.
        email: as it was typed.
        packed: the draft as the browser has packed it; not read here.
        address: the network address that it comes from, for the limit only.
        now: the time.

    Raises:
        TooManyError: this network address has asked often enough for now.
        TemporaryDeliveryError: the mail server does not answer, or is too slow.
        PermanentDeliveryError: it does not take this mail.

    """
    if PAUSE.is_on(now):
        message = "The mail server was too slow a moment ago."
        raise TemporaryDeliveryError(message)
    if not _has_room(email, address, now):
        return
    link = f"{settings.SITE_URL}{reverse('write', kwargs={'slug': campaign.slug})}"
    words = wording.elsewhere(email, f"{link}#draft={packed}")
    patience = min(PATIENCE_SECONDS, settings.EMAIL_TIMEOUT)
    began = time.monotonic()
    try:
        mail.send_at_once(words, KIND, patience=patience, now=now)
    finally:
        if time.monotonic() - began > patience / 2:
            PAUSE.begin(now)


@transaction.atomic
def _has_room(email: str, address: str, now: datetime.datetime) -> bool:
    """Take a place of the network address and one of the mailbox, if it has one left.

    Raises:
        TooManyError: the network address has none.

    """
    limiting.take(
        "drafts from an address",
        address,
        limit=settings.LETTERS_PER_ADDRESS_PER_HOUR,
        window=limiting.HOUR,
        now=now,
    )
    try:
        limiting.take(
            "drafts for a mailbox",
            tokens.mailbox(email),
            limit=settings.LETTERS_PER_MAILBOX_PER_DAY,
            window=limiting.DAY,
            now=now,
        )
    except TooManyError:
        return False
    return True
