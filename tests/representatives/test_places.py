import pytest

from representatives import places
from representatives.postcodes import Postcode
from tests.actions.factories import place_postcodes
from tests.registers import make_constituency

pytestmark = pytest.mark.usefixtures("registers")


def test_the_known_postcodes_beside_it_tell_seats_apart() -> None:
    left, right = make_constituency(), make_constituency()
    place_postcodes(left, "ZE9 9", "AAABADHAHBHDZZ")
    place_postcodes(right, "ZE9 9", "YA")
    assert places.near(Postcode.parse("ZE9 9HE"), most=2) == {
        left.code: ("ZE9 9HB", "ZE9 9HD"),
        right.code: ("ZE9 9YA",),
    }


def test_next_to_the_last_of_a_row_comes_the_first_of_the_next() -> None:
    seat = make_constituency()
    place_postcodes(seat, "ZE9 9", "AABAEA")
    assert places.near(Postcode.parse("ZE9 9AZ"), most=1) == {seat.code: ("ZE9 9BA",)}


def test_a_sector_that_is_not_known_has_none() -> None:
    assert places.near(Postcode.parse("ZE9 9AA")) == {}
