"""The addresses of the public API, to be included under ``/api/v1/``."""

from django.urls import path

from representatives.api import RepresentativesView

urlpatterns = [
    path("representatives/", RepresentativesView.as_view(), name="representatives"),
]
