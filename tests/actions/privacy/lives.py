"""A supporter, staff and an MP's office who leave a word wherever they can."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.test import Client
from django.utils import timezone

from actions import tokens
from actions.models import (
    Campaign,
    HoldRule,
    IncomingMail,
    Letter,
    OfficeReport,
    Subscription,
)
from actions.situations import Situation
from tests.actions.factories import make_organiser
from tests.actions.pages import hidden, text

# Letters and digits only, so that no encoding disguises them: one for all that has to
# do with the letter, one for the e-mail updates, and a postcode that no register has
# in one piece.
WORD: Final = "Qzvletter4172kept"
OTHER: Final = "Qzvupdates9038kept"
POSTCODE: Final = "ZE9 9AA"
_HELD_AT: Final = "purple walrus"
# In which columns WORD or POSTCODE lies while it is promised to be kept.
OF_THE_LETTER: Final = {
    f"actions_letter.{column}"
    for column in (
        "sender_name",
        "sender_email",
        "address_line_1",
        "address_line_2",
        "town",
        "subject",
        "body",
    )
}
BESIDE: Final = {"actions_incomingmail.content", "actions_officereport.note"}


class Life:
    """One letter, from the first page until the office has spoken of it."""

    def __init__(self, campaign: Campaign, deliver: Callable[[], None]) -> None:
        self.campaign = campaign
        # Has a worker send what is owed.
        self.deliver = deliver
        self.supporter, self.office = Client(), Client()
        self.organiser = Client()
        self.organiser.force_login(make_organiser())
        HoldRule.objects.create(phrase=_HELD_AT)

    def write(self, situation: Situation) -> Letter:
        """Type the word into every field, and send the letter off."""
        way = f"/{self.campaign.slug}/write/"
        asked = self.supporter.post(way, {"choose": situation})
        found = self.supporter.post(way, {**hidden(asked), "postcode": POSTCODE})
        person = {
            "name": f"Jo {WORD}",
            "email": f"{WORD}@mail.example",
            "address_line_1": f"1 {WORD} Street",
            "address_line_2": WORD,
            "town": WORD,
            "country": WORD,
            "helper": WORD,
            "postcode": POSTCODE,
            "reason": f"My {_HELD_AT} has not heard of {WORD} for eight years now.",
            "demands": [demand.pk for demand in self.campaign.demands.in_order()],
        }
        page = self.supporter.post(f"{way}letter/", {**hidden(found), **person})
        body = re.search(
            r"<textarea[^>]*name=\"body\"[^>]*>\n(.*?)</textarea>",
            text(page),
            re.DOTALL,
        )
        assert body, text(page)
        typed = {"subject": WORD, "body": body[1], "consent": "on"}
        sent = self.supporter.post(f"{way}send/", {**hidden(page), **typed})
        assert sent.status_code == HTTPStatus.FOUND, text(sent)
        return Letter.objects.get()

    def confirm(self, letter: Letter) -> None:
        """Press the button; a person reads it and lets it go."""
        self.deliver()
        self.supporter.post(self.page_of(letter, "confirm/"))
        letter.refresh_from_db()
        assert letter.held_for == Letter.Hold.ABUSE
        queue = f"/admin/actions/heldletter/{letter.pk}/"
        assert WORD in text(self.organiser.get(queue))
        self.organiser.post(f"{queue}let_go/")
        self.deliver()
        letter.refresh_from_db()
        told = list(letter.events.values_list("kind", "cause"))
        assert letter.state == Letter.State.ACCEPTED, told

    def complain(self, letter: Letter) -> None:
        """Have the office find it abusive, and a person agree."""
        self.office.post(
            f"/letters/office/{tokens.for_office(letter.pk)}/",
            {"kind": OfficeReport.Kind.ABUSIVE, "note": f"{WORD} is rude."},
        )
        queue = f"/admin/actions/officereport/{OfficeReport.objects.get().pk}/"
        assert WORD in text(self.organiser.get(queue))
        self.organiser.post(f"{queue}accept/")

    def ask_for_more(self) -> None:
        """Ask for e-mail updates and confirm them, and for the lost link."""
        self.supporter.post(
            f"/{self.campaign.slug}/updates/",
            {"email": f"{OTHER}@mail.example", "consent": "on"},
        )
        self.deliver()
        self.supporter.post(self.page_of(Subscription.objects.get()))
        self.supporter.post("/letters/lost/", {"email": f"{WORD}@mail.example"})
        self.deliver()

    def leave(self) -> None:
        """Leave the e-mail updates."""
        self.supporter.post(self.page_of(Subscription.objects.get(), "leave/"))

    def erase(self, letter: Letter) -> None:
        """Press “Delete my data”."""
        self.supporter.post(self.page_of(letter, "erase/"))

    def page_of(self, row: Letter | Subscription, ending: str = "") -> str:
        if isinstance(row, Letter):
            return f"/letters/{tokens.for_letter(row.pk)}/{ending}"
        return f"/updates/{tokens.for_subscription(row.pk)}/{ending}"


def receive(letter: Letter) -> None:
    """Have a mail about the letter in hand."""
    IncomingMail.objects.create(
        digest="of a mail",
        letter=letter,
        is_demo=letter.is_demo,
        kind=IncomingMail.Kind.REPLY,
        state=IncomingMail.State.FOR_A_PERSON,
        size=100,
        content=f"Dear {WORD}".encode(),
        received_at=timezone.now(),
    )
