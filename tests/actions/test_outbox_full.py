"""A disk that is full where the outbox is: letters wait, and nothing is lost."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_django import Settings

from actions import outbox
from actions.models import Delivery, Letter
from tests import promise, workers

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LETTERS = 40
TOLD = re.compile(r"Mail is not handed over: The outbox cannot be written: .+\.")


def test_letters_wait_for_room_in_the_outbox_and_then_all_go(
    settings: Settings, tmp_path: Path
) -> None:
    settings.OUTBOX_DIR = tmp_path / "outbox"
    settings.OUTBOX_DIR.mkdir(mode=0o700)
    promise.queue(LETTERS)
    with (
        full(settings.OUTBOX_DIR) as make_room,
        workers.started(workers.demo(tmp_path), tmp_path / "log") as worker,
    ):
        workers.wait_until(lambda: TOLD.search(worker.said()) is not None, worker.log)
        shown = outbox.newest(LETTERS)
        assert len(shown) < LETTERS
        # Whole, as they are all alike but for the link for the MP's office at the end.
        assert len({message.text.rpartition(" ")[0] for message in shown}) == 1
        # What could not be finished takes no room.
        assert not list(settings.OUTBOX_DIR.glob("*.part"))
        waiting = Delivery.objects.waiting()
        assert set(waiting.values_list("attempts", flat=True)) == {0}
        make_room()
        promise.see_it_settle(worker.log)
        assert worker.end() == 0
    assert set(Letter.objects.values_list("state")) == {(Letter.State.ACCEPTED,)}
    assert promise.told_twice(worker.said()) == 0


@contextmanager
def full(folder: Path) -> Iterator[Callable[[], None]]:
    """Put the folder on a small disk of its own; give a way to enlarge that."""
    if os.geteuid():
        why = "only root can mount a disk that is too small"
        # Nobody looks at what was skipped there.
        pytest.fail(why) if os.environ.get("CI") else pytest.skip(why)
    run("mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", str(folder))
    try:
        yield lambda: run("mount", "-o", "remount,size=8m", str(folder))
    finally:
        run("umount", str(folder))


def run(*command: str) -> None:
    subprocess.run(command, check=True)
