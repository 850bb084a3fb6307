"""The environment that draws pages and mails; letters have their own, sandboxed."""

import datetime
from collections.abc import Hashable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import formats, timezone, translation
from jinja2 import Environment, StrictUndefined, select_autoescape
from jinja2.runtime import Macro

from actions import languages, privacy
from representatives import live, parties
from representatives.lookup import Candidate, SeatName, name_in


class Site:
    """What every page may say about the place that it stands on."""

    name = "Postbag"

    @property
    def is_demo(self) -> bool:
        """Whether letters stay on this machine."""
        return not settings.DELIVERY_IS_LIVE

    @property
    def address(self) -> str:
        """Its own address, for what is read elsewhere."""
        return settings.SITE_URL

    @property
    def asks_others(self) -> bool:
        """Whether other services learn postcodes that we do not know."""
        return bool(live.asked())

    @property
    def controller(self) -> str:
        """Who answers for people's data."""
        return privacy.controller()

    @property
    def contact(self) -> str:
        """The e-mail address for questions about data; may be empty."""
        return settings.CONTROLLER_CONTACT


def number(value: int) -> str:
    """1284 as "1,284", or as the reader's language writes it."""
    return formats.number_format(value, use_l10n=True, force_grouping=True)


def day(value: datetime.date | datetime.datetime) -> str:
    """A date as "22 November 2026", in local time."""
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value)
    # Translators: a date as 22 November 2026, in Django's letters for it.
    return formats.date_format(value, translation.pgettext("date", "j F Y"))


def moment(value: datetime.datetime) -> str:
    """A time as "22 November 2026, 14:05", in local time."""
    # Translators: a time as 22 November 2026, 14:05.
    pattern = translation.pgettext("date", "j F Y, H:i")
    return formats.date_format(timezone.localtime(value), pattern)


def appointment(value: datetime.datetime) -> str:
    """A time to come as "Tuesday 24 November, 14:05", in local time."""
    # Translators: a time as Tuesday 24 November, 14:05.
    pattern = translation.pgettext("date", "l j F, H:i")
    return formats.date_format(timezone.localtime(value), pattern)


def wrapped(text: str) -> str:
    """Put each paragraph of a mail on one line.

    When it goes it is broken so that a reader's program can break it anew
    (``actions/flowing.py``): on a telephone otherwise than on a screen.
    """
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def named(seat: Candidate | SeatName) -> str:
    """The name of a constituency in the reader's language."""
    return name_in(seat, languages.spoken().code)


def url(name: str, **kwargs: Any) -> str:
    """The address of a page by its name."""
    return reverse(name, kwargs=kwargs)


def remembered(draw: Macro, value: Hashable) -> str:
    """What a macro draws of a value, drawn once for as long as values equal it.

    For large parts of a page that seldom change. The macro must be imported without
    context: it sees nothing but the value, and the language that is spoken.
    """
    return drawn_once(draw, value, languages.spoken().code)


@lru_cache(maxsize=64)
def drawn_once(draw: Macro, value: Hashable, language: str) -> str:
    """What ``remembered`` remembers, apart for each language."""
    del language  # the macro asks for it itself
    return draw(value)


def environment(**options: Any) -> Environment:
    """Make the environment for Django's Jinja2 backend."""
    # Mail is plain text and must not be escaped; pages must.
    options["autoescape"] = select_autoescape(
        default=True, disabled_extensions=("txt",)
    )
    made = Environment(  # noqa: S701 - autoescape is chosen by file ending above
        **{**options, "undefined": StrictUndefined},
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    # Line breaks in a template are no part of the sentence that translators get.
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(  # type: ignore[attr-defined]  # by the extension
        gettext=translation.gettext,
        ngettext=translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    made.globals.update(
        site=Site(),
        static=static,
        url=url,
        remembered=remembered,
        spoken=languages.spoken,
        languages=languages.ALL,
        foreign=languages.foreign,
    )
    made.filters.update(
        appointment=appointment,
        day=day,
        moment=moment,
        named=named,
        party=parties.named,
        number=number,
        wrapped=wrapped,
    )
    return made
