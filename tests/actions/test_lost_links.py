"""A lost link: mailed to the mailbox that it belongs to, and told to nobody else."""

import datetime
import re
import threading
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from actions import (
    claiming,
    delivering,
    lost_links,
    mail,
    mailboxes,
    outbox,
    privacy,
    submitting,
    tokens,
)
from actions.errors import TooManyError
from actions.models import Delivery, Letter, LetterEvent, RateCount
from tests.actions.factories import NOW, make_letter
from tests.actions.pages import text

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
JO = "jo@mail.example"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.OUTBOX_DIR = tmp_path / "outbox"


def sent(**fields: Any) -> Letter:
    ours = {
        "state": Letter.State.ACCEPTED,
        "sender_name": "Jo Marsden",
        "sender_email": JO,
    }
    return make_letter(**{**ours, **fields})


def ask(email: str = JO, *, now: datetime.datetime = NOW, address: str = "::1") -> None:
    lost_links.ask(email, address=address, now=now)


def owed() -> list[Delivery]:
    return list(Delivery.objects.filter(kind=Delivery.Kind.LINKS))


def asked(letter: Letter) -> int:
    return letter.events.filter(kind=LetterEvent.Kind.LINK_ASKED).count()


def deliver(now: datetime.datetime = NOW) -> None:
    delivering.deliver_due(clock=lambda: now)


def link(letter: Letter) -> str:
    return f"/letters/{tokens.for_letter(letter.pk)}/"


# --- The mail ---------------------------------------------------------------------


def test_a_mailbox_gets_one_mail_with_all_its_letters_links_newest_first() -> None:
    letters = [sent(now=NOW - days * DAY) for days in range(3)]
    ask(now=NOW)
    [delivery] = owed()
    assert delivery.letter == letters[0]
    deliver()
    [message] = outbox.newest()
    assert message.to == f"{letters[0].sender_name} <{JO}>"
    assert message.subject == "The links to your letters"
    assert re.findall(r"/letters/\S+/", message.text) == [link(one) for one in letters]
    for one in letters:
        assert f"to {one.recipient_name}: sent" in message.text
    assert "22 November 2026, to" in message.text
    assert [asked(one) for one in letters] == [1, 1, 1]


def mailed() -> str:
    ask()
    deliver()
    [message] = outbox.newest()
    return message.text


def test_whoever_wrote_all_the_letters_is_greeted_by_name() -> None:
    for _ in range(2):
        sent()
    words = mailed()
    assert words.startswith("Hello Jo Marsden,\n")
    assert " for Jo Marsden" not in words


def test_who_writes_for_others_is_greeted_as_themselves_and_told_for_whom() -> None:
    sent(sender_name="Ann Lee", helper="Jo Marsden")
    sent(sender_name="Sam Roe", helper="Jo Marsden", now=NOW - HOUR)
    sent(now=NOW - DAY)
    words = mailed()
    assert words.startswith("Hello Jo Marsden,\n")
    assert re.findall(r" for (.+): sent", words) == ["Ann Lee", "Sam Roe", "Jo Marsden"]


def test_where_several_share_a_mailbox_nobody_is_greeted_by_anothers_name() -> None:
    sent(sender_name="Ann Lee")
    sent(sender_name="Sam Roe")
    assert mailed().startswith("Hello,\n")


def test_the_mail_holds_no_word_of_any_letter_and_no_address_but_the_readers() -> None:
    letter = sent(subject="A subject of my own", now=NOW)
    ask()
    deliver()
    [message] = outbox.newest()
    for word in (
        letter.subject,
        "Urumqi",
        letter.address_line_1,
        letter.postcode,
        letter.recipient_email,
        letter.campaign.title,
    ):
        assert word not in message.text
    assert message.sender.startswith("Postbag")


def test_the_mail_says_that_a_machine_wrote_it() -> None:
    sent()
    ask()
    [delivery] = owed()
    written = mail.message_for(delivery, now=NOW)
    assert "Auto-Submitted: auto-generated" in written.as_wire().decode()


def test_ten_letters_at_most_are_listed() -> None:
    letters = [sent(now=NOW - days * DAY) for days in range(12)]
    ask()
    deliver()
    [message] = outbox.newest()
    listed = re.findall(r"/letters/\S+/", message.text)
    assert listed == [link(one) for one in letters[:10]]
    assert "the newest 10" in message.text
    assert asked(letters[10]) == 0


