"""The names of parties, which the register has in English."""

from typing import Final

from django.utils.translation import gettext, gettext_noop

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


def named(party: str) -> str:
    """Give a party's name in the reader's language."""
    return gettext(party) if party in KNOWN else party
