"""The page that an MP's office opens by the link in a letter's last line."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from actions import limiting, tokens
from actions.errors import ForgedTokenError, TooManyError
from actions.models import Letter, OfficeReport
from actions.office_forms import OfficeForm
from actions.screening import deciding
from representatives.clients import address_of


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def office(request: HttpRequest, token: str) -> HttpResponse:
    """Ask what is wrong; take it down once the office presses the button."""
    letter = _letter_of(token)
    if letter is None:
        return render(request, "office/unknown.html", status=HTTPStatus.NOT_FOUND)
    if request.method != "POST":
        return _asked(request, letter, OfficeForm())
    now = timezone.now()
    try:
        limiting.take(
            "deeds",
            address_of(request),
            limit=settings.DEEDS_PER_ADDRESS_PER_HOUR,
            window=limiting.HOUR,
            now=now,
        )
    except TooManyError as error:
        response = render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
        response["Retry-After"] = str(error.retry_after)
        return response
    form = OfficeForm(request.POST)
    if not form.is_valid():
        return _asked(request, letter, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    deciding.tell(letter, form.told, form.cleaned_data["note"], now)
    return redirect("office_told", token=token, kind=form.told)


@require_safe
@never_cache
def told(request: HttpRequest, token: str, kind: str) -> HttpResponse:
    """Thank the office, and say what becomes of what it told."""
    letter = _letter_of(token)
    if letter is None or not letter.office_reports.filter(kind=kind).exists():
        return render(request, "office/unknown.html", status=HTTPStatus.NOT_FOUND)
    return render(
        request,
        "office/told.html",
        {"letter": letter, "token": token, "kind": OfficeReport.Kind(kind)},
    )


def _letter_of(token: str) -> Letter | None:
    try:
        found = Letter.objects.filter(pk=tokens.letter_told_of(token))
    except ForgedTokenError:
        return None
    return found.select_related("representative").first()


def _asked(
    request: HttpRequest,
    letter: Letter,
    form: OfficeForm,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    return render(
        request,
        "office/office.html",
        {"letter": letter, "form": form, "token": tokens.for_office(letter.pk)},
        status=status,
    )
