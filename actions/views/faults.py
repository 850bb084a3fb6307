"""What people see when something is wrong with what was asked, or with us."""

from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what cannot be read."""
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer whoever may not do this."""
    return render(request, "403.html", status=HTTPStatus.FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without our cookie, and give back the letter that was in it."""
    typed = request.POST.get("body") or request.POST.get("reason") or ""
    return render(request, "csrf.html", {"typed": typed}, status=HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address where nothing is: a program as the API does elsewhere."""
    if request.path.startswith("/api/"):
        fault = {"code": "not_found", "detail": "There is nothing at this address."}
        return JsonResponse(fault, status=HTTPStatus.NOT_FOUND)
    return render(request, "404.html", status=HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer when the fault is ours: the page needs nothing that may be broken."""
    page = get_template("500.html", using="jinja2").render({})
    return HttpResponse(page, status=HTTPStatus.INTERNAL_SERVER_ERROR)
