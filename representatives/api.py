"""The public API: who speaks for a postcode or a seat. Never an e-mail address."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from representatives import live, lookup, problems
from representatives.errors import InvalidPostcodeError, PostcodeError
from representatives.kept_answers import Service
from representatives.lookup import DIRECTORY, Candidate, Match, Reason
from representatives.postcodes import Postcode
from representatives.throttling import ReadsThrottle

_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_NOTHING_FOUND = {
    Reason.NORTHERN_IRELAND: (
        "No open register tells the seats of postcodes in Northern Ireland. Ask for the"
        " constituency instead."
    ),
    Reason.UNKNOWN_POSTCODE: (
        "This postcode is not in the directory: it may be mistyped or very new."
    ),
}


class RepresentativeSerializer(serializers.Serializer[Any]):
    """Who holds a seat."""

    parliament_id = serializers.IntegerField(help_text="Parliament's own number.")
    name = serializers.CharField()
    full_title = serializers.CharField(help_text="As on an envelope.")
    address_as = serializers.CharField(help_text="What follows “Dear”.")
    party = serializers.CharField()


class ConstituencySerializer(serializers.Serializer[Any]):
    """A seat of the House of Commons."""

    code = serializers.CharField(help_text="GSS code.")
    name = serializers.CharField()
    country = serializers.CharField()
    region = serializers.CharField()
    representative = RepresentativeSerializer(
        allow_null=True, help_text="null while the seat is vacant."
    )


class AsOfSerializer(serializers.Serializer[Any]):
    """The month or day that each register describes."""

    postcodes = serializers.CharField()
    members = serializers.CharField()


class RepresentativesSerializer(serializers.Serializer[Any]):
    """The seats that may be the right one, the likeliest first."""

    postcode = serializers.CharField(
        allow_null=True, help_text="As it is written; null if a seat was asked for."
    )
    match = serializers.ChoiceField(
        choices=[Match.EXACT.value, Match.LIKELY.value, Match.SPLIT.value],
        help_text=(
            "exact: the directory has the postcode, or the service in `source` does."
            " likely: it ended not long ago, or the directory does not have it, but all"
            " it knows nearby lies in one seat. split: nearby lie several seats."
        ),
    )
    # A field of this name; the framework moves it out of the way of its own.
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=[DIRECTORY, *Service.values],
        allow_null=True,
        help_text=(
            "directory: the one that comes with Postbag. Otherwise the service that was"
            " asked as the directory lacks the postcode: Parliament's constituency"
            " search or postcodes.io. null if a seat was asked for."
        ),
    )
    constituencies = ConstituencySerializer(many=True)
    as_of = AsOfSerializer()


def _problems(description: str, **details: str) -> OpenApiResponse:
    """The description of one error status, with an example for each code."""
    return OpenApiResponse(
        problems.ProblemSerializer,
        description=description,
        examples=[
            OpenApiExample(code, {"code": code, "detail": detail})
            for code, detail in details.items()
        ],
    )


_EXAMPLE = OpenApiExample(
    "exact",
    {
        "postcode": "SW1A 1AA",
        "match": "exact",
        "source": "directory",
        "constituencies": [
            {
                "code": "E14001172",
                "name": "Cities of London and Westminster",
                "country": "England",
                "region": "London",
                "representative": {
                    "parliament_id": 5257,
                    "name": "Rachel Blake",
                    "full_title": "Rachel Blake MP",
                    "address_as": "Rachel Blake",
                    "party": "Labour (Co-op)",
                },
            }
        ],
        "as_of": {"postcodes": "2023-08", "members": "2026-06-27"},
    },
)


class RepresentativesView(APIView):
    """Who speaks for a postcode or a seat."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (ReadsThrottle,)

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Answer a look-up at once; whatever else comes takes the framework's way.

        Its request, negotiation and rendering were a third of a look-up's time
        (docs/benchmarks.md). It still describes the API and words what it refuses.
        """
        response: HttpResponseBase
        if request.method == "GET" and ReadsThrottle().allow_request(request, self):
            response = _answer(request.GET)
        else:
            response = super().dispatch(request, *args, **kwargs)
        # A postcode is personal: neither a proxy nor a shared computer's browser keeps
        # the answer.
        response.headers["Cache-Control"] = "private, no-store"
        return response

    @extend_schema(
        operation_id="representatives",
        summary="Who speaks for a postcode or a seat",
        parameters=[
            OpenApiParameter("postcode", str, description="In any spelling: sw1a1aa."),
            OpenApiParameter(
                "constituency", str, description="A GSS code, in force or former."
            ),
        ],
        responses={
            200: OpenApiResponse(
                RepresentativesSerializer, description="Found.", examples=[_EXAMPLE]
            ),
            400: _problems(
                "Not a postcode, or not exactly one of the two parameters.",
                invalid_postcode="That is not a UK postcode.",
                one_parameter="Give either a postcode or a constituency.",
            ),
            404: _problems(
                "Nothing found.",
                no_mp="That postcode is in Jersey, which has no MP in Westminster.",
                not_a_place="That postcode belongs to no place.",
                unknown_constituency="There is no such constituency.",
                **_NOTHING_FOUND,
            ),
            429: _problems(
                "Too many requests; Retry-After says in how many seconds to try again.",
                throttled="Request was throttled.",
            ),
        },
    )
    def get(self, request: Request) -> HttpResponse:
        """Give exactly one of the two parameters."""
        return _answer(request.query_params)


def _answer(parameters: Mapping[str, str]) -> HttpResponse:
    postcode = parameters.get("postcode")
    code = parameters.get("constituency")
    if postcode is not None and code is None:
        return _by_postcode(postcode)
    if code is not None and postcode is None:
        return _by_constituency(code)
    return _problem(
        "one_parameter",
        "Give either a postcode or a constituency.",
        HTTPStatus.BAD_REQUEST,
    )


def _by_postcode(text: str) -> HttpResponse:
    try:
        found = live.find(Postcode.parse(text))
    except InvalidPostcodeError as error:
        return _problem(error.code, str(error), HTTPStatus.BAD_REQUEST)
    except PostcodeError as error:
        return _problem(error.code, str(error), HTTPStatus.NOT_FOUND)
    if found.reason:
        return _problem(
            found.reason, _NOTHING_FOUND[found.reason], HTTPStatus.NOT_FOUND
        )
    return _json(
        {
            "postcode": str(found.postcode),
            "match": found.match,
            "source": found.source,
            **_seats(found.candidates, found.as_of),
        }
    )


def _by_constituency(code: str) -> HttpResponse:
    seat = lookup.seat(code.strip().upper())
    if seat is None:
        return _problem(
            "unknown_constituency",
            "There is no such constituency. A code looks like E14001172.",
            HTTPStatus.NOT_FOUND,
        )
    return _json(
        {
            "postcode": None,
            "match": Match.EXACT,
            "source": None,
            **_seats((seat,), lookup.as_of()),
        }
    )


def _seats(candidates: tuple[Candidate, ...], as_of: lookup.AsOf) -> dict[str, Any]:
    return {
        "constituencies": [_constituency(seat) for seat in candidates],
        "as_of": {"postcodes": as_of.postcodes, "members": as_of.members},
    }


def _problem(code: str, detail: str, status: HTTPStatus) -> HttpResponse:
    return _json({"code": code, "detail": detail}, status)


def _json(content: dict[str, Any], status: int = HTTPStatus.OK) -> HttpResponse:
    """Answer as Django REST framework would."""
    written = _written(content).encode()
    return HttpResponse(written, content_type="application/json", status=status)


def _constituency(seat: Candidate) -> dict[str, Any]:
    member = seat.representative
    return {
        "code": seat.code,
        "name": seat.name,
        "country": seat.country,
        "region": seat.region,
        "representative": member
        and {
            "parliament_id": member.parliament_id,
            "name": member.display_name,
            "full_title": member.full_title,
            "address_as": member.address_as,
            "party": member.party,
        },
    }
