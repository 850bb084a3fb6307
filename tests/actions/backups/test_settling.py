"""After a restoration: nothing goes by itself, and what was erased is erased again."""

import datetime
import uuid
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from actions import (
    erasures,
    holding,
    privacy,
    recording,
    reminding,
    submitting,
    subscribing,
    tokens,
)
from actions.erasures import Deed
from actions.models import (
    Delivery,
    IncomingMail,
    Letter,
    LetterEvent,
    OfficeReport,
    Subscription,
    Tally,
)
from actions.receiving import deciding
from actions.screening import deciding as screening
from representatives import loading
from representatives.models import ParliamentPeriod
from tests import workers
from tests.actions.backups.keeping import back_up, folder, run
from tests.actions.factories import (
    make_campaign,
    make_letter,
    make_organiser,
    make_representative,
    make_subscription,
)
from tests.actions.pages import text
from tests.actions.receiving.arriving import gone, raw, take
from tests.smtp import MailServer, mail_server

__all__ = ["folder", "mail_server"]

pytestmark = pytest.mark.django_db(transaction=True)

DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
Purpose = Subscription.Purpose


def restore(place: Path, *options: str) -> str:
    return run("restore", place, "--replace", *options)


def kinds(letter: Letter) -> list[str]:
    return list(letter.events.values_list("kind", flat=True))


def make_everything_that_is_owed() -> None:
    """One of each mail that can be owed, and what would be owed one later."""
    now = timezone.now()
    for state in ("queued", "awaiting_confirmation", "repeated", "failed"):
        make_letter(state=state, now=now)
    accepted = make_letter(state=Letter.State.ACCEPTED, now=now)
    make_subscription(now=now)
    told = make_subscription(now=now, purpose=Purpose.REOPENING, confirmed_at=now)
    make_subscription(now=now, purpose=Purpose.REOPENING, confirmed_at=now)
    Delivery.objects.create(
        letter=accepted, kind="links", is_demo=accepted.is_demo, due_at=now
    )
    Delivery.objects.create(
        subscription=told, kind="reopening", is_demo=told.is_demo, due_at=now
    )
    for state, kind in (
        (Letter.State.HELD, Delivery.Kind.HELD_NOTICE),
        (Letter.State.BOUNCED, Delivery.Kind.BOUNCE_NOTICE),
        (Letter.State.CANCELLED, Delivery.Kind.WITHHELD_NOTICE),
    ):
        holding.owe(make_letter(state=state, now=now), kind, now)
    answered()
    make_whoever_is_asked(now)


def answered() -> IncomingMail:
    """An MP's answer that is about to be passed on."""
    answer = take(raw("reply-plain", gone()), now=timezone.now())
    assert [mail.kind for mail in Delivery.objects.filter(reply=answer)] == ["forward"]
    return answer


def make_whoever_is_asked(now: datetime.datetime) -> None:
    """A letter each to be asked about, once more, and to be reminded of."""
    for state, days, kind in (
        (Letter.State.ACCEPTED, 16, Delivery.Kind.LETTER),
        (Letter.State.ACCEPTED, 24, Delivery.Kind.QUESTION),
        (Letter.State.AWAITING_CONFIRMATION, 3, Delivery.Kind.CONFIRMATION),
    ):
        then = now - days * DAY
        letter = make_letter(state=state, now=then)
        went = then
        if kind == Delivery.Kind.QUESTION:
            went = then + 14 * DAY
            Letter.objects.filter(pk=letter.pk).update(asked_at=went)
        Delivery.objects.update_or_create(
            letter=letter,
            kind=kind,
            defaults={
                "is_demo": letter.is_demo,
                "state": Delivery.State.SENT,
                "due_at": went,
                "done_at": went,
            },
        )


def ask_at_noon() -> list[str]:
    """Owe what was to be asked yesterday, when people were awake; name the mails."""
    noon = timezone.localtime(timezone.now() - DAY).replace(hour=12)
    reminding.owe(noon, live=project.DELIVERY_IS_LIVE)
    asked = Delivery.objects.waiting().filter(due_at=noon)
    return sorted(asked.values_list("kind", flat=True))


