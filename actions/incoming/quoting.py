"""What of an answer its writer wrote, and what it repeats of earlier mail."""

import re
from typing import Final

# What mail programs put before the mail that is answered, to the end.
_EARLIER: Final = re.compile(
    r"""
    ^[ \t]*(?:
      -{2,}[ ]?(?:original|forwarded|neges)[ ]\w{1,20}[ ]?-{2,}
    | (?:on|ar)[ ][^\n]{5,200}\n?[^\n]{0,100}\b(?:wrote|ysgrifennodd)[^\n:]{0,80}:[ ]*$
    | \*?(?:from|oddi[ ]wrth|o):\*?[ ][^\n]{1,300}\n
      (?:[^\n]{0,300}\n){0,3}?
      [ \t>]*\*?(?:sent|date|anfonwyd|dyddiad):
    | begin[ ]forwarded[ ]message:
    | dechrau'r[ ]neges[ ]a[ ]anfonwyd[ ]ymlaen
    )
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)


def own_words(text: str) -> str:
    """Give what is not quoted."""
    if found := _EARLIER.search(text):
        text = text[: found.start()]
    lines = text.split("\n")
    return "\n".join(line for line in lines if not line.startswith(">")).strip()


def quotes(text: str) -> bool:
    """Whether it repeats an earlier mail, as answers that a person writes often do."""
    return bool(_EARLIER.search(text)) or text.startswith(">") or "\n>" in text
