"""Taking a letter, and what its writer may then do with it.

Each deed is one conditional UPDATE: whoever moves the row has done it, and doing it
twice is harmless.
"""

import datetime
from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from actions import (
    closure,
    languages,
    left_in_hand,
    lifecycle,
    limiting,
    own_words,
    standing,
    tokens,
)
from actions.composing import Composition, Sender
from actions.errors import (
    CampaignClosedError,
    NoParliamentError,
    NoRecipientError,
    TooManyError,
)
from actions.lifecycle import Move
from actions.models import (
    Campaign,
    Delivery,
    Letter,
    LetterEvent,
    LetterTemplateVersion,
)
from actions.models.letters import LetterQuerySet
from actions.screening import looking
from representatives.lookup import Candidate, name_in
from representatives.models import Constituency

# Stored with each letter, in the language in which it was shown: changing it here
# changes no old consent.
CONSENT_WORDING = gettext_lazy(
    "I agree that Postbag holds this letter, with the political opinion that it "
    "expresses and whatever else it says about me, in order to send it to my MP."
)


@dataclass(frozen=True)
class Draft:
    """A finished letter that nobody has taken yet."""

    campaign: Campaign
    version: LetterTemplateVersion
    seat: Candidate
    text: Composition
    # In which language its writer was asked to agree; "" for the one that is spoken.
    asked_in: str = ""


def submit(
    draft: Draft, sender: Sender, *, address: str, now: datetime.datetime
) -> Letter | None:
    """Take a letter and owe its writer the mail that asks to confirm it.

    Whoever has written to this MP for this campaign before is owed a mail that says
    so instead. A mailbox that has had its mails of the day gets no more, and nothing
    is stored: None. The page must not tell these three apart.

    Args:
        draft: the letter.
        sender: the writer.
        address: the network address that it comes from, for the limits only.
        now: the time.

    Raises:
        CampaignClosedError: the campaign takes no letters.
        NoParliamentError: there are no MPs.
        NoRecipientError: the seat is vacant or its MP has no e-mail address.
        TooManyError: this network address has sent enough for now.

    """
    if not draft.campaign.is_open:
        raise CampaignClosedError(draft.campaign.title)
    _insist_on_members(now)
    member = draft.seat.representative
    if member is None or not member.email:
        raise NoRecipientError(draft.seat.name)
    measure = own_words.measure(draft.text.base_text, draft.text.body)
    letter = Letter(
        campaign=draft.campaign,
        template_version=draft.version,
        constituency=Constituency.objects.current().get(code=draft.seat.code),
        representative_id=member.id,
        is_demo=not settings.DELIVERY_IS_LIVE,
        recipient_name=member.full_title,
        recipient_salutation=member.address_as,
        recipient_email=member.email,
        seat_name=name_in(draft.seat, languages.spoken().code),
        base_text=draft.text.base_text,
        dated=timezone.localdate(now),
        language=draft.text.language,
        subject=draft.text.subject,
        body=draft.text.body,
        own_words=measure.percent,
        word_count=measure.words,
        is_signature=measure.own_words < draft.campaign.least_own_words,
        sender_name=sender.name,
        sender_email=sender.email,
        address_line_1=sender.address_line_1,
        address_line_2=sender.address_line_2,
        town=sender.town,
        postcode=sender.postcode,
        address_note=sender.address_note,
        helper=sender.helper,
        reader_language=languages.spoken().code,
        sender_key=tokens.sender_key(
            draft.campaign.pk,
            member.parliament_id,
            sender.email,
            sender.name if sender.helper else "",
        ),
        consent_wording=languages.said_in(draft.asked_in, CONSENT_WORDING),
        consented_at=now,
        created_at=now,
        confirm_by=now + datetime.timedelta(days=settings.CONFIRM_WITHIN_DAYS),
    )
    return letter if _store(letter, address, now) else None


@transaction.atomic
def confirm(letter: Letter, *, now: datetime.datetime) -> bool:
    """Queue a letter that its writer has confirmed; say whether this call did it.

    A second letter of the same person to the same MP is set aside as repeated.

    Raises:
        CampaignClosedError: the campaign has closed meanwhile.
        NoParliamentError: Parliament was dissolved meanwhile.
        NoRecipientError: the MP has left the seat meanwhile.

    """
    if not Campaign.objects.open().filter(pk=letter.campaign_id).exists():
        raise CampaignClosedError(letter.seat_name)
    _insist_on_members(now)
    if not standing.has_its_mp(letter):
        raise NoRecipientError(letter.seat_name)
    waiting = Letter.objects.filter(confirm_by__gt=now)
    if standing.is_repeated(letter, letter.sender_key):
        return _set_aside(letter, now, waiting)
    try:
        with transaction.atomic():
            moved = lifecycle.make(Move.CONFIRM, letter, now, among=waiting)
    except IntegrityError:
        # one_letter_per_person_representative_and_campaign: both at this very moment
        return _set_aside(letter, now, waiting)
    if moved:
        Delivery.objects.create(
            letter=letter,
            kind=Delivery.Kind.LETTER,
            is_demo=letter.is_demo,
            due_at=now,
        )
        looking.hold_or_plan(letter, now)
    letter.refresh_from_db()
    return moved


