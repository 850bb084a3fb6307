import dataclasses
from datetime import date
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from representatives import lookup
from representatives.lookup import AsOf, Found, Match, Member, Reason
from representatives.models import (
    Constituency,
    Portrait,
    PostcodeSector,
    Register,
    RegisterVersion,
    Representative,
    RepresentativeOverride,
)
from representatives.postcodes import Postcode
from tests.registers import make_constituency, make_member

pytestmark = pytest.mark.usefixtures("registers")

AS_OF = AsOf(postcodes="2023-08", members="2026-06-27")


def find(text: str) -> Found:
    return lookup.find(Postcode.parse(text))


def speaker(text: str) -> Member:
    [seat] = find(text).candidates
    assert seat.representative
    return seat.representative


def make_sector(
    sector: str, units: str, constituency: Constituency, ended: str = ""
) -> None:
    version = RegisterVersion.objects.current().get(register=Register.POSTCODES)
    PostcodeSector.objects.create(
        version=version,
        sector=sector,
        units=units,
        ended_units=ended,
        constituency=constituency,
    )


def test_a_postcode_of_the_directory_is_exact() -> None:
    found = find("sw1a1aa")
    assert (found.match, found.reason, found.as_of) == (Match.EXACT, "", AS_OF)
    assert str(found.postcode) == "SW1A 1AA"
    [seat] = found.candidates
    assert (seat.code, seat.name) == ("E14001172", "Cities of London and Westminster")
    assert (seat.country, seat.region, seat.share) == ("England", "London", 1.0)


def test_a_candidate_has_its_member() -> None:
    member = speaker("SW1A 1AA")
    term = Representative.objects.get(constituency__code="E14001172", is_current=True)
    assert dataclasses.asdict(member) == {
        "id": term.pk,
        "parliament_id": 5257,
        "display_name": "Rachel Blake",
        "full_title": "Rachel Blake MP",
        "address_as": "Rachel Blake",
        "party": "Labour (Co-op)",
        "email": "rachel.blake.mp@parliament.uk",
        "portrait": "",
    }
    assert member.has_email


def test_a_member_of_whom_there_is_a_portrait_knows_which() -> None:
    Portrait.objects.create(
        parliament_id=5257, picture=b"-", digest="abc", fetched_on=date(2026, 11, 26)
    )
    assert speaker("SW1A 1AA").portrait == "abc"


def test_a_unit_in_a_shared_sector_is_exact_in_its_own_seat() -> None:
    left, right = make_constituency(), make_constituency()
    make_sector("ZE9 9", "AAABAD", left)
    make_sector("ZE9 9", "BABB", right)
    assert [seat.code for seat in find("ZE9 9BB").candidates] == [right.code]
    assert find("ZE9 9BB").match == Match.EXACT


def test_two_letters_across_two_units_are_no_unit() -> None:
    make_sector("ZE9 9", "ABBDDA", make_constituency())
    assert find("ZE9 9BB").match == Match.LIKELY
    assert find("ZE9 9DD").match == Match.LIKELY
    assert find("ZE9 9BD").match == Match.EXACT


def test_a_unit_that_stands_across_two_others_first_is_still_found() -> None:
    make_sector("ZE9 9", "ABBABA", make_constituency())
    assert find("ZE9 9BA").match == Match.EXACT


def test_an_unknown_unit_in_an_unshared_sector_is_likely() -> None:
    seat = make_constituency()
    make_sector("ZE9 9", "AAAB", seat)
    found = find("ZE9 9ZZ")
    assert (found.match, found.reason, found.as_of) == (Match.LIKELY, "", AS_OF)
    assert [(c.code, c.share) for c in found.candidates] == [(seat.code, 1.0)]


