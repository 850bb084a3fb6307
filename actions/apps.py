"""The Django app that owns people's letters."""

from django.apps import AppConfig


class ActionsConfig(AppConfig):
    """Campaigns, letters, deliveries and counts."""

    name = "actions"
    verbose_name = "Letters and campaigns"