@pytest.mark.parametrize(
    "email", ["JO@Mail.Example", "jo+uyghurs@mail.example", "  jo@mail.example "]
)
def test_however_the_address_is_written_it_is_the_same_mailbox(email: str) -> None:
    letter = sent()
    ask(email)
    deliver()
    [message] = outbox.newest()
    # To the address that stands on the letter: what was typed may be another's.
    assert message.to == f"{letter.sender_name} <{JO}>"


def test_letters_from_marked_addresses_are_the_mailboxes_too() -> None:
    marked, plain = sent(sender_email="Jo+MP@mail.example"), sent(now=NOW - DAY)
    found = mailboxes.newest_letters(JO, live=False)
    assert found == [marked, plain]


def test_a_marked_address_gets_the_links_of_its_own_letters_alone() -> None:
    # At a few providers it is another person's.
    marked = [
        sent(sender_email="JO+MP@mail.example", now=NOW - HOUR),
        sent(sender_email="jo+mp@mail.example", now=NOW - DAY),
    ]
    plain = sent()
    ask()
    deliver()
    mails = {message.to.split()[-1]: message.text for message in outbox.newest()}
    listed = {to: re.findall(r"/letters/\S+/", words) for to, words in mails.items()}
    assert listed == {
        f"<{JO}>": [link(plain)],
        "<JO+MP@mail.example>": [link(one) for one in marked],
    }


@pytest.mark.parametrize(
    "email",
    [
        "joe@mail.example",
        "j@mail.example",
        "jo@mail.example.org",
        "jo@xmail.example",
        "_o@mail.example",
        "%@mail.example",
        "@",
        "",
    ],
)
def test_nobody_elses_mailbox_is_taken_for_it(email: str) -> None:
    sent()
    sent(sender_email="jo+mp@mail.example")
    assert mailboxes.newest_letters(email, live=False) == []


@pytest.mark.parametrize("state", Letter.State)
def test_links_are_owed_wherever_the_letter_is(state: Letter.State) -> None:
    letter = make_letter(state=state, sender_email=JO)
    letter.deliveries.all().delete()
    ask()
    deliver()
    [message] = outbox.newest()
    assert f"{letter.get_state_display()}\n" in message.text
    assert link(letter) in message.text


def test_a_letter_that_is_stopped_meanwhile_still_has_its_links_mailed() -> None:
    letter = make_letter(sender_email=JO)
    ask()
    assert submitting.cancel(letter, now=NOW)
    deliver()
    assert [message.subject for message in outbox.newest()] == [
        "The links to your letters"
    ]


def test_a_letter_that_is_erased_has_no_link_to_mail() -> None:
    erased, kept = sent(), sent(now=NOW - DAY)
    privacy.erase_on_request(erased, now=NOW)
    ask()
    [delivery] = owed()
    assert delivery.letter == kept
    deliver()
    [message] = outbox.newest()
    assert link(erased) not in message.text
    assert asked(erased) == 0


def test_a_letter_that_is_erased_before_the_mail_goes_gets_none() -> None:
    letter = sent()
    ask()
    privacy.erase_on_request(letter, now=NOW)
    deliver()
    assert outbox.newest() == []
    assert [delivery.state for delivery in owed()] == [Delivery.State.DROPPED]


def test_a_mail_that_waits_outlives_the_letter_that_it_hangs_on() -> None:
    erased, kept, oldest = (sent(now=NOW - days * DAY) for days in range(3))
    ask()
    # The next one has had such a mail, too: there is room for one.
    Delivery.objects.create(
        letter=kept,
        kind=Delivery.Kind.LINKS,
        is_demo=True,
        state=Delivery.State.SENT,
        done_at=NOW,
    )
    privacy.erase_on_request(erased, now=NOW)
    [delivery] = owed()
    assert (delivery.letter, delivery.state) == (kept, Delivery.State.WAITING)
    deliver()
    [message] = outbox.newest()
    assert re.findall(r"/letters/\S+/", message.text) == [link(kept), link(oldest)]


def test_a_mail_goes_on_waiting_for_letters_of_its_very_address_alone() -> None:
    erased = sent()
    sent(sender_email="jo+mp@mail.example", now=NOW - DAY)
    sent(sender_email="ann@mail.example", now=NOW - DAY)
    sent(is_demo=False, now=NOW - DAY)
    ask()
    Delivery.objects.exclude(letter=erased).delete()
    privacy.erase_on_request(erased, now=NOW)
    assert [(one.letter, one.state) for one in owed()] == [
        (erased, Delivery.State.DROPPED)
    ]


