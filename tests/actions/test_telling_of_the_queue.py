"""Organisers are told, once a day, what waits for a person."""

import datetime
from email.message import EmailMessage

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from actions import failing, holding, telling
from actions.models import IncomingMail, Letter, OfficeReport
from actions.screening import deciding
from tests.actions.factories import make_letter, make_organiser
from tests.smtp import MailServer, mail_server, text_of

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
State = Letter.State


@pytest.fixture(autouse=True)
def _organiser() -> None:
    User.objects.filter(pk=make_organiser().pk).update(email="ann@campaign.example")


def told(server: MailServer, now: datetime.datetime) -> list[EmailMessage]:
    before = len(server.mails)
    telling.about_the_queue(now, live=True)
    return server.mails[before:]


def test_nobody_is_mailed_while_nothing_waits(mail_server: MailServer) -> None:
    make_letter(state=State.HELD, held_for=Letter.Hold.VACANT)
    make_letter(state=State.QUEUED)
    assert told(mail_server, timezone.now()) == []


def test_what_waits_is_told_in_numbers_once_a_day(mail_server: MailServer) -> None:
    letter = make_letter(state=State.HELD, held_for=Letter.Hold.ABUSE)
    sent = make_letter(state=State.ACCEPTED)
    now = timezone.now()
    deciding.tell(sent, OfficeReport.Kind.STOP, "Ring Sam.", now)
    IncomingMail.objects.create(
        digest="0" * 64,
        is_demo=False,
        kind=IncomingMail.Kind.DOUBT,
        state=IncomingMail.State.FOR_A_PERSON,
        size=1,
    )
    make_letter(state=State.HELD, held_for=Letter.Hold.ADDRESS_FAILING)
    [mail] = told(mail_server, now)
    text = mail.get_content()
    assert mail["To"] == "ann@campaign.example"
    assert "letters that are held: 1" in text
    assert "what MPs’ offices told us: 1" in text
    assert "not understood: 1" in text
    assert "no address is known that works: 1" in text
    for personal in (letter.sender_name, letter.sender_email, "Ring Sam"):
        assert personal not in text
    assert told(mail_server, now) == []
    assert len(told(mail_server, now + DAY)) == 1


def test_letters_to_failing_addresses_are_told_of_with_their_day(
    mail_server: MailServer,
) -> None:
    now = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
    for days in (0, 3):
        letter = make_letter(state=State.QUEUED)
        since = now + days * DAY
        assert failing.mark(letter.recipient_email, "550 5.1.1", since, live=True)
    [mail] = told(mail_server, now + 3 * DAY)
    text = text_of(mail)
    assert "addresses that mail comes back from: 2" in text
    assert "by 7 December 2026, or the first is given back)" in text
    assert "no address is known" not in text
    assert letter.recipient_email not in text


def test_missing_results_are_told_of_with_the_day_on_which_the_first_wait_ends(
    mail_server: MailServer,
) -> None:
    now = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
    for days in (14, 16):
        letter = make_letter(state=State.QUEUED)
        by = holding.end_of_day(now + days * DAY)
        assert holding.hold(letter, Letter.Hold.NO_RESULT, now, decide_by=by)
    make_letter(state=State.HELD, held_for=Letter.Hold.NO_RESULT, is_demo=True)
    [mail] = told(mail_server, now)
    text = text_of(mail)
    assert "has no result of the general election: 2" in text
    assert "by 7 December 2026, or the first is given back)" in text
    assert letter.sender_name not in text
