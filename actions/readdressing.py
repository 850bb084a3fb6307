"""Addresses of letters that wait: those of the day on which they go.

A letter may wait for days for its turn, for a date or for a person, and meanwhile the
register or staff correct where its MP gets mail. Nobody is asked, as it is to the same
person in the same seat; its history says so.
"""

import datetime
from collections.abc import Iterator, Sequence

from django.db import transaction

from actions import lifecycle
from actions.models import Letter, LetterEvent
from representatives.models import ADDRESS, Representative, RepresentativeOverride


def outdated(letters: Sequence[Letter]) -> Iterator[tuple[Letter, str]]:
    """Find those of the letters that are addressed otherwise than mail to their MP now.

    Of an MP of whom no address is known any more the last one stays. One query for all,
    if the letters' representatives were read with them: a worker asks of every batch.

    Yields:
        Each with the address of today.

    """
    if not letters:
        return
    overrides = RepresentativeOverride.objects.exclude(email="")
    known = dict(overrides.values_list("parliament_id", "email"))
    for letter in letters:
        term = letter.representative
        address = known.get(term.parliament_id) or term.email
        if term.is_current and address and address != letter.recipient_email:
            yield letter, address


def address_today(letter: Letter) -> str:
    """Give the address of a letter's MP, "" where none is known."""
    terms = Representative.objects.filter(pk=letter.representative_id)
    return str(terms.annotate(address=ADDRESS).values_list("address", flat=True).get())


@transaction.atomic
def readdress(letter: Letter, address: str, now: datetime.datetime) -> bool:
    """Have a letter that waits go to another address of its MP; say whether it did.

    It must still be addressed as it was seen.
    """
    same = Letter.objects.filter(
        pk=letter.pk,
        state__in=(Letter.State.QUEUED, Letter.State.HELD),
        recipient_email=letter.recipient_email,
    )
    if letter.recipient_email == address or not same.update(recipient_email=address):
        return False
    letter.recipient_email = address
    lifecycle.note(letter, LetterEvent.Kind.READDRESSED, now)
    return True
