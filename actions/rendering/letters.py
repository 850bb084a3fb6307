"""A campaign's template and a supporter's words, put together."""

from dataclasses import dataclass
from functools import lru_cache

from jinja2 import Template

from actions.rendering.language import REASON, check, environment


class _Texts:
    """Without the character that stands for the supporter's words.

    One in a field would have these words moved to where the field is.
    """

    def __post_init__(self) -> None:
        for name, text in vars(self).items():
            if REASON in text:
                object.__setattr__(self, name, text.replace(REASON, ""))


@dataclass(frozen=True)
class CampaignFields(_Texts):
    """``campaign`` in a template."""

    title: str


@dataclass(frozen=True)
class ConstituencyFields(_Texts):
    """``constituency`` in a template."""

    name: str
    country: str
    region: str


@dataclass(frozen=True)
class RepresentativeFields(_Texts):
    """``representative`` in a template."""

    display_name: str
    full_title: str
    address_as: str
    party: str
    # By ``representatives.models.OfficeKind``; "" where none is known.
    office: str = ""


@dataclass(frozen=True)
class DemandFields(_Texts):
    """``demand`` in a template's loop over ``demands``."""

    title: str
    paragraph: str


@dataclass(frozen=True)
class LetterFields:
    """Everything that a template can name, but for the supporter's ``reason``."""

    campaign: CampaignFields
    constituency: ConstituencyFields
    representative: RepresentativeFields
    demands: tuple[DemandFields, ...]


@dataclass(frozen=True)
class Rendered:
    """A letter with the supporter's words in it, and the same text without them."""

    body: str
    base: str


def render(source: str, fields: LetterFields, reason: str) -> Rendered:
    """Run a checked template.

    The supporter's words go in afterwards, as text: a ``{{`` of theirs stays one. They
    stand in the letter once: where the template first has them, or at the top if it
    has no place for them in this letter.

    Raises:
        TemplateRefusedError: the template is not one that ``check`` lets through.

    """
    text = _compiled(source).render(
        campaign=fields.campaign,
        constituency=fields.constituency,
        representative=fields.representative,
        demands=fields.demands,
        reason=REASON if reason else "",
    )
    if not reason:
        body = tidy(text)
        return Rendered(body=body, base=body)
    before, found, after = text.partition(REASON)
    if not found:
        before, after = "", f"\n\n{text}"
    after = after.replace(REASON, "")
    return Rendered(body=tidy(before + reason + after), base=tidy(before + after))


def tidy(text: str) -> str:
    """One kind of line end, no space at line ends, at most one empty line together."""
    # Line by line: a regular expression that looks for space at a line's end takes
    # seconds where there is much space and no end.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines: list[str] = []
    for line in text.split("\n"):
        kept = line.rstrip()
        if kept or (lines and lines[-1]):
            lines.append(kept)
    return "\n".join(lines).strip()


@lru_cache(maxsize=256)
def _compiled(source: str) -> Template:
    check(source)
    return environment.from_string(source)
