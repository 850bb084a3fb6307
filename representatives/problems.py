"""How the API says that something is wrong: always ``{"code": …, "detail": …}``."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.response import Response
from rest_framework.views import exception_handler


class ProblemSerializer(serializers.Serializer[dict[str, str]]):
    """What went wrong."""

    code = serializers.CharField(help_text="For programs; stays as it is.")
    detail = serializers.CharField(help_text="A sentence for people; may change.")


def answer(exception: Exception, context: dict[str, Any]) -> Response | None:
    """Answer in the same shape what Django REST framework refuses by itself."""
    response = exception_handler(exception, context)
    if response is None:
        return None
    faults = response.data
    detail = faults.get("detail") if isinstance(faults, dict) else None
    if isinstance(detail, ErrorDetail):
        response.data = {"code": detail.code, "detail": str(detail)}
    else:
        response.data = {"code": "invalid", "detail": _sentence(faults)}
    return response


def _sentence(faults: Any) -> str:
    """Run the messages of several fields together."""
    if isinstance(faults, dict):
        return " ".join(f"{name}: {_sentence(each)}" for name, each in faults.items())
    if isinstance(faults, list):
        return " ".join(_sentence(each) for each in faults)
    return str(faults)