@pytest.mark.slow
def test_nothing_that_was_owed_goes_again(
    mail_server: MailServer, folder: Path, tmp_path: Path
) -> None:
    make_everything_that_is_owed()
    place = back_up()
    assert ask_at_noon() == ["question", "question_reminder", "reminder"]
    owed = set(Delivery.objects.waiting().values_list("kind", flat=True))
    assert owed == set(Delivery.Kind.values)
    # And one that the worker itself owes: that people can write again.
    number = Delivery.objects.waiting().count() + 1
    environment = workers.live(tmp_path / "var", mail_server.port)
    log = tmp_path / "log"
    with workers.started(environment, log) as worker:
        workers.wait_until(lambda: len(mail_server.raw) == number, log)
        assert worker.end() == 0
    before = len(mail_server.raw)
    restore(place)
    assert ask_at_noon() == []
    # One that is written now is the sign that the worker has looked.
    new = make_letter(state=Letter.State.QUEUED, now=timezone.now())
    with workers.started(environment, log) as worker:
        workers.wait_until(lambda: len(mail_server.raw) > before, log)
        workers.wait_until(lambda: not Delivery.objects.waiting().exists(), log)
        assert worker.end() == 0
    assert len(mail_server.raw) == before + 1
    assert mail_server.recipients[-1] == new.recipient_email


def test_an_answer_that_may_have_been_passed_on_waits_for_a_person(
    folder: Path,
) -> None:
    answer = answered()
    content = bytes(answer.content)
    said = restore(back_up())
    assert "waits for a person, who may have decided since: 1" in said
    answer.refresh_from_db()
    assert answer.state == IncomingMail.State.FOR_A_PERSON
    assert bytes(answer.content) == content
    assert "nobody knows whether it was" in answer.reason
    assert not Delivery.objects.waiting().exists()
    # Its writer gets it, if whoever looks at it says so.
    by = make_organiser()
    words = deciding.decide(answer, deciding.Deed.IS_A_REPLY, timezone.now(), by=by)
    assert words == "It is passed on to the letter’s writer."
    assert [mail.kind for mail in Delivery.objects.waiting()] == ["forward"]


def test_what_waited_for_a_person_says_that_somebody_may_have_decided(
    folder: Path,
) -> None:
    doubtful = take(
        raw("doubt-challenge-like-from-a-person", gone()), now=timezone.now()
    )
    assert doubtful.state == IncomingMail.State.FOR_A_PERSON
    letter = make_letter(state=Letter.State.ACCEPTED)
    screening.tell(letter, OfficeReport.Kind.STOP, "Please ring us.", timezone.now())
    said = restore(back_up())
    assert "waits for a person, who may have decided since: 2" in said
    before = doubtful.reason
    doubtful.refresh_from_db()
    assert doubtful.reason == (
        f"Restored: somebody may have decided on it since. {before}"
    )


def test_who_may_have_told_of_an_answer_since_is_not_asked_again(folder: Path) -> None:
    make_whoever_is_asked(timezone.now())
    place = back_up()
    assert ask_at_noon() == ["question", "question_reminder", "reminder"]
    restore(place)
    assert ask_at_noon() == []
    assert not Letter.objects.asked_about_once(timezone.now()).exists()


def test_whose_question_can_not_have_gone_yet_is_asked_in_time(folder: Path) -> None:
    young = make_letter(state=Letter.State.ACCEPTED, now=timezone.now() - 13 * DAY)
    restore(back_up())
    young.refresh_from_db()
    assert young.asked_at is None


@pytest.mark.parametrize("state", ["queued", "awaiting_confirmation"])
def test_a_letter_that_waited_is_withheld_and_its_page_says_so(
    folder: Path, client: Client, state: str
) -> None:
    letter = make_letter(state=state, now=timezone.now())
    restore(back_up())
    letter.refresh_from_db()
    assert letter.state == Letter.State.CANCELLED
    assert kinds(letter) == [LetterEvent.Kind.WITHHELD]
    assert list(Tally.objects.values_list("step", "count")) == [("withheld", 1)]
    assert set(letter.deliveries.values_list("state")) == {("dropped",)}
    page = text(client.get(f"/letters/{tokens.for_letter(letter.pk)}/"))
    assert "We do not know whether your letter has gone" in page
    assert "Whether it has gone since then is not known" in page
    assert "My neighbour has not heard from her brother" in page
    assert "House of Commons, London SW1A 0AA" in page
    assert "Write it again" in page


