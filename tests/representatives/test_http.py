"""The patient client: its pace, its patience, and where that ends."""

import datetime
from email.utils import format_datetime

import pytest

from representatives.errors import SourceError
from representatives.sources import http
from representatives.sources.http import Client
from tests.parliament import Fault, Parliament, Time, commons

__all__ = ["commons"]

WHERE = "/api/Members/Search"
ASKED: dict[str, str | int] = {
    "House": 1,
    "IsCurrentMember": "true",
    "skip": 0,
    "take": 20,
}


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def client(commons: Parliament, time: Time) -> Client:
    return Client(commons.url, clock=time.clock, sleep=time.sleep)


def test_an_answer_is_read_and_the_server_is_told_who_asks(
    client: Client, commons: Parliament
) -> None:
    assert client.json(WHERE, ASKED)["totalResults"] == 0
    [agent] = commons.agents
    assert agent.startswith("Postbag (+http")


def test_no_more_than_four_questions_are_asked_in_a_second(
    client: Client, time: Time
) -> None:
    for _ in range(9):
        client.json(WHERE, ASKED)

    assert time.now - 1_000 == pytest.approx(8 * 0.25)


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_what_may_pass_is_tried_again_after_growing_pauses(
    client: Client, commons: Parliament, time: Time, status: int
) -> None:
    commons.faults = [Fault("Search", status=status, times=3)]

    assert client.json(WHERE, ASKED)["totalResults"] == 0

    assert [wait for wait in time.waits if wait >= 1] == list(http.PAUSES)


def test_it_is_given_up_after_four_tries(client: Client, commons: Parliament) -> None:
    commons.faults = [Fault("Search", status=500)]

    with pytest.raises(SourceError, match=r"it answered 500, 4 times.*stays as it was"):
        client.json(WHERE, ASKED)

    assert len(commons.asked) == 4


@pytest.mark.parametrize(("wish", "waited"), [("30", 30), ("7200", 60), ("soon", 1)])
def test_a_servers_wish_to_be_left_alone_is_heeded_within_bounds(
    client: Client, commons: Parliament, time: Time, wish: str, waited: float
) -> None:
    commons.faults = [
        Fault("Search", status=429, headers={"Retry-After": wish}, times=1)
    ]

    client.json(WHERE, ASKED)

    assert max(time.waits) == waited


def test_the_wish_may_be_a_date(
    client: Client, commons: Parliament, time: Time
) -> None:
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=45)
    commons.faults = [
        Fault(
            "Search",
            status=503,
            headers={"Retry-After": format_datetime(until, usegmt=True)},
            times=1,
        )
    ]

    client.json(WHERE, ASKED)

    assert 40 < max(time.waits) <= 45


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (
            Fault("Search", content_type="text/html", body=b"<p>Maintenance</p>"),
            "text/html",
        ),
        (Fault("Search", content_type="text/javascript"), "text/javascript"),
        (Fault("Search", body=b'{"items": ['), "not JSON, or only half of it"),
        (Fault("Search", status=404), "there is no such page"),
        (
            Fault("Search", status=302, headers={"Location": "http://192.0.2.1/"}),
            "it answered 302",
        ),
        (Fault("Search", body=b" " * 5_000_001), "far too long"),
    ],
)
def test_what_will_not_pass_is_not_tried_again(
    client: Client, commons: Parliament, fault: Fault, says: str
) -> None:
    commons.faults = [fault]

    with pytest.raises(SourceError, match=says):
        client.json(WHERE, ASKED)

    assert len(commons.asked) == 1


def test_an_answer_that_breaks_off_is_asked_for_again(
    client: Client, commons: Parliament
) -> None:
    commons.faults = [Fault("Search", breaks_off=True, times=1)]

    assert client.json(WHERE, ASKED)["totalResults"] == 0
    assert len(commons.asked) == 2


def test_a_server_that_says_nothing_is_left(
    client: Client, commons: Parliament, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "TIMEOUTS", (0.2, 0.2))
    commons.faults = [Fault("Search", stalls=True)]

    with pytest.raises(SourceError, match="it did not answer in time, 4 times"):
        client.json(WHERE, ASKED)


def test_a_server_that_is_not_there_is_named(time: Time) -> None:
    client = Client("http://127.0.0.1:9", clock=time.clock, sleep=time.sleep)

    with pytest.raises(SourceError, match=r"http://127.0.0.1:9/api.*connection failed"):
        client.json(WHERE, ASKED)


def test_whoever_must_show_that_it_works_is_called_before_each_try(
    client: Client, commons: Parliament
) -> None:
    calls: list[int] = []
    client.alive = lambda: calls.append(1)
    commons.faults = [Fault("Search", status=500, times=2)]

    client.json(WHERE, ASKED)

    assert len(calls) == 3


def test_a_picture_that_is_not_there_is_none(
    client: Client, commons: Parliament
) -> None:
    commons.pictures[7] = b"a picture"

    assert client.picture("/api/Members/7/Thumbnail") == b"a picture"
    assert client.picture("/api/Members/8/Thumbnail") is None
