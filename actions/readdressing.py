"""Addresses of letters that wait: those of the day on which they go.

A letter may wait for days for its turn, for a date or for a person, and meanwhile the
register or staff correct where its MP gets mail. Nobody is asked, as it is to the same
person in the same seat; its history says so.
"""

import datetime
from collections.abc import Iterator

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from actions import lifecycle
from actions.models import Letter, LetterEvent
from actions.models.letters import LetterQuerySet
from representatives.models import ADDRESS, Representative


def outdated(letters: LetterQuerySet) -> Iterator[tuple[Letter, str]]:
    """Find those of the letters that are addressed otherwise than mail to their MP now.

    Of an MP of whom no address is known any more the last one stays.

    Yields:
        Each with the address of today.

    """
    terms = Representative.objects.current().filter(pk=OuterRef("representative"))
    found = (
        letters.annotate(
            today=Subquery(terms.annotate(address=ADDRESS).values("address"))
        )
        .exclude(today=None)
        .exclude(today="")
        .exclude(today=F("recipient_email"))
    )
    for letter in found.order_by("pk"):
        yield letter, getattr(letter, "today")  # noqa: B009 - an annotation


def address_today(letter: Letter) -> str:
    """Give the address of a letter's MP, "" where none is known."""
    terms = Representative.objects.filter(pk=letter.representative_id)
    return str(terms.annotate(address=ADDRESS).values_list("address", flat=True).get())


@transaction.atomic
def readdress(letter: Letter, address: str, now: datetime.datetime) -> bool:
    """Have a letter that waits go to another address of its MP; say whether it did.

    It must still be addressed as it was seen; its row is changed, not this object.
    """
    same = Letter.objects.filter(
        pk=letter.pk,
        state__in=(Letter.State.QUEUED, Letter.State.HELD),
        recipient_email=letter.recipient_email,
    )
    if letter.recipient_email == address or not same.update(recipient_email=address):
        return False
    lifecycle.note(letter, LetterEvent.Kind.READDRESSED, now)
    return True
