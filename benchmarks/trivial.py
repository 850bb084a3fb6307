"""The yardstick for whatever goes over HTTP: a Django view that does nothing.

It answers every address, without middleware, so that it can be asked the same as
Postbag. ``benchmarks.trivial:application`` is what the web server runs.
"""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import re_path

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    MIDDLEWARE=[],
    ROOT_URLCONF=__name__,
    SECRET_KEY="signs nothing",  # noqa: S106
)


def ok(_request: HttpRequest) -> HttpResponse:
    """Answer."""
    return HttpResponse("ok")


urlpatterns = [re_path("", ok)]
application = get_wsgi_application()
