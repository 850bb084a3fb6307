"""Typed readers of environment variables that fail loudly."""

import os
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

import dj_database_url
from anymail import backends as anymail_backends
from django.core.exceptions import ImproperlyConfigured
from django.utils.encoding import punycode

Value = TypeVar("Value")

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_MAILBOX = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
# Beside the providers stand what they have in common, and what only pretends to send.
_NO_PROVIDERS = frozenset({"base", "base_requests", "console", "test"})
_DATABASES = frozenset({"django.db.backends.sqlite3", "django.db.backends.postgresql"})


class SettingError(ImproperlyConfigured):
    """A setting is missing, malformed or contradicts another.

    The message is a sentence that says what to set. Trying again does not help.
    """


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over, read from ``MAIL_URL``."""

    host: str
    port: int
    user: str
    password: str
    starttls: bool
    tls: bool


def text(name: str, default: str = "") -> str:
    """The variable without surrounding space, or the default."""
    return os.environ.get(name, "").strip() or default


def boolean(name: str, *, default: bool = False) -> bool:
    """``1/true/yes/on`` or ``0/false/no/off``; anything else is refused."""
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    message = f"{name} must be 1 or 0, not {value!r}."
    raise SettingError(message)


def number(name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
    """A whole number of at least ``least`` and, if that is said, at most ``most``."""
    value = text(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or int(value) < least:
        message = f"{name} must be a whole number of at least {least}, not {value!r}."
        raise SettingError(message)
    if most is not None and int(value) > most:
        message = f"{name} must be a whole number of at most {most}, not {value!r}."
        raise SettingError(message)
    return int(value)


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A comma-separated list without empty items."""
    return [word.strip() for word in text(name).split(",") if word.strip()] or list(
        default
    )


def choice(name: str, options: tuple[str, ...], default: str) -> str:
    """One of the options, in lower case."""
    value = text(name, default).lower()
    if value not in options:
        message = f"{name} must be {' or '.join(options)}, not {value!r}."
        raise SettingError(message)
    return value


def choices(name: str, options: tuple[str, ...]) -> tuple[str, ...]:
    """Some of the options, or none, in lower case and in the order that was given."""
    chosen = tuple(dict.fromkeys(word.lower() for word in words(name)))
    if unknown := set(chosen).difference(options):
        message = (
            f"{name} must name {' or '.join(options)}, or several with commas between, "
            f"not {min(unknown)!r}."
        )
        raise SettingError(message)
    return chosen


def web_address(
    name: str, default: str, what: str = "the site's own address, such as "
) -> str:
    """An ``http`` or ``https`` origin without path, query or trailing slash."""
    value = text(name, default).rstrip("/")
    parts = _parts(value)
    if (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or "@" in parts.netloc
        or parts.path
        or parts.query
        or parts.fragment
    ):
        message = f"{name} must be {what}https://postbag.example, not {value!r}."
        raise SettingError(message)
    return value


def mail_address(name: str, *, live: bool) -> str:
    """Read a bare e-mail address, "" without the variable.

    One that is ``live`` has a dot in its domain. It stands in every mail's header,
    where a name or a second address beside it would make every mail fail: what passes
    here passes ``actions/headers.py`` too.
    """
    value = text(name)
    if not value:
        return ""
    mailbox, _, domain = value.rpartition("@")
    is_whole = "." in domain or not live
    if not (is_whole and _MAILBOX.fullmatch(mailbox) and _is_domain(domain)):
        message = (
            f"{name} must be an e-mail address and nothing else, such as "
            f"somebody@postbag.example, not {value!r}."
        )
        raise SettingError(message)
    return value


def database(name: str, default: str) -> dict[str, Any]:
    """Read ``sqlite:///path`` or ``postgres://user:password@host:port/name``.

    A database in memory is refused: each process would have another, and letters would
    be lost with it.
    """
    try:
        found: dict[str, Any] = dict(dj_database_url.parse(text(name, default)))
    except ValueError:
        found = {}
    if found.get("ENGINE") not in _DATABASES or found["NAME"] in {"", ":memory:"}:
        # Neither the value nor the cause is repeated: both may hold a password.
        message = (
            f"{name} must look like postgres://user:password@127.0.0.1:5432/name, with "
            "special characters percent-encoded, or like sqlite:////path/to/the/file."
        )
        raise SettingError(message)
    return found


def mail_server(name: str) -> MailServer | None:
    """Read ``smtp://``, ``smtp+starttls://`` or ``smtps://user:password@host:port``.

    Without the variable there is no server. Ports default to 25, 587 and 465.
    """
    value = text(name)
    if not value:
        return None
    parts = _parts(value)
    ports = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
    if parts.scheme not in ports or not parts.hostname:
        # The value is not repeated: it may hold a password.
        message = (
            f"{name} must look like smtp+starttls://user:password@mail.example:587 "
            "(or smtp:// or smtps://)."
        )
        raise SettingError(message)
    return MailServer(
        host=parts.hostname,
        port=_reading(lambda: parts.port, name) or ports[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parts.scheme == "smtp+starttls",
        tls=parts.scheme == "smtps",
    )


def mail_provider(name: str) -> str:
    """Read the name of one of Anymail's providers, such as ``mailgun``; "" for none."""
    value = text(name).lower()
    known = {
        found.name for found in pkgutil.iter_modules(anymail_backends.__path__)
    } - _NO_PROVIDERS
    if value and value not in known:
        message = f"{name} must be one of {', '.join(sorted(known))}, not {value!r}."
        raise SettingError(message)
    return value


def settings_of(prefix: str, *but: str) -> dict[str, str]:
    """Read all variables that begin like this, without that beginning."""
    return {
        name.removeprefix(prefix): value.strip()
        for name, value in os.environ.items()
        if name.startswith(prefix) and name not in but and value.strip()
    }


def _is_domain(domain: str) -> bool:
    try:
        return _DOMAIN.fullmatch(punycode(domain)) is not None
    except UnicodeError:
        return False


def _reading(read: Callable[[], Value], name: str) -> Value:
    try:
        return read()
    except ValueError:
        message = f"{name} has a port that is not a number."
        # Without the cause, which repeats a piece of the password if that holds a "/".
        raise SettingError(message) from None


def _parts(address: str) -> SplitResult:
    """Cut an address up; one that can't be has no parts, and so no host."""
    try:
        return urlsplit(address)
    except ValueError:
        # Not repeated: it may hold a piece of a password.
        return SplitResult("", "", "", "", "")