def test_the_button_in_an_old_mail_sends_nothing_a_second_time(
    folder: Path, client: Client
) -> None:
    letter = make_letter(now=timezone.now())
    place = back_up()
    assert submitting.confirm(letter, now=timezone.now())
    restore(place)
    answer = client.post(f"/letters/{tokens.for_letter(letter.pk)}/confirm/")
    assert answer.status_code == 302
    letter.refresh_from_db()
    assert letter.state == Letter.State.CANCELLED
    assert not Delivery.objects.waiting().exists()
    page = text(client.get(answer["Location"]))
    assert "We do not know whether your letter has gone" in page


def test_its_writer_may_write_again(folder: Path) -> None:
    letter = make_letter(state=Letter.State.QUEUED, now=timezone.now())
    restore(back_up())
    again = make_letter(sender_key=letter.sender_key, now=timezone.now())
    assert submitting.confirm(again, now=timezone.now())


def test_what_is_marked_as_gone_has_gone(folder: Path) -> None:
    letter = make_letter(state=Letter.State.QUEUED, now=timezone.now())
    [delivery] = letter.deliveries.all()
    delivery.lease = uuid.uuid4()
    letter.deliveries.update(
        lease=delivery.lease, leased_until=timezone.now() + 10 * HOUR
    )
    assert recording.sent(delivery, timezone.now())
    restore(back_up())
    letter.refresh_from_db()
    assert letter.state == Letter.State.ACCEPTED
    assert kinds(letter) == [LetterEvent.Kind.ACCEPTED]
    assert not Delivery.objects.exclude(lease=None).exists()


def test_what_a_worker_had_in_hand_is_withheld(folder: Path) -> None:
    letter = make_letter(state=Letter.State.QUEUED, now=timezone.now())
    letter.deliveries.update(lease=uuid.uuid4(), leased_until=timezone.now() + HOUR)
    restore(back_up())
    assert kinds(letter) == [LetterEvent.Kind.WITHHELD]
    assert not Delivery.objects.exclude(lease=None).exists()


def test_writers_are_mailed_if_the_operator_asks(
    mail_server: MailServer, folder: Path, tmp_path: Path
) -> None:
    now = timezone.now()
    confirmed = make_letter(state=Letter.State.QUEUED, now=now)
    make_letter(now=now)
    erased = make_letter(state=Letter.State.QUEUED, now=now)
    place = back_up()
    privacy.erase_on_request(erased, now=now)
    said = restore(place, "--tell-writers")
    assert "Writers who are mailed once a worker runs: 1." in said
    workers_of_this_process_send()
    [mail] = mail_server.mails
    assert mail_server.recipients == [confirmed.sender_email]
    assert "We do not know whether your letter to" in mail["Subject"]
    body = mail.get_content()
    assert "So that it never goes twice, we do not send it again." in " ".join(
        body.split()
    )
    assert "My neighbour has not heard" in " ".join(body.split())
    assert "SW1A 0AA" in body


def workers_of_this_process_send() -> None:
    run("deliver_letters", "--once")


@pytest.mark.parametrize("is_lost", [True, False])
def test_who_was_erased_since_is_erased_again(folder: Path, *, is_lost: bool) -> None:
    now = timezone.now()
    sent = make_letter(state=Letter.State.ACCEPTED, now=now)
    waiting = make_letter(state=Letter.State.QUEUED, now=now)
    not_theirs = make_letter(state=Letter.State.ACCEPTED, now=now)
    stopped = make_letter(now=now)
    other = make_letter(state=Letter.State.ACCEPTED, now=now)
    place = back_up()
    for letter in (sent, waiting):
        assert privacy.erase_on_request(letter, now=now)
    for letter in (not_theirs, stopped):
        submitting.disown(letter, now=now)
        assert privacy.forget(letter, now=now)
    lose_the_database() if is_lost else lose_the_journal(folder)
    said = restore(place)
    assert "Erased again, as people had asked: 4" in said
    for letter in (sent, waiting, not_theirs, stopped):
        letter.refresh_from_db()
        assert letter.is_forgotten
        assert letter.sender_key == ""
        assert LetterEvent.Kind.FORGOTTEN in kinds(letter)
    for letter in (not_theirs, stopped):
        assert LetterEvent.Kind.DISOWNED in kinds(letter)
    assert stopped.state == Letter.State.DISOWNED
    other.refresh_from_db()
    assert other.body


def lose_the_database() -> None:
    """Only what lies beside the back-ups is left."""
    call_command("flush", interactive=False, verbosity=0)


def lose_the_journal(folder: Path) -> None:
    for path in folder.glob("erased-*"):
        path.unlink()


