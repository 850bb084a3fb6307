"""The mails in the admin that wait for a person."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from actions import addresses
from actions.models import IncomingMail, Letter
from tests.actions.factories import make_organiser
from tests.actions.pages import text
from tests.actions.receiving.arriving import gone, owed, raw, take, written

pytestmark = pytest.mark.django_db
MAILS = "/admin/actions/incomingmail/"


@pytest.fixture
def organiser(client: Client) -> Client:
    client.force_login(make_organiser())
    return client


def doubtful(letter: Letter) -> IncomingMail:
    return take(raw("doubt-short-promise", letter))


def log() -> list[str]:
    return [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]


def test_the_list_names_what_waits_and_nothing_that_strangers_wrote(
    organiser: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    letters = [gone(), gone()]
    mails = [doubtful(letter) for letter in letters]
    with django_assert_max_num_queries(6):
        page = text(organiser.get(MAILS))
    for mail, letter in zip(mails, letters, strict=True):
        assert mail.reason in page
        assert letter.sender_email not in page


def test_whoever_reads_a_mail_is_written_down_and_it_is_text(organiser: Client) -> None:
    letter = gone()
    content = written(letter, "<script>x()</script>", sender=letter.sender_email)
    page = organiser.get(f"{MAILS}{take(content).pk}/")
    assert "&lt;script&gt;x()" in page.content.decode()
    assert log() == ["Looked at it."]


def test_of_a_mail_that_is_larger_than_may_be_read_by_now_the_beginning_is_shown(
    organiser: Client, settings: Settings
) -> None:
    letter = gone()
    words = "I know your street. " + "Word. " * 1000
    mail = take(written(letter, words, sender=letter.sender_email))
    settings.LARGEST_INCOMING_BYTES = 2000
    page = text(organiser.get(f"{MAILS}{mail.pk}/"))
    assert "I know your street." in page
    assert words.strip() not in page
    assert f"has {mail.size:,} bytes" in page
    assert "set to 2,000. Only its beginning is shown" in page


def test_of_a_mail_that_cannot_be_read_any_more_that_is_said(
    organiser: Client, settings: Settings
) -> None:
    mail = doubtful(gone())
    settings.LARGEST_INCOMING_BYTES = 10
    page = text(organiser.get(f"{MAILS}{mail.pk}/"))
    assert "Nothing of it can be shown." in page
    assert "Nothing to do" in page


def test_a_mail_is_passed_on_by_a_button_once(organiser: Client) -> None:
    letter = gone()
    at = f"{MAILS}{doubtful(letter).pk}/pass_on/"
    assert organiser.get(at).status_code == 405
    assert "passed on" in text(organiser.post(at, follow=True))
    assert "does not wait any more" in text(organiser.post(at, follow=True))
    assert owed(letter) == ["forward"]
    assert log() == ["It is passed on to the letter’s writer."]


def test_the_page_says_whether_it_is_about_the_letter_or_a_mail_of_ours(
    organiser: Client,
) -> None:
    letter = gone()
    ours = take(
        raw("doubt-null-sender-says-nothing", letter),
        recipient=addresses.notice_address_of(letter),
    )
    for mail, is_ours in ((doubtful(letter), False), (ours, True)):
        page = text(organiser.get(f"{MAILS}{mail.pk}/"))
        assert ("It is about a mail of ours" in page) == is_ours
        assert ("the letter did not arrive" in page) != is_ours
        assert ("our mail did not reach the writer" in page) == is_ours


@pytest.mark.parametrize("deed", ["bounce", "automatic", "nothing"])
def test_every_button_ends_the_waiting(organiser: Client, deed: str) -> None:
    mail = doubtful(gone())
    organiser.post(f"{MAILS}{mail.pk}/{deed}/")
    mail.refresh_from_db()
    assert mail.state == IncomingMail.State.DECIDED


def test_only_organisers_read_and_decide(client: Client) -> None:
    user = make_organiser()
    user.groups.clear()
    client.force_login(user)
    mail = doubtful(gone())
    assert client.get(f"{MAILS}{mail.pk}/").status_code == 403
    assert client.post(f"{MAILS}{mail.pk}/pass_on/").status_code == 403