def test_an_unknown_unit_in_a_shared_sector_is_split_by_share_of_units() -> None:
    small, large, middle = (make_constituency() for _ in range(3))
    make_sector("ZE9 9", "AA", small)
    make_sector("ZE9 9", "BABBBDBE", large)
    make_sector("ZE9 9", "DADBDD", middle)
    found = find("ZE9 9ZZ")
    assert (found.match, found.reason, found.as_of) == (Match.SPLIT, "", AS_OF)
    assert [(c.code, c.share) for c in found.candidates] == [
        (large.code, 0.5),
        (middle.code, 0.375),
        (small.code, 0.125),
    ]


def test_an_unknown_sector_is_unknown() -> None:
    found = find("AB99 9ZZ")
    assert (found.match, found.reason) == (Match.UNKNOWN, Reason.UNKNOWN_POSTCODE)
    assert found.candidates == ()
    assert found.as_of == AS_OF


def test_a_northern_irish_postcode_offers_the_18_seats_by_name() -> None:
    found = find("BT1 5GS")
    assert (found.match, found.reason) == (Match.UNKNOWN, Reason.NORTHERN_IRELAND)
    names = [seat.name for seat in found.candidates]
    assert len(names) == 18
    assert names == sorted(names)
    assert names[0] == "Belfast East"
    assert {seat.country for seat in found.candidates} == {"Northern Ireland"}
    assert all(seat.representative for seat in found.candidates)
    assert found.as_of == AS_OF


def test_no_northern_irish_postcode_is_shipped() -> None:
    assert not PostcodeSector.objects.filter(sector__startswith="BT").exists()


def test_a_vacant_seat_has_no_representative() -> None:
    seat = make_constituency()
    make_member(constituency=seat, is_current=False)
    make_sector("ZE9 9", "AA", seat)
    [candidate] = find("ZE9 9AA").candidates
    assert candidate.representative is None


def test_only_the_current_of_several_terms_speaks_for_a_seat() -> None:
    seat = make_constituency()
    make_member(constituency=seat, is_current=False)
    current = make_member(constituency=seat)
    make_member(constituency=seat, is_current=False)
    make_sector("ZE9 9", "AA", seat)
    assert speaker("ZE9 9AA").id == current.pk


@pytest.mark.parametrize("known", [{"email": "new@example.org"}, {"address_as": "Jo"}])
def test_staff_know_better_and_what_they_left_blank_is_the_registers(
    known: dict[str, Any],
) -> None:
    member = make_member()
    make_sector("ZE9 9", "AA", member.constituency)
    before = speaker("ZE9 9AA")
    RepresentativeOverride.objects.create(parliament_id=member.parliament_id, **known)
    assert speaker("ZE9 9AA") == dataclasses.replace(before, **known)


def test_staff_can_give_an_address_to_whoever_publishes_none() -> None:
    member = make_member(email="")
    make_sector("ZE9 9", "AA", member.constituency)
    assert not speaker("ZE9 9AA").has_email
    RepresentativeOverride.objects.create(
        parliament_id=member.parliament_id, email="new@example.org"
    )
    assert speaker("ZE9 9AA").has_email


def test_what_staff_know_goes_with_the_person_from_seat_to_seat() -> None:
    RepresentativeOverride.objects.create(parliament_id=77, address_as="Jo")
    make_member(parliament_id=77, is_current=False)
    member = make_member(parliament_id=77)
    make_sector("ZE9 9", "AA", member.constituency)
    assert speaker("ZE9 9AA").address_as == "Jo"


