"""What each mail says, and between whom."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from actions import (
    addresses,
    composing,
    headers,
    held,
    languages,
    mailboxes,
    rates,
    reasons,
    tokens,
)
from actions.addresses import our_address
from actions.models import Delivery, Letter, Subscription
from actions.reasons import Ending

_SUBJECTS = {
    Delivery.Kind.CONFIRMATION: gettext_lazy("Please confirm your letter to {name}"),
    Delivery.Kind.REPEAT_NOTICE: gettext_lazy("You have already written to {name}"),
    Delivery.Kind.FAILURE_NOTICE: gettext_lazy(
        "Your letter to {name} could not be delivered"
    ),
    Delivery.Kind.BOUNCE_NOTICE: gettext_lazy("Your letter to {name} came back"),
    Delivery.Kind.WITHHELD_NOTICE: gettext_lazy(
        "We do not know whether your letter to {name} has gone"
    ),
    Delivery.Kind.REMINDER: gettext_lazy("Your letter to {name} still waits for you"),
    Delivery.Kind.QUESTION: gettext_lazy("Did {name} answer your letter?"),
    Delivery.Kind.QUESTION_REMINDER: gettext_lazy(
        "Once more: did {name} answer your letter?"
    ),
    # Without the name: while Parliament is dissolved nobody may be called an MP.
    Delivery.Kind.HELD_NOTICE: gettext_lazy("Your letter is held for now"),
}
_NOT_SENT_SUBJECT = gettext_lazy("Your letter was not sent")
_IN_DOUBT_SUBJECT = gettext_lazy("We do not know whether your letter has gone")
# Of mail that was asked for, and is confirmed or not: the subject and the template. No
# subject says anything of the campaign: a locked screen shows it to whoever is near.
_OF_WISHES = {
    (Subscription.Purpose.UPDATES, False): (
        gettext_lazy("Please confirm that you want e-mail updates"),
        "mail/subscription.txt",
    ),
    (Subscription.Purpose.UPDATES, True): (
        gettext_lazy("Your e-mail updates, and how to leave them"),
        "mail/subscribed.txt",
    ),
    (Subscription.Purpose.REOPENING, False): (
        gettext_lazy("Please confirm that you want to be told"),
        "mail/reopening_asked.txt",
    ),
    (Subscription.Purpose.REOPENING, True): (
        gettext_lazy("You have already asked to be told"),
        "mail/reopening_known.txt",
    ),
}
_REOPENING = (gettext_lazy("You can write to your MP again"), "mail/reopening.txt")
_LINKS_SUBJECT = gettext_lazy("The links to your letters")
_ELSEWHERE_SUBJECT = gettext_lazy("The link to go on with your letter")


@dataclass(frozen=True)
class Wording:
    """One mail, before it is put together."""

    sender_name: str
    reply_to: headers.Party | None
    to: headers.Party
    subject: str
    body: str
    # Where a mail program's own button for it leads; "" for mails without one.
    unsubscribe: str = ""
    # Whom it is from, if not the bare address of ours.
    sender: headers.Party | None = None
    # Where it goes back to if it can't be handed on; "" for whence it comes.
    bounces_to: str = ""


def of(delivery: Delivery) -> Wording:
    """Word the mail that a delivery owes, in its reader's language.

    Raises:
        ValueError: an address can't stand in a header.
        TemporaryDeliveryError: an address of ours, in the settings, can't.

    """
    if letter := delivery.carried:
        return _letter(letter)
    with languages.read_by(delivery.owner.reader_language):
        ours = _ours(delivery)
    if letter := delivery.letter:
        return replace(ours, bounces_to=addresses.notice_address_of(letter))
    return ours


def _ours(delivery: Delivery) -> Wording:
    """Word a mail of our own to the supporter."""
    if isinstance(delivery.owner, Subscription):
        return _of_wish(delivery.owner, Delivery.Kind(delivery.kind))
    if delivery.kind == Delivery.Kind.LINKS:
        return _lost_links(delivery.owner)
    return _notice(delivery.owner, Delivery.Kind(delivery.kind))


def elsewhere(email: str, link: str) -> Wording:
    """Word the mail that takes a draft to another device: the link is the draft.

    Raises:
        TemporaryDeliveryError: an address of ours, in the settings, can't be used.

    """
    return Wording(
        sender_name="Postbag",
        reply_to=_contact(),
        to=headers.Party("", email),
        subject=str(_ELSEWHERE_SUBJECT),
        body=get_template("mail/elsewhere.txt").render({"link": link}),
    )


def members_are_old(
    email: str, days: int, waiting: int, until: datetime.date | None
) -> Wording:
    """Word the mail to an organiser about letters that wait for newer members.

    ``until`` is the day by which the first of them is given back, if that is known yet.

    Raises:
        TemporaryDeliveryError: an address of ours, in the settings, can't be used.

    """
    readings = reverse("admin:representatives_syncrun_changelist")
    return Wording(
        sender_name="Postbag",
        reply_to=_contact(),
        to=headers.Party("", email),
        subject="Letters wait for a newer list of MPs",
        body=get_template("admin/mail/members_are_old.txt").render(
            {
                "days": days,
                "waiting": waiting,
                "until": until,
                "address": f"{settings.SITE_URL}{readings}",
            }
        ),
    )


@dataclass(frozen=True)
class Queue:
    """How much waits for a person."""

    letters: int
    reports: int
    mails: int
    # Letters to MPs of whom nobody knows an address, nor says that one fails.
    unaddressed: int
    # Letters to addresses that are marked as failing, and the last day on which the
    # first of these still waits.
    failing: int
    failing_until: datetime.date | None
    # Letters to seats of which no register has the result, and the same day of these.
    without_result: int
    results_until: datetime.date | None

    @property
    def is_any(self) -> bool:
        """Whether anything does."""
        letters = (self.letters, self.unaddressed, self.failing, self.without_result)
        return any((*letters, self.reports, self.mails))


def queue_waits(email: str, queue: Queue) -> Wording:
    """Word the mail to an organiser about what waits for a person.

    Raises:
        TemporaryDeliveryError: an address of ours, in the settings, can't be used.

    """
    return Wording(
        sender_name="Postbag",
        reply_to=_contact(),
        to=headers.Party("", email),
        subject="Something waits for a person",
        body=get_template("admin/mail/queue_waits.txt").render(
            {"queue": queue, "address": settings.SITE_URL + reverse("admin:index")}
        ),
    )


def to_ourselves(address: str) -> Wording:
    """Word the mail that shows whether mail comes in, to an address of our own.

    Raises:
        TemporaryDeliveryError: an address of ours, in the settings, can't be used.

    """
    return Wording(
        sender_name="Postbag",
        reply_to=None,
        to=headers.Party("", address),
        subject="Postbag writes to itself",
        body=get_template("admin/mail/to_ourselves.txt").render(),
        # As a letter's, so that whatever changes that on the way shows.
        bounces_to=address,
    )


def _letter(letter: Letter) -> Wording:
    """Word the supporter's own mail to the MP: our address, their name (DMARC)."""
    return Wording(
        sender_name=letter.sender_name,
        reply_to=headers.Party(letter.sender_name, letter.sender_email),
        to=headers.Party(letter.recipient_name, letter.recipient_email),
        subject=letter.subject,
        body=composing.text_of(letter, office_link=_office_link(letter)),
        sender=addresses.sender_of(letter),
        bounces_to=addresses.bounce_address_of(letter),
    )


