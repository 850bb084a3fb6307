"""Which confirmed letters wait for a person, and which do not."""

import datetime
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from actions import failing, holding, submitting, tokens
from actions.models import (
    Campaign,
    Delivery,
    HoldLimit,
    HoldRule,
    Letter,
    OfficeReport,
    WatchedMailbox,
)
from actions.screening import deciding
from representatives.models import Representative
from tests.actions.factories import (
    BASE_TEXT,
    BODY,
    NOW,
    let_go,
    make_campaign,
    make_letter,
    make_organiser,
    make_representative,
)

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def rules() -> None:
    """Put those in force that a new place begins with, and nothing else."""
    HoldRule.objects.all().delete()
    first = import_module("actions.migrations.0018_first_rules")
    first.add(apps, None)


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


@pytest.fixture
def member() -> Representative:
    return make_representative()


def confirmed(now: datetime.datetime = NOW, **fields: Any) -> Letter:
    letter = make_letter(now=now, **fields)
    assert submitting.confirm(letter, now=now)
    return letter


def hold_of(letter: Letter) -> str:
    assert (letter.state == Letter.State.HELD) == bool(letter.held_for)
    return letter.held_for


def test_an_ordinary_letter_goes() -> None:
    assert confirmed().state == Letter.State.QUEUED


def test_a_threat_waits_and_its_writer_is_told() -> None:
    letter = confirmed(body=f"{BODY}\n\nI know where you live.")
    assert hold_of(letter) == Letter.Hold.ABUSE
    assert letter.decide_by == holding.end_of_day(NOW + holding.PEOPLE_HAVE)
    owed = letter.deliveries.waiting().values_list("kind", flat=True)
    assert Delivery.Kind.HELD_NOTICE in owed
    assert Delivery.Kind.LETTER not in owed


def test_a_threat_in_the_subject_waits() -> None:
    assert hold_of(confirmed(subject="I will hurt you")) == Letter.Hold.ABUSE


@pytest.mark.parametrize(
    "field",
    [
        "sender_name",
        "address_line_1",
        "address_line_2",
        "town",
        "address_note",
        "helper",
    ],
)
def test_a_threat_anywhere_else_in_the_letter_waits(field: str) -> None:
    written: dict[str, Any] = {field: "I will kill you"}
    assert hold_of(confirmed(**written)) == Letter.Hold.ABUSE


def test_a_campaigns_own_words_excuse_none_in_a_name() -> None:
    base = f"{BASE_TEXT}\n\nThe guards shouted: we will kill you."
    own = f"{BASE_TEXT}\n\nPlease raise this; I think of it daily."
    threat = confirmed(base_text=base, body=own, sender_name="We will kill you")
    assert hold_of(threat) == Letter.Hold.ABUSE


@pytest.mark.parametrize(
    "where",
    [
        {"sender_name": "Dick Kill"},
        {"sender_name": "Jo Kill", "address_line_1": "Your House"},
        {"town": "Scunthorpe", "address_line_1": "12 Cocks Lane"},
        {"address_line_1": "Hurt House", "address_line_2": "Hang Hill", "helper": "Al"},
    ],
)
def test_no_name_or_place_is_a_threat(where: dict[str, Any]) -> None:
    assert hold_of(confirmed(**where)) == ""


@pytest.mark.parametrize(
    "own",
    [
        "They killed my brother, and raped and tortured women in the camps.",
        "My cousin was beaten up and shot; her house was burned.",
        "They know where my mother lives. Please act before she dies.",
    ],
)
def test_what_the_persecuted_tell_of_is_no_threat(own: str) -> None:
    assert hold_of(confirmed(body=f"{BASE_TEXT}\n\n{own}")) == ""


