"""The Django app that owns people's letters."""

from django.apps import AppConfig
from django.core.checks import Tags, register


class ActionsConfig(AppConfig):
    """Campaigns, letters, deliveries and counts."""

    name = "actions"
    verbose_name = "Letters and campaigns"

    def ready(self) -> None:
        """Have Django know the checks; they need the models, which are loaded now."""
        from actions import hearing_checks, provider_checks, server_log_checks
        from actions.backups import watching

        register(watching.back_ups_are_made, Tags.database)
        register(hearing_checks.news_come_in, Tags.database)
        register(server_log_checks.server_logs_no_words, Tags.database)
        register(provider_checks.providers_are_set_up, Tags.security, deploy=True)
