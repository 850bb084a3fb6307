"""The next review: it waits, is put in force as a whole, and keeps what was before."""

import contextlib
import datetime
import io
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core import checks
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from representatives import background, boundaries, loading, lookup, parliament, syncing
from representatives.errors import ImportRefusedError
from representatives.house import House
from representatives.kept_answers import Service
from representatives.loading import Outcome
from representatives.lookup import Match
from representatives.models import (
    ByElection,
    Constituency,
    ImportLease,
    KeptAnswer,
    ParliamentPeriod,
    PostcodeSector,
    Register,
    RegisterVersion,
    Representative,
    SyncRun,
)
from representatives.postcodes import Postcode
from representatives.snapshot import MemberRow, Snapshot
from representatives.sources.members import PROVENANCE
from representatives.syncing import Source
from tests.representatives.directories import (
    ASHFORD,
    BELFAST,
    HEAD,
    load_small_registers,
    make_directory,
)

TODAY = parliament.today()
DAY = TODAY + datetime.timedelta(days=200)
WEALD, CARRICK = "E14009001", "S14009001"
# Ashford is divided anew, Ayr is given another name, Gower goes; Belfast East stays.
SEATS = f"""\
code,name,name_cy,country,region,hex_q,hex_r
{WEALD},Ashford and the Weald,,England,South East,1,1
E14009002,Gower,Gŵyr,Wales,Wales,5,5
{CARRICK},Ayr and Carrick,,Scotland,Scotland,3,3
{BELFAST},Belfast East,,Northern Ireland,Northern Ireland,7,7
"""
ROWS = f"AB1 1AA,199001,,{WEALD}\nAB1 1BA,199001,,{CARRICK}\nAB1 2AA,199001,,{WEALD}\n"
FIRST = Postcode.parse("AB1 1AA")


@pytest.fixture(autouse=True)
def _small_registers(no_registers: None, tmp_path: Path) -> None:
    load_small_registers(tmp_path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return make_file(tmp_path)


def make_file(place: Path, text: str = SEATS) -> Path:
    made = place / "next.csv"
    made.write_text(text, encoding="utf-8")
    return made


def load(file: Path, *arguments: str, day: datetime.date = DAY) -> str:
    said = io.StringIO()
    call_command(
        "load_boundaries",
        str(file),
        "--seats=4",
        f"--in-force-from={day}",
        *arguments,
        stdout=said,
    )
    return said.getvalue()


def load_postcodes(place: Path, *arguments: str, rows: str = ROWS) -> str:
    said = io.StringIO()
    call_command(
        "import_postcodes",
        str(make_directory(place, rows)),
        "--as-of=2026-06",
        "--allow-fewer",
        *arguments,
        stdout=said,
    )
    return said.getvalue()


def seat_names() -> list[str]:
    return [seat.name for seat in lookup.seats()]


def row_of(code: str, number: int, started: datetime.date | None = None) -> MemberRow:
    return MemberRow(
        constituency=code,
        parliament_id=number,
        full_title="Dr Una Gray MP",
        display_name="Dr Una Gray",
        address_as="Dr Gray",
        party="Labour",
        email="una.gray@parliament.example",
        started=started,
    )


# --- Until their day ----------------------------------------------------------------


def test_until_their_day_nothing_changes(file: Path, tmp_path: Path) -> None:
    before = lookup.find(FIRST), seat_names()
    said = load(file)
    assert "4 seats: they wait for" in said
    assert "import_postcodes FILE --for-the-next-boundaries" in said
    said = load_postcodes(tmp_path, "--for-the-next-boundaries")
    assert f"to be answered from as of {DAY}" in said

    assert boundaries.put_in_force(DAY - datetime.timedelta(days=1)) is None
    assert (lookup.find(FIRST), seat_names()) == before
    assert lookup.seat(WEALD) is None
    assert lookup.as_of().postcodes == "2023-08"


def test_loading_them_again_moves_their_day_and_keeps_their_postcodes(
    file: Path, tmp_path: Path
) -> None:
    load(file)
    load_postcodes(tmp_path, "--for-the-next-boundaries")
    later = DAY + datetime.timedelta(days=21)

    said = load(file, day=later)

    assert "postcodes" not in said
    assert boundaries.waiting() == boundaries.Waiting(later, 4, has_postcodes=True)
    assert set(
        Constituency.objects.coming().values_list("in_force_from", flat=True)
    ) == {later}
    assert boundaries.put_in_force(DAY) is None
    assert boundaries.put_in_force(later) == later


def test_others_take_the_place_of_those_that_wait(file: Path, tmp_path: Path) -> None:
    load(file)
    load_postcodes(tmp_path, "--for-the-next-boundaries")

    said = load(make_file(tmp_path, SEATS.replace("Ashford and", "Tenterden and")))

    assert "postcodes of those that waited before are dropped" in said
    assert boundaries.waiting() == boundaries.Waiting(DAY, 4, has_postcodes=False)
    names = Constituency.objects.coming().values_list("name", flat=True)
    assert "Tenterden and the Weald" in names
    assert len(names) == 4


def test_they_can_be_dropped(file: Path, tmp_path: Path) -> None:
    load(file)
    load_postcodes(tmp_path, "--for-the-next-boundaries")
    said = io.StringIO()

    call_command("load_boundaries", "--forget", stdout=said)

    assert said.getvalue() == f"The boundaries that waited for {DAY} are dropped.\n"
    assert boundaries.waiting() is None
    assert not Constituency.objects.coming().exists()
    assert PostcodeSector.objects.count() == PostcodeSector.objects.current().count()
    with pytest.raises(CommandError, match="No boundaries wait for their day"):
        call_command("load_boundaries", "--forget")


def test_a_dry_run_changes_nothing(file: Path) -> None:
    assert load(file, "--dry-run") == f"4 seats: could wait for {DAY}.\n"
    assert boundaries.waiting() is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (SEATS.rsplit("N05", 1)[0], "lists 3 seats, not 4: it seems to be cut short"),
        (SEATS.replace("South East", "Kent"), "a region that is none of the twelve"),
        (SEATS.replace("Ayr and Carrick", "Gower"), "gives the name Gower to several"),
        (SEATS.replace("3,3", "5,5"), r"gives the cell on the map \(5, 5\) to several"),
        (SEATS.replace(CARRICK, WEALD), "gives the seat E14009001 a second time"),
        (SEATS.replace(CARRICK, "S14000900190"), "a code that is none"),
        ("code,name\n", "has no column"),
    ],
)
def test_a_file_that_cannot_be_right_is_refused(
    tmp_path: Path, text: str, why: str
) -> None:
    with pytest.raises(CommandError, match=why):
        load(make_file(tmp_path, text))
    assert boundaries.waiting() is None
    assert not Constituency.objects.coming().exists()


