"""Plain text whose paragraphs a reader's program may break anew (format=flowed).

RFC 3676: a line that ends with a space goes on in the next one. Nobody's words change:
what is joined again is what was broken. Long words, such as links, stay whole.
"""

import re
from collections.abc import Iterator
from typing import Final

# Characters of a line, so that one of plain English fits into quoted-printable too.
_WIDTH: Final = 72
# Announces a signature, although it ends with a space.
_BEFORE_A_SIGNATURE: Final = "-- "
# A line may not begin like that: it would look quoted, or be changed on the way.
_STUFFED: Final = (" ", ">", "From ")
_TO_STUFF: Final = re.compile(f"^(?={'|'.join(_STUFFED)})", re.MULTILINE)


def broken(text: str) -> str:
    """Break what is too long for a line; a line's own end stays one."""
    lines: list[str] = []
    for line in text.split("\n"):
        if len(line) > _WIDTH:
            lines += _pieces(line)
        else:
            lines.append(line)
    text = "\n".join(lines)
    # Hardly ever: to look for it beforehand takes a tenth of the time.
    if text.startswith(_STUFFED) or any(f"\n{one}" in text for one in _STUFFED):
        return _TO_STUFF.sub(" ", text)
    return text


def joined(text: str) -> str:
    """Join what was broken: gives the text without spaces at the ends of its lines."""
    whole, begun = [], ""
    for line in text.split("\n"):
        piece = line.removeprefix(" ")
        begun += piece
        if piece == _BEFORE_A_SIGNATURE or not piece.endswith(" "):
            whole.append(begun)
            begun = ""
    return "\n".join([*whole, begun] if begun else whole)


def without_trailing_spaces(text: str) -> str:
    """Take away spaces that would join a line to the next."""
    signatures = text.count(f"\n{_BEFORE_A_SIGNATURE}\n")
    if text.count(" \n") == signatures and not text.endswith(" "):
        return text
    return "\n".join(
        line if line == _BEFORE_A_SIGNATURE else line.rstrip(" ")
        for line in text.split("\n")
    )


def _pieces(line: str) -> Iterator[str]:
    start = 0
    while len(line) - start > _WIDTH:
        # Not so early that a piece could be taken for what announces a signature.
        first = start + len(_BEFORE_A_SIGNATURE)
        space = line.rfind(" ", first, start + _WIDTH)
        if space < 0:
            space = line.find(" ", start + _WIDTH)
        if space < 0:
            break
        yield line[start : space + 1]
        start = space + 1
    yield line[start:]
