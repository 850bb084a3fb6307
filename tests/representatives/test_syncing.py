"""A House read from Parliament's API, judged, and written down as a whole."""

import datetime
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from pytest_django import Settings

from representatives import loading, lookup, reading, syncing, terms
from representatives.errors import RegisterError, SourceError, UnexpectedAnswerError
from representatives.models import (
    Office,
    OfficeKind,
    Register,
    RegisterVersion,
    Representative,
    RepresentativeOverride,
    SyncRun,
)
from representatives.sources.http import Client
from representatives.syncing import Source
from tests.parliament import Fault, Parliament, Time, commons, member, post
from tests.registers import make_constituency

__all__ = ["commons"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_registers")]

TODAY = datetime.date(2026, 11, 26)
DAY = datetime.timedelta(days=1)
NOW = datetime.datetime(2026, 11, 26, 12, 0, tzinfo=datetime.UTC)
State = SyncRun.State
SEATS = [f"Seat {letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def house(commons: Parliament) -> Parliament:
    """A House of 26 seats that has been read once, so that one seat is 4 %."""
    for number, seat in enumerate(SEATS, start=1):
        make_constituency(code=f"E{number:08}", name=seat)
        commons.members.append(member(number, seat))
    assert sync(commons, confirm=True).state == State.APPLIED
    commons.asked.clear()
    return commons


def source(commons: Parliament, day: datetime.date = TODAY) -> Source:
    time = Time()
    client = Client(commons.url, clock=time.clock, sleep=time.sleep)
    return reading.from_api(client, now=NOW, day=day)


def sync(
    commons: Parliament, day: datetime.date = TODAY, *, confirm: bool = False
) -> SyncRun:
    """Read it, and with ``confirm`` agree to whatever it changes."""
    forget()
    run = syncing.run(source(commons, day), clock=lambda: NOW)
    if confirm and run.state == State.REFUSED:
        return syncing.run(source(commons, day), confirmed=run, clock=lambda: NOW)
    return run


def forget() -> None:
    """As after an hour: what a run has kept is too old to be used."""
    folder = reading.kept_folder()
    for file in folder.glob("*") if folder.exists() else ():
        file.unlink()


def who_sits() -> dict[str, str]:
    return {
        term.constituency.name: term.display_name
        for term in Representative.objects.current().select_related("constituency")
    }


def seat(letter: str) -> Any:
    found = next(each for each in lookup.seats() if each.name == f"Seat {letter}")
    candidate = lookup.seat(found.code)
    assert candidate
    return candidate


# --- What is read -------------------------------------------------------------------


def test_a_member_is_read_as_parliament_writes_them(house: Parliament) -> None:
    term = Representative.objects.get(parliament_id=1)

    assert term.constituency.name == "Seat A"
    assert term.full_title == "Ms Ann Member1 MP"
    assert term.address_as == "Ms Member1"
    assert term.party == "Labour"
    assert term.email == "mp.1@parliament.example"
    assert term.started == datetime.date(2024, 7, 4)


def test_names_that_are_null_are_made_of_the_others(house: Parliament) -> None:
    house.members[0] = member(1, "Seat A", nameFullTitle=None, nameAddressAs=None)

    sync(house)

    term = Representative.objects.get(parliament_id=1)
    assert (term.full_title, term.address_as) == ("Ms Ann Member1 MP", "Ms Member1")


@pytest.mark.parametrize("email", [None, "", "not an address"])
def test_an_office_in_the_constituency_is_not_written_to(
    house: Parliament, email: str | None
) -> None:
    house.emails[1] = email

    run = sync(house)

    assert run.summary.startswith("Address gone: Ms Ann Member1 MP, Seat A")
    assert not Representative.objects.get(parliament_id=1).email


def test_offices_are_told_by_what_their_holders_can_do(house: Parliament) -> None:
    house.members[4] = member(5, "Seat E", latestParty={"name": "Sinn Féin"})
    house.members[5] = member(6, "Seat F", latestParty={"name": "Speaker"})
    house.presiding = [6, 7]
    house.government = {
        None: [post("Secretary of State", 1, department=3)],
        3: [
            post("Secretary of State", 1, department=3),
            post("Minister of State", 2, department=3),
            post("Lord Commissioner (Whip)", 3, department=3),
            post("Gone Minister", 4, department=3, ended="2026-01-01T00:00:00"),
            post("Minister in the Lords", 9999, department=3),
        ],
    }
    house.opposition = {None: [post("Shadow Secretary of State", 8)]}

    sync(house)

    held = set(Office.objects.current().values_list("parliament_id", "kind", "name"))
    assert held == {
        (1, OfficeKind.MINISTER, "Secretary of State"),
        (2, OfficeKind.MINISTER, "Minister of State"),
        (3, OfficeKind.WHIP, "Lord Commissioner (Whip)"),
        (5, OfficeKind.NO_SEAT, "takes no seat"),
        (6, OfficeKind.SPEAKER, "Speaker"),
        (7, OfficeKind.DEPUTY_SPEAKER, "Deputy Speaker"),
        (8, OfficeKind.OPPOSITION, "Shadow Secretary of State"),
    }
    minister = Office.objects.get(parliament_id=1)
    assert minister.started == datetime.date(2025, 9, 5)


@pytest.mark.parametrize(
    "name",
    [
        "Parliamentary Secretary to the Treasury (Chief Whip)",
        "Parliamentary Secretary to the Treasury",
        "Treasurer of HM Household (Deputy Chief Whip)",
        "Treasurer of HM Household",
        "Comptroller of HM Household",
        "Comptroller (HM Household)",
        "Vice-Chamberlain of HM Household",
        "Vice Chamberlain of His Majesty’s Household",
        "Lord Commissioner of HM Treasury",
        "Lords Commissioner (HM Treasury)",
        "Junior Lord of the Treasury",
        "Junior Lord (HM Treasury)",
        "Assistant Whip",
        "Assistant Whip (HM Treasury)",
        "Assistant Government Whip",
    ],
)
def test_whips_are_known_by_any_name_of_their_office(
    house: Parliament, name: str
) -> None:
    house.government = {None: [post(name, 1)]}
    sync(house)
    assert Office.objects.current().get().kind == OfficeKind.WHIP


@pytest.mark.parametrize(
    "name",
    [
        "Opposition Chief Whip (Commons)",
        "Opposition Deputy Chief Whip (Commons)",
        "Opposition Pairing Whip (Commons)",
        "Opposition Whip (Commons)",
        "Opposition Assistant Whip (Commons)",
    ],
)
def test_the_oppositions_whips_are_whips(house: Parliament, name: str) -> None:
    house.opposition = {None: [post(name, 1)]}
    sync(house)
    assert Office.objects.current().get().kind == OfficeKind.WHIP


@pytest.mark.parametrize(
    "name",
    [
        "Prime Minister, First Lord of the Treasury and Minister for the Civil Service",
        "Chancellor of the Exchequer and Second Lord of the Treasury",
        "Chief Secretary to the Treasury",
        "Financial Secretary (HM Treasury)",
        "Parliamentary Secretary (HM Treasury)",
        "Parliamentary Secretary (Cabinet Office)",
        "The Lord Chancellor and Secretary of State for Justice",
        "Lord President of the Council and Leader of the House of Commons",
    ],
)
def test_other_offices_of_the_treasury_make_nobody_a_whip(
    house: Parliament, name: str
) -> None:
    house.government = {None: [post(name, 1)]}
    sync(house)
    assert Office.objects.current().get().kind == OfficeKind.MINISTER


def test_a_run_that_was_interrupted_asks_nothing_twice(house: Parliament) -> None:
    forget()
    house.faults = [Fault("/20/Contact", status=404)]
    with pytest.raises(SourceError):
        syncing.run(source(house), clock=lambda: NOW)
    before = set(house.asked)
    house.faults, house.asked = [], []

    assert syncing.run(source(house), clock=lambda: NOW).state == State.UNCHANGED

    again = set(house.asked) & (before - {"/api/Members/20/Contact"})
    assert again == set()


# --- What changes -------------------------------------------------------------------


def test_a_by_election_ends_one_term_and_begins_another(house: Parliament) -> None:
    house.members[0] = member(
        900,
        "Seat A",
        latestHouseMembership={
            "membershipFrom": "Seat A",
            "membershipStartDate": "2026-11-20T00:00:00",
        },
    )

    run = sync(house)

    assert run.state == State.APPLIED
    assert run.summary.splitlines() == [
        "New: Ms Ann Member900 MP (Labour), Seat A",
        "Left: Ms Ann Member1 MP, Seat A",
    ]
    assert seat("A").representative.parliament_id == 900
    assert not Representative.objects.get(parliament_id=1).is_current


def test_a_resignation_leaves_the_seat_vacant(house: Parliament) -> None:
    del house.members[2]

    run = sync(house)

    assert run.summary.splitlines() == [
        "Left: Ms Ann Member3 MP, Seat C",
        "Vacant: Seat C",
    ]
    assert seat("C").representative is None


def test_a_reshuffle_ends_offices_and_begins_others(house: Parliament) -> None:
    house.government = {None: [post("Foreign Secretary", 1)]}
    sync(house)
    house.government = {None: [post("Foreign Secretary", 2)]}

    run = sync(house)

    assert run.summary.splitlines() == [
        "Office begun: Ms Ann Member2: Foreign Secretary",
        "Office ended: Ms Ann Member1: Foreign Secretary",
    ]
    ended = Office.objects.get(parliament_id=1)
    assert (ended.is_current, ended.ended) == (False, TODAY)


def test_a_change_of_party_is_told_as_it_was_and_is(house: Parliament) -> None:
    house.members[0] = member(1, "Seat A", latestParty={"name": "Independent"})

    run = sync(house)

    assert run.summary == (
        "Changed: Ms Ann Member1 MP, Seat A: party: Labour -> Independent"
    )
    assert seat("A").representative.party == "Independent"


def test_nothing_new_makes_the_register_younger_all_the_same(
    house: Parliament,
) -> None:
    tomorrow = TODAY + datetime.timedelta(days=1)

    run = sync(house, tomorrow)

    assert run.state == State.UNCHANGED
    versions = RegisterVersion.objects.filter(register=Register.MEMBERS)
    assert versions.get().as_of == tomorrow.isoformat()


def test_overrides_survive(house: Parliament) -> None:
    RepresentativeOverride.objects.create(parliament_id=1, email="own@mail.example")
    house.emails[1] = "new@parliament.example"

    sync(house)

    assert seat("A").representative.email == "own@mail.example"


def test_an_older_source_is_refused_and_brings_nobody_back(house: Parliament) -> None:
    gone = house.members.pop(0)
    sync(house)
    house.members.insert(0, gone)

    with pytest.raises(RegisterError, match="never replaces a newer one"):
        sync(house, TODAY - datetime.timedelta(days=30))

    assert "Seat A" not in who_sits()
    assert SyncRun.objects.newest_first()[0].state == State.FAILED


def test_whom_the_register_lists_again_later_sits_again(house: Parliament) -> None:
    term = Representative.objects.get(parliament_id=1)
    gone = house.members.pop(0)
    sync(house)
    house.members.insert(0, gone)
    run = sync(house)
    assert "Seat A" not in who_sits(), "nothing tells which of one day is the later"

    run = sync(house, TODAY + DAY)

    assert "Back: Ms Ann Member1 MP, Seat A" in run.summary.splitlines()
    assert "Vacant: Seat A" not in run.summary
    term.refresh_from_db()
    assert (term.is_current, term.missing_since) == (True, "")


def test_whoever_came_in_between_has_left(house: Parliament) -> None:
    gone = house.members.pop(0)
    house.members.append(member(77, "Seat A"))
    sync(house)
    house.members[-1] = gone

    run = sync(house, TODAY + DAY)

    assert who_sits()["Seat A"] == "Ms Ann Member1"
    assert "Left: Ms Ann Member77 MP, Seat A" in run.summary
    assert "Vacant: Seat A" not in run.summary


def test_those_reelected_after_a_dissolution_sit_again_and_others_do_not(
    house: Parliament,
) -> None:
    everybody = list(house.members)
    house.members.clear()
    sync(house, confirm=True)
    assert who_sits() == {}
    house.members.extend(everybody[1:])
    house.members.append(member(77, "Seat A"))

    sync(house, TODAY + DAY)

    assert len(who_sits()) == len(everybody)
    assert who_sits()["Seat A"] == "Ms Ann Member77"


def test_whom_staff_end_while_a_reading_is_applied_stays_ended(
    house: Parliament,
) -> None:
    house.members[0]["latestParty"]["name"] = "Independent"
    forget()
    proposal = syncing.propose(source(house).read(lambda: None))
    Representative.objects.filter(parliament_id=1).update(is_current=False)

    terms.carry_out(proposal.plan, int)

    term = Representative.objects.get(parliament_id=1)
    assert (term.party, term.is_current) == ("Independent", False)


@pytest.mark.parametrize("ended", [None, TODAY])
def test_whose_term_a_person_ended_does_not_sit_again(
    house: Parliament, ended: datetime.date | None
) -> None:
    Representative.objects.filter(parliament_id=1).update(is_current=False, ended=ended)
    sync(house, TODAY + DAY)
    assert "Seat A" not in who_sits()


def test_the_shipped_snapshot_leaves_a_newer_register_alone(house: Parliament) -> None:
    before = who_sits()

    outcomes = {one.register: one.outcome for one in loading.load()}

    assert outcomes[Register.MEMBERS] == loading.Outcome.OLDER
    assert who_sits() == before


# --- What is not believed -----------------------------------------------------------


def refused(house: Parliament) -> SyncRun:
    before = who_sits()
    run = sync(house)
    assert run.state == State.REFUSED
    assert who_sits() == before
    return run


def test_too_many_ends_at_once_wait_for_a_person(house: Parliament) -> None:
    del house.members[:2]

    run = refused(house)

    assert "It would end 2 of 26 terms, more than 5%" in run.reason
    assert "Vacant: Seat A" in run.summary


def test_too_many_addresses_gone_at_once_wait_for_a_person(house: Parliament) -> None:
    """As if the API told offices by other numbers from one day to the next."""
    house.emails = dict.fromkeys((1, 2))

    run = refused(house)

    assert "It would take 2 of 26 e-mail addresses from members who stay" in run.reason
    assert "Address gone: Ms Ann Member1 MP, Seat A" in run.summary
    assert Representative.objects.get(parliament_id=1).email


def test_a_house_in_which_nobody_governs_any_more_waits_for_a_person(
    house: Parliament,
) -> None:
    house.government = {None: [post("Minister", 1), post("Assistant Whip", 2)]}
    sync(house)
    house.government = {None: []}

    run = refused(house)

    assert run.reason == "It would leave nobody in government: 2 members were."
    assert Office.objects.current().count() == 2


def test_an_empty_house_waits_for_a_person_and_is_a_dissolution_then(
    house: Parliament,
) -> None:
    house.members.clear()
    run = refused(house)

    confirmed = syncing.run(source(house), confirmed=run, clock=lambda: NOW)

    run.refresh_from_db()
    assert (confirmed.state, run.state) == (State.APPLIED, State.CONFIRMED)
    assert who_sits() == {}


def test_a_list_that_is_cut_short_waits_for_a_person(house: Parliament) -> None:
    house.announced = 26
    del house.members[0]
    house.members.append(member(2, "Seat A"))
    house.members[-1]["id"] = 77
    del house.members[-1]

    run = refused(house)

    assert "The answer says 26 members and lists 25." in run.reason


def test_a_party_that_nobody_had_waits_until_it_is_confirmed_once(
    house: Parliament,
) -> None:
    house.members[0] = member(1, "Seat A", latestParty={"name": "Tea Party"})
    run = refused(house)
    assert "No member had the party 'Tea Party' before." in run.reason

    assert sync(house, confirm=True).state == State.APPLIED
    assert sync(house).state == State.UNCHANGED


def test_what_has_changed_since_it_was_looked_at_is_refused_again(
    house: Parliament,
) -> None:
    del house.members[:2]
    run = refused(house)
    del house.members[0]
    forget()

    again = syncing.run(source(house), confirmed=run, clock=lambda: NOW)

    assert again.state == State.REFUSED
    assert f"It is no longer what was confirmed (run {run.pk})" in again.reason


def _without(name: str) -> dict[str, Any]:
    changed = member(1, "Seat A")
    del changed[name]
    return changed


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (_without("nameDisplayAs"), r"members-0.items\[0\].value.nameDisplayAs is not"),
        (member(1, "Seat A", nameDisplayAs=None), "nameDisplayAs is empty"),
        (member(1, "Seat A", id="one"), "id is no number"),
        (member(1, "Seat A", latestParty=None), "latestParty.name is not there"),
        (member(1, "Atlantis"), "names no seat of ours: 'Atlantis'"),
        (member(1, "Seat B"), "sits where another member does"),
        (member(2, "Seat A"), "is listed a second time"),
        (
            member(
                1,
                "Seat A",
                latestHouseMembership={
                    "membershipFrom": "Seat A",
                    "membershipStartDate": "last year",
                },
            ),
            "membershipStartDate is no date",
        ),
        (
            member(
                1,
                "Seat A",
                latestHouseMembership={
                    "membershipFrom": "Seat A",
                    "membershipStartDate": "2999-01-01T00:00:00",
                },
            ),
            "membershipStartDate is still to come",
        ),
        # What SQLite takes and PostgreSQL does not, or neither.
        (member(1, "Seat A", nameDisplayAs="Ms A\0nn"), "holds what is no character"),
        (member(1, "Seat A", nameListAs=None, nameFullTitle="\ud800"), "no character"),
        (member(1, "Seat A", nameDisplayAs="Ms " + "A" * 200), "is far too long"),
        (member(1, "Seat A", latestParty={"name": "L" * 151}), "is far too long"),
        (member(0, "Seat A"), "id is no number of anybody"),
        (member(-5, "Seat A"), "id is no number of anybody"),
        (member(2**31, "Seat A"), "id is no number of anybody"),
    ],
)
def test_an_answer_of_another_shape_changes_nothing_and_is_named(
    house: Parliament, changed: dict[str, Any], says: str
) -> None:
    before = who_sits()
    house.members[0] = changed

    with pytest.raises(UnexpectedAnswerError, match=says):
        sync(house)

    run = SyncRun.objects.newest_first()[0]
    assert run.state == State.FAILED
    assert "stays as it was" in run.reason
    assert who_sits() == before


