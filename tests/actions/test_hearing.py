"""What shows that it is heard of letters that come back, and for which letters."""

import datetime
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.checks import run_checks
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from actions import hearing, lifecycle, tokens, writing_home
from actions.models import IncomingMail, Letter, LetterEvent
from actions.receiving import forgetting
from tests import workers
from tests.actions.factories import make_letter, show_that_news_come
from tests.actions.pages import text
from tests.actions.quiet import no_error_in_the_log
from tests.actions.receiving.arriving import gone, raw, take
from tests.smtp import Fault, MailServer, mail_server, text_of

__all__ = ["mail_server", "no_error_in_the_log"]

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
# Noon of a winter's day.
WENT = datetime.datetime(2026, 11, 10, 12, tzinfo=datetime.UTC)
DOMAIN = "letters.postbag.org.uk"


@pytest.fixture(autouse=True)
def _live(settings: Settings) -> None:
    settings.DELIVERY_IS_LIVE = True
    settings.SENDER_ADDRESS = f"letters@{DOMAIN}"


def written_on(at: datetime.datetime, *headers: str) -> bytes:
    """What we write to ourselves on a day, as it comes in."""
    to = hearing.address_of(timezone.localdate(at))
    return "\r\n".join([*headers, f"To: {to}", "", "Ours.", ""]).encode()


def show(*days: float, by: str = "") -> None:
    """Have it shown so many days after the letter went, or before."""
    for after in days:
        at = WENT + after * DAY
        show_that_news_come(at, at, by=by)


# --- Which letters it is known of -----------------------------------------------------


@pytest.mark.parametrize(
    ("days", "after"),
    [
        # At once, by what came the day before, or an hour before.
        ([-1], 0),
        ([-1 / 24], 0),
        ([-1], 0.4),
        ([-1, 0.1, 1, 2, 3], 3.1),
        # A day may be missing, but not two in a row.
        ([-1, 1, 3], 3.1),
        ([-1, 1, 3], 4.1),
        # What comes when servers have given up is not waited for.
        ([-1, 0.1, 1, 2, 3, 4, 5], 20),
        ([-1, 1, 3, 5], 20),
    ],
)
def test_a_letter_is_covered_if_something_shows_it_day_by_day(
    days: list[float], after: float
) -> None:
    show(*days)
    assert hearing.covers(WENT, WENT + after * DAY)


@pytest.mark.parametrize(
    ("days", "after"),
    [
        ([], 0),
        # Receiving was set up too late, on the same day or another.
        ([1 / 24], 0.1),
        ([1, 2, 3, 4, 5], 5.1),
        ([-2], 0),
        # It ended since, or for two days.
        ([-1], 0.9),
        ([-1, 0.1], 2.1),
        ([-1, 0.1, 1, 4, 5], 6),
        ([-1, 0.1, 1, 2, 3], 20),
    ],
)
def test_a_letter_is_not_covered_by_days_that_show_nothing(
    days: list[float], after: float
) -> None:
    show(*days)
    assert not hearing.covers(WENT, WENT + after * DAY)


def test_a_day_is_that_of_london() -> None:
    """In summer it begins an hour before that of Greenwich."""
    at = datetime.datetime(2026, 6, 10, 23, 30, tzinfo=datetime.UTC)
    show_that_news_come(at - DAY, at - DAY)
    assert hearing.covers(at, at + HOUR)
    # Up to the second midnight of London after it.
    assert hearing.covers(at, at + 23 * HOUR)
    assert not hearing.covers(at, at + 24 * HOUR)


def test_what_lay_in_a_folder_shows_that_of_the_day_on_which_it_was_written() -> None:
    show(-1)
    for after in range(4):
        take(written_on(WENT + after * DAY), now=WENT + 4 * DAY)
    assert hearing.covers(WENT, WENT + 4 * DAY)