def test_a_mail_in_a_workers_hands_goes_again_rather_than_never() -> None:
    erased, kept = sent(), sent(now=NOW - DAY)
    ask()
    claiming.claim(NOW, live=False, at_most=1)
    privacy.erase_on_request(erased, now=NOW)
    deliver()
    [message] = outbox.newest()
    assert re.findall(r"/letters/\S+/", message.text) == [link(kept)]


def test_letters_that_expire_together_leave_no_mail_behind() -> None:
    for _ in range(3):
        sent()
    ask()
    privacy.forget_due(NOW + 100 * DAY)
    assert [delivery.state for delivery in owed()] == [Delivery.State.DROPPED]


def test_in_a_trial_a_mail_goes_when_any_letter_in_it_is_erased() -> None:
    newest, older = sent(), sent(now=NOW - DAY)
    other = sent(sender_email="ann@mail.example")
    ask()
    ask("ann@mail.example")
    deliver()
    assert outbox.owners("links") == {newest.pk, other.pk}
    privacy.erase_on_request(older, now=NOW)
    assert outbox.owners("links") == {other.pk}
    privacy.forget_due(NOW + 100 * DAY)
    assert outbox.owners() == set()


def test_in_a_trial_other_mail_of_letters_beside_stays() -> None:
    waiting, erased = make_letter(sender_email=JO), sent(now=NOW - DAY)
    ask()
    deliver()
    assert len(outbox.newest()) == 2
    privacy.erase_on_request(erased, now=NOW)
    assert outbox.owners("confirmation") == {waiting.pk}
    assert outbox.owners("links") == set()


def test_in_a_trial_a_mail_with_links_lies_for_a_day() -> None:
    waiting = make_letter(sender_email=JO, now=timezone.now())
    ask()
    deliver(timezone.now())
    privacy.sweep(timezone.now() + 23 * HOUR)
    assert outbox.owners("links") == {waiting.pk}
    privacy.sweep(timezone.now() + 25 * HOUR)
    assert outbox.owners("links") == set()
    assert outbox.owners("confirmation") == {waiting.pk}


def test_trial_and_real_letters_do_not_meet(settings: Settings) -> None:
    trial, real = sent(is_demo=True), sent(is_demo=False)
    assert mailboxes.newest_letters(JO, live=False) == [trial]
    assert mailboxes.newest_letters(JO, live=True) == [real]
    ask()
    [delivery] = owed()
    assert (delivery.letter, delivery.is_demo) == (trial, True)
    assert link(real) not in mail.message_for(delivery).text
    settings.DELIVERY_IS_LIVE = True
    ask()
    assert {one.letter for one in owed()} == {trial, real}


# --- Asking again -----------------------------------------------------------------


def test_asking_again_while_a_mail_waits_owes_no_second_one() -> None:
    older = sent(now=NOW - DAY)
    ask()
    newer = sent()
    ask(now=NOW + HOUR)
    assert [delivery.letter for delivery in owed()] == [older]
    assert (asked(older), asked(newer)) == (1, 0)


def test_asking_again_after_the_mail_went_owes_a_new_one() -> None:
    letter = sent()
    ask()
    [first] = owed()
    deliver()
    ask(now=NOW + HOUR)
    [second] = owed()
    assert second.pk != first.pk
    assert (second.state, second.attempts) == (Delivery.State.WAITING, 0)
    deliver(NOW + HOUR)
    assert len(outbox.newest()) == 2
    assert asked(letter) == 2


def test_asking_takes_no_other_mail_of_the_letters_away() -> None:
    letter = make_letter(sender_email=JO)
    deliver()
    ask()
    kinds = set(letter.deliveries.values_list("kind", "state"))
    assert kinds == {("confirmation", "sent"), ("links", "waiting")}


def test_a_mailbox_gets_so_many_of_these_mails_a_day(settings: Settings) -> None:
    settings.LETTERS_PER_MAILBOX_PER_DAY = 2
    sent()
    midnight = NOW.replace(hour=0)
    for hour, email in enumerate((JO, "Jo+again@mail.example", JO, JO)):
        ask(email, now=midnight + hour * HOUR)
        deliver(midnight + hour * HOUR)
    assert len(outbox.newest()) == 2
    ask(now=midnight + DAY)
    deliver(midnight + DAY)
    assert len(outbox.newest()) == 3


