"""A worker killed between every two steps: nothing is lost, nothing counted twice."""

import re
import signal
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from actions import delivering, outbox
from actions.models import Delivery, Letter
from tests import promise, workers
from tests.doomed import doomed
from tests.smtp import Fault, MailServer, mail_server

__all__ = ["mail_server"]

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# Far more than there are; a worker that never ends would be killed for ever.
BEFORE_THE_MARK = "before UPDATE actions_delivery SET state"
# Some that must be among them, from the claim to what a refusal leaves.
KINDS_OF_STEPS = {
    'before UPDATE "actions_delivery" SET "lease"',
    'after UPDATE "actions_delivery" SET "lease"',
    "before sending mail",
    "before sending From",
    "before sending rset",
    BEFORE_THE_MARK,
    "after UPDATE actions_delivery SET state",
    'before UPDATE "actions_delivery" SET "due_at"',
    'after UPDATE "actions_letter" SET "state"',
    'after INSERT INTO "actions_letterevent" ("letter_id",',
    "after INSERT INTO actions_tally AS",
    'after INSERT INTO "actions_delivery" ("id",',
    "before sending quit",
}
# Where each command waits for the answer to the one before.
ONE_BY_ONE = {"before sending rcpt", "before sending DATA"}
MANY = 200
_ID = re.compile(rb"^Message-ID: (<[^>]+>)", re.MULTILINE)


@pytest.fixture(autouse=True)
def _as_the_workers(settings: Settings) -> None:
    """Write the links in letters as the dead workers did: we finish for them."""
    settings.SITE_URL = workers.SITE_URL


@pytest.mark.parametrize("takes_groups", [True, False])
def test_a_kill_at_any_step_loses_nothing_and_repeats_the_letter_in_hand(
    mail_server: MailServer, tmp_path: Path, *, takes_groups: bool
) -> None:
    mail_server.takes_groups = takes_groups
    one_by_one = set() if takes_groups else ONE_BY_ONE
    steps: list[str] = []
    queued = 0
    # No lease ends meanwhile, however busy this machine is.
    environment = workers.live(tmp_path, mail_server.port, timeout=300)
    with doomed(environment) as die_at:
        # On a busy one a batch may be given back early, and its steps come elsewhere;
        # and of letters that are due at once any may be the first.
        while not set(steps) >= KINDS_OF_STEPS | one_by_one and queued < 3 * MANY:
            for number in range(1, MANY):
                _, busy, refused = promise.queue(3)
                queued += 1
                mail_server.faults_of[busy.recipient_email] = [Fault.BUSY]
                mail_server.faults_of[refused.recipient_email] = [Fault.REFUSED] * 2
                if not (step := die_at(number)):
                    break
                steps.append(step)
    assert set(steps) >= KINDS_OF_STEPS
    assert ONE_BY_ONE & set(steps) == one_by_one
    warned = let_others_finish()
    promise.assert_kept(mail_server, failed=queued, in_hand=len(steps))
    # After the server's yes and before the mark is made: there, and nowhere else. The
    # workers can't see which step it was, and warn of every lease that was left.
    assert promise.repeats(mail_server) == steps.count(BEFORE_THE_MARK)
    assert promise.repeats(mail_server) < warned <= len(steps)


def test_a_kill_between_the_servers_yes_and_its_hearing_repeats_that_letter(
    mail_server: MailServer, tmp_path: Path
) -> None:
    promise.queue(3)
    environment = workers.live(tmp_path, mail_server.port, timeout=30)
    with workers.started(environment, tmp_path / "log") as worker:

        def kill_at_the_second() -> None:
            if len(mail_server.raw) == 2:
                worker.process.send_signal(signal.SIGKILL)
                worker.process.wait()

        mail_server.at_taking = kill_at_the_second
        workers.wait_until(lambda: worker.process.poll() is not None, worker.log)
    assert worker.process.returncode == -signal.SIGKILL
    assert let_others_finish() == 1
    promise.assert_kept(mail_server, in_hand=1)
    assert promise.repeats(mail_server) == 1
    assert mail_server.ids[1] == mail_server.ids[2]


def test_a_kill_at_any_step_shows_no_half_file_and_loses_nothing_of_the_outbox(
    settings: Settings, tmp_path: Path
) -> None:
    folder = settings.OUTBOX_DIR = tmp_path / "outbox"
    steps = []
    with doomed(workers.demo(tmp_path)) as die_at:
        for number in range(1, MANY):
            promise.queue(2)
            if not (step := die_at(number)):
                break
            steps.append(step)
            # What is shown is whole at any time.
            assert all(message.text for message in outbox.newest(10**6))
    assert {"before open in the outbox", "before os.rename in the outbox"} <= set(steps)
    let_others_finish()
    shown = [_ID.findall(path.read_bytes())[0] for path in folder.glob("*.eml")]
    assert len(set(shown)) == Delivery.objects.filter(state="sent").count()
    assert set(Letter.objects.values_list("state")) == {(Letter.State.ACCEPTED,)}
    repeats = len(shown) - len(set(shown))
    assert repeats == steps.count(BEFORE_THE_MARK)


def let_others_finish() -> int:
    """Have the dead workers' letters sent; say of how many repeats one was warned."""
    twice = 0
    promise.let_leases_pass()
    for _ in range(3):
        twice += delivering.deliver_due(clock=timezone.now).perhaps_twice
        promise.let_pauses_pass()
    assert promise.is_settled()
    return twice
