"""The person's queue in the admin: who may look and decide, and what is noted."""

import datetime
import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone
from django.utils.text import capfirst
from pytest_django import DjangoAssertNumQueries

from actions import failing, groups, privacy, queue_admin
from actions.models import FailingAddress, HoldLimit, HoldRule, Letter, OfficeReport
from actions.screening import deciding
from tests.actions.factories import (
    NOW,
    let_go,
    make_letter,
    make_organiser,
    make_representative,
)
from tests.actions.pages import text

pytestmark = pytest.mark.django_db
LETTERS = "/admin/actions/heldletter/"
REPORTS = "/admin/actions/officereport/"
ADDRESSES = "/admin/actions/failingaddress/"
State = Letter.State


@pytest.fixture
def organiser(client: Client) -> Client:
    client.force_login(make_organiser())
    return client


@pytest.fixture
def campaigner(client: Client) -> Client:
    groups.create()
    user = User.objects.create_user("campaigner", is_staff=True)
    user.groups.add(Group.objects.get(name=groups.CAMPAIGNERS))
    client.force_login(user)
    return client


def held(reason: Letter.Hold = Letter.Hold.ABUSE, **fields: Any) -> Letter:
    return make_letter(state=State.HELD, held_for=reason, **fields)


def reported(
    kind: OfficeReport.Kind = OfficeReport.Kind.STOP, letter: Letter | None = None
) -> OfficeReport:
    letter = letter or make_letter(state=State.ACCEPTED)
    deciding.tell(letter, kind, "Please ring us.", NOW)
    return OfficeReport.objects.get(letter=letter)


def state_of(letter: Letter) -> str:
    letter.refresh_from_db()
    return letter.state


def log() -> list[str]:
    return [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]


