"""Rows that become objects quickly are what Django's own would be."""

import pytest
from django.db import models
from pytest_django import DjangoAssertNumQueries

from representatives.models import Representative
from tests.registers import make_member

pytestmark = pytest.mark.django_db


def test_what_is_read_is_what_was_written() -> None:
    made = make_member(address_as="Ms Marsden")
    read = Representative.objects.get(pk=made.pk)
    assert read == made
    for field in Representative._meta.concrete_fields:
        assert getattr(read, field.attname) == getattr(made, field.attname)
    read.display_name = "Jo"
    read.save()
    assert Representative.objects.get(pk=made.pk).display_name == "Jo"


def test_what_was_left_out_is_fetched_when_it_is_asked_for(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    made = make_member()
    read = (
        Representative.objects.defer("email")
        .select_related("constituency")
        .get(pk=made.pk)
    )
    assert read.get_deferred_fields() == {"email"}
    with django_assert_num_queries(0):
        assert read.constituency.name == made.constituency.name
    with django_assert_num_queries(1):
        assert read.email == made.email


def test_whatever_is_annotated_is_there() -> None:
    made = make_member()
    read = Representative.objects.annotate(as_written=models.F("email")).get(pk=made.pk)
    assert vars(read)["as_written"] == made.email
