"""Writing without leaving a trace, seen through the pages."""

import datetime
import re
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest
from django.conf import settings as project
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from pytest_django import Settings

from actions import reporting_sent, reports, tokens
from actions.composing import Composition
from actions.models import (
    Campaign,
    Demand,
    Letter,
    LetterTemplateVersion,
    RateCount,
    Tally,
)
from actions.tokens import Ticket
from actions.views.quietly import REPORTS
from representatives.models import Portrait, Representative
from tests.actions.factories import (
    make_campaign,
    make_representative,
    place_postcodes,
)
from tests.actions.pages import hidden, text

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Page

WORDS = "My aunt was taken in 2018, and nobody says where she is."

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Representative:
    member = make_representative()
    place_postcodes(member.constituency, "ZE9 9", "AAAB")
    return member


@pytest.fixture
def campaign(member: Representative) -> Campaign:
    return make_campaign()


def opened(client: Client, campaign: Campaign, member: Representative) -> "Page":
    """Choose the seat and get the page to write on."""
    seat = {"seat": member.constituency.code}
    page = client.post(f"/{campaign.slug}/quietly/letter/", seat)
    assert page.status_code == HTTPStatus.OK
    return page


def finished(
    client: Client, campaign: Campaign, member: Representative, **typed: object
) -> "Page":
    """Answer, and have the server make the letter."""
    page = opened(client, campaign, member)
    demands = [demand.pk for demand in campaign.demands.in_order()]
    return client.post(
        f"/{campaign.slug}/quietly/letter/",
        {
            **hidden(page),
            "action": "finish",
            "reason": WORDS,
            "demands": demands,
            **typed,
        },
    )


def box(page: "Page", name: str) -> str:
    """What stands in a text box of the page, by its name or id."""
    found = re.search(
        rf'<textarea [^>]*(?:name|id)="{name}"[^>]*>\n(.*?)</textarea>',
        text(page),
        re.DOTALL,
    )
    assert found, f"no box {name}"
    return found[1]


def report(client: Client, campaign: Campaign, token: str) -> "Page":
    return client.post(f"/{campaign.slug}/quietly/reported/", {"report": token})


# --- The way in -----------------------------------------------------------------------


def test_it_is_offered_beside_every_postcode_box_before_anything_is_asked(
    client: Client, campaign: Campaign
) -> None:
    for path in (f"/{campaign.slug}/", f"/{campaign.slug}/write/"):
        page = text(client.get(path))
        slip = page[page.index('id="postcode"') : page.index("</main>")]
        assert "Could you or your family be harmed if this became known?" in slip
        assert f'href="/{campaign.slug}/quietly/"' in slip


def test_a_closed_campaign_offers_it_no_longer(
    client: Client, campaign: Campaign
) -> None:
    Campaign.objects.update(state=Campaign.State.CLOSED)
    assert "quietly" not in text(client.get(f"/{campaign.slug}/"))
    page = client.get(f"/{campaign.slug}/quietly/")
    assert page.status_code == HTTPStatus.GONE


def test_no_address_and_no_title_says_why_somebody_came(
    client: Client, campaign: Campaign
) -> None:
    routes = [
        str(pattern.pattern)
        for pattern in get_resolver("actions.urls").url_patterns
        if "quiet" in str(getattr(pattern, "name", ""))
    ]
    assert len(routes) >= 6
    page = text(client.get(f"/{campaign.slug}/quietly/"))
    [title] = re.findall(r"<title>(.*?)</title>", page)
    for words in (*routes, title):
        for telling in ("risk", "danger", "harm", "anonym", "secret"):
            assert telling not in words.lower()
    assert campaign.title not in title


def test_the_first_page_says_what_is_kept_and_what_nobody_can_protect_from(
    client: Client, campaign: Campaign
) -> None:
    page = text(client.get(f"/{campaign.slug}/quietly/"))
    for said in (
        "no name, no address, no e-mail address",
        "the campaign, the constituency and the day",
        "history",
        "mail provider",
        "MP’s office",
        "private window",
        "on paper",
    ):
        assert said in page
    assert page.index("What we keep") < page.index("Find my MP")


