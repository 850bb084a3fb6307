"""The worker as a command: its loop, its signals, its log."""

import datetime
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from actions import outbox, reminding
from actions.models import Delivery, Letter
from representatives.models import Representative
from tests import smtp, workers
from tests.actions.factories import make_campaign, make_letter, make_representative
from tests.smtp import MailServer, mail_server

__all__ = ["mail_server"]

DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.OUTBOX_DIR = tmp_path / "outbox"


def queue(**fields: object) -> Letter:
    return make_letter(state="queued", now=timezone.now(), **fields)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_once_sends_what_is_due_and_ends() -> None:
    letter = queue()
    said = StringIO()
    call_command("deliver_letters", once=True, stdout=said)
    assert said.getvalue() == (
        "1 sent, 0 to be tried again, 0 given up, 0 that may arrive twice.\n"
    )
    assert outbox.owners() == {letter.pk}


@pytest.mark.django_db
def test_once_erases_what_is_due_too() -> None:
    letter = make_letter(now=timezone.now() - 30 * DAY)
    call_command("deliver_letters", once=True, stdout=StringIO())
    letter.refresh_from_db()
    assert letter.is_forgotten


@pytest.mark.django_db
def test_once_reminds_and_asks_too(monkeypatch: pytest.MonkeyPatch) -> None:
    # Whatever the time is where this test runs.
    monkeypatch.setattr(reminding, "AWAKE", range(24))
    gone = make_letter(state="accepted", now=timezone.now() - 15 * DAY)
    waits = make_letter(now=timezone.now() - 2 * DAY)
    waits.deliveries.update(state="sent", done_at=waits.created_at)
    said = StringIO()
    call_command("deliver_letters", once=True, stdout=said)
    assert said.getvalue().startswith("2 sent")
    assert outbox.owners() == {gone.pk, waits.pk}


@pytest.mark.django_db
def test_once_sends_what_waited_for_an_address_that_is_known_now() -> None:
    member = make_representative(email="")
    letter = make_letter(
        state="held",
        held_for=Letter.Hold.ADDRESS_FAILING,
        representative=member,
        recipient_email="old@parliament.example",
        now=timezone.now(),
    )
    call_command("deliver_letters", once=True, stdout=StringIO())
    assert not outbox.owners()
    Representative.objects.filter(pk=member.pk).update(email="new@parliament.example")
    call_command("deliver_letters", once=True, stdout=StringIO())
    assert outbox.owners() == {letter.pk}


@pytest.mark.django_db
def test_once_fails_when_the_mail_server_is_away(
    mail_server: MailServer, settings: Settings
) -> None:
    queue()
    settings.EMAIL_PORT = 1
    with pytest.raises(CommandError, match="hung up or did not answer"):
        call_command("deliver_letters", once=True)


@pytest.mark.parametrize("poll", ["0", "-1", "soon", "nan", "3600"])
def test_a_senseless_pause_is_refused(poll: str) -> None:
    with pytest.raises(CommandError, match="a number of seconds up to 60"):
        call_command("deliver_letters", "--poll", poll)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_sigterm_ends_the_worker_after_the_letter_in_hand(
    mail_server: MailServer, tmp_path: Path
) -> None:
    campaign = make_campaign()
    for _ in range(3):
        queue(campaign=campaign)
    mail_server.seconds_for_a_mail = 1
    environment = workers.live(tmp_path, mail_server.port)
    with workers.started(environment, tmp_path / "log") as worker:
        workers.wait_until(mail_server.begun.is_set, worker.log)
        assert worker.end() == 0
        assert workers.troubles(worker.log) == []
    assert len(mail_server.raw) == 1
    assert Letter.objects.filter(state=Letter.State.ACCEPTED).count() == 1
    left = Delivery.objects.waiting()
    assert list(left.values_list("lease", "attempts")) == [(None, 0), (None, 0)]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_outlives_its_mail_server_and_sends_when_it_is_back(
    tmp_path: Path,
) -> None:
    letter = queue(is_demo=False, sender_name="Zqxmarker")
    with smtp.running() as server:
        pass
    environment = workers.live(tmp_path, server.port)
    with workers.started(environment, tmp_path / "log") as worker:
        workers.wait_until(lambda: len(workers.troubles(worker.log)) >= 2, worker.log)
        with smtp.running(server.port) as back:
            workers.wait_until(lambda: bool(back.raw), worker.log)
            assert worker.end() == 0
    letter.refresh_from_db()
    assert letter.state == Letter.State.ACCEPTED
    for line in workers.troubles(worker.log):
        assert "Mail is not handed over: The mail server hung up" in line
    assert "marker" not in worker.said().lower()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_outlives_its_database_and_names_the_fault_without_its_text(
    mail_server: MailServer, tmp_path: Path
) -> None:
    # The file is there, the tables are not: what an unfinished upgrade looks like.
    environment = workers.live(tmp_path, mail_server.port) | {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    }
    with workers.started(environment, tmp_path / "log") as worker:
        workers.wait_until(lambda: worker.said().count("going on.") >= 2, worker.log)
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=django_settings.BASE_DIR,
            env=environment,
            check=True,
        )
        assert worker.end() == 0
    assert "ERROR actions.management.commands.deliver_letters: A fault" in worker.said()
    assert "\ndjango.db.utils.OperationalError\n" in worker.said()
    assert "deliver_letters.py" in worker.said()
    assert "no such table" not in worker.said()
