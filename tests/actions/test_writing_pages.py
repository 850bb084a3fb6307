"""The way from the postcode box to a stored letter, seen through the pages."""

import datetime
import re
from dataclasses import replace
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from actions import tokens
from actions.models import Campaign, Letter, RateCount
from representatives.models import Representative
from tests.actions.factories import (
    make_campaign,
    make_representative,
    place_postcodes,
)
from tests.actions.pages import hidden, text, told

PERSON = {
    "name": "Jo Marsden",
    "email": "jo@example.org",
    "address_line_1": "12 Orchard Street",
    "address_line_2": "",
    "town": "London",
    "postcode": "ZE9 9AA",
    "reason": "My neighbour has a brother there.",
}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick(settings: Settings) -> None:
    settings.LEAST_SECONDS_TO_READ = 0


@pytest.fixture
def member() -> Representative:
    member = make_representative()
    place_postcodes(member.constituency, "ZE9 9", "AAAB")
    return member


@pytest.fixture
def campaign(member: Representative) -> Campaign:
    return make_campaign()


def found(client: Client, campaign: Campaign) -> dict[str, object]:
    """Type the postcode; return the fields of the next page, filled in."""
    page = client.post(f"/{campaign.slug}/write/", {"postcode": "ze9 9aa"})
    assert page.status_code == HTTPStatus.OK
    demands = [demand.pk for demand in campaign.demands.in_order()]
    return {**hidden(page), **PERSON, "demands": demands}


def written(client: Client, campaign: Campaign, **typed: str) -> dict[str, object]:
    """Answer; return the fields of the letter's page, filled in."""
    fields = {**found(client, campaign), **typed}
    page = client.post(f"/{campaign.slug}/write/letter/", fields)
    assert page.status_code == HTTPStatus.OK, text(page)
    body = re.search(
        r"<textarea[^>]*name=\"body\"[^>]*>\n(.*?)</textarea>", text(page), re.DOTALL
    )
    assert body
    return {
        **hidden(page),
        "subject": "Please act",
        "body": body[1],
        "consent": "on",
    }