def test_every_page_can_be_left_for_one_that_says_nothing(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    pages = (
        client.get(f"/{campaign.slug}/quietly/"),
        opened(client, campaign, member),
        finished(client, campaign, member),
        client.get(f"/{campaign.slug}/quietly/done/"),
        report(client, campaign, "forged"),
    )
    for page in pages:
        [link] = re.findall(r"<a [^>]*data-leave[^>]*>", text(page))
        assert 'href="https://www.bbc.co.uk/weather"' in link
        assert "noreferrer" in link


def test_no_portrait_is_asked_for_as_its_address_would_tell_whose_it_is(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    Portrait.objects.create(
        parliament_id=member.parliament_id,
        picture=b"-",
        digest="abc",
        fetched_on=timezone.localdate(),
    )
    openly = client.post(f"/{campaign.slug}/write/", {"postcode": "ZE9 9AA"})
    assert f"/media/portraits/{member.parliament_id}-abc.jpg" in text(openly)

    for page in (
        opened(client, campaign, member),
        finished(client, campaign, member, reason=WORDS),
    ):
        assert member.display_name in text(page)
        assert "/media/" not in text(page)


def test_a_postcode_leads_to_its_member_and_is_carried_no_further(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    page = client.post(f"/{campaign.slug}/quietly/letter/", {"looked_up": "ze9 9aa"})
    assert member.display_name in text(page)
    # As a word: a signed token may hold any three letters.
    assert not re.search(r"\bZE9\b|\b9AA\b", text(page), re.IGNORECASE)


def test_a_postcode_that_leads_nowhere_is_said_beside_the_box(
    client: Client, campaign: Campaign
) -> None:
    for typed in ("ZE9 9A", "", "JE2 3AB"):
        page = client.post(f"/{campaign.slug}/quietly/letter/", {"looked_up": typed})
        assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert 'aria-invalid="true"' in text(page)
        assert f'value="{typed}"' in text(page)
        assert 'href="#id_looked_up"' in text(page)


def test_a_shared_postcode_offers_its_seats_and_is_not_in_the_page(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    neighbour = make_representative()
    place_postcodes(neighbour.constituency, "ZE9 9", "ZZ")
    page = client.post(f"/{campaign.slug}/quietly/letter/", {"looked_up": "ZE9 9QQ"})
    choices = text(page)
    for candidate in (member, neighbour):
        assert f'name="seat" value="{candidate.constituency.code}"' in choices
    assert set(hidden(page)) == {"language"}


def test_a_vacant_seat_is_said_to_be_vacant_also_in_the_middle(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    carried = hidden(opened(client, campaign, member))
    Representative.objects.update(is_current=False)
    path = f"/{campaign.slug}/quietly/letter/"
    for sent in ({"looked_up": "ZE9 9AA"}, {**carried, "action": "finish"}):
        page = client.post(path, sent)
        assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "has no MP at the moment" in text(page)


def test_whoever_follows_a_kept_address_begins_at_the_beginning(
    client: Client, campaign: Campaign
) -> None:
    for ending in ("letter/", "paper.pdf", "reported/"):
        answer = client.get(f"/{campaign.slug}/quietly/{ending}")
        assert answer["Location"] == f"/{campaign.slug}/quietly/"


# --- Nothing is left ------------------------------------------------------------------


def test_no_page_sets_a_cookie_or_stays_in_a_cache_or_tells_the_next_one(
    campaign: Campaign, member: Representative
) -> None:
    client = Client(enforce_csrf_checks=True)
    carried = hidden(finished(client, campaign, member))
    [token] = carried["report"]
    letter = {**carried, "subject": "Please act", "body": WORDS}
    way = f"/{campaign.slug}/quietly/"
    for answer in (
        client.get(way),
        opened(client, campaign, member),
        finished(client, campaign, member),
        finished(client, campaign, member, reason="x" * 20_001),
        client.post(way + "preview/", carried),
        client.post(way + "paper.pdf", letter),
        client.post(way + "letter/", {"action": "finish", "token": "forged"}),
        report(client, campaign, token),
        report(client, campaign, "forged"),
        client.get(way + "done/"),
    ):
        assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer["Cache-Control"]
        assert not any(cookie.value for cookie in answer.cookies.values())


def test_every_field_asks_browsers_and_add_ons_to_remember_and_to_send_nothing(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    for page in (opened(client, campaign, member), finished(client, campaign, member)):
        fields = [
            field
            for field in re.findall(r"<(?:input|textarea)[^>]*>", text(page))
            if not re.search(r'type="(?:hidden|checkbox)"|readonly', field)
        ]
        assert len(fields) >= 2
        for field in fields:
            assert 'autocomplete="off"' in field
            assert 'spellcheck="false"' in field
            assert 'writingsuggestions="false"' in field
        forms = re.findall(r"<form[^>]*>", text(page))
        assert all(
            'autocomplete="off"' in form
            or "data-report" in form
            # Sends nothing but the language.
            or 'class="not-mine"' in form
            for form in forms
        )


def test_nothing_of_the_person_is_demanded_and_no_e_mail_address_is_asked_for(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    page = opened(client, campaign, member)
    assert 'name="email"' not in text(page)
    questions = text(page)[: text(page).index("data-finished")]
    assert "required" not in questions
    letter = finished(client, campaign, member, reason="")
    assert letter.status_code == HTTPStatus.OK


def test_the_preview_knows_nothing_but_the_demands(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    carried = hidden(opened(client, campaign, member))
    [first, second] = campaign.demands.in_order()
    answer = client.post(
        f"/{campaign.slug}/quietly/preview/",
        {"token": carried["token"], "demands": [second.pk]},
    )
    proposals = answer.json()
    assert set(proposals) == {"with_prompt", "without_reason"}
    for letter in proposals.values():
        assert second.paragraph in letter
        assert first.paragraph not in letter


# --- The letter, made by the server -------------------------------------------------


def test_the_letter_holds_the_words_and_whatever_of_the_person_was_given(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    page = finished(
        client, campaign, member, name="Aygul", address_line_1="1 Elm Row", town="Leeds"
    )
    whole = box(page, "whole")
    for part in ("Aygul\n1 Elm Row\nLeeds", member.full_title, WORDS):
        assert part in whole
    assert whole.strip().endswith("Yours sincerely,\nAygul")
    assert "Postbag" not in whole
    assert box(page, "body") in whole


def test_without_a_name_the_letter_has_none(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    whole = box(finished(client, campaign, member), "whole")
    assert whole.strip().endswith("Yours sincerely,")
    assert "Your name" not in whole


def say_for_a_reason(campaign: Campaign, words: str) -> None:
    """Have the campaign's letter say this where it had the reason."""
    version = LetterTemplateVersion.objects.newest_of(campaign)
    assert version
    LetterTemplateVersion.objects.create(
        template=version.template,
        number=version.number + 1,
        subject=version.subject,
        body=version.body.replace("{{ reason }}", words),
    )


def test_the_page_holds_the_letter_of_somebody_who_gives_no_reason_too(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    say_for_a_reason(
        campaign,
        "{% if reason %}It matters because: {{ reason }}"
        "{% else %}It matters.{% endif %}",
    )
    Demand.objects.update(is_ticked_at_first=True)
    page = opened(client, campaign, member)
    templates = dict(
        re.findall(r'<template id="([^"]+)">(.*?)</template>', text(page), re.DOTALL)
    )
    made = box(finished(client, campaign, member, reason=""), "body")
    assert templates["without-reason"] == made
    assert "It matters." in made
    assert "It matters because:" in templates["with-prompt"]
    sent = {**hidden(page), "demands": [d.pk for d in campaign.demands.in_order()]}
    fetched = client.post(f"/{campaign.slug}/quietly/preview/", sent).json()
    assert fetched["without_reason"] == made
    assert fetched["with_prompt"] == templates["with-prompt"]


def test_a_letter_without_own_words_says_what_is_missing(
    client: Client, member: Representative
) -> None:
    campaign = make_campaign()
    say_for_a_reason(
        campaign, "{% if reason %}{{ reason }}{% else %}[Say why.]{% endif %}"
    )
    page = finished(client, campaign, member, reason="")
    assert "One sentence is still missing" in text(page)
    assert "[Say why.]" in box(page, "body")


def test_links_to_ones_mail_hold_no_word_of_the_letter(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    page = text(finished(client, campaign, member))
    links = re.findall(r'href="((?:mailto:|https://[^"]*(?:mail|outlook))[^"]*)"', page)
    assert len(links) == 4
    user = member.email.partition("@")[0]
    for link in links:
        assert user in link
        assert "body" not in link
        assert "su" not in link.partition("?")[2]
    assert page.count('rel="noopener noreferrer"') >= 4


def test_to_an_mp_without_an_e_mail_address_only_the_post_is_offered(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    Representative.objects.update(email="")
    page = text(finished(client, campaign, member))
    assert "publishes no e-mail address" in page
    assert "I have posted it" in page
    assert "I have sent it" not in page
    assert "mailto:" not in page[page.index("<main") :]
    assert WORDS in box(finished(client, campaign, member), "whole")


def test_changes_show_on_the_sheet_and_going_back_loses_nothing(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    carried = hidden(finished(client, campaign, member, name="Aygul"))
    changed = client.post(
        f"/{campaign.slug}/quietly/letter/",
        {
            **carried,
            "action": "change",
            "subject": "My aunt",
            "body": f"Wholly {WORDS}",
        },
    )
    assert changed.status_code == HTTPStatus.OK
    assert f"Wholly {WORDS}" in box(changed, "whole")
    assert "My aunt" in text(changed)
    back = client.post(
        f"/{campaign.slug}/quietly/letter/",
        {
            **hidden(changed),
            "seat": member.constituency.code,
            "subject": "My aunt",
            "body": f"Wholly {WORDS}",
        },
    )
    assert box(back, "reason") == WORDS
    assert 'value="Aygul"' in text(back)
    again = client.post(
        f"/{campaign.slug}/quietly/letter/",
        {
            **hidden(back),
            "action": "finish",
            "reason": WORDS,
            "demands": carried["demands"],
        },
    )
    assert box(again, "body") == f"Wholly {WORDS}"
    assert "Your changes to the letter are kept" in text(again)


def test_an_edited_letter_can_be_made_afresh_from_changed_answers(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    carried = hidden(finished(client, campaign, member))
    edited = {**carried, "subject": "My aunt", "body": "Wholly my own."}
    path = f"/{campaign.slug}/quietly/letter/"
    answered = {**edited, "reason": "Now I say that.", "action": "finish"}
    kept = client.post(path, answered)
    assert box(kept, "body") == "Wholly my own."
    button = '<button type="submit" class="button is-quiet" name="afresh" value="1">'
    assert button in text(kept)
    pressed = {
        **hidden(kept),
        "subject": "My aunt",
        "body": "Wholly my own.",
        "afresh": "1",
    }
    afresh = client.post(path, pressed)
    assert "Now I say that." in box(afresh, "body")
    assert "Now I say that." in box(afresh, "whole")
    assert "Wholly my own." not in box(afresh, "whole")
    assert 'name="afresh"' not in text(afresh)


def test_beside_the_box_to_copy_it_is_said_that_changes_must_be_shown_first(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    said = "The box below does not have it yet."
    for email in (member.email, ""):
        Representative.objects.update(email=email)
        page = text(finished(client, campaign, member))
        assert page.count(said) == 1
        between = page[page.index(said) : page.index('id="whole"')]
        assert 'form="letter" name="action" value="change">Show the changes' in between
        # Where the page makes the letter, the box follows by itself.
        assert said not in text(opened(client, campaign, member))


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", "aygul@example.org"),
        ("name", "Ay\ngul"),
        ("postcode", "nowhere at all"),
        ("demands", []),
        ("reason", "x" * 10_001),
    ],
)
def test_what_cannot_stand_in_a_letter_is_said_and_nothing_typed_is_lost(
    client: Client,
    campaign: Campaign,
    member: Representative,
    field: str,
    typed: object,
) -> None:
    page = finished(client, campaign, member, **{"town": "Leeds", field: typed})
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="Leeds"' in text(page)
    if field != "reason":
        assert WORDS in box(page, "reason")


@pytest.mark.parametrize(
    "fault", [{"subject": ""}, {"body": ""}, {"body": "x" * 20_001}]
)
@pytest.mark.parametrize("way", ["letter/", "paper.pdf"])
def test_a_letter_that_is_not_ready_comes_back_whole(
    campaign: Campaign, member: Representative, way: str, fault: dict[str, str]
) -> None:
    client = Client()
    carried = hidden(finished(client, campaign, member, name="Aygul"))
    sent = {**carried, "action": "change", "subject": "My aunt", "body": WORDS}
    page = client.post(f"/{campaign.slug}/quietly/{way}", {**sent, **fault})
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'aria-invalid="true"' in text(page)
    assert hidden(page)["name"] == ["Aygul"]
    assert hidden(page)["reason"] == [WORDS]


def test_the_letter_comes_as_a_file_with_or_without_a_name(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    for name in ("", "Aygul"):
        carried = hidden(finished(client, campaign, member, name=name))
        answer = client.post(
            f"/{campaign.slug}/quietly/paper.pdf",
            {**carried, "subject": "My aunt", "body": WORDS},
        )
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == 'attachment; filename="letter.pdf"'
        assert answer.content.startswith(b"%PDF")


def test_own_words_are_not_demanded_of_whoever_sends_the_letter_unseen(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    Campaign.objects.update(accepts_signatures=False, least_own_words=10)
    carried = hidden(finished(client, campaign, member, reason=""))
    page = client.post(
        f"/{campaign.slug}/quietly/paper.pdf",
        {**carried, "subject": "Please act", "body": "I ask for sanctions."},
    )
    assert page.status_code == HTTPStatus.OK


# --- What is counted ----------------------------------------------------------------


def token_of(client: Client, campaign: Campaign, member: Representative) -> str:
    [token] = hidden(finished(client, campaign, member))["report"]
    return token


def test_one_letter_is_counted_once_and_nothing_is_noted_of_how(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    token = token_of(client, campaign, member)
    for _ in range(3):
        answer = report(client, campaign, token)
        assert answer["Location"] == f"/{campaign.slug}/quietly/done/"
    tally = Tally.objects.get()
    assert (tally.count, tally.campaign, tally.constituency) == (
        1,
        campaign,
        member.constituency,
    )
    assert (tally.way, tally.own_words, tally.step) == (
        Tally.Way.UNSAID,
        Tally.OwnWords.UNSAID,
        Tally.Step.REPORTED,
    )
    assert tally.day == timezone.localdate()
    assert not Letter.objects.exists()


def test_nothing_but_the_page_is_remembered_to_count_it_once(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    token = token_of(client, campaign, member)
    report(client, campaign, token)
    [remembered] = RateCount.objects.all()
    once = tokens.report_of(token).once
    assert once not in remembered.key
    # The same page from elsewhere is known again; another from here leaves another.
    client.post(
        f"/{campaign.slug}/quietly/reported/",
        {"report": token},
        REMOTE_ADDR="203.0.113.9",
    )
    assert [row.key for row in RateCount.objects.all()] == [remembered.key]
    report(client, campaign, token_of(client, campaign, member))
    assert RateCount.objects.count() == 2


def test_it_is_told_on_the_next_day_at_the_earliest_and_not_by_way(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    report(client, campaign, token_of(client, campaign, member))
    today = timezone.localdate()
    assert str(reports.headline(campaign).reported) == "0"
    Tally.objects.update(day=today - datetime.timedelta(days=1))
    assert str(reports.headline(campaign).reported) == "1-4"
    lines = reports.counts(campaign, reports.By.WAY, today).lines
    assert [line.key for line in lines] == ["email", "reported"]


def test_nobody_but_a_page_of_ours_has_a_letter_counted(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    elsewhere = make_campaign()
    ticket = Ticket(
        campaign=campaign.pk,
        version=1,
        seat=member.constituency.code,
        base_text="",
        issued_at=timezone.now(),
        letter=tokens.new_letter(),
        begun_at=timezone.now(),
    )
    # That of another way is limited by network address, which is not looked at here.
    of_own_mail = reporting_sent.token_for(
        campaign, ticket, Composition("", "", ""), Tally.Way.PAPER
    )
    foreign = token_of(client, elsewhere, member)
    for token in ("", "forged", of_own_mail, foreign):
        page = report(client, campaign, token)
        assert page.status_code == HTTPStatus.BAD_REQUEST
        assert "Your letter itself is not touched by this" in text(page)
    assert not Tally.objects.exists()


def test_more_than_a_hall_of_people_are_asked_to_wait_without_being_noted(
    client: Client, campaign: Campaign, member: Representative, settings: Settings
) -> None:
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 10
    report(client, campaign, token_of(client, campaign, member))
    noted = RateCount.objects.count()
    answer = report(client, campaign, token_of(client, campaign, member))
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert answer["Retry-After"] == "60"
    assert Tally.objects.get().count == 1
    assert RateCount.objects.count() == noted
    assert "try again in a minute" in text(answer)
    assert "Nothing is lost" in text(answer)
    assert "data-leave" in text(answer)


def test_whoever_was_asked_to_wait_is_counted_on_the_next_try(
    client: Client, campaign: Campaign, member: Representative, settings: Settings
) -> None:
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 10
    report(client, campaign, token_of(client, campaign, member))
    token = token_of(client, campaign, member)
    waiting = report(client, campaign, token)
    assert hidden(waiting)["report"] == [token]
    assert f'action="/{campaign.slug}/quietly/reported/"' in text(waiting)
    REPORTS.clear()
    report(client, campaign, token)
    assert Tally.objects.get().count == 2


def test_a_hall_of_people_behind_one_connection_is_counted(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    answers = [
        report(client, campaign, token_of(client, campaign, member)).status_code
        for _ in range(31)
    ]
    assert answers == [HTTPStatus.FOUND] * 30 + [HTTPStatus.TOO_MANY_REQUESTS]


def test_a_flood_of_files_is_stopped_and_the_letter_given_back(
    client: Client, campaign: Campaign, member: Representative, settings: Settings
) -> None:
    settings.LETTERS_PER_ADDRESS_PER_HOUR = 10
    carried = hidden(finished(client, campaign, member))
    sent = {**carried, "subject": "Please act", "body": WORDS}
    path = f"/{campaign.slug}/quietly/paper.pdf"
    assert client.post(path, sent)["Content-Type"] == "application/pdf"
    answer = client.post(path, sent)
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert WORDS in box(answer, "body")
    assert "try again in a minute" in text(answer)
    assert "data-leave" in text(answer)
    assert answer["Retry-After"] == "60"
    assert not RateCount.objects.exists()


def test_a_letter_written_before_the_campaign_closed_still_counts(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    token = token_of(client, campaign, member)
    Campaign.objects.update(state=Campaign.State.CLOSED)
    report(client, campaign, token)
    assert Tally.objects.get().count == 1


def test_the_last_page_clears_what_it_may_and_asks_for_nothing_more(
    client: Client, campaign: Campaign
) -> None:
    client.get(f"/{campaign.slug}/")
    assert client.cookies[project.CSRF_COOKIE_NAME].value
    page = client.get(f"/{campaign.slug}/quietly/done/")
    assert page["Clear-Site-Data"] == '"cache", "storage"'
    assert not client.cookies[project.CSRF_COOKIE_NAME].value
    main = text(page)[text(page).index("<main") : text(page).index("</main>")]
    assert "<form" not in main
    for more in ("thanks/", "updates/", "wa.me", "facebook", "share"):
        assert more not in main


def test_another_site_that_draws_the_last_page_in_clears_nothing(
    client: Client, campaign: Campaign
) -> None:
    page = client.get(
        f"/{campaign.slug}/quietly/done/", headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert "Clear-Site-Data" not in page
    assert not page.cookies


def test_the_privacy_page_tells_of_it(client: Client) -> None:
    page = text(client.get("/privacy/"))
    assert "without leaving a trace" in page


def test_a_page_that_lost_its_thread_leads_back_here_and_not_to_the_ordinary_way(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    page = finished(client, campaign, member, token="forged")
    assert page.status_code == HTTPStatus.BAD_REQUEST
    assert WORDS in text(page)
    assert f'href="/{campaign.slug}/quietly/#postcode"' in text(page)
    assert "/write/" not in text(page)


def test_a_demand_that_has_gone_meanwhile_is_said(
    client: Client, campaign: Campaign, member: Representative
) -> None:
    gone = [demand.pk for demand in campaign.demands.in_order()][:1]
    carried = hidden(opened(client, campaign, member))
    Demand.objects.filter(pk__in=gone).delete()
    page = client.post(
        f"/{campaign.slug}/quietly/letter/",
        {**carried, "action": "finish", "reason": WORDS, "demands": gone},
    )
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "One of the demands has changed" in text(page)
