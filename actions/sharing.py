"""Ways to tell others of a campaign: plain links, in the campaign's own words.

Nothing in them says who shares or what they wrote.
"""

from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from actions.models import Campaign

# After which a headline needs no colon before its address.
_ENDS = (".", "!", "?", "…", ":")


@dataclass(frozen=True)
class Way:
    """One link that shares."""

    name: str
    address: str


@dataclass(frozen=True)
class Share:
    """What is shared, to be copied, and the links that share it."""

    text: str
    ways: tuple[Way, ...]


def share(campaign: Campaign) -> Share:
    """Offer a campaign to be told of, in the reader's language."""
    said = campaign.said
    address = settings.SITE_URL + reverse("campaign", kwargs={"slug": campaign.slug})
    end = "" if said.headline.endswith(_ENDS) else ":"
    words, text = _quoted(said.headline), f"{said.headline}{end} {address}"
    subject = _quoted(said.title)
    body = _quoted(f"{said.headline}\n\n{said.lede}\n\n{address}\n")
    link = _quoted(address)
    return Share(
        text=text,
        ways=(
            Way("WhatsApp", f"https://wa.me/?text={_quoted(text)}"),
            Way(gettext("E-mail"), f"mailto:?subject={subject}&body={body}"),
            Way("X", f"https://x.com/intent/post?text={words}&url={link}"),
            Way("Bluesky", f"https://bsky.app/intent/compose?text={_quoted(text)}"),
            Way("Facebook", f"https://www.facebook.com/sharer/sharer.php?u={link}"),
        ),
    )


def _quoted(text: str) -> str:
    """Write a text as part of an address; mail's lines end in CRLF (RFC 6068)."""
    return quote(text.replace("\r\n", "\n").replace("\n", "\r\n"), safe="")
