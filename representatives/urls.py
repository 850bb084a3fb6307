"""The addresses of the public API, below ``/api/v1/``, and of the portraits."""

from django.urls import path

from representatives.api import RepresentativesView
from representatives.pictures import portrait

portraits = [
    path(
        "media/portraits/<int:parliament_id>-<slug:digest>.jpg",
        portrait,
        name="portrait",
    ),
]
urlpatterns = [
    path("representatives/", RepresentativesView.as_view(), name="representatives"),
]
