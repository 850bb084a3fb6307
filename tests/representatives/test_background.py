"""The members are read beside other work, when that is due, by one worker."""

import datetime
import threading
from pathlib import Path

import pytest
from pytest_django import Settings

from representatives import background, reading
from representatives.background import Reader
from representatives.models import (
    Constituency,
    ImportLease,
    PostcodeSector,
    Register,
    RegisterVersion,
    Representative,
    SyncRun,
)
from representatives.sources import http
from tests.parliament import Fault, Parliament, commons, member
from tests.registers import make_constituency

__all__ = ["commons"]

NOW = datetime.datetime(2026, 11, 26, 12, 0, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
State = SyncRun.State


@pytest.fixture
def house(
    commons: Parliament,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    transactional_db: None,
) -> Parliament:
    """A House of one; what other tests have loaded goes with the rest afterwards."""
    for rows in (PostcodeSector, Representative, RegisterVersion, Constituency):
        rows._default_manager.all().delete()
    settings.VAR_DIR = tmp_path
    settings.SYNC_MEMBERS = True
    monkeypatch.setattr(http, "LEAST_SECONDS_BETWEEN", 0.0)
    monkeypatch.setattr(http, "PAUSES", ())
    make_constituency(code="E00000001", name="Gower")
    commons.members.append(member(1, "Gower"))
    return commons


def look(reader: Reader) -> bool:
    """Let it look, and wait until it has done what it began."""
    has_begun = reader.look()
    for thread in threading.enumerate():
        if thread.name == "members":
            thread.join(30)
    return has_begun


def reader(now: datetime.datetime = NOW) -> Reader:
    return Reader(clock=lambda: now)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "hours", "is_due"),
    [
        (State.APPLIED, 23, False),
        (State.APPLIED, 24, True),
        (State.UNCHANGED, 23, False),
        (State.REFUSED, 23, False),
        (State.FAILED, 0.4, False),
        (State.FAILED, 0.5, True),
    ],
)
def test_a_reading_is_due_a_day_after_the_last_one(
    state: str, hours: float, *, is_due: bool
) -> None:
    assert background.is_due(NOW)
    began = NOW - hours * HOUR
    SyncRun.objects.create(
        source="it",
        state=state,
        reason="why",
        digest="d",
        started_at=began,
        ended_at=NOW,
    )

    assert background.is_due(NOW) == is_due


@pytest.mark.django_db
def test_a_trial_asks_nobody(settings: Settings) -> None:
    assert not settings.SYNC_MEMBERS
    assert not look(reader())


def test_what_is_due_is_read_beside_other_work(house: Parliament) -> None:
    assert look(reader())

    assert SyncRun.objects.get().state == State.APPLIED
    assert Representative.objects.get().display_name == "Ms Ann Member1"
    assert not reading.kept_folder().exists()
    assert not look(reader(NOW + HOUR))


def test_a_fault_is_logged_and_tried_again_later(
    house: Parliament, caplog: pytest.LogCaptureFixture
) -> None:
    house.faults = [Fault("Search", status=500)]

    assert look(reader())

    assert "The members could not be read" in caplog.text
    assert SyncRun.objects.get().state == State.FAILED
    house.faults = []
    assert look(reader(NOW + HOUR))
    assert SyncRun.objects.newest_first()[0].state == State.APPLIED


def test_a_refusal_is_logged_with_its_number(
    house: Parliament, caplog: pytest.LogCaptureFixture
) -> None:
    look(reader())
    house.members.clear()

    look(reader(NOW + 25 * HOUR))

    run = SyncRun.objects.newest_first()[0]
    assert run.state == State.REFUSED
    assert f"waits for a person (run {run.pk})" in caplog.text


def test_of_two_workers_one_reads(house: Parliament) -> None:
    ImportLease.objects.create(
        register=Register.MEMBERS,
        holder="00000000-0000-0000-0000-000000000001",
        until=NOW + HOUR,
    )

    assert look(reader())

    assert not SyncRun.objects.exists()
    assert not house.asked


def test_a_worker_that_ends_stops_the_reading_and_the_next_goes_on(
    house: Parliament,
) -> None:
    for number in range(2, 6):
        make_constituency(code=f"E{number:08}", name=f"Seat {number}")
        house.members.append(member(number, f"Seat {number}"))
    house.faults = [Fault("/3/Contact", stalls=True, times=1)]
    stopped = reader()
    stopped.look()
    while not any("/3/Contact" in asked for asked in house.asked):
        threading.Event().wait(0.01)

    house.closed.set()
    stopped.end()

    assert SyncRun.objects.get().state == State.FAILED
    house.asked.clear()
    assert look(reader(NOW + 0.6 * HOUR))
    assert SyncRun.objects.newest_first()[0].state == State.APPLIED
    assert not any("/1/Contact" in asked for asked in house.asked)
