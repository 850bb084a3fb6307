"""Every page and mail, drawn in a made-up language, holds no word of English."""

import datetime
import itertools
import re
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from django.conf import settings as project
from django.core.exceptions import PermissionDenied
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone, translation
from jinja2 import Environment, nodes
from pytest_django import Settings

from actions import (
    carrying_on,
    claiming,
    counting,
    delivering,
    giving_up,
    holding,
    lifecycle,
    lost_links,
    mailboxes,
    privacy,
    reasons,
    recording,
    redirecting,
    reopening,
    replies,
    reviewing,
    submitting,
    subscribing,
    tokens,
    wording,
)
from actions.counting import Counted
from actions.errors import LostAnswerError
from actions.finding import Sureness
from actions.headers import Party
from actions.incoming import forwarding, parsing
from actions.incoming.values import Attachment
from actions.lifecycle import Move
from actions.models import (
    Campaign,
    Delivery,
    IncomingMail,
    Letter,
    LetterEvent,
    LetterTemplate,
    OfficeReport,
    Subscription,
    Tally,
)
from actions.screening import deciding, mending
from actions.situations import Situation
from actions.views import faults
from actions.views.quietly import FILES, REPORTS
from representatives import parliament
from representatives.models import (
    ByElection,
    Constituency,
    Office,
    OfficeKind,
    ParliamentPeriod,
    RegisterVersion,
    Representative,
)
from representatives.sources import constituencies, postcodes, theyworkforyou
from tests import made_up, reading
from tests.actions import factories, georgian
from tests.actions.georgian import (
    HELPER,
    OWN,
    PERSON,
    add_letter,
    add_prompts,
    make_campaign,
    make_member,
)
from tests.actions.pages import hidden, text
from tests.catalogues import ROOT
from tests.reading import Listener, Text

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Page

# In whose place the made-up language is spoken: all but English. In most tests it is
# that of Wales, whose readers may write in it, too, so that Postbag says more to them.
LANGUAGES: Final = tuple(
    code for code, _ in project.LANGUAGES if code != project.LANGUAGE_CODE
)
LANGUAGE: Final = "cy"
DAY: Final = datetime.timedelta(days=1)
HOUR: Final = datetime.timedelta(hours=1)

pytestmark = pytest.mark.django_db


# --- The language, and who reads it -------------------------------------------------


@pytest.fixture(scope="module", autouse=True)
def _speaking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("locale")
    made_up.install(folder, LANGUAGES)
    with override_settings(
        LOCALE_PATHS=[folder],
        CONTROLLER_CONTACT="privacy@mail.example",
        LEAST_SECONDS_TO_READ=0,
    ):
        forget_what_was_said()
        yield
        forget_what_was_said()


