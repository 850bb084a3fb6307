import datetime

import pytest

from actions import composing
from actions.composing import Composition, Sender, Sheet
from actions.models import Demand, LetterTemplateVersion
from representatives.lookup import Candidate, Member
from tests import patience
from tests.actions.factories import make_campaign, make_letter

DAY = datetime.date(2026, 11, 22)
BASE = "[Say here why.]\n\nI ask for further sanctions and a court."
SENDER = Sender(
    name="Jo Bell",
    email="jo@mail.example",
    address_line_1="1 High Street",
    address_line_2="",
    town="Leeds",
    postcode="LS7 4HZ",
)


def seat(*, is_vacant: bool = False) -> Candidate:
    member = Member(
        id=1,
        parliament_id=1,
        display_name="Ann Lee",
        full_title="Rt Hon Ann Lee MP",
        address_as="Ms Lee",
        party="Labour",
        email="ann.lee.mp@parliament.example",
    )
    return Candidate(
        code="E14000001",
        name="Leeds North East",
        name_cy="",
        country="England",
        region="Yorkshire and The Humber",
        share=1.0,
        representative=None if is_vacant else member,
    )


def sheet(body: str, sender: Sender = SENDER) -> Sheet:
    text = Composition(subject="Please act", body=body, base_text=BASE)
    return composing.sheet(sender, "Rt Hon Ann Lee MP", "Ms Lee", text, DAY)


@pytest.mark.django_db
def test_a_letter_is_made_from_template_seat_demands_and_reason() -> None:
    campaign = make_campaign()
    version = LetterTemplateVersion.objects.newest_of(campaign)
    assert version is not None
    demands = list(campaign.demands.in_order())
    made = composing.compose(version, seat(), demands, " My aunt fled. \r\n\r\n\r\n")
    assert made == Composition(
        subject="Please act for the Uyghurs",
        body=(
            "I am writing as your constituent in Leeds North East.\n\n"
            "I ask for sanctions.\n\nI ask for a tribunal.\n\nMy aunt fled."
        ),
        base_text=(
            "I am writing as your constituent in Leeds North East.\n\n"
            "I ask for sanctions.\n\nI ask for a tribunal."
        ),
    )


@pytest.mark.django_db
def test_nobody_writes_to_a_vacant_seat() -> None:
    version = LetterTemplateVersion.objects.newest_of(make_campaign())
    assert version is not None
    with pytest.raises(ValueError, match="E14000001"):
        composing.compose(version, seat(is_vacant=True), [], "")


@pytest.mark.django_db
def test_a_field_in_a_demands_paragraph_stays_text() -> None:
    version = LetterTemplateVersion.objects.newest_of(make_campaign())
    assert version is not None
    demand = Demand(title="T", paragraph="{{ reason }} {% if %}")
    made = composing.compose(version, seat(), [demand], "Mine.")
    assert "{{ reason }} {% if %}" in made.body


def test_the_sheet_is_laid_out_as_a_letter() -> None:
    assert sheet("One.\n\nTwo.").as_text() == (
        "Jo Bell\n1 High Street\nLeeds LS7 4HZ\n\n"
        "22 November 2026\n\n"
        "Rt Hon Ann Lee MP\nHouse of Commons\nLondon SW1A 0AA\n\n"
        "Dear Ms Lee,\n\n"
        "One.\n\nTwo.\n\n"
        "Yours sincerely,\nJo Bell\n\n"
        "-- \nSent for Jo Bell by Postbag, which helps people write to their own MP. "
        "An answer goes to the writer.\n"
        "For the office of the MP: is Jo Bell not your constituent, or is something "
        "else wrong with this mail? Please tell us: (the link is in the copy that the "
        "office gets)\n"
    )


def test_an_unfinished_letter_is_laid_out_all_the_same() -> None:
    nobody = Sender("", "", "", "", "", "")
    made = sheet("", nobody)
    assert made.sender_lines == ()
    assert made.paragraphs == ()
    assert made.as_text().startswith("22 November 2026\n\nRt Hon Ann Lee MP")


def test_own_words_are_marked_on_the_sheet() -> None:
    made = sheet("I teach in Leeds.\n\nI ask for further sanctions and a court.")
    assert [[piece.is_own for piece in part] for part in made.paragraphs] == [
        [True],
        [False],
    ]


@pytest.mark.django_db
def test_a_stored_letter_is_laid_out_from_what_it_froze() -> None:
    letter = make_letter(
        recipient_name="The MP of that day",
        recipient_salutation="Dr Then",
        sender_name="Jo Bell",
        dated=DAY,
    )
    text = composing.lay_out(letter).as_text()
    assert "\n\nThe MP of that day\nHouse of Commons\n" in text
    assert "\n\nDear Dr Then,\n\n" in text
    assert letter.body in text


@pytest.mark.parametrize("percent", range(101))
def test_encouragement_never_scolds(percent: int) -> None:
    words = composing.encouragement(percent).lower()
    assert words
    for reproach in (
        "only",
        "not enough",
        "too few",
        "must",
        "should",
        "unfortunately",
    ):
        assert reproach not in words


def test_encouragement_changes_on_the_way() -> None:
    said = [composing.encouragement(percent) for percent in range(101)]
    assert len(set(said)) == len(composing.Meter(0, 0).stages)
    assert said[0] != said[1]
    assert said[24] != said[25]
    assert said[49] != said[50]


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ("Finished.", ""),
        ("[Say here why.] More.", "[Say here why.]"),
        ("I teach [in Leeds] and write.", ""),
        ("It says “[…]” and [sic] and [1].", ""),
        ("[]", ""),
        ("As [your name] I write.", "[your name]"),
        ("[ Insert your reason ]", "[ Insert your reason ]"),
        ("[DESCRIBE what you saw]", "[DESCRIBE what you saw]"),
        ("[yourself]", ""),
        ("[say\nwhy]", ""),
        ("[say", ""),
    ],
)
def test_notes_that_were_to_be_replaced_are_found(body: str, note: str) -> None:
    assert composing.placeholder_left(body, BASE) == note


def test_notes_are_taken_out_and_a_supporters_own_brackets_stay() -> None:
    body = "I write.\n\n[Say here why]\n\nI ask [as others do] for this. [say more]"

    assert composing.without_placeholders(body, BASE) == (
        "I write.\n\nI ask [as others do] for this."
    )


@pytest.mark.parametrize("body", ["[" + "a" * 200_000, "[" * 200_000, "[a" * 100_000])
def test_brackets_without_an_end_are_no_note(body: str) -> None:
    with patience.ends():
        assert composing.placeholder_left(body, BASE) == ""