def test_the_list_names_what_waits_and_nothing_of_its_writers(
    organiser: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    letters = [held(), held(Letter.Hold.FLOOD), held(Letter.Hold.ONE_ADDRESS)]
    waits_for_its_writer = held(Letter.Hold.VACANT)
    with django_assert_max_num_queries(9):
        page = text(organiser.get(LETTERS))
    for letter in letters:
        assert letter.recipient_name in page
        assert capfirst(letter.get_held_for_display()) in page
        assert letter.sender_name not in page
    assert waits_for_its_writer.recipient_name not in page
    assert "Seats without a result" not in page


def test_the_list_names_the_seats_whose_result_is_missing_and_no_letter_to_them(
    organiser: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    member = make_representative()
    letters = [held(Letter.Hold.NO_RESULT, representative=member) for _ in range(2)]
    elsewhere = held(Letter.Hold.NO_RESULT)
    with django_assert_max_num_queries(9):
        page = text(organiser.get(LETTERS))
    _, _, table = page.partition("Letters that wait for a result")
    for seat, count in ((member.constituency, 2), (elsewhere.constituency, 1)):
        assert re.search(rf">{seat.name}</th>\s*<td>{count}</td>", table)
    for letter in (*letters, elsewhere):
        assert letter.sender_name not in page
        answer = organiser.get(f"{LETTERS}{letter.pk}/", follow=True)
        assert letter.body not in text(answer)


def test_the_list_says_how_many_letters_wait_for_a_newer_list_of_members(
    organiser: Client,
) -> None:
    assert "newer list of MPs" not in text(organiser.get(LETTERS))
    letters = [held(Letter.Hold.REGISTER_OLD) for _ in range(2)]
    page = text(organiser.get(LETTERS))
    assert "2 letters wait until our list of MPs is up to date" in page
    for letter in letters:
        assert letter.sender_name not in page


def test_the_list_says_how_many_letters_wait_for_an_mp_or_for_their_writers(
    organiser: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    assert "Letters without their MP" not in text(organiser.get(LETTERS))
    hold = Letter.Hold
    reasons = (hold.DISSOLVED, hold.VACANT, hold.VACANT, hold.MEMBER_CHANGED)
    letters = [held(one) for one in (*reasons, hold.BOUNDARIES_CHANGED)]
    with django_assert_max_num_queries(9):
        page = text(organiser.get(LETTERS))
    _, _, table = page.partition("Letters that wait for an MP, or for their writers")
    for reason in set(reasons):
        row = rf">{capfirst(reason.label)}</th>\s*<td>{reasons.count(reason)}</td>"
        assert re.search(row, table)
    for letter in letters:
        assert letter.sender_name not in page
        answer = organiser.get(f"{LETTERS}{letter.pk}/", follow=True)
        assert letter.body not in text(answer)


def test_a_list_is_no_longer_than_a_page_can_hold(
    organiser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_admin, "MOST_LISTED", 2)
    for _ in range(2):
        held()
    assert "The others follow" not in text(organiser.get(LETTERS))
    last = held(decide_by=timezone.now() + datetime.timedelta(days=30))
    page = text(organiser.get(LETTERS))
    assert "These are the first 2. The others follow" in page
    assert last.recipient_name not in page


def test_whoever_reads_a_letter_is_written_down(organiser: Client) -> None:
    letter = held(body="<b>I know where you live.</b>")
    page = text(organiser.get(f"{LETTERS}{letter.pk}/"))
    assert "I know where you live." in page
    assert "<b>I know" not in organiser.get(f"{LETTERS}{letter.pk}/").content.decode()
    assert log() == ["Looked at it.", "Looked at it."]


def test_a_letter_is_let_go_by_a_button(organiser: Client) -> None:
    letter = held()
    assert organiser.get(f"{LETTERS}{letter.pk}/let_go/").status_code == 405
    assert state_of(letter) == State.HELD
    answer = organiser.post(f"{LETTERS}{letter.pk}/let_go/", follow=True)
    assert "The letter goes." in text(answer)
    assert state_of(letter) == State.QUEUED
    assert log() == ["The letter goes."]


def test_of_a_letter_that_is_held_again_nobody_is_told_that_it_goes(
    organiser: Client,
) -> None:
    letter = held()
    failing.mark(letter.recipient_email, "550 5.1.1 unknown", NOW, live=False)
    answer = text(organiser.post(f"{LETTERS}{letter.pk}/let_go/", follow=True))
    assert "The letter goes." not in answer
    assert "for another reason now: mail to the MP's address comes back." in answer
    assert state_of(letter) == State.HELD
    assert log()[0].startswith("You let it go, but it does not go yet")


def test_a_letter_is_given_back_by_a_button_and_only_once(organiser: Client) -> None:
    letter = held()
    organiser.post(f"{LETTERS}{letter.pk}/give_back/")
    assert state_of(letter) == State.FAILED
    answer = organiser.post(f"{LETTERS}{letter.pk}/let_go/", follow=True)
    assert "does not wait any more" in text(answer)
    assert state_of(letter) == State.FAILED
    assert len(log()) == 1


def test_no_letter_that_does_not_wait_for_a_person_can_be_read(
    organiser: Client,
) -> None:
    for letter in (
        make_letter(state=State.QUEUED),
        make_letter(state=State.ACCEPTED),
        held(Letter.Hold.VACANT),
    ):
        answer = organiser.get(f"{LETTERS}{letter.pk}/", follow=True)
        assert letter.sender_name not in text(answer)
        assert not log()


def test_a_campaigner_neither_reads_nor_decides(campaigner: Client) -> None:
    letter, report = held(), reported()
    for page in (LETTERS, f"{LETTERS}{letter.pk}/", REPORTS, f"{REPORTS}{report.pk}/"):
        assert campaigner.get(page).status_code == 403
    for page in (f"{LETTERS}{letter.pk}/let_go/", f"{REPORTS}{report.pk}/accept/"):
        assert campaigner.post(page).status_code == 403
    assert state_of(letter) == State.HELD


def test_a_stranger_is_asked_to_sign_in(client: Client) -> None:
    letter = held()
    for page in (LETTERS, f"{LETTERS}{letter.pk}/"):
        assert "/login/" in client.get(page)["Location"]
    assert "/login/" in client.post(f"{LETTERS}{letter.pk}/let_go/")["Location"]


def test_who_may_only_look_gets_no_buttons(client: Client) -> None:
    user = make_organiser()
    change = user.groups.get().permissions.get(codename="change_heldletter")
    user.groups.get().permissions.remove(change)
    client.force_login(user)
    letter = held()
    assert "Let it go" not in text(client.get(f"{LETTERS}{letter.pk}/"))
    assert client.post(f"{LETTERS}{letter.pk}/let_go/").status_code == 403


def test_what_an_office_told_is_accepted_and_lifted_again(organiser: Client) -> None:
    report = reported()
    assert "Please ring us." in text(organiser.get(f"{REPORTS}{report.pk}/"))
    organiser.post(f"{REPORTS}{report.pk}/accept/")
    report.refresh_from_db()
    assert report.decision == OfficeReport.Decision.ACCEPTED
    assert report.decided_by is not None

    page = text(organiser.get(f"{REPORTS}{report.pk}/"))
    assert "Let letters go to this office again" in page
    organiser.post(f"{REPORTS}{report.pk}/lift/")
    report.refresh_from_db()
    assert report.lifted_at is not None
    assert "Nothing waits." in text(organiser.get(REPORTS))


@pytest.mark.parametrize("is_erased", [False, True])
def test_of_abuse_in_a_letter_that_is_erased_staff_read_that_nothing_followed(
    organiser: Client, *, is_erased: bool
) -> None:
    letter = make_letter(state=Letter.State.ACCEPTED)
    deciding.tell(letter, OfficeReport.Kind.ABUSIVE, "", NOW)
    report = OfficeReport.objects.get()
    if is_erased:
        privacy.forget(letter, now=NOW)
    answer = organiser.post(f"{REPORTS}{report.pk}/accept/", follow=True)
    words = queue_admin.IN_VAIN if is_erased else queue_admin.DONE
    assert words in text(answer)


def test_lifting_one_stop_says_that_another_one_stands(organiser: Client) -> None:
    first = reported()
    same: dict[str, Any] = {
        "campaign": first.letter.campaign,
        "representative": first.letter.representative,
    }
    second = reported(letter=make_letter(state=State.ACCEPTED, **same))
    for report in (first, second):
        organiser.post(f"{REPORTS}{report.pk}/accept/")
    told = [
        text(organiser.post(f"{REPORTS}{report.pk}/lift/", follow=True))
        for report in (first, second)
    ]
    assert queue_admin.STOPPED_STILL in told[0]
    assert queue_admin.GOES_AGAIN in told[1]


@pytest.mark.parametrize("kind", OfficeReport.Kind)
def test_each_report_says_what_accepting_it_does(
    organiser: Client, kind: OfficeReport.Kind
) -> None:
    report = reported(kind)
    assert "accept it" in text(organiser.get(f"{REPORTS}{report.pk}/"))
    organiser.post(f"{REPORTS}{report.pk}/decline/")
    report.refresh_from_db()
    assert report.decision == OfficeReport.Decision.DECLINED


def test_a_failing_address_is_ended_by_a_button(organiser: Client) -> None:
    letter = make_letter(state=State.QUEUED)
    failing.mark(letter.recipient_email, "550 5.1.1 unknown", NOW, live=False)
    mark = FailingAddress.objects.get()
    page = text(organiser.get(ADDRESSES))
    assert letter.recipient_email in page
    organiser.post(ADDRESSES, {"action": "mend", "_selected_action": [mark.pk]})
    assert state_of(letter) == State.QUEUED
    assert not FailingAddress.objects.standing().exists()
    assert log() == ["Let letters go to this MP again."]


def test_whose_letters_wait_without_a_mark_is_said_beside_the_marks(
    organiser: Client,
) -> None:
    assert "no address that works" not in text(organiser.get(ADDRESSES))
    letter = held(Letter.Hold.ADDRESS_FAILING)
    assert f"no address that works: {letter.representative.display_name}." in text(
        organiser.get(ADDRESSES)
    )


def test_a_rule_that_would_hold_everything_is_refused_on_the_page(
    organiser: Client,
) -> None:
    answer = organiser.post("/admin/actions/holdrule/add/", {"phrase": "*"})
    assert "Write words" in text(answer)
    fine = {"phrase": "drown you", "is_in_force": "on"}
    organiser.post("/admin/actions/holdrule/add/", fine)
    assert HoldRule.objects.filter(phrase="drown you", is_in_force=True).exists()


LIMITS = "/admin/actions/holdlimit/"


@pytest.fixture
def limits() -> None:
    """Put those there that a new place begins with."""
    for of, most in HoldLimit.USUAL.items():
        let_go(most, HoldLimit.Of(of))


@pytest.mark.usefixtures("limits")
def test_organisers_say_above_how_many_letters_a_person_looks(
    organiser: Client,
) -> None:
    def listed() -> list[tuple[str, str]]:
        page = text(organiser.get(LIMITS))
        return re.findall(r'/change/">(.*?)</a>.*?"field-most">(.*?)<', page, re.DOTALL)

    same, names = (capfirst(one.label) for one in HoldLimit.Of)
    assert listed() == [(names, "6"), (same, "10")]
    page = text(organiser.get(f"{LIMITS}names/change/"))
    assert "From the next one on, letters wait for a person." in page
    fields = {"most": "25", "note": "A hall of residence."}
    organiser.post(f"{LIMITS}names/change/", fields)
    assert listed() == [(names, "25"), (same, "10")]
    assert "A hall of residence." in text(organiser.get(LIMITS))
    assert HoldLimit.most_of(HoldLimit.Of.NAMES) == 25
    assert HoldLimit.most_of(HoldLimit.Of.SAME_WORDS) == 10


@pytest.mark.usefixtures("limits")
@pytest.mark.parametrize("most", ["0", "-1", "", "many", "9999999999"])
def test_a_limit_that_is_none_is_refused_on_the_page(
    organiser: Client, most: str
) -> None:
    answer = organiser.post(f"{LIMITS}names/change/", {"most": most})
    assert answer.status_code == 200
    assert "Please correct the error below." in text(answer)
    assert HoldLimit.most_of(HoldLimit.Of.NAMES) == 6


@pytest.mark.usefixtures("limits")
def test_nobody_takes_a_limit_away_or_adds_one(admin_client: Client) -> None:
    for page in ("add/", "names/delete/"):
        assert admin_client.post(f"{LIMITS}{page}", {"most": "1"}).status_code == 403
    assert set(HoldLimit.objects.values_list("of", flat=True)) == {
        "same_words",
        "names",
    }


@pytest.mark.usefixtures("limits")
def test_campaigners_change_no_limit(campaigner: Client) -> None:
    assert campaigner.get(f"{LIMITS}names/change/").status_code == 403
    fields = {"most": "1000"}
    assert campaigner.post(f"{LIMITS}names/change/", fields).status_code == 403
    assert HoldLimit.most_of(HoldLimit.Of.NAMES) == 6
