import pytest
from hypothesis import given
from hypothesis import strategies as some

from actions import questions
from actions.forms import ComposeForm
from actions.letter_forms import LetterForm
from actions.models import Campaign
from tests.actions.factories import make_campaign

BASE = "Dear reader, [Say here why this matters to you.] and no more."


def letter(**typed: str) -> LetterForm:
    fields = {"subject": "Uyghurs", "body": "I write to you.", "consent": "on", **typed}
    return LetterForm(fields, base_text=BASE)


def person(campaign: Campaign, **typed: object) -> ComposeForm:
    fields = {
        "demands": [campaign.demands.in_order()[0].pk],
        "name": "Jo Marsden",
        "email": "jo@example.org",
        "address_line_1": "12 Orchard Street",
        "town": "London",
        "postcode": "sw1a1aa",
        **typed,
    }
    return ComposeForm(
        fields,
        demands=list(campaign.demands.in_order()),
        questions=questions.of(campaign),
    )


def test_a_finished_letter_is_taken() -> None:
    assert letter().is_valid()


@pytest.mark.parametrize("field", ["subject", "body", "consent"])
def test_what_is_missing_is_asked_for_beside_its_field(field: str) -> None:
    form = letter(**{field: ""})
    assert not form.is_valid()
    assert set(form.errors) == {field}


def test_a_letter_of_spaces_is_empty() -> None:
    assert "body" in letter(body=" \n \r\n ").errors


def test_a_note_left_in_the_letter_is_quoted_back() -> None:
    form = letter(body="Sir, [Say here why this matters to you.]")
    assert "[Say here why this matters to you.]" in form.errors["body"][0]


@pytest.mark.parametrize("note", ["[your name]", "[Insert a story]", "[ Add more ]"])
def test_a_note_of_any_template_is_found(note: str) -> None:
    assert "body" in letter(body=f"I write {note} to you.").errors


@pytest.mark.parametrize("own", ["[sic]", "[2021]", "[…]", "a[0]"])
def test_a_persons_own_brackets_are_theirs(own: str) -> None:
    assert letter(body=f"They said {own} that.").is_valid()


def test_a_letter_may_have_twenty_thousand_characters_and_not_one_more() -> None:
    assert letter(body="a" * 20_000).is_valid()
    form = letter(body="a" * 20_001)
    assert "20,001 characters" in form.errors["body"][0]


@pytest.mark.parametrize(
    "injected",
    [
        "Jo\r\nBcc: all@example.org",
        "Jo\nBcc: all@example.org",
        "Jo\rX",
        "Jo\x0bX",
        "Jo\u2028Bcc: x",
        "Jo\x85X",
        "Jo\0",
    ],
)
@pytest.mark.django_db
def test_no_line_break_gets_into_a_name_or_a_subject(injected: str) -> None:
    assert "subject" in letter(subject=injected).errors
    assert "name" in person(make_campaign(), name=injected).errors


@given(some.text(max_size=160))
def test_a_subject_that_is_taken_is_one_line(typed: str) -> None:
    form = letter(subject=typed)
    if form.is_valid():
        assert len(form.cleaned_data["subject"].splitlines()) == 1


@pytest.mark.parametrize(("least", "words"), [(1, "one word"), (2, "2 words")])
def test_how_many_own_words_are_wanting_is_said(least: int, words: str) -> None:
    same = "I write to you as your constituent."
    fields = {"subject": "S", "body": same, "consent": "on"}
    form = LetterForm(fields, base_text=same, least_own_words=least)
    assert f"at least {words} of your own" in form.errors["body"][0]


def test_whoever_fills_the_hidden_field_is_told_to_leave_it() -> None:
    assert "website" in letter(website="https://example.org").errors


@pytest.mark.django_db
def test_a_person_is_given_as_the_letter_needs_them() -> None:
    form = person(make_campaign(), name="  Jo   Marsden ", address_line_2="Flat 2")
    assert form.is_valid(), form.errors
    sender = form.sender()
    assert sender.name == "Jo Marsden"
    assert sender.address_lines == ("12 Orchard Street", "Flat 2", "London SW1A 1AA")


@pytest.mark.parametrize(
    "field", ["demands", "name", "address_line_1", "town", "postcode"]
)
@pytest.mark.django_db
def test_each_missing_answer_is_asked_for_beside_its_field(field: str) -> None:
    form = person(make_campaign(), **{field: ""})
    assert set(form.errors) == {field}


@pytest.mark.django_db
def test_an_email_address_may_be_missing_but_not_mistyped() -> None:
    form = person(make_campaign(), email="")
    assert form.is_valid(), form.errors
    assert form.sender().email == ""
    assert set(person(make_campaign(), email="jo@example").errors) == {"email"}


@pytest.mark.django_db
def test_a_demand_of_another_campaign_is_not_taken() -> None:
    campaign, other = make_campaign(), make_campaign()
    form = person(campaign, demands=[other.demands.in_order()[0].pk])
    assert set(form.errors) == {"demands"}


@pytest.mark.parametrize("typed", ["SW1A", "12345", "JE2 3AB"])
@pytest.mark.django_db
def test_a_postcode_no_constituent_has_is_refused(typed: str) -> None:
    assert "postcode" in person(make_campaign(), postcode=typed).errors


@pytest.mark.django_db
def test_a_forces_postcode_may_stand_in_an_address() -> None:
    form = person(make_campaign(), postcode="bf1 2aa")
    assert form.is_valid(), form.errors
    assert form.sender().postcode == "BF1 2AA"


@pytest.mark.django_db
def test_the_question_is_the_campaigns_own() -> None:
    campaign = make_campaign(question="What have you seen?", question_help="Be brief.")
    reason = person(campaign)["reason"]
    assert reason.label == "What have you seen?"
    assert reason.help_text == "Be brief."


@pytest.mark.parametrize("unseen", ["\u200b", "\u202e", "\u2067\u2069", "...", "—"])
@pytest.mark.django_db
def test_a_name_that_cannot_be_read_is_refused(unseen: str) -> None:
    assert "name" in person(make_campaign(), name=unseen).errors


@pytest.mark.parametrize(
    "name", ["گۈلنۇر", "Zoë O’Neill-Smith", "李明", "Ŵyn ap Gwilym"]
)
@pytest.mark.django_db
def test_a_name_is_taken_in_any_script(name: str) -> None:
    form = person(make_campaign(), name=name)
    assert form.is_valid(), form.errors
    assert form.sender().name == name


@pytest.mark.django_db
def test_signs_that_turn_the_direction_are_taken_out_of_a_name() -> None:
    form = person(make_campaign(), name="Jo \u202eMarsden")
    assert form.is_valid(), form.errors
    assert form.sender().name == "Jo Marsden"
