"""The fakes of the two services have the shape of the real ones.

Compared is what stands in the fakes: the real ones may say more, but each field that a
fake has must be there, with a value of the same kind. The postcodes are those of public
buildings.
"""

import json
from typing import Any

import pytest
from django.conf import settings

from representatives.kept_answers import Service
from representatives.postcodes import Postcode
from representatives.sources import asking, services
from tests.services import ENDED, NOT_THERE, parliament_says, postcodes_io_says

CITY_HALL = Postcode.parse("BT1 5GS")
STORMONT = Postcode.parse("BT4 3XX")
NOWHERE = Postcode.parse("ZE9 9ZZ")
ENDED_LONG_AGO = Postcode.parse("AB1 0AA")
SECONDS = 20.0


def kind(value: Any) -> str:
    """Numbers are one kind; what may be null is any."""
    if isinstance(value, int | float):
        return "number"
    return type(value).__name__


def assert_same_shape(fake: Any, real: Any, where: str = "") -> None:
    if fake is None or real is None:
        return
    assert kind(fake) == kind(real), where
    if isinstance(fake, dict):
        assert set(fake) <= set(real), where
        for name, value in fake.items():
            assert_same_shape(value, real[name], f"{where}.{name}")
    if isinstance(fake, list) and fake:
        assert real, where
        assert_same_shape(fake[0], real[0], f"{where}[0]")


def real(url: str, status: int = 200) -> Any:
    answer = asking.get(url, within=SECONDS)
    assert answer.status == status
    assert answer.content_type.startswith("application/json")
    return json.loads(answer.body)


def parliament(text: str) -> str:
    search = "/api/Location/Constituency/Search?searchText="
    return f"{settings.MEMBERS_API_URL}{search}{text}"


def test_parliaments_search_for_a_postcode() -> None:
    assert_same_shape(parliament_says("A name"), real(parliament("BT1%205GS")))


def test_parliaments_search_that_finds_nothing() -> None:
    nothing = real(parliament("ZE9%209ZZ"))
    assert_same_shape(parliament_says(None), nothing)
    assert nothing["items"] == []


def test_postcodes_io_that_knows() -> None:
    known = real(f"{settings.POSTCODES_IO_URL}/postcodes/BT1%205GS")
    assert_same_shape(postcodes_io_says("BT1 5GS", "A name", "N05000001"), known)


@pytest.mark.parametrize(
    ("postcode", "fake"), [(NOWHERE, NOT_THERE), (ENDED_LONG_AGO, ENDED)]
)
def test_postcodes_io_that_does_not_know(
    postcode: Postcode, fake: dict[str, Any]
) -> None:
    address = f"{settings.POSTCODES_IO_URL}/postcodes/{postcode}".replace(" ", "%20")
    assert_same_shape(fake, real(address, 404))


@pytest.mark.parametrize("postcode", [CITY_HALL, STORMONT])
def test_both_name_the_same_seat(postcode: Postcode) -> None:
    first, second = (
        services.ask(service, postcode, within=SECONDS) for service in Service
    )
    assert first
    assert second
    assert first.name == second.name
