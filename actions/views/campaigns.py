"""A campaign's own page, its colours, and the way to it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from actions import closure, reports
from actions.forms import FindForm
from actions.models import Campaign


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the campaign that is open, or list all if it is not just one."""
    campaigns = list(Campaign.objects.open().newest_first().with_words())
    if len(campaigns) == 1:
        return redirect("campaign", slug=campaigns[0].slug)
    finished = list(Campaign.objects.finished().newest_first().with_words())
    return render(request, "home.html", {"campaigns": campaigns, "finished": finished})


@require_safe
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the story, the demands, the honest count and the postcode box."""
    shown = get_object_or_404(Campaign.objects.public(), slug=slug)
    return render(
        request,
        "campaign.html",
        {
            "campaign": shown,
            "demands": list(shown.demands.in_order()),
            "sources": list(shown.sources.with_words()),
            "headline_counts": reports.headline(shown),
            "find_form": FindForm(),
            "closure": closure.of_writing() if shown.is_open else None,
        },
    )


@require_safe
@cache_control(max_age=300, public=True)
def colours(request: HttpRequest, slug: str) -> HttpResponse:
    """Serve a campaign's colours as a stylesheet: the policy forbids inline ones."""
    shown = get_object_or_404(Campaign.objects.public(), slug=slug)
    return render(request, "colours.css", {"campaign": shown}, content_type="text/css")