@pytest.mark.parametrize(
    "fault",
    [
        Fault("Search", status=500),
        Fault("Search", status=429, headers={"Retry-After": "1"}),
        Fault("Contact", content_type="text/html", body=b"<p>Sorry</p>"),
        Fault("skip=20", body=b'{"items": [{"val'),
        Fault("GovernmentPosts", body=b'{"items": []}'),
        Fault("SpeakerAndDeputies", status=404),
    ],
)
def test_a_server_with_a_fault_changes_nothing(house: Parliament, fault: Fault) -> None:
    before = who_sits()
    house.faults = [fault]
    del house.members[0]

    with pytest.raises(SourceError):
        sync(house)

    assert SyncRun.objects.newest_first()[0].state == State.FAILED
    assert who_sits() == before


def test_a_database_that_refuses_changes_nothing_and_the_record_says_so(
    house: Parliament,
) -> None:
    before = who_sits()
    house.members[0] = member(77, "Seat A")
    forget()

    def refuse(execute: Callable[..., Any], sql: str, *others: Any) -> Any:
        if sql.startswith("INSERT") and '"representatives_representative"' in sql:
            raise OperationalError("disk is full")
        return execute(sql, *others)

    with (
        connection.execute_wrapper(refuse),
        pytest.raises(OperationalError),
    ):
        syncing.run(source(house), clock=lambda: NOW)

    run = SyncRun.objects.newest_first()[0]
    assert run.state == State.FAILED
    assert run.reason == (
        "The database refused it (disk is full). What is loaded stays as it was."
    )
    assert who_sits() == before


