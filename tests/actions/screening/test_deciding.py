"""What a person's decision does, on held letters and on what offices tell."""

import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User

from actions import failing, privacy, submitting, tokens
from actions.models import (
    Delivery,
    FailingAddress,
    HoldRule,
    Letter,
    LetterEvent,
    OfficeReport,
    WatchedMailbox,
)
from actions.screening import deciding, mending
from representatives.models import Representative
from tests.actions.factories import BODY, NOW, make_letter, make_organiser

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
Kind = OfficeReport.Kind
State = Letter.State


@pytest.fixture
def organiser() -> User:
    return make_organiser()


def threat() -> Letter:
    HoldRule.objects.get_or_create(phrase="know where you live")
    letter = make_letter(body=f"{BODY}\n\nI know where you live.")
    submitting.confirm(letter, now=NOW)
    assert letter.held_for == Letter.Hold.ABUSE
    return letter


def told(kind: Kind, letter: Letter | None = None, note: str = "") -> OfficeReport:
    letter = letter or make_letter(state=State.ACCEPTED)
    assert deciding.tell(letter, kind, note, NOW)
    return OfficeReport.objects.get(letter=letter, kind=kind)


def state_of(letter: Letter) -> str:
    letter.refresh_from_db()
    return letter.state


def test_a_letter_that_is_let_go_is_owed_again() -> None:
    letter = threat()
    assert deciding.let_go(letter, NOW + DAY)
    assert state_of(letter) == State.QUEUED
    assert letter.deliveries.waiting().filter(kind=Delivery.Kind.LETTER).exists()
    assert not deciding.let_go(letter, NOW + DAY)
    assert not deciding.give_back(letter, NOW + DAY)


def test_a_letter_that_goes_on_says_why(organiser: User) -> None:
    def why(letter: Letter) -> str:
        return letter.events.get(kind=LetterEvent.Kind.RELEASED).cause

    read = threat()
    deciding.let_go(read, NOW + DAY)
    assert why(read) == deciding.READ

    sent = make_letter(state=State.ACCEPTED)
    stopped = make_letter(
        state=State.QUEUED, campaign=sent.campaign, representative=sent.representative
    )
    stop = told(Kind.STOP, sent)
    deciding.accept(stop, NOW, by=organiser)
    deciding.lift(stop, NOW + DAY)
    assert why(stopped) == deciding.LIFTED

    watched = make_letter(state=State.QUEUED, sender_email=sent.sender_email)
    deciding.decline(told(Kind.ABUSIVE, sent), NOW + DAY, by=organiser)
    assert why(watched) == deciding.SET_ASIDE


def test_a_letter_that_is_given_back_says_why() -> None:
    letter = threat()
    assert deciding.give_back(letter, NOW + DAY)
    assert state_of(letter) == State.FAILED
    cause = letter.events.get(kind=LetterEvent.Kind.FAILED).cause
    assert cause == deciding.GIVEN_BACK[Letter.Hold.ABUSE]
    owed = letter.deliveries.waiting().filter(kind=Delivery.Kind.FAILURE_NOTICE)
    assert owed.count() == 1
    assert not deciding.give_back(letter, NOW + DAY)


def test_a_threat_to_a_failing_address_is_read_before_it_waits_for_that() -> None:
    letter = make_letter(body=f"{BODY}\n\nI know where you live.")
    HoldRule.objects.get_or_create(phrase="know where you live")
    failing.mark(letter.recipient_email, "unknown", NOW, live=not letter.is_demo)
    submitting.confirm(letter, now=NOW)
    assert letter.held_for == Letter.Hold.ABUSE
    assert deciding.let_go(letter, NOW + DAY)
    assert state_of(letter) == State.HELD
    assert letter.held_for == Letter.Hold.ADDRESS_FAILING
    owed = set(letter.deliveries.waiting().values_list("kind", flat=True))
    assert Delivery.Kind.HELD_NOTICE in owed
    assert Delivery.Kind.LETTER not in owed


