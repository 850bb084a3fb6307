"""Whoever sets Postbag up learns what a provider does not tell, and what it needs."""

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from actions import provider_checks, providers


def told() -> list[tuple[str, str]]:
    found = run_checks(include_deployment_checks=True)
    return [
        (str(one.id), str(one.hint))
        for one in found
        if str(one.id)
        in {"actions.W003", "actions.W004", "actions.I001", "actions.E001"}
    ]


def use(settings: Settings, provider: str, **anymail: str) -> None:
    settings.MAIL_PROVIDER = provider
    settings.EVENTS_WEBHOOK = providers.who_tells(provider, anymail)


def test_without_a_provider_there_is_nothing_to_say() -> None:
    assert told() == []


@pytest.mark.parametrize(
    ("provider", "wanted"),
    [
        ("postmark", "Set ANYMAIL_WEBHOOK_SECRET, and have postmark call"),
        ("mailersend", "Set ANYMAIL_MAILERSEND_SIGNING_SECRET, and have mailersend"),
        (
            "mailgun",
            "Set ANYMAIL_MAILGUN_WEBHOOK_SIGNING_KEY and ANYMAIL_WEBHOOK_SECRET, and",
        ),
    ],
)
def test_bounces_that_nobody_hears_of_are_told_of(
    settings: Settings, provider: str, wanted: str
) -> None:
    use(settings, provider)
    [(which, hint)] = told()
    assert which == "actions.W004"
    assert wanted in hint
    assert f"/webhooks/events/{provider}/" in hint


@pytest.mark.parametrize(
    ("provider", "anymail"),
    [
        ("postmark", {"WEBHOOK_SECRET": "a:b"}),
        ("mailersend", {"MAILERSEND_SIGNING_SECRET": "key"}),
        (
            "mailgun",
            {"MAILGUN_WEBHOOK_SIGNING_KEY": "key", "WEBHOOK_SECRET": "a:b"},
        ),
    ],
)
def test_whoever_can_prove_itself_is_listened_to(
    settings: Settings, provider: str, anymail: dict[str, str]
) -> None:
    use(settings, provider, **anymail)
    assert provider == settings.EVENTS_WEBHOOK
    assert told() == []


def test_a_signature_of_a_part_alone_is_not_enough(settings: Settings) -> None:
    use(settings, "mailgun", MAILGUN_WEBHOOK_SIGNING_KEY="key")
    assert settings.EVENTS_WEBHOOK == ""
    assert [which for which, _ in told()] == ["actions.W004"]


def test_a_signature_is_wanted_where_there_is_one(settings: Settings) -> None:
    use(settings, "postal", WEBHOOK_SECRET="a:b")
    assert [which for which, _ in told()] == ["actions.W004", "actions.I001"]


@pytest.mark.parametrize(
    ("provider", "remedy"),
    [("scaleway", "Use another provider"), ("sendinblue", "ANYMAIL_BACKEND=brevo")],
)
def test_providers_that_tell_nothing_are_named(
    settings: Settings, provider: str, remedy: str
) -> None:
    use(settings, provider, WEBHOOK_SECRET="a:b")
    assert settings.EVENTS_WEBHOOK == ""
    (which, hint), (opens, _) = told()
    assert (which, opens) == ("actions.W003", "actions.I001")
    assert remedy in hint


def test_what_a_mail_cannot_switch_off_is_told_of(settings: Settings) -> None:
    use(settings, "resend", WEBHOOK_SECRET="a:b")
    [(which, hint)] = told()
    assert which == "actions.I001"
    assert "tracking are off" in hint


@pytest.mark.parametrize("is_installed", [True, False])
def test_a_package_that_a_provider_needs_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, *, is_installed: bool
) -> None:
    found = object() if is_installed else None
    monkeypatch.setattr(provider_checks, "find_spec", lambda _: found)
    settings.INCOMING_WEBHOOK = "postal"
    missing = ("actions.E001", 'Run pip install "django-anymail[postal]".')
    assert told() == ([] if is_installed else [missing])