def test_a_network_address_may_ask_so_often_an_hour(settings: Settings) -> None:
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 2
    for number in range(2):
        ask(f"p{number}@mail.example", address="192.0.2.1")
    with pytest.raises(TooManyError):
        ask("p3@mail.example", address="192.0.2.1")
    ask("p3@mail.example", address="192.0.2.2")
    ask("p3@mail.example", address="192.0.2.1", now=NOW + HOUR)


# --- The page ---------------------------------------------------------------------


def told(client: Client, email: str) -> tuple[int, str, bytes]:
    """All that the page lets whoever asks know."""
    answer = client.post("/letters/lost/", {"email": email})
    page = client.get(answer["Location"])
    headers = {**answer.headers, **page.headers}
    # The second in which it was made: another one may begin between two answers.
    del headers["Expires"]
    return answer.status_code, str(sorted(headers.items())), page.content


def test_the_page_tells_nobody_whether_there_is_a_letter(
    client: Client, settings: Settings
) -> None:
    settings.LETTERS_PER_MAILBOX_PER_DAY = 2
    now = timezone.now()
    sent(now=now)
    erased = sent(sender_email="erased@mail.example", now=now)
    privacy.erase_on_request(erased, now=now)
    answers = [
        told(client, email)
        for email in (JO, "nobody@mail.example", "erased@mail.example", JO, JO)
    ]
    assert len(set(answers)) == 1
    assert answers[0][0] == HTTPStatus.FOUND
    assert len(owed()) == 1


def test_what_is_typed_stands_in_no_address_and_in_no_table(client: Client) -> None:
    marker = "zqxmarker"
    answer = client.post("/letters/lost/", {"email": f"{marker}@mail.example"})
    assert answer["Location"] == "/letters/lost/asked/"
    assert marker not in str(list(RateCount.objects.values()))
    assert "sessionid" not in answer.cookies


def test_asking_for_nothing_is_answered_beside_the_field(client: Client) -> None:
    for typed, words in (
        ("", "Write the e-mail address that you gave with your letter."),
        ("jo@example", "This e-mail address is not complete"),
    ):
        answer = client.post("/letters/lost/", {"email": typed})
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert words in text(answer)
        assert f'value="{typed}"' in text(answer)


def test_too_many_from_one_connection_are_told_so_and_lose_nothing(
    client: Client, settings: Settings
) -> None:
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 0
    answer = client.post("/letters/lost/", {"email": JO})
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert int(answer["Retry-After"]) > 0
    assert "Wait until the next full hour" in text(answer)
    assert f'value="{JO}"' in text(answer)


def test_the_pages_are_kept_by_no_cache_and_found_by_no_search(client: Client) -> None:
    page = client.get("/letters/lost/")
    assert "no-store" in page["Cache-Control"]
    assert "noindex" in text(page)


def test_finding_letters_asks_the_database_as_often_whether_there_is_one_or_not() -> (
    None
):
    sent()
    counts = []
    for email in (JO, "nobody@mail.example"):
        with CaptureQueriesContext(connection) as asked_of:
            mailboxes.newest_letters(email, live=False)
        counts.append(len(asked_of))
    assert counts == [1, 1]


@pytest.mark.parametrize("path", ["/letters/cut-off/", "/privacy/"])
def test_whoever_needs_it_finds_the_way(client: Client, path: str) -> None:
    page = text(client.get(path))
    assert '<a href="/letters/lost/">I have lost the link to my letter</a>' in page


def test_the_page_after_sending_leads_there_too(client: Client) -> None:
    slug = sent().campaign.slug
    assert 'href="/letters/lost/"' in text(client.get(f"/{slug}/sent/"))


def test_the_letters_page_tells_that_its_link_was_asked_for(client: Client) -> None:
    letter = sent()
    ask()
    shown = text(client.get(link(letter)))
    assert "The link to this page was asked for again." in shown


@pytest.mark.django_db(transaction=True)
def test_of_many_who_ask_at_once_one_is_mailed_for() -> None:
    sent()
    faults: list[Exception] = []

    def press() -> None:
        try:
            ask()
        except Exception as error:  # noqa: BLE001 - told below
            faults.append(error)
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(owed()) == 1
