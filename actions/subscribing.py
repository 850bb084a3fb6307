"""Mail about a campaign: asked for, confirmed from the mailbox, left with one press.

Either the organisers' e-mail updates, or one mail when people can write again.

An address gets nothing until its owner has pressed the button in the one mail that
asks, and is erased as soon as it serves nothing any more.
"""

import datetime
import uuid

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from actions import erasures, languages, limiting, outbox, tokens
from actions.errors import TooManyError
from actions.models import Campaign, Delivery, Subscription
from actions.models.subscriptions import SubscriptionQuerySet

AT_A_TIME = 200

Purpose = Subscription.Purpose


def consent_wording(campaign: Campaign, purpose: str = Purpose.UPDATES) -> str:
    """Say what somebody agrees to, with the names of those who get the address.

    The sentence is stored with each wish: changing it here changes no old consent.
    """
    if purpose == Purpose.REOPENING:
        return gettext(
            "I agree that Postbag keeps this address, with what it says about my "
            "political opinions, to tell me once, by one mail, when people can write "
            "to their MP for the campaign “{title}” again. It is used for nothing "
            "else and given to nobody, and is erased as soon as that mail has gone, "
            "when I leave, or, without a mail, if the campaign closes first."
        ).format(title=campaign.said.title)
    imprint = " ".join(campaign.imprint.split()).rstrip(".")
    title = campaign.said.title
    if not imprint:
        return gettext(
            "I agree that Postbag keeps this address, with what it says about my "
            "political opinions, and gives it to the organisers of the campaign "
            "“{title}” so that they can send me e-mail updates about it, until I leave."
        ).format(title=title)
    # Translators: {imprint} says who publishes the campaign.
    return gettext(
        "I agree that Postbag keeps this address, with what it says about my political "
        "opinions, and gives it to the organisers of the campaign “{title}” "
        "({imprint}) so that they can send me e-mail updates about it, until I leave."
    ).format(title=title, imprint=imprint)


@transaction.atomic
def subscribe(
    campaign: Campaign,
    email: str,
    *,
    address: str,
    now: datetime.datetime,
    purpose: str = Purpose.UPDATES,
) -> None:
    """Owe an address the mail that asks whether it is really wanted.

    One that has confirmed it already is owed the link to leave instead, since it may
    have lost that. Nothing is owed to one that has such a mail coming, or that has had
    its mails of the day. The page must not tell these apart.

    Args:
        campaign: of which it wants to hear.
        email: as it was typed.
        address: the network address that it comes from, for the limit only.
        now: the time.
        purpose: what the address may be used for.

    Raises:
        TooManyError: this network address has asked often enough for now.

    """
    limiting.take(
        "updates from an address",
        address,
        limit=settings.LETTERS_PER_ADDRESS_PER_HOUR,
        window=limiting.HOUR,
        now=now,
    )
    if not _has_room(email, now):
        return
    wish = _wish_of(campaign, purpose, email, now)
    if wish is None or wish.deliveries.waiting().exists():
        return
    Delivery.objects.create(
        subscription=wish,
        kind=Delivery.Kind.SUBSCRIPTION,
        is_demo=wish.is_demo,
        due_at=now,
    )


def can_be_confirmed(subscription: Subscription, now: datetime.datetime) -> bool:
    """Whether ``confirm`` would take it.

    One that was made while trying Postbag out is none where mail is really sent.
    """
    is_of_this_mode = subscription.is_demo != settings.DELIVERY_IS_LIVE
    is_of_use = is_of_this_mode and not subscription.is_untellable
    return is_of_use and subscription.can_be_confirmed(now)


def is_being_erased(subscription: Subscription, now: datetime.datetime) -> bool:
    """Whether it still holds an address only because no sweep has come by yet."""
    is_left_from_trying = subscription.is_demo and settings.DELIVERY_IS_LIVE
    return not subscription.has_ended and (
        is_left_from_trying
        or subscription.is_untellable
        or subscription.is_overdue(now)
    )


