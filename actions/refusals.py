"""What a mail server's refusal means, in words that hold nothing of anybody."""

import re
import smtplib
from dataclasses import dataclass
from typing import Final

from anymail.exceptions import (
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
)
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from actions.errors import (
    DeliveryError,
    LostAnswerError,
    NoWayOutError,
    PermanentDeliveryError,
    RefusedUsError,
    TemporaryDeliveryError,
)

_PERMANENT = range(500, 600)
# What a provider answers over HTTP if it will never take this one mail.
_PERMANENT_OVER_HTTP = frozenset({400, 413, 422})
# If it took a mail, and says so in words that nobody can read.
_TAKEN_OVER_HTTP = range(200, 300)
# And if none can go, whichever it was: for whoever runs this place, in its log.
_SHUT_OVER_HTTP: Final = {
    **dict.fromkeys(
        (401, 403, 404),
        "The mail provider does not let us in, or does not know our domain: see the "
        "key, the address and the domain in its settings.",
    ),
    429: "The mail provider takes no more at the moment.",
}
_OUT_OF_REACH: Final = "The mail provider could not be reached."
# What the packages raise that Anymail talks to providers by: requests with urllib3, and
# boto3. By name, as Postbag itself does without them.
_BEFORE_IT_WAS_SENT: Final = frozenset(
    {
        "ConnectTimeout",
        "ConnectTimeoutError",
        "EndpointConnectionError",
        "InvalidSchema",
        "InvalidURL",
        "MaxRetryError",
        "MissingSchema",
    }
)
_AFTER_IT_WAS_SENT: Final = frozenset(
    {
        "ChunkedEncodingError",
        "ConnectionClosedError",
        "ProtocolError",
        "ReadTimeout",
        "ReadTimeoutError",
    }
)

# What is answered to a sender is against all mail from here, but for what is said of a
# mail's size, which is told together with it: too large, or no room for it.
_OF_THE_SIZE: Final = re.compile(
    r"(?:452|523|552)\b|\d+ (?:[45]\.3\.[14]|5\.2\.3)\b"
    r"|.*\b(?:exceeds?|exceeded|size)\b"
)
# What is said to an address, or to a text, and means us: that the server does not relay
# for us, wants us to log in, or lets nobody write as this sender. Unless it repeats
# what another one told it of the address.
_AGAINST_US: Final = re.compile(
    r"53[05]\b|\d+ (?:[45]\.1\.[78]|5\.7\.60|5\.2\.252)\b"
    r"|.*\b(?:authentication required|host rejected|sender verify failed)\b"
    r"|.*\bsender\b.*\brejected\b"
    r"|(?!.*\b(?:[45]\.1\.[016]|undeliverable|unverified|verif\w+)\b)"
    r".*\brelay(?:ing)? (?:access )?(?:denied|not|prohibited|recipient)\b"
    r"|.*\bunable to relay\b"
)

PROVIDER_REFUSED = gettext_noop("The mail provider refused it.")
_PROVIDER_BUSY = gettext_noop("The mail provider could not take it at that moment.")
PROVIDER_SENDS_NOTHING = gettext_noop(
    "The mail provider sends nothing to this address, most often because mail to it "
    "came back before."
)

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

# Of an answer, no more is looked at: it takes time that grows with its square.
_LONGEST_ANSWER: Final = 2_000
_REPLY_CODE = re.compile(r"(?<![\d.])[45]\d\d(?![\d.])")
_ANSWER = re.compile(r"[2-5]\d\d\b")
_UNTOLD = re.compile(r"\w+ while handing it over\.")
# What a kept answer tells, in the order of looking: the first that fits.
_EXPLANATIONS: Final = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (
            r"[45]\.2\.2\b|\bquota\b|\bfull\b|\bstorage\b",
            gettext_lazy("The mailbox it goes to is full."),
        ),
        (
            r"\bgreylist",
            gettext_lazy(
                "The mail server asks senders whom it does not know yet to come again "
                "later. That is usual."
            ),
        ),
        (
            r"[45]\.3\.4\b|\bsize\b",
            gettext_lazy("The mail server found the mail too large."),
        ),
        (
            r"^4.*\b(?:busy|connections?|frequently|limit|many|overloaded|rate|slow)\b",
            gettext_lazy("The mail server had too much to do at that moment."),
        ),
        (
            (
                r"[45]\.7\.\d|\b(?:banned|blacklisted|blocked|content|denied|dkim|dmarc|"
                r"policy|prohibited|reputation|spam|spf|virus)\b"
            ),
            gettext_lazy(
                "The mail server has a rule against such mail, most often one that "
                "keeps unwanted mail away."
            ),
        ),
        (
            (
                r"^5.*(?:\b5\.1\.[1236]|"
                r"\b(?:disabled|exists?|inactive|suspended|unknown)\b)"
            ),
            gettext_lazy("The mail server knows no such mailbox."),
        ),
        (
            r"[45]\.4\.\d|\b(?:dns|domain|route|routing|unreachable|unroutable)\b",
            gettext_lazy(
                "No way was found to the mail server that this address belongs to."
            ),
        ),
        (
            r"^4",
            gettext_lazy(
                "The mail server could not take it at that moment, and did not say "
                "clearly why."
            ),
        ),
        (
            r"",
            gettext_lazy("The mail server refused it, and did not say clearly why."),
        ),
    )
)


@dataclass(frozen=True)
class Explanation:
    """Why a mail did not go, in words for its writer."""

    words: str
    # What is kept of the mail server's own answer; "" where it gave none.
    answer: str = ""


