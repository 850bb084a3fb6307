"""How a campaign is doing, told so that nobody can be picked out."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions import closure, reports
from actions.models import Campaign


@require_safe
def progress(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the live total, and the seats as at the last midnight."""
    shown = get_object_or_404(Campaign.objects.public(), slug=slug)
    told = reports.progress(shown, timezone.localdate())
    values = {
        "campaign": shown,
        "progress": told,
        "closure": closure.of_campaign(shown),
    }
    return render(request, "progress.html", values)
