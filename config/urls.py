"""Every address: Postbag's own first, campaigns last."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from actions.api.urls import urlpatterns as campaign_api
from representatives.urls import portraits
from representatives.urls import urlpatterns as representatives_api

api = [
    *representatives_api,
    *campaign_api,
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
]

urlpatterns = [
    path("api/v1/", include((api, "api"))),
    path("admin/", admin.site.urls),
    *portraits,
    path("", include("actions.urls")),
]

handler400 = "actions.views.faults.bad_request"
handler403 = "actions.views.faults.denied"
handler404 = "actions.views.faults.not_found"
handler500 = "actions.views.faults.server_error"
