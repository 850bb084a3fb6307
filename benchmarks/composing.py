"""Composing a letter beside bare Jinja2 that renders the same text."""

import time
from collections.abc import Callable, Iterator
from typing import Final

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from actions import composing, first_campaign, rendering
from actions.models import Demand, LetterTemplateVersion
from benchmarks.figures import Figure, Target, median
from representatives import lookup
from representatives.postcodes import Postcode

LEAST_SHARE: Final = 0.5
ROUNDS: Final = 20
TIMES_A_ROUND: Final = 200
REASON: Final = (
    "My neighbour has not heard from her brother since 2017. She taught my children "
    "to bake, and I promised her that I would write."
)


def figures() -> Iterator[Figure]:
    """Compose from the first campaign's template, with all that the page does."""
    version, demands, seat = what_to_compose()
    template = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).from_string(version.body)
    values = _values(version, demands, seat)

    def bare() -> None:
        template.render(values)

    def composed() -> None:
        composing.compose(version, seat, demands, REASON)

    taken: dict[Callable[[], None], list[float]] = {bare: [], composed: []}
    for deed in taken:
        _seconds(deed)
    for _ in range(ROUNDS):
        for deed, seconds in taken.items():
            seconds.append(_seconds(deed))
    yield Figure(
        name="letters composed a second",
        value=TIMES_A_ROUND / median(taken[composed]),
        unit="/s",
        yardstick=TIMES_A_ROUND / median(taken[bare]),
        yardstick_name="bare sandboxed Jinja2",
        target=Target.SHARE_OF_YARDSTICK,
        limit=LEAST_SHARE,
    )


def what_to_compose() -> tuple[LetterTemplateVersion, list[Demand], lookup.Candidate]:
    """Fetch the first campaign's template, its ticked demands and a seat with an MP."""
    version = LetterTemplateVersion.objects.select_related("template__campaign").get(
        template__campaign__slug=first_campaign.SLUG, template__language="en"
    )
    demands = [
        demand
        for demand in version.template.campaign.demands.in_order()
        if demand.is_ticked_at_first
    ]
    found = lookup.find(Postcode.parse("SW1A 1AA"))
    return version, demands, found.candidates[0]


def _values(
    version: LetterTemplateVersion, demands: list[Demand], seat: lookup.Candidate
) -> dict[str, object]:
    member = seat.representative
    if member is None:
        raise ValueError(seat.code)
    return {
        "campaign": rendering.CampaignFields(title=version.template.campaign.title),
        "constituency": rendering.ConstituencyFields(
            name=seat.name, country=seat.country, region=seat.region
        ),
        "representative": rendering.RepresentativeFields(
            display_name=member.display_name,
            full_title=member.full_title,
            address_as=member.address_as,
            party=member.party,
        ),
        "demands": tuple(
            rendering.DemandFields(title=demand.title, paragraph=demand.paragraph)
            for demand in demands
        ),
        "reason": REASON,
    }


def _seconds(deed: Callable[[], None]) -> float:
    began = time.perf_counter()
    for _ in range(TIMES_A_ROUND):
        deed()
    return time.perf_counter() - began