def test_boundaries_cannot_apply_before_those_in_force(file: Path) -> None:
    with pytest.raises(CommandError, match="those of 2024-07-04: the next ones cannot"):
        load(file, day=datetime.date(2024, 7, 4))


def test_the_command_needs_a_file_and_a_day(file: Path) -> None:
    with pytest.raises(CommandError, match="one of the arguments file --forget"):
        call_command("load_boundaries")
    with pytest.raises(CommandError, match="Say with --in-force-from"):
        call_command("load_boundaries", str(file))
    with pytest.raises(CommandError, match="'soon' is no day; write it as in"):
        call_command("load_boundaries", str(file), "--in-force-from=soon")


def test_without_boundaries_none_can_follow(file: Path) -> None:
    PostcodeSector.objects.all().delete()
    Representative.objects.all().delete()
    Constituency.objects.all().delete()
    with pytest.raises(CommandError, match=r"Run manage\.py load_registers first"):
        load(file)


def test_only_one_review_waits(file: Path) -> None:
    load(file)
    with pytest.raises(IntegrityError), transaction.atomic():
        RegisterVersion.objects.create(
            register=Register.CONSTITUENCIES,
            as_of="2040-01-01",
            digest="0",
            entries=1,
            loaded_at=timezone.now(),
            waits_for=DAY,
        )


# --- Their postcodes ----------------------------------------------------------------


def test_a_directory_is_of_one_set_of_boundaries(file: Path, tmp_path: Path) -> None:
    load(file)
    with pytest.raises(CommandError, match=f"{WEALD}, which is of boundaries that wai"):
        load_postcodes(tmp_path)
    with pytest.raises(CommandError, match=f"{ASHFORD}, which is of the boundaries in"):
        load_postcodes(
            tmp_path,
            "--for-the-next-boundaries",
            rows=f"AB1 1AA,199001,,{ASHFORD}\n",
        )


def test_without_boundaries_that_wait_no_directory_does(tmp_path: Path) -> None:
    with pytest.raises(
        CommandError, match=r"Load them with manage\.py load_boundaries"
    ):
        load_postcodes(tmp_path, "--for-the-next-boundaries")


