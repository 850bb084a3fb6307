"""The command that brings the members up to date, as an operator types it."""

import datetime
import io
import json
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from PIL import Image
from pytest_django import Settings

from representatives import parliament, portraits, reading, turns
from representatives.errors import SourceError
from representatives.models import Portrait, Representative, SyncRun
from representatives.sources import http
from tests.parliament import Fault, Parliament, commons, member
from tests.registers import make_constituency

__all__ = ["commons"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_registers")]

SEATS = ["Gower", "Ynys Môn", "Lagan Valley"]


@pytest.fixture(autouse=True)
def _quick(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.VAR_DIR = tmp_path / "var"
    monkeypatch.setattr(http, "LEAST_SECONDS_BETWEEN", 0.0)
    monkeypatch.setattr(http, "PAUSES", ())


@pytest.fixture
def house(commons: Parliament) -> Parliament:
    for number, seat in enumerate(SEATS, start=1):
        make_constituency(code=f"E{number:08}", name=seat)
        commons.members.append(member(number, seat))
    return commons


def picture(width: int = 300, height: int = 400, kind: str = "JPEG") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), "#336699").save(made, kind)
    return made.getvalue()


def sync(*words: object) -> str:
    out = io.StringIO()
    call_command("sync_members", *map(str, words), stdout=out, stderr=out)
    return out.getvalue()


def test_what_would_change_is_said_and_nothing_is_changed(house: Parliament) -> None:
    said = sync("--dry-run")

    assert "New: Ms Ann Member1 MP (Labour), Gower" in said
    assert not Representative.objects.exists()
    assert not SyncRun.objects.exists()


def test_the_first_house_is_taken_at_once_and_said(house: Parliament) -> None:
    said = sync()

    assert f"The members are as of {parliament.today()}." in said
    assert Representative.objects.current().count() == 3
    assert not reading.kept_folder().exists()
    assert sync().startswith("Nothing has changed.")


def test_a_refusal_says_how_to_confirm_it(house: Parliament) -> None:
    sync()
    house.members.clear()
    with pytest.raises(CommandError, match=r"(?s)Left: .*Refused: ") as refusal:
        sync()
    number = SyncRun.objects.newest_first()[0].pk
    assert f"sync_members --confirm {number}" in str(refusal.value)

    sync("--confirm", number)

    assert not Representative.objects.current().exists()
    with pytest.raises(CommandError, match=f"There is no run {number} that waits"):
        sync("--confirm", number)


def test_a_fault_is_said_and_nothing_is_changed(house: Parliament) -> None:
    house.faults = [Fault("Search", status=500)]

    with pytest.raises(CommandError, match="it answered 500"):
        sync()

    assert not Representative.objects.exists()


# --- Files --------------------------------------------------------------------------


@pytest.mark.parametrize("is_zipped", [False, True])
def test_answers_saved_on_one_machine_are_read_on_another(
    house: Parliament, tmp_path: Path, *, is_zipped: bool
) -> None:
    place = tmp_path / "answers"
    assert "3 members" in sync("--save-to", place)
    assert not Representative.objects.exists()
    if is_zipped:
        # With the folder in it, as most programs make it.
        place = Path(
            shutil.make_archive(str(tmp_path / "saved"), "zip", tmp_path, "answers")
        )
    house.faults = [Fault("", status=500)]

    sync("--from-file", place)

    assert Representative.objects.current().count() == 3


def test_a_folder_that_holds_something_is_not_written_to(
    house: Parliament, tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("mine")

    with pytest.raises(CommandError, match="is not empty"):
        sync("--save-to", tmp_path)


def test_a_file_that_is_missing_is_named(house: Parliament, tmp_path: Path) -> None:
    place = tmp_path / "answers"
    sync("--save-to", place)
    (place / "contact-2.json").unlink()

    with pytest.raises(CommandError, match=r"There is no contact-2\.json"):
        sync("--from-file", place)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("contact-2.json", "{", r"contact-2\.json is not JSON"),
        ("read-on.txt", "yesterday", "holds no day"),
        ("contact-2.json", json.dumps("x" * 5_000_001), "far too large"),
    ],
)
def test_a_file_with_something_else_in_it_is_named(
    house: Parliament, tmp_path: Path, name: str, content: str, says: str
) -> None:
    place = tmp_path / "answers"
    sync("--save-to", place)
    (place / name).write_text(content)

    with pytest.raises(CommandError, match=says):
        sync("--from-file", place)


