from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from representatives.models import (
    Constituency,
    PostcodeSector,
    Register,
    RegisterVersion,
    Representative,
    RepresentativeOverride,
)
from tests.registers import make_constituency
from tests.services import (
    LAGAN_VALLEY,
    Service,
    answer,
    both,
    parliament_says,
    parliament_search,
    postcodes_io,
    postcodes_io_says,
)

__all__ = ["both", "parliament_search", "postcodes_io"]

pytestmark = pytest.mark.usefixtures("registers")

Ask = Callable[..., Any]
Operation = tuple[dict[str, Any], dict[str, Any]]

ADDRESS = "/api/v1/representatives/"


@pytest.fixture(scope="module")
def operation() -> Operation:
    schema = Client().get("/api/v1/schema/", {"format": "json"}).json()
    return schema, schema["paths"][ADDRESS]["get"]


@pytest.fixture
def ask(client: Client, operation: Operation) -> Ask:
    """Ask the API; whatever it answers must be what its description promises."""
    whole, described = operation

    def asked(**query: str) -> Any:
        answer = client.get(ADDRESS, query)
        content = described["responses"][str(answer.status_code)]["content"]
        promised = content["application/json"]["schema"]
        jsonschema_rs.validate(
            {**promised, "components": whole["components"]}, answer.json()
        )
        return answer

    return asked


def make_sector(units: str, constituency: Constituency) -> None:
    version = RegisterVersion.objects.current().get(register=Register.POSTCODES)
    PostcodeSector.objects.create(
        version=version, sector="ZE9 9", units=units, constituency=constituency
    )


WESTMINSTER = {
    "code": "E14001172",
    "name": "Cities of London and Westminster",
    "country": "England",
    "region": "London",
    "representative": {
        "parliament_id": 5257,
        "name": "Rachel Blake",
        "full_title": "Rachel Blake MP",
        "address_as": "Rachel Blake",
        "party": "Labour (Co-op)",
    },
}


def test_a_postcode_is_answered_with_its_seat_and_member(ask: Ask) -> None:
    answer = ask(postcode="sw1a1aa")
    assert answer.status_code == 200
    assert answer.json() == {
        "postcode": "SW1A 1AA",
        "match": "exact",
        "source": "directory",
        "constituencies": [WESTMINSTER],
        "as_of": {"postcodes": "2023-08", "members": "2026-06-27"},
    }


@pytest.mark.parametrize("code", ["E14001172", "e14001172", " E14001172 "])
def test_a_constituency_is_answered_alike(ask: Ask, code: str) -> None:
    answer = ask(constituency=code)
    assert answer.status_code == 200
    assert answer.json() == {
        "postcode": None,
        "match": "exact",
        "source": None,
        "constituencies": [WESTMINSTER],
        "as_of": {"postcodes": "2023-08", "members": "2026-06-27"},
    }


def test_a_former_code_is_answered_with_the_code_in_force(ask: Ask) -> None:
    [seat] = ask(constituency="S14000006").json()["constituencies"]
    assert seat["code"] == "S14000107"


def test_an_unlisted_unit_is_likely(ask: Ask) -> None:
    seat = make_constituency()
    make_sector("AA", seat)
    answer = ask(postcode="ZE9 9ZZ").json()
    assert answer["match"] == "likely"
    assert [one["code"] for one in answer["constituencies"]] == [seat.code]


def test_a_shared_sector_is_split_with_the_likeliest_first(ask: Ask) -> None:
    small, large = make_constituency(), make_constituency()
    make_sector("AA", small)
    make_sector("BABB", large)
    answer = ask(postcode="ZE9 9ZZ").json()
    assert answer["match"] == "split"
    assert [one["code"] for one in answer["constituencies"]] == [large.code, small.code]


def test_a_vacant_seat_has_null_for_its_representative(ask: Ask) -> None:
    Representative.objects.filter(parliament_id=5257).update(is_current=False)
    [seat] = ask(postcode="SW1A 1AA").json()["constituencies"]
    assert seat == {**WESTMINSTER, "representative": None}


