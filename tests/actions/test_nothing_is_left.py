"""A word typed into every field, on every way, is found nowhere afterwards."""

import logging
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings as project
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path
from django.utils import timezone
from pytest_django import Settings

from actions.models import Campaign, Letter, Tally
from actions.views.quietly import unseen
from representatives.models import Representative
from tests import traces
from tests.actions.factories import make_campaign, make_letter, make_representative
from tests.actions.pages import hidden, text

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Page

# Letters and digits only, so that no encoding of an address or a page disguises it.
WORD = "Qzvoice7361kept"
FIELDS = (
    "name",
    "email",
    "address_line_1",
    "address_line_2",
    "town",
    "country",
    "helper",
    "reason",
    "answer_1",
    "subject",
    "body",
    "composed",
    "composed_subject",
    "unknown",
)

pytestmark = pytest.mark.django_db


def broken(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Stumble with everything in hand, as a fault of ours might."""
    typed = request.POST["body"]
    try:
        int(typed)
    except ValueError as error:
        message = f"could not read {typed}"
        raise RuntimeError(message, request.POST) from error
    raise AssertionError


urlpatterns = [
    path("<slug:slug>/quietly/broken/", unseen(broken)),
    path("", include("config.urls")),
]
handler500 = "actions.views.faults.server_error"


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


@pytest.fixture
def member() -> Representative:
    return make_representative()


def assert_nothing_is_left(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    assert traces.in_database(WORD) == []
    assert traces.in_caches(WORD) == []
    assert traces.in_files(WORD, Path(project.VAR_DIR)) == []
    assert traces.in_logs(WORD, caplog) == []
    printed = capfd.readouterr()
    assert WORD.lower() not in (printed.out + printed.err).lower()


class Writer:
    """Somebody who types the word wherever anything can be typed."""

    def __init__(self, campaign: Campaign, member: Representative) -> None:
        self.client = Client(raise_request_exception=False)
        self.way = f"/{campaign.slug}/quietly/"
        self.demands = [demand.pk for demand in campaign.demands.in_order()]
        page = self.client.post(
            self.way + "letter/", {"seat": member.constituency.code}
        )
        self.carried: dict[str, object] = dict(hidden(page))
        self.answers: list[Page] = []

    def send(self, ending: str, **typed: object) -> "Page":
        """Send every field, as a browser does without a script."""
        fields = {
            **dict.fromkeys(FIELDS, WORD),
            "postcode": "",
            **self.carried,
            "demands": self.demands,
            **typed,
        }
        answer = self.client.post(self.way + ending, fields)
        self.answers.append(answer)
        return answer


def go_every_way(writer: Writer, member: Representative) -> None:
    letter = writer.send("letter/", action="finish")
    writer.send("letter/", action="change")
    writer.send("letter/", seat=member.constituency.code)
    writer.send("preview/")
    writer.send("paper.pdf")
    writer.send("reported/", report=hidden(letter)["report"])


def make_every_mistake(writer: Writer) -> None:
    writer.send("letter/", looked_up=WORD)
    writer.send("letter/", action="finish", postcode=WORD)
    writer.send("letter/", action="finish", name=f"{WORD}@example.org")
    writer.send("letter/", action="change", subject="", town=WORD)
    writer.send("letter/", action="finish", token=WORD)
    writer.send("reported/", report=WORD)
    writer.send("reported/", **{f"field_{number}": WORD for number in range(1_100)})
    writer.send("letter/", action="finish", body=WORD * 100_000)


def test_the_search_finds_what_was_left(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    make_letter(sender_name=f"Jo {WORD.upper()}", now=timezone.now())
    assert traces.in_database(WORD) == ["actions_letter.sender_name"]
    cache.set("draft", {"body": WORD})
    assert traces.in_caches(WORD)
    cache.clear()
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "outbox.eml").write_bytes(b"\0" + WORD.lower().encode())
    assert len(traces.in_files(WORD, tmp_path)) == 1
    traces.log_everything(caplog)
    logging.getLogger("django.request").debug("Sent: %s", WORD)
    assert len(traces.in_logs(WORD, caplog)) == 1


def test_every_way_and_every_error_leaves_nothing(
    campaign: Campaign,
    member: Representative,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    settings: Settings,
) -> None:
    traces.log_everything(caplog)
    writer = Writer(campaign, member)
    go_every_way(writer, member)
    make_every_mistake(writer)
    settings.READS_PER_MINUTE = 0
    writer.send("letter/", action="finish")
    settings.READS_PER_MINUTE = 600
    Representative.objects.update(is_current=False)
    writer.send("letter/", action="finish")
    Campaign.objects.update(state=Campaign.State.CLOSED)
    writer.send("letter/", action="finish")
    assert {answer.status_code for answer in writer.answers} == {
        HTTPStatus.OK,
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.GONE,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
    # It was really sent, and came back to be copied.
    assert sum(WORD.encode() in answer.content for answer in writer.answers) >= 8
    assert Tally.objects.get().count == 1
    assert not Letter.objects.exists()
    assert_nothing_is_left(caplog, capfd)


@override_settings(ROOT_URLCONF=__name__)
def test_a_fault_of_our_own_leaves_nothing_either(
    campaign: Campaign,
    member: Representative,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    traces.log_everything(caplog)
    answer = Writer(campaign, member).send("broken/")
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "Something went wrong on our side" in text(answer)
    assert WORD not in text(answer)
    # The fault was told of, with the place where it happened.
    told = [record for record in caplog.records if record.exc_info]
    assert told
    assert_nothing_is_left(caplog, capfd)


def test_what_a_browser_sends_in_parts_leaves_nothing(
    campaign: Campaign,
    member: Representative,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    traces.log_everything(caplog)
    writer = Writer(campaign, member)
    for sent in ("not=whole&body=%ff" + WORD, "body=" + WORD + "%00", WORD):
        writer.client.post(
            writer.way + "letter/",
            sent,
            content_type="application/x-www-form-urlencoded",
        )
        writer.client.post(
            writer.way + "letter/", sent, content_type="multipart/form-data; boundary=x"
        )
        writer.client.get(writer.way + "letter/", headers={"Referer": WORD})
        writer.client.put(writer.way + "letter/", sent)
    assert_nothing_is_left(caplog, capfd)
