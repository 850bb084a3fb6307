"""The page for whoever has lost the link to a letter's own page."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from actions import lost_links
from actions.errors import TooManyError
from actions.link_forms import LostLinkForm
from representatives.clients import address_of

TOO_MANY = gettext_lazy(
    "Very many links were asked for from your connection in a short time. Wait until "
    "the next full hour at most, then press the button once more."
)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def lost(request: HttpRequest) -> HttpResponse:
    """Ask for the address; mail it the links that it has, and tell nobody which."""
    if request.method != "POST":
        return _page(request, LostLinkForm())
    form = LostLinkForm(request.POST)
    if not form.is_valid():
        return _page(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        lost_links.ask(
            form.cleaned_data["email"], address=address_of(request), now=timezone.now()
        )
    except TooManyError as error:
        form.add_error(None, TOO_MANY)
        page = _page(request, form, HTTPStatus.TOO_MANY_REQUESTS)
        page["Retry-After"] = str(error.retry_after)
        return page
    return redirect("links_asked")


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """Say where to look next: the same words for everybody."""
    values = {
        "mails_a_day": settings.LETTERS_PER_MAILBOX_PER_DAY,
        "erase_after_days": settings.ERASE_AFTER_DAYS,
    }
    return render(request, "letters/links_asked.html", values)


def _page(
    request: HttpRequest, form: LostLinkForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    values = {"form": form, "erase_after_days": settings.ERASE_AFTER_DAYS}
    return render(request, "letters/lost.html", values, status=status)