def test_a_later_directory_takes_the_place_of_one_that_waits(
    file: Path, tmp_path: Path
) -> None:
    load(file)
    load_postcodes(tmp_path, "--for-the-next-boundaries")
    again = load_postcodes(tmp_path, "--for-the-next-boundaries")
    assert f"to be answered from as of {DAY}" in again
    load_postcodes(
        tmp_path, "--for-the-next-boundaries", rows=f"AB1 1AA,199001,,{CARRICK}\n"
    )
    load_postcodes(tmp_path, rows=f"AB1 1AA,199001,,{ASHFORD}\n")

    # An ordinary import clears away what was replaced, and lets the others wait.
    assert RegisterVersion.objects.waiting().count() == 2
    assert PostcodeSector.objects.filter(version__waits_for=DAY).count() == 1
    boundaries.put_in_force(DAY)
    assert lookup.find(FIRST).candidates[0].code == CARRICK


# --- On their day -------------------------------------------------------------------


@pytest.fixture
def in_force(file: Path, tmp_path: Path) -> None:
    load(file)
    load_postcodes(tmp_path, "--for-the-next-boundaries")
    assert boundaries.put_in_force(DAY) == DAY
    lookup.forget_seats()


def test_seats_and_postcodes_change_together(in_force: None) -> None:
    found = lookup.find(FIRST)
    assert (found.match, found.candidates[0].code) == (Match.EXACT, WEALD)
    assert found.as_of.postcodes == "2026-06"
    assert seat_names() == [
        "Ashford and the Weald",
        "Ayr and Carrick",
        "Belfast East",
        "Gower",
    ]
    assert lookup.seat(ASHFORD) is None
    assert next(about.as_of for about in lookup.about()) == f"{DAY.day} {DAY:%B %Y}"


def test_former_seats_keep_their_dates(in_force: None) -> None:
    former = Constituency.objects.get(code=ASHFORD)
    assert not former.is_current
    assert (former.in_force_from, former.in_force_until) == (
        datetime.date(2024, 7, 4),
        DAY,
    )
    kept = Constituency.objects.filter(code=BELFAST).order_by("in_force_from")
    assert [seat.is_current for seat in kept] == [False, True]
    of_code_on = Constituency.objects.of_code_on
    assert of_code_on(BELFAST, DAY)[0] == kept[1]
    assert of_code_on(BELFAST, DAY - datetime.timedelta(days=1))[0] == kept[0]
    assert of_code_on(ASHFORD, DAY).get() == former


def test_it_is_done_once(in_force: None) -> None:
    assert boundaries.put_in_force(DAY) is None
    assert boundaries.waiting() is None
    current = RegisterVersion.objects.current().values_list("register", flat=True)
    assert sorted(current) == ["constituencies", "postcodes"]


def test_nobody_sits_in_a_former_seat(in_force: None) -> None:
    assert not Representative.objects.current().exists()
    assert Representative.objects.count() == 3


def test_without_postcodes_of_theirs_nobody_is_led_to_a_former_seat(
    file: Path,
) -> None:
    load(file)
    boundaries.put_in_force(DAY)
    assert lookup.find(FIRST).match == Match.UNKNOWN


def test_what_other_services_said_of_former_seats_is_forgotten(file: Path) -> None:
    KeptAnswer.objects.keep(FIRST, ASHFORD, Service.PARLIAMENT, TODAY)
    load(file)
    boundaries.put_in_force(DAY)
    assert not KeptAnswer.objects.exists()


def test_the_clock_knows_of_the_election(in_force: None) -> None:
    assert parliament.on(DAY).state == ParliamentPeriod.State.DISSOLVED
    after = parliament.on(DAY + datetime.timedelta(days=1))
    assert after.state == ParliamentPeriod.State.COUNTING
    assert after.is_awaiting_the_register
    assert after.is_filling


def test_a_house_without_anybody_opens_nothing(in_force: None) -> None:
    after = DAY + datetime.timedelta(days=1)
    nobody = House(as_of=after, provenance=PROVENANCE, members=())
    syncing.run(Source("a test", lambda _alive: nobody))
    assert not parliament.on(after).has_members


def test_boundaries_put_in_force_late_open_nothing_either(
    file: Path, tmp_path: Path
) -> None:
    load(file)
    RegisterVersion.objects.current().filter(register=Register.MEMBERS).update(
        as_of=(DAY + datetime.timedelta(days=5)).isoformat()
    )
    late = DAY + datetime.timedelta(days=10)
    assert boundaries.put_in_force(late) == DAY
    assert not parliament.on(late).has_members


