"""The API keeps what its own OpenAPI description promises, whatever it is asked."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from config.wsgi import application
from tests.actions.factories import make_campaign

SCHEMA = "/api/v1/schema/?format=json"


described = schemathesis.openapi.from_wsgi(SCHEMA, application)
parametrize: Callable[..., Any] = described.parametrize()


@pytest.fixture
def campaign(registers: None) -> None:
    make_campaign(slug="a-campaign")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("campaign")
@parametrize
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_answer_is_one_that_the_description_has(
    case: schemathesis.Case[Any],
) -> None:
    # A schema cannot say which texts are postcodes.
    case.call_and_validate(excluded_checks=[positive_data_acceptance])


@pytest.mark.django_db
def test_the_description_covers_every_address_of_the_api(client: Client) -> None:
    answer = client.get(SCHEMA)
    assert answer.status_code == HTTPStatus.OK
    described_here = answer.json()
    assert described_here["openapi"].startswith("3.")
    assert set(described_here["paths"]) == {
        "/api/v1/representatives/",
        "/api/v1/campaigns/",
        "/api/v1/campaigns/{slug}/",
        "/api/v1/campaigns/{slug}/counts/",
    }
    assert "email" not in answer.content.decode()


@pytest.mark.usefixtures("registers")
def test_no_answer_holds_an_address_to_write_to(client: Client) -> None:
    campaign = make_campaign()
    for path in (
        "representatives/?postcode=SW1A1AA",
        "representatives/?constituency=E14001172",
        "campaigns/",
        f"campaigns/{campaign.slug}/",
        f"campaigns/{campaign.slug}/counts/?by=constituency",
    ):
        answer = client.get(f"/api/v1/{path}")
        assert answer.status_code == HTTPStatus.OK
        assert "@" not in answer.content.decode()
