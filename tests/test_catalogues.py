"""The catalogues hold every sentence, and every translation says all of it."""

import io
import re
from collections import Counter
from functools import cache
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings

from tests.catalogues import ROOT, Key, in_the_code

LANGUAGES = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
_PLACE = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
_TAG = re.compile(r"</?[a-z]+[^>]*>")
# Sentences that begin or end differently would run into what stands beside them.
_SPACE_AROUND = re.compile(r"^\s*|\s*$")


@cache
def catalogue(language: str) -> Catalog:
    with place(language, "po").open("rb") as file:
        return read_po(file, locale=language, domain="django")


def place(language: str, kind: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / f"django.{kind}"


def key(message: Message) -> Key:
    words = message.id
    return message.context, words if isinstance(words, str) else tuple(words)


def forms(words: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (words or "",) if isinstance(words, str | None) else tuple(words)


def messages(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def test_there_are_sentences_and_languages_to_look_at() -> None:
    assert len(in_the_code()) > 300
    assert LANGUAGES == ["cy", "tr", "ug"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_holds_what_the_code_says(language: str) -> None:
    held = {key(message) for message in messages(language)}

    assert in_the_code() - held == set(), "run make catalogues, and translate these"
    assert held - in_the_code() == set(), "run make catalogues: nothing says these"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated(language: str) -> None:
    wanting = [
        message.id
        for message in messages(language)
        if message.fuzzy or not all(forms(message.string))
    ]

    assert not wanting
    assert not catalogue(language).fuzzy


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_have_as_many_forms_as_the_language(language: str) -> None:
    number = catalogue(language).num_plurals

    wrong = [
        message.id
        for message in messages(language)
        if message.pluralizable and len(forms(message.string)) != number
    ]

    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_put_in_has_a_place_in_every_translation(language: str) -> None:
    """One form of a plural may leave out its number: "one letter"."""
    wrong = []
    for message in messages(language):
        wanted = Counter(_PLACE.findall(forms(message.id)[-1]))
        allowed = wanted | Counter(_PLACE.findall(forms(message.id)[0]))
        for form in forms(message.string):
            found = Counter(_PLACE.findall(form))
            fits = found == wanted if not message.pluralizable else found <= allowed
            if not fits:
                wrong.append((message.id, form))

    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_tags_are_the_same_in_every_translation(language: str) -> None:
    wrong = [
        (message.id, form)
        for message in messages(language)
        for form in forms(message.string)
        if Counter(_TAG.findall(form)) != Counter(_TAG.findall(forms(message.id)[-1]))
    ]

    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_could_end_an_attribute(language: str) -> None:
    """Templates put sentences between straight quotation marks, and escape none."""
    wrong = [
        (message.id, form)
        for message in messages(language)
        for form in forms(message.string)
        if '"' in _TAG.sub("", form)
    ]

    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_begin_and_end_as_the_english(language: str) -> None:
    wrong = [
        (message.id, form)
        for message in messages(language)
        for form in forms(message.string)
        if _SPACE_AROUND.findall(form) != _SPACE_AROUND.findall(forms(message.id)[0])
    ]

    assert not wrong


def said(translations: GNUTranslations, message: Message) -> list[str]:
    context, words = key(message)
    if isinstance(words, str):
        if context is None:
            return [translations.gettext(words)]
        return [translations.pgettext(context, words)]
    one, many = words
    if context is None:
        return [translations.ngettext(one, many, n) for n in range(121)]
    return [translations.npgettext(context, one, many, n) for n in range(121)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    """Compare what is said, not the bytes: each Babel writes its own version in."""
    written = io.BytesIO()
    write_mo(written, catalogue(language))
    written.seek(0)
    expected = GNUTranslations(written)
    with place(language, "mo").open("rb") as file:
        compiled = GNUTranslations(file)

    old = [
        message.id
        for message in messages(language)
        if said(compiled, message) != said(expected, message)
    ]
    assert not old, "run make catalogues"
