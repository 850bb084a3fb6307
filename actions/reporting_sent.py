"""A letter that Postbag did not send: counted on its writer's word, and once.

Nothing of the letter or the writer is stored or even sent: the page that showed the
letter holds a signed token of what may be counted, and the writer hands that in.
"""

import datetime
import secrets

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from actions import counting, limiting, own_words, tokens
from actions.composing import Composition
from actions.counting import Counted
from actions.errors import ExpiredTokenError, ForgedTokenError
from actions.models import Campaign, Tally
from actions.tokens import Report, Ticket
from representatives.models import Constituency


def token_for(
    campaign: Campaign,
    ticket: Ticket,
    text: Composition,
    way: Tally.Way,
) -> str:
    """Make the token that has a finished letter counted as gone this way.

    All tokens for the pages of one letter count it once together, whichever way and
    whenever drawn. They end together, too: what is remembered of the first to be
    handed in then serves as long as any of them.
    """
    report = Report(
        campaign=campaign.pk,
        seat=ticket.seat,
        way=way,
        own_words=_own_words_in(campaign, text),
        is_demo=not settings.DELIVERY_IS_LIVE,
        once=tokens.once_for(ticket),
        until=tokens.report_until(ticket.begun_at),
    )
    return tokens.for_report(report)


def token_unsaid(campaign: Campaign, seat: str, *, now: datetime.datetime) -> str:
    """Make the token of somebody at risk: neither the way nor the words are said."""
    report = Report(
        campaign=campaign.pk,
        seat=seat,
        way=Tally.Way.UNSAID,
        own_words=Tally.OwnWords.UNSAID,
        is_demo=not settings.DELIVERY_IS_LIVE,
        once=secrets.token_hex(32),
        until=tokens.report_until(now),
    )
    return tokens.for_report(report)


@transaction.atomic
def reported(
    token: str, campaign: Campaign, *, address: str | None, now: datetime.datetime
) -> bool:
    """Count a letter as gone; say whether this call did it, or an earlier one.

    Also after the campaign has closed: the token shows that the letter was written
    while it was open, just as letters still in the queue then go and are counted.

    Args:
        token: what the page with the letter held.
        campaign: the campaign that it was handed in to.
        address: the network address that it comes from, for the limits only; none
            from whoever could be harmed, as even a keyed hash of it would be kept.
        now: the time.

    Raises:
        ForgedTokenError: the token was not made by us, or for another campaign, or
            says more than that of somebody at risk though no address is given.
        ExpiredTokenError: it was made too long ago.
        TooManyError: this network address has sent enough letters for now.

    """
    report = tokens.report_of(token)
    # That of the day on which it was written: the next one may have the same code.
    written_on = timezone.localdate(report.until - tokens.REPORT_LIVES)
    seat = Constituency.objects.of_code_on(report.seat, written_on).first()
    is_limited = address is not None or report.way == Tally.Way.UNSAID
    if report.campaign != campaign.pk or seat is None or not is_limited:
        raise ForgedTokenError
    if now >= report.until:
        raise ExpiredTokenError
    if not limiting.is_first("a letter reported", report.once, until=report.until):
        return False
    if address is not None:
        limiting.take(
            limiting.LETTERS_FROM_AN_ADDRESS,
            address,
            limit=settings.LETTERS_PER_ADDRESS_PER_HOUR,
            window=limiting.HOUR,
            now=now,
        )
    counted = Counted(
        campaign_id=campaign.pk,
        constituency_id=seat.pk,
        way=Tally.Way(report.way),
        own_words=Tally.OwnWords(report.own_words),
        is_demo=report.is_demo,
    )
    counting.add(counted, Tally.Step.REPORTED, now)
    return True


def _own_words_in(campaign: Campaign, text: Composition) -> Tally.OwnWords:
    measure = own_words.measure(text.base_text, text.body)
    if measure.own_words < campaign.least_own_words:
        return Tally.OwnWords.SIGNATURE
    return counting.bucket_of(measure.percent)