def test_boundaries_begin_with_an_election_whatever_was_said_of_its_eve(
    file: Path,
) -> None:
    """By mistake: the day is wrong, or Parliament was dissolved after all."""
    load(file)
    eve = DAY - datetime.timedelta(days=1)
    for state, begins_on in (("sitting", TODAY), ("recess", eve)):
        ParliamentPeriod.objects.create(state=state, begins_on=begins_on)
    boundaries.put_in_force(DAY)
    for days in (0, 1, 9):
        assert not parliament.on(DAY + datetime.timedelta(days=days)).has_members


def test_a_by_election_in_a_former_seat_is_none_in_the_next_of_its_code(
    file: Path,
) -> None:
    ByElection.objects.create(
        constituency=Constituency.objects.current().get(code=BELFAST),
        polling_on=TODAY + datetime.timedelta(days=9),
    )
    assert lookup.by_election(BELFAST)
    load(file)
    boundaries.put_in_force(DAY)
    assert lookup.by_election(BELFAST) is None


def test_members_that_were_read_for_former_seats_are_not_written(
    file: Path,
) -> None:
    """A reading takes minutes, and the boundaries change within them."""
    load(file)
    members = tuple(
        row_of(term.constituency.code, term.parliament_id)
        for term in Representative.objects.select_related("constituency")
    )

    def read(alive: Callable[[], object]) -> House:
        return House(as_of=DAY, provenance=PROVENANCE, members=members)

    def change_and_tell() -> datetime.datetime:
        if SyncRun.objects.exists():
            boundaries.put_in_force(DAY)
        return timezone.now()

    with pytest.raises(ImportRefusedError, match="The boundaries changed while"):
        syncing.run(Source("a test", read), clock=change_and_tell)
    assert SyncRun.objects.get().state == SyncRun.State.FAILED
    assert not Representative.objects.current().exists()


@pytest.mark.django_db(transaction=True)
def test_boundaries_that_change_while_members_are_written_wait_or_are_noticed(
    file: Path,
) -> None:
    """Either the writing waits and is refused, or the change waits for the writing."""
    load(file)
    members = tuple(
        row_of(term.constituency.code, term.parliament_id)
        for term in Representative.objects.select_related("constituency")
    )
    newcomer = row_of(ASHFORD, 77)
    members = (newcomer, *(row for row in members if row.constituency != ASHFORD))
    house = House(as_of=TODAY, provenance=PROVENANCE, members=members, doubts=("New",))
    refused = syncing.run(Source("a test", lambda _alive: house))
    is_written = threading.Event()

    def change() -> None:
        with contextlib.closing(connection), transaction.atomic():
            boundaries.put_in_force(DAY)
            is_written.set()
            # Whoever writes members down has to wait here.
            time.sleep(0.5)

    thread = threading.Thread(target=change)

    def change_and_tell() -> datetime.datetime:
        in_hand = connection.in_atomic_block
        if in_hand and not thread.ident:
            thread.start()
            # Never on SQLite, which lets one write at a time.
            is_written.wait(1)
        return timezone.now()

    with contextlib.suppress(ImportRefusedError):
        syncing.run(
            Source("a test", lambda _alive: house),
            confirmed=refused,
            clock=change_and_tell,
        )
    thread.join()

    assert thread.ident
    assert not Representative.objects.current().exists()


def test_after_a_change_the_members_are_read_soon(in_force: None) -> None:
    now = timezone.now()
    SyncRun.objects.create(
        source="a test",
        state=SyncRun.State.UNCHANGED,
        started_at=now - datetime.timedelta(hours=1),
        ended_at=now,
    )
    assert background.is_due(now)


def test_nobody_can_be_made_to_sit_in_a_former_seat(in_force: None) -> None:
    term = Representative.objects.filter(constituency__code=ASHFORD)[0]
    term.is_current = True
    with pytest.raises(ValidationError, match="Ashford is a seat of other boundaries"):
        term.full_clean()


def test_a_killed_import_does_not_keep_the_next_boundaries_from_being_dropped(
    file: Path,
) -> None:
    load(file)
    now = timezone.now()
    half = RegisterVersion.objects.create(
        register=Register.POSTCODES,
        as_of="2026-06",
        digest="0",
        entries=1,
        loaded_at=now,
    )
    PostcodeSector.objects.create(
        version=half,
        sector="AB1 1",
        constituency=Constituency.objects.coming()[0],
        units="AA",
    )
    lease = ImportLease.objects.create(
        register=Register.POSTCODES,
        holder=uuid.uuid4(),
        until=now + datetime.timedelta(minutes=1),
        version=half,
    )
    with pytest.raises(ImportRefusedError, match="Postcodes are being imported"):
        boundaries.forget(now)
    assert boundaries.forget(lease.until) == DAY
    assert not Constituency.objects.coming().exists()


