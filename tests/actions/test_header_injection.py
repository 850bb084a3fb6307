"""What is in a row never makes a header of its own in a mail that goes out."""

from typing import Any

import pytest
from django.utils import timezone

from actions import delivering
from actions.models import Delivery, Letter, LetterEvent
from tests.actions.factories import make_letter, make_representative
from tests.actions.quiet import no_error_in_the_log
from tests.smtp import MailServer, mail_server

__all__ = ["mail_server", "no_error_in_the_log"]

pytestmark = pytest.mark.django_db

State, Event, Kind = Letter.State, LetterEvent.Kind, Delivery.Kind
CAUSE = "A name, address or subject cannot stand in a mail."
# Each ends a line for somebody; NUL is left out, which PostgreSQL keeps nowhere.
BREAKS = ["\n", "\r\n", "\r", "\n ", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\x7f"]
FIELDS = {
    "sender_name": "Jo{}",
    "subject": "Please act{}",
    "recipient_name": "Rt Hon Jo Marsden MP{}",
    "recipient_email": "jo@parliament.example{}",
    "sender_email": "jo@mail.example{}",
}
INJECTED = "Bcc: all@mps.example"
# All that a mail of ours may have.
HEADERS = {
    *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
    *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
}

every_field = pytest.mark.parametrize("field", FIELDS)
every_break = pytest.mark.parametrize("ends_a_line", BREAKS, ids=ascii)


def odd(field: str, ends_a_line: str, state: str) -> Letter:
    """Make a letter of which a field in its row would begin another header."""
    value = FIELDS[field].format(ends_a_line + INJECTED)
    # It goes to the address that its MP has, whatever that is.
    own = {"email": value} if field == "recipient_email" else {}
    changed: dict[str, Any] = {field: value}
    return make_letter(
        state=state, representative=make_representative(**own), **changed
    )


def deliver() -> delivering.Tidings:
    return delivering.deliver_due(clock=timezone.now)


def assert_nothing_was_added(server: MailServer, letter: Letter) -> None:
    """See that mail came for the writer alone, with headers of ours only."""
    assert set(server.recipients) <= {letter.sender_email}
    for mail in server.mails:
        assert set(mail.keys()) <= HEADERS
        assert "all@mps.example" not in str(mail.items())


@every_field
@every_break
def test_a_letter_with_a_line_end_in_a_header_fails_before_anything_of_it_goes(
    mail_server: MailServer, field: str, ends_a_line: str
) -> None:
    letter = odd(field, ends_a_line, State.QUEUED)
    tidings = deliver()
    letter.refresh_from_db()
    assert letter.state == State.FAILED
    assert letter.events.get(kind=Event.FAILED).cause == CAUSE
    # It was owed, and nothing is left to be tried for ever.
    assert letter.deliveries.filter(kind=Kind.FAILURE_NOTICE).count() == 1
    assert not Delivery.objects.waiting().exists()
    assert not tidings.trouble
    assert_nothing_was_added(mail_server, letter)


@pytest.mark.parametrize(
    "field", ["subject", "sender_name", "recipient_name", "recipient_email"]
)
@every_break
def test_its_writer_is_told(
    mail_server: MailServer, field: str, ends_a_line: str
) -> None:
    letter = odd(field, ends_a_line, State.QUEUED)
    deliver()
    assert mail_server.recipients == [letter.sender_email]
    assert_nothing_was_added(mail_server, letter)


@every_break
def test_a_writer_without_an_address_that_can_be_used_finds_it_in_the_history(
    mail_server: MailServer, ends_a_line: str
) -> None:
    letter = odd("sender_email", ends_a_line, State.QUEUED)
    deliver()
    assert mail_server.raw == []
    assert letter.events.get(kind=Event.NOTICE_BOUNCED).cause == CAUSE


@every_field
@every_break
def test_a_mail_of_ours_about_it_goes_without_or_is_given_up(
    mail_server: MailServer, field: str, ends_a_line: str
) -> None:
    letter = odd(field, ends_a_line, State.AWAITING_CONFIRMATION)
    deliver()
    assert_nothing_was_added(mail_server, letter)
    event = letter.events.get()
    assert (event.kind, event.cause) == (
        (Event.CONFIRMATION_SENT, "")
        if mail_server.raw
        else (Event.NOTICE_BOUNCED, CAUSE)
    )
