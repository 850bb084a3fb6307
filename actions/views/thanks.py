"""The page after sending: others to tell, and what else one may do."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from actions import closure, pictures, reports, sharing
from actions.models import Campaign
from actions.subscription_forms import SubscribeForm


@require_safe
def thanks(request: HttpRequest, slug: str) -> HttpResponse:
    """Thank, and offer to share, to give and to hear more: the same for everybody."""
    campaign = get_object_or_404(Campaign.objects.public(), slug=slug)
    return shown(request, campaign, SubscribeForm(campaign))


def shown(
    request: HttpRequest,
    campaign: Campaign,
    form: SubscribeForm,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Draw the page, with what was typed into its form."""
    return render(
        request,
        "thanks.html",
        {
            "campaign": campaign,
            "headline_counts": reports.headline(campaign),
            "closure": closure.of_campaign(campaign),
            "share": sharing.share(campaign),
            "form": form,
        },
        status=status,
    )


@require_safe
@cache_control(max_age=300, public=True)
def picture(_request: HttpRequest, slug: str) -> HttpResponse:
    """Serve the picture that other sites show beside a link to the campaign."""
    campaign = get_object_or_404(Campaign.objects.public(), slug=slug)
    poster = pictures.poster(campaign, reports.headline(campaign).letters_out)
    return HttpResponse(pictures.drawn(poster), content_type="image/png")
