"""Names as they are compared: however they are written, in one spelling."""

import re
import unicodedata

_LEFT_OUT = re.compile("['’‘ʼ`]")
_BETWEEN_WORDS = re.compile(r"[\W_]+")


def plain(name: str) -> str:
    """Small letters without accents, words apart by one space: "ynys mon".

    Turkish keyboards have an i without a dot. ``seats.js`` does the same.
    """
    apart = unicodedata.normalize("NFKD", name)
    letters = "".join(sign for sign in apart if not unicodedata.combining(sign))
    small = letters.casefold().replace("ı", "i").replace("&", " and ")
    return _BETWEEN_WORDS.sub(" ", _LEFT_OUT.sub("", small)).strip()