def explained(reason: str) -> Explanation:
    """Say in plain words what a reason means that was kept when a mail did not go.

    Kept are English sentences of ours or a mail server's answer, neither of them empty.
    """
    if _UNTOLD.fullmatch(reason):
        return Explanation(gettext("The mail server could not be reached."))
    if not _ANSWER.match(reason):
        return Explanation(gettext(reason))
    words = next(words for pattern, words in _EXPLANATIONS if pattern.search(reason))
    return Explanation(str(words), reason)


def meaning_of(error: OSError | ValueError | AnymailError) -> DeliveryError:
    """Tell what helps from what does not, and what is wrong with this mail alone."""
    if isinstance(error, AnymailError) and not isinstance(error, AnymailInvalidAddress):
        return _meaning_of_provider(error)
    if isinstance(error, ValueError):
        return PermanentDeliveryError(reason(error))
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, answer = next(iter(error.recipients.values()))
        case smtplib.SMTPSenderRefused() | smtplib.SMTPDataError():
            code, answer = error.smtp_code, _bytes(error.smtp_error)
        case _:
            return TemporaryDeliveryError(reason(error))
    kept = _answer(code, answer)
    if _is_against_us(error, kept):
        return RefusedUsError(kept)
    kind = PermanentDeliveryError if code in _PERMANENT else TemporaryDeliveryError
    return kind(kept)


def _is_against_us(error: OSError, answer: str) -> bool:
    if isinstance(error, smtplib.SMTPSenderRefused):
        return not _OF_THE_SIZE.match(answer)
    return _AGAINST_US.match(answer) is not None


def is_without_answer(error: Exception) -> bool:
    """Whether a provider said nothing at all, so that others need not be tried."""
    if not isinstance(error, AnymailError):
        return False
    return isinstance(error, OSError) and getattr(error, "status_code", None) is None


def _meaning_of_provider(error: AnymailError) -> DeliveryError:
    """Tell the same of what a provider answers over HTTP, and keep none of its words.

    They may repeat the mail, and are meant for whoever runs this place.
    """
    if isinstance(error, AnymailRecipientsRefused):
        return PermanentDeliveryError(PROVIDER_SENDS_NOTHING)
    if error.status_code in _PERMANENT_OVER_HTTP:
        return PermanentDeliveryError(PROVIDER_REFUSED)
    names = _names_of(error.__cause__)
    if names & _AFTER_IT_WAS_SENT or _status_of(error) in _TAKEN_OVER_HTTP:
        return LostAnswerError()
    shut = _OUT_OF_REACH if names & _BEFORE_IT_WAS_SENT else ""
    if shut := shut or _SHUT_OVER_HTTP.get(_status_of(error), ""):
        return NoWayOutError(shut)
    return TemporaryDeliveryError(_PROVIDER_BUSY)


def _status_of(error: AnymailError) -> int:
    """Give the status of the answer, 0 without one; boto3 has it in a dictionary."""
    if isinstance(error.response, dict):
        told = error.response.get("ResponseMetadata", {})
        return int(told.get("HTTPStatusCode", 0))
    return int(error.status_code or 0)


def _names_of(cause: BaseException | None) -> frozenset[str]:
    """Name what an error is, and what it wraps: requests says more by the latter."""
    wrapped = cause.args[:1] if cause else ()
    kinds = (kind for one in (cause, *wrapped) for kind in type(one).__mro__)
    return frozenset(kind.__name__ for kind in kinds)


def reason(error: OSError | ValueError) -> str:
    """Say what happened in words that hold nothing of anybody."""
    match error:
        case smtplib.SMTPResponseException():
            return _answer(error.smtp_code, _bytes(error.smtp_error))
        case smtplib.SMTPServerDisconnected() | ConnectionError() | TimeoutError():
            return gettext_noop("The mail server hung up or did not answer in time.")
        case UnicodeError():
            return gettext_noop("It holds a character that mail cannot carry.")
        case ValueError():
            return gettext_noop("A name, address or subject cannot stand in a mail.")
    return f"{type(error).__name__} while handing it over."


def told_in_a_bounce(status: str, diagnostic: str) -> str:
    """Say what a bounce says, in words that hold nothing of anybody.

    What comes back is kept like a mail server's own answer; see ``explained``.

    Args:
        status: the enhanced status code (RFC 3463), "" if there is none.
        diagnostic: the mail server's answer as the bounce repeats it.

    """
    found = _REPLY_CODE.search(diagnostic)
    code = int(found[0]) if found else 450 if status.startswith("4.") else 550
    return _answer(code, f"{status} {diagnostic}".encode(errors="replace"))


def holds_an_answer(words: str) -> bool:
    """Whether words hold a mail server's answer, by its code."""
    return bool(_REPLY_CODE.search(words) or _STATUS.search(words))


def _bytes(answer: bytes | str) -> bytes:
    return answer.encode(errors="replace") if isinstance(answer, str) else answer


def _answer(code: int, answer: bytes) -> str:
    text = answer[:_LONGEST_ANSWER].decode("ascii", "replace").lower()
    status = _STATUS.findall(text)[:1]
    # Addresses and whatever stands in brackets or quotation marks go first.
    text = re.sub(r"<[^>]*>|\"[^\"]*\"|'[^']*'|\([^)]*\)|\S*[@/.]\S*\w", " ", text)
    words = [word for word in _WORD.findall(text) if word in _WORDS_OF_SERVERS]
    return " ".join([str(code), *status, *words])[:200]
