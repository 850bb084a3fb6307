"""Whose letters are whose: those that one mailbox's owner has written."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from django.db.models import Q

from actions import tokens
from actions.models import Letter

# As many as a mail can list and still be read.
AT_MOST: Final = 10


def newest_letters(email: str, *, live: bool) -> list[Letter]:
    """Find the letters whose writer gave this mailbox, newest first.

    Only those that are not forgotten: of the others nobody knows whose they were.
    """
    mailbox = tokens.mailbox(email)
    local, _, domain = mailbox.rpartition("@")
    written = Q(sender_email__iexact=mailbox) | Q(
        sender_email__istartswith=f"{local}+", sender_email__iendswith=f"@{domain}"
    )
    found = (
        # With an address: by it the database finds the index of these few letters.
        Letter.objects.of_mode(live=live)
        .filter(written, forgotten_at=None, sender_email__gt="")
        .defer("body", "base_text", "consent_wording")
        .order_by("-created_at", "-pk")
    )
    theirs = [one for one in found if tokens.mailbox(one.sender_email) == mailbox]
    return theirs[:AT_MOST]


def by_address(letters: Iterable[Letter]) -> list[list[Letter]]:
    """Part a mailbox's letters by the very address that each of them holds.

    "+anything" makes no other mailbox at nearly all providers. At the others it may be
    another person's, who must not get a link to these letters.
    """
    parted = defaultdict(list)
    for letter in letters:
        parted[letter.sender_email.lower()].append(letter)
    return list(parted.values())


def newest_letters_beside(letter: Letter) -> list[Letter]:
    """Find the letters that hold a letter's very address, newest first.

    Itself among them, unless it is forgotten by now.
    """
    address = letter.sender_email.lower()
    all_theirs = newest_letters(letter.sender_email, live=not letter.is_demo)
    return [one for one in all_theirs if one.sender_email.lower() == address]
