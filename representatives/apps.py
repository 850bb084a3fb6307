from django.apps import AppConfig
from django.core.checks import Tags, register


class RepresentativesConfig(AppConfig):
    """The public registers."""

    name = "representatives"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have Django know the checks; they need the models, which are loaded now."""
        from representatives import checks

        register(checks.registers_are_loaded_and_young, Tags.database)
