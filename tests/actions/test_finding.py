"""The seats that somebody is shown, named as they read."""

import pytest
from django.utils import translation

from actions import finding
from actions.views.carrying import seat_groups
from representatives import lookup

pytestmark = pytest.mark.usefixtures("registers")


@pytest.mark.parametrize(
    ("language", "name"), [("en-gb", "Wrexham"), ("cy", "Wrecsam")]
)
def test_a_vacancy_names_the_seat_as_its_readers_do(language: str, name: str) -> None:
    seat = lookup.seat("W07000111")
    assert seat is not None
    with translation.override(language):
        assert name in finding.vacancy(seat)


def test_the_list_of_seats_is_in_the_readers_language() -> None:
    english = seat_groups()
    with translation.override("cy"):
        welsh = seat_groups()
        nations = [
            translation.gettext(name)
            for name in ("England", "Northern Ireland", "Scotland", "Wales")
        ]
        assert seat_groups() is welsh
    assert [nation for nation, _ in welsh] == nations
    assert [len(seats) for _, seats in welsh] == [543, 18, 57, 32]
    assert ("W07000111", "Wrecsam") in welsh[-1][1]
    assert [name for _, name in welsh[-1][1]][-1] == "Ynys Môn"
    assert [nation for nation, _ in english][-1] == "Wales"
    assert ("W07000111", "Wrexham") in english[-1][1]
    assert seat_groups() is english