def forget_what_was_said() -> None:
    """Have nothing that is remembered of this language shown in another."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in {"actions", "config", "representatives"}:
            for value in list(vars(module).values()):
                if callable(forget := getattr(value, "cache_clear", None)):
                    forget()


@pytest.fixture(scope="module")
def listener() -> Listener:
    return Listener()


@pytest.fixture(scope="module")
def environment() -> Environment:
    engine = engines["jinja2"]
    assert isinstance(engine, Jinja2)
    return engine.env


@pytest.fixture(scope="module", autouse=True)
def drawn(environment: Environment) -> Iterator[set[str]]:
    """Collect the names of the templates that are drawn."""
    names: set[str] = set()
    loader, cache = environment.loader, environment.cache
    assert loader
    assert cache is not None
    source_of = loader.get_source

    def noted(environment: Environment, name: str) -> Any:
        names.add(name)
        return source_of(environment, name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loader, "get_source", noted)
        # Those that earlier tests drew would not be read again.
        cache.clear()
        yield names


class Reader(Client):
    """A visitor who reads everything that they are answered."""

    def __init__(self, listener: Listener, **options: Any) -> None:
        super().__init__(SERVER_NAME="127.0.0.1", **options)
        self.listener = listener
        self.cookies[project.LANGUAGE_COOKIE_NAME] = LANGUAGE

    def request(self, **request: Any) -> "Page":
        answer = super().request(**request)
        what = f"{request['REQUEST_METHOD']} {request['PATH_INFO']}"
        self.listener.read(f"{what} ({answer.status_code})", reading.texts_of(answer))
        return answer


@pytest.fixture
def reader(listener: Listener) -> Reader:
    return Reader(listener)


# --- Data in letters that English does not have -------------------------------------


@pytest.fixture(autouse=True)
def _registers(registers: None) -> None:
    georgian.rename_registers()


@pytest.fixture
def member() -> Representative:
    member = make_member()
    factories.place_postcodes(member.constituency, "ZE9 9", "AAAB")
    return member


@pytest.fixture
def campaign(member: Representative) -> Campaign:
    return make_campaign()


make_letter = partial(georgian.make_letter, reader_language=LANGUAGE)
make_wish = partial(georgian.make_wish, reader_language=LANGUAGE)


# --- The search itself --------------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    [
        "<p>Thank you</p>",
        "<p>ა <b>ა</b> you</p>",
        "<p>ააs</p>",
        "<title>Thank you</title>",
        '<img alt="Thank you">',
        '<p aria-label="Thank you">',
        '<input type="submit" value="Send">',
        '<input value="Send" readonly>',
        '<meta name="description" content="Thank you">',
        '<optgroup label="England"></optgroup>',
        '<p data-that-is-new="Thank you"></p>',
        '<a href="mailto:?body=Thank%20you">ა</a>',
        '<script type="application/json" id="words">{"a": ["Thank you"]}</script>',
        '<article lang="en-GB"><p>Subject:</p></article>',
    ],
)
def test_the_search_finds_what_was_left(html: str) -> None:
    assert reading.left_in_english(reading.texts_in(html))


@pytest.mark.parametrize(
    "html",
    [
        "<p>Postbag</p>",
        "<p>ა@mail.example</p>",
        '<p lang="en-GB">Thank you</p>',
        "<article><p>Dear ა,</p></article>",
        '<input name="town" value="Town">',
        "<script>const words = 1</script>",
    ],
)
def test_the_search_leaves_what_may_be(html: str) -> None:
    assert not reading.left_in_english(reading.texts_in(html))


# --- The front door and what stands still -------------------------------------------


def test_the_front_door(reader: Reader) -> None:
    reader.get("/")
    make_campaign(state=Campaign.State.CLOSED)
    reader.get("/")
    make_campaign()
    make_campaign()
    reader.get("/")


@pytest.mark.parametrize("is_live", [False, True])
def test_pages_about_the_place(
    reader: Reader, settings: Settings, *, is_live: bool
) -> None:
    settings.DELIVERY_IS_LIVE = is_live
    for path in ("/privacy/", "/about-the-data/", "/letters/lost/asked/"):
        assert reader.get(path).status_code == HTTPStatus.OK


@pytest.mark.parametrize("northern_ireland", [False, True])
def test_the_page_about_an_imported_directory(
    reader: Reader, *, northern_ireland: bool
) -> None:
    said = postcodes.provenance("2026-05", northern_ireland=northern_ireland)
    RegisterVersion.objects.filter(register="postcodes").update(**asdict(said))
    reader.get("/about-the-data/")


def test_the_page_about_new_boundaries(reader: Reader) -> None:
    said = constituencies.provenance_of_the_next(2031)
    RegisterVersion.objects.filter(register="constituencies").update(**asdict(said))
    reader.get("/about-the-data/")


def test_the_page_about_members_from_another_source(reader: Reader) -> None:
    said = theyworkforyou.PROVENANCE
    RegisterVersion.objects.filter(register="members").update(**asdict(said))
    reader.get("/about-the-data/")


def test_counts_from_before_the_boundaries_changed(reader: Reader) -> None:
    campaign = make_campaign()
    count(campaign, 7)
    counted = Tally.objects.filter(campaign=campaign).values("constituency")
    Constituency.objects.filter(pk__in=counted).update(
        is_current=False, in_force_until=timezone.localdate()
    )
    reader.get(f"/{campaign.slug}/progress/")


def test_periods_of_one_day(reader: Reader, settings: Settings) -> None:
    settings.ERASE_AFTER_DAYS = settings.CONFIRM_WITHIN_DAYS = 1
    settings.CAMPAIGNS_KEPT_DAYS = 1
    settings.LETTERS_PER_MAILBOX_PER_DAY = settings.BACKUPS_KEPT_DAYS = 1
    for path in ("/privacy/", "/letters/lost/", "/letters/lost/asked/"):
        reader.get(path)


def test_the_outbox(reader: Reader, settings: Settings, tmp_path: Path) -> None:
    settings.OUTBOX_DIR = tmp_path / "outbox"
    reader.get("/outbox/")
    make_letter(state=Letter.State.QUEUED)
    make_letter(helper=HELPER)
    make_wish()
    delivering.deliver_due()
    assert text(reader.get("/outbox/")).count('class="mail"') == 3


# --- The campaign -------------------------------------------------------------------


@pytest.mark.parametrize("state", [Campaign.State.OPEN, Campaign.State.CLOSED])
@pytest.mark.parametrize("letters", [0, 1, 1234])
def test_a_campaign_and_its_progress(reader: Reader, state: str, letters: int) -> None:
    campaign = make_campaign(state=state)
    if letters:
        count(campaign, letters)
    vacant = make_member().pk
    Representative.objects.filter(pk=vacant).update(is_current=False)
    for ending in ("", "progress/", "thanks/"):
        assert reader.get(f"/{campaign.slug}/{ending}").status_code == HTTPStatus.OK


def count(campaign: Campaign, letters: int) -> None:
    """Count as many letters of each kind, in a seat or two."""
    kinds = (
        (Tally.Step.ACCEPTED, Tally.Way.EMAIL, Tally.OwnWords.MOST),
        (Tally.Step.ACCEPTED, Tally.Way.EMAIL, Tally.OwnWords.SIGNATURE),
        (Tally.Step.ANSWERED, Tally.Way.EMAIL, Tally.OwnWords.MOST),
        (Tally.Step.REPORTED, Tally.Way.PAPER, Tally.OwnWords.MOST),
    )
    seats = Constituency.objects.order_by("code")[: min(letters, 2)]
    for (step, way, own), seat in itertools.product(kinds, seats):
        counted = Counted(campaign.pk, seat.pk, way, own, is_demo=True)
        counting.add(counted, step, timezone.now() - 3 * DAY, letters=letters)


@pytest.mark.parametrize("letters", [1, 7])
def test_what_became_of_letters(reader: Reader, letters: int) -> None:
    campaign = make_campaign()
    count(campaign, letters)
    seat = Constituency.objects.order_by("code")[0]
    counted = Counted(
        campaign.pk, seat.pk, Tally.Way.EMAIL, Tally.OwnWords.MOST, is_demo=True
    )
    for step in (*Tally.ANSWERS, Tally.Step.BOUNCED):
        counting.add(counted, step, timezone.now(), letters=letters)
    reader.get(f"/{campaign.slug}/progress/")


def test_only_what_was_not_sent_by_postbag(reader: Reader) -> None:
    campaign = make_campaign()
    seat = Constituency.objects.order_by("code")[0]
    counted = Counted(
        campaign.pk, seat.pk, Tally.Way.PAPER, Tally.OwnWords.MOST, is_demo=True
    )
    counting.add(counted, Tally.Step.REPORTED, timezone.now() - 3 * DAY, letters=7)
    reader.get(f"/{campaign.slug}/")


# --- Finding the MP -----------------------------------------------------------------

# Of every kind of error, one; and what leads to a choice.
TYPED: Final = (
    "",
    "…",
    "სისულელე",
    "SW1A",
    "ZE7 7AA",
    "BT1 1AA",
    "JE2 3AB",
    "GY1 1AA",
    "IM1 1AA",
    "GX11 1AA",
    "BFPO 12",
    "BX1 1LT",
    "ZE9 9AA",
    "ZE9 9ZZ",
    "ZE8 8ZZ",
    "ZE6 6AA",
)


@pytest.fixture
def _neighbourhood(member: Representative) -> None:
    """A sector that two seats share unequally, one of them vacant; and a vacant one."""
    first, vacant = make_member(), make_member()
    factories.place_postcodes(first.constituency, "ZE8 8", "AAABAC")
    factories.place_postcodes(vacant.constituency, "ZE8 8", "BB")
    factories.place_postcodes(vacant.constituency, "ZE6 6", "AA")
    Representative.objects.filter(pk=vacant.pk).update(is_current=False)


@pytest.mark.usefixtures("_neighbourhood")
@pytest.mark.parametrize("typed", TYPED)
def test_whatever_is_typed_for_a_postcode(
    reader: Reader, campaign: Campaign, typed: str
) -> None:
    reader.post(f"/{campaign.slug}/write/", {"postcode": typed})
    reader.post(f"/{campaign.slug}/quietly/letter/", {"looked_up": typed})


@pytest.mark.parametrize("found_by", Sureness)
def test_whoever_found_the_mp(
    reader: Reader, campaign: Campaign, found_by: str, settings: Settings
) -> None:
    settings.LIVE_LOOKUP = ("parliament", "postcodes.io")
    reader.get("/privacy/")
    reader.get(f"/{campaign.slug}/write/")
    found = hidden(reader.post(f"/{campaign.slug}/write/", {"postcode": "ZE9 9AA"}))
    fields = {**found, "sureness": found_by}
    reader.post(f"/{campaign.slug}/write/letter/", fields)


@pytest.mark.parametrize("situation", Situation)
def test_the_question_for_the_mp_in_every_situation(
    reader: Reader, campaign: Campaign, situation: str
) -> None:
    reader.post(f"/{campaign.slug}/write/", {"choose": situation})
    found = reader.post(
        f"/{campaign.slug}/write/", {"postcode": "ZE9 9AA", "situation": situation}
    )
    fields = hidden(found)
    reader.post(f"/{campaign.slug}/write/letter/", fields)
    typed = {**PERSON, "postcode": "BFPO 12", "town": "", "demands": 0}
    reader.post(f"/{campaign.slug}/write/letter/", {**fields, **typed})


def test_the_question_for_the_mp(
    reader: Reader, campaign: Campaign, member: Representative
) -> None:
    reader.get(f"/{campaign.slug}/write/")
    reader.post(f"/{campaign.slug}/write/", {"seat": "E99999999"})
    reader.get(f"/{campaign.slug}/quietly/")
    reader.post(f"/{campaign.slug}/quietly/letter/", {"seat": "E99999999"})
    for searched in ("ა", member.constituency.name, "123"):
        for path in ("write/", "quietly/letter/"):
            reader.post(f"/{campaign.slug}/{path}", {"seat_search": searched})


# --- Writing ------------------------------------------------------------------------


@dataclass
class Writer:
    """Goes through the pages as a supporter does, without a script."""

    reader: Reader
    campaign: Campaign
    member: Representative

    def post(self, ending: str, fields: dict[str, Any]) -> "Page":
        return self.reader.post(f"/{self.campaign.slug}/{ending}", fields)

    def found(self, **typed: Any) -> dict[str, Any]:
        """Find the MP; give the fields of the next page, filled in."""
        page = self.post("write/", {"seat": self.member.constituency.code, **typed})
        assert page.status_code == HTTPStatus.OK
        return {**hidden(page), **PERSON, "reason": OWN, "demands": self.demands}

    def written(self, **typed: Any) -> dict[str, Any]:
        """Answer; give the fields of the letter's page, filled in."""
        page = self.post("write/letter/", {**self.found(), **typed})
        assert page.status_code == HTTPStatus.OK
        written = {"subject": "დახმარება", "body": OWN, "consent": LANGUAGE}
        return {**hidden(page), **written}

    @property
    def demands(self) -> list[int]:
        return [demand.pk for demand in self.campaign.demands.in_order()]