def test_a_letter_that_is_let_go_minds_what_its_office_asked_meanwhile(
    organiser: User,
) -> None:
    letter = threat()
    sent = make_letter(
        state=State.ACCEPTED,
        campaign=letter.campaign,
        representative=letter.representative,
    )
    assert deciding.accept(told(Kind.STOP, sent), NOW, by=organiser)
    for reason in (Letter.Hold.OFFICE_ASKED, ""):
        assert deciding.let_go(letter, NOW + DAY)
        state_of(letter)
        assert letter.held_for == reason
    assert letter.state == State.QUEUED


def test_there_is_a_reason_for_each_hold_that_a_person_ends() -> None:
    assert set(deciding.GIVEN_BACK) == set(Letter.FOR_A_PERSON)


def test_a_letter_that_waits_for_its_writer_is_no_persons_to_decide() -> None:
    letter = make_letter(state=State.HELD, held_for=Letter.Hold.VACANT)
    assert not deciding.let_go(letter, NOW)
    assert not deciding.give_back(letter, NOW)
    assert state_of(letter) == State.HELD


def test_an_office_tells_each_thing_once() -> None:
    letter = make_letter(state=State.ACCEPTED)
    assert deciding.tell(letter, Kind.STOP, "first", NOW)
    assert not deciding.tell(letter, Kind.STOP, "second", NOW)
    assert deciding.tell(letter, Kind.WRONG_ADDRESS, "", NOW)
    notes = OfficeReport.objects.order_by("kind").values_list("kind", "note")
    assert list(notes) == [("stop", "first"), ("wrong_address", "")]


@pytest.mark.parametrize("kind", Kind)
def test_what_an_office_tells_changes_nothing_of_the_letter_by_itself(
    kind: Kind,
) -> None:
    letter = make_letter(state=State.ACCEPTED)
    told(kind, letter)
    assert state_of(letter) == State.ACCEPTED
    assert not letter.events.exists()
    assert not FailingAddress.objects.exists()
    assert not WatchedMailbox.objects.exists()


@pytest.mark.parametrize("kind", Kind)
def test_what_is_accepted_stands_on_the_letters_page(
    kind: Kind, organiser: User
) -> None:
    report = told(kind)
    assert deciding.accept(report, NOW, by=organiser)
    assert not deciding.accept(report, NOW, by=organiser)
    assert not deciding.decline(report, NOW, by=organiser)
    [event] = report.letter.events.all()
    assert event.kind == LetterEvent.Kind.OFFICE_SPOKE
    assert event.cause


def test_a_wrong_address_makes_letters_wait_for_the_right_one(
    organiser: User,
) -> None:
    letter = make_letter(state=State.ACCEPTED)
    waiting = make_letter(state=State.QUEUED, representative=letter.representative)
    deciding.accept(told(Kind.WRONG_ADDRESS, letter), NOW, by=organiser)
    assert failing.is_failing(letter.recipient_email, live=False)
    assert state_of(waiting) == State.HELD
    assert waiting.held_for == Letter.Hold.ADDRESS_FAILING


def test_a_stop_holds_what_is_queued_until_it_is_lifted(organiser: User) -> None:
    letter = make_letter(state=State.ACCEPTED)
    waiting = make_letter(
        state=State.QUEUED,
        campaign=letter.campaign,
        representative=letter.representative,
    )
    to_another = make_letter(state=State.QUEUED, campaign=letter.campaign)
    of_another = make_letter(state=State.QUEUED, representative=letter.representative)
    report = told(Kind.STOP, letter)
    deciding.accept(report, NOW, by=organiser)
    assert state_of(waiting) == State.HELD
    assert waiting.held_for == Letter.Hold.OFFICE_ASKED
    assert {state_of(to_another), state_of(of_another)} == {State.QUEUED}

    assert deciding.lift(report, NOW + DAY)
    assert not deciding.lift(report, NOW + DAY)
    assert state_of(waiting) == State.QUEUED


