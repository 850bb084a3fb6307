"""A held letter goes to whoever is its writer's MP now, if they say so."""

import datetime
import threading
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from actions import delivering, failing, holding, lifecycle, redirecting, tokens
from actions.lifecycle import Move
from actions.models import Delivery, HoldRule, Letter, LetterEvent
from representatives import lookup, parliament
from representatives.models import (
    Constituency,
    Office,
    OfficeKind,
    ParliamentPeriod,
    Representative,
)
from tests.actions.factories import (
    BASE_TEXT,
    BODY,
    make_campaign,
    make_letter,
    make_representative,
    place_postcodes,
)
from tests.actions.pages import hidden, text
from tests.registers import make_member

pytestmark = pytest.mark.django_db

Hold = Letter.Hold
State = Letter.State
DAY = datetime.timedelta(days=1)
NEW_NAME = "Dr Una Gray"


def make_successor(seat: Constituency, **fields: Any) -> Representative:
    return make_member(
        **{
            "constituency": seat,
            "full_title": f"{NEW_NAME} MP",
            "display_name": NEW_NAME,
            "address_as": "Dr Gray",
            **fields,
        }
    )


def hold(letter: Letter, reason: Letter.Hold) -> Letter:
    now = timezone.now()
    assert holding.hold(letter, reason, now, decide_by=now + 10 * DAY)
    return letter


def succeeded(**fields: Any) -> Letter:
    """Make a letter that is held because somebody else holds the seat now."""
    letter = make_letter(state=State.QUEUED, now=timezone.now() - 3 * DAY, **fields)
    Representative.objects.filter(pk=letter.representative_id).update(is_current=False)
    make_successor(letter.constituency)
    return hold(letter, Hold.MEMBER_CHANGED)


def moved(postcode: str = "ZE9 9AA", **fields: Any) -> Letter:
    """Make a letter whose seat is one of former boundaries."""
    letter = make_letter(
        state=State.QUEUED, now=timezone.now(), postcode=postcode, **fields
    )
    Representative.objects.filter(pk=letter.representative_id).update(is_current=False)
    Constituency.objects.filter(pk=letter.constituency_id).update(
        is_current=False, in_force_until=parliament.today()
    )
    return hold(letter, Hold.BOUNDARIES_CHANGED)


def at(letter: Letter, ending: str = "redirect/") -> str:
    return f"/letters/{tokens.for_letter(letter.pk)}/{ending}"


def send(client: Client, letter: Letter, **typed: Any) -> Any:
    page = client.get(at(letter))
    fields = {**hidden(page), "subject": letter.subject, "body": letter.body, **typed}
    return client.post(at(letter), fields)


def owed(letter: Letter) -> set[str]:
    return set(letter.deliveries.waiting().values_list("kind", flat=True))


# --- Looking ------------------------------------------------------------------------


def test_the_page_shows_the_letter_as_the_present_mp_would_get_it(
    client: Client,
) -> None:
    letter = succeeded()
    for _ in range(2):
        page = text(client.get(at(letter)))
    assert f"Is your letter to go to {NEW_NAME}?" in page
    assert "Dear Dr Gray," in page
    assert "not heard from her brother" in page
    assert "Cancel my letter" in page
    letter.refresh_from_db()
    assert letter.held_for == Hold.MEMBER_CHANGED
    assert owed(letter) == {Delivery.Kind.HELD_NOTICE}


def test_names_of_the_former_mp_are_pointed_at(client: Client) -> None:
    letter = succeeded(recipient_salutation="Ms Abbott")
    Representative.objects.filter(pk=letter.representative_id).update(
        address_as="Ms Abbott", display_name="Diane Abbott"
    )
    page = text(client.get(at(letter)))
    assert "Your letter still says" not in page
    for body, named in (
        (f"{BODY} As you said, Ms Abbott, it matters.", "Ms Abbott"),
        (f"{BODY} Diane Abbott spoke.", "Diane Abbott"),
        (f"{BODY} Abbott spoke.", "Abbott"),
    ):
        page = text(client.post(at(letter), {"show": "1", "body": body}))
        assert (
            f'Your letter still says: <mark class="to-fill-in">{named}</mark>' in page
        )
        assert body.splitlines()[-1] in page
    for body in ("An abbott spoke.", "Abbottabad."):
        page = text(client.post(at(letter), {"show": "1", "body": body}))
        assert "Your letter still says" not in page


