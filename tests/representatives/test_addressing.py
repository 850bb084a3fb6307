from pathlib import Path

import pytest

from representatives import addressing
from representatives.snapshot import Snapshot


@pytest.mark.parametrize(
    ("display_name", "address_as"),
    [
        ("Sir Iain Duncan Smith", "Sir Iain"),
        ("Dame Siobhain McDonagh", "Dame Siobhain"),
        ("Mr Connor Rand", "Mr Rand"),
        ("Ms Abena Oppong-Asare", "Ms Oppong-Asare"),
        ("Mrs Sharon Hodgson", "Mrs Hodgson"),
        ("Miss Anne O'Hara", "Miss O'Hara"),
        ("Mx Sam Lee", "Mx Lee"),
        ("Dr Rosena Allin-Khan", "Dr Allin-Khan"),
        ("Dr Al Pinkerton", "Dr Pinkerton"),
        ("Mr Tanmanjeet Singh Dhesi", "Mr Dhesi"),
        ("Mr Freddie van Mierlo", "Mr van Mierlo"),
        ("Ms Marsha De Cordova", "Ms De Cordova"),
        ("Mr Jan van der Berg", "Mr van der Berg"),
        ("Professor Ann Lee", "Professor Lee"),
        ("Lord George Hamilton", "Lord Hamilton"),
        ("Lady Hermon", "Lady Hermon"),
        ("Rt Hon Sir Julian Lewis", "Sir Julian"),
        ("The Rt. Hon. Ms Diane Abbott MP", "Ms Abbott"),
        ("Right Honourable Diane Abbott", "Diane Abbott"),
        ("Mr Tony Vaughan KC", "Mr Vaughan"),
        ("Dr Zöe Órfhlaith", "Dr Órfhlaith"),
        ("Rev Martin Smyth", "Rev Martin Smyth"),
        ("Alex Baker", "Alex Baker"),
        ("Liz Saville Roberts", "Liz Saville Roberts"),
        ("  Mr   Connor  Rand ", "Mr Rand"),
        ("Madonna", "Madonna"),
        ("Mr", "Mr"),
    ],
)
def test_what_follows_dear(display_name: str, address_as: str) -> None:
    assert addressing.address_as(display_name) == address_as


def test_no_shipped_form_of_address_says_right_honourable_or_is_empty() -> None:
    forms = [member.address_as for member in Snapshot.open().members()]
    assert len(forms) == 650
    assert not [form for form in forms if not form or "Hon" in form.split()]


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Rt Hon Diane Abbott MP", "Rt Hon Diane Abbott MP"),
        ("Warinder Juss", "Warinder Juss MP"),
        (" Tony  Vaughan KC MP ", "Tony Vaughan KC MP"),
    ],
)
def test_a_full_title_always_ends_in_mp(written: str, title: str) -> None:
    assert addressing.full_title(written) == title


def test_every_member_is_greeted_as_a_person_has_read_and_approved() -> None:
    """All 650 of the shipped members stand in salutations.txt, read by eye.

    Whoever changes how forms of address are made reads the difference.
    """
    approved = (Path(__file__).parent / "salutations.txt").read_text().splitlines()

    made = {
        f"{row.display_name}: Dear {addressing.address_as(row.display_name)}"
        for row in Snapshot.open().members()
    }

    assert len(approved) == 650
    assert made == set(approved)
