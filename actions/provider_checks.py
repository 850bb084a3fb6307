"""What ``manage.py check --deploy`` says of the provider that takes our mails."""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any, Final

from django.conf import settings
from django.core import checks

from actions.providers import PROVIDERS, Provider, proofs_of_events

_EVENTS_AT: Final = "/webhooks/events/{}/"


def providers_are_set_up(*_: Any, **__: Any) -> list[checks.CheckMessage]:
    """Warn where bounces stay unseen, or somebody may be told who opens a mail."""
    found: list[checks.CheckMessage] = []
    if provider := PROVIDERS.get(settings.MAIL_PROVIDER):
        found += _of_events(settings.MAIL_PROVIDER, provider)
        found += _of_opens(settings.MAIL_PROVIDER, provider)
    for name in {settings.EVENTS_WEBHOOK, settings.INCOMING_WEBHOOK}:
        found += _of_package(name)
    return found


def _of_events(name: str, provider: Provider) -> Iterator[checks.CheckMessage]:
    """Warn where nobody tells us that a letter came back."""
    if not provider.tells:
        yield checks.Warning(
            f"Anymail hears nothing of what becomes of mails that {name} takes: a "
            "letter that comes back to it stays “sent” here.",
            hint=(
                "Use ANYMAIL_BACKEND=brevo, its name of today."
                if name == "sendinblue"
                else "Use another provider, or a mail server (MAIL_URL)."
            ),
            id="actions.W003",
        )
    elif not settings.EVENTS_WEBHOOK:
        needed = " and ".join(f"ANYMAIL_{one}" for one in proofs_of_events(provider))
        yield checks.Warning(
            f"What {name} tells of mails that come back is not listened to: letters "
            "that did not arrive stay “sent” here.",
            hint=(
                f"Set {needed}, and have {name} call "
                f"{settings.SITE_URL}{_EVENTS_AT.format(name)} (README, “What a "
                "provider tells”)."
            ),
            id="actions.W004",
        )


def _of_opens(name: str, provider: Provider) -> Iterator[checks.CheckMessage]:
    if not provider.asks_about_opens:
        yield checks.Info(
            f"A mail can't tell {name} not to track who opens it or follows its links.",
            hint=(
                "Make sure that open and click tracking are off in its own settings: "
                "people were promised that nothing is tracked."
            ),
            id="actions.I001",
        )


def _of_package(name: str) -> Iterator[checks.CheckMessage]:
    provider = PROVIDERS.get(name)
    if provider and provider.package and find_spec(provider.package) is None:
        extra = name.replace("_", "-")
        yield checks.Error(
            f"Whether a webhook comes from {name} can't be told without the package "
            f"{provider.package}, so that none is taken in.",
            hint=f'Run pip install "django-anymail[{extra}]".',
            id="actions.E001",
        )
