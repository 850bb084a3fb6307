"""Workers killed at random: nothing is lost and nobody's letter goes twice."""

import random
import signal
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.utils import timezone

from actions.lifecycle import WAITING
from actions.models import Delivery, Letter, LetterEvent, Tally
from tests import workers
from tests.actions.factories import make_campaign, make_letter, make_representative
from tests.smtp import MailServer, mail_server

__all__ = ["mail_server"]

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LETTERS = 300
KILLS = 8


@pytest.fixture
def expected_ids(mail_server: MailServer) -> set[str]:
    """Queue the letters; the Message-IDs that must arrive."""
    campaign, seat = make_campaign(), make_representative()
    for _ in range(LETTERS):
        make_letter(
            state=Letter.State.QUEUED,
            campaign=campaign,
            representative=seat,
            now=timezone.now(),
        )
    ids = Delivery.objects.values_list("pk", flat=True)
    return {f"<{one}@postbag.example>" for one in ids}


def all_are_done() -> bool:
    waits = Delivery.objects.waiting().exists()
    return not waits and not Letter.objects.filter(state__in=WAITING).exists()


def assert_all_accepted_and_counted_once() -> None:
    assert set(Letter.objects.values_list("state")) == {(Letter.State.ACCEPTED,)}
    accepted = LetterEvent.objects.filter(kind=LetterEvent.Kind.ACCEPTED)
    assert accepted.count() == LETTERS
    assert accepted.values("letter").distinct().count() == LETTERS
    counts = Tally.objects.filter(step=Tally.Step.ACCEPTED)
    assert sum(counts.values_list("count", flat=True)) == LETTERS
    assert not Delivery.objects.exclude(state=Delivery.State.SENT).exists()


def test_two_workers_never_send_one_letter_twice(
    mail_server: MailServer, expected_ids: set[str], tmp_path: Path
) -> None:
    environment = workers.live(tmp_path, mail_server.port)
    log = tmp_path / "log"
    with ExitStack() as stack:
        both = [
            stack.enter_context(workers.started(environment, log)) for _ in range(2)
        ]
        workers.wait_until(all_are_done, log)
        assert [worker.end() for worker in both] == [0, 0]
    assert sorted(mail_server.ids) == sorted(expected_ids)
    assert_all_accepted_and_counted_once()


def test_killed_workers_lose_nothing_and_repeat_at_most_one_letter_a_kill(
    mail_server: MailServer, expected_ids: set[str], tmp_path: Path
) -> None:
    seed = random.randrange(10**6)  # noqa: S311 - nobody's secret
    print("seed", seed)  # noqa: T201 - shown when the test fails
    chance = random.Random(seed)  # noqa: S311 - nobody's secret
    # A short lease, as its length follows from the time that a server is given.
    environment = workers.live(tmp_path, mail_server.port, timeout=2)
    mail_server.seconds_for_a_mail = 0.002
    log = tmp_path / "log"
    with ExitStack() as stack:

        def start() -> workers.Worker:
            return stack.enter_context(workers.started(environment, log))

        running = [start(), start()]
        for number in range(1, KILLS + 1):
            goal = number * (LETTERS - 50) // KILLS + chance.randrange(20)
            workers.wait_until(lambda goal=goal: len(mail_server.raw) >= goal, log)  # type: ignore[misc]
            chosen = chance.randrange(2)
            assert running[chosen].end(signal.SIGKILL) == -signal.SIGKILL
            running[chosen] = start()
        # What the dead had in hand is free once their leases are over.
        workers.wait_until(all_are_done, log)
    sent = Counter(mail_server.ids)
    assert set(sent) == expected_ids
    assert max(sent.values()) <= 1 + KILLS
    assert sent.total() - LETTERS <= KILLS
    assert_all_accepted_and_counted_once()
