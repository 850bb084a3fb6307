"""Where a writing page asks for the link that opens its draft on another device.

A script asks and shows the answer beside its button, so the answers are sentences.
"""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from actions import carrying_on
from actions.draft_forms import ElsewhereForm
from actions.errors import DeliveryError, TooManyError
from actions.models import Campaign
from actions.views.writing import begun_with_a_form, of_open_campaign
from representatives.clients import address_of

NOT_MAILED = gettext_lazy(
    "The mail did not go: the mail server does not answer, or does not take it for "
    "this address. Copy the link instead and take it along another way."
)
TOO_MANY = gettext_lazy(
    "Very many links were mailed from your connection in a short time. Copy the link "
    "instead, or wait until the next full hour."
)


@require_http_methods(["GET", "HEAD", "POST"])
@of_open_campaign
@begun_with_a_form
def elsewhere(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Mail the link; the answer is the same whoever the address belongs to."""
    form = ElsewhereForm(request.POST)
    if not form.is_valid():
        [[reason, *_], *_] = form.errors.values()
        return _said(str(reason), HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        carrying_on.mail_link(
            campaign,
            form.cleaned_data["email"],
            form.cleaned_data["packed"],
            address=address_of(request),
            now=timezone.now(),
        )
    except TooManyError as error:
        answer = _said(str(TOO_MANY), HTTPStatus.TOO_MANY_REQUESTS)
        answer["Retry-After"] = str(error.retry_after)
        return answer
    except DeliveryError:
        return _said(str(NOT_MAILED), HTTPStatus.SERVICE_UNAVAILABLE)
    return _said(_mailed(settings.LETTERS_PER_MAILBOX_PER_DAY))


def _mailed(a_day: int) -> str:
    return ngettext(
        "The mail is on its way. Open it on the other device and follow its link. One "
        "address gets {number} of these a day at most.",
        "The mail is on its way. Open it on the other device and follow its link. One "
        "address gets {number} of these a day at most.",
        a_day,
    ).format(number=a_day)


def _said(words: str, status: int = HTTPStatus.OK) -> HttpResponse:
    return HttpResponse(words, content_type="text/plain; charset=utf-8", status=status)
