"""A mail server that fails in every way, alone and mixed, and workers of any number."""

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from actions import delivering
from actions.models import Delivery, Letter
from tests import promise, workers
from tests.smtp import REFUSES_FOR_GOOD, Fault, MailServer, mail_server

__all__ = ["mail_server"]

LETTERS = 300
# What the server may take to answer; all stalls of tests/smtp.py last longer.
SECONDS = 3
# Of some letters each; a worker that finds nothing to do hangs up.
ROUNDS = 12
SLOW = {Fault.DRIPS, Fault.STALLS, Fault.STALLS_AFTER_THE_END}


# After the other one a mail is passed over for a minute.
OF_A_MAIL: list[Fault] = [one for one in Fault if one is not Fault.RELAYS_NOT]


@pytest.mark.parametrize("fault", OF_A_MAIL)
@pytest.mark.parametrize("takes_groups", [True, False])
@pytest.mark.django_db
def test_after_any_fault_everything_goes(
    mail_server: MailServer,
    fault: Fault,
    caplog: pytest.LogCaptureFixture,
    *,
    takes_groups: bool,
) -> None:
    mail_server.takes_groups = takes_groups
    letters = promise.queue(3)
    mail_server.faults_of[letters[1].recipient_email] = [fault]
    neighbours = Delivery.objects.exclude(letter=letters[1])
    for _ in range(3):
        delivering.deliver_due(clock=timezone.now)
        promise.let_pauses_pass()
    promise.assert_kept(mail_server, failed=fault in REFUSES_FOR_GOOD)
    # Nobody else's mail paid for it.
    assert set(neighbours.values_list("attempts", flat=True)) == {1}
    assert promise.told_twice(caplog.text) == mail_server.unanswered


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("count", [1, 2, 4])
def test_each_fault_alone_and_any_number_of_workers(
    mail_server: MailServer, tmp_path: Path, count: int
) -> None:
    failed = 0
    with crew(count, mail_server, tmp_path) as log:
        for fault in OF_A_MAIL:
            # The workers see them all at once, and the server knows the unlucky ones.
            with transaction.atomic():
                letters = promise.queue(20)
                unlucky = letters[:1] if fault in SLOW else letters[::6]
                for letter in unlucky:
                    mail_server.faults_of[letter.recipient_email] = [fault]
            failed += len(unlucky) * (fault in REFUSES_FOR_GOOD)
            promise.see_it_settle(log)
            promise.assert_kept(mail_server, failed=failed)
    assert promise.told_twice(log.read_text()) == mail_server.unanswered


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_server_that_closes_every_third_connection_costs_no_letter_anything(
    mail_server: MailServer, tmp_path: Path
) -> None:
    mail_server.closes_every = 3
    with crew(2, mail_server, tmp_path) as log:
        for _ in range(ROUNDS):
            with transaction.atomic():
                promise.queue(20)
            promise.see_it_settle(log)
    assert mail_server.closed == mail_server.connections // 3 >= ROUNDS // 3
    promise.assert_kept(mail_server)
    assert promise.repeats(mail_server) == promise.told_twice(log.read_text()) == 0
    # No letter was to blame.
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("count", [1, 2, 4])
def test_faults_of_all_kinds_at_once_and_any_number_of_workers(
    mail_server: MailServer, tmp_path: Path, count: int
) -> None:
    failed = plan(mail_server, promise.queue(LETTERS))
    mail_server.closes_every = 3
    with crew(count, mail_server, tmp_path) as log:
        promise.see_it_settle(log)
    assert mail_server.lost_answers
    promise.assert_kept(mail_server, failed=failed)
    assert promise.told_twice(log.read_text()) == mail_server.unanswered


def plan(server: MailServer, letters: list[Letter]) -> int:
    """Give a fifth of them one or two faults; say how many are refused for good."""
    seed = random.randrange(10**6)  # noqa: S311 - nobody's secret
    print("seed", seed)  # noqa: T201 - shown when the test fails
    chance = random.Random(seed)  # noqa: S311 - nobody's secret
    passing = [one for one in OF_A_MAIL if one not in REFUSES_FOR_GOOD | SLOW]
    unlucky = chance.sample(letters, len(letters) // 5)
    # A letter that was taken and then refused has failed, and has gone: not here.
    alone = [one for one in OF_A_MAIL if one in REFUSES_FOR_GOOD] * 3
    alone += [one for one in OF_A_MAIL if one in SLOW]
    for letter in unlucky:
        faults = (
            [alone.pop()] if alone else chance.choices(passing, k=chance.randint(1, 2))
        )
        server.faults_of[letter.recipient_email] = faults
    return 3 * len(REFUSES_FOR_GOOD)


@contextmanager
def crew(count: int, server: MailServer, folder: Path) -> Iterator[Path]:
    """Have some workers at it, and see that each ends in order; their common log."""
    log = folder / "log"
    environment = workers.live(folder, server.port, timeout=SECONDS)
    with ExitStack() as stack:
        all_of_them = [
            stack.enter_context(workers.started(environment, log)) for _ in range(count)
        ]
        yield log
        assert [worker.end() for worker in all_of_them] == [0] * count
