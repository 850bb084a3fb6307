"""How mail that a machine wrote is worded, in English and Welsh.

Wording is the last thing that is looked at, and never enough to lose a person's answer:
each phrase has a weight, and what lies between the two limits goes to a person.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

# From this weight on wording alone tells a machine's mail, and from this a doubt.
SURE: Final = 4
DOUBTFUL: Final = 3
# Where something else tells of a machine, too, less is enough; still less where it came
# from a mail server or back to an address that people do not see.
SURE_WITH_A_SIGN: Final = 3
SURE_AT_THE_ENVELOPE: Final = 2
_LOOKED_AT: Final = 8_000


@dataclass(frozen=True)
class Sign:
    """What some phrases are a sign of, and how strong it is."""

    name: str
    weight: int
    pattern: re.Pattern[str]


def _any_of(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{phrase})" for phrase in phrases))


# --- Bounces ----------------------------------------------------------------------

FAILED_FOR_GOOD: Final = _any_of(
    r"permanent (?:fatal )?(?:error|failure)",
    r"i've given up|giving up on it",
    r"could ?n[o']t be (?:delivered|found)",
    r"(?:was ?n[o']t|was not|has not been|were not) (?:successfully )?delivered",
    r"delivery (?:has )?failed|failed delivery|failed to deliver|delivery failure",
    r"(?:unable|not able) to deliver",
    r"undeliver(?:able|ed)|returned (?:mail|to sender)|address not found",
    r"user (?:is )?unknown|no such (?:user|mailbox)|mailbox (?:unavailable|not found)",
    r"message (?:was |has been )?(?:rejected|blocked|refused)",
    r"nid oes modd (?:dosbarthu|danfon|cyflwyno)|ni (?:ellid|ellir|fu modd)"
    r" (?:ei )?(?:dd|d)(?:osbarthu|anfon)|method[dy]?d? â danfon|methwyd â'?i?"
    r" (?:dosbarthu|ddosbarthu|danfon|ddanfon)|methodd y dosbarthu",
)
STILL_TRYING: Final = _any_of(
    r"will (?:be retried|keep trying|continue to (?:try|be attempted))",
    r"still (?:being )?(?:trying|retried)|(?:delivery|message) (?:is|has been|was)"
    r"(?: temporarily)? (?:delayed|deferred)",
    r"has not yet been delivered|could not be delivered (?:yet|for|since)",
    r"this is a warning message only|you do not need to (?:resend|do anything)",
    r"no action is required on your part",
    r"delayed \d+ hours",
    r"oedi (?:wrth|cyn) (?:dosbarthu|danfon)",
    r"byddwn yn (?:dal i geisio|rhoi cynnig arall)",
)
GIVEN_UP: Final = _any_of(
    r"permanent (?:fatal )?(?:error|failure)",
    r"i've given up|giving up|will not be retried|retry timeout exceeded",
    r"\b5\.\d{1,3}\.\d{1,3}\b",
)

# --- Challenges -------------------------------------------------------------------

CHALLENGE: Final = _any_of(
    r"(?:click|follow|visit|reply|confirm|verify|complete|press).{0,120}"
    r"\b(?:so that|to have|to deliver|to release|before|and|in order (?:for|to))\b"
    r".{0,80}(?:message|e-?mail|mail).{0,60}"
    r"(?:delivered|released|reach|be allowed|inbox)",
    r"(?:message|e-?mail|mail) (?:is being|has been|will be) held.{0,80}"
    r"(?:until|unless) you",
    r"(?:prove|confirm|verify) (?:that )?you(?:'re| are) (?:a )?(?:human|person|not a)",
    r"(?:cadarnhewch|cliciwch).{0,120}(?:er mwyn|fel y|cyn).{0,60}"
    r"(?:neges|e-bost).{0,60}(?:ddanfon|ddosbarthu|gyrraedd|chyrraedd)",
)

# --- Answers that nobody wrote ----------------------------------------------------

SUBJECTS: Final = _any_of(
    r"^(?:re: ?)?(?:automatic|automated|auto)[- ]?(?:reply|response|acknowledge?ment)",
    r"^(?:re: ?)?out of (?:the )?office\b",
    r"^(?:re: ?)?ateb awtomatig|^(?:re: ?)?ymateb awtomatig",
    r"^(?:re: ?)?allan o'r swyddfa",
)
WORDINGS: Final = (
    Sign(
        "says that it is automatic",
        4,
        _any_of(
            r"\b(?:automated|automatic|auto-?generated|automatically generated)"
            r" (?:reply|response|message|e-?mail|acknowledge?ment)",
            r"automatically (?:generated|sent) (?:reply|response|message|e-?mail)",
            r"\bauto-?(?:reply|response)\b",
            r"(?:ateb|ymateb|neges|e-bost|cydnabyddiaeth) awtomatig",
        ),
    ),
    Sign(
        "says that nobody is there",
        2,
        _any_of(
            r"\bout of (?:the )?office\b|\bon (?:annual|parental|sick) leave\b",
            r"away from (?:the office|my desk|work)",
            r"(?:allan o'r|i ffwrdd o'r) swyddfa|ar (?:fy )?ngwyliau",
            r"ar wyliau blynyddol",
        ),
    ),
    Sign(
        "says whom to ask meanwhile",
        2,
        _any_of(
            r"in my absence|while i(?:'m| am) away|(?:on|until) my return",
            r"(?:if|for) (?:your|the|it|this|an?y?)?[^.]{0,40}urgent[^.]{0,80}"
            r"(?:please (?:contact|call|ring|phone|telephone)|contact|call)",
            r"yn fy absenoldeb|tra byddaf i ffwrdd"
            r"|os (?:yw|ydy)[^.]{0,60}(?:ar frys|brys)[^.]{0,80}"
            r"(?:cysylltwch|ffoniwch)",
        ),
    ),
    Sign(
        "says when the office answers",
        2,
        _any_of(
            r"(?:aim|endeavour|try|seek) to (?:respond|reply|answer|get back)",
            r"within (?:\d+|five|ten|fifteen|twenty|several)[^.]{0,20}(?:working )?"
            r"(?:days|weeks)",
            r"(?:you will receive|expect) an? (?:full |fuller |further |substantive )?"
            r"(?:response|reply|answer)",
            r"(?:will|shall) (?:be )?(?:respond|reply|get back to you|be in touch)"
            r"[^.]{0,30} as soon as (?:possible|we can|i can)",
            r"(?:byddwn|byddaf|byddwn ni) yn (?:ymateb|ateb|cysylltu)[^.]{0,60}"
            r"(?:cyn gynted|o fewn)|anelu at (?:ymateb|ateb)|o fewn (?:\d+|pum|deg)"
            r"[^.]{0,20}(?:diwrnod|niwrnod|wythnos)",
        ),
    ),
    Sign(
        "says how much mail there is",
        2,
        _any_of(
            r"(?:high|large|huge|significant|sheer|great) (?:volume|number|amount) of"
            r"[^.]{0,30}(?:e-?mails?|correspondence|enquiries|messages|mail|letters)",
            r"(?:hundreds|thousands) of (?:e-?mails|letters|messages)",
            r"(?:nifer|llwyth) (?:fawr |mawr |uchel )?o (?:negeseuon|ohebiaeth|e-byst)",
        ),
    ),
    Sign(
        "says not to answer it",
        2,
        _any_of(
            r"(?:do not|don't) (?:reply|respond) to this (?:e-?mail|message|address)",
            r"this (?:mailbox|inbox|e-?mail address) is not monitored|unmonitored",
            r"peidiwch ag (?:ateb|ymateb i)'?r? ?(?:neges|e-bost) ?(?:hwn|hon)?",
        ),
    ),
    Sign(
        "asks for the address, as to anybody",
        1,
        _any_of(
            r"(?:if|unless) you (?:have not|haven't|did not|have)[^.]{0,60}"
            r"(?:full )?(?:postal |home )?address",
            r"(?:include|provide|ensure)[^.]{0,60}(?:postal|home|full) address"
            r"|strict parliamentary (?:protocol|convention)",
            r"(?:cynnwys|cynnwyswch|rhowch|nodwch)[^.]{0,60}(?:cyfeiriad|cod post)",
        ),
    ),
    Sign(
        "has a number for the case",
        1,
        _any_of(
            r"(?:case|ticket|reference|ref)\.? ?(?:number|no\.?|id)?"
            r"(?: is|:)? ?:?#?[a-z]{0,6}[-/]?\d{3,}",
            r"(?:rhif (?:yr )?achos|cyfeirnod)[^.]{0,20}\d{3,}",
        ),
    ),
    Sign(
        "thanks for the mail",
        1,
        _any_of(
            r"thank(?:s| you)(?: very much)? for (?:your (?:e-?mail|message|letter|"
            r"correspondence)|contacting|getting in touch|e-?mailing|writing)",
            r"diolch(?: yn fawr)? (?:i chi )?am (?:gysylltu|ysgrifennu|e-bostio)",
            r"diolch(?: yn fawr)? (?:i chi )?am eich (?:e-bost|neges|llythyr)",
        ),
    ),
)


def plainly(text: str) -> str:
    """Write a text as the patterns here expect it."""
    shorter = text[:_LOOKED_AT].lower()
    return " ".join(shorter.replace("’", "'").replace("‘", "'").split())


def signs_in(text: str, among: Iterable[Sign] = WORDINGS) -> list[Sign]:
    """Find of what there are signs in a text."""
    words = plainly(text)
    return [sign for sign in among if sign.pattern.search(words)]
