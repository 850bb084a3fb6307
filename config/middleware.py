"""What every request passes before a view sees it."""

from collections.abc import Callable
from typing import Any

from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from actions.views import webhooks

View = Callable[[HttpRequest], HttpResponseBase]


def refuse_large_requests(get_response: View) -> View:
    """Answer 413 by the declared length, before any of the body is read."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        declared = request.META.get("CONTENT_LENGTH") or "0"
        limit = settings.LARGEST_REQUEST_BYTES
        if request.path_info.startswith("/webhooks/incoming/"):
            limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        elif request.path_info.startswith("/webhooks/events/"):
            limit = settings.LARGEST_EVENTS_BYTES
        if declared.isdigit() and int(declared) > limit:
            if request.path_info.startswith("/webhooks/"):
                webhooks.note_too_large(request)
            return render(request, "413.html", status=413)
        return get_response(request)

    return middleware


def content_security_policy(get_response: View) -> View:
    """Send the policy of the settings, which is the same for every answer.

    django-csp's own middleware puts it together anew each time, which took a tenth of
    a look-up's time (docs/benchmarks.md).
    """
    policy = build_policy()

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy)
        return response

    return middleware


class _InAdmin(MiddlewareMixin):
    """Only the admin has sessions, accounts and messages: visitors never do.

    It also takes a twentieth off a look-up's time (docs/benchmarks.md).
    """

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith("/admin/"):
            return super().__call__(request)
        return self.get_response(request)


class Sessions(_InAdmin, SessionMiddleware):
    """Django's, in the admin."""


class Accounts(_InAdmin, AuthenticationMiddleware):
    """Django's, in the admin."""


class Messages(_InAdmin, MessageMiddleware):
    """Django's, in the admin."""
