import datetime
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as some

from actions import tokens
from actions.errors import ExpiredTokenError, ForgedTokenError
from actions.tokens import Ticket

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
TICKET = Ticket(
    campaign=1,
    version=2,
    seat="E14001172",
    base_text="I ask.",
    issued_at=NOON,
    letter=tokens.new_letter(),
    begun_at=NOON - datetime.timedelta(hours=1),
)


def test_a_letters_token_leads_back_to_the_letter_and_to_no_other() -> None:
    first, second = uuid.uuid4(), uuid.uuid4()
    assert tokens.letter_of(tokens.for_letter(first)) == first
    assert tokens.for_letter(first) != tokens.for_letter(second)


def test_a_letters_token_is_safe_in_an_address() -> None:
    token = tokens.for_letter(uuid.uuid4())
    assert set(token) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    )


def test_a_token_with_any_character_changed_is_forged() -> None:
    token = tokens.for_letter(uuid.uuid4())
    for at, letter in enumerate(token):
        other = "A" if letter != "A" else "B"
        with pytest.raises(ForgedTokenError):
            tokens.letter_of(token[:at] + other + token[at + 1 :])


@given(some.text())
def test_no_text_of_a_stranger_opens_a_letter(text: str) -> None:
    with pytest.raises(ForgedTokenError):
        tokens.letter_of(text)


@given(some.text())
def test_no_text_of_a_stranger_opens_a_subscription(text: str) -> None:
    with pytest.raises(ForgedTokenError):
        tokens.subscription_of(text)


def test_a_letters_token_is_not_a_subscriptions_nor_the_other_way_round() -> None:
    one = uuid.uuid4()
    assert tokens.subscription_of(tokens.for_subscription(one)) == one
    with pytest.raises(ForgedTokenError):
        tokens.subscription_of(tokens.for_letter(one))
    with pytest.raises(ForgedTokenError):
        tokens.letter_of(tokens.for_subscription(one))


@given(some.text())
def test_no_text_of_a_stranger_is_a_ticket(text: str) -> None:
    with pytest.raises(ForgedTokenError):
        tokens.ticket_of(text)


def test_a_letters_token_is_not_a_ticket_and_a_ticket_opens_no_letter() -> None:
    with pytest.raises(ForgedTokenError):
        tokens.ticket_of(tokens.for_letter(uuid.uuid4()))
    with pytest.raises(ForgedTokenError):
        tokens.letter_of(tokens.for_ticket(TICKET))


def test_a_ticket_comes_back_as_it_was() -> None:
    assert tokens.ticket_of(tokens.for_ticket(TICKET)) == TICKET


def test_a_ticket_lives_for_a_day() -> None:
    tokens.check_age(TICKET, NOON + datetime.timedelta(hours=24))
    with pytest.raises(ExpiredTokenError):
        tokens.check_age(TICKET, NOON + datetime.timedelta(hours=24, seconds=1))


def test_the_same_mailbox_is_the_same_person_however_it_is_written() -> None:
    key = tokens.sender_key(1, 42, "jo@example.org")
    assert tokens.sender_key(1, 42, " Jo@Example.ORG ") == key
    assert tokens.sender_key(1, 42, "jo+mp@example.org") == key


def test_another_person_member_or_campaign_is_another_key() -> None:
    key = tokens.sender_key(1, 42, "jo@example.org")
    others = {
        tokens.sender_key(1, 42, "jan@example.org"),
        tokens.sender_key(1, 43, "jo@example.org"),
        tokens.sender_key(2, 42, "jo@example.org"),
    }
    assert key not in others
    assert len(others) == 3


def test_whoever_writes_for_others_is_another_for_each_of_them() -> None:
    own = tokens.sender_key(1, 42, "jo@example.org")
    amina = tokens.sender_key(1, 42, "jo@example.org", "Amina Hassan")
    assert len({own, amina, tokens.sender_key(1, 42, "jo@example.org", "Bo")}) == 3
    assert tokens.sender_key(1, 42, "jo@example.org", " amina  HASSAN") == amina


def test_the_key_tells_nothing_of_the_mailbox() -> None:
    assert "jo" not in tokens.sender_key(1, 42, "jo@example.org")