@pytest.fixture
def writer(reader: Reader, campaign: Campaign, member: Representative) -> Writer:
    return Writer(reader, campaign, member)


@pytest.fixture
def posting(reader: Reader, campaign: Campaign) -> Writer:
    """Somebody whose MP publishes no address."""
    return Writer(reader, campaign, make_member(email=""))


# Each is refused, one way or another.
MISTAKES: Final[tuple[dict[str, Any], ...]] = (
    dict.fromkeys((*PERSON, "demands"), ""),
    dict.fromkeys(("name", "address_line_1", "address_line_2", "town"), "ა\nბ"),
    dict.fromkeys(("name", "address_line_1", "town"), "!"),
    dict.fromkeys(("name", "address_line_1", "address_line_2", "town"), "ა" * 200),
    {"name": PERSON["email"]},
    {"email": "მარიამ"},
    {"email": f"{'m' * 300}@mail.example"},
    {"postcode": "1" * 101},
    {"postcode": "სისულელე"},
    {"postcode": "BX1 1LT"},
    {"demands": 999_999_999},
    {"reason": "ა " * 5_001},
)


@pytest.mark.parametrize("typed", MISTAKES)
def test_mistakes_in_the_answers(writer: Writer, typed: dict[str, str]) -> None:
    writer.post("write/letter/", {**writer.found(), **typed})


def test_a_postcode_that_lies_elsewhere(writer: Writer) -> None:
    near = make_member()
    factories.place_postcodes(near.constituency, "ZE9 8", "AA")
    factories.place_postcodes(near.constituency, "ZE9 9", "CC")
    fields = {**writer.found(postcode="ZE9 9AA", seat=""), "postcode": "ZE9 8AA"}
    writer.post("write/letter/", fields)


def test_the_questions_one_by_one(writer: Writer) -> None:
    add_prompts(writer.campaign)
    fields = writer.found()
    answers = [name for name in fields if name.startswith("answer_")]
    for at in (0, 1, 2):
        writer.post("write/questions/", {**fields, "at": at})
    prompts = writer.campaign.prompts.in_order()
    for answer in ("ცოტა.", "ა " * 5_001):
        typed = {f"answer_{prompt.pk}": answer for prompt in prompts}
        writer.post("write/questions/", {**fields, **typed, "at": 1})
        writer.post("write/letter/", {**fields, **typed})
    assert not answers


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_questions_in_other_languages(writer: Writer, language: str) -> None:
    writer.reader.cookies[project.LANGUAGE_COOKIE_NAME] = language
    writer.post("write/letter/", writer.found())


def test_the_preview(writer: Writer) -> None:
    assert writer.post("write/preview/", writer.found()).content


def test_a_letter_in_welsh(reader: Reader) -> None:
    campaign = make_campaign()
    add_letter(campaign, LetterTemplate.Language.WELSH)
    reader.get(f"/{campaign.slug}/quietly/")
    writer = Writer(reader, campaign, make_member())
    for write_in in ("en", "cy"):
        writer.post("write/letter/", writer.found(write_in=write_in))


LETTERS: Final[tuple[dict[str, Any], ...]] = (
    {"subject": "", "body": "", "consent": ""},
    {"subject": "ა" * 151, "body": "ა " * 10_001},
    {"subject": "ა\nბ"},
    {"subject": "!"},
    {"website": "ა"},
    {"email": ""},
    {"town": ""},
)


@pytest.mark.parametrize("typed", LETTERS)
def test_mistakes_in_the_letter(writer: Writer, typed: dict[str, str]) -> None:
    for ending in ("send/", "own-mail/"):
        writer.post(f"write/{ending}", {**writer.written(), **typed})


@pytest.mark.parametrize("least", [0, 1, 30])
@pytest.mark.parametrize("accepts_signatures", [False, True])
def test_letters_without_own_words(
    writer: Writer, *, accepts_signatures: bool, least: int
) -> None:
    Campaign.objects.update(
        least_own_words=least, accepts_signatures=accepts_signatures
    )
    written = writer.written(reason="")
    unchanged = {"body": written["composed"][0], "consent": ""}
    writer.post("write/send/", {**written, **unchanged})


@pytest.mark.parametrize("own_words", [0, 1, 3, 10, 40])
def test_what_the_meter_says(writer: Writer, own_words: int) -> None:
    add_prompts(writer.campaign)
    prompt = writer.campaign.prompts.in_order()[0]
    typed = {f"answer_{prompt.pk}": "სიტყვა " * own_words}
    writer.post("write/letter/", {**writer.found(), **typed})


def test_a_letter_that_was_changed_before(writer: Writer) -> None:
    written = writer.written()
    writer.post("write/letter/", written)
    edited = {**written, "body": f"{OWN} {OWN}"}
    writer.post("write/letter/", edited)
    writer.post("write/", {**edited, "seat": writer.member.constituency.code})


def test_a_note_left_in_the_letter(writer: Writer) -> None:
    add_letter(writer.campaign, "en", number=3, more="\n\n[აქ დაწერეთ]")
    note = {"body": f"{OWN} [აქ დაწერეთ]"}
    for ending in ("letter/", "send/", "own-mail/"):
        writer.post(f"write/{ending}", {**writer.written(), **note})
    fields = {**opened(writer), "subject": "დახმარება", **note}
    for action in ("finish", "change"):
        writer.post("quietly/letter/", {**fields, "action": action})


def test_a_letter_from_a_page_that_is_too_old_or_too_young(
    writer: Writer, settings: Settings
) -> None:
    written = writer.written()
    ticket = tokens.ticket_of(written["token"][0])
    old = replace(ticket, issued_at=timezone.now() - 2 * DAY)
    writer.post("write/send/", {**written, "token": tokens.for_ticket(old)})
    settings.LEAST_SECONDS_TO_READ = 60
    writer.post("write/send/", written)


def test_sending(writer: Writer, settings: Settings) -> None:
    sent = writer.post("write/send/", writer.written())
    assert sent.status_code == HTTPStatus.FOUND
    for mails_a_day in (1, 6):
        settings.LETTERS_PER_MAILBOX_PER_DAY = mails_a_day
        writer.reader.get(sent["Location"])


def test_too_many_letters(writer: Writer, settings: Settings) -> None:
    written = writer.written()
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 0
    assert writer.post("write/send/", written).status_code == 429
    assert writer.post("write/paper.pdf", written).status_code == 429
    settings.READS_PER_MINUTE = 0
    assert writer.post("write/letter/", written).status_code == 429


def test_an_mp_without_an_address(posting: Writer) -> None:
    written = posting.written()
    for ending in ("send/", "own-mail/", "paper/"):
        posting.post(f"write/{ending}", written)


def test_a_seat_that_fell_vacant(writer: Writer) -> None:
    written = writer.written()
    Representative.objects.update(is_current=False)
    writer.post("write/send/", written)


def test_a_seat_whose_result_is_not_known_yet(writer: Writer) -> None:
    written = writer.written()
    ParliamentPeriod.objects.create(
        state=ParliamentPeriod.State.COUNTING, begins_on=parliament.today()
    )
    Representative.objects.update(is_current=False)
    writer.post("write/send/", written)


def test_a_campaign_that_closed_or_a_page_that_lost_its_thread(writer: Writer) -> None:
    written = writer.written()
    writer.post("write/send/", {**written, "token": "spoilt"})
    Campaign.objects.update(state=Campaign.State.CLOSED)
    writer.post("write/send/", written)
    writer.reader.get(f"/{writer.campaign.slug}/write/")


# --- No MPs at all, or none in a seat -----------------------------------------------


