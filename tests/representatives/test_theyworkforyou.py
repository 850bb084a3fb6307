"""A House read from TheyWorkForYou: whom we know there, and what it may change."""

import datetime
import io
import logging
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from representatives import parliament, reading, syncing
from representatives.errors import SourceError
from representatives.models import (
    Office,
    OfficeKind,
    Register,
    RegisterVersion,
    Representative,
    RepresentativeOverride,
    SyncRun,
)
from representatives.sources import http
from representatives.sources.http import Client
from tests.parliament import Parliament, Time, commons, member
from tests.registers import make_constituency, make_member
from tests.theyworkforyou import KEY, TheyWorkForYou, listed, office, theyworkforyou

__all__ = ["commons", "theyworkforyou"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_registers")]

NOW = datetime.datetime(2026, 11, 26, 12, 0, tzinfo=datetime.UTC)
TODAY = NOW.date()
STARTED = datetime.date(2024, 7, 4)
State = SyncRun.State
SEATS = [f"Seat {letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PAUSES", ())


@pytest.fixture
def house(theyworkforyou: TheyWorkForYou) -> TheyWorkForYou:
    """A House of 26 seats, so that one seat is 4 %, known and listed alike."""
    for number, name in enumerate(SEATS, start=1):
        make_member(
            constituency=make_constituency(code=f"E{number:08}", name=name),
            parliament_id=number,
            theyworkforyou_id=10_000 + number,
            full_title=f"Rt Hon Ann Member{number} MP",
            display_name=f"Ms Ann Member{number}",
            address_as=f"Ms Member{number}",
            party="Labour",
            started=STARTED,
        )
        entry = listed(10_000 + number, f"Ann Member{number}", name)
        theyworkforyou.members.append(entry)
    return theyworkforyou


def sync(house: TheyWorkForYou, *, confirm: bool = False) -> SyncRun:
    """Read it, and with ``confirm`` agree to what it changes."""

    def read(confirmed: SyncRun | None = None) -> SyncRun:
        source = reading.from_theyworkforyou(Client(house.url), KEY, TODAY)
        return syncing.run(source, confirmed=confirmed, clock=lambda: NOW)

    run = read()
    return read(run) if confirm and run.state == State.REFUSED else run


def command(*words: object) -> str:
    out = io.StringIO()
    asked = ("--from", "theyworkforyou", *map(str, words))
    call_command("sync_members", *asked, stdout=out, stderr=out)
    return out.getvalue()


def everything() -> list[Any]:
    versions = RegisterVersion.objects.order_by("pk").values()
    return [*Representative.objects.order_by("pk").values(), *versions]


def holder(letter: str) -> Representative | None:
    current = Representative.objects.current()
    return current.filter(constituency__name=f"Seat {letter}").first()


# --- What is read -------------------------------------------------------------------


def test_who_is_known_and_sits_as_before_is_no_change(house: TheyWorkForYou) -> None:
    run = sync(house)

    assert (run.state, run.source) == (State.UNCHANGED, house.url)
    [asked] = house.asked
    assert asked.startswith("/api/getMPs?")
    version = RegisterVersion.objects.current().get(register=Register.MEMBERS)
    assert version.as_of == TODAY.isoformat()
    assert "TheyWorkForYou (mySociety)" in version.attribution
    assert version.licence == "Creative Commons Attribution-ShareAlike 2.5"


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "text/javascript; charset=utf-8",
        "text/javascript; charset=iso-8859-1",
    ],
)
def test_letters_with_accents_arrive_whatever_the_type(
    house: TheyWorkForYou, kind: str
) -> None:
    seat = make_constituency(name="Ynys Môn")
    make_member(constituency=seat, display_name="Siân Rhŷs", party="Sinn Féin")
    entry = listed(20_000, "Siân Rhys", "Ynys Môn", party="Sinn Féin")
    house.members.append(entry)
    house.content_type = kind

    assert sync(house).state == State.APPLIED

    assert Representative.objects.get(constituency=seat).theyworkforyou_id == 20_000


