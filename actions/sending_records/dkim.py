"""DKIM (RFC 6376, RFC 8463): the keys with which a domain's mail is signed."""

import binascii
from collections.abc import Iterator, Sequence
from typing import Final

from actions.errors import BrokenRecordError
from actions.sending_records.findings import (
    Finding,
    Source,
    Verdict,
    published,
    shown,
    tags,
)

_SHORTEST: Final = 1024
_SHORT: Final = 2048
_ED25519_BYTES: Final = 32
_SEQUENCE, _INTEGER, _BIT_STRING = 0x30, 0x02, 0x03


def without_selector(selectors: Sequence[str]) -> Iterator[Finding]:
    """Say how to find the name of a key, if none is known."""
    if not selectors:
        yield Finding(
            "DKIM",
            Verdict.UNASKED,
            "Under which name (selector) your mail server publishes its key cannot be "
            "known from here: its manual says it, as does “s=” in the DKIM-Signature "
            "of a mail that it sent. Say it with --selector NAME.",
        )


def look(domain: str, selector: str, source: Source) -> Iterator[Finding]:
    """Say whether the key of that name can be used, and whether it is long enough.

    Raises:
        UnansweredError: it could not be asked for.
        BrokenRecordError: receiving servers could not check a signature with it.

    """
    name = f"{selector}._domainkey.{domain}"
    texts = source.texts(name)
    if not texts:
        yield Finding(
            "DKIM",
            Verdict.MISSING,
            f"There is no key at {name}: publish the one that your mail server shows, "
            "or correct the selector.",
            published(name, "v=DKIM1; k=rsa; p=KEY-THAT-YOUR-MAIL-SERVER-SHOWS"),
        )
        return
    if len(texts) > 1:
        message = (
            f"There are {len(texts)} records at {name}, of which servers take any: "
            "leave the newest alone there."
        )
        raise BrokenRecordError(message)
    record = tags(name, texts[0])
    yield _about_the_key(name, record)
    if "y" in record.get("t", "").split(":"):
        yield Finding(
            "DKIM",
            Verdict.ADVICE,
            f"The key at {name} says that it is only being tried out: take “t=y” out "
            "once letters arrive.",
        )


def _about_the_key(name: str, record: dict[str, str]) -> Finding:
    kind, key = record.get("k", "rsa"), _key(name, record)
    if kind == "ed25519":
        if len(key) != _ED25519_BYTES:
            raise BrokenRecordError(_unreadable(name))
        return Finding(
            "DKIM",
            Verdict.ADVICE,
            f"The key at {name} is an Ed25519 key, which many servers cannot check: "
            "have your mail server sign with an RSA key as well.",
        )
    try:
        bits = _length(key)
    except ValueError as error:
        raise BrokenRecordError(_unreadable(name)) from error
    if bits < _SHORTEST:
        message = (
            f"The RSA key at {name} has {bits} bits, which servers pass over: make one "
            f"of {_SHORT} bits."
        )
        raise BrokenRecordError(message)
    if bits < _SHORT:
        return Finding(
            "DKIM",
            Verdict.ADVICE,
            f"The RSA key at {name} has {bits} bits: make one of {_SHORT} bits when "
            "you change it next.",
        )
    return Finding("DKIM", Verdict.OK, f"There is an RSA key of {bits} bits at {name}.")


def _key(name: str, record: dict[str, str]) -> bytes:
    """Return the key's bytes.

    Raises:
        BrokenRecordError: the record is none, or holds no key.

    """
    fault = ""
    if record.get("v", "DKIM1") != "DKIM1" or "v" in list(record)[1:]:
        fault = "does not begin with “v=DKIM1”: begin it so"
    elif record.get("k", "rsa") not in {"rsa", "ed25519"}:
        fault = f"is of the kind “{shown(record['k'])}”: it must be k=rsa or k=ed25519"
    elif "p" not in record:
        fault = "has no key: put it behind “p=”"
    elif not record["p"]:
        fault = (
            "is empty (“p=”), by which a key is withdrawn: publish the key that your "
            "mail server signs with, or correct the selector"
        )
    if fault:
        message = f"The record at {name} {fault}."
        raise BrokenRecordError(message)
    try:
        return binascii.a2b_base64("".join(record["p"].split()), strict_mode=True)
    except ValueError as error:
        raise BrokenRecordError(_unreadable(name)) from error


def _unreadable(name: str) -> str:
    return (
        f"The key at {name} cannot be read: copy it again, whole, from what your mail "
        "server shows."
    )


def _length(key: bytes) -> int:
    """Return how many bits an RSA key's modulus has.

    It is written as DER, alone (PKCS #1) or in an envelope that says its kind.

    Raises:
        ValueError: it is no such key.

    """
    inside, _ = _taken(key, _SEQUENCE)
    if inside[:1] == bytes([_SEQUENCE]):
        _, rest = _taken(inside, _SEQUENCE)
        bits, _ = _taken(rest, _BIT_STRING)
        inside, _ = _taken(bits[1:], _SEQUENCE)
    modulus, _ = _taken(inside, _INTEGER)
    return int.from_bytes(modulus, "big").bit_length()


def _taken(der: bytes, kind: int) -> tuple[bytes, bytes]:
    """Take one value of that kind off the front; return it and what follows."""
    if len(der) < 2 or der[0] != kind:  # noqa: PLR2004 - a kind and a length
        raise ValueError("another value was expected")
    start, length = 2, der[1]
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(der[2:start], "big")
    if len(der) < start + length:
        raise ValueError("it is cut short")
    return der[start : start + length], der[start + length :]
