"""The fake TheyWorkForYou has the shape of the real one, which is read whole."""

import os
from typing import Any

import pytest
from django.conf import settings

from representatives import parliament, reading
from representatives.sources import theyworkforyou
from representatives.sources.http import Client
from tests.live.test_services import assert_same_shape
from tests.theyworkforyou import listed, office

KEY = os.environ.get("THEYWORKFORYOU_LIVE_KEY", "")

pytestmark = pytest.mark.skipif(
    not KEY, reason="TheyWorkForYou wants a key: THEYWORKFORYOU_LIVE_KEY"
)


@pytest.fixture(scope="module")
def answer() -> Any:
    client = Client(settings.THEYWORKFORYOU_URL)
    asked = {"key": KEY, "output": "json"}
    return client.json(theyworkforyou.PATH, asked, theyworkforyou.KINDS)


def test_an_entry_has_the_shape_of_the_fake(answer: Any) -> None:
    holders = [entry for entry in answer if entry.get("office")]

    assert_same_shape(listed(1, "Somebody", "Gower"), answer[0], "entry")
    assert_same_shape(office("A Committee", "Member"), holders[0]["office"][0])


@pytest.mark.django_db
@pytest.mark.usefixtures("registers")
def test_the_real_list_is_read_whole() -> None:
    client = Client(settings.THEYWORKFORYOU_URL)
    source = reading.from_theyworkforyou(client, KEY, parliament.today())

    house = source.read(lambda: None)

    assert 600 <= len(house.members) <= 650