def test_a_name_that_both_have_is_none_to_change(client: Client) -> None:
    letter = succeeded()
    Representative.objects.filter(pk=letter.representative_id).update(
        address_as="Mr Gray", display_name="Tom Gray"
    )
    letter.refresh_from_db()
    seat = lookup.seat(letter.constituency.code)
    assert seat
    found = redirecting.doubts(letter, seat, "", "Dr Gray knows, and Gray will act.")
    assert found.names == ()
    found = redirecting.doubts(letter, seat, "", "Tom Gray knows.")
    assert found.names == ("Tom Gray",)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (OfficeKind.MINISTER, "is in the Government, and signs no motions"),
        (OfficeKind.WHIP, "is in the Government, and signs no motions"),
        (OfficeKind.SPEAKER, "presides over the House of Commons"),
        (OfficeKind.DEPUTY_SPEAKER, "presides over the House of Commons"),
        (OfficeKind.NO_SEAT, "does not sit in the House of Commons"),
        (OfficeKind.OPPOSITION, ""),
    ],
)
def test_what_the_present_mp_cannot_do_is_said(
    client: Client, kind: str, words: str
) -> None:
    letter = succeeded()
    member = Representative.objects.current().get(constituency=letter.constituency)
    Office.objects.create(parliament_id=member.parliament_id, kind=kind, name="Post")
    page = text(client.get(at(letter)))
    assert words in page
    assert ("Ask for a" in page) == bool(words)


def test_without_an_mp_the_page_says_so_and_nothing_is_sent(client: Client) -> None:
    letter = make_letter(state=State.QUEUED, now=timezone.now())
    Representative.objects.filter(pk=letter.representative_id).update(is_current=False)
    hold(letter, Hold.VACANT)
    page = text(client.get(at(letter)))
    assert "There is nobody to send it to yet" in page
    assert "vacant until a by-election" in page
    answer = client.post(at(letter), {"body": "Words that I typed.", "subject": "S"})
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Words that I typed." in text(answer)
    ParliamentPeriod.objects.create(
        state=ParliamentPeriod.State.DISSOLVED, begins_on=parliament.today()
    )
    assert "Parliament is dissolved" in text(client.get(at(letter)))
    letter.refresh_from_db()
    assert letter.state == State.HELD


def test_an_mp_without_an_address_is_written_to_on_paper(client: Client) -> None:
    letter = succeeded()
    Representative.objects.current().filter(constituency=letter.constituency).update(
        email=""
    )
    page = text(client.get(at(letter)))
    assert "publishes no e-mail address" in page
    assert f"Send it to {NEW_NAME}" not in page
    assert "by Postbag" not in page[page.index("<article") :]
    assert send(client, letter).status_code == HTTPStatus.CONFLICT
    letter.refresh_from_db()
    assert letter.state == State.HELD


# --- Sending ------------------------------------------------------------------------


def test_words_that_read_as_a_threat_wait_for_a_person_here_too(
    client: Client,
) -> None:
    HoldRule.objects.get_or_create(phrase="know where you live")
    letter = succeeded()
    send(client, letter, body=f"{letter.body}\n\nI know where you live.")
    letter.refresh_from_db()
    assert letter.recipient_name == f"{NEW_NAME} MP"
    assert letter.held_for == Hold.ABUSE
    assert owed(letter) == {Delivery.Kind.HELD_NOTICE}


def test_sent_on_it_goes_to_the_present_mp_once(client: Client) -> None:
    letter = succeeded()
    key = letter.sender_key
    member = Representative.objects.current().get(constituency=letter.constituency)

    answer = send(client, letter, body=f"{BODY} I add this to it for you, Dr Gray.")

    assert answer.status_code == HTTPStatus.FOUND
    assert answer["Location"] == at(letter, "")
    letter.refresh_from_db()
    assert letter.state == State.QUEUED
    assert letter.representative == member
    assert letter.recipient_name == f"{NEW_NAME} MP"
    assert letter.recipient_salutation == "Dr Gray"
    assert letter.recipient_email == member.email
    assert letter.seat_name == letter.constituency.name
    assert letter.dated == timezone.localdate()
    assert letter.sender_key not in {"", key}
    assert letter.body.endswith("for you, Dr Gray.")
    assert owed(letter) == {Delivery.Kind.LETTER}
    assert [event.kind for event in letter.events.all()] == [
        "held",
        "redirected",
        "released",
    ]
    assert letter.events.filter(cause=redirecting.SENT_ON).exists()
    again = client.post(at(letter), {"subject": "Other", "body": "Other"})
    assert again.status_code == HTTPStatus.FOUND
    assert client.get(at(letter)).status_code == HTTPStatus.FOUND
    letter.refresh_from_db()
    assert letter.subject != "Other"
    assert delivering.deliver_due().sent == 1


