"""Rows that many tests start from, as plain functions."""

import datetime
import itertools
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.utils import timezone

from actions import groups, hearing, replies, subscribing, tokens
from actions.incoming.values import Envelope
from actions.models import (
    Campaign,
    Delivery,
    Demand,
    HoldLimit,
    Letter,
    LetterEvent,
    LetterTemplate,
    LetterTemplateVersion,
    Subscription,
)
from actions.receiving import daily, taking
from actions.submitting import CONSENT_WORDING
from representatives.models import (
    Constituency,
    PostcodeSector,
    Register,
    RegisterVersion,
    Representative,
)

NOW = datetime.datetime(2026, 11, 22, 12, 0, tzinfo=datetime.UTC)

BASE_TEXT = """\
I am writing as your constituent about the persecution of Uyghurs in China.

Will you ask the Foreign Secretary to act on the findings of the Uyghur Tribunal?"""
BODY = f"""\
{BASE_TEXT}

My neighbour has not heard from her brother in Urumqi since the spring of 2018."""

_numbers = itertools.count(1)


def let_go(most: int, of: HoldLimit.Of = HoldLimit.Of.SAME_WORDS) -> None:
    """Have a person look above so many letters of a kind, as staff would say it."""
    HoldLimit.objects.update_or_create(of=of, defaults={"most": most})


def make_campaign(**fields: Any) -> Campaign:
    """Make an open campaign with two demands and a letter template."""
    number = next(_numbers)
    campaign = Campaign.objects.create(
        **{
            "slug": f"campaign-{number}",
            "title": f"Campaign {number}",
            "headline": "Ask your MP to act.",
            "lede": "It takes five minutes.",
            "story": "First paragraph.\n\nSecond paragraph.",
            "state": Campaign.State.OPEN,
            **fields,
        }
    )
    for position, title in enumerate(("Sanctions", "A tribunal"), start=1):
        Demand.objects.create(
            campaign=campaign,
            position=position,
            title=title,
            explanation=f"{title}, explained.",
            paragraph=f"I ask for {title.lower()}.",
            is_ticked_at_first=position == 1,
        )
    template = LetterTemplate.objects.create(campaign=campaign)
    LetterTemplateVersion.objects.create(
        template=template,
        number=1,
        subject="Please act for the Uyghurs",
        body=(
            "I am writing as your constituent in {{ constituency.name }}.\n\n"
            "{% for demand in demands %}{{ demand.paragraph }}\n\n{% endfor %}"
            "{{ reason }}"
        ),
    )
    return campaign


def make_representative(**fields: Any) -> Representative:
    """Make a seat and its member, who can be written to."""
    number = next(_numbers)
    constituency = Constituency.objects.create(
        code=f"E{number:08}",
        name=f"Seat {number}",
        country="England",
        region="London",
        hex_q=number,
        hex_r=number,
    )
    return Representative.objects.create(
        **{
            "constituency": constituency,
            "parliament_id": 800_000 + number,
            "full_title": f"Rt Hon Member Number{number} MP",
            "display_name": f"Member Number{number}",
            "address_as": f"Ms Number{number}",
            "party": "Independent",
            "email": f"member.{number}@parliament.example",
            **fields,
        }
    )