def test_what_is_neither_folder_nor_zip_nor_table_is_refused(
    house: Parliament, tmp_path: Path
) -> None:
    file = tmp_path / "members.docx"
    file.write_text("no zip")

    with pytest.raises(CommandError, match="neither a folder of answers nor a zip"):
        sync("--from-file", file)


@pytest.mark.parametrize("words", [("--as-of", "June"), ("--confirm", "one")])
def test_words_that_are_off_are_refused(house: Parliament, words: tuple[str]) -> None:
    with pytest.raises(CommandError):
        sync(*words)


# --- Portraits ----------------------------------------------------------------------


def test_portraits_are_fetched_made_small_and_served_by_us(
    house: Parliament, client: Client
) -> None:
    house.pictures = {1: picture(), 2: picture(kind="PNG")}

    assert "2 portraits are new." in sync()

    portrait = Portrait.objects.get(parliament_id=1)
    address = f"/media/portraits/1-{portrait.digest}.jpg"
    answer = client.get(address)
    assert answer["Content-Type"] == "image/jpeg"
    assert "immutable" in answer["Cache-Control"]
    assert not answer.cookies
    with Image.open(io.BytesIO(answer.content)) as shown:
        assert (shown.format, shown.size) == ("JPEG", (portraits.SIDE, portraits.SIDE))
    assert client.get("/media/portraits/1-0123456789abcdef.jpg").status_code == 404


def test_portraits_that_take_long_need_no_turn_that_has_ended(
    house: Parliament, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if seconds lay between any two answers.
    monkeypatch.setattr(turns, "_PROLONG_AFTER", datetime.timedelta(0))
    house.pictures |= {1: picture(300, 400), 2: picture(300, 400)}
    assert "2 portraits are new." in sync()


def test_a_portrait_is_fetched_once_and_goes_with_its_member(
    house: Parliament,
) -> None:
    house.pictures = {1: picture()}
    sync()
    assert "0 portraits are new." in sync()
    house.members[0] = member(9, SEATS[0])

    with pytest.raises(CommandError, match="Refused"):
        sync()
    sync("--confirm", SyncRun.objects.newest_first()[0].pk)

    assert not Portrait.objects.exists()


def test_portraits_can_be_left_out(house: Parliament) -> None:
    house.pictures = {1: picture()}

    sync("--without-portraits")

    assert not Portrait.objects.exists()


@pytest.mark.parametrize("came", [b"<svg/>", b"", b"GIF89a", picture()[:200]])
def test_what_is_no_picture_is_said_and_not_served(
    house: Parliament, came: bytes
) -> None:
    house.pictures = {1: came or b"?", 2: picture()}

    said = sync()

    assert "1 portraits are new." in said
    assert "no picture that can be read" in said


def test_nothing_of_the_file_but_its_picture_is_passed_on() -> None:
    made = io.BytesIO()
    image = Image.new("RGB", (200, 200), "#336699")
    image.save(made, "JPEG", comment=b"hidden words", exif=b"Exif\0\0hidden words")

    assert b"hidden words" not in portraits.made_small(made.getvalue())


def test_a_picture_larger_than_any_portrait_is_refused() -> None:
    with pytest.raises(SourceError, match="far too large"):
        portraits.made_small(picture(7_000, 6_000, "PNG"))


def test_portraits_are_fetched_again_after_three_months(house: Parliament) -> None:
    house.pictures = {1: picture()}
    sync()
    long_ago = parliament.today() - datetime.timedelta(days=91)
    Portrait.objects.update(fetched_on=long_ago)

    assert "1 portraits are new." in sync()