def _office_link(letter: Letter) -> str:
    """Where the MP's office tells us what is wrong with the letter."""
    return settings.SITE_URL + _office_path() + tokens.for_office(letter.pk) + "/"


@cache
def _office_path() -> str:
    """What comes before the token; finding it takes longer than the rest."""
    return reverse("office", kwargs={"token": "-"}).removesuffix("-/")


def _notice(letter: Letter, kind: Delivery.Kind) -> Wording:
    """Word one of our own mails to the supporter."""
    subject, told = _SUBJECTS[kind], _told(letter, kind)
    if told.get("may_have_gone"):
        subject = _IN_DOUBT_SUBJECT
    elif kind == Delivery.Kind.FAILURE_NOTICE:
        is_refused = told["failure"].ending == Ending.REFUSED
        subject = subject if is_refused else _NOT_SENT_SUBJECT
    body = get_template(f"mail/{kind}.txt").render(
        {
            "letter": letter,
            "text": composing.text_of(letter).strip(),
            "address": "\n".join((letter.recipient_name, *composing.HOUSE_OF_COMMONS)),
            "links": _links(letter),
            "asks_again": settings.ASK_AGAIN_AFTER_DAYS > 0,
            "held_until": _held_until(letter, kind),
            **told,
        }
    )
    return Wording(
        sender_name="Postbag",
        reply_to=_contact(),
        to=headers.Party(headers.harmless(letter.sender_name), letter.sender_email),
        subject=str(subject).format(name=headers.harmless(letter.recipient_name)),
        body=body,
    )


