"""The mails of ``corpus/``, all written for the tests, and the letter they are of."""

from pathlib import Path
from typing import Final

from actions.incoming import parsing
from actions.incoming.values import IncomingMail
from actions.incoming.verdicts import Expected

DOMAIN: Final = "letters.example"
TAG: Final = "k7f3qzv5m2abc"
MP: Final = "jane.smith.mp@parliament.example"
EXPECTED: Final = Expected(
    domain=DOMAIN,
    own_addresses=frozenset({f"letters@{DOMAIN}"}),
    message_ids=frozenset({f"<6f1d2c3b-4a59-4e68-8776-95a4b3c2d1e0@{DOMAIN}>"}),
    recipient=MP,
)
CORPUS: Final = Path(__file__).parent / "corpus"
NAMES: Final = sorted(path.stem for path in CORPUS.glob("*.eml"))


def raw(name: str) -> bytes:
    return (CORPUS / f"{name}.eml").read_bytes()


def mail(name: str) -> IncomingMail:
    return parsing.parse(raw(name), domain=DOMAIN)


def made(content: bytes) -> IncomingMail:
    return parsing.parse(content, domain=DOMAIN)
