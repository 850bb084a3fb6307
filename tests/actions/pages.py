"""Reading the pages that a test asks for."""

import re
from html import unescape
from typing import Any, Protocol

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Answer(Protocol):
    """What the test client gives back."""

    @property
    def content(self) -> bytes: ...

    @property
    def headers(self) -> Any: ...


def text(answer: Answer) -> str:
    """The page with its entities read."""
    return unescape(answer.content.decode())


def told(answer: Answer) -> dict[str, str]:
    """Its headers without the second that it was asked in, which may be the next."""
    return {name: value for name, value in answer.headers.items() if name != "Expires"}


def hidden(answer: Answer) -> dict[str, list[str]]:
    """What the page's form carries on by itself."""
    fields: dict[str, list[str]] = {}
    for name, value in _HIDDEN.findall(answer.content.decode()):
        # Nor where the choice of a language leads back to: a form of its own.
        if name not in {"csrfmiddlewaretoken", "to"}:
            fields.setdefault(name, []).append(unescape(value))
    return fields