def test_a_former_version_of_the_directory_answers_nothing() -> None:
    version = RegisterVersion.objects.create(
        register=Register.POSTCODES,
        as_of="2020-01",
        entries=1,
        loaded_at=timezone.now(),
        is_current=False,
    )
    PostcodeSector.objects.create(
        version=version, sector="ZE9 9", units="AA", constituency=make_constituency()
    )
    assert find("ZE9 9AA").match == Match.UNKNOWN


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("SW1A 1AA", Match.EXACT),
        ("ZE9 9ZZ", Match.LIKELY),
        ("AB10 1ZZ", Match.SPLIT),
        ("AB99 9ZZ", Match.UNKNOWN),
        ("BT1 5GS", Match.UNKNOWN),
    ],
)
def test_every_answer_takes_two_queries_at_most(
    text: str, match: Match, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_sector("ZE9 9", "AA", make_constituency())
    postcode = Postcode.parse(text)
    with django_assert_max_num_queries(2):
        found = lookup.find(postcode)
        assert found.as_of == AS_OF
    assert found.match == match


def test_a_seat_is_found_by_its_code(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1):
        seat = lookup.seat("N05000018")
    assert seat
    assert seat.name == "West Tyrone"
    assert seat.representative
    assert not seat.representative.has_email


def test_a_seat_is_found_by_its_former_code() -> None:
    seat = lookup.seat("S14000006")
    assert seat == lookup.seat("S14000107")
    assert seat
    assert seat.name == "Ayr, Carrick and Cumnock"


@pytest.mark.parametrize(
    "code", ["", "E14999999", "E14001172 ", "x\x00", "<later>", "é"]
)
def test_an_unknown_code_is_no_seat(code: str) -> None:
    assert lookup.seat(code) is None


def test_all_seats_are_listed_by_name() -> None:
    seats = lookup.seats()
    assert len(seats) == 650
    assert [seat.name for seat in seats] == sorted(seat.name for seat in seats)
    [wrexham] = [seat for seat in seats if seat.code == "W07000111"]
    assert (wrexham.name, wrexham.name_cy) == ("Wrexham", "Wrecsam")
    assert (wrexham.country, wrexham.region) == ("Wales", "Wales")


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [
        ("W07000111", "en-gb", "Wrexham"),
        ("W07000111", "cy", "Wrecsam"),
        ("W07000111", "ug", "Wrexham"),
        ("W07000112", "cy", "Ynys Môn"),
        ("E14001172", "cy", "Cities of London and Westminster"),
    ],
)
def test_a_seat_is_named_in_welsh_where_it_has_a_welsh_name(
    code: str, language: str, name: str
) -> None:
    seat = lookup.seat(code)
    assert seat is not None
    assert lookup.name_in(seat, language) == name
    [listed] = [each for each in lookup.seats() if each.code == code]
    assert lookup.name_in(listed, language) == name


def test_in_welsh_seats_stand_in_the_order_of_the_welsh_alphabet() -> None:
    welsh = [seat for seat in lookup.seats() if seat.country == "Wales"]
    in_order = sorted(welsh, key=lambda seat: lookup.sort_name(seat, "cy"))
    names = [lookup.name_in(seat, "cy") for seat in in_order]
    assert names[:3] == [
        "Aberafan Maesteg",
        "Aberhonddu, Maesyfed a Chwm Tawe",
        "Alun a Glannau Dyfrdwy",
    ]
    # Ff comes after f, and ŵ is a w.
    assert names.index("Caerfyrddin") + 1 == names.index("Caerffili")
    assert names.index("Gorllewin Casnewydd ac Islwyn") + 1 == names.index("Gŵyr")
    assert names[-1] == "Ynys Môn"


@pytest.mark.parametrize("language", ["en-gb", "tr", "ug"])
def test_in_other_languages_seats_stay_in_the_english_order(language: str) -> None:
    seats = lookup.seats()
    assert sorted(seats, key=lambda seat: lookup.sort_name(seat, language)) == list(
        seats
    )


