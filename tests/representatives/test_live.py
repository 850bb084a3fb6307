"""Other services, asked for what our own register does not know."""

import datetime
import logging
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from representatives import live, lookup
from representatives.kept_answers import FOUND_LIVES, KeptAnswer
from representatives.kept_answers import Service as Asked
from representatives.lookup import Found, Match, Reason
from representatives.models import Representative
from representatives.postcodes import Postcode
from representatives.sources.asking import USER_AGENT
from tests.actions.factories import place_postcodes
from tests.registers import make_constituency, make_member
from tests.services import (
    ENDED,
    LAGAN_VALLEY,
    NOT_THERE,
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

Both = tuple[Service, Service]
TODAY = datetime.date(2026, 11, 26)
DAY = datetime.timedelta(days=1)
UNKNOWN = "BT25 1AA"
NAME, CODE = LAGAN_VALLEY


def find(text: str, **when: Any) -> Found:
    return live.find(Postcode.parse(text), **when)


@pytest.fixture
def parliament_knows(both: Both) -> Service:
    both[0].says = answer(parliament_says(NAME))
    return both[0]


@pytest.fixture
def only_postcodes_io(both: Both, settings: Settings) -> Service:
    settings.LIVE_LOOKUP = ("postcodes.io",)
    both[1].says = answer(postcodes_io_says(UNKNOWN, NAME, CODE))
    return both[1]


def place(*parts: str) -> list[str]:
    """Share the sector ZE9 9 among seats of their own; give their codes."""
    seats = [make_member().constituency for _ in parts]
    for seat, units in zip(seats, parts, strict=True):
        place_postcodes(seat, "ZE9 9", units)
    return [seat.code for seat in seats]


# --- Whom to ask, and whether ---------------------------------------------------------


def test_nobody_is_asked_unless_the_operator_wants_it(
    both: Both, settings: Settings
) -> None:
    settings.LIVE_LOOKUP = ()
    assert find(UNKNOWN) == lookup.find(Postcode.parse(UNKNOWN))
    assert not any(service.requests for service in both)


@pytest.mark.parametrize("text", ["SW1A 1AA", "ZE9 9AA"])
def test_nobody_is_asked_for_a_postcode_of_our_register(both: Both, text: str) -> None:
    place("AA", "BB")
    assert find(text).source == "directory"
    assert not any(service.requests for service in both)


def test_nobody_is_asked_where_all_that_is_near_lies_in_one_seat(both: Both) -> None:
    place("AA")
    assert find("ZE9 9ZZ").match == Match.LIKELY
    assert not any(service.requests for service in both)


@pytest.mark.parametrize("text", [UNKNOWN, "ZE7 7AA", "ZE9 9ZZ"])
def test_what_is_not_known_is_asked_for(parliament_knows: Service, text: str) -> None:
    place("AA", "BB")
    found = find(text)
    assert (found.match, found.reason) == (Match.EXACT, Reason.NONE)
    assert found.source == "parliament"
    assert [seat.name for seat in found.candidates] == [NAME]
    assert parliament_knows.asked == [
        f"/api/Location/Constituency/Search?searchText={text}"
    ]


def test_the_member_comes_from_our_own_register(parliament_knows: Service) -> None:
    [seat] = find(UNKNOWN).candidates
    ours = Representative.objects.get(constituency__name=NAME, is_current=True)
    assert seat.code == CODE
    assert seat.representative
    assert seat.representative.parliament_id == ours.parliament_id


def test_the_first_that_knows_answers(parliament_knows: Service, both: Both) -> None:
    find(UNKNOWN)
    assert not both[1].requests


@pytest.mark.parametrize("says", [answer(parliament_says(None)), answer("", 500)])
def test_the_second_is_asked_if_the_first_does_not_tell(
    both: Both, says: bytes
) -> None:
    both[0].says = says
    both[1].says = answer(postcodes_io_says("BT251AA", NAME, CODE))
    found = find(UNKNOWN)
    assert found.source == "postcodes.io"
    assert [seat.code for seat in found.candidates] == [CODE]
    assert both[1].asked == [f"/postcodes/{UNKNOWN}"]


def test_the_operator_says_who_comes_first(both: Both, settings: Settings) -> None:
    settings.LIVE_LOOKUP = ("postcodes.io", "parliament")
    both[1].says = answer(postcodes_io_says(UNKNOWN, NAME, CODE))
    assert find(UNKNOWN).source == "postcodes.io"
    assert not both[0].requests


def test_only_the_postcode_goes_out_and_who_we_are(parliament_knows: Service) -> None:
    find(UNKNOWN)
    [request] = parliament_knows.requests
    first, *headers = request.strip().splitlines()
    assert first.startswith("GET ")
    assert dict(line.split(": ") for line in headers) == {
        "Host": f"127.0.0.1:{parliament_knows.port}",
        "Accept-Encoding": "identity",
        "User-Agent": USER_AGENT,
        "Accept": "application/json",
        "Connection": "close",
    }


@pytest.mark.parametrize("name", ["Ynys Môn", "YNYS MON"])
def test_a_seat_is_found_however_its_name_is_written(both: Both, name: str) -> None:
    both[0].says = answer(parliament_says(name))
    assert find("ZE7 7AA").candidates[0].name == "Ynys Môn"


def test_a_seat_is_found_by_its_welsh_name(both: Both) -> None:
    both[0].says = answer(parliament_says("Wrecsam"))
    assert find("ZE7 7AA").candidates[0].name == "Wrexham"


def test_a_former_code_is_as_good_as_the_one_in_force(
    only_postcodes_io: Service,
) -> None:
    former = postcodes_io_says("ZE7 7AA", "Central Ayrshire", "S14000010")
    only_postcodes_io.says = answer(former)
    assert find("ZE7 7AA").candidates[0].code == "S14000109"


def test_seats_that_were_abolished_do_not_count(both: Both) -> None:
    today, before = parliament_says(NAME), parliament_says("Old", ended="2024-05-30")
    today["items"] += before["items"]
    both[0].says = answer(today)
    assert find(UNKNOWN).candidates[0].name == NAME


# --- What bad answers get -------------------------------------------------------------

HTML = b"<!doctype html><title>Sign in to the network</title>"
WHOLE = answer(parliament_says(NAME))
BAD = {
    "a 500": (answer(b"", 500), "answers 500"),
    "a redirect": (answer(b"", 302, Location="http://127.0.0.1:1/"), "answers 302"),
    "a 429": (answer(b"", 429, Retry_After="120"), "wants to be left alone"),
    "HTML": (answer(HTML, content_type="text/html"), "not the shape"),
    "HTML that says it is JSON": (answer(HTML), "not the shape"),
    "half a page": (WHOLE[: len(WHOLE) // 2], "connection failed"),
    "nothing": (b"", "connection failed"),
    "no HTTP": (b"220 mail.example ready\r\n", "connection failed"),
    "far too much": (answer(b" " * 300_000), "connection failed"),
    "brackets in brackets": (answer(b"[" * 100_000), "not the shape"),
    "null": (answer(None), "not the shape"),
    "no list": (answer({"items": {"a": 1}}), "not the shape"),
    "a null name": (answer({"items": [{"value": {"name": None, "endDate": None}}]}),
                    "not the shape"),
    "a name that is empty": (answer(parliament_says(" ")), "not the shape"),
    "a renamed field": (answer({"results": []}), "not the shape"),
    "a field that is gone": (answer({"items": [{"value": {"name": NAME}}]}),
                             "not the shape"),
    "a seat that is not ours": (answer(parliament_says("Old Sarum")),
                                "not in our register"),
    "two seats": (answer({"items": 2 * parliament_says(NAME)["items"]}),
                  "several constituencies"),
}  # fmt: skip
BAD_OF_POSTCODES_IO = {
    "a 404 that is no answer": (answer(HTML, 404, "text/html"), "not the shape"),
    "a 404 that says 200": (answer(NOT_THERE | {"status": 200}, 404), "not the shape"),
    "null codes": (answer(postcodes_io_says(UNKNOWN, NAME, None)), "not the shape"),
    "null names": (answer(postcodes_io_says(UNKNOWN, None, CODE)), "not the shape"),
    "no codes": (answer(postcodes_io_says(UNKNOWN, NAME, CODE, codes=None)),
                 "not the shape"),
    "another postcode": (answer(postcodes_io_says("BT25 1AB", NAME, CODE)),
                         "not the shape"),
    "no postcode": (answer(postcodes_io_says("?", NAME, CODE)), "not the shape"),
    "name and code of two seats": (
        answer(postcodes_io_says(UNKNOWN, NAME, "N05000001")), "not in our register"),
    "a code that is not ours": (
        answer(postcodes_io_says(UNKNOWN, NAME, "N05999999")), "not in our register"),
}  # fmt: skip


def assert_nothing_came_of_it(caplog: pytest.LogCaptureFixture, said: str) -> None:
    assert find(UNKNOWN) == lookup.find(Postcode.parse(UNKNOWN))
    assert not KeptAnswer.objects.exists()
    [line] = caplog.messages
    assert said in line
    assert "BT25" not in line


@pytest.mark.parametrize("case", BAD)
def test_a_bad_answer_leaves_all_as_it_was_and_is_logged(
    both: Both, settings: Settings, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    settings.LIVE_LOOKUP = ("parliament",)
    both[0].says, said = BAD[case]
    assert_nothing_came_of_it(caplog, said)
    assert caplog.messages[0].startswith("Live look-up: Parliament's constituency")


@pytest.mark.parametrize("case", BAD_OF_POSTCODES_IO)
def test_a_bad_answer_of_postcodes_io_leaves_all_as_it_was(
    only_postcodes_io: Service, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    only_postcodes_io.says, said = BAD_OF_POSTCODES_IO[case]
    assert_nothing_came_of_it(caplog, said)


def test_nobody_there_leaves_all_as_it_was(
    only_postcodes_io: Service, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.POSTCODES_IO_URL = "http://127.0.0.1:1"
    assert_nothing_came_of_it(caplog, "connection failed (ConnectionRefusedError)")


@pytest.mark.parametrize("fault", ["drips", "stalls"])
def test_whoever_is_slow_is_hung_up_on(
    only_postcodes_io: Service, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    setattr(only_postcodes_io, fault, True)
    assert_nothing_came_of_it(caplog, "no whole answer within 1.4 seconds")
    assert only_postcodes_io.left.wait(10)


def test_a_slow_one_leaves_time_to_the_next(both: Both) -> None:
    both[0].drips = True
    both[1].says = answer(postcodes_io_says(UNKNOWN, NAME, CODE))
    assert find(UNKNOWN).source == "postcodes.io"


# --- Leaving a service alone ----------------------------------------------------------


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_service_that_keeps_failing_is_no_longer_asked(
    only_postcodes_io: Service, clock: Clock
) -> None:
    good, only_postcodes_io.says = only_postcodes_io.says, answer(b"", 500)
    for _ in range(5):
        find(UNKNOWN, clock=clock)
    assert len(only_postcodes_io.requests) == 3
    only_postcodes_io.says = good
    clock.now += 29
    assert find(UNKNOWN, clock=clock).source == "directory"
    clock.now += 1
    assert find(UNKNOWN, clock=clock).source == "postcodes.io"


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_kept_to(
    only_postcodes_io: Service, clock: Clock, status: int
) -> None:
    good = only_postcodes_io.says
    only_postcodes_io.says = answer(b"", status, Retry_After="120")
    find(UNKNOWN, clock=clock)
    only_postcodes_io.says = good
    clock.now += 119
    assert find(UNKNOWN, clock=clock).source == "directory"
    clock.now += 1
    assert find(UNKNOWN, clock=clock).source == "postcodes.io"


@pytest.mark.parametrize("wish", ["", "soon", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_whoever_says_429_but_not_for_how_long_is_left_alone_a_while(
    only_postcodes_io: Service, clock: Clock, wish: str
) -> None:
    only_postcodes_io.says = answer(b"", 429, Retry_After=wish)
    find(UNKNOWN, clock=clock)
    find(UNKNOWN, clock=clock)
    assert len(only_postcodes_io.requests) == 1


def test_that_a_postcode_is_unknown_is_no_failure(
    only_postcodes_io: Service, clock: Clock
) -> None:
    only_postcodes_io.says = answer(NOT_THERE, 404)
    for unit in ("AA", "AB", "AD", "AE", "AF"):
        find(f"BT25 1{unit}", clock=clock)
    assert len(only_postcodes_io.requests) == 5


def test_slow_answers_are_waited_for_only_part_of_the_time(
    only_postcodes_io: Service, clock: Clock
) -> None:
    class Slow(Clock):
        """Each look at it finds a second gone."""

        def __call__(self) -> float:
            self.now += 1
            return self.now

    only_postcodes_io.says = answer(NOT_THERE, 404)
    slow = Slow()
    units = [f"BT25 {digit}{unit}" for digit in range(10) for unit in ("AA", "AB")]
    for unit in units:
        find(unit, clock=slow)
    assert 0 < len(only_postcodes_io.requests) < len(units)


# --- Answers kept ---------------------------------------------------------------------


def test_an_answer_is_asked_for_once(parliament_knows: Service) -> None:
    first = find(UNKNOWN, today=TODAY)
    assert find("bt251aa", today=TODAY + FOUND_LIVES - DAY) == first
    assert len(parliament_knows.requests) == 1


def test_an_answer_is_asked_for_again_after_a_month(parliament_knows: Service) -> None:
    find(UNKNOWN, today=TODAY)
    find(UNKNOWN, today=TODAY + FOUND_LIVES)
    assert len(parliament_knows.requests) == 2
    assert KeptAnswer.objects.get().asked_on == TODAY + FOUND_LIVES


@pytest.mark.parametrize("says", [NOT_THERE, ENDED])
def test_that_nobody_knows_is_kept_for_the_day(
    both: Both, says: dict[str, object]
) -> None:
    both[0].says = answer(parliament_says(None))
    both[1].says = answer(says, 404)
    for _ in range(2):
        assert find(UNKNOWN, today=TODAY).reason == Reason.NORTHERN_IRELAND
    assert [len(service.requests) for service in both] == [1, 1]
    find(UNKNOWN, today=TODAY + DAY)
    assert [len(service.requests) for service in both] == [2, 2]


def test_that_one_does_not_know_is_not_kept_while_another_fails(both: Both) -> None:
    both[0].says = answer(parliament_says(None))
    both[1].says = answer(b"", 500)
    find(UNKNOWN)
    assert not KeptAnswer.objects.exists()


def test_nothing_of_the_person_is_kept(parliament_knows: Service) -> None:
    find(UNKNOWN, today=TODAY)
    [row] = KeptAnswer.objects.values_list()
    key, *others = row
    assert others == [CODE, "parliament", TODAY]
    assert len(key) == 64
    assert "BT" not in repr(row)


def test_answers_whose_time_is_over_are_erased(parliament_knows: Service) -> None:
    find(UNKNOWN, today=TODAY)
    parliament_knows.says = answer(parliament_says(None))
    KeptAnswer.objects.keep(Postcode.parse("ZE7 7AA"), "", Asked.PARLIAMENT, TODAY)
    assert KeptAnswer.objects.forget(TODAY) == 0
    assert KeptAnswer.objects.forget(TODAY + DAY) == 1
    assert KeptAnswer.objects.forget(TODAY + FOUND_LIVES) == 1


def test_a_kept_answer_shows_the_member_of_today(parliament_knows: Service) -> None:
    find(UNKNOWN)
    Representative.objects.filter(constituency__code=CODE).update(is_current=False)
    assert find(UNKNOWN).candidates[0].representative is None


def test_a_kept_answer_whose_seat_is_gone_is_none(
    both: Both, settings: Settings
) -> None:
    seat = make_constituency()
    settings.LIVE_LOOKUP = ("parliament",)
    both[0].says = answer(parliament_says(seat.name))
    assert find(UNKNOWN).candidates[0].code == seat.code
    seat.delete()
    assert find(UNKNOWN).reason == Reason.NORTHERN_IRELAND


def test_an_answer_that_is_kept_counts_while_nobody_is_asked(
    parliament_knows: Service,
) -> None:
    postcode = Postcode.parse(UNKNOWN)
    assert live.recalled(postcode).match == Match.UNKNOWN
    found = live.find(postcode)
    assert live.recalled(postcode) == found
    assert len(parliament_knows.requests) == 1


def test_a_postcode_of_our_register_costs_no_query_more(
    both: Both, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        find("SW1A 1AA")


@pytest.fixture(autouse=True)
def _all_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "representatives.live")
