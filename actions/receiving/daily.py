"""What is noted once a day, and of nobody.

That news of our mails come in (see ``hearing``), and that requests were refused that
are nobody's: however many strangers make, they fill no table.
"""

import datetime
import logging

from django.conf import settings
from django.utils import timezone

from actions import addresses, hearing
from actions.incoming import values
from actions.incoming.addressed import tags_in
from actions.incoming.verdicts import Classification, Kind
from actions.models import IncomingMail
from actions.receiving import outcomes
from actions.receiving.outcomes import Came

logger = logging.getLogger(__name__)


def take_in(mail: values.IncomingMail, now: datetime.datetime) -> IncomingMail | None:
    """Note a mail that we wrote to ourselves; give None if it is any other.

    None also if it comes from another address than we sent it from: what can't be
    handed on is sent back there.
    """
    day = hearing.day_written(mail.tags, now)
    if day is None or _is_by_another(mail.envelope.sender, now):
        return None
    verdict = Classification(Kind.LOOP, "We wrote it to ourselves, and it came in.")
    digest = hearing.digest_of(hearing.by_mail(), day)
    return _note(Came(digest, now, live=True, size=mail.size), verdict)


def note_told(provider: str, now: datetime.datetime) -> None:
    """Note that the provider tells what becomes of mails, whatever it was."""
    verdict = Classification(Kind.DELIVERED, "The mail provider told of some mail.")
    digest = hearing.digest_of(provider, timezone.localdate(now))
    _note(Came(digest, now, live=True), verdict)


def note_refused(why: str, now: datetime.datetime, *, live: bool) -> None:
    """Note that requests which anybody can make were refused, of any address.

    Args:
        why: a sentence for staff; one a day of each.
        now: the time.
        live: whether real letters go here.

    """
    digest = hearing.digest_of(f"refused: {why}", timezone.localdate(now))
    _note(Came(digest, now, live=live), Classification(Kind.DOUBT, why))


def _is_by_another(sender: str | None, now: datetime.datetime) -> bool:
    """Whether a server on the way put a sender of its own into the envelope.

    Nobody may have said who sent it (None), and mail that came back has none ("").
    """
    # A provider may, as it tells of what comes back.
    if not sender or settings.MAIL_PROVIDER:
        return False
    if hearing.day_written(tags_in((sender,), addresses.domain()), now):
        return False
    logger.warning(
        "A mail that Postbag wrote to itself came with another envelope sender than it "
        "was given: what can't be delivered goes back there, and not to Postbag."
    )
    return True


def _note(came: Came, verdict: Classification) -> IncomingMail:
    row, _ = outcomes.note(came, None, verdict)
    return row