def test_whose_id_is_unknown_is_known_by_the_name_at_the_seat(
    house: TheyWorkForYou,
) -> None:
    Representative.objects.filter(parliament_id=1).update(
        theyworkforyou_id=None, display_name="Sir Ann Member1 KC"
    )

    run = sync(house)

    assert run.summary == (
        "Changed: Rt Hon Ann Member1 MP, Seat A: TheyWorkForYou id: - -> 10001"
    )
    assert sync(house).state == State.UNCHANGED


def test_a_namesake_with_another_id_is_somebody_else(house: TheyWorkForYou) -> None:
    house.members[0]["person_id"] = "777"

    run = sync(house)

    assert run.state == State.REFUSED
    assert "write the id 777 into that term" in run.reason


# --- What changes -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Labour/Co-operative", "Labour (Co-op)"),
        ("Social Democratic and Labour Party", "Social Democratic & Labour Party"),
        ("DUP", "Democratic Unionist Party"),
        ("Sinn Fein", "Sinn Féin"),
        ("Green", "Green Party"),
        ("Independent", "Independent"),
    ],
)
def test_a_change_of_party_is_taken_by_the_name_that_we_have_for_it(
    house: TheyWorkForYou, theirs: str, ours: str
) -> None:
    house.members[0]["party"] = theirs

    run = sync(house)

    assert run.state == State.APPLIED
    assert run.summary == (
        f"Changed: Rt Hon Ann Member1 MP, Seat A: party: Labour -> {ours}"
    )


def test_a_party_that_nobody_had_waits_for_a_person(house: TheyWorkForYou) -> None:
    house.members[0]["party"] = "Tea Party"

    run = sync(house)

    assert run.state == State.REFUSED
    assert run.reason == "No member had the party 'Tea Party' before."


def test_nothing_that_it_does_not_know_is_taken_away(house: TheyWorkForYou) -> None:
    Office.objects.create(parliament_id=1, kind=OfficeKind.MINISTER, name="Minister")
    RepresentativeOverride.objects.create(parliament_id=1, email="own@mail.example")
    before = Representative.objects.filter(parliament_id=1).values().get()
    house.members[0]["office"] = [office("Transport Committee", "Member")]
    house.members[0]["party"] = "Independent"

    sync(house)

    after = Representative.objects.filter(parliament_id=1).values().get()
    assert after == before | {"party": "Independent"}
    assert Office.objects.current().get().name == "Minister"
    assert RepresentativeOverride.objects.get().email == "own@mail.example"


def test_the_winner_of_a_by_election_is_unknown_and_the_seat_without_a_member(
    house: TheyWorkForYou,
) -> None:
    house.members[0] = listed(26_999, "Jo Winner", "Seat A")
    before = everything()

    run = sync(house)

    assert run.state == State.REFUSED
    assert everything() == before
    assert run.summary.splitlines() == [
        "Left: Rt Hon Ann Member1 MP, Seat A",
        "Vacant: Seat A",
    ]
    assert "Jo Winner, whom TheyWorkForYou lists for Seat A, is not known" in run.reason
    assert "until Parliament's own register names one, or staff add the" in run.reason

    assert sync(house, confirm=True).state == State.APPLIED
    assert holder("A") is None
    assert holder("B") is not None


def test_parliaments_register_fills_the_seat_later(
    house: TheyWorkForYou, commons: Parliament, settings: Settings, tmp_path: Any
) -> None:
    settings.VAR_DIR = tmp_path
    house.members[0] = listed(26_999, "Jo Winner", "Seat A")
    sync(house, confirm=True)
    commons.members = [member(number, seat) for number, seat in enumerate(SEATS, 1)]
    commons.members[0] = member(900, "Seat A", nameDisplayAs="Mr Jo Winner")
    time = Time()
    client = Client(commons.url, clock=time.clock, sleep=time.sleep)
    source = reading.from_api(client, now=NOW, day=TODAY)
    assert syncing.run(source, clock=lambda: NOW).state == State.APPLIED

    run = sync(house)

    assert run.summary == (
        "Changed: Ms Ann Member900 MP, Seat A: TheyWorkForYou id: - -> 26999"
    )


