"""Bytes made into text, whatever they claim to be."""

import codecs
import re
from typing import Final

# Python knows encodings that are no charsets of mail, some of them slow on purpose-made
# text, such as punycode.
_OF_MAIL: Final = re.compile(
    r"utf[-_ ]?(?:8|16|32)(?:[-_]?[bl]e|[-_]sig)?|(?:us[-_])?ascii|latin[-_]?\d+"
    r"|iso[-_ ]?8859[-_]\d+|(?:windows|cp)[-_]?\d{3,4}|koi8[-_][rut]|mac[-_ ]?\w{1,12}"
    r"|gb(?:2312|k|18030)|big5(?:[-_]?hkscs)?|shift[-_]jis|euc[-_](?:jp|kr)"
    r"|iso[-_]2022[-_](?:jp|kr)|tis[-_]?620"
)
_ASCII: Final = frozenset({"", "ascii", "us-ascii", "us_ascii"})
_CONTROL: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufeff\ufff0-\ufffc\ufffe\uffff]"
)


def decoded(content: bytes, charset: str) -> str:
    """Decode bytes by the charset they claim, else by the one they seem to have.

    Most mail with a wrong charset, or none, is in UTF-8 or in Windows' Western one.
    """
    claimed = charset.strip().lower()
    for candidate in (claimed, "utf-8"):
        if not _OF_MAIL.fullmatch(candidate) or candidate in _ASCII:
            continue
        try:
            return content.decode(codecs.lookup(candidate).name)
        except (UnicodeError, LookupError):
            continue
    return content.decode("cp1252", "replace")


def without_control(text: str) -> str:
    """Leave out what is not to be seen, such as NUL, or turns the text's direction.

    Tabs and line ends stay.
    """
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
