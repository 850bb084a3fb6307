"""Serving portraits."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from representatives.models import Portrait


@require_safe
@cache_control(max_age=365 * 24 * 60 * 60, public=True, immutable=True)
def portrait(_request: HttpRequest, parliament_id: int, digest: str) -> HttpResponse:
    """Serve a member's portrait; another picture has another address."""
    wanted = Portrait.objects.filter(parliament_id=parliament_id, digest=digest)
    picture = wanted.values_list("picture", flat=True).first()
    if picture is None:
        raise Http404
    return HttpResponse(
        bytes(picture),
        content_type="image/jpeg",
        headers={"X-Content-Type-Options": "nosniff"},
    )
