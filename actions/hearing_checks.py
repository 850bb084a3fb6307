"""What ``manage.py check --database default`` says of mail that does not come in."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.conf import settings
from django.core import checks
from django.db import DatabaseError
from django.utils import timezone

from actions import hearing

_IN_README: Final = "README, “Mail that comes back”"


def news_come_in(
    databases: Sequence[str] | None = None, **_: Any
) -> list[checks.CheckMessage]:
    """Warn where nothing shows that mail comes in, or that a provider tells of ours."""
    if not databases or not settings.DELIVERY_IS_LIVE:
        return []
    try:
        return list(_found(timezone.now()))
    except DatabaseError:
        # Without its tables, that is what has to be mended first.
        return []


def _found(now: datetime.datetime) -> Iterator[checks.CheckMessage]:
    if not hearing.is_shown(hearing.by_mail(), now):
        yield checks.Warning(
            "No mail that Postbag wrote to itself has come in "
            f"{_since(hearing.by_mail(), now)}: answers and bounces that come to its "
            "addresses seem to be lost.",
            hint=(
                "Have the mail server hand all mail of the domain to manage.py "
                f"receive_mail, and the worker run ({_IN_README}). If that mail does "
                "come in, its log says whether a relay put an envelope sender of its "
                "own."
            ),
            id="actions.W006",
        )
    provider = settings.EVENTS_WEBHOOK
    if provider and not hearing.is_shown(provider, now):
        yield checks.Warning(
            f"{provider} has told nothing of any mail {_since(provider, now)}, not "
            "even that it was delivered: no page says that a letter has not come back.",
            hint=(
                f"Have it call {settings.SITE_URL}/webhooks/events/{provider}/, of "
                "delivered mails, too, and the worker run (README, “What a provider "
                "tells”)."
            ),
            id="actions.W007",
        )


def _since(by: str, now: datetime.datetime) -> str:
    last = hearing.last_day(by, now)
    return f"since {last:%Y-%m-%d}" if last else "yet, or not for four weeks"
