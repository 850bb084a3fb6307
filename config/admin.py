"""The site that staff sign in to."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from actions import limiting
from actions.errors import TooManyError
from representatives.clients import address_of


class PostbagAdminSite(AdminSite):
    """Django's own, with a limit on how often a password can be tried."""

    site_header = site_title = "Postbag"
    index_title = "What staff look after"

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Say on every page, as everywhere, whether letters are really sent."""
        context = super().each_context(request)
        return {**context, "is_demo": not settings.DELIVERY_IS_LIVE}

    @method_decorator(never_cache)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the form or try a password; 429 once an address has tried enough.

        Counted are all tries, in the database, so that the limit holds however many
        processes there are. Whoever is signed in already notices nothing of it.
        """
        if request.method == "POST":
            try:
                limiting.take(
                    "sign-ins from an address",
                    address_of(request),
                    limit=settings.SIGN_INS_PER_ADDRESS_PER_HOUR,
                    window=limiting.HOUR,
                    now=timezone.now(),
                )
            except TooManyError as error:
                answer = render(request, "admin/too_many_sign_ins.html", status=429)
                answer["Retry-After"] = str(error.retry_after)
                return answer
        return super().login(request, extra_context)
