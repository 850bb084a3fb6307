import dataclasses
import datetime
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection

from representatives import importing, loading, lookup
from representatives.errors import (
    ImportRefusedError,
    ImportUnderWayError,
    RegisterError,
    SourceError,
)
from representatives.importing import Imported, Wish
from representatives.loading import Outcome
from representatives.lookup import Match
from representatives.models import (
    Constituency,
    ImportLease,
    PostcodeSector,
    Register,
    RegisterVersion,
    Representative,
)
from representatives.postcodes import Postcode
from representatives.snapshot import Snapshot
from tests.representatives.directories import (
    ASHFORD,
    AYR,
    GOWER,
    NORTHERN_IRELAND,
    ROWS,
    load_small_registers,
    make_directory,
)

pytestmark = pytest.mark.usefixtures("small_registers")

NOW = datetime.datetime(2026, 6, 10, 9, 0, tzinfo=datetime.UTC)


@pytest.fixture
def small_registers(no_registers: None, tmp_path: Path) -> None:
    load_small_registers(tmp_path)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime.datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += datetime.timedelta(seconds=seconds)


def run(file: Path, clock: Clock | None = None, **wish: Any) -> Imported:
    clock = clock or Clock()
    return importing.run(
        Wish(file, **wish), tell=lambda _taken: None, clock=clock, wait=clock.wait
    )


def rows() -> list[tuple[Any, ...]]:
    return list(
        PostcodeSector.objects.order_by("version", "sector", "constituency__code")
        .values_list("version__as_of", "sector", "constituency__code", "units")
    )  # fmt: skip


def everything() -> list[Any]:
    return [
        rows(),
        list(RegisterVersion.objects.order_by("pk").values()),
        list(ImportLease.objects.values()),
    ]


def found(text: str) -> tuple[Match, list[str]]:
    answer = lookup.find(Postcode.parse(text))
    return answer.match, [seat.code for seat in answer.candidates]


def test_an_edition_takes_the_place_of_the_older(tmp_path: Path) -> None:
    imported = run(make_directory(tmp_path))
    assert imported == Imported("2026-05", entries=5, ended=1, is_new=True)
    assert rows() == [
        ("2026-05", "AB1 1", ASHFORD, "AAAD"),
        ("2026-05", "AB1 1", AYR, "BA"),
        ("2026-05", "AB1 2", GOWER, "AAAB"),
    ]
    version = RegisterVersion.objects.current().get(register=Register.POSTCODES)
    assert (version.as_of, version.entries, version.loaded_at) == ("2026-05", 5, NOW)
    assert not ImportLease.objects.exists()


def test_a_postcode_that_ended_answers_likely(tmp_path: Path) -> None:
    assert found("AB1 1AB") == (Match.EXACT, [ASHFORD])
    run(make_directory(tmp_path))
    assert found("AB1 1AB") == (Match.LIKELY, [AYR])
    assert found("AB1 1AD") == (Match.EXACT, [ASHFORD])


def test_the_same_edition_again_changes_nothing(tmp_path: Path) -> None:
    file = make_directory(tmp_path)
    run(file)
    before = everything()
    assert run(file) == Imported("2026-05", entries=5, ended=1, is_new=False)
    assert everything() == before


def test_an_edition_that_was_put_right_is_loaded_again(tmp_path: Path) -> None:
    run(make_directory(tmp_path))
    assert run(make_directory(tmp_path, ROWS.replace("2AB", "2AD"))).is_new
    assert found("AB1 2AD")[0] == Match.EXACT


def test_the_shipped_snapshot_leaves_a_newer_directory_alone(tmp_path: Path) -> None:
    run(make_directory(tmp_path))
    before = rows()
    shipped = Snapshot.open(tmp_path / "built")
    assert loading.is_loaded(shipped)
    outcomes = [one.outcome for one in loading.load(shipped)]
    assert outcomes == [Outcome.SAME, Outcome.SAME, Outcome.OLDER]
    assert rows() == before


def test_an_older_edition_is_refused_unless_it_is_allowed(tmp_path: Path) -> None:
    run(make_directory(tmp_path))
    before = everything()
    older = make_directory(tmp_path, ROWS.replace("202605", "202602"))
    with pytest.raises(ImportRefusedError, match=r"is of 2026-02.*--allow-older"):
        run(older)
    assert everything() == before
    assert run(older, older=True).as_of == "2026-02"
    assert {row[0] for row in rows()} == {"2026-02"}


