"""A campaign's own page, its colours, and the way to it."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from actions import closure, reports
from actions.forms import FindForm
from actions.models import Campaign
from actions.subscription_forms import ReopeningForm


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the campaign that is open, or list all if it is not just one."""
    campaigns = list(Campaign.objects.open().newest_first().with_words())
    if len(campaigns) == 1:
        return redirect("campaign", slug=campaigns[0].slug)
    finished = list(Campaign.objects.finished().newest_first().with_words())
    values = {
        "campaigns": campaigns,
        "finished": finished,
        "closure": closure.of_writing() if campaigns else None,
    }
    return render(request, "home.html", values)


@require_safe
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the story, the demands, the honest count and the postcode box."""
    found = get_object_or_404(Campaign.objects.public(), slug=slug)
    return shown(request, found, ReopeningForm(found))


def shown(
    request: HttpRequest,
    campaign: Campaign,
    reopening_form: ReopeningForm,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Draw the page, with what was typed into the form of one that nobody writes to."""
    return render(
        request,
        "campaign.html",
        {
            "campaign": campaign,
            "demands": list(campaign.demands.in_order()),
            "sources": list(campaign.sources.with_words()),
            "headline_counts": reports.headline(campaign),
            "find_form": FindForm(),
            "closure": closure.of_campaign(campaign),
            "reopening_form": reopening_form,
        },
        status=status,
    )


@require_safe
@cache_control(max_age=300, public=True)
def colours(request: HttpRequest, slug: str) -> HttpResponse:
    """Serve a campaign's colours as a stylesheet: the policy forbids inline ones."""
    shown = get_object_or_404(Campaign.objects.public(), slug=slug)
    return render(request, "colours.css", {"campaign": shown}, content_type="text/css")
