"""What scripts say: every sentence comes with the page, and none is carried in vain."""

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tests.actions.factories import make_campaign

SCRIPTS = settings.BASE_DIR / "actions" / "static" / "actions"
_ELEMENT = re.compile(r'<script type="application/json" id="words">(.*?)</script>')
# A string that begins as a sentence does.
_SENTENCE = re.compile(r'(["`])[^"`\n]*[A-Z][a-z]+ [a-z][^"`\n]*\1')


def words() -> dict[str, Any]:
    page = get_template("components/script_words.html", using="jinja2").render({})
    [data] = _ELEMENT.findall(page)
    found: dict[str, Any] = json.loads(data)
    return found


@pytest.mark.django_db
def test_every_page_holds_what_its_scripts_say(client: Client) -> None:
    campaign, _ = make_campaign(), make_campaign()
    quietly = reverse("quietly", kwargs={"slug": campaign.slug})
    for path in ("/", f"/{campaign.slug}/", quietly):
        [data] = _ELEMENT.findall(client.get(path).content.decode())
        assert json.loads(data) == words(), path


def test_what_scripts_ask_for_is_what_the_page_holds() -> None:
    names = set(words()["sentences"])
    asked = set()
    for script in SCRIPTS.glob("*.js"):
        calls = re.findall(r"\bsaid\(([^{)]*)", script.read_text())
        asked |= {name for call in calls for name in re.findall(r'"(\w+)"', call)}
    # Chosen before it is said (clipboard.js).
    asked |= {"copied", "copied_for_mail"}
    assert asked == names


def test_no_script_holds_a_sentence_of_its_own() -> None:
    for script in SCRIPTS.glob("*.js"):
        code = re.sub(r"^\s*(?://|/?\*).*", "", script.read_text(), flags=re.MULTILINE)
        # What only the console sees.
        code = re.sub(r"new \w*Error\(.*?\)", "", code)
        assert not _SENTENCE.search(code), script.name


def test_each_sentence_for_a_number_has_a_form_for_every_kind_of_number() -> None:
    kinds = {"zero", "one", "two", "few", "many", "other"}
    forms = [
        given for given in words()["sentences"].values() if isinstance(given, dict)
    ]
    assert forms
    for given in forms:
        assert set(given) == kinds
        assert all("{n}" in form for form in given.values())
        assert given["one"] != given["other"]


def test_the_words_say_which_language_they_are() -> None:
    for code, tag, month in (("en-gb", "en-GB", "March"), ("cy", "cy", "Mawrth")):
        with translation.override(code):
            said = words()
        assert said["language"] == tag
        assert len(said["months"]) == 12
        assert said["months"][2] == month
