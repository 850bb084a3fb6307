"""Tags: what tells a letter's mails from others, in the addresses they come from."""

import base64
import re
import secrets
from typing import Final

# 65 bits, in characters that survive whatever mail servers do to case.
LENGTH: Final = 13
_TAG: Final = re.compile(rf"[a-z2-7]{{{LENGTH}}}")


def new() -> str:
    """Make one that nobody can guess."""
    return base64.b32encode(secrets.token_bytes(10)).decode().lower()[:LENGTH]


def is_tag(text: str) -> bool:
    """Whether it has a tag's form."""
    return _TAG.fullmatch(text) is not None
