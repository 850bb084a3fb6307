"""What the API says of campaigns: its shapes, as they are sent and documented."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from actions.models import Campaign
from actions.reports import By, Counts, HeadlineCounts, Line


@extend_schema_field(
    {
        "oneOf": [
            {"type": "integer"},
            {"type": "string", "pattern": r"^\d+([-+]\d*)?$"},
        ],
        "description": (
            "A number by day, and of what Postbag sent. By constituency, and by party, "
            "country or region, and of what people sent themselves, only roughly: "
            '"0", "1-4", "10+".'
        ),
        "example": "1-4",
    }
)
class LettersField(serializers.Field[Any, Any, int | str, Any]):
    """A number of letters, exact or rough."""


class TotalSerializer(serializers.Serializer[HeadlineCounts]):
    """The whole campaign, exactly, and at this moment but for what is reported."""

    letters_out = serializers.IntegerField(
        help_text=(
            "Letters that a mail server has taken, without those that are known to "
            "have come back."
        )
    )
    seats_reached = serializers.IntegerField(
        help_text="Constituencies in force whose MP was written to."
    )
    seats_total = serializers.IntegerField()
    signatures = serializers.IntegerField(
        help_text=(
            "Letters with too few words of their writers' own to count as letters; in "
            "none of the other numbers."
        )
    )
    answered = serializers.IntegerField(
        help_text=(
            "Letters that were answered, as their writers told us; not everybody tells."
        )
    )
    acknowledged = serializers.IntegerField(
        help_text=(
            "Letters that the office acknowledged and did not answer, as their writers "
            "told us."
        )
    )
    no_answer = serializers.IntegerField(
        help_text="Letters without any answer, as their writers told us."
    )
    none_needed = serializers.IntegerField(
        help_text="Letters that need no answer, as their writers told us."
    )
    bounced = serializers.IntegerField(
        help_text=(
            "Letters that a mail server took and that came back undelivered, as far as "
            "that is heard of here; in none of the other numbers."
        )
    )
    reported = serializers.CharField(
        help_text=(
            "Letters that people sent from their own mail or on paper, as they told "
            "us, roughly and up to the last midnight; in none of the other numbers."
        )
    )


class LineSerializer(serializers.Serializer[Line]):
    """One line of a count."""

    key = serializers.CharField(
        help_text="A GSS code, an ISO date, or the name in plain letters."
    )
    name = serializers.CharField()
    letters = LettersField()
    reported = LettersField(
        required=False,
        help_text=(
            "By constituency, party, country or region: letters that people sent "
            "themselves, as they told us."
        ),
    )
    seats = serializers.IntegerField(
        required=False, help_text="By party, country or region: how many seats it has."
    )
    seats_reached = serializers.IntegerField(
        required=False, help_text="… and in how many of them the MP was written to."
    )


class CountsSerializer(serializers.Serializer[Counts]):
    """A campaign's total, and its letters counted by one thing."""

    campaign = serializers.SlugField()
    by = serializers.ChoiceField(choices=list(By), allow_null=True)
    as_of = serializers.DateField(
        help_text="The last day that is counted in the lines. The total is live."
    )
    total = TotalSerializer()
    counts = LineSerializer(many=True)


class CampaignSummarySerializer(serializers.Serializer[Any]):
    """A campaign in a list."""

    slug = serializers.SlugField()
    title = serializers.CharField()
    headline = serializers.CharField()
    state = serializers.ChoiceField(choices=["open", "closed"])
    url = serializers.URLField(help_text="Its page.")
    letters_out = serializers.IntegerField()
    seats_reached = serializers.IntegerField()


class CampaignListSerializer(serializers.Serializer[Any]):
    """Every public campaign, the newest first."""

    campaigns = CampaignSummarySerializer(many=True)


class DemandSerializer(serializers.Serializer[Any]):
    """One thing that a campaign asks for."""

    title = serializers.CharField()
    explanation = serializers.CharField()


class SourceSerializer(serializers.Serializer[Any]):
    """Where a factual sentence comes from."""

    statement = serializers.CharField()
    publisher = serializers.CharField()
    title = serializers.CharField()
    url = serializers.URLField(source="address")
    published_on = serializers.DateField()
    check_again_on = serializers.DateField()


class CampaignSerializer(CampaignSummarySerializer):
    """A campaign with what it asks for and what it rests on."""

    lede = serializers.CharField()
    demands = DemandSerializer(many=True)
    sources = SourceSerializer(many=True)


def summary(campaign: Campaign, total: HeadlineCounts) -> dict[str, Any]:
    """Put a campaign as in a list."""
    address = reverse("campaign", kwargs={"slug": campaign.slug})
    return {
        "slug": campaign.slug,
        "title": campaign.title,
        "headline": campaign.headline,
        "state": campaign.state,
        "url": f"{settings.SITE_URL.rstrip('/')}{address}",
        "letters_out": total.letters_out,
        "seats_reached": total.seats_reached,
    }


def full(campaign: Campaign, total: HeadlineCounts) -> dict[str, Any]:
    """Put a campaign with its demands and sources."""
    return {
        **summary(campaign, total),
        "lede": campaign.lede,
        "demands": DemandSerializer(campaign.demands.in_order(), many=True).data,
        "sources": SourceSerializer(campaign.sources.all(), many=True).data,
    }


def counts(told: Counts) -> dict[str, Any]:
    """Put counts; by hand, because a serializer takes 5 ms over 650 lines."""
    return {
        "campaign": told.campaign,
        "by": told.by,
        "as_of": told.as_of.isoformat(),
        "total": TotalSerializer(told.total).data,
        "counts": [_line(line) for line in told.lines],
    }


def _line(line: Line) -> dict[str, Any]:
    letters = line.letters if isinstance(line.letters, int) else str(line.letters)
    put: dict[str, Any] = {"key": line.key, "name": line.name, "letters": letters}
    if line.reported is not None:
        put["reported"] = str(line.reported)
    if line.group:
        put["seats"] = line.group.seats
        put["seats_reached"] = line.group.seats_reached
    return put
