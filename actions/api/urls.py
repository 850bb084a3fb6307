"""The addresses of the campaigns' API; config/urls.py puts them under /api/v1/."""

from django.urls import path

from actions.api import views

urlpatterns = [
    path("campaigns/", views.campaigns, name="campaigns"),
    path("campaigns/<slug:slug>/", views.campaign, name="campaign"),
    path("campaigns/<slug:slug>/counts/", views.counts, name="counts"),
]