@pytest.mark.parametrize("ahead", [None, 30 * DAY])
def test_while_parliament_is_dissolved(
    writer: Writer, ahead: datetime.timedelta | None
) -> None:
    written = writer.written()
    waiting, held = make_letter(), make_letter(state=Letter.State.QUEUED)
    today = parliament.today()
    states = ParliamentPeriod.objects
    states.create(state=ParliamentPeriod.State.DISSOLVED, begins_on=today)
    if ahead:
        states.create(state=ParliamentPeriod.State.COUNTING, begins_on=today + ahead)
    writer.reader.get(f"/{writer.campaign.slug}/")
    writer.reader.get(f"/{writer.campaign.slug}/progress/")
    writer.post("write/send/", written)
    writer.post("quietly/", written)
    look_at(writer.reader, held)
    confirm = f"/letters/{tokens.for_letter(waiting.pk)}/confirm/"
    assert writer.reader.post(confirm).status_code == HTTPStatus.CONFLICT
    for ending in ("thanks/", "write/"):
        writer.reader.get(f"/{writer.campaign.slug}/{ending}")
    make_campaign(slug="sxva")
    writer.reader.get("/")
    Campaign.objects.update(state=Campaign.State.CLOSED)
    assert writer.reader.post(confirm).status_code == HTTPStatus.GONE
    writer.reader.get(f"/{writer.campaign.slug}/write/")


@pytest.mark.parametrize("state", Letter.State)
def test_a_letter_in_every_state_while_parliament_is_dissolved(
    reader: Reader, state: str
) -> None:
    withdrawn = make_letter(state=Letter.State.CANCELLED)
    LetterEvent.objects.create(letter=withdrawn, kind=LetterEvent.Kind.WITHDRAWN)
    late = make_letter(confirm_by=timezone.now() - DAY)
    ParliamentPeriod.objects.create(
        state=ParliamentPeriod.State.DISSOLVED, begins_on=parliament.today()
    )
    for letter in (make_letter(state=state), withdrawn, late):
        look_at(reader, letter)


def test_a_letter_that_waits_for_the_result_of_its_seat(reader: Reader) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    ParliamentPeriod.objects.create(
        state=ParliamentPeriod.State.COUNTING, begins_on=parliament.today()
    )
    Representative.objects.update(is_current=False)
    look_at(reader, letter)


def test_after_an_election_with_a_register_from_before(
    reader: Reader, campaign: Campaign
) -> None:
    today = parliament.today()
    for state, day in (("dissolved", today - 30 * DAY), ("counting", today)):
        ParliamentPeriod.objects.create(state=state, begins_on=day)
    reader.get(f"/{campaign.slug}/")


def test_a_letter_that_waits_for_newer_members(
    reader: Reader, settings: Settings
) -> None:
    settings.DELIVERY_IS_LIVE = True
    settings.MEMBERS_OLD_AFTER_DAYS = 1
    look_at(reader, make_letter(state=Letter.State.QUEUED))


def test_a_vacant_seat_with_a_by_election(writer: Writer) -> None:
    Representative.objects.update(is_current=False)
    seat = writer.member.constituency
    polling_on = parliament.today() + 30 * DAY
    ByElection.objects.create(constituency=seat, polling_on=polling_on)
    writer.post("write/", {"seat": seat.code})


# --- The draft on another device ----------------------------------------------------

ELSEWHERE: Final[tuple[dict[str, str], ...]] = (
    {"email": PERSON["email"], "packed": "abc"},
    {"packed": "abc"},
    {"email": "მარიამ", "packed": "abc"},
    {"email": f"{'m' * 300}@mail.example", "packed": "abc"},
    {"email": PERSON["email"]},
    {"email": PERSON["email"], "packed": "!"},
)


@pytest.mark.parametrize("fields", ELSEWHERE)
@pytest.mark.parametrize("a_day", [1, 6])
def test_the_answers_about_the_link_to_a_draft(
    writer: Writer,
    settings: Settings,
    tmp_path: Path,
    fields: dict[str, str],
    a_day: int,
) -> None:
    settings.OUTBOX_DIR = tmp_path
    settings.LETTERS_PER_MAILBOX_PER_DAY = a_day
    assert writer.post("write/elsewhere/", fields).content


def test_a_link_to_a_draft_that_is_not_mailed(
    writer: Writer, settings: Settings
) -> None:
    carrying_on.PAUSE.begin(timezone.now())
    assert writer.post("write/elsewhere/", ELSEWHERE[0]).status_code == 503
    carrying_on.PAUSE.end()
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 0
    assert writer.post("write/elsewhere/", ELSEWHERE[0]).status_code == 429


# --- Other ways ---------------------------------------------------------------------


# The longer one fills a link by itself: each of its letters takes twelve characters.
@pytest.mark.parametrize("subject", ["დახმარება", "𐌰" * 150])
@pytest.mark.parametrize("body", [OWN, OWN * 30])
def test_from_ones_own_mail(writer: Writer, subject: str, body: str) -> None:
    page = writer.post(
        "write/own-mail/", {**writer.written(), "subject": subject, "body": body}
    )
    assert page.status_code == HTTPStatus.OK


def test_on_paper_and_not_yet(writer: Writer) -> None:
    written = writer.written()
    writer.post("write/paper/", written)
    for way in (Tally.Way.PAPER, Tally.Way.OWN_MAIL):
        writer.post("write/not-yet/", {**written, "way": way})


def test_saying_that_it_has_gone(writer: Writer, settings: Settings) -> None:
    page = writer.post("write/paper/", writer.written())
    report = hidden(page)["report"][0]
    old = replace(tokens.report_of(report), until=timezone.now() - DAY)
    for token in ("spoilt", tokens.for_report(old)):
        writer.post("write/reported/", {"report": token})
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 0
    assert writer.post("write/reported/", {"report": report}).status_code == 429


# --- Without a trace ----------------------------------------------------------------


@pytest.fixture
def unseen(writer: Writer) -> Writer:
    REPORTS.clear()
    FILES.clear()
    return writer


def opened(writer: Writer) -> dict[str, Any]:
    page = writer.post("quietly/letter/", {"seat": writer.member.constituency.code})
    assert page.status_code == HTTPStatus.OK
    fields = {**hidden(page), **PERSON, "reason": OWN, "demands": writer.demands}
    del fields["email"]
    return fields


@pytest.mark.parametrize("typed", [*MISTAKES, {}])
def test_mistakes_without_a_trace(unseen: Writer, typed: dict[str, Any]) -> None:
    fields = {**opened(unseen), **typed}
    unseen.post("quietly/letter/", {**fields, "action": "finish"})
    unseen.post("quietly/preview/", fields)


@pytest.mark.parametrize("typed", [*LETTERS, {}])
def test_a_finished_letter_without_a_trace(
    unseen: Writer, typed: dict[str, Any]
) -> None:
    fields = {**opened(unseen), "subject": "დახმარება", "body": OWN, **typed}
    unseen.post("quietly/letter/", {**fields, "action": "finish"})
    unseen.post("quietly/letter/", {**fields, "action": "change"})
    unseen.post("quietly/paper.pdf", fields)


def test_a_letter_to_be_posted_without_a_trace(posting: Writer) -> None:
    fields = {**opened(posting), "action": "finish"}
    assert posting.post("quietly/letter/", fields).status_code == HTTPStatus.OK


def test_the_end_of_what_leaves_no_trace(unseen: Writer, settings: Settings) -> None:
    finished = {**opened(unseen), "action": "finish"}
    page = unseen.post("quietly/letter/", finished)
    report = {"report": hidden(page)["report"], "language": LANGUAGE}
    unseen.post("quietly/reported/", {**report, "report": "spoilt"})
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 0
    unseen.post("quietly/reported/", report)
    assert unseen.post("quietly/reported/", report).status_code == 429
    written = {**finished, "subject": "დახმარება", "body": OWN}
    unseen.post("quietly/paper.pdf", written)
    assert unseen.post("quietly/paper.pdf", written).status_code == 429
    unseen.post("quietly/letter/", {**finished, "token": "spoilt"})
    Representative.objects.update(is_current=False)
    unseen.post("quietly/letter/", finished)
    # It also takes the choice of a language away.
    unseen.reader.get(f"/{unseen.campaign.slug}/quietly/done/")


