"""What is written of a mail that went, by a database that goes, and of dead workers."""

import datetime
from typing import Any

import pytest
from django.db import OperationalError, connection
from pytest_django import Settings

from actions import claiming, delivering, recording
from actions.errors import NotMarkedError
from actions.models import Delivery, Letter
from tests.actions.factories import NOW, make_campaign, make_letter
from tests.smtp import MailServer, mail_server

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db(transaction=True)

SECOND = datetime.timedelta(seconds=1)


def queue(count: int) -> None:
    campaign = make_campaign()
    for number in range(count):
        make_letter(
            state=Letter.State.QUEUED,
            campaign=campaign,
            now=NOW - number * SECOND,
        )


class Away:
    """A database that is away when a mail is to be marked as sent."""

    def __init__(self, times: int, *, but_does_it: bool = False) -> None:
        self.times = times
        self.but_does_it = but_does_it

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        if self.times and "SET state = 'sent'" in sql:
            self.times -= 1
            if self.but_does_it:
                execute(sql, *rest)
            raise OperationalError("the database is away")
        return execute(sql, *rest)


def test_a_mark_that_was_made_though_nobody_was_told_is_believed(
    mail_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    queue(1)
    with connection.execute_wrapper(Away(1, but_does_it=True)):
        tidings = delivering.deliver_due(clock=lambda: NOW)
    assert (tidings.sent, tidings.perhaps_twice) == (1, 0)
    assert "no longer in this worker's hands" not in caplog.text
    assert Delivery.objects.get().attempts == 1


@pytest.mark.slow
def test_a_mail_that_could_not_be_marked_is_kept_until_its_lease_ends_and_counted(
    mail_server: MailServer, settings: Settings
) -> None:
    queue(3)
    # The shortest lease: the worker tries for as long.
    settings.EMAIL_TIMEOUT = 1
    with (
        connection.execute_wrapper(Away(10**9)),
        pytest.raises(NotMarkedError),
    ):
        delivering.deliver_due(clock=lambda: NOW)
    assert len(mail_server.raw) == 1
    # The two others can be had at once.
    assert delivering.deliver_due(clock=lambda: NOW).sent == 2
    tidings = delivering.deliver_due(clock=lambda: NOW + claiming.lease_time())
    assert (tidings.sent, tidings.perhaps_twice) == (1, 1)
    assert mail_server.ids[0] == mail_server.ids[3]


def test_of_several_workers_one_counts_what_a_dead_one_left() -> None:
    queue(5)
    claiming.claim(NOW, live=False, at_most=2)
    claiming.claim(NOW, live=False, at_most=2)
    end = NOW + claiming.lease_time()
    assert recording.abandoned(end - SECOND) == []
    leases = recording.abandoned(end)
    assert [recording.free(lease, end) for lease in leases] == [True, True]
    assert recording.abandoned(end) == []
    assert not any(recording.free(lease, end) for lease in leases)