def test_a_member_who_moved_keeps_what_is_known_but_the_start(
    house: TheyWorkForYou,
) -> None:
    house.members[0]["constituency"] = "Seat B"
    del house.members[1]
    email = Representative.objects.get(parliament_id=1).email

    run = sync(house, confirm=True)

    assert run.summary.splitlines() == [
        "New: Rt Hon Ann Member1 MP (Labour), Seat B",
        "Moved: Rt Hon Ann Member1 MP, Seat A",
        "Vacant: Seat A",
        "Left: Rt Hon Ann Member2 MP, Seat B",
    ]
    term = holder("B")
    assert term
    assert (term.parliament_id, term.email, term.started) == (1, email, None)
    assert (term.address_as, term.theyworkforyou_id) == ("Ms Member1", 10_001)


def test_a_former_member_who_comes_back_elsewhere_waits_for_a_person(
    house: TheyWorkForYou,
) -> None:
    make_member(
        parliament_id=500, theyworkforyou_id=500, is_current=False, party="Labour"
    )
    house.members[2] = listed(500, "Jo Marsden", "Seat C")

    run = sync(house)

    assert run.state == State.REFUSED
    assert "is known from an earlier term for New Seat" in run.reason
    assert "New: Rt Hon Jo Marsden MP (Labour), Seat C" in run.summary


def test_whose_id_stands_at_an_earlier_term_only_sits_as_before(
    house: TheyWorkForYou,
) -> None:
    Representative.objects.filter(parliament_id=1).update(theyworkforyou_id=None)
    make_member(parliament_id=1, theyworkforyou_id=10_001, is_current=False)

    run = sync(house)

    assert run.state == State.APPLIED
    assert run.summary.endswith("Seat A: TheyWorkForYou id: - -> 10001")


def test_a_term_on_former_boundaries_is_an_earlier_one(house: TheyWorkForYou) -> None:
    former = make_constituency(
        code="E00000003",
        is_current=False,
        in_force_from=datetime.date(2010, 5, 6),
        in_force_until=STARTED,
    )
    make_member(
        constituency=former,
        parliament_id=500,
        theyworkforyou_id=500,
        is_current=False,
        started=datetime.date(2015, 5, 7),
    )
    house.members[2] = listed(500, "Jo Marsden", "Seat C")

    assert "is known from an earlier term for New Seat" in sync(house).reason
    sync(house, confirm=True)
    term = holder("C")
    assert term
    assert (term.parliament_id, term.started) == (500, None)


def test_a_list_that_lags_brings_nobody_back(house: TheyWorkForYou) -> None:
    Representative.objects.filter(parliament_id=1).update(is_current=False)

    assert sync(house).state == State.UNCHANGED

    assert holder("A") is None


# --- What is not believed -----------------------------------------------------------


def test_an_empty_list_waits_for_a_person_as_at_a_dissolution(
    house: TheyWorkForYou,
) -> None:
    house.members.clear()
    before = everything()

    run = sync(house)

    assert run.state == State.REFUSED
    assert "It would end 26 of 26 terms, more than 5%" in run.reason
    assert everything() == before


def _changed(**fields: Any) -> Callable[[TheyWorkForYou], None]:
    return lambda house: house.members[0].update(fields)


def _lacking(name: str) -> Callable[[TheyWorkForYou], None]:
    return lambda house: house.members[0].__delitem__(name)


def _answering(**said: Any) -> Callable[[TheyWorkForYou], None]:
    def set_all(house: TheyWorkForYou) -> None:
        for name, value in said.items():
            setattr(house, name, value)

    return set_all


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (_lacking("person_id"), r"getMPs\[0\]\.person_id is not there"),
        (_lacking("constituency"), "constituency is not there"),
        (_lacking("party"), "party is not there"),
        (_changed(name=None), "name is empty"),
        (_changed(person_id=10_001), "person_id is no text"),
        (_changed(person_id="0"), "person_id is no number"),
        (_changed(person_id="9" * 10), r"0\]\.person_id is no number"),
        (_changed(constituency="Atlantis"), "names no seat of ours: 'Atlantis'"),
        (_changed(constituency="Seat B"), "sits where another member does"),
        (_changed(person_id="10002"), "is listed a second time"),
        (_answering(body=b'{"members": []}'), "getMPs is no list"),
        (_answering(body=b'{"error": null}'), "gives no list: ''"),
        (_answering(body=b'{"error": "' + b"x" * 9_000 + b'"}'), "x{200}'"),
        (_answering(body=b"[]", status=500), "it answered 500"),
        (_answering(body=b"[]", status=403), "it answered 403"),
        (_answering(body=b"<p>Sorry", content_type="text/html"), "with 'text/html'"),
        (_answering(body=b"<p>Sorry"), "the answer is not JSON"),
        (_answering(breaks_off=True), "broke off"),
    ],
)
def test_a_fault_changes_nothing_and_is_named(
    house: TheyWorkForYou, spoil: Callable[[TheyWorkForYou], None], says: str
) -> None:
    spoil(house)
    before = everything()

    with pytest.raises(SourceError, match=says):
        sync(house)

    run = SyncRun.objects.newest_first()[0]
    assert run.state == State.FAILED
    assert "stays as it was" in run.reason
    assert everything() == before


