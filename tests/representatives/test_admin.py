import datetime
import html
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import models
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from representatives.models import Constituency, Representative, RepresentativeOverride
from tests.registers import make_member

pytestmark = pytest.mark.usefixtures("registers")


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("staff"))
    return client


def page(
    model: type[models.Model], *, deed: str = "changelist", pk: int | None = None
) -> str:
    name = f"admin:representatives_{model._meta.model_name}_{deed}"
    return reverse(name, args=[pk] if pk else [])


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_staff_find_representatives_by_seat(staff: Client) -> None:
    answer = staff.get(page(Representative), {"q": "Aldershot"})
    assert "Alex Baker" in answer.content.decode()
    assert "Wendy Morton" not in answer.content.decode()


def test_the_list_of_representatives_takes_few_queries(
    staff: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(10):
        assert staff.get(page(Representative)).status_code == 200


def test_staff_end_a_term_and_nothing_else_of_it(staff: Client) -> None:
    member = make_member()
    answer = staff.post(
        page(Representative, deed="change", pk=member.pk),
        {"ended": "2026-06-30", "party": "Another", "email": "x@example.org"},
    )
    assert answer.status_code == 302
    after = Representative.objects.get(pk=member.pk)
    assert (after.is_current, after.ended) == (False, datetime.date(2026, 6, 30))
    assert (after.party, after.email) == (member.party, member.email)


def test_what_staff_say_of_a_term_outweighs_what_a_register_left_out(
    staff: Client,
) -> None:
    member = make_member(is_current=False, missing_since="2026-07-01")
    change = page(Representative, deed="change", pk=member.pk)
    assert staff.post(change, {"is_current": "on"}).status_code == 302
    member.refresh_from_db()
    assert (member.is_current, member.missing_since) == (True, "")
    assert staff.post(change, {}).status_code == 302
    member.refresh_from_db()
    assert (member.is_current, member.missing_since) == (False, "")


def test_a_contradiction_is_explained(staff: Client) -> None:
    member = make_member()
    answer = staff.post(
        page(Representative, deed="change", pk=member.pk),
        {"ended": "2026-06-30", "is_current": "on"},
    )
    assert "A term that has ended is not current." in answer.content.decode()


def test_staff_add_a_member_whom_no_register_has_yet(staff: Client) -> None:
    seat = make_member(is_current=False).constituency
    answer = staff.post(
        page(Representative, deed="add"),
        {
            "constituency": seat.pk,
            "parliament_id": 999_999,
            "full_title": "Jo Lee MP",
            "display_name": "Jo Lee",
            "address_as": "Jo Lee",
            "party": "Independent",
            "email": "jo@example.org",
            "started": "2026-09-02",
            "is_current": "on",
        },
    )
    assert answer.status_code == 302
    assert Representative.objects.current().get(constituency=seat).email
    assert staff.get(page(Representative, deed="add")).status_code == 200


def test_nobody_deletes_a_term(staff: Client) -> None:
    member = make_member()
    assert (
        staff.get(page(Representative, deed="delete", pk=member.pk)).status_code == 403
    )


def test_staff_override_how_somebody_is_reached(staff: Client) -> None:
    answer = staff.post(
        page(RepresentativeOverride, deed="add"),
        {"parliament_id": 5257, "email": "office@example.org", "note": "They rang."},
    )
    assert answer.status_code == 302
    assert RepresentativeOverride.objects.get(parliament_id=5257).note == "They rang."
    assert staff.get(page(RepresentativeOverride)).status_code == 200


def test_a_members_page_leads_to_a_new_override_of_that_member(staff: Client) -> None:
    member = make_member()
    shown = staff.get(page(Representative, deed="change", pk=member.pk))
    add = f"{page(RepresentativeOverride, deed='add')}?parliament_id="
    assert f'href="{add}{member.parliament_id}">Correct e-mail' in text(shown)
    form = text(staff.get(f"{add}{member.parliament_id}"))
    assert f'name="parliament_id" value="{member.parliament_id}"' in form


def test_a_members_page_leads_to_the_override_that_there_is(staff: Client) -> None:
    member = make_member()
    override = RepresentativeOverride.objects.create(parliament_id=member.parliament_id)
    address = page(RepresentativeOverride, deed="change", pk=override.pk)
    shown = staff.get(page(Representative, deed="change", pk=member.pk))
    assert f'href="{address}">Correct e-mail or form of address' in text(shown)
    form = text(staff.get(address))
    assert member.display_name in form
    assert member.constituency.name in form


def test_who_may_only_look_is_led_to_no_override(client: Client) -> None:
    looker = User.objects.create_user("looker", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_representative"))
    client.force_login(looker)
    shown = client.get(page(Representative, deed="change", pk=make_member().pk))
    assert "Jo Marsden" in text(shown)
    assert "Correct e-mail" not in text(shown)


def test_overrides_are_listed_with_their_members_names_and_seats(
    staff: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    member = make_member(display_name="Ms Jo Lee")
    before = make_member(
        parliament_id=member.parliament_id, is_current=False, display_name="Jo Old"
    )
    RepresentativeOverride.objects.create(parliament_id=member.parliament_id)
    RepresentativeOverride.objects.create(parliament_id=make_member().parliament_id)
    with django_assert_max_num_queries(8):
        listed = text(staff.get(page(RepresentativeOverride)))
    assert "Ms Jo Lee" in listed
    assert member.constituency.name in listed
    assert before.display_name not in listed
    found = text(staff.get(page(RepresentativeOverride), {"q": "jo lee"}))
    assert "1 representative override" in found


def test_an_override_of_nobody_is_refused_with_a_sentence(staff: Client) -> None:
    answer = staff.post(
        page(RepresentativeOverride, deed="add"),
        {"parliament_id": 123_456_789, "email": "office@example.org"},
    )
    assert "No MP here has the Parliament id 123456789." in text(answer)
    assert not RepresentativeOverride.objects.exists()


def test_an_override_is_corrected_and_stays_its_members(staff: Client) -> None:
    member = make_member()
    override = RepresentativeOverride.objects.create(parliament_id=member.parliament_id)
    answer = staff.post(
        page(RepresentativeOverride, deed="change", pk=override.pk),
        {"parliament_id": 5257, "email": "new@example.org"},
    )
    assert answer.status_code == 302
    override.refresh_from_db()
    assert override.email == "new@example.org"
    assert override.parliament_id == member.parliament_id


def test_the_registers_own_rows_are_to_look_at_only(staff: Client) -> None:
    seat = Constituency.objects.get(code="E14001172")
    assert staff.get(page(Constituency)).status_code == 200
    assert staff.get(page(Constituency, deed="change", pk=seat.pk)).status_code == 200
    assert staff.post(page(Constituency, deed="change", pk=seat.pk)).status_code == 403
    assert staff.get(page(Constituency, deed="add")).status_code == 403
    assert staff.get(page(Constituency, deed="delete", pk=seat.pk)).status_code == 403
    versions = reverse("admin:representatives_registerversion_changelist")
    assert "2023-08" in staff.get(versions).content.decode()


def test_sectors_are_not_in_the_admin(staff: Client) -> None:
    assert "postcodesector" not in staff.get(reverse("admin:index")).content.decode()