# --- A letter's own pages -----------------------------------------------------------


def look_at(reader: Reader, letter: Letter) -> None:
    """Open all pages of a letter."""
    at = f"/letters/{tokens.for_letter(letter.pk)}/"
    for ending in ("", "confirm/", "not-me/", "erase/", "answer/"):
        reader.get(at + ending)
    reader.post(f"{at}data/")


@pytest.mark.parametrize("state", Letter.State)
@pytest.mark.parametrize("is_live", [False, True])
def test_a_letter_in_every_state(
    reader: Reader, settings: Settings, state: str, *, is_live: bool
) -> None:
    settings.DELIVERY_IS_LIVE = is_live
    letter = make_letter(state=state)
    look_at(reader, letter)
    letter.deliveries.update(last_error=CAUSES[2])
    Campaign.objects.update(state=Campaign.State.CLOSED)
    look_at(reader, letter)


# Why a mail did not go, in words of our own.
CAUSES: Final = (
    reasons.MEMBER_LEFT,
    reasons.HELD_TOO_LONG,
    "A fault in Postbag.",
    "The mail server hung up or did not answer in time.",
    str(LostAnswerError()),
    "It holds a character that mail cannot carry.",
    "A name, address or subject cannot stand in a mail.",
    "OSError while handing it over.",
    "The mail provider refused it.",
    "The mail provider could not take it at that moment.",
    (
        "The mail provider sends nothing to this address, most often because mail to "
        "it came back before."
    ),
)
# In a mail server's: one of each that is told apart. These words are in English.
ANSWERS: Final = (
    "452 4.2.2",
    "450 greylisted",
    "552 5.3.4",
    "421 busy",
    "550 5.7.1",
    "550 5.1.1",
    "550 5.4.4",
    "451",
    "550",
)


@pytest.mark.parametrize("is_demo", [False, True])
@pytest.mark.parametrize("is_disowned", [False, True])
def test_everything_that_can_happen(
    reader: Reader, *, is_disowned: bool, is_demo: bool
) -> None:
    letter = make_letter(state=Letter.State.ACCEPTED, is_demo=is_demo)
    causes: dict[str, Iterable[str]] = {
        LetterEvent.Kind.RETRIED: ("", *CAUSES),
        LetterEvent.Kind.NOTICE_BOUNCED: ("", CAUSES[2]),
        LetterEvent.Kind.FAILED: (*CAUSES, *deciding.GIVEN_BACK.values()),
        LetterEvent.Kind.OFFICE_SPOKE: deciding.OFFICE_SAYS.values(),
        LetterEvent.Kind.HELD: Letter.Hold,
        LetterEvent.Kind.RELEASED: [
            reviewing.SAME_AGAIN,
            reviewing.UP_TO_DATE,
            redirecting.SENT_ON,
            mending.MENDED,
            deciding.READ,
            deciding.SET_ASIDE,
            deciding.LIFTED,
        ],
        LetterEvent.Kind.FORGOTTEN: privacy.Cause,
    }
    for kind in LetterEvent.Kind:
        if is_disowned or kind != LetterEvent.Kind.DISOWNED:
            for cause in causes.get(kind, [""]):
                LetterEvent.objects.create(letter=letter, kind=kind, cause=cause)
    look_at(reader, letter)


@pytest.mark.parametrize("answer", ANSWERS)
def test_whatever_a_mail_server_answers(listener: Listener, answer: str) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    [owed] = letter.deliveries.all()
    recording.postponed(owed, answer, HOUR, timezone.now())
    client = Client()
    client.cookies[project.LANGUAGE_COOKIE_NAME] = LANGUAGE
    page = client.get(f"/letters/{tokens.for_letter(letter.pk)}/")
    texts = reading.texts_of(page)
    assert any(answer in text.words for text in texts)
    without = [replace(text, words=text.words.replace(answer, "")) for text in texts]
    listener.read(answer, without)


