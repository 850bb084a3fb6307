"""The environment that draws pages and mails; letters have their own, sandboxed."""

import datetime
from collections.abc import Hashable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import formats, timezone
from jinja2 import Environment, StrictUndefined, select_autoescape
from jinja2.runtime import Macro


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
    def controller(self) -> str:
        """Who answers for people's data."""
        return settings.CONTROLLER_NAME

    @property
    def contact(self) -> str:
        """The e-mail address for questions about data; may be empty."""
        return settings.CONTROLLER_CONTACT


def number(value: int) -> str:
    """1284 as "1,284"."""
    return f"{value:,}"


def day(value: datetime.date | datetime.datetime) -> str:
    """A date as "22 November 2026", in local time."""
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value)
    return formats.date_format(value, "j F Y")


def moment(value: datetime.datetime) -> str:
    """A time as "22 November 2026, 14:05", in local time."""
    return formats.date_format(timezone.localtime(value), "j F Y, H:i")


def appointment(value: datetime.datetime) -> str:
    """A time to come as "Tuesday 24 November, 14:05", in local time."""
    return formats.date_format(timezone.localtime(value), "l j F, H:i")


def url(name: str, **kwargs: Any) -> str:
    """The address of a page by its name."""
    return reverse(name, kwargs=kwargs)


@lru_cache(maxsize=16)
def remembered(draw: Macro, value: Hashable) -> str:
    """What a macro draws of a value, drawn once for as long as values equal it.

    For large parts of a page that seldom change. The macro must be imported without
    context: it sees nothing but the value.
    """
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
    )
    made.globals.update(site=Site(), static=static, url=url, remembered=remembered)
    made.filters.update(appointment=appointment, day=day, moment=moment, number=number)
    return made
