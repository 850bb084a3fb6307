"""Killed at any step of taking a mail in from a folder: it is taken, and once."""

from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command

from actions.models import Delivery, IncomingMail, Letter, LetterEvent, Tally
from tests import workers
from tests.actions.receiving.arriving import gone, raw
from tests.actions.test_receive_mail import folder, live
from tests.doomed import doomed

__all__ = ["folder", "live"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("live"),
    pytest.mark.django_db(transaction=True),
]

# Far more than there are; who never ends would be killed for ever.
MANY = 100
AFTER_TAKING = "before deleting what came in"
# Some that must be among them.
KINDS_OF_STEPS = {
    'before INSERT INTO "actions_incomingmail" ("id",',
    'after INSERT INTO "actions_incomingmail" ("id",',
    'after INSERT INTO "actions_delivery" ("id",',
    'after UPDATE "actions_incomingmail" SET "state"',
    AFTER_TAKING,
}


@pytest.mark.parametrize(
    ("name", "kind", "owed"),
    [
        ("reply-plain", IncomingMail.Kind.REPLY, Delivery.Kind.FORWARD),
        ("bounce-postfix", IncomingMail.Kind.BOUNCE, Delivery.Kind.BOUNCE_NOTICE),
    ],
)
def test_a_kill_at_any_step_loses_no_mail_and_takes_none_twice(
    folder: Path, tmp_path: Path, name: str, kind: str, owed: str
) -> None:
    steps = []
    taking = ("--from-the-start", "--to", "receive_mail", f"--maildir={folder}")
    with doomed(workers.live(tmp_path, 25), *taking) as die_at:
        for number in range(1, MANY):
            mail = folder / "new" / str(number)
            mail.write_bytes(raw(name, gone()))
            if not (step := die_at(number)):
                break
            steps.append(step)
            assert mail.exists()
            taken = IncomingMail.objects.count()
            assert taken == number - (step != AFTER_TAKING)
            call_command("receive_mail", maildir=folder)
    assert set(steps) >= KINDS_OF_STEPS
    assert not list((folder / "new").iterdir())
    letters = Letter.objects.count()
    mails = IncomingMail.objects.filter(kind=kind)
    assert mails.values("letter").distinct().count() == mails.count() == letters
    assert Delivery.objects.waiting().filter(kind=owed).count() == letters
    assert came_back() == (letters if kind == IncomingMail.Kind.BOUNCE else 0)


def came_back() -> int:
    """Count the letters that came back, which all that is kept must agree on."""
    state = Letter.State.BOUNCED
    events = LetterEvent.objects.filter(kind=LetterEvent.Kind.BOUNCED)
    counts = Tally.objects.filter(step=Tally.Step.BOUNCED)
    (number,) = {
        Letter.objects.filter(state=state).count(),
        Counter(events.values_list("letter", flat=True)).total(),
        sum(counts.values_list("count", flat=True)),
    }
    return number