def test_what_staff_said_of_the_election_stays(file: Path) -> None:
    dissolved = DAY - datetime.timedelta(days=25)
    for state, begins_on in (
        (ParliamentPeriod.State.DISSOLVED, dissolved),
        (ParliamentPeriod.State.COUNTING, DAY + datetime.timedelta(days=1)),
    ):
        ParliamentPeriod.objects.create(state=state, begins_on=begins_on)
    load(file)
    boundaries.put_in_force(DAY)
    assert ParliamentPeriod.objects.count() == 2
    assert parliament.on(DAY).state == ParliamentPeriod.State.DISSOLVED


def test_boundaries_whose_day_has_come_apply_at_once(file: Path) -> None:
    assert load(file, day=TODAY) == "4 seats: in force.\n"
    assert lookup.seat(WEALD)


def test_those_elected_fill_the_new_seats(in_force: None) -> None:
    elected = (
        row_of(WEALD, 11, DAY),
        # Who sat in the same seat before the boundaries changed.
        row_of(BELFAST, 12, datetime.date(2024, 7, 4)),
    )
    after = DAY + datetime.timedelta(days=1)
    house = House(as_of=after, provenance=PROVENANCE, members=elected)
    syncing.run(Source("a test", lambda _alive: house))

    current = Representative.objects.current().select_related("constituency")
    assert {
        (term.parliament_id, term.constituency.code, term.constituency.is_current)
        for term in current
    } == {(11, WEALD, True), (12, BELFAST, True)}
    assert parliament.on(after).has_members
    member = lookup.find(FIRST).candidates[0].representative
    assert member is not None
    assert member.display_name == "Dr Una Gray"


def test_the_shipped_snapshot_never_brings_former_boundaries_back(
    in_force: None, tmp_path: Path
) -> None:
    snapshot = Snapshot.open(tmp_path / "built")
    RegisterVersion.objects.filter(register=Register.POSTCODES, is_current=True).update(
        is_current=False
    )

    assert loading.is_loaded(snapshot)
    assert {one.outcome for one in loading.load(snapshot)} == {Outcome.FORMER}
    assert lookup.find(FIRST).match == Match.UNKNOWN
    assert "Ashford" not in seat_names()


# --- Whoever runs it is told --------------------------------------------------------


def warnings() -> set[str]:
    return {
        str(message.id)
        for message in checks.run_checks(databases=["default"])
        if "representatives.W002" < str(message.id) < "representatives.W999"
    }


def test_boundaries_that_are_overdue_or_lack_postcodes_are_warned_of(
    file: Path, tmp_path: Path
) -> None:
    load(file)
    assert warnings() == set()
    load(file, day=TODAY + datetime.timedelta(days=30))
    assert warnings() == {"representatives.W004"}
    load_postcodes(tmp_path, "--for-the-next-boundaries")
    assert warnings() == set()
    RegisterVersion.objects.waiting().update(waits_for=TODAY)
    assert warnings() == {"representatives.W003"}
    boundaries.put_in_force(TODAY)
    assert warnings() == {"representatives.W006"}, "no members"
    RegisterVersion.objects.filter(register=Register.MEMBERS).update(is_current=True)
    assert warnings() == set()


def test_counting_that_does_not_end_is_warned_of() -> None:
    begun = parliament.today() - datetime.timedelta(days=14)
    period = ParliamentPeriod.objects.create(
        state=ParliamentPeriod.State.COUNTING, begins_on=begun
    )
    assert warnings() == set()
    period.begins_on = begun - datetime.timedelta(days=1)
    period.save()
    assert warnings() == {"representatives.W005"}


def test_the_head_of_a_directory_is_not_enough(file: Path, tmp_path: Path) -> None:
    load(file)
    (tmp_path / "empty.csv").write_text(HEAD)
    with pytest.raises(CommandError):
        call_command(
            "import_postcodes",
            str(tmp_path / "empty.csv"),
            "--for-the-next-boundaries",
        )
    assert boundaries.waiting() == boundaries.Waiting(DAY, 4, has_postcodes=False)
