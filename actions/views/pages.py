"""Pages about the place itself: privacy, the registers, the outbox."""

import ipaddress
from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from actions import claiming, closure, hearing
from actions import outbox as outboxes
from actions import privacy as promises
from representatives import freshness, live, lookup, parliament
from representatives.models import Register


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say who answers for people's data, what is kept, how long, how it is erased."""
    values = {
        "retention": promises.retention(),
        "draft_days": promises.DRAFT_DAYS,
        "report_days": promises.REPORT_DAYS,
        "backups_kept_days": settings.BACKUPS_KEPT_DAYS,
        "asked": live.asked(),
    }
    return render(request, "privacy.html", values)


@require_safe
def about_the_data(request: HttpRequest) -> HttpResponse:
    """Say where the registers come from, how old they are, and under which licence."""
    said = {
        "registers": lookup.about(),
        "covers_northern_ireland": lookup.covers_northern_ireland(),
    }
    return render(request, "about_the_data.html", said)


@require_safe
@never_cache
def health(_request: HttpRequest) -> JsonResponse:
    """Say to whoever watches over the place that it answers, and how old it is.

    In English, as programs read it; 503 where letters could not go as promised. Without
    postcodes they can: everybody is given the list of seats to choose from. Without
    members they can't, unless Parliament has none either; nor while no mail gets out.
    That nothing comes back is told, too, and is no 503: letters go as well without.
    """
    now = timezone.now()
    today = timezone.localdate(now)
    ages = freshness.ages(today)
    missing = freshness.missing(ages)
    has_members = parliament.on(today).has_members
    is_live = settings.DELIVERY_IS_LIVE
    waits = closure.holds_letters(now, live=is_live)
    # Who tries Postbag out may well have no worker.
    are_late = is_live and claiming.are_late(now, live=True)
    is_well = not (
        Register.CONSTITUENCIES in missing
        or (has_members and (waits or Register.MEMBERS in missing))
        or are_late
    )
    said = {
        "is_well": is_well,
        "registers": [
            {
                "register": age.register.value,
                "as_of": age.as_of,
                "days": age.days,
                "is_old": age.is_old,
            }
            for age in ages
        ],
        "missing": [register.value for register in missing],
        "parliament": parliament.on(today).state.value,
        "letters_wait": waits,
        "mails_are_late": are_late,
        "mail_comes_in": hearing.is_shown(hearing.by_mail(), now) if is_live else None,
        "returns_are_heard": hearing.are_returns_heard(now) if is_live else None,
    }
    status = HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse(said, status=status)


@require_safe
@never_cache
def outbox(request: HttpRequest) -> HttpResponse:
    """Show the mails that stayed on this machine: while trying out, to it alone."""
    if settings.DELIVERY_IS_LIVE or not _is_this_machine(request):
        raise Http404
    return render(request, "outbox.html", {"messages": outboxes.newest()})


# What proxies, tunnels and content networks add. No browser sends a header of its own
# that begins with "X-" when somebody opens a page.
_MARKS_OF_PROXIES = (
    "HTTP_X_",
    "HTTP_FORWARDED",
    "HTTP_VIA",
    "HTTP_CLIENT_IP",
    "HTTP_TRUE_CLIENT_IP",
    "HTTP_CF_",
    "HTTP_CDN_",
    "HTTP_FASTLY_",
    "HTTP_FLY_",
    "HTTP_NGROK_",
    "HTTP_TAILSCALE_",
    "HTTP_FRONT_END_HTTPS",
    "HTTP_SURROGATE_",
    "HTTP_MAX_FORWARDS",
    "HTTP_PROXY_",
)


def _is_this_machine(request: HttpRequest) -> bool:
    """Whether nobody but a person at this machine can be asking.

    A proxy on this machine would make everybody look local, so a request that passed
    one never is.
    """
    is_forwarded = bool(settings.PROXY_COUNT) or any(
        name.startswith(_MARKS_OF_PROXIES) for name in request.META
    )
    try:
        connected = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return connected.is_loopback and not is_forwarded
