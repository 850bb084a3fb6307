"""The picture beside a link: what is drawn, whole, and how seldom."""

import io
import threading
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image, ImageChops
from pytest_django import DjangoAssertNumQueries

from actions import pictures
from actions.models import Campaign
from actions.pictures import Poster
from tests.actions.counted import count_letters, make_seat
from tests.actions.factories import make_campaign

COLOUR = "#7a1f4b"


def poster(**changed: Any) -> Poster:
    return Poster(
        **{
            "title": "Stop Uyghur Genocide",
            "headline": "Ask your MP to stand up for the Uyghurs.",
            "letters_out": 1284,
            "is_open": True,
            "colour": COLOUR,
            **changed,
        }
    )


def seen(shown: Poster) -> Image.Image:
    return Image.open(io.BytesIO(pictures.drawn(shown))).convert("RGB")


def differs(one: Poster, other: Poster) -> tuple[int, int, int, int] | None:
    """The smallest box that holds every difference; None if they look the same."""
    return ImageChops.difference(seen(one), seen(other)).getbbox()


def test_it_is_a_png_of_the_size_that_sites_ask_for() -> None:
    drawn = Image.open(io.BytesIO(pictures.drawn(poster())))
    assert (drawn.format, drawn.size) == ("PNG", (1200, 630))


def test_it_is_warm_paper_with_a_white_sheet_and_the_campaigns_strip() -> None:
    picture = seen(poster())
    assert picture.getpixel((5, 5)) == (0xFB, 0xFA, 0xF6)
    assert picture.getpixel((600, 52)) == (0x7A, 0x1F, 0x4B)
    assert picture.getpixel((60, 300)) == (0xFF, 0xFF, 0xFF)


def test_headline_count_and_call_stand_in_their_places() -> None:
    headline = differs(poster(), poster(headline="Write."))
    count = differs(poster(), poster(letters_out=9))
    call = differs(poster(), poster(is_open=False))
    assert headline
    assert count
    assert call
    assert headline[3] < count[1]
    assert count[2] < call[0]


def test_before_any_letter_there_is_no_nought_but_the_call() -> None:
    none = seen(poster(letters_out=0))
    foot = none.crop((112, 470, 400, 555))
    colours = {colour for _, colour in foot.getcolors(100_000) or []}
    assert (0x7A, 0x1F, 0x4B) in colours


def test_a_closed_campaign_without_letters_says_that_it_is_closed() -> None:
    closed = seen(poster(letters_out=0, is_open=False))
    foot = closed.crop((112, 470, 1090, 555)).getcolors(100_000) or []
    colours = {colour for _, colour in foot}
    assert (0x4B, 0x58, 0x66) in colours
    assert (0x7A, 0x1F, 0x4B) not in colours


@pytest.mark.parametrize("text", ["W" * 120, "Ask your MP " * 10, "Ŵy " * 40])
def test_a_long_headline_is_set_smaller_and_never_cut(text: str) -> None:
    height = 200
    block = pictures.fitted(text, "Bold", largest=84, height=height)
    assert "".join(block.lines).replace(" ", "") == text.replace(" ", "")
    assert block.height <= height
    assert max(map(block.font.getlength, block.lines)) <= 1200 - 2 * 112


def test_a_title_of_the_greatest_length_leaves_room_for_everything() -> None:
    shown = poster(title="W" * 80, headline="W" * 120, letters_out=9_999_999)
    call = differs(shown, poster(title="W" * 80, headline="W" * 120, letters_out=0))
    headline = differs(
        shown, poster(title="W" * 80, headline="M", letters_out=9_999_999)
    )
    assert call
    assert headline
    assert headline[3] <= call[1]


@pytest.mark.parametrize(
    "text", ["ŵŷâêîôûŴŶ", "ğışİëéöü", "’“”–", "ⱨⱩⱪ", "Привет", "Γεια"]
)
def test_welsh_turkish_latin_uyghur_cyrillic_and_greek_are_drawn(text: str) -> None:
    assert pictures.drawable(f"Ask {text}.") == f"Ask {text}."


def test_a_letter_of_the_further_face_is_no_box_like_the_next_one() -> None:
    assert differs(poster(headline="ⱨ"), poster(headline="ⱪ"))
    height = 100
    block = pictures.fitted("ⱨⱪ" * 60, "Bold", largest=84, height=height)
    assert max(map(block.font.getlength, block.lines)) <= 1200 - 2 * 112


@pytest.mark.parametrize("text", ["ئۇيغۇرلار", "Save 维吾尔", "עברית", "हिन्दी"])
@pytest.mark.parametrize(
    ("is_open", "instead"), [(True, pictures.CALL), (False, pictures.CLOSED)]
)
def test_writing_that_no_face_has_is_never_drawn_as_boxes(
    text: str, instead: str, *, is_open: bool
) -> None:
    shown = poster(title=text, headline=text, is_open=is_open)
    plain = poster(title="", headline=instead, is_open=is_open)
    assert differs(shown, plain) is None


def test_a_sign_that_no_face_has_is_left_out_of_its_sentence() -> None:
    assert pictures.drawable("Ask \U0001f1ec\U0001f1e7 your\u200b MP ✊\ufe0f.") == (
        "Ask your MP ."
    )


def test_one_count_is_drawn_once() -> None:
    assert pictures.drawn(poster()) is pictures.drawn(poster())


def test_those_who_ask_at_the_same_moment_get_what_was_drawn_once() -> None:
    together = threading.Barrier(4)
    got: list[bytes] = []

    def ask() -> None:
        together.wait()
        got.append(pictures.drawn(poster(headline="At the same moment.")))

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len({id(each) for each in got}) == 1
    assert len(got) == len(askers)


@pytest.mark.django_db
def test_it_is_served_for_a_few_minutes_with_the_count_of_now(client: Client) -> None:
    campaign = make_campaign(colour=COLOUR)
    address = f"/{campaign.slug}/picture.png"
    before = client.get(address)
    assert before["Content-Type"] == "image/png"
    assert before["Cache-Control"] == "max-age=300, public"
    assert not before.cookies
    count_letters(campaign, make_seat(), 3, day=timezone.localdate())
    after = client.get(address)
    assert after.content == pictures.drawn(pictures.poster(campaign, 3))
    assert after.content != before.content


@pytest.mark.django_db
def test_of_a_draft_there_is_no_picture(client: Client) -> None:
    draft = make_campaign(state=Campaign.State.DRAFT)
    assert client.get(f"/{draft.slug}/picture.png").status_code == 404


@pytest.mark.django_db
def test_it_costs_three_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = f"/{make_campaign().slug}/picture.png"
    client.get(address)
    with django_assert_num_queries(3):
        client.get(address)
