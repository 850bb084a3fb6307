"""The public API: campaigns and their counts, by the same functions as the pages."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from actions import reports
from actions.api import serializers
from actions.models import Campaign
from actions.reports import By
from representatives.problems import ProblemSerializer


@extend_schema(
    operation_id="campaigns",
    summary="Every public campaign",
    responses=serializers.CampaignListSerializer,
)
@api_view(["GET"])
def campaigns(_request: Request) -> Response:
    """List the campaigns that anybody may read about, each with its live total."""
    shown = list(Campaign.objects.public().newest_first())
    totals = reports.headlines(shown)
    return Response(
        {"campaigns": [serializers.summary(each, totals[each.pk]) for each in shown]}
    )


@extend_schema(
    operation_id="campaign",
    summary="One campaign",
    responses={
        200: serializers.CampaignSerializer,
        404: ProblemSerializer,
    },
)
@api_view(["GET"])
def campaign(_request: Request, slug: str) -> Response:
    """Tell what a campaign asks for, what it rests on, and its live total."""
    shown = _public(slug)
    return Response(serializers.full(shown, reports.headline(shown)))


@extend_schema(
    operation_id="campaign_counts",
    summary="A campaign's letters, counted",
    parameters=[
        OpenApiParameter(
            "by",
            str,
            enum=list(By),
            description="What to count by; without it the total alone.",
        )
    ],
    responses={
        200: serializers.CountsSerializer,
        400: ProblemSerializer,
        404: ProblemSerializer,
    },
)
@api_view(["GET"])
def counts(request: Request, slug: str) -> Response:
    """Count a campaign's letters.

    The total, the days and the ways are exact and live. Constituencies are told in
    the buckets 0, 1-4, 5-9 and 10+, as at the last midnight in London; parties,
    countries and regions are made of those buckets, so that nothing more can be worked
    out about a constituency. A constituency counts for the party of its present MP.
    """
    shown = _public(slug)
    by = _by(request.query_params.get("by"))
    return Response(serializers.counts(reports.counts(shown, by, timezone.localdate())))


def _public(slug: str) -> Campaign:
    """Find a campaign that anybody may read about.

    Raises:
        NotFound: there is none, or it is a draft: the answer is the same.

    """
    found = Campaign.objects.public().filter(slug=slug).first()
    if found is None:
        raise NotFound("There is no such campaign.", code="unknown_campaign")
    return found


def _by(asked: str | None) -> By | None:
    """Read what to count by.

    Raises:
        ParseError: nothing that letters are counted by.

    """
    if asked is None:
        return None
    try:
        return By(asked)
    except ValueError:
        *most, last = By
        detail = f"Letters are counted by {', '.join(most)} or {last}."
        raise ParseError(detail, code="invalid_by") from None
