"""The sentences that the code says, as Babel finds them for the catalogues."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
# As in the Makefile.
KEYWORDS: dict[str, Any] = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "pgettext_lazy": ((1, "c"), 2),
    "ngettext_lazy": (1, 2),
    "npgettext": ((1, "c"), 2, 3),
}

# The context, if there is one, and the sentence, or its forms for one and for many.
Key = tuple[str | None, str | tuple[str, ...]]


@cache
def in_the_code() -> set[Key]:
    configured = tomllib.loads((ROOT / "pyproject.toml").read_text())
    method_map, options_map = [], {}
    for mapping in configured["tool"]["babel"]["mappings"]:
        options = {k: v for k, v in mapping.items() if k not in {"method", "pattern"}}
        patterns = mapping["pattern"]
        for pattern in [patterns] if isinstance(patterns, str) else patterns:
            method_map.append((pattern, mapping["method"]))
            options_map[pattern] = options
    found = extract_from_dir(ROOT, method_map, options_map, keywords=KEYWORDS)
    return {(context, message) for _, _, message, _, context in found}