def test_the_list_of_seats_is_read_once_for_each_register(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    lookup.seats()
    with django_assert_num_queries(1):
        lookup.seats()
    added = make_constituency()
    RegisterVersion.objects.current().filter(register=Register.CONSTITUENCIES).update(
        digest="another"
    )
    assert added.code in {seat.code for seat in lookup.seats()}


def test_the_page_about_the_data_says_whose_it_is() -> None:
    seats, members, postcodes = lookup.about()
    assert seats.title == "Constituencies"
    assert members.title == "Members of the House of Commons"
    assert postcodes.title == "Postcodes"
    assert [one.as_of for one in (seats, members, postcodes)] == [
        "July 2024",
        "27 June 2026",
        "August 2023",
    ]
    assert [one.entries for one in (seats, members, postcodes)] == [650, 650, 1_733_406]
    assert "Royal Mail data © Royal Mail copyright" in postcodes.attribution
    assert members.licence == "Open Parliament Licence v3.0"
    assert all(one.words and one.licence_url for one in (seats, members, postcodes))


def test_an_odd_date_of_a_register_is_shown_as_it_is() -> None:
    RegisterVersion.objects.current().update(as_of="soon")
    assert {one.as_of for one in lookup.about()} == {"soon"}


def test_without_registers_nothing_is_known(no_registers: None) -> None:
    found = find("SW1A 1AA")
    assert (found.match, found.reason) == (Match.UNKNOWN, Reason.UNKNOWN_POSTCODE)
    assert found.as_of == AsOf(postcodes="", members="")
    assert (find("BT1 5GS").candidates, find("BT1 5GS").as_of) == ((), found.as_of)
    assert lookup.seats() == ()
    assert lookup.about() == []


def test_the_welsh_seats_with_one_name_have_no_second() -> None:
    wales = Constituency.objects.filter(country="Wales")
    assert wales.count() == 32
    same = set(wales.filter(name_cy="").values_list("name", flat=True))
    assert same == {
        "Aberafan Maesteg",
        "Bangor Aberconwy",
        "Caerfyrddin",
        "Ceredigion Preseli",
        "Dwyfor Meirionnydd",
        "Llanelli",
        "Pontypridd",
        "Torfaen",
        "Ynys Môn",
    }


def test_a_postcode_that_ended_not_long_ago_is_likely_where_it_was() -> None:
    first, last = make_constituency(), make_constituency()
    make_sector("ZE9 9", "AA", first)
    make_sector("ZE9 9", "AB", last, ended="ZZ")
    found = find("ZE9 9ZZ")
    assert found.match == Match.LIKELY
    assert [(seat.code, seat.share) for seat in found.candidates] == [(last.code, 1.0)]


def test_a_live_postcode_is_exact_whatever_ended_beside_it() -> None:
    seat = make_constituency()
    make_sector("ZE9 9", "AB", seat)
    make_sector("ZE9 9", "", make_constituency(), ended="ABZZ")
    assert find("ZE9 9AB").match == Match.EXACT
    assert find("ZE9 9AB").candidates[0].code == seat.code


def test_a_sector_is_split_by_its_live_postcodes_alone() -> None:
    seat = make_constituency()
    make_sector("ZE9 9", "AB", seat)
    make_sector("ZE9 9", "", make_constituency(), ended="AAZZ")
    found = find("ZE9 9AD")
    assert (found.match, len(found.candidates)) == (Match.LIKELY, 1)
    assert found.candidates[0].code == seat.code
    assert found.candidates[0].share == 1.0
    assert lookup.neighbours(Postcode.parse("ZE9 9ZZ"), seat.code) == ()


def test_a_sector_whose_postcodes_all_ended_knows_those_alone() -> None:
    make_sector("ZE9 9", "", make_constituency(), ended="AA")
    assert find("ZE9 9AA").match == Match.LIKELY
    assert find("ZE9 9AB").match == Match.UNKNOWN
    assert find("ZE9 9AB").reason == Reason.UNKNOWN_POSTCODE


def test_northern_ireland_is_answered_where_its_postcodes_are_loaded() -> None:
    seat = Constituency.objects.get(code="N05000003")
    make_sector("BT1 5", "GS", seat)
    found = find("BT1 5GS")
    assert (found.match, found.candidates[0].code) == (Match.EXACT, seat.code)
    assert lookup.covers_northern_ireland()
    assert find("BT2 5GS").reason == Reason.UNKNOWN_POSTCODE


def test_northern_ireland_is_not_in_what_is_shipped() -> None:
    assert not lookup.covers_northern_ireland()
    found = find("BT1 5GS")
    assert found.reason == Reason.NORTHERN_IRELAND
    assert (len(found.candidates), found.as_of) == (18, AS_OF)