def make_letter(
    *,
    state: str = Letter.State.AWAITING_CONFIRMATION,
    campaign: Campaign | None = None,
    representative: Representative | None = None,
    now: datetime.datetime = NOW,
    **fields: Any,
) -> Letter:
    """Make a letter with the mail that is owed for it in this state, if any is."""
    campaign = campaign or make_campaign()
    representative = representative or make_representative()
    number = next(_numbers)
    email = fields.get("sender_email", f"supporter.{number}@mail.example")
    has_gone = Letter(state=state).has_gone
    is_confirmed = has_gone or state in {
        Letter.State.QUEUED,
        Letter.State.HELD,
        Letter.State.FAILED,
    }
    waits = Letter(state=state).can_be_cancelled
    is_held = state == Letter.State.HELD
    version = LetterTemplateVersion.objects.newest_of(campaign)
    letter = Letter.objects.create(
        **{
            "campaign": campaign,
            "template_version": version,
            "constituency": representative.constituency,
            "representative": representative,
            "is_demo": not settings.DELIVERY_IS_LIVE,
            "state": state,
            "recipient_name": representative.full_title,
            "recipient_salutation": representative.address_as,
            "recipient_email": representative.email,
            "seat_name": representative.constituency.name,
            "base_text": BASE_TEXT,
            "dated": timezone.localdate(now),
            "subject": "Please act for the Uyghurs",
            "body": BODY,
            "own_words": 35,
            "word_count": 40,
            "sender_name": f"Supporter {number}",
            "sender_email": email,
            "address_line_1": f"{number} High Street",
            "town": "London",
            "postcode": "SW1A 1AA",
            "sender_key": tokens.sender_key(
                campaign.pk, representative.parliament_id, email
            ),
            "consent_wording": str(CONSENT_WORDING),
            "consented_at": now,
            "created_at": now,
            "confirm_by": now + datetime.timedelta(days=settings.CONFIRM_WITHIN_DAYS),
            "confirmed_at": now if is_confirmed else None,
            "accepted_at": now if has_gone else None,
            "answered_at": now if state == Letter.State.ANSWERED else None,
            "held_for": Letter.Hold.FLOOD if is_held else "",
            "held_at": now if is_held else None,
            "decide_by": now + datetime.timedelta(days=3) if is_held else None,
            "ended_at": None if waits else now,
            **fields,
        }
    )
    if Letter.State(state) in replies.TELLING:
        LetterEvent.objects.create(letter=letter, kind=state, at=now)
    owed = {
        Letter.State.AWAITING_CONFIRMATION: Delivery.Kind.CONFIRMATION,
        Letter.State.QUEUED: Delivery.Kind.LETTER,
        Letter.State.REPEATED: Delivery.Kind.REPEAT_NOTICE,
        Letter.State.FAILED: Delivery.Kind.FAILURE_NOTICE,
    }
    if kind := owed.get(Letter.State(state)):
        Delivery.objects.create(
            letter=letter, kind=kind, is_demo=letter.is_demo, due_at=now
        )
    return letter


def show_that_news_come(
    first: datetime.datetime, last: datetime.datetime, *, by: str = ""
) -> None:
    """Have each day show, at one time, that it is heard of letters that come back.

    By a mail to ourselves, or by what a provider tells.
    """
    for after in range((last - first).days + 1):
        at = first + datetime.timedelta(days=after)
        if by:
            daily.note_told(by, at)
        else:
            to = hearing.address_of(timezone.localdate(at))
            raw = f"To: {to}\r\n\r\nWe wrote this.\r\n".encode()
            taking.take_in(raw, Envelope(), at, live=True)


def make_organiser() -> User:
    """Make somebody who may look at the person's queue and decide."""
    groups.create()
    user = User.objects.create_user(f"organiser-{next(_numbers)}", is_staff=True)
    user.groups.add(Group.objects.get(name=groups.ORGANISERS))
    return user


def make_subscription(
    *,
    campaign: Campaign | None = None,
    now: datetime.datetime = NOW,
    **fields: Any,
) -> Subscription:
    """Make a wish for updates with the mail that asks to confirm it, if it waits."""
    campaign = campaign or make_campaign()
    subscription = Subscription.objects.create(
        **{
            "campaign": campaign,
            "email": f"reader.{next(_numbers)}@mail.example",
            "is_demo": not settings.DELIVERY_IS_LIVE,
            "consent_wording": subscribing.consent_wording(
                campaign, fields.get("purpose", Subscription.Purpose.UPDATES)
            ),
            "asked_at": now,
            "confirm_by": now + datetime.timedelta(days=settings.CONFIRM_WITHIN_DAYS),
            **fields,
        }
    )
    if not (subscription.confirmed_at or subscription.ended_at):
        Delivery.objects.create(
            subscription=subscription,
            kind=Delivery.Kind.SUBSCRIPTION,
            is_demo=subscription.is_demo,
            due_at=now,
        )
    return subscription


def place_postcodes(constituency: Constituency, sector: str, units: str) -> None:
    """Put two-letter units, run together, of a made-up sector into a seat."""
    version, _ = RegisterVersion.objects.get_or_create(
        register=Register.POSTCODES,
        is_current=True,
        defaults={"as_of": "2023-08", "entries": 0, "loaded_at": NOW},
    )
    PostcodeSector.objects.create(
        version=version, sector=sector, constituency=constituency, units=units
    )
