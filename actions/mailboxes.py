"""Whose letters are whose: those that one mailbox's owner has written."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from django.db.models import Q

from actions import tokens
from actions.models import Letter
from actions.models.letters import LetterQuerySet

# As many as a mail can list and still be read.
AT_MOST: Final = 10


def letters_of(email: str, *, live: bool) -> LetterQuerySet:
    """Ask for the letters whose writer gave this mailbox, with whatever after a plus.

    Only those that are not forgotten: of the others nobody knows whose they were.
    """
    local, _, domain = tokens.mailbox(email).rpartition("@")
    written = Q(sender_email__iexact=f"{local}@{domain}") | Q(
        sender_email__istartswith=f"{local}+", sender_email__iendswith=f"@{domain}"
    )
    # With an address: by it the database finds the index of these few letters.
    return Letter.objects.of_mode(live=live).filter(
        written, forgotten_at=None, sender_email__gt=""
    )


def newest_letters(email: str, *, live: bool) -> list[Letter]:
    """Find the newest letters whose writer gave this mailbox, newest first."""
    found = letters_of(email, live=live).order_by("-created_at", "-pk")
    return list(found.defer("body", "base_text", "consent_wording")[:AT_MOST])


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