def test_what_its_writer_changed_is_looked_at_again(client: Client) -> None:
    HoldRule.objects.get_or_create(phrase="know where you live")
    letter = succeeded()
    send(client, letter, body=f"{BODY}\n\nI know where you live.")
    letter.refresh_from_db()
    assert (letter.state, letter.held_for) == (State.HELD, Hold.ABUSE)
    assert owed(letter) == {Delivery.Kind.HELD_NOTICE}
    assert "A person reads it first" in text(client.get(at(letter, "")))


def test_sent_on_to_an_address_that_fails_it_waits_for_the_right_one(
    client: Client,
) -> None:
    letter = succeeded()
    member = Representative.objects.current().get(constituency=letter.constituency)
    failing.mark(member.email, "550 5.1.1 unknown", timezone.now(), live=False)
    send(client, letter)
    letter.refresh_from_db()
    assert (letter.state, letter.held_for) == (State.HELD, Hold.ADDRESS_FAILING)


def test_what_its_writer_changed_is_measured_again(client: Client) -> None:
    letter = succeeded(
        campaign=make_campaign(least_own_words=10, accepts_signatures=True)
    )
    assert send(client, letter, body=BASE_TEXT).status_code == HTTPStatus.FOUND
    letter.refresh_from_db()
    assert (letter.own_words, letter.is_signature) == (0, True)
    assert letter.word_count == len(BASE_TEXT.split())


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"subject": ""}, "Give the letter a subject"),
        ({"subject": "a\nBcc: x@mail.example"}, "on one line"),
        ({"subject": "s" * 151}, "This has 151 characters"),
        ({"body": ""}, "The letter is empty"),
        ({"body": "a " * 10_001}, "The letter has 20,001 characters"),
        ({"body": f"{BODY} [add your town]"}, "There is a note left"),
    ],
)
def test_a_mistake_is_said_beside_the_field_and_nothing_is_lost(
    client: Client, typed: dict[str, str], words: str
) -> None:
    letter = succeeded()
    own = {"subject": "My subject", "body": f"{BODY} My own sentence, kept."}
    answer = send(client, letter, **{**own, **typed})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = text(answer)
    assert words in page
    assert "My subject" in page or "subject" in typed
    assert "My own sentence, kept." in page or "body" in typed
    letter.refresh_from_db()
    assert letter.state == State.HELD


def test_a_campaign_in_own_words_only_demands_them_here_too(client: Client) -> None:
    campaign = make_campaign(least_own_words=10, accepts_signatures=False)
    answer = send(client, succeeded(campaign=campaign), body=BASE_TEXT)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "letters in people’s own words only" in text(answer)


def test_whoever_has_written_to_the_present_mp_is_told_and_can_cancel(
    client: Client,
) -> None:
    letter = succeeded()
    member = Representative.objects.current().get(constituency=letter.constituency)
    make_letter(
        state=State.ACCEPTED,
        campaign=letter.campaign,
        representative=member,
        sender_email=letter.sender_email,
    )
    answer = send(client, letter)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert f"You have already written to {NEW_NAME}" in text(answer)
    letter.refresh_from_db()
    assert (letter.state, letter.held_for) == (State.HELD, Hold.MEMBER_CHANGED)
    assert not letter.events.filter(kind=LetterEvent.Kind.REDIRECTED).exists()
    client.post(at(letter, "cancel/"))
    letter.refresh_from_db()
    assert letter.state == State.CANCELLED


def test_an_mp_who_changed_since_the_page_was_drawn_is_looked_at_first(
    client: Client,
) -> None:
    letter = succeeded()
    fields = {**hidden(client.get(at(letter))), "subject": "S", "body": BODY}
    Representative.objects.current().filter(constituency=letter.constituency).update(
        is_current=False
    )
    make_member(constituency=letter.constituency, display_name="Mr Third")
    answer = client.post(at(letter), fields)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Your MP has changed since this page was made" in text(answer)
    assert "Mr Third" in text(answer)
    assert client.post(at(letter), {"body": BODY}).status_code == HTTPStatus.CONFLICT
    letter.refresh_from_db()
    assert letter.state == State.HELD


