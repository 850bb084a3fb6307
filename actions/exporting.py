"""Everything that is held because of one letter, for its writer to take away."""

import datetime
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext

from actions import history, privacy, reasons
from actions.models import Delivery, Letter
from actions.privacy import periods

_ABOUT: Final = gettext_lazy(
    "Everything that Postbag holds of you because of one letter. Other letters of "
    "yours, and e-mail updates that you asked for, have links of their own."
)
_ERASED: Final = gettext_lazy(
    "Your name, your addresses and your text are erased. What is left names nobody; "
    "only the code, if there is one, was made with the help of your e-mail address."
)
# What of the personal has parts of its own below.
_TEXTS: Final = ("subject", "body", "base_text")


@dataclass(frozen=True)
class Part:
    """One part of it: what it is in words, and what is held."""

    part: str
    what_it_is: str
    # Text, numbers, times, lists of them: whatever JSON can say. None: nothing.
    held: Any


def everything_of(letter: Letter, *, now: datetime.datetime) -> dict[str, Any]:
    """Gather all that is held because of a letter, as values for JSON.

    Our own secrets are not among it: neither the key that the code was made with nor
    the marks by which workers hold a mail.
    """
    parts = [
        _you(letter),
        _letter(letter),
        _made_from(letter),
        _addressed_to(letter),
        _consent(letter),
        _times(letter),
        _happenings(letter, now),
        _mails(letter),
        _code(letter),
        _how_long(letter),
        _elsewhere(),
    ]
    return {
        "about": f"{_ABOUT} {_ERASED}" if letter.is_forgotten else str(_ABOUT),
        "made_at": now,
        "controller": {
            "name": privacy.controller(),
            "contact": settings.CONTROLLER_CONTACT or None,
        },
        "parts": [asdict(part) for part in parts],
    }


def _you(letter: Letter) -> Part:
    return Part(
        "you",
        gettext("Who you are, as you typed it, and who wrote for you if somebody did."),
        None
        if letter.is_forgotten
        else {
            name: getattr(letter, name)
            for name in Letter.PERSONAL_FIELDS
            if name not in _TEXTS
        },
    )


def _letter(letter: Letter) -> Part:
    text = {"subject": letter.subject, "text": letter.body}
    return Part(
        "letter",
        gettext(
            "Your letter, where it is, and how much of it was in your own words. Below "
            "a certain number of own words it is counted as a signature."
        ),
        {
            **({} if letter.is_forgotten else text),
            "campaign": letter.campaign.said.title,
            "language": letter.get_language_display(),
            "dated": letter.dated,
            "state": reasons.state_of(letter),
            "words": letter.word_count,
            "own_words_percent": letter.own_words,
            "is_counted_as_a_signature": letter.is_signature,
            "was_only_for_trying_out": letter.is_demo,
        },
    )


def _made_from(letter: Letter) -> Part:
    version = letter.template_version
    return Part(
        "made_from",
        gettext(
            "What the letter was made from: the campaign’s words without yours, by "
            "which your own words were told apart, and which version of its text that "
            "was."
        ),
        {
            "text": None if letter.is_forgotten else letter.base_text,
            "version": version.number,
            "version_made_at": version.created_at,
        },
    )


def _addressed_to(letter: Letter) -> Part:
    return Part(
        "addressed_to",
        gettext("The MP that the letter is to, and the constituency, which is yours."),
        {
            "name": letter.recipient_name,
            "salutation": letter.recipient_salutation,
            "email": letter.recipient_email,
            "constituency": letter.seat_name,
        },
    )


def _consent(letter: Letter) -> Part:
    return Part(
        "consent",
        gettext("What you agreed to, word for word, and when."),
        {"wording": letter.consent_wording, "at": letter.consented_at},
    )


def _times(letter: Letter) -> Part:
    return Part(
        "times",
        gettext("When the letter took each step; null if it did not."),
        {
            "written": letter.created_at,
            "to_be_confirmed_by": letter.confirm_by,
            "reminded_to_confirm": letter.reminded_at,
            "confirmed": letter.confirmed_at,
            "sent": letter.accepted_at,
            "reply_came_through_our_address": letter.reply_seen_at,
            "asked_about_an_answer": letter.asked_at,
            "asked_once_more": letter.asked_again_at,
            "answered_as_you_told_us": letter.answered_at,
            "ended": letter.ended_at,
            "erased": letter.forgotten_at,
        },
    )


def _happenings(letter: Letter, now: datetime.datetime) -> Part:
    return Part(
        "what_happened",
        gettext("What the letter’s page tells under “What happened”."),
        [
            {
                "at": one.at,
                "what": one.words,
                "why": one.cause or None,
                "mail_servers_answer": one.answer or None,
            }
            for one in history.of(letter, now)
        ],
    )


def _mails(letter: Letter) -> Part:
    return Part(
        "mails",
        gettext(
            "The mails that we sent or owe because of the letter: to the MP and to "
            "you. We keep that they went, not what was in them."
        ),
        [
            {
                "what": _which(delivery, letter),
                "state": delivery.get_state_display(),
                "due": delivery.due_at,
                "tries": delivery.attempts,
                "done": delivery.done_at,
                "mail_servers_last_answer": _last_answer(delivery),
            }
            for delivery in letter.deliveries.order_by("due_at", "pk")
        ],
    )


def _which(delivery: Delivery, letter: Letter) -> str:
    is_of_failure = delivery.kind == Delivery.Kind.FAILURE_NOTICE
    if is_of_failure and reasons.may_have_gone(letter):
        return pgettext("a mail", "tells that we no longer try to send the letter")
    return delivery.get_kind_display()


def _last_answer(delivery: Delivery) -> str | None:
    """Give a server's own words, or a sentence of ours where it said nothing."""
    return gettext(delivery.last_error) if delivery.last_error else None


def _code(letter: Letter) -> Part:
    return Part(
        "code",
        gettext(
            "A code made of the campaign, your MP, your e-mail address and a secret of "
            "ours, by which a second letter of yours would be recognised. Nobody can "
            "read your address from it. Null: it is deleted."
        ),
        letter.sender_key or None,
    )


def _how_long(letter: Letter) -> Part:
    return Part(
        "how_long_we_keep_it",
        gettext(
            "The rule that applies to this letter now. “Delete my data” on its page "
            "erases your name, your addresses, your text and the code at once."
        ),
        {"rule": _rule(letter), "erased_at": privacy.erased_by_itself_at(letter)},
    )


def _rule(letter: Letter) -> str:
    if letter.is_forgotten:
        return gettext(
            "Nothing that names you is left. The rest is kept {period}."
        ).format(period=periods.with_the_campaign())
    if letter.can_be_confirmed:
        return gettext(
            "Unless you confirm it in time, the letter is then erased at once."
        )
    after = settings.ERASE_AFTER_DAYS
    return ngettext(
        "It is erased {n} day after the letter was sent or ended.",
        "It is erased {n} days after the letter was sent or ended.",
        after,
    ).format(n=after)


def _elsewhere() -> Part:
    return Part(
        "not_in_this_file",
        gettext(
            "What cannot be found by your letter: counts by campaign, constituency and "
            "day, which hold nothing of you; and keyed codes of your network address "
            "and mailbox, which stop floods and are deleted within two days."
        ),
        None,
    )