def test_an_edition_with_far_fewer_postcodes_is_refused_unless_it_is_allowed(
    tmp_path: Path,
) -> None:
    before = everything()
    file = make_directory(tmp_path, "".join(ROWS.splitlines(keepends=True)[:4]))
    with pytest.raises(ImportRefusedError, match="lists 3 live postcodes, and 4 are"):
        run(file)
    assert everything() == before
    assert run(file, fewer=True).entries == 3


def test_an_edition_without_an_area_is_refused_unless_it_is_allowed(
    tmp_path: Path,
) -> None:
    run(make_directory(tmp_path, f"{ROWS}ZE1 0AA,199001,,{AYR}\n"))
    before = everything()
    with pytest.raises(ImportRefusedError, match="no live postcode of ZE"):
        run(make_directory(tmp_path))
    assert everything() == before
    assert run(make_directory(tmp_path), fewer=True).is_new


def test_northern_ireland_is_loaded_where_its_licence_is_accepted(
    tmp_path: Path,
) -> None:
    file = make_directory(tmp_path, ROWS + NORTHERN_IRELAND)
    run(file)
    assert found("BT1 1AA")[0] == Match.UNKNOWN
    *_, said = lookup.about()
    assert "Northern Ireland" not in said.words + said.licence + said.attribution
    run(file, northern_ireland=True)
    assert found("BT1 1AA")[0] == Match.EXACT
    *_, said = lookup.about()
    assert "Northern Ireland are used under a licence of their own" in said.words
    assert "Northern Ireland End User Licence" in said.licence
    assert "Land & Property Services" in said.attribution


def test_northern_ireland_does_not_go_unnoticed(tmp_path: Path) -> None:
    file = make_directory(tmp_path, ROWS + NORTHERN_IRELAND)
    run(file, northern_ireland=True)
    with pytest.raises(ImportRefusedError, match="--accept-ni-licence to have them"):
        run(file)
    assert found("BT1 1AA")[0] == Match.EXACT
    run(file, fewer=True)
    assert found("BT1 1AA")[0] == Match.UNKNOWN


def test_the_page_about_the_data_says_whose_the_edition_is(tmp_path: Path) -> None:
    run(make_directory(tmp_path))
    *_, said = lookup.about()
    assert (said.as_of, said.entries) == ("May 2026", 5)
    assert "ended within the last five years" in said.words
    assert "Royal Mail copyright and database right 2026" in said.attribution
    assert said.licence == "Open Government Licence v3.0"


@pytest.mark.parametrize(
    ("rows_", "wish", "words"),
    [
        ("AB1 1AA,199001,,E14000530\n", {}, "line 2 has the seat E14000530"),
        (ROWS[:-3], {}, "line 7 names an unknown seat"),
        (
            ROWS.replace("202605", "").replace("199001", ""),
            {},
            "does not say of which month it is",
        ),
        (ROWS, {"as_of": "2026-07"}, "would be of 2026-07, which is to come"),
        (ROWS.replace("202605", "202607"), {}, "line 3 begins in a month to come"),
    ],
)
def test_a_file_that_is_not_right_changes_nothing(
    tmp_path: Path, rows_: str, wish: dict[str, Any], words: str
) -> None:
    before = everything()
    with pytest.raises(SourceError, match=words):
        run(
            make_directory(tmp_path, rows_.replace(",,E14000001", f",,{ASHFORD}")),
            **wish,
        )
    assert everything() == before


def test_without_seats_nothing_is_imported(tmp_path: Path) -> None:
    PostcodeSector.objects.all().delete()
    Representative.objects.all().delete()
    Constituency.objects.all().delete()
    with pytest.raises(ImportRefusedError, match="load_registers first"):
        run(make_directory(tmp_path))


def test_the_first_directory_of_all_is_imported(tmp_path: Path) -> None:
    RegisterVersion.objects.filter(register=Register.POSTCODES).delete()
    assert run(make_directory(tmp_path)).is_new
    assert found("AB1 1AA")[0] == Match.EXACT


def a_killed_import(until: datetime.datetime) -> None:
    """Leave behind what one leaves that was killed while it wrote."""
    current = RegisterVersion.objects.current().get(register=Register.POSTCODES)
    row = PostcodeSector.objects.all()[0]
    version = RegisterVersion.objects.create(
        register=Register.POSTCODES, as_of="2026-05", entries=9, loaded_at=NOW
    )
    PostcodeSector.objects.create(
        version=version,
        sector=row.sector,
        constituency=row.constituency,
        units="ZZ",
    )
    ImportLease.objects.create(
        register=Register.POSTCODES, holder=uuid.uuid4(), until=until, version=version
    )
    assert current.is_current