def test_after_four_weeks_nothing_is_known_any_more() -> None:
    show(*range(-1, 6))
    forgetting.forget_due(WENT + 20 * DAY)
    assert hearing.covers(WENT, WENT + 20 * DAY)
    forgetting.forget_due(WENT + 34 * DAY)
    assert not hearing.covers(WENT, WENT + 34 * DAY)
    assert not IncomingMail.objects.exists()


def test_a_provider_is_heard_by_what_it_tells_and_not_by_mail_that_comes_in(
    settings: Settings,
) -> None:
    settings.MAIL_PROVIDER = settings.EVENTS_WEBHOOK = "mailgun"
    show(-1)
    show(-1, by="postmark")
    assert not hearing.covers(WENT, WENT)
    show(-1, by="mailgun")
    assert hearing.covers(WENT, WENT)
    settings.RETURNS_CAN_BE_HEARD = False
    assert not hearing.covers(WENT, WENT)


def test_mail_that_came_in_over_a_provider_shows_nothing_of_mail_without_one(
    settings: Settings,
) -> None:
    settings.MAIL_PROVIDER = "mailgun"
    show(-1, 0.1, 1)
    settings.MAIL_PROVIDER = ""
    assert not hearing.covers(WENT, WENT + DAY)


def test_it_takes_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    show(*range(-1, 6))
    with django_assert_num_queries(1):
        assert hearing.covers(WENT, WENT + 9 * DAY)


# --- What shows it --------------------------------------------------------------------


def test_a_mail_to_ourselves_is_noted_once_and_nothing_of_it_is_kept() -> None:
    rows = {
        take(written_on(WENT, f"Received: {number}"), now=WENT + number * HOUR).pk
        for number in range(3)
    }
    row = IncomingMail.objects.get()
    assert rows == {row.pk}
    assert (row.kind, row.state, row.letter) == ("loop", "done", None)
    assert (row.received_at, bytes(row.content)) == (WENT, b"")


@pytest.mark.parametrize(
    ("sender", "shows"),
    [
        (None, True),
        # It could not be handed on, and came back: so do letters.
        ("", True),
        ("{own}", True),
        ("prvs=0123456789={own}", True),
        ("letters@letters.postbag.org.uk", False),
        ("0102-0000@eu-west-2.amazonses.example", False),
        ("bounces+1-{own_in_theirs}@em.example", False),
    ],
)
def test_a_relay_with_an_envelope_sender_of_its_own_shows_nothing(
    sender: str | None, caplog: pytest.LogCaptureFixture, *, shows: bool
) -> None:
    own = hearing.address_of(timezone.localdate(WENT))
    if sender:
        sender = sender.format(own=own, own_in_theirs=own.replace("@", "="))
    take(written_on(WENT), sender=sender, now=WENT)
    assert hearing.is_shown(hearing.by_mail(), WENT) == shows
    assert ("another envelope sender" in caplog.text) != shows
    assert own not in caplog.text


def test_a_report_that_came_elsewhere_shows_nothing() -> None:
    """As where a relay has what comes back sent to one address of ours."""
    own, other = hearing.address_of(timezone.localdate(WENT)), f"letters@{DOMAIN}"
    report = raw("bounce-postfix", gone(now=WENT)).decode()
    head, end, told = report.partition("\n\n")
    address = re.compile(rf"bounce\.[a-z2-7]{{13}}@{re.escape(DOMAIN)}")
    assert address.search(head)
    assert address.search(told)
    for to, shows in ((other, False), (own, True)):
        came = address.sub(to, head) + end + address.sub(own, told)
        take(came.encode(), sender="", now=WENT)
        assert hearing.is_shown(hearing.by_mail(), WENT) == shows


def test_what_a_mail_server_wrote_down_of_the_envelope_counts_too() -> None:
    take(written_on(WENT, "Return-Path: <relay@mail.example>"), now=WENT)
    assert not hearing.is_shown(hearing.by_mail(), WENT)


def test_over_a_provider_the_envelope_is_the_providers(settings: Settings) -> None:
    settings.MAIL_PROVIDER = "mailgun"
    take(written_on(WENT), sender="bounce@provider.example", now=WENT)
    assert hearing.is_shown(hearing.by_mail(), WENT)