@transaction.atomic
def confirm(subscription: Subscription, *, now: datetime.datetime) -> bool:
    """Take a wish as its owner's own; say whether this call did it."""
    moved = (
        Subscription.objects.of_mode(live=settings.DELIVERY_IS_LIVE)
        .unconfirmed()
        .filter(pk=subscription.pk, confirm_by__gt=now)
        .update(confirmed_at=now)
    )
    if moved:
        # It asked again before it came: there is nothing left to ask.
        _drop_mail([subscription.pk], now)
    subscription.refresh_from_db()
    return bool(moved)


def leave(subscription: Subscription, *, now: datetime.datetime) -> bool:
    """End a wish and erase its address at once; doing it twice is harmless."""
    ended = _end(Subscription.objects.standing().filter(pk=subscription.pk), now)
    subscription.refresh_from_db()
    return bool(ended)


def expire(now: datetime.datetime) -> int:
    """Erase the addresses that nobody confirmed in time; say how many.

    And those that wait for news of a campaign that has closed, and those left from
    trying Postbag out, once mail is really sent.
    """
    count = 0
    due = [Subscription.objects.overdue(now), Subscription.objects.untellable()]
    if settings.DELIVERY_IS_LIVE:
        due.append(Subscription.objects.standing().of_mode(live=False))
    for chosen in due:
        while ended := _end(chosen, now):
            count += len(ended)
    return count


def _has_room(email: str, now: datetime.datetime) -> bool:
    """Take one of the mailbox's places of the day, if there is one; tell nobody."""
    try:
        limiting.take(
            "updates for a mailbox",
            tokens.mailbox(email),
            limit=settings.LETTERS_PER_MAILBOX_PER_DAY,
            window=limiting.DAY,
            now=now,
        )
    except TooManyError:
        return False
    return True


def _wish_of(
    campaign: Campaign, purpose: str, email: str, now: datetime.datetime
) -> Subscription | None:
    """Find what this mailbox has asked for before, or write it down.

    None where it asks twice at this very moment: the other one is taken.
    """
    asked = {
        "consent_wording": consent_wording(campaign, purpose),
        "asked_at": now,
        "reader_language": languages.spoken().code,
    }
    confirm_by = now + datetime.timedelta(days=settings.CONFIRM_WITHIN_DAYS)
    before = (
        Subscription.objects.of_mode(live=settings.DELIVERY_IS_LIVE)
        .filter(campaign=campaign, purpose=purpose)
        .of_mailbox(email)
        .select_for_update()
        .first()
    )
    if before is None:
        new = Subscription(
            campaign=campaign,
            purpose=purpose,
            email=email.strip(),
            is_demo=not settings.DELIVERY_IS_LIVE,
            confirm_by=confirm_by,
            **asked,
        )
        return new if _is_stored(new) else None
    # Whoever keeps asking does not keep an address here that nobody confirms: the
    # first time to confirm holds until it is over.
    again = Subscription.objects.filter(pk=before.pk)
    again.overdue(now).update(confirm_by=confirm_by)
    again.unconfirmed().update(**asked)
    return before


def _is_stored(wish: Subscription) -> bool:
    """Store a wish, unless there is one of the same mailbox; say whether it was.

    Without a failed statement, which PostgreSQL's log may repeat with the address
    (one_subscription_per_address_campaign_and_purpose).
    """
    Subscription.objects.bulk_create([wish], ignore_conflicts=True)
    return Subscription.objects.filter(pk=wish.pk).exists()


def _end(chosen: SubscriptionQuerySet, now: datetime.datetime) -> list[uuid.UUID]:
    """Erase the first of these with all their mail; name them."""
    ended = _erase(chosen, now)
    outbox.forget(ended)
    return ended


@transaction.atomic
def _erase(chosen: SubscriptionQuerySet, now: datetime.datetime) -> list[uuid.UUID]:
    locked = chosen.select_for_update().values_list("pk", flat=True)
    ended = list(locked[:AT_A_TIME])
    erasures.note(erasures.Deed.LEFT, ended)
    Subscription.objects.filter(pk__in=ended).end(now)
    _drop_mail(ended, now)
    return ended


def _drop_mail(subscriptions: list[uuid.UUID], now: datetime.datetime) -> None:
    Delivery.objects.waiting().filter(subscription__in=subscriptions).update(
        state=Delivery.State.DROPPED, done_at=now, lease=None, leased_until=None
    )
