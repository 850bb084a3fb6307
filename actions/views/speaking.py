"""Choosing the language of the pages."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from actions import languages


# Nothing is done here in anybody's name: a token would only put a cookie on every page.
@csrf_exempt
@require_POST
@never_cache
def language(request: HttpRequest) -> HttpResponse:
    """Remember the reader's choice and go back to the page that it was made on."""
    chosen = languages.chosen_in(request.POST)
    if chosen is None:
        return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)
    to = request.POST.get("to", "")
    is_ours = to.startswith("/") and url_has_allowed_host_and_scheme(
        to, allowed_hosts=None
    )
    response = redirect(to if is_ours else "/")
    languages.keep(response, chosen)
    return response
