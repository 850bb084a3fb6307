"""What a provider tells that is not clear: nothing of it is lost, or taken for mail."""

import pytest
from django.test import Client
from pytest_django import Settings

from actions.models import Delivery, IncomingMail, Letter, LetterEvent
from actions.receiving import deciding
from actions.receiving.deciding import Deed
from tests.actions import quiet
from tests.actions.factories import NOW, make_letter, make_organiser
from tests.actions.receiving.arriving import events, gone, owed, sent
from tests.actions.told_by_providers import (
    BY,
    listen,
    mail_of,
    state_of,
    tell,
    told_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mailgun(settings: Settings) -> None:
    listen(settings, "mailgun")


def test_an_event_of_another_recipient_hides_none_of_the_right_one(
    client: Client,
) -> None:
    letter = gone()
    for recipient in ("other@mp.example", letter.recipient_email):
        posted = BY["mailgun"](mail_of(letter), recipient)
        assert tell(client, posted).status_code == 200
    assert state_of(letter) == Letter.State.BOUNCED


def test_it_is_told_again_while_a_letter_that_may_have_gone_is_to_be_tried_again(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    letter.deliveries.update(attempts=1)
    assert tell(client, told_of(letter)).status_code == 503
    assert quiet.errors(caplog) == ["Service Unavailable: /webhooks/events/mailgun/"]
    assert not IncomingMail.objects.exists()
    sent(letter, Delivery.Kind.LETTER)
    Letter.objects.filter(pk=letter.pk).update(
        state=Letter.State.ACCEPTED, accepted_at=NOW, ended_at=NOW
    )
    assert tell(client, told_of(letter)).status_code == 200
    assert state_of(letter) == Letter.State.BOUNCED


@pytest.mark.parametrize(
    ("deed", "noted"),
    [
        (Deed.IS_A_REPLY, []),
        (Deed.IS_AUTOMATIC, [LetterEvent.Kind.ACKNOWLEDGEMENT_SEEN]),
    ],
)
def test_what_a_provider_tells_is_never_passed_on_as_an_answer(
    client: Client, deed: Deed, noted: list[str]
) -> None:
    letter = gone()
    tell(client, BY["mailgun"](mail_of(letter), "other@mp.example"))
    row = IncomingMail.objects.for_a_person().get()
    assert deciding.decide(row, deed, NOW, by=make_organiser())
    assert owed(letter) == []
    assert events(letter) == noted
    row.refresh_from_db()
    assert bytes(row.content) == b""
