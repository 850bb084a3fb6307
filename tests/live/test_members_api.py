"""The fake Members API has the shape of the real one, which is read whole."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.utils import timezone
from pytest_django import Settings

from representatives import reading
from representatives.models import Office
from representatives.sources.answers import ApiAnswers
from representatives.sources.http import Client
from tests.live.test_services import assert_same_shape
from tests.parliament import contact, member, post

TODAY = datetime.date.today()  # noqa: DTZ011 - of the real Parliament


@pytest.fixture(scope="module")
def answers() -> ApiAnswers:
    return ApiAnswers(Client(project.MEMBERS_API_URL), TODAY)


@pytest.fixture(scope="module")
def somebody(answers: ApiAnswers) -> dict[str, Any]:
    page = answers.page(0)
    assert page["totalResults"] >= 600
    first: dict[str, Any] = page["items"][0]["value"]
    return first


def test_a_member_has_the_shape_of_the_fake(somebody: dict[str, Any]) -> None:
    assert_same_shape(member(1, "Gower"), somebody, "member")


def test_a_contact_has_the_shape_of_the_fake(
    answers: ApiAnswers, somebody: dict[str, Any]
) -> None:
    real = answers.contact(somebody["id"])

    assert_same_shape(contact("mp@parliament.example")["value"][0], real["value"][0])


@pytest.mark.parametrize("side", ["Government", "Opposition"])
def test_posts_have_the_shape_of_the_fake(answers: ApiAnswers, side: str) -> None:
    real = answers.posts(side, None)

    assert_same_shape(post("Secretary of State", 1), real[0], side)


def test_who_presides_has_the_shape_of_the_fake(answers: ApiAnswers) -> None:
    real = answers.speaker_and_deputies()

    assert isinstance(real[0]["value"]["id"], int)


@pytest.mark.django_db
@pytest.mark.usefixtures("registers")
def test_the_real_house_is_read_whole(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    client = Client(settings.MEMBERS_API_URL)

    house = reading.from_api(client, now=timezone.now(), day=TODAY).read(lambda: None)

    assert 600 <= len(house.members) <= 650
    assert house.offices
    assert {office.kind for office in house.offices} >= {"minister", "whip", "speaker"}
    assert not Office.objects.exists()
