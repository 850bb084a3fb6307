"""Which language a page speaks: what its reader chose, else what the browser asks for.

docs/decisions/0014-languages.md says why the choice is a cookie, and why the pages for
whoever writes without a trace carry it in their forms instead.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html

from actions.models.translations import Words

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

View = Callable[[HttpRequest], HttpResponseBase]

# The field of a form that says which language its page was in, or is to be in.
FIELD: Final = "language"
# Staff, other programs and files are spoken to in English.
_IN_ENGLISH: Final = ("/admin/", "/api/", settings.STATIC_URL)


@dataclass(frozen=True)
class Language:
    """A language of the pages."""

    # Django's code, such as "en-gb".
    code: str
    # Its name in itself.
    name: str

    @property
    def tag(self) -> str:
        """The code as HTML and headers write it (BCP 47), such as "en-GB"."""
        head, _, region = self.code.partition("-")
        return f"{head}-{region.upper()}" if region else head

    @property
    def direction(self) -> str:
        """Which way it runs: "ltr" or "rtl"."""
        return "rtl" if translation.get_language_info(self.code)["bidi"] else "ltr"


ALL: Final = tuple(Language(code, name) for code, name in settings.LANGUAGES)
BY_CODE: Final = {language.code: language for language in ALL}
ENGLISH: Final = BY_CODE[settings.LANGUAGE_CODE]


def spoken() -> Language:
    """Give the language that is spoken now."""
    return BY_CODE.get(translation.get_language() or "", ENGLISH)


def chosen_in(fields: QueryDict) -> Language | None:
    """Read which language a form asks for; None if it does not, or for none of ours."""
    return BY_CODE.get(fields.get(FIELD, ""))


def speak_on(language: Language) -> None:
    """Speak another language for the rest of this request."""
    translation.activate(language.code)


@contextmanager
def read_by(code: str) -> Iterator[None]:
    """Speak the language of somebody who reads later; English where none is known."""
    with translation.override(BY_CODE.get(code, ENGLISH).code):
        yield


def said_in(code: str, words: "StrPromise") -> str:
    """Put words into a language; into the one that is spoken if the code is none."""
    language = BY_CODE.get(code, spoken())
    with translation.override(language.code):
        return str(words)


def foreign(words: Words, name: str) -> str:
    """Say of a text that stands in no translation that it is English (WCAG 3.1.2).

    Gives attributes of an element, with a space before them, or nothing.
    """
    if words.languages[name] == spoken().code:
        return ""
    return format_html(' lang="{}" dir="{}"', ENGLISH.tag, ENGLISH.direction)


def marked(words: Words, name: str) -> str:
    """Give a text for where no template puts it into an element of its own."""
    text: str = getattr(words, name)
    attributes = foreign(words, name)
    return format_html("<span{}>{}</span>", attributes, text) if attributes else text


def keep(response: HttpResponse, language: Language) -> None:
    """Have the browser remember what its reader chose."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language.code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def speak(get_response: View) -> View:
    """Speak one language while a request is answered, and say which in the answer."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(_IN_ENGLISH):
            with translation.override(ENGLISH.code):
                return get_response(request)
        with translation.override(translation.get_language_from_request(request)):
            response = get_response(request)
            if response.headers.get("Content-Type", "").startswith("text/html"):
                response.headers.setdefault("Content-Language", spoken().tag)
                patch_vary_headers(response, ("Accept-Language", "Cookie"))
            return response

    return middleware