# --- The key ------------------------------------------------------------------------


@pytest.mark.parametrize("is_there", [True, False])
def test_a_wrong_key_is_told_nowhere(
    house: TheyWorkForYou,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    *,
    is_there: bool,
) -> None:
    settings.THEYWORKFORYOU_KEY = secret = "WrongAndNobodysBusiness"
    if not is_there:
        # Nobody listens: the library's own error holds the whole address.
        settings.THEYWORKFORYOU_URL = "http://127.0.0.1:9"
    before = everything()

    with (
        caplog.at_level(logging.INFO),
        pytest.raises(CommandError) as refusal,
    ):
        command()

    run = SyncRun.objects.get()
    told = "".join(traceback.format_exception(refusal.value))
    words = "Invalid API key: …" if is_there else "the connection failed"
    assert words in str(refusal.value)
    assert words in run.reason
    assert secret not in told + caplog.text + str(SyncRun.objects.values())
    assert everything() == before


def test_without_a_key_it_says_where_to_get_one(
    house: TheyWorkForYou, settings: Settings
) -> None:
    settings.THEYWORKFORYOU_KEY = ""

    with pytest.raises(CommandError, match=r"theyworkforyou\.com/api/key and set THEY"):
        command()

    assert not house.asked


# --- The command --------------------------------------------------------------------


@pytest.mark.parametrize("word", ["--from-file", "--save-to"])
def test_files_are_of_parliaments_api_only(
    house: TheyWorkForYou, tmp_path: Any, word: str
) -> None:
    with pytest.raises(CommandError, match=f"^{word} is about the answers of Parl"):
        command(word, tmp_path)


def test_another_source_is_refused(house: TheyWorkForYou) -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("sync_members", "--from", "wikipedia")


def test_the_command_reads_says_and_confirms(
    house: TheyWorkForYou, commons: Parliament
) -> None:
    house.members[0]["party"] = "Independent"
    assert "party: Labour -> Independent" in command("--dry-run")
    assert not SyncRun.objects.exists()

    assert f"The members are as of {parliament.today()}." in command()

    house.members[0] = listed(26_999, "Jo Winner", "Seat A")
    with pytest.raises(CommandError, match="Refused: Jo Winner") as refusal:
        command()
    number = SyncRun.objects.newest_first()[0].pk
    assert f"sync_members --from theyworkforyou --confirm {number}" in str(
        refusal.value
    )
    command("--confirm", number)
    assert holder("A") is None
    assert not commons.asked


def test_a_list_that_may_lag_behind_brings_nobody_back_by_itself(
    house: TheyWorkForYou,
) -> None:
    Representative.objects.filter(parliament_id=1).update(
        is_current=False, missing_since="2026-11-20"
    )

    run = sync(house)

    assert run.state == State.REFUSED
    assert "lists 1 whose terms have ended, the first is Ann Member1 for Seat A" in (
        run.reason
    )
    assert holder("A") is None
    assert sync(house, confirm=True).state == State.APPLIED
    assert holder("A") is not None


def test_whose_term_staff_ended_is_passed_over(house: TheyWorkForYou) -> None:
    Representative.objects.filter(parliament_id=1).update(is_current=False)

    assert sync(house).state == State.UNCHANGED
    assert holder("A") is None