@pytest.mark.parametrize("reason", [Hold.ABUSE, Hold.FLOOD, Hold.ADDRESS_FAILING])
def test_what_a_person_decides_on_is_not_its_writers_to_send(
    client: Client, reason: Letter.Hold
) -> None:
    letter = hold(make_letter(state=State.QUEUED, now=timezone.now()), reason)
    assert client.get(at(letter))["Location"] == at(letter, "")
    answer = client.post(at(letter), {"subject": "S", "body": BODY, "addressee": "x"})
    assert answer["Location"] == at(letter, "")
    seat = lookup.seat(letter.constituency.code)
    assert seat
    assert not redirecting.redirect(letter, seat, "S", BODY, now=timezone.now())
    letter.refresh_from_db()
    assert letter.held_for == reason


def test_a_letter_that_ended_meanwhile_is_not_sent(client: Client) -> None:
    letter = succeeded()
    seat = lookup.seat(letter.constituency.code)
    assert seat
    lifecycle.make(Move.CANCEL, letter, timezone.now())
    assert not redirecting.redirect(letter, seat, "S", BODY, now=timezone.now())
    letter.refresh_from_db()
    assert (letter.state, letter.subject) == (State.CANCELLED, letter.subject)
    assert not letter.events.filter(kind=LetterEvent.Kind.REDIRECTED).exists()


def test_a_forged_link_opens_nothing(client: Client) -> None:
    for answer in (
        client.get("/letters/forged/redirect/"),
        client.post("/letters/forged/redirect/"),
    ):
        assert answer.status_code == HTTPStatus.NOT_FOUND


# --- New boundaries -----------------------------------------------------------------


def test_the_postcode_tells_the_seat_on_new_boundaries(client: Client) -> None:
    letter = moved()
    seat = make_representative(display_name="Member New").constituency
    place_postcodes(seat, "ZE9 9", "AA")
    body = f"{BODY} I live in {letter.seat_name}."
    page = text(client.post(at(letter), {"show": "1", "body": body}))
    assert "Is your letter to go to Member New?" in page
    assert f'still says: <mark class="to-fill-in">{letter.seat_name}</mark>' in page

    assert send(client, letter).status_code == HTTPStatus.FOUND

    letter.refresh_from_db()
    assert (letter.state, letter.constituency) == (State.QUEUED, seat)
    assert letter.seat_name == seat.name


def test_a_postcode_that_seats_share_is_asked_about(client: Client) -> None:
    letter = moved("ZE9 9ZZ")
    seats = [make_representative().constituency for _ in range(2)]
    for seat, units in zip(seats, ("AAAB", "BB"), strict=True):
        place_postcodes(seat, "ZE9 9", units)
    page = text(client.get(at(letter)))
    assert "Several constituencies share your postcode" in page
    assert all(seat.name in page for seat in seats)
    chosen = client.post(at(letter), {"near": seats[1].code, "body": "My words."})
    assert f"Dear {seats[1].representatives.get().address_as}," in text(chosen)
    assert "My words." in text(chosen)
    fields = {**hidden(chosen), "subject": "S", "body": BODY}
    assert client.post(at(letter), fields).status_code == HTTPStatus.FOUND
    letter.refresh_from_db()
    assert letter.constituency == seats[1]


@pytest.mark.parametrize("postcode", ["", "ZE1 1AA", "BFPO 12"])
def test_a_postcode_that_leads_nowhere_leaves_the_list(
    client: Client, postcode: str
) -> None:
    letter = moved(postcode)
    seat = make_representative().constituency
    lookup.forget_seats()
    page = text(client.get(at(letter)))
    assert "Which constituency are you in now?" in page
    assert seat.name in page
    wrong = client.post(at(letter), {"seat": "E99999999", "choose": "1"})
    assert "Choose one of the constituencies in the list." in text(wrong)
    chosen = client.post(at(letter), {"seat": seat.code, "choose": "1"})
    fields = {**hidden(chosen), "subject": "S", "body": BODY}
    assert client.post(at(letter), fields).status_code == HTTPStatus.FOUND


def test_another_seat_can_be_chosen_only_where_boundaries_changed(
    client: Client,
) -> None:
    other = make_representative()
    letter = succeeded()
    page = client.post(at(letter), {"seat": other.constituency.code, "choose": "1"})
    assert f"Is your letter to go to {NEW_NAME}?" in text(page)
    assert "Not your MP?" not in text(page)


@pytest.mark.django_db(transaction=True)
def test_pressed_twice_at_once_it_goes_once() -> None:
    letter = succeeded()
    seat = lookup.seat(letter.constituency.code)
    assert seat
    done: list[bool] = []

    def press() -> None:
        mine = Letter.objects.get(pk=letter.pk)
        done.append(redirecting.redirect(mine, seat, "S", BODY, now=timezone.now()))
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False] * 3 + [True]
    assert letter.events.filter(kind=LetterEvent.Kind.REDIRECTED).count() == 1
