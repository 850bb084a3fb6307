"""Mail about a campaign: asking for it, and the pages that the signed link opens.

Mail scanners open every link: a GET shows, and only a POST does anything.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from actions import closure, limiting, subscribing, tokens
from actions.errors import ForgedTokenError, TooManyError
from actions.models import Campaign, Subscription
from actions.subscription_forms import ReopeningForm, SubscribeForm, WishForm
from actions.views import campaigns, thanks
from representatives.clients import address_of

# Where the pages of each purpose are.
FOLDERS = {
    Subscription.Purpose.UPDATES: "updates",
    Subscription.Purpose.REOPENING: "reopening",
}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def updates(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask the address whether it really wants them, and tell nobody what it is."""
    campaign = get_object_or_404(Campaign.objects.public(), slug=slug)
    if request.method != "POST":
        return redirect(reverse("thanks", kwargs={"slug": slug}) + "#updates")
    form = SubscribeForm(campaign, request.POST)

    def shown(status: int) -> HttpResponse:
        return thanks.shown(request, campaign, form, status)

    return _taken(request, campaign, form, shown)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def reopening(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask the address whether it wants to be told, while nobody can write."""
    campaign = get_object_or_404(Campaign.objects.public(), slug=slug)
    is_offered = campaign.is_open and closure.of_writing() is not None
    if request.method != "POST" or not is_offered:
        return redirect("campaign", slug=slug)
    form = ReopeningForm(campaign, request.POST)

    def shown(status: int) -> HttpResponse:
        return campaigns.shown(request, campaign, form, status)

    return _taken(request, campaign, form, shown)


def _taken(
    request: HttpRequest,
    campaign: Campaign,
    form: WishForm,
    shown: Callable[[int], HttpResponse],
) -> HttpResponse:
    """Take what was typed, or show the form again with what is wrong."""
    if not form.is_valid():
        return shown(HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        subscribing.subscribe(
            campaign,
            form.cleaned_data["email"],
            address=address_of(request),
            now=timezone.now(),
            purpose=form.purpose,
        )
    except TooManyError as error:
        form.add_error(None, form.too_many)
        page = shown(HTTPStatus.TOO_MANY_REQUESTS)
        page["Retry-After"] = str(error.retry_after)
        return page
    return redirect(f"{FOLDERS[form.purpose]}_asked", slug=campaign.slug)


@require_safe
def asked(
    request: HttpRequest, slug: str, purpose: Subscription.Purpose
) -> HttpResponse:
    """Say where to look next: the same words for everybody."""
    campaign = get_object_or_404(Campaign.objects.public(), slug=slug)
    values = {
        "campaign": campaign,
        "mails_a_day": settings.LETTERS_PER_MAILBOX_PER_DAY,
    }
    return render(request, f"{FOLDERS[purpose]}/asked.html", values)


def of_subscription(
    page: Callable[[HttpRequest, Subscription], HttpResponse],
) -> Callable[[HttpRequest, str], HttpResponse]:
    """Give a page the wish that its token opens."""

    @wraps(page)
    @never_cache
    def wrapped(request: HttpRequest, token: str) -> HttpResponse:
        try:
            found = Subscription.objects.select_related("campaign").get(
                pk=tokens.subscription_of(token)
            )
        except (ForgedTokenError, Subscription.DoesNotExist):
            return render(request, "updates/unknown.html", status=HTTPStatus.NOT_FOUND)
        return page(request, found)

    return wrapped


@require_http_methods(["GET", "HEAD", "POST"])
@of_subscription
def subscription(request: HttpRequest, shown: Subscription) -> HttpResponse:
    """Show where the wish is; take it as meant once the button is pressed."""
    now = timezone.now()
    if request.method != "POST" or not subscribing.can_be_confirmed(shown, now):
        return _state(request, shown)
    try:
        limiting.take(
            "deeds",
            address_of(request),
            limit=settings.DEEDS_PER_ADDRESS_PER_HOUR,
            window=limiting.HOUR,
            now=now,
        )
    except TooManyError as error:
        page = render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
        page["Retry-After"] = str(error.retry_after)
        return page
    subscribing.confirm(shown, now=now)
    return redirect("subscription", token=tokens.for_subscription(shown.pk))


# Mail programs press the button for their reader, without a cookie (RFC 8058): the
# token is all that is asked for, and no limit keeps anybody from leaving.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@of_subscription
def leave(request: HttpRequest, shown: Subscription) -> HttpResponse:
    """Show the button; once it is pressed erase the address at once."""
    if request.method == "POST":
        subscribing.leave(shown, now=timezone.now())
    return _page(request, "left" if shown.has_ended else "leave", shown)


def _state(request: HttpRequest, shown: Subscription) -> HttpResponse:
    now = timezone.now()
    if subscribing.can_be_confirmed(shown, now):
        return _page(request, "confirm", shown)
    if shown.is_confirmed and not subscribing.is_being_erased(shown, now):
        return _page(request, "confirmed", shown)
    # Those from trying out end with a switch to live: nobody left them.
    if shown.was_left and not (shown.is_demo and settings.DELIVERY_IS_LIVE):
        return _page(request, "left", shown)
    return _page(request, "expired", shown, HTTPStatus.GONE)


def _page(
    request: HttpRequest, name: str, shown: Subscription, status: int = HTTPStatus.OK
) -> HttpResponse:
    return render(
        request,
        f"{FOLDERS[Subscription.Purpose(shown.purpose)]}/{name}.html",
        {
            "campaign": shown.campaign,
            "subscription": shown,
            "token": tokens.for_subscription(shown.pk),
            "is_being_erased": subscribing.is_being_erased(shown, timezone.now()),
        },
        status=status,
    )
