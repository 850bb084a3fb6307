"""The addresses of the pages. Campaigns come last: their slugs may be anything else."""

from django.urls import path

from actions.views import campaigns, letters, pages, progress, writing

urlpatterns = [
    path("", campaigns.home, name="home"),
    path("privacy/", pages.privacy, name="privacy"),
    path("about-the-data/", pages.about_the_data, name="about_the_data"),
    path("outbox/", pages.outbox, name="outbox"),
    path("letters/<str:token>/", letters.letter, name="letter"),
    path("letters/<str:token>/confirm/", letters.confirm, name="confirm"),
    path("letters/<str:token>/not-me/", letters.disown, name="disown"),
    path("letters/<str:token>/cancel/", letters.cancel, name="cancel"),
    path("letters/<str:token>/erase/", letters.erase, name="erase"),
    path("<slug:slug>/", campaigns.campaign, name="campaign"),
    path("<slug:slug>/colours.css", campaigns.colours, name="colours"),
    path("<slug:slug>/progress/", progress.progress, name="progress"),
    path("<slug:slug>/write/", writing.write, name="write"),
    path("<slug:slug>/write/preview/", writing.preview, name="preview"),
    path("<slug:slug>/write/letter/", writing.letter_text, name="letter_text"),
    path("<slug:slug>/write/send/", writing.send, name="send"),
    path("<slug:slug>/sent/", writing.sent, name="sent"),
]