@pytest.mark.parametrize("tries", [0, 1, 2])
@pytest.mark.parametrize("due", [-HOUR, datetime.timedelta(), HOUR])
@pytest.mark.parametrize("is_going", [False, True])
def test_a_letter_in_the_queue(
    reader: Reader, due: datetime.timedelta, tries: int, *, is_going: bool
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    now = timezone.now()
    letter.deliveries.update(
        attempts=tries,
        due_at=now + due,
        lease=uuid.uuid4() if is_going else None,
        leased_until=now + HOUR if is_going else None,
    )
    at = f"/letters/{tokens.for_letter(letter.pk)}/"
    reader.get(at)
    if is_going:
        for ending in ("cancel/", "erase/", "not-me/"):
            assert reader.post(at + ending).status_code == HTTPStatus.CONFLICT


def test_a_letter_that_its_campaign_holds(listener: Listener, reader: Reader) -> None:
    campaign = make_campaign(letters_go_from=timezone.localdate() + 9 * DAY)
    letter = make_letter(campaign=campaign)
    at = f"/letters/{tokens.for_letter(letter.pk)}/"
    read_mail(listener, wording.of(letter.deliveries.get()))
    reader.get(f"{at}confirm/")
    reader.post(f"{at}confirm/")
    reader.get(at)


def test_a_letter_that_waits_for_others(reader: Reader, settings: Settings) -> None:
    settings.LETTERS_PER_MP_PER_HOUR = settings.LETTERS_PER_MP_PER_HOUR_OTHERWISE = 6
    first = make_letter()
    submitting.confirm(first, now=timezone.now())
    second = make_letter(representative=first.representative, campaign=first.campaign)
    reader.get(f"/letters/{tokens.for_letter(second.pk)}/confirm/")


@pytest.mark.parametrize("is_disowned", [False, True])
def test_a_letter_that_is_erased(reader: Reader, *, is_disowned: bool) -> None:
    now = timezone.now()
    letter = make_letter(state=Letter.State.ACCEPTED)
    if is_disowned:
        submitting.disown(letter, now=now)
        privacy.forget(letter, now=now)
    else:
        privacy.forget(letter, now=now, cause=privacy.Cause.TIME)
        look_at(reader, letter)
        privacy.erase_on_request(letter, now=now)
    look_at(reader, letter)


def test_a_letter_that_is_about_to_be_erased(
    reader: Reader, settings: Settings
) -> None:
    long_ago = timezone.now() - 60 * DAY
    look_at(reader, make_letter(state=Letter.State.ACCEPTED, now=long_ago))
    look_at(reader, make_letter(now=long_ago))
    settings.ERASE_AFTER_DAYS = 1
    look_at(reader, make_letter(state=Letter.State.QUEUED))
    look_at(reader, make_letter(state=Letter.State.REPEATED))


@pytest.mark.parametrize("told", replies.TELLING)
def test_a_letter_of_which_its_writer_tells(reader: Reader, told: str) -> None:
    letter = make_letter(
        state=Letter.State.ACCEPTED, campaign=make_campaign(stock_reply_help="დიახ?")
    )
    at = f"/letters/{tokens.for_letter(letter.pk)}/answer/"
    assert reader.post(at).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    reader.post(at, {"told": told}, follow=True)
    look_at(reader, letter)
    Letter.objects.update(reply_seen_at=timezone.now() + DAY)
    look_at(reader, letter)


def test_a_letter_that_came_back_and_was_replied_to(reader: Reader) -> None:
    letter = make_letter(state=Letter.State.BOUNCED, reply_seen_at=timezone.now())
    lifecycle.note(letter, LetterEvent.Kind.BOUNCED, timezone.now())
    look_at(reader, letter)
    at = f"/letters/{tokens.for_letter(letter.pk)}/answer/"
    for told in (Letter.State.ANSWERED, Letter.State.BOUNCED):
        reader.post(at, {"told": told}, follow=True)
        look_at(reader, letter)
    letter.refresh_from_db()
    assert letter.state == Letter.State.BOUNCED


@pytest.mark.parametrize("days", [0, 9])
@pytest.mark.parametrize("is_heard", [False, True])
def test_a_letter_that_has_not_come_back(
    reader: Reader, settings: Settings, days: int, *, is_heard: bool
) -> None:
    settings.DELIVERY_IS_LIVE = True
    settings.ASK_AFTER_DAYS = 1 + days
    gone_at = timezone.now() - days * DAY
    if is_heard:
        factories.show_that_news_come(gone_at - DAY, timezone.now())
    letter = make_letter(state=Letter.State.ACCEPTED, now=gone_at)
    LetterEvent.objects.create(letter=letter, kind=LetterEvent.Kind.ACCEPTED)
    look_at(reader, letter)


def test_a_letter_whose_mp_has_left(reader: Reader) -> None:
    waiting, gone = make_letter(), make_letter(state=Letter.State.ACCEPTED)
    failed = make_letter(state=Letter.State.FAILED)
    LetterEvent.objects.create(
        letter=failed, kind=LetterEvent.Kind.FAILED, cause=reasons.MEMBER_LEFT
    )
    Representative.objects.update(is_current=False)
    confirm = f"/letters/{tokens.for_letter(waiting.pk)}/confirm/"
    assert reader.post(confirm).status_code == HTTPStatus.CONFLICT
    for letter in (gone, failed):
        look_at(reader, letter)
    Campaign.objects.update(state=Campaign.State.CLOSED)
    look_at(reader, gone)
    assert reader.post(confirm).status_code == HTTPStatus.GONE


def hold(
    reason: str, *, postcode: str = "ZE9 9AA", is_in_doubt: bool = False
) -> Letter:
    """Make a letter that its worker holds for a reason."""
    letter = make_letter(state=Letter.State.QUEUED, postcode=postcode)
    if is_in_doubt:
        put_in_doubt(letter)
    by = timezone.now() + DAY
    holding.hold(letter, Letter.Hold(reason), timezone.now(), decide_by=by)
    return letter


@pytest.mark.parametrize("reason", Letter.Hold)
@pytest.mark.parametrize("is_in_doubt", [False, True])
def test_a_held_letter_and_what_becomes_of_it(
    reader: Reader, listener: Listener, reason: str, *, is_in_doubt: bool
) -> None:
    letter = hold(reason, is_in_doubt=is_in_doubt)
    states = ParliamentPeriod.objects
    for is_dissolved in (False, True):
        if is_dissolved:
            states.create(
                state=ParliamentPeriod.State.DISSOLVED, begins_on=parliament.today()
            )
        look_at(reader, letter)
        reader.get(f"/letters/{tokens.for_letter(letter.pk)}/redirect/")
        owed = letter.deliveries.get(kind=Delivery.Kind.HELD_NOTICE)
        read_mail(listener, wording.of(owed))
    for cause in (holding.HELD_TOO_LONG, "The time to keep it was over."):
        ended = hold(reason)
        holding.give_back(ended, cause, timezone.now())
        look_at(reader, ended)
        owed = ended.deliveries.get(kind=Delivery.Kind.FAILURE_NOTICE)
        read_mail(listener, wording.of(owed))


def test_a_held_letter_with_a_by_election_ahead(reader: Reader) -> None:
    letter = hold(Letter.Hold.VACANT)
    polling_on = parliament.today() + 30 * DAY
    ByElection.objects.create(constituency=letter.constituency, polling_on=polling_on)
    look_at(reader, letter)


def let_succeed(letter: Letter, **fields: Any) -> Representative:
    """Have somebody else hold the seat of a letter."""
    Representative.objects.filter(pk=letter.representative_id).update(is_current=False)
    member = make_member(**fields)
    Representative.objects.filter(pk=member.pk).update(constituency=letter.constituency)
    return member


@pytest.mark.parametrize("kind", OfficeKind)
def test_a_letter_to_be_sent_on(reader: Reader, kind: str) -> None:
    letter = hold(Letter.Hold.MEMBER_CHANGED)
    at = f"/letters/{tokens.for_letter(letter.pk)}/redirect/"
    member = let_succeed(letter, display_name="ნინო კაპანაძე")
    Office.objects.create(parliament_id=member.parliament_id, kind=kind, name="წევრი")
    fields = hidden(reader.get(at))
    named = letter.representative.display_name
    reader.post(at, {**fields, "show": "1", "body": f"{OWN} {named}, {named}ა"})
    for typed in LETTERS[:4]:
        reader.post(at, {**fields, **typed})
    written = {"subject": "დახმარება", "body": OWN}
    reader.post(at, {**fields, "addressee": "…", **written})
    make_letter(
        state=Letter.State.ACCEPTED,
        campaign=letter.campaign,
        representative=member,
        sender_email=letter.sender_email,
    )
    assert reader.post(at, {**fields, **written}).status_code == HTTPStatus.CONFLICT
    Representative.objects.filter(pk=member.pk).update(email="")
    reader.get(at)
    Representative.objects.filter(pk=member.pk).update(is_current=False)
    reader.post(at, {**fields, **written})


@pytest.mark.usefixtures("_neighbourhood")
@pytest.mark.parametrize("postcode", ["", "ZE8 8ZZ", "ZE9 9AA", "ZE6 6AA"])
def test_a_letter_to_be_sent_on_after_new_boundaries(
    reader: Reader, postcode: str
) -> None:
    letter = hold(Letter.Hold.BOUNDARIES_CHANGED, postcode=postcode)
    let_succeed(letter)
    Constituency.objects.filter(pk=letter.constituency_id).update(
        is_current=False, in_force_until=timezone.localdate()
    )
    at = f"/letters/{tokens.for_letter(letter.pk)}/redirect/"
    reader.get(at)
    reader.post(at, {"seat": "E99999999", "choose": "1"})


@pytest.mark.parametrize("language", LetterTemplate.Language)
def test_what_is_held_of_a_letter(reader: Reader, language: str) -> None:
    letter = make_letter(language=language)
    for state in Delivery.State:
        done_at = None if state == Delivery.State.WAITING else timezone.now()
        letter.deliveries.update(state=state, done_at=done_at)
        look_at(reader, letter)
    for kind in (
        Delivery.Kind.LETTER,
        Delivery.Kind.LINKS,
        Delivery.Kind.REMINDER,
        Delivery.Kind.QUESTION,
        Delivery.Kind.QUESTION_REMINDER,
        Delivery.Kind.BOUNCE_NOTICE,
    ):
        Delivery.objects.create(letter=letter, kind=kind, is_demo=True)
    reply = IncomingMail.objects.create(
        letter=letter, is_demo=True, kind="reply", state="done", size=1
    )
    Delivery.objects.create(letter=letter, kind="forward", reply=reply, is_demo=True)
    look_at(reader, letter)


def test_a_letter_that_was_withheld(reader: Reader) -> None:
    for letter in (make_letter(), make_letter(state=Letter.State.QUEUED)):
        lifecycle.make(Move.WITHHOLD, letter, timezone.now())
        letter.deliveries.update(kind=Delivery.Kind.WITHHELD_NOTICE)
        look_at(reader, letter)


def put_in_doubt(letter: Letter) -> Letter:
    """Have the mail server's answer to a letter got lost."""
    cause = str(LostAnswerError())
    recording.postponed(letter.deliveries.get(), cause, HOUR, timezone.now())
    return letter


def test_a_letter_that_a_dead_worker_had_in_hand(
    reader: Reader, listener: Listener
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    assert claiming.claim(timezone.now(), live=False, at_most=1)
    (lease,) = recording.abandoned(timezone.now() + DAY)
    assert recording.free(lease, timezone.now() + DAY)
    look_at(reader, letter)


@pytest.mark.parametrize(
    "cause",
    [
        CAUSES[0],
        "A fault in Postbag.",
        "550 5.1.1",
        giving_up.NO_WAY_OUT,
        str(LostAnswerError()),
    ],
)
@pytest.mark.parametrize("is_in_doubt", [False, True])
def test_a_letter_that_failed(
    reader: Reader, listener: Listener, cause: str, *, is_in_doubt: bool
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    if is_in_doubt:
        put_in_doubt(letter)
        look_at(reader, letter)
    recording.failed(letter.deliveries.get(), cause, timezone.now())
    letter.refresh_from_db()
    look_at(reader, letter)
    owed = letter.deliveries.get(kind=Delivery.Kind.FAILURE_NOTICE)
    read_mail(listener, wording.of(owed))
    links = Delivery(letter=letter, kind=Delivery.Kind.LINKS)
    read_mail(listener, wording.of(links))


@pytest.mark.parametrize("reason", [Letter.Hold.FLOOD, Letter.Hold.VACANT])
@pytest.mark.parametrize(
    "cause", [reasons.HELD_TOO_LONG, "The time to keep it was over."]
)
def test_a_letter_that_was_held_and_may_have_arrived(
    reader: Reader, listener: Listener, reason: Letter.Hold, cause: str
) -> None:
    letter, now = put_in_doubt(make_letter(state=Letter.State.QUEUED)), timezone.now()
    holding.hold(letter, reason, now, decide_by=now + DAY)
    holding.give_back(letter, cause, now)
    look_at(reader, letter)
    owed = letter.deliveries.get(kind=Delivery.Kind.FAILURE_NOTICE)
    read_mail(listener, wording.of(owed))


@pytest.mark.parametrize("move", [Move.CANCEL, Move.DISOWN, Move.WITHHOLD])
def test_a_letter_that_was_stopped_and_may_have_arrived(
    reader: Reader, listener: Listener, move: Move
) -> None:
    letter = put_in_doubt(make_letter(state=Letter.State.QUEUED))
    lifecycle.make(move, letter, timezone.now())
    letter.refresh_from_db()
    look_at(reader, letter)
    if move == Move.WITHHOLD:
        letter.deliveries.update(kind=Delivery.Kind.WITHHELD_NOTICE)
        read_mail(listener, wording.of(letter.deliveries.get()))


def test_a_letter_from_trying_out(reader: Reader) -> None:
    letter = make_letter()
    delivering.withdraw_demo_letters(timezone.now())
    look_at(reader, letter)


def test_a_link_that_opens_nothing(reader: Reader) -> None:
    assert reader.get("/letters/cut-off/").status_code == HTTPStatus.NOT_FOUND


def test_what_an_office_tells(reader: Reader, settings: Settings) -> None:
    letter = make_letter(state=Letter.State.ACCEPTED)
    at = f"/letters/office/{tokens.for_office(letter.pk)}/"
    settings.CONTROLLER_CONTACT = "letters@postbag.example"
    reader.get(at)
    for typed in ({}, {"kind": "ა"}, {"kind": "stop", "note": "ა" * 1001}):
        assert reader.post(at, typed).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    for kind in OfficeReport.Kind:
        reader.post(at, {"kind": kind}, follow=True)
    settings.DEEDS_PER_ADDRESS_PER_HOUR = 1
    for _ in range(2):
        answer = reader.post(at, {"kind": "stop"})
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    cut_off = reader.get("/letters/office/cut-off/")
    assert cut_off.status_code == HTTPStatus.NOT_FOUND


def test_too_many_presses(reader: Reader, settings: Settings) -> None:
    settings.DEEDS_PER_ADDRESS_PER_HOUR = 0
    cancel = f"/letters/{tokens.for_letter(make_letter().pk)}/cancel/"
    assert reader.post(cancel).status_code == 429


def test_lost_links(reader: Reader, settings: Settings) -> None:
    reader.get("/letters/lost/")
    for email in ("", "მარიამ", f"{'m' * 300}@mail.example"):
        reader.post("/letters/lost/", {"email": email})
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 0
    answer = reader.post("/letters/lost/", {"email": PERSON["email"]})
    assert answer.status_code == 429


# --- E-mail updates -----------------------------------------------------------------

WISHES: Final[tuple[dict[str, str], ...]] = (
    {},
    {"email": "მარიამ", "website": "ა"},
    {"email": "=maria@mail.example", "consent": "on"},
    {"email": f"{'m' * 300}@mail.example", "consent": "on"},
)


@pytest.mark.parametrize("imprint", ["", "წრე"])
def test_asking_for_updates(reader: Reader, settings: Settings, imprint: str) -> None:
    campaign = make_campaign(imprint=imprint)
    at = f"/{campaign.slug}/updates/"
    for typed in WISHES:
        assert reader.post(at, typed).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    for mails_a_day in (1, 6):
        settings.LETTERS_PER_MAILBOX_PER_DAY = mails_a_day
        reader.get(f"{at}asked/")
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 0
    asked = {"email": PERSON["email"], "consent": "on"}
    assert reader.post(at, asked).status_code == 429


def test_asking_to_be_told(reader: Reader, settings: Settings) -> None:
    campaign = make_campaign()
    ParliamentPeriod.objects.create(
        state=ParliamentPeriod.State.DISSOLVED, begins_on=parliament.today()
    )
    at = f"/{campaign.slug}/reopening/"
    for typed in (*WISHES[:2], WISHES[-1]):
        assert reader.post(at, typed).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    for mails_a_day in (1, 6):
        settings.LETTERS_PER_MAILBOX_PER_DAY = mails_a_day
        reader.get(f"{at}asked/")
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 0
    asked = {"email": PERSON["email"], "consent": "on"}
    assert reader.post(at, asked).status_code == 429


def look_at_wish(reader: Reader, wish: Subscription) -> None:
    at = f"/updates/{tokens.for_subscription(wish.pk)}/"
    for ending in ("", "leave/"):
        reader.get(at + ending)


@pytest.mark.parametrize("is_live", [False, True])
@pytest.mark.parametrize("purpose", Subscription.Purpose)
def test_wishes(
    reader: Reader, settings: Settings, purpose: str, *, is_live: bool
) -> None:
    now = timezone.now()
    for is_demo in (False, True):
        wishes = [
            make_wish(purpose=purpose, is_demo=is_demo),
            make_wish(purpose=purpose, is_demo=is_demo, confirmed_at=now),
            make_wish(purpose=purpose, is_demo=is_demo, now=now - 60 * DAY),
        ]
        settings.DELIVERY_IS_LIVE = is_live
        for wish in wishes:
            look_at_wish(reader, wish)
        subscribing.expire(now)
        for wish in wishes[:2]:
            wish.refresh_from_db()
            look_at_wish(reader, wish)
            reader.post(f"/updates/{tokens.for_subscription(wish.pk)}/leave/")
        for wish in wishes:
            look_at_wish(reader, wish)


def test_links_of_updates_that_open_nothing(reader: Reader, settings: Settings) -> None:
    assert reader.get("/updates/cut-off/").status_code == HTTPStatus.NOT_FOUND
    settings.DEEDS_PER_ADDRESS_PER_HOUR = 0
    at = f"/updates/{tokens.for_subscription(make_wish().pk)}/"
    assert reader.post(at).status_code == 429


# --- Mails --------------------------------------------------------------------------


def read_mail(listener: Listener, mail: wording.Wording) -> None:
    listener.read(
        f"the mail {mail.subject!r}",
        (
            Text("sender", mail.sender_name),
            Text("subject", mail.subject),
            Text("body", mail.body),
        ),
    )


def make_returned(**fields: Any) -> Letter:
    """Make a letter that came back, of which its writer is owed the news."""
    letter = make_letter(state=Letter.State.BOUNCED, **fields)
    holding.owe(letter, Delivery.Kind.BOUNCE_NOTICE, timezone.now())
    return letter


MAILS: Final[tuple[Callable[[], object], ...]] = (
    make_letter,
    partial(make_letter, helper=HELPER),
    partial(make_letter, state=Letter.State.REPEATED),
    partial(make_letter, state=Letter.State.REPEATED, helper=HELPER),
    partial(make_letter, state=Letter.State.FAILED),
    partial(make_returned, helper=HELPER),
    make_returned,
    make_wish,
    partial(make_wish, purpose=Subscription.Purpose.REOPENING),
)


@pytest.mark.parametrize("is_live", [False, True])
def test_our_own_mails(
    listener: Listener, settings: Settings, *, is_live: bool
) -> None:
    for make in MAILS:
        make()
    kept = make_letter(state=Letter.State.FAILED)
    LetterEvent.objects.create(
        letter=kept, kind=LetterEvent.Kind.FAILED, cause=reasons.MEMBER_LEFT
    )
    withheld = make_letter(state=Letter.State.CANCELLED)
    Delivery.objects.create(
        letter=withheld,
        kind=Delivery.Kind.WITHHELD_NOTICE,
        is_demo=withheld.is_demo,
    )
    Subscription.objects.update(confirmed_at=None)
    for purpose in Subscription.Purpose:
        known = make_wish(purpose=purpose)
        Subscription.objects.filter(pk=known.pk).update(confirmed_at=timezone.now())
    reopening.owe(timezone.now(), live=False)
    settings.DELIVERY_IS_LIVE = is_live
    owed = Delivery.objects.select_related("letter", "subscription")
    assert owed.count() == len(MAILS) + 5
    for delivery in owed:
        read_mail(listener, wording.of(delivery))
    with translation.override(LANGUAGE):
        link = "https://letters.example/#draft=abc"
        read_mail(listener, wording.elsewhere(PERSON["email"], link))


@pytest.mark.parametrize("is_live", [False, True])
@pytest.mark.parametrize("asks_again", [0, 7])
def test_mails_that_remind_and_ask(
    listener: Listener, settings: Settings, asks_again: int, *, is_live: bool
) -> None:
    settings.ASK_AGAIN_AFTER_DAYS = asks_again
    letters = (
        make_letter(),
        make_letter(state=Letter.State.ACCEPTED, helper=HELPER),
        make_letter(state=Letter.State.ACCEPTED, reply_seen_at=timezone.now()),
    )
    settings.DELIVERY_IS_LIVE = is_live
    for kind, letter in itertools.product(
        (
            Delivery.Kind.REMINDER,
            Delivery.Kind.QUESTION,
            Delivery.Kind.QUESTION_REMINDER,
        ),
        letters,
    ):
        if letter.has_gone or kind == Delivery.Kind.REMINDER:
            owed = Delivery(letter=letter, kind=kind, is_demo=not is_live)
            read_mail(listener, wording.of(owed))


@pytest.mark.parametrize("letters", [1, 2, mailboxes.AT_MOST])
@pytest.mark.parametrize("is_one_writer", [False, True])
def test_the_mail_with_lost_links(
    listener: Listener, letters: int, *, is_one_writer: bool
) -> None:
    for number in range(letters):
        name = "მარიამ" if is_one_writer else f"მარიამ {number}"
        make_letter(sender_email=PERSON["email"], sender_name=name)
    lost_links.ask(PERSON["email"], address="192.0.2.1", now=timezone.now())
    [owed] = Delivery.objects.filter(kind=Delivery.Kind.LINKS)
    read_mail(listener, wording.of(owed))


@pytest.mark.parametrize("sender", [b"", b"a@mail.example"])
def test_an_answer_that_is_passed_on(listener: Listener, sender: bytes) -> None:
    content = b"From: " + sender + b"\nTo: b@mail.example\n\n"
    answer = replace(
        parsing.parse(content, domain="letters.example"),
        is_cut=True,
        attachments=(Attachment("მარიამ", "", b""),),
    )
    with translation.override(LANGUAGE):
        mail = forwarding.pass_on(
            answer,
            sender_address="letters@letters.example",
            office=Party("მარიამ", "a@mail.example"),
            to=Party("მარიამ", PERSON["email"]),
        )
    words = (mail.sender.name, mail.subject, mail.body)
    listener.read("an answer", [Text("mail", said) for said in words])


# --- What people see when something is wrong ----------------------------------------


def test_what_cannot_be_answered(reader: Reader, settings: Settings) -> None:
    assert reader.get("/nowhere/").status_code == HTTPStatus.NOT_FOUND
    french = reader.post("/about/language/", {"language": "fr"})
    assert french.status_code == HTTPStatus.BAD_REQUEST
    settings.LARGEST_REQUEST_BYTES = 10
    large = reader.post("/letters/lost/", {"email": PERSON["email"]})
    assert large.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def test_a_form_without_our_cookie(listener: Listener, campaign: Campaign) -> None:
    reader = Reader(listener, enforce_csrf_checks=True)
    page = reader.post(f"/{campaign.slug}/write/send/", {"body": OWN})
    assert page.status_code == HTTPStatus.FORBIDDEN


def test_what_is_not_open(listener: Listener) -> None:
    """Nobody but staff meets it so far, and staff read English."""
    with translation.override(LANGUAGE):
        page = faults.denied(RequestFactory().get("/"), PermissionDenied())
    assert page.status_code == HTTPStatus.FORBIDDEN
    listener.read("403", reading.texts_of(page))


# --- Nothing was forgotten ----------------------------------------------------------

# Staff read English; the page for our own faults asks nothing that may be broken.
NOT_FOR_READERS: Final = ("admin/", "500.html", "colours.css")
# Sentences that are in the catalogues but on none of these pages.
NEVER_SAID: Final = frozenset(
    (
        # Nobody has to choose it: it is where everybody begins.
        "I live in the United Kingdom",
        # Both pages that list demands have words of their own for it.
        "More to choose from",
        # Which mail it is, is told of a letter's mails alone.
        "asks to confirm the wish for updates",
        # To readers of neither English nor Welsh.
        (
            "MPs’ offices read English, so your letter is in English, whatever the "
            "language of this page. Simple English is good."
        ),
    )
)
TEMPLATES: Final = tuple(
    name
    for path in sorted((ROOT / "templates").rglob("*.*"))
    if not (name := path.relative_to(ROOT / "templates").as_posix()).startswith(
        NOT_FOR_READERS
    )
)


def test_no_template_has_words_outside_its_sentences(
    environment: Environment, listener: Listener
) -> None:
    """Also where no test draws them."""
    for name in TEMPLATES:
        tree = environment.parse((ROOT / "templates" / name).read_text())
        words = "".join(part.data for part in tree.find_all(nodes.TemplateData))
        # Endings of names that are put together.
        words = re.sub(r"_\w+", "", words)
        is_page = name.endswith(".html")
        listener.read(name, reading.texts_in(words) if is_page else [Text("", words)])


@pytest.fixture
def _all_ran(request: pytest.FixtureRequest) -> None:
    chosen = {item.name.partition("[")[0] for item in request.session.items}
    if not chosen.issuperset(name for name in globals() if name.startswith("test_")):
        pytest.skip("tells something only where all tests of this file run")


@pytest.mark.usefixtures("_all_ran")
@pytest.mark.parametrize("language", LANGUAGES)
def test_django_says_nothing_that_stays_english(
    listener: Listener, language: str
) -> None:
    said = made_up.djangos_own(listener.heard)
    assert said
    assert said <= made_up.djangos_in(language)


@pytest.mark.usefixtures("_all_ran")
def test_every_template_was_drawn(drawn: set[str]) -> None:
    assert set(TEMPLATES) - drawn == set(), "draw these in a test above"


@pytest.mark.usefixtures("_all_ran")
def test_every_sentence_was_said(listener: Listener) -> None:
    unsaid = made_up.unsaid(listener.heard) - NEVER_SAID
    assert unsaid == set(), "have these said in a test above"
