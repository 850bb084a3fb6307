"""The local outbox: files that only their owner reads, whole or not there."""

import resource
import stat
import uuid
from pathlib import Path

import pytest
from django.core.mail import EmailMessage, get_connection  # noqa: TID251 - as Django
from pytest_django import Settings

from actions import delivering, outbox
from actions.models import Letter
from tests.actions.factories import NOW, make_letter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.OUTBOX_DIR = tmp_path / "outbox"
    return tmp_path / "outbox"


def deliver() -> None:
    delivering.deliver_due(clock=lambda: NOW)


def test_a_delivered_letter_can_be_read_there() -> None:
    letter = make_letter(state=Letter.State.QUEUED, sender_name="Siân Ó Briain")
    deliver()
    (message,) = outbox.newest()
    assert message.subject == letter.subject
    assert "Siân Ó Briain" in message.sender
    assert letter.sender_email in message.reply_to
    assert letter.recipient_email in message.to
    assert letter.body in message.text
    assert f"-{letter.pk}-letter.eml" in message.file_name
    assert f"{message.at:%Y%m%dT%H%M%S}" in message.file_name


def test_every_second_piece_is_an_address_without_what_closes_the_sentence() -> None:
    body = "Look at (https://a.example/b?c=d). Or at http://e.example, or nowhere."
    make_letter(body=body, base_text=body, state=Letter.State.QUEUED)
    deliver()
    (message,) = outbox.newest()
    *typed, _of_the_office = message.pieces[1::2]
    assert typed == ["https://a.example/b?c=d", "http://e.example"]
    assert "".join(message.pieces) == message.text


@pytest.mark.parametrize(
    "name",
    ["Ŵyn " * 24 + "Ŷ", "الأويغوري العزيز جدا صديقي", "ئۇيغۇرخەلقىنىڭياخشىدوستى"],
)
def test_a_folded_header_reads_as_one_line(name: str) -> None:
    letter = make_letter(sender_name=name, subject=name, state=Letter.State.QUEUED)
    deliver()
    (message,) = outbox.newest()
    assert message.sender.startswith(f"{name} ")
    assert message.reply_to == f"{name} <{letter.sender_email}>"
    assert message.subject == name


def test_nobody_else_on_the_machine_can_read_it(folder: Path) -> None:
    make_letter()
    deliver()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (path,) = folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_newest_come_first_and_no_more_than_asked_for() -> None:
    for name in ("First", "Second", "Third"):
        make_letter(subject=name, state=Letter.State.QUEUED)
        deliver()
    assert [message.subject for message in outbox.newest(2)] == ["Third", "Second"]


def test_an_empty_outbox_has_no_messages() -> None:
    assert outbox.newest() == []
    assert outbox.owners() == set()
    assert outbox.forget([uuid.uuid4()]) == 0


def test_unfinished_and_foreign_files_are_not_shown(folder: Path) -> None:
    folder.mkdir()
    (folder / f"20261122T120000.000000Z-{uuid.uuid4()}-letter.part").write_text("x")
    (folder / "notes.eml").write_text("x")
    assert outbox.newest() == []


def test_forgetting_takes_a_letters_files_finished_or_not_and_no_others(
    folder: Path,
) -> None:
    gone, kept = make_letter(), make_letter()
    deliver()
    name = f"20261122T120000.000000Z-{gone.pk}-letter.part"
    (folder / name).write_text("cut off by a kill")
    assert outbox.forget([gone.pk]) == 2
    assert outbox.owners() == {kept.pk}


def test_other_mail_of_django_lands_there_too_and_belongs_to_no_letter() -> None:
    backend = get_connection("actions.outbox.OutboxBackend")
    backend.send_messages(
        [EmailMessage("Hello", "Text", "a@b.example", ["c@d.example"])]
    )
    (message,) = outbox.newest()
    assert (message.subject, message.text.strip()) == ("Hello", "Text")
    assert outbox.owners() == set()


def test_an_outbox_that_cannot_be_written_costs_no_letter_a_try(folder: Path) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    # A file where the folder should be fails in the same way for everybody, root too.
    folder.write_text("")
    tidings = delivering.deliver_due(clock=lambda: NOW)
    assert not tidings.any_moved
    assert tidings.trouble == "The outbox cannot be written: File exists."
    delivery = letter.deliveries.get()
    assert (delivery.attempts, delivery.lease) == (0, None)
    folder.unlink()
    assert delivering.deliver_due(clock=lambda: NOW).sent == 1


def test_a_mail_for_which_there_is_no_room_leaves_no_half_file(folder: Path) -> None:
    backend = get_connection("actions.outbox.OutboxBackend")
    mail = EmailMessage("Hello", "Text", "a@b.example", ["c@d.example"])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            backend.send_messages([mail])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(folder.iterdir()) == []
    assert backend.send_messages([mail]) == 1