def test_the_campaigns_own_words_are_not_held_against_anybody() -> None:
    base = f"{BASE_TEXT}\n\nThe guards shouted: we will kill you."
    own = "Please raise this; I think of it daily."
    assert hold_of(confirmed(base_text=base, body=f"{base}\n\n{own}")) == ""
    worse = f"{base}\n\nI will kill you."
    assert hold_of(confirmed(base_text=base, body=worse)) == Letter.Hold.ABUSE


@pytest.mark.parametrize("threat", ["I know where you live.", "I will kill you."])
def test_a_threat_in_place_of_the_campaigns_own_words_waits(threat: str) -> None:
    """Whether it is the same words or others that staff listed."""
    base = f"{BASE_TEXT}\n\nThe guards shouted: we will kill you."
    taken_out = f"{BASE_TEXT}\n\n{threat}"
    assert hold_of(confirmed(base_text=base, body=taken_out)) == Letter.Hold.ABUSE


def test_a_rule_that_is_not_in_force_holds_nothing() -> None:
    HoldRule.objects.update(is_in_force=False)
    assert hold_of(confirmed(body=f"{BODY}\n\nI know where you live.")) == ""


def test_the_same_words_under_many_names_wait(campaign: Campaign) -> None:
    let_go(3)
    body = f"{BASE_TEXT}\n\nMy aunt was taken from her shop in Ghulja in the spring."
    holds = [hold_of(confirmed(campaign=campaign, body=body)) for _ in range(5)]
    assert holds == ["", "", "", "flood", "flood"]

    # Another's words, another campaign and another day are no part of it.
    other = f"{BASE_TEXT}\n\nI teach the children of refugees at a school in Leeds."
    assert hold_of(confirmed(campaign=campaign, body=other)) == ""
    assert hold_of(confirmed(body=body)) == ""
    assert hold_of(confirmed(NOW + DAY, campaign=campaign, body=body)) == ""


def test_case_and_punctuation_make_no_other_text(campaign: Campaign) -> None:
    let_go(1)
    one = f"{BASE_TEXT}\n\nMy aunt was taken from her shop in Ghulja in the spring."
    two = f"{BASE_TEXT}\n\nMy aunt — was taken, from her SHOP in Ghulja in the spring!"
    assert hold_of(confirmed(campaign=campaign, body=one)) == ""
    assert hold_of(confirmed(campaign=campaign, body=two)) == Letter.Hold.FLOOD


def test_signatures_without_own_words_are_no_flood(campaign: Campaign) -> None:
    let_go(1)
    for _ in range(3):
        assert hold_of(confirmed(campaign=campaign, body=BASE_TEXT)) == ""


@pytest.mark.parametrize(
    ("own", "second"),
    [
        ("Please act now, for all of us.", ""),
        ("Please act now, for all of us here.", "flood"),
    ],
)
def test_eight_own_words_are_a_text_and_seven_may_be_the_same_by_chance(
    campaign: Campaign, own: str, second: str
) -> None:
    let_go(1)
    body = f"{BASE_TEXT}\n\n{own}"
    holds = [hold_of(confirmed(campaign=campaign, body=body)) for _ in range(2)]
    assert holds == ["", second]


def test_many_names_at_one_address_wait(campaign: Campaign) -> None:
    let_go(2, HoldLimit.Of.NAMES)
    here: dict[str, Any] = {"address_line_1": "1 High Street", "postcode": "SW1A 1AA"}
    told_anew: dict[str, Any] = {
        "address_line_1": "1, HIGH street",
        "postcode": "SW1A 1AA",
    }
    holds = [
        hold_of(confirmed(campaign=campaign, **where))
        for where in (here, here, told_anew)
    ]
    assert holds == ["", "", "one_address"]
    assert hold_of(confirmed(campaign=campaign, postcode="SW1A 1AA")) == ""
    week = 8 * DAY
    assert hold_of(confirmed(NOW + week, campaign=campaign, **here)) == ""