def test_a_postcode_leads_to_its_member(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    page = client.post(f"/{campaign.slug}/write/", {"postcode": "ze99aa"})
    assert member.display_name in text(page)


def test_a_mistyped_postcode_stays_in_the_box_with_a_sentence(
    client: Client, campaign: Campaign
) -> None:
    page = client.post(f"/{campaign.slug}/write/", {"postcode": "ZE9 9A"})
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="ZE9 9A"' in text(page)
    assert 'aria-invalid="true"' in text(page)


@pytest.mark.usefixtures("registers")
def test_an_unknown_postcode_offers_all_seats(
    client: Client, campaign: Campaign
) -> None:
    page = client.post(f"/{campaign.slug}/write/", {"postcode": "ZE9 8AA"})
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert len(re.findall(r'<option value="[ENSW]\d{8}"', text(page))) >= 650


def test_a_shared_sector_offers_its_candidates(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    neighbour = make_representative()
    place_postcodes(neighbour.constituency, "ZE9 9", "ZZ")
    page = client.post(f"/{campaign.slug}/write/", {"postcode": "ZE9 9QQ"})
    assert page.status_code == HTTPStatus.OK
    for candidate in (member, neighbour):
        assert candidate.display_name in text(page)
    chosen = client.post(
        f"/{campaign.slug}/write/",
        {"postcode": "ZE9 9QQ", "seat": neighbour.constituency.code},
    )
    assert neighbour.display_name in text(chosen)


def test_a_vacant_seat_is_said_to_be_vacant(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    Representative.objects.update(is_current=False)
    page = client.post(f"/{campaign.slug}/write/", {"postcode": "ZE9 9AA"})
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "has no MP at the moment" in text(page)


def test_a_seat_that_does_not_exist_is_refused(
    client: Client, campaign: Campaign
) -> None:
    page = client.post(f"/{campaign.slug}/write/", {"seat": "E99999999"})
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_answers_that_are_missing_lose_nothing_of_the_others(
    client: Client, campaign: Campaign
) -> None:
    fields = {**found(client, campaign), "email": "not an address"}
    page = client.post(f"/{campaign.slug}/write/letter/", fields)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    for typed in ("Jo Marsden", "12 Orchard Street", "not an address"):
        assert f'value="{typed}"' in text(page)
    assert "My neighbour has a brother there." in text(page)


def test_the_reason_stands_in_the_letter_and_braces_stay_text(
    client: Client, campaign: Campaign
) -> None:
    fields = written(client, campaign, reason="I say {{ 7 * 7 }} {% for %} so.")
    assert "I say {{ 7 * 7 }} {% for %} so." in str(fields["body"])


def test_a_sent_letter_is_stored_and_the_page_says_to_look_in_the_mail(
    client: Client, campaign: Campaign
) -> None:
    page = client.post(f"/{campaign.slug}/write/send/", written(client, campaign))
    assert page.status_code == HTTPStatus.FOUND
    assert page["Location"] == f"/{campaign.slug}/sent/"
    letter = Letter.objects.get()
    assert letter.sender_name == "Jo Marsden"
    assert letter.own_words > 0
    assert "look in your mail" in text(client.get(page["Location"]))


def test_the_page_after_a_second_letter_is_the_same(
    client: Client, campaign: Campaign
) -> None:
    fields = written(client, campaign)
    first = client.post(f"/{campaign.slug}/write/send/", fields)
    Letter.objects.update(state=Letter.State.QUEUED, confirmed_at=timezone.now())
    second = client.post(f"/{campaign.slug}/write/send/", fields)
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert told(first) == told(second)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("consent", ""),
        ("subject", ""),
        ("subject", "One\nBcc: all@example.org"),
        ("body", ""),
        ("body", "x" * 20_001),
        ("website", "https://robot.example"),
    ],
)
def test_a_letter_that_is_not_ready_comes_back_whole(
    client: Client, campaign: Campaign, field: str, typed: str
) -> None:
    fields = {**written(client, campaign), field: typed}
    page = client.post(f"/{campaign.slug}/write/send/", fields)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert str(fields["body"])[:200] in text(page)
    assert not Letter.objects.exists()
    carried = hidden(page)
    for name in ("name", "email", "address_line_1", "town", "postcode", "reason"):
        assert carried[name] == [PERSON[name]]


def test_only_sending_through_postbag_asks_for_an_email_address_and_loses_nothing(
    client: Client, campaign: Campaign
) -> None:
    fields = {**written(client, campaign), "email": ""}
    fields["body"] = f"{fields['body']}\n\nI added this."
    page = client.post(f"/{campaign.slug}/write/send/", fields)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not Letter.objects.exists()
    assert 'href="#id_email">Write your e-mail address if' in text(page)
    answers = {**hidden(page), **PERSON, "demands": fields["demands"]}
    letter = client.post(f"/{campaign.slug}/write/letter/", answers)
    assert "I added this." in text(letter)
    again = {
        **hidden(letter),
        **{name: fields[name] for name in ("subject", "body", "consent")},
    }
    sent = client.post(f"/{campaign.slug}/write/send/", again)
    assert sent.status_code == HTTPStatus.FOUND
    assert Letter.objects.get().sender_email == PERSON["email"]


@pytest.mark.parametrize(
    ("least", "said"),
    [(0, None), (1, "Without a word of your own"), (5, "With fewer than 5 words")],
)
def test_what_makes_a_signature_is_said_in_the_right_number(
    client: Client, campaign: Campaign, least: int, said: str | None
) -> None:
    Campaign.objects.update(least_own_words=least)
    fields = written(client, campaign, reason="")
    page = text(client.post(f"/{campaign.slug}/write/letter/", fields))
    assert ("data-signature" in page) == bool(said)
    assert (said or "Read it through") in page


def test_edits_are_kept_when_the_answers_change(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    fields = written(client, campaign)
    fields["body"] = f"{fields['body']}\n\nI added this."
    back = client.post(
        f"/{campaign.slug}/write/", {**fields, "seat": member.constituency.code}
    )
    assert back.status_code == HTTPStatus.OK
    again = {**hidden(back), **PERSON, "demands": fields["demands"]}
    page = client.post(f"/{campaign.slug}/write/letter/", again)
    assert "I added this." in text(page)
    afresh = client.post(f"/{campaign.slug}/write/letter/", {**again, "afresh": "1"})
    assert "I added this." not in text(afresh)


def test_a_demand_taken_off_later_still_counts_as_the_campaigns_words(
    client: Client, campaign: Campaign
) -> None:
    first, second = campaign.demands.in_order()
    second.paragraph = "I ask for a tribunal with power to hold people to account."
    second.save()
    fields = written(client, campaign)
    fields["body"] = f"{fields['body']}\n\nMine."
    fewer = {**fields, **PERSON, "demands": [first.pk]}
    page = client.post(f"/{campaign.slug}/write/letter/", fewer)
    kept = {**hidden(page), "body": fields["body"], "subject": "S", "consent": "on"}
    client.post(f"/{campaign.slug}/write/send/", kept)
    assert second.paragraph in Letter.objects.get().base_text


def test_a_forged_ticket_takes_no_letter_and_gives_the_text_back(
    client: Client, campaign: Campaign
) -> None:
    fields = {**written(client, campaign), "token": "forged"}
    page = client.post(f"/{campaign.slug}/write/send/", fields)
    assert page.status_code == HTTPStatus.BAD_REQUEST
    assert "My neighbour has a brother there." in text(page)
    assert not Letter.objects.exists()


def test_a_ticket_of_another_campaign_is_forged_here(
    client: Client, campaign: Campaign
) -> None:
    fields = written(client, campaign)
    other = make_campaign()
    page = client.post(f"/{other.slug}/write/send/", fields)
    assert page.status_code == HTTPStatus.BAD_REQUEST


def test_a_page_left_open_for_days_is_sent_with_one_more_press(
    client: Client, campaign: Campaign
) -> None:
    fields = written(client, campaign)
    [token] = list(fields["token"])  # type: ignore[call-overload]
    ticket = tokens.ticket_of(token)
    old = replace(ticket, issued_at=ticket.issued_at - datetime.timedelta(days=2))
    late = {**fields, "token": tokens.for_ticket(old)}
    page = client.post(f"/{campaign.slug}/write/send/", late)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not Letter.objects.exists()
    again = {**fields, "token": hidden(page)["token"]}
    assert client.post(f"/{campaign.slug}/write/send/", again).status_code == (
        HTTPStatus.FOUND
    )


def test_a_letter_sent_faster_than_one_can_read_is_asked_for_again(
    client: Client, campaign: Campaign, settings: Settings
) -> None:
    fields = written(client, campaign)
    settings.LEAST_SECONDS_TO_READ = 60
    page = client.post(f"/{campaign.slug}/write/send/", fields)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "very quick" in text(page)
    settings.LEAST_SECONDS_TO_READ = 0
    again = {**fields, "token": hidden(page)["token"]}
    assert client.post(f"/{campaign.slug}/write/send/", again).status_code == (
        HTTPStatus.FOUND
    )


def test_a_flood_is_stopped_and_the_letter_is_not_lost(
    client: Client, campaign: Campaign, settings: Settings
) -> None:
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 1
    fields = written(client, campaign)
    client.post(f"/{campaign.slug}/write/send/", fields)
    page = client.post(f"/{campaign.slug}/write/send/", fields)
    assert page.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert int(page["Retry-After"]) > 0
    assert "My neighbour has a brother there." in text(page)
    assert RateCount.objects.exists()


def test_a_closed_campaign_gives_the_text_back(
    client: Client, campaign: Campaign
) -> None:
    fields = written(client, campaign)
    campaign.state = Campaign.State.CLOSED
    campaign.save()
    page = client.post(f"/{campaign.slug}/write/send/", fields)
    assert page.status_code == HTTPStatus.GONE
    assert "My neighbour has a brother there." in text(page)
    assert "postcode" not in text(client.get(f"/{campaign.slug}/")).lower().split(
        "<main", 1
    )[1].split("</main>")[0].replace("postcode_", "")


def test_a_draft_campaign_is_nowhere(client: Client, campaign: Campaign) -> None:
    campaign.state = Campaign.State.DRAFT
    campaign.save()
    for ending in ("", "write/", "progress/", "sent/", "colours.css"):
        page = client.get(f"/{campaign.slug}/{ending}")
        assert page.status_code == HTTPStatus.NOT_FOUND


def test_a_member_without_an_address_is_written_to_on_paper(
    client: Client, campaign: Campaign
) -> None:
    Representative.objects.update(email="")
    fields = {**found(client, campaign)}
    page = client.post(f"/{campaign.slug}/write/letter/", fields)
    assert "House of Commons" in text(page)
    assert "SW1A 0AA" in text(page)
    assert "Send it</button>" not in text(page)
    sent = client.post(
        f"/{campaign.slug}/write/send/",
        {**hidden(page), "subject": "S", "body": "I write to you.", "consent": "on"},
    )
    assert sent.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not Letter.objects.exists()


def test_a_request_of_ten_megabytes_is_refused_unread(
    client: Client, campaign: Campaign
) -> None:
    page = client.post(f"/{campaign.slug}/write/", {"postcode": "x" * 10_000_000})
    assert page.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def test_a_form_without_our_cookie_is_refused_and_gives_the_text_back(
    campaign: Campaign,
) -> None:
    strict = Client(enforce_csrf_checks=True)
    page = strict.post(f"/{campaign.slug}/write/send/", {"body": "All my words."})
    assert page.status_code == HTTPStatus.FORBIDDEN
    assert "All my words." in text(page)


def test_the_preview_follows_the_demands_and_stores_nothing(
    client: Client, campaign: Campaign
) -> None:
    first, second = campaign.demands.in_order()
    fields = found(client, campaign)
    page = client.post(
        f"/{campaign.slug}/write/preview/",
        {"token": fields["token"], "demands": [second.pk]},
    )
    assert second.paragraph in text(page)
    assert first.paragraph not in text(page)


def test_choosing_another_seat_and_pressing_the_wrong_button_still_changes_it(
    client: Client, campaign: Campaign
) -> None:
    other = make_representative()
    fields = {**found(client, campaign), "seat": other.constituency.code}
    page = client.post(f"/{campaign.slug}/write/letter/", fields)
    assert other.display_name in text(page)
    assert 'value="Jo Marsden"' in text(page)


def test_what_is_typed_stands_in_no_address_and_no_session(
    client: Client, campaign: Campaign
) -> None:
    page = client.post(f"/{campaign.slug}/write/send/", written(client, campaign))
    assert "?" not in page["Location"]
    assert "sessionid" not in client.cookies


@pytest.mark.parametrize("step", ["letter", "send"])
def test_a_kept_address_of_a_later_step_leads_to_the_first(
    client: Client, campaign: Campaign, step: str
) -> None:
    page = client.get(f"/{campaign.slug}/write/{step}/")
    assert page.status_code == HTTPStatus.FOUND
    assert page["Location"] == f"/{campaign.slug}/write/"


def test_a_mailbox_that_had_its_mails_is_not_told_of_on_the_page(
    client: Client, campaign: Campaign, settings: Settings
) -> None:
    settings.LETTERS_PER_MAILBOX_PER_DAY = 1
    fields = written(client, campaign)
    first = client.post(f"/{campaign.slug}/write/send/", fields)
    second = client.post(f"/{campaign.slug}/write/send/", fields)
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert told(first) == told(second)
    assert Letter.objects.count() == 1


@pytest.mark.parametrize("step", ["letter", "preview"])
def test_far_too_much_text_is_neither_measured_nor_drawn(
    client: Client, campaign: Campaign, step: str
) -> None:
    fields = {**found(client, campaign), "reason": "a\n\n" * 250_000}
    page = client.post(f"/{campaign.slug}/write/{step}/", fields)
    assert len(page.content) < 3_000_000
    assert text(page).count("<p data-reason>") <= 10_000


def test_far_too_long_a_letter_comes_back_in_its_box_alone(
    client: Client, campaign: Campaign
) -> None:
    fields = {**written(client, campaign), "body": "a\n\n" * 250_000}
    page = client.post(f"/{campaign.slug}/write/send/", fields)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert len(page.content) < 1_500_000
    assert "20,000 is the" in text(page)


def test_a_postcode_changed_to_another_seats_is_asked_about(
    client: Client, campaign: Campaign
) -> None:
    other = make_representative()
    place_postcodes(other.constituency, "ZE9 8", "AA")
    fields = {**found(client, campaign), "postcode": "ZE9 8AA"}
    for step in ("letter", "send"):
        page = client.post(f"/{campaign.slug}/write/{step}/", fields)
        assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert f"lies in {other.constituency.name}" in text(page)
    chosen = client.post(
        f"/{campaign.slug}/write/", {**fields, "near": other.constituency.code}
    )
    assert other.display_name in text(chosen)


def test_whoever_chose_the_seat_may_have_any_postcode(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    other = make_representative()
    fields = found(client, campaign)
    chosen = client.post(
        f"/{campaign.slug}/write/", {**fields, "seat": other.constituency.code}
    )
    again = {**hidden(chosen), **PERSON, "demands": fields["demands"]}
    page = client.post(f"/{campaign.slug}/write/letter/", again)
    assert page.status_code == HTTPStatus.OK


@pytest.mark.parametrize("number", ["9" * 19, "9" * 400, "9" * 5_000, "-1", "x"])
def test_a_demand_that_is_none_is_refused_and_nothing_is_lost(
    client: Client, campaign: Campaign, number: str
) -> None:
    fields = {**found(client, campaign), "demands": [number]}
    page = client.post(f"/{campaign.slug}/write/letter/", fields)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="Jo Marsden"' in text(page)


def test_a_forces_postcode_stays_when_the_seat_is_chosen(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    page = client.post(
        f"/{campaign.slug}/write/",
        {"postcode": "BF1 2AA", "seat": member.constituency.code},
    )
    assert 'value="BF1 2AA"' in text(page)


def test_a_seat_that_falls_vacant_meanwhile_is_said_to_be_and_nothing_is_lost(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    fields = written(client, campaign)
    Representative.objects.filter(pk=member.pk).update(is_current=False)
    page = client.post(f"/{campaign.slug}/write/send/", fields)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "has no MP at the moment" in text(page)
    carried = hidden(page)
    assert carried["name"] == ["Jo Marsden"] * len(carried["name"])
    assert carried["body"][0] == fields["body"]


def test_what_the_campaign_changes_meanwhile_does_not_become_the_writers_own(
    client: Client, campaign: Campaign
) -> None:
    fields = written(client, campaign)
    for demand in campaign.demands.all():
        demand.paragraph = "Something else altogether, said in quite other words."
        demand.save()
    client.post(f"/{campaign.slug}/write/send/", fields)
    letter = Letter.objects.get()
    own = len(PERSON["reason"].split())
    assert letter.own_words == 100 * own // letter.word_count


def test_too_many_pages_in_a_minute_are_refused_and_the_text_given_back(
    client: Client, campaign: Campaign, settings: Settings
) -> None:
    fields = written(client, campaign)
    settings.READS_PER_MINUTE = 1
    page = client.post(f"/{campaign.slug}/write/send/", fields)
    assert page.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert int(page["Retry-After"]) > 0
    assert "My neighbour has a brother there." in text(page)
    assert "12 Orchard Street" in text(page)


def test_a_changed_subject_is_kept_whatever_is_pressed(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    fields = {**written(client, campaign), "subject": "A subject of my own"}
    shown = client.post(f"/{campaign.slug}/write/letter/", fields)
    assert 'value="A subject of my own"' in text(shown)
    back = client.post(
        f"/{campaign.slug}/write/", {**fields, "seat": member.constituency.code}
    )
    again = {**hidden(back), **PERSON, "demands": fields["demands"]}
    forth = client.post(f"/{campaign.slug}/write/letter/", again)
    assert 'value="A subject of my own"' in text(forth)
    afresh = client.post(f"/{campaign.slug}/write/letter/", {**again, "afresh": "1"})
    assert 'value="A subject of my own"' not in text(afresh)


def test_a_note_that_nobody_wants_to_replace_goes_at_a_press(
    client: Client, campaign: Campaign
) -> None:
    note = "[Say here in a sentence why]"
    fields = written(client, campaign)
    fields["body"] = f"Mine.\n\n{note}\n\n{fields['body']}"
    refused = client.post(f"/{campaign.slug}/write/send/", fields)
    assert refused.status_code == 422
    assert "Take those words out" in text(refused)

    page = client.post(
        f"/{campaign.slug}/write/letter/", {**hidden(refused), **fields, "leave_out": 1}
    )

    assert note not in text(page)
    assert "Take those words out" not in text(page)
    assert "Mine.\n\nI am writing" in text(page)


def test_showing_the_changes_again_and_again_adds_nothing_to_the_base(
    client: Client, campaign: Campaign
) -> None:
    first, _ = campaign.demands.in_order()
    fields = written(client, campaign)
    body = f"{fields['body']}\n\nMine."
    lengths = []
    for _ in range(4):
        page = client.post(
            f"/{campaign.slug}/write/letter/",
            {**fields, **PERSON, "demands": [first.pk], "body": body},
        )
        fields = {**hidden(page), "subject": "Please act", "consent": "on"}
        [token] = list(fields["token"])  # type: ignore[call-overload]
        lengths.append(len(tokens.ticket_of(token).base_text))
    assert len(set(lengths)) == 1