@pytest.mark.django_db(transaction=True)
def test_what_was_applied_is_recorded_so_though_the_database_did_not_say_it(
    house: Parliament, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.members[0] = member(77, "Seat A")
    forget()
    commit, is_next = connection.commit, []

    def hear_of_the_end(
        execute: Callable[..., Any], sql: str, values: Any, *others: Any
    ) -> Any:
        if '"representatives_syncrun"' in sql and State.APPLIED in (values or ()):
            is_next.append(True)
        return execute(sql, values, *others)

    def break_off() -> None:
        commit()
        if is_next:
            is_next.clear()
            raise OperationalError("the database went away")

    monkeypatch.setattr(connection, "commit", break_off)
    with connection.execute_wrapper(hear_of_the_end):
        run = syncing.run(source(house), clock=lambda: NOW)

    assert (run.state, run.reason) == (State.APPLIED, "")
    assert SyncRun.objects.newest_first()[0].state == State.APPLIED
    assert 77 in Representative.objects.current().values_list(
        "parliament_id", flat=True
    )


def test_after_a_fault_of_shape_nothing_that_was_kept_is_read_again(
    house: Parliament,
) -> None:
    house.members[0] = member(1, "Seat A", nameDisplayAs=None)
    with pytest.raises(UnexpectedAnswerError):
        sync(house)
    house.members[0] = member(1, "Seat A")

    assert syncing.run(source(house), clock=lambda: NOW).state == State.UNCHANGED


def test_a_run_that_was_killed_is_closed_by_the_next_one(house: Parliament) -> None:
    killed = SyncRun.objects.create(source="killed", started_at=NOW)

    sync(house)

    killed.refresh_from_db()
    assert (killed.state, killed.reason) == (State.FAILED, "It was interrupted.")


# --- Files --------------------------------------------------------------------------

COLUMNS = (
    "constituency_code,parliament_id,full_title,display_name,party,email,elected_on"
)


def table(rows: Iterable[str]) -> str:
    return "\n".join([COLUMNS, *rows, ""])


def test_a_table_with_the_day_in_its_name_is_read(
    house: Parliament, tmp_path: Path
) -> None:
    rows = [
        f"E{number:08},{number},Ms Ann Member{number} MP,Ms Ann Member{number},Labour,"
        f"mp.{number}@parliament.example,2024-07-04"
        for number in range(2, 27)
    ]
    file = tmp_path / "members_2026-12-01.csv"
    file.write_text(table(rows))

    run = syncing.run(reading.from_files(file), clock=lambda: NOW)

    assert run.state == State.APPLIED
    assert run.as_of == "2026-12-01"
    assert "Vacant: Seat A" in run.summary


def test_a_table_without_a_day_asks_for_it(house: Parliament, tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    file.write_text(table([]))

    with pytest.raises(SourceError, match="Say it with --as-of"):
        syncing.run(reading.from_files(file), clock=lambda: NOW)
