"""The names of parties, which the register has in English."""

from typing import Final

from django.utils.translation import gettext, gettext_noop

from representatives import names

# Those of members by now; the name of another is shown as it stands in the register.
KNOWN: Final = frozenset(
    (
        gettext_noop("Alliance"),
        gettext_noop("Conservative"),
        gettext_noop("Democratic Unionist Party"),
        gettext_noop("Green Party"),
        gettext_noop("Independent"),
        gettext_noop("Labour"),
        gettext_noop("Labour (Co-op)"),
        gettext_noop("Liberal Democrat"),
        gettext_noop("Plaid Cymru"),
        gettext_noop("Reform UK"),
        gettext_noop("Restore Britain"),
        gettext_noop("Scottish National Party"),
        gettext_noop("Sinn Féin"),
        gettext_noop("Social Democratic & Labour Party"),
        gettext_noop("Speaker"),
        gettext_noop("Traditional Unionist Voice"),
        gettext_noop("Ulster Unionist Party"),
        gettext_noop("Your Party"),
    )
)

# As other registers write those that they name otherwise than by accents and signs.
_ELSEWHERE: Final = {
    "Conservative Party": "Conservative",
    "Democratic Unionist": "Democratic Unionist Party",
    "DUP": "Democratic Unionist Party",
    "Green": "Green Party",
    "Labour Party": "Labour",
    "Labour/Co-operative": "Labour (Co-op)",
    "Labour and Co-operative Party": "Labour (Co-op)",
    "Liberal Democrats": "Liberal Democrat",
    "Reform": "Reform UK",
    "SDLP": "Social Democratic & Labour Party",
    "SNP": "Scottish National Party",
    "TUV": "Traditional Unionist Voice",
    "Ulster Unionist": "Ulster Unionist Party",
    "UUP": "Ulster Unionist Party",
}
_BY_SPELLING: Final = {
    names.plain(spelling): party
    for spelling, party in (*((party, party) for party in KNOWN), *_ELSEWHERE.items())
}


def ours(spelling: str) -> str:
    """Give a party the name that Parliament's register has for it, if we know it."""
    return _BY_SPELLING.get(names.plain(spelling), spelling)


def named(party: str) -> str:
    """Give a party's name in the reader's language."""
    return gettext(party) if party in KNOWN else party
