import dataclasses
import datetime
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest

from representatives import loading, lookup, snapshot
from representatives.errors import SnapshotError
from representatives.loading import Outcome
from representatives.models import (
    Constituency,
    PostcodeSector,
    Register,
    RegisterVersion,
    Representative,
    RepresentativeOverride,
)
from representatives.snapshot import Snapshot
from representatives.sources import folder
from tests.registers import make_constituency, make_member
from tests.representatives.sources import make_folder

pytestmark = pytest.mark.usefixtures("no_registers")

Build = Callable[..., Snapshot]

NOW = datetime.datetime(2026, 7, 1, 9, 0, tzinfo=datetime.UTC)
LATER = NOW + datetime.timedelta(days=90)
ASHFORD, AYR, GOWER, BELFAST = "E14000001", "S14000107", "W07000001", "N05000001"


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Write a snapshot of the small sources, with other rows or dates where told."""
    registers = folder.read(make_folder(tmp_path / "sources"))

    def made(
        *,
        as_of: str | None = None,
        drop: Collection[str] = (),
        **members: dict[str, Any],
    ) -> Snapshot:
        """``members`` by name: fields to change; ``drop`` seats that fall vacant."""
        rows = [
            dataclasses.replace(row, **members.get(row.display_name.split()[-1], {}))
            for row in registers.members
            if row.constituency not in drop
        ]
        changed = dataclasses.replace(
            registers,
            members=tuple(rows),
            as_of={**registers.as_of, **({"members": as_of} if as_of else {})},
        )
        snapshot.write(changed, tmp_path / "built")
        return Snapshot.open(tmp_path / "built")

    return made


def everything() -> list[list[Any]]:
    return [
        list(rows.order_by("pk").values())
        for rows in (
            Constituency.objects.all(),
            Representative.objects.all(),
            PostcodeSector.objects.all(),
            RegisterVersion.objects.all(),
        )
    ]


def holder(code: str) -> Any:
    return Representative.objects.current().filter(constituency__code=code).first()


def test_everything_is_loaded(build: Build) -> None:
    loaded = loading.load(build(), now=NOW)
    assert [(one.register, one.outcome) for one in loaded] == [
        ("constituencies", Outcome.LOADED),
        ("members", Outcome.LOADED),
        ("postcodes", Outcome.LOADED),
    ]
    seat = Constituency.objects.get(code=AYR)
    assert (seat.former_codes, seat.country) == (["S14000006"], "Scotland")
    assert (seat.hex_q, seat.hex_r) == (3, 4)
    assert holder(ASHFORD).address_as == "Ms Lee"
    assert holder(ASHFORD).started == datetime.date(2024, 7, 4)
    assert holder(BELFAST) is None
    assert PostcodeSector.objects.current().count() == 3
    version = RegisterVersion.objects.current().get(register=Register.POSTCODES)
    assert (version.as_of, version.entries, version.loaded_at) == ("2023-08", 4, NOW)


def test_loading_twice_changes_nothing(build: Build) -> None:
    loading.load(build(), now=NOW)
    before = everything()
    loaded = loading.load(build(), now=LATER)
    assert {one.outcome for one in loaded} == {Outcome.SAME}
    assert everything() == before


def test_it_is_known_whether_a_snapshot_is_loaded(build: Build) -> None:
    first = build()
    assert not loading.is_loaded(first)
    loading.load(first, now=NOW)
    assert loading.is_loaded(first)
    newer = build(as_of="2026-09-01", Lee={"party": "Independent"})
    assert not loading.is_loaded(newer)
    loading.load(newer, now=LATER)
    assert loading.is_loaded(newer)
    assert loading.is_loaded(build())


def test_what_the_register_owns_is_put_right_in_place(build: Build) -> None:
    loading.load(build(), now=NOW)
    before = holder(ASHFORD)
    Representative.objects.filter(pk=before.pk).update(party="?", email="x@y.example")
    Constituency.objects.filter(code=ASHFORD).update(name="?", region="?")
    loading.load(build(), now=LATER)
    after = holder(ASHFORD)
    assert (after.pk, after.party, after.email) == (
        before.pk,
        "Labour",
        "ann@parliament.example",
    )
    assert after.constituency.name == "Ashford"
    assert after.constituency_id == before.constituency_id


def test_a_newer_register_changes_a_member_in_place(build: Build) -> None:
    loading.load(build(), now=NOW)
    before = holder(ASHFORD)
    newer = build(as_of="2026-09-01", Lee={"party": "Independent"})
    outcomes = [one.outcome for one in loading.load(newer, now=LATER)]
    assert outcomes == [Outcome.SAME, Outcome.LOADED, Outcome.SAME]
    assert (holder(ASHFORD).pk, holder(ASHFORD).party) == (before.pk, "Independent")
    versions = RegisterVersion.objects.filter(register=Register.MEMBERS)
    assert {(version.as_of, version.is_current) for version in versions} == {
        ("2026-06-27", False),
        ("2026-09-01", True),
    }


def test_an_older_register_changes_nothing(build: Build) -> None:
    loading.load(build(as_of="2026-09-01", Lee={"party": "Independent"}), now=NOW)
    before = everything()
    outcomes = [one.outcome for one in loading.load(build(), now=LATER)]
    assert outcomes == [Outcome.SAME, Outcome.OLDER, Outcome.SAME]
    assert everything() == before


def test_overrides_survive(build: Build) -> None:
    loading.load(build(), now=NOW)
    RepresentativeOverride.objects.create(parliament_id=11, email="a@example.org")
    before = list(RepresentativeOverride.objects.values())
    loading.load(build(as_of="2026-09-01", Lee={"email": "b@example.org"}), now=LATER)
    assert list(RepresentativeOverride.objects.values()) == before
    assert holder(ASHFORD).email == "b@example.org"
    seat = lookup.seat(ASHFORD)
    assert seat
    assert seat.representative
    assert seat.representative.email == "a@example.org"


def test_an_unknown_start_never_replaces_a_known_one(build: Build) -> None:
    loading.load(build(), now=NOW)
    loading.load(build(as_of="2026-09-01", Lee={"started": None}), now=LATER)
    assert holder(ASHFORD).started == datetime.date(2024, 7, 4)


def test_who_somebody_is_for_theyworkforyou_is_kept_wherever_they_sit(
    build: Build,
) -> None:
    loading.load(build(Lee={"theyworkforyou_id": 910_001}), now=NOW)
    assert holder(ASHFORD).theyworkforyou_id == 910_001

    loading.load(build(as_of="2026-08-01"), now=LATER)
    assert holder(ASHFORD).theyworkforyou_id == 910_001

    moved = build(as_of="2026-09-01", Lee={"constituency": BELFAST})
    loading.load(moved, now=LATER)
    assert holder(BELFAST).theyworkforyou_id == 910_001


@pytest.mark.parametrize("ended", [None, datetime.date(2026, 6, 30)])
@pytest.mark.parametrize("as_of", ["2026-06-27", "2026-09-01"])
def test_a_term_that_staff_ended_stays_ended(
    build: Build, ended: datetime.date | None, as_of: str | None
) -> None:
    loading.load(build(), now=NOW)
    Representative.objects.filter(parliament_id=11).update(
        is_current=False, ended=ended
    )
    loading.load(build(as_of=as_of), now=LATER)
    term = Representative.objects.get(parliament_id=11)
    assert (term.is_current, term.ended) == (False, ended)
    assert holder(ASHFORD) is None


def test_whom_staff_added_after_a_by_election_stays(build: Build) -> None:
    loading.load(build(), now=NOW)
    Representative.objects.filter(parliament_id=11).update(is_current=False)
    winner = make_member(constituency=Constituency.objects.get(code=ASHFORD))
    loading.load(build(), now=LATER)
    loading.load(build(as_of="2026-09-01"), now=LATER)
    assert holder(ASHFORD).pk == winner.pk


def test_a_term_that_a_newer_register_ended_stays_ended(build: Build) -> None:
    loading.load(build(as_of="2026-09-01", drop=[ASHFORD]), now=NOW)
    assert holder(ASHFORD) is None
    loading.load(build(), now=LATER)
    assert holder(ASHFORD) is None


def test_a_newer_register_ends_the_term_of_a_seat_that_fell_vacant(
    build: Build,
) -> None:
    loading.load(build(), now=NOW)
    loading.load(build(as_of="2026-09-01", drop=[ASHFORD]), now=LATER)
    term = Representative.objects.get(parliament_id=11)
    assert (term.is_current, term.ended) == (False, None)


def test_a_register_does_not_end_a_term_that_began_after_it(build: Build) -> None:
    loading.load(build(), now=NOW)
    Representative.objects.filter(parliament_id=11).update(is_current=False)
    winner = make_member(
        constituency=Constituency.objects.get(code=ASHFORD),
        started=datetime.date(2026, 9, 2),
    )
    loading.load(build(as_of="2026-09", drop=[GOWER]), now=LATER)
    loading.load(build(as_of="2026-09-01", drop=[ASHFORD]), now=LATER)
    assert holder(ASHFORD).pk == winner.pk
    loading.load(build(as_of="2026-09-01", Lee={"parliament_id": 99}), now=LATER)
    assert holder(ASHFORD).pk == winner.pk


def test_a_newer_register_puts_a_successor_in_the_seat(build: Build) -> None:
    loading.load(build(), now=NOW)
    loading.load(build(as_of="2026-09-01", Lee={"parliament_id": 99}), now=LATER)
    assert holder(ASHFORD).parliament_id == 99
    assert not Representative.objects.get(parliament_id=11).is_current


def test_a_member_may_move_to_another_seat(build: Build) -> None:
    loading.load(build(), now=NOW)
    moved = build(
        as_of="2026-09-01", Lee={"constituency": GOWER}, Rhys={"constituency": ASHFORD}
    )
    loading.load(moved, now=LATER)
    assert holder(GOWER).parliament_id == 11
    assert holder(ASHFORD).parliament_id == 13
    assert Representative.objects.filter(parliament_id__in=[11, 13]).count() == 4


def test_a_member_who_comes_back_begins_another_term(build: Build) -> None:
    loading.load(build(), now=NOW)
    ended = datetime.date(2026, 7, 1)
    Representative.objects.filter(parliament_id=11).update(
        is_current=False, ended=ended
    )
    back = build(as_of="2026-09-01", Lee={"started": datetime.date(2026, 8, 20)})
    loading.load(back, now=LATER)
    first, second = Representative.objects.filter(parliament_id=11).order_by("pk")
    assert (first.is_current, first.ended) == (False, ended)
    assert (second.is_current, second.started) == (True, datetime.date(2026, 8, 20))
    loading.load(back, now=LATER)
    assert Representative.objects.filter(parliament_id=11).count() == 2


def test_a_newer_directory_takes_the_place_of_the_older(
    build: Build, tmp_path: Path
) -> None:
    loading.load(build(), now=NOW)
    make_folder(
        tmp_path / "sources", postcodes=f"pcds,doterm,pcon\nAB1 9AA,,{ASHFORD}\n"
    )
    registers = folder.read(tmp_path / "sources")
    newer = dataclasses.replace(
        registers, as_of={**registers.as_of, "postcodes": "2026-08"}
    )
    snapshot.write(newer, tmp_path / "newer")
    loading.load(Snapshot.open(tmp_path / "newer"), now=LATER)
    assert [row.sector for row in PostcodeSector.objects.all()] == ["AB1 9"]
    assert PostcodeSector.objects.current().count() == 1


def test_the_words_of_a_licence_are_put_right_without_a_new_version(
    build: Build,
) -> None:
    loading.load(build(), now=NOW)
    RegisterVersion.objects.update(attribution="?")
    loading.load(build(), now=LATER)
    assert RegisterVersion.objects.count() == 3
    assert not RegisterVersion.objects.filter(attribution="?").exists()


def test_a_damaged_snapshot_changes_nothing(build: Build) -> None:
    loading.load(build(), now=NOW)
    before = everything()
    newer = build(as_of="2026-09-01", Lee={"party": "Independent"})
    (newer.folder / "members.csv").write_text("")
    with pytest.raises(SnapshotError):
        loading.load(newer, now=LATER)
    assert everything() == before


def test_a_seat_that_is_not_listed_is_refused_by_name(build: Build) -> None:
    strange = build(Lee={"constituency": "E14999999"})
    with pytest.raises(SnapshotError, match="names E14999999"):
        loading.load(strange, now=NOW)
    assert not Constituency.objects.exists()


def test_seats_beside_the_register_are_left_alone(build: Build) -> None:
    other = make_constituency()
    loading.load(build(), now=NOW)
    assert Constituency.objects.filter(pk=other.pk).exists()


def test_the_shipped_snapshot_is_meant_without_another() -> None:
    loading.load()
    assert loading.is_loaded()
    assert Representative.objects.current().count() == 650
