"""A letter that waits goes to where its MP gets mail on the day that it goes."""

from collections.abc import Callable

import pytest

from actions import delivering, failing, readdressing
from actions.models import Delivery, FailingAddress, Letter, LetterEvent
from representatives.models import Representative, RepresentativeOverride
from tests.actions.factories import NOW, make_letter, make_representative
from tests.smtp import Fault, MailServer, mail_server

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db
State = Letter.State
NEW = "new@parliament.example"


def queued() -> Letter:
    member = make_representative(email="old@parliament.example")
    return make_letter(state=State.QUEUED, representative=member)


def deliver() -> delivering.Tidings:
    return delivering.deliver_due(clock=lambda: NOW)


def correct(letter: Letter, address: str) -> None:
    terms = Representative.objects.filter(pk=letter.representative_id)
    terms.update(email=address)


def override(letter: Letter, address: str) -> None:
    number = letter.representative.parliament_id
    RepresentativeOverride.objects.create(parliament_id=number, email=address)


def kinds(letter: Letter) -> list[str]:
    return list(letter.events.values_list("kind", flat=True))


@pytest.mark.parametrize("change", [correct, override])
def test_a_queued_letter_goes_to_the_address_of_the_day(
    mail_server: MailServer, change: Callable[[Letter, str], None]
) -> None:
    letter, other = queued(), make_letter(state=State.QUEUED)
    change(letter, NEW)

    assert deliver().sent == 2

    assert sorted(mail_server.recipients) == sorted([NEW, other.recipient_email])
    letter.refresh_from_db()
    assert (letter.state, letter.recipient_email) == (State.ACCEPTED, NEW)
    assert kinds(letter) == [LetterEvent.Kind.READDRESSED, LetterEvent.Kind.ACCEPTED]
    assert kinds(other) == [LetterEvent.Kind.ACCEPTED]


def test_what_staff_know_better_counts_even_if_the_register_changes(
    mail_server: MailServer,
) -> None:
    letter = queued()
    override(letter, NEW)
    correct(letter, "other@parliament.example")
    deliver()
    assert mail_server.recipients == [NEW]


def test_an_override_without_an_address_leaves_the_registers(
    mail_server: MailServer,
) -> None:
    letter = queued()
    override(letter, "")
    deliver()
    assert mail_server.recipients == ["old@parliament.example"]
    assert kinds(letter) == [LetterEvent.Kind.ACCEPTED]


def test_the_last_address_stays_where_none_is_known_any_more(
    mail_server: MailServer,
) -> None:
    letter = queued()
    correct(letter, "")
    assert readdressing.address_today(letter) == ""
    deliver()
    assert mail_server.recipients == ["old@parliament.example"]


def test_a_letter_that_is_tried_again_goes_to_the_new_address_as_the_same_mail(
    mail_server: MailServer,
) -> None:
    letter = queued()
    mail_server.faults = [Fault.HANGS_UP_AFTER_THE_END]
    deliver()
    correct(letter, NEW)
    Delivery.objects.update(due_at=NOW)
    deliver()
    assert mail_server.recipients == ["old@parliament.example", NEW]
    assert len(set(mail_server.ids)) == 1


def test_it_waits_where_mail_to_the_new_address_comes_back(
    mail_server: MailServer,
) -> None:
    letter = queued()
    correct(letter, NEW)
    failing.mark(NEW, "550 5.1.1 user unknown", NOW, live=not letter.is_demo)

    deliver()

    assert mail_server.recipients == [letter.sender_email]
    letter.refresh_from_db()
    assert (letter.state, letter.held_for) == (State.HELD, "address_failing")
    assert letter.recipient_email == NEW
    assert list(failing.waiting_for(FailingAddress.objects.get())) == [letter]
    assert kinds(letter) == [LetterEvent.Kind.READDRESSED, LetterEvent.Kind.HELD]
    deliveries = letter.deliveries.values_list("kind", "state", "lease")
    assert set(deliveries) == {
        ("letter", "dropped", None),
        ("held_notice", "sent", None),
    }


def test_a_letter_that_ended_or_was_readdressed_meanwhile_is_left_alone() -> None:
    letter, seen = queued(), make_letter(state=State.ACCEPTED)
    before = Letter.objects.get(pk=letter.pk)
    assert readdressing.readdress(letter, NEW, NOW)
    assert not readdressing.readdress(before, "late@parliament.example", NOW)
    assert not readdressing.readdress(seen, NEW, NOW)
    letter.refresh_from_db()
    assert letter.recipient_email == NEW
    assert kinds(letter) == [LetterEvent.Kind.READDRESSED]
