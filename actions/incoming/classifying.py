"""What kind of mail came in, judged by structure first and by wording last.

Whatever is not clear is a doubt, which goes to a person: an answer that is taken for a
machine's is lost to the supporter, a bounce that is taken for an answer misleads them.
"""

import re
from collections.abc import Callable
from typing import Final

from actions.incoming import phrases, quoting, reports, returned
from actions.incoming.values import IncomingMail
from actions.incoming.verdicts import Classification, Expected, Kind, doubt

# Mail servers themselves stop at some fifty.
MOST_HOPS: Final = 40
# Stands in what is passed on from here.
LOOP_HEADER: Final = "X-Postbag-Passed-On"
_NO_REPLY: Final = re.compile(r"(?:no|do-?not|donot|never)[-_.]?reply\b.*@.*")


def classify(mail: IncomingMail, expected: Expected) -> Classification:
    """Say what a mail is."""
    for judge in _JUDGES:
        if found := judge(mail, expected):
            return found
    return Classification(Kind.REPLY, "Nothing in it says that a machine wrote it.")


# --- Loops ------------------------------------------------------------------------


def _loop(mail: IncomingMail, expected: Expected) -> Classification | None:
    sender = mail.sender.address.lower()
    is_of_our_domain = sender.rpartition("@")[2] == expected.domain.lower()
    signs = {
        "our Message-ID": reports.is_our_id(mail.message_id, expected.domain),
        LOOP_HEADER: LOOP_HEADER.lower() in mail.fields,
        f"more than {MOST_HOPS} mail servers": mail.hops > MOST_HOPS,
        "our own From": sender in expected.own_addresses
        or (is_of_our_domain and not returned.DAEMONS.fullmatch(sender)),
    }
    found = tuple(name for name, is_there in signs.items() if is_there)
    if not found:
        return None
    return Classification(Kind.LOOP, "It came from here, or goes round.", found)


# --- Challenges and automatic answers (RFC 3834) ----------------------------------


def _strong_signs(mail: IncomingMail) -> list[str]:
    """Name the headers that only automatic mail has."""
    submitted = mail.fields.word("auto-submitted").split(" ")[0]
    signs = {
        "Auto-Submitted": submitted not in {"", "no"},
        "X-Autoreply": _is_yes(mail, "x-autoreply"),
        "X-Autorespond": "x-autorespond" in mail.fields,
        "X-Auto-Reply-From": "x-auto-reply-from" in mail.fields,
        "X-Mail-Autoreply": "x-mail-autoreply" in mail.fields,
        "Precedence": bool(returned.AUTOMATIC.search(mail.fields.word("precedence"))),
        "Subject": bool(phrases.SUBJECTS.search(phrases.plainly(mail.subject))),
    }
    return [name for name, is_there in signs.items() if is_there]


def _weak_signs(mail: IncomingMail) -> list[str]:
    """Name what automatic mail has, and some mail that a person wrote."""
    fields = mail.fields
    signs = {
        "Precedence": fields.word("precedence") in {"bulk", "junk", "list"},
        "X-Auto-Response-Suppress": _suppresses(mail),
        "List-Id": "list-id" in fields or "list-unsubscribe" in fields,
        "no-reply": bool(_NO_REPLY.fullmatch(mail.sender.address.lower())),
    }
    return [name for name, is_there in signs.items() if is_there]


def _signs_of_the_envelope(mail: IncomingMail) -> list[str]:
    """Name what a person's mail program never does."""
    signs = {
        "sent by a mail server": returned.is_from_a_server(mail),
        "came to the envelope's address": mail.is_for_bounces,
    }
    return [name for name, is_there in signs.items() if is_there]


def _suppresses(mail: IncomingMail) -> bool:
    return mail.fields.word("x-auto-response-suppress") not in {"", "none"}


def _is_yes(mail: IncomingMail, name: str) -> bool:
    return mail.fields.word(name) not in {"", "no", "false"}


def _challenge(mail: IncomingMail, _: Expected) -> Classification | None:
    words = phrases.plainly(f"{mail.subject}. {quoting.own_words(mail.text)}")
    if not phrases.CHALLENGE.search(words):
        return None
    signs = (
        *_strong_signs(mail),
        *_weak_signs(mail),
        *_signs_of_the_envelope(mail),
    )
    if not signs:
        return doubt("It may ask to prove that a person wrote.", "wording")
    reason = "It asks to prove that a person wrote; nothing here answers that."
    return Classification(Kind.CHALLENGE, reason, (*signs, "wording"))


def _automatic(mail: IncomingMail, _: Expected) -> Classification | None:
    if strong := _strong_signs(mail):
        reason = "It says of itself that a machine sent it."
        return Classification(Kind.AUTO_REPLY, reason, tuple(strong))
    outside, weak = _signs_of_the_envelope(mail), _weak_signs(mail)
    worded, weight = _weighed(mail)
    enough = phrases.SURE_WITH_A_SIGN if weak else phrases.SURE
    enough = phrases.SURE_AT_THE_ENVELOPE if outside else enough
    evidence = (*outside, *weak, *worded)
    if weight >= enough:
        reason = "It is worded as acknowledgements and notes of absence are."
        return Classification(Kind.AUTO_REPLY, reason, evidence)
    if outside or weak or weight >= phrases.DOUBTFUL:
        return doubt("It may be automatic, or a person's answer.", *evidence)
    return None


def _weighed(mail: IncomingMail) -> tuple[tuple[str, ...], int]:
    """Weigh what the writer's own words are signs of."""
    found = phrases.signs_in(quoting.own_words(mail.text))
    weight = sum(sign.weight for sign in found)
    if quoting.quotes(mail.text):
        # Machines hardly ever quote; people's programs do.
        weight -= 2
    return tuple(sign.name for sign in found), weight


# --- What is left -----------------------------------------------------------------


def _unclear(mail: IncomingMail, _: Expected) -> Classification | None:
    """Find what keeps it from being passed on without a person's look."""
    spam = mail.fields.word("x-spam-flag") or mail.fields.word("x-spam-status")
    signs = {
        "It names no letter, or several.": not mail.tag,
        "It does not say who sent it.": not mail.sender.address,
        "A filter takes it for spam.": spam.startswith("yes"),
        "It is locked.": mail.is_locked and not mail.text,
        "It is empty.": not (quoting.own_words(mail.text) or mail.attachments),
    }
    for reason, is_so in signs.items():
        if is_so:
            return doubt(reason)
    return None


_JUDGES: Final[
    tuple[Callable[[IncomingMail, Expected], Classification | None], ...]
] = (_loop, returned.by_structure, returned.by_words, _challenge, _automatic, _unclear)
