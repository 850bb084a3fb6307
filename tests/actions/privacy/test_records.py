"""Who of the staff decided on what is known for a year, and what they decided stays."""

import datetime
from typing import Final

import pytest
from django.contrib.auth.models import User

from actions import privacy
from actions.models import FailingAddress, IncomingMail, OfficeReport
from actions.privacy import clearing
from tests.actions.factories import NOW, make_letter

pytestmark = pytest.mark.django_db

MINUTE: Final = datetime.timedelta(minutes=1)


def test_who_decided_is_forgotten_after_a_year_and_what_was_decided_is_not() -> None:
    person = User.objects.create_user("organiser")
    letter = make_letter(now=NOW)
    OfficeReport.objects.create(
        letter=letter,
        kind=OfficeReport.Kind.STOP,
        decision=OfficeReport.Decision.ACCEPTED,
        decided_at=NOW,
        decided_by=person,
    )
    FailingAddress.objects.create(
        address="mp@parliament.example",
        is_demo=False,
        since=NOW,
        mended_at=NOW,
        mended_by=person,
    )
    IncomingMail.objects.create(
        digest="0" * 64,
        letter=letter,
        is_demo=False,
        kind=IncomingMail.Kind.REPLY,
        state=IncomingMail.State.DECIDED,
        size=1,
        # It came late, and is known for as long from then on.
        received_at=NOW + MINUTE,
        decided_at=NOW,
        decided_by=person,
        emptied_at=NOW,
    )

    def by_whom() -> list[User | None]:
        return [
            OfficeReport.objects.get().decided_by,
            FailingAddress.objects.get().mended_by,
            IncomingMail.objects.get().decided_by,
        ]

    privacy.sweep(NOW + clearing.RECORDS_LIVE - MINUTE)
    assert by_whom() == [person] * 3
    assert clearing.forget_records(NOW + clearing.RECORDS_LIVE) == 3
    assert by_whom() == [None] * 3
    assert OfficeReport.objects.get().decision == OfficeReport.Decision.ACCEPTED
    assert clearing.forget_records(NOW + clearing.RECORDS_LIVE) == 0