def test_no_email_address_is_public(ask: Ask) -> None:
    RepresentativeOverride.objects.create(parliament_id=5257, email="jo@example.org")
    for query in ({"postcode": "SW1A 1AA"}, {"constituency": "E14001172"}):
        assert "@" not in ask(**query).content.decode()


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("", 400, "invalid_postcode"),
        ("nonsense", 400, "invalid_postcode"),
        ("SW1A", 400, "invalid_postcode"),
        ("x" * 5_000, 400, "invalid_postcode"),
        ("SW1A 1AA\x00", 200, None),
        ("JE2 3AB", 404, "no_mp"),
        ("GX11 1AA", 404, "no_mp"),
        ("BF1 3AA", 404, "not_a_place"),
        ("GIR 0AA", 404, "not_a_place"),
        ("BT1 5GS", 404, "northern_ireland"),
        ("AB99 9ZZ", 404, "unknown_postcode"),
    ],
)
def test_each_thing_that_can_be_wrong_has_its_status_and_code(
    ask: Ask, text: str, status: int, code: str
) -> None:
    answer = ask(postcode=text)
    assert answer.status_code == status
    if code:
        assert answer.json()["code"] == code
        assert set(answer.json()) == {"code", "detail"}
        assert answer.json()["detail"].endswith(".")


@pytest.mark.parametrize("code", ["E14999999", "", "x\x00", "é", "<later>"])
def test_an_unknown_constituency_is_not_found(ask: Ask, code: str) -> None:
    answer = ask(constituency=code)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_constituency")


@pytest.mark.parametrize(
    "query", [{}, {"postcode": "SW1A 1AA", "constituency": "E14001172"}, {"other": "1"}]
)
def test_exactly_one_parameter_is_asked_for(ask: Ask, query: dict[str, str]) -> None:
    answer = ask(**query)
    assert (answer.status_code, answer.json()["code"]) == (400, "one_parameter")


def test_too_many_reads_are_refused_with_when_to_try_again(
    ask: Ask, settings: Settings
) -> None:
    settings.READS_PER_MINUTE = 2
    assert ask(postcode="SW1A 1AA").status_code == 200
    assert ask(postcode="SW1A 1AA").status_code == 200
    answer = ask(postcode="SW1A 1AA")
    assert answer.status_code == 429
    assert set(answer.json()) == {"code", "detail"}
    assert answer.json()["code"] == "throttled"
    assert 1 <= int(answer["Retry-After"]) <= 60


def test_one_clients_flood_leaves_others_alone(ask: Ask, settings: Settings) -> None:
    settings.READS_PER_MINUTE = 1
    assert ask(postcode="SW1A 1AA").status_code == 200
    assert ask(postcode="SW1A 1AA").status_code == 429
    other = Client(REMOTE_ADDR="192.0.2.7")
    assert other.get(ADDRESS, {"postcode": "SW1A 1AA"}).status_code == 200


def test_another_method_is_refused_in_the_same_shape(client: Client) -> None:
    answer = client.post(ADDRESS, {"postcode": "SW1A 1AA"})
    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"


@pytest.mark.parametrize("text", ["SW1A 1AA", "nonsense", "BT1 5GS"])
def test_no_answer_is_kept_on_the_way(ask: Ask, text: str) -> None:
    assert ask(postcode=text)["Cache-Control"] == "private, no-store"


def test_an_answer_takes_one_query_and_no_session(
    ask: Ask, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        answer = ask(postcode="SW1A 1AA")
    assert not answer.cookies


def test_the_description_names_every_code(operation: Operation) -> None:
    _, described = operation
    codes = {
        example["value"]["code"]
        for status in ("400", "404", "429")
        for example in described["responses"][status]["content"]["application/json"][
            "examples"
        ].values()
    }
    assert codes == {
        "invalid_postcode",
        "one_parameter",
        "no_mp",
        "not_a_place",
        "northern_ireland",
        "unknown_postcode",
        "unknown_constituency",
        "throttled",
    }
    assert {one["name"] for one in described["parameters"]} == {
        "postcode",
        "constituency",
    }


def test_the_example_of_the_description_is_a_true_answer(
    ask: Ask, operation: Operation
) -> None:
    _, described = operation
    content = described["responses"]["200"]["content"]["application/json"]
    assert content["examples"]["Exact"]["value"] == ask(postcode="SW1A 1AA").json()


@pytest.mark.parametrize("source", ["parliament", "postcodes.io"])
def test_the_service_that_answered_is_named(
    ask: Ask, both: tuple[Service, Service], source: str
) -> None:
    name, code = LAGAN_VALLEY
    first = name if source == "parliament" else None
    both[0].says = answer(parliament_says(first))
    both[1].says = answer(postcodes_io_says("BT25 1AA", name, code))
    told = ask(postcode="BT25 1AA").json()
    assert (told["match"], told["source"]) == ("exact", source)
    assert [one["code"] for one in told["constituencies"]] == [code]


def test_while_no_service_answers_the_register_does(
    ask: Ask, both: tuple[Service, Service]
) -> None:
    told = ask(postcode="BT25 1AA")
    assert (told.status_code, told.json()["code"]) == (404, "northern_ireland")