def _set_aside(
    letter: Letter, now: datetime.datetime, waiting: LetterQuerySet
) -> Literal[False]:
    lifecycle.make(Move.SET_ASIDE, letter, now, among=waiting)
    letter.refresh_from_db()
    return False


@transaction.atomic
def cancel(letter: Letter, *, now: datetime.datetime) -> bool:
    """Stop a letter that waits; say whether it is stopped.

    A letter that a worker has in hand can no longer be stopped.
    """
    return _stop(letter, Move.CANCEL, now)


@transaction.atomic
def disown(letter: Letter, *, now: datetime.datetime) -> bool:
    """Stop a letter because the person named did not write it; say whether it is.

    Of one that has ended before, it is noted once, so that its page calls nobody its
    writer any more.
    """
    if _stop(letter, Move.DISOWN, now):
        return True
    # Locked, as the button may be pressed twice at once.
    Letter.objects.select_for_update().get(pk=letter.pk)
    if letter.ended_at and not letter.events.disownings().exists():
        lifecycle.note(letter, LetterEvent.Kind.DISOWNED, now)
    return False


def _insist_on_members(now: datetime.datetime) -> None:
    if closed := closure.of_writing(timezone.localdate(now)):
        raise NoParliamentError(str(closed))


def _has_room(mailbox: str, now: datetime.datetime) -> bool:
    """Take one of the mailbox's places of the day, if there is one.

    When there is none nobody is told: the answer would tell a stranger that the
    mailbox's owner writes.
    """
    try:
        limiting.take(
            "letters for a mailbox",
            mailbox,
            limit=settings.LETTERS_PER_MAILBOX_PER_DAY,
            window=limiting.DAY,
            now=now,
        )
    except TooManyError:
        return False
    return True


@transaction.atomic
def _store(letter: Letter, address: str, now: datetime.datetime) -> bool:
    # The limits in the same transaction, as each would wait for the disk.
    limiting.take(
        limiting.LETTERS_FROM_AN_ADDRESS,
        address,
        limit=settings.LETTERS_PER_ADDRESS_PER_HOUR,
        window=limiting.HOUR,
        now=now,
    )
    if not _has_room(tokens.mailbox(letter.sender_email), now):
        return False
    is_repeated = standing.is_repeated(letter, letter.sender_key)
    lifecycle.begin(letter, now, is_repeated=is_repeated)
    Delivery.objects.create(
        letter=letter,
        kind=Delivery.Kind.REPEAT_NOTICE if is_repeated else Delivery.Kind.CONFIRMATION,
        is_demo=letter.is_demo,
        due_at=now,
    )
    return True


def _stop(letter: Letter, move: Move, now: datetime.datetime) -> bool:
    letter.refresh_from_db()
    if not letter.can_be_cancelled:
        return False
    # The delivery goes first: a worker that claims it at the same moment either finds
    # it dropped or has it in hand, and then the letter is going.
    if letter.state == Letter.State.QUEUED and not _drop_delivery(letter, now):
        return False
    # Only from the state that was looked at: a letter that is confirmed at this very
    # moment has a delivery that was not.
    seen = Letter.objects.filter(state=letter.state)
    if not lifecycle.make(move, letter, now, among=seen):
        return _stop(letter, move, now)
    # The way back to the letter's page is owed all the same.
    letter.deliveries.waiting().exclude(kind=Delivery.Kind.LINKS).update(
        state=Delivery.State.DROPPED, done_at=now, lease=None, leased_until=None
    )
    letter.refresh_from_db()
    return True


def _drop_delivery(letter: Letter, now: datetime.datetime) -> bool:
    left_in_hand.note_of(letter, now)
    of_letter = letter.deliveries.unheld(now).filter(kind=Delivery.Kind.LETTER)
    return bool(
        of_letter.update(
            state=Delivery.State.DROPPED, done_at=now, lease=None, leased_until=None
        )
    )