def test_of_two_stops_the_one_that_stands_goes_on_holding(organiser: User) -> None:
    first = make_letter(state=State.ACCEPTED)
    same: dict[str, Any] = {
        "campaign": first.campaign,
        "representative": first.representative,
    }
    second, waiting = make_letter(state=State.ACCEPTED, **same), make_letter(**same)
    stops = [told(Kind.STOP, letter) for letter in (first, second)]
    for stop in stops:
        deciding.accept(stop, NOW, by=organiser)
    submitting.confirm(waiting, now=NOW)

    assert deciding.lift(stops[0], NOW + DAY)
    assert (state_of(waiting), waiting.held_for) == (State.HELD, "office_asked")
    assert deciding.lift(stops[1], NOW + DAY)
    assert state_of(waiting) == State.QUEUED


def test_lifting_a_stop_of_a_trial_lets_no_real_letter_go(organiser: User) -> None:
    trial = make_letter(state=State.ACCEPTED, is_demo=True)
    same: dict[str, Any] = {
        "campaign": trial.campaign,
        "representative": trial.representative,
    }
    real = make_letter(
        state=State.HELD, held_for=Letter.Hold.OFFICE_ASKED, is_demo=False, **same
    )
    stop = told(Kind.STOP, trial)
    deciding.accept(stop, NOW, by=organiser)
    assert deciding.lift(stop, NOW + DAY)
    assert state_of(real) == State.HELD


def test_a_stop_holds_what_waits_for_a_better_address_too(organiser: User) -> None:
    letter = make_letter(state=State.ACCEPTED)
    member = letter.representative
    waiting = make_letter(
        state=State.QUEUED, campaign=letter.campaign, representative=member
    )
    failing.mark(member.email, "550 5.1.1 unknown", NOW, live=False)
    deciding.accept(told(Kind.STOP, letter), NOW, by=organiser)
    waiting.refresh_from_db()
    assert waiting.held_for == Letter.Hold.OFFICE_ASKED
    Representative.objects.filter(pk=member.pk).update(email="new@parliament.example")
    failing.mend_corrected(NOW, live=False)
    mending.let_go(NOW, live=False)
    assert state_of(waiting) == State.HELD

    waiting.representative.refresh_from_db()
    assert deciding.let_go(waiting, NOW)

    assert state_of(waiting) == State.QUEUED
    assert waiting.recipient_email == "new@parliament.example"


def test_while_abuse_is_looked_at_the_same_writers_other_letters_wait(
    organiser: User,
) -> None:
    letter = make_letter(state=State.ACCEPTED, sender_email="jo@mail.example")
    others = [
        make_letter(state=State.QUEUED, sender_email=address)
        for address in ("Jo@mail.example", "jo+mp@mail.example", "Jo+x+y@Mail.example")
    ]
    strangers = [
        make_letter(state=State.QUEUED, sender_email=address)
        for address in ("ajo@mail.example", "jo@other.example", "jo.x@mail.example")
    ]
    report = told(Kind.ABUSIVE, letter)
    assert {state_of(other) for other in others} == {State.HELD}
    assert {state_of(stranger) for stranger in strangers} == {State.QUEUED}

    assert deciding.decline(report, NOW + DAY, by=organiser)
    assert {state_of(other) for other in others} == {State.QUEUED}
    assert not WatchedMailbox.objects.exists()


def test_while_abuse_is_looked_at_no_correction_of_an_address_lets_letters_go(
    organiser: User,
) -> None:
    other = make_letter(state=State.QUEUED, sender_email="jo@mail.example")
    failing.mark(other.recipient_email, "550 5.1.1 unknown", NOW, live=False)
    letter = make_letter(state=State.ACCEPTED, sender_email="jo+mp@mail.example")
    report = told(Kind.ABUSIVE, letter)
    assert failing.mend(FailingAddress.objects.get(), NOW + DAY)
    assert mending.let_go(NOW + DAY, live=False) == 0
    assert state_of(other) == State.HELD
    deciding.decline(report, NOW + DAY, by=organiser)
    assert state_of(other) == State.QUEUED