def test_what_a_killed_import_left_answers_nothing_and_is_cleared_away(
    tmp_path: Path,
) -> None:
    a_killed_import(NOW + datetime.timedelta(seconds=10))
    assert found("AB1 1ZZ")[0] == Match.SPLIT
    assert run(make_directory(tmp_path)).is_new
    assert {row[0] for row in rows()} == {"2026-05"}
    versions = RegisterVersion.objects.filter(register=Register.POSTCODES)
    assert sorted(versions.values_list("as_of", "entries")) == [
        ("2023-08", 4),
        ("2026-05", 5),
    ]


def test_a_second_import_at_the_same_time_is_refused(tmp_path: Path) -> None:
    a_killed_import(NOW + datetime.timedelta(seconds=10))
    before = rows()
    clock = Clock()

    def wait(seconds: float) -> None:
        clock.wait(seconds)
        ImportLease.objects.update(until=clock.now + datetime.timedelta(seconds=10))

    wish = Wish(make_directory(tmp_path))
    with pytest.raises(ImportUnderWayError, match="Another import of postcodes"):
        importing.run(wish, tell=lambda _taken: None, clock=clock, wait=wait)
    assert rows() == before
    assert ImportLease.objects.exists()


def test_an_import_that_stood_still_stops_when_another_took_over(
    tmp_path: Path,
) -> None:
    clock = Clock()

    def stand_still(_taken: int) -> None:
        clock.wait(60)
        ImportLease.objects.update(holder=uuid.uuid4())

    before = rows()
    wish = Wish(make_directory(tmp_path))
    with pytest.raises(ImportUnderWayError, match="Another import has taken over"):
        importing.run(wish, tell=stand_still, clock=clock, wait=clock.wait)
    assert rows() == before
    assert ImportLease.objects.exists()


def test_a_directory_of_boundaries_that_changed_meanwhile_is_refused(
    tmp_path: Path,
) -> None:
    """Also where none was loaded, which another would have been judged against."""
    RegisterVersion.objects.filter(register=Register.POSTCODES).delete()

    def change_boundaries(_taken: int) -> None:
        Constituency.objects.current().update(
            is_current=False, in_force_until=datetime.date(2026, 6, 10)
        )

    clock = Clock()
    with pytest.raises(ImportRefusedError, match="The boundaries changed while"):
        importing.run(
            Wish(make_directory(tmp_path)),
            tell=change_boundaries,
            clock=clock,
            wait=clock.wait,
        )
    assert rows() == []


def test_a_directory_that_was_loaded_meanwhile_stays(tmp_path: Path) -> None:
    def load_another(taken: int) -> None:
        if taken < (tmp_path / "directory.csv").stat().st_size:
            return
        versions = RegisterVersion.objects.filter(register=Register.POSTCODES)
        current = versions.get(is_current=True)
        versions.update(is_current=False)
        sectors = list(current.sectors.all())
        fields = {
            field.attname: getattr(current, field.attname)
            for field in RegisterVersion._meta.concrete_fields
        }
        other = RegisterVersion.objects.create(
            **{**fields, "id": None, "is_current": True, "digest": "another"}
        )
        for sector in sectors:
            sector.version = other
            sector.save()

    wish = Wish(make_directory(tmp_path))
    clock = Clock()
    with pytest.raises(ImportRefusedError, match="loaded in the meantime"):
        importing.run(wish, tell=load_another, clock=clock, wait=clock.wait)
    assert found("AB1 1AB") == (Match.EXACT, [ASHFORD])
    assert {row[0] for row in rows()} == {"2023-08"}
    assert not ImportLease.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_import_that_the_database_stops_leaves_nothing(tmp_path: Path) -> None:
    before = everything()

    def refuse(execute: Callable[..., Any], sql: str, *others: Any) -> Any:
        if sql.startswith("INSERT") and "postcodesector" in sql:
            raise OperationalError("disk is full")
        return execute(sql, *others)

    with (
        connection.execute_wrapper(refuse),
        pytest.raises(OperationalError),
    ):
        run(make_directory(tmp_path))
    assert everything() == before


def test_every_refusal_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="Put the register there"):
        run(tmp_path / "gone.csv")


def test_a_wish_agrees_to_nothing_by_itself() -> None:
    wish = dataclasses.asdict(Wish(Path("x")))
    assert not any(value for name, value in wish.items() if name != "path")