def _told(letter: Letter, kind: Delivery.Kind) -> dict[str, Any]:
    """Give what one of these mails tells and no other."""
    match kind:
        case Delivery.Kind.FAILURE_NOTICE:
            return {
                "failure": reasons.of_failure(letter),
                "again": _again(letter),
                "may_have_gone": reasons.may_have_gone(letter),
            }
        case Delivery.Kind.HELD_NOTICE:
            return {"told": held.told_of(letter, timezone.now())}
        case Delivery.Kind.WITHHELD_NOTICE:
            return {"may_have_gone": reasons.may_have_gone(letter)}
    return {}


def _lost_links(newest: Letter) -> Wording:
    """Word the mail that brings an address its letters' links again."""
    letters = mailboxes.newest_letters_beside(newest) or [newest]
    return Wording(
        sender_name="Postbag",
        reply_to=_contact(),
        to=headers.Party(headers.harmless(newest.sender_name), newest.sender_email),
        subject=str(_LINKS_SUBJECT),
        body=get_template("mail/links.txt").render(
            {
                "reader": _only(one.helper or one.sender_name for one in letters),
                "sender": _only(one.sender_name for one in letters),
                "letters": [
                    (letter, reasons.state_of(letter), _links(letter)["letter"])
                    for letter in letters
                ],
                "at_most": mailboxes.AT_MOST,
            }
        ),
    )


def _only(names: Iterable[str]) -> str:
    """Give the name that all of them are; "" if they differ."""
    different = set(names)
    return different.pop() if len(different) == 1 else ""


def _of_wish(subscription: Subscription, kind: Delivery.Kind) -> Wording:
    """Word the mail that asks whether mail is really wanted, or the one asked for.

    Where the first is answered already it brings the link to leave.
    """
    is_last = kind == Delivery.Kind.REOPENING
    purpose = Subscription.Purpose(subscription.purpose)
    subject, template = (
        _REOPENING if is_last else _OF_WISHES[purpose, subscription.is_confirmed]
    )
    token = tokens.for_subscription(subscription.pk)
    links = {
        name: settings.SITE_URL + reverse(name, kwargs={"token": token})
        for name in ("subscription", "leave")
    }
    slug = subscription.campaign.slug
    links["campaign"] = settings.SITE_URL + reverse("campaign", kwargs={"slug": slug})
    return Wording(
        sender_name="Postbag",
        reply_to=_contact(),
        to=headers.Party("", subscription.email),
        subject=str(subject),
        body=get_template(template).render(
            {"subscription": subscription, "links": links}
        ),
        # With the one mail that was asked for the address is erased: nothing to leave.
        unsubscribe="" if is_last else links["leave"],
    )


def _contact() -> headers.Party | None:
    """Who answers for the data, if that is said."""
    return our_address("CONTROLLER_CONTACT") if settings.CONTROLLER_CONTACT else None


def _held_until(letter: Letter, kind: Delivery.Kind) -> datetime.date | None:
    """Until when the campaign holds letters; asks only for those to be confirmed."""
    if kind not in {Delivery.Kind.CONFIRMATION, Delivery.Kind.REMINDER}:
        return None
    return rates.held_until(letter.campaign.letters_go_from, letter.created_at)


def _links(letter: Letter) -> dict[str, str]:
    token = tokens.for_letter(letter.pk)
    return {
        name: settings.SITE_URL + reverse(name, kwargs={"token": token})
        for name in ("confirm", "disown", "letter", "answer", "redirect")
    }


def _again(letter: Letter) -> str:
    """Where its writer finds the seat's present MP."""
    return settings.SITE_URL + reverse("write", kwargs={"slug": letter.campaign.slug})
