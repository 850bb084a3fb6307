"""What a mail server's refusal means, in words that hold nothing of anybody."""

import re
import smtplib

from actions.errors import (
    DeliveryError,
    PermanentDeliveryError,
    TemporaryDeliveryError,
)

_PERMANENT = range(500, 600)

# A server may repeat an address, a name or words of the letter in its answer. Only
# these words of it, its codes and nothing else are kept.
_STATUS = re.compile(r"\b[45]\.\d{1,3}\.\d{1,3}\b")
_WORD = re.compile(r"[a-z]+")
_WORDS_OF_SERVERS = frozenset(
    _WORD.findall(
        "access account action address after again allowed attachment"
        " authentication bad banned blacklisted blocked bounce busy cannot closed"
        " command configuration connect connection connections content deferred"
        " delayed delivery denied device disabled disk dmarc dkim dns does domain"
        " down error exceeded exceeds exist exists expired failed failure file"
        " found frequently full greylisted greylisting header host inactive"
        " insufficient internal invalid is later limit limited line local lost mail"
        " mailbox mailboxes maintenance many maximum message messages name network"
        " no not number of on over overloaded permanent permanently permitted"
        " please policy prohibited protocol queue quota rate reached recipient"
        " recipients refused rejected relay relaying reputation requested required"
        " resources retry route routing sender senders sending server service size"
        " slow spam spf storage suspended syntax system temporarily temporary time"
        " timed timeout tls to too transaction try unable unavailable undeliverable"
        " unknown unreachable unroutable unverified user users valid verification"
        " verify virus with"
    )
)


def meaning_of(error: OSError | ValueError) -> DeliveryError:
    """Tell what helps from what does not (only RCPT and DATA speak of the mail)."""
    if isinstance(error, ValueError):
        return PermanentDeliveryError(reason(error))
    code, answer = 0, b""
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, answer = next(iter(error.recipients.values()))
        case smtplib.SMTPDataError():
            code, answer = error.smtp_code, _bytes(error.smtp_error)
        case _:
            return TemporaryDeliveryError(reason(error))
    kind = PermanentDeliveryError if code in _PERMANENT else TemporaryDeliveryError
    return kind(_answer(code, answer))


def reason(error: OSError | ValueError) -> str:
    """Say what happened in words that hold nothing of anybody."""
    match error:
        case smtplib.SMTPResponseException():
            return _answer(error.smtp_code, _bytes(error.smtp_error))
        case smtplib.SMTPServerDisconnected() | ConnectionError() | TimeoutError():
            return "The mail server hung up or did not answer in time."
        case UnicodeError():
            return "It holds a character that mail cannot carry."
        case ValueError():
            return "A name, address or subject cannot stand in a mail."
    return f"{type(error).__name__} while handing it over."


def _bytes(answer: bytes | str) -> bytes:
    return answer.encode(errors="replace") if isinstance(answer, str) else answer


def _answer(code: int, answer: bytes) -> str:
    text = answer.decode("ascii", "replace").lower()
    status = _STATUS.findall(text)[:1]
    # Addresses and whatever stands in brackets or quotation marks go first.
    text = re.sub(r"<[^>]*>|\"[^\"]*\"|'[^']*'|\([^)]*\)|\S*[@/.]\S*\w", " ", text)
    words = [word for word in _WORD.findall(text) if word in _WORDS_OF_SERVERS]
    return " ".join([str(code), *status, *words])[:200]