def test_more_may_have_been_erased_than_one_statement_can_name(folder: Path) -> None:
    letter = make_letter(state=Letter.State.ACCEPTED, now=timezone.now())
    place = back_up()
    erasures.note(Deed.ASKED, [letter.pk])
    for deed in Deed:
        erasures.note(deed, [uuid.uuid4() for _ in range(40_000)])
    assert "Erased again, as people had asked: 1\n" in restore(place)


@pytest.mark.parametrize("state", [Letter.State.ACCEPTED, Letter.State.NO_ANSWER])
def test_a_code_that_was_erased_since_is_erased_again(folder: Path, state: str) -> None:
    now = timezone.now()
    letter = make_letter(state=state, now=now)
    privacy.forget(letter, now=now, cause=privacy.Cause.TIME)
    place = back_up()
    privacy.erase_on_request(letter, now=now)
    lose_the_database()
    restore(place)
    letter.refresh_from_db()
    assert letter.sender_key == ""


def test_a_journal_that_came_with_the_file_counts(
    folder: Path, tmp_path: Path, settings: Settings
) -> None:
    now = timezone.now()
    letter = make_letter(state=Letter.State.ACCEPTED, now=now)
    place = back_up()
    privacy.erase_on_request(letter, now=now)
    lose_the_database()
    elsewhere = folder.rename(tmp_path / "copied")
    restore(elsewhere / place.name)
    letter.refresh_from_db()
    assert letter.is_forgotten


def test_what_is_due_by_now_is_erased_at_once(folder: Path, settings: Settings) -> None:
    long_ago = timezone.now() - 20 * DAY
    letter = make_letter(state=Letter.State.ACCEPTED, now=long_ago)
    wish = make_subscription(now=long_ago)
    place = back_up()
    settings.ERASE_AFTER_DAYS = 14
    assert "Erased, as their time was over: 2" in restore(place)
    letter.refresh_from_db()
    wish.refresh_from_db()
    assert letter.is_forgotten
    assert wish.has_ended


@pytest.mark.parametrize("is_lost", [True, False])
def test_who_left_since_has_left_again(folder: Path, *, is_lost: bool) -> None:
    now = timezone.now()
    left, stays = (make_subscription(now=now, confirmed_at=now) for _ in range(2))
    place = back_up()
    subscribing.leave(left, now=now)
    lose_the_database() if is_lost else lose_the_journal(folder)
    restore(place)
    assert list(Subscription.objects.confirmed()) == [stays]
    left.refresh_from_db()
    assert (left.email, left.was_left) == ("", True)


def test_a_wish_that_was_not_confirmed_can_still_be(folder: Path) -> None:
    wish = make_subscription(now=timezone.now())
    restore(back_up())
    assert not Delivery.objects.waiting().exists()
    assert subscribing.confirm(wish, now=timezone.now())


def test_who_waits_to_be_told_may_have_been(folder: Path) -> None:
    now = timezone.now()
    make_subscription(now=now, purpose=Purpose.REOPENING, confirmed_at=now)
    assert "ended as they may have been told since: 1." in restore(back_up())
    assert not Subscription.objects.standing().exists()


def test_who_waits_to_be_told_goes_on_waiting_while_parliament_is_dissolved(
    folder: Path,
) -> None:
    now = timezone.now()
    make_subscription(now=now, purpose=Purpose.REOPENING, confirmed_at=now)
    ParliamentPeriod.objects.create(
        state=ParliamentPeriod.State.DISSOLVED, begins_on=timezone.localdate(now) - DAY
    )
    assert "may have been told since" not in restore(back_up())
    assert Subscription.objects.confirmed().count() == 1


def test_many_letters_are_each_told_and_counted_once(
    folder: Path,
) -> None:
    campaign, seat = make_campaign(), make_representative()
    for _ in range(450):
        make_letter(
            state=Letter.State.QUEUED,
            campaign=campaign,
            representative=seat,
            now=timezone.now(),
        )
    restore(back_up())
    assert Letter.objects.filter(state=Letter.State.CANCELLED).count() == 450
    assert list(Tally.objects.values_list("step", "count")) == [("withheld", 450)]
    events = LetterEvent.objects.filter(kind=LetterEvent.Kind.WITHHELD)
    assert events.count() == 450


def test_the_registers_are_there_again(folder: Path) -> None:
    loading.load()
    place = back_up()
    restore(place)
    assert loading.is_loaded()
