from django.apps import AppConfig


class RepresentativesConfig(AppConfig):
    """The public registers."""

    name = "representatives"
    default_auto_field = "django.db.models.BigAutoField"
