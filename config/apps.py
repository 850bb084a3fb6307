"""Django's admin with Postbag's own site in it."""

from django.contrib.admin.apps import AdminConfig


class PostbagAdminConfig(AdminConfig):
    """In ``INSTALLED_APPS`` in the place of ``django.contrib.admin``."""

    default_site = "config.admin.PostbagAdminSite"