def test_without_a_word_of_staff_the_usual_limits_hold(campaign: Campaign) -> None:
    HoldLimit.objects.all().delete()
    body = f"{BASE_TEXT}\n\nMy aunt was taken from her shop in Ghulja in the spring."
    here: dict[str, Any] = {
        "address_line_1": "1 High Street",
        "postcode": "SW1A 1AA",
    }
    same = [hold_of(confirmed(campaign=campaign, body=body)) for _ in range(11)]
    assert same == [*[""] * 10, "flood"]
    names = [hold_of(confirmed(campaign=campaign, **here)) for _ in range(7)]
    assert names == [*[""] * 6, "one_address"]


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("hold_limits_are_known", {"of": "whims", "most": 3}),
        ("hold_limits_let_one_go", {"of": "names", "most": 0}),
    ],
)
def test_a_limit_that_cannot_be_is_refused(
    constraint: str, fields: dict[str, Any]
) -> None:
    HoldLimit.objects.all().delete()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        HoldLimit.objects.create(**fields)


def test_a_failing_address_waits(member: Representative) -> None:
    failing.mark(member.email, "550 5.1.1 unknown", NOW, live=False)
    letter = confirmed(representative=member)
    assert hold_of(letter) == Letter.Hold.ADDRESS_FAILING
    assert letter.decide_by == holding.end_of_day(NOW + failing.CORRECTIONS_TAKE)


def test_a_threat_to_a_failing_address_waits_for_a_person_first(
    member: Representative,
) -> None:
    failing.mark(member.email, "550 5.1.1 unknown", NOW, live=False)
    letter = confirmed(representative=member, body=f"{BODY}\n\nI know where you live.")
    assert hold_of(letter) == Letter.Hold.ABUSE
    assert deciding.let_go(letter, NOW)
    assert hold_of(letter) == Letter.Hold.ADDRESS_FAILING


def test_an_office_that_asked_gets_no_more_of_the_campaign(
    campaign: Campaign, member: Representative
) -> None:
    letter = make_letter(
        state=Letter.State.ACCEPTED, campaign=campaign, representative=member
    )
    deciding.tell(letter, OfficeReport.Kind.STOP, "", NOW)
    assert hold_of(confirmed(campaign=campaign, representative=member)) == ""
    report = OfficeReport.objects.get()
    assert deciding.accept(report, NOW, by=make_organiser())
    asked = confirmed(campaign=campaign, representative=member)
    assert hold_of(asked) == Letter.Hold.OFFICE_ASKED
    assert hold_of(confirmed(representative=member)) == ""
    assert hold_of(confirmed(campaign=campaign)) == ""
    # A person may let one go all the same.
    assert deciding.let_go(asked, NOW)
    assert hold_of(asked) == ""


def test_what_an_office_asked_of_a_trial_stops_no_real_letter(
    campaign: Campaign, member: Representative
) -> None:
    trial = make_letter(
        state=Letter.State.ACCEPTED,
        campaign=campaign,
        representative=member,
        is_demo=True,
    )
    assert deciding.tell(trial, OfficeReport.Kind.STOP, "", NOW)
    report = OfficeReport.objects.get()
    assert deciding.accept(report, NOW, by=make_organiser())
    real = confirmed(campaign=campaign, representative=member, is_demo=False)
    assert hold_of(real) == ""


def test_a_watched_mailbox_waits_until_it_is_no_more() -> None:
    WatchedMailbox.objects.create(
        key=tokens.mailbox_key("Jo+x@mail.example"), since=NOW, until=NOW + DAY
    )
    assert hold_of(confirmed(sender_email="jo@mail.example")) == Letter.Hold.WATCHED
    later = confirmed(NOW + DAY, sender_email="jo@mail.example")
    assert hold_of(later) == ""


def test_the_first_rules_are_there_and_can_be_told_apart() -> None:
    notes = set(HoldRule.objects.values_list("note", flat=True))
    assert notes == {"a threat", "abuse", "a slur"}
    for rule in HoldRule.objects.all():
        rule.clean_fields()
