import datetime
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from representatives.models import (
    ImportLease,
    PostcodeSector,
    Register,
    RegisterVersion,
    Representative,
    RepresentativeOverride,
)
from tests.registers import make_constituency, make_member

pytestmark = pytest.mark.usefixtures("registers")

DAY = datetime.date(2026, 1, 15)


def make_version(**fields: Any) -> RegisterVersion:
    return RegisterVersion.objects.create(
        **{
            "register": Register.POSTCODES,
            "as_of": "2020-01",
            "digest": "0" * 64,
            "entries": 1,
            "loaded_at": timezone.now(),
            **fields,
        }
    )


def refused_by(name: str, make: Callable[..., Any], **fields: Any) -> bool:
    """Whether the database refuses it, naming the constraint or what SQLite names."""
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        make(**fields)
    return name in str(raised.value)


def on_sqlite() -> bool:
    return connection.vendor == "sqlite"


def test_a_seat_has_one_current_representative() -> None:
    seat = make_member().constituency
    assert refused_by(
        "representative.constituency_id"
        if on_sqlite()
        else "one_current_representative_per_seat",
        make_member,
        constituency=seat,
    )
    assert make_member(constituency=seat, is_current=False).pk


def test_a_member_has_one_current_seat() -> None:
    member = make_member()
    assert refused_by(
        "representative.parliament_id"
        if on_sqlite()
        else "one_current_seat_per_member",
        make_member,
        parliament_id=member.parliament_id,
    )
    assert make_member(parliament_id=member.parliament_id, is_current=False).pk


def test_a_theyworkforyou_id_is_one_current_members_and_positive() -> None:
    make_member(theyworkforyou_id=910_001)
    assert refused_by(
        "representative.theyworkforyou_id"
        if on_sqlite()
        else "one_current_seat_per_theyworkforyou_id",
        make_member,
        theyworkforyou_id=910_001,
    )
    assert make_member(theyworkforyou_id=910_001, is_current=False).pk
    assert make_member(theyworkforyou_id=None).pk
    name = "theyworkforyou_ids_are_positive"
    assert refused_by(name, make_member, theyworkforyou_id=0)


def test_a_current_representative_has_not_ended() -> None:
    name = "current_representatives_have_not_ended"
    assert refused_by(name, make_member, ended=DAY)
    assert make_member(ended=DAY, is_current=False).pk


def test_a_term_does_not_end_before_it_starts() -> None:
    name = "terms_do_not_end_before_they_start"
    eve = DAY - datetime.timedelta(days=1)
    assert refused_by(name, make_member, started=DAY, ended=eve, is_current=False)
    assert make_member(started=DAY, ended=DAY, is_current=False).pk


def test_a_term_may_lack_either_date() -> None:
    assert make_member(started=None, ended=DAY, is_current=False).pk
    assert make_member(started=DAY, ended=None, is_current=False).pk


def test_a_country_is_one_of_the_four() -> None:
    assert refused_by("country_is_one_of_the_four", make_constituency, country="Jersey")


def test_a_register_is_one_of_the_three() -> None:
    assert refused_by("register_is_one_of_the_three", make_version, register="peers")


def test_a_register_has_one_current_version() -> None:
    assert refused_by(
        "registerversion.register"
        if on_sqlite()
        else "one_current_version_per_register",
        make_version,
        is_current=True,
    )
    assert make_version(is_current=False).pk


def test_a_sector_stands_once_for_each_seat_of_a_version() -> None:
    row = {
        "version": make_version(),
        "sector": "ZZ1 1",
        "constituency": make_constituency(),
        "units": "AA",
    }
    PostcodeSector.objects.create(**row)
    assert refused_by(
        "postcodesector.sector"
        if on_sqlite()
        else "one_row_per_version_sector_and_seat",
        PostcodeSector.objects.create,
        **row,
    )


def test_a_sector_row_has_units() -> None:
    assert refused_by(
        "every_sector_row_has_units",
        PostcodeSector.objects.create,
        version=make_version(),
        sector="ZZ1 1",
        constituency=make_constituency(),
        units="",
    )


def test_there_is_a_lease_for_the_registers_alone() -> None:
    assert refused_by(
        "lease_is_for_one_of_the_three",
        ImportLease.objects.create,
        register="peers",
        holder=uuid.uuid4(),
        until=timezone.now(),
    )


def test_two_seats_do_not_share_a_code() -> None:
    code = make_constituency().code
    assert refused_by("code", make_constituency, code=code)


def test_a_member_has_one_override() -> None:
    RepresentativeOverride.objects.create(parliament_id=1)
    assert refused_by(
        "parliament_id", RepresentativeOverride.objects.create, parliament_id=1
    )


def test_the_constraints_explain_themselves_to_staff() -> None:
    rival = Representative(
        constituency=make_member().constituency,
        parliament_id=1,
        full_title="Jo Lee MP",
        display_name="Jo Lee",
        address_as="Jo Lee",
        party="Independent",
        ended=DAY,
    )
    with pytest.raises(ValidationError) as raised:
        rival.full_clean()
    assert set(raised.value.messages) == {
        "This seat has a current representative: end that term first.",
        "A term that has ended is not current.",
    }


def test_ending_a_term_keeps_the_override() -> None:
    member = make_member(parliament_id=77)
    RepresentativeOverride.objects.create(parliament_id=77, address_as="Jo")
    member.delete()
    assert RepresentativeOverride.objects.filter(parliament_id=77).exists()


def test_rows_say_what_they_are() -> None:
    member = make_member()
    version = make_version()
    sector = PostcodeSector(sector="ZZ1 1", constituency=member.constituency)
    assert str(member) == "Ms Jo Marsden"
    assert str(version) == "postcodes as of 2020-01"
    until = datetime.datetime(2026, 6, 1, 9, 30, tzinfo=datetime.UTC)
    lease = ImportLease(register=Register.POSTCODES, until=until)
    assert str(lease) == "import of postcodes until 09:30:00"
    assert str(sector) == f"ZZ1 1 in {member.constituency_id}"
    assert str(member.constituency) == member.constituency.name
    assert str(RepresentativeOverride(parliament_id=7)) == "override for member 7"