def test_setting_a_report_aside_lets_no_threat_go(organiser: User) -> None:
    worse = threat()
    letter = make_letter(state=State.ACCEPTED, sender_email=worse.sender_email)
    deciding.decline(told(Kind.ABUSIVE, letter), NOW, by=organiser)
    assert state_of(worse) == State.HELD


def test_setting_one_of_two_reports_aside_lets_nothing_go(organiser: User) -> None:
    letters = [
        make_letter(state=State.ACCEPTED, sender_email=address)
        for address in ("jo@mail.example", "jo+mp@mail.example")
    ]
    other = make_letter(state=State.QUEUED, sender_email="jo@mail.example")
    reports = [told(Kind.ABUSIVE, letter) for letter in letters]
    deciding.decline(reports[0], NOW, by=organiser)
    assert (state_of(other), other.held_for) == (State.HELD, "watched")
    deciding.decline(reports[1], NOW, by=organiser)
    assert state_of(other) == State.QUEUED


def test_setting_a_report_aside_lets_nothing_go_from_a_watched_mailbox(
    organiser: User,
) -> None:
    first, second = (make_letter(state=State.ACCEPTED) for _ in range(2))
    Letter.objects.filter(pk=second.pk).update(sender_email=first.sender_email)
    second.refresh_from_db()
    other = make_letter(state=State.QUEUED)
    Letter.objects.filter(pk=other.pk).update(sender_email=first.sender_email)
    reports = [told(Kind.ABUSIVE, one) for one in (first, second)]
    assert deciding.accept(reports[0], NOW, by=organiser)
    assert deciding.decline(reports[1], NOW, by=organiser)
    assert state_of(other) == State.HELD


def test_abuse_that_was_some_is_watched_for_a_year_and_no_longer(
    organiser: User,
) -> None:
    letter = make_letter(state=State.ACCEPTED, sender_email="jo+mp@mail.example")
    deciding.accept(told(Kind.ABUSIVE, letter), NOW, by=organiser)
    watched = WatchedMailbox.objects.get()
    assert watched.key == tokens.mailbox_key("jo@mail.example")
    assert watched.until == NOW + deciding.WATCHED_FOR
    deciding.forget(NOW + deciding.WATCHED_FOR - DAY)
    assert WatchedMailbox.objects.exists()
    deciding.forget(NOW + deciding.WATCHED_FOR)
    assert not WatchedMailbox.objects.exists()


@pytest.mark.parametrize("kind", Kind)
def test_reports_of_a_letter_that_is_erased_can_be_decided_on(
    kind: Kind, organiser: User
) -> None:
    letter = make_letter(state=State.ACCEPTED)
    privacy.forget(letter, now=NOW)
    report = told(kind, letter)
    assert deciding.is_in_vain(report) == (kind == Kind.ABUSIVE)
    assert deciding.accept(report, NOW, by=organiser)
    assert not WatchedMailbox.objects.exists()


def test_what_offices_wrote_is_kept_four_weeks_from_the_decision(
    organiser: User,
) -> None:
    decided = told(Kind.STOP, note="Ring Sam in the office.")
    deciding.accept(decided, NOW, by=organiser)
    waiting = told(Kind.STOP, note="Ring Alex.")
    deciding.forget(NOW + deciding.NOTES_LIVE)
    notes = OfficeReport.objects.values_list("note", flat=True)
    assert sorted(notes) == ["", "Ring Alex."]
    deciding.forget(NOW + deciding.NOTES_WAIT)
    waiting.refresh_from_db()
    assert waiting.note == ""