def test_other_mail_shows_nothing(settings: Settings) -> None:
    """Whoever knows a letter's tag, or none, can write to us at any time."""
    letter = gone(now=WENT)
    take(raw("reply-plain", letter), now=WENT)
    take(b"To: bounce.aaaaaaaaaaaaa@" + DOMAIN.encode() + b"\r\n\r\n.", now=WENT)
    take(written_on(WENT - 8 * DAY), now=WENT)
    settings.DELIVERY_IS_LIVE = False
    take(written_on(WENT), now=WENT)
    assert not hearing.is_shown(hearing.by_mail(), WENT)


# --- Writing it -----------------------------------------------------------------------


def test_it_goes_as_letters_do_and_says_nothing_of_anybody(
    mail_server: MailServer, settings: Settings
) -> None:
    settings.SENDER_ADDRESS = f"letters@{DOMAIN}"
    assert writing_home.write(WENT, live=True)
    [to] = mail_server.recipients
    assert to == hearing.address_of(timezone.localdate(WENT))
    assert mail_server.senders == [to]
    [mail] = mail_server.mails
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "Postbag writes this to itself once a day." in text_of(mail)


def test_it_is_written_anew_all_day_until_one_has_come_in_but_twice_in_four_hours(
    mail_server: MailServer, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SENDER_ADDRESS = f"letters@{DOMAIN}"
    mail_server.faults = [Fault.BUSY]
    assert not writing_home.write(WENT, live=True)
    assert "Postbag could not write to itself" in caplog.text
    assert writing_home.write(WENT + HOUR, live=True)
    assert "has not come in" not in caplog.text
    assert not writing_home.write(WENT + 2 * HOUR, live=True)
    assert "has not come in" in caplog.text
    went = [writing_home.write(WENT + after * HOUR, live=True) for after in range(3, 9)]
    assert went == [False, True, True, False, False, True]
    take(mail_server.raw[-1], now=WENT + 8 * HOUR)
    assert not writing_home.write(WENT + 9 * HOUR, live=True)
    assert writing_home.write(WENT + DAY, live=True)


def test_a_provider_is_given_one_a_day(
    mail_server: MailServer, settings: Settings
) -> None:
    settings.SENDER_ADDRESS = f"letters@{DOMAIN}"
    settings.MAIL_PROVIDER = "postmark"
    hours = (*range(12), 24)
    went = [writing_home.write(WENT + hour * HOUR, live=True) for hour in hours]
    assert [hour for hour, has in zip(hours, went, strict=True) if has] == [0, 24]


def test_of_several_workers_one_writes_it(
    mail_server: MailServer, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SENDER_ADDRESS = f"letters@{DOMAIN}"
    assert [writing_home.write(WENT, live=True) for _ in range(3)] == [
        True,
        False,
        False,
    ]
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("live", "address"),
    [(False, f"letters@{DOMAIN}"), (True, "letters@postbag.example")],
)
def test_a_trial_and_a_domain_that_is_none_write_nothing(
    mail_server: MailServer, settings: Settings, address: str, *, live: bool
) -> None:
    settings.DELIVERY_IS_LIVE, settings.SENDER_ADDRESS = live, address
    assert not writing_home.write(WENT, live=live)
    assert mail_server.recipients == []


# --- The whole way, by the commands ---------------------------------------------------


def run(command: str, *options: object, environment: dict[str, str]) -> str:
    ended = subprocess.run(
        [sys.executable, "manage.py", command, *map(str, options)],
        cwd=project.BASE_DIR,
        env=environment,
        check=True,
        capture_output=True,
        timeout=workers.SECONDS_TO_WAIT,
        text=True,
    )
    return ended.stdout + ended.stderr


def page_of(letter: Letter, client: Client) -> str:
    return text(client.get(f"/letters/{tokens.for_letter(letter.pk)}/"))


def letter_that_went() -> Letter:
    now = timezone.now()
    letter = make_letter(state=Letter.State.ACCEPTED, now=now)
    lifecycle.note(letter, LetterEvent.Kind.ACCEPTED, now)
    return letter


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_pages_say_it_of_letters_that_went_once_mail_was_seen_to_come_in(
    mail_server: MailServer, settings: Settings, client: Client, tmp_path: Path
) -> None:
    settings.SENDER_ADDRESS = f"letters@{DOMAIN}"
    folder = tmp_path / "Maildir"
    (folder / "new").mkdir(parents=True)
    environment = {
        **workers.live(tmp_path, mail_server.port),
        "SENDER_ADDRESS": settings.SENDER_ADDRESS,
    }
    early = letter_that_went()
    run("deliver_letters", "--once", environment=environment)
    # As Postfix puts it there.
    head = f"Return-Path: <{mail_server.senders[0]}>\r\n".encode()
    (folder / "new" / "1.a.host").write_bytes(head + mail_server.raw[0])
    assert "come back" not in page_of(early, client)

    run("receive_mail", "--maildir", folder, environment=environment)

    assert not any((folder / "new").iterdir())
    late = letter_that_went()
    assert "It has not come back so far." in page_of(late, client)
    assert "and it has not come back so far. Servers" in page_of(late, client)
    # Nobody knows whether it came back before.
    assert "come back" not in page_of(early, client)


# --- Whoever runs the place -----------------------------------------------------------


def warned() -> list[str]:
    found = run_checks(tags=["database"], databases=["default"])
    mine = {"actions.W006", "actions.W007"}
    return [f"{one.id} {one.msg}" for one in found if one.id in mine]


def test_the_check_says_since_when_nothing_comes_in(settings: Settings) -> None:
    [said] = warned()
    assert "actions.W006" in said
    assert "yet" in said
    now = timezone.now()
    show_that_news_come(now - 3 * DAY, now - 2 * DAY)
    [said] = warned()
    assert f"since {timezone.localdate(now - 2 * DAY):%Y-%m-%d}" in said
    show_that_news_come(now - DAY, now - DAY)
    assert warned() == []
    settings.EVENTS_WEBHOOK = "mailgun"
    [said] = warned()
    assert "actions.W007 mailgun has told nothing" in said
    show_that_news_come(now, now, by="mailgun")
    assert warned() == []


@pytest.mark.slow
def test_before_there_are_tables_the_check_says_nothing_of_it(tmp_path: Path) -> None:
    environment = {
        **workers.live(tmp_path, 25),
        "DATABASE_URL": f"sqlite:///{tmp_path}/new.sqlite3",
    }
    said = run("check", "--database", "default", environment=environment)
    assert "actions.W00" in said, "other checks speak"
    assert "actions.W006" not in said
    assert "actions.W007" not in said


def test_a_trial_need_not_hear_anything(settings: Settings, client: Client) -> None:
    settings.DELIVERY_IS_LIVE = False
    assert warned() == []
    health = client.get("/health/").json()
    assert (health["mail_comes_in"], health["returns_are_heard"]) == (None, None)


@pytest.mark.parametrize(
    ("by", "provider", "said"),
    [
        ("nobody", "", (False, False)),
        ("", "", (True, True)),
        ("", "mailgun", (True, False)),
        ("mailgun", "mailgun", (False, True)),
    ],
)
def test_health_tells_what_comes_in_and_letters_go_without(
    settings: Settings,
    client: Client,
    by: str,
    provider: str,
    said: tuple[bool, bool],
) -> None:
    status = client.get("/health/").status_code
    settings.EVENTS_WEBHOOK = settings.MAIL_PROVIDER = provider
    if by != "nobody":
        show_that_news_come(timezone.now(), timezone.now(), by=by)
    answer = client.get("/health/")
    told = answer.json()
    assert (told["mail_comes_in"], told["returns_are_heard"]) == said
    assert answer.status_code == status
